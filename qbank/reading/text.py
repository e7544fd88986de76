"""Bytes → text, and offsets → lines and columns."""

from __future__ import annotations

import codecs
from bisect import bisect_right
from itertools import accumulate

from qbank.diagnostics import Location


class Unreadable(Exception):
    """A text that cannot be read; `line` and `column` say where, `hint` what to do."""

    def __init__(self, message: str, line: int = 1, column: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.column = column
        self.hint = hint


def decode(data: bytes) -> str:
    """UTF-8 bytes (a leading byte-order mark is dropped) as text with line feeds only.

    Raises Unreadable at the first byte that is not UTF-8.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable("the file is UTF-16, not UTF-8", hint="Save it as UTF-8.")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        raise Unreadable(
            f"byte 0x{data[error.start]:02x} is not UTF-8", line, column, "Save the file as UTF-8."
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


class Lines:
    """The line starts of a text, to turn offsets into lines and columns (both from 1)."""

    def __init__(self, text: str) -> None:
        self.text = text
        lengths = map(len, text.split("\n"))
        self._starts = list(accumulate(lengths, lambda start, length: start + length + 1, initial=0))[:-1]

    def location(self, file: str, offset: int) -> Location:
        """The line and column of a character offset."""
        line = bisect_right(self._starts, offset)
        return Location(file, line, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """The text of a line (from 1) without its line feed; "" past the end."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)]
