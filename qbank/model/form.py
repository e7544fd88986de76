"""A finished form: which items stand where, and nothing a candidate must not see."""

from __future__ import annotations

import msgspec

from qbank.model import notebook
from qbank.model.blueprint import CutScore, EarlierForm

OPERATIONAL = "operational"
PRETEST = "pretest"
EXTERNAL_ANCHOR = "external-anchor"
ROLES = (OPERATIONAL, PRETEST, EXTERNAL_ANCHOR)


class BlueprintReference(msgspec.Struct, frozen=True):
    """The blueprint a form was made from; `path` is relative to the form's file, with /."""

    id: str
    hash: str
    path: str = ""


class BankReference(msgspec.Struct, frozen=True):
    """The bank a form was made from."""

    id: str
    hash: str


class SolverFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the form was found; no seconds and no versions, so that same input gives same bytes."""

    name: str
    status: str
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    reproducible: bool = True


class Placement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item at one position (from 1). `option_order` lists option ids as presented."""

    position: int
    item: str
    content_hash: str
    record_hash: str
    role: str = OPERATIONAL
    anchor: bool = False
    option_order: tuple[str, ...] = ()


class Version(msgspec.Struct, frozen=True):
    """What a scrambled form is a version of, which one it is, and what it was drawn with."""

    of: str
    number: int
    seed: int


class Section(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of a form."""

    id: str
    title: str = ""
    placements: tuple[Placement, ...] = ()
    time_limit_minutes: float | None = None


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form file: no keys, no texts.

    `relaxed` are the rows of the blueprint that were widened for the run that made it, label → value; it is
    left out when there are none.
    """

    id: str
    title: str
    blueprint: BlueprintReference
    bank: BankReference
    seed: int
    solver: SolverFacts
    sections: tuple[Section, ...]
    time_limit_minutes: float | None = None
    cut_score: CutScore | None = None
    relaxed: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    schema_version: int = 1
    version: Version | msgspec.UnsetType = msgspec.UNSET

    @property
    def placements(self) -> tuple[Placement, ...]:
        """All placements in order of position."""
        return tuple(placement for section in self.sections for placement in section.placements)

    def _repr_html_(self) -> str:
        rows = [
            (one.position, section.title or section.id, one.item, one.role, " ".join(one.option_order))
            for section in self.sections
            for one in section.placements
        ]
        names = ("position", "section", "item", "role", "options")
        return notebook.heading(f"{self.id}: {self.title}") + notebook.table(names, rows)


def as_earlier(form: Form) -> EarlierForm:
    """What a run needs to know of a form that was there before it."""
    roles = {placement.item: placement.role for placement in form.placements}
    return EarlierForm(form.id, roles, form.bank.id)


def letter(place: int) -> str:
    """The letter under which the option at a place from 0 is presented: A … Z, AA …"""
    before, here = divmod(place, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + here)
