"""What is said of a row that falls short: what it asks, what there is, because of what, and what would do."""

from __future__ import annotations

from collections import Counter

from qbank.assembly.conflict.reasons import because_of, reasons_of
from qbank.assembly.conflict.repairs import as_repair, widened
from qbank.assembly.constraints.inclusion import Inclusion
from qbank.assembly.duties import CUT_SCORE, lengths
from qbank.assembly.inventory import available, needed, shared_items
from qbank.assembly.kinds import ConstraintKind, Supply
from qbank.assembly.problems import Problem, Repair, counted, number
from qbank.assembly.relaxation import Change, Search, Short
from qbank.assembly.setting import ANY_ROLE, Setting, may_fill, where_text
from qbank.model import selector


def sentence(
    search: Search, setting: Setting, row: ConstraintKind, short: Short, background: list[str]
) -> Problem:
    """What is said of one part of a row that falls short, among the background rows."""
    supply = next((one for one in row.supply(setting) if one.detail == short.detail), None)
    if supply is None or not short.under:
        return _of_bounds(search, row, short, background)
    return _of_supply(search, setting, row, short, supply, background)


def _of_supply(
    search: Search, setting: Setting, row: ConstraintKind, short: Short, supply: Supply, background: list[str]
) -> Problem:
    """The sentence for a row that asks for more items or sets than can stand together."""
    forms, shared = search.compiled.space.forms, shared_items(setting.blueprint)
    most = int(forms * supply.demand - short.under + 1e-6)
    stock, least = available(supply, forms, shared), needed(supply, forms, shared)
    limit = ""
    if most < stock or least <= stock:
        because = because_of(search, reasons_of(search, [short], background), supply)
        limit = f", at most {most} can stand together{because}"
    room = _room_hint(setting, supply, most // forms)
    missing = max(int(short.under + 1 - 1e-6), least - stock)
    bounds = _bounds_that_do(search, row, short, background)
    return Problem(
        kind=row.kind,
        label=row.label,
        message=f'"{row.label}" {_asked(supply, forms)}; {_stock(supply, setting)}{limit}',
        hint=room or _write_hint(supply, missing, most // forms),
        items=supply.eligible,
        missing=short.under,
        repairs=bounds if room else (_written(supply, missing), *bounds),
    )


def _asked(supply: Supply, forms: int) -> str:
    """ "needs 8 in each of 2 forms, 16 in all of anatomy"."""
    total = f" in each of {forms} forms, {forms * supply.demand} in all" if forms > 1 else ""
    return f"needs {supply.demand}{total}" + (f" of {supply.detail}" if supply.detail else "")


def _bounds_that_do(
    search: Search, row: ConstraintKind, short: Short, background: list[str]
) -> tuple[Repair, ...]:
    if search.compiled.space.forms > 1 or short.detail:
        return widened(search, row, background)
    change = Change(label=row.label, under=short.under, lower=short.lower)
    return (as_repair(change, search.compiled.space.blueprint),)


def _room_hint(setting: Setting, supply: Supply, most: int) -> str:
    """What to do when a row asks for more items than a form has places for: more items do not help."""
    _, role = selector.split_role(supply.where)
    room = setting.blueprint.role_counts.get(role or ANY_ROLE, setting.blueprint.length)
    if supply.unit != "item" or supply.demand <= room:
        return ""
    unit = f"{role} item" if role in setting.blueprint.role_counts else "item"
    return f"Lower the row to {min(most, room)}; a form has only {counted(room, unit)}."


def _write_hint(supply: Supply, missing: int, most: int) -> str:
    lower = "" if supply.detail else f" or lower the row to {most}"
    return f"{_write(supply)} {counted(missing, supply.unit)}{lower}."


def _written(supply: Supply, missing: int) -> Repair:
    """Items to be written, as a repair."""
    what = f"{counted(missing, supply.unit)}: {where_text(supply.where) or 'any'}"
    return Repair(sentence=f"{_write(supply).lower()} {what}")


def _write(supply: Supply) -> str:
    return "Write" if supply.unit == "item" else "Write items for"


def joint_sentence(
    search: Search, row: ConstraintKind, shorts: list[Short], background: list[str]
) -> Problem:
    """What is said of a row whose parts cannot all be met, among the background rows."""
    forms = search.compiled.space.forms
    because = because_of(search, reasons_of(search, shorts, background), None)
    missed = sum(one.under for one in shorts)
    if isinstance(row, Inclusion):
        text, hint = _named_items(row, forms, missed)
    else:
        text, hint = _every_part(row, shorts[0], missed)
    return Problem(
        kind=row.kind,
        label=row.label,
        message=f'"{row.label}" {text}{because}',
        hint=hint,
        missing=round(missed, 6),
        repairs=widened(search, row, background),
    )


def _named_items(row: Inclusion, forms: int, missed: float) -> tuple[str, str]:
    """What a row asks that names items, and what to do."""
    items = len(set(row.items))
    had = number(round(forms * items - missed, 6))
    text = f"names {counted(items, 'item')}; at most {had} can be had"
    if forms > 1:
        places = f"at most {had} of the {forms * items} places can be filled"
        text = f"names {counted(items, 'item')} for each of {forms} forms; {places}"
    return text, "Take items out of the row, or change what stands in their way."


def _every_part(row: ConstraintKind, short: Short, missed: float) -> tuple[str, str]:
    """What a row asks of every value of a field, and what to do."""
    asked = f"needs at least {number(short.lower)} of every {getattr(row, 'each', '')}"
    missing = f"all together they miss that by {number(round(missed, 6))}"
    hint = "Lower its minimum, or change what stands in its way."
    return f"{asked}; the bank has items enough, but {missing}", hint


def _of_bounds(search: Search, row: ConstraintKind, short: Short, background: list[str]) -> Problem:
    """The sentence for rows that count no supply, or that allow too little."""
    base = lengths(search.compiled.space.blueprint)
    # a sum moves a little with every family: only one without which the row could be met is a reason
    cures = [f for f in search.families if search.shortfall([row.label], base, [f]) == []]
    text, hint = _missed_bound(short, one=search.compiled.space.forms == 1)
    if row.label == CUT_SCORE:
        hint = "Make `of` in cut_score the points of a form's operational items."
    return Problem(
        kind=row.kind,
        label=row.label,
        message=f'"{row.label}" {text}{because_of(search, cures, None)}',
        hint=hint,
        missing=None if short.relief else round(short.under + short.over, 6),
        repairs=widened(search, row, background),
    )


def _missed_bound(short: Short, *, one: bool) -> tuple[str, str]:
    """Which bound is missed, by how much in `one` form or in all, and what to do."""
    what = f" of {short.detail}" if short.detail else ""
    if short.relief:
        return "cannot be met" + (f" for the {short.detail}" if short.detail else ""), short.relief
    if short.under:
        best = f"the most possible is {number(round(short.lower - short.under, 6))}"
        text = f"needs at least {number(short.lower)}{what}; " + (best if one else _missed(short.under))
        return text, "Lower its minimum, or add items that have more."
    best = f"the least possible is {number(round(short.upper + short.over, 6))}"
    text = f"allows at most {number(short.upper)}{what}; " + (best if one else _missed(short.over))
    return text, "Raise its maximum, or add items that have less."


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
