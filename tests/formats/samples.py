"""Forms for the format tests: from a list of items to an ExportInput."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qbank.formats.contract import Audience, ExportInput
from qbank.model.bank import Bank, BankRecord, ContentArea
from qbank.model.blueprint import Blueprint, CutScore, Objective
from qbank.model.form import (
    OPERATIONAL,
    BankReference,
    BlueprintReference,
    Form,
    Placement,
    Section,
    SolverFacts,
)
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus


class Nothing(Objective, frozen=True, kw_only=True, tag="nothing"):
    """An objective for blueprints that nobody solves."""


def export_input(
    items: Iterable[Item],
    *,
    audience: Audience = "staff",
    roles: Mapping[str, str] | None = None,
    orders: Mapping[str, tuple[str, ...]] | None = None,
    stimuli: Iterable[Stimulus] = (),
    media_root: str = "",
    cut: CutScore | None = None,
    minutes: float | None = 120,
    info: Mapping[str, Any] | None = None,
    sections: int = 1,
    version: str = "",
) -> ExportInput:
    """A form of the items in the order given, split over sections."""
    items = tuple(items)
    placements = [
        Placement(
            position=number,
            item=item.id,
            content_hash="",
            record_hash="",
            role=(roles or {}).get(item.id, OPERATIONAL),
            option_order=(orders or {}).get(item.id, ()),
        )
        for number, item in enumerate(items, 1)
    ]
    size = max(1, -(-len(placements) // sections))
    parts = tuple(
        Section(f"s{number}", f"Section {number}", tuple(placements[start : start + size]))
        for number, start in enumerate(range(0, len(placements), size), 1)
    )
    record = BankRecord(
        **{
            "id": "sample",
            "title": "Sample bank",
            "licence": "CC-BY-4.0",
            "content_areas": (ContentArea("anatomy", "Anatomy", (ContentArea("skeletal", "Skeleton"),)),),
            **(info or {}),
        }
    )
    stimuli = tuple(stimuli)
    return ExportInput(
        form=Form(
            id="sample-a",
            title="Sample form",
            blueprint=BlueprintReference("sample", ""),
            bank=BankReference("sample", ""),
            seed=1,
            solver=SolverFacts("highs", "optimal"),
            sections=parts,
            time_limit_minutes=minutes,
            cut_score=cut,
        ),
        blueprint=Blueprint(id="sample", length=len(items), objective=Nothing()),
        bank=Bank(info=record, items=items, stimuli=stimuli, declared=True),
        items={item.id: item for item in items},
        stimuli={stimulus.id: stimulus for stimulus in stimuli},
        audience=audience,
        media_root=media_root,
        version=version,
    )
