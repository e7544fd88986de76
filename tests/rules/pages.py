"""Rule pages: prose for people, and cases that are run as tests.

A page `tests/rules/<family>/<slug>.md` has the title `# <slug>`, prose, and cases. A case is a heading
`## Fires: …` or `## Stays silent: …` and fenced blocks:

- a block with `file=NAME` is a file of the bank (`yaml file=items.yaml`, also .json, .jsonl, media);
- `yaml file=bank.yaml` is the bank record; without one there is a bank called demo that declares
  nothing. Where it names no `items:` or `stimuli:`, the files of the case are named for it;
- `yaml file=items.yaml alone` is read by itself, as a bank without a bank record;
- `yaml file=blueprint.yaml` is a blueprint to check the bank against;
- `toml file=qbank.toml` is the configuration; without a `select` only the page's rule runs;
- `text` without a file holds what is expected, one a line: `items.yaml:6:8: slug: message`, each
  followed by its related places, if any: ` [related items.yaml:1:7: message]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from qbank import checking, config
from qbank.diagnostics import Diagnostic
from qbank.model.bank import ReadProblem, Source
from qbank.model.blueprint import Blueprint
from qbank.reading.bank import load_bank

FOLDER = Path(__file__).parent
_NOT_ITEMS = ("bank.yaml", "bank.json", "stimuli.yaml", "stimuli.json", "blueprint.yaml", "statistics.jsonl")
_HEADING = re.compile(r"## (Fires|Stays silent): (.+)")
_FENCE = re.compile(r"(`{3,})(\w*)[ ]*(.*)")


class Case(msgspec.Struct, frozen=True):
    """A case of a page. `files` maps name → text, `alone` names the file that is the whole bank."""

    slug: str
    title: str
    fires: bool
    files: dict[str, str]
    expected: tuple[str, ...]
    alone: str = ""


class Page(msgspec.Struct, frozen=True):
    """A rule's page: its family and slug, its prose, its cases."""

    family: str
    slug: str
    title: str
    prose: str
    cases: tuple[Case, ...]


def all_pages() -> dict[str, Page]:
    """Every rule page by slug."""
    return {path.stem: load_page(path) for path in sorted(FOLDER.glob("*/*.md"))}


def load_page(path: Path) -> Page:
    """Read a page. Raises ValueError when it is not written as the module says."""
    parts = re.split(r"^(?=## )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    title, _, prose = parts[0].partition("\n")
    cases = tuple(_case(path, part) for part in parts[1:])
    return Page(path.parent.name, path.stem, title, prose.strip(), cases)


def run(case: Case, folder: Path) -> list[str]:
    """Write a case's bank into a folder, lint it, and give what was found as lines of text."""
    for name, text in _with_bank_record(case).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    bank, problems = load_bank(folder / case.alone)
    blueprint, source = None, None
    if "blueprint.yaml" in case.files:
        blueprint, more, source = _blueprint(folder / "blueprint.yaml")
        problems += more
    report = checking.lint(
        bank, problems, settings=_settings(case, folder), blueprint=blueprint, blueprint_source=source
    )
    return [line for one in report.diagnostics for line in _lines(one, folder.resolve())]


def _case(path: Path, text: str) -> Case:
    heading, _, body = text.partition("\n")
    found = _HEADING.fullmatch(heading.strip())
    if found is None:
        raise ValueError(f"{path}: {heading!r} is neither '## Fires: …' nor '## Stays silent: …'")
    files: dict[str, str] = {}
    expected: tuple[str, ...] = ()
    alone = ""
    for language, words, content in _blocks(path, body):
        named = next((word[5:] for word in words if word.startswith("file=")), "")
        if named:
            files[named] = content
            alone = named if "alone" in words else alone
        elif language == "text":
            expected = tuple(line for line in content.splitlines() if line.strip())
        else:
            raise ValueError(f"{path}: {heading}: a {language or 'plain'} block without file=NAME")
    fires = found[1] == "Fires"
    if fires != bool(expected):
        raise ValueError(f"{path}: {heading}: a case that fires, and no other, says what is expected")
    if not set(files) - {"bank.yaml", "qbank.toml", "blueprint.yaml"} and not fires:
        raise ValueError(f"{path}: {heading}: there is no bank to be silent about")
    return Case(path.stem, found[2].strip(), fires, files, expected, alone)


def _blocks(path: Path, body: str) -> Iterator[tuple[str, list[str], str]]:
    """The fenced blocks of a case: language, the words after it, content."""
    lines = iter(body.split("\n"))
    for line in lines:
        fence = _FENCE.fullmatch(line.rstrip())
        if fence is None:
            continue
        content: list[str] = []
        for inner in lines:
            if inner.rstrip() == fence[1]:
                break
            content.append(inner + "\n")
        else:
            raise ValueError(f"{path}: a block is not closed")
        yield fence[2], fence[3].split(), "".join(content)


def _with_bank_record(case: Case) -> dict[str, str]:
    """The files of a case, with a bank record that names its items and stimuli."""
    if case.alone or "bank.json" in case.files:
        return case.files
    record = case.files.get("bank.yaml", "id: demo\n")
    named = {
        "items": [name for name in case.files if name.endswith((".yaml", ".json", ".jsonl"))],
        "stimuli": [name for name in case.files if name in ("stimuli.yaml", "stimuli.json")],
    }
    named["items"] = [name for name in named["items"] if name not in _NOT_ITEMS]
    for field, names in named.items():
        if not re.search(rf"^{field}:", record, re.MULTILINE):
            record += f"{field}: [{', '.join(names)}]\n"
    return {**case.files, "bank.yaml": record}


def _settings(case: Case, folder: Path) -> config.Settings:
    settings = config.load(folder / "qbank.toml") if "qbank.toml" in case.files else config.Settings()
    return settings if settings.select else msgspec.structs.replace(settings, select=(case.slug,))


def _blueprint(path: Path) -> tuple[Blueprint | None, tuple[ReadProblem, ...], Source]:
    from qbank.assembly.registry import constraint_kinds, objective_kinds
    from qbank.reading.blueprint import load_blueprint

    reading = load_blueprint(path, constraint_kinds(), objective_kinds())
    return reading.blueprint, reading.problems, reading.source


def _lines(one: Diagnostic, folder: Path) -> Iterator[str]:
    yield f"{_inside(one.file, folder)}:{one.line}:{one.column}: {one.rule}: {one.message}"
    for place in one.related:
        message = f": {place.message}" if place.message else ""
        yield f" [related {_inside(place.file, folder)}:{place.line}:{place.column}{message}]"


def _inside(file: str, folder: Path) -> str:
    """A file as a page names it: relative to the bank's folder."""
    return Path(file).resolve().relative_to(folder).as_posix()
