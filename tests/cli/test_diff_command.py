"""`qbank diff`: what changed in meaning, and when that is exit code 1."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.cli_help import Qbank, edit

APPROVAL = "  approval: {by: J. Doe, date: 2026-01-02}\n"


@pytest.fixture
def old(demo: Path) -> Path:
    """A copy of the bank, made before it is changed."""
    return Path(shutil.copytree(demo, "old"))


def first_item(bank: Path) -> tuple[Path, str]:
    """The file of the first item and its id."""
    path = bank / "items" / "riding.yaml"
    return path, path.read_text(encoding="utf-8").split("- id: ")[1].split("\n")[0]


def approve(bank: Path) -> None:
    path, id = first_item(bank)
    edit(path, f"- id: {id}\n", f"- id: {id}\n{APPROVAL}")


def rekey(bank: Path) -> None:
    path, _ = first_item(bank)
    before, mark, after = path.read_text(encoding="utf-8").partition("  key: ")
    path.write_text(f"{before}{mark}{'A' if after[0] != 'A' else 'B'}{after[1:]}", encoding="utf-8")


def test_the_same_bank(qbank: Qbank, demo: Path, old: Path) -> None:
    ran = qbank("diff", "old", "demo")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("old → demo (")
    assert ran.out.endswith(": no differences\n")


def test_a_key_of_an_item_that_nobody_approved(qbank: Qbank, demo: Path, old: Path) -> None:
    rekey(demo)
    ran = qbank("diff", "old", "demo")
    assert ran.code == 0
    assert "Key or its text changed (1)" in ran.out
    assert "1 key changed" in ran.out


def test_a_key_of_an_approved_item(qbank: Qbank, demo: Path, old: Path) -> None:
    for bank in (demo, old):
        approve(bank)
    rekey(demo)
    ran = qbank("diff", "old", "demo")
    assert ran.code == 1
    assert "approved 2026-01-02 by J. Doe" in ran.out
    assert ran.out.endswith("the key of an approved item changed without a new approval\n")
    tree = json.loads(qbank("diff", "old", "demo", "--format", "json").out)
    assert (tree["schema_version"], tree["summary"]["hits"]) == (1, 1)
    assert "**The key of an approved item changed" in qbank("diff", "old", "demo", "--format", "markdown").out
    edit(first_item(demo)[0], APPROVAL, APPROVAL.replace("2026-01-02", "2026-03-04"))
    assert qbank("diff", "old", "demo").code == 0


def test_an_approved_item_that_cannot_be_read_any_more(qbank: Qbank, demo: Path, old: Path) -> None:
    approve(old)
    path, _ = first_item(demo)
    path.write_text("- id: [\n", encoding="utf-8")
    ran = qbank("diff", "old", "demo")
    assert ran.code == 1
    assert ran.out.endswith("an approved item cannot be read any more\n")
    assert "NEW could not be read whole" in ran.out
    assert ran.err == "demo: 1 finding while reading\n"
    assert qbank("diff", "old", "demo", "--quiet").err == ""


def test_output_to_a_file(qbank: Qbank, demo: Path, old: Path) -> None:
    ran = qbank("diff", "old", "demo", "--format", "markdown", "-o", "comment.md")
    assert (ran.code, ran.out) == (0, "")
    assert Path("comment.md").read_text(encoding="utf-8").startswith("## Changes of the item bank\n")


def test_colour(qbank: Qbank, demo: Path, old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rekey(demo)
    assert "\x1b[" not in qbank("diff", "old", "demo").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in qbank("diff", "old", "demo").out
    assert "\x1b[" not in qbank("diff", "old", "demo", "--format", "json").out


def test_a_git_revision(qbank: Qbank, demo: Path) -> None:
    def git(*arguments: str) -> None:
        names = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *names, *arguments], check=True, capture_output=True)

    approve(demo)
    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    rekey(demo)
    ran = qbank("diff", "HEAD:demo", "demo")
    assert ran.code == 1
    assert "HEAD:demo → demo (" in ran.out
    assert qbank("diff", "--git", "HEAD", "demo") == ran
    git("commit", "-q", "-a", "-m", "second")
    assert qbank("diff", "--git", "HEAD", "demo").code == 0
    assert qbank("diff", "HEAD~1:demo", "HEAD:demo").code == 1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "name two banks, OLD and NEW, or one with --git REV."),
        (("demo",), 2, "name two banks"),
        (("demo", "demo", "demo"), 2, "name two banks"),
        (("--git", "HEAD", "demo", "demo"), 2, "with --git, name one bank"),
        (("nowhere", "demo"), 3, "nowhere: there is no such file"),
        (("demo", "nowhere"), 3, "nowhere: there is no such file"),
        (("nope:demo", "demo"), 3, "git"),
        (("--git", "--output=x", "demo"), 3, "git"),
        (("demo", "demo", "--format", "xml"), 2, "xml"),
        (("demo", "demo", "-o", "no/where/x"), 3, "cannot be written"),
    ],
)
def test_what_is_wrong_is_said(
    qbank: Qbank, demo: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = qbank("diff", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "bug" not in ran.err


def test_a_revision_without_a_path_is_told_how_to_name_one(qbank: Qbank, demo: Path) -> None:
    ran = qbank("diff", "HEAD", str(demo))
    assert (ran.code, ran.out) == (3, "")
    assert "HEAD: there is no such file; a bank of a git revision is written as HEAD:PATH" in ran.err


def test_help_says_what_counts_as_approved(qbank: Qbank) -> None:
    ran = qbank("diff", "--help")
    assert ran.code == 0
    assert "without a new approval" in ran.out
    assert "Approved: OLD has an approval record" in " ".join(ran.out.split())
