"""A bank as something to export: all its items, or those that meet a `where`, in their order."""

from __future__ import annotations

from qbank.formats.contract import Audience, ExportInput
from qbank.model import hashing, selector
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint, Objective, Where
from qbank.model.form import BankReference, BlueprintReference, Form, Placement, Section, SolverFacts


class _None(Objective, frozen=True, kw_only=True, tag="none"):
    """The objective of a form that nobody assembled."""


def bank_input(
    bank: Bank,
    *,
    where: Where | None = None,
    audience: Audience = "staff",
    version: str = "",
    dialect: str = "",
    name: str = "",
) -> ExportInput:
    """A bank as the input of a format: options as written, items in the order of the bank.

    Raises SelectorError when `where` is ill-formed.
    """
    items = {item.id: item for item in reversed(bank.items)}
    stimuli = {stimulus.id: stimulus for stimulus in reversed(bank.stimuli)}
    chosen = list(dict.fromkeys(item.id for item in bank.items))
    if where:
        fields = selector.Fields(bank)
        selector.check(where, fields)
        meets = selector.predicate(where, fields)
        chosen = [id for id in chosen if meets(items[id])]
    # nothing is held against these placements later, so they have no hashes
    placements = tuple(
        Placement(position=number, item=id, content_hash="", record_hash="")
        for number, id in enumerate(chosen, 1)
    )
    id = name or bank.id or "bank"
    form = Form(
        id=id,
        title=bank.info.title or id,
        blueprint=BlueprintReference("", ""),
        bank=BankReference(bank.id, hashing.bank_hash(bank)),
        seed=0,
        solver=SolverFacts("none", "none"),
        sections=(Section(id="main", placements=placements),),
    )
    return ExportInput(
        form=form,
        blueprint=Blueprint(id="", length=len(placements), objective=_None()),
        bank=bank,
        items=items,
        stimuli=stimuli,
        audience=audience,
        media_root=bank.root,
        version=version,
        is_bank=True,
        dialect=dialect,
    )
