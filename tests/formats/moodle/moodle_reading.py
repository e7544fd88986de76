"""Moodle XML read again as its documentation describes it, knowing nothing of qbank."""

from __future__ import annotations

import base64
import html
import re
import xml.etree.ElementTree as ET
from typing import Any
from urllib.parse import unquote

SHARES = {100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571}
SHARES |= {12.5, 11.11111, 10, 5, 0}
"""The fixed list of shares of a question's points, in per cent; the same below zero."""

COMMON = ("name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber")
WHOLE = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
OF_TYPE = {
    "multichoice": (
        "single",
        "shuffleanswers",
        "answernumbering",
        "showstandardinstruction",
        *WHOLE,
        "answer",
    ),
    "truefalse": ("answer",),
    "shortanswer": ("usecase", "answer"),
    "numerical": ("answer", "units", "unitgradingtype", "unitpenalty", "showunits", "unitsleft"),
    "matching": ("shuffleanswers", *WHOLE, "subquestion"),
    "ordering": (
        *("layouttype", "selecttype", "selectcount", "gradingtype", "showgrading", "numberingstyle"),
        *(*WHOLE, "answer"),
    ),
    "essay": (
        *("responseformat", "responserequired", "responsefieldlines", "attachments", "attachmentsrequired"),
        *("graderinfo", "responsetemplate"),
    ),
    "description": (),
}
OF_TYPE["multichoiceset"] = OF_TYPE["multichoice"]


def questions(data: bytes) -> list[dict[str, Any]]:
    """The questions of a file, each held against the documented structure."""
    root = ET.fromstring(data)
    assert root.tag == "quiz"
    assert not root.attrib
    found, category = [], ""
    for element in root:
        assert element.tag == "question"
        if element.get("type") == "category":
            category = _text(element.find("category"))
            assert re.match(r"\$course\$/top/.", category)
        else:
            found.append({"category": category, **_question(element)})
    names = [one["idnumber"] for one in found]
    assert len(set(names)) == len(names)
    return found


def _question(element: ET.Element) -> dict[str, Any]:
    type = element.get("type") or ""
    tags = [one.tag for one in element]
    allowed = [*COMMON, *OF_TYPE[type], "tags"]
    assert [allowed.index(tag) for tag in tags] == sorted(allowed.index(tag) for tag in tags)
    assert set(COMMON) <= set(tags)
    for name in ("questiontext", "generalfeedback"):
        _check_rich(element.find(name))
    read = {
        "type": type,
        "name": _text(element.find("name")),
        "idnumber": element.findtext("idnumber"),
        "stem": _text(element.find("questiontext")),
        "files": _files(element.find("questiontext")),
        "general": _text(element.find("generalfeedback")),
        "points": float(element.findtext("defaultgrade") or "nan"),
        "tags": [_text(one) for one in element.findall("tags/tag")],
        "single": element.findtext("single"),
        "shuffle": element.findtext("shuffleanswers"),
        "usecase": element.findtext("usecase"),
        "unit": element.findtext("units/unit/unit_name"),
        "grading": element.findtext("gradingtype"),
        "rubric": _text(element.find("graderinfo")),
        "answers": [_answer(one) for one in element.findall("answer")],
        "pairs": [(_text(one), _text(one.find("answer"))) for one in element.findall("subquestion")],
    }
    _check_shares(read)
    return read


def _answer(element: ET.Element) -> dict[str, Any]:
    if element.get("format") == "html":
        _check_rich(element)
    return {
        "fraction": float(element.get("fraction") or "nan"),
        "text": _text(element),
        "feedback": _text(element.find("feedback")),
        "tolerance": float(element.findtext("tolerance") or 0),
    }


def _check_shares(read: dict[str, Any]) -> None:
    """Moodle's own checks on saving: known shares; one right answer whole, several together the whole."""
    shares = [one["fraction"] for one in read["answers"]]
    if not shares:
        return
    if read["type"] == "ordering":
        assert shares == [float(number) for number in range(1, len(shares) + 1)]
        return
    assert all(any(abs(abs(one) - known) < 1e-5 for known in SHARES) for one in shares)
    if read["type"] == "multichoice" and read["single"] == "false":
        assert round(sum(one for one in shares if one > 0) / 100, 2) == 1
    else:
        assert max(shares) == 100


def _check_rich(element: ET.Element | None) -> None:
    """HTML in the format html; every file that it shows is embedded, and every embedded file is shown."""
    assert element is not None
    assert element.get("format") == "html"
    shown = re.findall(r'src="@@PLUGINFILE@@/([^"]*)"', _text(element))
    assert {unquote(html.unescape(one)) for one in shown} == set(_files(element))


def _files(element: ET.Element | None) -> dict[str, bytes]:
    if element is None:
        return {}
    found = {}
    for file in element.findall("file"):
        path, name = file.get("path") or "", file.get("name") or ""
        assert path.startswith("/")
        assert path.endswith("/")
        assert "/" not in name
        assert file.get("encoding") == "base64"
        found[(path + name).lstrip("/")] = base64.b64decode(file.text or "", validate=True)
    return found


def _text(element: ET.Element | None) -> str:
    return "" if element is None else (element.findtext("text") or "")
