"""Sections: parts of every form with a length, rows, time and order of their own.

A row of a section is an ordinary row that sees one section only: `InSection` hands it a space, a setting
and forms from which everything else has been taken away. So no kind of row needs to know of sections.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from qbank.assembly.constraints.anchor_items import AnchorItems
from qbank.assembly.constraints.exposure import Exposure
from qbank.assembly.constraints.key_balance import KeyBalance
from qbank.assembly.constraints.length import Length
from qbank.assembly.constraints.overlap import Overlap
from qbank.assembly.kinds import ConstraintKind, Measure, Supply
from qbank.assembly.problems import Problem, counted, number
from qbank.assembly.setting import Filled, Setting
from qbank.diagnostics import Pointer
from qbank.model.blueprint import Blueprint, SectionPlan

if TYPE_CHECKING:
    from qbank.assembly.program import Block
    from qbank.assembly.space import Space

WHOLE_FORMS = (Overlap, Exposure, AnchorItems)
"""Kinds that compare whole forms, and so say nothing about a section."""


def section_blueprint(blueprint: Blueprint, number: int) -> Blueprint:
    """What a blueprint is to the rows of one of its sections: as if the section were a form."""
    plan = blueprint.sections[number]
    return msgspec.structs.replace(
        blueprint,
        length=plan.length,
        roles=_roles(blueprint, plan),
        constraints=tuple(_named(row, plan) for row in plan.constraints if isinstance(row, ConstraintKind)),
        order=plan.order or blueprint.order,
        time_limit_minutes=plan.time_limit_minutes,
        cut_score=None,
        sections=(),
    )


def _roles(blueprint: Blueprint, plan: SectionPlan) -> dict[str, int]:
    """The roles of a section; a blueprint of one role need not say them."""
    if plan.roles or not blueprint.roles:
        return plan.roles
    return {role: plan.length if count else 0 for role, count in blueprint.roles.items()}


def _named(row: ConstraintKind, plan: SectionPlan) -> ConstraintKind:
    """A row under the label that it has outside its section."""
    return row.relabelled(lambda label: f"{plan.id}: {label}")


def section_setting(setting: Setting, number: int) -> Setting:
    """A setting as the rows of a section see it."""
    return msgspec.structs.replace(setting, blueprint=section_blueprint(setting.blueprint, number))


def section_filled(filled: Filled, id: str) -> Filled:
    """A form of which only one section is left."""
    sections = tuple(section for section in filled.form.sections if section.id == id)
    here = {placement.position for section in sections for placement in section.placements}
    seats = tuple(seat for seat in filled.seats if seat.placement.position in here)
    return Filled(msgspec.structs.replace(filled.form, sections=sections), seats)


class InSection(ConstraintKind, frozen=True, kw_only=True, tag="in_section"):
    """A row that sees one section."""

    section: str
    number: int
    row: ConstraintKind

    @property
    def kind(self) -> str:
        """The kind of the row itself."""
        return self.row.kind

    @property
    def counts_sets(self) -> bool:  # type: ignore[override]
        """Whether the row's supply is one of sets."""
        return self.row.counts_sets

    def __getattr__(self, name: str) -> Any:
        """The fields of the row itself, such as `minimum`."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.row, name)

    def check(self, setting: Setting) -> Iterator[Problem]:
        """The mistakes of the row, and kinds that have no meaning in a section."""
        if isinstance(self.row, WHOLE_FORMS):
            yield self.problem(
                f"is of the kind {self.kind}, which compares whole forms",
                hint="State it outside the sections.",
                pointer=("kind",),
            )
        if isinstance(self.row, KeyBalance) and any(
            isinstance(row, KeyBalance) for row in setting.blueprint.constraints
        ):
            yield self.problem(
                "balances the keys of a section, and another row those of the whole form",
                hint="State key_balance for the form or for its sections.",
                pointer=("kind",),
            )
        yield from self.row.check(section_setting(setting, self.number))

    def rows(self, space: Space) -> Iterator[Block]:
        """The rows, over the columns of the section."""
        yield from self.row.rows(space.within(self.number))

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """The audit, of the section's placements."""
        parts = [section_filled(filled, self.section) for filled in forms]
        yield from self.row.audit(section_setting(setting, self.number), parts)

    def supply(self, setting: Setting) -> Iterator[Supply]:
        """The supply of the row; other sections may want the same items."""
        yield from self.row.supply(section_setting(setting, self.number))

    def measured(self, setting: Setting, forms: Sequence[Filled]) -> list[list[Measure]]:
        """The same of several forms."""
        parts = [section_filled(filled, self.section) for filled in forms]
        return self.row.measured(section_setting(setting, self.number), parts)

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """What the row counts in the section."""
        part = section_filled(filled, self.section)
        yield from self.row.measures(section_setting(setting, self.number), part)


def section_rows(blueprint: Blueprint) -> Iterator[tuple[Pointer, InSection]]:
    """The rows that sections state, with their places in the blueprint."""
    for place, plan in enumerate(blueprint.sections):
        for line, row in enumerate(section_blueprint(blueprint, place).constraints):
            if isinstance(row, ConstraintKind):
                yield ("sections", place, "constraints", line), _in(plan, place, row)


def section_lengths(blueprint: Blueprint) -> Iterator[InSection]:
    """The rows that the lengths and roles of sections imply."""
    for place, plan in enumerate(blueprint.sections):
        for role, count in plan.roles.items():
            row = Length(label=f"{plan.id}: {role}", role=role, minimum=count, maximum=count)
            yield _in(plan, place, row)
        if not plan.roles:
            yield _in(plan, place, whole_length(plan))


def whole_length(plan: SectionPlan) -> Length:
    """The length of a section as a row."""
    return Length(label=f"{plan.id}: length", minimum=plan.length, maximum=plan.length)


def section_totals(blueprint: Blueprint) -> Iterator[InSection]:
    """The lengths of sections with roles, which their roles imply for the solver but not for a form."""
    for place, plan in enumerate(blueprint.sections):
        if plan.roles:
            yield _in(plan, place, whole_length(plan))


def _in(plan: SectionPlan, place: int, row: ConstraintKind) -> InSection:
    return InSection(label=row.label, section=plan.id, number=place, row=row)


def check_sections(blueprint: Blueprint) -> Iterator[Problem]:
    """Sections of one id, and lengths, roles and times that do not add up to those of the form."""
    plans = blueprint.sections
    if not plans:
        return
    seen: set[str] = set()
    for place, plan in enumerate(plans):
        if plan.id in seen:
            yield _problem(
                f"two sections have the id {plan.id!r}", "Give each an id of its own.", place, "id"
            )
        seen.add(plan.id)
        yield from _check_roles(blueprint, plan, place)
    total = sum(plan.length for plan in plans)
    if total != blueprint.length:
        parts = " + ".join(f"{plan.length} {plan.id}" for plan in plans)
        yield _problem(
            f"length is {blueprint.length}, but the sections add up to {total} ({parts})",
            "Make length the sum of the sections.",
            pointer=("length",),
        )
    if all(plan.roles for plan in plans):
        yield from _check_role_sums(blueprint)
    yield from _check_times(blueprint)


def _check_roles(blueprint: Blueprint, plan: SectionPlan, place: int) -> Iterator[Problem]:
    filled = [role for role, count in blueprint.role_counts.items() if count]
    if not plan.roles and len(filled) > 1:
        yield _problem(
            f"the section {plan.id} does not say how many items of each role it has",
            f"Add roles: the form has {' and '.join(filled)} items.",
            place,
        )
    if plan.roles and sum(plan.roles.values()) != plan.length:
        parts = " + ".join(f"{count} {role}" for role, count in plan.roles.items())
        yield _problem(
            f"the section {plan.id} has the length {plan.length}, but its roles add up to "
            f"{sum(plan.roles.values())} ({parts})",
            "Make length the sum of the roles.",
            place,
            "length",
        )


def _check_role_sums(blueprint: Blueprint) -> Iterator[Problem]:
    sums: dict[str, int] = {}
    for plan in blueprint.sections:
        for role, count in plan.roles.items():
            sums[role] = sums.get(role, 0) + count
    for role in dict.fromkeys((*blueprint.role_counts, *sums)):
        have, want = sums.get(role, 0), blueprint.role_counts.get(role, 0)
        if have != want:
            yield _problem(
                f"the form has {counted(want, f'{role} item')}, the sections have {have}",
                "Make the roles of the form the sums of those of its sections.",
            )


def _check_times(blueprint: Blueprint) -> Iterator[Problem]:
    times = [plan.time_limit_minutes for plan in blueprint.sections]
    limit = blueprint.time_limit_minutes
    spent = sum(time for time in times if time is not None)
    if limit is not None and spent > limit + 1e-9:
        yield _problem(
            f"the sections take {number(spent)} minutes, the form has {number(limit)}",
            "Raise time_limit_minutes of the form, or lower those of the sections.",
        )


def _problem(
    message: str, hint: str, place: int | None = None, *path: str, pointer: Pointer = ("sections",)
) -> Problem:
    if place is not None:
        pointer = ("sections", place, *path)
    return Problem(kind="sections", label="sections", message=message, hint=hint, pointer=pointer)
