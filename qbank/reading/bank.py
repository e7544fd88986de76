"""Bank folders and files → (Bank, what was found while reading). Any bytes at all give findings."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from qbank.diagnostics import Location, Pointer, Where
from qbank.model.bank import BankRecord, Source
from qbank.reading import files, json_text, schemas, yaml_text
from qbank.reading.collect import Collector, Reading
from qbank.reading.document import load_tree
from qbank.reading.files import BANK_FILES, PathError, shown
from qbank.reading.text import Lines, Unreadable, decode

_KINDS = {"items": "item", "stimuli": "stimulus", "statistics": "statistics"}


def load_bank(path: str | Path) -> Reading:
    """Read a bank folder (with bank.yaml) or a single .yaml, .json or .jsonl file.

    Raises PathError when the named path itself cannot be read; everything else that is wrong is
    returned as findings, and everything that can be read is in the bank.
    """
    path = Path(path)
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except OSError as error:
        raise PathError(f"{shown(path)}: {files.reason(error)}") from None
    if path.name in BANK_FILES and exists and not is_folder and not _holds_items(path):
        path, is_folder = path.parent, True
    reader = _Reader(path if is_folder else path.parent)
    with _without_collection():
        if is_folder:
            reader.folder(path)
        elif path.suffix not in files.SUFFIXES and exists:
            what = "a bank is a folder with bank.yaml, or a .yaml, .json or .jsonl file"
            raise PathError(f"{shown(path)}: {what}")
        else:
            reader.content(path, files.read_named(path), "item")
    return reader.result()


def _holds_items(path: Path) -> bool:
    """Whether a file that is named like a bank record is a whole bank: a list, or items as records."""
    try:
        tree = load_tree(path)
    except PathError:
        return False
    items = tree.get("items") if isinstance(tree, dict) else tree
    return isinstance(items, list) and any(isinstance(one, dict) for one in items)


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Garbage collection set aside: what is read stays, and looking at it again and again takes long."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Reader(Collector):
    """Goes through the files of one bank."""

    def folder(self, root: Path) -> None:
        record = next((root / name for name in BANK_FILES if (root / name).is_file()), None)
        if record is None:
            raise PathError(
                f"{shown(root)}: no bank.yaml there; `qbank init DIR` writes a small bank to start from"
            )
        self.content(record, files.read_named(record), "bank")
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
        for field, kind in (("items", "item"), ("stimuli", "stimulus")):
            for number, path in files.matching(root, getattr(info, field)):
                if path is None:
                    self.problem(
                        "unreadable-file",
                        info.at(field, number),
                        f"the pattern {getattr(info, field)[number]!r} leads out of the bank",
                        hint="Patterns are relative to the bank's folder.",
                    )
                else:
                    self.inside(path, kind)
        statistics = root / info.statistics
        if statistics.is_file():
            self.inside(statistics, "statistics")

    def inside(self, path: Path, kind: str) -> None:
        """Read a file that the bank names; what is wrong with it becomes a finding."""
        try:
            data = files.read_inside(path, self.root)
        except Unreadable as error:
            self.unreadable_file(path, error)
            return
        self.content(path, data, kind)

    def content(self, path: Path, data: bytes, kind: str) -> None:
        self.files += 1
        form = files.SUFFIXES.get(path.suffix, "yaml")
        try:
            if form == "jsonl":
                self.lines(path, data, kind)
            elif form == "json":
                self.json(path, data, kind)
            else:
                self.yaml(path, decode(data), kind)
        except Unreadable as error:
            self.unreadable_file(path, error)
            self.unreadable.update(yaml_text.guess_ids(data.decode("utf-8", "replace")))

    def lines(self, path: Path, data: bytes, kind: str) -> None:
        start = 3 if data.startswith(b"\xef\xbb\xbf") else 0
        file, place = shown(path), str(path)
        number = 0
        is_valid = schemas.check("item").validator.is_valid
        while start < len(data):
            end = data.find(b"\n", start)
            end = len(data) if end < 0 else end
            line = data[start:end]
            number += 1
            item = self.quick(line, is_valid) if kind == "item" else None
            if item is not None:
                self.sources.append(Source(file, place, "json", kind, start, end, item.id))
            elif line.strip():
                source = Source(file, place, "json", kind, start, end)
                try:
                    tree = json_text.parse(line)
                    repeats = json_text.has_repeats(tree, line)
                except Unreadable as error:
                    where = Location(file, number, error.column)
                    self.problem("unreadable-file", where, str(error), hint=error.hint)
                    self.lost(line.decode("utf-8", "replace"))
                else:
                    if repeats:
                        self.repeated_json(source, line.decode("utf-8", "replace"), number - 1)
                    else:
                        self.entries(tree, source, None, line=True)
            start = end + 1

    def json(self, path: Path, data: bytes, kind: str) -> None:
        data = data.removeprefix(b"\xef\xbb\xbf")
        tree = json_text.parse(data)
        source = Source(shown(path), str(path), "json", kind, -1, -1)
        if json_text.has_repeats(tree, data):
            self.repeated_json(source, data.decode("utf-8", "replace"), 0)
        else:
            self.entries(tree, source, None)

    def yaml(self, path: Path, text: str, kind: str) -> None:
        source = Source(shown(path), str(path), "yaml", kind, -1, -1)
        try:
            tree = yaml_text.parse(text)
        except Unreadable as error:
            self.broken_yaml(path, text, source, error)
            return
        self.entries(tree, source, text)

    def broken_yaml(self, path: Path, text: str, source: Source, error: Unreadable) -> None:
        """Read what can be read of a YAML file that is broken somewhere: entry by entry."""
        entries = yaml_text.slices(text)
        explained = False
        for number, entry in enumerate(entries):
            try:
                tree = yaml_text.parse(entry.text)
            except Unreadable as own:
                explained = True
                self.broken_entry(source, entry, own)
                self.lost(entry.text)
            else:
                self.record(tree[0] if isinstance(tree, list) else tree, _at(source, (number,)), text)
        if not explained:
            repeated = yaml_text.repeated_key(text)
            if repeated is not None:
                self.repeated(source.file, Lines(text), repeated.key, repeated.first, repeated.second, 0)
            else:
                self.unreadable_file(path, error)
            self.unreadable.update(yaml_text.guess_ids(text))

    def broken_entry(self, source: Source, entry: yaml_text.Slice, error: Unreadable) -> None:
        repeated = yaml_text.repeated_key(entry.text)
        if repeated is not None:
            self.repeated(
                source.file, Lines(entry.text), repeated.key, repeated.first, repeated.second, entry.line - 1
            )
            return
        where = Location(source.file, entry.line + error.line - 1, error.column)
        hint = f"{error.hint} The rest of the file was read.".strip()
        self.problem("unreadable-file", where, str(error), hint=hint)

    def entries(self, tree: Any, source: Source, text: str | None, line: bool = False) -> None:
        """The records of a parsed file or line."""
        if tree is None and source.kind != "bank":
            return
        for kind, pointer, record in _split(tree, source.kind, line):
            self.record(record, _at(source, pointer, kind), text)


def _split(tree: Any, kind: str, line: bool) -> Iterator[tuple[str, Pointer, Any]]:
    """The records of a file: a list, a mapping of lists, `{"bank": …}` of a line, or one record."""
    if isinstance(tree, list) and not line:
        for number, record in enumerate(tree):
            yield kind, (number,), record
    elif (
        isinstance(tree, dict)
        and kind == "item"
        and "id" not in tree
        and {"bank", *_KINDS, "stimulus"} & set(tree)
    ):
        if "bank" in tree:
            yield "bank", ("bank",), tree["bank"]
        if line and "stimulus" in tree:
            yield "stimulus", ("stimulus",), tree["stimulus"]
        for name in ("stimuli", "items", "statistics"):
            records = tree.get(name)
            if isinstance(records, list):
                for number, record in enumerate(records):
                    yield _KINDS[name], (name, number), record
            elif records is not None:
                yield _KINDS[name], (name,), records
        for name in sorted(set(tree) - {"bank", *(("stimulus",) if line else ()), *_KINDS}, key=str):
            yield kind, (name,), tree[name]
    else:
        yield kind, (), tree


def _at(source: Source, pointer: Pointer, kind: str = "") -> Source:
    return msgspec.structs.replace(source, pointer=(*source.pointer, *pointer), kind=kind or source.kind)
