"""`qbank codes generate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.exits import exits
from qbank.cli.names import Date
from qbank.cli.streams import emit, say

if TYPE_CHECKING:
    from qbank.domains.medcode.codeset import CodeSet
    from qbank.domains.medcode.generate import Outcome, Request
    from qbank.domains.medcode.templates._contract import Template
    from qbank.model.bank import Bank
    from qbank.model.item import Item

_MOST = 100_000


@click.command(epilog=exits(), short_help="Make draft items from a template and the code set.")
@click.argument("slug", metavar="[TEMPLATE]", default="")
@click.option(
    "--count",
    type=click.IntRange(1, _MOST),
    default=10,
    show_default=True,
    metavar="N",
    help="How many items.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, metavar="S", help="Another seed makes other items."
)
@click.option("--where", metavar="PREFIX", default="", help="Only codes that begin so: E11, S52.5, J1.")
@click.option(
    "--on",
    type=Date(),
    default=None,
    metavar="DATE",
    help="The day on which the codes must hold; the bank's as_of, else today.",
)
@click.option("--bank", "bank_path", metavar="PATH", default="", help="Leave out items that this bank has.")
@click.option("--content-area", metavar="AREA", default="", help="In place of the template's.")
@click.option("--cognitive-level", metavar="LEVEL", default="", help="In place of the template's.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="-",
    help="Write the items to FILE, a new one; - is standard output.",
)
@options.quiet
def generate(
    slug: str,
    count: int,
    seed: int,
    where: str,
    on: str | None,
    bank_path: str,
    content_area: str,
    cognitive_level: str,
    output: str,
    quiet: bool,
) -> int:
    """Make draft items from TEMPLATE; without it, list the templates.

    Items are written as YAML in the native format, with status draft. The code set is asked again about every
    key and distractor; what cannot be proven is not made, and what was refused is told. The same code set,
    day and seed make the same items. Titles are needed: import the official files first. A generated item is
    a draft: read it before anybody else does.

    \b
    Examples:
      qbank codes generate
      qbank codes generate laterality --count 20 --where M --on 2026-11-22 -o drafts.yaml
      qbank codes generate dose-units --bank banks/cmcs --on 2026-09-15
    """
    from qbank import api
    from qbank.cli.clock import today
    from qbank.discovery import did_you_mean
    from qbank.domains.medcode.cli._words import or_unreadable
    from qbank.domains.medcode.generate import Request
    from qbank.domains.medcode.provider import code_set
    from qbank.domains.medcode.templates import templates
    from qbank.model.bank import Bank

    known = templates()
    if not slug:
        emit("".join(_listed(known)))
        return 0
    if slug not in known:
        raise click.UsageError(f"there is no template {slug!r}. {did_you_mean(slug, known)}".strip())
    bank = api.load_bank(bank_path)[0] if bank_path else Bank(root="")
    request = Request(
        slug=slug,
        on=on or bank.info.as_of or today(),
        count=count,
        seed=seed,
        where=where,
        content_area=content_area,
        cognitive_level=cognitive_level,
    )
    with or_unreadable():
        outcome = _outcome(known[slug], code_set(bank), request, bank)
    _tell(outcome, request, quiet)
    if outcome.records:
        _write(outcome, request, output)
    return 0


def _listed(known: dict[str, Template]) -> list[str]:
    width = max(map(len, known))
    return [f"{slug:<{width}}  {one.summary}\n" for slug, one in known.items()]


def _outcome(template: Template, codes: CodeSet, request: Request, bank: Bank) -> Outcome:
    """Raises PathError when the data lacks something that the template needs."""
    from qbank.domains.medcode.generate import generate as make
    from qbank.domains.medcode.generate import has_titles, kin
    from qbank.domains.medcode.systems import SYSTEMS
    from qbank.reading.files import PathError

    name = SYSTEMS[template.system].title
    how = "import the official file (docs/codes.md says where to get it)"
    if template.system == "icd10cm":
        how += ", or what the extra brings: `qbank codes import --installed`"
    if not codes.covers(template.system, request.on):
        raise PathError(f"no data speaks of {name} on {request.on}: {how}")
    if not has_titles(template, codes, request):
        begin = f" of codes that begin with {request.where}" if request.where else ""
        raise PathError(f"there are no titles{begin} in what is known of {name} on {request.on}: {how}")
    if lack := template.lacks(codes, request.on):
        raise PathError(f"the template {request.slug} needs {lack}: import it with `qbank codes import`")
    present = {item.id: kin(item.attributes, _answer(item)) for item in bank.items}
    return make(template, codes, request, present)


def _answer(item: Item) -> str:
    """The text of the keyed option, "" where there is none."""
    return next((item.option_texts[id] for id in item.key_ids if id in item.option_texts), "")


def _tell(outcome: Outcome, request: Request, quiet: bool) -> None:
    """What was made and what was refused, on standard error."""
    made = len(outcome.records)
    known = f", {outcome.known} more are in the bank already" if outcome.known else ""
    say(f"{made} item{'s' * (made != 1)} of {request.slug} for {request.on}{known}", quiet=quiet)
    if made + outcome.known < request.count:
        say(f"no more than that can be proven; {request.count} were asked for", quiet=quiet)
    for reason, times in outcome.refused.items():
        say(f"  refused {times}: {reason}", quiet=quiet)


def _write(outcome: Outcome, request: Request, output: str) -> None:
    """Raises UsageError rather than replace a file that says something else."""
    from qbank.editing.records import entries

    where = f" --where {request.where}" if request.where else ""
    asked = f"{request.slug} --count {request.count} --seed {request.seed}{where} --on {request.on}"
    head = f"# Drafts of `qbank codes generate {asked}`."
    text = f"{head}\n# Read every item before it is used.\n\n{entries(outcome.records)}"
    path = Path(output)
    if output != "-" and path.exists() and path.read_bytes() != text.encode():
        raise click.UsageError(
            f"{output} is there already and holds something else: name a new file with -o."
        )
    emit(text, output)
