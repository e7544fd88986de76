"""What a format has no place for, judged before it writes: refused, or with `--lossy` left out and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

import msgspec

from qbank.diagnostics import Finding, Location, Pointer, Related, Where
from qbank.formats.contract import ExportInput, Format, Loss
from qbank.formats.features import FEATURES, STAFF_GROUPS, STAFF_ONLY, Use, of_item, of_stimulus
from qbank.model.form import Form, Section
from qbank.model.item import Item
from qbank.model.stimulus import Stimulus

_SHOWN = 3


class Judged(msgspec.Struct, frozen=True):
    """The losses of an export, the same as findings for people, and the input without what is left out."""

    losses: tuple[Loss, ...]
    findings: tuple[Finding, ...]
    input: ExportInput


def judge(input: ExportInput, format: Format) -> Judged:
    """What the format cannot carry of a form or bank. Nothing is written yet."""
    items = {one.item.id: one.item for one in input.placed()}
    stimuli = {one.stimulus.id: one.stimulus for one in input.placed() if one.stimulus is not None}
    out = {id for id, item in items.items() if item.type not in format.item_types}
    losses: list[Loss] = []
    by_feature: dict[str, list[tuple[Item | Stimulus, Pointer]]] = {}
    findings = []
    for id, item in items.items():
        if id in out:
            losses.append(_left_out(item, format))
            findings.append(_type_finding(item, format))
            continue
        for use in _uncarried(of_item(item), input, format):
            losses.append(_loss(id, use, format))
            by_feature.setdefault(use.feature, []).append((item, use.pointer))
    if "stimulus" in format.carries:
        for id, stimulus in stimuli.items():
            for use in _uncarried(of_stimulus(stimulus), input, format):
                losses.append(_loss(id, use, format))
                by_feature.setdefault(use.feature, []).append((stimulus, use.pointer))
    findings += [_finding(name, found, format, input) for name, found in sorted(by_feature.items())]
    return Judged(tuple(losses), tuple(findings), _without(input, out) if out else input)


def refused_items(input: ExportInput, findings: Iterable[Finding]) -> dict[str, Finding]:
    """The items that an export can go without so that nothing of some findings remains: id → why.

    A stimulus takes its items with it. {} when a finding is about no record of the input.
    """
    users: dict[int, set[str]] = {}
    for one in input.placed():
        for record in (one.item, one.stimulus):
            if record is not None and record.record >= 0:
                users.setdefault(record.record, set()).add(one.item.id)
    found: dict[str, Finding] = {}
    for finding in findings:
        ids = users.get(finding.where.record) if isinstance(finding.where, Where) else None
        if not ids:
            return {}
        for id in ids:
            found.setdefault(id, finding)
    return found


def without_refused(judged: Judged, findings: Collection[Finding]) -> Judged:
    """The same without the items that a format refused (`refused_items`), which are now losses."""
    out = refused_items(judged.input, findings)
    told = tuple(msgspec.structs.replace(one, message=f"{one.message}; left out") for one in findings)
    lost = tuple(_refused_loss(id, one) for id, one in sorted(out.items()))
    return Judged((*judged.losses, *lost), (*judged.findings, *told), _without(judged.input, set(out)))


def _refused_loss(id: str, finding: Finding) -> Loss:
    assert isinstance(finding.where, Where)
    field = "/".join(str(part) for part in finding.where.pointer)
    return Loss(record=id, field=field, feature="item", message=f"{finding.message}; the item is left out")


def _uncarried(uses: Iterator[Use], input: ExportInput, format: Format) -> Iterator[Use]:
    for use in uses:
        feature = FEATURES[use.feature]
        for_staff = feature.group in STAFF_GROUPS or feature.name in STAFF_ONLY
        if use.feature not in format.carries and not (for_staff and input.audience == "candidate"):
            yield use


def _loss(record: str, use: Use, format: Format) -> Loss:
    field = "/".join(str(part) for part in use.pointer)
    message = f"{format.title} has no place for {FEATURES[use.feature].title}"
    return Loss(record=record, field=field, feature=use.feature, message=message)


def _left_out(item: Item, format: Format) -> Loss:
    message = f"{format.title} cannot carry the type {item.type}; the item is left out"
    return Loss(record=item.id, field="type", feature="type", message=message)


def _type_finding(item: Item, format: Format) -> Finding:
    return Finding(
        item.at("type"),
        f"item {item.id}: {format.title} cannot carry the type {item.type}",
        hint=f"It carries {', '.join(sorted(format.item_types))}; export to another format, or with --lossy "
        "without this item.",
    )


def _finding(
    name: str, found: list[tuple[Item | Stimulus, Pointer]], format: Format, input: ExportInput
) -> Finding:
    """One finding for a feature, at the first record that uses it; the others are related places."""
    first, pointer = found[0]
    others = Counter(record.id for record, _ in found[1:])
    del input
    more = f" and {len(others)} more" if others else ""
    return Finding(
        first.at(*pointer),
        f"{format.title} has no place for {FEATURES[name].title}: {first.id}{more}",
        related=tuple(Related(record.at(*there), "the same") for record, there in found[1 : 1 + _SHOWN]),
        hint="Export to another format (`qbank formats` shows what each carries), or with --lossy without.",
    )


def _without(input: ExportInput, out: set[str]) -> ExportInput:
    """The input without some items, positions counted anew."""
    form = input.form
    position = 0
    sections: list[Section] = []
    for section in form.sections:
        kept = []
        for placement in section.placements:
            if placement.item not in out:
                position += 1
                kept.append(msgspec.structs.replace(placement, position=position))
        sections.append(msgspec.structs.replace(section, placements=tuple(kept)))
    return msgspec.structs.replace(input, form=_with(form, tuple(sections)))


def _with(form: Form, sections: tuple[Section, ...]) -> Form:
    return msgspec.structs.replace(form, sections=sections)


def nothing_left(input: ExportInput, format: Format) -> tuple[Finding, ...]:
    """That no item of a form or bank is of a type that the format carries."""
    if any(True for _ in input.placed()):
        return ()
    here = Location(f"{input.form.id}.form.json")
    carried = ", ".join(sorted(format.item_types))
    return (Finding(here, f"no item is left that {format.title} can carry", hint=f"It carries {carried}."),)
