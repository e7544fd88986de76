"""In which order a form presents its items, and each item its options."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from qbank.assembly.draw import digest
from qbank.assembly.order_rules import DRAWN, check_rule, fixed_part, spread, steepness
from qbank.assembly.problems import Problem
from qbank.assembly.setting import Setting
from qbank.discovery import did_you_mean
from qbank.model.blueprint import OrderRule
from qbank.model.item import Item, Matching, MultipleChoice, MultipleResponse, Ordering

OWN_KEYS = ("item_set", *DRAWN)
JUDGED_POSITIONS = 4
"""A balance of keys looks at the first positions only: few items have more options."""

_NUMBER = re.compile(
    r"(?P<currency>[$€£¥]?)\s*(?P<number>[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?:/(?P<over>[1-9]\d*))?"
    r"\s*(?P<unit>[^\d]{0,40})"
)


def check_order(setting: Setting) -> list[Problem]:
    """Names in the blueprint's `order` that are neither fields nor own keys, and wrong rules."""
    known = {*setting.fields.names, *OWN_KEYS}
    rules = [
        problem
        for number, rule in enumerate(setting.blueprint.order)
        if isinstance(rule, OrderRule)
        for problem in check_rule(rule, number, setting)
    ]
    return rules + [
        Problem(
            kind="order",
            label="order",
            message=f"order names {name!r}, which is no field of the bank",
            hint=did_you_mean(name, known),
            pointer=("order", number),
        )
        for number, name in enumerate(setting.blueprint.order)
        if isinstance(name, str) and name not in known
    ]


def in_order(items: Sequence[Item], setting: Setting, seed: int, form: str) -> list[Item]:
    """Items as the blueprint's `order` says; the items of one stimulus stand together, by id."""
    units: dict[str, list[Item]] = {}
    for item in sorted(items, key=lambda item: item.id):
        units.setdefault(f"set {item.stimulus}" if item.stimulus else f"item {item.id}", []).append(item)
    key = _sort_key(setting, seed, form)
    ordered = [unit for _, unit in sorted(units.items(), key=lambda pair: key(*pair))]
    place = _sort_key(setting, seed, form, fixed=True)
    return [item for unit in spread(ordered, lambda unit: place("", unit), setting) for item in unit]


def _sort_key(
    setting: Setting, seed: int, form: str, *, fixed: bool = False
) -> Callable[[str, list[Item]], tuple[Any, ...]]:
    """What units are sorted by; `fixed`: only by what comes before the seed."""
    order = fixed_part(setting.blueprint.order) if fixed else setting.blueprint.order
    ranks = {
        "content_area": _ranks(setting.bank.info.area_titles()),
        "cognitive_level": _ranks(setting.bank.info.cognitive_levels),
    }

    def part(field: str | OrderRule, name: str, unit: list[Item]) -> Any:
        if isinstance(field, OrderRule):
            return steepness(field, unit, setting) if field.ramp else ()
        if field in DRAWN:
            return digest(seed, "order", form, name)
        if field == "item_set":
            return bool(unit[0].stimulus)
        return min(_rank(setting.fields.value(item, field), ranks.get(field, {})) for item in unit)

    def key(name: str, unit: list[Item]) -> tuple[Any, ...]:
        return (*(part(field, name, unit) for field in order), name)

    return key


def _ranks(names: Mapping[str, Any] | Sequence[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _rank(value: Any, ranks: Mapping[str, int]) -> tuple[int, float, str]:
    """Declared values in their declared order, then numbers, then texts, then items without a value."""
    if value is None:
        return 3, 0.0, ""
    if value in ranks:
        return 0, float(ranks[value]), ""
    return (1, float(value), "") if isinstance(value, int | float) else (2, 0.0, str(value))


def keeps_written_order(item: Item) -> bool:
    """Whether options stay as written though the item may be shuffled.

    Numbers and quantities of one unit that are written in ascending order keep it: candidates look
    for a number in its place, and item-writing guides ask for it.
    """
    quantities = [_quantity(text) for text in item.option_texts.values()]
    known = [one for one in quantities if one is not None]
    return (
        len(known) == len(quantities) > 1
        and len({unit for _, unit in known}) == 1
        and all(low < high for (low, _), (high, _) in pairwise(known))
    )


def _quantity(text: str) -> tuple[float, str] | None:
    """A number with its unit; None for words and for what looks like a code (leading zero, five digits)."""
    found = _NUMBER.fullmatch(text.strip().strip("*_`").strip())
    if found is None:
        return None
    digits, unit = found["number"], found["unit"].strip().rstrip(".").casefold()
    bare = digits.lstrip("-+−")
    if re.fullmatch(r"0\d+|\d{5}", bare) and not unit and not found["currency"]:
        return None
    value = float(digits.replace(",", "").replace("−", "-")) / float(found["over"] or 1)
    return value, found["currency"] + unit.removesuffix("s")


def is_shuffled(item: Item) -> bool:
    """Whether the options of an item are presented in an order that the seed decides."""
    return (
        item.shuffle
        and isinstance(item, MultipleChoice | MultipleResponse | Ordering | Matching)
        and not keeps_written_order(item)
    )


def key_positions(item: MultipleChoice) -> tuple[int, ...]:
    """The positions from 1 at which the key of a single-answer item may be presented."""
    ids = list(item.options)
    key = item.key_ids
    if len(key) != 1 or key[0] not in ids:
        return ()
    written = (ids.index(key[0]) + 1,)
    if not is_shuffled(item) or key[0] in item.fixed:
        return written
    return tuple(number for number, id in enumerate(ids, 1) if id not in item.fixed)


def shuffled(item: Item, seed: int, form: str) -> tuple[str, ...]:
    """The options of an item as presented before any balance of keys; () for items without options."""
    written = tuple(item.option_texts)
    if not is_shuffled(item):
        return written
    fixed: tuple[str, ...] = getattr(item, "fixed", ())
    free = [id for id in written if id not in fixed]
    drawn = sorted(free, key=lambda option: digest(seed, "options", form, item.id, option))
    if isinstance(item, Ordering) and drawn == [id for id in item.key_ids if id in free]:
        # presenting the right order would give the answer away
        drawn = drawn[1:] + drawn[:1]
    rest = iter(drawn)
    return tuple(id if id in fixed else next(rest) for id in written)


def option_orders(
    items: Sequence[Item], bounds: Callable[[int], tuple[int, int]] | None, seed: int, form: str
) -> dict[str, tuple[str, ...]]:
    """Option order by item id; `bounds` gives the least and most keys at a position for a number of items."""
    orders = {item.id: shuffled(item, seed, form) for item in items}
    if bounds is None:
        return orders
    single = [item for item in items if isinstance(item, MultipleChoice) and key_positions(item)]
    widest = max((len(item.options) for item in single), default=0)
    places = {item.id: orders[item.id].index(item.key_ids[0]) + 1 for item in single}
    options = {item.id: key_positions(item) for item in single}
    low, high = bounds(len(single))
    judged = range(1, min(JUDGED_POSITIONS, widest) + 1)
    limits = {place: (low, high) if place in judged else (0, len(single)) for place in range(1, widest + 1)}
    ranked = sorted(places, key=lambda one: digest(seed, "balance", form, one))
    for id, place in balanced({id: places[id] for id in ranked}, options, limits).items():
        if place != places[id]:
            orders[id] = _swapped(orders[id], places[id] - 1, place - 1)
    return orders


def _swapped(order: tuple[str, ...], first: int, second: int) -> tuple[str, ...]:
    changed = list(order)
    changed[first], changed[second] = changed[second], changed[first]
    return tuple(changed)


def balanced(
    places: Mapping[str, int],
    options: Mapping[str, tuple[int, ...]],
    limits: Mapping[int, tuple[int, int]],
) -> dict[str, int]:
    """Move few items so that every place holds between its least and its most; unchanged when impossible.

    Each step moves items along a shortest chain of places, from one that has too many (or may give) to
    one that has too few (or may take): the augmenting paths of a flow, so a solution is found if any.
    """
    now = dict(places)
    while True:
        counts = dict.fromkeys(limits, 0)
        for place in now.values():
            counts[place] += 1
        over = [place for place in limits if counts[place] > limits[place][1]]
        under = [place for place in limits if counts[place] < limits[place][0]]
        if over:
            chain = _chain(now, options, over[:1], [p for p in limits if counts[p] < limits[p][1]])
        elif under:
            chain = _chain(now, options, [p for p in limits if counts[p] > limits[p][0]], under[:1])
        else:
            return now
        if not chain:
            return dict(places)
        now.update(chain)


def _chain(
    now: Mapping[str, int], options: Mapping[str, tuple[int, ...]], sources: list[int], goals: list[int]
) -> dict[str, int]:
    """Moves {item: new place} along a shortest path from one of the sources to one of the goals."""
    reached: dict[int, dict[str, int]] = {place: {} for place in sources}
    queue = list(sources)
    while queue:
        here = queue.pop(0)
        if here in goals:
            return reached[here]
        for id, place in now.items():
            if place == here:
                for target in options[id]:
                    if target not in reached:
                        reached[target] = {**reached[here], id: target}
                        queue.append(target)
    return {}
