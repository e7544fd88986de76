"""`qbank lint --changed-since`: what a change breaks in files that it does not touch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.cli_help import Qbank

BANK = "id: bones\nitems: [items/*.yaml]\ncontent_areas:\n- {id: arm, title: Arm}\n- {id: leg, title: Leg}\n"
STEMS = {
    "ulna": "content_area: arm, stem: Where is the ulna?, enemies: [radius, ilium]",
    "radius": "content_area: arm, stem: Where is the radius?, enemies: [ulna]",
    "tibia": "content_area: leg, stem: What is a QXZ of the tibia?",
    "fibula": "content_area: leg, stem: What is a quick xenon zone (QXZ)?",
}
ITEMS = {name: f"- {{id: {name}, type: essay, status: active, {rest}}}\n" for name, rest in STEMS.items()}


def git(*arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bank with an item a file, committed; the working directory is its repository."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    monkeypatch.chdir(tmp_path)
    folder = Path("bones")
    (folder / "items").mkdir(parents=True)
    (folder / "bank.yaml").write_text(BANK, encoding="utf-8")
    for name, text in ITEMS.items():
        (folder / "items" / f"{name}.yaml").write_text(text, encoding="utf-8")
    git("init", "--quiet", "--initial-branch=main")
    git("add", ".")
    git("commit", "--quiet", "-m", "first")
    return folder


def found(qbank: Qbank, *arguments: str) -> list[tuple[str, str, str]]:
    """Rule, item and message of what is reported on what changed since the commit."""
    ran = qbank("lint", "bones", "--changed-since", "HEAD", "--format", "json", *arguments)
    said = json.loads(ran.out)["diagnostics"]
    assert ("not there at HEAD" in ran.err) == any(
        one["file"].startswith(("bones/items/", "bones/stimuli/")) for one in said
    )
    return [(one["rule"], one["item"], one["message"]) for one in said]


def test_what_was_there_before_is_silent(qbank: Qbank, bank: Path) -> None:
    assert "unknown-enemy" in qbank("lint", "bones").out  # the ilium was never there
    (bank / "items" / "new.yaml").write_text("- {id: new, type: essay, stem: Why?}\n", encoding="utf-8")
    ran = qbank("lint", "bones", "--changed-since", "HEAD", "--select", "links,schema")
    assert (ran.code, ran.out) == (0, "no findings in 5 items of 6 files\n")


def test_an_item_that_is_gone(qbank: Qbank, bank: Path) -> None:
    (bank / "items" / "radius.yaml").unlink()
    (said,) = found(qbank, "--select", "links")
    assert said == ("unknown-enemy", "ulna", "the bank has no item radius to be an enemy of ulna")
    assert qbank("lint", "bones", "--changed-since", "HEAD").code == 1
    assert "1 finding was not there at HEAD" in qbank("lint", "bones", "--changed-since", "HEAD").err
    assert "HEAD" not in qbank("lint", "bones", "--changed-since", "HEAD", "--quiet").err


def test_what_was_said_before_is_not_taken_for_what_differs_in_a_letter_or_number(
    qbank: Qbank, bank: Path
) -> None:
    """Letters and numbers in a message may count something, or be the ids of items."""
    (bank / "items" / "ulna.yaml").write_text(
        ITEMS["ulna"].replace("radius, ilium", "K, Z"), encoding="utf-8"
    )
    (bank / "items" / "radius.yaml").write_text("- {id: K, type: essay, stem: Why?}\n", encoding="utf-8")
    git("commit", "--quiet", "-a", "-m", "letters")
    (bank / "items" / "radius.yaml").unlink()
    (said,) = found(qbank, "--select", "unknown-enemy")
    assert said == ("unknown-enemy", "ulna", "the bank has no item K to be an enemy of ulna")


def test_a_baseline_silences_that_too(qbank: Qbank, bank: Path) -> None:
    (bank / "items" / "radius.yaml").unlink()
    assert qbank("baseline", "bones").code == 0
    assert found(qbank, "--select", "links", "--baseline", "qbank-baseline.json") == []


def test_a_bank_record_that_is_another(qbank: Qbank, bank: Path) -> None:
    text = BANK.replace("- {id: leg, title: Leg}\n", "require: [references]\n")
    (bank / "bank.yaml").write_text(text, encoding="utf-8")
    rules = [(rule, item) for rule, item, _ in found(qbank, "--select", "schema,missing-reference")]
    assert sorted(rules) == [
        *(("missing-reference", item) for item in sorted(ITEMS)),
        ("unknown-content-area", "fibula"),
        ("unknown-content-area", "tibia"),
    ]
    git("commit", "--quiet", "-a", "-m", "more is asked")
    (bank / "bank.yaml").write_text(f"{text}title: Bones\n", encoding="utf-8")
    assert found(qbank, "--select", "schema,missing-reference") == []


def test_an_attribute_that_is_declared_no_more(qbank: Qbank, bank: Path) -> None:
    """Files that cannot be read, and what is wrong with items anyway, were so before."""
    (bank / "bank.yaml").write_text(f"{BANK}attributes: {{side: {{type: string}}}}\n", encoding="utf-8")
    tibia = ITEMS["tibia"].replace("status:", "attributes: {side: left, colour: red}, status:")
    (bank / "items" / "tibia.yaml").write_text(tibia, encoding="utf-8")
    (bank / "items" / "broken.yaml").write_text("- id: [", encoding="utf-8")
    (bank / "items" / "link.yaml").symlink_to("/nowhere.yaml")
    git("add", ".")
    git("commit", "--quiet", "-m", "attributes")
    more = f"{BANK}title: Bones\nattributes: {{side: {{type: string}}}}\n"
    (bank / "bank.yaml").write_text(more, encoding="utf-8")
    said = qbank("lint", "bones", "--select", "schema").out
    assert "the bank declares no attribute 'colour'" in said
    assert said.count("error unreadable-file") == 2
    assert found(qbank, "--select", "schema") == []
    (bank / "bank.yaml").write_text(f"{BANK}attributes: {{colour: {{type: string}}}}\n", encoding="utf-8")
    assert found(qbank, "--select", "schema") == [
        ("schema-violation", "tibia", "the bank declares no attribute 'side'")
    ]


def test_a_text_that_said_more(qbank: Qbank, bank: Path) -> None:
    (bank / "items" / "fibula.yaml").write_text(ITEMS["ulna"].replace("ulna", "fibula"), encoding="utf-8")
    assert found(qbank, "--select", "undefined-abbreviation") == [
        ("undefined-abbreviation", "tibia", "QXZ is nowhere spelled out in the bank")
    ]


def test_a_bank_that_is_new(qbank: Qbank, bank: Path) -> None:
    git("rm", "--quiet", "--cached", "-r", "bones")
    git("commit", "--quiet", "-m", "gone")
    ran = qbank("lint", "bones", "--changed-since", "HEAD", "--select", "links")
    assert "unknown-enemy" in ran.out
    assert "not there at HEAD" not in ran.err


def test_a_bank_of_a_file_that_is_moved(qbank: Qbank, bank: Path) -> None:
    """What another file names cannot be judged before; nothing fails for it."""
    shutil.move(bank, "elsewhere")
    ran = qbank("lint", "elsewhere", "--changed-since", "HEAD", "--select", "links")
    assert ran.code == 1
    assert "unknown-enemy" in ran.out


def test_files_of_items_that_are_gone(qbank: Qbank, bank: Path) -> None:
    """The bank record that names them did not change; a pattern that never met a file is an old story."""
    record = BANK.replace("[items/*.yaml]", "[items/*.yaml, more/*.yaml, never/*.yaml]")
    (bank / "bank.yaml").write_text(record, encoding="utf-8")
    (bank / "more").mkdir()
    (bank / "items" / "ulna.yaml").rename(bank / "more" / "ulna.yaml")
    git("add", ".")
    git("commit", "--quiet", "-m", "second")
    only = ("--changed-since", "HEAD", "--select", "schema")
    assert "pattern 'never/*.yaml' matches no file" in qbank("lint", "bones", "--select", "schema").out
    assert qbank("lint", "bones", *only).out == "no findings in 4 items of 5 files\n"
    (bank / "more" / "ulna.yaml").unlink()
    out = qbank("lint", "bones", *only).out
    assert "pattern 'more/*.yaml' matches no file" in out
    assert "never" not in out.partition("\n")[0]
    shutil.rmtree(bank / "items")
    ran = qbank("lint", "bones", *only)
    assert ran.code == 1
    assert "the bank has no items" in ran.out


def test_a_picture_that_is_gone(qbank: Qbank, bank: Path) -> None:
    """Nobody changed the item that shows it; one that was never there is an old story."""
    (bank / "media").mkdir()
    (bank / "media" / "ulna.png").write_bytes(b"\x89PNG")
    text = "- {id: shown, type: essay, stem: 'Name it: ![the bone](media/ulna.png) ![it](media/never.png)'}\n"
    (bank / "items" / "shown.yaml").write_text(text, encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "-m", "second")
    (bank / "media" / "ulna.png").unlink()
    (said,) = found(qbank, "--select", "links")
    assert said == ("missing-media", "shown", "there is no file media/ulna.png")


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_picture_that_is_a_link(qbank: Qbank, bank: Path) -> None:
    """In the bank of a revision links are not what they were; one that was always there is an old story."""
    (bank / "media").mkdir()
    (bank / "media" / "old.png").symlink_to("../bank.yaml")
    (bank / "media" / "ulna.png").write_bytes(b"\x89PNG")
    media = ", ".join(f"{{file: media/{name}.png, alt: A bone.}}" for name in ("old", "ulna"))
    (bank / "stimuli").mkdir()
    text = f"- {{id: seen, text: Look., media: [{media}]}}\n"
    (bank / "stimuli" / "seen.yaml").write_text(text, encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "-m", "second")
    (bank / "items" / "new.yaml").write_text("- {id: new, type: essay, stem: Why?}\n", encoding="utf-8")
    only = ("--select", "media-outside-bank")
    assert "old.png is a link" in qbank("lint", "bones", *only).out
    assert found(qbank, *only) == []
    (bank / "media" / "ulna.png").unlink()
    (bank / "media" / "ulna.png").symlink_to("old.png")
    (said,) = found(qbank, *only)
    assert said == ("media-outside-bank", "seen", "media/ulna.png is a link, or behind one")


def test_of_a_bank_that_cannot_be_compared_quiet_says_nothing(qbank: Qbank, bank: Path) -> None:
    git("rm", "--quiet", "--cached", "bones/bank.yaml")
    git("commit", "--quiet", "-m", "gone")
    assert "cannot be read" in qbank("lint", "bones", "--changed-since", "HEAD").err
    assert "cannot be read" not in qbank("lint", "bones", "--changed-since", "HEAD", "--quiet").err
