"""What goes out as QTI comes back: every item in every version, and the versions agree."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbank import api
from qbank.diagnostics import Severity
from qbank.formats import formats
from qbank.formats.archive import unzip
from qbank.formats.contract import Export, ExportInput, Imported, Source
from qbank.importing import import_file, read, recognise
from qbank.markup import from_html, to_xhtml
from qbank.model.item import ITEM_TYPES, Code, Item, Numeric, Ordering, ShortAnswer, TrueFalse
from qbank.model.stimulus import Media, Stimulus
from tests.formats import qti_items
from tests.formats.samples import export_input

VERSIONS = ("qti21", "qti22", "qti30")
ROOT = Path(__file__).parents[2]
slow = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def described(draw: st.DrawFn) -> Item:
    """An item with metadata of every kind."""
    item = draw(qti_items.items())
    more: dict[str, Any] = {
        "status": draw(st.sampled_from(["active", "draft", "retired", "pretest"])),
        "tags": draw(st.lists(st.sampled_from(["one", "two words", "é&<"]), unique=True).map(tuple)),
        "codes": draw(
            st.sampled_from([(), (Code("icd10cm", "S82.61XA", "rationale", "billable"), Code("cpt", "1"))])
        ),
        "attributes": draw(
            st.sampled_from([{}, {"seconds": 60, "share": 0.5, "open": True, "objective": "LO2"}])
        ),
    }
    if item.type in ("multiple-choice", "multiple-response", "matching"):
        more["shuffle"] = draw(st.booleans())
    return msgspec.structs.replace(item, **more)


def exported(input: ExportInput, slug: str, dialect: str = "") -> Source:
    result = formats()[slug].write(msgspec.structs.replace(input, dialect=dialect))
    assert isinstance(result, Export), result
    name, data = result.files[0]
    return Source(name=name, data=data)


def back(input: ExportInput, slug: str, dialect: str = "") -> Imported:
    reads = formats()[slug].reads
    assert reads is not None
    return reads(exported(input, slug, dialect))


def model(record: dict[str, Any]) -> Item:
    """A record as the item it describes."""
    kind = ITEM_TYPES[record["type"]]
    return msgspec.convert(record, kind)  # type: ignore[return-value]


def shown(text: str) -> str:
    """What a text shows, in one way of writing."""
    html = to_xhtml(text)
    for _ in range(3):
        html = to_xhtml(from_html(html.replace("<div>", "").replace("</div>", "")).text)
    return html


def comparable(item: Item) -> dict[str, Any]:
    """An item's fields, texts as they show, numbers as decimals."""
    plain: dict[str, Any] = msgspec.to_builtins(item)
    plain["stem"] = shown(item.stem)
    for name in ("options", "prompts"):
        if name in plain:
            plain[name] = [(id, shown(text)) for id, text in plain[name].items()]
    if isinstance(item.rationale, str):
        plain["rationale"] = shown(item.rationale)
    else:
        plain["rationale"] = {id: shown(text) for id, text in item.rationale.items()} or shown("")
    plain["references"] = [shown(text) for text in item.references]
    plain["rubric"] = shown(plain.get("rubric", ""))
    plain["scoring"] = (item.scoring.method, item.scoring.penalty, item.scoring.minimum)
    plain["points"] = Decimal(repr(float(item.points)))
    if isinstance(item, Numeric) and item.key is not None:
        key = item.key
        numbers = (key.value, key.tolerance, key.minimum, key.maximum)
        plain["key"] = [None if one is None else Decimal(repr(float(one))) for one in numbers]
        plain["key"].append(shown(key.unit))
    if isinstance(item, ShortAnswer):
        plain["key"] = [" ".join(text.split()) for text in item.key or ()]
    return plain


@pytest.mark.parametrize("slug", VERSIONS)
@slow
@given(items=st.lists(described(), min_size=1, max_size=3, unique_by=lambda item: item.id.lower()))
def test_items_come_back(slug: str, items: list[Item]) -> None:
    imported = back(msgspec.structs.replace(export_input(items), is_bank=True), slug)
    assert [comparable(model(one)) for one in imported.items] == [comparable(one) for one in items]
    assert imported.unread == ()


def with_stimulus(root: Path) -> ExportInput:
    """A bank of an item set with media of every kind."""
    for name in ("figures/x ray.png", "figures/heart.svg", "voice.mp3", "walk.mp4", "inline.png"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(name.encode())
    case = Stimulus(
        id="case-1",
        title="A case & more",
        text="**Setting:** ward\n\n![Heart](figures/heart.svg)",
        media=(Media("figures/x ray.png", "X-ray"), Media("voice.mp3", "Heart sound"), Media("walk.mp4")),
    )
    bare = Stimulus(id="case-2", title="Only a title")
    items = [
        TrueFalse(id=f"hung-{number}", stem=f"Q{number} ![i](inline.png)", key=True, stimulus=id)
        for number, id in enumerate(("case-1", "case-1", "case-2"), 1)
    ]
    return export_input(items, stimuli=[case, bare], media_root=str(root))


@pytest.mark.parametrize("slug", VERSIONS)
@pytest.mark.parametrize("is_bank", [True, False])
def test_stimuli_and_media_come_back(slug: str, is_bank: bool, tmp_path: Path) -> None:
    input = msgspec.structs.replace(with_stimulus(tmp_path), is_bank=is_bank)
    imported = back(input, slug)
    assert [one.where for one in imported.unread] == ([] if is_bank else ["test.xml"])
    assert [one["stimulus"] for one in imported.items] == ["case-1", "case-1", "case-2"]
    wanted = [msgspec.to_builtins(one) for one in input.stimuli.values()]
    for stimulus in (*wanted, *imported.stimuli):
        stimulus.pop("record", None)
        stimulus.setdefault("media", [])
        for medium in stimulus["media"]:
            medium.setdefault("alt", "")
    assert [msgspec.json.encode(one, order="sorted") for one in imported.stimuli] == [
        msgspec.json.encode(
            {name: value for name, value in one.items() if value or name == "media"}, order="sorted"
        )
        for one in wanted
    ]
    files = ("figures/x ray.png", "figures/heart.svg", "voice.mp3", "walk.mp4", "inline.png")
    assert dict(imported.media) == {name: name.encode() for name in files}


@pytest.mark.parametrize("slug", VERSIONS)
def test_the_bank_comes_back_with_its_words(slug: str) -> None:
    item = TrueFalse(id="a", stem="?", key=True, content_area="anatomy/skeletal")
    info = {"language": "de", "notice": "Not official."}
    input = msgspec.structs.replace(export_input([item], info=info), is_bank=True)
    assert back(input, slug).bank == {
        "id": "sample",
        "title": "Sample form",
        "language": "de",
        "licence": "CC-BY-4.0",
        "notice": "Not official.",
        "content_areas": [
            {"id": "anatomy", "title": "Anatomy", "children": [{"id": "skeletal", "title": "Skeleton"}]}
        ],
    }


@pytest.mark.parametrize("slug", VERSIONS)
@slow
@given(items=st.lists(described(), min_size=1, max_size=3, unique_by=lambda item: item.id.lower()))
def test_items_of_forms_come_back_but_for_the_order_of_an_ordering(slug: str, items: list[Item]) -> None:
    imported = back(export_input(items), slug)
    assert [one.where for one in imported.unread] == ["test.xml"]
    for record, item in zip(imported.items, items, strict=True):
        mine, theirs = comparable(model(record)), comparable(item)
        if isinstance(item, Ordering):
            mine["options"], theirs["options"] = sorted(mine["options"]), sorted(theirs["options"])
        assert mine == theirs


@slow
@given(
    items=st.lists(described(), min_size=1, max_size=3, unique_by=lambda item: item.id.lower()),
    dialect=st.sampled_from(sorted(formats()["qti21"].dialects)),
)
def test_packages_for_platforms_say_the_same(items: list[Item], dialect: str) -> None:
    input = msgspec.structs.replace(export_input(items), is_bank=True)
    assert back(input, "qti21", dialect) == back(input, "qti21")


@slow
@given(items=st.lists(described(), min_size=1, max_size=3, unique_by=lambda item: item.id.lower()))
def test_the_versions_agree(items: list[Item]) -> None:
    input = msgspec.structs.replace(export_input(items), is_bank=True)
    first, second, third = (back(input, slug) for slug in VERSIONS)
    assert first == second == third


@slow
@given(items=st.lists(described(), min_size=1, max_size=2, unique_by=lambda item: item.id.lower()))
def test_packages_for_candidates_come_back_without_what_they_do_not_hold(items: list[Item]) -> None:
    secret = {
        "key",
        "rationale",
        "references",
        "rubric",
        "tags",
        "codes",
        "content_area",
        "scoring",
        "status",
    }
    for slug in VERSIONS:
        for record in back(export_input(items, audience="candidate"), slug).items:
            if record["type"] == "numeric":
                assert set(record.get("key", {})) <= {"unit"}
                record = {**record, "key": None}
            assert not {name for name in secret if record.get(name)}


@pytest.mark.parametrize("slug", VERSIONS)
def test_the_practice_bank_comes_back_and_lints_clean(slug: str, tmp_path: Path) -> None:
    bank, _ = api.load_bank(ROOT / "banks" / "cmcs")
    ((file, data),) = api.export_bank(bank, slug).files
    (tmp_path / file).write_bytes(data)
    made = import_file(tmp_path / file, tmp_path / "again")
    assert (made.format, made.unread, made.different, made.renamed) == (slug, (), (), {})
    again, problems = api.load_bank(tmp_path / "again")
    assert not problems
    by_id = {one.id: one for one in again.items}
    assert set(by_id) == {one.id for one in bank.items}
    for item in bank.items:
        mine, theirs = comparable(by_id[item.id]), comparable(item)
        for name in (
            "author",
            "review",
            "approval",
            "lint_ignore",
            "calculation",
            "enemies",
            "record",
        ):
            mine.pop(name, None)  # the work of the bank, which no exchange format carries
            theirs.pop(name, None)
        assert mine == theirs
    assert not [one for one in api.lint(again).diagnostics if one.severity == Severity.ERROR]
    twice = import_file(tmp_path / file, tmp_path / "again")
    assert (twice.new, twice.different) == ((), ())


@pytest.mark.parametrize("slug", VERSIONS)
def test_packages_are_recognised_as_what_they_are(slug: str) -> None:
    source = exported(export_input([TrueFalse(id="a", stem="?", key=True)]), slug)
    assert recognise(Source(name="upload.bin", data=source.data)).slug == slug
    item = unzip(source.data)["items/a.xml"]
    assert recognise(Source(name="item", data=item)).slug == slug
    assert read(Source(name="item", data=item)).imported.items[0]["key"] is True
