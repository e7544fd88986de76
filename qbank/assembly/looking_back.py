"""What was there before a run, checked: uses of items, and the forms to stay apart from."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.assembly.constraints.exposure import Exposure
from qbank.assembly.duties import objective
from qbank.assembly.problems import Problem, counted, listed
from qbank.assembly.setting import Setting
from qbank.diagnostics import Severity


def check_earlier(setting: Setting) -> Iterator[Problem]:
    """Uses that are no counts or of unknown items, uses that nothing asks for, forms of another bank."""
    yield from _check_uses(setting)
    bank = setting.bank.id
    for form in setting.blueprint.earlier.forms:
        if form.bank and bank and form.bank != bank:
            yield Problem(
                kind="against",
                label="against",
                message=f"the earlier form {form.id} was made from the bank {form.bank}, not {bank}",
                hint="Ids of two banks do not mean the same items; leave the form out.",
            )


def _check_uses(setting: Setting) -> Iterator[Problem]:
    uses = setting.blueprint.earlier.uses
    negative = sorted(id for id, count in uses.items() if count < 0)
    unknown = sorted(id for id in uses if id not in setting.items and id not in setting.bank.unreadable)
    if negative:
        yield Problem(
            kind="usage",
            label="usage",
            message=f"the usage counts less than 0 uses of {listed(negative)}",
            hint="Give 0 or more.",
            items=tuple(negative),
        )
    if unknown:
        yield Problem(
            kind="usage",
            label="usage",
            message=f"the usage counts {counted(len(unknown), 'item')} that the bank does not have: "
            f"{listed(unknown)}",
            hint="They are passed over.",
            severity=Severity.WARNING,
            items=tuple(unknown),
        )
    if uses and not _counts_uses(setting):
        yield Problem(
            kind="usage",
            label="usage",
            message="the usage changes nothing: no row of kind exposure and no objective least_exposure asks "
            "for it",
            hint="Add one of them to the blueprint.",
            severity=Severity.WARNING,
        )


def _counts_uses(setting: Setting) -> bool:
    goal = objective(setting.blueprint)
    kinds = {goal.kind, *(str(part.get("kind")) for part in getattr(goal, "of", ()))}
    is_limited = any(isinstance(row, Exposure) for row in setting.blueprint.constraints)
    return is_limited or "least_exposure" in kinds
