"""Aiken: single best answers as plain lines, the simplest format that Moodle reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import ascii_uppercase

from qbank.diagnostics import Finding
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
from qbank.markup import from_plain, to_plain
from qbank.model.item import MultipleChoice

TITLE = "Aiken"
_TYPES = frozenset({"multiple-choice"})
_OPTION = re.compile(r"\s*([A-Z])[.)]\s+(.*\S)\s*")
_ANSWER = re.compile(r"\s*ANSWER:\s*(\S.*?)\s*", re.IGNORECASE)
_LOOKS_LIKE_OTHER = re.compile(r"[A-Z][.)] |ANSWER:", re.IGNORECASE)


def write(input: ExportInput) -> Export | Refused:
    """One question after another, options in the order in which they are presented."""
    wrong = (*unsupported(input, _TYPES, TITLE), *_unwritable(input))
    if wrong:
        return Refused(wrong)
    text = "\n".join(_question(one) for one in input.placed())
    return Export(((FORMAT.file_name(input), text.encode("utf-8")),))


def _unwritable(input: ExportInput) -> Iterator[Finding]:
    for one in input.placed():
        item = one.item
        if not isinstance(item, MultipleChoice):
            continue
        if not 2 <= len(item.options) <= len(ascii_uppercase):
            yield Finding(
                item.at("options"),
                f"item {item.id}: Aiken takes 2 to 26 options",
                hint="Leave some out, or export to another format.",
            )
        elif len(item.key_ids) != 1 or item.key_ids[0] not in item.options:
            yield Finding(item.at("key"), f"item {item.id}: one option must be keyed", hint="Key an option.")
        for pointer, text in (("stem", item.stem), *item.options.items()):
            plain = _line(text)
            where = item.at("stem") if pointer == "stem" else item.at("options", pointer)
            if not plain:
                yield Finding(
                    where,
                    f"item {item.id}: {pointer} shows no words, and Aiken holds nothing else",
                    hint="Write it, or export to another format.",
                )
            elif pointer == "stem" and _LOOKS_LIKE_OTHER.match(plain):
                yield Finding(
                    where,
                    f"item {item.id}: the stem begins like an option or an answer of Aiken",
                    hint="Reword its beginning, or export to another format.",
                )


def _question(one: Placed) -> str:
    item = one.item
    assert isinstance(item, MultipleChoice)
    order = one.placement.option_order or tuple(item.options)
    lines = [_line(item.stem)]
    lines += [
        f"{letter}. {_line(item.options[id])}" for letter, id in zip(ascii_uppercase, order, strict=False)
    ]
    lines.append(f"ANSWER: {ascii_uppercase[order.index(item.key_ids[0])]}")
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return " ".join(to_plain(text).split())


def read(source: Source) -> Imported:
    """Questions, each ended by its ANSWER line. Raises Unreadable when there is none."""
    items = []
    unread: list[Unread] = []
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(_text(source).splitlines(), 1):
        answer = _ANSWER.fullmatch(line)
        if answer is None:
            if line.strip():
                lines.append((number, line))
            continue
        found = _item(lines, answer[1])
        if isinstance(found, str):
            raw = "\n".join(text for _, text in lines)[:200]
            unread.append(Unread(message=found, line=lines[0][0] if lines else number, raw=raw))
        else:
            items.append(found)
        lines = []
    if lines:
        raw = "\n".join(text for _, text in lines)[:200]
        unread.append(Unread(message="a question without an ANSWER line", line=lines[0][0], raw=raw))
    if not items:
        raise Unreadable(f"{source.name} holds no question that ends with an ANSWER line")
    return Imported(items=tuple(items), unread=tuple(unread))


def _text(source: Source) -> str:
    return source.data.decode("utf-8-sig", "replace")


def _item(lines: list[tuple[int, str]], answer: str) -> dict[str, object] | str:
    """The record of a question, or why it is none."""
    stem: list[str] = []
    options: dict[str, str] = {}
    for _, line in lines:
        found = _OPTION.fullmatch(line)
        if found is not None and found[1] == ascii_uppercase[min(len(options), 25)] and stem:
            options[found[1]] = from_plain(found[2])
        elif options:
            return f"the line {line.strip()[:60]!r} stands among the options"
        else:
            stem.append(line.strip())
    key = answer.upper().rstrip(".)")
    if not stem or len(options) < 2:
        return "a question needs a stem and two options or more"
    if key not in options:
        return f"the answer {answer!r} is none of the options {', '.join(options)}"
    return {"type": "multiple-choice", "stem": from_plain(" ".join(stem)), "options": options, "key": key}


def recognises(source: Source) -> int:
    """Whether there are options with letters and ANSWER lines with one of them."""
    lines = source.data[:200_000].decode("utf-8-sig", "replace").splitlines()
    answers = sum(1 for line in lines if re.fullmatch(r"\s*ANSWER:\s*[A-Z]\s*", line, re.IGNORECASE))
    options = sum(1 for line in lines if _OPTION.fullmatch(line))
    if not answers or options < 2 * answers:
        return 0
    filled = [line for line in lines if line.strip()]
    return 90 if len(source.data) < 200_000 and _ANSWER.fullmatch(filled[-1]) else 80


FORMAT = Format(
    slug="aiken",
    title=TITLE,
    extension="aiken.txt",
    item_types=_TYPES,
    writes=write,
    reads=read,
    recognises=recognises,
    carries=frozenset(),
    audiences=("staff",),
)
