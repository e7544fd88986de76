"""Rule guideline-reference."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import Item
from qbank.rule import rule
from qbank.screening import Field, mentions

_GUIDELINES = re.compile(
    r"\bICD-10-(?:CM|PCS)\b.{0,40}\bguidelines?\b|\bguidelines for coding and reporting\b", re.I
)
_PCS = re.compile(r"\bICD-10-PCS\b")
_SECTION = re.compile(r"\b[Ss]ections?\s+([0-9A-Za-z][^\s,;]*)")
_TOKEN = re.compile(r"(?<![\w.])(?:I{1,3}|IV|[1l])\.[A-Za-z](?:\.[\w()]+)*\.?(?![\w])")
_FULL = re.compile(
    r"I(?:\.[ABC](?:\.(\d{1,2})(?:\.[a-z](?:\.\d{1,2}(?:\.(?:[a-z]|\([a-z]\))(?:\.(?:[ivx\d]+|\([ivx\d]+\)))?)?)?)?)?)?"
    r"|II(?:\.[A-K])?|III(?:\.[A-C])?|IV(?:\.[A-Q](?:\.\d)?)?"
)
_YEAR = re.compile(r"\b(?:FY|fiscal\s+year|CY)\s*[’']?\d{2,4}\b|\b20\d\d\b", re.IGNORECASE)
_LAST = {"A": 19, "B": 18, "C": 22}


@rule(Severity.WARNING, screen=mentions("guideline", fields=Field.REFERENCES))
def guideline_reference(item: Item) -> Iterator[Finding]:
    """A reference to the ICD-10-CM guidelines names no edition, or a section that there cannot be.

    Section numbers move between editions: a reference holds only with its fiscal year (FY 2027). Sections are
    written as the guidelines number them: I.A.15, I.B.7, I.C.4.a, I.C.19.e.5.a, II.K, III.C, IV.Q; section
    I.C has the chapters 1 to 22. References to other guidelines, and to ICD-10-PCS sections, are left alone.

    Write the section as the guidelines do, and the edition: "Section I.C.4.a, FY 2027".

    Source: ICD-10-CM Official Guidelines for Coding and Reporting, table of contents.
    """
    if item.status == "retired":
        return
    for number, text in enumerate(item.references):
        if not _GUIDELINES.search(text) or _PCS.search(text):
            continue
        for section in _sections(text):
            if not _is_section(section):
                yield Finding(
                    item.at("references", number),
                    f"the guidelines have no section {section}",
                    hint="Sections are written I.A.15, I.B.7, I.C.4.a, II.K, III.C, IV.Q.",
                )
        if not _YEAR.search(text):
            yield Finding(
                item.at("references", number),
                "the reference to the guidelines names no edition",
                hint="Add the fiscal year, such as FY 2027.",
            )


def _sections(text: str) -> Iterator[str]:
    """The sections that a reference names, as written, without a full stop at the end."""
    named = [found[1] for found in _SECTION.finditer(text)]
    loose = [found[0] for found in _TOKEN.finditer(text)]
    for section in dict.fromkeys([*named, *loose]):
        yield section.rstrip(".:)") if "(" not in section else section.rstrip(".:")


def _is_section(section: str) -> bool:
    found = _FULL.fullmatch(section)
    return found is not None and (not found[1] or 1 <= int(found[1]) <= _LAST[section[2]])
