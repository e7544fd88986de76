"""Fixing a bank in rounds: made in a copy, checked again, until nothing is left to fix.

What is wanted of the files themselves is known at the end, so that a fix and its preview are the same.
"""

from __future__ import annotations

import contextlib
import difflib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from qbank.editing.apply import Refusal, Wanted, apply
from qbank.model.bank import Bank
from qbank.reading import files
from qbank.reading.files import shown

MOST_ROUNDS = 5

Check = Callable[[Path], tuple[Bank, Sequence[Wanted]]]
"""Reads and checks the bank at a path: the bank, and the fixes that are wanted."""


class Change(NamedTuple):
    """A file that fixes change: its bytes before and after."""

    path: str
    before: bytes
    after: bytes


class Fixed(NamedTuple):
    """What fixing makes of a bank; nothing is written yet."""

    changes: tuple[Change, ...] = ()
    fixed: int = 0
    refused: tuple[Refusal, ...] = ()


def in_rounds(path: Path, check: Check) -> Fixed:
    """The files of a bank with all that can be fixed, after at most five rounds."""
    bank, fixes = check(path)
    if not fixes:
        return Fixed()
    before: dict[str, bytes] = {}

    def read(name: str) -> bytes:
        return before.setdefault(name, Path(name).read_bytes())

    made = apply(fixes, bank.sources, read)
    after, fixed, refused = dict(made.files), made.fixed, made.refused
    if made.fixed:
        root = Path(bank.root)
        with _copy(bank, root) as copy:
            for _ in range(MOST_ROUNDS - 1):
                for name, data in made.files.items():
                    _write(copy / Path(name).relative_to(root), data)
                again, fixes = check(copy if path.is_dir() else copy / path.relative_to(root))
                made = apply(fixes, again.sources, lambda name: Path(name).read_bytes())
                own = {str(root / Path(name).relative_to(copy)): data for name, data in made.files.items()}
                made = made._replace(files=own)
                # what was refused at first is refused again, but for what the fixes made obsolete
                refused = made.refused if fixes else ()
                fixed += made.fixed
                if not made.fixed:
                    break
                after.update(made.files)
        refused = tuple(_moved(one, copy, root) for one in refused)
    changes = tuple(
        Change(name, read(name), data) for name, data in sorted(after.items()) if data != read(name)
    )
    return Fixed(changes, fixed, refused)


def diff(changes: Iterable[Change]) -> str:
    """Changes as a unified diff."""
    return "".join(line for one in changes for line in _diff(one))


def _diff(change: Change) -> Iterator[str]:
    name = shown(Path(change.path))
    before, after = (data.decode("utf-8", "backslashreplace") for data in (change.before, change.after))
    for line in difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


@contextlib.contextmanager
def _copy(bank: Bank, root: Path) -> Iterator[Path]:
    """A copy of the files of a bank in a folder of its own, which goes when they are fixed."""
    with tempfile.TemporaryDirectory(prefix="qbank-") as folder:
        copy = Path(folder).resolve()
        for path in _files(bank, root):
            if path.is_file() and not files.leads_outside(path, root):
                target = copy / path.relative_to(root)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        yield copy


def _files(bank: Bank, root: Path) -> set[Path]:
    """The files that a bank was, or should have been, read from, and its media."""
    found = {Path(source.path) for source in bank.sources if source.path}
    if bank.declared and bank.info.record >= 0 and bank.sources[bank.info.record].kind == "bank":
        patterns = (*bank.info.items, *bank.info.stimuli)
        found.update(path for _, path in files.matching(root, patterns) if path is not None)
    found.update(root / name for name in (*files.BANK_FILES, bank.info.statistics))
    found.update(root / media.file for stimulus in bank.stimuli for media in stimulus.media)
    return {path for path in found if path.is_relative_to(root)}


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _moved(refusal: Refusal, copy: Path, root: Path) -> Refusal:
    """A refusal in the copy as one in the bank."""
    path = Path(refusal.file).absolute()
    if not path.is_relative_to(copy):
        return refusal
    return refusal._replace(file=shown(root / path.relative_to(copy)))
