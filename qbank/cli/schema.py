"""`qbank schema`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from qbank.cli import options
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import emit
from qbank.diagnostics import json_pointer
from qbank.discovery import did_you_mean
from qbank.reporters.safe import safe


@click.command(
    epilog=exits(Exit.FINDINGS, findings="with --check: the file breaks the schema"),
    short_help="Print the JSON Schema of a file that qbank reads or writes.",
)
@click.argument("name", required=False)
@click.option(
    "--check",
    metavar="FILE",
    type=click.Path(),
    help="Hold a YAML or JSON file against the schema, with the reference validator.",
)
@options.output
def schema(name: str | None, check: str | None, output: str) -> int:
    """Print the JSON Schema (2020-12) NAME: bank, blueprint, form, item or report.

    Without a NAME, list them. Editors check and complete YAML files with them. With --check, say in
    the words of JSON Schema how a file breaks it: a second opinion beside `qbank lint`, for programs
    that write these files. A list is held against it entry by entry.

    \b
    Examples:
      qbank schema
      qbank schema item -o item.schema.json
      qbank schema item --check items.json
    """
    from qbank.reading.schemas import NAMES, schema_text

    if name is None:
        emit("".join(f"{one}\n" for one in NAMES), output)
    elif name not in NAMES:
        raise click.UsageError(f"there is no schema {name!r}. {did_you_mean(name, NAMES)}")
    elif check is not None:
        lines = list(_broken(name, check))
        emit("".join(f"{line}\n" for line in lines), output)
        return Exit.FINDINGS if lines else Exit.DONE
    else:
        emit(schema_text(name), output)
    return Exit.DONE


def _broken(name: str, file: str) -> Iterator[str]:
    from qbank.reading import reference
    from qbank.reading.document import load_tree
    from qbank.reading.schemas import schema as schema_tree

    tree = load_tree(file)
    many = isinstance(tree, list) and name == "item"
    for number, value in enumerate(tree if many else [tree]):
        for one in reference.violations(schema_tree(name), value):
            steps = (number, *one.pointer) if many else one.pointer
            yield safe(f"{file}: {json_pointer(steps) or '/'}: {one.keyword}: {one.message}")
