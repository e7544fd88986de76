"""The columns of our own tables: one row an item, as many columns as its items need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from qbank.tables import fields

MOST = 26
"""Options and prompts beyond this many have no columns; they are in `more`."""
LEAST_OPTIONS = 6

TEXTS = ("id", "type", "status", "content_area", "cognitive_level", "stem", "rubric", "stimulus", "author")
NUMBERS = ("choose", "points")
TRUTHS = ("reuse", "case_sensitive", "shuffle")
IDS = ("fixed", "enemies", "tags")
SCORING = {"scoring": "method", "penalty": "penalty", "minimum_points": "minimum"}
_OPTION = re.compile(r"option_([A-Z])")
_PROMPT = re.compile(r"prompt_([0-9]{1,2})")
_RATIONALE = re.compile(r"rationale_([A-Z])")
_ATTRIBUTE = re.compile(r"attributes\.([A-Za-z][A-Za-z0-9_]{0,63})( \(text\))?")

FIXED = frozenset(
    {*TEXTS, *NUMBERS, *TRUTHS, *IDS, *SCORING, "prompt_ids", "option_ids", "key", "unit", "rationale",
     "references", "codes", "more"}
)  # fmt: skip
"""The columns that any table of items may have, whatever its items."""
ABOUT = frozenset(
    {"position", "section", "role", "notes", "stimulus_title", "stimulus_text", "stimulus_more"}
)
"""Columns that say nothing of the item's own record."""
STIMULUS_COLUMNS = ("id", "title", "text", "more")
"""The columns of a table of stimuli."""


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """What the columns of a table depend on: its items. `texts` are attributes read as texts always."""

    options: int = LEAST_OPTIONS
    prompts: int = 0
    attributes: tuple[str, ...] = ()
    texts: frozenset[str] = frozenset()

    @property
    def letters(self) -> list[str]:
        """The names of the columns of options."""
        return [chr(ord("A") + number) for number in range(self.options)]

    @property
    def numbers(self) -> list[str]:
        """The names of the columns of prompts."""
        return [str(number) for number in range(1, self.prompts + 1)]

    def attribute_column(self, name: str) -> str:
        """The column of an attribute, which says so where it is read as text always."""
        return f"attributes.{name}" + (" (text)" if name in self.texts else "")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of items in order."""
        return (
            "id", "type", "status", "content_area", "cognitive_level", "stem",
            *(f"option_{letter}" for letter in self.letters),
            "option_ids",
            *(f"prompt_{number}" for number in self.numbers),
            *(("prompt_ids",) if self.prompts else ()),
            "key", "unit", "choose", "rationale",
            *(f"rationale_{letter}" for letter in self.letters),
            "references", "points", "scoring", "penalty", "minimum_points", "rubric", "case_sensitive",
            "reuse",
            "shuffle", "fixed", "stimulus", "enemies", "codes", "tags",
            *(self.attribute_column(name) for name in self.attributes),
            "author", "more",
        )  # fmt: skip


def layout_of(records: Iterable[Mapping[str, Any]], declared: Iterable[str] = ()) -> Layout:
    """The layout that some records need; `declared` attributes have columns even where no item has them."""
    options, prompts = LEAST_OPTIONS, 0
    names: dict[str, None] = dict.fromkeys(declared)
    others: set[str] = set()
    texts: set[str] = set()
    for record in records:
        options = max(options, _columns_of(record.get("options")))
        prompts = max(prompts, _columns_of(record.get("prompts")))
        for name, value in (record.get("attributes") or {}).items():
            others.add(name)
            if isinstance(value, str) and fields.looks_typed(value):
                texts.add(name)
    every = (*names, *sorted(others - set(names)))
    return Layout(options=options, prompts=prompts, attributes=every, texts=frozenset(texts))


def layout_from(header: Iterable[str]) -> Layout:
    """The layout of a table by its header."""
    options, prompts, names, texts = 0, 0, [], set()
    for title in header:
        if found := _OPTION.fullmatch(title):
            options = max(options, ord(found[1]) - ord("A") + 1)
        elif found := _PROMPT.fullmatch(title):
            prompts = max(prompts, int(found[1]))
        elif found := _ATTRIBUTE.fullmatch(title):
            names.append(found[1])
            texts |= {found[1]} if found[2] else set()
    return Layout(options=options, prompts=prompts, attributes=tuple(names), texts=frozenset(texts))


def is_column(title: str) -> bool:
    """Whether a title is that of a column of this layout."""
    return title in FIXED or any(one.fullmatch(title) for one in (_OPTION, _PROMPT, _RATIONALE, _ATTRIBUTE))


def _columns_of(texts: Any) -> int:
    return len(texts) if isinstance(texts, Mapping) and len(texts) <= MOST else 0
