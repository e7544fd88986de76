"""What Moodle cannot say of an item: refused, or with `--lossy` written as far as it goes and told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

import msgspec

from qbank.diagnostics import Finding, Place, Pointer, Related
from qbank.formats import moodle_grades as grades
from qbank.formats import moodle_text as texts
from qbank.formats.contract import ExportInput, Loss, Placed
from qbank.formats.features import wrong_share
from qbank.formats.moodle_tags import PREFIXES
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

_SHOWN = 3
_TAG = re.compile(r"[<>`\x00-\x1f\x7f]")
_LONGEST_TAG = 255


class Fault(msgspec.Struct, frozen=True):
    """A fault of an item; with a `feature`, the item can be written without it when losses are allowed."""

    pointer: Pointer
    message: str
    hint: str
    feature: str = ""


class Found(msgspec.Struct, frozen=True):
    """Why an export is refused; else what it loses, for people and record by record."""

    refused: tuple[Finding, ...]
    losses: tuple[Finding, ...]
    lost: tuple[Loss, ...]


def found(input: ExportInput, faults: Callable[[Placed], Iterable[Fault]]) -> Found:
    """The faults of all items of an input, each item looked at once."""
    refused, lost = [], []
    alike: dict[tuple[str, str], list[Place]] = {}
    for one in {placed.item.id: placed for placed in input.placed()}.values():
        for fault in faults(one):
            place = one.item.at(*fault.pointer)
            if not fault.feature or not input.lossy:
                refused.append(Finding(place, f"item {one.item.id}: {fault.message}", hint=fault.hint))
                continue
            alike.setdefault((fault.message, fault.hint), []).append(place)
            field = "/".join(map(str, fault.pointer))
            lost.append(Loss(record=one.item.id, field=field, feature=fault.feature, message=fault.message))
    losses = (_loss(message, hint, places) for (message, hint), places in alike.items())
    return Found(tuple(refused), tuple(losses), tuple(lost))


def _loss(message: str, hint: str, places: list[Place]) -> Finding:
    """One finding for a loss of many items, at the first."""
    more = f", and {len(places) - 1} more alike" if len(places) > 1 else ""
    related = tuple(Related(place, "the same") for place in places[1 : 1 + _SHOWN])
    return Finding(places[0], f"{message}{more}", related=related, hint=hint)


def of_item(item: Item) -> Iterator[Fault]:
    """The faults that every format of Moodle finds."""
    yield from _of_tags(item)
    for id, text in item.option_texts.items():
        if not texts.shows(text):
            yield Fault(("options", id), "Moodle leaves out options that show nothing", "Write the option.")
    match item:
        case MultipleChoice():
            yield from _of_choice(item)
        case MultipleResponse():
            if not item.key_ids or not set(item.key_ids) <= set(item.options):
                yield Fault(("key",), "options must be keyed", "Key the right options.")
            else:
                yield from _of_shares(item)
        case Matching():
            yield from _of_matching(item)
        case TrueFalse():
            if item.key is None:
                yield Fault(("key",), "the key is missing", "Write `key: true` or `key: false`.")
            elif wrong_share(item):
                message = "Moodle gives a wrong judgement neither points nor a penalty"
                yield Fault(("scoring",), message, _LOSSY, "penalty")
        case Numeric():
            key = item.key
            if key is None or (key.value is None and (key.minimum is None or key.maximum is None)):
                message = "a value, or a minimum and a maximum, must be given"
                yield Fault(("key",), message, "Complete the key.")
            elif key.value is None and (key.minimum or 0) > (key.maximum or 0):
                yield Fault(("key",), "the minimum is above the maximum", "Mend the key.")
        case ShortAnswer():
            if not item.key or not all(one.strip() for one in item.key):
                message = "no accepted text is given, or one is empty"
                yield Fault(("key",), message, "List the accepted texts.")
            elif any("\\*" in one for one in item.key):
                message = "a backslash before an asterisk means another thing in Moodle"
                yield Fault(("key",), message, "Reword the accepted text.")
        case Essay() | Ordering():
            pass
        case _:
            assert_never(item)


_LOSSY = "Change the scoring, or use --lossy."


def _of_choice(item: MultipleChoice) -> Iterator[Fault]:
    if len(item.key_ids) != 1 or item.key_ids[0] not in item.options:
        yield Fault(("key",), "one option must be keyed", "Key an option.")
    elif wrong_share(item) >= 1:
        yield Fault(("scoring",), "a wrong option gives all points", "Change the minimum.")
    elif grades.share(wrong_share(item)) is None:
        yield Fault(("scoring",), "Moodle knows no such share of points", "Change the penalty.")


def _of_shares(item: MultipleResponse) -> Iterator[Fault]:
    if grades.option_shares(item) is None:
        hint = "Change the penalty or the options."
        yield Fault(("scoring",), "Moodle knows no such shares of points", hint)
    elif item.scoring.method == "per_option" and not grades.lowest_is_zero(item):
        yield Fault(("scoring",), "Moodle never gives less than nothing, nor more", _LOSSY, "penalty")


def _of_matching(item: Matching) -> Iterator[Fault]:
    if not item.key or set(item.key) != set(item.prompts) or not set(item.key.values()) <= set(item.options):
        yield Fault(("key",), "every prompt must be keyed", "Key every prompt.")
    elif len(item.prompts) < 2:
        yield Fault(("prompts",), "Moodle matches two prompts or more", "Write another prompt.")
    elif item.scoring.penalty or item.scoring.minimum:
        yield Fault(("scoring",), "Moodle takes nothing off for a wrong pair", _LOSSY, "penalty")
    shown = {id: texts.plain(text) for id, text in item.options.items()}
    for id, text in item.options.items():
        if not texts.is_plain(text):
            hint = "Move it to the prompt, or use --lossy for its words alone."
            yield Fault(("options", id), "Moodle shows options of pairs as plain words", hint, "formatting")
        elif not shown[id]:
            yield Fault(("options", id), "an option without words", "Write the option.")
    for id, text in item.prompts.items():
        if not texts.shows(text):
            yield Fault(("prompts", id), "a prompt without words", "Write the prompt.")
    if len(set(shown.values())) < len(shown):
        yield Fault(("options",), "Moodle takes options with the same words for one", "Reword one of them.")


def _of_tags(item: Item) -> Iterator[Fault]:
    for number, tag in enumerate(item.tags):
        if _TAG.search(tag) or not 0 < len(tag) <= _LONGEST_TAG or tag != " ".join(tag.split()):
            message = f"Moodle would change the tag {tag[:40]!r}"
            yield Fault(("tags", number), message, "Reword it without <, > and `.")
        elif tag.startswith(PREFIXES):
            message = f"the tag {tag[:40]!r} begins as those that stand for fields"
            yield Fault(("tags", number), message, "Reword it.")
