"""A bank file of 10,000 items to a QTI 3.0 package beside the bare floor, in one run; then its memory.

The bank repeats the items of the practice bank (three types, stimuli, rationales, references, metadata), each
copy with texts of its own. Ours reads the JSON Lines file, judges, writes and checks the package. The floor
makes the same elements with lxml, from nested tuples that are there already, writes them out and packs them
with the same level of compression: no reading, no text, no judging.

Run `python benchmarks/qti_export.py [ITEMS]`. Prints CPU seconds of each in a process of its own, medians of
3 runs taken in turns, and the ratio; then the peak memory of processes that read banks of 1,000, 10,000 and
100,000 items and export them, less that of processes that only read them.
"""

from __future__ import annotations

import io
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from qbank import api
from qbank.formats.archive import EPOCH, LEVEL

ROOT = Path(__file__).resolve().parent.parent
ITEMS, RUNS, TARGET = 10_000, 3, 2.5
SIZES = (1_000, 10_000, 100_000)
Json = dict[str, Any]
Recipe = tuple[str, dict[str, str], str | None, str | None, list[Any]]


def write_bank(path: Path, count: int) -> None:
    """A bank in one JSON Lines file: the records of the practice bank, its items over and over."""
    bank, _ = api.load_bank(ROOT / "banks" / "cmcs")
    ((_, data),) = api.export_bank(bank, "jsonl").files
    records: list[Json] = [json.loads(line) for line in data.splitlines()]
    heads = [one for one in records if "bank" in one or ("stimulus" in one and "stem" not in one)]
    items = [one for one in records if "stem" in one]
    with path.open("w") as file:
        for record in heads:
            file.write(json.dumps(record) + "\n")
        for number in range(count):
            file.write(json.dumps(copy(items[number % len(items)], number // len(items))) + "\n")


def copy(item: Json, number: int) -> Json:
    """An item with an id and texts of its own."""
    made = {**item, "id": f"{item['id'][:50]}-{number}", "stem": f"{item['stem']} ({number})"}
    for name in ("options", "prompts", "rationale"):
        texts = made.get(name)
        if isinstance(texts, dict):
            made[name] = {id: f"{text} {number}" for id, text in texts.items()}
    for name in ("enemies", "review", "approval"):
        made.pop(name, None)
    return made


def ours(bank_file: Path, package: Path) -> float:
    """CPU seconds from the bank file to the package."""
    before = time.process_time()
    bank, problems = api.load_bank(bank_file)
    assert not problems
    made = api.export_bank(bank, "qti30")
    (path,) = api.write(made.made, package.parent)
    spent = time.process_time() - before
    path.replace(package)
    return spent


def floor(package: Path) -> float:
    """CPU seconds for the same elements and the same archive."""
    with zipfile.ZipFile(package) as archive:
        members = [(one.filename, archive.read(one)) for one in archive.infolist()]
    recipes = [(name, *recipe(data)) for name, data in members if name.endswith(".xml")]
    before = time.process_time()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (tag, attributes, text, _, kids), prefixes in recipes:
            root = etree.Element(tag, attributes, prefixes)
            root.text = text
            fill(root, kids)
            data = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED, LEVEL)
    return time.process_time() - before


def recipe(data: bytes) -> tuple[Recipe, Any]:
    """A document as nested tuples, and its prefixes."""
    root = etree.fromstring(data)
    return _recipe(root), dict(root.nsmap)


def _recipe(node: Any) -> Recipe:
    return str(node.tag), dict(node.attrib), node.text, node.tail, [_recipe(kid) for kid in node]


def fill(node: Any, kids: list[Recipe]) -> None:
    """The elements of a recipe below an element."""
    make = etree.SubElement
    for tag, attributes, text, tail, inner in kids:
        kid = make(node, tag, attributes)
        if text:
            kid.text = text
        if tail:
            kid.tail = tail
        if inner:
            fill(kid, inner)


def peak_of_export(bank_file: Path, package: Path) -> float:
    """Peak MiB of an export."""
    ours(bank_file, package)
    return peak()


def peak_of_reading(bank_file: Path) -> float:
    """Peak MiB of reading the bank; what an export imports is imported too."""
    bank, _ = api.load_bank(bank_file)
    with tempfile.TemporaryDirectory() as folder:
        few = msgspec.structs.replace(bank, items=bank.items[:10], stimuli=bank.stimuli)
        api.write(api.export_bank(few, "qti30").made, folder)
    return peak()


def peak() -> float:
    """The most memory of this process in MiB; 0 where the system does not say."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+([0-9]+)", status.read_text() if status.exists() else "")
    return int(found[1]) / 1024 if found else 0.0


def measured(way: str, bank_file: Path, package: Path) -> float:
    """What one way takes in a process of its own."""
    command = [sys.executable, __file__, "--run", way, str(bank_file), str(package)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run(way: str, bank_file: Path, package: Path) -> None:
    """Print what one way takes here."""
    match way:
        case "ours":
            print(ours(bank_file, package))
        case "floor":
            print(floor(package))
        case "export":
            print(peak_of_export(bank_file, package))
        case _:
            print(peak_of_reading(bank_file))


def speed(folder: Path, count: int) -> float:
    """The ratio of ours to the floor; both are printed."""
    bank_file, package = folder / "bank.jsonl", folder / "package.zip"
    write_bank(bank_file, count)
    found: dict[str, list[float]] = {"ours": [], "floor": []}
    for _ in range(RUNS):
        for way, seconds in found.items():
            seconds.append(measured(way, bank_file, package))
    each = {way: statistics.median(seconds) for way, seconds in found.items()}
    for way, taken in each.items():
        print(f"{count:7,} items  {way:6} {taken:7.2f} s CPU  {1000 * taken / count:6.2f} ms an item")
    print(f"ours / floor: {each['ours'] / each['floor']:.2f} (at most {TARGET})")
    return each["ours"] / each["floor"]


def memory(folder: Path) -> None:
    """Print the peak of exports beside that of reading."""
    for count in SIZES:
        bank_file, package = folder / "bank.jsonl", folder / "package.zip"
        write_bank(bank_file, count)
        reading, export = (measured(way, bank_file, package) for way in ("read", "export"))
        more = export - reading
        print(
            f"{count:7,} items  read {reading:7.0f} MiB  exported {export:7.0f} MiB  more {more:6.1f} MiB"
            f"  package {package.stat().st_size / 2**20:6.1f} MiB"
        )


def main(arguments: list[str]) -> int:
    """Measure, print, and give 1 when the ratio is above the target."""
    if arguments[:1] == ["--run"]:
        run(arguments[1], Path(arguments[2]), Path(arguments[3]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        ratio = speed(Path(folder), int(arguments[0]) if arguments else ITEMS)
        memory(Path(folder))
    return int(ratio > TARGET)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
