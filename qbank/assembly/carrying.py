"""How many forms a bank carries, which rows run out first, and what to write for more.

All forms of a run are alike, so that their sum says most: a column is how often all forms together take the
items of a class, and every row is that of one form times the number of forms. Without whole numbers the
greatest number of forms is one linear program, and a bound; a program of that many forms side by side then
says whether they exist. What to write is the least number of new items with which the sum holds: items that
count for the same rows as some eligible item, without its enemies.
"""

from __future__ import annotations

import time
from math import floor, inf
from typing import TYPE_CHECKING

import msgspec

from qbank.assembly.compile import Compiled, compile_blueprint
from qbank.assembly.constraints.exposure import Exposure
from qbank.assembly.counting import enough
from qbank.assembly.inventory import shared_items
from qbank.assembly.merging import merge_columns
from qbank.assembly.program import BLUEPRINT_ROWS, OBJECTIVE_ROWS, Block, Goal, Variables, block, build
from qbank.assembly.relaxation import Search
from qbank.assembly.setting import make_setting
from qbank.assembly.solution import Outcome
from qbank.assembly.solvers import highs
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qbank.assembly.program import Floats, Ints

SECONDS = 10.0
"""How long the search for forms side by side may take in all, and that for what to write."""

LARGEST = 200_000
"""Programs of forms side by side with more columns are not tried: the bound stands alone."""

ANY_NUMBER = 10_000
"""More forms than this are not counted."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """What to write: how many items or sets, the rows for which they count, an item of the bank like them."""

    count: int
    unit: str
    rows: tuple[str, ...]
    like: str


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """How many forms of one blueprint a bank carries in one run.

    There are `carried` forms for certain and no more than `bound`; `first` are the rows that run out first.
    Where forms may share items, no more than the `forms` that were asked for are counted.
    `write` is the least that has to be written for the `forms` that were asked for: empty when they are
    carried, None when more items like those of the bank would not do: rows ask for items of which it has
    none, or contradict each other.

    Where the time was over before all of this was found, `reproducible` is false: there may be more forms and
    less to write than is told, or what to write was not found (empty); a run with more time may tell more.
    """

    forms: int
    carried: int
    bound: int
    first: tuple[str, ...] = ()
    write: tuple[Written, ...] | None = ()
    reproducible: bool = True


class _Sum(msgspec.Struct, frozen=True):
    """The rows of one form over classes of items; a run takes one item `uses` times at most.

    `before` is the column of the compiled form for which each column stands.
    """

    compiled: Compiled
    variables: Variables
    blocks: list[Block]
    before: Ints
    uses: float

    @property
    def items(self) -> NDArray[np.bool_]:
        """Which columns are classes of items."""
        found: NDArray[np.bool_] = self.before < len(self.compiled.space.slot_item)
        return found


def carries(bank: Bank, blueprint: Blueprint, forms: int | None = None) -> Inventory:
    """How many forms the bank carries, and what is missing for some number (None: the blueprint's)."""
    asked = blueprint.forms if forms is None else forms
    one = _sum(compile_blueprint(bank, blueprint, 1, 1))
    bound, first = _bound(one)
    if one.uses > 1:
        bound = min(bound, asked)
    setting = make_setting(bank, blueprint)
    while bound > 0 and not enough(one.compiled, setting, bound):
        bound -= 1
    carried, searched = _carried(one, bound)
    write, proven = ((), True) if asked <= carried else _write(one, asked)
    return Inventory(
        forms=asked,
        carried=carried,
        bound=bound,
        first=first,
        write=write,
        reproducible=searched and proven,
    )


def _sum(compiled: Compiled) -> _Sum:
    parts = [p for p in (*compiled.blocks, *compiled.goal_blocks) if p.family != OBJECTIVE_ROWS and len(p)]
    rows = compiled.space.blueprint.constraints
    limits = [row.maximum for row in rows if isinstance(row, Exposure) and not row.where]
    uses = 1.0 if shared_items(compiled.space.blueprint) == 0 else float(min(limits, default=ANY_NUMBER))
    return _Sum(compiled, *merge_columns(compiled.space, compiled.variables, parts), uses)


def _bound(one: _Sum) -> tuple[int, tuple[str, ...]]:
    """The most forms by the sum of all, and the rows that stand in the way of one more."""
    import numpy as np

    count = len(one.variables)
    columns = Variables(
        np.append(one.variables.lower, 0.0),
        np.append(np.where(one.items, one.variables.upper * one.uses, np.inf), float(ANY_NUMBER)),
        np.zeros(count + 1, dtype=np.bool_),
    )
    blocks = [side for part in one.blocks for side in _times(part, count, one)]
    # an item stands in each form once at most, and so does a set
    each = np.flatnonzero(np.isfinite(one.variables.upper))
    upper = one.variables.upper[each]
    alike = [(np.array([c, count]), np.array([1.0, -u])) for c, u in zip(each, upper, strict=True)]
    blocks.append(block("", "", alike, -np.inf, 0.0, family="structure"))
    most = Goal(sense="maximise", columns=np.array([count]), costs=np.array([1.0]))
    program = build(columns, blocks, most)
    solution = highs.solve(program, gap=0.0)  # without whole numbers: soon done, and no clock in the answer
    if solution.objective is None:
        return 0, ()
    prices = highs.prices(program, inf)
    found: dict[str, None] = {}
    at = 0
    for part in (side for side in blocks if len(side)):
        here = np.abs(prices[at : at + len(part)]).max(initial=0.0) if prices is not None else 0.0
        if part.family == BLUEPRINT_ROWS and here > 1e-7:
            found[part.label] = None
        at += len(part)
    return floor(solution.objective + 1e-6), tuple(found)


def _times(part: Block, number: int, one: _Sum) -> list[Block]:
    """The rows of one form for a number of forms that is a column: a·x ≥ low·k and a·x ≤ high·k."""
    import numpy as np

    sides = []
    for bounds, low in ((part.lower, True), (part.upper, False)):
        rows = np.flatnonzero(np.isfinite(bounds))
        entries = [slice(part.starts[row], part.starts[row + 1]) for row in rows]
        times = one.uses if part.label == "one role" and part.family != BLUEPRINT_ROWS else 0.0
        terms: list[tuple[Ints, Floats]] = [
            (
                np.append(part.columns[here], number),
                np.append(part.values[here], 0.0 if times else -bounds[row]),
            )
            for here, row in zip(entries, rows, strict=True)
        ]
        most = (bounds[rows] * times).tolist()
        sides.append(
            block(
                part.label,
                part.kind,
                terms,
                most if low else -np.inf,
                np.inf if low else most,
                family=part.family,
            )
        )
    return sides


def _carried(one: _Sum, bound: int) -> tuple[int, bool]:
    """The most forms that are found side by side, and whether there was time enough for every question."""
    ends = time.monotonic() + SECONDS
    low, high, middle = 0, bound + 1, bound
    searched = True
    while high - low > 1:
        found = _exists(one, middle, ends - time.monotonic())
        searched = searched and found is not None
        low, high = (middle, high) if found else (low, middle)
        middle = (low + high) // 2
    return low, searched


def _exists(one: _Sum, forms: int, seconds: float) -> bool | None:
    """Whether some forms are found side by side; None when there is no time to say."""
    space = one.compiled.space
    if forms * len(one.compiled.variables) > LARGEST:
        return False
    if seconds <= 0:
        return None
    compiled = compile_blueprint(space.bank, space.blueprint, forms, space.seed)
    search = Search(compiled, seconds)
    return search.feasible(search.labels)


def _write(one: _Sum, forms: int) -> tuple[tuple[Written, ...] | None, bool]:
    """The fewest new items with which the sum of some forms holds; new sets where a row counts sets.

    Also whether the time was enough to prove that they are the fewest, or that there are none.
    """
    import numpy as np

    count = len(one.variables)
    new = _new_columns(one)
    blocks, first = [], count
    for part in one.blocks:
        scale = one.uses if part.label == "one role" and part.family != BLUEPRINT_ROWS else float(forms)
        scaled = msgspec.structs.replace(part, lower=part.lower * scale, upper=part.upper * scale)
        blocks.append(_with_new(scaled, new, first) if part.family == BLUEPRINT_ROWS else scaled)
    limit = np.where(one.items, np.minimum(one.uses, forms), forms) * one.variables.upper
    columns = Variables(
        np.append(one.variables.lower, np.zeros(len(new))),
        np.append(limit, np.full(len(new), np.inf)),
        np.append(one.variables.integer, np.ones(len(new), dtype=np.bool_)),
    )
    # a set is more work than an item
    costs = np.where(one.items[new], 1.0, 4.0)
    goal = Goal(sense="minimise", columns=np.arange(first, first + len(new)), costs=costs)
    solution = highs.solve(build(columns, blocks, goal), gap=0.0, time_limit=SECONDS)
    proven = solution.outcome is not Outcome.STOPPED
    if solution.values is None:
        return None if proven else (), proven
    amounts = np.rint(solution.values[first:]).astype(np.int64)
    return tuple(_written(one, int(new[n]), int(amounts[n])) for n in np.flatnonzero(amounts)), proven


def _new_columns(one: _Sum) -> Ints:
    """Columns of items and sets that differ in the rows of the blueprint, for what could be written."""
    import numpy as np

    seen: dict[tuple[object, ...], int] = {}
    entries: list[list[object]] = [[] for _ in range(len(one.variables))]
    for number, part in enumerate(one.blocks):
        if part.family == BLUEPRINT_ROWS:
            rows = np.repeat(np.arange(len(part)), np.diff(part.starts))
            for row, column, value in zip(
                rows.tolist(), part.columns.tolist(), part.values.tolist(), strict=True
            ):
                entries[column].append((number, row, value))
    sets = len(one.compiled.space.slot_item) + len(one.compiled.space.stimuli)
    for column, signature in enumerate(entries):
        if signature and one.before[column] < sets:
            seen.setdefault((bool(one.items[column]), *signature), column)
    return np.array(sorted(seen.values()), dtype=np.int64)


def _with_new(part: Block, new: Ints, first: int) -> Block:
    """Rows in which new items count like those of their class."""
    import numpy as np

    number = np.full(max(int(part.columns.max(initial=0)), int(new.max(initial=0))) + 1, -1)
    number[new] = np.arange(first, first + len(new))
    rows: list[tuple[Ints, Floats]] = []
    for row in range(len(part)):
        here = slice(part.starts[row], part.starts[row + 1])
        alike = number[part.columns[here]] >= 0
        rows.append(
            (
                np.append(part.columns[here], number[part.columns[here]][alike]),
                np.append(part.values[here], part.values[here][alike]),
            )
        )
    return block(part.label, part.kind, rows, part.lower.tolist(), part.upper.tolist(), family=part.family)


def _written(one: _Sum, column: int, count: int) -> Written:
    import numpy as np

    space, before = one.compiled.space, int(one.before[column])
    is_item = bool(one.items[column])
    rows = dict.fromkeys(
        part.label
        for part in one.blocks
        if part.family == BLUEPRINT_ROWS
        and part.kind in ("content", "length", "item_set")
        and not part.relief
        and any(
            part.lower[row] > 0 and np.isin(column, part.columns[part.starts[row] : part.starts[row + 1]])
            for row in range(len(part))
        )
    )
    like = (
        space.items[space.slot_item[before]].id if is_item else space.stimuli[before - len(space.slot_item)]
    )
    return Written(count=count, unit="item" if is_item else "set", rows=tuple(rows), like=like)
