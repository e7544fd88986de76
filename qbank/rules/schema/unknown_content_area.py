"""Rule unknown-content-area."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.discovery import did_you_mean
from qbank.model.index import BankIndex
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import undeclared_area


@rule(Severity.ERROR, screen=undeclared_area)
def unknown_content_area(item: Item, index: BankIndex) -> Iterator[Finding]:
    """An item's content area is not in the outline that the bank declares.

    A blueprint counts items by content area; an item with a misspelt area is never chosen, and the area
    it belongs to looks emptier than it is. A bank that declares no areas is not checked.

    Write the path as declared, such as `anatomy/skeletal`, or declare the area in the bank record.

    Source: the bank's own `content_areas`.
    """
    area = item.content_area
    if area and index.areas and area not in index.areas:
        yield Finding(
            item.at("content_area"),
            f"the bank declares no content area {area!r}",
            hint=_meant(area, index) or "Declare it under content_areas: in the bank record.",
        )


def _meant(area: str, index: BankIndex) -> str:
    """A declared path that ends in the same id, or the nearest one."""
    last = area.rsplit("/", 1)[-1]
    same = [path for path in index.areas if path.rsplit("/", 1)[-1] == last]
    return f"Did you mean {same[0]}?" if len(same) == 1 else did_you_mean(area, index.areas)
