"""Regular expressions that are compiled when they are first used: most rules never look at most items."""

from __future__ import annotations

import re
from typing import Any, cast


class _Later:
    """A pattern that is not compiled yet; what is asked of it once is its own from then on."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "_compiled":
            self._compiled = re.compile(self.pattern, self._flags)
            return self._compiled
        found = getattr(self._compiled, name)
        setattr(self, name, found)
        return found


def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, when a method is first asked for; a mistake in the pattern shows only then."""
    return cast("re.Pattern[str]", _Later(pattern, flags))
