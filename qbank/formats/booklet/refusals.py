"""What cannot be printed of a form: every reason at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qbank.diagnostics import Finding, Location, Pointer
from qbank.formats.booklet.flow import DEEPEST, depth, is_plain
from qbank.formats.booklet.pictures import problem, unprintable
from qbank.formats.contract import ExportInput, Format, Loss, Placed, unsupported
from qbank.formats.presenting import located_texts
from qbank.markup import broken_math, to_tree, unsafe
from qbank.markup.characters import legal
from qbank.markup.tree import Kid
from qbank.model.item import Item, ShortAnswer, TrueFalse
from qbank.model.stimulus import Stimulus

Said = tuple[Pointer, str, str]
"""Where in a record, what is wrong, what to do."""

_FILE_HINT = "Give a path relative to the bank, to a picture that is there."
_MATH_HINT = "Write the formula with the LaTeX that qbank knows, or as text."


def refusals(input: ExportInput, format: Format, kinds: frozenset[str]) -> tuple[Finding, ...]:
    """Why a form cannot be printed; () when it can. `kinds` are the extensions of pictures that can be."""
    found = [*unsupported(input, format.item_types, format.title), *_form(input)]
    for placed in input.placed():
        item = placed.item
        for pointer, message, hint in _item(placed, input, kinds):
            found.append(Finding(item.at(*pointer), f"item {item.id}: {message}", hint=hint))
    for stimulus in stimuli(input):
        for pointer, message, hint in _stimulus(stimulus, input, kinds):
            found.append(Finding(stimulus.at(*pointer), f"stimulus {stimulus.id}: {message}", hint=hint))
    return tuple(found)


def stimuli(input: ExportInput) -> tuple[Stimulus, ...]:
    """The stimuli of a form, each once, in their order."""
    found = {one.stimulus.id: one.stimulus for one in input.placed() if one.stimulus is not None}
    return tuple(found.values())


def unheard(input: ExportInput, format: Format) -> tuple[tuple[Finding, ...], tuple[Loss, ...]]:
    """Sound and film of a form: paper only names them."""
    findings, losses = [], []
    for stimulus in stimuli(input):
        for number, media in enumerate(stimulus.media):
            kind = unprintable(media.file)
            if kind:
                told = f"{kind.lower()} {media.file} cannot be printed; {format.title} only names it"
                pointer = ("media", number, "file")
                hint = "Play it in the room, or export to a format for screens."
                findings.append(Finding(stimulus.at(*pointer), f"stimulus {stimulus.id}: {told}", hint=hint))
                field = "/".join(str(part) for part in pointer)
                losses.append(Loss(record=stimulus.id, field=field, feature="media", message=told))
    return tuple(findings), tuple(losses)


def _form(input: ExportInput) -> Iterator[Finding]:
    here = Location(f"{input.form.id}.form.json")
    for name, text in _names(input):
        if legal(text) != text:
            yield Finding(here, f"{name} holds a control character", hint="Remove it: it cannot be printed.")
    if not any(True for _ in input.placed()):
        yield Finding(here, "the form holds no items", hint="Export a form that was assembled.")
    info = input.bank.info
    for _, message, hint in _texts([(("notice",), info.notice)], input.media_root, frozenset()):
        yield Finding(info.at("notice"), f"the bank's {message}", hint=hint)


def _names(input: ExportInput) -> Iterator[tuple[str, str]]:
    """The texts of a paper that are no item's: what each is, and the text."""
    yield "the form's id", input.form.id
    yield "the form's title", input.form.title
    yield "the bank's title", input.bank.info.title
    yield "the blueprint's edition", str(input.blueprint.edition)
    yield from ((f"the title of section {one.id}", one.title or one.id) for one in input.form.sections)
    if input.audience == "staff":
        yield from (("a content area's title", title) for title in input.bank.info.area_titles().values())


def _item(placed: Placed, input: ExportInput, kinds: frozenset[str]) -> Iterator[Said]:
    item = placed.item
    yield from _texts(located_texts(item, input.audience), input.media_root, kinds)
    if input.audience == "staff":
        for field, text in _about(item):
            if legal(text) != text:
                yield (field,), f"{field} holds a control character", "Remove it: it cannot be printed."
    order = placed.placement.option_order
    ids = ("true", "false") if isinstance(item, TrueFalse) else tuple(item.option_texts)
    if order and sorted(order) != sorted(ids):
        told = f"the form presents {', '.join(order)}, the item has {', '.join(ids) or 'none'}"
        yield ("options",), told, "Run `qbank audit` on the form and assemble it again."


def _about(item: Item) -> Iterator[tuple[str, str]]:
    """What the key says of an item as it stands in the bank."""
    yield "id", item.id
    yield "content_area", item.content_area
    yield "cognitive_level", item.cognitive_level
    yield "attributes", "".join(f"{name}{value}" for name, value in item.attributes.items())
    yield "tags", "".join(item.tags)
    yield "codes", "".join(f"{one.system}{one.code}{one.role}{one.expect}" for one in item.codes)
    yield "rationale", "".join(item.rationale if isinstance(item.rationale, dict) else ())
    if isinstance(item, ShortAnswer):
        yield "key", "".join(item.key or ())
    else:
        yield "key", "".join(item.key_ids)


def _stimulus(stimulus: Stimulus, input: ExportInput, kinds: frozenset[str]) -> Iterator[Said]:
    if legal(stimulus.title) != stimulus.title:
        yield ("title",), "title holds a control character", "Remove it: it cannot be printed."
    yield from _texts([(("text",), stimulus.text)], input.media_root, kinds)
    for number, media in enumerate(stimulus.media):
        pointer: Pointer = ("media", number, "file")
        why = "" if unprintable(media.file) else problem(input.media_root, media.file, kinds)
        if why:
            yield pointer, f"the file {media.file} {why}", _FILE_HINT
        elif legal(media.file + media.alt) != media.file + media.alt:
            yield pointer, "the file's name or text holds a control character", "Remove it."


def _texts(texts: Iterable[tuple[Pointer, str]], root: str, kinds: frozenset[str]) -> Iterator[Said]:
    for pointer, text in texts:
        if is_plain(text) and legal(text) == text:
            continue
        field = " ".join(str(part) for part in pointer)
        for _, what in unsafe(text):
            yield pointer, f"{field} holds {what}", "Remove it: it would not be printed."
        for _, what in broken_math(text):
            yield pointer, f"{field} holds a formula that cannot be converted: {what}", _MATH_HINT
        if legal(text) != text:
            yield pointer, f"{field} holds a control character", "Remove it: it cannot be printed."
        if depth(text) > DEEPEST:
            yield pointer, f"{field} nests more than {DEEPEST} elements", "Write it with fewer levels."
        for address in dict.fromkeys(_pictures(to_tree(text))):
            why = problem(root, address, kinds)
            if why:
                yield pointer, f"{field} shows the picture {address}, which {why}", _FILE_HINT


def _pictures(kids: Iterable[Kid]) -> Iterator[str]:
    for kid in kids:
        if not isinstance(kid, str):
            if kid.tag == "img":
                yield kid.attributes.get("src", "")
            yield from _pictures(kid.kids)
