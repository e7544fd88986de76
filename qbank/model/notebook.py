"""Tables for notebooks: every text is escaped, since texts of a bank are not to be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def text(value: object) -> str:
    """A value as HTML text; None is nothing."""
    from html import escape  # its table of names takes a millisecond of every start

    return "" if value is None else escape(str(value))


def heading(words: str) -> str:
    """A heading line."""
    return f"<p><b>{text(words)}</b></p>"


def line(words: str) -> str:
    """A line of text."""
    return f"<p>{text(words)}</p>"


def table(names: Sequence[str], rows: Iterable[Sequence[object]], most: int = 500) -> str:
    """A table with a head; of many rows the first `most`, and how many more there are."""
    listed = list(rows)
    head = "".join(f"<th>{text(name)}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in row)}</tr>" for row in listed[:most])
    more = line(f"and {len(listed) - most} more") if len(listed) > most else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"
