"""Rows of a table as lines, each column of one width."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence


def aligned(table: Sequence[tuple[str, ...]], numbers: Collection[int] = ()) -> Iterator[str]:
    """Rows of a table in columns: texts to the left, the columns of `numbers` to the right."""
    from qbank.reporters.safe import width

    widths = [max(width(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        cells = []
        for column, cell in enumerate(row):
            blanks = " " * (widths[column] - width(cell))
            cells.append(f"{blanks}{cell}" if column in numbers else f"{cell}{blanks}")
        yield "  ".join(cells).rstrip()
