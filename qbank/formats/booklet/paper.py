"""What stands on paper, as values that any typesetter can set and JSON can hold."""

from __future__ import annotations

import msgspec


class Element(msgspec.Struct, frozen=True, omit_defaults=True):
    """An element of an item text: the tags are those of the markup room, texts are ready to be shown.

    An image's `file` is its name in `Paper.files`; a table's kids are cells with their place (`x`, `y`,
    `colspan`, `rowspan`), its `columns` and `header` (rows at the head) are numbers as text.
    """

    tag: str
    attributes: dict[str, str] = {}
    kids: tuple[Kid, ...] = ()


Kid = Element | str
Flow = tuple[Kid, ...]
"""A text as blocks and runs."""


class Choice(msgspec.Struct, frozen=True):
    """An option under its letter, or a prompt under its number."""

    mark: str
    text: Flow


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An item as a candidate sees it.

    `lead` says what to do, `points` is "" when they are 1, `tag` is for staff. `lines` are empty lines to
    write on, `blank` a short one with `unit` after it. `bulky` items may be longer than a page.
    """

    number: int
    stem: Flow
    lead: str = ""
    points: str = ""
    options: tuple[Choice, ...] = ()
    prompts: tuple[Choice, ...] = ()
    blank: bool = False
    unit: str = ""
    lines: int = 0
    tag: str = ""
    bulky: bool = False


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A stimulus before its items; `lead` names them."""

    lead: str
    title: str
    text: Flow
    bulky: bool = False


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Items that stand together: of one stimulus, or of none. `heading` begins a section."""

    heading: str = ""
    note: str = ""
    case: Case | None = None
    entries: tuple[Entry, ...]


class Bubbles(msgspec.Struct, frozen=True):
    """A row of the answer sheet: the letters to choose from."""

    number: int
    letters: tuple[str, ...]


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the answer sheet for answers that are written: a field for each label, or one long one."""

    number: int
    labels: tuple[str, ...] = ()
    unit: str = ""
    note: str = ""


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """What all papers have: their head and foot."""

    title: str
    subtitle: str
    id: str
    language: str
    facts: tuple[tuple[str, str], ...]
    notice: Flow
    foot: str


class Booklet(Paper, frozen=True, kw_only=True):
    """The booklet with its answer sheet."""

    fields: tuple[str, ...]
    instructions: tuple[str, ...]
    groups: tuple[Group, ...]
    bubbles: tuple[Bubbles, ...]
    written: tuple[Written, ...]


class KeyEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An item in the key: its answer in presented letters, then why, from where, and how it is scored.

    `words` is the answer in words, each under its letter; so are the rationales.
    """

    number: int
    id: str
    answer: str
    words: tuple[Choice, ...] = ()
    rationale: tuple[Choice, ...] = ()
    rubric: Flow = ()
    references: tuple[Flow, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


class Key(Paper, frozen=True, kw_only=True):
    """The key: a table of answers, then each item."""

    entries: tuple[KeyEntry, ...]


class Image(msgspec.Struct, frozen=True):
    """A picture of a bank that is printed: its name in the paper, its path in the bank, its bytes."""

    name: str
    path: str
    data: bytes
