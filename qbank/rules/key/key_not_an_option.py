"""Rule key-not-an-option."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qbank.diagnostics import Finding, Pointer, Severity
from qbank.discovery import closest
from qbank.model.item import Matching, MultipleChoice, MultipleResponse, Ordering
from qbank.rule import rule
from qbank.screening import unusually_keyed


@rule(Severity.ERROR, screen=unusually_keyed)
def key_not_an_option(item: MultipleChoice | MultipleResponse | Matching | Ordering) -> Iterator[Finding]:
    """The key names an option, or a prompt, that the item does not have.

    Nobody can get the item right. It happens when an option is removed or renamed, or when the text of an
    option is written where its id belongs.

    Write the id of an option as it stands under `options`.

    Source: IMS QTI 3.0: a correct response names identifiers of the interaction.
    """
    if isinstance(item, Matching):
        for prompt in item.key or {}:
            if prompt not in item.prompts:
                hint = _hint(prompt, item.prompts, "Prompts")
                where = item.at("key", prompt, part="key")
                yield Finding(where, f"the key names {prompt!r}, which is no prompt of this item", hint=hint)
    for pointer, id in _named(item):
        if id not in item.options and id:
            yield Finding(
                item.at(*pointer),
                f"the key names {id!r}, which is no option of this item",
                hint=_hint(id, item.options, "Options"),
            )


def _named(item: MultipleChoice | MultipleResponse | Matching | Ordering) -> Iterable[tuple[Pointer, str]]:
    """Every option id of the key with its path."""
    key = item.key
    if isinstance(key, str):
        return [(("key",), key)]
    if isinstance(key, dict):
        return [(("key", prompt), id) for prompt, id in key.items()]
    return [(("key", number), id) for number, id in enumerate(key or ())]


def _hint(name: str, known: dict[str, str], what: str) -> str:
    folded = name.strip().casefold()
    for id, text in known.items():
        if id.casefold() == folded or text.strip().casefold() == folded:
            return f"Did you mean {id}?"
    near = closest(name, known)
    return f"Did you mean {near}?" if near else f"{what}: {', '.join(known)}."
