"""What Moodle XML cannot say of a form or bank: all findings at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from qbank.diagnostics import Finding, Location, Pointer
from qbank.formats import moodle_text as texts
from qbank.formats.contract import ExportInput, Placed
from qbank.formats.moodle_faults import Fault, of_item
from qbank.formats.moodle_xml.media import problem
from qbank.markup import images
from qbank.markup.characters import legal
from qbank.model.form import OPERATIONAL
from qbank.model.item import Item, Matching, MultipleChoice, MultipleResponse, Numeric, Ordering, TrueFalse
from qbank.model.stimulus import Stimulus

_SET = "multichoiceset"


def faults(one: Placed, input: ExportInput) -> Iterator[Fault]:
    """The faults of an item."""
    item = one.item
    yield from of_item(item)
    if not (math.isfinite(item.points) and item.points >= 0):
        yield Fault(("points",), f"{item.points} points cannot be given", "Give 0 or more.")
    yield from _of_whole(item, input.dialect)
    yield from _of_choose(item)
    if isinstance(item, Numeric) and item.key is not None and not texts.is_plain(item.key.unit):
        yield Fault(("key", "unit"), "Moodle takes units as plain words", "Write the unit in words.", "unit")
    if isinstance(item, Ordering) and (len(item.options) < 2 or set(item.key_ids) != set(item.options)):
        yield Fault(("key",), "two options or more must all stand in the key", "Complete the key.")
    yield from _of_rationale(item)
    shown = [*item.texts(), (("rubric",), getattr(item, "rubric", ""))]
    yield from (Fault(*said) for said in _of_files(shown, input.media_root))


def _of_whole(item: Item, dialect: str) -> Iterator[Fault]:
    """Scoring as a whole, which Moodle has for single options and orders only."""
    if item.scoring.method != "all_or_nothing":
        return
    if isinstance(item, MultipleResponse) and len(item.key_ids) > 1 and dialect != _SET:
        message = (
            "Moodle itself has no options that only count together; each right one would give a part of the "
            "points, and a wrong one would take all"
        )
        hint = "Export with --for multichoiceset for a Moodle with that plugin, or use --lossy."
        yield Fault(("scoring",), message, hint, "all-or-nothing")
    elif isinstance(item, Matching):
        message = (
            "Moodle has no pairs that only count together; each right pair would give a part of the points"
        )
        yield Fault(("scoring",), message, "Score per_pair, or use --lossy.", "all-or-nothing")


def _of_choose(item: Item) -> Iterator[Fault]:
    if not isinstance(item, MultipleResponse) or item.choose is None:
        return
    if item.scoring.method == "per_option" and not item.scoring.penalty and item.choose < len(item.options):
        message = "Moodle would let candidates choose every option, and give all points for it"
        yield Fault(("choose",), message, "Give a penalty for wrong options, or use --lossy.", "choose")


def _of_rationale(item: Item) -> Iterator[Fault]:
    if not isinstance(item.rationale, dict) or not isinstance(
        item, MultipleChoice | MultipleResponse | TrueFalse
    ):
        return
    ids = ("true", "false") if isinstance(item, TrueFalse) else tuple(item.option_texts)
    for id, text in item.rationale.items():
        if text and id not in ids:
            hint = "Remove it, or use --lossy."
            yield Fault(("rationale", id), f"the rationale of {id} is of no option", hint, "option-rationale")


Said = tuple[Pointer, str, str]


def _of_files(texts_: Iterable[tuple[Pointer, str]], root: str) -> Iterator[Said]:
    for pointer, text in texts_:
        for address in dict.fromkeys(images(text)):
            if why := problem(root, address):
                yield pointer, f"the file {address} {why}", "Give a path of the bank to an image."


def of_stimuli(input: ExportInput) -> Iterator[Finding]:
    """The faults of stimuli: files that cannot be embedded."""
    for stimulus in {one.stimulus.id: one.stimulus for one in input.placed() if one.stimulus}.values():
        for pointer, message, hint in _of_stimulus(stimulus, input.media_root):
            yield Finding(stimulus.at(*pointer), f"stimulus {stimulus.id}: {message}", hint=hint)


def _of_stimulus(stimulus: Stimulus, root: str) -> Iterator[Said]:
    yield from _of_files([(("text",), stimulus.text)], root)
    for number, media in enumerate(stimulus.media):
        if why := problem(root, media.file):
            hint = "Give a path of the bank to an image, sound or film."
            yield ("media", number, "file"), f"the file {media.file} {why}", hint
    for field in ("title", "text"):
        if legal(getattr(stimulus, field)) != getattr(stimulus, field):
            yield (field,), "a control character", "Remove it: XML cannot carry it."


def of_form(input: ExportInput) -> Iterator[Finding]:
    """What of a form is no question: told, since Moodle keeps it in a quiz."""
    if input.is_bank:
        return
    here = Location(f"{input.form.id}.form.json")
    message = (
        "Moodle keeps questions without their order: sections, time limit and cut score are those of a quiz"
    )
    yield Finding(here, message, hint="Make a quiz of the questions and set them there.")
    unscored = sum(one.placement.role != OPERATIONAL for one in input.placed())
    if unscored:
        message = f"{unscored} items that do not count have points in Moodle; a tag tells their role"
        yield Finding(here, message, hint="Set their marks to 0 in the quiz.")
