"""Rule key-conflict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.bank import Bank
from qbank.model.item import Item, MultipleChoice, MultipleResponse, TrueFalse
from qbank.rule import rule
from qbank.rules.duplicates import _alike  # noqa: F401 - provides SimilarItems
from qbank.rules.options._same import same
from qbank.similarity.pairs import SimilarItems


@rule(Severity.ERROR)
def key_conflict(bank: Bank, items: SimilarItems) -> Iterator[Finding]:
    """Two items ask the same, with the same options, and have different keys.

    At least one of the two keys is wrong. Stems are compared with case, white space and kinds of quotes
    and dashes set aside; options in any order. Items on different stimuli ask different things, and a
    retired item no longer says anything.

    Find out which key is right, correct it, and retire one of the items.

    Source: exam practice.
    """
    del bank  # the scope; what it holds is in the groups
    for alike in items.groups:
        by_options: dict[tuple[str, ...], list[tuple[Item, frozenset[str]]]] = defaultdict(list)
        for one in alike if len(alike) > 1 else ():
            keys = _keys(one.item)
            if keys and one.item.status != "retired":
                texts = tuple(sorted(map(same, one.item.option_texts.values())))
                by_options[texts].append((one.item, keys))
        for group in by_options.values():
            yield from _conflicts(group)


def _conflicts(group: list[tuple[Item, frozenset[str]]]) -> Iterator[Finding]:
    first, right = group[0]
    for item, keys in group[1:]:
        if keys != right:
            yield Finding(
                item.at("key"),
                f"the same question has another key in {first.id}: {_told(right)}, here {_told(keys)}",
                related=(Related(first.at("key"), f"{first.id}: {_told(right)}"),),
                hint="One of the two keys is wrong: correct it, then retire one of the items.",
            )


def _keys(item: Item) -> frozenset[str]:
    """What is keyed, as texts; nothing for types whose keys cannot be told apart so."""
    if isinstance(item, MultipleChoice | MultipleResponse):
        return frozenset(same(item.options[id]) for id in item.key_ids if id in item.options)
    return frozenset([str(item.key).lower()] if isinstance(item, TrueFalse) and item.key is not None else [])


def _told(keys: frozenset[str]) -> str:
    return " + ".join(repr(key if len(key) <= 60 else key[:59] + "…") for key in sorted(keys))
