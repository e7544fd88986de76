"""A blueprint: labelled rows with bounds, an objective, and what a form must be.

The kinds of constraints and objectives are an open set that lives in `qbank.assembly`; here are
only their base classes, so that a blueprint is a value like any other.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Where = dict[str, Any]
"""A `where`: field → test. `qbank.model.selector` gives it meaning."""


BLUEPRINT_RECORD = -2
"""The record number that stands for a blueprint in findings."""


class Bounds(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An inclusive range; None leaves a side open."""

    minimum: float | None = None
    maximum: float | None = None


class Constraint(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    forbid_unknown_fields=True,
):
    """One labelled row (or family of rows) of a blueprint."""

    label: str

    @property
    def kind(self) -> str:
        """The name of the constraint's file and its `kind` in YAML."""
        return str(self.__struct_config__.tag)


class Objective(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    forbid_unknown_fields=True,
):
    """What is best among the forms that meet every row."""

    @property
    def kind(self) -> str:
        """The name of the objective's file and its `kind` in YAML."""
        return str(self.__struct_config__.tag)


class CutScore(msgspec.Struct, frozen=True, omit_defaults=True):
    """The passing score: `points` of `of` operational points."""

    points: float
    of: float | None = None
    scale: str = "raw"


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a number of the blueprint comes from and how certain it is."""

    field: str
    source: str
    certainty: str = ""
    note: str = ""


class EarlierForm(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finished form that a run looks back to: the roles of its items by id, and its bank."""

    id: str
    roles: dict[str, str]
    bank: str = ""


class Earlier(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was there before a run, frozen: uses of items, earlier forms, forms that rows refer to.

    `uses` counts the uses of items by id, `forms` are those to stay apart from, `references` are forms by
    the path that the blueprint gives.
    """

    uses: dict[str, int] = {}
    forms: tuple[EarlierForm, ...] = ()
    references: dict[str, EarlierForm] = {}


class OrderRule(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An entry of `order` that is more than a field: a ramp, or a field in which neighbours differ."""

    ramp: str = ""
    direction: Literal["ascending", "descending"] = "ascending"
    apart: str = ""


Order = tuple[str | OrderRule, ...]
"""By what a form is ordered, the most important first."""


class SectionPlan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of every form: how long it is, its time, and rows that count its own items only.

    Without roles all its items have the only role of the blueprint; without an order it has the form's.
    """

    id: str
    length: int
    title: str = ""
    roles: dict[str, int] = {}
    time_limit_minutes: float | None = None
    order: Order = ()
    constraints: tuple[Constraint, ...] = ()


class Blueprint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every form must be. `bank` is a path relative to the blueprint's file.

    `path`, `hash` and `earlier` stand in no blueprint file: its reader, or who assembles, fills them in.
    `relaxed` is in no file: the rows that were widened for one run, label → value.
    """

    id: str
    length: int
    objective: Objective
    constraints: tuple[Constraint, ...] = ()
    title: str = ""
    edition: str = ""
    bank: str = ".."
    forms: int = 1
    roles: dict[str, int] = {}
    pretest_from: tuple[str, ...] = ("pretest",)
    time_limit_minutes: float | None = None
    cut_score: CutScore | None = None
    eligible: Where = msgspec.field(default_factory=lambda: {"status": ["active", "pretest"]})
    facts: tuple[Fact, ...] = ()
    order: Order = ("content_area", "item_set", "seed")
    sections: tuple[SectionPlan, ...] = ()
    path: str = ""
    hash: str = ""
    earlier: Earlier = Earlier()
    relaxed: dict[str, str] = {}

    @property
    def role_counts(self) -> dict[str, int]:
        """Role → number of items per form; a blueprint without roles is all operational."""
        return self.roles or {"operational": self.length}
