"""The practice test in a real browser, from a file and without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from qbank.formats.contract import ExportInput
from qbank.formats.html.page import page
from tests import consumers
from tests.formats.html.practice_forms import ITEMS, RIGHT, SECRET, WRONG, hostile, practice

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each scenario of browser.js saw; one run of the browser for all of them."""
    consumers.node_packages("playwright-core", "axe-core")
    folder = tmp_path_factory.mktemp("practice")
    forms: dict[str, ExportInput] = {
        "staff": practice(folder / "media"),
        "candidate": practice(folder / "media", audience="candidate"),
        "short": practice(folder / "media", minutes=0.05),
        "bank": msgspec.structs.replace(practice(folder / "media", minutes=None, cut=None), is_bank=True),
        "hostile": hostile(folder / "media"),
    }
    pages = {}
    for name, form in forms.items():
        pages[name] = str(folder / f"{name}.html")
        Path(pages[name]).write_bytes(page(form))
    plan = {"pages": pages, "right": RIGHT, "wrong": WRONG}
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    told = consumers.node(HERE / "browser.js", consumers.chromium(), str(folder / "plan.json"))
    found: dict[str, Any] = json.loads(told)
    return found


def scenario(seen: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = seen[name]
    assert "failed" not in found, found["failed"]
    return found


def test_the_key_by_clicks_gives_full_score(seen: dict[str, Any]) -> None:
    found = scenario(seen, "right")
    assert found["score"] == "9 of 9 points · 100 %"
    assert found["verdict"] == "Cut score reached"
    assert found["areas"] == [["Anatomy", "7", "9 of 9", "100 %"]]
    assert "8 of 9 items were scored; 1 being tried out does not count" in found["note"]
    for text in (
        "9",
        "120 minutes",
        "6 of 13 points",
        "Section 2: 4 items",
        "Practice material, not official",
    ):
        assert text in found["before"]
    assert "This page holds the key" in found["before"]


def test_the_review_explains_every_item(seen: dict[str, Any]) -> None:
    found = scenario(seen, "right")
    assert len(found["review"]) == len(ITEMS)
    assert all(SECRET in text and "References" in text for text in found["review"])
    assert "Your answer" in found["review"][0]
    assert "Not scored: being tried out" in found["review"][7]
    assert "For people to judge" in found["review"][8]
    assert f"{SECRET} rubric" in found["review"][8]
    kinds = [(tag, label, source) for tag, label, source, _ in found["media"]]
    assert kinds == [
        ("img", "A wrist", "data:image/png"),
        ("audio", "The patient says what happened", "data:audio/wav"),
        ("img", "An arm", "data:image/svg"),
    ]
    assert found["media"][0][3] == 40  # pixels: the picture was decoded


def test_wrong_answers_give_nothing_and_are_filtered(seen: dict[str, Any]) -> None:
    found = scenario(seen, "wrong")
    assert found["score"] == "0 of 9 points · 0 %"
    assert found["verdict"] == "Cut score not reached"
    assert found["wrong"] == [*(f"Item {number}" for number in range(1, 8)), "Item 9"]
    assert found["none"] == ["Item 9"]
    assert found["trial"] == ["Item 8"]
    assert len(found["all"]) == 9
    assert (found["again"], found["fresh"]) == ("Sample form", "0 of 9")


def test_the_whole_test_by_keyboard(seen: dict[str, Any]) -> None:
    found = scenario(seen, "keyboard")
    assert found["skip"] == "Skip to the content"
    assert found["headings"] == [f"Item {number} of 9" for number in range(1, 10)]
    assert found["flagged"] == "Flagged"
    assert found["paused"] == "Paused"
    assert found["marked"] == ["8"]
    assert found["score"] == "9 of 9 points · 100 %"


def test_single_keys_leave_typing_alone_and_can_be_turned_off(seen: dict[str, Any]) -> None:
    assert scenario(seen, "typing")["typed"] == ["fnp a", "Item 7 of 9", "Item 7 of 9"]


def test_controls_hold_what_an_item_allows(seen: dict[str, Any]) -> None:
    found = scenario(seen, "limits")
    assert found["chosen"] == ["A", "B"]
    assert "already" in found["told"]
    assert found["closed"] == ["A"]
    assert "not a number" in found["number"]


def test_a_reload_loses_nothing(seen: dict[str, Any]) -> None:
    found = scenario(seen, "reload")
    assert (found["welcome"], found["at"], found["count"]) == ("Welcome back", "Item 2 of 9", "2 of 9")
    assert found["clock"].startswith("1:59:")  # what was used up before counts
    assert (found["chosen"], found["flag"]) == (["B"], "true")
    assert "minutes" in found["spoilt"]


def test_a_result_stays(seen: dict[str, Any]) -> None:
    assert scenario(seen, "finished")["score"] == "0 of 9 points · 0 %"


def test_a_browser_that_stores_nothing_will_do(seen: dict[str, Any]) -> None:
    found = scenario(seen, "unstored")
    assert "a reload starts from the beginning" in found["before"]
    assert found["score"] == "9 of 9 points · 100 %"


def test_when_the_time_is_up_the_test_finishes(seen: dict[str, Any]) -> None:
    found = scenario(seen, "timeout")
    assert found["late"].startswith("The time ran out")
    assert "time is up" in found["urgent"]
    assert (found["score"], found["dialogs"]) == ("1 of 9 points · 11 %", 0)


def test_the_time_left_is_told_and_a_pause_stops_it(seen: dict[str, Any]) -> None:
    told = scenario(seen, "warning")["told"]
    assert [words for _, words in told[:4]] == [
        "30 minutes left",
        "15 minutes left",
        "5 minutes left",
        "1 minute left",
    ]
    assert told[4][1].startswith("0:5")
    assert told[5] == ["over", "The time is up. The test has finished."]


def test_a_preview_gives_no_result(seen: dict[str, Any]) -> None:
    found = scenario(seen, "candidate")
    assert "preview" in found["before"]
    assert "To pass" not in found["before"]
    assert "no result" in found["after"]
    assert found["found"] == []


def test_a_bank_is_practised_item_by_item(seen: dict[str, Any]) -> None:
    found = scenario(seen, "bank")
    assert "No limit" in found["before"]
    assert (found["told"], found["locked"], found["found"]) == ("Wrong", True, [])
    assert SECRET in found["shown"]
    assert found["again"] == found["shown"]


def test_hostile_texts_stay_texts(seen: dict[str, Any]) -> None:
    found = scenario(seen, "hostile")
    assert found["title"].startswith("</script><script>window.hacked=1</script>")
    assert found["seen"] == {"requests": [], "complaints": []}
    assert (found["hacked"], found["scripts"], found["handlers"], found["foreign"]) == (None, 2, 0, 0)
    assert set(found["wide"]) == {0}  # a word without end breaks


def test_the_policy_stops_what_is_not_of_the_page(seen: dict[str, Any]) -> None:
    found = scenario(seen, "injected")
    assert found["hacked"] is None
    assert found["stopped"] >= 4  # the script, the handler, the picture, the request


@pytest.mark.parametrize("look", ["lightDesktop", "darkPhone"])
def test_every_view_is_accessible_and_fits(look: str, seen: dict[str, Any]) -> None:
    found = scenario(seen, look)
    assert found["violations"] == []
    assert found["wide"] == []
    assert found["small"] == []  # 44 pixels: what a finger hits


def test_light_dark_and_paper(seen: dict[str, Any]) -> None:
    dark, light, kept, bar = scenario(seen, "theme")["seen"]
    assert dark != light
    assert kept == light
    assert bar is False
