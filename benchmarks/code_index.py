"""CPU time and memory of asking code sets: the packed index, a plain table, simple-icd-10-cm, in one run.

Run `QBANK_TEST_DATA=FOLDER python benchmarks/code_index.py`: three years of ICD-10-CM are packed from the
tables in `codesets/` there. Each way is a process of its own; told are CPU seconds until the first answer
about three years, the most memory (each beside a bare interpreter), and microseconds for a code that was not
asked before. The plain table (tab-separated, into a dict) is the floor: it knows no days and no tree.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 3
PLAIN_FILE = "plain.tsv"
YEARS = {"fy2025": "2024-10-01", "fy2026": "2025-10-01", "fy2027": "2026-10-01"}
MOST_SECONDS, MOST_MEGABYTES, MOST_MICROSECONDS = 0.3, 60.0, 100.0
_MEASURE = """
import json, random, resource, sys, time
{code}
codes = {codes}
random.Random(1).shuffle(codes)
asked = codes[:5000]
start = time.process_time()
for code in asked:
    ask(code)
each = (time.process_time() - start) / max(len(asked), 1)
print(json.dumps([loaded, peak, each * 1e6]))
"""
_LOADED = """
used = resource.getrusage(resource.RUSAGE_SELF)
loaded, peak = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
"""
INDEX = f"""
from qbank.domains.medcode.provider import code_set
from qbank.model.bank import Bank
known = code_set(Bank())
for day in {list(YEARS.values())!r}:
    known.lookup('S52.521A', day)
{_LOADED}
def ask(code):
    return known.lookup(code, '2026-11-22')
"""
PLAIN = f"""
table = {{}}
with open(sys.argv[1], encoding='utf-8') as file:
    for line in file:
        code, *flags, title, _ = line.rstrip('\\n').split('\\t')
        table[code] = (flags, title)
table['S52521A']
{_LOADED}
def ask(code):
    return table.get(code)
"""
PACKAGE = f"""
import simple_icd_10_cm as icd
icd.is_leaf('S52.521A')
{_LOADED}
def ask(code):
    return icd.is_valid_item(code)
"""
BARE = f"{_LOADED}\ndef ask(code):\n    return code\n"
_ALL = "[line.split('\\t')[0] for line in open(sys.argv[1], encoding='utf-8')][1:]"


def measured(code: str, table: Path, store: Path) -> tuple[float, float, float]:
    """CPU seconds until loaded, peak megabytes, microseconds a lookup: the least of some runs."""
    script = _MEASURE.format(code=code, codes=_ALL)
    found = []
    for _ in range(RUNS):
        done = subprocess.run(
            [sys.executable, "-c", script, str(table)],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "QBANK_CODES": str(store)},
        )
        found.append(json.loads(done.stdout))
    seconds, megabytes, microseconds = zip(*found, strict=True)
    return min(seconds), min(megabytes), min(microseconds)


def prepare(shared: Path, folder: Path) -> None:
    """Write the plain table, and three years packed, into a folder."""
    from qbank.domains.medcode.importers.days import release_end
    from qbank.domains.medcode.table import Head, Row, Span, pack

    plain = folder / PLAIN_FILE
    with gzip.open(shared / "codesets" / "icd10cm_fy2025_2027.tsv.gz", "rt", encoding="utf-8") as file:
        plain.write_text(file.read(), encoding="utf-8")
    with plain.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    for year, first in YEARS.items():
        held = [
            Row(one["code"], "billable" if one[year] == "1" else "header", title=one["long_description"])
            for one in rows
            if one[year]
        ]
        span = Span(first, release_end("icd10cm", first), complete=True)
        head = Head(system="icd10cm", spans=(span,), source="benchmark")
        (folder / f"icd10cm-{first}.codes").write_bytes(pack(head, held))


def main() -> int:
    """Print the figures; 1 when a target is missed, 2 without the data."""
    shared = os.environ.get("QBANK_TEST_DATA")
    if not shared:
        print("QBANK_TEST_DATA names no folder with codesets/", file=sys.stderr)
        return 2
    if len(sys.argv) > 1:
        prepare(Path(shared), Path(sys.argv[1]))
        return 0
    with tempfile.TemporaryDirectory() as name:
        # in a process of its own: the memory of a process counts for those that it starts
        subprocess.run([sys.executable, __file__, name], check=True)
        plain = Path(name, PLAIN_FILE)
        bare = measured(BARE, plain, Path(name))
        ways = {"packed index": INDEX, "plain table": PLAIN, "simple-icd-10-cm": PACKAGE}
        found = {way: measured(code, plain, Path(name)) for way, code in ways.items()}
    for way, (seconds, megabytes, microseconds) in found.items():
        print(
            f"{way:<18} load {seconds - bare[0]:6.3f} s CPU  memory {megabytes - bare[1]:6.1f} MB"
            f"  lookup {microseconds - bare[2]:7.2f} us"
        )
    print(f"targets            load  {MOST_SECONDS:.3f} s      memory   {MOST_MEGABYTES:.1f} MB")
    seconds, megabytes, microseconds = found["packed index"]
    missed = seconds - bare[0] > MOST_SECONDS or megabytes - bare[1] > MOST_MEGABYTES
    return int(missed or microseconds > MOST_MICROSECONDS)


if __name__ == "__main__":
    sys.exit(main())
