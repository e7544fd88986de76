"""`qbank init`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from qbank.cli import options
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import emit, say

STARTER = Path(__file__).parent / "starter"
NAME = "my-bank"
"""What the starter bank calls itself; a new bank is called after its folder."""

_ITEMS_SCHEMA = """{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "qbank items",
  "type": "array",
  "items": {"$ref": "item.schema.json"}
}
"""


@click.command(epilog=exits(), short_help="Write a small working bank and blueprint to start from.")
@click.argument("folder", metavar="DIR")
@options.quiet
def init(folder: str, quiet: bool) -> int:
    """Write a small working bank into the folder DIR, to be replaced by items of your own.

    There are 14 items in two content areas with a case that three items share, a blueprint for a form of
    nine items, a configuration and a README. Nothing is ever overwritten.

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
        if (target / name).exists() or (target / name).is_symlink():
            raise click.UsageError(f"{target / name} exists already. Name a new folder.")
    for name, content in files.items():
        place = target / name
        steps.written([(place.name, content)], place.parent)
        emit(f"{steps.shown_path(place)}\n")
    say(f"Next: qbank lint {folder}", quiet=quiet)
    return Exit.DONE


def bank_name(folder: Path) -> str:
    """An id for the bank, after its folder."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", folder.resolve().name).strip("-._")[:50]
    return name if re.match(r"[A-Za-z]", name) else NAME


def _files(target: Path) -> Iterator[tuple[str, bytes]]:
    from qbank.reading.schemas import schema_text

    name = bank_name(target)
    for path in sorted(STARTER.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8").replace(NAME, name)
            yield path.relative_to(STARTER).as_posix(), text.encode("utf-8")
    yield ".qbank/items.schema.json", _ITEMS_SCHEMA.encode("utf-8")
    for schema in ("bank", "blueprint", "item"):
        yield f".qbank/{schema}.schema.json", schema_text(schema).encode("utf-8")
