"""Every branch of the rules about codes, on a code set of sixty rows that is made up."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbank import rule
from qbank.checking import lint
from qbank.config import Settings
from qbank.diagnostics import Diagnostic
from qbank.domains.medcode.answers import TableCodes
from qbank.domains.medcode.codeset import CodeSet
from qbank.domains.medcode.local import read_table
from qbank.model.bank import Bank, BankRecord
from qbank.model.item import (
    Code,
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    NumericKey,
    Ordering,
    ShortAnswer,
    TrueFalse,
)
from qbank.reading.bank import load_bank
from qbank.rule import all_rules

TABLE = (Path(__file__).parent / "synthetic.tsv").read_text(encoding="utf-8")
DAY = "2026-11-22"
Declared = str | Mapping[str, str]


def code(text: str, system: str = "icd10cm") -> dict[str, str]:
    """A declaration written as CODE:ROLE:EXPECT, the last two may be left out."""
    name, role, expect = [*text.split(":"), "", ""][:3]
    found = {"system": system, "code": name, "role": role, "expect": expect}
    return {field: value for field, value in found.items() if value}


def choice(
    stem: str, keyed: str, *others: str, codes: list[Any] | None = None, **more: Any
) -> dict[str, Any]:
    """A multiple-choice item; without `codes` the code of each option is declared."""
    options = {"A": keyed, **dict(zip("BCDE", others or ("neither",), strict=False))}
    if codes is None:
        codes = [code(f"{text}:{'key' if id == 'A' else 'distractor'}") for id, text in options.items()]
    return {
        "id": "item-1",
        "type": "multiple-choice",
        "stem": stem,
        "options": options,
        "key": "A",
        "codes": codes,
        **more,
    }


def found(folder: Path, *items: dict[str, Any], as_of: str = DAY, table: str = TABLE) -> list[Diagnostic]:
    """What the rules about codes say of some items."""
    (folder / "codes").mkdir()
    (folder / "codes" / "synthetic.tsv").write_text(table, encoding="utf-8")
    record: dict[str, Any] = {"id": "made-up", "items": ["items.json"]}
    if as_of:
        record["as_of"] = as_of
    attributes = {"code_year": {"type": "string"}, "licensed_text": {"type": "boolean"}}
    (folder / "bank.yaml").write_text(json.dumps({**record, "attributes": attributes}), encoding="utf-8")
    (folder / "items.json").write_text(json.dumps(items), encoding="utf-8")
    bank, problems = load_bank(folder)
    return list(lint(bank, problems, settings=Settings(select=("codes", "schema"))).diagnostics)


def slugs(diagnostics: list[Diagnostic]) -> list[str]:
    return [one.rule for one in diagnostics]


CASES: list[tuple[str, dict[str, Any], list[str]]] = [
    # what a keyed code is on the day
    ("reportable", choice("Which?", "Q10.0", "Q10.1"), []),
    ("key unknown", choice("Which?", "Q10.3", "Q10.1"), ["code-unknown"]),
    ("distractor unknown", choice("Which?", "Q10.0", "Q10.3"), ["code-unknown"]),
    (
        "distractor absent on purpose",
        choice("Which?", "Q10.0", "Q10.3", codes=[code("Q10.0:key"), code("Q10.3:distractor:absent")]),
        [],
    ),
    (
        "absent, but there",
        choice("Which?", "Q10.0", "Q15", codes=[code("Q10.0:key"), code("Q15:distractor:absent")]),
        ["code-unknown"],
    ),
    ("key is a header", choice("Which?", "Q10", "Q10.1"), ["code-not-billable"]),
    ("key became a header", choice("Which?", "Q10.2", "Q10.1"), ["code-not-billable"]),
    ("distractor is a header", choice("Which?", "Q10.0", "Q11"), []),
    (
        "a header that is meant",
        choice("Which category?", "Q10", "Q11", codes=[code("Q10:key:header"), code("Q11:distractor")]),
        [],
    ),
    (
        "a header that is none",
        choice("Which?", "Q10.0", "Q12", codes=[code("Q10.0:key"), code("Q12:distractor:header")]),
        ["code-not-billable"],
    ),
    ("key retired", choice("Which?", "Q14", "Q10.1"), ["code-retired"]),
    ("distractor retired", choice("Which?", "Q10.0", "Q14"), ["code-retired"]),
    (
        "any will do",
        choice(
            "Which?", "Q10.0", "Q14", "Q10.3", codes=[code("Q10.0:key"), code("Q14::any"), code("Q10.3::any")]
        ),
        [],
    ),
    (
        "a code of a stem",
        choice("After Q14, which?", "Q10.0", codes=[code("Q14"), code("Q10.0")]),
        ["code-retired"],
    ),
    ("a code of a rationale", choice("Which?", "Yes", "No", codes=[code("Q14")], rationale="Not Q14."), []),
    ("a retired item", choice("Which?", "Q14", "Q10.1", status="retired"), []),
    # format
    ("no dot", choice("Which?", "Q100", "Q10.1"), ["code-format"]),
    ("a small letter", choice("Which?", "q10.0", "Q10.1"), ["code-format"]),
    ("too long", choice("Which?", "S90.01XAA", "Q10.1"), ["code-format"]),
    (
        "out of shape on purpose",
        choice("Which?", "Q10.0", "S90.01XAA", codes=[code("Q10.0"), code("S90.01XAA::absent")]),
        [],
    ),
    # seventh characters
    ("a placeholder is missing", choice("Which?", "S90.01A", "Q10.1"), ["code-seventh-character"]),
    ("far too early", choice("Which?", "W90.A", "Q10.1"), ["code-seventh-character"]),
    ("none at all", choice("Which?", "W90.XXX", "Q10.1"), ["code-seventh-character"]),
    ("not one of them", choice("Which?", "S90.01XB", "Q10.1"), ["code-seventh-character"]),
    ("one too many", choice("Which?", "Q10.1XXA", "Q10.1"), ["code-seventh-character"]),
    ("one too many, too early", choice("Which?", "Q10.1A", "Q10.1"), ["code-seventh-character"]),
    ("only the seventh is missing", choice("Which?", "S90.01", "Q10.1"), ["code-not-billable"]),
    ("on purpose", choice("Which?", "Q10.0", "W90.A", codes=[code("Q10.0"), code("W90.A::absent")]), []),
    ("right for the encounter", choice("At the initial encounter, which?", "S90.01XA", "S90.01XD"), []),
    (
        "D at the first",
        choice("At the initial encounter, which?", "S90.01XD", "S90.01XA"),
        ["code-encounter"],
    ),
    ("S at a later", choice("At a subsequent encounter?", "S90.01XS", "S90.01XA"), ["code-encounter"]),
    ("A for a sequela", choice("The scar is a sequela. Which?", "S90.01XA", "S90.01XS"), ["code-encounter"]),
    ("a sequela denied", choice("No sequela is seen. Which?", "S90.01XA", "S90.01XS"), []),
    ("two encounters", choice("Initial encounter, then a subsequent encounter?", "S90.01XD", "S90.01XA"), []),
    # sides
    ("the right side", choice("The right ear glows. Which?", "H90.1", "H90.2"), []),
    ("the wrong side", choice("The right ear glows. Which?", "H90.2", "H90.1"), ["code-laterality"]),
    ("both sides", choice("Both ears glow. Which?", "H90.3", "H90.1"), []),
    ("one for both", choice("Both ears glow. Which?", "H90.1", "H90.3"), ["code-laterality"]),
    ("unspecified", choice("The left ear glows. Which?", "H90.9", "H90.2"), ["code-laterality"]),
    ("a side of no pair", choice("The left ear rings. Which?", "H91.1", "Q10.0"), []),
    (
        "behind a placeholder",
        choice("The left wing is bruised?", "S90.01XA", "S90.02XA"),
        ["code-laterality"],
    ),
    ("he left the room", choice("He left the room; the right ear glows. Which?", "H90.1", "H90.2"), []),
    # two codes of one answer
    (
        "excluded",
        choice("Which codes?", "Q10.0, Q11.0", "Q12", codes=[code("Q10.0"), code("Q11.0"), code("Q12")]),
        ["code-excludes1"],
    ),
    (
        "excluded, the other way round",
        choice("Which codes?", "Q11.0; Q10.0", "Q12", codes=[code("Q10.0"), code("Q11.0"), code("Q12")]),
        ["code-excludes1"],
    ),
    (
        "Excludes2",
        choice("Which codes?", "Q12, Q10.0", "Q11.0", codes=[code("Q10.0"), code("Q11.0"), code("Q12")]),
        [],
    ),
    (
        "additional first",
        choice("Which codes?", "Q20.3, Q10.0", codes=[code("Q10.0"), code("Q20.3")]),
        ["code-sequence"],
    ),
    ("additional last", choice("Which codes?", "Q10.0, Q20.3", codes=[code("Q10.0"), code("Q20.3")]), []),
    ("not in the range", choice("Which codes?", "Q20.5, Q10.0", codes=[code("Q10.0"), code("Q20.5")]), []),
    (
        "in any order",
        choice("Which codes, in any order?", "Q20.3, Q10.0", codes=[code("Q10.0"), code("Q20.3")]),
        [],
    ),
    (
        "a sentence is no string",
        choice("What?", "Q20.3 is the phase of Q10.0", codes=[code("Q10.0"), code("Q20.3")]),
        [],
    ),
    (
        "an adverse effect first",
        choice("Which?", "T40.1X5A, G60.1", codes=[code("T40.1X5A"), code("G60.1")]),
        ["code-sequence"],
    ),
    (
        "a poisoning first",
        choice("Which?", "T40.1X1A, G60.1", codes=[code("T40.1X1A"), code("G60.1")]),
        [],
    ),
    (
        "the manifestation first",
        choice("Which?", "Q13.0, Q10.0", codes=[code("Q13.0"), code("Q10.0")]),
        ["code-manifestation-first", "code-sequence"],
    ),
    (
        "the manifestation keyed as the first",
        choice("Which code is listed first?", "Q13.0", "Q10.0"),
        ["code-manifestation-first"],
    ),
    ("the manifestation alone", choice("Which code tells of the weariness?", "Q13.0", "Q10.0"), []),
    (
        "not elsewhere classified",
        choice("Which?", "Q17, Q12", codes=[code("Q17"), code("Q12")]),
        [],
    ),
    # titles
    (
        "revised",
        choice("Which?", "Q16", "Q10.0", attributes={"code_year": "FY2026"}),
        ["code-title-changed"],
    ),
    ("of this year", choice("Which?", "Q16", "Q10.0", attributes={"code_year": "FY2027"}), []),
    (
        "by the latest review",
        choice(
            "Which?",
            "Q16",
            "Q10.0",
            review=[{"by": "model", "date": "2025-01-01"}, {"by": "model", "date": "2026-01-01"}],
        ),
        ["code-title-changed"],
    ),
    ("without a year", choice("Which?", "Q16", "Q10.0"), []),
    # HCPCS
    ("active", choice("Which?", "J7001", codes=[code("J7001", "hcpcs"), code("MO", "hcpcs-modifier")]), []),
    ("terminated", choice("Which?", "J7003", codes=[code("J7003", "hcpcs")]), ["hcpcs-inactive"]),
    (
        "a modifier terminated",
        choice("Which?", "MX", codes=[code("MX", "hcpcs-modifier")]),
        ["hcpcs-inactive"],
    ),
    ("to come", choice("Which?", "J7004", codes=[code("J7004", "hcpcs")]), ["code-not-yet-effective"]),
    ("no such code", choice("Which?", "J7009", codes=[code("J7009", "hcpcs")]), ["code-unknown"]),
    (
        "units",
        choice("60 mg of moonlight are given. How many units of J7001?", "4", codes=[code("J7001", "hcpcs")]),
        [],
    ),
    (
        "units not divided",
        choice(
            "60 mg of moonlight are given. How many units of J7001?", "60", codes=[code("J7001", "hcpcs")]
        ),
        ["hcpcs-units"],
    ),
    (
        "units rounded down",
        choice("0.07 g of starlight. How many units?", "1", codes=[code("J7002:stimulus", "hcpcs")]),
        ["hcpcs-units"],
    ),
    (
        "two amounts",
        choice("60 mg, then 10 mg. How many units?", "4", codes=[code("J7001:stimulus", "hcpcs")]),
        [],
    ),
    # other systems
    ("a group", choice("Which group?", "291", codes=[code("291", "msdrg")]), []),
    ("no such group", choice("Which group?", "999", codes=[code("999", "msdrg")]), ["code-unknown"]),
    (
        "a system that there is not",
        choice("?", "Q10.0", codes=[code("Q10.0", "icd10")]),
        ["codes-not-checked"],
    ),
    ("CPT", choice("Which?", "99213", codes=[code("99213:key", "cpt")]), ["cpt-unverified"]),
    (
        "no data of a system",
        choice("Which?", "0DTJ4ZZ", codes=[code("0DTJ4ZZ", "icd10pcs")]),
        ["codes-not-checked"],
    ),
    # free text
    ("undeclared", choice("Is it Q11.0?", "Q10.0", codes=[code("Q10.0")]), ["code-undeclared"]),
    ("a header of it", choice("Of category Q10, which?", "Q10.0", codes=[code("Q10.0")]), []),
    ("undeclared HCPCS", choice("Is it J7001?", "Q10.0", codes=[code("Q10.0")]), ["code-undeclared"]),
    ("no code", choice("A1c, T10, B12, S1, H1N1, room A1000?", "Q10.0", codes=[code("Q10.0")]), []),
    ("both", choice("Is it A1000?", "Q10.0", codes=[code("Q10.0")]), ["code-ambiguous"]),
    ("both, told", choice("Is it HCPCS A1000?", "Q10.0", codes=[code("Q10.0")]), ["code-undeclared"]),
    ("both, declared", choice("Is it A1000?", "Q10.0", codes=[code("A1000", "hcpcs")]), ["code-undeclared"]),
    # references and licences
    (
        "a section",
        choice("?", "Q10.0", "Q10.1", references=["ICD-10-CM Official Guidelines, FY 2027, Section I.D.1"]),
        ["guideline-reference"],
    ),
    (
        "no edition",
        choice("?", "Q10.0", "Q10.1", references=["ICD-10-CM Official Guidelines, Section I.A.19"]),
        ["guideline-reference"],
    ),
    ("flagged", choice("?", "Q10.0", "Q10.1", tags=["licensed-text"]), ["licensed-text"]),
]


@pytest.mark.parametrize(("item", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_case(item: dict[str, Any], expected: list[str], tmp_path: Path) -> None:
    assert sorted(slugs(found(tmp_path, item))) == expected


def test_every_rule_fires_in_some_case() -> None:
    seen = {slug for _, _, expected in CASES for slug in expected}
    rules = {slug for slug, one in all_rules().items() if one.family == "codes"}
    assert rules - seen == {"code-table", "codes-beyond-data"}


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-09-30", []),
        ("2026-10-01", ["code-not-billable"]),
        ("2028-01-01", ["codes-beyond-data"]),
        ("", ["codes-not-checked"]),
    ],
)
def test_the_day_of_the_bank_decides(as_of: str, expected: list[str], tmp_path: Path) -> None:
    item = choice("Which?", "Q10.2", "Q10.1")
    diagnostics = found(tmp_path, item, as_of=as_of)
    assert slugs(diagnostics) == expected


def test_a_new_header_names_place_option_and_candidates(tmp_path: Path) -> None:
    (one,) = found(tmp_path, choice("Which?", "Q10.2", "Q10.1"))
    assert (one.item, one.pointer) == ("item-1", "/codes/0/code")
    assert one.message == (
        f"Q10.2 (key, option A) is a header on {DAY}, not reportable: it was reportable until 2026-09-30"
    )
    assert one.hint.startswith("Candidates: Q10.20, Q10.21, Q10.29.")
    assert [place.message for place in one.related] == ["option A"]


def test_codes_not_checked_says_which_and_why(tmp_path: Path) -> None:
    covered = {
        "# complete: icd10cm": "# covers: icd10cm",
        "2026-12-31": "2026-03-31",
        "2026-12-01": "2026-03-01",
    }
    table = TABLE
    for old, new in covered.items():
        table = table.replace(old, new)
    declared = [
        code("Q10.0:key"),
        code("Q10.3:distractor"),
        code("J7001:stimulus", "hcpcs"),
        code("0DTJ4ZZ:stimulus", "icd10pcs"),
        code("7::any", "msdrg"),
    ]
    beyond, missed = found(tmp_path, choice("Which?", "Q10.0", "Q10.3", codes=declared), table=table)
    assert (beyond.rule, beyond.severity) == ("codes-beyond-data", "info")
    assert beyond.message == (
        f"1 declared code is not checked: the data of HCPCS Level II says nothing about {DAY}"
    )
    assert (missed.rule, missed.severity) == ("codes-not-checked", "warning")
    assert missed.message == (
        f"2 of 4 declared codes are not checked on {DAY}: the data of ICD-10-CM does not hold Q10.3 (1); "
        "there is no data of ICD-10-PCS (1)"
    )


def test_it_is_said_once_for_many_items(tmp_path: Path) -> None:
    items = [choice("Which?", "99213", id=f"item-{at}", codes=[code("99213:key", "cpt")]) for at in range(30)]
    (one,) = found(tmp_path, *items)
    assert one.message.startswith("30 CPT codes of 30 items are unverified")


def test_a_bank_without_codes_loads_no_code_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded(self: TableCodes, *asked: str) -> None:
        raise AssertionError("a code set was asked for")

    for name in ("lookup", "notes", "systems", "covers", "children", "parents", "siblings"):
        monkeypatch.setattr(TableCodes, name, loaded)
    plain = tuple(TrueFalse(id=f"item-{at}", stem="Room A1000 is E11.22.", key=True) for at in range(3))
    bank = Bank(info=BankRecord(id="plain", as_of=DAY), items=plain)
    assert lint(bank, settings=Settings(select=("codes",))).diagnostics == ()
    coded = TrueFalse(id="coded", stem="Q10.0", key=True, codes=(Code("icd10cm", "Q10.0", "stimulus"),))
    with pytest.raises(Exception, match="a code set was asked for"):
        lint(
            Bank(info=BankRecord(id="coded", as_of=DAY), items=(coded,)), settings=Settings(select=("codes",))
        )


def test_an_answer_of_very_many_codes_does_not_take_minutes(tmp_path: Path) -> None:
    many = [f"E10.{number:04}" for number in range(300)]
    head = (
        "# complete: icd10cm 2026-10-01..2027-09-30\nsystem\tcode\tkind\tvalid_from\tvalid_to\ttitle\tnotes\n"
    )
    notes = "excludes1: any other (E10.0000-E10.9999)"
    table = head + "".join(f"icd10cm\t{one}\tbillable\t\t\t\t{notes}\n" for one in ("E10", *many))
    table = table.replace("(E10.0000-E10.9999)", "(E10.0299)")
    item = choice(
        "Which are reported?", ", ".join(reversed(many)), codes=[code(f"{one}:key") for one in many]
    )
    told = found(tmp_path, item, table=table)
    assert (
        slugs(told).count("code-excludes1") == 99
    )  # of the first hundred codes, each against the last of all


def test_the_table_is_sound_and_small() -> None:
    table = read_table(TABLE, "synthetic.tsv", "synthetic.tsv")
    assert table.problems == ()
    assert sum(map(len, table.tables)) == 60


# --- whatever is declared -------------------------------------------------------------------------------

_PIECES = [
    "Q10",
    "Q10.0",
    "Q100",
    "S90.01XA",
    "S90.01",
    "W90.A",
    "H90.1",
    "J7001",
    "A1000",
    "99213",
    "25",
    ".",
    "-",
]
_TEXTS = st.lists(
    st.sampled_from([*_PIECES, ", ", "; ", " then ", "code ", "right ", "60 mg ", "é", "\U0001f600", "("]),
    max_size=6,
).map("".join)
_CODES = st.lists(
    st.builds(
        Code,
        st.sampled_from(["icd10cm", "hcpcs", "hcpcs-modifier", "cpt", "icd10pcs", "msdrg", "other", ""]),
        st.one_of(st.sampled_from(_PIECES), st.text(max_size=9)),
        st.sampled_from(["", "key", "distractor", "stimulus", "rationale"]),
        st.sampled_from(["", "billable", "header", "absent", "any"]),
    ),
    max_size=4,
).map(tuple)
_SHARED: dict[str, Any] = {"id": st.just("any"), "stem": _TEXTS, "codes": _CODES}
_OPTIONS = st.dictionaries(st.sampled_from("ABCD"), _TEXTS, max_size=4)
_IDS = st.lists(st.sampled_from("ABCDE"), max_size=3).map(tuple)
_ITEMS = st.one_of(
    st.builds(MultipleChoice, **_SHARED, options=_OPTIONS, key=st.sampled_from(["A", "E", None, ("A", "B")])),
    st.builds(MultipleResponse, **_SHARED, options=_OPTIONS, key=st.one_of(_IDS, st.none())),
    st.builds(Ordering, **_SHARED, options=_OPTIONS, key=st.one_of(_IDS, st.none())),
    st.builds(Matching, **_SHARED, options=_OPTIONS, prompts=_OPTIONS, key=st.one_of(_OPTIONS, st.none())),
    st.builds(ShortAnswer, **_SHARED, key=st.one_of(st.lists(_TEXTS, max_size=2).map(tuple), st.none())),
    st.builds(TrueFalse, **_SHARED, key=st.booleans()),
    st.builds(
        Numeric, **_SHARED, key=st.one_of(st.builds(NumericKey, value=st.floats(allow_nan=False)), st.none())
    ),
)


@given(st.lists(_ITEMS, max_size=3), st.sampled_from([DAY, "2026-09-30", "1999-01-01", "", "soon"]))
def test_whatever_is_declared_gives_findings(items: list[Item], as_of: str) -> None:
    tables = read_table(TABLE, "synthetic.tsv", "synthetic.tsv")
    codes = TableCodes(lambda: tables.tables, lambda: tables.books)
    rules = all_rules()
    bank = Bank(info=BankRecord(id="any", as_of=as_of), items=tuple(items), declared=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(rule._PROVIDERS, CodeSet, lambda _: codes)
        settings = Settings(select=("codes",))
        found = lint(bank, settings=settings, rules=rules).diagnostics
        assert found == lint(bank, settings=settings, rules=rules, screened=False).diagnostics
