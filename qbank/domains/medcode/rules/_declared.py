"""Declared codes as the rules of this family see them: where each stands, and what it is meant to be."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from qbank.diagnostics import Related, Where
from qbank.domains.medcode.codeset import CodeSet
from qbank.model.as_read import each
from qbank.model.bank import Bank, BankRecord
from qbank.model.item import Item, Matching, MultipleChoice, MultipleResponse, Ordering, ShortAnswer

PRESENT = "present"
"""Wanted of a code without `expect` in a stimulus or a distractor: that it is there, reportable or not."""
_WANTED = {"key": "billable", "stimulus": PRESENT, "distractor": PRESENT}
_MANY = 6
MOST_TOGETHER = 100
"""Codes of one answer whose pairs are looked at: thousands in an item that went wrong take no minutes."""


class Declared(msgspec.Struct, frozen=True):
    """A declared code. `number` is its place in `codes`, `options` are the options whose text holds it.

    `role` is the declared one, else what the texts say, else "". `wanted` is billable, header, absent, any
    or present: its `expect`, else what its role asks for.
    """

    item: Item
    number: int
    system: str
    code: str
    role: str
    wanted: str
    options: tuple[str, ...]

    @property
    def where(self) -> Where:
        """The place of the code in the declaration."""
        return self.item.at("codes", self.number, "code")

    @property
    def related(self) -> tuple[Related, ...]:
        """The options that hold it."""
        return tuple(Related(self.item.at("options", id), f"option {id}") for id in self.options)

    @property
    def told(self) -> str:
        """The code with its role, as messages name it."""
        named = f"option{'s' * (len(self.options) > 1)} {', '.join(self.options)}"
        options = f", {named}" if self.options else ""
        return f"{self.code} ({self.role or 'no role'}{options})"


def declared(item: Item, *systems: str) -> Iterator[Declared]:
    """The declared codes of an item, of some systems or of all; none of a retired item."""
    if item.status == "retired":
        return
    for number, one in enumerate(item.codes):
        if not systems or one.system in systems:
            options = tuple(id for id, text in item.option_texts.items() if holds(text, one.code))
            role = one.role or _role(item, one.code, options)
            wanted = one.expect or _WANTED.get(role, "any")
            yield Declared(item, number, one.system, one.code, role, wanted, options)


def is_coded(bank: Bank) -> bool:
    """Whether any item declares codes."""
    return any(each(bank.items, "codes"))


def as_of(bank: BankRecord) -> str:
    """The day for which a bank is written, "" when it names none."""
    try:
        return datetime.date.fromisoformat(bank.as_of).isoformat()
    except ValueError:
        return ""


def plain(code: str) -> str:
    """A code in capitals without its dot: E1122."""
    return code.strip().upper().replace(".", "")


def dotted(code: str) -> str:
    """An ICD-10-CM code with its dot: E11.22."""
    bare = plain(code)
    return bare if len(bare) <= 3 else f"{bare[:3]}.{bare[3:]}"


def holds(text: str, code: str) -> bool:
    """Whether a text holds a code, and not as a part of a longer one."""
    return code in text and _pattern(code).search(text) is not None


def place(text: str, code: str) -> tuple[int, int]:
    """Where a code first stands in a text: start and end, (-1, -1) when it does not."""
    found = _pattern(code).search(text)
    return found.span() if found else (-1, -1)


@lru_cache(maxsize=4096)
def _pattern(code: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.]){re.escape(code)}(?!\w|\.\w)")


def candidates(codes: CodeSet, one: Declared, on: str) -> str:
    """A hint that names what may stand in place of a code."""
    found = [code for code in codes.successors(one.code, on, one.system) if code != one.code]
    if not found:
        return "Check the key against the code set of that day, and declare what is meant with `expect`."
    more = f" and {len(found) - _MANY} more" if len(found) > _MANY else ""
    return f"Candidates: {', '.join(found[:_MANY])}{more}. What is wrong on purpose says so with `expect`."


def answers(item: Item, *systems: str) -> Iterator[list[Declared]]:
    """The codes that are keyed together, in the order in which the key has them.

    One list for the keyed option of an item with a single answer, for all keyed options together where
    several are chosen, for each accepted text of a short answer.
    """
    known = list(declared(item, *systems))
    if not known:
        return
    if isinstance(item, MultipleChoice):
        for id in item.key_ids[:1]:
            yield in_order(item.option_texts.get(id, ""), known)
    elif isinstance(item, MultipleResponse | Ordering):
        yield [one for id in item.key_ids for one in in_order(item.option_texts.get(id, ""), known)]
    elif isinstance(item, ShortAnswer):
        for text in item.key or ():
            yield in_order(text, known)


def in_order(text: str, known: Sequence[Declared]) -> list[Declared]:
    """The codes that a text holds, by place; a code declared twice counts once."""
    found = {one.code: (place(text, one.code)[0], one) for one in reversed(known) if holds(text, one.code)}
    return [one for _, one in sorted(found.values(), key=lambda pair: pair[0])]


def _role(item: Item, code: str, options: Sequence[str]) -> str:
    """The role of a code by the texts that hold it: key before distractor, stimulus, rationale."""
    if isinstance(item, ShortAnswer):
        keyed = any(holds(text, code) for text in item.key or ())
    else:
        keyed = bool({*options} & {*item.key_ids})
    if keyed:
        return "key"
    if options:
        return "distractor"
    prompts = item.prompts.values() if isinstance(item, Matching) else ()
    if any(holds(text, code) for text in (item.stem, *prompts)):
        return "stimulus"
    spoken = (item.rationale,) if isinstance(item.rationale, str) else item.rationale.values()
    return "rationale" if any(holds(text, code) for text in spoken) else ""
