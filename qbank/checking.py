"""Bank + Settings → sorted Diagnostics: select, run, locate, suppress.

Rules yield findings; here each gets its rule's slug and severity, its place in a file, and is
dropped when a `lint_ignore` of its item or a stronger finding about the same items silences it.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from qbank.config import Settings
from qbank.diagnostics import (
    Diagnostic,
    Finding,
    Fix,
    Location,
    RelatedPlace,
    Severity,
    Where,
    in_order,
    json_pointer,
)
from qbank.discovery import closest
from qbank.model.bank import Bank, ReadProblem, Source
from qbank.model.blueprint import BLUEPRINT_RECORD, Blueprint
from qbank.model.item import Item, Option
from qbank.reading.places import Places
from qbank.rule import Provided, Rule, Scope, SuppressionUse, all_rules

STRONGER: tuple[tuple[str, ...], ...] = (
    (
        "duplicate-item-id",
        "duplicate-item",
        "key-conflict",
        "contradicting-near-duplicate",
        "near-duplicate-item",
        "sibling-items",
        "shared-passage",
    ),
    ("key-not-an-option", "key-missing", "key-count"),
    ("key-not-an-option", "key-longest"),
    ("key-duplicated-by-option", "duplicate-option"),
)
"""Rules in order of strength: on the same items, an earlier one silences the later ones."""


class Proposed(msgspec.Struct, frozen=True):
    """A fix with the rule that proposes it."""

    rule: str
    fix: Fix


class Report(msgspec.Struct, frozen=True):
    """The outcome of a lint run."""

    diagnostics: tuple[Diagnostic, ...]
    items: int
    files: int
    fixes: tuple[Proposed, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many diagnostics have that severity."""
        return sum(one.severity is severity for one in self.diagnostics)

    def at_least(self, severity: Severity) -> tuple[Diagnostic, ...]:
        """The diagnostics that are that bad or worse."""
        return tuple(one for one in self.diagnostics if one.severity.rank >= severity.rank)


class _Said(msgspec.Struct, frozen=True):
    rule: Rule
    finding: Finding
    level: str = ""


def lint(
    bank: Bank,
    problems: Iterable[ReadProblem] = (),
    *,
    settings: Settings | None = None,
    blueprint: Blueprint | None = None,
    blueprint_source: Source | None = None,
    today: str = "",
    rules: Mapping[str, Rule] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Check a bank (and a blueprint against it) with every selected rule.

    `problems` is what reading found; `today` (ISO date) decides about expired suppressions and is
    the bank's `as_of` when not given; `progress` is called with (items done, items).
    """
    settings = settings or Settings()
    bank = _numbered(bank)
    known = all_rules() if rules is None else rules
    active = selected(known, settings)
    provided = Provided(bank)
    said = list(_run(bank, tuple(problems), blueprint, active, provided, settings, progress))
    said = list(_without_weaker(said))
    said, uses = _suppressed(said, bank, known, active, today or bank.info.as_of)
    said += _call_each(active, Scope.SUPPRESSION, uses, provided, settings)
    others = {} if blueprint_source is None else {BLUEPRINT_RECORD: blueprint_source}
    places = Places(bank.sources, others)
    said = list(_overridden(said, bank, places, known, settings)) if settings.overrides else said
    # a dict, not a set: findings alike but for their related places keep the order of their rule
    diagnostics = in_order(
        dict.fromkeys(diagnose(one.rule, one.finding, places, settings, one.level) for one in said)
    )
    fixes = tuple(Proposed(one.rule.slug, one.finding.fix) for one in said if one.finding.fix is not None)
    return Report(diagnostics, len(bank.items) + len(bank.unreadable), bank.files, fixes)


def _numbered(bank: Bank) -> Bank:
    """A bank whose every record has a source: one made in memory gets records without a file."""
    if all(one.record >= 0 for one in (*bank.items, *bank.stimuli)):
        return bank
    first = len(bank.sources)
    kinds = (*(("item", one) for one in bank.items), *(("stimulus", one) for one in bank.stimuli))
    sources = tuple(Source("", "", "yaml", kind, -1, -1, one.id) for kind, one in kinds)
    records = [msgspec.structs.replace(one, record=first + at) for at, (_, one) in enumerate(kinds)]
    return msgspec.structs.replace(
        bank,
        items=tuple(records[: len(bank.items)]),
        stimuli=tuple(records[len(bank.items) :]),
        sources=(*bank.sources, *sources),
    )


def selected(rules: Mapping[str, Rule], settings: Settings) -> dict[str, Rule]:
    """The rules that run: named ones whatever their default, else those on by default, less the ignored."""
    chosen = {}
    for slug, rule in rules.items():
        named = slug in settings.select or settings.severity.get(slug) in ("error", "warning", "info")
        by_name = named or settings.turned_on(slug)
        by_family = rule.family in settings.select
        ripe = rule.enabled and not settings.unripe(slug, rule.family)
        wanted = by_name or (ripe and (by_family or not settings.select))
        if settings.select and not (slug in settings.select or by_family):
            wanted = False
        if slug in settings.ignore or (rule.family in settings.ignore and slug not in settings.select):
            wanted = False
        if wanted and (settings.severity.get(slug) != "off" or settings.turned_on(slug)):
            chosen[slug] = rule
    return chosen


def _overridden(
    said: Iterable[_Said], bank: Bank, places: Places, known: Mapping[str, Rule], settings: Settings
) -> Iterator[_Said]:
    """The findings that the settings for their files and statuses leave, with the severity they give."""
    everywhere = selected(known, msgspec.structs.replace(settings, overrides=()))
    statuses = {item.record: item.status for item in bank.items}
    for one in said:
        where, slug = one.finding.where, one.rule.slug
        source = places.source(where.record) if isinstance(where, Where) else None
        file = where.file if isinstance(where, Location) else source.file if source is not None else ""
        status = statuses.get(where.record, "") if isinstance(where, Where) else ""
        first = "" if slug in everywhere else "off"
        level = settings.level(slug, one.rule.family, file, status, first)
        if level != "off":
            yield msgspec.structs.replace(one, level=level)


def diagnose(rule: Rule, finding: Finding, places: Places, settings: Settings, level: str = "") -> Diagnostic:
    """A finding with its rule, severity and position; `level` wins over what the settings say of the rule."""
    level = level or settings.severity.get(rule.slug, "")
    return _placed(rule.slug, rule.family, Severity(level) if level else rule.severity, finding, places)


def _placed(slug: str, family: str, severity: Severity, finding: Finding, places: Places) -> Diagnostic:
    place = places(finding.where)
    where = finding.where
    return Diagnostic(
        rule=slug,
        family=family,
        severity=severity,
        message=finding.message,
        hint=finding.hint,
        file=place.file,
        line=place.line,
        column=place.column,
        item=places.item(where),
        pointer=json_pointer(where.pointer) if isinstance(where, Where) else "",
        related=tuple(
            RelatedPlace(at.file, at.line, at.column, places.item(one.where), one.message)
            for one in finding.related
            for at in (places(one.where),)
        ),
        fixable=finding.fix is not None,
    )


def _run(
    bank: Bank,
    problems: tuple[ReadProblem, ...],
    blueprint: Blueprint | None,
    active: Mapping[str, Rule],
    provided: Provided,
    settings: Settings,
    progress: Callable[[int, int], None] | None,
) -> Iterator[_Said]:
    yield from _call_each(active, Scope.READING, problems, provided, settings)
    by_type: dict[type, list[Callable[[Item], Sequence[_Said]]]] = {}
    for number, item in enumerate(bank.items):
        kind = type(item)
        if kind not in by_type:
            by_type[kind] = list(_item_calls(kind, active, provided, settings))
        for call in by_type[kind]:
            found = call(item)
            if found:
                yield from found
        if progress is not None and number % 256 == 0:
            progress(number, len(bank.items))
    yield from _call_each(active, Scope.BANK, (bank,), provided, settings)
    if blueprint is not None:
        yield from _call_each(active, Scope.BLUEPRINT, (blueprint,), provided, settings)
    if progress is not None:
        progress(len(bank.items), len(bank.items))


def _item_calls(
    kind: type, active: Mapping[str, Rule], provided: Provided, settings: Settings
) -> Iterator[Callable[[Item], Sequence[_Said]]]:
    """The calls that check one item of a type, made once a type."""
    for rule in active.values():
        if rule.scope is Scope.ITEM and any(issubclass(kind, member) for member in rule.item_types):
            yield _caller(rule, provided, settings)
        elif rule.scope is Scope.OPTION and "options" in kind.__struct_fields__:  # type: ignore[attr-defined]
            call = _caller(rule, provided, settings)

            def each(item: Item, call: Callable[[Any], Sequence[_Said]] = call) -> Sequence[_Said]:
                return [one for option in item.choices() for one in call(option)]

            yield each


def _call_each(
    active: Mapping[str, Rule],
    scope: Scope,
    values: Sequence[Any],
    provided: Provided,
    settings: Settings,
) -> Iterator[_Said]:
    for rule in active.values():
        if rule.scope is scope:
            call = _caller(rule, provided, settings)
            for value in values:
                yield from call(value)


def _caller(rule: Rule, provided: Provided, settings: Settings) -> Callable[[Any], Sequence[_Said]]:
    """The rule as a function of the one value it looks at; what it asks for is provided once."""
    options = {
        name: value for name, value in settings.rules.get(rule.slug, {}).items() if name in rule.options
    }
    scoped = next(number for number, (_, kind) in enumerate(rule.parameters) if _is_scope(kind, rule))
    name = rule.parameters[scoped][0]
    for other, kind in rule.parameters:
        if other != name:
            options[other] = provided[kind]
    function = functools.partial(rule.function, **options) if options else rule.function

    def call(value: Any) -> Sequence[_Said]:
        found = function(value) if scoped == 0 else function(**{name: value})
        return [_Said(rule, finding) for finding in found]

    return call


def _is_scope(kind: Any, rule: Rule) -> bool:
    if rule.scope is Scope.ITEM:
        members = getattr(kind, "__args__", (kind,))
        return bool(rule.item_types) and members[0] in rule.item_types
    return kind in {
        Scope.OPTION: (Option,),
        Scope.BANK: (Bank,),
        Scope.BLUEPRINT: (Blueprint,),
        Scope.READING: (ReadProblem,),
        Scope.SUPPRESSION: (SuppressionUse,),
    }.get(rule.scope, ())


def _records(finding: Finding) -> frozenset[int]:
    places = (finding.where, *(one.where for one in finding.related))
    return frozenset(place.record for place in places if isinstance(place, Where))


def _without_weaker(said: Sequence[_Said]) -> Iterator[_Said]:
    """Findings that no stronger finding about the same items silences."""
    ranks: dict[str, set[str]] = defaultdict(set)
    for order in STRONGER:
        for number, slug in enumerate(order):
            ranks[slug].update(order[:number])
    by_record: dict[str, dict[int, list[frozenset[int]]]] = defaultdict(lambda: defaultdict(list))
    for one in said:
        if one.rule.slug in ranks:
            records = _records(one.finding)
            for record in records:
                by_record[one.rule.slug][record].append(records)
    for one in said:
        records = _records(one.finding)
        if not records or not any(
            records <= other or other <= records
            for slug in ranks.get(one.rule.slug, set())
            for record in records
            for other in by_record[slug].get(record, ())
        ):
            yield one


def _suppressed(
    said: list[_Said],
    bank: Bank,
    known: Mapping[str, Rule],
    active: Mapping[str, Rule],
    today: str,
) -> tuple[list[_Said], list[SuppressionUse]]:
    """The findings that no `lint_ignore` silences, and what every entry did."""
    entries = {item.record: item for item in bank.items if item.lint_ignore}
    if not entries:
        return said, []
    silenced: dict[tuple[int, int], int] = defaultdict(int)
    kept = []
    for one in said:
        number = None
        where = one.finding.where
        if isinstance(where, Where) and where.record in entries:
            item = entries[where.record]
            number = next(
                (
                    number
                    for number, entry in enumerate(item.lint_ignore)
                    if entry.rule == one.rule.slug and not (entry.until and entry.until < today)
                ),
                None,
            )
            if number is not None:
                silenced[item.record, number] += 1
        if number is None:
            kept.append(one)
    uses = [
        SuppressionUse(
            item=item,
            number=number,
            suppression=entry,
            silenced=silenced[item.record, number],
            known=entry.rule in known,
            checked=entry.rule in active,
            near=closest(entry.rule, set(known)),
            today=today,
        )
        for item in entries.values()
        for number, entry in enumerate(item.lint_ignore)
    ]
    return kept, uses


def locate_findings(
    findings: Iterable[tuple[str, Severity, Finding]], places: Places, family: str
) -> tuple[Diagnostic, ...]:
    """Findings that come from elsewhere than a rule (audits, exports) as diagnostics."""
    return in_order(_placed(slug, family, severity, finding, places) for slug, severity, finding in findings)
