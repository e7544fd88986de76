"""`qbank coverage`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.clock import today
from qbank.cli.columns import aligned
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import emit

if TYPE_CHECKING:
    from qbank.assembly import CoverageRow, Inventory
    from qbank.assembly.carrying import Written

SCHEMA_VERSION = 1


@click.command(
    epilog=exits(Exit.FINDINGS, findings="a row that the bank cannot fill, or a mistake in the blueprint"),
    short_help="Show what the bank offers against what the blueprint needs.",
)
@options.blueprint(required=True, help="The blueprint; it names its bank.")
@options.forms
@options.text_or_json
@options.output
def coverage(blueprint_file: str, forms: int | None, reporter: str, output: str) -> int:
    """Show supply against demand for every row of a blueprint.

    Supply is the number of eligible items (or item sets) that meet the row, needed is what all forms
    take together. A row that is filled on its own may still be out of reach with the others. Below the
    table stands how many forms the bank carries with all rows at once, which row runs out first, and what
    to write for the forms that were asked for.

    \b
    Examples:
      qbank coverage --blueprint banks/cmcs/blueprints/practice.yaml
      qbank coverage --blueprint banks/cmcs/blueprints/practice.yaml --forms 3
    """
    from qbank import api
    from qbank.cli import steps

    blueprint = steps.usable(steps.read_blueprint(blueprint_file), today())
    if blueprint is None:
        return Exit.FINDINGS
    bank, _ = api.load_bank(api.bank_path(blueprint))
    if not steps.without_mistakes(bank, blueprint):
        return Exit.FINDINGS
    rows = api.coverage(bank, blueprint, forms=forms)
    carried = api.carries(bank, blueprint, forms=forms)
    emit(_json(rows, carried) if reporter == "json" else _text(rows, carried), output)
    return Exit.DONE if all(row.ok for row in rows) else Exit.FINDINGS


def _json(rows: Sequence[CoverageRow], carried: Inventory) -> str:
    import msgspec

    tree = {"schema_version": SCHEMA_VERSION, "rows": rows, "inventory": carried}
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"


def _text(rows: Sequence[CoverageRow], carried: Inventory) -> str:
    from qbank.reporters.safe import safe

    table = [("row", "counts", "unit", "supply", "needed", "missing", "")]
    table += [
        (
            safe(row.label),
            safe(row.where),
            row.unit,
            str(row.supply),
            str(row.needed),
            str(row.gap or "-"),
            _mark(row),
        )
        for row in rows
    ]
    short = sum(not row.ok for row in rows)
    forms = rows[0].forms if rows else 0
    told = "every row can be filled" if not short else f"{short} of {len(rows)} rows cannot be filled"
    return "".join(
        f"{line}\n"
        for line in (
            *aligned(table, numbers=(3, 4, 5)),
            "",
            *map(safe, _carried(carried)),
            f"{told} for {forms} form{'s' * (forms != 1)}",
        )
    )


def _carried(found: Inventory) -> Iterator[str]:
    """The inventory in a few lines."""
    from qbank.assembly.carrying import SECONDS
    from qbank.assembly.problems import counted

    if found.carried == found.bound:
        number = f"{counted(found.carried, 'form')}" if found.carried else "no form"
    else:
        number = f"at least {counted(found.carried, 'form')} and at most {found.bound}"
    yield f"the bank carries {number} of this blueprint in one run"
    if found.first:
        yield f"first to run out: {_quoted(found.first)}"
    if found.write is None:
        yield (
            "more items like those of the bank would not do: some rows ask for items of which it has none, "
            "or contradict each other (`qbank assemble` tells which)"
        )
    elif found.write:
        least = "at least" if found.reproducible else "for example"
        yield f"for {counted(found.forms, 'form')} write {least}:"
        for one in found.write:
            yield f"- {_to_write(one)}"
    if not found.reproducible:
        yield (
            f"the search stopped after {SECONDS:g} seconds: there may be more forms, or less to write; "
            "where the machine has less to do, another run may tell more"
        )


def _to_write(one: Written) -> str:
    from qbank.assembly.problems import counted

    what = counted(one.count, "item") if one.unit == "item" else f"items for {counted(one.count, 'set')}"
    rows = f" for {_quoted(one.rows)}" if one.rows else ""
    return f"{what}{rows}, such as {one.like}"


def _quoted(labels: Sequence[str]) -> str:
    from qbank.assembly.problems import listed

    return listed([f'"{label}"' for label in labels])


def _mark(row: CoverageRow) -> str:
    return "" if row.ok else "cannot be filled"
