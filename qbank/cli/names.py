"""Names on the command line: of formats, reporters and rules, known late and answered helpfully."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from qbank.discovery import did_you_mean

if TYPE_CHECKING:
    _Text = click.ParamType[str]
    _Texts = click.ParamType[tuple[str, ...]]
    _Pair = click.ParamType[tuple[str, str]]
else:
    # before click 8.5 the type takes no argument
    _Text = _Texts = _Pair = click.ParamType


class Reporter(_Text):
    """The name of a reporter."""

    name = "format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """The reporters that qbank brings."""
        del param, ctx
        from qbank.reporters import built_in

        return f"[{'|'.join(built_in())}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name as it is. Fails when there is no such reporter."""
        from qbank.reporters import built_in, reporters

        if value not in built_in() and value not in reporters():
            self.fail(f"there is no reporter {value!r}. {did_you_mean(value, reporters())}", param, ctx)
        return str(value)


class Also(_Pair):
    """A reporter with the file that it writes."""

    name = "format=file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The reporter and the file. Fails when there is no such reporter, or no file."""
        if isinstance(value, tuple):
            return value
        reporter, _, file = str(value).partition("=")
        if not file:
            self.fail(f"{value!r} names no file. Write FORMAT=FILE, such as sarif=lint.sarif.", param, ctx)
        return Reporter().convert(reporter, param, ctx), file


EVERY = "all"
"""The name that stands for every format."""


class ExportFormat(_Text):
    """The name of an exchange format, or `all`."""

    name = "format"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name as it is. Fails when there is no such format."""
        from qbank.formats import formats

        known = formats()
        if value not in known and value != EVERY:
            self.fail(f"there is no format {value!r}. {did_you_mean(value, known)}", param, ctx)
        return str(value)


class Names(_Texts):
    """A comma list of rules and families."""

    name = "name,…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """The names. Fails at the first that no rule or family has."""
        if isinstance(value, tuple):
            return value
        from qbank.rule import all_rules

        rules = all_rules()
        known = {*rules, *(rule.family for rule in rules.values())}
        names = tuple(filter(None, (part.strip() for part in str(value).split(","))))
        for name in names:
            if name not in known:
                said = f"there is no rule or family {name!r}. {did_you_mean(name, known)}"
                self.fail(f"{said.strip()} `qbank rule` lists them all.", param, ctx)
        return names


class Date(_Text):
    """A date such as 2026-11-22."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The date as ISO text. Fails for anything else."""
        import datetime

        try:
            return datetime.date.fromisoformat(value).isoformat()
        except ValueError:
            self.fail(f"{value!r} is no date. Write a date as 2026-11-22.", param, ctx)
