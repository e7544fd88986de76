"""`qbank scramble`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qbank.cli import options
from qbank.cli.audit import judge
from qbank.cli.exits import Exit, exits
from qbank.cli.export import exported, known_formats
from qbank.cli.streams import emit, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qbank.formats.contract import Audience
    from qbank.model.form import Form

MOST = 1000


@click.command(
    epilog=exits(Exit.FINDINGS, findings="the form breaks its blueprint, or a format cannot express it"),
    short_help="Make scrambled versions of a form, with a map back to it.",
)
@click.argument("form_file", metavar="FORM")
@click.option(
    "--versions",
    type=click.IntRange(1, MOST),
    default=2,
    show_default=True,
    metavar="N",
    help="How many versions.",
)
@options.seed
@options.blueprint(required=False, help="Use this blueprint instead of the one that the form names.")
@options.to(required=False)
@options.audience
@click.option("--out", metavar="DIR", help="Where to write (default: the folder of the form).")
@options.quiet
def scramble(
    form_file: str,
    versions: int,
    seed: int,
    blueprint_file: str | None,
    to: tuple[str, ...],
    audience: Audience,
    out: str | None,
    quiet: bool,
) -> int:
    """Make versions of the form file FORM that hold the same items in another order.

    A version keeps what the blueprint says of order: sections, item sets together, the fields of `order`,
    fixed options, balanced keys. Items change places where `order` leaves it to the seed; options are
    shuffled where they may be. Each version is a form file, <form id>-v1 and so on, which `qbank audit` and
    `qbank export` take.

    The map <form id>-versions-<audience> (.json and .csv) says for each version and position where the item
    stands in FORM, and which letter was which; for staff with the keys.

    \b
    Examples:
      qbank scramble exports/cmcs-practice-a/cmcs-practice-a.form.json --versions 3
      qbank scramble my.form.json --versions 2 --to xlsx --audience candidate --out versions
    """
    from qbank import api
    from qbank.cli import steps
    from qbank.diagnostics import Severity

    path = Path(form_file)
    form = api.load_form(path)
    to = known_formats(to, audience)
    judged = judge(form, path, blueprint_file)
    if judged is None:
        return Exit.FINDINGS
    bank, blueprint, report = judged
    if report.at_least(Severity.ERROR):
        steps.show_messages(report.diagnostics, report.items, report.files)
        say("nothing was scrambled: the form breaks its blueprint", quiet=quiet)
        return Exit.FINDINGS
    try:
        made = api.scramble(form, bank, blueprint, versions=versions, seed=seed)
    except api.NoVersion as error:
        raise click.UsageError(str(error)) from None
    folder, any_refused = Path(out) if out else path.parent, False
    for one in made:
        here = api.in_folder(one, blueprint, folder)
        files, refused = exported(here, bank, blueprint, to, audience)
        any_refused = any_refused or refused
        for written in steps.written([api.form_file(here), *files], folder):
            emit(f"{steps.shown_path(written)}\n")
    for written in steps.written(api.version_map_files(form, made, bank, audience), folder):
        emit(f"{steps.shown_path(written)}\n")
    for sentence in _told(form, made):
        say(sentence, quiet=quiet)
    return Exit.FINDINGS if any_refused else Exit.DONE


def _told(form: Form, made: Sequence[Form]) -> list[str]:
    """What a person should know of versions that differ less than one would think."""
    told = []
    orders = {tuple(one.item for one in version.placements) for version in (form, *made)}
    shapes = {tuple((one.item, one.option_order) for one in version.placements) for version in (form, *made)}
    if len(orders) == 1:
        told.append("the items keep their order: nothing in the blueprint's order is left to the seed")
    if len(shapes) <= len(made):
        told.append(f"there are only {len(shapes)} different versions, the form itself among them")
    return told
