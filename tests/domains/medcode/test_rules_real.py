"""The rules about codes on the real code sets: sound banks stay silent, planted defects are found.

A planted defect is an item made from the code set itself, or an item of the practice bank with one thing
turned. For each rule at least 95 % must be found; the sound twins of the same items must stay silent.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace

from qbank import rule
from qbank.checking import lint
from qbank.config import Settings
from qbank.diagnostics import Diagnostic, Severity
from qbank.domains.medcode.codeset import CodeSet, NoteKind, Status
from qbank.domains.medcode.rules._references import references
from qbank.domains.medcode.systems import usual
from qbank.model.bank import Bank, BankRecord
from qbank.model.item import Code, Item, MultipleChoice
from qbank.reading.bank import load_bank
from tests.domains.medcode.official import codes as all_codes
from tests.domains.medcode.official import rows
from tests.domains.medcode.shared_sets import HCPCS, changes, real
from tests.fuzz.seeds import native, shared_records

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
DAY = "2026-11-22"
LAST_QUARTER = "2026-09-30"
"""The last day of which the HCPCS data speaks."""
SOME = 80
FOUND = 0.95
Check = Callable[..., list[Diagnostic]]
Pair = tuple[Item, Item]
"""An item with a defect, and its sound twin."""
Planted = Callable[[CodeSet, Path], Iterable[Pair]]
_T = TypeVar("_T")


@pytest.fixture(scope="module")
def sets(test_data: Path) -> CodeSet:
    return real(test_data)


@pytest.fixture
def check(sets: CodeSet, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Lint items, or a bank, with the rules about codes and the real code sets."""
    rules = rule.all_rules()
    monkeypatch.setitem(rule._PROVIDERS, CodeSet, lambda _: sets)

    def run(bank: Bank | Iterable[Item], *select: str, as_of: str = DAY) -> list[Diagnostic]:
        if not isinstance(bank, Bank):
            bank = Bank(info=BankRecord(id="planted", as_of=as_of), items=tuple(bank), declared=True)
        settings = Settings(select=select or ("codes",))
        return list(lint(bank, settings=settings, rules=rules).diagnostics)

    return run


def made(
    keyed: str, *codes: str, stem: str = "Which is reported?", system: str = "icd10cm", **more: Any
) -> Item:
    """A multiple-choice item with a keyed text and its codes, declared as keyed."""
    declared = tuple(Code(system, code, "key") for code in codes or (keyed,))
    options = {"A": keyed, "B": "None of them"}
    return MultipleChoice(id="planted", stem=stem, options=options, key="A", codes=declared, **more)


def some(values: Iterable[_T], count: int = SOME) -> list[_T]:
    """Some of many values, always the same."""
    listed = list(values)
    return listed if len(listed) <= count else random.Random(2026).sample(listed, count)


def loud(found: Iterable[Diagnostic]) -> list[str]:
    """Findings that are more than an information."""
    return [f"{one.item}: {one.rule}: {one.message}" for one in found if one.severity is not Severity.INFO]


# --- sound banks ----------------------------------------------------------------------------------------


def test_the_worked_items_are_sound(check: Check) -> None:
    assert loud(check(load_bank(HERE / "worked").bank)) == []


def test_the_worked_items_are_sound_by_the_facts_that_their_bank_brings_along() -> None:
    bank, problems = load_bank(HERE / "worked")
    assert loud(lint(bank, problems).diagnostics) == []


def test_the_practice_bank_is_sound(check: Check) -> None:
    found = check(load_bank(ROOT / "banks" / "cmcs").bank)
    assert loud(found) == []
    assert sorted(one.rule for one in found) == ["codes-beyond-data", "cpt-unverified"]


def test_the_practice_bank_is_sound_by_the_facts_that_it_brings_along() -> None:
    found = lint(*load_bank(ROOT / "banks" / "cmcs")).diagnostics
    assert loud(found) == []
    assert sorted(one.rule for one in found if one.family == "codes") == [
        "codes-beyond-data",
        "cpt-unverified",
    ]


def test_a_key_of_the_day_before_is_named_with_its_candidates(check: Check) -> None:
    cardiomyopathy = made("I42.0")
    assert check([cardiomyopathy], as_of="2026-09-30") == []
    (one,) = check([cardiomyopathy], as_of="2026-10-15")
    assert (one.rule, one.pointer) == ("code-not-billable", "/codes/0/code")
    assert one.hint.startswith("Candidates: I42.00, I42.01, I42.09.")


def test_texts_of_other_banks_hold_nothing_that_looks_like_a_code(
    check: Check, test_data: Path, tmp_path: Path
) -> None:
    coded = made("E11.9")  # so that the rules about free text look at all
    for file, records in shared_records(test_data).items():
        lines = (json.dumps(native(one), ensure_ascii=False) for one in records)
        (tmp_path / file).write_text("\n".join(lines), encoding="utf-8")
        items = [replace(one, record=-1) for one in load_bank(tmp_path / file).bank.items]
        assert len(items) > 1000
        assert check([*items, coded], as_of=LAST_QUARTER) == []


# --- planted defects ------------------------------------------------------------------------------------


def _billable(folder: Path) -> list[str]:
    return [usual(one["code"], "icd10cm") for one in all_codes(folder) if one["fy2027"] == "1"]


def formats(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    for code in some(code for code in _billable(folder) if "." in code):
        for wrong in (code.replace(".", ""), code.lower(), code + "00000"):
            yield made(wrong), made(code)


def unknown(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    for code in some(code for code in _billable(folder) if len(code) == 6):
        wrong = code[:5] + "P"
        if sets.lookup(wrong, DAY).status is Status.ABSENT:
            yield made(wrong), made(code)


def headers(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    for code in some(code for code in _billable(folder) if len(code) > 4):
        yield made(sets.parents(code, DAY)[0]), made(code)


def retired(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    for year, one in changes(folder, "removed"):
        code = usual(one["code"], "icd10cm")
        if one["old_billable"] == "1":
            yield made(code), made(sets.successors(code, DAY)[0] if year else "E11.9")


def changed(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    for year, one in changes(folder, "revised"):
        code, years = usual(one["code"], "icd10cm"), ("FY2025", "FY2026")
        if sets.lookup(code, DAY).status is Status.BILLABLE:
            yield (
                made(code, attributes={"code_year": years[year]}),
                made(code, attributes={"code_year": "FY2027"}),
            )


def sevenths(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    for code in some(code for code in _billable(folder) if len(code) == 8 and code[-2] == "X"):
        yield made(code[:-2] + code[-1]), made(code)  # the placeholder is missing
        yield made(code[:-1] + "Z"), made(code)
    for code in some(code for code in _billable(folder) if len(code) == 5 and code[0] in "EIJKN"):
        yield made(code + "XXA"), made(code)


def encounters(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    said = {
        "A": "At the initial encounter, which code is reported?",
        "S": "It is a sequela. Which code is reported?",
    }
    for code in some(
        code for code in _billable(folder) if len(code) == 8 and code[0] in "ST" and code[-1] == "D"
    ):
        yield (
            made(code, stem=said["A"]),
            made(code, stem="At a subsequent encounter, which code is reported?"),
        )
        yield made(code[:-1] + "A", stem=said["S"]), made(code[:-1] + "A", stem=said["A"])


def sides(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    lateral = re.compile(
        r"\b(right|left)\b (eye|ear|arm|leg|foot|hand|hip|knee|shoulder|ankle|wrist|elbow|breast)\b"
    )
    for one in some(
        (one for one in all_codes(folder) if one["fy2027"] == "1" and "right" in one["long_description"]), 250
    ):
        found = lateral.search(one["long_description"])
        if found is None:
            continue
        code, other = usual(one["code"], "icd10cm"), {"right": "left", "left": "right"}[found[1]]
        stems = [
            f"The patient's {side} {found[2]} is affected. Which code is reported?"
            for side in (other, found[1])
        ]
        yield made(code, stem=stems[0]), made(code, stem=stems[1])


def excluded(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    pairs = []
    for one in rows(folder, "icd10cm_notes_fy2026.tsv.gz"):
        code = usual(one["code"], "icd10cm")
        if one["note_type"] != "excludes1" or sets.lookup(code, DAY).status is not Status.BILLABLE:
            continue
        for named in references(one["text"]):
            other = usual(named.first, "icd10cm")
            if sets.lookup(other, DAY).status is Status.BILLABLE and not named.covers(code):
                pairs.append((code, other))
    for code, other in some(pairs):
        sound = next(one for one in ("W54.0XXA", "Y92.009") if one != code)
        yield made(f"{code}, {other}", code, other), made(f"{code}, {sound}", code, sound)


def sequences(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    pairs = []
    for one in rows(folder, "icd10cm_notes_fy2026.tsv.gz"):
        code = usual(one["code"], "icd10cm")
        if one["note_type"] not in ("use_additional", "code_first"):
            continue
        if sets.lookup(code, DAY).status is not Status.BILLABLE:
            continue
        for named in references(one["text"]):
            other = usual(named.first, "icd10cm")
            is_there = sets.lookup(other, DAY).status is Status.BILLABLE and named.covers(other)
            if is_there and not named.covers(code) and not _contradicts(sets, code, other):
                order = (code, other) if one["note_type"] == "use_additional" else (other, code)
                pairs.append(order)
    for first, second in some(pairs):
        yield made(f"{second}, {first}", first, second), made(f"{first}, {second}", first, second)


def _contradicts(sets: CodeSet, code: str, other: str) -> bool:
    """Whether notes stand at both codes that name each other, or exclude each other."""
    kinds = (NoteKind.USE_ADDITIONAL, NoteKind.CODE_FIRST, NoteKind.EXCLUDES1)
    back = [one for note in sets.notes(other, DAY) if note.kind in kinds for one in references(note.text)]
    own = [
        one
        for note in sets.notes(code, DAY)
        if note.kind is NoteKind.EXCLUDES1
        for one in references(note.text)
    ]
    return any(one.covers(code) for one in back) or any(one.covers(other) for one in own)


def manifestations(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    for one in all_codes(folder):
        if one["fy2027"] == "1" and "in diseases classified elsewhere" in one["long_description"]:
            code = usual(one["code"], "icd10cm")
            yield made(f"{code}, R50.9", code, "R50.9"), made(f"R50.9, {code}", code, "R50.9")


def inactive(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    ended = (
        one
        for one in rows(folder, HCPCS)
        if one["kind"] == "code" and "20000101" < one["term_date"] < "20261101"
    )
    for one in some(ended):
        yield made(one["code"], system="hcpcs"), made("J1885", system="hcpcs")


def units(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    dose = re.compile(r"(?:, (?:per )?|up to )(\d+) (mg|mcg|gm)$")
    named = (
        (one["code"], dose.search(one["long_description"]))
        for one in rows(folder, HCPCS)
        if not one["term_date"]
    )
    for number, (code, found) in enumerate(some((one for one in named if one[1] is not None), 120)):
        assert found is not None
        unit = int(found[1])
        given = unit * (2 + number % 5) + (number % 2) * (unit // 2)
        right = math.ceil(given / unit)
        stem = f"A patient is given {given:,} {found[2]}. How many units of {code} are reported?"
        sound, wrong = (
            MultipleChoice(
                id="planted",
                stem=stem,
                options={"A": str(keyed), "B": "99"},
                key="A",
                codes=(Code("hcpcs", code, "stimulus"),),
            )
            for keyed in (right, right + 1)
        )
        yield wrong, sound


def ambiguous(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    short = {one["code"] for one in all_codes(folder) if one["fy2027"] == "1"}
    both = sorted(
        one["code"] for one in rows(folder, HCPCS) if one["kind"] == "code" and one["code"] in short
    )
    assert len(both) == 270
    for code in both:
        yield made(code, "E11.9"), made(code, code, system="hcpcs")


def undeclared(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    """Items of the practice bank with a declaration taken out, of a code that an option or the stem holds."""
    for one in load_bank(ROOT / "banks" / "cmcs").bank.items:
        for code in one.codes if one.status != "retired" else ():
            shown = code.system == "icd10cm" and any(code.code in text for _, text in one.texts())
            others = tuple(other for other in one.codes if other != code)
            below = any(other.code.startswith(code.code) for other in others)
            if shown and "." in code.code and not below and others:
                sound = replace(one, record=-1)
                yield replace(sound, codes=others), sound


def guidelines(sets: CodeSet, folder: Path) -> Iterator[Pair]:
    """References of the practice bank, without their year, or with a section in another writing."""
    for one in load_bank(ROOT / "banks" / "cmcs").bank.items:
        for text in one.references:
            if "Official Guidelines" in text and "Section I.C" in text and "ICD-10-CM" in text:
                sound = made("Yes", "E11.9", references=(text,))
                for wrong in (re.sub(r",? FY 20\d\d", "", text), text.replace("I.C.", "1.C.")):
                    yield replace(sound, references=(wrong,)), sound


PLANTED: dict[str, tuple[Planted, int]] = {
    "code-format": (formats, 200),
    "code-unknown": (unknown, 40),
    "code-not-billable": (headers, 80),
    "code-retired": (retired, 15),
    "code-title-changed": (changed, 20),
    "code-seventh-character": (sevenths, 200),
    "code-encounter": (encounters, 150),
    "code-laterality": (sides, 60),
    "code-excludes1": (excluded, 80),
    "code-sequence": (sequences, 80),
    "code-manifestation-first": (manifestations, 80),
    "hcpcs-inactive": (inactive, 80),
    "hcpcs-units": (units, 100),
    "code-ambiguous": (ambiguous, 270),
    "code-undeclared": (undeclared, 300),
    "guideline-reference": (guidelines, 60),
}
"""Rule → what plants its defects, and how many there are at least."""


@pytest.mark.parametrize("slug", sorted(PLANTED))
def test_planted_defects_are_found_and_their_twins_stay_silent(
    slug: str, sets: CodeSet, test_data: Path, check: Check
) -> None:
    plant, least = PLANTED[slug]
    pairs = list(plant(sets, test_data))
    assert len(pairs) >= least, len(pairs)
    wrong = [replace(one, id=f"wrong-{at}") for at, (one, _) in enumerate(pairs)]
    sound = [replace(one, id=f"sound-{at}") for at, (_, one) in enumerate(pairs)]
    on = LAST_QUARTER if slug in _OF_HCPCS else DAY
    hit = {one.item for one in check(wrong, slug, as_of=on) if one.rule == slug}
    missed = [(one.options, one.stem) for one in wrong if one.id not in hit]  # type: ignore[union-attr]
    assert len(hit) >= FOUND * len(pairs), f"{len(hit)} of {len(pairs)}; missed: {missed[:8]}"
    others = {slug} if slug in _ALONE else set()
    assert loud(check(sound, *others, as_of=on)) == []


_OF_HCPCS = frozenset({"code-ambiguous", "hcpcs-inactive", "hcpcs-units"})
_ALONE = frozenset(
    {"code-ambiguous", "code-excludes1", "code-laterality", "code-manifestation-first", "code-sequence"}
)
"""Rules whose sound twins are made of real codes that other rules may have a say about."""


def test_next_years_codes_are_told_of(sets: CodeSet, test_data: Path, check: Check) -> None:
    added = [
        usual(one["code"], "icd10cm") for _, one in changes(test_data, "added") if one["new_billable"] == "1"
    ]
    later = [code for code in added if sets.lookup(code, "2026-09-30").status is Status.FUTURE]
    assert len(later) == 190
    items = [replace(made(code), id=f"item-{at}") for at, code in enumerate(later)]
    found = check(items, "codes", as_of="2026-09-30")
    assert {one.rule for one in found} == {"code-not-yet-effective"}
    assert len({one.item for one in found}) == 190
    assert check(items, "codes", as_of="2026-10-01") == []
