"""Banks to start from: the shared public ones, the committed ones, the cases of the rule pages."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from qbank.reading.document import load_tree
from tests.rules.pages import all_pages

Record = dict[str, Any]

ROOT = Path(__file__).parents[2]
FORMATS = ("yaml", "json", "jsonl")
"""The first byte of an input, modulo three, chooses one of them; from SCREENED on, rules are screened."""

SCREENED = 129

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

HOSTILE: tuple[str, ...] = (
    *("", " ", "\t", "\n", "\r\n", "\0", "\x1b[2J", "\x7f", "\x85", "\u00a0", "\u2028", "\ufeff", "\ufffe"),
    *("\u202e", "\u200f", "\u200b", "\u2066", "e" + "\u0301" * 40, "\u0130", "\u0131", "\ufb03", "\u1e9e"),
    *("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u0645\u0631\u062d\u0628\u0627", "\u4e8c\u2460\u00b2"),
    *("\u0663\u0664", "\u00b9\u00bd", "w" * 3000, "the the the", "True", "false", "None", "A", "B and C"),
    *("**", "_", "***a** b*", "`", "``x`", "$", "$x^{2}$", "$$\\frac{1}$$", "\\(", "{", "}", "[", "]("),
    *("![](x)", "<", "<b>", "</b>", "<script>", "<img src=http://e.org/x>", "<!--", "&lt;", "&#0;", "|"),
    *("- ", "1. ", "> ", "\u201c", "\u201d", "\u2018", '"', "'", "(", ")", "a)", "[0, 1)", ":-)", "\u00ab"),
    *('5"', "__", "....", "[ ]", "=1+1", "@x", "-5", "+", "1e400", "0x1F", "1,000.5", "1/0", "10-20"),
    *("120/80", "9" * 400, "1,1,1,1,1", "NaN", "not", "NOT", "EXCEPT", "?", "... a", "all of the above"),
    *("Which of the following is not ", "Option A is correct.", "answer: B", "FY 2020", "2026-13-45"),
    *("../../x", "http://e.org/", "\\ud800", "\\u0000", "%", "#", "]]>", "\ud83d"),
)
"""Pieces of text that break what was not written for them."""


@functools.cache
def shared_records(folder: Path) -> dict[str, list[Record]]:
    """The records of every file of the shared banks as they are, by file name."""
    return {
        path.name: [json.loads(line) for line in path.read_bytes().splitlines()]
        for path in sorted((folder / "banks").glob("*.jsonl"))
    }


def native(record: Record) -> Record:
    """A neutral record (options as a list, the key as an index) in the native format."""
    texts = record["options"]
    return {
        "id": record["id"],
        "type": "multiple-choice",
        "stem": record["stem"],
        "options": dict(zip(_LETTERS, texts, strict=False)),
        "key": _LETTERS[record["key"]],
        "tags": [record["topic"]],
    }


@functools.cache
def committed_items(bank: str = "") -> tuple[Record, ...]:
    """The items of the committed banks, or of one of them, as their files say them."""
    folders = sorted((ROOT / "banks").iterdir()) if not bank else [ROOT / "banks" / bank]
    paths = [path for folder in folders for path in sorted(folder.glob("items/**/*.yaml"))]
    return tuple(record for path in paths for record in load_tree(path))


def committed_record(bank: str, kind: str) -> Any:
    """The bank record of a committed bank, or its stimuli."""
    folder = ROOT / "banks" / bank
    if kind == "bank":
        return load_tree(folder / "bank.yaml")
    return [record for path in sorted(folder.glob("stimuli/*.yaml")) for record in load_tree(path)]


def written(
    format: str, items: Sequence[Any], bank: Any = None, stimuli: Sequence[Any] = (), statistics: Any = None
) -> bytes:
    """A bank of one file: as YAML, JSON or JSON Lines, with the same records in the same order."""
    if format == "jsonl":
        lines = [*([{"bank": bank}] if bank else []), *({"stimulus": one} for one in stimuli), *items]
        return b"".join(json.dumps(one).encode() + b"\n" for one in lines)
    tree: Any = list(items)
    if bank or stimuli or statistics:
        tree = {"bank": bank, "stimuli": list(stimuli), "items": tree, "statistics": statistics or []}
    return yaml_bytes(tree) if format == "yaml" else json.dumps(tree, indent=1).encode()


def yaml_bytes(tree: Any) -> bytes:
    """A tree as YAML in block style; what UTF-8 cannot hold becomes an escape that nothing reads."""
    import yaml

    text = yaml.dump(tree, allow_unicode=True, sort_keys=False, width=100)
    return str(text).encode("utf-8", "backslashreplace")


def seeds(folder: Path | None) -> Iterator[bytes]:
    """Inputs to start a byte fuzzer from: small banks, so that a changed byte meets something."""
    record, stimuli = committed_record("cmcs", "bank"), committed_record("cmcs", "stimuli")
    named = {one["id"]: one for one in stimuli}
    items = committed_items()
    for number in range(0, len(items) - 2, 7):
        part = items[number : number + 2]
        used = [named[one["stimulus"]] for one in part if one.get("stimulus") in named]
        for first, format in enumerate(FORMATS, SCREENED * (number % 2)):
            yield bytes([first]) + written(format, part, record if number % 2 else None, used)
    for records in shared_records(folder).values() if folder is not None else ():
        for number in range(0, len(records) - 2, max(1, len(records) // 40)):
            pair = [native(one) for one in records[number : number + 2]]
            yield bytes([number % 3]) + written(FORMATS[number % 3], pair)
        yield b"\2" + written("jsonl", records[:3])
    for page in all_pages().values():
        for case in page.cases:
            for name, text in case.files.items():
                if name.endswith(FORMATS) and name not in ("blueprint.yaml", "statistics.jsonl"):
                    yield bytes([FORMATS.index(name.rpartition(".")[2])]) + text.encode()


def shared_folder() -> Path | None:
    """The folder that QBANK_TEST_DATA names; None without one."""
    named = os.environ.get("QBANK_TEST_DATA", "")
    return Path(named) if named else None


def dictionary() -> str:
    """Words that a byte fuzzer puts in: names of fields, and hostile pieces as JSON and YAML write them."""
    fields = sorted({name for one in committed_items() for name in one} | {"lint_ignore", "calculation"})
    words = [f'"{name}": ' for name in fields] + [f"{name}: " for name in fields]
    pieces = [piece for piece in HOSTILE if 0 < len(piece) <= 40]
    escaped = [json.dumps(piece)[1:-1] for piece in pieces]
    return "".join(f'"{_quoted(word)}"\n' for word in dict.fromkeys((*words, *pieces, *escaped)))


def _quoted(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass"))
