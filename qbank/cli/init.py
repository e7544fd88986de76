"""`qbank init`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from qbank.cli import options
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import emit, say

STARTER = Path(__file__).parent / "starter"
NAME = "my-bank"
"""What the starter bank calls itself; a new bank is called after its folder."""

EDITOR_SETTINGS = ".vscode/settings.json"
YAML_FILES: Mapping[str, str] = {
    "bank": "bank.yaml",
    "blueprint": "blueprints/**/*.yaml",
    "item-file": "items/**/*.yaml",
    "stimulus-file": "stimuli/**/*.yaml",
}
"""Schema → the files of a bank that an editor holds against it."""


@click.command(epilog=exits(), short_help="Write a small working bank and blueprint to start from.")
@click.argument("folder", metavar="DIR")
@options.quiet
def init(folder: str, quiet: bool) -> int:
    """Write a small working bank into the folder DIR, to be replaced by items of your own.

    There are 14 items in two content areas with a case that three items share, a blueprint for a form of
    nine items, a configuration, a README, and what editors need to check and complete the files: schemas
    in .qbank and a setting for VS Code. Nothing is ever overwritten; a VS Code setting that is there
    already stays as it is, and the command says what to add.

    \b
    Examples:
      qbank init mybank
      qbank lint mybank
      qbank assemble --blueprint mybank/blueprints/practice.yaml --to xlsx
    """
    from qbank.cli import steps

    target = Path(folder)
    files = dict(_files(target))
    for name in files:
        if _is_there(target / name):
            raise click.UsageError(f"{target / name} exists already. Name a new folder.")
    own = _is_there(target / EDITOR_SETTINGS)
    if not own:
        files[EDITOR_SETTINGS] = _settings().encode("utf-8")
    for name, content in files.items():
        place = target / name
        steps.written([(place.name, content)], place.parent)
        emit(f"{steps.shown_path(place)}\n")
    if own:
        say(f"{target / EDITOR_SETTINGS} is yours and stays as it is. Add to it:\n{_settings()}", quiet=quiet)
    say(f"Next: qbank lint {shlex.quote(str(folder))}", quiet=quiet)
    return Exit.DONE


def bank_name(folder: Path) -> str:
    """An id for the bank, after its folder."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", folder.resolve().name).strip("-._")[:50]
    return name if re.match(r"[A-Za-z]", name) else NAME


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _files(target: Path) -> Iterator[tuple[str, bytes]]:
    from qbank.cli.schema import schema_text

    name = bank_name(target)
    for path in sorted(STARTER.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8").replace(NAME, name)
            yield path.relative_to(STARTER).as_posix(), text.encode("utf-8")
    for schema in (*YAML_FILES, "config"):
        yield _schema_file(schema), schema_text(schema, "editor").encode("utf-8")


def _schema_file(schema: str) -> str:
    return f".qbank/{schema}.schema.json"


def _settings() -> str:
    """The setting of VS Code's YAML extension: which files are held against which schema."""
    import json

    schemas = {f"./{_schema_file(schema)}": files for schema, files in YAML_FILES.items()}
    return json.dumps({"yaml.schemas": schemas}, indent=2) + "\n"
