"""YAML texts → values with their places, and scalars as they were typed: the only door to PyYAML.

It is slow, so a text is composed only up to what somebody asks for.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from qbank.diagnostics import Pointer
from qbank.reading.limits import MANY_BRACKETS, MAX_DEPTH
from qbank.reading.text import Unreadable

_NODES = {"AliasEvent": False, "ScalarEvent": False, "SequenceStartEvent": True, "MappingStartEvent": True}
"""The events that are values: whether their parts follow."""
_ENDS = ("SequenceEndEvent", "MappingEndEvent")
_MAYBE_ALIAS = re.compile(r"\*(?<![^\s\[{,:-]\*)([^\s,\[\]{}]+)")
_MAYBE_ANCHOR = re.compile(r"&(?<![^\s\[{,:-]&)([^\s,\[\]{}]+)")


class Repeated(NamedTuple):
    """A key that a mapping has twice: the key, both offsets in the text."""

    key: str
    first: int
    second: int


class Node(msgspec.Struct):
    """A value of a YAML text: where it stands, and its parts (pairs of a mapping, values of a list).

    An alias has a place of its own; its parts are those of what it names. `style` is "" for a plain
    scalar, one of ' " | >, [ for flow collections, - for block ones (which end where their last part
    does) and * for an alias. `anchored` tells that an alias may name it, `closed` that it has all its parts.
    """

    start: int
    end: int
    text: str | None = None
    plain: bool = False
    pairs: list[tuple[Node, Node]] | None = None
    parts: list[Node] | None = None
    style: str = ""
    anchored: bool = False
    closed: bool = True


def root(text: str) -> Node | None:
    """The value of a text with all its parts; None when there is none. Raises Unreadable."""
    composer = _composer(text)
    composer.finish()
    return composer.root


def repeated_key(text: str) -> Repeated | None:
    """The first key that some mapping of the text has twice, with both places."""
    composer = _composer(text)
    try:
        composer.finish()
    except Unreadable:
        return None
    return composer.repeated


def offset(text: str, pointer: Pointer, part: str = "value") -> int:
    """The offset of the value (or key) at a path of a text that ryaml accepted.

    A path that leads nowhere is cut where it ends: the place of the deepest part that exists.
    """
    composer = _composer(text)
    place = 0
    try:
        node = composer.start()
        place = node.start if node is not None else 0
        for number, step in enumerate(pointer):
            found = composer.child(node, step)
            if found is None:
                break
            key, node = found
            last = number == len(pointer) - 1
            place = (key if last and part == "key" and key is not None else node).start
            if node.start == node.end and key is not None:
                place = key.start  # an empty value has no place of its own
    except Unreadable:
        return place
    return place


def find(text: str, pointer: Pointer) -> tuple[Node | None, Node] | None:
    """The key (None without one) and the value at a path, with all its parts; None when it leads nowhere."""
    composer = _composer(text)
    try:
        composer.finish()
        return _found(composer, pointer)
    except Unreadable:
        return None


def raw_scalar(text: str, pointer: Pointer) -> str | None:
    """The scalar at a path as it was typed; None when there is none."""
    found = scalar(text, pointer)
    return None if found is None else found.text


def scalar(text: str, pointer: Pointer) -> Node | None:
    """The value at a path, which need not have all its parts; None when there is none."""
    try:
        found = _found(_composer(text), pointer)
    except Unreadable:
        return None
    return None if found is None else found[1]


def needs_more(text: str, whole: str) -> bool:
    """Whether a part of a text has an alias whose anchor stands in another part of the whole."""
    anchors = _anchors(whole)
    if not anchors or anchors.isdisjoint(_MAYBE_ALIAS.findall(text)):
        return False  # as good as always; composing takes long
    composer = _composer(text)
    try:
        composer.finish()
    except Unreadable:
        return False
    return composer.lost_alias


def has_anchors(text: str) -> bool:
    """Whether a text has anchors, or what may be one."""
    return bool(_anchors(text))


@functools.lru_cache(maxsize=8)
def _anchors(text: str) -> frozenset[str]:
    """The names of all anchors of a text, and more that only look so."""
    return frozenset(_MAYBE_ANCHOR.findall(text))


def _found(composer: _Composer, pointer: Pointer) -> tuple[Node | None, Node] | None:
    node = composer.start()
    found: tuple[Node | None, Node] | None = None if node is None else (None, node)
    for step in pointer:
        found = composer.child(found[1], step) if found is not None else None
    return found


def refuse_depth(text: str) -> None:
    """Raise Unreadable where collections are nested too deeply."""
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


def refuse_tags(text: str) -> None:
    """Raise Unreadable at the first tag."""
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


def _loader() -> Any:
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _events(text: str) -> Iterator[Any]:
    import yaml

    return iter(yaml.parse(text, Loader=_loader()))


@functools.lru_cache(maxsize=8)
def _composer(text: str) -> _Composer:
    return _Composer(text)


class _Composer:
    """The values of a text with their places, made from events, one after the other, as far as is asked for.

    Neither deep nesting nor aliases can hurt it. Its methods raise Unreadable.
    """

    def __init__(self, text: str) -> None:
        import yaml

        self.root: Node | None = None
        self.repeated: Repeated | None = None
        self.lost_alias = False
        self._faults = (yaml.YAMLError, ValueError)
        self._events = _events(text)
        self._anchors: dict[str, Node] = {}
        self._open: list[Node] = []
        self._keys: list[Node | None] = []  # of each open mapping, the key whose value is to come
        self._seen: list[dict[str, int]] = []
        self._error = ""

    def start(self) -> Node | None:
        """The value of the text; its parts may be still to come."""
        while self.root is None and self._advance():
            pass
        return self.root

    def finish(self) -> None:
        """Compose all that is left of the text."""
        while self._advance():
            pass

    def child(self, node: Node | None, step: str | int) -> tuple[Node | None, Node] | None:
        """The key (None without one) and the value of a part of a value; None when it has no such part."""
        if node is not None and node.pairs is not None:
            name, at = str(step), 0
            while at < len(node.pairs) or (not node.closed and self._advance()):
                for pair in node.pairs[at:]:
                    if pair[0].text == name:
                        return pair
                at = len(node.pairs)
        elif node is not None and node.parts is not None and isinstance(step, int) and step >= 0:
            while len(node.parts) <= step and not node.closed and self._advance():
                pass
            return (None, node.parts[step]) if step < len(node.parts) else None
        return None

    def _advance(self) -> bool:
        """Take the next event; False when there is none."""
        if self._error:
            raise Unreadable(self._error)
        try:
            event = next(self._events, None)
        except self._faults as error:
            self._error = str(error)
            raise Unreadable(self._error) from None
        name = type(event).__name__
        if name in _NODES:
            self._take(event, _NODES[name])
        elif name in _ENDS:
            self._close(event)
        return event is not None

    def _take(self, event: Any, opens: bool) -> None:
        node = _node(event, self._anchors)
        if node.style == "*" and str(event.anchor) not in self._anchors:
            self.lost_alias = True
        if not self._open:
            self.root = self.root or node
        elif self._open[-1].parts is not None:
            self._open[-1].parts.append(node)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = node
            if node.text is not None:
                first = self._seen[-1].setdefault(node.text, node.start)
                if first != node.start and self.repeated is None:
                    self.repeated = Repeated(node.text, first, node.start)
        else:
            pairs = self._open[-1].pairs
            assert pairs is not None
            pairs.append((key, node))
            self._keys[-1] = None
        if opens:
            if len(self._open) > 4 * MAX_DEPTH:
                self._error = "the file is nested too deeply"
                raise Unreadable(self._error)
            node.closed = False
            self._open.append(node)
            self._keys.append(None)
            self._seen.append({})

    def _close(self, event: Any) -> None:
        closed = self._open.pop()
        closed.closed = True
        if closed.style == "[" and event.end_mark is not None:
            closed.end = event.end_mark.index
        self._keys.pop()
        self._seen.pop()


def _node(event: Any, anchors: dict[str, Node]) -> Node:
    name = type(event).__name__
    start, end = event.start_mark.index, event.end_mark.index
    if name == "AliasEvent":
        named = anchors.get(str(event.anchor), Node(0, 0))
        return Node(start, end, named.text, named.plain, named.pairs, named.parts, "*")
    if name == "ScalarEvent":
        node = Node(start, end, event.value, event.implicit[0], style=event.style or "")
    elif name == "MappingStartEvent":
        node = Node(start, end + 1, pairs=[], style="[" if event.flow_style else "-")
    else:
        node = Node(start, end + 1, parts=[], style="[" if event.flow_style else "-")
    node.anchored = event.anchor is not None
    if event.anchor is not None:
        anchors[event.anchor] = node
    return node
