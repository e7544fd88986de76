"""Values of records as texts of cells, and back. What a cell cannot say raises ValueError with advice."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from qbank.tables.grid import number_text

_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_SCALAR = re.compile(rf"{_NUMBER}|true|false")
_TOLERANCE = re.compile(rf"({_NUMBER})\s*(?:±|\+/-|\+-)\s*({_NUMBER})")
_RANGE = re.compile(rf"({_NUMBER})\s*(?:to|\.\.|–)\s*({_NUMBER})")
_TRUE, _FALSE = frozenset({"true", "yes", "t", "y", "1"}), frozenset({"false", "no", "f", "n", "0"})

Record = Mapping[str, Any]


def looks_typed(text: str) -> bool:
    """Whether a text reads as a number or a truth value."""
    return _SCALAR.fullmatch(text) is not None


def scalar_text(value: Any) -> str:
    """A text, number or truth value as the text of a cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | float) else str(value)


def scalar(text: str) -> Any:
    """A number or truth value where a cell reads as one, else its text."""
    return json.loads(text) if looks_typed(text) else text


def number(text: str) -> int | float:
    """A number. Raises ValueError."""
    plain = text.strip().replace("−", "-")
    if not re.fullmatch(_NUMBER, plain) or not abs(float(plain)) < 1e308:
        raise ValueError(f"{text[:40]!r} is no number; write digits with a point, such as 0.5")
    value: int | float = json.loads(plain)
    return value


def truth(text: str) -> bool:
    """A truth value. Raises ValueError."""
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError(f"{text[:40]!r} is neither true nor false; write true or false")
    return word in _TRUE


def words_text(values: Sequence[str]) -> str:
    """Short texts as one: between commas, or line by line when one holds a comma."""
    return ("\n" if any("," in one for one in values) else ", ").join(values)


def words(text: str) -> list[str]:
    """The texts of a cell that lists them line by line, or else between commas."""
    return [part.strip() for part in re.split(r"\n" if "\n" in text else ",", text) if part.strip()]


def lines(text: str) -> list[str]:
    """The lines of a cell that hold something."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def code_text(code: Mapping[str, str]) -> str:
    """A declared code as `system:code:role:expect`, the last two where they are said."""
    parts = [code.get(name, "") for name in ("system", "code", "role", "expect")]
    return ":".join(parts).rstrip(":")


def code(line: str) -> dict[str, str]:
    """A declared code. Raises ValueError."""
    parts = [part.strip() for part in line.split(":")]
    if not 2 <= len(parts) <= 4 or not all(parts[:2]):
        raise ValueError(f"{line[:60]!r} is no code; write system:code, system:code:role or more")
    return {
        name: part for name, part in zip(("system", "code", "role", "expect"), parts, strict=False) if part
    }


def key_text(type: str, key: Any) -> str:
    """A key as the text of a cell (the unit of a number has a column of its own)."""
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, str):
        return key
    if isinstance(key, Mapping):
        return _number_key_text(key) if type == "numeric" else _pairs_text(key)
    if isinstance(key, list | tuple):
        return "\n".join(key) if type == "short-answer" else ", ".join(key)
    return ""


def key(type: str, text: str) -> Any:
    """A key of a type. Raises ValueError."""
    return _KEYS.get(type, _no_key)(text)


def _number_key_text(key: Mapping[str, Any]) -> str:
    if "value" in key:
        amount = number_text(key["value"])
        return f"{amount} ± {number_text(key['tolerance'])}" if "tolerance" in key else amount
    return " to ".join(number_text(key[name]) for name in ("minimum", "maximum") if name in key)


def _pairs_text(key: Mapping[str, str]) -> str:
    return "; ".join(f"{prompt}: {option}" for prompt, option in key.items())


def _number_key(text: str) -> dict[str, Any]:
    plain = text.strip().replace("−", "-")
    if found := _TOLERANCE.fullmatch(plain):
        return {"value": number(found[1]), "tolerance": number(found[2])}
    if found := _RANGE.fullmatch(plain):
        return {"minimum": number(found[1]), "maximum": number(found[2])}
    try:
        return {"value": number(plain)}
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no number; write 5, 5 ± 0.1 or 4 to 6") from None


def _pairs(text: str) -> dict[str, str]:
    found = {}
    for part in re.split(r"[;\n]", text):
        prompt, colon, option = part.partition(":")
        if not part.strip():
            continue
        if not colon or not prompt.strip() or not option.strip():
            raise ValueError(f"{part.strip()[:40]!r} is no pair; write P1: B; P2: A")
        found[prompt.strip()] = option.strip()
    return found


def _one_or_several(text: str) -> Any:
    ids = words(text)
    return ids[0] if len(ids) == 1 else ids


def _no_key(_text: str) -> Any:
    raise ValueError("items of this type have no key; empty the cell")


_KEYS: dict[str, Callable[[str], Any]] = {
    "multiple-choice": _one_or_several,
    "multiple-response": words,
    "ordering": words,
    "true-false": truth,
    "matching": _pairs,
    "numeric": _number_key,
    "short-answer": lines,
}
