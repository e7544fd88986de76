"""Rule duplicate-item-id."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.as_read import each
from qbank.model.bank import Bank
from qbank.model.item import Item
from qbank.rule import rule


@rule(Severity.ERROR)
def duplicate_item_id(bank: Bank) -> Iterator[Finding]:
    """Two items have the same id, upper and lower case apart.

    Forms, statistics and enemies name an item by its id; with two of one name, nobody can say which was
    meant. Case does not tell ids apart, because file systems and spreadsheets do not keep it.

    Give the newer item another id. Ids are stable for ever, so leave the older one as it is.

    Source: the native format: an id is unique in its bank ignoring case.
    """
    ids = [*map(str.casefold, each(bank.items, "id"))]
    if len(set(ids)) == len(ids):
        return
    first: dict[str, Item] = {}
    for id, item in zip(ids, bank.items, strict=True):
        other = first.setdefault(id, item)
        if other is item:
            continue
        same = f"another item has the id {item.id!r} already"
        yield Finding(
            item.at("id"),
            same if other.id == item.id else f"the ids {item.id!r} and {other.id!r} differ in case only",
            related=(Related(other.at("id"), "first seen here"),),
            hint="Give one of the two items another id.",
        )
