"""`qbank codes schema`."""

from __future__ import annotations

from pathlib import Path

import click

from qbank.cli import options
from qbank.cli.exits import exits
from qbank.cli.streams import emit

FOLDER = Path(__file__).parent.parent / "schemas"
_END = ".schema.json"


@click.command(epilog=exits(), short_help="Print the JSON Schema of what these commands print.")
@click.argument("name", required=False)
@options.output
def schema(name: str | None, output: str) -> int:
    """Print the JSON Schema of what `qbank codes NAME --format json` prints; without a NAME, list them.

    \b
    Examples:
      qbank codes schema
      qbank codes schema impact -o codes-impact.schema.json
    """
    from qbank.discovery import did_you_mean

    known = names()
    if name is None:
        emit("".join(f"{one}\n" for one in known), output)
    elif name not in known:
        near = did_you_mean(name, known) or "`qbank codes schema` lists them."
        raise click.UsageError(f"there is no schema {name!r}. {near}")
    else:
        emit((FOLDER / f"{name}{_END}").read_text(encoding="utf-8"), output)
    return 0


def names() -> tuple[str, ...]:
    """The commands whose JSON has a schema, sorted."""
    return tuple(sorted(path.name.removesuffix(_END) for path in FOLDER.glob(f"*{_END}")))
