"""What rows about a curve over ability share: bounds at thetas, a target with a tolerance."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from qbank.assembly.kinds import ConstraintKind, Measure, outside
from qbank.assembly.measured import (
    check_scales,
    check_theta,
    form_curve,
    left_out,
    operational,
    parameters,
    space_curve,
)
from qbank.assembly.problems import Problem, listed
from qbank.assembly.setting import Filled, Setting
from qbank.model.blueprint import Blueprint, EarlierForm
from qbank.model.form import OPERATIONAL
from qbank.model.item import Item
from qbank.model.selector import Fields

if TYPE_CHECKING:
    from qbank.assembly.measured import Table
    from qbank.assembly.program import Block
    from qbank.assembly.space import Space


class CurveKind(ConstraintKind, frozen=True, kw_only=True):
    """Bounds on a sum over operational items that depends on ability."""

    bounded: ClassVar[bool] = True

    theta: tuple[float, ...]
    minimum: float | None = None
    maximum: float | None = None
    target: tuple[float, ...] = ()
    reference: str = ""
    tolerance: float | None = None

    @property
    @abstractmethod
    def table(self) -> Table:
        """What is summed."""

    @property
    @abstractmethod
    def noun(self) -> str:
        """What is summed, in words."""

    def check(self, setting: Setting) -> Iterator[Problem]:
        """Thetas, bounds, targets, and the items without parameters."""
        yield from check_theta(self.theta, self.kind, self.label)
        if self.minimum is not None or self.maximum is not None or not (self.target or self.reference):
            yield from self.check_bounds(self.minimum, self.maximum)
        if self.target and len(self.target) != len(self.theta):
            yield self.problem(
                f"names {len(self.target)} targets for {len(self.theta)} thetas",
                hint="Give a target for every theta.",
                pointer=("target",),
            )
        aim = "reference" if self.reference else "target" if self.target else "tolerance"
        if (aim == "tolerance") != (self.tolerance is None) or (self.tolerance or 0) < 0:
            yield self.problem(
                f"states a {'reference' if self.reference else 'target'} and a tolerance of 0 or more only "
                "together",
                hint="Give both, or minimum and maximum.",
                pointer=(aim,),
            )
        if self.target and self.reference:
            yield self.problem(
                "states a target and a reference", hint="Take one of them out.", pointer=("reference",)
            )
        elif self.reference:
            yield from self._check_reference(setting)
        yield from check_scales(setting, self.kind, self.label)

    def _check_reference(self, setting: Setting) -> Iterator[Problem]:
        """A reference form that is not at hand, or some of whose items the bank knows nothing of."""
        form = setting.blueprint.earlier.references.get(self.reference)
        if form is None:
            yield self.problem(
                f"refers to the form {self.reference}, which was not loaded",
                hint="load_blueprint loads it; its path is relative to the blueprint's file.",
                pointer=("reference",),
            )
            return
        ids = scored(form)
        missing = [id for id in ids if id not in setting.items]
        known = [setting.items[id] for id in ids if id in setting.items]
        found = zip(known, parameters(known, setting.fields), strict=True)
        lacking = [item.id for item, one in found if one is None]
        for what, names in (("are not in the bank", missing), ("have no item response parameters", lacking)):
            if names:
                yield self.problem(
                    f"refers to the form {form.id}, {len(names)} of whose {len(ids)} operational items "
                    f"{what}: {listed(names)}",
                    hint="Its curve cannot be told without them; give a target instead.",
                    items=tuple(names),
                    pointer=("reference",),
                )
        theirs = {(one.scale, one.D) for one in parameters(known, setting.fields) if one is not None}
        mine = parameters(operational(setting), setting.fields)
        if theirs - {(one.scale, one.D) for one in mine if one is not None}:
            yield self.problem(
                f"refers to the form {form.id}, whose items are on another scale than the eligible ones",
                hint="Link them to one scale, or refer to another form.",
                pointer=("reference",),
            )
        if not ids:
            yield self.problem(
                f"refers to the form {form.id}, which has no operational items", pointer=("reference",)
            )

    def _aims(self, blueprint: Blueprint, items: Mapping[str, Item], fields: Fields) -> tuple[float, ...]:
        """What the curve should be at each theta: the target, or the curve of the reference form."""
        form = blueprint.earlier.references.get(self.reference)
        if form is None:
            return self.target
        found = [items[id] for id in scored(form) if id in items]
        table = self.table(found, parameters(found, fields), self.theta)
        return tuple(float(value) for value in table.sum(axis=0))

    def bounds(self, number: int, aims: tuple[float, ...]) -> tuple[float | None, float | None]:
        """The narrowest bounds at the theta of that number."""
        low, high = self.minimum, self.maximum
        if aims and self.tolerance is not None:
            near, far = aims[number] - self.tolerance, aims[number] + self.tolerance
            low = near if low is None else max(low, near)
            high = far if high is None else min(high, far)
        return low, high

    def rows(self, space: Space) -> Iterator[Block]:
        """One row a form and theta; operational slots without parameters stay empty."""
        slots, table, without = space_curve(space, self.theta, self.table)
        every = {item.id: item for item in reversed(space.bank.items)}
        aims = self._aims(space.blueprint, every, space.columns.fields)
        for number, theta in enumerate(self.theta):
            group = [(f"{self.noun} at theta {theta:g}", slots, table[:, number])]
            yield space.sums(self.label, self.kind, group, *self.bounds(number, aims))
        yield left_out(space, self.kind, without)

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """Adds up the curve over the operational seats, and names items without parameters."""
        aims = self._aims(setting.blueprint, setting.items, setting.fields)
        for filled in forms:
            items = [seat.item for seat in filled.seats if seat.placement.role == OPERATIONAL]
            known = parameters(items, setting.fields)
            without = [item.id for item, one in zip(items, known, strict=True) if one is None]
            if without:
                yield self.problem(
                    f"cannot be judged: no item response parameters for {listed(without)}",
                    form=filled.form.id,
                    items=tuple(without),
                    hard=True,
                )
                continue
            values = form_curve(setting, filled, self.theta, self.table)
            for number, value in enumerate(values):
                if wanted := outside(value, *self.bounds(number, aims)):
                    yield self.problem(
                        f"needs {self.noun} of {wanted} at theta {self.theta[number]:g}, the form has "
                        f"{value:.6g}",
                        form=filled.form.id,
                    )

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """The curve at each theta."""
        aims = self._aims(setting.blueprint, setting.items, setting.fields)
        for number, value in enumerate(form_curve(setting, filled, self.theta, self.table)):
            low, high = self.bounds(number, aims)
            target = f"{self.noun} at theta {self.theta[number]:g}"
            yield Measure(target=target, minimum=low, maximum=high, actual=round(value, 6))


def scored(form: EarlierForm) -> list[str]:
    """The ids of the operational items of an earlier form."""
    return [id for id, role in form.roles.items() if role == OPERATIONAL]
