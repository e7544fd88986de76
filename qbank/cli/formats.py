"""`qbank formats`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.columns import aligned
from qbank.cli.exits import exits
from qbank.cli.streams import emit
from qbank.discovery import did_you_mean

if TYPE_CHECKING:
    from qbank.formats.contract import Format

SCHEMA_VERSION = 1


@click.command(epilog=exits(), short_help="Show which formats there are and what each carries.")
@click.argument("name", required=False)
@options.text_or_json
@options.output
def formats(name: str | None, reporter: str, output: str) -> int:
    """Show the exchange formats: read or written, the item types and the features that each carries.

    With a NAME, all that one format carries and does not, and its dialects (`--for`). What a format has no
    place for is refused by `qbank export`, or with --lossy left out and told.

    \b
    Examples:
      qbank formats
      qbank formats jsonl
      qbank formats --format json
    """
    from qbank.formats import formats as known

    found = known()
    if name is not None and name not in found:
        raise click.UsageError(f"there is no format {name!r}. {did_you_mean(name, found)}")
    chosen = [one for slug, one in found.items() if name in (None, slug)]
    if reporter == "json":
        emit(_json(chosen), output)
    else:
        emit("".join(f"{line}\n" for line in (_one(chosen[0]) if name else _table(chosen))), output)
    return 0


def _json(formats: Sequence[Format]) -> str:
    import msgspec

    from qbank.formats.features import FEATURES

    tree = {
        "schema_version": SCHEMA_VERSION,
        "formats": [
            {
                "name": one.slug,
                "title": one.title,
                "reads": one.reads is not None,
                "writes": one.writes is not None,
                "banks": one.banks,
                "audiences": one.audiences,
                "dialects": dict(one.dialects),
                "item_types": sorted(one.item_types),
                "carries": [feature for feature in FEATURES if feature in one.carries],
                "lacks": [feature for feature in FEATURES if feature not in one.carries],
                "notes": dict(one.notes),
            }
            for one in formats
        ],
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"


def _table(formats: Sequence[Format]) -> Iterator[str]:
    from qbank.formats.features import FEATURES
    from qbank.model.item import ITEM_TYPES

    rows = [("format", "reads", "writes", "types", "features", "what it is")]
    rows += [
        (
            one.slug,
            "yes" if one.reads else "-",
            "yes" if one.writes else "-",
            f"{len(one.item_types)} of {len(ITEM_TYPES)}",
            f"{len(one.carries & set(FEATURES))} of {len(FEATURES)}",
            one.title + (f" (--for {'|'.join(one.dialects)})" if one.dialects else ""),
        )
        for one in formats
    ]
    yield from aligned(rows)
    yield ""
    yield "`qbank formats NAME` tells what a format carries and what it does not."


def _one(format: Format) -> Iterator[str]:
    from qbank.formats.features import FEATURES
    from qbank.model.item import ITEM_TYPES

    yield f"{format.slug}: {format.title}"
    does = [word for word, there in (("reads", format.reads), ("writes", format.writes)) if there]
    yield f"{' and '.join(does)}; audiences: {', '.join(format.audiences)}"
    for name, told in format.dialects.items():
        yield f"--for {name}: {told}"
    yield ""
    rows = [("", "item types", "")]
    rows += [("yes" if name in format.item_types else "no", name, "") for name in ITEM_TYPES]
    rows += [("", "", ""), ("", "features", "")]
    rows += [
        ("yes" if name in format.carries else "no", name, format.notes.get(name, feature.title))
        for name, feature in FEATURES.items()
    ]
    yield from aligned(rows)
