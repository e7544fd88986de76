"""Template dose-units: units of a drug code, the dose divided by the unit of the title, rounded up."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import NamedTuple

from qbank.domains.medcode.codeset import Answer, CodeSet
from qbank.domains.medcode.templates._contract import Choice, Draft, Template
from qbank.domains.medcode.templates._wording import quarter

_TITLE = re.compile(
    r"Injection, (?P<drug>[a-z][a-z -]+[a-z]), (?P<measure_words>per |up to |each )?"
    r"(?P<unit>\d+(?:\.\d+)?) ?(?P<measure>mg|mcg|micrograms?|g|gm|gram)"
)
_MEASURES = {"microgram": "mcg", "micrograms": "mcg", "gm": "g", "gram": "g"}
_MOST = 12
_PARTS = (Fraction(1, 2), Fraction(1, 4), Fraction(3, 4))
_STEMS = (
    "A nurse gives {dose} of {drug} by injection, and nothing is thrown away. {code} is defined {unit}, and "
    "the payer takes whole units, rounded up. How many units are billed?",
    "The administration record shows {dose} of {drug}, all of it given. The unit of {code} is {plain_unit}, "
    "and a part of a unit counts as a whole one. How many units of the code are reported?",
    "An injection of {dose} of {drug} is charged with {code}, defined {unit}. The whole amount was used, and "
    "units are rounded up. What number of units goes on the claim?",
)


class Unit(NamedTuple):
    """What a title says: drug, size of a unit, measure, and the words before the size ("per", "up to")."""

    drug: str
    size: Fraction
    measure: str
    words: str


def unit_of(title: str) -> Unit | None:
    """Drug, size of the unit, its measure and the words before it; None for any other title."""
    found = _TITLE.fullmatch(title)
    if found is None or not Fraction(found["unit"]):
        return None
    words = (found["measure_words"] or "").strip()
    measure = _MEASURES.get(found["measure"], found["measure"])
    return Unit(found["drug"], Fraction(found["unit"]), measure, words)


def _suits(codes: CodeSet, answer: Answer, on: str) -> bool:
    del codes, on
    unit = unit_of(answer.title)
    return unit is not None and unit.size != 1  # a dose in milligrams would be the answer


def _draft(codes: CodeSet, answer: Answer, on: str, rng: Random) -> Draft:
    del codes
    found = unit_of(answer.title)
    assert found is not None
    drug, size, measure, words = found
    whole = rng.randint(2, _MOST)
    part = rng.choice((Fraction(0), *(one for one in _PARTS if (size * one * 10).denominator == 1)))
    dose = size * (whole - part)
    units = math.ceil(dose / size)
    pool = list(_misread(dose, size, measure, units))
    told = f"{_number(size)} {measure}"
    stem = rng.choice(_STEMS).format(
        dose=f"{_number(dose)} {measure}",
        drug=re.sub(r"\bhcl\b", "HCl", drug),
        code=f"HCPCS code {answer.code}",
        unit=f"{words or 'per'} {told}",
        plain_unit=f"{words} {told}".strip(),
    )
    share = f"{_number(dose)} {measure} divided by {told} is {_number(dose / size)}"
    rounded = "" if not part else f", which is rounded up to {units}"
    return Draft(
        stem=stem,
        key=Choice(str(units), f"{share}{rounded}.", answer.code),
        pool=tuple(pool),
        order="number",
        content_area="hcpcs/units",
        cognitive_level="application",
        seconds=70,
        references=(f"HCPCS Level II, {quarter(on)}, {answer.code}",),
        mentioned=((answer.code, "billable"),),
        calculation={
            "expression": "ceil(dose / unit)",
            "variables": {"dose": _plain(dose), "unit": _plain(size)},
        },
    )


def _misread(dose: Fraction, size: Fraction, measure: str, units: int) -> Iterator[Choice]:
    """Numbers that a misreading gives, each with what was misread; none twice, none the key."""
    seen = {units}
    for number, why in _slips(dose, size, measure, units):
        if number.denominator == 1 and number > 0 and int(number) not in seen:
            seen.add(int(number))
            yield Choice(str(int(number)), why)


def _slips(dose: Fraction, size: Fraction, measure: str, units: int) -> Iterator[tuple[Fraction, str]]:
    if dose % size:
        yield Fraction(units - 1), "This drops the part of a unit that is left over instead of rounding up."
    yield dose, f"This is the dose itself, as if every {measure} were a unit."
    yield size, f"This is the size of one unit in {measure}, not the number of units."
    yield Fraction(1), "This counts the injection as one service, although the code counts the drug."
    yield Fraction(2 * units), "This counts every unit twice."
    if not dose % size:
        yield Fraction(units + 1), "This adds a unit although the dose divides without a remainder."
    yield Fraction(3 * units), "This counts every unit three times."


def _number(value: Fraction) -> str:
    """A number as stems write it: 1,000 or 0.25."""
    return f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.10g}"


def _plain(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)


TEMPLATE = Template(
    version="1",
    summary="Units of a drug code: dose divided by unit, rounded up.",
    suits=_suits,
    draft=_draft,
    system="hcpcs",
    places=(1, 3, 6, 12),
)
