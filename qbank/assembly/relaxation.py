"""A compiled blueprint with some rows made soft: what falls short, by how much, and whether at all."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from math import inf
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.compile import Compiled
from qbank.assembly.merging import merge
from qbank.assembly.program import (
    BLUEPRINT_ROWS,
    OBJECTIVE_ROWS,
    STRUCTURE,
    Block,
    Goal,
    Variables,
    build,
    with_slack,
)
from qbank.assembly.solution import Outcome
from qbank.assembly.solvers import highs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.assembly.program import Floats, Ints, Program
    from qbank.assembly.solution import Solution

SECONDS = 10.0
"""How long one small program of an explanation may take before it is passed over."""

LARGE = 20_000
"""Larger programs are passed over sooner: smaller questions tell more in the same time."""

SMALL = 2000
"""A program of so many columns is small: merging more of them for each question is not worth the while."""


class Short(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the blueprint that falls short of a bound, `under` or `over` it summed over forms.

    `relief` is that of its block: given where the amounts are not in the units of its author.
    """

    label: str
    kind: str
    detail: str
    under: float
    over: float
    lower: float
    upper: float
    relief: str = ""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """How far the bounds of a row must move, in every form alike: its minimum down, its maximum up."""

    label: str
    under: float = 0.0
    over: float = 0.0
    lower: float = -inf
    upper: float = inf
    relief: str = ""


class _Soft(msgspec.Struct, frozen=True, kw_only=True):
    """A program some of whose rows have slack: those rows, block by block, and the columns of their slack."""

    blocks: list[Block]
    slacks: list[Ints]
    program: Program


class Search:
    """The questions that an explanation asks of one compiled blueprint, within a number of seconds.

    Answers are kept, so that no question costs twice. `stopped` tells whether one took too long, or found
    no time left.
    """

    def __init__(self, compiled: Compiled, seconds: float = 60.0) -> None:
        self.compiled, self.stopped = compiled, False
        self._ends = time.monotonic() + seconds
        parts = [
            p for p in (*compiled.blocks, *compiled.goal_blocks) if p.family != OBJECTIVE_ROWS and len(p)
        ]
        self._parts = parts
        self._scales = [_scale(part) if part.family == BLUEPRINT_ROWS else None for part in parts]
        self._merged = merge(compiled.space, compiled.variables, parts)
        self._kept: dict[object, list[Short] | bool | None] = {}
        self.labels = list(
            dict.fromkeys(part.label for part in compiled.blocks if part.family == BLUEPRINT_ROWS)
        )
        """The labels of rows that a person wrote or implied and may change, in order."""
        self.families = sorted({part.family for part in parts} - {BLUEPRINT_ROWS, STRUCTURE})
        """The families of rows that an explanation leaves hard, such as enemies."""

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._ends

    def shortfall(
        self, soft: Collection[str], hard: Collection[str] = (), without: Collection[str] = ()
    ) -> list[Short] | None:
        """The least total shortfall of the soft rows while hard rows and hard families hold.

        Rows that are neither soft nor hard, and families in `without`, are left out. None when the search
        was stopped, [] when nothing falls short.
        """
        question = (frozenset(soft), frozenset(hard), frozenset(without))
        if question not in self._kept:
            self._kept[question] = self._shortfall(soft, hard, without)
        return self._kept[question]  # type: ignore[return-value]

    def _shortfall(
        self, soft: Collection[str], hard: Collection[str], without: Collection[str]
    ) -> list[Short] | None:
        import numpy as np

        asked = self._elastic(soft, hard, without)
        if asked is None:
            return []
        solution = self._solved(asked.program)
        if solution is None or solution.values is None or solution.outcome is not Outcome.OPTIMAL:
            return None
        found: list[Short] = []
        for part, slack in zip(asked.blocks, asked.slacks, strict=True):
            under, over = np.split(solution.values[slack], 2)
            found.extend(_by_detail(part, under, over))
        return found

    def changes(self, soft: Collection[str], hard: Collection[str] = ()) -> list[Change] | None:
        """The least changes of bounds with which the soft rows hold, in every form alike.

        None when the search was stopped, or when no change of these rows helps.
        """
        asked = self._elastic(soft, hard, (), alike=True)
        solution = None if asked is None else self._solved(asked.program)
        if asked is None or solution is None or solution.values is None:
            return None
        if solution.outcome is not Outcome.OPTIMAL:
            return None
        found: dict[str, Change] = {}
        for part, slack in zip(asked.blocks, asked.slacks, strict=True):
            under, over = (
                float(solution.values[side[0]]) for side in (slack[: len(part)], slack[len(part) :])
            )
            if max(under, over) > 1e-5:
                before = found.get(part.label, Change(label=part.label))
                found[part.label] = Change(
                    label=part.label,
                    under=max(before.under, round(under, 6)),
                    over=max(before.over, round(over, 6)),
                    lower=max(before.lower, float(part.lower.max())),
                    upper=min(before.upper, float(part.upper.min())),
                    relief=part.relief or before.relief,
                )
        return list(found.values())

    def feasible(self, hard: Collection[str], without: Collection[str] = ()) -> bool | None:
        """Whether some rows hold together; None when the search was stopped."""
        question = (None, frozenset(hard), frozenset(without))
        if question not in self._kept:
            import numpy as np

            nothing = Goal(sense="minimise", columns=np.zeros(0, dtype=np.int64), costs=np.zeros(0))
            variables, parts, _ = self._rows(hard, without)
            solution = self._solved(build(variables, parts, nothing))
            stopped = solution is None or (solution.values is None and solution.outcome is Outcome.STOPPED)
            self._kept[question] = None if stopped or solution is None else solution.values is not None
        return self._kept[question]  # type: ignore[return-value]

    def touching(self, label: str) -> list[str]:
        """The hard families with rows about items that the rows of a label are about."""
        import numpy as np

        mine = [part.columns for part in self._parts if part.label == label and part.family == BLUEPRINT_ROWS]
        items = np.unique(np.concatenate(mine or [np.zeros(0, dtype=np.int64)]))
        return sorted(
            {
                part.family
                for part in self._parts
                if part.family in self.families and np.isin(part.columns, items).any()
            }
        )

    def blamed(self, soft: Collection[str]) -> list[str]:
        """The labels of rows that prove together that no fractions of items meet all; [] where some do.

        They are those with a price in the program of least shortfall without whole numbers: a certificate
        of Farkas.
        """
        import numpy as np

        asked = self._elastic(soft, (), ())
        left = self._ends - time.monotonic()
        prices = None if asked is None or left <= 0 else highs.prices(asked.program, min(SECONDS, left))
        if asked is None or prices is None:
            return []
        names, at = dict[str, None](), 0
        for part in asked.blocks:
            if np.abs(prices[at : at + len(part)]).max(initial=0.0) > 1e-9:
                names[part.label] = None
            at += len(part)
        return list(names)

    def _rows(
        self, rows: Collection[str], without: Collection[str]
    ) -> tuple[Variables, list[Block], list[Floats | None]]:
        """The rows of some labels and all families but some, over as few columns as is worth the while."""
        wanted = [
            part.label in rows if part.family == BLUEPRINT_ROWS else part.family not in without
            for part in self._parts
        ]
        variables, parts = self._merged
        if len(variables) > SMALL:
            kept = [part for part, yes in zip(self._parts, wanted, strict=True) if yes]
            variables, kept = merge(self.compiled.space, self.compiled.variables, kept)
        else:
            kept = [part for part, yes in zip(parts, wanted, strict=True) if yes]
        return variables, kept, [one for one, yes in zip(self._scales, wanted, strict=True) if yes]

    def _elastic(
        self, soft: Collection[str], hard: Collection[str], without: Collection[str], *, alike: bool = False
    ) -> _Soft | None:
        """The program of least shortfall; None when no row is soft. Soft rows come first.

        With `alike` all rows of a block share their slack.
        """
        import numpy as np

        variables, kept, scales = self._rows({*soft, *hard}, without)
        is_soft = [part.family == BLUEPRINT_ROWS and part.label in soft for part in kept]
        relaxed = [part for part, yes in zip(kept, is_soft, strict=True) if yes]
        if not relaxed:
            return None
        first = len(variables)
        blocks: list[Block] = []
        slacks: list[Ints] = []
        costs: list[Floats] = []
        for part, scale in zip(
            relaxed, (s for s, yes in zip(scales, is_soft, strict=True) if yes), strict=True
        ):
            assert scale is not None
            count = 1 if alike else len(part)
            slack = np.repeat(np.arange(first, first + 2 * count), len(part) // count)
            first += 2 * count
            blocks.append(with_slack(part, slack[: len(part)], slack[len(part) :]))
            slacks.append(slack)
            # the length gives way last where another row could as well
            weight = 1.001 if part.kind == "length" else 1.0
            costs.append(np.tile(weight / scale, 2) / (len(part) // count))
        goal = Goal(sense="minimise", columns=np.concatenate(slacks), costs=np.concatenate(costs))
        others = [part for part, yes in zip(kept, is_soft, strict=True) if not yes]
        columns = _extended(variables, first - len(variables))
        return _Soft(blocks=relaxed, slacks=slacks, program=build(columns, (*blocks, *others), goal))

    def _solved(self, program: Program) -> Solution | None:
        """A solution, if there is time for it."""
        left = self._ends - time.monotonic()
        solution = None
        if left > 0:
            small = len(program.variables) <= SMALL
            most = SECONDS if len(program.variables) <= LARGE else SECONDS / 5
            solution = highs.solve(program, gap=0.0, time_limit=min(most, left), heuristics=not small)
        self.stopped = self.stopped or solution is None or solution.outcome is Outcome.STOPPED
        return solution


def _extended(variables: Variables, count: int) -> Variables:
    import numpy as np

    return Variables(
        np.append(variables.lower, np.zeros(count)),
        np.append(variables.upper, np.full(count, np.inf)),
        np.append(variables.integer, np.zeros(count, dtype=np.bool_)),
    )


def _scale(part: Block) -> Floats:
    """The size of one item in each row, so that a missing word does not count like a missing item."""
    import numpy as np

    rows = np.repeat(np.arange(len(part)), np.diff(part.starts))
    total = np.bincount(rows, weights=np.abs(part.values), minlength=len(part))
    return np.maximum(1.0, total / np.maximum(1, np.diff(part.starts)))


def _by_detail(part: Block, under: NDArray[np.float64], over: NDArray[np.float64]) -> Iterator[Short]:
    sums: dict[str, list[float]] = {}
    bounds: dict[str, tuple[float, float]] = {}
    for row, detail in enumerate(part.details):
        total = sums.setdefault(detail, [0.0, 0.0])
        total[0] += float(under[row])
        total[1] += float(over[row])
        bounds[detail] = (float(part.lower[row]), float(part.upper[row]))
    for detail, (low, high) in sums.items():
        if low > 1e-5 or high > 1e-5:
            yield Short(
                label=part.label,
                kind=part.kind,
                detail=detail,
                under=round(low, 6),
                over=round(high, 6),
                lower=bounds[detail][0],
                upper=bounds[detail][1],
                relief=part.relief,
            )
