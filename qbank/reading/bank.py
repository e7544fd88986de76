"""Bank folders and files → (Bank, what was found while reading). Any bytes at all give findings."""

from __future__ import annotations

import codecs
import contextlib
import gc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qbank.reading import files, json_text, kept, yaml_text
from qbank.reading.collect import Reading
from qbank.reading.files import BANK_FILES, PathError, shown
from qbank.reading.reader import Reader
from qbank.reading.text import Unreadable, decode


def load_bank(path: str | Path, known: Sequence[bytes] | None = None) -> Reading:
    """Read a bank folder (with bank.yaml) or a single .yaml, .json or .jsonl file.

    `known` is the hashes of lines that an earlier run found sound, as `AsRead.digests` tells them, best in
    the order of the file: they are not looked at again. With None no line is hashed.
    Raises PathError when the named path itself cannot be read; everything else that is wrong is
    returned as findings, and everything that can be read is in the bank.
    """
    path = Path(path)
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except OSError as error:
        raise PathError(f"{shown(path)}: {files.reason(error)}") from None
    kept.make_room()
    with _without_collection():
        if is_folder:
            return _folder(path, {}, known)
        if path.suffix not in files.SUFFIXES and exists:
            what = "a bank is a folder with bank.yaml, or a .yaml, .json or .jsonl file"
            raise PathError(f"{shown(path)}: {what}; `qbank import FILE --out DIR` makes one of other files")
        data = files.read_named(path)
        tree = _whole_bank(path, data) if path.name in BANK_FILES else None
        if path.name in BANK_FILES and tree is None:
            return _folder(path.parent, {path: data}, known)
        reader = Reader(path.parent, known)
        reader.content(path, data, "item", tree)
        return reader.result()


def _folder(root: Path, read: dict[Path, bytes], known: Sequence[bytes] | None) -> Reading:
    reader = Reader(root, known)
    reader.folder(read)
    return reader.result()


def _whole_bank(path: Path, data: bytes) -> Any:
    """The tree of a file that is named like a bank record but holds items; None of any other."""
    try:
        text = data.removeprefix(codecs.BOM_UTF8)
        tree = json_text.parse(text) if path.suffix == ".json" else yaml_text.parse(decode(data))
    except Unreadable:
        return None
    items = tree.get("items") if isinstance(tree, dict) else tree
    holds_items = isinstance(items, list) and any(isinstance(one, dict) for one in items)
    return tree if holds_items else None


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Garbage collection set aside: what is read stays, and looking at it again and again takes long.

    At the end all that was made is moved among the old objects, where it is looked at least often.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if gc.get_freeze_count() == 0:
                gc.freeze()
                gc.unfreeze()
            gc.enable()
