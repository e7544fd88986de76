"""List hits on the in-sample banks that nobody has labelled yet, and labels whose item is hit no more.

    QBANK_TEST_DATA=… python tests/precision/unlabelled.py [RULE…]

A line is `unlabelled`, rule, bank and item, or `no longer hit` and the same, with tabs between. All rules of
the families that have labels run, as they silence each other; RULE only says which of them are listed. Of a
rule with more than 50 hits, 50 labels are enough, as README.md says. The exit code is 1 when something is
listed.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from qbank.checking import lint  # noqa: E402 - of this tree, wherever qbank is installed
from qbank.config import Settings  # noqa: E402
from qbank.model.bank import Bank  # noqa: E402
from qbank.precision import Standing, standing  # noqa: E402
from qbank.reading.bank import load_bank  # noqa: E402
from qbank.rule import all_rules  # noqa: E402
from tests.fuzz.seeds import native, shared_folder, shared_records  # noqa: E402
from tests.precision import summary  # noqa: E402

FAMILIES = ("stem", "options", "cues", "text", "bank", "duplicates", "key")
BANKS = ("medqa_us_test", "opentriviaqa_science_technology", "cmcs")
ENOUGH = 50
Hits = dict[str, set[tuple[str, str]]]


def main(slugs: list[str]) -> int:
    """Print the list; 1 when there is something on it."""
    shared = shared_folder()
    if shared is None:
        sys.stderr.write("QBANK_TEST_DATA names no folder with the shared banks\n")
        return 2
    labels: Hits = defaultdict(set)
    for one in summary.read_labels(summary.LABELS):
        labels[one.rule].add((one.bank, one.item))
    wanted = {slug: found for slug, found in hits(shared).items() if not slugs or slug in slugs}
    found = list(listed(wanted, labels))
    sys.stdout.write("".join("\t".join(row) + "\n" for row in found))
    return 1 if found else 0


def labelled_rules() -> list[str]:
    """The rules whose hits are labelled: those of some families that do not judge a bank as a whole."""
    found = (one for one in all_rules().values() if one.family in FAMILIES)
    return [one.slug for one in found if standing(one.slug, one.family) is not Standing.OWN_TEST]


def hits(shared: Path) -> Hits:
    """Rule → (bank, item) that it hits, on the in-sample banks."""
    settings = Settings(select=tuple(labelled_rules()))
    found: Hits = {slug: set() for slug in settings.select}
    for name, bank in in_sample(shared):
        for one in lint(bank, settings=settings).diagnostics:
            found[one.rule].add((name, one.item))
    return found


def in_sample(shared: Path) -> Iterator[tuple[str, Bank]]:
    """The banks with every rule in view: the shared ones, and the one of this project."""
    import json
    import tempfile

    for file, records in shared_records(shared).items():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / file
            lines = (json.dumps(native(one), ensure_ascii=False) for one in records)
            path.write_text("\n".join(lines), encoding="utf-8")
            yield path.stem, load_bank(path).bank
    yield "cmcs", load_bank(ROOT / "banks" / "cmcs").bank


def listed(found: Hits, labels: Hits) -> Iterator[tuple[str, str, str, str]]:
    """What is to do, by rule, bank and item."""
    for slug, places in sorted(found.items()):
        known = {place for place in labels.get(slug, set()) if place[0] in BANKS}
        if len(known & places) < min(ENOUGH, len(places)):
            yield from (("unlabelled", slug, *place) for place in sorted(places - known))
        yield from (("no longer hit", slug, *place) for place in sorted(known - places))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
