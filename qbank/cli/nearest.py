"""A group of commands that answers an unknown name with the nearest one."""

from __future__ import annotations

import click

from qbank.discovery import did_you_mean


class NearestGroup(click.Group):
    """A group whose usage errors name the command that was probably meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant. Raises UsageError with the nearest name."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            ctx.fail(f"there is no command {name!r}. {did_you_mean(name, self.list_commands(ctx))}".strip())
        return super().resolve_command(ctx, args)
