"""Items: a closed union of eight types, told apart by `type`.

A new item type is a member of this union plus its branch in `schemas/item.schema.json`; the type
checker's exhaustiveness then points at every place that must know it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from qbank.diagnostics import Pointer, Where

Status = Literal["draft", "review", "approved", "active", "pretest", "suspended", "retired"]


class Option(msgspec.Struct, frozen=True):
    """One option of an item as rules see it: its item, id, text, and whether it is keyed."""

    item: Item
    id: str
    text: str
    is_key: bool


class Scoring(msgspec.Struct, frozen=True, omit_defaults=True):
    """How points are given. per_option: max(minimum, (hits - penalty * false) / keys) * points."""

    method: Literal["all_or_nothing", "per_option", "per_pair"] = "all_or_nothing"
    penalty: float = 0.0
    minimum: float = 0.0


class Code(msgspec.Struct, frozen=True, omit_defaults=True):
    """A declared code of some code set; opaque to the core, a domain reads it."""

    system: str
    code: str
    role: str = ""
    expect: str = ""


class Review(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who or what looked at an item, when, and at which content."""

    by: str
    date: str
    content_hash: str = ""
    note: str = ""


class Suppression(msgspec.Struct, frozen=True, omit_defaults=True):
    """A `lint_ignore` entry: the rule that is wrong about this item, why, and until when."""

    rule: str
    reason: str
    until: str = ""


class Calculation(msgspec.Struct, frozen=True, omit_defaults=True):
    """An expression whose value must be the key."""

    expression: str
    variables: dict[str, float] = {}
    tolerance: float = 0.0


class ItemBase(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag_field="type"):
    """What all item types share. `record` numbers the place it was read from; it is no content."""

    id: str
    status: Status = "active"
    content_area: str = ""
    cognitive_level: str = ""
    attributes: dict[str, Any] = {}
    stem: str = ""
    rationale: str | dict[str, str] = ""
    references: tuple[str, ...] = ()
    points: float = 1
    scoring: Scoring = Scoring()
    shuffle: bool = True
    stimulus: str = ""
    enemies: tuple[str, ...] = ()
    codes: tuple[Code, ...] = ()
    tags: tuple[str, ...] = ()
    calculation: Calculation | None = None
    author: str = ""
    review: tuple[Review, ...] = ()
    approval: Review | None = None
    lint_ignore: tuple[Suppression, ...] = ()
    record: int = -1

    @property
    def type(self) -> str:
        """The item's type as written in the bank, such as `multiple-choice`."""
        return str(self.__struct_config__.tag)

    def at(self, *pointer: str | int, part: str = "value") -> Where:
        """The place of a value of this item: `item.at("options", "A")`."""
        return Where(self.record, pointer, part)

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The option ids that the key names; () for types without options or without a key."""
        return ()

    @property
    def option_texts(self) -> dict[str, str]:
        """Option id → text in order; {} for types without options."""
        return {}

    def choices(self) -> Iterator[Option]:
        """The options in order, each knowing whether it is keyed."""
        keyed = set(self.key_ids)
        for id, text in self.option_texts.items():
            yield Option(self, id, text, id in keyed)  # type: ignore[arg-type]

    def texts(self) -> Iterator[tuple[Pointer, str]]:
        """Every text that a candidate or reader sees, with its path."""
        yield ("stem",), self.stem
        for id, text in getattr(self, "prompts", {}).items():
            yield ("prompts", id), text
        for id, text in self.option_texts.items():
            yield ("options", id), text
        if isinstance(self.rationale, str):
            if self.rationale:
                yield ("rationale",), self.rationale
        else:
            for id, text in self.rationale.items():
                yield ("rationale", id), text
        for number, text in enumerate(self.references):
            yield ("references", number), text


class _WithOptions(ItemBase, frozen=True, kw_only=True):
    options: dict[str, str] = {}
    fixed: tuple[str, ...] = ()

    @property
    def option_texts(self) -> dict[str, str]:
        return self.options


class MultipleChoice(_WithOptions, frozen=True, kw_only=True, tag="multiple-choice"):
    """Single best answer: `key` is one option id."""

    # a list is a mistake that rule key-count explains, so reading lets it through
    key: str | tuple[str, ...] | None = None

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The keyed option id, as a tuple of one."""
        return _ids(self.key)


class MultipleResponse(_WithOptions, frozen=True, kw_only=True, tag="multiple-response"):
    """Several right options: `key` lists their ids, `choose` is the number the stem asks for."""

    key: tuple[str, ...] | str | None = None
    choose: int | None = None

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The keyed option ids."""
        return _ids(self.key)


class TrueFalse(ItemBase, frozen=True, kw_only=True, tag="true-false"):
    """A statement to be judged: `key` is true or false."""

    key: bool | None = None


class Matching(_WithOptions, frozen=True, kw_only=True, tag="matching"):
    """Prompts that each take an option; options are used once unless `reuse`."""

    prompts: dict[str, str] = {}
    key: dict[str, str] | None = None
    reuse: bool = False

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The option ids that some prompt is keyed to, in prompt order."""
        return tuple((self.key or {}).values())


class Ordering(_WithOptions, frozen=True, kw_only=True, tag="ordering"):
    """Options to be put in order: `key` is the ids in order."""

    key: tuple[str, ...] | None = None

    @property
    def key_ids(self) -> tuple[str, ...]:
        """All option ids in their right order."""
        return self.key or ()


class NumericKey(msgspec.Struct, frozen=True, omit_defaults=True):
    """A number with tolerance, or a closed range, and the unit."""

    value: float | None = None
    tolerance: float = 0.0
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""


class Numeric(ItemBase, frozen=True, kw_only=True, tag="numeric"):
    """A number is typed."""

    key: NumericKey | None = None


class ShortAnswer(ItemBase, frozen=True, kw_only=True, tag="short-answer"):
    """A short text is typed: `key` lists the accepted texts."""

    key: tuple[str, ...] | None = None
    case_sensitive: bool = False


class Essay(ItemBase, frozen=True, kw_only=True, tag="essay"):
    """A long text, judged by people with a rubric; it has no key."""

    rubric: str = ""


Item = MultipleChoice | MultipleResponse | TrueFalse | Matching | Ordering | Numeric | ShortAnswer | Essay
OptionItem = MultipleChoice | MultipleResponse | Matching | Ordering
ITEM_TYPES: dict[str, type[ItemBase]] = {
    str(kind.__struct_config__.tag): kind
    for kind in (
        MultipleChoice,
        MultipleResponse,
        TrueFalse,
        Matching,
        Ordering,
        Numeric,
        ShortAnswer,
        Essay,
    )
}


def _ids(key: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if key is None:
        return ()
    return (key,) if isinstance(key, str) else key
