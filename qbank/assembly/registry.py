"""The kinds of constraints and objectives: every file of two folders, plus what is installed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import ModuleType

from qbank.assembly.kinds import ConstraintKind, ObjectiveKind
from qbank.discovery import DiscoveryError, modules, plugins


def _of_module(name: str, module: ModuleType, base: type) -> type | None:
    """The kind that a module defines: its subclass of `base` that is tagged with the module's name."""
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, base) and value is not base and _tag(value) == name:
            return value
    return None


def _tag(kind: type) -> str:
    return str(kind.__struct_config__.tag)  # type: ignore[attr-defined]


def _kinds(package: str, group: str, base: type) -> Iterator[tuple[str, type]]:
    for name, module in modules(package):
        kind = _of_module(name, module, base)
        if kind is None:
            raise DiscoveryError(f"{package}.{name} defines no {base.__name__} tagged {name!r}")
        yield name, kind
    for name, kind in plugins(group):
        if not (isinstance(kind, type) and issubclass(kind, base)):
            raise DiscoveryError(f"plug-in {name} of {group} is no {base.__name__}")
        yield _tag(kind), kind


@cache
def constraint_kinds() -> dict[str, type[ConstraintKind]]:
    """Every kind of constraint by name, sorted."""
    return dict(sorted(_kinds("qbank.assembly.constraints", "qbank.constraints", ConstraintKind)))


@cache
def objective_kinds() -> dict[str, type[ObjectiveKind]]:
    """Every kind of objective by name, sorted."""
    return dict(sorted(_kinds("qbank.assembly.objectives", "qbank.objectives", ObjectiveKind)))
