"""Finished forms judged against bank and blueprint, item by item, whatever made them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import combinations

import msgspec

from qbank.assembly.constraints.length import Length
from qbank.assembly.duties import implied, stated
from qbank.assembly.order_rules import audit_rules
from qbank.assembly.problems import Problem, counted, listed
from qbank.assembly.relaxing import RelaxError, for_form
from qbank.assembly.sections import section_filled, section_setting, section_totals
from qbank.assembly.setting import Filled, Seat, Setting, fill, make_setting, may_fill
from qbank.diagnostics import Severity
from qbank.discovery import did_you_mean
from qbank.model import hashing
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.form import OPERATIONAL, Form, Version
from qbank.model.stimulus import Stimulus

_Changes = tuple[tuple[str, str], ...]


def audit(forms: Sequence[Form], bank: Bank, blueprint: Blueprint) -> tuple[Problem, ...]:
    """Everything that is wrong with finished forms, in order of form.

    Forms of one run (same blueprint hash, seed and relaxed rows) are also judged together, for overlap;
    scrambled versions with those of the same number, and each with the form that it is of when that is given.
    A form made with relaxed rows is judged by those, and a warning says so. Raises SelectorError when the
    blueprint's `eligible` is ill-formed.
    """
    settings: dict[_Changes, Setting] = {(): make_setting(bank, blueprint)}
    by_id = {form.id: form for form in forms}
    alike: dict[_Changes, list[Form]] = {}
    problems: list[Problem] = []
    for form in forms:
        changes = () if form.relaxed is msgspec.UNSET else tuple(sorted(form.relaxed.items()))
        if changes:
            problems.append(_relaxed(form))
        if changes not in settings:
            try:
                settings[changes] = make_setting(bank, for_form(blueprint, form))
            except RelaxError as error:
                problems.append(_problem("relaxed", form.id, f"cannot be judged as relaxed: {error}"))
                changes = ()
        alike.setdefault(changes, []).append(form)
        problems.extend(_version(form, by_id))
    for changes, some in alike.items():
        problems.extend(audited(some, settings[changes]))
    place = {form.id: number for number, form in enumerate(forms)}
    return tuple(sorted(problems, key=lambda problem: place.get(problem.form, -1)))


def audited(forms: Sequence[Form], setting: Setting) -> tuple[Problem, ...]:
    """`audit` of forms with one set of rows, for a setting that is there already."""
    blueprint = setting.blueprint
    eligible = {item.id for item in setting.eligible}
    stimuli = {stimulus.id: stimulus for stimulus in setting.bank.stimuli}
    runs: dict[tuple[str, int, int], list[Filled]] = {}
    problems: list[Problem] = []
    for form in forms:
        filled = fill(form, setting)
        number = form.version.number if isinstance(form.version, Version) else 0
        runs.setdefault((form.blueprint.hash, form.seed, number), []).append(filled)
        problems.extend(_audit_one(filled, setting, eligible, stimuli))
    rows = (*_length(blueprint), *section_totals(blueprint), *implied(blueprint), *stated(blueprint))
    for run in runs.values():
        for row in rows:
            problems.extend(row.audit(setting, run))
    place = {form.id: number for number, form in enumerate(forms)}
    return tuple(sorted(problems, key=lambda problem: place.get(problem.form, -1)))


def _relaxed(form: Form) -> Problem:
    changes = {} if form.relaxed is msgspec.UNSET else form.relaxed
    told = ", ".join(f"{label}={value}" for label, value in sorted(changes.items()))
    return Problem(
        kind="relaxed",
        message=f"was made with rows of the blueprint relaxed: {told}",
        hint="It is judged with these changes, not by the blueprint alone.",
        severity=Severity.WARNING,
        form=form.id,
    )


def _version(form: Form, others: dict[str, Form]) -> Iterator[Problem]:
    """A version that holds other items than its form, or holds them in other sections or roles."""
    if not isinstance(form.version, Version) or form.version.of not in others:
        return
    mine, theirs = _held(form), _held(others[form.version.of])
    for id in sorted({item for _, item, _ in mine ^ theirs}):
        yield _problem("version", form.id, f"is a version of {form.version.of}, but differs in {id}", id)


def _held(form: Form) -> set[tuple[str, str, str]]:
    return {(part.id, one.item, one.role) for part in form.sections for one in part.placements}


def audit_between(forms: Sequence[Form], overlap: int) -> tuple[Problem, ...]:
    """Forms of different blueprints that share more than `overlap` items."""
    found = []
    for one, other in combinations(forms, 2):
        if one.blueprint.id == other.blueprint.id:
            continue
        shared = sorted({p.item for p in one.placements} & {p.item for p in other.placements})
        if len(shared) > overlap:
            found.append(
                Problem(
                    kind="groups",
                    label="groups",
                    message=f"may share {counted(overlap, 'item')} with {one.id}, and shares "
                    f"{len(shared)}: {listed(shared)}",
                    form=other.id,
                    items=tuple(shared),
                )
            )
    return tuple(found)


def _length(blueprint: Blueprint) -> tuple[Length, ...]:
    """The length of a blueprint with roles, which its roles imply for the solver but not for a form."""
    length = blueprint.length
    return (Length(label="length", minimum=length, maximum=length),) if blueprint.roles else ()


def _audit_one(
    filled: Filled, setting: Setting, eligible: Set[str], stimuli: Mapping[str, Stimulus]
) -> Iterator[Problem]:
    yield from _references(filled, setting)
    yield from _positions(filled)
    for seat in filled.seats:
        yield from _seat(seat, filled.form.id, setting, seat.item.id in eligible)
        yield from _options(seat, filled.form.id)
        yield from _hashes(seat, filled.form.id, hashing.content_hash(seat.item, stimuli))
    plans = setting.blueprint.sections
    if not plans and "item_set" in setting.blueprint.order:
        yield from _contiguous(filled, filled.form.id)
    if not plans:
        yield from audit_rules(filled.seats, filled.form.id, setting)
    if plans:
        yield from _sections(filled, setting)


def _problem(kind: str, form: str, message: str, item: str = "", hint: str = "") -> Problem:
    return Problem(kind=kind, message=message, form=form, items=(item,) if item else (), hint=hint)


def _references(filled: Filled, setting: Setting) -> Iterator[Problem]:
    form, blueprint = filled.form, setting.blueprint
    if form.blueprint.id != blueprint.id:
        yield _problem(
            "blueprint", form.id, f"was made from the blueprint {form.blueprint.id}, not {blueprint.id}"
        )
    elif form.blueprint.hash != blueprint.hash:
        yield Problem(
            kind="blueprint",
            message="was made from another version of the blueprint",
            severity=Severity.INFO,
            form=form.id,
        )
    if form.bank.id != setting.bank.id:
        yield _problem("bank", form.id, f"was made from the bank {form.bank.id}, not {setting.bank.id}")
    if form.time_limit_minutes != blueprint.time_limit_minutes:
        yield _problem("time_limit", form.id, "has another time limit than the blueprint")
    if form.cut_score != blueprint.cut_score:
        yield _problem("cut_score", form.id, "has another cut score than the blueprint")
    for id, count in Counter(placement.item for placement in form.placements).items():
        if count > 1:
            yield _problem("repeated_item", form.id, f"holds {id} {count} times", id)
        if id in setting.bank.unreadable and id not in setting.items:
            yield _problem("unknown_item", form.id, f"holds {id}, which cannot be read", id)
        elif id not in setting.items:
            hint = did_you_mean(id, set(setting.items))
            yield _problem("unknown_item", form.id, f"holds {id}, which is not in the bank", id, hint)


def _positions(filled: Filled) -> Iterator[Problem]:
    positions = [placement.position for placement in filled.form.placements]
    if positions != list(range(1, len(positions) + 1)):
        yield _problem("position", filled.form.id, f"its positions do not count from 1 to {len(positions)}")


def _seat(seat: Seat, form: str, setting: Setting, eligible: bool) -> Iterator[Problem]:
    item, role = seat.item, seat.placement.role
    if not eligible:
        yield _problem("eligible", form, f"{item.id} is not eligible (status {item.status})", item.id)
    if seat.placement.anchor and role != OPERATIONAL:
        yield _problem(
            "role", form, f"{item.id} is an anchor, but {role}: only operational items are", item.id
        )
    if role not in setting.blueprint.role_counts:
        yield _problem(
            "role", form, f"{item.id} has the role {role}, which the blueprint does not have", item.id
        )
    elif not may_fill(item, role, setting.blueprint):
        yield _problem("role", form, f"{item.id} with status {item.status} may not be {role}", item.id)


def _options(seat: Seat, form: str) -> Iterator[Problem]:
    written = list(seat.item.option_texts)
    order = list(seat.placement.option_order)
    fixed = getattr(seat.item, "fixed", ())
    if order and sorted(order) != sorted(written):
        yield _problem(
            "option_order", form, f"{seat.item.id} does not present each of its options once", seat.item.id
        )
    elif order and any(order[n] != id for n, id in enumerate(written) if id in fixed):
        yield _problem("option_order", form, f"{seat.item.id} moves an option that is fixed", seat.item.id)
    elif order and not seat.item.shuffle and order != written:
        yield _problem("option_order", form, f"{seat.item.id} is shuffled and must not be", seat.item.id)


def _hashes(seat: Seat, form: str, content_hash: str) -> Iterator[Problem]:
    id = seat.item.id
    if seat.placement.content_hash != content_hash:
        yield _problem(
            "content_hash",
            form,
            f"{id} has changed since the form was made",
            id,
            "Look at the change; restore the item or assemble again.",
        )
    elif seat.placement.record_hash != hashing.record_hash(seat.item):
        yield Problem(
            kind="record_hash",
            message=f"the record of {id} has changed, but not what a candidate meets",
            severity=Severity.INFO,
            form=form,
            items=(id,),
        )


def _sections(filled: Filled, setting: Setting) -> Iterator[Problem]:
    """Sections other than those of the blueprint, other times, and stimuli that stand in two of them."""
    form, plans = filled.form, setting.blueprint.sections
    have, want = [section.id for section in form.sections], [plan.id for plan in plans]
    if have != want:
        yield _problem(
            "sections", form.id, f"has the sections {', '.join(have)}; the blueprint has {', '.join(want)}"
        )
        return
    homes: dict[str, str] = {}
    for number, (section, plan) in enumerate(zip(form.sections, plans, strict=True)):
        if section.time_limit_minutes != plan.time_limit_minutes:
            yield _problem(
                "sections", form.id, f"has another time limit in section {plan.id} than the blueprint"
            )
        part = section_filled(filled, plan.id)
        if "item_set" in (plan.order or setting.blueprint.order):
            yield from _contiguous(part, form.id)
        yield from audit_rules(part.seats, form.id, section_setting(setting, number))
        for stimulus in sorted({seat.item.stimulus for seat in part.seats} - {""}):
            if homes.setdefault(stimulus, plan.id) != plan.id:
                yield _problem(
                    "item_set",
                    form.id,
                    f"the items of {stimulus} stand in the sections {homes[stimulus]} and {plan.id}",
                )


def _contiguous(filled: Filled, form: str) -> Iterator[Problem]:
    seen: set[str] = set()
    last = ""
    for seat in filled.seats:
        stimulus = seat.item.stimulus
        if stimulus and stimulus != last and stimulus in seen:
            yield _problem("item_set", form, f"the items of {stimulus} do not stand together")
        seen.add(stimulus)
        last = stimulus
