"""Instructor: a quiz of 25 items, printed and for the learning platform, with a key sheet for the desk."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from qbank import api
from qbank.model.item import Item
from tests.cli.cli_help import Qbank
from tests.consumers import libreoffice, program
from tests.formats.moodle.moodle_reading import questions
from tests.formats.print.print_forms import pages
from tests.stories.story import BANK, holds, within

PLAN = f"""\
id: quiz
title: Quiz on diagnoses and supplies
bank: {json.dumps(str(BANK))}
length: 25
eligible:
  status: [active]
  content_area: [icd10cm, hcpcs]
  cognitive_level: [recall, application]
  stimulus: {{present: false}}
constraints:
- {{label: diagnoses, kind: content, where: {{content_area: icd10cm}}, minimum: 15}}
- {{label: supplies, kind: content, where: {{content_area: hcpcs}}, minimum: 8}}
- {{label: recall, kind: content, where: {{cognitive_level: recall}}, minimum: 6, maximum: 10}}
- {{label: enemies apart, kind: enemies}}
objective: {{kind: random}}
"""
FORM = Path("exports/quiz-a/quiz-a.form.json")
OUT = FORM.parent


@pytest.fixture
def quiz(qbank: Qbank, tmp_path: Path) -> list[Item]:
    """The items of the quiz, in their order; the students' copies are made with it."""
    Path("quiz.yaml").write_text(PLAN, encoding="utf-8")
    to = [word for kind in ("pdf", "docx", "qti30") for word in ("--to", kind)]
    ran = qbank("assemble", "--blueprint", "quiz.yaml", *to, "--audience", "candidate")
    assert ran.code == 0, ran.err
    items = {item.id: item for item in api.load_bank(str(BANK))[0].items}
    (section,) = json.loads(FORM.read_text(encoding="utf-8"))["sections"]
    return [items[one["item"]] for one in section["placements"]]


def _sentences(items: list[Item]) -> list[str]:
    """The rationales of items, the plain ones that no markup or sign turns into other bytes."""
    told = [text for item in items for text in _rationale(item) if text.strip()]
    plain = [" ".join(text.split()) for text in told]
    return [text for text in plain if re.fullmatch(r"[\w .,;:()/-]{30,}", text)]


def _rationale(item: Item) -> list[str]:
    return [item.rationale] if isinstance(item.rationale, str) else list(item.rationale.values())


def test_it_is_what_was_asked_for(quiz: list[Item]) -> None:
    assert len(quiz) == 25
    domains = Counter(item.content_area.partition("/")[0] for item in quiz)
    assert set(domains) == {"icd10cm", "hcpcs"}
    assert {item.cognitive_level for item in quiz} == {"recall", "application"}
    assert not any(item.stimulus for item in quiz)


def test_no_rationale_is_in_the_students_copy(quiz: list[Item], tmp_path: Path) -> None:
    program("pdftotext")
    sentences = _sentences(quiz)
    assert len(sentences) > 25
    files = dict(within(OUT))
    assert {"quiz-a-candidate.pdf", "quiz-a-candidate.docx", "quiz-a-candidate.qti30.zip"} <= set(files)
    said = " ".join(pages((OUT / "quiz-a-candidate.pdf").read_bytes(), tmp_path))
    texts = [said, *(data.decode("utf-8", "replace") for data in files.values())]
    for text in texts:
        flat = " ".join(re.sub(r"<[^>]*>", "", text).split())
        assert not any(sentence in flat for sentence in sentences)
    assert not any(holds(data, "rationale") for data in files.values())
    marked = [name for name, data in files.items() if b"<qti-correct-response" in data]
    assert marked == []


def test_the_key_sheet_gives_every_answer(quiz: list[Item], qbank: Qbank, tmp_path: Path) -> None:
    assert qbank("export", str(FORM), "--to", "pdf", "--to", "docx").code == 0
    program("pdftotext")
    sheet = " ".join(" ".join(pages((OUT / "quiz-a-key-staff.pdf").read_bytes(), tmp_path)).split())
    for number, item in enumerate(quiz, 1):
        assert re.search(rf"\b{number}\. [A-F, ]+ {re.escape(item.id)}\b", sheet), item.id
    assert all(sentence in sheet for sentence in _sentences(quiz)[:5])


def test_the_booklet_opens_in_a_word_processor(quiz: list[Item], tmp_path: Path) -> None:
    opened = libreoffice(OUT / "quiz-a-candidate.docx", "pdf", tmp_path)
    said = " ".join(pages(opened.read_bytes(), tmp_path))
    assert said.count("Which") > 5
    assert "Quiz on diagnoses and supplies" in said


def test_the_platform_gets_its_questions(quiz: list[Item], qbank: Qbank) -> None:
    """Moodle XML has no place for declared codes and attributes: it says so, and goes without when told."""
    refused = qbank("export", str(FORM), "--to", "moodle-xml")
    assert refused.code == 1
    assert "no place for declared codes" in refused.err
    assert qbank("export", str(FORM), "--to", "moodle-xml", "--lossy").code == 0
    (file,) = OUT.glob("*moodle*.xml")
    asked = [one for one in questions(file.read_bytes()) if one["type"] != "description"]
    assert [one["idnumber"] for one in asked] == [item.id for item in quiz]


def test_the_qti_package_opens_in_the_converter_of_other_people(quiz: list[Item], tmp_path: Path) -> None:
    target = tmp_path / "opened.zip"
    command = [
        program("qti-convert", "QBANK_QTI_CONVERT"),
        "downgrade",
        str(OUT / "quiz-a-candidate.qti30.zip"),
        str(target),
    ]
    subprocess.run(command, check=True, capture_output=True)
    with zipfile.ZipFile(target) as package:
        opened = {Path(name).stem for name in package.namelist() if name.startswith("items/")}
    assert {item.id for item in quiz} <= opened
