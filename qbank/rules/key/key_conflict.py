"""Rule key-conflict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator

from qbank.diagnostics import Finding, Related, Severity
from qbank.model.bank import Bank
from qbank.model.item import Item, MultipleChoice, MultipleResponse, TrueFalse
from qbank.rule import rule
from qbank.rules.options._same import same
from qbank.similarity.normalise import normalise


@rule(Severity.ERROR)
def key_conflict(bank: Bank) -> Iterator[Finding]:
    """Two items ask the same, with the same options, and have different keys.

    At least one of the two keys is wrong. Stems are compared with case, white space and kinds of quotes
    and dashes set aside; options in any order. Items on different stimuli ask different things, and a
    retired item no longer says anything.

    Find out which key is right, correct it, and retire one of the items.

    Source: exam practice.
    """
    by_question: dict[Hashable, list[tuple[Item, frozenset[str]]]] = defaultdict(list)
    for item in bank.items:
        if item.status == "retired":
            continue
        if isinstance(item, MultipleChoice | MultipleResponse):
            keys = frozenset(same(item.options[id]) for id in item.key_ids if id in item.options)
        elif isinstance(item, TrueFalse) and item.key is not None:
            keys = frozenset([str(item.key).lower()])
        else:
            continue
        if keys:
            by_question[_question(item)].append((item, keys))
    for group in by_question.values():
        first, right = group[0]
        for item, keys in group[1:]:
            if keys != right:
                yield Finding(
                    item.at("key"),
                    f"the same question has another key in {first.id}: {_told(right)}, here {_told(keys)}",
                    related=(Related(first.at("key"), f"{first.id}: {_told(right)}"),),
                    hint="One of the two keys is wrong: correct it, then retire one of the items.",
                )


def _question(item: Item) -> Hashable:
    texts = tuple(sorted(map(same, item.option_texts.values())))
    return item.type, item.stimulus, normalise(item.stem), texts


def _told(keys: frozenset[str]) -> str:
    return " + ".join(repr(key if len(key) <= 60 else key[:59] + "…") for key in sorted(keys))
