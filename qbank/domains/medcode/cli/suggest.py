"""`qbank codes suggest`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.exits import exits
from qbank.cli.names import Date
from qbank.cli.streams import emit
from qbank.reporters.safe import safe

if TYPE_CHECKING:
    from qbank.domains.medcode.suggest import Suggestion
    from qbank.model.item import Item

SCHEMA_VERSION = 1


@click.command(epilog=exits(), short_help="Offer distractors for an item whose key is a code.")
@click.argument("item_id", metavar="ITEM")
@click.argument("bank_path", metavar="[BANK]", default=".")
@click.option(
    "--on", type=Date(), default=None, metavar="DATE", help="The day; the bank's as_of when not given."
)
@options.text_or_json
@options.output
def suggest(item_id: str, bank_path: str, on: str | None, reporter: str, output: str) -> int:
    """Offer distractors for ITEM, whose key is an ICD-10-CM code or holds some.

    Offered are codes around the key that differ from it in one thing: the side, the encounter, a missing
    character, the stage, the kind or site. Codes that the stem would fit as well are left out; where the
    stem does not say the side or the encounter, nothing is offered along it, and that is told. Titles are
    needed: import the code set first. Read every offer before you use it.

    \b
    Examples:
      qbank codes suggest cmcs-icd-inj-004 banks/cmcs
      qbank codes suggest cmcs-icd-inj-004 banks/cmcs --format json
    """
    from qbank import api
    from qbank.cli.clock import today
    from qbank.discovery import did_you_mean
    from qbank.domains.medcode.cli._words import or_unreadable
    from qbank.domains.medcode.provider import code_set
    from qbank.domains.medcode.suggest import suggest as offer
    from qbank.reading.files import PathError

    bank, _ = api.load_bank(bank_path)
    items = {item.id: item for item in bank.items}
    if item_id not in items:
        raise click.UsageError(f"the bank has no item {item_id!r}. {did_you_mean(item_id, items)}".strip())
    item = items[item_id]
    day = on or bank.info.as_of or today()
    with or_unreadable():
        codes = code_set(bank)
        found = offer(item, codes, day)
        if not found:
            raise PathError(_why_nothing(item, codes.covers("icd10cm", day), day))
    emit(_json(found, item, day) if reporter == "json" else "".join(_text(found)), output)
    return 0


def _why_nothing(item: Item, is_covered: bool, day: str) -> str:
    keyed = [one.code for one in item.codes if one.system == "icd10cm" and one.role in ("key", "")]
    if not keyed:
        return f"item {item.id} declares no keyed ICD-10-CM code: add it to `codes` with role: key"
    if not is_covered:
        return f"no data speaks of ICD-10-CM on {day}: bring the code set with `qbank codes import`"
    return f"none of the keyed codes of item {item.id} is known to be reportable on {day}: {', '.join(keyed)}"


def _json(found: Sequence[Suggestion], item: Item, day: str) -> str:
    import msgspec

    tree = {
        "schema_version": SCHEMA_VERSION,
        "item": item.id,
        "on": day,
        "suggestions": msgspec.to_builtins(list(found)),
    }
    return msgspec.json.format(msgspec.json.encode(tree), indent=2).decode("utf-8") + "\n"


def _text(found: Sequence[Suggestion]) -> Iterator[str]:
    from qbank.domains.medcode.suggest import AXES

    for one in found:
        yield f"for {one.key} ({safe(one.title) or 'no title known'})\n"
        for offer in one.offers:
            expect = ", expect: header" if offer.expect == "header" else ""
            yield f"  {offer.code:<9} {AXES[offer.axis]}{expect}: {safe(offer.title)}\n"
        if not one.offers:
            yield "  nothing to offer\n"
        for axis in one.left_open:
            yield f"  the stem leaves this open: {AXES[axis]}\n"
