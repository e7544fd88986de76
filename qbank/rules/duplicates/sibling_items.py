"""sibling-items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from qbank.diagnostics import Append, Finding, Fix, Related, Severity
from qbank.model.bank import Bank
from qbank.model.item import Item
from qbank.rule import rule
from qbank.rules.duplicates._alike import is_intended, is_retired
from qbank.similarity.pairs import Siblings, SimilarItems

NAMED = 10
"""So many siblings of one item are named; the others are counted."""

MOST_TOGETHER = 10
"""Siblings of more items than this are not made enemies by `--fix`: ten items take 45 pairs."""

_ATTRIBUTE = (
    "To keep them apart, give them one attribute that names the template and the blueprint a content row "
    "with `each:` that attribute and `maximum: 1`."
)


@rule(Severity.INFO, fixable=True)
def sibling_items(bank: Bank, alike: SimilarItems) -> Iterator[Finding]:
    """An item has the template of another one, with another number, code, unit, side, opposite or name.

    Why: siblings are good items, but on one form the second is a hint to the first and measures the same
    thing once more. Only written enemies are kept apart. Stems have a template in common when their content
    words are the same in the same order but for at most three slots, each with a fact of one kind in both.
    Items that hang on a stimulus, retired items, and pairs that are enemies already are left alone. Of 30
    items or more that differ in numbers and other facts only, the bank's second is reported for all, with
    their count. So it is, in banks of 1,000 items or more, for templates of 300 items or more in whose gaps
    there are names only.

    What to do: when a form should not hold both, add the enemies that the hint names, in both items.
    Enemies are symmetric and not transitive: every pair is written. `--fix` writes them, in both items, where
    at most ten items hang together; more of them are better kept apart by a row of the blueprint.

    Source: NBME item-writing guide (items of one form must not hint at each other); exam practice.
    """
    del bank
    pairs = list(_unwritten(alike))
    enemies: dict[str, list[str]] = {}
    for pair in pairs:
        for one, other in ((pair.earlier.item, pair.later.item), (pair.later.item, pair.earlier.item)):
            enemies.setdefault(one.id, [*one.enemies]).append(other.id)
    crowded = _crowded(alike.siblings)
    for later, found in groupby(pairs, key=lambda pair: pair.later.number):
        yield _one_item(list(found), enemies, later in crowded)
    for number, group in enumerate(alike.templates):
        items = [one.item for one in group if one.item.status != "retired"]
        others = [item for item in items[1:] if not is_intended(items[0], item)]
        if others:
            yield _large(items[0], others, len(items), number in alike.loose_templates)


def _crowded(siblings: Iterable[Siblings]) -> frozenset[int]:
    """The items of which, by siblings of siblings, more than ten hang together; retired ones do not count."""
    together: dict[int, set[int]] = {}
    for pair in siblings:
        if not is_retired(pair.earlier.item, pair.later.item):
            one, other = (together.setdefault(side.number, {side.number}) for side in pair[:2])
            if one is not other:
                one |= other
                together.update(dict.fromkeys(other, one))
    return frozenset(number for number, found in together.items() if len(found) > MOST_TOGETHER)


def _unwritten(alike: SimilarItems) -> Iterator[Siblings]:
    """The pairs that are no enemies yet, without those inside a large template."""
    large = {one.number: number for number, group in enumerate(alike.templates) for one in group}
    for pair in alike.siblings:
        template = large.get(pair.later.number)
        inside = template is not None and template == large.get(pair.earlier.number)
        if not inside and not is_intended(pair.earlier.item, pair.later.item):
            yield pair


def _one_item(pairs: list[Siblings], enemies: Mapping[str, list[str]], crowded: bool) -> Finding:
    later, nearest = pairs[0].later.item, pairs[0]
    earlier = [pair.earlier.item for pair in pairs]
    facts = ", ".join(f"{slot.kind.value} ({slot.one} → {slot.other})" for slot in nearest.slots)
    more = f", and like {_names(earlier[1:])}" if len(earlier) > 1 else ""
    return Finding(
        later.at("stem"),
        f"{later.id} is built like {earlier[0].id} but for {facts}{more}",
        tuple(Related(item.at("stem"), "the same template") for item in earlier[:NAMED]),
        _ATTRIBUTE if crowded else _hint([later, *earlier], enemies),
        None if crowded else Fix(tuple(_enemies(later, earlier))),
    )


def _enemies(later: Item, earlier: Iterable[Item]) -> Iterator[Append]:
    """What makes an item and its earlier siblings enemies, in both of each pair."""
    for other in earlier:
        for one, enemy in ((other, later), (later, other)):
            if enemy.id not in one.enemies:
                yield Append(one.at("enemies"), enemy.id)


def _large(first: Item, others: list[Item], count: int, loose: bool) -> Finding:
    facts = "numbers, names or other facts" if loose else "numbers or codes"
    return Finding(
        others[0].at("stem"),
        f"{others[0].id} is one of {count} items that differ from {first.id} in {facts} only",
        (Related(first.at("stem"), "the same template"),),
        _ATTRIBUTE,
    )


def _names(items: list[Item]) -> str:
    more = [f"{len(items) - NAMED + 1} more"] if len(items) >= NAMED else []
    names = [*(item.id for item in items[: NAMED - 1]), *more]
    return " and ".join([*([", ".join(names[:-1])] if len(names) > 1 else []), names[-1]])


def _hint(items: list[Item], enemies: Mapping[str, list[str]]) -> str:
    """The enemies lines to write: with the enemies that an item has, and with all its siblings."""
    lines = [f"`enemies: [{', '.join(enemies[item.id])}]` in {item.id}" for item in items]
    return f"If no form should hold two of them, write {', '.join(lines[:-1])} and {lines[-1]}."
