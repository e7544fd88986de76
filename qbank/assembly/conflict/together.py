"""Rows that can each be met, but not together: the smallest set of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from qbank.assembly.conflict.reasons import because_of
from qbank.assembly.duties import all_rows
from qbank.assembly.kinds import ConstraintKind
from qbank.assembly.problems import Problem, number
from qbank.assembly.relaxation import Search, Short
from qbank.assembly.setting import Setting, where_text

TESTS = 120
"""How many programs the search for a smallest set of contradicting rows may solve."""


def contradictions(search: Search, setting: Setting, every: list[str]) -> Iterator[Problem]:
    """Rows that can each be met, but not together."""
    if search.over:
        return
    shorts = search.shortfall(every) or []
    touched = {short.label for short in shorts}
    blamed = search.blamed(every)
    if not blamed or search.feasible(blamed) is not False:
        blamed = every
    ranked = sorted(blamed, key=lambda label: label not in touched)
    core = sorted(_core(search, ranked), key=every.index)
    families = [family for family in search.families if core and search.feasible(core, [family])]
    rows = {row.label: row for row in all_rows(setting.blueprint)}
    named = [_named(rows[label]) for label in core]
    missing = _in_one_unit(shorts, rows)
    if len(named) > 1 or families:
        because = because_of(search, families, None)
        by = "" if missing is None else f", by {number(missing)} in all"
        yield Problem(
            kind="conflict",
            message=f"these rows cannot hold together{because}: {'; '.join(named)}",
            hint=f"Change one of them{by}.",
            missing=missing,
        )
    elif named:
        yield Problem(kind="conflict", message=f"this row cannot be met: {named[0]}", hint="Change it.")
    if not named and not shorts and not search.stopped:
        yield Problem(
            kind="conflict",
            message="no form can meet every row, and no change of one row's bounds was found that helps",
            hint="Assemble with fewer rows to find those that contradict each other.",
        )


def _core(search: Search, ranked: list[str]) -> list[str]:
    """A smallest set of labels that cannot hold together (QuickXplain, Junker 2004).

    Smallest in that no label can be left out. A search that is stopped, or the limit of tests, counts
    as "can hold", so that the set may then be too large, never wrong.
    """
    left = TESTS

    def holds(some: list[str]) -> bool:
        nonlocal left
        left -= 1
        return left < 0 or search.feasible(some) is not False

    def split(background: list[str], changed: bool, some: list[str]) -> list[str]:
        if changed and not holds(background):
            return []
        if len(some) == 1:
            return some
        first, second = some[: len(some) // 2], some[len(some) // 2 :]
        from_second = split([*background, *first], True, second)
        from_first = split([*background, *from_second], bool(from_second), first)
        return [*from_first, *from_second]

    return split([], False, ranked) if ranked else []


def _in_one_unit(shorts: list[Short], rows: Mapping[str, ConstraintKind]) -> float | None:
    """The sum of what falls short where it can be summed: of one row, or of items."""
    counts = all(rows[one.label].kind in ("content", "length") and not one.relief for one in shorts)
    if (
        not shorts
        or not (counts or len({one.label for one in shorts}) == 1)
        or any(one.relief for one in shorts)
    ):
        return None
    return round(sum(one.under + one.over for one in shorts), 6)


def _named(row: ConstraintKind) -> str:
    """A row with its bounds and its `where`, for a list of rows."""
    low, high = getattr(row, "minimum", None), getattr(row, "maximum", None)
    if row.kind == "item_set":
        sets = row.sets  # type: ignore[attr-defined]
        low, high = sets.minimum, sets.maximum
    where = where_text(getattr(row, "where", None) or {})
    each = f" of each {row.each}" if getattr(row, "each", "") else ""  # type: ignore[attr-defined]
    bounds = _bounds_text(-inf if low is None else low, inf if high is None else high)
    inner = ": ".join(filter(None, (bounds + each, where)))
    return f'"{row.label}"' + (f" ({inner})" if inner else "")


def _bounds_text(low: float, high: float) -> str:
    if low == high:
        return f"exactly {number(low)}"
    parts = [f"at least {number(low)}"] if low > -inf else []
    return " and ".join([*parts, f"at most {number(high)}"] if high < inf else parts)
