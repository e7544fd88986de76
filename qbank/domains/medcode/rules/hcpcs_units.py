"""Rule hcpcs-units."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import msgspec

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.codeset import CodeSet
from qbank.domains.medcode.rules._declared import Declared, as_of, declared
from qbank.model.bank import BankRecord
from qbank.model.item import Item, MultipleChoice, Numeric, ShortAnswer
from qbank.rule import rule
from qbank.rules._patterns import compiled
from qbank.screening import Field, having, mentions

_MEASURES: dict[str, tuple[str, float]] = {
    "g": ("mg", 1000.0),
    "gm": ("mg", 1000.0),
    "gram": ("mg", 1000.0),
    "grams": ("mg", 1000.0),
    "mg": ("mg", 1.0),
    "milligram": ("mg", 1.0),
    "milligrams": ("mg", 1.0),
    "mcg": ("mg", 0.001),
    "microgram": ("mg", 0.001),
    "micrograms": ("mg", 0.001),
    "ml": ("ml", 1.0),
    "cc": ("ml", 1.0),
    "milliliter": ("ml", 1.0),
    "milliliters": ("ml", 1.0),
}
"""Measures of doses: what each is of its base. Units of drugs ("1,000 units") are left out: the answer is in
units too."""
_FACTORS = frozenset(_MEASURES.values())
_NAMES = "|".join(sorted(_MEASURES, key=len, reverse=True))
_QUANTITY = compiled(
    rf"(?<![\w.,/-])(\d{{1,3}}(?:,\d{{3}}){{1,3}}|\d{{1,9}})(\.\d{{1,9}})?[\s-]?({_NAMES})(?![\w/])",
    re.IGNORECASE,
)
_DEFINES = compiled(
    r"\b(?:per|each|every|up\s+to|of|for|covers?|represents?|means?|is|units?\s+(?:of|is))\s*$", re.IGNORECASE
)
_OTHERWISE = compiled(
    r"\b(?:wast\w*|discard\w*|left\s*over|remain\w*|vials?|ampu\w*|JW|JZ|each\s+(?:day|time|dose)|twice|times|daily|per\s+kg"
    r"|kg|body|mixed|dilut\w*|infus\w+\s+in|two|three|four|rounds?\s+down|truncat\w*)\b",
    re.IGNORECASE,
)
_ASKS = compiled(r"\b(?:how\s+many|number\s+of|what)\b[^.?]*\bunits?\b|\bunits?\b[^.?]*\?", re.IGNORECASE)
_WHOLE = compiled(r"\s*([0-9]{1,9})(?:\s+(?:billing\s+)?units?)?\.?\s*", re.IGNORECASE)
_UNIT = compiled(
    rf"(?:,|\b(?:per|each|up\s+to))\s*(\d+(?:,\d{{3}})*)?(\.\d+)?\s*({_NAMES})\s*(?:\([^)]*\))?\s*$",
    re.IGNORECASE,
)
_NOISE = 1e-9


class Amount(msgspec.Struct, frozen=True):
    """A quantity in the base of its measure: milligrams or millilitres; `told` as it is written."""

    value: float
    base: str
    told: str


@rule(Severity.WARNING, screen=having("codes", mentions("unit", "units", fields=Field.STEM)))
def hcpcs_units(
    item: MultipleChoice | Numeric | ShortAnswer, bank: BankRecord, codes: CodeSet
) -> Iterator[Finding]:
    """The keyed number of units is not the dose divided by the unit of the HCPCS code, rounded up.

    The dose is the variable `dose` of the item's `calculation`, else the only quantity in the stem that is
    no unit; the unit is what the title of the one declared HCPCS code ends in (", per 15 mg"), else the
    variable `unit`. Nothing is said when the stem speaks of waste, vials, repeated doses or weight, when
    measures do not fit, or when the key is no whole number: then it takes a person.

    Correct the dose, the key or the code.

    Source: HCPCS Level II titles; Medicare Claims Processing Manual, chapter 17, section 70 (units, rounded
    up).
    """
    keyed = _keyed(item)
    asked = bool(item.codes) and keyed is not None and _ASKS.search(item.stem) is not None
    found = list(declared(item, "hcpcs")) if asked else []
    if len(found) != 1:
        return
    (one,) = found
    unit, dose = _unit(codes, one, as_of(bank)), None
    variables = item.calculation.variables if item.calculation is not None else {}
    if {"dose", "unit"} <= variables.keys():
        dose, own = Amount(variables["dose"], "", f"{variables['dose']:g}"), variables["unit"]
        stated = Amount(own, "", f"{own:g}")
        if unit is not None and not _is_same(own, unit):
            yield _finding(
                item, one, f"the calculation divides by {own:g}, the title of {one.code} says {unit.told}"
            )
            return
        unit = stated
    elif unit is not None and not _OTHERWISE.search(item.stem):
        dose = _dose(item.stem, unit)
    if dose is None or unit is None or not _is_sane(dose.value, unit.value):
        return
    units = math.ceil(dose.value / unit.value - _NOISE)
    if units != keyed:
        yield _finding(
            item,
            one,
            f"{dose.told} of {one.code} at {unit.told} a unit make {units} units, the key says {keyed}",
        )


def _is_sane(dose: float, unit: float) -> bool:
    return math.isfinite(dose) and math.isfinite(unit) and unit > 0 and math.isfinite(dose / unit)


def _finding(item: Item, one: Declared, message: str) -> Finding:
    return Finding(item.at("key"), message, one.related, "Correct the dose, the key or the code.")


def _keyed(item: MultipleChoice | Numeric | ShortAnswer) -> int | None:
    """The whole number that is keyed, None when there is none."""
    if isinstance(item, Numeric):
        value = item.key.value if item.key is not None else None
        return int(value) if value is not None and value.is_integer() else None
    if isinstance(item, ShortAnswer):
        texts = list(item.key or ())[:1]
    else:
        texts = [item.options[id] for id in item.key_ids[:1] if id in item.options]
    found = _WHOLE.fullmatch(texts[0]) if texts else None
    return int(found[1]) if found else None


def _unit(codes: CodeSet, one: Declared, on: str) -> Amount | None:
    """What the title of a HCPCS code ends in."""
    found = _UNIT.search(codes.lookup(one.code, on, "hcpcs").title) if on else None
    return None if found is None else _amount(found[1] or "1", found[2], found[3])


def _dose(stem: str, unit: Amount) -> Amount | None:
    """The only quantity of a stem that is no unit, in the measure of the unit; None when that is not sure."""
    doses = []
    for found in _QUANTITY.finditer(stem):
        amount = _amount(*found.groups())
        if not _DEFINES.search(stem[: found.start()]) or amount.value != unit.value:
            doses.append(amount)
    return doses[0] if len(doses) == 1 and doses[0].base == unit.base else None


def _is_same(own: float, unit: Amount) -> bool:
    """Whether the unit of a calculation is the title's, in some measure."""
    return any(base == unit.base and math.isclose(own * factor, unit.value) for base, factor in _FACTORS)


def _amount(number: str, decimals: str | None, measure: str) -> Amount:
    base, factor = _MEASURES[measure.casefold()]
    text = number.replace(",", "") + (decimals or "")
    return Amount(float(text) * factor, base, f"{number}{decimals or ''} {measure}")
