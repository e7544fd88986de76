"""Rule licensed-text."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Pointer, Severity
from qbank.domains.medcode.fingerprints import LicensedTitles
from qbank.model.as_read import holding
from qbank.model.bank import Bank
from qbank.model.item import ItemBase
from qbank.model.stimulus import Stimulus
from qbank.model.text import texts_of
from qbank.rule import rule

FLAG = "licensed-text"
"""The tag, or attribute with `_`, by which an author says that a record holds text of somebody else."""


@rule(Severity.ERROR, quoted=False)
def licensed_text(bank: Bank, titles: LicensedTitles) -> Iterator[Finding]:
    """A text holds a licensed title word by word, or a record is flagged as holding licensed text.

    Titles of CPT codes are the AMA's: a bank that is passed on must not hold them. Whoever has a licensed
    file imports it with `qbank codes import`; kept are fingerprints of its titles of four words and more,
    against which the texts of items and stimuli are held. Without such a file only the flag counts: the tag
    `licensed-text`, or the attribute `licensed_text: true`. Message and report name
    place and code, never the text.

    Say it in your own words, or name the number alone.

    Source: copyright of code sets (CPT: American Medical Association).
    """
    for record in (*holding(bank.items, "tags", "attributes"), *bank.stimuli):
        flag = _flag(record)
        if flag:
            yield Finding(
                record.at(*flag),
                f"{record.id} is flagged as holding licensed text",
                hint="Take the text out of the bank, then the flag.",
            )
    for record in (*bank.items, *bank.stimuli) if titles else ():
        for text in texts_of(record):
            for code in titles.find(text.text):
                yield Finding(
                    text.where,
                    f"{_place(text.pointer)} of {record.id} holds the licensed title of CPT {code}",
                    hint="Say it in your own words, or name the number alone.",
                )


def _flag(record: ItemBase | Stimulus) -> Pointer:
    """Where a record is flagged, () where it is not."""
    if isinstance(record, ItemBase) and FLAG in record.tags:
        return ("tags", record.tags.index(FLAG))
    name = FLAG.replace("-", "_")
    return ("attributes", name) if record.attributes.get(name) is True else ()


def _place(pointer: Pointer) -> str:
    words = {"options": "option", "prompts": "prompt", "references": "reference"}
    first, *rest = pointer
    if first == "references" and isinstance(rest[0], int):
        return f"reference {rest[0] + 1}"
    return " ".join([words.get(str(first), f"the {first}"), *(str(part) for part in rest)])
