"""Content and record hashes: SHA-256 of canonical JSON (sorted keys, NFC, no white space).

Options and prompts are hashed as lists of pairs, so that their order counts.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from qbank.model.bank import Bank
from qbank.model.item import ItemBase
from qbank.model.stimulus import Stimulus

_WHOLE = re.compile(rb"\.0(?!\d)")
_GREAT = re.compile(rb"e\d")
_CONTENT = ("type", "stem", "options", "prompts", "key", "scoring")


def canonical(value: Any) -> bytes:
    """Canonical JSON of a tree of builtins: keys sorted, strings NFC, no white space."""
    plain = msgspec.json.encode(value, order="deterministic")
    if plain.isascii() and _WHOLE.search(plain) is None and _GREAT.search(plain) is None:
        # nothing that NFC could change, and no float such as 1.0 or 1e16 to be written as an integer
        return plain
    return msgspec.json.encode(_nfc(value), order="deterministic")


def sha256(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of a tree of builtins."""
    return hashlib.sha256(canonical(value)).hexdigest()


def content_hash(item: ItemBase, stimuli: Mapping[str, Stimulus]) -> str:
    """Hash of what a candidate meets and how it is scored; texts about the item do not count.

    `stimuli` maps id → stimulus; a stimulus that is not there counts by its id alone.
    """
    record = _pairs(_record(item))
    content = {name: record[name] for name in _CONTENT if name in record}
    content["type"] = item.type
    content["scoring"] = msgspec.to_builtins(item.scoring)
    if item.stimulus:
        stimulus = stimuli.get(item.stimulus)
        content["stimulus"] = item.stimulus if stimulus is None else stimulus_hash(stimulus)
    return sha256(content)


def stimulus_hash(stimulus: Stimulus) -> str:
    """Hash of a stimulus: title, text and media with their file hashes."""
    return sha256(
        {
            "title": stimulus.title,
            "text": stimulus.text,
            "media": [[media.file, media.sha256, media.alt] for media in stimulus.media],
        }
    )


def record_hash(item: ItemBase) -> str:
    """Hash of the whole record."""
    return sha256(_pairs(_record(item)))


def bank_hash(bank: Bank) -> str:
    """Hash of a bank: its own record, every item, stimulus and statistics record, by id."""
    parts = {
        "bank": canonical(_record(bank.info)),
        "items": _pairs_of_texts((item.id, record_hash(item)) for item in bank.items),
        "statistics": _pairs_of_texts((one.item, sha256(_record(one))) for one in bank.statistics),
        "stimuli": _pairs_of_texts((stimulus.id, stimulus_hash(stimulus)) for stimulus in bank.stimuli),
    }
    return hashlib.sha256(
        b"{" + b",".join(b'"%s":%s' % (name.encode(), part) for name, part in parts.items()) + b"}"
    ).hexdigest()


def _pairs_of_texts(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Canonical JSON of pairs of strings, sorted."""
    ordered = sorted(pairs)
    plain = msgspec.json.encode(ordered)
    return plain if plain.isascii() else canonical(ordered)


def _record(value: msgspec.Struct) -> dict[str, Any]:
    record: dict[str, Any] = msgspec.to_builtins(value)
    record.pop("record", None)
    return record


def _pairs(record: dict[str, Any]) -> dict[str, Any]:
    for name in ("options", "prompts"):
        if isinstance(record.get(name), dict):
            record[name] = [[id, text] for id, text in record[name].items()]
    return record


def _nfc(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else unicodedata.normalize("NFC", value)
    if isinstance(value, dict):
        return {_nfc(key): _nfc(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_nfc(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
