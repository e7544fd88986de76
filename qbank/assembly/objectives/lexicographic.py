"""lexicographic: several objectives, the most important first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from qbank.assembly.kinds import ObjectiveKind
from qbank.assembly.measured import OBJECTIVE
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Filled, Setting
from qbank.discovery import did_you_mean

if TYPE_CHECKING:
    from qbank.assembly.program import Goal
    from qbank.assembly.space import Space


class Lexicographic(ObjectiveKind, frozen=True, kw_only=True, tag="lexicographic"):
    """Objectives that are solved in turn: each among the forms that are best by those before it.

    `tolerance` is the share of the best value of an objective that later ones may give up, such as 0.01 for
    one per cent. The objective and the bound that a form names are those of the last one; the log tells the
    others. The time limit is shared out evenly.
    """

    of: tuple[dict[str, Any], ...]
    tolerance: float = 0.0

    @property
    def parts(self) -> tuple[ObjectiveKind, ...]:
        """The objectives. Raises KeyError and msgspec.ValidationError, which `check` tells first."""
        from qbank.assembly.registry import objective_kinds

        return tuple(msgspec.convert(part, objective_kinds()[part["kind"]]) for part in self.of)

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Kinds and fields of the parts, and their own mistakes."""
        from qbank.assembly.registry import objective_kinds

        if not self.of:
            yield self._problem("names no objectives", "Give a list of two or more.", ("of",))
        if not 0 <= self.tolerance < 1:
            yield self._problem("has a tolerance outside 0 to 1", "Give a share.", ("tolerance",))
        kinds = {name for name in objective_kinds() if name != self.kind}
        for number, part in enumerate(self.of):
            name = str(part.get("kind", ""))
            if name not in kinds:
                hint = did_you_mean(name, kinds)
                yield self._problem(f"cannot take the kind {name!r}", hint, ("of", number, "kind"))
                continue
            try:
                one = msgspec.convert(part, objective_kinds()[name])
            except msgspec.ValidationError as error:
                yield self._problem(f"has a part that cannot be read: {error}", "", ("of", number))
                continue
            for problem in one.check(setting):
                yield msgspec.structs.replace(problem, pointer=("of", number, *problem.pointer))

    def _problem(self, message: str, hint: str, pointer: tuple[str | int, ...]) -> Problem:
        message = f"the objective {self.kind} {message}"
        return Problem(kind=self.kind, label=OBJECTIVE, message=message, hint=hint, pointer=pointer)

    def goal(self, space: Space) -> Goal:
        """The goal of the last objective."""
        return self.goals(space)[-1]

    def goals(self, space: Space) -> tuple[Goal, ...]:
        """The goals of all objectives, in turn."""
        return tuple(
            msgspec.structs.replace(goal, slack=self.tolerance)
            for part in self.parts
            for goal in part.goals(space)
        )

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The value of the last objective."""
        return self.parts[-1].value(setting, forms)
