"""What other kinds must know of the common block that rows of kind anchor_items put into every form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from qbank.model.blueprint import Blueprint
from qbank.model.form import OPERATIONAL, Form

if TYPE_CHECKING:
    from qbank.assembly.program import Ints
    from qbank.assembly.space import Space

KIND = "anchor_items"


class _Block(Protocol):
    @property
    def role(self) -> str: ...

    def size(self, blueprint: Blueprint) -> int: ...


def anchor_rows(blueprint: Blueprint) -> Iterator[_Block]:
    """The rows of a blueprint that state a common block."""
    for row in blueprint.constraints:
        if row.kind == KIND:
            yield row  # type: ignore[misc]


def anchor_count(blueprint: Blueprint) -> int:
    """How many anchors every form of a run has."""
    return sum(row.size(blueprint) for row in anchor_rows(blueprint))


def anchors_of(form: Form, blueprint: Blueprint) -> frozenset[str]:
    """The items of a form that stand in it as part of a common block."""
    roles = {row.role for row in anchor_rows(blueprint)}
    return frozenset(
        placement.item
        for placement in form.placements
        if placement.role in roles and (placement.anchor or placement.role != OPERATIONAL)
    )


def anchor_columns(space: Space) -> list[Ints]:
    """For every common block of the run a column for each item: whether it belongs to the block."""
    return [space.anchors(row.role) for row in anchor_rows(space.blueprint)]
