"""Diagnostics by rule with their counts: what the summaries for people stand on."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from qbank.diagnostics import Diagnostic, Severity
from qbank.reporters.contract import Rendering


class Group(msgspec.Struct, frozen=True):
    """What one rule said; `severity` is the worst of it."""

    rule: str
    family: str
    severity: Severity
    diagnostics: tuple[Diagnostic, ...]


def by_rule(diagnostics: Iterable[Diagnostic]) -> tuple[Group, ...]:
    """Groups, the worst first, then the largest, then by slug."""
    found: dict[str, list[Diagnostic]] = {}
    for one in diagnostics:
        found.setdefault(one.rule, []).append(one)
    groups = [_group(rule, members) for rule, members in found.items()]
    return tuple(sorted(groups, key=lambda one: (-one.severity.rank, -len(one.diagnostics), one.rule)))


def _group(rule: str, members: list[Diagnostic]) -> Group:
    worst = max((one.severity for one in members), key=lambda one: one.rank)
    return Group(rule, members[0].family, worst, tuple(members))


def explanation(rule: str, rendering: Rendering) -> str:
    """The first line of what a rule says about itself, "" for one that is not known."""
    known = rendering.rules.get(rule)
    return known.doc.partition("\n")[0] if known is not None else ""
