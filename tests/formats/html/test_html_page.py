"""The page as bytes: what it holds, what a candidate's does not, what is refused."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from qbank import api
from qbank.formats import formats
from qbank.formats.contract import AUDIENCES, Export, ExportInput, Refused
from qbank.formats.features import ALL
from qbank.formats.html import FORMAT
from qbank.formats.html.data import tree
from qbank.formats.html.page import SCRIPTS, asset
from qbank.model.blueprint import CutScore
from qbank.model.item import ITEM_TYPES, Item, MultipleChoice, Numeric, Ordering
from qbank.model.stimulus import Media
from tests.formats.html.practice_forms import ITEMS, SECRET, STIMULUS, hostile, practice
from tests.formats.qti_items import items
from tests.formats.samples import export_input

ROOT = Path(__file__).parents[3]


def written(input: ExportInput) -> bytes:
    result = FORMAT.write(input)
    assert isinstance(result, Export), result
    ((_, content),) = result.files
    return content


def data(page: bytes) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.decode(), re.DOTALL)
    assert found is not None
    known: dict[str, Any] = json.loads(found[1])
    return known


def test_the_table_of_what_it_carries() -> None:
    format = formats()["html"]
    assert format.item_types == set(ITEM_TYPES)
    assert format.carries == ALL
    assert set(format.notes) <= ALL
    assert (format.audiences, format.banks, format.reads) == (("staff", "candidate"), True, None)
    assert format.file_name(export_input(ITEMS)) == "sample-a-staff.html"


def test_the_policy_names_the_only_script_and_the_only_style(tmp_path: Path) -> None:
    text = written(practice(tmp_path)).decode()
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert (len(scripts), len(styles), text.count("<script")) == (1, 1, 2)
    hashes = [b64encode(sha256(one.encode()).digest()).decode() for one in (*scripts, *styles)]
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1] == (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        "img-src data:; media-src data:; base-uri 'none'; form-action 'none'"
    )


def test_the_assets_have_no_handlers_no_html_from_texts_and_no_addresses() -> None:
    for name in (*SCRIPTS, "practice.css", "page.html"):
        text = (
            asset(name).replace("http://www.w3.org/2000/svg", "").replace("http://www.w3.org/1999/xhtml", "")
        )
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", text
        )
        assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttp|\bon[a-z]+=\"", text), name


def test_a_candidates_page_holds_no_key(tmp_path: Path) -> None:
    staff, candidate = (written(practice(tmp_path, audience=one)) for one in AUDIENCES)
    assert SECRET.encode() in staff
    assert SECRET.encode() not in candidate
    shown = data(candidate)
    assert set(shown) & {"cut", "areas"} == set()
    known = {"section", "stimulus", "type", "stem", "options", "choose", "prompts", "reuse", "unit"}
    assert [sorted(set(item) - known) for item in shown["items"]] == [[]] * len(ITEMS)
    for secret in ("0.4", "tibia", "Shin", "pretest", "anatomy", "dose", "13"):
        assert secret not in json.dumps({**shown, "files": [], "fingerprint": ""}), secret
    order = [option["id"] for option in shown["items"][4]["options"]]
    assert order != list(ITEMS[4].key_ids)


def test_nothing_in_a_text_ends_the_data(tmp_path: Path) -> None:
    from qbank.formats.html.page import page

    content = page(hostile(tmp_path)).decode()
    body = content[content.index('id="data">') + 10 :]
    assert data(content.encode())["title"].startswith("</script><script>")
    assert not set(body[: body.index("</script>")]) & set("<>&\u2028\u2029")
    assert content.count("</script>") == 2


def test_unsafe_texts_are_refused_as_everywhere(tmp_path: Path) -> None:
    result = FORMAT.write(hostile(tmp_path))
    assert isinstance(result, Refused)
    messages = [finding.message for finding in result.findings]
    assert "item choice: stem holds script" in messages
    assert all(finding.hint for finding in result.findings)


AB = {"A": "x", "B": "y"}


@pytest.mark.parametrize(
    ("item", "message"),
    [
        (MultipleChoice(id="a", options=AB), "item a: 0 options are keyed, not one"),
        (Numeric(id="a"), "item a: the key is missing"),
        (Ordering(id="a", options=AB, key=("A",)), "item a: the key does not list every option once"),
        (MultipleChoice(id="a", stem="![x](../x.png)", options=AB, key="A"), "outside the bank"),
        (MultipleChoice(id="a", stem="![x](x.png)", options=AB, key="A"), "x.png, which is not there"),
        (MultipleChoice(id="a", stem="$\\foo$", options=AB, key="A"), "formula that cannot be converted"),
    ],
)
def test_what_cannot_be_practised_is_refused(item: Item, message: str, tmp_path: Path) -> None:
    result = FORMAT.write(export_input([item], media_root=str(tmp_path)))
    assert isinstance(result, Refused)
    assert message in " ".join(finding.message for finding in result.findings)
    assert all(finding.hint for finding in result.findings)


def test_files_of_unknown_kinds_are_refused(tmp_path: Path) -> None:
    whole = practice(tmp_path)
    (tmp_path / "note.pdf").write_bytes(b"%PDF")
    stimulus = msgspec.structs.replace(STIMULUS, media=(Media("note.pdf"),))
    result = FORMAT.write(msgspec.structs.replace(whole, stimuli={"case": stimulus}))
    assert isinstance(result, Refused)
    assert [one.message for one in result.findings] == [
        "stimulus case: the file note.pdf is of a kind that cannot be shown"
    ]


def test_a_file_stands_in_the_page_once(tmp_path: Path) -> None:
    whole = practice(tmp_path)
    item = msgspec.structs.replace(ITEMS[0], stem="![again](wrist.png) ![and](./wrist.png)")
    page = written(msgspec.structs.replace(whole, items={**whole.items, "choice": item}))
    assert page.count(b"data:image/png;base64,") == 1
    assert data(page)["addresses"] == {
        "./wrist.png": 2, "arm.svg": 0, "voice.wav": 1, "wrist.png": 2
    }  # fmt: skip


def test_a_cut_score_on_another_scale_gives_no_verdict_and_is_told(tmp_path: Path) -> None:
    whole = practice(tmp_path)
    form = msgspec.structs.replace(whole.form, cut_score=CutScore(500, scale="scaled"))
    result = FORMAT.write(msgspec.structs.replace(whole, form=form))
    assert isinstance(result, Export)
    assert "scale scaled" in result.losses[0].message
    assert data(result.files[0][1])["cut"] is None


def test_a_form_by_the_command_is_the_same_twice_in_any_zone_and_locale(tmp_path: Path) -> None:
    form = ROOT / "exports" / "cmcs-practice-a" / "cmcs-practice-a.form.json"
    made = []
    for number, zone in enumerate(("UTC", "Asia/Kathmandu")):
        out = tmp_path / str(number)
        environment = {
            **os.environ,
            "TZ": zone,
            "LC_ALL": ("C", "tr_TR.UTF-8")[number],
            "PYTHONHASHSEED": str(number),
        }
        command = [sys.executable, "-m", "qbank", "export", str(form), "--to", "html", "--out", str(out)]
        subprocess.run(command, check=True, capture_output=True, env=environment, cwd=ROOT)
        made.append((out / "cmcs-practice-a-staff.html").read_bytes())
    assert made[0] == made[1]
    shown = data(made[0])
    assert (len(shown["items"]), shown["minutes"], shown["cut"]) == (90, 120, 52)
    assert sum(item["scored"] for item in shown["items"]) == 75
    assert len(made[0]) < 300_000


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=st.lists(items(), min_size=1, max_size=5))
def test_every_text_is_well_formed_and_holds_no_script(drawn: list[Item]) -> None:
    for shown in tree(export_input(drawn))["items"]:
        for text in _texts(shown):
            root = etree.fromstring(f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>')
            names = {etree.QName(node).localname for node in root.iter("{*}*")}
            assert not names & {"script", "style", "iframe", "object", "svg", "a", "form", "input"}
            assert not [one for node in root.iter("{*}*") for one in node.attrib if str(one).startswith("on")]


def _texts(shown: dict[str, Any]) -> Iterator[str]:
    yield from (shown[name] for name in ("stem", "rationale", "rubric", "unit") if name in shown)
    yield from (option["text"] for option in shown.get("options", ()))
    yield from (*shown.get("prompts", ()), *shown["references"], *(text for _, text in shown["rationales"]))


def test_a_whole_bank_is_practised_without_limit() -> None:
    bank, _ = api.load_bank(ROOT / "banks" / "cmcs")
    exported = api.export_bank(bank, "html", where={"content_area": "hcpcs"})
    shown = data(exported.files[0][1])
    assert exported.files[0][0] == "cmcs-staff.html"
    assert (shown["bank"], shown["minutes"], shown["cut"]) == (True, None, None)
    assert all(item["scored"] for item in shown["items"])
