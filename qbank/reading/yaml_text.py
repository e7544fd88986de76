"""YAML text → plain trees, and values → places: the only door to ryaml and PyYAML.

ryaml reads: it refuses alias bombs, deep nesting and repeated keys. PyYAML only composes slices,
for the places of values, for scalars as they were typed, and to explain what ryaml refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from qbank.diagnostics import Pointer
from qbank.reading.limits import MAX_DEPTH
from qbank.reading.text import Unreadable

_ITEM_START = re.compile(r"^-(?=[ \n])", re.MULTILINE)
_MAYBE_TAG = re.compile(r"(?:^|[\s\[{,])!", re.MULTILINE)
_AT = re.compile(r" at (?:line (\d+) column (\d+)|position (\d+))")
_ID = re.compile(
    r"(?:^|[{,])[ \t-]*[\"']?id[\"']?[ \t]*:[ \t]*[\"']?([A-Za-z][A-Za-z0-9._-]{0,63})", re.MULTILINE
)


class Slice(NamedTuple):
    """A top-level entry of a block sequence: its text, and offset and line of its start."""

    text: str
    start: int
    line: int


class Repeated(NamedTuple):
    """A key that a mapping has twice: path of the mapping, the key, both offsets in the text."""

    key: str
    first: int
    second: int


def parse(text: str) -> Any:
    """The plain tree of a YAML document. Raises Unreadable."""
    import ryaml

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


def guess_ids(text: str) -> list[str]:
    """Ids that a broken text seems to declare, so that they are not reported as missing."""
    return _ID.findall(text)


def repeated_key(text: str) -> Repeated | None:
    """The first key that some mapping of the text has twice, with both places."""
    try:
        node = _compose(text, safe=True)
    except Unreadable:
        return None
    return next(_repeated(node, 0), None)


def offset(text: str, pointer: Pointer, part: str = "value") -> int:
    """The offset of the value (or key) at a path of a text that ryaml accepted.

    A path that leads nowhere is cut where it ends: the place of the deepest part that exists.
    """
    try:
        node = _compose(text)
    except Unreadable:
        return 0
    place = node.start_mark.index if node is not None else 0
    for number, step in enumerate(pointer):
        found = _child(node, step)
        if found is None:
            return place
        key_node, node = found
        last = number == len(pointer) - 1
        place = (key_node if last and part == "key" and key_node is not None else node).start_mark.index
        if node.start_mark.index == node.end_mark.index and key_node is not None:
            place = key_node.start_mark.index  # an empty value has no place of its own
    return int(place)


def raw_scalar(text: str, pointer: Pointer) -> str | None:
    """The scalar at a path as it was typed; None when there is none."""
    import yaml

    try:
        node = _compose(text)
    except Unreadable:
        return None
    for step in pointer:
        found = _child(node, step)
        if found is None:
            return None
        _, node = found
    return str(node.value) if isinstance(node, yaml.ScalarNode) else None


def with_text_keys(text: str) -> Any:
    """The tree of a text with every mapping key as it was typed (ryaml makes `1` a number)."""
    import ryaml
    import yaml

    def build(node: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise Unreadable("the file is nested too deeply")
        if isinstance(node, yaml.MappingNode):
            return {str(key.value): build(value, depth + 1) for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [build(part, depth + 1) for part in node.value]
        if node.style is not None:
            return node.value
        try:
            return ryaml.loads(node.value)  # type: ignore[attr-defined]
        except Exception:
            return node.value

    return build(_compose(text), 0)


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
        line, column = int(at[1]), int(at[2])
    elif at and at[3]:
        before = text.encode()[: int(at[3])].decode("utf-8", "replace")
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
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
    said = _AT.sub("", message.split(", while")[0])
    hint = "A value that contains ': ' or starts with a special character must be in quotes."
    return Unreadable(f"this is not YAML: {said}", line, column, hint)


def _loader(safe: bool = False) -> Any:
    import yaml

    # the C loader crashes on very deep nesting, so it only sees texts that ryaml has accepted
    return yaml.SafeLoader if safe else getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _compose(text: str, safe: bool = False) -> Any:
    import yaml

    try:
        return yaml.compose(text, Loader=_loader(safe))
    except RecursionError:
        raise Unreadable("the file is nested too deeply") from None
    except (yaml.YAMLError, ValueError) as error:
        raise Unreadable(str(error)) from None


def _child(node: Any, step: str | int) -> tuple[Any, Any] | None:
    import yaml

    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return key, value
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return None, node.value[step]
    return None


def _repeated(node: Any, depth: int) -> Iterator[Repeated]:
    import yaml

    if depth > MAX_DEPTH:
        return
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield Repeated(key.value, seen[key.value], key.start_mark.index)
                seen.setdefault(key.value, key.start_mark.index)
            yield from _repeated(value, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _repeated(part, depth + 1)


def _only_comments(text: str) -> bool:
    return all(
        not line.strip() or line.lstrip().startswith("#") or line.rstrip() == "---"
        for line in text.split("\n")
    )
