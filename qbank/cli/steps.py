"""Steps that several commands take: settings, banks, blueprints, reports."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import click
import msgspec

from qbank.cli.progress import Bar
from qbank.cli.streams import CannotWrite, coloured, emit, say, style

if TYPE_CHECKING:
    from qbank.checking import Report
    from qbank.config import Settings
    from qbank.diagnostics import Diagnostic, Finding, Place
    from qbank.exporting import Made
    from qbank.model.bank import Bank, ReadProblem
    from qbank.model.blueprint import Blueprint
    from qbank.reading.blueprint import BlueprintReading

TERMINAL_FORMAT = "text"
STDIN = "-"


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


def overridden(
    settings: Settings,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    profile: str | None = None,
) -> Settings:
    """Settings with what the command line names: it wins over the file, and naming a rule turns it on."""
    from qbank.config import Profile

    if profile is not None:
        settings = msgspec.structs.replace(settings, profile=Profile(profile))
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


class Piped(msgspec.Struct, frozen=True):
    """A bank from standard input: its name in messages, and the file that holds it meanwhile.

    `guessed` tells that nobody said what it is.
    """

    name: str
    path: str
    guessed: bool = False

    def tell_guess(self, problems: Iterable[ReadProblem], quiet: bool) -> None:
        """Say what the bank was taken for, where it could not be read as that."""
        from qbank.reading.guess import named

        if self.guessed and any(one.rule == "unreadable-file" for one in problems):
            taken = named(Path(self.name).suffix)
            say(f"info: standard input was read as {taken}; --stdin-filename tells what it is", quiet=quiet)

    def load(self) -> tuple[Bank, tuple[ReadProblem, ...]]:
        """The bank, with what was found while reading, under its name."""
        from qbank import api

        bank, problems = api.load_bank(self.path)
        sources = tuple(msgspec.structs.replace(source, file=self.name) for source in bank.sources)
        bank = msgspec.structs.replace(bank, sources=sources, root=str(Path(self.name).parent))
        return bank, tuple(msgspec.structs.replace(one, finding=self._named(one.finding)) for one in problems)

    def line(self, file: str, number: int) -> str:
        """A line of the bank, or of another file, for quoting."""
        from qbank.reading.places import line_text

        return line_text(self.path if file == self.name else file, number)

    def _named(self, finding: Finding) -> Finding:
        related = tuple(msgspec.structs.replace(one, where=self._place(one.where)) for one in finding.related)
        return msgspec.structs.replace(finding, where=self._place(finding.where), related=related)

    def _place(self, where: Place) -> Place:
        from qbank.diagnostics import Location

        return msgspec.structs.replace(where, file=self.name) if isinstance(where, Location) else where


def piped(paths: Sequence[str], name: str | None) -> Piped | None:
    """The bank on standard input when `-` is among the paths; without a name its text says what it is.

    Raises UsageError for a name without `-`, or one that is not of a bank, and for a table.
    """
    from qbank.reading.files import SUFFIXES
    from qbank.reading.guess import suffix_of

    if STDIN not in paths:
        if name is not None:
            raise click.UsageError("--stdin-filename goes with the PATH -, which reads standard input.")
        return None
    if name and Path(name).suffix not in SUFFIXES:
        raise click.UsageError(f"--stdin-filename {name}: a bank is a .yaml, .json or .jsonl file.")
    if sys.stdin is None:
        raise click.UsageError("standard input is closed; the PATH - reads it.")
    data = sys.stdin.buffer.read()
    suffix = Path(name).suffix if name else suffix_of(data)
    if not suffix:
        raise click.UsageError(
            "standard input is a table; a bank is YAML, JSON or JSON Lines. "
            "`qbank import FILE --out DIR` makes one of a table."
        )
    folder = click.get_current_context().with_resource(tempfile.TemporaryDirectory(prefix="qbank-"))
    path = Path(folder) / f"stdin{suffix}"
    path.write_bytes(data)
    return Piped(name or f"stdin{suffix}", str(path), guessed=not name)


def tell_of_whole_bank(file: Path, quiet: bool) -> None:
    """Say so when a file that is checked by itself lies in the folder of a bank."""
    import shlex

    from qbank.reading.files import BANK_FILES, is_bank, shown

    if file.is_dir() or file.name in BANK_FILES:
        return
    whole = next((one for one in file.resolve().parents if is_bank(one)), None)
    if whole is not None:
        all_of_it = f"`qbank lint {shlex.quote(shown(whole))}` checks all of it"
        say(f"info: {shown(file)} is checked without the bank around it; {all_of_it}", quiet=quiet)


def load(
    path: Path, stdin: Piped | None = None, *, cached: bool = False
) -> tuple[Bank, Sequence[ReadProblem]]:
    """A bank with what was found while reading it. Raises PathError."""
    from qbank import api

    if stdin is not None and str(path) == STDIN:
        return stdin.load()
    return api.load_bank(path, cached=cached)


def changed_only(report: Report, changes: Iterable[Changed]) -> Report:
    """What a report says about files that were changed since a git revision."""
    changed = {file for one in changes for file in one.files}
    concerned = {
        file: os.path.realpath(file) in changed
        for one in report.diagnostics
        for file in (one.file, *(other.file for other in one.related))
    }
    kept = (
        one
        for one in report.diagnostics
        if concerned[one.file] or any(concerned[other.file] for other in one.related)
    )
    return msgspec.structs.replace(report, diagnostics=tuple(kept))


def broken_elsewhere(
    found: Report,
    bank: Bank,
    path: Path,
    ref: str,
    changed: Changed,
    settings: Settings,
    lint: Callable[[Bank, Sequence[ReadProblem], Settings], Report],
    quiet: bool,
) -> Report:
    """What of a report on a bank is about files that did not change since a revision, and was not said there.

    `lint` checks the bank as it was, with settings.
    """
    from qbank import aftermath
    from qbank.comparison import revision
    from qbank.reading.files import PathError
    from qbank.rule import all_rules

    record = bank.sources[bank.info.record].path if bank.info.record >= 0 else ""

    def is_changed(file: str) -> bool:
        return os.path.realpath(file) in changed.files

    def is_other(file: str) -> bool:
        return _itself(file) in changed.files

    def before(asked: Settings) -> Report:
        reading = revision.load_revision(revision.beside(changed.base, str(path)))
        return lint(reading.bank, reading.problems, asked)

    suspected = aftermath.suspects(
        found, all_rules(), is_changed, record_changed=bool(record) and is_changed(record)
    )
    try:
        new = aftermath.broken(suspected, settings, before)
    except PathError as error:  # the bank is new, or git does not have all of it
        told = f"the bank at {ref} cannot be read, so what breaks in other files is not told: {error}"
        say(f"info: {told}", quiet=quiet)
        new = ()
    new = (*new, *aftermath.of_files(found, bank.root, is_changed, is_other))
    if new:
        told = "1 finding was" if len(new) == 1 else f"{len(new)} findings were"
        say(f"info: {told} not there at {ref}, in files that did not change", quiet=quiet)
    return msgspec.structs.replace(found, diagnostics=new)


class Changed(NamedTuple):
    """The real paths of files that differ from a git revision, and the commit that they are compared with.

    Of a link that differs it is both that of the link and that of what it leads to.
    """

    files: frozenset[str]
    base: str


def changed_files(ref: str, bank: Path) -> Changed:
    """The files that differ from a git revision, with new ones that git does not ignore.

    What counts is the place where the work branched off from the revision. Raises UsageError when git
    does not know the revision, or the bank lies in no repository.
    """
    folder = bank if bank.is_dir() else bank.parent
    if ref.startswith("-") or not ref.strip():
        raise click.UsageError(f"--changed-since {ref}: this is no git revision.")
    top = os.path.realpath(_git(folder, "rev-parse", "--show-toplevel").rstrip("\r\n"))
    commit = _git(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", unknown=ref).strip()
    base = _git(folder, "merge-base", commit, "HEAD", unknown=None).strip() or commit
    differing = _git(Path(top), "diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", base, "--")
    new = _git(Path(top), "ls-files", "--others", "--exclude-standard", "-z")
    names = f"{differing}{new}".split("\0")
    files = [Path(top) / name for name in names if name]
    return Changed(frozenset((*map(os.path.realpath, files), *map(_itself, files))), base)


def _itself(file: str | Path) -> str:
    """The real path of a file, that of a link itself when it is one."""
    folder, name = os.path.split(file)
    return str(Path(os.path.realpath(folder)) / name)


def _git(folder: Path, *arguments: str, unknown: str | None = "") -> str:
    """What git prints; "" where None is `unknown` and it fails. Raises UsageError otherwise."""
    import subprocess

    command = ["git", "-c", "core.fsmonitor=false", *arguments]
    try:
        ran = subprocess.run(command, cwd=folder or None, capture_output=True, check=False)
    except OSError as error:
        raise click.UsageError(
            f"--changed-since needs git: {(error.strerror or str(error)).lower()}"
        ) from None
    if ran.returncode == 0:
        return os.fsdecode(ran.stdout)
    if unknown is None:
        return ""
    said = os.fsdecode(ran.stderr).strip().splitlines()
    why = f"git knows no revision {unknown!r}" if unknown else said[0] if said else "git failed"
    if unknown and _git(folder, "rev-parse", "--is-shallow-repository", unknown=None).strip() == "true":
        why += "; this clone is shallow: fetch its history first (fetch-depth: 0, GIT_DEPTH: 0)"
    raise click.UsageError(f"--changed-since: {why}.")


def linted(
    bank: Bank,
    problems: Sequence[ReadProblem],
    settings: Settings,
    *,
    blueprint: BlueprintReading | Blueprint | None = None,
    today: str,
    quiet: bool,
    jobs: int = 1,
    cached: Path | None = None,
) -> Report:
    """A report on a bank, with a progress bar when it takes long."""
    from qbank import api

    with Bar("linting", quiet=quiet) as bar:
        return api.lint(
            bank,
            problems,
            settings=settings,
            blueprint=blueprint,
            today=today,
            progress=bar.count,
            jobs=jobs,
            cached=cached,
        )


def blueprint_report(reading: BlueprintReading, today: str) -> Report:
    """What is wrong with the shape of a blueprint, without its bank."""
    from qbank import api
    from qbank.model.bank import Bank

    return api.lint(Bank(files=1), blueprint=reading, today=today)


def show(
    report: Report, format: str = TERMINAL_FORMAT, output: str = "-", stdin: Piped | None = None
) -> None:
    """A report as data: to standard output or a file."""
    from qbank import api
    from qbank.reporters.contract import Rendering

    colour = format == TERMINAL_FORMAT and output == "-" and coloured(sys.stdout)
    rendering = Rendering(style=style) if colour else Rendering()
    if format == TERMINAL_FORMAT and output == "-" and sys.stdout is not None and sys.stdout.isatty():
        rendering = msgspec.structs.replace(rendering, columns=shutil.get_terminal_size().columns)
    if stdin is not None:
        rendering = msgspec.structs.replace(rendering, line=stdin.line)
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


def looking_back(
    blueprint: Blueprint, bank: Bank, usage_file: str | None, against: Sequence[str]
) -> Blueprint | None:
    """The blueprint with what `--usage` and `--against` name; None after mistakes were shown as messages.

    Raises PathError when a file cannot be read.
    """
    from qbank import api
    from qbank.diagnostics import Severity

    forms = [api.load_form(name) for name in dict.fromkeys(against)]
    uses = None
    if usage_file is not None:
        reading = api.read_usage(usage_file)
        mistakes = api.usage_diagnostics(reading, bank)
        if mistakes:
            show_messages(mistakes, len(reading.uses), 1)
        if any(one.severity is Severity.ERROR for one in mistakes):
            return None
        known = {item.id for item in bank.items}
        uses = {id: count for id, count in reading.uses.items() if id in known}
    return api.looking_back(blueprint, uses, forms)


def written(files: Sequence[Made], folder: Path) -> tuple[Path, ...]:
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


Stamps = Mapping[str, tuple[int, int]]
"""Files with their time of change and size."""


def stamps(paths: Iterable[Path], leave_out: Collection[str] = ()) -> Stamps:
    """The bank files and configurations below some paths as they stand now, but for those left out."""
    from qbank.reading.files import SUFFIXES

    found: dict[str, tuple[int, int]] = {}
    outside = {os.path.realpath(name) for name in leave_out}
    for path in _below(paths):
        if Path(path).suffix in (*SUFFIXES, ".toml") and os.path.realpath(path) not in outside:
            with contextlib.suppress(OSError):  # it has just gone
                status = Path(path).stat()
                found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _below(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        if not path.is_dir():
            yield str(path)
        for here, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (str(Path(here) / name) for name in names)


def watch(
    run: Callable[[], object],
    look: Callable[[], Stamps],
    *,
    pause: Callable[[], object] = lambda: time.sleep(0.5),
    clear: Callable[[], object] = lambda: click.clear(),
) -> NoReturn:
    """Run, and again whenever what is looked at has changed; ends when `pause` raises (Ctrl-C).

    What is wrong with a path or the configuration is said, and mended while this goes on.
    """
    from qbank.config import ConfigError
    from qbank.reading.files import PathError

    seen = look()
    while True:
        clear()
        try:
            run()
        except (click.ClickException, PathError, ConfigError, CannotWrite) as error:
            say(f"qbank: {error}")
        while (now := look()) == seen:
            pause()
        seen = now
