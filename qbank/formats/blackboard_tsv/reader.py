"""Lines of Blackboard's upload → records."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from qbank.formats.contract import Imported, Source, Unread, Unreadable
from qbank.markup import from_plain

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LINE = re.compile(r"^(?:MC|MA|TF|ESS|MAT|ORD|NUM|FIB|FIB_PLUS)\t\S", re.MULTILINE)
_OTHERS = ("FIB_PLUS", "FIL", "SR", "OP", "JUMBLED_SENTENCE", "QUIZ_BOWL")


def imported(source: Source) -> Imported:
    """All questions. Raises Unreadable when there is none."""
    items: list[dict[str, Any]] = []
    unread: list[Unread] = []
    for number, line in enumerate(_text(source.data).splitlines(), 1):
        if not line.strip():
            continue
        try:
            items.append(_record([field.strip() for field in line.split("\t")]))
        except ValueError as error:
            unread.append(Unread(message=str(error), line=number, raw=line[:300]))
    if not items:
        raise Unreadable(f"{source.name} holds no line that Blackboard takes for a question")
    return Imported(items=tuple(items), unread=tuple(unread))


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def _record(fields: list[str]) -> dict[str, Any]:
    """The record of a line. Raises ValueError for one that no item type can hold."""
    while fields and not fields[-1]:
        fields.pop()
    kind, stem, *rest = [*fields, ""] if len(fields) == 1 else fields
    if not stem:
        raise ValueError("a question without a text")
    base = {"stem": from_plain(stem)}
    match kind:
        case "MC" | "MA":
            return {**base, **_choices(kind, rest)}
        case "TF" if rest[:1] and rest[0].lower() in ("true", "false"):
            return {"type": "true-false", **base, "key": rest[0].lower() == "true"}
        case "MAT" if rest and len(rest) % 2 == 0:
            return {"type": "matching", **base, **_pairs(rest)}
        case "ORD" if len(rest) > 1:
            options = {_letter(place): from_plain(text) for place, text in enumerate(rest)}
            return {"type": "ordering", **base, "options": options, "key": list(options)}
        case "NUM" if rest:
            return {"type": "numeric", **base, "key": _number(rest)}
        case "FIB" if rest:
            return {"type": "short-answer", **base, "key": list(dict.fromkeys(filter(None, rest)))}
        case "ESS":
            return {"type": "essay", **base, **({"rubric": from_plain(rest[0])} if rest else {})}
        case _ if kind in _OTHERS:
            raise ValueError(f"a question of the type {kind}, which no item type of a bank is like")
        case _:
            raise ValueError(f"{kind[:20]!r} with {len(rest)} fields is no question of Blackboard")


def _choices(kind: str, rest: list[str]) -> dict[str, Any]:
    texts, marks = rest[::2], [mark.lower() for mark in rest[1::2]]
    if len(texts) < 2 or len(texts) != len(marks) or not set(marks) <= {"correct", "incorrect"}:
        raise ValueError("answers that are not each followed by correct or incorrect")
    options = {_letter(place): from_plain(text) for place, text in enumerate(texts)}
    key = [id for id, mark in zip(options, marks, strict=True) if mark == "correct"]
    if not key or (kind == "MC" and len(key) > 1):
        raise ValueError(
            f"{len(key)} right answers, where a question of its type has one" if key else "no key"
        )
    if kind == "MC":
        return {"type": "multiple-choice", "options": options, "key": key[0]}
    return {"type": "multiple-response", "options": options, "key": key}


def _pairs(rest: list[str]) -> dict[str, Any]:
    prompts = {f"P{place}": from_plain(text) for place, text in enumerate(rest[::2], 1)}
    options = {_letter(place): from_plain(text) for place, text in enumerate(rest[1::2])}
    if not all([*prompts.values(), *options.values()]):
        raise ValueError("a pair without one of its sides")
    return {"prompts": prompts, "options": options, "key": dict(zip(prompts, options, strict=True))}


def _number(rest: list[str]) -> dict[str, Any]:
    try:
        numbers = [Decimal(text) for text in rest[:2]]
    except InvalidOperation:
        raise ValueError(f"{' '.join(rest[:2])[:40]!r} is no number with a tolerance") from None
    if not all(one.is_finite() and abs(one.adjusted()) < 300 for one in numbers):
        raise ValueError("a number without end")
    key: dict[str, Any] = {"value": float(numbers[0])}
    return {**key, "tolerance": float(abs(numbers[1]))} if numbers[1:] and numbers[1] else key


def _letter(place: int) -> str:
    return _LETTERS[place] if place < len(_LETTERS) else f"O{place + 1}"


def likely(source: Source) -> int:
    """How surely a text is such a file: by its first lines that are not empty."""
    lines = [one for one in _text(source.data[:100_000]).splitlines() if one.strip()][:20]
    known = sum(bool(_LINE.match(one)) for one in lines)
    return 90 if lines and known == len(lines) else 70 if known * 2 > len(lines) else 0
