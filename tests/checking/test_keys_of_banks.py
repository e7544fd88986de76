"""What rules say of all keys of a bank is the same whether or not an earlier run was remembered."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from qbank import memory
from qbank.diagnostics import Finding
from qbank.model.bank import Bank
from qbank.model.earlier import Earlier
from qbank.model.item import Item, MultipleChoice, TrueFalse
from qbank.rules.bank.key_longest_rate import key_longest_rate
from qbank.rules.bank.key_position_skew import key_position_skew

letters = st.sampled_from("ABC")
items = st.one_of(
    st.just(TrueFalse(id="i", stem="Yes.", key=True)),
    st.builds(
        MultipleChoice,
        id=st.just("i"),
        options=st.sampled_from(
            [
                {"A": "hip", "B": "knee", "C": "ankle"},
                {"A": "ankle", "B": "hip", "C": "knee"},
                {"A": "1 mg", "B": "2 mg", "C": "30 mg"},
                {"B": "hip", "A": "knee"},
                {"A": "hip", "C": "toe"},
                {"A": "hip"},
            ]
        ),
        key=letters | st.none() | st.just(("A",)) | st.just(("A", "B")),
        content_area=st.sampled_from(["", "bones/leg", "bones/arm", "veins"]),
        author=st.sampled_from(["", "one", "other"]),
        status=st.sampled_from(["active", "active", "active", "retired"]),
    ),
)


def said(bank: Bank, earlier: Earlier) -> list[Finding]:
    """What both rules say with options that make them speak."""
    skewed = key_position_skew(bank, earlier, minimum_items=1, alpha=9)
    return [*key_longest_rate(bank, earlier, minimum_items=1, z=-99, excess=-1), *skewed]


@settings(deadline=None)
@given(
    bank=st.lists(items, min_size=1, max_size=40),
    edits=st.lists(st.lists(st.tuples(st.integers(0, 40), items), max_size=5), max_size=4),
)
def test_after_any_edits(bank: list[Item], edits: list[list[tuple[int, Item]]]) -> None:
    kept: dict[str, bytes] = {}
    for changes in ([], *edits):
        for place, item in changes:
            bank[place : place + place % 3] = [item]
        earlier = Earlier(memory.digests_of(bank), kept)
        now = Bank(items=tuple(bank))
        assert said(now, earlier) == said(now, Earlier())
        kept = {name: b"".join(make()) for name, make in earlier.made.items()}


def test_each_part_of_a_bank_is_told() -> None:
    """Else the property above would hold of nothing."""
    one = MultipleChoice(id="i", options={"A": "tarsus", "B": "hip"}, key="A", author="one")
    bank = Bank(items=(*[one] * 12, MultipleChoice(id="i", options={"A": "hip", "B": "toe"}, key="B")))
    found = [finding.message for finding in said(bank, Earlier())]
    assert [message.partition(" (")[0] for message in found] == [
        "the key is the longest option in 12 of 12 items",
        "the keys of 12 items with 2 options by the author one stand A 12, B 0",
        "the keys of 13 items with 2 options stand A 12, B 1",
    ]
    assert "longest run 12 times A" in found[2]
