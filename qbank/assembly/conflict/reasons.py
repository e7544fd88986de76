"""Because of what a row falls short: hard families, such as enemies, and other rows, found and named."""

from __future__ import annotations

from collections.abc import Collection

from qbank.assembly.kinds import Supply
from qbank.assembly.problems import listed
from qbank.assembly.registry import constraint_kinds
from qbank.assembly.relaxation import Search, Short

_STATISTICS = {
    "statistics": "items without statistics",
    "sections": "item sets, which stand in one section",
}
"""The family of rows that no kind of constraint makes alone, as a reason."""


def reasons_of(search: Search, shorts: list[Short], background: list[str]) -> list[str]:
    """The hard families and background rows without which the row would fall less short."""
    label, details = shorts[0].label, {one.detail for one in shorts}
    now = _amount(shorts, details)
    families = search.touching(label)

    def is_less(hard: Collection[str], without: Collection[str] = ()) -> bool:
        some = search.shortfall([label], hard, without)
        return some is not None and _amount(some, details) < now - 1e-5

    found = [family for family in families if is_less(background, [family])]
    found += [one for one in background if is_less([b for b in background if b != one])]
    if not found and is_less((), families):
        found = families
    return found


def _amount(shorts: Collection[Short] | None, details: Collection[str]) -> float:
    return sum(one.under + one.over for one in shorts or () if one.detail in details)


def because_of(search: Search, reasons: list[str], supply: Supply | None) -> str:
    """ " because of enemies (a – b)": reasons as the end of a sentence, "" where there are none."""
    texts = []
    for reason in reasons:
        text = _reason(reason)
        if reason == "exclusion":
            excluding = dict.fromkeys(part.label for part in search.compiled.blocks if part.family == reason)
            quoted = listed([f'"{label}"' for label in excluding])
            text += f" ({quoted})"
        if reason == "enemies" and supply is not None and (groups := _enemy_groups(search, supply)):
            text += f" ({listed(groups, 3)})"
        texts.append(text)
    return f" because of {listed(texts)}" if texts else ""


def _reason(family: str) -> str:
    """A hard family, or else the label of a row, as part of a sentence."""
    kind = constraint_kinds().get(family)
    return _STATISTICS.get(family) or (kind.reason if kind is not None else "") or f'the row "{family}"'


def _enemy_groups(search: Search, supply: Supply) -> list[str]:
    """The groups of enemies of which the row's eligible items hold two or more."""
    wanted = set(supply.eligible)
    groups = [
        members
        for part in search.compiled.blocks
        if part.family == "enemies"
        for detail in part.details
        if len(members := [id for id in detail.split(", ") if id in wanted]) > 1
    ]
    return list(dict.fromkeys(" – ".join(group) for group in sorted(groups, key=lambda g: (-len(g), g))))
