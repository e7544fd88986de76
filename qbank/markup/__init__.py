"""Item text → safe XHTML with MathML, plain text, and what is wrong with it.

The only door to markdown-it, nh3 and latex2mathml. Item text is CommonMark with tables, raw HTML
(sanitised by an explicit list) and LaTeX. Where it differs from CommonMark, it does so because
exam texts are full of amounts, codes and products:

- `$…$` is a formula if the opening `$` does not follow a letter, digit or backslash and does not
  precede white space, and the closing `$` does not follow white space and does not precede a digit.
  What starts with a number and goes on with words ("$5/day or 3$/day") is prose, unless it holds a
  backslash, `^`, `_`, `=` or a brace. `\\$` is a dollar sign. `$$…$$` is a displayed formula.
- A `*` between two digits is a `*`: 2*3*4.
- A numbered list starts with 1: "2019. A year" stays as written.
- A link shows its label and, in parentheses, its address; nothing in an exam is to be clicked.
- There are no link definitions (`[a]: b`), so that no line vanishes.

Characters that XML forbids become U+FFFD. No function here raises on any text.
"""

from __future__ import annotations

from qbank.markup.from_html import from_html, from_plain
from qbank.markup.plain import to_plain
from qbank.markup.problems import broken_math, unsafe
from qbank.markup.uses import features, images
from qbank.markup.xhtml import to_inline_xhtml, to_tree, to_xhtml

__all__ = [
    "broken_math",
    "features",
    "from_html",
    "from_plain",
    "images",
    "to_inline_xhtml",
    "to_plain",
    "to_tree",
    "to_xhtml",
    "unsafe",
]
