"""What a new year of a code set does to the items of a bank.

The codes that items declare are asked for on the last day of the old year and on the first day of the new
one. What changes is an effect, with the role that the code has in its item; what the data does not speak of
is counted, and never taken for unchanged.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from qbank.domains.medcode.codeset import Answer, CodeSet, Status
from qbank.domains.medcode.rules._declared import Declared, declared
from qbank.model.bank import Bank
from qbank.model.item import Item

_THERE = (Status.BILLABLE, Status.HEADER)


class Reason(enum.StrEnum):
    """What the new year does to a code, the worst first."""

    RETIRED = "retired"
    NOW_HEADER = "now-header"
    NEW_CODE = "new-code"
    NOW_BILLABLE = "now-billable"
    NEW_SIBLING = "new-sibling"
    TITLE_REVISED = "title-revised"


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What the new year does to one declared code of an item.

    `number` is the code's place in `codes`, `options` hold it; `successors` are candidates to stand in its
    place, of a new sibling the new codes themselves. `hits_key`: the keyed answer is in question.
    """

    system: str
    code: str
    number: int
    role: str
    options: tuple[str, ...]
    reason: Reason
    message: str
    successors: tuple[str, ...] = ()
    hits_key: bool = False


class Touched(msgspec.Struct, frozen=True):
    """An item that the new year touches, with every effect on it and the forms that hold it."""

    item: Item
    effects: tuple[Effect, ...]
    forms: tuple[str, ...] = ()

    @property
    def hits_key(self) -> bool:
        """Whether its keyed answer is in question."""
        return any(one.hits_key for one in self.effects)


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """What lies between two days for the items of a bank.

    `checked` counts the items whose codes were all asked for; `unchecked` counts declared codes by system of
    which the data does not speak on one of the days.
    """

    old: str
    new: str
    touched: tuple[Touched, ...]
    checked: int
    unchecked: Mapping[str, int]

    @property
    def hits(self) -> int:
        """The number of items whose keyed answer is in question."""
        return sum(one.hits_key for one in self.touched)


def impact(
    bank: Bank, codes: CodeSet, old: str, new: str, forms: Mapping[str, Sequence[str]] | None = None
) -> Impact:
    """What changes for the items of a bank from one ISO day to a later one.

    `forms` gives the ids of forms that hold an item, by item. Items are in the order of the bank; those
    retired are left out.
    """
    touched: list[Touched] = []
    unchecked: Counter[str] = Counter()
    checked = 0
    for item in bank.items:
        known = list(declared(item))
        missing = [one for one in known if not _is_known(codes, one, old, new)]
        unchecked.update(one.system for one in missing)
        checked += bool(known) and not missing
        effects = tuple(_effects([one for one in known if one not in missing], codes, old, new))
        if effects:
            touched.append(Touched(item, effects, tuple((forms or {}).get(item.id, ()))))
    return Impact(
        old=old, new=new, touched=tuple(touched), checked=checked, unchecked=dict(sorted(unchecked.items()))
    )


def _is_known(codes: CodeSet, one: Declared, old: str, new: str) -> bool:
    return all(codes.lookup(one.code, on, one.system).status is not Status.UNKNOWN for on in (old, new))


def _effects(known: Iterable[Declared], codes: CodeSet, old: str, new: str) -> Iterator[Effect]:
    for one in known:
        before, after = (codes.lookup(one.code, on, one.system) for on in (old, new))
        found = _changed(one, before, after)
        if found is not None:
            reason, message = found
            gone = after.status is not Status.BILLABLE
            successors = tuple(codes.successors(one.code, new, one.system)) if gone else ()
            yield _effect(one, reason, message, successors)
        elif one.role == "key" and after.status is Status.BILLABLE:
            yield from _joined(one, codes, old, new)


def _changed(one: Declared, before: Answer, after: Answer) -> tuple[Reason, str] | None:
    """What became of a code itself, and in words; None when it is what it was."""
    was, now = before.status in _THERE, after.status in _THERE
    if was and not now:
        last = f" after {before.valid_to}" if before.valid_to else ""
        return Reason.RETIRED, f"{one.code} is gone{last}"
    if now and not was:
        kind = "a header" if after.status is Status.HEADER else "reportable"
        return Reason.NEW_CODE, f"{one.code} is new, and {kind}"
    if before.status is Status.BILLABLE and after.status is Status.HEADER:
        return Reason.NOW_HEADER, f"{one.code} is now a header, no longer reportable"
    if before.status is Status.HEADER and after.status is Status.BILLABLE:
        return Reason.NOW_BILLABLE, f"{one.code} was a header, and is now reportable"
    if now and before.title and after.title and before.title != after.title:
        return Reason.TITLE_REVISED, f"{one.code} was {before.title!r}, and is now {after.title!r}"
    return None


def _joined(one: Declared, codes: CodeSet, old: str, new: str) -> Iterator[Effect]:
    """New codes beside a keyed one, under the same header: one may fit better."""
    fresh = tuple(
        code
        for code in codes.siblings(one.code, new, one.system)
        if codes.lookup(code, old, one.system).status in (Status.FUTURE, Status.ABSENT)
    )
    if fresh:
        many = "are new codes" if len(fresh) > 1 else "is a new code"
        message = (
            f"{_listed(fresh)} {many} beside the keyed {one.code}: see whether it is still the best answer"
        )
        yield _effect(one, Reason.NEW_SIBLING, message, fresh)


def _effect(one: Declared, reason: Reason, message: str, successors: tuple[str, ...]) -> Effect:
    return Effect(
        system=one.system,
        code=one.code,
        number=one.number,
        role=one.role,
        options=one.options,
        reason=reason,
        message=message,
        successors=tuple(code for code in successors if code != one.code),
        hits_key=_hits_key(one, reason),
    )


def _hits_key(one: Declared, reason: Reason) -> bool:
    """Whether an effect puts the keyed answer in question.

    A keyed code that changes does, and a distractor that counts on being absent or a header, and no longer
    is: it may be a second right answer.
    """
    if one.role == "key":
        return True
    became_right = reason in (Reason.NEW_CODE, Reason.NOW_BILLABLE)
    return one.role == "distractor" and became_right and one.wanted in ("absent", "header")


def _listed(codes: Sequence[str], most: int = 6) -> str:
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return ", ".join(codes[:most]) + more
