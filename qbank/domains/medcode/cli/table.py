"""`qbank codes table`."""

from __future__ import annotations

from pathlib import Path

import click

from qbank.cli import options
from qbank.cli.exits import Exit, exits
from qbank.cli.streams import say
from qbank.reporters.safe import safe


@click.command(
    epilog=exits(Exit.FINDINGS, findings="with --check: a table is missing or out of date"),
    short_help="Write the facts about a bank's codes into the bank.",
)
@click.argument("bank", type=click.Path())
@click.option("--check", is_flag=True, help="Write nothing; say which tables are out of date.")
@options.quiet
def table(bank: str, check: bool, quiet: bool) -> int:
    """Write codes/SYSTEM.tsv into BANK for each system that its items use and the store has.

    A table holds facts about the codes that items declare, with those above and beside them: what they are on
    which days. With it a bank is checked where there is no store. Titles are left out, and so is CPT, whose
    codes have an owner. A table with the same facts is left alone: its line `# From:` may be yours.

    \b
    Examples:
      qbank codes table banks/cmcs
      qbank codes table banks/cmcs --check
    """
    from qbank import api
    from qbank.domains.medcode import store
    from qbank.domains.medcode.bank_table import bank_tables, facts
    from qbank.domains.medcode.cli._words import or_unreadable
    from qbank.domains.medcode.local import FOLDER, home_of
    from qbank.formats.files import write_atomic
    from qbank.reading.files import PathError, shown

    found, _ = api.load_bank(bank)
    home = home_of(found.root)
    if home is None or not Path(bank).exists():
        raise PathError(f"{bank}: there is no folder for the tables")
    with or_unreadable():
        tables = bank_tables(found, store.tables())
    if not tables:
        say(
            "The store has no code set that the items of this bank use; `qbank codes list` shows it.",
            quiet=quiet,
        )
    stale = 0
    for system, text in tables.items():
        path = home / FOLDER / f"{system}.tsv"
        if path.is_file() and facts(path.read_text(encoding="utf-8")) == facts(text):
            say(f"{safe(shown(path))}: up to date", quiet=quiet)
            continue
        stale += 1
        if check:
            say(f"{safe(shown(path))}: out of date; run `qbank codes table`", quiet=quiet)
            continue
        path.parent.mkdir(exist_ok=True)
        write_atomic(path, text.encode("utf-8"))
        say(f"{safe(shown(path))}: written, {text.count(chr(10)):,} lines", quiet=quiet)
    return Exit.FINDINGS if check and stale else Exit.DONE
