"""What QTI cannot express, or what is too broken to be exported: all findings at once."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from qbank.diagnostics import Finding, Location, Pointer
from qbank.formats.contract import ExportInput, Format, Placed, unsupported
from qbank.formats.keys import accepted, bounds
from qbank.formats.presenting import located_texts
from qbank.formats.qti_common.media import problem
from qbank.markup import broken_math, images, unsafe
from qbank.markup.characters import legal
from qbank.model.item import (
    Essay,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    Ordering,
    ShortAnswer,
    TrueFalse,
)
from qbank.model.stimulus import Stimulus

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9._\-]*")
_PARTIAL = {
    "per_option": (MultipleChoice, MultipleResponse, TrueFalse),
    "per_pair": (Matching,),
}

Said = tuple[Pointer, str, str]
"""Where in an item, what is wrong, what to do."""


def refusals(input: ExportInput, format: Format) -> tuple[Finding, ...]:
    """Why a form cannot be exported; () when it can."""
    found = [*unsupported(input, format.item_types, format.title), *_form(input)]
    stimuli: dict[str, Stimulus] = {}
    for placed in input.placed():
        item = placed.item
        for pointer, message, hint in _item(placed, input):
            found.append(Finding(item.at(*pointer), f"item {item.id}: {message}", hint=hint))
        if placed.stimulus is not None:
            stimuli[placed.stimulus.id] = placed.stimulus
    for stimulus in stimuli.values():
        for pointer, message, hint in _stimulus(stimulus, input.media_root):
            found.append(Finding(stimulus.at(*pointer), f"stimulus {stimulus.id}: {message}", hint=hint))
    return tuple(found)


def _twice(input: ExportInput, form: Location) -> Iterator[Finding]:
    """Items that stand in the form again, or whose ids differ in capitals only: one of them may go."""
    first: dict[str, str] = {}
    for placement in input.form.placements:
        before = first.setdefault(placement.item.lower(), "")
        if not before:
            first[placement.item.lower()] = placement.item
        elif before == placement.item or placement.item not in input.items:
            hint = "Assemble the form again: an export holds an item once."
            yield Finding(form, f"item {placement.item} stands in the form more than once", hint=hint)
        else:
            yield Finding(
                input.items[placement.item].at("id"),
                f"item {placement.item}: item {before} has the same id but for capitals",
                hint="Rename one: file names need ids that differ by more.",
            )


def _form(input: ExportInput) -> Iterator[Finding]:
    here = Location(f"{input.form.id}.form.json")
    if not _IDENTIFIER.fullmatch(input.form.id):
        yield Finding(here, f"the form's id {input.form.id!r} is no identifier", hint=_ID_HINT)
    yield from _twice(input, here)
    for name, text in _names(input):
        if legal(text) != text:
            yield Finding(here, f"{name} holds a control character", hint="Remove it: XML cannot carry it.")
    if not any(True for _ in input.placed()):
        yield Finding(here, "the form holds no items", hint="Export a form that was assembled.")
    for what in (*unsafe(input.bank.info.notice), *broken_math(input.bank.info.notice)):
        yield Finding(input.bank.info.at("notice"), f"the bank's notice holds {what[1]}", hint="Remove it.")
    if images(input.bank.info.notice):
        yield Finding(input.bank.info.at("notice"), "the bank's notice holds an image", hint="Remove it.")


def _names(input: ExportInput) -> Iterator[tuple[str, str]]:
    """The texts of a package that are no item's: what each is, and the text."""
    yield "the form's title", input.form.title
    yield from ((f"the title of section {one.id}", one.title) for one in input.form.sections)
    yield "the bank's notice", input.bank.info.notice
    stimuli = {one.stimulus.id: one.stimulus for one in input.placed() if one.stimulus is not None}
    yield from ((f"the title of stimulus {id}", one.title) for id, one in stimuli.items())


_ID_HINT = "Use a letter, then letters, digits, point, hyphen or underscore."


def _item(placed: Placed, input: ExportInput) -> Iterator[Said]:
    item = placed.item
    if not _IDENTIFIER.fullmatch(item.id):
        yield ("id",), f"the id {item.id!r} is no identifier", _ID_HINT
    if not (math.isfinite(item.points) and item.points >= 0):
        yield ("points",), f"{item.points} points cannot be given", "Give a number that is 0 or more."
    yield from _texts(located_texts(item, input.audience), input.media_root)
    yield from _scoring(item)
    yield from _options(placed)
    yield from _key(item)


def _stimulus(stimulus: Stimulus, root: str) -> Iterator[Said]:
    if not _IDENTIFIER.fullmatch(stimulus.id):
        yield ("id",), f"the id {stimulus.id!r} is no identifier", _ID_HINT
    yield from _texts([(("text",), stimulus.text)], root)
    for number, media in enumerate(stimulus.media):
        why = problem(root, media.file)
        if why:
            yield ("media", number, "file"), f"the file {media.file} {why}", _FILE_HINT


_FILE_HINT = "Give a path relative to the bank, to an image (png, jpg, gif, svg, webp), sound or film."


def _texts(texts: Iterable[tuple[Pointer, str]], root: str) -> Iterator[Said]:
    for pointer, text in texts:
        for _, what in unsafe(text):
            yield pointer, f"{_field(pointer)} holds {what}", "Remove it: no export carries it."
        for _, what in broken_math(text):
            yield pointer, f"{_field(pointer)} holds a formula that cannot be converted: {what}", _MATH_HINT
        if legal(text) != text:
            yield pointer, f"{_field(pointer)} holds a control character", "Remove it: XML cannot carry it."
        for address in images(text):
            why = problem(root, address)
            if why:
                yield pointer, f"{_field(pointer)} shows the image {address}, which {why}", _FILE_HINT


_MATH_HINT = "Write the formula with the LaTeX that qbank knows, or as text."


def _field(pointer: Pointer) -> str:
    return " ".join(str(part) for part in pointer)


def _scoring(item: Item) -> Iterator[Said]:
    scoring = item.scoring
    here = ("scoring",)
    if not (math.isfinite(scoring.penalty) and math.isfinite(scoring.minimum) and scoring.penalty >= 0):
        yield here, "penalty and minimum must be numbers, the penalty not below 0", "Correct `scoring`."
    if scoring.method == "all_or_nothing":
        if scoring.penalty or scoring.minimum:
            yield (
                here,
                "a penalty or minimum has no meaning with all_or_nothing",
                "Use per_option or per_pair.",
            )
    elif not isinstance(item, _PARTIAL[scoring.method]):
        hint = "Use all_or_nothing, per_option for options, or per_pair for matching."
        yield here, f"{scoring.method} cannot be used for {item.type}", hint


def _options(placed: Placed) -> Iterator[Said]:
    item, order = placed.item, placed.placement.option_order
    ids = ("true", "false") if isinstance(item, TrueFalse) else tuple(item.option_texts)
    if order and sorted(order) != sorted(ids):
        hint = "Run `qbank audit` on the form and assemble it again."
        yield (
            ("options",),
            f"the form presents {', '.join(order)}, the item has {', '.join(ids) or 'none'}",
            hint,
        )
    for id in (*item.option_texts, *getattr(item, "prompts", ())):
        if not _IDENTIFIER.fullmatch(id):
            yield ("options",), f"{id!r} is no identifier", _ID_HINT
    if isinstance(item, MultipleChoice | MultipleResponse | Matching | Ordering) and not item.options:
        yield ("options",), "there are no options", "Write the options."


def _key(item: Item) -> Iterator[Said]:
    match item:
        case MultipleChoice():
            yield from _known(item.key_ids, item)
            if len(item.key_ids) != 1:
                yield ("key",), f"{len(item.key_ids)} options are keyed, not one", "Key one option."
        case MultipleResponse():
            yield from _known(item.key_ids, item)
            if not item.key_ids or len(set(item.key_ids)) != len(item.key_ids):
                yield ("key",), "the key is missing or names an option twice", "List the right options once."
            if item.choose is not None and item.choose < len(item.key_ids):
                yield ("choose",), "fewer options may be chosen than are keyed", "Raise `choose`."
        case TrueFalse():
            if item.key is None:
                yield ("key",), "the key is missing", "Write `key: true` or `key: false`."
        case Matching():
            yield from _matching(item)
        case Ordering():
            if sorted(item.key_ids) != sorted(item.options):
                yield ("key",), "the key does not list every option once", "List all options in order."
        case Numeric():
            yield from _numeric(item)
        case ShortAnswer():
            if not item.key or not all(accepted(item)):
                yield ("key",), "no accepted text is given, or one is empty", "List the accepted texts."
            elif any(legal(text) != text for text in item.key):
                yield ("key",), "an accepted text holds a control character", "Remove it."
        case Essay():
            pass
        case _:
            assert_never(item)


def _known(ids: tuple[str, ...], item: Item) -> Iterator[Said]:
    for id in ids:
        if id not in item.option_texts:
            yield ("key",), f"the key {id} is no option", "Name an option of the item."


def _matching(item: Matching) -> Iterator[Said]:
    yield from _known(item.key_ids, item)
    if not item.prompts or set(item.key or ()) != set(item.prompts):
        yield ("key",), "the key does not give one option for every prompt", "Key every prompt."
    elif not item.reuse and len(set(item.key_ids)) != len(item.key_ids):
        yield ("key",), "an option is keyed twice although `reuse` is not set", "Write `reuse: true`."


def _numeric(item: Numeric) -> Iterator[Said]:
    key = item.key
    numbers = () if key is None else (key.value, key.minimum, key.maximum)
    given = [number for number in numbers if number is not None]
    if key is None or not given:
        yield ("key",), "the key is missing", "Give a value with tolerance, or minimum and maximum."
    elif key.value is not None and len(given) > 1:
        yield ("key",), "the key gives a value and a range", "Give one of them."
    elif not all(math.isfinite(number) for number in (*given, key.tolerance)) or key.tolerance < 0:
        yield ("key",), "the key is no finite number or its tolerance is below 0", "Correct the key."
    else:
        low, high = bounds(key)
        if low is not None and high is not None and low > high:
            yield ("key",), "the minimum is above the maximum", "Exchange them."
