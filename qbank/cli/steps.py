"""Steps that several commands take: settings, banks, blueprints, reports."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from qbank.cli.progress import Bar
from qbank.cli.streams import CannotWrite, coloured, emit, say, style

if TYPE_CHECKING:
    from qbank.checking import Report
    from qbank.config import Settings
    from qbank.diagnostics import Diagnostic
    from qbank.model.bank import Bank, ReadProblem
    from qbank.model.blueprint import Blueprint
    from qbank.reading.blueprint import BlueprintReading

TERMINAL_FORMAT = "text"


def settings_for(bank: Path, config_file: str | None = None) -> Settings:
    """The settings of a file, or of the nearest configuration from a bank upwards.

    Raises ConfigError for a file that cannot be used or names what does not exist.
    """
    from qbank import api, config

    try:
        path = Path(config_file) if config_file else config.find(bank if bank.is_dir() else bank.parent)
    except OSError:
        path = None  # nothing can be looked for there; reading the bank says why
    if path is None:
        return config.Settings()
    settings = config.load(path)
    wrong = api.unknown_names(settings)
    if wrong:
        raise config.ConfigError("\n".join(f"{path}: {sentence}" for sentence in wrong))
    return settings


def overridden(settings: Settings, select: tuple[str, ...], ignore: tuple[str, ...]) -> Settings:
    """Settings with what the command line names: it wins over the file, and naming a rule turns it on."""
    kept = tuple(name for name in settings.ignore if name not in select)
    levels = {
        slug: level for slug, level in settings.severity.items() if not (level == "off" and slug in select)
    }
    return msgspec.structs.replace(
        settings, select=select or settings.select, ignore=(*kept, *ignore), severity=levels
    )


def read_blueprint(path: str) -> BlueprintReading:
    """A blueprint with what was found while reading it."""
    from qbank import api

    return api.read_blueprint(path)


def linted(
    bank: Bank,
    problems: Sequence[ReadProblem],
    settings: Settings,
    *,
    blueprint: BlueprintReading | Blueprint | None = None,
    today: str,
    quiet: bool,
) -> Report:
    """A report on a bank, with a progress bar when it takes long."""
    from qbank import api

    with Bar("linting", quiet=quiet) as bar:
        return api.lint(
            bank, problems, settings=settings, blueprint=blueprint, today=today, progress=bar.count
        )


def blueprint_report(reading: BlueprintReading, today: str) -> Report:
    """What is wrong with the shape of a blueprint, without its bank."""
    from qbank import api
    from qbank.model.bank import Bank

    return api.lint(Bank(files=1), blueprint=reading, today=today)


def show(report: Report, format: str = TERMINAL_FORMAT, output: str = "-") -> None:
    """A report as data: to standard output or a file."""
    from qbank import api
    from qbank.reporters.contract import Rendering

    colour = format == TERMINAL_FORMAT and output == "-" and coloured(sys.stdout)
    rendering = Rendering(style=style) if colour else Rendering()
    emit(api.render(report, format, rendering), output)


def show_messages(diagnostics: Sequence[Diagnostic], items: int = 0, files: int = 0) -> None:
    """Diagnostics as messages: on standard error, for people."""
    from qbank import api
    from qbank.checking import Report
    from qbank.reporters.contract import Rendering

    report = Report(tuple(diagnostics), items, files)
    rendering = Rendering(style=style) if coloured(sys.stderr) else Rendering()
    say(api.render(report, TERMINAL_FORMAT, rendering).rstrip("\n"))


def usable(reading: BlueprintReading, today: str) -> Blueprint | None:
    """The blueprint, or None after its mistakes were shown as messages."""
    if reading.blueprint is None:
        report = blueprint_report(reading, today)
        show_messages(report.diagnostics, files=1)
    return reading.blueprint


def without_mistakes(bank: Bank, blueprint: Blueprint) -> bool:
    """Whether bank and blueprint go together; shows as messages what is wrong with the blueprint."""
    from qbank import api
    from qbank.diagnostics import Severity

    mistakes = api.located(api.check_blueprint(bank, blueprint), blueprint)
    if mistakes:
        show_messages(mistakes, len(bank.items), bank.files + 1)
    return not any(one.severity is Severity.ERROR for one in mistakes)


def written(files: Sequence[tuple[str, bytes]], folder: Path) -> tuple[Path, ...]:
    """Write files into a folder. Raises CannotWrite."""
    from qbank import api

    try:
        return api.write(files, folder)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CannotWrite(f"{folder}: cannot be written: {reason}") from None


def shown_path(path: Path) -> str:
    """A path as messages show it."""
    from qbank.reading.files import shown

    return shown(path)
