"""What every kind of constraint and objective offers; each file of a kind fills it in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import msgspec

from qbank.assembly.problems import Problem, counted, listed
from qbank.assembly.setting import ANY_ROLE, Filled, Setting, matching, may_fill, numeric
from qbank.assembly.vocabulary import unknown_values
from qbank.diagnostics import Pointer, Severity
from qbank.discovery import did_you_mean
from qbank.model import selector
from qbank.model.blueprint import Bounds, Constraint, Objective, Where

if TYPE_CHECKING:
    from qbank.assembly.aim import Aim
    from qbank.assembly.program import Block, Goal
    from qbank.assembly.space import Space

TOLERANCE = 1e-6
BREACHES = "breaches"
"""What the measure of a row that counts nothing is called: how often a form breaks it."""


class Supply(msgspec.Struct, frozen=True, kw_only=True):
    """What a row needs per form and what the bank has for it; `unit` is item or set.

    `uses` tells for each set how many forms that share no item may use it.
    """

    label: str
    where: Where
    supply: int
    demand: int
    unit: str = "item"
    detail: str = ""
    eligible: tuple[str, ...] = ()
    uses: tuple[int, ...] = ()


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A number that a form has for a row, beside its bounds: for reports, never for decisions."""

    target: str
    actual: float
    minimum: float | None = None
    maximum: float | None = None


class ConstraintKind(Constraint, frozen=True, kw_only=True):
    """A kind of constraint: fields, a check of them, rows for the solver, an audit of finished forms.

    `reason` says in a sentence why another row falls short, for kinds whose rows an explanation leaves hard.
    `counts_sets` says that the supply is one of sets, which a solver's relaxation does not see.
    `bounded` says that the row bounds a number, so that it may be soft: with a `weight`, the row may be
    broken, and every unit by which it is costs so much (`assembly/soft.py`).
    """

    reason: ClassVar[str] = ""
    counts_sets: ClassVar[bool] = False
    bounded: ClassVar[bool] = False

    weight: float | None = None

    def check(self, setting: Setting) -> Iterator[Problem]:
        """The user's mistakes in this row; pointers start at the row."""
        raise NotImplementedError

    def rows(self, space: Space) -> Iterator[Block]:
        """The rows that state this constraint to the solver."""
        raise NotImplementedError

    def audit(self, setting: Setting, forms: Sequence[Filled]) -> Iterator[Problem]:
        """How the finished forms of one run break this constraint."""
        raise NotImplementedError

    def uses(self, forms: int) -> int | None:
        """For a kind that couples forms: in how many of them this row lets an item stand at most.

        Such a kind is met by every run whose forms share nothing. None, the default: every form is judged
        by itself, so that the rows of one form say all.
        """
        del forms
        return None

    def supply(self, setting: Setting) -> Iterator[Supply]:
        """Supply and demand of this row, where it counts items or sets."""
        del setting
        yield from ()

    def measures(self, setting: Setting, filled: Filled) -> Iterator[Measure]:
        """What this row counts in a form; for a kind that counts nothing, how often the form breaks it."""
        broken = len(list(self.audit(setting, [filled])))
        yield Measure(target=BREACHES, maximum=0, actual=broken)

    def measured(self, setting: Setting, forms: Sequence[Filled]) -> list[list[Measure]]:
        """`measures` of the forms of one run; a kind that counts nothing is audited once for all of them."""
        if type(self).measures is not ConstraintKind.measures:
            return [list(self.measures(setting, filled)) for filled in forms]
        broken = Counter(problem.form for problem in self.audit(setting, forms))
        return [[Measure(target=BREACHES, maximum=0, actual=broken[one.form.id])] for one in forms]

    def relabelled(self, rename: Callable[[str], str]) -> Self:
        """The same row under another label, with what it says of other rows by their labels."""
        return msgspec.structs.replace(self, label=rename(self.label))

    def problem(
        self,
        message: str,
        *,
        hint: str = "",
        form: str = "",
        items: tuple[str, ...] = (),
        pointer: Pointer = (),
        hard: bool = False,
    ) -> Problem:
        """A problem of this row; the message is given without the label.

        What a form lacks for a soft row is no error, unless it is `hard`: not a matter of its bounds.
        """
        soft = self.weight is not None and bool(form) and not hard
        return Problem(
            kind=self.kind,
            label=self.label,
            message=f'"{self.label}" {"(soft) " if soft else ""}{message}',
            hint=hint,
            severity=Severity.INFO if soft else Severity.ERROR,
            form=form,
            items=items,
            pointer=pointer,
        )

    def check_items(
        self, items: Sequence[str], setting: Setting, role: str = "", *, known: Collection[str] = ()
    ) -> Iterator[Problem]:
        """Named items that the bank does not have, or with a role that cannot fill it (any: no role).

        `known` are ids that the bank has although they are no items of it.
        """
        eligible = {item.id: item for item in setting.eligible}
        for number, id in enumerate(items):
            pointer = ("items", number)
            if id not in setting.items:
                if id not in known:
                    hint = did_you_mean(id, set(setting.items))
                    yield self.problem(f"names {id}, which is not in the bank", hint=hint, pointer=pointer)
            elif role and not (id in eligible and may_fill(eligible[id], role, setting.blueprint)):
                fault = "is not eligible" if role == ANY_ROLE else f"cannot be {role}"
                yield self.problem(
                    f"names {id}, which {fault} (status {setting.items[id].status})",
                    hint="Change the item's status, the blueprint's eligible, or take it out of this row.",
                    items=(id,),
                    pointer=pointer,
                )

    def check_attribute(self, attribute: str, where: Where, setting: Setting, verb: str) -> Iterator[Problem]:
        """A field that the bank does not have, and eligible items of the `where` without a number in it."""
        if attribute not in setting.fields.names:
            yield self.problem(
                f"{verb} {attribute!r}, which is no field of the bank",
                hint=did_you_mean(attribute, set(setting.fields.names)),
                pointer=("attribute",),
            )
            return
        if list(self.check_where(where, setting, with_role=True)):
            return
        lacking = [item.id for item in matching(where, setting) if numeric(item, attribute, setting) is None]
        if lacking:
            yield self.problem(
                f"{verb} {attribute}, but {counted(len(lacking), 'eligible item')} "
                f"without a number for it: {listed(lacking)}",
                hint=f"Give every such item its {attribute}, or narrow the row's where or the "
                f"blueprint's eligible to {attribute}: {{present: true}}.",
                items=tuple(lacking),
                pointer=("attribute",),
            )

    def check_where(self, where: Where, setting: Setting, *, with_role: bool) -> Iterator[Problem]:
        """Unknown fields and ill-formed tests of a `where`, and a missing or unknown role."""
        try:
            selector.check(where, setting.fields, ("where",))
        except selector.SelectorError as error:
            yield self.problem(f"cannot be read: {error}", hint=error.hint, pointer=error.pointer)
        if any("role" in part for part in where.get("any") or () if isinstance(part, dict)):
            yield self.problem("states a role inside any", hint="A row has one role; move it out.")
        for unknown in unknown_values(where, setting, ("where",)):
            yield self.problem(unknown.message, hint=unknown.hint, pointer=unknown.pointer)
        roles = setting.blueprint.role_counts
        role: Any = where.get("role")
        if not with_role:
            if role is not None:
                yield self.problem("takes no role: it counts every role", pointer=("where", "role"))
        elif role is None:
            if len(roles) > 1:
                yield self.problem(
                    "does not say which role it counts",
                    hint=f"Add role: {', '.join(roles)} or any to its where.",
                    pointer=("where",),
                )
        elif role not in (ANY_ROLE, *roles):
            yield self.problem(
                f"counts the role {role!r}, which the blueprint does not have",
                hint=did_you_mean(str(role), [*roles, ANY_ROLE]),
                pointer=("where", "role"),
            )

    def check_bounds(
        self, minimum: float | None, maximum: float | None, pointer: Pointer = ()
    ) -> Iterator[Problem]:
        """Bounds that are missing or contradict each other."""
        name = f"{pointer[-1]} " if pointer else ""
        if minimum is None and maximum is None:
            yield self.problem(f"states no {name}minimum and no {name}maximum", pointer=pointer)
        elif minimum is not None and maximum is not None and minimum > maximum:
            yield self.problem(
                f"asks for a {name}minimum of {minimum:g} and a {name}maximum of {maximum:g}",
                hint="No form can meet both; raise the maximum or lower the minimum.",
                pointer=(*pointer, "minimum"),
            )

    def check_counts(
        self, minimum: float | None, maximum: float | None, pointer: Pointer = ()
    ) -> Iterator[Problem]:
        """`check_bounds` for numbers of items or sets, which are whole and not negative."""
        wrong = False
        for name, value in (("minimum", minimum), ("maximum", maximum)):
            if value is not None and (value < 0 or value % 1):
                wrong = True
                yield self.problem(
                    f"asks for a {name} of {value:g}",
                    hint="Give a whole number, 0 or more.",
                    pointer=(*pointer, name),
                )
        if not wrong:
            yield from self.check_bounds(minimum, maximum, pointer)

    def check_range(self, bounds: Bounds, pointer: Pointer) -> Iterator[Problem]:
        """`check_bounds` for a mapping {minimum, maximum}."""
        return self.check_bounds(bounds.minimum, bounds.maximum, pointer)

    def check_share(self, share: Bounds, pointer: Pointer) -> Iterator[Problem]:
        """`check_range` for shares, which go from 0 to 1."""
        yield from self.check_range(share, pointer)
        for name, value in (("minimum", share.minimum), ("maximum", share.maximum)):
            if value is not None and not 0 <= value <= 1:
                yield self.problem(
                    f"states a {name} share of {value:g}",
                    hint="Shares go from 0 to 1.",
                    pointer=(*pointer, name),
                )


class ObjectiveKind(Objective, frozen=True, kw_only=True):
    """A kind of objective. `gap` is the relative optimality gap at which the solver may stop.

    `compares` says that forms are held against each other or a target, which one program can hardly prove.
    """

    gap: ClassVar[float] = 1e-4
    compares: ClassVar[bool] = False

    def check(self, setting: Setting) -> Iterator[Problem]:
        """The user's mistakes, and what the bank lacks for this objective; pointers start at it."""
        raise NotImplementedError

    def goal(self, space: Space) -> Goal:
        """What the solver shall minimise or maximise, with the rows that define it."""
        raise NotImplementedError

    def goals(self, space: Space) -> tuple[Goal, ...]:
        """What the solver shall do in turn, each among the best by those before: for most kinds one goal."""
        return (msgspec.structs.replace(self.goal(space), gap=self.gap),)

    def aim(self, space: Space) -> Aim | None:
        """The same as sums over the items of each form, for large runs; None when it is not of that kind."""
        del space
        return None

    def value(self, setting: Setting, forms: Sequence[Filled]) -> float:
        """The objective of finished forms, computed from their items."""
        raise NotImplementedError


def outside(value: float, minimum: float | None, maximum: float | None) -> str:
    """How a value breaks bounds, in words; "" when it does not."""
    if minimum is not None and value < minimum - TOLERANCE * max(1.0, abs(minimum)):
        return f"at least {minimum:.12g}"
    if maximum is not None and value > maximum + TOLERANCE * max(1.0, abs(maximum)):
        return f"at most {maximum:.12g}"
    return ""
