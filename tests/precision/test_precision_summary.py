"""What the package says of the precision of its rules follows from the labels, and its bound from Wilson."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank import precision
from qbank.precision import (
    TUNED_ON,
    Count,
    Precision,
    Standing,
    measured,
    out_of_sample,
    standing,
    told_briefly,
    tuned_on,
    wilson_lower,
)
from qbank.reading.bank import load_bank
from qbank.rule import all_rules
from tests.precision import summary
from tests.precision.summary import Label, read_labels

ROOT = Path(__file__).parents[2]
LABELS = read_labels(summary.LABELS)
OUT_OF_SAMPLE = re.compile(r"opentriviaqa_[a-z]+(?:_[a-z]+)*")
"""Another category of OpenTriviaQA, by its name there with _ for -; some rules were mended on such."""
Z = 1.959963984540054
HEADER = "bank\titem\tverdict\tby\tdate\n"


# --- the labels -----------------------------------------------------------------------------------------


def test_labels_are_about_rules_and_banks_that_there_are() -> None:
    assert {one.rule for one in LABELS} <= set(all_rules())
    for path in summary.LABELS.iterdir():
        assert path.suffix == ".tsv"
        assert path.stem in all_rules(), f"{path.name}: there is no such rule"
    for bank in {one.bank for one in LABELS} - TUNED_ON:
        assert OUT_OF_SAMPLE.fullmatch(bank), bank


def test_labels_say_who_and_when() -> None:
    for one in LABELS:
        assert one.by in ("model", "person"), one
        assert date.fromisoformat(one.date).isoformat() == one.date
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9._-]{0,63}", one.item), one
        assert one.bank in TUNED_ON or re.fullmatch(rf"{one.bank.replace('_', '-')}-\d{{5}}", one.item), one


def test_an_item_is_labelled_once_for_a_rule() -> None:
    times = Counter((one.rule, one.bank, one.item) for one in LABELS)
    assert [what for what, count in times.items() if count > 1] == []


def test_labels_of_the_own_bank_are_about_items_that_it_has() -> None:
    bank, _ = load_bank(ROOT / "banks" / "cmcs")
    assert {one.item for one in LABELS if one.bank == "cmcs"} <= {item.id for item in bank.items}


def test_labels_of_public_banks_are_about_items_that_these_have(test_data: Path) -> None:
    for path in sorted((test_data / "banks").glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        known = {json.loads(line)["id"] for line in lines if line.strip()}
        assert {one.item for one in LABELS if one.bank == path.stem} <= known


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("bank\titem\tverdict\n", "key-longest.tsv:1"),
        ("", "key-longest.tsv:1"),
        (
            f"{HEADER}cmcs\ta\tright\tmodel\t2026-11-22\ncmcs\tb\tmaybe\tmodel\t2026-11-22\n",
            "key-longest.tsv:3",
        ),
        (f"{HEADER}cmcs\ta\tright\tmodel\n", "key-longest.tsv:2"),
        (f"{HEADER}\n", "key-longest.tsv:2"),
    ],
)
def test_a_line_that_is_no_label_is_named(tmp_path: Path, text: str, place: str) -> None:
    (tmp_path / "key-longest.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(place)):
        read_labels(tmp_path)


# --- the packaged file ----------------------------------------------------------------------------------


def test_the_packaged_file_follows_from_the_labels() -> None:
    assert summary.PACKAGED.read_bytes().decode() == summary.summary(LABELS), f"run `{summary.COMMAND}`"
    assert summary.PACKAGED.is_relative_to(ROOT / "qbank")


@pytest.fixture
def count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[list[Label]], None]]:
    """Puts the counts of labels in place of the packaged ones."""

    def write(labels: list[Label]) -> None:
        monkeypatch.setattr(precision, "FILE", tmp_path / "counts.tsv")
        precision.FILE.write_text(summary.summary(labels), encoding="utf-8")
        precision._counts.cache_clear()

    yield write
    precision._counts.cache_clear()


@pytest.mark.parametrize("slug", sorted({one.rule for one in LABELS}))
def test_a_rule_is_measured_as_its_labels_say(slug: str, count: Callable[[list[Label]], None]) -> None:
    count(LABELS)
    labels = [one for one in LABELS if one.rule == slug]
    assert measured(slug) == Precision(
        rule=slug,
        n=len(labels),
        right=len([one for one in labels if one.verdict == "right"]),
        by=tuple(sorted({one.by for one in labels})),
        banks=tuple(sorted({one.bank for one in labels})),
    )
    unseen = [one for one in labels if OUT_OF_SAMPLE.fullmatch(one.bank) and one.bank not in tuned_on(slug)]
    found = out_of_sample(slug)
    assert (0 if found is None else found.n) == len(unseen)
    assert (0 if found is None else found.right) == sum(one.verdict == "right" for one in unseen)


@pytest.mark.parametrize(
    ("slug", "family", "n", "basis", "words"),
    [
        ("key-longest", "cues", 20, Standing.MEASURED, "20 of 20"),
        ("key-longest", "cues", 19, Standing.UNMEASURED, "unmeasured (19 of 19)"),
        ("key-longest", "cues", 0, Standing.UNMEASURED, "unmeasured"),
        ("doubled-word", "text", 30, Standing.BY_DEFINITION, "by definition (30 of 30)"),
        ("thin-cell", "bank", 0, Standing.BY_DEFINITION, "by definition"),
        ("key-longest-rate", "bank", 0, Standing.OWN_TEST, "its own test"),
    ],
)
def test_what_a_severity_rests_on(
    slug: str, family: str, n: int, basis: Standing, words: str, count: Callable[[list[Label]], None]
) -> None:
    count([Label(slug, "cmcs", f"a{number}", "right", "model", "2026-11-22") for number in range(n)])
    assert standing(slug, family) is basis
    assert told_briefly(slug, family) == words


def test_what_a_rule_was_tuned_on() -> None:
    assert tuned_on("no-such-rule") == TUNED_ON
    for slug in all_rules():
        assert tuned_on(slug) >= TUNED_ON
        assert all(OUT_OF_SAMPLE.fullmatch(bank) for bank in tuned_on(slug) - TUNED_ON)
    assert "opentriviaqa_history" in tuned_on("key-longest")
    assert "opentriviaqa_music" not in tuned_on("key-longest")
    assert "opentriviaqa_music" in tuned_on("blank-inside-stem")


def test_rules_that_were_mended_are_rules() -> None:
    assert {*precision._MENDED} <= {*all_rules()}


def test_labels_of_banks_that_a_rule_was_tuned_on_are_in_sample(count: Callable[[list[Label]], None]) -> None:
    history, music = (
        [
            Label("key-longest", f"opentriviaqa_{bank}", f"a{n}", "right", "model", "2026-11-22")
            for n in range(3)
        ]
        for bank in ("history", "music")
    )
    count(history)
    assert out_of_sample("key-longest") is None
    count(history + music[:2])
    found = out_of_sample("key-longest")
    assert found is not None
    assert (found.n, found.banks) == (2, ("opentriviaqa_music",))


def test_a_rule_without_labels_has_no_measure() -> None:
    assert measured("no-such-rule") is None
    assert out_of_sample("no-such-rule") is None


_LABEL = st.builds(
    Label,
    rule=st.sampled_from(["key-longest", "negative-stem"]),
    bank=st.sampled_from(["cmcs", "opentriviaqa_history"]),
    item=st.sampled_from(["a", "b", "c"]),
    verdict=st.sampled_from(summary.VERDICTS),
    by=st.sampled_from(["model", "person"]),
    date=st.just("2026-11-22"),
)


@given(st.lists(_LABEL), st.randoms(use_true_random=False))
def test_counts_add_up_whatever_the_order(labels: list[Label], random: object) -> None:
    counts = summary.counts(labels)
    assert sum(one.n for one in counts) == len(labels)
    assert sum(one.right for one in counts) == sum(one.verdict == "right" for one in labels)
    assert summary.summary(reversed(labels)) == summary.summary(labels)


def test_counts_by_hand() -> None:
    labels = [
        Label("b", "y", "1", "right", "model", ""),
        Label("b", "x", "1", "wrong", "person", ""),
        Label("b", "x", "2", "right", "model", ""),
        Label("a", "x", "1", "wrong", "model", ""),
        Label("b", "y", "2", "wrong", "model", ""),
    ]
    assert summary.counts(labels) == [
        Count("a", "x", "model", 1, 0),
        Count("b", "x", "model", 1, 1),
        Count("b", "x", "person", 1, 0),
        Count("b", "y", "model", 2, 1),
    ]
    assert summary.summary(labels[3:4]) == "rule\tbank\tby\tn\tright\na\tx\tmodel\t1\t0\n"


def test_the_command_writes_the_file_and_tells_when_it_is_out_of_date(tmp_path: Path) -> None:
    for name in ("tests/precision/labels", "qbank"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "tests" / "precision" / "summary.py", tmp_path / "tests" / "precision")
    packaged = tmp_path / "qbank" / "_precision.tsv"

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "tests/precision/summary.py", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout

    packaged.write_text("old\n", encoding="utf-8")
    assert run("--check") == (1, "_precision.tsv is out of date. Run `python tests/precision/summary.py`.\n")
    assert packaged.read_text(encoding="utf-8") == "old\n"
    assert run() == (0, "wrote _precision.tsv\n")
    assert packaged.read_bytes() == summary.summary(LABELS).encode()
    assert run("--check") == (0, "")
    assert run("--chek")[0] == 2


# --- the bound ------------------------------------------------------------------------------------------


def _smallest_not_rejected(right: int, n: int) -> float:
    """The least proportion that a two-sided score test at 5 % does not reject, by bisection."""
    low, high = 0.0, right / n
    for _ in range(200):
        middle = (low + high) / 2
        deviation = math.sqrt(middle * (1 - middle) / n)
        if right / n - middle > Z * deviation:
            low = middle
        else:
            high = middle
    return high


@pytest.mark.parametrize(
    ("right", "n", "bound"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3
        (81, 263, 0.2553),
        (15, 148, 0.0624),
        (0, 20, 0.0),
        (1, 29, 0.0061),
        # all right: n / (n + z²)
        (20, 20, 20 / (20 + Z * Z)),
        (50, 50, 50 / (50 + Z * Z)),
        (45, 50, 0.7864),
        (47, 50, 0.8378),
        (0, 0, 0.0),
    ],
)
def test_known_bounds(right: int, n: int, bound: float) -> None:
    assert wilson_lower(right, n) == pytest.approx(bound, abs=5e-5)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bound_is_the_root_of_the_score_test(hits: tuple[int, int]) -> None:
    right, n = hits
    bound = wilson_lower(right, n)
    assert bound == pytest.approx(_smallest_not_rejected(right, n), abs=1e-9)
    assert 0 <= bound <= right / n


def test_a_precision_knows_its_share_and_bound() -> None:
    one = Precision("key-longest", 50, 45, ("model",), ("cmcs",))
    assert (one.share, one.lower_bound, one.enough) == (0.9, wilson_lower(45, 50), True)
    assert not Precision("key-longest", 19, 19, ("model",), ("cmcs",)).enough
    assert Precision("key-longest", 20, 2, ("model",), ("cmcs",)).enough


# --- when it is loaded ----------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["--version"], ["lint", "--help"]])
def test_it_is_not_loaded_before_it_is_asked_for(arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['qbank', *{arguments!r}]\n"
        "from qbank.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"assert {precision.__name__!r} not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT)
