"""Scrambled versions of a form: the same items in another order, with other option orders.

A version is arranged as forms are (sections, item sets together, the blueprint's order, fixed options, key
balance), only by another draw; so it passes the audits that its form passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from qbank.assembly.arranging import NoOrder
from qbank.assembly.decode import Part, arrangement
from qbank.assembly.no_version import NoVersion
from qbank.assembly.setting import Setting, make_setting
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint
from qbank.model.form import Form, Placement, Section, Version

DRAWS = 20
"""How often a version is drawn anew when it is one that there is already."""


def scramble(form: Form, bank: Bank, blueprint: Blueprint, count: int, seed: int) -> tuple[Form, ...]:
    """Versions of a form, `<form id>-v1` and so on; the same for the same form and seed.

    Versions differ from the form and from one another where the blueprint's order leaves room for it.
    Raises NoVersion for a form that is a version itself or that holds items that the bank lacks, and
    ValueError when `count` is under 1.
    """
    if count < 1:
        raise ValueError(f"versions must be 1 or more, not {count}")
    if form.version is not msgspec.UNSET:
        raise NoVersion(f"{form.id} is a version of {form.version.of}; scramble that form")
    setting = make_setting(bank, blueprint)
    missing = [one.item for one in form.placements if one.item not in setting.items]
    if missing:
        raise NoVersion(f"{form.id} holds {missing[0]}, which is not in the bank")
    plans = len(blueprint.sections) or 1
    if len(form.sections) != plans:
        raise NoVersion(f"{form.id} has {len(form.sections)} sections, its blueprint {plans}")
    made: list[Form] = []
    for number in range(1, count + 1):
        made.append(_version(form, number, setting, seed, (form, *made)))
    return tuple(made)


def _version(form: Form, number: int, setting: Setting, seed: int, others: Sequence[Form]) -> Form:
    """The first of some draws that is none of the others; the first of all when each is one."""
    draws = [_drawn(form, number, setting, seed, "")]
    seen = {_shape(one) for one in others}
    for again in range(1, DRAWS):
        if _shape(draws[-1]) not in seen:
            return draws[-1]
        draws.append(_drawn(form, number, setting, seed, f" {again}"))
    return draws[0]


def _shape(form: Form) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a candidate can tell versions apart by."""
    return tuple((one.item, one.option_order) for one in form.placements)


def _drawn(form: Form, number: int, setting: Setting, seed: int, again: str) -> Form:
    id = f"{form.id}-v{number}"
    home = {one.item: place for place, part in enumerate(form.sections) for one in part.placements}
    items = [setting.items[one.item] for one in form.placements]
    try:
        parts = arrangement(items, home, setting, seed, f"{id}{again}")
    except NoOrder as error:
        raise NoVersion(f"{form.id}: {error}") from None
    return msgspec.structs.replace(
        form,
        id=id,
        title=f"{form.title}, version {number}",
        sections=tuple(_sections(form, parts)),
        version=Version(of=form.id, number=number, seed=seed),
    )


def _sections(form: Form, parts: Sequence[Part]) -> Iterator[Section]:
    """The sections of a form with their placements in the order of the parts."""
    by_item: dict[str, Placement] = {one.item: one for one in form.placements}
    position = 0
    for section, part in zip(form.sections, parts, strict=True):
        placements = []
        for item in part.items:
            position += 1
            placements.append(
                msgspec.structs.replace(
                    by_item[item.id], position=position, option_order=part.orders[item.id]
                )
            )
        yield msgspec.structs.replace(section, placements=tuple(placements))
