"""One QTI item or stimulus, with the names of version 3 → a record in the native shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from qbank.formats.qti_common.items import MEDIUM
from qbank.formats.qti_common.legacy import q
from qbank.formats.qti_common.read_declaration import Declared, declared
from qbank.formats.qti_common.read_scoring import score_of
from qbank.formats.qti_common.read_text import BLANK, Context, classes, inner, plain, text_of
from qbank.formats.safe_xml import local

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_OPTION_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,15}")
_INLINE = ("qti-text-entry-interaction", "qti-inline-choice-interaction")
_FEEDBACK = ("qti-modal-feedback", "qti-feedback-inline", "qti-feedback-block")
_STAFF_ONLY = "qti-rubric-block"

Record = dict[str, Any]


def read_stimulus(root: Element, context: Context) -> Record:
    """A stimulus that several items may share."""
    id = root.get("identifier") or ""
    body = root.find(q("qti-stimulus-body"))
    title = root.get("title") or ""
    return _stimulus(id, "" if title == id else title, root if body is None else body, context)


def _stimulus(id: str, title: str, body: Element, context: Context) -> Record:
    record: Record = {"id": id, "title": title}
    media, rest = [], []
    for part in inner(body):
        if not isinstance(part, str) and MEDIUM in classes(part):
            media.append(_medium(part, context))
        elif isinstance(part, str) or "qbank-title" not in classes(part):
            rest.append(part)
    for part in rest:
        if not isinstance(part, str):
            media += [_medium(one, context) for one in _players(part, context)]
    record["text"] = text_of(rest, context)
    record["media"] = [one for one in media if one["file"]]
    return {name: value for name, value in record.items() if value}


def _medium(block: Element, context: Context) -> Record:
    """A file that our writer put after the text of a stimulus."""
    shown = next((one for one in block.iter() if one.get("src") or one.get("data")), None)
    if shown is None:
        return {"file": ""}
    alt = shown.get("alt") or plain(block)
    return _file(shown, alt, context)


def _players(part: Element, context: Context) -> Iterator[Element]:
    """Sound and film inside a text of somebody else, taken out of it."""
    for node in list(part.iter(q("audio"), q("video"), q("object"))):
        if node.get("src") or node.get("data"):
            yield node
            parent = node.getparent()
            if parent is not None:
                _remove(node)
        else:
            context.tell(f"{local(node)} is not understood", node)


def _file(node: Element, alt: str, context: Context) -> Record:
    address = str(node.get("src") or node.get("data") or "")
    made = {"file": context.place(context.name, address, "the file"), "alt": " ".join(alt.split())}
    return {name: value for name, value in made.items() if value or name == "file"}


def _remove(node: Element) -> None:
    """Take an element out of its parent; what follows it stays."""
    parent, before = node.getparent(), node.getprevious()
    assert parent is not None
    if node.tail:
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    node.tail = None
    parent.remove(node)


def read_item(root: Element, context: Context) -> Record | None:
    """An item, or None for one of a kind that no bank holds; that is told."""
    id = root.get("identifier") or ""
    context.item = id
    body = root.find(q("qti-item-body"))
    found = [] if body is None else [one for one in body.iter() if local(one).endswith("-interaction")]
    if body is None or len(found) != 1:
        what = f"{len(found)} interactions" if found else "no interaction"
        names = ", ".join(sorted({local(one) for one in found}))
        context.tell(f"the item has {what}{': ' if names else ''}{names}; items with one are read", root)
        return None
    record = _item(root, body, found[0], context)
    if record is None:
        context.tell(f"{local(found[0])} is of a kind that no bank holds; the item is left out", found[0])
        return None
    for tag in ("qti-template-declaration", "qti-template-processing", "qti-catalog-info", "qti-stylesheet"):
        for node in root.iterfind(q(tag)):
            context.tell(f"{tag} is not understood", node)
    return {"id": id, **{name: value for name, value in record.items() if value not in ("", [], {}, None)}}


def _item(root: Element, body: Element, interaction: Element, context: Context) -> Record | None:
    declarations = {one.get("identifier") or "": one for one in root.iter(q("qti-response-declaration"))}
    given = declared(declarations.get(interaction.get("response-identifier") or ""))
    feedback = _feedback(root)
    staff = _for_staff(body, context)
    stimulus = _shared(root, body, context)
    unit = _unit(interaction, context) if local(interaction) == _INLINE[0] and given.is_number else ""
    made = _of_interaction(interaction, given, context)
    if made is None:
        return None
    record, names = made
    shuffle = interaction.get("shuffle")
    kind = record["type"]
    mixes = kind in ("multiple-choice", "multiple-response", "matching")
    if mixes and shuffle != "true" and not context.known.shuffle:
        record["shuffle"] = False
    scored = score_of(root, given, record, names, context)
    record.update(scored)
    if unit and isinstance(record.get("key"), dict):
        record["key"]["unit"] = unit
    elif unit and kind == "numeric":
        record["key"] = {"unit": unit}
    record["stem"] = _stem(body, interaction, context)
    record.update(context.known.fields)
    record.update(staff)
    if stimulus:
        record["stimulus"] = stimulus
    rationale = _rationale_of(feedback, names, context)
    if rationale and "rationale" not in record:
        record["rationale"] = rationale
    elif rationale:
        context.tell("the item has feedback beside a rationale; the rationale is kept")
    return record


# what stands in the body


def _for_staff(body: Element, context: Context) -> Record:
    """What rubric blocks say to staff; what they say to candidates stays where it is."""
    found: Record = {}
    for block in list(body.iter(q(_STAFF_ONLY))):
        views = set((block.get("view") or "").split())
        content = block.find(q("qti-content-body"))
        parts = inner(block if content is None else content)
        if "candidate" in views:
            block.tag = q("div")
            block.attrib.clear()
            if content is not None:
                block[:] = list(content)
            continue
        _remove(block)
        rest = [part for part in parts if isinstance(part, str) or not _ours(part, found, context)]
        said = text_of(rest, context)
        if said:
            name = "rubric" if "scorer" in views and _is_essay(body) else "rationale"
            if name in found:
                context.tell("a further rubric block is not understood", block)
            else:
                found[name] = said
    return found


def _is_essay(body: Element) -> bool:
    return next(body.iter(q("qti-extended-text-interaction")), None) is not None


def _ours(part: Element, found: Record, context: Context) -> bool:
    """Whether a part of a rubric block is one that our writer makes; then it is taken."""
    names = classes(part)
    if "qbank-rubric" in names:
        found["rubric"] = text_of(inner(part), context)
    elif "qbank-references" in names:
        found["references"] = [text_of(inner(one), context) for one in part.iterfind(q("li"))]
    elif "qbank-rationale" in names and local(part) == "dl":
        ids = [plain(one) for one in part.iterfind(q("dt"))]
        said = [text_of(inner(one), context) for one in part.iterfind(q("dd"))]
        found["rationale"] = dict(zip(ids, said, strict=False))
    elif "qbank-rationale" in names:
        found["rationale"] = text_of(inner(part), context)
    else:
        return False
    return True


def _shared(root: Element, body: Element, context: Context) -> str:
    """The stimulus of an item: one that it refers to, or one that stands in its body."""
    for block in list(body.iter(q("div"))):
        if "qti-shared-stimulus" in classes(block):
            _remove(block)
        elif "qbank-stimulus" in classes(block):
            _remove(block)
            return context.keep(_stimulus(block.get("id") or "", block.get("label") or "", block, context))
    refs = list(root.iterfind(q("qti-assessment-stimulus-ref")))
    for number, ref in enumerate(refs):
        address = ref.get("href") or ""
        if number or not context.has(context.name, address):
            why = "an item of a bank has one" if number else "its file is not in the package"
            context.tell(f"the stimulus {address[:120]} is left out: {why}", ref)
        else:
            return ref.get("identifier") or ""
    return ""


def _stem(body: Element, interaction: Element, context: Context) -> str:
    """All that the body says around and in the prompt of its interaction."""
    prompt = interaction.find(q("qti-prompt"))
    if local(interaction) in _INLINE:
        _blank(interaction, body)
    else:
        parent = interaction.getparent()
        assert parent is not None
        if prompt is not None:
            kept = prompt
            kept.tag = q("div")
            kept.attrib.clear()
            kept.tail = interaction.tail
            parent.replace(interaction, kept)
        else:
            _remove(interaction)
    for block in list(body.iter(q("div"))):
        if block.get("class") == "qbank-stem":
            del block.attrib["class"]
    return text_of(_flat(body), context)


def _flat(node: Element) -> Iterator[Element | str]:
    """What stands in an element, divs that say nothing opened."""
    for part in inner(node):
        if isinstance(part, str) or local(part) != "div" or set(part.attrib) - {"class", "id"}:
            yield part
        else:
            yield from _opened(part)


def _opened(part: Element) -> Iterator[Element | str]:
    """A div's blocks; a div of words is a paragraph."""
    blocks = {"p", "div", "ul", "ol", "dl", "table", "pre", "blockquote", "hr"} | {
        f"h{n}" for n in range(1, 7)
    }
    if any(local(kid) in blocks for kid in part):
        yield from _flat(part)
    else:
        part.tag = q("p")
        part.attrib.clear()
        tail, part.tail = part.tail, None
        yield part
        part.tail = tail


def _blank(interaction: Element, body: Element) -> None:
    """A field in the text becomes a blank; one in a paragraph of its own at the end leaves nothing."""
    block = interaction.getparent()
    assert block is not None
    alone = len(block) == 1 and not (block.text or "").strip() and not (interaction.tail or "").strip()
    last = block.getparent() is body and block.getnext() is None and not (block.tail or "").strip()
    if alone and last and local(block) in ("p", "div"):
        _remove(block)
        return
    if alone and block is body:
        _remove(interaction)
        return
    interaction.tail = BLANK + (interaction.tail or "")
    _remove(interaction)


def _unit(interaction: Element, context: Context) -> str:
    """What follows a field in a last paragraph that begins with it."""
    block = interaction.getparent()
    assert block is not None
    first = not (block.text or "").strip() and block[0] is interaction
    if not first or block.getnext() is not None or local(block) != "p":
        return ""
    parts = inner(block)
    said = text_of(parts[parts.index(interaction) + 1 :], context)
    if not said or len(said) > 40 or "\n" in said:
        return ""
    for kid in list(block)[1:]:
        block.remove(kid)
    interaction.tail = None
    return said


# interactions


def _of_interaction(node: Element, given: Declared, context: Context) -> tuple[Record, dict[str, str]] | None:
    """The fields of an interaction, and the option ids of the bank by those of the file."""
    match local(node):
        case "qti-choice-interaction" | "qti-inline-choice-interaction":
            return _choice(node, given, context)
        case "qti-order-interaction":
            names, options, fixed = _options(node.iterfind(q("qti-simple-choice")), context)
            return {"type": "ordering", "options": options, "fixed": fixed}, names
        case "qti-match-interaction":
            return _match(node, context)
        case "qti-text-entry-interaction":
            return {"type": "numeric" if given.is_number else "short-answer"}, {}
        case "qti-extended-text-interaction":
            return {"type": "essay"}, {}
        case _:
            return None


def _choice(node: Element, given: Declared, context: Context) -> tuple[Record, dict[str, str]]:
    inline = local(node) == "qti-inline-choice-interaction"
    choices = list(node.iterfind(q("qti-inline-choice" if inline else "qti-simple-choice")))
    if sorted(one.get("identifier") or "" for one in choices) == ["false", "true"]:
        return {"type": "true-false"}, {"true": "true", "false": "false"}
    names, options, fixed = _options(iter(choices), context)
    if given.cardinality != "multiple":
        return {"type": "multiple-choice", "options": options, "fixed": fixed}, names
    most = node.get("max-choices") or "0"
    record: Record = {"type": "multiple-response", "options": options, "fixed": fixed}
    if most.isdigit() and int(most) > 0 and (int(most) < len(options) or int(most) == len(given.correct)):
        record["choose"] = int(most)
    return record, names


def _match(node: Element, context: Context) -> tuple[Record, dict[str, str]]:
    sets = list(node.iterfind(q("qti-simple-match-set")))[:2]
    sides = [list(one.iterfind(q("qti-simple-associable-choice"))) for one in sets] + [[], []]
    mine = [one.get("identifier") or "" for one in sides[0]]
    theirs = {one.get("identifier") or "" for one in sides[1]}
    bare = [id.removeprefix("prompt_") for id in mine]
    clash = bool(set(bare) & theirs) and all(id.startswith("prompt_") for id in mine)
    prompt_names, prompts, _ = _options(
        iter(sides[0]), context, dict(zip(mine, bare, strict=True)) if clash else {}
    )
    names, options, fixed = _options(iter(sides[1]), context)
    record: Record = {"type": "matching", "prompts": prompts, "options": options, "fixed": fixed}
    if any((one.get("match-max") or "1") != "1" for one in sides[1]):
        record["reuse"] = True
    pairs = {f"{left} ": right for left, right in prompt_names.items()}
    return record, {**names, **pairs}


def _options(
    choices: Iterator[Element], context: Context, wanted: dict[str, str] | None = None
) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Ids of the bank by those of the file, texts by id, and the fixed ones."""
    nodes = list(choices)
    ids = [(wanted or {}).get(one.get("identifier") or "", one.get("identifier") or "") for one in nodes]
    if not all(_OPTION_ID.fullmatch(id) for id in ids) or len({id.lower() for id in ids}) != len(ids):
        fresh = [_letter(number) for number in range(len(ids))]
        context.tell(
            f"the options {', '.join(ids)[:200]} are called {', '.join(fresh)}: ids of a bank are short"
        )
        ids = fresh
    names = {one.get("identifier") or "": id for one, id in zip(nodes, ids, strict=True)}
    texts = {id: _option_text(one, context) for one, id in zip(nodes, ids, strict=True)}
    fixed = [id for one, id in zip(nodes, ids, strict=True) if one.get("fixed") == "true"]
    return names, texts, fixed


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"O{number + 1}"


def _option_text(node: Element, context: Context) -> str:
    parts = [one for one in inner(node) if isinstance(one, str) or local(one) not in _FEEDBACK]
    kids = [one for one in parts if not isinstance(one, str)]
    words = "".join(one for one in parts if isinstance(one, str))
    if len(kids) == 1 and not words.strip() and local(kids[0]) == "div" and not kids[0].attrib:
        parts = inner(kids[0])
    return text_of(parts, context)


# feedback


def _feedback(root: Element) -> list[Element]:
    found = list(root.iter(*(q(tag) for tag in _FEEDBACK)))
    for node in found:
        if local(node) != _FEEDBACK[0] and node.getparent() is not None:
            _remove(node) if local(node.getparent()) not in ("qti-simple-choice",) else None  # type: ignore[arg-type]
    return found


def _rationale_of(found: list[Element], names: dict[str, str], context: Context) -> str | dict[str, str]:
    """Feedback as a rationale: by option where it is shown for one, else one text."""
    by_option: dict[str, str] = {}
    rest: list[str] = []
    for node in found:
        content = node.find(q("qti-content-body"))
        said = text_of(inner(node if content is None else content), context)
        option = _option_of(node, names)
        if option and said and option not in by_option:
            by_option[option] = said
        elif said and said not in rest:
            rest.append(said)
    if not by_option:
        if len(rest) > 1:
            context.tell("several feedbacks are made one rationale")
        return "\n\n".join(rest)
    for said in rest:
        context.tell(f"a feedback that belongs to no option has no place: {said[:200]}")
    return by_option


def _option_of(node: Element, names: dict[str, str]) -> str:
    parent = node.getparent()
    if parent is not None and local(parent) == "qti-simple-choice":
        return names.get(parent.get("identifier") or "", "")
    return names.get(node.get("identifier") or "", "")
