"""Why a blueprint cannot be met, in sentences that a content lead can act on.

First every row alone, with the rows about length, against enemies, item sets and the other hard
families: which row falls short, by how much, and because of what. When every row can be met alone, the
smallest set of rows that cannot hold together, and the least change that would do. For several forms,
how many this bank carries.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from math import inf

from qbank.assembly.compile import Compiled, compile_blueprint
from qbank.assembly.constraints.inclusion import Inclusion
from qbank.assembly.duties import CUT_SCORE, implied, stated
from qbank.assembly.inventory import available, different, needed, shared_items
from qbank.assembly.kinds import ConstraintKind, Supply
from qbank.assembly.problems import Problem, Repair, counted, listed, number
from qbank.assembly.program import BLUEPRINT_ROWS
from qbank.assembly.registry import constraint_kinds
from qbank.assembly.relaxation import Change, Search, Short, fewer
from qbank.assembly.relaxing import OFF, RelaxError, relaxed
from qbank.assembly.setting import ANY_ROLE, Setting, may_fill, where_text
from qbank.diagnostics import Severity
from qbank.model import selector
from qbank.model.blueprint import Blueprint

TESTS = 120
"""How many programs the search for a smallest set of contradicting rows may solve."""

_STATISTICS = {
    "statistics": "items without statistics",
    "sections": "item sets, which stand in one section",
}
"""The family of rows that no kind of constraint makes alone, as a reason."""


def explain(compiled: Compiled, setting: Setting, seconds: float = 60.0) -> tuple[Problem, ...]:
    """The reasons why the rows of a compiled blueprint cannot all hold, found within some seconds.

    What is not found by then is not told; the last problem says so.
    """
    ends = time.monotonic() + seconds
    search = Search(compiled, seconds)
    carried: tuple[Problem, ...] = ()
    forms = compiled.space.forms
    if forms > 1:
        most, certain = _most_forms(search, setting, ends)
        if most == 0 and certain:
            space = compiled.space
            compiled = compile_blueprint(space.bank, space.blueprint, 1, space.seed)
            search = Search(compiled, ends - time.monotonic())
        carried = (_carries(most, forms, certain),)
    alone = tuple(_alone(search, setting))
    broken = {one.label for one in alone}
    others = [label for label in search.labels if label not in broken]
    together: tuple[Problem, ...] = ()
    shorts = search.shortfall(search.labels)
    hold = alone and shorts is not None and {one.label for one in shorts} <= broken
    if not alone or (not hold and search.feasible(others) is False):
        together = tuple(_together(search, setting, others if alone else search.labels))
    told = (*carried, *alone, *together)
    return (*told, *_least_change(search, told), *_stopped(search, seconds, told))


def _stopped(search: Search, seconds: float, told: tuple[Problem, ...]) -> Iterator[Problem]:
    if search.stopped:
        known = any(one.kind != "forms" for one in told)
        yield Problem(
            kind="time_limit",
            message="the search for the reason was stopped, "
            f"after {number(round(seconds, 3))} seconds at most; "
            + ("what is told holds, but there may be more" if known else "no row was found to be at fault"),
            hint="Give it more time, or assemble with fewer rows.",
            severity=Severity.INFO if known else Severity.ERROR,
        )


def _most_forms(search: Search, setting: Setting, ends: float) -> tuple[int, bool]:
    """The most forms this bank carries, below the number asked for, and whether that is certain."""
    compiled = search.compiled
    low, high, certain = 0, compiled.space.forms, True
    fits = [forms for forms in range(high) if enough(compiled, setting, forms)]
    high = max(fits, default=0) + 1
    middle = high - 1
    while high - low > 1:
        carried = _carried(compiled, middle, ends)
        certain = certain and carried is not None
        low, high = (middle, high) if carried else (low, middle)
        middle = (low + high) // 2
    return low, certain


def _counts(compiled: Compiled) -> Iterator[tuple[int, int]]:
    """For every row that counts items the least number in a form, and how many items there are for it."""
    import numpy as np

    slots = len(compiled.space.slot_item)
    soft = {row.label for row in stated(compiled.space.blueprint) if row.weight is not None}
    for part in compiled.blocks:
        if part.label in soft:
            continue
        if part.kind in ("content", "length") and part.family == BLUEPRINT_ROWS and not part.relief:
            first = part.columns < slots
            row = np.repeat(np.arange(len(part)), np.diff(part.starts))[first]
            items = compiled.space.slot_item[part.columns[first]]
            pairs = np.unique(np.column_stack((row, items)), axis=0)[:, 0]
            counts = np.bincount(pairs, minlength=len(part))
            # the rows of a block go form by form within each of its groups
            for one in range(0, len(part), compiled.space.forms):
                yield (
                    max(0, math.ceil(part.lower[one] - 1e-9)) if part.lower[one] > 0 else 0,
                    int(counts[one]),
                )


def _carried(compiled: Compiled, forms: int, ends: float) -> bool | None:
    """Whether the bank carries some forms, fewer than were compiled."""
    space = compiled.space
    some = fewer(compiled, forms)
    if some is None:
        some = compile_blueprint(space.bank, space.blueprint, forms, space.seed)
    search = Search(some, ends - time.monotonic())
    return search.feasible(search.labels)


def _carries(most: int, forms: int, certain: bool) -> Problem:
    count = counted(most, "form") if most else "no form" if certain else "0 forms"
    fewer_forms = Repair(sentence=f"{counted(most, 'form')} instead of {forms}", relax=(f"forms={most}",))
    return Problem(
        kind="forms",
        label="forms",
        message=f"this bank carries {'' if certain else 'at least '}{count} of this blueprint, "
        f"{forms} were asked for",
        hint=f"Ask for {counted(most, 'form')}, or fill the rows named here." if most else "",
        repairs=(fewer_forms,) if most else (),
    )


def contradiction(compiled: Compiled, seconds: float) -> bool:
    """Whether a small program shows within some seconds that the rows cannot all hold."""
    search = Search(compiled, seconds)
    return search.feasible(search.labels) is False


def arithmetic(compiled: Compiled, setting: Setting) -> bool:
    """Whether counting alone shows that some row lacks items or sets where a solver would search for long."""
    return not enough(compiled, setting, compiled.space.forms)


def enough(compiled: Compiled, setting: Setting, forms: int) -> bool:
    """Whether every row has items or sets enough for some forms, as far as counting tells."""
    shared = shared_items(setting.blueprint)
    return all(different(demand, forms, shared) <= items for demand, items in _counts(compiled)) and all(
        needed(one, forms, shared) <= available(one, forms, shared)
        for row in stated(setting.blueprint)
        if row.counts_sets and row.weight is None
        for one in row.supply(setting)
    )


def _alone(search: Search, setting: Setting) -> Iterator[Problem]:
    """Rows that cannot be met even when only the length and the hard families hold."""
    rows = {row.label: row for row in (*implied(setting.blueprint), *stated(setting.blueprint))}
    base = [row.label for row in implied(setting.blueprint) if row.kind == "length"]
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
            yield _jointly(search, rows[label], joint, background)
        for short in shorts:
            if short not in joint:
                yield _sentence(search, setting, rows[label], short, background)


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


def _jointly(search: Search, row: ConstraintKind, shorts: list[Short], background: list[str]) -> Problem:
    """The sentence for a row whose parts cannot all be met."""
    forms = search.compiled.space.forms
    because = _because(search, _reasons(search, shorts, background), None)
    missed = sum(one.under for one in shorts)
    if isinstance(row, Inclusion):
        items = len(set(row.items))
        had = number(round(forms * items - missed, 6))
        text = f"names {counted(items, 'item')}; at most {had} can be had{because}"
        if forms > 1:
            places = f"at most {had} of the {forms * items} places can be filled"
            text = f"names {counted(items, 'item')} for each of {forms} forms; {places}{because}"
        hint = "Take items out of the row, or change what stands in their way."
    else:
        each = getattr(row, "each", "")
        asked = f"needs at least {number(shorts[0].lower)} of every {each}"
        missing = f"all together they miss that by {number(round(missed, 6))}"
        text = f"{asked}; the bank has items enough, but {missing}{because}"
        hint = "Lower its minimum, or change what stands in its way."
    return Problem(
        kind=row.kind,
        label=row.label,
        message=f'"{row.label}" {text}',
        hint=hint,
        missing=round(missed, 6),
        repairs=_widened(search, row, background),
    )


def _widened(search: Search, row: ConstraintKind, background: list[str]) -> tuple[Repair, ...]:
    """The least change of the bounds of one row with which it can be met, in every form alike."""
    return tuple(
        _repair(change, search.compiled.space.blueprint)
        for change in search.changes([row.label], background) or ()
    )


def _repair(change: Change, blueprint: Blueprint) -> Repair:
    """A change of bounds as a repair; a row that takes no such value is left out.

    Of a length to which no form comes down nothing can be left out: that is no relaxation of one run.
    """
    label = change.label
    low, high = (number(round(x, 6)) for x in (change.lower - change.under, change.upper + change.over))
    if change.under and change.over:
        value, verb = f"{low}..{high}", f'widen "{label}" to {low} to {high}'
    else:
        value = low if change.under else high
        verb = f'{"lower" if change.under else "raise"} "{label}" to {value}'
    if not change.relief and _takes(blueprint, label, value):
        return Repair(sentence=verb, relax=(f"{label}={value}",))
    if _takes(blueprint, label, OFF):
        return Repair(sentence=f'leave "{label}" out', relax=(f"{label}={OFF}",))
    return Repair(sentence=verb)


def _takes(blueprint: Blueprint, label: str, value: str) -> bool:
    try:
        relaxed(blueprint, {label: value})
    except RelaxError:
        return False
    return True


def _amount(shorts: Collection[Short] | None, details: Collection[str]) -> float:
    return sum(one.under + one.over for one in shorts or () if one.detail in details)


def _reasons(search: Search, shorts: list[Short], background: list[str]) -> list[str]:
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


def _sentence(
    search: Search, setting: Setting, row: ConstraintKind, short: Short, background: list[str]
) -> Problem:
    supply = next((one for one in row.supply(setting) if one.detail == short.detail), None)
    if supply is None or not short.under:
        return _plain(search, row, short, background)
    forms, shared = search.compiled.space.forms, shared_items(setting.blueprint)
    total = forms * supply.demand
    most = int(total - short.under + 1e-6)
    stock = available(supply, forms, shared)
    asked = f"needs {supply.demand}" + (f" in each of {forms} forms, {total} in all" if forms > 1 else "")
    detail = f" of {supply.detail}" if supply.detail else ""
    limit = ""
    if most < stock or needed(supply, forms, shared) <= stock:
        because = _because(search, _reasons(search, [short], background), supply)
        limit = f", at most {most} can stand together{because}"
    hint = _room_hint(setting, supply, most // forms)
    write = "Write" if supply.unit == "item" else "Write items for"
    missing = max(int(short.under + 1 - 1e-6), needed(supply, forms, shared) - stock)
    lower = "" if supply.detail else f" or lower the row to {most // forms}"
    written = Repair(
        sentence=f"{write.lower()} {counted(missing, supply.unit)}: {where_text(supply.where) or 'any'}"
    )
    if forms == 1 and not supply.detail:
        bound = Change(label=row.label, under=short.under, lower=short.lower)
        widened: tuple[Repair, ...] = (_repair(bound, setting.blueprint),)
    else:
        widened = _widened(search, row, background)
    return Problem(
        kind=row.kind,
        label=row.label,
        message=f'"{row.label}" {asked}{detail}; {_stock(supply, setting)}{limit}',
        hint=hint or f"{write} {counted(missing, supply.unit)}{lower}.",
        items=supply.eligible,
        missing=short.under,
        repairs=widened if hint else (written, *widened),
    )


def _room_hint(setting: Setting, supply: Supply, most: int) -> str:
    """What to do when a row asks for more items than a form has places for: more items do not help."""
    _, role = selector.split_role(supply.where)
    room = setting.blueprint.role_counts.get(role or ANY_ROLE, setting.blueprint.length)
    if supply.unit != "item" or supply.demand <= room:
        return ""
    unit = f"{role} item" if role in setting.blueprint.role_counts else "item"
    return f"Lower the row to {min(most, room)}; a form has only {counted(room, unit)}."


def _plain(search: Search, row: ConstraintKind, short: Short, background: list[str]) -> Problem:
    """The sentence for rows that count no supply, or that allow too little."""
    base = [one.label for one in implied(search.compiled.space.blueprint) if one.kind == "length"]
    # a sum moves a little with every family: only one without which the row could be met is a reason
    cures = [f for f in search.families if search.shortfall([row.label], base, [f]) == []]
    because = _because(search, cures, None)
    what = f" of {short.detail}" if short.detail else ""
    one = search.compiled.space.forms == 1
    if short.relief:
        text = "cannot be met" + (f" for the {short.detail}" if short.detail else "")
        hint = short.relief
    elif short.under:
        best = f"the most possible is {number(round(short.lower - short.under, 6))}"
        text = f"needs at least {number(short.lower)}{what}; " + (best if one else _missed(short.under))
        hint = "Lower its minimum, or add items that have more."
    else:
        best = f"the least possible is {number(round(short.upper + short.over, 6))}"
        text = f"allows at most {number(short.upper)}{what}; " + (best if one else _missed(short.over))
        hint = "Raise its maximum, or add items that have less."
    if row.label == CUT_SCORE:
        hint = "Make `of` in cut_score the points of a form's operational items."
    return Problem(
        kind=row.kind,
        label=row.label,
        message=f'"{row.label}" {text}{because}',
        hint=hint,
        missing=None if short.relief else round(short.under + short.over, 6),
        repairs=_widened(search, row, background),
    )


def _missed(amount: float) -> str:
    return f"all forms together miss that by {number(amount)}"


def _stock(supply: Supply, setting: Setting) -> str:
    """ "22 in the bank, 2 not eligible (retired), 20 eligible"."""
    if supply.unit != "item":
        return f"{supply.supply} usable in the bank"
    rest, role = selector.split_role(supply.where)
    wanted = " or ".join(setting.blueprint.role_counts) if role in (None, ANY_ROLE) else role
    meets = selector.predicate(rest, setting.fields)
    all_items = [item for item in setting.items.values() if meets(item)]
    usable = set(supply.eligible)
    eligible = {item.id for item in setting.eligible}
    reasons = Counter(
        item.status if item.id not in eligible else f"{item.status}, which cannot be {wanted}"
        for item in all_items
        if item.id not in usable
        and (item.id not in eligible or not may_fill(item, role or ANY_ROLE, setting.blueprint))
    )
    parts = [f"{counted(len(all_items), 'item')} in the bank"]
    if reasons:
        texts = [f"{count} {reason}" for reason, count in sorted(reasons.items())]
        parts.append(f"{sum(reasons.values())} not eligible ({'; '.join(texts)})")
    return ", ".join([*parts, f"{supply.supply} eligible"])


def _because(search: Search, reasons: list[str], supply: Supply | None) -> str:
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


def _together(search: Search, setting: Setting, every: list[str]) -> Iterator[Problem]:
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
    rows = {row.label: row for row in (*implied(setting.blueprint), *stated(setting.blueprint))}
    named = [_named(rows[label]) for label in core]
    missing = _in_one_unit(shorts, rows)
    if len(named) > 1 or families:
        because = _because(search, families, None)
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


def _changes(search: Search) -> list[Change] | None:
    """The least changes of bounds with which all rows hold."""
    shorts = search.shortfall(search.labels)
    if shorts is None or search.compiled.space.forms > 1 or any(one.detail or one.relief for one in shorts):
        touched = [label for label in search.labels if label in {one.label for one in shorts or ()}]
        others = [label for label in search.labels if label not in touched]
        return (search.changes(touched, others) if touched else None) or search.changes(search.labels)
    return [
        Change(label=one.label, under=one.under, over=one.over, lower=one.lower, upper=one.upper)
        for one in shorts
    ]


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


def _least_change(search: Search, told: tuple[Problem, ...]) -> Iterator[Problem]:
    """The change of the blueprint's own bounds that is enough for all, where no sentence offers it."""
    offered = {repair.relax for one in told for repair in one.repairs if one.kind != "forms"}
    changes = _changes(search)
    parts = [_repair(one, search.compiled.space.blueprint) for one in changes or ()]
    if not changes or {part.relax for part in parts} <= offered:
        return
    amounts = [_change(one, search.compiled.space.forms) for one in changes]
    whole = Repair(
        sentence=listed([part.sentence for part in parts], 20),
        relax=tuple(one for part in parts for one in part.relax) if all(p.relax for p in parts) else (),
    )
    yield Problem(
        kind="conflict",
        message=f"the least change that makes {_them(search)} possible: {listed(amounts, 8)}",
        severity=Severity.INFO,
        repairs=(whole,),
    )


def _them(search: Search) -> str:
    return "a form" if search.compiled.space.forms == 1 else f"{search.compiled.space.forms} forms"


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


def _change(change: Change, forms: int) -> str:
    each = "" if forms == 1 else " in every form"
    if change.relief:
        return f'wider bounds in "{change.label}"'
    texts = [f"{number(change.under)} fewer"] * bool(change.under) + [f"{number(change.over)} more"] * bool(
        change.over
    )
    return f'{" and ".join(texts)} in "{change.label}"{each}'


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
