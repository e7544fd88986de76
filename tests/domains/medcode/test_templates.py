"""Items from templates: proven anew here, by other means than those of the generator."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank import rule
from qbank.cli.run import run
from qbank.diagnostics import Severity
from qbank.domains.medcode.answers import TableCodes
from qbank.domains.medcode.codeset import CodeSet
from qbank.domains.medcode.generate import Outcome, Request, generate, has_titles
from qbank.domains.medcode.local import read_table
from qbank.domains.medcode.templates import templates
from qbank.domains.medcode.templates._wording import difference, told_difference
from qbank.domains.medcode.templates.dose_units import Unit, unit_of
from qbank.domains.medcode.templates.laterality import without_side
from qbank.editing.records import entries
from tests.domains.medcode.official import codes as all_codes
from tests.domains.medcode.official import order_file, rows
from tests.domains.medcode.shared_sets import HCPCS, real
from tests.domains.medcode.test_rules_synthetic import TABLE

ROOT = Path(__file__).parents[3]
DAY = "2026-11-22"
LAST_QUARTER = "2026-09-15"
SLUGS = sorted(templates())
ABSENT = ""
_MADE: WeakKeyDictionary[CodeSet, dict[tuple[str, int, int, str], Outcome]] = WeakKeyDictionary()
"""What was made of a code set before: the real ones are asked by many tests."""
_ALL = (("reportable-on", "Q1"), ("october-change", "Q1"), ("dose-units", "J70"))


def made(codes: CodeSet, slug: str, *, count: int = 40, seed: int = 1, where: str = "") -> Outcome:
    asked = (slug, count, seed, where)
    kept = _MADE.setdefault(codes, {})
    if asked not in kept:
        on = DAY if templates()[slug].system == "icd10cm" else LAST_QUARTER
        request = Request(slug=slug, on=on, count=count, seed=seed, where=where)
        kept[asked] = generate(templates()[slug], codes, request)
    return kept[asked]


def synthetic() -> CodeSet:
    tables = read_table(TABLE, "synthetic.tsv", "synthetic").tables
    return TableCodes(lambda: tables)


@pytest.fixture(scope="module")
def sets(test_data: Path) -> CodeSet:
    return real(test_data)


@pytest.fixture(scope="module")
def known(test_data: Path) -> dict[str, tuple[str, str]]:
    """Flag and title of every code of FY2027, straight from the shared table: no code of qbank is asked."""
    return {one["code"]: (one["fy2027"], one["long_description"]) for one in all_codes(test_data)}


def bare(code: str) -> str:
    return code.replace(".", "")


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", text.casefold()))


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if slug != "dose-units"])
def test_keys_and_distractors_are_what_the_official_table_says(
    slug: str, sets: CodeSet, known: dict[str, tuple[str, str]]
) -> None:
    flags = {"billable": "1", "header": "0", "absent": ABSENT}
    found = made(sets, slug).records
    assert len(found) == 40
    for one in found:
        declared = {code["code"]: code for code in one["codes"]}
        for code in declared.values():
            assert known.get(bare(code["code"]), (ABSENT, ""))[0] == flags[code["expect"]], one["id"]
        key = one["options"][one["key"]]
        if slug == "code-to-title":
            (stimulus,) = (code["code"] for code in one["codes"] if code["role"] == "stimulus")
            assert stimulus in one["stem"]
            assert known[bare(stimulus)][1] == key
        else:
            assert declared[key] == {
                "system": "icd10cm",
                "code": key,
                "role": "key",
                "expect": "billable",
            }
            assert {*one["options"].values()} <= declared.keys()


@pytest.mark.parametrize("slug", ["title-to-code", "stage", "reportable-on", "october-change"])
def test_the_stem_has_the_title_of_the_key_and_of_no_other_billable_option(
    slug: str, sets: CodeSet, known: dict[str, tuple[str, str]]
) -> None:
    for one in made(sets, slug).records:
        key = one["options"][one["key"]]
        assert f'"{known[bare(key)][1]}"' in one["stem"]
        for text in {*one["options"].values()} - {key}:
            flag, title = known.get(bare(text), (ABSENT, ""))
            assert flag != "1" or words(title) - words(one["stem"]), (one["id"], text)


def test_only_the_key_has_the_documented_side(sets: CodeSet, known: dict[str, tuple[str, str]]) -> None:
    sides = {"on the right side": "right", "on the left side": "left", "on both sides": "bilateral"}
    for one in made(sets, "laterality").records:
        (side,) = (word for phrase, word in sides.items() if phrase in one["stem"])
        quoted = one["stem"].split('"')[1]
        right = [
            text
            for text in one["options"].values()
            for flag, title in [known.get(bare(text), (ABSENT, ""))]
            if flag == "1" and side in words(title) and words(quoted) <= words(title)
        ]
        assert right == [one["options"][one["key"]]], one["id"]


def test_only_the_key_has_the_encounter_of_the_story(
    sets: CodeSet, known: dict[str, tuple[str, str]]
) -> None:
    told = {
        "initial": r"arrives on the day|first time",
        "subsequent": r"comes back|At a check",
        "sequela": r"lasting problem",
    }
    course = {
        "routine": "heals as expected",
        "delayed": "too slowly",
        "nonunion": "failed to join",
        "malunion": "crookedly",
    }
    for one in made(sets, "seventh-character").records:
        stem = one["stem"]
        (kind,) = (kind for kind, pattern in told.items() if re.search(pattern, stem))
        right = []
        for text in one["options"].values():
            flag, title = known.get(bare(text), (ABSENT, ""))
            found, base = words(title), stem.split('"')[1]
            fits = flag == "1" and kind in found and words(base) <= found
            end = words(title[len(base) :])
            if fits and {"closed", "open"} & end:
                fits = ("open" in end) == ("is open" in stem)
            if fits and kind == "subsequent" and "with" in end:
                fits = all((name in found) == (phrase in stem) for name, phrase in course.items())
            right += [text] if fits else []
        assert right == [one["options"][one["key"]]], one["id"]


def test_units_are_the_dose_divided_by_the_unit_of_the_title(sets: CodeSet, test_data: Path) -> None:
    titles = {one["code"]: one["long_description"] for one in rows(test_data, HCPCS)}
    for one in made(sets, "dose-units", count=100).records:
        (code,) = (code["code"] for code in one["codes"])
        size = float(re.findall(r"(\d+(?:\.\d+)?) ?[a-z]+$", titles[code])[0])
        dose = float(re.findall(r"(?:gives|shows|injection of) ([\d,.]+) ", one["stem"])[0].replace(",", ""))
        assert int(one["options"][one["key"]]) == math.ceil(round(dose / size, 9)), one["id"]
        assert one["calculation"]["variables"] == {"dose": dose, "unit": size}
        assert list(map(int, one["options"].values())) == sorted(map(int, one["options"].values()))


def test_what_changed_on_october_1(sets: CodeSet, test_data: Path) -> None:
    lost = {
        one["code"]
        for one in rows(test_data, "icd10cm_changes_fy2026_fy2027.tsv.gz")
        if one["change"] in ("now_header", "removed")
    }
    outcome = made(sets, "october-change", count=200)
    for one in outcome.records:
        assert {bare(text) for text in one["options"].values()} & lost
    assert {"october-change-m7221", "october-change-i4201", "october-change-d6911"} <= {
        one["id"] for one in outcome.records
    }


@pytest.mark.parametrize("slug", SLUGS)
def test_items_are_unique_and_enemies_of_their_kin(slug: str, sets: CodeSet) -> None:
    found = made(sets, slug, count=30, where="M" if slug == "laterality" else "").records
    by_id = {one["id"]: one for one in found}
    assert len(by_id) == len({one["stem"] for one in found}) == 30
    for one in found:
        mates = [id for id, other in by_id.items() if common(other) == common(one) and id != one["id"]]
        assert one.get("enemies", []) == sorted(mates)
        assert len({*one["options"].values()}) == len(one["options"]) == 4
        assert one["rationale"].keys() == one["options"].keys()
        assert one["status"] == "draft"


@settings(max_examples=8)
@given(seed=st.integers(min_value=0, max_value=2**31))
def test_the_synthetic_set_gives_the_same_items_for_the_same_seed(seed: int) -> None:
    codes, again = synthetic(), synthetic()
    for slug, where in (("title-to-code", "Q"), ("laterality", "H"), ("seventh-character", "S"), *_ALL):
        first = made(codes, slug, seed=seed, count=8, where=where)
        assert first == made(again, slug, seed=seed, count=8, where=where)
        for one in first.records:
            assert one["attributes"]["seed"] == seed
            for code in one["codes"]:
                status = codes.lookup(
                    code["code"], LAST_QUARTER if slug == "dose-units" else DAY, code["system"]
                )
                assert status.status in (code["expect"], "retired" if code["expect"] == "absent" else "")
            key = one["options"][one["key"]]
            if slug in ("title-to-code", "reportable-on", "stage", "october-change"):
                title = codes.lookup(key, DAY).title
                assert f'"{title}"' in one["stem"]


def test_an_item_does_not_depend_on_what_is_made_beside_it(sets: CodeSet) -> None:
    many = {one["id"]: one for one in made(sets, "stage", count=40).records}
    for one in made(sets, "stage", count=10, where="N18").records:
        if one["id"] in many:
            assert {**one, "enemies": []} == {**many[one["id"]], "enemies": []}
    assert all(
        one["attributes"]["icd10cm_category"] == "N18" for one in made(sets, "stage", where="N18").records
    )


def test_differences_in_words() -> None:
    assert difference("Full moon", "New moon") == ("Full", "New")
    assert told_difference("Kidney disease, stage 4", "Kidney disease, stage 5") == ("stage 4", "stage 5")
    assert told_difference("Bleeding, first trimester", "Bleeding, third trimester") == (
        "first trimester",
        "third trimester",
    )
    assert without_side("Glow of right ear") == "Glow of ear"
    assert without_side("Glow, right ear") == "Glow, ear"
    assert unit_of("Injection, moonlight, per 15 mg") == Unit("moonlight", Fraction(15), "mg", "per")
    assert unit_of("Injection, moonlight, 1 mg (for night use)") is None


@pytest.mark.parametrize("slug", SLUGS)
def test_lint_has_nothing_to_say(
    slug: str, sets: CodeSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the record of the practice bank, whose settings are the strictest there are."""
    from qbank.checking import lint
    from qbank.reading.bank import load_bank

    on = LAST_QUARTER if slug == "dose-units" else DAY
    head = (ROOT / "banks" / "cmcs" / "bank.yaml").read_text(encoding="utf-8")
    head = head.replace("as_of: 2026-11-22", f"as_of: {on}").replace("- stimuli/*.yaml", "[]")
    head = head.replace("stimuli:\n[]", "stimuli: []").replace("items/**/*.yaml", "items.yaml")
    (tmp_path / "bank.yaml").write_text(head, encoding="utf-8")
    text = entries(made(sets, slug, count=60, seed=7).records)
    (tmp_path / "items.yaml").write_text(text, encoding="utf-8")
    rules = rule.all_rules()
    monkeypatch.setitem(rule._PROVIDERS, CodeSet, lambda _: sets)
    bank, problems = load_bank(tmp_path)
    assert not problems
    assert len(bank.items) == (60 if slug != "october-change" else len(made(sets, slug, count=60).records))
    said = [one for one in lint(bank, rules=rules).diagnostics if one.severity is not Severity.INFO]
    assert [(one.rule, one.message) for one in said] == []


def common(one: dict[str, Any]) -> str:
    """What makes items enemies: their category, and the answer where there is none."""
    return str(one["attributes"].get("icd10cm_category", one["options"][one["key"]]))


Work = Callable[..., tuple[int, str, str]]


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Work:
    """`qbank codes …` in an empty folder with an empty store."""
    monkeypatch.setenv("QBANK_CODES", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)

    def codes(*arguments: str) -> tuple[int, str, str]:
        code = run(["codes", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return codes


def imported(work: Work, test_data: Path, *letters: str) -> None:
    table = [one for one in all_codes(test_data) if one["code"].startswith(letters)]
    for year in ("fy2026", "fy2027"):
        Path(f"icd10cm_order_{year[2:]}.txt").write_bytes(order_file(table, year))
        assert work("import", f"icd10cm_order_{year[2:]}.txt")[0] == 0


def test_the_command_lists_templates_and_says_what_is_missing(work: Work) -> None:
    code, out, _ = work("generate")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == SLUGS
    code, _, err = work("generate", "lateralty")
    assert code == 2
    assert "Did you mean laterality?" in err
    code, _, err = work("generate", "laterality", "--on", DAY)
    assert code == 3
    assert "no data speaks of ICD-10-CM on 2026-11-22" in err
    code, _, err = work("generate", "laterality", "--on", DAY, "--bank", str(ROOT / "banks" / "cmcs"))
    assert code == 3
    assert "there are no titles" in err


def test_generating_twice_changes_nothing(work: Work, test_data: Path) -> None:
    imported(work, test_data, "N18", "E11", "M72")
    Path("bank").mkdir()
    Path("bank/bank.yaml").write_text(
        "id: demo\nas_of: 2026-11-22\nitems: ['*-drafts.yaml']\n", encoding="utf-8"
    )
    asked = ("generate", "title-to-code", "--count", "6", "--bank", "bank", "-o")
    code, out, err = work(*asked, "bank/a-drafts.yaml")
    assert (code, out) == (0, "")
    assert "6 items of title-to-code for 2026-11-22" in err
    before = Path("bank/a-drafts.yaml").read_bytes()
    code, _, err = work(*asked, "bank/b-drafts.yaml")
    assert code == 0
    assert "6 more are in the bank already" in err
    assert not Path("bank/b-drafts.yaml").exists()
    assert Path("bank/a-drafts.yaml").read_bytes() == before
    code, _, err = work("generate", "stage", "--on", DAY, "-o", "bank/a-drafts.yaml")
    assert code == 2
    assert "holds something else" in err
    assert Path("bank/a-drafts.yaml").read_bytes() == before


def test_overrides_and_one_year_only(work: Work, test_data: Path) -> None:
    imported(work, test_data, "N18")
    code, out, _ = work("generate", "stage", "--on", DAY, "--content-area", "x", "--cognitive-level", "y")
    assert code == 0
    assert out.count("content_area: x\n") == out.count('cognitive_level: "y"\n') == out.count("- id: ") > 0
    code, _, err = work("generate", "october-change", "--on", "2026-01-10")
    assert code == 3
    assert "needs the year before" in err


def test_without_titles_there_are_no_subjects() -> None:
    tables = read_table(
        "# complete: icd10cm 2024-10-01..2027-09-30\nsystem\tcode\tkind\nicd10cm\tQ10\tbillable\n",
        "t.tsv",
        "t",
    ).tables
    request = Request(slug="stage", on=DAY)
    assert not has_titles(templates()["stage"], TableCodes(lambda: tables), request)


def test_fields_of_an_item(sets: CodeSet) -> None:
    one: dict[str, Any] = made(sets, "stage", count=1, where="N18").records[0]
    assert one["attributes"] == {
        "seconds": 70,
        "origin": "template",
        "template": "stage",
        "template_version": "1",
        "seed": 1,
        "code_year": "FY2027",
        "icd10cm_category": "N18",
    }
    assert one["references"][0] == "ICD-10-CM code table, FY 2027, category N18"
