"""The files of a bank, one after the other: which they are, and the records in each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, repeat
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from qbank.diagnostics import Location, Pointer, Where
from qbank.discovery import closest, did_you_mean
from qbank.model.as_read import Head
from qbank.model.bank import BankRecord, Source
from qbank.reading import files, json_items, json_lines, json_text, kept, known_lines, yaml_nodes, yaml_text
from qbank.reading.bulk import BATCH
from qbank.reading.collect import Collector
from qbank.reading.files import BANK_FILES, PathError, shown
from qbank.reading.kept import Document
from qbank.reading.text import Lines, Unreadable, decode

_KINDS = {"items": "item", "stimuli": "stimulus", "statistics": "statistics"}
_NAMED = 5
_MEMBERS = ("bank", *_KINDS)
_MEMBERS_OF_LINE = (*_MEMBERS, "stimulus")


class Reader(Collector):
    """Goes through the files of one bank."""

    def folder(self, known: dict[Path, bytes]) -> None:
        """All files of a folder; `known` is the bytes of those that were read already."""
        root = self.root
        record = next((root / name for name in BANK_FILES if (root / name).is_file()), None)
        if record is None:
            whole = next((one for one in root.resolve().parents if files.is_bank(one)), None)
            told = (
                f"it is a part of the bank {shown(whole)}, name that"
                if whole is not None
                else "`qbank init DIR` writes a small bank to start from"
            )
            raise PathError(f"{shown(root)}: no bank.yaml there; {told}")
        self.content(record, known[record] if record in known else files.read_named(record), "bank")
        info = self.found["bank"][0] if self.found["bank"] else BankRecord()
        # a broken bank record declares nothing, so the files it would name are taken from the usual places
        items = [path for _, path in files.matching(root, info.items)]
        if not items:
            self.complete = False
            self.problem(
                "unreadable-file",
                Where(info.record, ("items",)) if info.record >= 0 else Location(shown(record)),
                f"no file matches {', '.join(info.items)}: the bank has no items",
                hint="Correct items: in the bank record; patterns are relative to the bank's folder.",
            )
        read = {record, root / info.statistics}
        for field, kind in (("items", "item"), ("stimuli", "stimulus")):
            matched: set[int] = set()
            for number, path in files.matching(root, getattr(info, field)):
                matched.add(number)
                if path is None:
                    self.problem(
                        "unreadable-file",
                        info.at(field, number),
                        f"the pattern {getattr(info, field)[number]!r} leads out of the bank",
                        hint="Patterns are relative to the bank's folder.",
                    )
                else:
                    read.add(path)
                    self.inside(path, kind)
            if field != "items" or items:
                self.idle(info, field, matched)
        self.left_out(info, read)
        statistics = root / info.statistics
        if statistics.is_file():
            self.inside(statistics, "statistics")

    def idle(self, info: BankRecord, field: str, matched: set[int]) -> None:
        """Name the patterns of the bank record that match nothing."""
        patterns = getattr(info, field)
        if info.record < 0 or patterns == getattr(BankRecord(), field):
            return
        for number, pattern in enumerate(patterns):
            if number not in matched and not files.matches_any(self.root, pattern):
                self.problem(
                    "idle-pattern",
                    info.at(field, number),
                    f"the pattern {pattern!r} matches no file",
                    hint="Correct it, or remove it; patterns are relative to the bank's folder.",
                )

    def left_out(self, info: BankRecord, read: set[Path]) -> None:
        """Name the files beside the items and stimuli that no pattern matches."""
        found = files.beside(self.root, info.items + info.stimuli, read) if info.record >= 0 else []
        if found:
            names = [path.relative_to(self.root).as_posix() for path in found]
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            it, they = ("it", "it is") if len(names) == 1 else ("them", "they are")
            self.problem(
                "unread-file",
                info.at("items"),
                f"no pattern matches {', '.join(names[:_NAMED])}{more}, so {they} not read",
                hint=f"Add {it} to items: or stimuli: in the bank record, "
                "or move what is no part of the bank.",
            )

    def inside(self, path: Path, kind: str) -> None:
        """Read a file that the bank names; what is wrong with it becomes a finding."""
        try:
            data = files.read_inside(path, self.root)
        except Unreadable as error:
            self.unreadable_file(path, error)
            return
        self.content(path, data, kind)

    def content(self, path: Path, data: bytes, kind: str, tree: Any = None) -> None:
        """Read the bytes of a file; `tree` is what they hold, where that is known."""
        self.files += 1
        document = kept.keep(str(path), data)
        form = files.SUFFIXES.get(path.suffix, "yaml")
        try:
            if form == "jsonl":
                self.lines(path, data, kind)
            elif form == "json":
                self.json(path, data, kind, tree)
            else:
                self.yaml(path, document, kind, tree)
        except Unreadable as error:
            self.unreadable_file(path, error)
            self.unreadable.update(yaml_text.guess_ids(data.decode("utf-8", "replace")))

    def lines(self, path: Path, data: bytes, kind: str) -> None:
        """JSON Lines, in batches: what is not sound there is read line by line."""
        source = Source(shown(path), str(path), "json", kind, -1, -1)
        straight = json_items.ItemLines(self.known) if kind == "item" else None
        number = 1
        for one in json_lines.batches(data, known=bool(self.known)):
            is_tried = straight is not None and straight.hopeful and not self.defaults
            hashed = self.known is not None and is_tried
            batch = one._replace(digests=known_lines.digests_of(one.lines)) if hashed else one
            self.some_lines(batch, source, number, straight)
            number += len(batch.lines)

    def some_lines(
        self, batch: json_lines.Batch, source: Source, number: int, straight: json_items.ItemLines | None
    ) -> None:
        """Some lines of JSON Lines, of which the first has this number."""
        if self.batch(batch, source, number, straight):
            return
        if len(batch.lines) > 1:
            for part in json_lines.parts(batch):
                self.some_lines(part, source, number, straight)
                number += len(part.lines)
        elif batch.text.strip():
            self.line(batch, source, number)

    def batch(
        self, batch: json_lines.Batch, source: Source, number: int, straight: json_items.ItemLines | None
    ) -> bool:
        """Take some lines if all are sound records, each once and all that its line says."""
        values, digests = None, batch.digests
        if straight is not None and straight.hopeful and not self.defaults:
            values = self.as_declared(straight.values(batch, digests))
            if values is None and self.known is not None:
                self.known.again()
            if values is None and len(batch.lines) > 1:
                return False  # fewer of them may go straight
        if values is None:
            found = json_lines.trees(batch)
            values, digests = None if found is None else self.sound(source.kind, *found), ()
        if values is None:
            return False
        at = map(repeat, (source.file, source.path, source.format, source.kind))
        ids = repeat("") if source.kind == "statistics" else map(attrgetter("id"), values)
        more = (ids, repeat(()), count(number))
        texts = batch.lines if digests and any(isinstance(one, Head) for one in values) else ()
        self.add(source.kind, values, list(map(Source, *at, *batch.spans(), *more)), digests, texts)
        return True

    def line(self, batch: json_lines.Batch, source: Source, number: int) -> None:
        """One line of JSON Lines, read closely."""
        line, ((start,), (end,)) = batch.text, batch.spans()
        source = msgspec.structs.replace(source, start=start, end=end, line=number)
        try:
            tree = json_text.parse(line)
            repeats = json_text.has_repeats(tree, line)
        except Unreadable as error:
            where = Location(source.file, number, error.column)
            self.problem("unreadable-file", where, str(error), hint=error.hint)
            self.lost(line.decode("utf-8", "replace"))
            return
        if repeats:
            self.repeated_json(source, line.decode("utf-8", "replace"), number - 1)
        else:
            self.entries(tree, source, None, line=True)

    def json(self, path: Path, data: bytes, kind: str, tree: Any) -> None:
        """A JSON file."""
        data = data.removeprefix(b"\xef\xbb\xbf")
        tree = json_text.parse(data) if tree is None else tree
        source = Source(shown(path), str(path), "json", kind, -1, -1)
        if json_text.has_repeats(tree, data):
            self.repeated_json(source, data.decode("utf-8", "replace"), 0)
        else:
            self.entries(tree, source, None)

    def yaml(self, path: Path, document: Document, kind: str, tree: Any) -> None:
        """A YAML file: all of it, or what can be read of it."""
        source = Source(shown(path), str(path), "yaml", kind, -1, -1)
        text = decode(document.data)
        try:
            tree = yaml_text.parse(text) if tree is None else tree
        except Unreadable as error:
            self.broken_yaml(path, document, source, error)
            return
        document.records = len(tree) if isinstance(tree, list) else 0
        self.entries(tree, source, document)

    def broken_yaml(self, path: Path, document: Document, source: Source, error: Unreadable) -> None:
        """Read what can be read of a YAML file that is broken somewhere: entry by entry."""
        text = document.text
        entries = yaml_text.slices(text)
        document.records = len(entries)
        explained = False
        for number, entry in enumerate(entries):
            try:
                tree = yaml_text.parse(entry.text)
            except Unreadable as own:
                explained = True
                self.broken_entry(source, entry, own)
                self.lost(entry.text)
            else:
                self.record(tree[0] if isinstance(tree, list) else tree, _at(source, (number,)), document)
        if not explained:
            repeated = yaml_nodes.repeated_key(text)
            if repeated is not None:
                self.repeated(source.file, Lines(text), repeated.key, repeated.first, repeated.second, 0)
            else:
                self.unreadable_file(path, error)
            self.unreadable.update(yaml_text.guess_ids(text))

    def broken_entry(self, source: Source, entry: yaml_text.Slice, error: Unreadable) -> None:
        """Say what is wrong with an entry that cannot be read."""
        repeated = yaml_nodes.repeated_key(entry.text)
        if repeated is not None:
            self.repeated(
                source.file, Lines(entry.text), repeated.key, repeated.first, repeated.second, entry.line - 1
            )
            return
        where = Location(source.file, entry.line + error.line - 1, error.column)
        hint = f"{error.hint} The rest of the file was read.".strip()
        self.problem("unreadable-file", where, str(error), hint=hint)

    def entries(self, tree: Any, source: Source, document: Document | None, line: bool = False) -> None:
        """The records of a parsed file or line; `document` is the file when it is YAML."""
        if tree is None and source.kind != "bank":
            return
        for kind, records in _split(tree, source.kind, line):
            if kind == "":
                self.unknown_members(records, source, line)
                continue
            origin = msgspec.structs.replace(source, kind=kind)
            for start in range(0, len(records), BATCH):
                self.some(records[start : start + BATCH], origin, document)

    def unknown_members(self, members: list[tuple[Pointer, Any]], source: Source, line: bool) -> None:
        """Say that a mapping of a bank has members that it cannot have; what they hold is not read."""
        number = len(self.sources)
        self.sources.append(msgspec.structs.replace(source, kind="bank"))
        known = _MEMBERS_OF_LINE if line else _MEMBERS
        self.complete = False
        for pointer, value in members:
            self.problem(
                "schema-violation",
                Where(number, pointer, "key"),
                f"a bank has no {str(pointer[-1])!r}",
                hint=did_you_mean(str(pointer[-1]), known),
            )
            for record in value if isinstance(value, list) else [value]:
                if isinstance(record, dict):
                    self.give_up(record)

    def some(self, records: list[tuple[Pointer, Any]], source: Source, document: Document | None) -> None:
        """Some records of one kind: all at once if they are sound, otherwise one by one."""
        if self.take(records, source):
            return
        for one in records:
            if len(records) == 1 or not self.take([one], source):
                self.record(one[1], _at(source, one[0]), document)

    def take(self, records: list[tuple[Pointer, Any]], source: Source) -> bool:
        """Take records if they are sound, each at its path of the source."""
        values = self.sound(source.kind, [record for _, record in records])
        if values is None:
            return False
        way = source.pointer
        at = (source.file, source.path, source.format, source.kind, source.start, source.end)
        sources = [
            Source(*at, getattr(value, "id", ""), (*way, *pointer), source.line)
            for value, (pointer, _) in zip(values, records, strict=True)
        ]
        self.add(source.kind, values, sources)
        return True


def _split(tree: Any, kind: str, line: bool) -> Iterator[tuple[str, list[tuple[Pointer, Any]]]]:
    """The records of a file: a list, a mapping of lists, `{"bank": …}` of a line, or one record.

    Yields some records of one kind, each with its path; kind "" is what a bank cannot have.
    """
    if isinstance(tree, list) and not line:
        yield kind, [((number,), record) for number, record in enumerate(tree)]
    elif kind == "item" and _is_bank(tree):
        if "bank" in tree:
            yield "bank", [(("bank",), tree["bank"])]
        if line and "stimulus" in tree:
            yield "stimulus", [(("stimulus",), tree["stimulus"])]
        for name in ("stimuli", "items", "statistics"):
            records = tree.get(name)
            if isinstance(records, list):
                yield _KINDS[name], [((name, number), record) for number, record in enumerate(records)]
            elif records is not None:
                yield _KINDS[name], [((name,), records)]
        unknown = [name for name in tree if name not in (_MEMBERS_OF_LINE if line else _MEMBERS)]
        if unknown:
            yield "", [((str(name),), tree[name]) for name in unknown]
    else:
        yield kind, [((), tree)]


def _is_bank(tree: Any) -> bool:
    """Whether a tree is a mapping of a bank's parts, or was meant as one; an item has other names."""
    if not isinstance(tree, dict) or "id" in tree:
        return False
    if any(name in tree for name in _MEMBERS_OF_LINE):
        return True
    name, value = next(iter(tree.items()), ("", ""))
    return len(tree) == 1 and isinstance(value, list | dict) and bool(closest(str(name), _MEMBERS_OF_LINE))


def _at(source: Source, pointer: Pointer) -> Source:
    return msgspec.structs.replace(source, pointer=(*source.pointer, *pointer))
