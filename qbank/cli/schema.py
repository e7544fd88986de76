"""`qbank schema`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from qbank.cli import options
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import emit
from qbank.diagnostics import json_pointer
from qbank.discovery import did_you_mean
from qbank.reporters.safe import safe

DIALECTS = ("2020-12", "draft-07", "editor")


@click.command(
    epilog=exits(Exit.FINDINGS, findings="with --check: the file breaks the schema"),
    short_help="Print the JSON Schema of a file that qbank reads or writes.",
)
@click.argument("name", required=False)
@click.option(
    "--dialect",
    type=click.Choice(DIALECTS),
    default=DIALECTS[0],
    show_default=True,
    help="draft-07 accepts the same; editor is draft-07 for editors of YAML.",
)
@click.option(
    "--check",
    metavar="FILE",
    type=click.Path(),
    help="Hold a YAML, JSON or TOML file against the schema, with the reference validator.",
)
@options.output
def schema(name: str | None, dialect: str, check: str | None, output: str) -> int:
    """Print the JSON Schema NAME; without a NAME, list them.

    bank, item-file, stimulus-file, blueprint and config are for files that you write (item is one item of
    a file, statistics-file its statistics), form, baseline, losses and import for files that qbank writes,
    and report, coverage, diff and formats for what commands print with --format json.

    The dialect editor is what `qbank init` writes beside a new bank: it accepts a number where a text is
    meant, as in `code: 85027`, since qbank reads texts as they are typed.

    With --check, say in the words of JSON Schema how a file breaks a schema: a second opinion beside
    `qbank lint`, for programs that write these files. A list is held against item entry by entry.

    \b
    Examples:
      qbank schema
      qbank schema report -o report.schema.json
      qbank schema item-file --dialect editor -o .qbank/item-file.schema.json
      qbank schema item --check items.json
    """
    from qbank.reading.schemas import NAMES

    if name is None:
        emit("".join(f"{one}\n" for one in NAMES), output)
    elif name not in NAMES:
        near = did_you_mean(name, NAMES) or "`qbank schema` lists them."
        raise click.UsageError(f"there is no schema {name!r}. {near}")
    elif check is not None:
        if dialect != DIALECTS[0]:
            raise click.UsageError(f"--check holds a file against {DIALECTS[0]}. Leave --dialect out.")
        lines = list(_broken(name, check))
        emit("".join(f"{line}\n" for line in lines), output)
        return Exit.FINDINGS if lines else Exit.DONE
    else:
        emit(schema_text(name, dialect), output)
    return Exit.DONE


def schema_text(name: str, dialect: str = DIALECTS[0]) -> str:
    """The JSON text of a schema in a dialect, with what installed packages add to it."""
    import json

    from qbank.reading.dialects import draft07
    from qbank.reading.editor_schema import editor_schema

    tree = schema_tree(name)
    if dialect == "draft-07":
        tree = draft07(tree)
    if dialect == "editor":
        tree = editor_schema(tree, name)
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"


def schema_tree(name: str) -> dict[str, Any]:
    """A schema as a tree; rules, constraints and objectives of installed packages are in it."""
    if name == "config" and _installed("qbank.rules"):
        from qbank.reading.config_schema import config_schema
        from qbank.rule import all_rules

        return config_schema(all_rules())
    if name == "blueprint" and _installed("qbank.constraints", "qbank.objectives"):
        from qbank.assembly import constraint_kinds, objective_kinds
        from qbank.reading.blueprint import blueprint_schema
        from qbank.reading.blueprint_texts import with_texts

        kinds = constraint_kinds(), objective_kinds()
        return with_texts(blueprint_schema(*kinds), *kinds)
    from qbank.reading.schemas import schema as committed

    return committed(name)


def _installed(*groups: str) -> bool:
    """Whether some installed package adds to one of these groups."""
    from importlib.metadata import entry_points

    return any(entry_points(group=group) for group in groups)


def _broken(name: str, file: str) -> Iterator[str]:
    from qbank.reading import reference

    tree = _tree(file)
    many = isinstance(tree, list) and name == "item"
    whole = schema_tree(name)
    for number, value in enumerate(tree if many else [tree]):
        for one in reference.violations(whole, value):
            steps = (number, *one.pointer) if many else one.pointer
            yield safe(f"{file}: {json_pointer(steps) or '/'}: {one.keyword}: {one.message}")


def _tree(file: str) -> Any:
    """What a file says: YAML, JSON, or TOML (of a pyproject.toml the table tool.qbank). Raises PathError."""
    from pathlib import Path

    from qbank.reading.document import load_tree
    from qbank.reading.files import PathError, read_named, shown

    path = Path(file)
    if path.suffix != ".toml":
        return load_tree(path)
    import tomllib

    try:
        tree = tomllib.loads(read_named(path).decode("utf-8-sig"))
    except ValueError as error:
        raise PathError(f"{shown(path)}: this is not TOML: {error}") from None
    return tree.get("tool", {}).get("qbank", {}) if path.name == "pyproject.toml" else tree
