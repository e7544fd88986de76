"""Item text as a cell shows it."""

from __future__ import annotations

import re

# what XML 1.0 cannot hold, not even escaped
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """The plain text of Markdown; text that no workbook can hold is left as it is, to be refused by name."""
    if not text or ILLEGAL.search(text):
        return text
    from qbank.markup import to_plain

    return to_plain(text)
