"""Rows that cannot be met even alone: each with only the length and the hard families beside it."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.assembly.conflict.sentences import joint_sentence, sentence
from qbank.assembly.constraints.inclusion import Inclusion
from qbank.assembly.duties import all_rows, lengths
from qbank.assembly.inventory import available, needed, shared_items
from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem
from qbank.assembly.relaxation import Search, Short
from qbank.assembly.setting import Setting


def shortages(search: Search, setting: Setting) -> Iterator[Problem]:
    """Rows that cannot be met even when only the length and the hard families hold."""
    rows = {row.label: row for row in all_rows(setting.blueprint)}
    base = lengths(setting.blueprint)
    every = search.shortfall(search.labels)
    touched = {short.label for short in every or ()}
    broken = [label for label in base if label in touched and search.shortfall([label])]
    if every is not None and touched & set(base):
        # the length may have given way for a row that cannot be met: it holds now where it can
        others = [label for label in search.labels if label not in base]
        firm = search.shortfall(others, [label for label in base if label not in broken])
        every = None if firm is None else [*every, *firm]
        touched |= {short.label for short in firm or ()}
    asked = search.labels if every is None else touched
    for label in (one for one in search.labels if one in asked):
        background = [one for one in base if one != label and one not in broken]
        if label in base:
            background = []
        shorts = search.shortfall([label], background) or []
        joint = _joint(search, setting, rows[label], shorts)
        if joint:
            yield joint_sentence(search, rows[label], joint, background)
        for short in shorts:
            if short not in joint:
                yield sentence(search, setting, rows[label], short, background)


def _joint(search: Search, setting: Setting, row: ConstraintKind, shorts: list[Short]) -> list[Short]:
    """The parts of a row that have items enough each, and fall short because they stand together.

    The solver shares out such a lack as it likes, so that no sentence about one part would be true.
    """
    if isinstance(row, Inclusion):
        return shorts
    if not getattr(row, "each", ""):
        return []
    forms, shared = search.compiled.space.forms, shared_items(setting.blueprint)
    enough = {
        one.detail
        for one in row.supply(setting)
        if needed(one, forms, shared) <= available(one, forms, shared)
    }
    return [one for one in shorts if one.under and one.detail in enough]
