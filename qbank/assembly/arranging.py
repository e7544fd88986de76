"""Positions that rows fix, and runs of one key, met by moving items and the places of their keys.

The order in which a form presents its items, and the place at which each single-answer item presents its
key, come from `ordering.py`; here they are changed as little as a search in that order changes them. Items
of one stimulus stay together, and a balance of keys holds. The search is complete: when it ends without
an order, there is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from qbank.assembly.ordering import JUDGED_POSITIONS, key_positions
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Setting
from qbank.model.blueprint import OrderRule
from qbank.model.item import Item, MultipleChoice

NODES = 100_000
"""How many steps a search may take before it is given up."""

_Orders = Mapping[str, tuple[str, ...]]
_Limits = Mapping[int, tuple[int, int]]


class NoOrder(Exception):
    """No order of some items meets the rows about positions and runs; `proved` when none exists."""

    def __init__(self, items: Sequence[Item], labels: tuple[str, ...], proved: bool) -> None:
        super().__init__("no order meets " + ", ".join(labels))
        self.items = frozenset(item.id for item in items)
        self.labels = labels
        self.proved = proved


KINDS = ("fixed_position", "key_run")
"""The kinds of rows that are met here."""


def check_arranging(setting: Setting) -> Iterator[Problem]:
    """Rows about positions and runs beside sections or order rules: the search does not know of those."""
    blueprint = setting.blueprint
    rows = [row for row in blueprint.constraints if row.kind in KINDS]
    inside = [
        msgspec.structs.replace(row, label=f"{plan.id}: {row.label}")
        for plan in blueprint.sections
        for row in plan.constraints
        if row.kind in KINDS
    ]
    bound = bool(blueprint.sections) or any(isinstance(one, OrderRule) for one in blueprint.order)
    for row in (*inside, *(rows if bound else ())):
        yield Problem(
            kind=row.kind,
            label=row.label,
            message=f'"{row.label}" is of the kind {row.kind}, which goes with no sections, ramp or '
            "apart in order",
            hint="Take it out, or the sections and order rules.",
        )


class _Fixed(Protocol):
    def holds(self, item: Item, setting: Setting) -> bool: ...
    def place(self, length: int) -> int: ...


class Wishes(msgspec.Struct, frozen=True):
    """What an order must meet: for a position the items that may stand there, and the longest run."""

    fixed: Mapping[int, frozenset[str]]
    longest: int | None
    limits: _Limits


def arranged(
    ordered: Sequence[Item],
    orders: _Orders,
    setting: Setting,
    bounds: Callable[[int], tuple[int, int]] | None,
) -> tuple[list[Item], dict[str, tuple[str, ...]]]:
    """Items and option orders as near to the given ones as the search finds them. Raises NoOrder."""
    fixed = [row for row in setting.blueprint.constraints if row.kind == "fixed_position"]
    runs = [row for row in setting.blueprint.constraints if row.kind == "key_run"]
    if not fixed and not runs:
        return list(ordered), dict(orders)
    longest = min((row.maximum for row in runs), default=None)  # type: ignore[attr-defined]
    wishes = Wishes(_positions(ordered, fixed, setting), longest, _limits(ordered, bounds))  # type: ignore[arg-type]
    found, proved = _Search(ordered, _places(ordered, orders), wishes).run()
    if found is None:
        raise NoOrder(ordered, tuple(row.label for row in (*fixed, *runs)), proved)
    items = [item for item, _ in found]
    return items, {item.id: _with_key_at(item, orders[item.id], place) for item, place in found}


def _positions(items: Sequence[Item], rows: Sequence[_Fixed], setting: Setting) -> dict[int, frozenset[str]]:
    allowed: dict[int, frozenset[str]] = {}
    for row in rows:
        place = row.place(len(items))
        ids = frozenset(item.id for item in items if row.holds(item, setting))
        allowed[place] = allowed.get(place, ids) & ids
    return allowed


def _limits(items: Sequence[Item], bounds: Callable[[int], tuple[int, int]] | None) -> _Limits:
    """For each judged place the least and most keys that a balance allows; {} without one."""
    single = [item for item in items if isinstance(item, MultipleChoice) and key_positions(item)]
    widest = max((len(item.options) for item in single), default=0)
    if bounds is None:
        return {}
    return dict.fromkeys(range(1, min(JUDGED_POSITIONS, widest) + 1), bounds(len(single)))


def _places(items: Sequence[Item], orders: _Orders) -> dict[str, tuple[int, ...]]:
    """Where each item may present its key, the place it has first; (0,) for items without one such key."""
    places: dict[str, tuple[int, ...]] = {}
    for item in items:
        places[item.id] = (0,)
        if isinstance(item, MultipleChoice) and (free := key_positions(item)):
            now = orders[item.id].index(item.key_ids[0]) + 1
            places[item.id] = (now, *(place for place in free if place != now))
    return places


def _with_key_at(item: Item, order: tuple[str, ...], place: int) -> tuple[str, ...]:
    """An option order with the key at a place; the option that was there takes the key's."""
    if not place or order[place - 1] == item.key_ids[0]:
        return order
    changed = list(order)
    here = order.index(item.key_ids[0])
    changed[here], changed[place - 1] = changed[place - 1], changed[here]
    return tuple(changed)


class _Search:
    """A depth-first search, position by position, that tries first what comes next in the given order."""

    def __init__(self, items: Sequence[Item], places: Mapping[str, tuple[int, ...]], wishes: Wishes) -> None:
        self.items, self.places, self.wishes = items, places, wishes
        self.left = dict.fromkeys(item.id for item in items)
        self.by_id = {item.id: item for item in items}
        self.rank = {item.id: number for number, item in enumerate(items)}
        self.set_left = Counter(item.stimulus for item in items if item.stimulus)
        self.chosen: list[tuple[str, int]] = []
        self.runs: list[int] = []
        self.count: Counter[int] = Counter()
        # how many items left can only, and how many can at all, present their key at a place
        self.only: Counter[int] = Counter()
        self.able: Counter[int] = Counter()
        for item in items:
            self._tally(item.id, 1)

    def run(self) -> tuple[list[tuple[Item, int]] | None, bool]:
        """Items with the places of their keys, or None; and whether the search came to its end."""
        open_ = [self._next()]
        for _ in range(NODES):
            step = next(open_[-1], None)
            if step is None:
                open_.pop()
                if not open_:
                    return None, True
                self._undo()
                continue
            self._do(*step)
            if not self.left:
                return [(self.by_id[id], place) for id, place in self.chosen], True
            open_.append(self._next())
        return None, False

    def _tally(self, id: str, sign: int) -> None:
        places = self.places[id]
        for place in places:
            self.able[place] += sign
        if len(places) == 1 and places[0]:
            self.only[places[0]] += sign

    def _do(self, id: str, place: int) -> None:
        same = bool(place) and bool(self.chosen) and self.chosen[-1][1] == place
        self.runs.append(self.runs[-1] + 1 if same else 1)
        self.chosen.append((id, place))
        del self.left[id]
        self.set_left[self.by_id[id].stimulus] -= 1
        self.count[place] += 1
        self._tally(id, -1)

    def _undo(self) -> None:
        id, place = self.chosen.pop()
        self.runs.pop()
        self.left[id] = None
        self.set_left[self.by_id[id].stimulus] += 1
        self.count[place] -= 1
        self._tally(id, 1)

    def _next(self) -> Iterator[tuple[str, int]]:
        """The items that may come next, with the places of their keys."""
        here = self.wishes.fixed.get(len(self.chosen) + 1)
        last = self.by_id[self.chosen[-1][0]].stimulus if self.chosen else ""
        within = last if last and self.set_left[last] > 0 else ""
        for id in sorted(self.left, key=self.rank.__getitem__):
            if (here is None or id in here) and (not within or self.by_id[id].stimulus == within):
                for place in self.places[id]:
                    if self._fits(id, place):
                        yield id, place

    def _fits(self, id: str, place: int) -> bool:
        """Whether nothing that is known already forbids an item with its key at a place."""
        if self.wishes.longest is not None and self._too_long(id, place, self.wishes.longest):
            return False
        later = len(self.chosen) + 1
        for position, ids in self.wishes.fixed.items():
            if position > later and not any(one != id and one in self.left for one in ids):
                return False
        return all(self._balances(id, place, at) for at in self.wishes.limits)

    def _too_long(self, id: str, place: int, longest: int) -> bool:
        same = bool(place) and bool(self.chosen) and self.chosen[-1][1] == place
        run = self.runs[-1] + 1 if same else 1
        if place and run > longest:
            return True
        own = self.places[id]
        rest = len(self.left) - 1
        for at, count in self.only.items():
            bound = count - (own == (at,))
            room = longest - run if at == place else longest
            if at and bound > room + longest * (rest - bound):
                return True
        return False

    def _balances(self, id: str, place: int, at: int) -> bool:
        low, high = self.wishes.limits[at]
        count = self.count[at] + (at == place)
        return count <= high and low - count <= self.able[at] - (at in self.places[id])
