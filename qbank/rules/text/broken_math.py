"""Rule broken-math."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.text import Text
from qbank.rule import rule
from qbank.screening import marked

_SHOWN = 40


@rule(Severity.ERROR, screen=marked(lambda marks: marks.count(b"$") > 1))
def broken_math(passage: Text) -> Iterator[Finding]:
    """A formula that cannot be converted to MathML: a missing argument, an unknown macro, a stray brace.

    Exports show its source as code instead, which no candidate can read. What is a formula and what a
    dollar amount is told by the marks: `$x^2$`, but not $5 or $10.

    Correct the LaTeX. If dollars are meant, write `\\$`.

    Source: exam practice; the LaTeX that latex2mathml converts.
    """
    text = passage.text
    if "$" not in text or text.count("$") < 2:
        return
    from qbank.markup import broken_math as problems

    for offset, what in problems(text):
        excerpt = " ".join(text[offset : offset + _SHOWN].split())
        yield Finding(
            passage.within(offset), f"{what} at {excerpt!r}", hint=r"Correct the LaTeX; a dollar sign is \$."
        )
