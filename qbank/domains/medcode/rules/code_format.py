"""Rule code-format."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.domains.medcode.rules._declared import declared
from qbank.domains.medcode.rules._shapes import SHAPES
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import present

_STRAY = re.compile(r"[\s.]")


@rule(Severity.ERROR, screen=present("codes"))
def code_format(item: Item) -> Iterator[Finding]:
    """A declared code does not have the shape of its system.

    ICD-10-CM: three characters, the first a letter, then a dot and up to four more (letters do stand second
    and third: QA0, C4A). ICD-10-PCS: seven characters without I and O. HCPCS: a letter and four digits; its
    modifiers two characters. CPT: five digits, or four and F, T, U or M; its modifiers two digits, P1 to P6
    and the like. MS-DRG: up to three digits. A distractor may break the shape on purpose: it says
    `expect: absent`. A code whose shape is right may still not exist; that is for other rules.

    Write the code as its code set prints it, in capitals and with its dot.

    Source: ICD-10-CM Official Guidelines, I.A.2; the layouts of the code files.
    """
    for one in declared(item):
        shape = SHAPES.get(one.system)
        meant = one.role == "distractor" and one.wanted in ("absent", "any")
        if shape is None or meant or shape.pattern.fullmatch(one.code):
            continue
        better = _mended(one.system, one.code)
        yield Finding(
            one.where,
            f"{one.told} has not the shape of {shape.name}: {shape.told}",
            related=one.related,
            hint=f"Write {better}." if better else "Correct the code or its system.",
        )


def _mended(system: str, code: str) -> str:
    """The code in capitals, with the dot where it belongs, if that gives it the right shape."""
    bare = _STRAY.sub("", code).upper()
    if system == "icd10cm" and len(bare) > 3:
        bare = f"{bare[:3]}.{bare[3:]}"
    return bare if SHAPES[system].pattern.fullmatch(bare) else ""
