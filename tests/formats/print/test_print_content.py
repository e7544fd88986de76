"""What stands on paper, in both formats: texts in order, letters as presented, keys apart, nothing secret."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from qbank.model.form import Version
from qbank.model.item import Essay, Item, Matching, MultipleChoice, Numeric, NumericKey
from tests.formats.print.print_forms import (
    ALL_TYPES,
    KEYS,
    ORDERS,
    SECRET,
    answers,
    bare,
    form,
    members,
    objects,
    one,
    pages,
    word_text,
    written,
)

FORMATS = ("pdf", "docx")


def text_of(slug: str, data: bytes, folder: Path) -> str:
    return "\n".join(pages(data, folder)) if slug == "pdf" else word_text(data)


def expected(items: tuple[Item, ...]) -> list[str]:
    """Stems, prompts and options in the order in which a candidate meets them."""
    found = []
    for item in items:
        found.append(item.stem.replace("*", ""))
        found += list(getattr(item, "prompts", {}).values())
        found += [item.option_texts[id] for id in ORDERS.get(item.id, ())]
    return found


@pytest.mark.parametrize("slug", FORMATS)
@pytest.mark.parametrize("audience", ["staff", "candidate"])
def test_every_text_stands_there_in_order(slug: str, audience: str, tmp_path: Path) -> None:
    booklet = written(slug, form(audience=audience))["booklet"]  # type: ignore[arg-type]
    text, at = bare(text_of(slug, booklet, tmp_path)), 0
    for part in expected(ALL_TYPES):
        at = text.find(bare(part), at)
        assert at >= 0, f"{part!r} is missing, or not in its place"
        at += 1


@pytest.mark.parametrize("slug", FORMATS)
def test_the_case_stands_before_its_items_and_sections_have_headings(slug: str, tmp_path: Path) -> None:
    text = text_of(slug, written(slug, form())["booklet"], tmp_path)
    order = ["Section 1", "Items 2 and 3 refer to", "A fall", "It hurt.", "odd?", "Section 2", "Answer sheet"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


@pytest.mark.parametrize("slug", FORMATS)
def test_what_to_do_is_said(slug: str, tmp_path: Path) -> None:
    text = bare(text_of(slug, written(slug, form(audience="candidate"))["booklet"], tmp_path))
    for part in (
        "Choose 2. (2 points)",
        "Use no letter twice.",
        "Put in the right order.",
        "mg",
        "120 minutes",
    ):
        assert bare(part) in text


@pytest.mark.parametrize("slug", FORMATS)
def test_a_candidate_gets_one_file_without_a_secret(slug: str, tmp_path: Path) -> None:
    files = written(slug, form(audience="candidate"))
    assert list(files) == ["booklet"]
    data = files["booklet"]
    everything = objects(data) if slug == "pdf" else b"".join(members(data).values())
    for secret in (SECRET, "86753", "thigh bone", "pretest"):
        assert secret not in text_of(slug, data, tmp_path)
        assert secret.encode() not in everything
        assert secret.encode("utf-16-be") not in everything


def other_keys(item: Item) -> Item:
    """The item with another key, other rationales and all else that is not for candidates."""
    changed = msgspec.structs.replace(
        item, rationale="no", references=(), tags=(), content_area="", attributes={}, cognitive_level=""
    )
    match changed:
        case Matching():
            return msgspec.structs.replace(changed, key={"P1": "C", "P2": "B"})
        case Numeric():
            return msgspec.structs.replace(changed, key=NumericKey(value=1, unit="mg"))
        case Essay():
            return msgspec.structs.replace(changed, rubric="")
        case MultipleChoice():
            return msgspec.structs.replace(changed, key="a")
        case _:
            return msgspec.structs.replace(changed, key=None)


@pytest.mark.parametrize("slug", FORMATS)
def test_a_candidates_bytes_do_not_depend_on_keys(slug: str) -> None:
    mine = written(slug, form(audience="candidate", roles={"tf-1": "pretest"}))
    theirs = written(slug, form([other_keys(item) for item in ALL_TYPES], audience="candidate"))
    assert mine == theirs


@pytest.mark.parametrize("slug", FORMATS)
def test_the_key_is_a_file_of_its_own(slug: str, tmp_path: Path) -> None:
    files = written(slug, form(roles={"tf-1": "pretest"}))
    booklet, key = (text_of(slug, files[name], tmp_path) for name in ("booklet", "key"))
    assert SECRET not in booklet
    assert "86753" not in booklet
    assert "staff copy" in " ".join((booklet, str(members(files["booklet"])) if slug == "docx" else ""))
    for part in (
        f"{SECRET} because",
        f"{SECRET} one point each",
        "86753.5 ± 0.25 mg",
        "capitals count",
        "pretest",
    ):
        assert bare(part) in bare(key)


def test_the_table_of_answers_is_right() -> None:
    found = answers(written("docx", form())["key"])
    assert {id: found[id] for id in KEYS} == KEYS
    assert list(found) == [item.id for item in ALL_TYPES]


def test_the_printed_answers_are_the_same_in_both_formats(tmp_path: Path) -> None:
    text = "\n".join(pages(written("pdf", form())["key"], tmp_path))
    for position, item in enumerate(ALL_TYPES, 1):
        if item.id in KEYS:
            assert f"\n{position} {KEYS[item.id]}\n" in text


def test_rationales_stand_under_the_letters_of_the_form(tmp_path: Path) -> None:
    text = bare("\n".join(pages(written("pdf", form())["key"], tmp_path)))
    assert bare(f"A. {SECRET} talus B. {SECRET} fibula C. {SECRET} tibia") in text


@pytest.mark.parametrize("slug", FORMATS)
@pytest.mark.parametrize(
    ("stem", "shown"),
    [
        (r'\#import "x": \*; \#let a = 1', '#import "x": *; #let a = 1'),
        ("a `#raw $x$ <w:t>` b", "a #raw $x$ <w:t> b"),
        (r"\$5 < 6 & 7 > 3 @label \<b> ~ \\", "$5 < 6 & 7 > 3 @label <b> ~ \\"),
        ("&lt;w:t&gt; ]]> {{x}} %s \\n", "<w:t> ]]> {{x}} %s \\n"),
        ("\"quoted\" 'single' -- --- ... (c)", "\"quoted\" 'single' -- --- ... (c)"),
    ],
)
def test_hostile_texts_come_out_as_they_are(slug: str, stem: str, shown: str, tmp_path: Path) -> None:
    assert bare(shown) in bare(text_of(slug, written(slug, one(stem))["booklet"], tmp_path))


@pytest.mark.parametrize("slug", FORMATS)
def test_titles_are_no_markup_either(slug: str, tmp_path: Path) -> None:
    input = form(audience="candidate")
    input = msgspec.structs.replace(input, form=msgspec.structs.replace(input.form, title="#a $b$ <c> *d*"))
    assert "#a $b$ <c> *d*" in text_of(slug, written(slug, input)["booklet"], tmp_path)


@pytest.mark.parametrize("slug", FORMATS)
def test_a_version_says_which_it_is(slug: str, tmp_path: Path) -> None:
    input = form(audience="candidate")
    version = msgspec.structs.replace(input.form, id="sample-a-v2", version=Version("sample-a", 2, 7))
    text = text_of(slug, written(slug, msgspec.structs.replace(input, form=version))["booklet"], tmp_path)
    assert "sample-a-v2" in text
    assert bare("Version2") in bare(text)


@pytest.mark.parametrize("slug", FORMATS)
def test_an_ordering_of_a_bank_does_not_stand_in_its_right_order(slug: str, tmp_path: Path) -> None:
    text = text_of(slug, written(slug, form(orders={}, audience="candidate"))["booklet"], tmp_path)
    places = [text.index(f"{word} step") for word in ("first", "second", "third")]
    assert places != sorted(places)


@pytest.mark.parametrize(
    "stem",
    ["$$7+8$$", "Before $$7+8$$ after.\n\nMore.", "One.\n\n$$7+8$$", "- in a list $$7+8$$", "> q $$7+8$$"],
)
def test_a_displayed_formula_is_set_wherever_it_stands(stem: str, tmp_path: Path) -> None:
    assert "7+8" in bare("\n".join(pages(written("pdf", one(stem))["booklet"], tmp_path)))
