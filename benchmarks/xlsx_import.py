"""A workbook of 100,000 rows and 12 columns, read beside openpyxl in read-only mode, in one run.

Our side is what `qbank import` reads with: every member unpacked and judged under limits, then
python-calamine, every row gone through. The rival goes through the same rows with `read_only` and
`values_only`. Run `python benchmarks/xlsx_import.py [ROWS]`; prints CPU seconds and peak memory of each in
a process of its own, medians of 3 runs taken in turns, and the ratio. Making records of the rows comes on
top for both; it is printed as well.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import openpyxl

from qbank.formats import formats
from qbank.formats.contract import Source
from qbank.formats.xlsx.reader import open_book

ROWS = 100_000
RUNS = 3
TARGET = 8.0
SHEET = "Quiz"
HEADER = ("No", "Question", "A", "B", "C", "D", "Answer", "Explanation", "Topic", "Level", "Source", "Tags")


def write(path: Path, rows: int) -> None:
    """The workbook: texts as authors have them, the number of the question as a number."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.append(HEADER)
    for number in range(rows):
        stem = f"Question {number} about something that is described in some words?"
        options = (f"one {number}", "two", "three", "four")
        sheet.append(
            (number, stem, *options, "ABCD"[number % 4], "It is so.", "topic", "recall", "book", "x")
        )
    book.save(path)


def ours(path: Path) -> int:
    """The cells, read as an import reads them."""
    book = open_book(Source(name=path.name, data=path.read_bytes()))
    return sum(len(cells) for _, cells in book.grid(SHEET).rows)


def theirs(path: Path) -> int:
    """The cells, read with openpyxl."""
    book = openpyxl.load_workbook(path, read_only=True)
    return sum(len(cells) for cells in book[SHEET].iter_rows(min_row=2, values_only=True))


def records(path: Path) -> int:
    """The items of the table, by a map of its columns that is guessed."""
    reads = formats()["xlsx"].reads
    assert reads is not None
    return len(reads(Source(name=path.name, data=path.read_bytes())).items)


WAYS = {"qbank": ours, "openpyxl": theirs, "records": records}


def measured(way: str, path: Path) -> tuple[float, float]:
    """CPU seconds and peak MiB of one way, in a process of its own."""
    command = [sys.executable, __file__, "--run", way, str(path)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, most = ran.stdout.split()
    return float(seconds), float(most)


def run(way: str, path: Path) -> None:
    """Print what one way takes here."""
    before = time.process_time()
    count = WAYS[way](path)
    assert count
    print(time.process_time() - before, peak())


def peak() -> float:
    """The most memory of this process in MiB; 0 where the system does not say."""
    status = Path("/proc/self/status")  # ru_maxrss would count what the parent had before
    found = re.search(r"VmHWM:\s+([0-9]+)", status.read_text() if status.exists() else "")
    return int(found[1]) / 1024 if found else 0.0


def main(arguments: list[str]) -> int:
    """Measure, print, and give 1 when the ratio is below the target."""
    if arguments[:1] == ["--run"]:
        run(arguments[1], Path(arguments[2]))
        return 0
    rows = int(arguments[0]) if arguments else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quiz.xlsx"
        write(path, rows)
        assert ours(path) == theirs(path) == rows * len(HEADER)
        found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        for _ in range(RUNS):
            for way in WAYS:
                found[way].append(measured(way, path))
    seconds = {way: statistics.median(one for one, _ in runs) for way, runs in found.items()}
    for way, runs in found.items():
        print(f"{way:10} {seconds[way]:8.2f} s CPU {max(most for _, most in runs):8.0f} MiB peak")
    ratio = seconds["openpyxl"] / seconds["qbank"]
    print(f"openpyxl / qbank: {ratio:.1f} (at least {TARGET})")
    return int(ratio < TARGET)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
