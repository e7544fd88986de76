"""Forms and banks → files of a format: judged, then written, or refused with every reason at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from qbank import checking
from qbank.diagnostics import Diagnostic, Finding, Place, Severity
from qbank.discovery import UnknownName, did_you_mean, version
from qbank.formats import formats
from qbank.formats.contract import (
    Audience,
    Check,
    Export,
    ExportInput,
    Format,
    Loss,
    Refused,
    Stream,
    Streamed,
)
from qbank.formats.judging import judge, nothing_left, refused_items, without_refused
from qbank.formats.selection import bank_input
from qbank.model.bank import Bank
from qbank.model.blueprint import Blueprint, Where
from qbank.model.form import Form
from qbank.reading.places import Places

File = tuple[str, bytes]
"""A file that was made: its name, without a folder, and its content."""

Made = tuple[str, bytes | Stream]
"""The same; what may be large is made while it is written."""


class ExportRefused(Exception):
    """A form or bank that a format cannot express; `findings` says why, each with its place."""

    def __init__(self, findings: tuple[Finding, ...], bank: Bank) -> None:
        places = Places(bank.sources)
        super().__init__("\n".join(sentence(one, places) for one in findings))
        self.findings = findings


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """What an export gives: its files; what it does not hold, as findings and record by record.

    `made` are the files as they are to be written: large ones are made only then.
    """

    made: tuple[Made, ...]
    losses: tuple[Finding, ...] = ()
    lost: tuple[Loss, ...] = ()

    @property
    def files(self) -> tuple[File, ...]:
        """The files with their contents; those that are made while they are written are made each time."""
        return tuple((name, one if isinstance(one, bytes) else one.whole()) for name, one in self.made)


def export(
    form: Form,
    bank: Bank,
    blueprint: Blueprint,
    to: str = "xlsx",
    audience: Audience = "staff",
    *,
    dialect: str = "",
    lossy: bool = False,
) -> tuple[File, ...]:
    """The files of a form in a format.

    Raises ExportRefused when the format cannot express the form, UnknownName for an unknown format.
    `export_with_losses` says besides what the format has no place for.
    """
    return export_with_losses(form, bank, blueprint, to, audience, dialect=dialect, lossy=lossy).files


def export_with_losses(
    form: Form,
    bank: Bank,
    blueprint: Blueprint,
    to: str = "xlsx",
    audience: Audience = "staff",
    *,
    dialect: str = "",
    lossy: bool = False,
) -> Exported:
    """What `export` gives, with what the format has no place for."""
    format = find_format(to, audience, dialect)
    input = ExportInput(
        form=form,
        blueprint=blueprint,
        bank=bank,
        items={item.id: item for item in reversed(bank.items)},
        stimuli={stimulus.id: stimulus for stimulus in reversed(bank.stimuli)},
        audience=audience,
        checks=form_checks(form, bank, blueprint),
        media_root=bank.root,
        version=version(),
        dialect=dialect,
        lossy=lossy,
    )
    return _exported(input, format)


def export_bank(
    bank: Bank,
    to: str = "jsonl",
    audience: Audience = "staff",
    *,
    where: Where | None = None,
    dialect: str = "",
    lossy: bool = False,
) -> Exported:
    """The files of a whole bank, or of its items that meet a `where`, in a format.

    Raises ExportRefused when the format cannot express them, UnknownName for an unknown format and
    SelectorError for an ill-formed `where`.
    """
    format = find_format(to, audience, dialect)
    if not format.banks:
        raise UnknownName(f"{to} is made for forms, not for whole banks. Assemble a form first.")
    input = bank_input(bank, where=where, audience=audience, version=version(), dialect=dialect)
    return _exported(msgspec.structs.replace(input, lossy=lossy), format)


def _exported(input: ExportInput, format: Format) -> Exported:
    judged = judge(input, format)
    if judged.losses and not input.lossy:
        raise ExportRefused(judged.findings, input.bank)
    result = _written(judged.input, format, bool(judged.losses))
    while isinstance(result, Refused):
        judged = without_refused(judged, result.findings)
        result = _written(judged.input, format, True)
    return Exported(
        made=result.files, losses=(*judged.findings, *result.losses), lost=(*judged.losses, *result.lost)
    )


def _written(input: ExportInput, format: Format, lessened: bool) -> Export | Streamed | Refused:
    """What a format makes of an input. Raises ExportRefused unless going without some items may help."""
    wrong = nothing_left(input, format) if lessened else ()
    writes = format.streams or format.write
    result = Refused(wrong) if wrong else writes(input)
    if isinstance(result, Refused) and not (input.lossy and refused_items(input, result.findings)):
        raise ExportRefused(result.findings, input.bank)
    return result


def formats_for(audience: Audience = "staff", dialect: str = "") -> tuple[str, ...]:
    """The names of all formats that can be written for an audience and dialect, sorted."""
    return tuple(
        slug
        for slug, one in formats().items()
        if one.writes is not None and audience in one.audiences and (not dialect or dialect in one.dialects)
    )


def find_format(name: str, audience: Audience = "staff", dialect: str = "") -> Format:
    """The format of a name that can be written.

    Raises UnknownName when there is none, or none for that audience or dialect.
    """
    known = {slug: one for slug, one in formats().items() if one.writes is not None}
    if name not in known:
        raise UnknownName(f"there is no format {name!r}. {did_you_mean(name, known)}")
    format = known[name]
    if audience not in format.audiences:
        raise UnknownName(f"{name} is not made for {audience}s; it is for {', '.join(format.audiences)}")
    if dialect and dialect not in format.dialects:
        has = f"It knows {', '.join(format.dialects)}." if format.dialects else "It has none."
        raise UnknownName(
            f"{name} has no dialect {dialect!r}. {did_you_mean(dialect, format.dialects) or has}"
        )
    return format


def form_checks(form: Form, bank: Bank, blueprint: Blueprint) -> tuple[Check, ...]:
    """Every row of the blueprint, stated or implied, beside what the form has."""
    from qbank.assembly.duties import all_rows
    from qbank.assembly.relaxing import for_form
    from qbank.assembly.setting import fill, make_setting

    blueprint = for_form(blueprint, form)
    setting = make_setting(bank, blueprint)
    filled = fill(form, setting)
    return tuple(
        Check(row.label, row.kind, one.target, one.minimum, one.maximum, one.actual)
        for row in all_rows(blueprint)
        for one in row.measures(setting, filled)
    )


def refused(findings: Iterable[Finding], bank: Bank, format: str) -> tuple[Diagnostic, ...]:
    """Why a format refused, as diagnostics."""
    stated = (("unsupported", Severity.ERROR, one) for one in findings)
    return checking.locate_findings(stated, Places(bank.sources), format)


def lost(findings: Iterable[Finding], bank: Bank, format: str) -> tuple[Diagnostic, ...]:
    """What a format had no place for, as diagnostics."""
    stated = (("lost", Severity.WARNING, one) for one in findings)
    return checking.locate_findings(stated, Places(bank.sources), format)


def loss_report(name: str, made: Mapping[str, Exported], refused: Iterable[str] = ()) -> bytes:
    """What the exports of a form or bank do not hold, record by record, as JSON (schema `losses`).

    `made` is format → export, `refused` the formats that made none.
    """
    formats = [
        {"format": format, "files": [file for file, _ in one.made], "losses": one.lost}
        for format, one in made.items()
    ]
    tree = {"schema_version": 1, "export": name, "formats": formats, "refused": list(refused)}
    return msgspec.json.format(msgspec.json.encode(tree), indent=2) + b"\n"


def sentence(finding: Finding, places: Places) -> str:
    """A finding with its place, as one sentence."""
    where: Place = finding.where
    at = places(where)
    told = f"{finding.message}. {finding.hint}" if finding.hint else finding.message
    return f"{at.file}:{at.line}:{at.column}: {told}" if at.file else told
