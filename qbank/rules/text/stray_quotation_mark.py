"""Rule stray-quotation-mark."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.text import Text
from qbank.rule import rule
from qbank.screening import marked

_CODE = re.compile(r"(?<!`)(`++).*?(?<!`)\1(?!`)", re.DOTALL)
_AN_INCH = re.compile(r"\"(?:(?<=[\d½¼¾]\")|(?<=[\d½¼¾]\s\"))")
_INCHES = re.compile(r"(?<=[\d½¼¾])\s?\"")
_AROUND = 16


@rule(Severity.INFO, screen=marked(lambda marks: marks.count(b'"') % 2 == 1))
def stray_quotation_mark(passage: Text) -> Iterator[Finding]:
    """A text has an odd number of straight quotation marks: one of them has no partner.

    Most often one is left at the end of a text that came out of a spreadsheet or a CSV file; it shows on
    the form. Sometimes the end of a quotation is missing. Inches (5") and code are let alone. Brackets
    and curly quotation marks have a rule of their own (unbalanced-markup).

    Take it out, or type its partner.

    Source: exam practice: texts that were exported from spreadsheets.
    """
    text = passage.text
    if not text.count('"') % 2:
        return
    plain = _CODE.sub(" ", text) if "`" in text else text
    if _AN_INCH.search(plain):
        plain = _INCHES.sub(" ", plain)
    curly = plain.count("“") + plain.count("”")
    if plain.count('"') % 2 and not curly % 2:
        at = plain.rindex('"')
        excerpt = " ".join(plain[max(0, at - _AROUND) : at + _AROUND].split())
        yield Finding(
            passage.within(at if plain == text else -1),
            f"an odd number of straight quotation marks, the last at {excerpt!r}",
            hint="Take it out, or type its partner.",
        )
