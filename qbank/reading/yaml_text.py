"""YAML text → plain trees, and values → places: the only door to ryaml and PyYAML.

ryaml reads: it refuses alias bombs, deep nesting and repeated keys. PyYAML only gives the events of
slices, for the places of values, for scalars as they were typed, and to explain what ryaml refused.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from qbank.diagnostics import Pointer
from qbank.reading.limits import MANY_BRACKETS, MAX_DEPTH
from qbank.reading.text import Unreadable

_ITEM_START = re.compile(r"^-(?=[ \n])", re.MULTILINE)
_BRACKET = re.compile(r"[\[\]{}]")
_YAML_BREAK = re.compile(r"[\n\x85\u2028\u2029]")
_TOO_LONG = re.compile(r"invalid type: integer `(-?\d+)`")
_MAYBE_TAG = re.compile(r"(?:^|[\s\[{,])!", re.MULTILINE)
_AT = re.compile(r" at (?:line (\d+) column (\d+)|position (\d+))")
_OPENED = re.compile(
    r"(?:end of stream|expected ':').* while scanning a (quoted scalar|simple key) at line (\d+) column (\d+)"
)
_NEVER_CLOSED = {
    "quoted scalar": (
        "a text in quotes begins here and never ends",
        "Write the closing quote, the same as the opening one.",
    ),
    "simple key": (
        "a name must be followed by a colon and a space",
        "Write it as name: value, or indent it as the text that it continues.",
    ),
}
_ID = re.compile(
    r"(?:^|[{,])[ \t-]*[\"']?id[\"']?[ \t]*:[ \t]*[\"']?([A-Za-z][A-Za-z0-9._-]{0,63})", re.MULTILINE
)


class Slice(NamedTuple):
    """A top-level entry of a block sequence: its text, and offset and line of its start."""

    text: str
    start: int
    line: int


class Repeated(NamedTuple):
    """A key that a mapping has twice: the key, both offsets in the text."""

    key: str
    first: int
    second: int


class Node(msgspec.Struct):
    """A value of a YAML text: where it stands, and its parts (pairs of a mapping, values of a list).

    An alias has a place of its own; its parts are those of what it names. `style` is "" for a plain
    scalar, one of ' " | >, [ for flow collections, - for block ones (which end where their last part
    does) and * for an alias; `anchored` tells that an alias may name it.
    """

    start: int
    end: int
    text: str | None = None
    plain: bool = False
    pairs: list[tuple[Node, Node]] | None = None
    parts: list[Node] | None = None
    style: str = ""
    anchored: bool = False


class _Composed(msgspec.Struct):
    root: Node | None = None
    repeated: Repeated | None = None


def parse(text: str) -> Any:
    """The plain tree of a YAML document. Raises Unreadable."""
    import ryaml

    if _may_be_deep(text):
        _refuse_depth(text)
    if _MAYBE_TAG.search(text):
        _refuse_tags(text)
    try:
        return ryaml.loads(text)  # type: ignore[attr-defined]
    except RecursionError:
        raise Unreadable("the file is nested too deeply") from None
    except Exception as error:  # ryaml raises its own error and plain ValueError
        raise _explained(str(error), text) from None


def slices(text: str) -> list[Slice]:
    """The entries of a top-level block sequence at column 1; [] when the text is not one."""
    starts = [match.start() for match in _ITEM_START.finditer(text)]
    if not starts or not _only_comments(text[: starts[0]]):
        return []
    result = []
    line, at = 1, 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        line += text.count("\n", at, start)
        at = start
        result.append(Slice(text[start:end], start, line))
    return result


@functools.lru_cache(maxsize=8)
def entries(text: str) -> list[Slice]:
    """The slices of a text, [] where what looks like an entry is the inside of a quoted text."""
    found = slices(text)
    try:
        tree = parse(text)
    except Unreadable:
        return found
    return found if isinstance(tree, list) and len(tree) == len(found) else []


def guess_ids(text: str) -> list[str]:
    """Ids that a broken text seems to declare, so that they are not reported as missing."""
    return _ID.findall(text)


def repeated_key(text: str) -> Repeated | None:
    """The first key that some mapping of the text has twice, with both places."""
    try:
        return _compose(text).repeated
    except Unreadable:
        return None


def offset(text: str, pointer: Pointer, part: str = "value") -> int:
    """The offset of the value (or key) at a path of a text that ryaml accepted.

    A path that leads nowhere is cut where it ends: the place of the deepest part that exists.
    """
    try:
        node = _compose(text).root
    except Unreadable:
        return 0
    place = node.start if node is not None else 0
    for number, step in enumerate(pointer):
        found = _child(node, step)
        if found is None:
            return place
        key, node = found
        last = number == len(pointer) - 1
        place = (key if last and part == "key" and key is not None else node).start
        if node.start == node.end and key is not None:
            place = key.start  # an empty value has no place of its own
    return place


def find(text: str, pointer: Pointer) -> tuple[Node | None, Node] | None:
    """The key (None without one) and the value at a path; None when the path leads nowhere."""
    try:
        node = _compose(text).root
    except Unreadable:
        return None
    found: tuple[Node | None, Node] | None = None if node is None else (None, node)
    for step in pointer:
        found = _child(found[1], step) if found is not None else None
    return found


def raw_scalar(text: str, pointer: Pointer) -> str | None:
    """The scalar at a path as it was typed; None when there is none."""
    try:
        node = _compose(text).root
    except Unreadable:
        return None
    for step in pointer:
        found = _child(node, step)
        if found is None:
            return None
        _, node = found
    return None if node is None else node.text


def with_text_keys(text: str) -> Any:
    """The tree of a text with every mapping key as it was typed (ryaml makes `1` a number)."""
    import ryaml

    def build(node: Node | None, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise Unreadable("the file is nested too deeply")
        if node is None:
            return None
        if node.pairs is not None:
            return {str(key.text): build(value, depth + 1) for key, value in node.pairs}
        if node.parts is not None:
            return [build(part, depth + 1) for part in node.parts]
        if not node.plain:
            return node.text
        try:
            return ryaml.loads(node.text or "")  # type: ignore[attr-defined]
        except Exception:
            return node.text

    return build(_compose(text).root, 0)


def _may_be_deep(text: str) -> bool:
    """Whether brackets may be nested so deeply that parsing takes long; true of no usual text."""
    if text.count("[") + text.count("{") <= MANY_BRACKETS:
        return False
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MANY_BRACKETS:
            return True
    return False


def _refuse_depth(text: str) -> None:
    import yaml

    depth = 0
    try:
        for event in _events(text):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MANY_BRACKETS:
                mark = event.start_mark
                raise Unreadable("the file is nested too deeply", mark.line + 1, mark.column + 1)
    except yaml.YAMLError:
        return  # ryaml will say what is wrong


def _refuse_tags(text: str) -> None:
    import yaml

    try:
        for token in yaml.scan(text, Loader=_loader()):
            if isinstance(token, yaml.TagToken):
                mark = token.start_mark
                raise Unreadable(
                    f"a YAML tag ({text[mark.index : token.end_mark.index]}) is not allowed",
                    mark.line + 1,
                    mark.column + 1,
                    "Put the text in quotes, or remove the tag.",
                )
    except yaml.YAMLError:
        return  # ryaml will say what is wrong


def _explained(message: str, text: str) -> Unreadable:
    at = _AT.search(message)
    line, column = 1, 1
    if at and at[1]:
        line, column = _line_and_column(text, _yaml_offset(text, int(at[1]), int(at[2])))
    elif at and at[3]:
        before = text.encode()[: int(at[3])].decode("utf-8", "replace")
        line, column = _line_and_column(text, len(before))
    number_too_long = _TOO_LONG.search(message)
    if number_too_long:
        digits = number_too_long[1]
        line, column = _line_and_column(text, max(text.find(digits), 0))
        hint = "Put it in quotes when it is a text."
        return Unreadable(f"the number {digits[:40]} is too long", line, column, hint)
    lines = text.split("\n")
    for number in (line, line + 1):
        typed = lines[number - 1] if number <= len(lines) else ""
        indent = typed[: len(typed) - len(typed.lstrip())]
        if "\t" in indent and ("tab" in message or "token" in message or "find" in message):
            return Unreadable(
                "a tab is used as indentation; YAML wants spaces",
                number,
                indent.index("\t") + 1,
                "Replace the tab by spaces, two a level.",
            )
    if "duplicate entry" in message:
        return Unreadable(message, line, column)
    if "repetition limit" in message:
        return Unreadable("too many aliases (*name): the file would grow without bound", line, column)
    if "recursion limit" in message:
        return Unreadable("the file is nested too deeply", line, column)
    if "unhashable" in message:
        return Unreadable("a list or mapping is used as a key", line, column)
    if "more than one document" in message:
        return Unreadable(
            "the file holds more than one YAML document", hint="Write one list; remove the lines ---."
        )
    opened = _OPENED.search(message)
    if opened:
        said, hint = _NEVER_CLOSED[opened[1]]
        line, column = _line_and_column(text, _yaml_offset(text, int(opened[2]), int(opened[3])))
        return Unreadable(said, line, column, hint)
    said = _AT.sub("", message.split(", while")[0])
    hint = "Text with ': ' in it, or with a special character at its start, must be in quotes."
    if "expected key" in said or "expected '-'" in said or "mapping values" in said:
        hint += " Lines that belong together start in the same column."
    return Unreadable(f"this is not YAML: {said}", line, column, hint)


def _yaml_offset(text: str, line: int, column: int) -> int:
    """The offset of a line and column as YAML counts them: it knows more line breaks than line feeds."""
    breaks = (found.end() for found in _YAML_BREAK.finditer(text))
    start = next(itertools.islice(breaks, line - 2, None), 0) if line > 1 else 0
    return min(start + column - 1, len(text))


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _loader() -> Any:
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@functools.lru_cache(maxsize=8)
def _compose(text: str) -> _Composed:
    """The values of a text with their places. Raises Unreadable.

    Made from events, one after the other, so that neither deep nesting nor aliases can hurt.
    """
    import yaml

    try:
        return _composed(_events(text))
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(str(error)) from None


def _composed(events: Iterator[Any]) -> _Composed:
    import yaml

    result = _Composed()
    anchors: dict[str, Node] = {}
    open_nodes: list[Node] = []
    keys: list[Node | None] = []  # of each open mapping, the key whose value is to come
    seen: list[dict[str, int]] = []
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            closed = open_nodes.pop()
            if closed.style == "[" and event.end_mark is not None:
                closed.end = event.end_mark.index
            keys.pop()
            seen.pop()
        if not isinstance(event, yaml.NodeEvent):
            continue
        node = _node(event, anchors)
        if not open_nodes:
            result.root = result.root or node
        elif open_nodes[-1].parts is not None:
            open_nodes[-1].parts.append(node)
        elif (key := keys[-1]) is None:
            keys[-1] = node
            if node.text is not None:
                if node.text in seen[-1] and result.repeated is None:
                    result.repeated = Repeated(node.text, seen[-1][node.text], node.start)
                seen[-1].setdefault(node.text, node.start)
        else:
            pairs = open_nodes[-1].pairs
            assert pairs is not None
            pairs.append((key, node))
            keys[-1] = None
        if isinstance(event, yaml.CollectionStartEvent):
            if len(open_nodes) > 4 * MAX_DEPTH:
                raise Unreadable("the file is nested too deeply")
            open_nodes.append(node)
            keys.append(None)
            seen.append({})
    return result


def _events(text: str) -> Iterator[Any]:
    import yaml

    return iter(yaml.parse(text, Loader=_loader()))


def _node(event: Any, anchors: dict[str, Node]) -> Node:
    import yaml

    start, end = event.start_mark.index, event.end_mark.index
    if isinstance(event, yaml.AliasEvent):
        named = anchors.get(str(event.anchor), Node(0, 0))
        return Node(start, end, named.text, named.plain, named.pairs, named.parts, "*")
    if isinstance(event, yaml.ScalarEvent):
        node = Node(start, end, event.value, event.implicit[0], style=event.style or "")
    elif isinstance(event, yaml.MappingStartEvent):
        node = Node(start, end + 1, pairs=[], style="[" if event.flow_style else "-")
    else:
        node = Node(start, end + 1, parts=[], style="[" if event.flow_style else "-")
    node.anchored = event.anchor is not None
    if event.anchor is not None:
        anchors[event.anchor] = node
    return node


def _child(node: Node | None, step: str | int) -> tuple[Node | None, Node] | None:
    if node is None:
        return None
    if node.pairs is not None:
        return next(((key, value) for key, value in node.pairs if key.text == str(step)), None)
    if node.parts is not None and isinstance(step, int) and 0 <= step < len(node.parts):
        return None, node.parts[step]
    return None


def _only_comments(text: str) -> bool:
    return all(
        not line.strip() or line.lstrip().startswith("#") or line.rstrip() == "---"
        for line in text.split("\n")
    )
