"""Moodle XML of other people: all core types, all formats of text, what is told, what is refused."""

from __future__ import annotations

import base64
import contextlib
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank import importing
from qbank.formats import formats
from qbank.formats.contract import Imported, Source, Unreadable

FILES = Path(__file__).parent / "files"
QUIZ = '<?xml version="1.0" encoding="UTF-8"?><quiz>{}</quiz>'


def read(data: str | bytes, name: str = "export.xml") -> Imported:
    """What is had of a file, with ids fit for a bank."""
    data = data.encode() if isinstance(data, str) else data
    return importing.read(Source(name=name, data=data)).imported


def question(type: str, inner: str, stem: str = "Stem?", head: str = "") -> str:
    """A file of one question, in the shape that Moodle documents."""
    body = f"<name><text>Q 1</text></name><questiontext format='html'><text>{stem}</text></questiontext>"
    return QUIZ.format(f"<question type='{type}'>{body}{head}{inner}</question>")


def one(data: str) -> dict[str, Any]:
    (item,) = read(data).items
    return item


def answers(*pairs: tuple[str, str], more: str = "") -> str:
    return "".join(
        f"<answer fraction='{share}' format='html'><text>{text}</text>{more}</answer>"
        for share, text in pairs
    )


def told(imported: Imported) -> str:
    return "\n".join(unread.message for unread in imported.unread)


def test_an_export_of_all_core_types() -> None:
    back = read((FILES / "core-types.xml").read_bytes(), "core-types.xml")
    by_stem = {one["stem"].split("\n")[0]: one for one in back.items}
    kinds = {stem: one["type"] for stem, one in by_stem.items()}
    assert kinds == {
        "Which planet is the **largest**?": "multiple-choice",
        "Which two are gases?": "multiple-response",
        "Water boils at $100$ degrees.": "true-false",
        "The author of the play?": "short-answer",
        "How long is it?": "numeric",
        "Match the capitals.": "matching",
        "Sort by size.": "ordering",
        "Discuss *briefly*.": "essay",
    }
    planet = by_stem["Which planet is the **largest**?"]
    assert planet["id"] == "planet-1"
    assert planet["content_area"] == "science-101/the-planets-moons"
    assert (planet["options"], planet["key"]) == ({"A": "Mars", "B": "Jupiter", "C": "Venus"}, "B")
    assert planet["rationale"]["A"] == "Too small."
    assert planet["rationale"]["B"] == "Yes.\n\nJupiter is the largest."
    assert planet["tags"] == ["astronomy", "easy"]
    assert planet["attributes"] == {"name": "Planets 1"}
    assert "shuffle" not in planet
    gases = by_stem["Which two are gases?"]
    assert (gases["key"], gases["scoring"]) == (["A", "C"], {"method": "per_option", "penalty": 1.0})
    assert gases["points"] == 2
    assert gases["status"] == "retired"
    water = by_stem["Water boils at $100$ degrees."]
    assert (water["key"], water["rationale"]) == (True, {"false": "At sea level it does."})
    play = by_stem["The author of the play?"]
    assert (play["key"], play.get("case_sensitive")) == (["Shakespeare", "W. Shakespeare"], None)
    assert by_stem["How long is it?"]["key"] == {"value": 12.5, "tolerance": 0.5, "unit": "cm"}
    capitals = by_stem["Match the capitals."]
    assert capitals["prompts"] == {"P1": "France", "P2": "Spain"}
    assert capitals["options"] == {"A": "Paris", "B": "Madrid", "C": "Rome & Milan"}
    assert capitals["key"] == {"P1": "A", "P2": "B"}
    assert capitals["shuffle"] is False
    order = by_stem["Sort by size."]
    assert [order["options"][id] for id in order["key"]] == ["Small", "Middle", "Large"]
    assert by_stem["Discuss *briefly*."]["rubric"] == "One point an argument."
    (stimulus,) = back.stimuli
    assert (stimulus["id"], stimulus["title"]) == ("About-the-quiz", "About the quiz")
    assert stimulus["text"].startswith("Read all of it.")
    assert back.media == {"media/dot.png": b"dot"}
    assert back.bank["content_areas"] == [
        {
            "id": "science-101",
            "title": "Science 101",
            "children": [{"id": "the-planets-moons", "title": "The planets/moons"}],
        }
    ]
    for word in (
        "cloze",
        "calculated",
        "ddwtos",
        "gapselect",
        "random",
        "50 %",
        "hint",
        "feedback on the whole",
    ):
        assert word in told(back)
    cloze = next(one for one in back.unread if "cloze" in one.message)
    assert (cloze.line > 0, "1:SHORTANSWER" in cloze.raw) == (True, True)


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    first = importing.import_file(FILES / "core-types.xml", tmp_path / "bank")
    assert len(first.new) == 9
    again = importing.import_file(FILES / "core-types.xml", tmp_path / "bank")
    assert (again.new, again.different, len(again.unchanged)) == ((), (), 9)


@pytest.mark.parametrize(
    ("format", "written", "text"),
    [
        ("html", "&lt;p&gt;a &lt;b&gt;b&lt;/b&gt;&lt;/p&gt;", "a **b**"),
        ("markdown", "a **b** $x$", "a **b** $x$"),
        ("plain_text", "a &lt;b&gt; **c**", "a \\<b> \\*\\*c\\*\\*"),
        ("moodle_auto_format", "a\nb &lt;i&gt;c&lt;/i&gt;", "a\\\nb *c*"),
        ("wiki_like", "a", "a"),
    ],
)
def test_formats_of_text(format: str, written: str, text: str) -> None:
    data = question("essay", "").replace("format='html'><text>Stem?", f"format='{format}'><text>{written}")
    back = read(data)
    assert back.items[0]["stem"] == text
    assert ("wiki_like" in told(back)) == (format == "wiki_like")


@pytest.mark.parametrize(
    "stem",
    ["<![CDATA[<p>a <b>b</b></p>]]>", "<p>a <b>b</b></p>", "&lt;p&gt;a &lt;b&gt;b&lt;/b&gt;&lt;/p&gt;"],
)
def test_mark_up_in_any_wrapping(stem: str) -> None:
    assert one(question("essay", "", stem))["stem"] == "a **b**"


def test_what_the_editor_of_moodle_writes_is_no_mark_up() -> None:
    stem = (
        '<![CDATA[<p dir="ltr" style="text-align: left;"><span class="a"><span>One</span> two</span> '
        '<span lang="de">drei</span><br></p>]]>'
    )
    assert one(question("essay", "", stem))["stem"] == 'One two <span lang="de">drei</span>'


def test_formulas() -> None:
    stem = r"<![CDATA[<p>\(x^2 &lt; 3\) and \[y\] and $$z$$</p>]]>"
    assert one(question("essay", "", stem))["stem"] == "$x^2 < 3$ and $$y$$ and $$z$$"


@pytest.mark.parametrize(
    ("shares", "scoring", "note"),
    [
        (("100", "0", "0"), None, ""),
        (("100", "-25", "-25"), {"method": "per_option", "penalty": 0.25, "minimum": -0.25}, ""),
        (("100", "50", "0"), None, "B 50 %"),
    ],
)  # fmt: skip
def test_shares_of_one_answer(shares: tuple[str, ...], scoring: dict[str, Any] | None, note: str) -> None:
    inner = "<single>true</single>" + answers(*zip(shares, "abc", strict=True))
    back = read(question("multichoice", inner))
    (item,) = back.items
    assert item["key"] == "A"
    assert item.get("scoring") == scoring
    assert note in told(back)
    assert bool(back.unread) == bool(note)


@pytest.mark.parametrize(
    ("shares", "key", "scoring", "note"),
    [
        (("50", "50", "0"), ["A", "B"], {"method": "per_option"}, ""),
        (("33.33333", "33.33333", "33.33333"), ["A", "B", "C"], {"method": "per_option"}, ""),
        (("50", "50", "-25"), ["A", "B"], {"method": "per_option", "penalty": 0.5}, ""),
        (("75", "25", "0"), ["A", "B"], {"method": "per_option"}, "A 75 %, B 25 %"),
        (("100", "-50", "-25"), ["A"], {"method": "per_option", "penalty": 0.5}, "B -50 %, C -25 %"),
        (("-100", "100", "-100"), ["B"], None, ""),
    ],
)
def test_shares_of_several_answers(
    shares: tuple[str, ...], key: list[str], scoring: dict[str, Any] | None, note: str
) -> None:
    inner = "<single>false</single>" + answers(*zip(shares, "abc", strict=True))
    back = read(question("multichoice", inner))
    assert (back.items[0]["key"], back.items[0].get("scoring")) == (key, scoring)
    assert note in told(back)
    assert bool(back.unread) == bool(note)


@pytest.mark.parametrize(
    ("type", "inner", "why"),
    [
        ("multichoice", answers(("100", "a"), ("100", "b")), "2 options give all points"),
        ("multichoice", "<single>false</single>" + answers(("0", "a"), ("-50", "b")), "none of its options"),
        ("multichoice", "", "without answers"),
        ("truefalse", answers(("100", "true"), ("100", "false")), "not one of true and false"),
        ("shortanswer", answers(("100", "*")), "no text of it"),
        ("numerical", answers(("100", "1"), ("100", "2")), "1, 2"),
        ("numerical", answers(("100", "many")), "many"),
        (
            "matching",
            "<subquestion><text></text><answer><text>a</text></answer></subquestion>",
            "without prompts",
        ),
        ("ordering", answers(("1", "a")), "less than two"),
        ("stack", "<stackversion/>", "the type stack"),
        ("description", "", ""),
    ],
)
def test_what_no_item_can_hold_is_left_out_with_its_source(type: str, inner: str, why: str) -> None:
    stem = "" if type == "description" else "Stem?"
    good = question("truefalse", answers(("100", "true"), ("0", "false"))).removesuffix("</quiz>")
    bad = question(type, inner, stem).split("<quiz>")[1]
    back = read(good + bad)
    assert len(back.items) == 1
    assert any(why in one.message and f'type="{type}"' in one.raw for one in back.unread)


def test_wildcards_and_parts_of_short_answers_are_told() -> None:
    inner = answers(("100", "tib*"), ("100", "2\\*3"), ("50", "shin"), ("0", "*"))
    back = read(question("shortanswer", inner))
    assert back.items[0]["key"] == ["2*3"]
    assert "'tib*'" in told(back)
    assert "'shin', which gives 50 %" in told(back)


def test_old_files_hold_the_words_of_the_site() -> None:
    item = one(question("truefalse", answers(("0", "Wahr"), ("100", "Falsch"))))
    assert item["key"] is False


def test_general_feedback_beside_feedback_of_answers_stands_with_the_right_one() -> None:
    head = "<generalfeedback format='html'><text>All.</text></generalfeedback>"
    more = "<feedback format='html'><text>That.</text></feedback>"
    inner = answers(("100", "a"), ("0", "b"), more=more)
    back = read(question("multichoice", inner, head=head))
    assert back.items[0]["rationale"] == {"A": "That.\n\nAll.", "B": "That."}
    assert "stands with the rationale of the right answer A" in told(back)


def test_files_of_one_name_are_told_apart() -> None:
    def with_file(data: bytes) -> str:
        encoded = base64.b64encode(data).decode()
        file = f'<file name="a b.png" path="/" encoding="base64">\n{encoded[:3]}\n{encoded[3:]}</file>'
        stem = '&lt;img src="@@PLUGINFILE@@/a%20b.png?time=1" alt="x"&gt;</text>' + file + "<text>"
        return (
            question("essay", "", stem)
            .replace("<text></text>", "")
            .split("<quiz>")[1]
            .removesuffix("</quiz>")
        )

    back = read(QUIZ.format(with_file(b"one!") + with_file(b"two!")))
    assert sorted(back.media.values()) == [b"one!", b"two!"]
    for item, content in zip(back.items, (b"one!", b"two!"), strict=True):
        address = item["stem"].split("(")[1].strip("<>)").replace("%20", " ")
        assert back.media[address] == content


@pytest.mark.parametrize(
    ("name", "path", "content"),
    [
        ("bank.yaml", "/", "YQ=="),
        ("x.png", "/../", "YQ=="),
        ("../x.png", "/", "YQ=="),
        ("x.png", "/", "not base64!"),
        ("x.png", "/", "YQ="),
        ("x.png", "/", ""),
        ("x.exe", "/a/", "YQ=="),
        ("", "/", "YQ=="),
    ],
)
def test_files_that_no_bank_takes_are_told(name: str, path: str, content: str) -> None:
    file = f'</text><file name="{name}" path="{path}" encoding="base64">{content}</file><text>'
    data = question("essay", "", f"Stem{file}").replace("<text></text>", "")
    back = read(data)
    assert back.media == {}
    assert "the embedded file" in told(back)


HOSTILE = {
    "doctype": b'<!DOCTYPE quiz [<!ENTITY a "b">]><quiz>&a;</quiz>',
    "entity of a file": b'<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>',
    "unknown entity": b"<quiz><question type='essay'>&nbsp;</question></quiz>",
    "deep": b"<quiz>" + b"<question type='essay'>" * 100_000,
    "long text": b"<quiz><question type='essay'><file>" + b"A" * 20_000_000 + b"</file></question></quiz>",
    "cut off": b"<quiz><question type='essay'>",
    "wrong encoding": b'<?xml version="1.0" encoding="UTF-8"?><quiz><question>\xff\xfe</question></quiz>',
    "unknown encoding": b'<?xml version="1.0" encoding="nope"?><quiz/>',
    "empty": b"<quiz/>",
    "another root": b"<html/>",
    "control": b"<quiz><question type='essay'>\x01</question></quiz>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_at_once(name: str) -> None:
    begun = time.process_time()
    with pytest.raises(Unreadable):
        formats()["moodle-xml"].reads(Source(name="x.xml", data=HOSTILE[name]))  # type: ignore[misc]
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("part", ["&lt;b&gt;", "\\(", "\\[", "$$", "&lt;span&gt;", "@@PLUGINFILE@@/", "&lt;"])
def test_nothing_that_opens_often_takes_long(part: str) -> None:
    bomb = part * 5_000
    begun = time.process_time()
    back = read(question("essay", "", bomb + "x"))
    assert time.process_time() - begun < 1
    assert len(back.items) == 1


def test_numbers_that_are_none() -> None:
    head = "<defaultgrade>1e999999999</defaultgrade>"
    inner = "<answer fraction='1e9999999'><text>1e999999999999</text></answer>"
    back = read(
        question("numerical", inner, head=head).removesuffix("</quiz>")
        + question("essay", "", head=head).split("<quiz>")[1]
    )
    assert "points" in told(back)


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200), at=st.integers(0, 3000), length=st.integers(0, 50))
def test_reading_never_fails_on_any_bytes(data: bytes, at: int, length: int) -> None:
    whole = (FILES / "core-types.xml").read_bytes()
    for broken in (data, whole[:at] + data + whole[at + length :]):
        with contextlib.suppress(Unreadable):
            formats()["moodle-xml"].reads(Source(name="x.xml", data=broken))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("data", "sure"),
    [
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x --><quiz><question type='category'/></quiz>", True),
        (
            "<?xml version='1.0' encoding='UTF-16'?><quiz><question type='essay'/></quiz>".encode("utf-16"),
            True,
        ),
        (b"<quiz><item/></quiz>", False),
        (b"<question type='x'/>", False),
        (b"::a:: b {=c}", False),
    ],
)
def test_it_is_known_by_its_content(data: bytes, sure: bool) -> None:
    one = formats()["moodle-xml"]
    assert one.recognises is not None
    assert (one.recognises(Source(name="x", data=data)) > 0) is sure
