"""One row an item: native records → texts by column, and back.

A value that its column cannot say exactly goes to the column `more`, as JSON, so that every record comes
back as it was: what is written is read again before it counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from qbank.tables import fields
from qbank.tables.grid import Fault
from qbank.tables.layout import IDS, NUMBERS, SCORING, STIMULUS_COLUMNS, TEXTS, TRUTHS, Layout

_DEFAULTS: dict[str, Any] = {"status": "active", "points": 1, "shuffle": True}
_BREAK = re.compile(r"\r\n?")
"""The fields of an item that a candidate's table holds."""


# --- records → rows -------------------------------------------------------------------------------------


def to_row(record: Mapping[str, Any], layout: Layout, *, defaults: bool = True) -> dict[str, str]:
    """The cells of a record that hold something, by column. `defaults` says what goes without saying too."""
    record = _builtins(record)
    cells = {name: _cells(name, value, record, layout) for name, value in record.items()}
    more: dict[str, Any] = {}
    while True:
        row = {
            column: text
            for name, one in cells.items()
            if name not in more
            for column, text in one.items()
            if text
        }
        if more:
            row["more"] = json.dumps(more, ensure_ascii=False, sort_keys=True)
        back, faults = to_record(row, layout)
        wrong = {
            name: value
            for name, value in record.items()
            if name not in more and not same(name, back.get(name), value) and not _is_default(name, value)
        }
        if not wrong and not faults:
            break
        if not wrong:
            wrong = {
                name: value
                for name, value in record.items()
                if name not in more and name not in ("id", "type")
            }
        if not wrong:
            break
        more |= wrong
    if defaults:
        for name, value in _DEFAULTS.items():
            if name not in more and (name != "shuffle" or "options" in record):
                row.setdefault(name, fields.scalar_text(value))
    return row


def same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a field are alike; the order of options and prompts counts, 1.0 is 1."""
    ordered = name in ("options", "prompts")
    return _token(one, ordered) == _token(other, ordered)


def _token(value: Any, ordered: bool) -> str:
    return json.dumps(_whole(value), ensure_ascii=False, sort_keys=not ordered)


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _whole(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(part) for part in value]
    return value


def _builtins(record: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    return tree


def _is_default(name: str, value: Any) -> bool:
    return name in _DEFAULTS and same(name, _DEFAULTS[name], value)


def _cells(name: str, value: Any, record: Mapping[str, Any], layout: Layout) -> dict[str, str]:
    """The cells that say one field; cells that cannot are found out by reading them."""
    if name in TEXTS and isinstance(value, str):
        return {name: value}
    if name in (*NUMBERS, *TRUTHS):
        return {name: fields.scalar_text(value)}
    if name in IDS and isinstance(value, list):
        return {name: fields.words_text(value)}
    if name == "references":
        return {name: "\n".join(value)}
    if name == "codes":
        return {name: "\n".join(fields.code_text(one) for one in value)}
    if name == "options":
        return _texts_cells("option", value, layout.letters, "")
    if name == "prompts":
        return _texts_cells("prompt", value, layout.numbers, "P")
    if name == "scoring":
        return {column: fields.scalar_text(value[part]) for column, part in SCORING.items() if part in value}
    if name == "attributes":
        known = frozenset(layout.attributes)
        return {
            layout.attribute_column(one): fields.scalar_text(part)
            for one, part in value.items()
            if one in known
        }
    if name == "key":
        unit = value.get("unit", "") if isinstance(value, dict) and record.get("type") == "numeric" else ""
        return {"key": fields.key_text(str(record.get("type")), value), "unit": unit}
    if name == "rationale":
        return _rationale_cells(value, record, layout)
    return {}


def _texts_cells(prefix: str, texts: Mapping[str, str], names: list[str], plain: str) -> dict[str, str]:
    if len(texts) > len(names):
        return {}
    row = {f"{prefix}_{name}": text for name, text in zip(names, texts.values(), strict=False)}
    if list(texts) != [plain + name for name in names[: len(texts)]]:
        row[f"{prefix}_ids"] = ", ".join(texts)
    return row


def _rationale_cells(value: Any, record: Mapping[str, Any], layout: Layout) -> dict[str, str]:
    if isinstance(value, str):
        return {"rationale": value}
    ids = list(record.get("options") or ())
    if len(ids) > layout.options or not set(value) <= set(ids):
        return {}
    return {f"rationale_{chr(ord('A') + ids.index(id))}": text for id, text in value.items()}


# --- rows → records -------------------------------------------------------------------------------------


def to_record(row: Mapping[str, str], layout: Layout, number: int = 0) -> tuple[dict[str, Any], list[Fault]]:
    """The record of a row and what its cells cannot mean; values that go without saying are left out."""
    faults: list[Fault] = []
    record = _more(row.get("more", ""), number, faults)
    type = str(record.get("type", row.get("type", "")))
    taken = frozenset(record)

    def read(name: str, column: str, reader: Any, *arguments: Any) -> None:
        text = row.get(column, "")
        if name in taken or not text:
            return
        try:
            record[name] = reader(*arguments, text)
        except ValueError as error:
            faults.append(_fault(number, row, column, str(error)))

    for name in TEXTS:
        read(name, name, str)
    read("key", "key", fields.key, type)
    if type == "numeric" and row.get("unit") and "key" in record and "key" not in taken:
        record["key"]["unit"] = row["unit"]
    for name in NUMBERS:
        read(name, name, fields.number)
    for name in TRUTHS:
        read(name, name, fields.truth)
    for name in IDS:
        read(name, name, fields.words)
    read("references", "references", fields.lines)
    read("codes", "codes", _codes)
    letters = layout.letters
    for name, prefix, names, plain in (
        ("options", "option", letters, ""),
        ("prompts", "prompt", layout.numbers, "P"),
    ):
        if name not in taken:
            _read_texts(record, name, prefix, names, plain, row, number, faults)
    read("rationale", "rationale", str)
    if "rationale" not in taken:
        _read_rationale(record, letters, row, number, faults)
    _read_scoring(record, taken, row, number, faults)
    if "attributes" not in taken:
        _read_attributes(record, layout, row)
    return {name: value for name, value in record.items() if not _is_default(name, value)}, faults


def _fault(number: int, row: Mapping[str, str], column: str, message: str) -> Fault:
    what, _, hint = message.partition("; ")
    return Fault(
        row=number,
        column=column,
        item=row.get("id", ""),
        message=what,
        raw=row.get(column, "")[:200],
        hint=hint,
    )


def _more(text: str, number: int, faults: list[Fault]) -> dict[str, Any]:
    if not text:
        return {}
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        tree = None
    if isinstance(tree, dict):
        return tree
    faults.append(
        Fault(
            row=number,
            column="more",
            message="the cell holds no JSON object",
            raw=text[:200],
            hint="Leave it as it was exported, or empty it.",
        )
    )
    return {}


def _codes(text: str) -> list[dict[str, str]]:
    return [fields.code(line) for line in fields.lines(text)]


def _read_texts(
    record: dict[str, Any],
    name: str,
    prefix: str,
    names: list[str],
    plain: str,
    row: Mapping[str, str],
    number: int,
    faults: list[Fault],
) -> None:
    texts = [row.get(f"{prefix}_{one}", "") for one in names]
    while texts and not texts[-1]:
        texts.pop()
    ids = fields.words(row.get(f"{prefix}_ids", "")) or [plain + one for one in names[: len(texts)]]
    if not texts and not row.get(f"{prefix}_ids"):
        return
    gap = next((n for n, text in enumerate(texts) if not text), None)
    if gap is not None:
        faults.append(
            _fault(
                number,
                row,
                f"{prefix}_{names[gap]}",
                f"the cell is empty but a later {prefix} is not; fill it or move the others up",
            )
        )
    elif len(ids) != len(texts) or len(set(ids)) != len(ids):
        column = f"{prefix}_ids"
        faults.append(
            _fault(
                number,
                row,
                column,
                f"{len(ids)} ids for {len(texts)} {prefix}s; list one id for each, none twice",
            )
        )
    else:
        record[name] = dict(zip(ids, texts, strict=True))


def _read_rationale(
    record: dict[str, Any], letters: list[str], row: Mapping[str, str], number: int, faults: list[Fault]
) -> None:
    cells = {letter: row[f"rationale_{letter}"] for letter in letters if row.get(f"rationale_{letter}")}
    if not cells:
        return
    ids = list(record.get("options") or ())
    beyond = [letter for letter in cells if ord(letter) - ord("A") >= len(ids)]
    if beyond or "rationale" in record:
        column = f"rationale_{(beyond or list(cells))[0]}"
        why = "there is no such option" if beyond else "there is a rationale of the whole item too"
        faults.append(_fault(number, row, column, f"{why}; keep one text, or one per option"))
        return
    record["rationale"] = {ids[ord(letter) - ord("A")]: text for letter, text in cells.items()}


def _read_scoring(
    record: dict[str, Any], taken: frozenset[str], row: Mapping[str, str], number: int, faults: list[Fault]
) -> None:
    if "scoring" in taken:
        return
    found: dict[str, Any] = {}
    for column, part in SCORING.items():
        text = row.get(column, "")
        if text and text != "all_or_nothing":
            try:
                found[part] = text if part == "method" else fields.number(text)
            except ValueError as error:
                faults.append(_fault(number, row, column, str(error)))
    if found:
        record["scoring"] = found


def _read_attributes(record: dict[str, Any], layout: Layout, row: Mapping[str, str]) -> None:
    found = {}
    for name in layout.attributes:
        text = row.get(layout.attribute_column(name), "")
        if text:
            found[name] = text if name in layout.texts else fields.scalar(text)
    if found:
        record["attributes"] = found


def normal(text: str) -> str:
    """A text of a cell without what spreadsheets change by themselves: line ends, white space around."""
    return _BREAK.sub("\n", text).strip()


# --- stimuli --------------------------------------------------------------------------------------------


def stimulus_row(record: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a stimulus that hold something; media, attributes and enemies are in `more`."""
    plain = _builtins(record)
    row = {name: plain[name] for name in ("id", "title", "text") if plain.get(name)}
    more = {name: value for name, value in plain.items() if name not in STIMULUS_COLUMNS and value}
    return {**row, "more": json.dumps(more, ensure_ascii=False, sort_keys=True)} if more else row


def stimulus_record(row: Mapping[str, str], number: int = 0) -> tuple[dict[str, Any], list[Fault]]:
    """The stimulus of a row."""
    faults: list[Fault] = []
    more = _more(row.get("more", ""), number, faults)
    return {**{name: row[name] for name in ("id", "title", "text") if row.get(name)}, **more}, faults
