"""A bank as a git revision has it, read from the object store: no checkout, no filters, no hooks."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import msgspec

from qbank.diagnostics import Finding, Location, Place, Related
from qbank.model.bank import ReadProblem
from qbank.reading.bank import load_bank
from qbank.reading.collect import Reading
from qbank.reading.files import BANK_FILES, SUFFIXES, PathError, shown
from qbank.reading.limits import MAX_FILES

MAX_BYTES = 2**31
SECONDS = 120

_GIT = (
    "git",
    "--no-pager",
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
)
_QUIET = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "LC_ALL": "C",
}
_LINK = "120000"
_SUBMODULE = "160000"


class _Entry(NamedTuple):
    mode: str
    oid: str
    size: int
    path: PurePosixPath


class Revision(NamedTuple):
    """A path in a revision, as git takes it; `folder` is where git is asked."""

    name: str
    path: str
    folder: str = "."

    @property
    def shown(self) -> str:
        """How messages speak of it."""
        return f"{self.name}:{self.path}"


def named(spec: str) -> Revision | None:
    """The revision that `REV:PATH` means; None for the name of a file or folder."""
    try:
        is_there = Path(spec).exists()
    except (OSError, ValueError):
        is_there = False
    name, colon, path = spec.partition(":")
    if is_there or not colon or len(name) < 2:  # one letter is a drive
        return None
    return Revision(name, path)


def beside(name: str, path: str) -> Revision:
    """The revision of a bank that is named by its path on the disk. Raises PathError outside of git."""
    here = Path(path).resolve()
    folder = next((one for one in (here, *here.parents) if one.is_dir()), Path())
    top = _text(("rev-parse", "--show-toplevel"), str(folder), f"{path}: this is not in a git repository")
    way = os.path.relpath(here, Path(top).resolve())
    return Revision(name, "" if way == "." else way.replace(os.sep, "/"), top)


def load_revision(revision: Revision) -> Reading:
    """The bank at a revision, with what was found while reading; paths are shown as REV:PATH.

    Raises PathError when there is no such revision or path, or no bank there.
    """
    commit = _commit(revision)
    path = revision.path.rstrip("/")
    path = f"{path}/" if path in (".", "..") or path.endswith("/..") else path  # so git sees what they are
    base, name = _place(revision, commit, path)
    listing = list(_listing(revision, base))
    with tempfile.TemporaryDirectory(prefix="qbank-") as folder:
        root = Path(folder) / "bank"
        root.mkdir()
        whole = not name or name in BANK_FILES
        _write(revision, [one for one in listing if whole or str(one.path) == name], root)
        reading = _read(root / name, root, revision)
        media = {one.file for stimulus in reading.bank.stimuli for one in stimulus.media}
        if not whole and media:
            _write(revision, [one for one in listing if str(one.path) in media], root)
            reading = _read(root / name, root, revision)
        parent = path.rstrip("/") if not name else path.rpartition("/")[0]
        return _shown(reading, root, f"{revision.name}:{parent}")


def _commit(revision: Revision) -> str:
    """The id of the commit, so that no name of a user's is ever seen as an option."""
    name = revision.name
    if not name or name.startswith("-") or not name.isprintable():
        raise PathError(f"{name!r} is no git revision")
    problem = f"{revision.shown}: there is no such file or folder, and git knows no revision {name!r} here"
    return _text(("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"), revision.folder, problem)


def _place(revision: Revision, commit: str, path: str) -> tuple[str, str]:
    """The tree that holds the bank, and the name of its file there ("" when the tree is the bank)."""
    missing = f"{revision.shown}: revision {revision.name!r} has no such file or folder"
    if "\0" in path:
        raise PathError(missing)
    oid = _text(("rev-parse", "--verify", "--quiet", f"{commit}:{path}"), revision.folder, missing)
    kind = _text(("cat-file", "-t", oid), revision.folder, missing)
    if kind == "tree":
        return oid, ""
    name = PurePosixPath(path).name
    if kind != "blob" or PurePosixPath(name).suffix not in SUFFIXES:
        what = "a bank is a folder with bank.yaml, or a .yaml, .json or .jsonl file"
        raise PathError(f"{revision.shown}: {what}")
    above = path[: -len(name)]
    return _text(("rev-parse", "--verify", "--quiet", f"{commit}:{above}"), revision.folder, missing), name


def _listing(revision: Revision, tree: str) -> Iterator[_Entry]:
    """The files of a tree. Raises PathError for a path that leads out of it."""
    listed = _run(("ls-tree", "-r", "-l", "-z", "--full-tree", tree), revision.folder)
    for line in listed.split(b"\0"):
        if not line:
            continue
        facts, _, raw = line.partition(b"\t")
        mode, _, oid, size = facts.decode("ascii").split()
        path = os.fsdecode(raw)
        parts = path.split("/")
        if any(part in ("", ".", "..") or os.sep in part or "\0" in part for part in parts):
            raise PathError(f"{revision.shown}: the revision holds a path that leads out of it: {path!r}")
        if mode != _SUBMODULE:
            yield _Entry(mode, oid, int(size) if size.isdigit() else 0, PurePosixPath(path))


def _write(revision: Revision, entries: list[_Entry], root: Path) -> None:
    """Write files as they were committed; a link becomes a link to nothing, which reading then names."""
    if len(entries) > MAX_FILES or sum(one.size for one in entries) > MAX_BYTES:
        raise PathError(f"{revision.shown}: this is too large for a bank")
    for entry, content in zip(entries, _contents(revision, entries), strict=True):
        path = root / entry.path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if entry.mode == _LINK:
                path.symlink_to("this-was-a-link")
            else:
                path.write_bytes(content)
        except (OSError, ValueError) as error:
            raise PathError(f"{revision.name}:{entry.path}: {error}") from None


def _contents(revision: Revision, entries: list[_Entry]) -> Iterator[bytes]:
    """The contents of files, in order, from one git process."""
    data = _run(("cat-file", "--batch"), revision.folder, "".join(f"{one.oid}\n" for one in entries).encode())
    start = 0
    for entry in entries:
        end = data.find(b"\n", start)
        facts = data[start:end].split()
        if end < 0 or len(facts) != 3:
            raise PathError(f"{revision.name}:{entry.path}: git does not have the content of this file")
        size = int(facts[2])
        yield data[end + 1 : end + 1 + size]
        start = end + size + 2


def _read(path: Path, root: Path, revision: Revision) -> Reading:
    try:
        return load_bank(path)
    except PathError as error:
        told = str(error).partition(": ")[2] or str(error).replace(str(root), revision.path)
        raise PathError(f"{revision.shown}: {told}") from None


def _shown(reading: Reading, root: Path, prefix: str) -> Reading:
    """A reading whose places are shown as REV:PATH; the files are gone when somebody looks."""
    stems = tuple(sorted({f"{shown(root)}/", f"{root.as_posix()}/"}, key=len, reverse=True))

    def moved(file: str) -> str:
        for stem in stems:
            if file.startswith(stem):
                rest = file[len(stem) :]
                return prefix + rest if prefix.endswith((":", "/")) else f"{prefix}/{rest}"
        return file

    def place(where: Place) -> Place:
        if isinstance(where, Location):
            return msgspec.structs.replace(where, file=moved(where.file))
        return where

    def at(finding: Finding) -> Finding:
        related = tuple(Related(place(one.where), one.message) for one in finding.related)
        return msgspec.structs.replace(finding, where=place(finding.where), related=related)

    bank = reading.bank
    sources = tuple(msgspec.structs.replace(one, file=moved(one.file)) for one in bank.sources)
    problems = tuple(ReadProblem(one.rule, at(one.finding)) for one in reading.problems)
    return Reading(msgspec.structs.replace(bank, sources=sources, root=""), problems)


def _text(arguments: Iterable[str], folder: str, problem: str) -> str:
    try:
        return os.fsdecode(_run(tuple(arguments), folder)).rstrip("\n")
    except _Failed as error:
        raise PathError(f"{problem} ({error.said})" if error.said else problem) from None


class _Failed(PathError):
    """git said no; `said` is its reason, "" without one."""

    def __init__(self, command: str, said: str) -> None:
        super().__init__(f"git {command}: {said or 'it failed'}")
        self.said = said


def _run(arguments: tuple[str, ...], folder: str, given: bytes = b"") -> bytes:
    """What git says, without any program of the repository being run. Raises PathError."""
    environment = {**os.environ, **_QUIET}
    if folder != ".":
        for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"):
            environment.pop(name, None)
    try:
        done = subprocess.run(
            (*_GIT, *arguments),
            cwd=folder,
            input=given,
            capture_output=True,
            check=False,
            timeout=SECONDS,
            env=environment,
        )
    except FileNotFoundError:
        raise PathError("git is not installed; it is needed to read a revision (REV:PATH)") from None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise PathError(f"git could not be asked: {error}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise _Failed(arguments[0], "".join(one for one in said if one.isprintable()))
    return done.stdout
