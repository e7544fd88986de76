"""What a text without a file name is: YAML, JSON, JSON Lines, or a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from qbank.reading import yaml_text
from qbank.reading.text import Unreadable, decode

_MARK = b"\xef\xbb\xbf"
_LINES = 20
"""Lines, blank ones aside, that are looked at."""
_MEMBERS = frozenset(("bank", "stimuli", "items"))
_QUOTED = re.compile(rb'\s*(?:\[\s*)?\{\s*"')
_NAMES = {".yaml": "YAML", ".json": "JSON", ".jsonl": "JSON Lines"}


def suffix_of(data: bytes) -> str:
    """The suffix that a file with this text should have; "" for a table, which is no bank.

    JSON Lines are lines that all open a mapping, one of which at least is a whole JSON object: a broken line
    among them stays a broken line. JSON is what holds one JSON value, and what begins like one with a quoted
    name and is no YAML. All else is taken for YAML.
    """
    body = data.removeprefix(_MARK)
    first = list(islice(_lines(body), _LINES))
    if first and all(line.startswith(b"{") for line in first):
        found = [one for one in map(_value, first) if isinstance(one, dict)]
        if len(first) == 1 and found and _is_bank(found[0]):
            return ".json"
        if found:
            return ".jsonl"
    if body.lstrip()[:1] in (b"{", b"[") and (_value(body) is not None or _is_broken(body)):
        return ".json"
    return "" if first and _is_header(first[0]) else ".yaml"


def named(suffix: str) -> str:
    """The format of files with a suffix, in words."""
    return _NAMES.get(suffix, "YAML")


def _lines(body: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(body):
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
        line = body[start:end].strip()
        if line:
            yield line
        start = end + 1


def _value(text: bytes) -> Any:
    try:
        return json.loads(text.decode())
    except (ValueError, RecursionError):
        return None


def _is_broken(body: bytes) -> bool:
    """Whether a text begins like JSON, of a mapping with a quoted name, and is no YAML."""
    if not _QUOTED.match(body):
        return False
    try:
        yaml_text.parse(decode(body))
    except Unreadable:
        return True
    return False


def _is_bank(tree: dict[str, Any]) -> bool:
    """Whether a mapping is a whole bank, and not one record of it."""
    return tree.keys() <= _MEMBERS and (len(tree) > 1 or "items" in tree)


def _is_header(line: bytes) -> bool:
    """Whether a line names the columns of a table of items: it holds a cell `stem` and no YAML."""
    text = line.decode("utf-8", "replace").casefold()
    if ":" in text or text.startswith(("#", "-", "[", "{")):
        return False
    rows = ([cell.strip(' "') for cell in text.split(mark)] for mark in ",;\t")
    return any(len(row) > 2 and not {"stem", "question"}.isdisjoint(row) for row in rows)
