"""Declared codes of which the data cannot tell what they are on the day of the bank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from qbank.diagnostics import Related
from qbank.domains.medcode.codeset import CodeSet, Status
from qbank.domains.medcode.rules._declared import Declared, declared
from qbank.domains.medcode.rules._shapes import SHAPES
from qbank.model.as_read import holding
from qbank.model.bank import Bank


class Unchecked(msgspec.Struct, frozen=True):
    """The codes of one system that were not checked; `has_data` of that system, `speaks` about the day."""

    system: str
    codes: list[Declared]
    has_data: bool
    speaks: bool

    @property
    def name(self) -> str:
        """The system's name for people."""
        return SHAPES[self.system].name


def to_check(bank: Bank) -> list[Declared]:
    """The declared codes that data should know: of all systems, but not those that may be anything."""
    return [one for item in holding(bank.items, "codes") for one in declared(item) if one.wanted != "any"]


def unchecked(codes: CodeSet, wanted: Sequence[Declared], on: str) -> Iterator[Unchecked]:
    """What the data cannot tell about codes on a day, by system; licensed systems are left out."""
    by_system: dict[str, list[Declared]] = defaultdict(list)
    for one in wanted:
        is_free = one.system in SHAPES and not one.system.startswith("cpt")
        if is_free and codes.lookup(one.code, on, one.system).status is Status.UNKNOWN:
            by_system[one.system].append(one)
    for system, found in sorted(by_system.items()):
        yield Unchecked(system, found, system in codes.systems(), codes.covers(system, on))


def counted(count: int, of: int = 0) -> str:
    """A number of declared codes and its verb: "3 of 8 declared codes are"."""
    told = f"{count} of {of} declared codes" if of > count else f"{count} declared code{'s' * (count != 1)}"
    return f"{told} {'is' if count == 1 else 'are'}"


def first(found: Sequence[Declared]) -> tuple[Related, ...]:
    """The place of the first of some codes."""
    return (Related(found[0].where, f"the first is {found[0].code}"),)
