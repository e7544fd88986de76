"""`qbank codes`: every module here is a command of that name under it."""

from __future__ import annotations

import importlib
import pkgutil

import click

from qbank.cli import module_name
from qbank.cli.exits import exits
from qbank.cli.nearest import NearestGroup
from qbank.discovery import slug


class Subcommands(NearestGroup):
    """Commands found as files of this folder, imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        del ctx
        names = (info.name for info in pkgutil.iter_modules(__path__))
        return sorted(slug(name.removesuffix("_")) for name in names if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name; None when there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = module_name(cmd_name)
        found = getattr(importlib.import_module(f"{__name__}.{module}"), module)
        return found if isinstance(found, click.Command) else None


@click.group(
    cls=Subcommands,
    invoke_without_command=True,
    epilog=exits(),
    short_help="Import code sets (ICD-10-CM, HCPCS …) and ask them.",
)
@click.pass_context
def codes(ctx: click.Context) -> int:
    """Code sets: what a code is on a day, and what a new year changes.

    Official files that you download are read into a store of your own (the folder that QBANK_CODES names, or
    qbank/codes in your folder for data). Rules of the family codes hold the codes of items against it and
    against the tables that a bank brings along. Beyond the data the answer is "unknown".

    Without a command: `qbank codes list`.

    \b
    Examples:
      qbank codes import icd10cm_order_2027.txt
      qbank codes lookup M72.2 --on 2026-11-22
    """
    if ctx.invoked_subcommand is None:
        from qbank.domains.medcode.cli.list import list as listed

        found = ctx.invoke(listed)
        return found if isinstance(found, int) else 0
    return 0
