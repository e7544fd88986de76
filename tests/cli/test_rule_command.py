"""`qbank rule`: what it says of the measured precision."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qbank import precision, rule
from qbank.cli import rule as command
from qbank.diagnostics import Finding, Severity
from qbank.model.item import Item
from tests.cli.cli_help import Qbank

Measure = Callable[..., None]


@pytest.fixture
def measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Measure]:
    """Puts other counts in place of the packaged ones: rows of rule, bank, labeller, hits, right hits."""

    def write(*rows: tuple[str, str, str, int, int]) -> None:
        path = tmp_path / "counts.tsv"
        lines = (precision.HEADER, *rows)
        path.write_text("".join("\t".join(map(str, line)) + "\n" for line in lines), encoding="utf-8")
        monkeypatch.setattr(precision, "FILE", path)
        precision._counts.cache_clear()

    yield write
    precision._counts.cache_clear()


def _said(qbank: Qbank, slug: str) -> str:
    ran = qbank("rule", slug)
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 110
    return " ".join(ran.out.split())


def test_measured_in_sample(qbank: Qbank, measure: Measure) -> None:
    measure(("key-longest", "cmcs", "model", 10, 9), ("key-longest", "medqa_us_test", "model", 40, 38))
    assert (
        "Measured: 47 of 50 hits right (0.94; 95 % lower bound 0.84), labelled by model, on cmcs, "
        "medqa_us_test. In sample: the rule was tuned on these banks."
    ) in _said(qbank, "key-longest")


def test_what_is_out_of_sample_is_told_apart(qbank: Qbank, measure: Measure) -> None:
    measure(
        ("key-longest", "medqa_us_test", "model", 30, 30),
        ("key-longest", "opentriviaqa_history", "model", 5, 4),
        ("key-longest", "opentriviaqa_music", "model", 12, 11),
        ("key-longest", "opentriviaqa_music", "person", 8, 7),
        ("negative-stem", "opentriviaqa_history", "person", 50, 1),
    )
    assert (
        "Measured: 52 of 55 hits right (0.95; 95 % lower bound 0.85), labelled by model and person, "
        "on medqa_us_test, opentriviaqa_history, opentriviaqa_music. Of these out of sample, on "
        "opentriviaqa_music: 18 of 20 (0.90; 95 % lower bound 0.70); the rule was tuned on the others."
    ) in _said(qbank, "key-longest")
    assert "Out of sample: the rule was not tuned on these banks." in _said(qbank, "negative-stem")


def test_too_few_hits(qbank: Qbank, measure: Measure) -> None:
    measure(("key-longest", "cmcs", "model", 8, 8), ("negative-stem", "cmcs", "model", 1, 0))
    assert (
        "Unmeasured: 8 hits labelled (8 right: 1.00; 95 % lower bound 0.68), fewer than 20; "
        "by model, on cmcs."
    ) in _said(qbank, "key-longest")
    assert "Unmeasured: 1 hit labelled (0 right: 0.00; 95 % lower bound 0.00)" in _said(
        qbank, "negative-stem"
    )
    assert "Unmeasured: no hits labelled." in _said(qbank, "article-cue")


def test_what_needs_no_measure(qbank: Qbank, measure: Measure) -> None:
    measure(("doubled-word", "cmcs", "model", 30, 30))
    assert "Right by definition" in _said(qbank, "key-missing")
    assert "labelled" not in _said(qbank, "key-missing")
    assert "Right by definition: its severity does not rest on a measure. Measured: 30 of 30" in _said(
        qbank, "doubled-word"
    )
    assert "its test statistic is the measure" in _said(qbank, "key-position-skew")


def test_the_list_has_the_counts(qbank: Qbank, measure: Measure) -> None:
    measure(("key-longest", "cmcs", "model", 50, 45), ("clang-cue", "cmcs", "model", 9, 9))
    listed = qbank("rule", "cues").out.splitlines()
    (longest,) = (line for line in listed if line.startswith("  key-longest "))
    (clang,) = (line for line in listed if line.startswith("  clang-cue "))
    (article,) = (line for line in listed if line.startswith("  article-cue "))
    assert longest.split()[2] == "45/50"
    assert clang.split()[2] == "9/9"
    assert longest.index("45/50") + 5 == clang.index("9/9") + 3
    assert longest.index("The key") == clang.index("A rare") == article.index("The stem")
    assert listed[-2].startswith("43/47: 43 of 47 labelled hits were right")
    assert "labelled" not in qbank("rule", "schema").out


def test_a_rule_of_another_package_is_not_judged_here(measure: Measure) -> None:
    @rule.rule(Severity.WARNING)
    def key_longest(item: Item) -> Iterator[Finding]:
        """A stranger's rule that happens to have the name of ours."""
        yield Finding(item.at("key"), "long")

    measure(("key-longest", "cmcs", "model", 50, 50))
    strange = rule.describe("key_longest", "key", key_longest)
    told = "\n".join(command._explained(strange))
    assert "Severity: warning" in told
    assert "right" not in told.lower()
    assert not [line for line in command._listed({"key-longest": strange}) if "50/50" in line]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("cue", "there is no rule 'cue'. Did you mean cues? With 'cue' in their names: absolute-term-cue, "),
        ("duplicate", "With 'duplicate' in their names: contradicting-near-duplicate, duplicate-item, "),
        ("optoins", "there is no rule 'optoins'. Did you mean options?"),
        ("e", "there is no rule 'e'."),
    ],
)
def test_part_of_a_name_leads_to_the_rule(qbank: Qbank, typed: str, said: str) -> None:
    ran = qbank("rule", typed)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()[-1]) < 400


@pytest.mark.parametrize("name", ["KEY-MISSING", "Key-Mising", "key_missing"])
def test_a_rule_in_capitals_leads_to_the_rule(qbank: Qbank, name: str) -> None:
    ran = qbank("rule", name)
    assert ran.code == 2
    assert "Did you mean key-missing?" in ran.err
