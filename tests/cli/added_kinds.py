"""A rule and a kind of constraint as another package brings them."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.assembly.constraints.length import Length
from qbank.diagnostics import Finding, Severity
from qbank.model.item import Item
from qbank.rule import rule


@rule(Severity.INFO)
def shouting_stem(item: Item, *, share: float = 0.5) -> Iterator[Finding]:
    """A stem in capital letters."""
    if sum(one.isupper() for one in item.stem) > share * len(item.stem):
        yield Finding(item.at("stem"), "the stem shouts")


class Spread(Length, frozen=True, kw_only=True, tag="spread"):
    """How far items of a kind stand apart."""

    distance: int = 1
