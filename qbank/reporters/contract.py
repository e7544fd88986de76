"""What a reporter is: a function `render(report, rendering) -> str`, in a module named as its slug."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from qbank.diagnostics import Diagnostic
from qbank.reading.places import line_text
from qbank.rule import Rule


class Reported(Protocol):
    """What is reported: diagnostics in order, and over how many items and files."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The diagnostics in the order in which they are shown."""

    @property
    def items(self) -> int:
        """How many items were looked at."""

    @property
    def files(self) -> int:
        """How many files were looked at."""


def plain(text: str, role: str) -> str:
    """The style of a pipe or a file: none."""
    del role
    return text


class Rendering(msgspec.Struct, frozen=True, kw_only=True):
    """What a reporter may use beside the report.

    `style` colours a text by its role (a severity, `place`, `rule`, `hint`, `gutter`, `good`), `line`
    gives a line of a file for quoting, `rules` the rules by slug, `version` qbank's own; `columns` is the
    width of the terminal, 0 where there is none.
    """

    style: Callable[[str, str], str] = plain
    line: Callable[[str, int], str] = line_text
    rules: Mapping[str, Rule] = {}
    version: str = ""
    columns: int = 0


Render = Callable[[Reported, Rendering], str]
