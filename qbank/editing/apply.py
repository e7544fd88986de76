"""Fixes → new bytes of files: each fix whole or not at all, overlapping ones left for another round."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from qbank.diagnostics import Append, Drop, Edit, Fix, Pointer
from qbank.editing.texts import Text, record, tried
from qbank.editing.trees import CannotEdit
from qbank.editing.yaml_parts import Part
from qbank.model.bank import Source

Read = Callable[[str], bytes]


class Wanted(NamedTuple):
    """A fix and the rule that proposes it."""

    rule: str
    fix: Fix


class Refusal(NamedTuple):
    """A fix that was not made: where its first edit is, whose it is ("" for all of a file), and why."""

    file: str
    item: str
    rule: str
    reason: str


class Applied(NamedTuple):
    """New contents by path, how many fixes they hold, and the fixes that cannot be made."""

    files: dict[str, bytes]
    fixed: int
    refused: tuple[Refusal, ...]


class _Touched(NamedTuple):
    kind: type
    pointer: Pointer


def apply(fixes: Iterable[Wanted], sources: Sequence[Source], read: Read) -> Applied:
    """The files of some records with fixes made; `read` gives the bytes of a path."""
    desk = _Desk(sources, read)
    refused = []
    for rule, fix in sorted(fixes, key=_last_entries_first):
        try:
            desk.make(fix)
        except CannotEdit as error:
            source = desk.source(fix.edits[0])
            refused.append(Refusal(source.file, source.id, rule, str(error)))
    files, spoilt = desk.results()
    refused += [Refusal(path, "", "", reason) for path, reason in spoilt]
    fixed = sum(count for path, count in desk.fixed.items() if path in files)
    return Applied(files, fixed, tuple(refused))


def _last_entries_first(wanted: Wanted) -> tuple[int, int]:
    """Entries of lists are removed from the last to the first, so that the numbers of the others hold."""
    edit = wanted.fix.edits[0]
    step = edit.where.pointer[-1] if isinstance(edit, Drop) else 0
    return edit.where.record, -step if isinstance(step, int) else 0


class _Desk:
    """The files that are being edited."""

    def __init__(self, sources: Sequence[Source], read: Read) -> None:
        self._sources = sources
        self._read = read
        self._texts: dict[str, Text] = {}
        self._touched: dict[int, list[_Touched]] = {}
        self.fixed: dict[str, int] = {}

    def source(self, edit: Edit) -> Source:
        """The source of the record that an edit is about. Raises CannotEdit for one made in memory."""
        number = edit.where.record
        if 0 <= number < len(self._sources) and self._sources[number].path:
            return self._sources[number]
        return Source("", "", "yaml", "", -1, -1)

    def make(self, fix: Fix) -> None:
        """Make all edits of a fix, or none when one overlaps with an earlier fix. Raises CannotEdit."""
        touched = [(edit.where.record, _touch(edit)) for edit in fix.edits]
        if any(_overlap(one, other) for number, one in touched for other in self._touched.get(number, ())):
            return
        changed: dict[tuple[str, Part], str] = {}
        for edit in fix.edits:
            path, part = self._place(edit)
            text = self._texts[path]
            now = changed.get((path, part), text.now(part))
            if isinstance(edit, Append) and edit.value in _list_at(record(text, now, part.prefix), edit):
                continue
            changed[path, part] = tried(text, now, part.prefix, edit)
        for (path, part), new in changed.items():
            self._texts[path].replace(part, new)
        for number, one in touched:
            self._touched.setdefault(number, []).append(one)
        path = self.source(fix.edits[0]).path
        self.fixed[path] = self.fixed.get(path, 0) + 1

    def _place(self, edit: Edit) -> tuple[str, Part]:
        source = self.source(edit)
        if not source.path:
            raise CannotEdit("the record stands in no file")
        if source.path not in self._texts:
            try:
                self._texts[source.path] = Text(self._read(source.path), source)
            except OSError as error:
                raise CannotEdit((error.strerror or str(error)).lower()) from None
        text = self._texts[source.path]
        part = text.part(source)
        tree = record(text, text.now(part), part.prefix)
        if not isinstance(tree, dict) or str(tree.get("id", "")) != source.id:
            raise CannotEdit("the file has changed")
        return source.path, part

    def results(self) -> tuple[dict[str, bytes], list[tuple[str, str]]]:
        """The new bytes of each changed file, and the files that are left alone with the reason."""
        files, spoilt = {}, []
        for path, text in self._texts.items():
            if path not in self.fixed:
                continue
            try:
                files[path] = text.result()
            except CannotEdit as error:
                spoilt.append((path, str(error)))
        return files, spoilt


def _touch(edit: Edit) -> _Touched:
    pointer = edit.where.pointer
    return _Touched(type(edit), pointer[:-1] if isinstance(edit, Drop) else pointer)


def _overlap(one: _Touched, other: _Touched) -> bool:
    if one.kind is other.kind and one.kind in (Append, Drop):
        return False
    length = min(len(one.pointer), len(other.pointer))
    return one.pointer[:length] == other.pointer[:length]


def _list_at(tree: object, edit: Append) -> Sequence[object]:
    for step in edit.where.pointer:
        tree = tree.get(step, ()) if isinstance(tree, dict) else ()
    return tree if isinstance(tree, list) else ()
