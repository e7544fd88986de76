"""What the list of unlabelled hits holds."""

from __future__ import annotations

from tests.precision.unlabelled import BANKS, ENOUGH, labelled_rules, listed

BANK = BANKS[0]


def hits(count: int) -> set[tuple[str, str]]:
    return {(BANK, f"q-{number:03}") for number in range(count)}


def test_hits_without_a_label_and_labels_without_a_hit_are_listed() -> None:
    labels = {"told": {(BANK, "q-000"), (BANK, "q-009"), ("another bank", "q-1")}}
    assert list(listed({"told": hits(2), "new": hits(1)}, labels)) == [
        ("unlabelled", "new", BANK, "q-000"),
        ("unlabelled", "told", BANK, "q-001"),
        ("no longer hit", "told", BANK, "q-009"),
    ]


def test_fifty_labels_are_enough() -> None:
    assert list(listed({"told": hits(200)}, {"told": hits(ENOUGH)})) == []
    assert len(list(listed({"told": hits(200)}, {"told": hits(ENOUGH - 1)}))) == 151


def test_rules_that_judge_a_whole_bank_are_not_labelled() -> None:
    assert {"negative-stem", "near-duplicate-item"} <= {*labelled_rules()}
    assert not {"key-position-skew", "schema-violation"} & {*labelled_rules()}
