"""The files: same bytes everywhere, tags and marks for screen readers, pages that do not tear items apart."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from docx import Document
from lxml import etree

from qbank import api
from qbank.formats import formats
from qbank.formats.contract import Export, ExportInput
from qbank.formats.selection import bank_input
from qbank.model.bank import Bank
from qbank.model.form import Form
from qbank.model.item import MultipleChoice, MultipleResponse
from qbank.model.stimulus import Media
from tests.consumers import libreoffice
from tests.formats.print.print_forms import (
    CASE,
    answers,
    bare,
    form,
    members,
    objects,
    one,
    pages,
    picture,
    with_media,
    word_text,
    written,
)

ROOT = Path(__file__).parents[3]
FORM = ROOT / "exports" / "cmcs-practice-a" / "cmcs-practice-a.form.json"
FORMATS = ("pdf", "docx")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGESTS = """
import hashlib
from tests.formats.print.print_forms import form, written
for slug in ("pdf", "docx"):
    for name, data in sorted(written(slug, form()).items()):
        print(slug, name, hashlib.sha256(data).hexdigest())
"""


def digests(**environment: str) -> str:
    told = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(
        [sys.executable, "-c", _DIGESTS], capture_output=True, text=True, check=True, env=told, timeout=120
    )
    return done.stdout


def test_the_bytes_are_the_same_in_every_place_and_time_zone() -> None:
    here = "".join(
        f"{slug} {name} {hashlib.sha256(data).hexdigest()}\n"
        for slug in FORMATS
        for name, data in sorted(written(slug, form()).items())
    )
    assert digests(TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="1") == here
    assert digests(TZ="America/St_Johns", LC_ALL="tr_TR.UTF-8", SOURCE_DATE_EPOCH="1") == here


@pytest.fixture(scope="module")
def practice() -> ExportInput:
    """The committed practice form."""
    bank, _ = api.load_bank(ROOT / "banks" / "cmcs")
    return with_form(bank, api.load_form(FORM))


def with_form(bank: Bank, form: Form) -> ExportInput:
    return msgspec.structs.replace(bank_input(bank), form=form, is_bank=False, audience="candidate")


# ---- PDF ----


def test_a_pdf_is_tagged_and_says_that_it_is_accessible() -> None:
    for data in written("pdf", form()).values():
        whole = objects(data)
        assert b"<pdfuaid:part>1</pdfuaid:part>" in whole
        assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", whole)
        assert re.search(rb"/Lang\s*\(en\)", whole)
        assert b"/StructTreeRoot" in whole
        assert b"/DisplayDocTitle true" in whole
        assert b"/JavaScript" not in whole
        assert b"/URI" not in whole


def test_formulas_and_pictures_speak(tmp_path: Path) -> None:
    assert rb"x^{2}" in objects(written("pdf", one("What is $x^{2}$?"))["booklet"])
    data = written("pdf", with_media(tmp_path, Media("a.png", alt="A blue box"), a_png=picture()))["booklet"]
    assert b"/Alt(A blue box)" in objects(data).replace(b"/Alt (", b"/Alt(")


def test_without_words_for_a_picture_a_pdf_is_only_tagged(tmp_path: Path) -> None:
    made = formats()["pdf"].write(with_media(tmp_path, Media("a.png"), a_png=picture()))
    assert isinstance(made, Export)
    (told,) = made.losses
    assert told.message == "the PDF is tagged, but it is no PDF/UA: no text alternative for a.png"
    whole = objects(made.files[0][1])
    assert b"pdfuaid" not in whole
    assert b"/StructTreeRoot" in whole


def test_no_item_is_torn_apart(practice: ExportInput, tmp_path: Path) -> None:
    found = [bare(page) for page in pages(written("pdf", practice)["booklet"], tmp_path)]
    torn_apart(practice, found)


def torn_apart(input: ExportInput, found: list[str]) -> None:
    """Fail for an item of one answer whose number and options stand on no one page, or a case without one."""
    for placed in input.placed():
        item = placed.item
        if isinstance(item, MultipleChoice | MultipleResponse):
            options = [bare(item.options[id].replace("*", "")) for id in placed.placement.option_order]
            stem = bare(f"{placed.placement.position}.{item.stem.replace('*', '')}")[:30]
            assert any(stem in page and all(one in page for one in options) for page in found), item.id
    for lead in re.findall(r"Items(\d+)(?:to|and)\d+refertothefollowing", "".join(found)):
        page = next(page for page in found if re.search(rf"Items{lead}(to|and)\d+referto", page))
        assert re.search(rf"{lead}\.[A-Z]", page), f"the case of item {lead} stands on another page"


def test_an_item_longer_than_a_page_loses_nothing(tmp_path: Path) -> None:
    stem = "\n\n".join(f"Paragraph {number} of a long stem." for number in range(200))
    item = MultipleChoice(id="long", stem=stem, options={"A": "the very last"}, key="A", stimulus="case-1")
    case = msgspec.structs.replace(CASE, text=stem.replace("stem", "case"))
    input = form([item], stimuli=(case,), orders={}, audience="candidate", sections=1)
    text = "\n".join(pages(written("pdf", input)["booklet"], tmp_path))
    for number in range(200):
        assert f"Paragraph {number} of a long stem." in text
        assert f"Paragraph {number} of a long case." in text
    assert "the very last" in text


def test_every_page_has_its_number_and_the_forms_id(practice: ExportInput, tmp_path: Path) -> None:
    found = pages(written("pdf", practice)["booklet"], tmp_path)
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page
        assert "cmcs-practice-a" in page
        assert "Confidential test material" in page
    assert 12 <= len(found) <= 30


# ---- Word ----


def test_word_files_have_styles_lists_fields_and_a_language() -> None:
    files = written("docx", form(info={"language": "de"}))
    whole = members(files["booklet"])
    styles = {one.style.name for one in Document(io.BytesIO(files["booklet"])).paragraphs if one.style}
    assert {"Title", "Heading 1", "Item", "Option", "Case"} <= styles
    assert b'w:lang w:val="de"' in whole["word/styles.xml"]
    footer = b"".join(data for name, data in whole.items() if "footer" in name)
    assert b" PAGE " in footer
    assert b" NUMPAGES " in footer
    assert b"staff copy" in footer
    key = etree.fromstring(members(files["key"])["word/document.xml"])
    assert len(list(key.iter(f"{W}tblHeader"))) == 1
    assert b"python-docx" not in b"".join(whole.values())


def test_the_paragraphs_of_an_item_keep_together() -> None:
    document = Document(io.BytesIO(written("docx", form(audience="candidate"))["booklet"]))
    texts = {one.text: one.paragraph_format for one in document.paragraphs}
    assert texts["1.\tWhich bone is lateral?"].keep_with_next
    assert texts["Talus"].keep_with_next
    assert not texts["Tibia"].keep_with_next
    assert texts["A fall"].keep_with_next
    assert texts["It hurt."].keep_with_next


def test_pictures_in_word_speak(tmp_path: Path) -> None:
    data = written("docx", with_media(tmp_path, Media("a.png", alt="A <blue> box"), a_png=picture()))
    assert b'descr="A &lt;blue&gt; box"' in members(data["booklet"])["word/document.xml"]


@pytest.mark.parametrize(
    ("latex", "parts"),
    [
        (r"\frac{a}{b}", ["f", "num", "den"]),
        (r"x_1^2", ["sSubSup", "sub", "sup"]),
        (r"\sqrt[3]{x}", ["rad", "deg"]),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", ["d", "m", "mr"]),
        (r"\vec{v}", ["acc"]),
        (r"\overline{x}", ["bar"]),
        (r"\underbrace{a}_{b}", ["groupChr", "limLow"]),
        (r"\cancel{x}", ["borderBox"]),
    ],
)
def test_formulas_are_words_own(latex: str, parts: list[str]) -> None:
    tree = etree.fromstring(members(written("docx", one(f"${latex}$"))["booklet"])["word/document.xml"])
    space = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    (formula,) = tree.iter(f"{{{space}}}oMath")
    found = {etree.QName(element).localname for element in formula.iter()}
    assert set(parts) <= found
    parent = formula.getparent()
    assert parent is not None
    assert parent.tag == f"{W}p"


def test_libreoffice_opens_a_booklet(practice: ExportInput, tmp_path: Path) -> None:
    for name, data in written("docx", msgspec.structs.replace(practice, audience="staff")).items():
        (tmp_path / f"{name}.docx").write_bytes(data)
    found = pages(libreoffice(tmp_path / "booklet.docx", "pdf", tmp_path).read_bytes(), tmp_path)
    assert 15 <= len(found) <= 40
    assert f"Page 1 of {len(found)}" in found[0]
    torn_apart(practice, [bare(page) for page in found])
    key = pages(libreoffice(tmp_path / "key.docx", "pdf", tmp_path).read_bytes(), tmp_path)
    assert "No. Key Item id" in key[1].replace("\n", " ")  # the head of the table is repeated


# ---- versions and banks ----


def test_the_keys_of_versions_are_right(practice: ExportInput) -> None:
    bank, base = practice.bank, practice.form
    blueprint = api.load_blueprint(ROOT / "banks" / "cmcs" / "blueprints" / "practice.yaml")
    for version in api.scramble(base, bank, blueprint, versions=4, seed=3):
        staff = msgspec.structs.replace(practice, form=version, audience="staff")
        found = answers(written("docx", staff)["key"])
        for placement in version.placements:
            item = practice.items[placement.item]
            if isinstance(item, MultipleChoice):
                assert found[item.id] == "ABCDEFGH"[placement.option_order.index(str(item.key))]
            elif isinstance(item, MultipleResponse):
                places = sorted(placement.option_order.index(id) for id in item.key_ids)
                assert found[item.id] == ", ".join("ABCDEFGH"[place] for place in places)


@pytest.mark.parametrize("slug", FORMATS)
def test_a_whole_bank_is_printed(slug: str, practice: ExportInput, tmp_path: Path) -> None:
    items = practice.bank.items[:25]
    bank = msgspec.structs.replace(practice.bank, items=items)
    files = written(slug, bank_input(bank))
    text = "\n".join(pages(files["key"], tmp_path)) if slug == "pdf" else word_text(files["key"])
    assert all(item.id in text for item in items)
