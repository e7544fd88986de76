"""What sibling-items advises: every enemies line to write, or a row of the blueprint for a large template."""

from __future__ import annotations

from qbank.model.bank import Bank
from qbank.model.item import MultipleChoice
from qbank.rules.duplicates.sibling_items import sibling_items
from qbank.similarity.pairs import SimilarItems

OPTIONS = {"A": "1", "B": "2"}
STEM = "A patient receives {} mg of a drug that is billed in units of 10 mg. How many units are billed?"


def dose(number: int, *enemies: str) -> MultipleChoice:
    stem = STEM.format(number)
    return MultipleChoice(
        id=f"d{number}", stem=stem, options=OPTIONS, key="A", enemies=enemies, record=number
    )


def advice(*items: MultipleChoice) -> list[str]:
    bank = Bank(items=items)
    return [finding.hint for finding in sibling_items(bank, SimilarItems(bank))]


def test_the_lines_hold_the_enemies_that_an_item_has() -> None:
    assert advice(dose(20, "other"), dose(30, "more")) == [
        "If no form should hold two of them, write `enemies: [more, d20]` in d30 and "
        "`enemies: [other, d30]` in d20."
    ]


def test_every_line_is_complete_when_the_hints_are_followed_one_by_one() -> None:
    write = "If no form should hold two of them, write "
    assert advice(dose(20), dose(30), dose(40)) == [
        f"{write}`enemies: [d20, d40]` in d30 and `enemies: [d30, d40]` in d20.",
        f"{write}`enemies: [d20, d30]` in d40, `enemies: [d30, d40]` in d20 "
        "and `enemies: [d20, d40]` in d30.",
    ]


def test_a_large_template_is_reported_once() -> None:
    (hint,) = advice(*(dose(number) for number in range(20, 60)))
    assert "each:" in hint
