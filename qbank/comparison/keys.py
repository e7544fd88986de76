"""Keys: whether two mean the same answer, and what a key says in words."""

from __future__ import annotations

from typing import Any

import msgspec

from qbank.comparison.pairing import Pairing
from qbank.model.item import ItemBase, Matching, MultipleChoice, MultipleResponse, Numeric, Ordering


def answer(item: ItemBase, options: Pairing | None = None, prompts: Pairing | None = None) -> Any:
    """What is scored as right, as a tree to compare.

    With pairings, ids are those of the other item, so that letters dealt out anew change nothing.
    """

    def option(id: str) -> str:
        return options.follow(id) if options else id

    def prompt(id: str) -> str:
        return prompts.follow(id) if prompts else id

    if isinstance(item, MultipleChoice | MultipleResponse):
        return ["any", sorted({option(id) for id in item.key_ids})]
    if isinstance(item, Ordering):
        return ["order", [option(id) for id in item.key_ids]]
    if isinstance(item, Matching):
        return ["pairs", sorted([prompt(id), option(one)] for id, one in (item.key or {}).items())]
    key = getattr(item, "key", None)
    if isinstance(key, msgspec.Struct):
        return ["number", msgspec.structs.asdict(key)]
    return ["texts", sorted(set(key))] if isinstance(key, tuple) else ["value", key]


def in_words(item: ItemBase) -> str:
    """A key with the texts of its options."""
    texts = item.option_texts
    if isinstance(item, Matching):
        return "; ".join(
            f"{id} {item.prompts.get(id, '')} = {one} {texts.get(one, '')}"
            for id, one in (item.key or {}).items()
        )
    if item.key_ids:
        return "; ".join(f"{id} {texts.get(id, '')}".strip() for id in item.key_ids)
    key = getattr(item, "key", None)
    if key is None:
        return ""
    if isinstance(item, Numeric):
        return _number(msgspec.structs.asdict(key))
    return "; ".join(key) if isinstance(key, tuple) else str(key).lower()


def _number(key: dict[str, Any]) -> str:
    unit = f" {key['unit']}" if key["unit"] else ""
    if key["value"] is None:
        least, most = key["minimum"], key["maximum"]
        return f"{'' if least is None else f'{least:g}'} to {'' if most is None else f'{most:g}'}{unit}"
    around = f" ± {key['tolerance']:g}" if key["tolerance"] else ""
    return f"{key['value']:g}{around}{unit}"
