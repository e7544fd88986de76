"""Values of a bank that rules ask short questions: what they answered can be noted, and compared later."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")

Answers = dict[str, int]
"""Questions with what was answered."""


class Answering(ABC):
    """A provided value that tells rules nothing but what `ask` answers.

    So a rule about an item that asks for the bank record and one such value hangs on that item's record and
    on the answers that it got: as long as each is the same, it asks the same again and says the same.
    """

    _noted: Answers | None = None

    @abstractmethod
    def answer(self, question: str) -> int:
        """The answer to a question, always the same."""

    def ask(self, question: str) -> int:
        """The answer to a question of a rule."""
        found = self.answer(question)
        if self._noted is not None:
            self._noted[question] = found
        return found

    def noting(self, call: Callable[[], _T]) -> tuple[_T, Answers]:
        """What a call gives, and the answers it got meanwhile."""
        noted = self._noted = {}
        try:
            return call(), noted
        finally:
            self._noted = None
