"""Rule invisible-character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qbank.diagnostics import Finding, Fix, Put, Severity
from qbank.model.text import Text
from qbank.rule import rule
from qbank.rules.text._texts import named
from qbank.screening import Screen, mentions

if TYPE_CHECKING:
    from qbank.screening.batch import Batch

_MARKS = mentions(
    *(b"\xc2%c" % byte for byte in range(0x80, 0xA0)),
    *"\xad\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff",
)
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u180e\u200b-\u200d\u2060-\u2064\ufeff]")
# joiners shape Arabic, the scripts of India and their neighbours, and emoji
_JOINED = re.compile(
    "(?<=[\u0600-\u08ff\u0900-\u109f\u1780-\u18af\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
_JOINED_OR_INVISIBLE = re.compile(rf"(?P<joined>{_JOINED.pattern})|{_INVISIBLE.pattern}+")


def _may_fire(batch: Batch) -> set[int]:
    return {*map(int, batch.controlled), *map(int, batch.holding(_MARKS))}


@rule(Severity.WARNING, fixable=True, screen=Screen(_may_fire, (_MARKS,)))
def invisible_character(passage: Text) -> Iterator[Finding]:
    """A text holds a character that nobody can see: zero width, byte order mark, control.

    It makes equal texts differ, breaks searches and code look-ups, and control characters break exports.
    Joiners that Arabic, Indic scripts and emoji need are left alone.

    Remove it.

    Source: Unicode TR 36, security considerations; XML 1.0, section 2.2.
    """
    text = passage.text
    if text.isprintable() or not _INVISIBLE.search(text):
        return
    found = set(_INVISIBLE.findall(_JOINED.sub("", text)))
    if found:
        clean = _clean(text)
        fix = Fix((Put(passage.where, clean),)) if clean.strip() else None
        at = next((one.start() for one in _JOINED_OR_INVISIBLE.finditer(text) if not one["joined"]), -1)
        yield Finding(
            passage.within(at),
            f"the text holds {named(found)}",
            hint="Remove it: it cannot be seen.",
            fix=fix,
        )


def _clean(text: str) -> str:
    """The text without them; a control character that parts two words leaves a space."""
    return _JOINED_OR_INVISIBLE.sub(_without, text)


def _without(found: re.Match[str]) -> str:
    if found["joined"]:
        return found[0]
    before, after = found.string[: found.start()][-1:], found.string[found.end() :][:1]
    parts = any(map(str.isspace, found[0])) and before.strip() and after.strip()
    return " " if parts else ""
