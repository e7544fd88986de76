"""How the codes of each system are written."""

from __future__ import annotations

import re

import msgspec


class Shape(msgspec.Struct, frozen=True):
    """The shape of a system's codes: the system's name, a pattern, and the pattern in words."""

    name: str
    pattern: re.Pattern[str]
    told: str


SHAPES: dict[str, Shape] = {
    "icd10cm": Shape(
        "ICD-10-CM",
        re.compile(r"[A-Z][0-9A-Z][0-9A-Z](?:\.[0-9A-Z]{1,4})?"),
        "a letter and two characters, then a dot and up to four more",
    ),
    "icd10pcs": Shape(
        "ICD-10-PCS", re.compile(r"[0-9A-HJ-NP-Z]{7}"), "seven digits or letters other than I and O"
    ),
    "hcpcs": Shape("HCPCS Level II", re.compile(r"[A-V][0-9]{4}"), "a letter and four digits"),
    "hcpcs-modifier": Shape(
        "a HCPCS Level II modifier", re.compile(r"[A-Z][0-9A-Z]"), "a letter and a letter or digit"
    ),
    "cpt": Shape("CPT", re.compile(r"[0-9]{5}|[0-9]{4}[FTUM]"), "five digits, or four and F, T, U or M"),
    "cpt-modifier": Shape(
        "a CPT modifier", re.compile(r"[0-9][0-9]|P[1-6]|[1238]P"), "two digits, P1 to P6, 1P, 2P, 3P or 8P"
    ),
    "msdrg": Shape("MS-DRG", re.compile(r"[0-9]{1,3}"), "up to three digits"),
}
"""System → shape. A letter may stand anywhere in ICD-10-CM; CPT numbers are checked for nothing but this."""
