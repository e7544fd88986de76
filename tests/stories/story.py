"""Helpers of the stories: writing a small bank, and looking into what was written."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
BANK = ROOT / "banks" / "cmcs"
WORKED = ROOT / "tests" / "domains" / "medcode" / "worked"


def coded(id: str, stem: str, keyed: str, *others: str, **more: Any) -> dict[str, Any]:
    """An item that asks for a code; `M72:header` is a distractor that is a header, and on purpose."""
    pairs = [one.partition(":")[::2] for one in (keyed, *others)]
    declared = [
        {
            "system": "icd10cm",
            "code": code,
            "role": "distractor" if number else "key",
            "expect": expect or "billable",
        }
        for number, (code, expect) in enumerate(pairs)
    ]
    options = {chr(ord("A") + number): code for number, (code, _) in enumerate(pairs)}
    item = {"id": id, "type": "multiple-choice", "stem": stem, "options": options, "key": "A"}
    return {**item, "codes": declared, **more}


def bank(folder: Path, *items: dict[str, Any], **info: Any) -> Path:
    """A bank folder, one item a line; all of JSON is YAML."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "bank.yaml").write_text(
        json.dumps({"id": folder.name, "items": ["items.yaml"], **info}), encoding="utf-8"
    )
    lines = "".join(f"- {json.dumps(one)}\n" for one in items)
    (folder / "items.yaml").write_text(lines, encoding="utf-8")
    return folder


def within(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file under a folder by name, hidden ones too, and every file inside those that are archives."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        yield from _parts(path.relative_to(folder).as_posix(), path.read_bytes())


def _parts(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for one in archive.namelist():
                yield from _parts(f"{name}/{one}", archive.read(one))


def holds(data: bytes, word: str) -> bool:
    """Whether bytes hold a word in any case, as UTF-8 or UTF-16."""
    found = data.lower()
    return any(word.lower().encode(one) in found for one in ("utf-8", "utf-16-le"))
