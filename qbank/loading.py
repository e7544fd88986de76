"""What a run starts from: a blueprint with its kinds, the way to its bank, uses of items, earlier forms."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from qbank.model.bank import ReadProblem, Source
from qbank.model.blueprint import BLUEPRINT_RECORD, Blueprint
from qbank.model.form import Form
from qbank.reading.places import Places

if TYPE_CHECKING:
    from qbank.reading.blueprint import BlueprintReading
    from qbank.reading.usage import UsageReading


class BlueprintError(Exception):
    """A blueprint that cannot be used; `problems` says why, each with its place."""

    def __init__(self, problems: tuple[ReadProblem, ...], source: Source) -> None:
        from qbank.exporting import sentence

        places = Places((), {BLUEPRINT_RECORD: source})
        super().__init__("\n".join(sentence(one.finding, places) for one in problems))
        self.problems = problems


class UsageFileError(Exception):
    """A usage file with mistakes; `problems` says which, each with its place."""

    def __init__(self, problems: tuple[ReadProblem, ...]) -> None:
        from qbank.exporting import sentence

        places = Places(())
        super().__init__("\n".join(sentence(one.finding, places) for one in problems))
        self.problems = problems


def load_blueprint(path: str | Path) -> Blueprint:
    """Read a blueprint file.

    Raises PathError when it cannot be read, BlueprintError when its shape is wrong.
    """
    reading = read_blueprint(path)
    if reading.blueprint is None:
        raise BlueprintError(reading.problems, reading.source)
    return reading.blueprint


def read_blueprint(path: str | Path) -> BlueprintReading:
    """A blueprint (None when its shape is wrong) with all that was found while it was read.

    Raises PathError when the file cannot be read.
    """
    from qbank.assembly import constraint_kinds, objective_kinds
    from qbank.reading import blueprint

    return blueprint.load_blueprint(path, constraint_kinds(), objective_kinds())


def bank_path(blueprint: Blueprint) -> Path:
    """The bank that a blueprint names, relative to the blueprint's file."""
    return beside(blueprint.path, blueprint.bank)


def beside(file: str | Path, way: str) -> Path:
    """What a path that stands in a file means, seen from the working directory."""
    return Path(os.path.normpath(Path(file).parent / way))


def load_usage(path: str | Path) -> dict[str, int]:
    """Read a usage file (.jsonl or .csv): how often each item was used, by id.

    Raises PathError when it cannot be read, UsageFileError when a line of it is wrong.
    """
    reading = read_usage(path)
    if reading.problems:
        raise UsageFileError(reading.problems)
    return reading.uses


def read_usage(path: str | Path) -> UsageReading:
    """The uses of items with all that was found while they were read. Raises PathError."""
    from qbank.reading import usage

    return usage.read_usage(path)


def looking_back(
    blueprint: Blueprint, usage: Mapping[str, int] | None = None, against: Sequence[Form] = ()
) -> Blueprint:
    """The blueprint with what was there before a run: uses of items, and forms to stay apart from."""
    from qbank.model.form import as_earlier

    earlier = blueprint.earlier
    if usage is not None:
        earlier = msgspec.structs.replace(earlier, uses=dict(usage))
    if against:
        earlier = msgspec.structs.replace(earlier, forms=tuple(map(as_earlier, against)))
    return msgspec.structs.replace(blueprint, earlier=earlier)
