"""`qbank schema`."""

from __future__ import annotations

import click

from qbank.cli import options
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import emit
from qbank.discovery import did_you_mean


@click.command(epilog=exits(), short_help="Print the JSON Schema of a file that qbank reads or writes.")
@click.argument("name", required=False)
@options.output
def schema(name: str | None, output: str) -> int:
    """Print the JSON Schema (2020-12) NAME: bank, blueprint, form, item or report.

    Without a NAME, list them. Editors check and complete YAML files with them.

    \b
    Examples:
      qbank schema
      qbank schema item -o item.schema.json
    """
    from qbank.reading.schemas import NAMES, schema_text

    if name is None:
        emit("".join(f"{one}\n" for one in NAMES), output)
    elif name not in NAMES:
        raise click.UsageError(f"there is no schema {name!r}. {did_you_mean(name, NAMES)}")
    else:
        emit(schema_text(name), output)
    return Exit.DONE
