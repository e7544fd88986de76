"""The group of all commands: each is imported when it is used."""

from __future__ import annotations

import importlib

import click

from qbank.cli import GROUP, built_in, module_name
from qbank.cli.exits import MEANINGS, table
from qbank.cli.nearest import NearestGroup


class Commands(NearestGroup):
    """Commands found as files of `qbank.cli`, then as entry points of installed packages."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        del ctx
        from importlib.metadata import entry_points

        return sorted({*built_in(), *(entry.name for entry in entry_points(group=GROUP))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command by name; None when there is none."""
        del ctx
        if cmd_name in built_in():
            module = module_name(cmd_name)
            command = getattr(importlib.import_module(f"qbank.cli.{module}"), module)
        else:
            from qbank.discovery import plugins

            command = dict(plugins(GROUP)).get(cmd_name)
        return command if isinstance(command, click.Command) else None


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    del param
    if value and not ctx.resilient_parsing:
        from qbank import __version__

        click.echo(f"qbank {__version__}")
        ctx.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=table(MEANINGS, list(MEANINGS)),
)
@click.option(
    "-V",
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_version,
    help="Show the version.",
)
def commands() -> None:
    """Validate item banks, assemble exam forms that provably meet a blueprint, export them.

    \b
    Start with a bank of your own:   qbank init mybank && qbank lint mybank
    Check a bank:                    qbank lint banks/cmcs
    Make a form and a workbook:      qbank assemble --blueprint banks/cmcs/blueprints/practice.yaml --to xlsx

    `qbank COMMAND --help` teaches each command.
    """
