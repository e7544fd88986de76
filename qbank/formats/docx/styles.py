"""How a Word paper looks: sizes, colours and the paragraph styles that the writer uses by name."""

from __future__ import annotations

from typing import NamedTuple

FONT = "Times New Roman"
MONO = "Courier New"
TEXT_WIDTH = 16.4
"""Between the margins, in centimetres."""

INK, QUIET, FAINT, WASH = "1F2937", "5B6472", "C3CAD4", "F3F5F8"


class Look(NamedTuple):
    """A paragraph style: points for sizes and spaces, centimetres for indents."""

    size: float = 11
    before: float = 0
    after: float = 4
    left: float = 0
    hanging: float = 0
    bold: bool = False
    italic: bool = False
    colour: str = INK
    centred: bool = False


LOOKS: dict[str, Look] = {
    "Cover line": Look(size=12, before=60, after=6, colour=QUIET),
    "Item": Look(before=14, after=5, left=0.9, hanging=0.9),
    "Item text": Look(after=5, left=0.9),
    "Lead": Look(before=4, after=4, left=0.9, italic=True),
    "Option": Look(after=3, left=1.6, hanging=0.7),
    "Option text": Look(after=3, left=1.6),
    "Prompt": Look(after=4, left=0.7, hanging=0.7),
    "Point": Look(after=3, left=1.5, hanging=0.5),
    "Answer line": Look(before=6, after=6, left=0.9),
    "Writing line": Look(size=14, before=4, left=0.9, after=4),
    "Tag": Look(size=8, before=2, after=2, left=0.9, colour=QUIET),
    "Case": Look(before=0, after=4, left=0.4),
    "Case lead": Look(before=18, after=4, left=0.4, italic=True),
    "Case end": Look(size=4, before=6, after=8),
    "Small": Look(size=9, after=4, colour=QUIET),
    "Notice": Look(size=9, after=4),
    "Cell": Look(after=2),
    "Mono": Look(size=9.5, after=4, left=0.9),
    "Bubbles": Look(size=11, after=3),
}
"""Style name → its look; all are based on Normal."""

HEADINGS: dict[str, Look] = {
    "Title": Look(size=24, before=6, after=10, bold=True),
    "Heading 1": Look(size=15, before=20, after=8, bold=True),
    "Heading 2": Look(size=12, before=14, after=6, bold=True),
}
"""Styles that Word knows, with our look."""
