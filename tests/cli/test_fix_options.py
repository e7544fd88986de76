"""`qbank lint --fix`, `--unsafe-fixes` and `--diff`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.cli.cli_help import Qbank

TEXT = """# bones
- id: bone-1
  type: multiple-choice
  stem: "\\u200b Which bone is the heel bone?"  # stem
  options: {A: Talus, B: 'Calcaneus ', C: Cuboid}
  key: D
"""
CLEAN = TEXT.replace("\\u200b ", "").replace("Calcaneus ", "Calcaneus")


@pytest.fixture
def items(qbank: Qbank) -> Path:
    """A bank with two texts to fix, one of them in two rounds, and a key that nothing can fix."""
    path = Path("items.yaml")
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_fix_reports_what_is_left(qbank: Qbank, items: Path) -> None:
    ran = qbank("lint", "items.yaml", "--fix")
    assert ran.code == 1
    assert ran.err == "qbank: fixed 3 in 1 file\n"
    assert "key-not-an-option" in ran.out
    assert "white-space" not in ran.out
    assert items.read_text(encoding="utf-8") == CLEAN
    again = qbank("lint", "items.yaml", "--fix", "--select", "text")
    assert (again.code, again.err) == (0, "qbank: fixed 0 in 0 files\n")
    assert items.read_text(encoding="utf-8") == CLEAN


def test_diff_shows_and_changes_nothing(qbank: Qbank, items: Path) -> None:
    ran = qbank("lint", "items.yaml", "--diff")
    assert ran.code == 1
    assert (
        ran.out
        == """--- a/items.yaml
+++ b/items.yaml
@@ -1,6 +1,6 @@
 # bones
 - id: bone-1
   type: multiple-choice
-  stem: "\\u200b Which bone is the heel bone?"  # stem
-  options: {A: Talus, B: 'Calcaneus ', C: Cuboid}
+  stem: "Which bone is the heel bone?"  # stem
+  options: {A: Talus, B: 'Calcaneus', C: Cuboid}
   key: D
"""
    )
    assert ran.err == ""
    assert items.read_text(encoding="utf-8") == TEXT
    items.write_text(CLEAN, encoding="utf-8")
    assert qbank("lint", "items.yaml", "--diff", "--fix") == (0, "", "")


def test_diagnostics_say_what_can_be_fixed(qbank: Qbank, items: Path) -> None:
    found = json.loads(qbank("lint", "items.yaml", "--format", "json").out)["diagnostics"]
    assert {one["rule"]: one["fixable"] for one in found} == {
        "invisible-character": True,
        "stray-white-space": True,
        "key-not-an-option": False,
    }


def test_unsafe_fixes_are_made_only_when_asked_for(qbank: Qbank, items: Path) -> None:
    text = CLEAN.replace("key: D", "key: B") + "  lint_ignore: [{rule: negative-stem, reason: was so}]\n"
    items.write_text(text, encoding="utf-8")
    assert "fixed 0" in qbank("lint", "items.yaml", "--fix").err
    assert items.read_text(encoding="utf-8") == text
    assert "fixed 1" in qbank("lint", "items.yaml", "--fix", "--unsafe-fixes").err
    assert items.read_text(encoding="utf-8") == CLEAN.replace("key: D", "key: B")
    assert qbank("lint", "items.yaml", "--unsafe-fixes").code == 2


def test_a_bank_of_several_files(qbank: Qbank, demo: Path) -> None:
    before = {path: path.read_bytes() for path in demo.rglob("*") if path.is_file()}
    extra = demo / "items" / "extra.yaml"
    extra.write_text(
        "- id: bike-extra-001\n  type: true-false\n  stem: ' A wheel is round. '\n  key: true\n"
        "  enemies: [bike-wheels-001]\n  content_area: maintenance/wheels\n  cognitive_level: recall\n",
        encoding="utf-8",
    )
    preview = qbank("lint", "demo", "--diff", "--select", "text,links")
    assert preview.code == 1
    assert "+++ b/demo/items/extra.yaml" in preview.out
    assert "+++ b/demo/items/maintenance.yaml" in preview.out
    ran = qbank("lint", "demo", "--fix", "--select", "text,links")
    assert (ran.code, ran.err) == (0, "qbank: fixed 2 in 2 files\n")
    changed = {path.name for path, data in before.items() if path.read_bytes() != data}
    assert changed == {"maintenance.yaml"}
    assert "bike-extra-001" in (demo / "items" / "maintenance.yaml").read_text(encoding="utf-8")


def test_what_cannot_be_fixed_is_said(qbank: Qbank, items: Path) -> None:
    items.write_text(TEXT.replace('stem: "', 'stem: &s "'), encoding="utf-8")
    ran = qbank("lint", "items.yaml", "--fix", "--select", "text")
    assert "qbank: not fixed: items.yaml: bone-1: stray-white-space: the value has an anchor" in ran.err or (
        "qbank: not fixed: items.yaml: bone-1: invisible-character: the value has an anchor" in ran.err
    )
    assert "qbank: fixed 1 in 1 file" in ran.err
    assert ran.code == 0


def test_a_file_that_cannot_be_written(qbank: Qbank, items: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(30, "Read-only file system", "items.yaml")

    monkeypatch.setattr("qbank.formats.files.write_atomic", fails)
    ran = qbank("lint", "items.yaml", "--fix")
    assert ran.code == 3
    assert "items.yaml: cannot be written: read-only file system" in ran.err
    assert items.read_text(encoding="utf-8") == TEXT


def git(*arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments], check=True)


def test_what_a_baseline_silences_is_not_fixed(qbank: Qbank, items: Path) -> None:
    assert qbank("baseline", "items.yaml").code == 0
    known = ("--baseline", "qbank-baseline.json")
    assert qbank("lint", "items.yaml", "--diff", *known) == (0, "", "")
    items.write_text(TEXT + TEXT.replace("bone-1", "bone-2").partition("\n")[2], encoding="utf-8")
    ran = qbank("lint", "items.yaml", "--fix", *known, "--select", "text")
    assert (ran.code, ran.out) == (0, "no findings in 2 items of 1 file\n")
    assert "fixed 3 in 1 file" in ran.err
    assert items.read_text(encoding="utf-8") == TEXT + CLEAN.replace("bone-1", "bone-2").partition("\n")[2]


def test_fixes_keep_to_changed_files(qbank: Qbank) -> None:
    Path("bank.yaml").write_text("id: bones\nitems: ['*-items.yaml']\n", encoding="utf-8")
    old, new = Path("old-items.yaml"), Path("new-items.yaml")
    old.write_text(TEXT, encoding="utf-8")
    git("init", "--quiet", "--initial-branch=main")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    new.write_text(TEXT.replace("bone-1", "bone-2"), encoding="utf-8")
    shown = qbank("lint", "--diff", "--changed-since", "HEAD").out
    assert [line for line in shown.splitlines() if line.startswith("+++")] == ["+++ b/new-items.yaml"]
    assert "fixed 3 in 1 file" in qbank("lint", "--fix", "--changed-since", "HEAD").err
    assert old.read_text(encoding="utf-8") == TEXT
    assert new.read_text(encoding="utf-8") == CLEAN.replace("bone-1", "bone-2")
