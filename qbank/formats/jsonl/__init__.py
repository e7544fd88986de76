"""JSON Lines: the native records, one a line, with everything that a bank knows of them.

What a candidate gets holds what a candidate sees: stems, prompts, options and stimuli.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from qbank.formats.contract import (
    Export,
    ExportInput,
    Format,
    Imported,
    Placed,
    Refused,
    Source,
    Unread,
    Unreadable,
    unsupported,
)
from qbank.formats.presenting import SEEN
from qbank.model.item import ITEM_TYPES
from qbank.model.stimulus import Stimulus

TITLE = "JSON Lines"


def write(input: ExportInput) -> Export | Refused:
    """The bank record, the stimuli, then the items in their order, a line each."""
    wrong = unsupported(input, ITEM_TYPES, TITLE)
    if wrong:
        return Refused(wrong)
    lines = (msgspec.json.encode(record) + b"\n" for record in _records(input))
    return Export(((FORMAT.file_name(input), b"".join(lines)),))


def _records(input: ExportInput) -> Iterator[dict[str, Any]]:
    placed = tuple(input.placed())
    if input.bank.declared:
        yield {"bank": _bank(input)}
    stimuli = {one.stimulus.id: one.stimulus for one in placed if one.stimulus is not None}
    for stimulus in stimuli.values():
        yield {"stimulus": _stimulus(stimulus)}
    ids = frozenset(one.item.id for one in placed)
    for one in placed:
        yield _item(one, ids, input)


def _bank(input: ExportInput) -> dict[str, Any]:
    record = _plain(input.bank.info)
    for name in ("items", "stimuli", "statistics"):  # where the bank's own files lie
        record.pop(name, None)
    if input.audience == "candidate":
        record = {name: record[name] for name in ("id", "title", "language", "notice") if name in record}
    return record


def _stimulus(stimulus: Stimulus) -> dict[str, Any]:
    record = _plain(stimulus)
    for media in record.get("media", ()):
        media.pop("sha256", None)
    return record


def _item(one: Placed, ids: frozenset[str], input: ExportInput) -> dict[str, Any]:
    record = _plain(one.item)
    if "enemies" in record:  # of a part of a bank, enemies that are not in it cannot be known there
        record["enemies"] = [id for id in record["enemies"] if id in ids]
        if not record["enemies"]:
            del record["enemies"]
    order = one.placement.option_order
    if order and "options" in record:
        record["options"] = {id: record["options"][id] for id in order}
    if input.audience == "candidate":
        record = {name: record[name] for name in SEEN if name in record}
    return record


def _plain(value: msgspec.Struct) -> dict[str, Any]:
    record: dict[str, Any] = msgspec.to_builtins(value)
    record.pop("record", None)
    return record


def read(source: Source) -> Imported:
    """Records as they stand. Raises Unreadable when no line holds one."""
    found: dict[str, list[dict[str, Any]]] = {"item": [], "stimulus": [], "bank": []}
    unread: list[Unread] = []
    for number, line in enumerate(source.data.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            unread.append(Unread(message=f"the line is no JSON: {error}", line=number, raw=_start(line)))
            continue
        kind, body = _kind(record)
        if kind:
            found[kind].append(body)
        else:
            unread.append(
                Unread(message="the line is no item, bank or stimulus", line=number, raw=_start(line))
            )
    if not any(found.values()):
        raise Unreadable(f"{source.name} holds no line that is an item, a bank or a stimulus")
    bank = found["bank"][0] if found["bank"] else {}
    return Imported(
        items=tuple(found["item"]), stimuli=tuple(found["stimulus"]), bank=bank, unread=tuple(unread)
    )


def _kind(record: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(record, dict):
        return "", {}
    for kind in ("bank", "stimulus"):
        if isinstance(record.get(kind), dict) and len(record) == 1:
            return kind, record[kind]
    return ("item", record) if "type" in record or "stem" in record else ("", {})


def _start(line: bytes) -> str:
    return line[:200].decode("utf-8", "replace")


def recognises(source: Source) -> int:
    """Whether the first line with something on it is an object of JSON."""
    first = next((line for line in source.data[:100_000].splitlines() if line.strip()), b"")
    if not first.lstrip(b"\xef\xbb\xbf").startswith(b"{"):
        return 0
    try:
        return 90 if _kind(msgspec.json.decode(first.removeprefix(b"\xef\xbb\xbf")))[0] else 0
    except (msgspec.DecodeError, UnicodeDecodeError):
        return 0


FORMAT = Format(
    slug="jsonl",
    title=TITLE,
    extension="jsonl",
    item_types=frozenset(ITEM_TYPES),
    writes=write,
    reads=read,
    recognises=recognises,
    notes={"media": "by path; the files are not copied"},
)
