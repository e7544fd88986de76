"""Flaws of identity: ids, approvals, suppressions, what the bank requires of every item."""

from __future__ import annotations

from benchmarks.planting.core import Planted, Scene, alone, edited, key_id, plants, with_options
from qbank.model.hashing import content_hash
from qbank.model.item import Item, MultipleChoice, Review, Suppression

_SILENT = ("negative-stem", "key-missing", "bidi-control", "replacement-character", "duplicate-option")
_UNKNOWN = ("negativ-stem", "key_missing", "no-such-rule", "DUPLICATE-OPTION", "stem")
_OLD = (
    "ICD-10-CM Official Guidelines for Coding and Reporting, FY 2024, Section I.C.4.a",
    "ICD-10-CM Official Guidelines for Coding and Reporting FY2023",
    "CPT code set 2023 (American Medical Association), Appendix A",
    "CPT Professional Edition 2022",
    "HCPCS Level II, October 2021, modifiers XE and XS",
    "2019 HCPCS Level II code book",
    "NCCI Policy Manual for Medicare Services, 2020, chapter 1",
    "ICD-10-CM Tabular List, FY 2025, category Z03",
    "ICD-10-PCS 2018 code book",
    "ICD-10-CM (2022 edition), chapter 19",
    "Medicare physician fee schedule, calendar year 2020",
    "MS-DRG definitions manual, FY 2021",
    "NCCI edits, effective January 1, 2022",
    "ICD-10-CM Official Guidelines for Coding and Reporting, FY 2019 (effective October 1, 2018)",
    "Code set of 2017, introduction",
)


@plants("changed-since-approval")
def changed_since_approval(item: Item, scene: Scene) -> Planted | None:
    """An item approved as it was, and edited later."""
    stimuli = {one.id: one for one in scene.bank.stimuli}
    approval = Review(by="board", date="2026-01-31", content_hash=content_hash(item, stimuli))
    ways = [edited(item, stem=item.stem.replace(" the ", " a ", 1)), edited(item, stem=f"{item.stem} ")]
    if isinstance(item, MultipleChoice):
        texts = list(item.options.values())
        ways.append(with_options(item, texts[::-1]))
        ways.append(with_options(item, [*texts[:-1], f"{texts[-1]}s"]))
        ways.append(edited(item, key=next(id for id in item.options if id != key_id(item))))
    changed = scene.draw.choice([one for one in ways if content_hash(one, stimuli) != approval.content_hash])
    return alone(edited(changed, approval=approval))


@plants("duplicate-item-id")
def duplicate_item_id(item: Item, scene: Scene) -> Planted | None:
    """Another item under the same id, in the same or other letters."""
    other = scene.other(item)
    if other is None:
        return None
    id = scene.draw.choice((item.id, item.id, item.id.upper(), item.id.title(), item.id.capitalize()))
    return Planted((edited(other, id=id),), (item.id, id))


@plants("expired-suppression", beside=_SILENT)
def expired_suppression(item: Item, scene: Scene) -> Planted | None:
    """An exception whose time is over."""
    until = scene.draw.choice(("2026-11-21", "2025-12-31", "2020-01-01", "2026-06-30"))
    entry = Suppression(scene.draw.choice(_SILENT), "the book words it so", until)
    return alone(edited(item, lint_ignore=(entry,)))


@plants("unused-suppression", beside=_SILENT)
def unused_suppression(item: Item, scene: Scene) -> Planted | None:
    """An exception to a rule that says nothing about the item, or that does not exist."""
    rule = scene.draw.choice((*_SILENT, *_SILENT, *_UNKNOWN))
    until = scene.draw.choice(("", "", "2027-10-01"))
    return alone(edited(item, lint_ignore=(Suppression(rule, "the book words it so", until),)))


@plants("missing-rationale", require=("rationale",))
def missing_rationale(item: Item, scene: Scene) -> Planted | None:
    """No rationale, or an empty one."""
    empty: dict[str, str] = dict.fromkeys(item.option_texts, "")
    return alone(edited(item, rationale=scene.draw.choice(("", "", " ", {}, empty, "\n"))))


@plants("missing-option-rationale", require=("option_rationale",))
def missing_option_rationale(item: Item, scene: Scene) -> Planted | None:
    """One option, or all of them, without a rationale."""
    if not isinstance(item.rationale, dict) or not item.rationale:
        return None
    lost = scene.draw.choice(list(item.rationale))
    left = {id: text for id, text in item.rationale.items() if id != lost}
    ways: tuple[str | dict[str, str], ...] = (
        left,
        {**item.rationale, lost: ""},
        {**item.rationale, lost: "  "},
        item.rationale[lost],
        "",
        {},
    )
    return alone(edited(item, rationale=scene.draw.choice(ways)))


@plants("missing-reference", require=("references",))
def missing_reference(item: Item, scene: Scene) -> Planted | None:
    """No reference, or an empty one."""
    return alone(edited(item, references=scene.draw.choice(((), (), ("",), (" ",)))))


@plants("missing-review", require=("review",))
def missing_review(item: Item, scene: Scene) -> Planted | None:
    """No review, or one of what the item said before."""
    changed = edited(item, stem=f"{item.stem.rstrip()} (Revised.)")
    return alone(scene.draw.choice((edited(item, review=()), changed)))


@plants("stale-reference")
def stale_reference(item: Item, scene: Scene) -> Planted | None:
    """A code book or guideline of an earlier year."""
    old = scene.draw.choice(_OLD)
    references = scene.draw.choice(((old,), (*item.references, old), (old, *item.references)))
    return alone(edited(item, references=references))
