"""Seventh characters of ICD-10-CM codes: what is wrong with one that makes a code absent."""

from __future__ import annotations

from qbank.domains.medcode.codeset import CodeSet, Status
from qbank.domains.medcode.rules._declared import dotted, plain

_PLACE = 6
_SHORTEST = 3
ENCOUNTERS = "ADS"


def fault(codes: CodeSet, code: str, on: str) -> str:
    """What is wrong with the seventh character of an absent code, in words; "" when something else is."""
    bare = plain(code)
    if len(bare) > _PLACE + 1 or len(bare) < _SHORTEST:
        return ""
    return _last(codes, bare, on) if len(bare) == _PLACE + 1 else _short(codes, bare, on)


def allowed(codes: CodeSet, base: str, on: str) -> str:
    """The seventh characters that codes below a header take, sorted; "" when it has others below it too."""
    below = [plain(child) for child in codes.children(base, on)]
    ends = {child[_PLACE] for child in below if len(child) == _PLACE + 1}
    return "".join(sorted(ends)) if below and all(len(child) == _PLACE + 1 for child in below) else ""


def _last(codes: CodeSet, bare: str, on: str) -> str:
    """Of a code with seven characters: its base takes none, or others."""
    for base in _bases(bare[:_PLACE]):
        status = codes.lookup(base, on).status
        if status is Status.BILLABLE:
            return f"{dotted(base)} is complete, it takes no seventh character"
        if status is Status.HEADER and (ends := allowed(codes, base, on)):
            return f"{bare[_PLACE]} is no seventh character of {dotted(base)}; there are {', '.join(ends)}"
    return ""


def _short(codes: CodeSet, bare: str, on: str) -> str:
    """Of a shorter code: the last character should be the seventh, or there is no seventh at all."""
    base, last = bare[:-1], bare[-1]
    if len(base) >= _SHORTEST:
        full = base.ljust(_PLACE, "X") + last
        if codes.lookup(full, on).status is Status.BILLABLE:
            return f"{last} stands too early, the placeholder X is missing: {dotted(full)}"
        if last in ENCOUNTERS and codes.lookup(base, on).status is Status.BILLABLE:
            return f"{dotted(base)} is complete, it takes no seventh character"
    full = bare.ljust(_PLACE, "X")
    found = next((full + end for end in ENCOUNTERS if _is_billable(codes, full + end, on)), "")
    return f"the seventh character is missing, as in {dotted(found)}" if found else ""


def _is_billable(codes: CodeSet, code: str, on: str) -> bool:
    return codes.lookup(code, on).status is Status.BILLABLE


def _bases(bare: str) -> list[str]:
    """A code of six characters, and what is left of it without placeholders, longest first."""
    found = [bare]
    while bare.endswith("X") and len(bare) > _SHORTEST:
        bare = bare[:-1]
        found.append(bare)
    return found
