"""What a template is: codes that suit it, and a draft for each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Literal

import msgspec

from qbank.domains.medcode.codeset import Answer, CodeSet

Expect = Literal["billable", "header", "absent"]


class Refused(Exception):
    """A code of which no item can be made; the message says why, in words that may be counted."""


class Choice(msgspec.Struct, frozen=True):
    """An option: its text, why it is right or wrong, and the code that it is or speaks of.

    `expect` is what the code set must say of the code on the day; a retired code is absent.
    """

    text: str
    why: str
    code: str = ""
    expect: Expect = "billable"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An item before its distractors are chosen.

    `pool` holds distractors, the best first; the first `needed` of them must be taken. `mentioned` are codes
    of the stem, with what is expected of them. `order` says how options are sorted. `calculation` is that of
    the native format, and proves a key that is a number.
    """

    stem: str
    key: Choice
    pool: tuple[Choice, ...]
    content_area: str
    cognitive_level: str
    seconds: int
    references: tuple[str, ...]
    needed: int = 0
    order: Literal["text", "number"] = "text"
    mentioned: tuple[tuple[str, Expect], ...] = ()
    calculation: Mapping[str, object] | None = None


def _nothing_lacks(codes: CodeSet, on: str) -> str:
    del codes, on
    return ""


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A way to make items of a code.

    `suits` tells quickly whether a billable code is one for the template. `draft` is a pure function of the
    code set, the code, the day and the random numbers; it raises Refused. `lacks` says what the data must
    hold besides titles, in words, "" when it is there. `places` are the weights with which the key is put at
    A to D where the pool leaves a choice: they make up for places that few pools allow. A change of what a
    template writes raises `version`.
    """

    version: str
    summary: str
    suits: Callable[[CodeSet, Answer, str], bool]
    draft: Callable[[CodeSet, Answer, str, Random], Draft]
    system: str = "icd10cm"
    places: tuple[int, int, int, int] = (1, 1, 1, 1)
    lacks: Callable[[CodeSet, str], str] = _nothing_lacks
