"""`qbank lint`: profiles, overrides, standard input, changed files, several reports, watching."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from qbank.cli import steps
from qbank.config import ConfigError
from tests.cli.cli_help import Qbank, edit

KNEE = "how should the rider's knee be?"
NOT = "which of these is NOT right for the knee?"
ITEM = (
    '{"id": "a", "type": "multiple-choice", "stem": "Which?", "options": {"A": "x", "B": "y"}, "key": "E"}\n'
)


def rules(out: str) -> list[str]:
    """The rules of a JSON report."""
    return [one["rule"] for one in json.loads(out)["diagnostics"]]


@pytest.fixture
def negative(demo: Path) -> Path:
    """The bank with a negative stem."""
    edit(demo / "items" / "riding.yaml", KNEE, NOT)
    return demo


def test_profiles(qbank: Qbank, negative: Path) -> None:
    assert qbank("lint", "demo").code == 0
    assert qbank("lint", "demo", "--profile", "publication").code == 1
    assert qbank("lint", "demo", "--profile", "publication", "--fail-on", "error").code == 0
    config = negative / "qbank.toml"
    config.write_text(f'profile = "publication"\n{config.read_text(encoding="utf-8")}', encoding="utf-8")
    assert qbank("lint", "demo").code == 1
    assert qbank("lint", "demo", "--profile", "draft").code == 0
    assert qbank("lint", "demo", "--profile", "none").code == 2


def test_overrides_by_path_and_status(qbank: Qbank, negative: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = negative / "qbank.toml"
    start = config.read_text(encoding="utf-8")

    def override(text: str) -> list[str]:
        config.write_text(f"{start}\n[[overrides]]\n{text}\n", encoding="utf-8")
        return rules(qbank("lint", "demo", "--format", "json").out)

    assert override('paths = ["items/riding.yaml"]\nignore = ["stem"]') == []
    assert override('paths = ["items/maintenance.yaml"]\nignore = ["stem"]') == ["negative-stem"]
    assert override('statuses = ["draft"]\nignore = ["stem"]') == ["negative-stem"]
    assert override('statuses = ["active"]\nignore = ["negative-stem"]') == []
    assert override('paths = ["items/*"]\nstatuses = ["active"]\nseverity = {negative-stem = "error"}') == [
        "negative-stem"
    ]
    assert qbank("lint", "demo").code == 1
    monkeypatch.chdir(negative / "items")
    assert qbank("lint", "..").code == 1


def test_overrides_that_cannot_be_used(qbank: Qbank, demo: Path) -> None:
    for text, said in (
        ('statuses = ["drafft"]', "Did you mean draft?"),
        ('paths = ["x"]\nignore = ["stme"]', "Did you mean stem?"),
        ('ignore = ["stem"]', "name paths"),
        ('path = ["x"]', "Did you mean paths?"),
    ):
        (demo / "qbank.toml").write_text(f"[[overrides]]\n{text}\n", encoding="utf-8")
        ran = qbank("lint", "demo")
        assert ran.code == 3
        assert said in ran.err


# --- standard input -------------------------------------------------------------------------------------


def piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let a text come through standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))


def test_standard_input(qbank: Qbank, monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, ITEM)
    ran = qbank("lint", "-", "--stdin-filename", "new/items.jsonl")
    assert ran.code == 1
    assert "new/items.jsonl:1:98 error key-not-an-option " in ran.out
    assert '"key": "E"}' in ran.out
    assert "1 error" in ran.out
    piped(monkeypatch, f"- {ITEM}")
    assert qbank("lint", "-").out.startswith("stdin.yaml:1:")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"{ITEM}\n{ITEM.replace('a-1', 'a-2')}\n", "stdin.jsonl:1:"),
        (f"\n{ITEM}\n", "stdin.jsonl:2:"),
        (f"\ufeff{ITEM}", "stdin.jsonl:1:"),
        (f"[{ITEM}]", "stdin.json:1:"),
        (f'{{"items":\n[{ITEM}]}}', "stdin.json:2:"),
        (f"{{items: [{ITEM}]}}", "stdin.yaml:1:"),
    ],
)
def test_standard_input_without_a_name_is_what_its_text_is(
    qbank: Qbank, monkeypatch: pytest.MonkeyPatch, text: str, name: str
) -> None:
    piped(monkeypatch, text)
    ran = qbank("lint", "-")
    assert ran.out.startswith(name), ran.out
    assert "key-not-an-option" in ran.out
    assert "was read as" not in ran.err


def test_a_broken_line_of_standard_input_is_one(qbank: Qbank, monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, f'{{"id": "a-0", \n{ITEM}\n')
    ran = qbank("lint", "-")
    assert "stdin.jsonl:1:" in ran.out
    assert "stdin.jsonl:2:" in ran.out
    assert "key-not-an-option" in ran.out
    assert "standard input was read as JSON Lines; --stdin-filename tells what it is" in ran.err
    piped(monkeypatch, f'{{"id": "a-0", \n{ITEM}\n')
    assert "was read as" not in qbank("lint", "-", "--stdin-filename", "a.jsonl").err
    piped(monkeypatch, f'{{"id": "a-0", \n{ITEM}\n')
    assert "was read as" not in qbank("lint", "-", "--quiet").err


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_on_standard_input_is_refused(
    qbank: Qbank, monkeypatch: pytest.MonkeyPatch, mark: str
) -> None:
    piped(monkeypatch, "id,type,Stem,A,B,key\na-1,multiple-choice,Why?,x,y,A\n".replace(",", mark))
    ran = qbank("lint", "-")
    assert ran.code == 2
    assert "qbank import FILE --out DIR" in ran.err


def test_standard_input_that_is_broken(qbank: Qbank, monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, "{")
    ran = qbank("lint", "-", "--stdin-filename", "a.json", "--format", "json")
    assert ran.code == 1
    assert {one["file"] for one in json.loads(ran.out)["diagnostics"]} == {"a.json"}


def test_standard_input_takes_the_settings_of_its_place(
    qbank: Qbank, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (demo / "qbank.toml").write_text(
        '[[overrides]]\npaths = ["new.jsonl"]\nignore = ["key"]', encoding="utf-8"
    )
    for name, code in (("demo/new.jsonl", 0), ("demo/old.jsonl", 1), ("new.jsonl", 1)):
        piped(monkeypatch, ITEM)
        assert qbank("lint", "-", "--stdin-filename", name).code == code


def test_misused_standard_input(qbank: Qbank, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert qbank("lint", "demo", "--stdin-filename", "x.json").code == 2
    for arguments in (("--stdin-filename", "x.txt"), ("--watch",), ("--fix",)):
        piped(monkeypatch, ITEM)
        assert qbank("lint", "-", *arguments).code == 2


# --- several reports ------------------------------------------------------------------------------------


def test_also_in_other_formats(qbank: Qbank, negative: Path) -> None:
    ran = qbank("lint", "demo", "--also", "sarif=a.sarif", "--also", "markdown=a.md")
    assert "negative-stem" in ran.out
    assert len(json.loads(Path("a.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]) == 1
    assert Path("a.md").read_text(encoding="utf-8").startswith("## qbank lint\n")
    for wrong, said in (("sarif", "names no file"), ("sarf=x", "Did you mean sarif?")):
        ran = qbank("lint", "demo", "--also", wrong)
        assert ran.code == 2
        assert said in ran.err


# --- changed files --------------------------------------------------------------------------------------

GIT = """#!{python}
import json, os, sys
arguments = sys.argv[3:]
with open({log!r}, "a") as log:
    log.write(json.dumps(arguments) + "\\n")
assert sys.argv[1:3] == ["-c", "core.fsmonitor=false"]
answers = json.load(open({answers!r}))
answer = answers.get(arguments[0], answers.get(" ".join(arguments), None))
if answer is None:
    sys.stderr.write("fatal: not a git repository\\n")
    sys.exit(128)
sys.stdout.write(answer)
"""


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[list[str]]]:
    """Puts a stand-in for git on the PATH; gives what it was asked when called with its answers."""
    if os.name == "nt":
        pytest.skip("the stand-in for git is a script with a first line")
    folder = tmp_path / "bin"
    folder.mkdir()
    log, answers = folder / "log", folder / "answers.json"
    script = folder / "git"
    script.write_text(GIT.format(python=sys.executable, log=str(log), answers=str(answers)), encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))

    def answer(**given: str) -> list[list[str]]:
        named = {name.replace("_", "-"): text for name, text in given.items()}
        answers.write_text(json.dumps({"rev-parse --show-toplevel": f"{tmp_path}\n", **named}))
        log.write_text("", encoding="utf-8")
        return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]

    return answer


def test_only_what_changed(qbank: Qbank, negative: Path, git: Callable[..., object], tmp_path: Path) -> None:
    known = {"rev-parse --verify --quiet main^{commit}": "c0ffee\n", "merge-base": "ba5e\n", "ls-files": ""}
    git(**known, diff="demo/items/riding.yaml\0README.md\0")
    ran = qbank("lint", "demo", "--changed-since", "main", "--format", "json")
    assert rules(ran.out) == ["negative-stem"]
    asked = [json.loads(line) for line in (tmp_path / "bin" / "log").read_text().splitlines()]
    assert ["diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", "ba5e", "--"] in asked
    assert ["merge-base", "c0ffee", "HEAD"] in asked
    git(**known, diff="demo/items/maintenance.yaml\0")
    ran = qbank("lint", "demo", "--changed-since", "main", "--format", "json")
    assert rules(ran.out) == []
    assert json.loads(ran.out)["summary"]["items"] == 14
    git(**{**known, "ls-files": "demo/items/riding.yaml\0"}, diff="")
    assert rules(qbank("lint", "demo", "--changed-since", "main", "--format", "json").out) == [
        "negative-stem"
    ]


def test_a_finding_about_a_changed_and_an_unchanged_file(
    qbank: Qbank, demo: Path, git: Callable[..., object]
) -> None:
    text = (demo / "items" / "maintenance.yaml").read_text(encoding="utf-8")
    first = text[text.index("- id:") :]
    (demo / "items" / "again.yaml").write_text(first, encoding="utf-8")
    known = {"rev-parse --verify --quiet main^{commit}": "c0ffee\n", "merge-base": "", "ls-files": ""}
    for changed in ("demo/items/again.yaml", "demo/items/maintenance.yaml"):
        git(**known, diff=f"{changed}\0")
        ran = qbank("lint", "demo", "--changed-since", "main", "--format", "json")
        assert "duplicate-item-id" in rules(ran.out)


def test_a_revision_that_git_does_not_know(
    qbank: Qbank, demo: Path, git: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    git()
    ran = qbank("lint", "demo", "--changed-since", "mian")
    assert (ran.code, ran.out) == (2, "")
    assert "git knows no revision 'mian'" in ran.err
    assert qbank("lint", "demo", "--changed-since", "--output=x").code == 2
    assert "shallow" not in ran.err
    git(**{"rev-parse --is-shallow-repository": "true\n"})
    assert "this clone is shallow" in qbank("lint", "demo", "--changed-since", "origin/main").err
    monkeypatch.setenv("PATH", str(demo))
    ran = qbank("lint", "demo", "--changed-since", "main")
    assert ran.code == 2
    assert "needs git" in ran.err


# --- watching -------------------------------------------------------------------------------------------


class Stop(Exception):
    """The person at the keyboard has seen enough."""


def test_watching_runs_again_when_something_changes() -> None:
    states = iter(({"a": (1, 1)}, {"a": (1, 1)}, {"a": (1, 1)}, {"a": (2, 1)}, {"a": (2, 1)}, {"a": (2, 1)}))
    events: list[str] = []
    errors = iter((None, ConfigError("qbank.toml: this is not TOML")))

    def run() -> None:
        events.append("run")
        error = next(errors)
        if error is not None:
            raise error

    def pause() -> None:
        events.append("pause")
        if events.count("pause") == 4:
            raise Stop

    with pytest.raises(Stop):
        steps.watch(run, lambda: next(states), pause=pause, clear=lambda: events.append("clear"))
    assert events == ["clear", "run", "pause", "pause", "clear", "run", "pause", "pause"]


def test_watching_says_what_is_wrong_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    def run() -> None:
        raise click.UsageError("no such thing")

    def pause() -> None:
        raise Stop

    with pytest.raises(Stop):
        steps.watch(run, dict, pause=pause, clear=lambda: None)
    assert "no such thing" in capsys.readouterr().err


def test_what_is_watched(demo: Path) -> None:
    seen = steps.stamps([demo, Path("nowhere")], [str(demo / "stimuli" / "cases.yaml")])
    names = {Path(name).relative_to(demo).as_posix() for name in seen}
    assert names == {
        "bank.yaml",
        "blueprints/practice.yaml",
        "items/maintenance.yaml",
        "items/riding.yaml",
        "qbank.toml",
    }
    edit(demo / "items" / "riding.yaml", KNEE, NOT)
    assert steps.stamps([demo], [str(demo / "stimuli" / "cases.yaml")]) != seen


def test_watch_lints_as_asked(qbank: Qbank, negative: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def once(run: Callable[[], int], look: Callable[[], object]) -> int:
        assert look()
        run()
        raise KeyboardInterrupt

    monkeypatch.setattr(steps, "watch", once)
    ran = qbank("lint", "demo", "--watch", "--select", "stem", "--fail-on", "warning")
    assert ran.code == 130
    assert "negative-stem" in ran.out
