"""The reporters against what they must print, character for character."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from qbank.checking import Report
from qbank.diagnostics import Diagnostic, RelatedPlace, Severity
from qbank.reading.schemas import schema
from qbank.reporters import HELPERS, built_in, github, reporters, sarif, text
from qbank.reporters import json as json_reporter
from qbank.reporters.contract import Rendering
from qbank.reporters.safe import width
from qbank.rule import all_rules
from tests.cli.cli_help import Qbank

LINES = {("items/a.yaml", 3): "  key: E", ("items/a b.yaml", 12): "  stem: Which\tis 骨\u200b折 it?"}


def _line(file: str, number: int) -> str:
    return LINES.get((file, number), "")


RENDERING = Rendering(line=_line, rules=all_rules(), version="1.2.3")
FIRST = Diagnostic(
    rule="key-not-an-option",
    family="key",
    severity=Severity.ERROR,
    message="the key names E",
    hint="Use A, B or C.",
    file="items/a.yaml",
    line=3,
    column=8,
    item="a-1",
    pointer="/key",
)
SECOND = Diagnostic(
    rule="invented",
    family="text",
    severity=Severity.WARNING,
    message="odd: 100%, really\nso",
    hint="",
    file="items/a b.yaml",
    line=12,
    column=18,
    item="a-2",
    pointer="/stem",
    related=(RelatedPlace("items/a.yaml", 1, 7, "a-1", "first here"),),
)
THIRD = Diagnostic("told", "text", Severity.INFO, "only so you know", "", "", 1, 1)
REPORT = Report((FIRST, SECOND, THIRD), 14, 3)
CLEAN = Report((), 1, 1)


def test_the_folder_is_the_catalogue() -> None:
    assert built_in() == [
        "github",
        "gitlab",
        "html",
        "json",
        "jsonl",
        "junit",
        "markdown",
        "sarif",
        "text",
    ]
    assert set(built_in()) <= set(reporters())
    assert {"contract", "fingerprint", "grouped", "safe"} == HELPERS


def test_text() -> None:
    assert text.render(REPORT, RENDERING) == (
        "items/a.yaml:3:8 error key-not-an-option the key names E\n"
        "    3 |   key: E\n"
        "      |        ^\n"
        "      = hint: Use A, B or C.\n"
        "\n"
        "items/a b.yaml:12:18 warning invented odd: 100%, really\\x0aso\n"
        "   12 |   stem: Which is 骨\\u200b折 it?\n"
        "      |                  ^\n"
        "      = items/a.yaml:1:7 first here (a-1)\n"
        "\n"
        "(no file):1:1 info told only so you know\n"
        "\n"
        "1 error, 1 warning, 1 info in 14 items of 3 files\n"
    )
    assert text.render(CLEAN, RENDERING) == "no findings in 1 item of 1 file\n"


def test_text_shows_a_long_line_around_the_caret() -> None:
    long = "".join(f"<{number:04}>" for number in range(1000))
    for column in (1, 70, 3001, 6000, 6001, 9000):
        found = Diagnostic("r", "f", Severity.ERROR, "m", "", "x", 1, column)
        shown, caret = text.render(
            Report((found,), 1, 1), Rendering(line=lambda file, number: long)
        ).splitlines()[1:3]
        assert len(shown) <= 8 + text.WIDEST + 2
        at = caret.index("^")
        if column <= len(long):
            assert shown[at] == long[column - 1]
        else:
            assert at == len(shown)


@pytest.mark.parametrize("columns", [0, 30, 60, 80, 200])
@pytest.mark.parametrize("kind", ["下列哪一项", "ab", "x\u200b", "é\u0301"])
def test_text_fits_the_terminal(kind: str, columns: int) -> None:
    long = f"{kind * 200}!{kind * 200}"
    found = Diagnostic("r", "f", Severity.ERROR, "m", "", "x", 1, long.index("!") + 1)
    rendering = Rendering(line=lambda file, number: long, columns=columns)
    shown, caret = text.render(Report((found,), 1, 1), rendering).splitlines()[1:3]
    assert width(shown) <= (min(columns, 130) or 130)
    assert width(shown) >= (min(columns, 130) or 130) - 12
    assert width(shown[: shown.index("!")]) == caret.index("^")


def test_text_says_less_of_each_rule_on_a_narrow_terminal() -> None:
    many = tuple(Diagnostic("key-longest", "cues", Severity.WARNING, "m", "", "", n, 1) for n in range(30))
    wide, narrow, tiny = (
        text.render(Report(many, 30, 1), Rendering(rules=all_rules(), columns=columns)).splitlines()[-3]
        for columns in (0, 60, 30)
    )
    assert wide == "30 warning key-longest  The key is much longer than every other option."
    assert narrow == "30 warning key-longest  The key is much longer than every o…"
    assert len(narrow) <= 60
    assert tiny == wide


def test_text_lets_no_bank_move_the_cursor() -> None:
    evil = "\x1b[2J\u202e\r\n\x07"
    found = Diagnostic(
        "r", "f", Severity.ERROR, evil, evil, evil, 1, 1, evil, "", (RelatedPlace(evil, 1, 1, evil, evil),)
    )
    out = text.render(Report((found,), 1, 1), Rendering(line=lambda file, number: evil))
    assert out.replace("\n", "").isprintable()


def test_text_is_styled_by_role() -> None:
    styled = Rendering(line=_line, style=lambda said, role: f"<{role}>{said}</>")
    out = text.render(Report((FIRST,), 1, 1), styled)
    assert out.startswith("<place>items/a.yaml:3:8</> <error>error</> <rule>key-not-an-option</> the key")
    assert out.endswith("<error>1 error in 1 item of 1 file</>\n")
    assert text.render(CLEAN, styled) == "<good>no findings in 1 item of 1 file</>\n"


def test_json() -> None:
    tree = json.loads(json_reporter.render(REPORT, RENDERING))
    jsonschema.validate(tree, schema("report"))
    assert tree["schema_version"] == 1
    assert tree["summary"] == {"error": 1, "warning": 1, "info": 1, "items": 14, "files": 3}
    assert tree["diagnostics"][1] == {
        "rule": "invented",
        "family": "text",
        "severity": "warning",
        "message": "odd: 100%, really\nso",
        "hint": "",
        "file": "items/a b.yaml",
        "line": 12,
        "column": 18,
        "item": "a-2",
        "pointer": "/stem",
        "related": [{"file": "items/a.yaml", "line": 1, "column": 7, "item": "a-1", "message": "first here"}],
        "fixable": False,
    }
    jsonschema.validate(json.loads(json_reporter.render(CLEAN, RENDERING)), schema("report"))


def test_github() -> None:
    assert github.render(REPORT, RENDERING) == (
        "::error file=items/a.yaml,line=3,col=8,title=key-not-an-option::the key names E%0AUse A, B or C.\n"
        "::warning file=items/a b.yaml,line=12,col=18,title=invented::odd: 100%25, really%0Aso"
        "%0Aitems/a.yaml:1:7 first here\n"
        "::notice line=1,col=1,title=told::only so you know\n"
    )
    assert github.render(CLEAN, RENDERING) == ""
    odd = Diagnostic("r", "f", Severity.ERROR, "m", "", "a:b,c%d", 1, 1)
    assert "file=a%3Ab%2Cc%25d," in github.render(Report((odd,), 1, 1), RENDERING)


def test_sarif() -> None:
    log = json.loads(sarif.render(REPORT, RENDERING))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("qbank", "1.2.3")
    assert [rule["id"] for rule in driver["rules"]] == ["invented", "key-not-an-option", "told"]
    known = driver["rules"][1]
    assert known["help"]["text"] == all_rules()["key-not-an-option"].doc
    assert known["defaultConfiguration"] == {"level": "error"}
    assert run["invocations"] == [{"executionSuccessful": True}]
    first, second, third = run["results"]
    assert first["ruleId"] == "key-not-an-option"
    assert driver["rules"][first["ruleIndex"]]["id"] == first["ruleId"]
    assert first["level"] == "error"
    assert first["message"] == {"text": "the key names E\nUse A, B or C."}
    assert first["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "items/a.yaml"},
                "region": {"startLine": 3, "startColumn": 8},
            }
        }
    ]
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "items/a%20b.yaml"
    assert second["relatedLocations"][0]["message"] == {"text": "first here"}
    assert third["level"] == "note"


def test_sarif_fingerprints_outlive_a_move() -> None:
    def mark(**changed: object) -> str:
        one = {name: getattr(FIRST, name) for name in FIRST.__struct_fields__} | changed
        log = json.loads(sarif.render(Report((Diagnostic(**one),), 1, 1), RENDERING))
        (value,) = log["runs"][0]["results"][0]["partialFingerprints"].values()
        return str(value)

    assert mark() == mark(line=99, column=1, file="items/b.yaml", message="else")
    assert len({mark(), mark(item="b"), mark(pointer="/stem"), mark(rule="r")}) == 4


def test_sarif_keeps_the_worst_and_says_how_many_it_left_out() -> None:
    many = tuple(
        Diagnostic("r", "f", Severity.ERROR if number % 2 else Severity.INFO, "m", "", "x", number + 1, 1)
        for number in range(sarif.MOST_RESULTS + 1000)
    )
    (run,) = json.loads(sarif.render(Report(many, 1, 1), RENDERING))["runs"]
    assert len(run["results"]) == sarif.MOST_RESULTS
    assert sum(one["level"] == "error" for one in run["results"]) == 3000
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("1000 more findings were left out")


@pytest.mark.parametrize("name", built_in())
def test_same_input_same_bytes(name: str) -> None:
    assert reporters()[name](REPORT, RENDERING) == reporters()[name](REPORT, RENDERING)


def test_what_is_said_of_a_bank_in_one_file_stands_in_that_file(qbank: Qbank) -> None:
    items = (
        {"id": f"i-{n}", "type": "multiple-choice", "stem": f"Which of them is number {n * 7919}?"}
        | {"options": {"A": f"a{n}", "B": f"b{n}", "C": f"c{n}"}, "key": "A"}
        for n in range(60)
    )
    Path("all.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in items), encoding="utf-8")
    asked = ("lint", "all.jsonl", "--select", "key-position-skew", "--format")
    assert qbank(*asked, "github").out.startswith("::warning file=all.jsonl,line=1,col=1,")
    (result,) = json.loads(qbank(*asked, "sarif").out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "all.jsonl"}
