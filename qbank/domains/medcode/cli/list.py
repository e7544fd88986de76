"""`qbank codes list`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from qbank.cli import options
from qbank.cli.columns import aligned
from qbank.cli.exits import exits
from qbank.cli.streams import emit
from qbank.reporters.safe import safe

SCHEMA_VERSION = 1


@click.command(epilog=exits(), short_help="Show which code sets are in the store.")
@options.text_or_json
@options.output
def list(reporter: str = "text", output: str = "-") -> int:
    """Show what was imported: systems, days, numbers of codes, sources.

    \b
    Examples:
      qbank codes list
      qbank codes list --format json
    """
    from qbank.domains.medcode.cli._words import or_unreadable

    with or_unreadable():
        text = _json() if reporter == "json" else "".join(f"{line}\n" for line in _lines())
    emit(text, output)
    return 0


def _json() -> str:
    import msgspec

    from qbank.domains.medcode import store

    tables = [
        {
            "system": head.system,
            "valid_from": head.spans[0].valid_from,
            "valid_to": head.spans[-1].valid_to,
            "complete": all(one.complete for one in head.spans),
            "codes": head.count,
            "source": head.source,
            "origin": head.origin,
            "file": path.name,
        }
        for path, head in store.heads()
    ]
    notes = [
        {
            "system": one.system,
            "valid_from": one.valid_from,
            "valid_to": one.valid_to,
            "notes": sum(map(len, one.notes.values())),
            "source": one.source,
        }
        for one in store.note_books()
    ]
    tree = {
        "schema_version": SCHEMA_VERSION,
        "folder": str(store.folder() or ""),
        "tables": tables,
        "notes": notes,
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"


def _lines() -> Iterator[str]:
    from qbank.domains.medcode import store
    from qbank.domains.medcode.systems import SYSTEMS

    found = [
        (
            SYSTEMS[head.system].title if head.system in SYSTEMS else head.system,
            head.spans[0].valid_from,
            head.spans[-1].valid_to,
            f"{head.count:,}",
            "all" if all(one.complete for one in head.spans) else "some",
            safe(head.source),
        )
        for _, head in store.heads()
    ]
    found += [
        (
            f"{SYSTEMS[one.system].title}, notes",
            one.valid_from,
            one.valid_to,
            f"{sum(map(len, one.notes.values())):,}",
            "",
            safe(one.source),
        )
        for one in store.note_books()
    ]
    if not found:
        yield f"There are no code sets in {store.folder()}."
        yield "Import an official file: qbank codes import FILE (docs/codes.md says where to get it)."
    else:
        yield from aligned([("code set", "from", "to", "rows", "codes", "source"), *found], numbers=(3,))
        yield f"in {store.folder()}"
    asked = store.asked()
    if asked:
        yield f"{asked[0].head.source} is asked too, until {asked[0].spans[-1].valid_to}."
