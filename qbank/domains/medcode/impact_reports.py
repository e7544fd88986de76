"""What a new year does to a bank, as text, JSON, Markdown and a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from qbank.diagnostics import Location
from qbank.domains.medcode.impact import Effect, Impact, Touched
from qbank.model.bank import Bank
from qbank.reading.places import Places
from qbank.reporters.markdown import inert
from qbank.reporters.safe import file_name, safe

SCHEMA_VERSION = 1
_MANY = 8


def text(found: Impact, bank: Bank) -> bytes:
    """For people: an item, then its effects, each with its place in the file."""
    return _lines(_text(found, Places(bank.sources)))


def json(found: Impact, bank: Bank) -> bytes:
    """For programs; with `schema_version`."""
    places = Places(bank.sources)
    tree = {
        "schema_version": SCHEMA_VERSION,
        "from": found.old,
        "to": found.new,
        "items": [_record(one, places) for one in found.touched],
        "unchecked": found.unchecked,
        "summary": {
            "touched": len(found.touched),
            "keys_hit": found.hits,
            "checked": found.checked,
            "forms": len({form for one in found.touched for form in one.forms}),
        },
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2) + b"\n"


def markdown(found: Impact, bank: Bank) -> bytes:
    """For a comment on a pull request, or an issue: a table with a row for every effect."""
    return _lines(_markdown(found, Places(bank.sources)))


def xlsx(found: Impact, bank: Bank) -> bytes:
    """A workbook with a sheet of effects and one of what was asked; the same bytes for the same impact."""
    from qbank.formats.xlsx.table import Column, Highlight, Row, Table, Text
    from qbank.formats.xlsx.workbook import Face, sheets_bytes

    def row(cells: Sequence[str]) -> Row:
        return Row(tuple(Text(safe(cell), Location(""), "impact") if cell else None for cell in cells))

    places = Places(bank.sources)
    columns = (
        Column("Item", 26, "id"),
        Column("Status", 10, "text"),
        Column("Key hit", 8, "text"),
        Column("Code", 12, "id"),
        Column("Role", 12, "text"),
        Column("Options", 9, "text"),
        Column("Reason", 14, "text"),
        Column("What", 50, "text"),
        Column("Candidates", 34, "text"),
        Column("Forms", 24, "text"),
        Column("Place", 44, "text"),
    )
    effects = Table(
        name="Impact",
        columns=columns,
        rows=tuple(map(row, _cells(found, places))),
        highlights=(Highlight("Key hit", "yes", "bad"),),
    )
    asked = Table(
        name="About",
        columns=(Column("What", 30, "text"), Column("Value", 60, "text")),
        rows=tuple(map(row, _about(found, bank))),
        filtered=False,
    )
    face = Face(f"Impact of {found.new} on {bank.info.id}", bank.info.id, "CONFIDENTIAL: names keyed codes")
    return sheets_bytes(face, (effects, asked))


RENDERERS: dict[str, Callable[[Impact, Bank], bytes]] = {
    "text": text,
    "json": json,
    "markdown": markdown,
    "xlsx": xlsx,
}


def _lines(lines: Iterator[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _text(found: Impact, places: Places) -> Iterator[str]:
    for one in found.touched:
        hit = "key hit" if one.hits_key else "touched"
        forms = f", in {', '.join(map(safe, one.forms))}" if one.forms else ""
        yield f"{safe(one.item.id)} ({one.item.status}{forms}): {hit}"
        for effect in one.effects:
            yield f"  {_place(one, effect, places)} {effect.reason}: {safe(effect.message)} ({_role(effect)})"
            if effect.successors:
                yield f"      candidates: {_some(effect.successors)}"
        yield ""
    yield from _closing(found)


def _closing(found: Impact) -> Iterator[str]:
    number = len(found.touched)
    items = f"{number} item{'s' * (number != 1)}"
    yield f"{items} touched from {found.old} to {found.new}, {found.hits} with a key hit"
    forms = sorted({form for one in found.touched if one.hits_key for form in one.forms})
    if forms:
        yield f"forms with a key hit: {', '.join(map(safe, forms))}"
    if found.unchecked:
        told = ", ".join(f"{count} of {safe(system)}" for system, count in found.unchecked.items())
        yield f"not checked, since no data speaks of both days: {told} (`qbank codes import` adds data)"


def _record(one: Touched, places: Places) -> dict[str, Any]:
    at = places(one.item.at())
    return {
        "item": one.item.id,
        "status": one.item.status,
        "file": file_name(at.file),
        "line": at.line,
        "key_hit": one.hits_key,
        "forms": list(one.forms),
        "effects": [_effect(one, effect, places) for effect in one.effects],
    }


def _effect(one: Touched, effect: Effect, places: Places) -> dict[str, Any]:
    at = places(one.item.at("codes", effect.number, "code"))
    return {**msgspec.to_builtins(effect), "file": file_name(at.file), "line": at.line, "column": at.column}


def _markdown(found: Impact, places: Places) -> Iterator[str]:
    yield f"## Codes from {found.old} to {found.new}"
    yield ""
    if found.touched:
        yield "| item | key hit | code | role | what | candidates | forms |"
        yield "|---|---|---|---|---|---|---|"
    for one in found.touched:
        for effect in one.effects:
            cells = (
                f"{one.item.id} ({_place(one, effect, places)})",
                "**yes**" if effect.hits_key else "no",
                effect.code,
                _role(effect),
                f"{effect.reason}: {effect.message}",
                _some(effect.successors),
                ", ".join(one.forms),
            )
            shown = (cell if cell == "**yes**" else inert(cell) for cell in cells)
            yield f"| {' | '.join(shown)} |"
    if found.touched:
        yield ""
    yield from map(inert, _closing(found))


def _cells(found: Impact, places: Places) -> Iterator[tuple[str, ...]]:
    for one in found.touched:
        for effect in one.effects:
            yield (
                one.item.id,
                one.item.status,
                "yes" if effect.hits_key else "no",
                effect.code,
                effect.role,
                ", ".join(effect.options),
                effect.reason,
                effect.message,
                ", ".join(effect.successors),
                ", ".join(one.forms),
                _place(one, effect, places),
            )


def _about(found: Impact, bank: Bank) -> Iterator[tuple[str, str]]:
    yield "Bank", bank.info.id
    yield "Last day of the old codes", found.old
    yield "First day of the new codes", found.new
    yield "Items whose codes were all asked for", str(found.checked)
    yield "Items touched", str(len(found.touched))
    yield "Items with a key hit", str(found.hits)
    for system, count in found.unchecked.items():
        yield f"Declared codes of {system} without data", str(count)


def _place(one: Touched, effect: Effect, places: Places) -> str:
    at = places(one.item.at("codes", effect.number, "code"))
    return f"{safe(file_name(at.file)) or '(no file)'}:{at.line}:{at.column}"


def _role(effect: Effect) -> str:
    options = (
        f", option{'s' * (len(effect.options) > 1)} {', '.join(effect.options)}" if effect.options else ""
    )
    return f"{effect.role or 'no role'}{options}"


def _some(codes: Sequence[str]) -> str:
    more = f" and {len(codes) - _MANY} more" if len(codes) > _MANY else ""
    return ", ".join(codes[:_MANY]) + more
