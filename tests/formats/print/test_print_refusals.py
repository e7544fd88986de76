"""What cannot be printed is refused with its place, or with --lossy told; random banks never raise."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.formats import formats
from qbank.formats.booklet.flow import is_plain
from qbank.formats.contract import Export, Refused
from qbank.markup import to_tree
from qbank.markup.characters import legal
from qbank.markup.tree import Kid
from qbank.model.item import Item, MultipleChoice
from qbank.model.stimulus import Media
from tests.formats.print.print_forms import (
    bare,
    form,
    lossy,
    messages,
    one,
    pages,
    picture,
    with_media,
    word_text,
    written,
)
from tests.formats.qti_items import items
from tests.formats.samples import export_input

FORMATS = ("pdf", "docx")


@pytest.mark.parametrize("slug", FORMATS)
@pytest.mark.parametrize(
    ("stem", "message"),
    [
        ("a\x07b", "item only: stem holds a control character"),
        ("$\\nosuchmacro{x}$", "item only: stem holds a formula that cannot be converted"),
        ("<script>x</script>", "item only: stem holds script"),
        ("![x](https://example.org/a.png)", "item only: stem holds remote image"),
        ("![x](gone.png)", "item only: stem shows the picture gone.png, which is not there"),
        ("$" + "x^{" * 20 + "x" + "}" * 20 + "$", "item only: stem nests more than 16 elements"),
    ],
)
def test_a_text_that_cannot_be_printed(slug: str, stem: str, message: str) -> None:
    assert messages(slug, one(stem))[0].startswith(message)


@pytest.mark.parametrize("slug", FORMATS)
def test_a_form_without_items(slug: str) -> None:
    assert messages(slug, export_input([])) == ["the form holds no items"]


@pytest.mark.parametrize("slug", FORMATS)
def test_options_that_the_item_does_not_have(slug: str) -> None:
    told = messages(slug, form(orders={"mc-1": ("a", "b", "d")}))
    assert told == ["item mc-1: the form presents a, b, d, the item has a, b, c"]


@pytest.mark.parametrize("slug", FORMATS)
def test_sound_is_refused_or_only_named(slug: str, tmp_path: Path) -> None:
    input = with_media(tmp_path, Media("heart.mp3", alt="A heart"), heart_mp3=b"ID3")
    assert messages(slug, input)[0].startswith("stimulus seen: sound heart.mp3 cannot be printed")
    made = formats()[slug].write(lossy(input))
    assert isinstance(made, Export)
    assert [(loss.record, loss.field) for loss in made.lost] == [("seen", "media/0/file")]
    assert len(made.losses) == 1
    ((_, data),) = made.files
    text = "\n".join(pages(data, tmp_path)) if slug == "pdf" else word_text(data)
    assert "Sound: A heart" in text


@pytest.mark.parametrize("slug", FORMATS)
@pytest.mark.parametrize(
    ("file", "data", "message"),
    [
        ("a.png", b"no picture", "stimulus seen: the file a.png is no png file"),
        ("a.png", picture()[:30], "the picture a.png cannot be read"),
        ("a.tiff", b"II*", "stimulus seen: the file a.tiff is of a kind that cannot be printed"),
        ("../a.png", b"", "stimulus seen: the file ../a.png leaves the bank's folder"),
    ],
)
def test_a_picture_that_cannot_be_printed(
    slug: str, file: str, data: bytes, message: str, tmp_path: Path
) -> None:
    (tmp_path / Path(file).name).write_bytes(data)
    assert messages(slug, with_media(tmp_path, Media(file, alt="x")))[0].startswith(message)


@pytest.mark.parametrize("slug", FORMATS)
def test_a_link_out_of_the_bank_is_not_followed(slug: str, tmp_path: Path) -> None:
    (tmp_path / "bank").mkdir()
    (tmp_path / "a.png").write_bytes(picture())
    (tmp_path / "bank" / "a.png").symlink_to(tmp_path / "a.png")
    told = messages(slug, with_media(tmp_path / "bank", Media("a.png", alt="x")))
    assert told == ["stimulus seen: the file a.png leaves the bank's folder by a link"]


def test_word_does_not_know_every_picture(tmp_path: Path) -> None:
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    )
    input = with_media(tmp_path, Media("a.svg", alt="x"), a_svg=drawing)
    assert "is of a kind that cannot be printed here" in messages("docx", input)[0]
    assert written("pdf", input)


def test_characters_that_no_font_has(tmp_path: Path) -> None:
    input = one("A 漢字 sign")
    assert messages("pdf", input) == ["item only: no font has '字' (U+5B57), '漢' (U+6F22)"]
    made = formats()["pdf"].write(lossy(input))
    assert isinstance(made, Export)
    assert [(loss.record, loss.field) for loss in made.lost] == [("only", "stem")]
    assert "漢字" in word_text(written("docx", input)["booklet"])


@pytest.mark.parametrize(
    ("slug", "module", "package"), [("pdf", "typst", "typst"), ("docx", "docx", "python-docx")]
)
def test_a_missing_extra_is_named(
    slug: str, module: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    made = formats()[slug].write(form())
    assert isinstance(made, Refused)
    (finding,) = made.findings
    assert package in finding.message
    assert 'pip install "qbank[print]"' in finding.hint


_FORMULA = st.recursive(
    st.sampled_from(["x", "2", "\\alpha", "\\sum", "+", "\\text{if $ # }", "\\sin", "\\infty", "f(x)"]),
    lambda inner: st.one_of(
        st.builds("\\frac{{{}}}{{{}}}".format, inner, inner),
        st.builds("{{{}}}^{{{}}}_{{{}}}".format, inner, inner, inner),
        st.builds("\\sqrt[{}]{{{}}}".format, st.just("3"), inner),
        st.builds("\\left( {} \\right]".format, inner),
        st.builds("\\overline{{{}}} \\vec{{{}}}".format, inner, inner),
        st.builds("\\begin{{pmatrix}}{}&{}\\\\{}\\end{{pmatrix}}".format, inner, inner, inner),
        st.builds("\\underbrace{{{}}}_{{{}}}".format, inner, inner),
        st.builds("\\binom{{{}}}{{{}}} \\cancel{{{}}}".format, inner, inner, inner),
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("slug", FORMATS)
@settings(max_examples=30)
@given(
    drawn=st.lists(items(), min_size=1, max_size=2, unique_by=lambda item: item.id.lower()),
    latex=_FORMULA,
    loose=st.text(st.characters(codec="utf-8"), max_size=20),
    leave=st.booleans(),
)
def test_no_bank_makes_it_raise(slug: str, drawn: list[Item], latex: str, loose: str, leave: bool) -> None:
    first = msgspec.structs.replace(drawn[0], stem=f"{drawn[0].stem}\n\n${latex}$\n\n{loose}")
    input = export_input([first, *drawn[1:]])
    made = formats()[slug].write(lossy(input) if leave else input)
    assert isinstance(made, Export) or all(finding.message and finding.hint for finding in made.findings)


@settings(max_examples=20)
@given(latex=_FORMULA)
def test_formulas_are_set(latex: str) -> None:
    item = MultipleChoice(id="only", stem=f"${latex}$ and\n\n$${latex}$$", options={"A": "$x^2$"}, key="A")
    for slug in FORMATS:
        made = formats()[slug].write(export_input([item]))
        assert isinstance(made, Export) or "formula" in made.findings[0].message, made
        if isinstance(made, Export) and slug == "docx":
            assert bare(word_text(made.files[0][1]))


@given(text=st.text(st.characters(codec="utf-8") | st.sampled_from("ab1.) -+=#:;'\"(/%@"), max_size=30))
def test_a_text_taken_for_plain_is_plain(text: str) -> None:
    if is_plain(text) and legal(text) == text:
        assert bare(text) == bare("".join(_runs(to_tree(text))))
        assert all(isinstance(kid, str) or kid.tag == "p" for kid in to_tree(text))


def _runs(kids: Iterable[Kid]) -> Iterator[str]:
    for kid in kids:
        if isinstance(kid, str):
            yield kid
        else:
            yield from _runs(kid.kids)
