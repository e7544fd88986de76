"""Banks of git revisions: read as they were committed, without running anything of the repository."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from qbank.api import diff, load_bank
from qbank.comparison.revision import Revision, beside, load_revision, named
from qbank.diagnostics import Location
from qbank.reading.files import PathError

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

ITEM = """\
- id: {id}
  type: multiple-choice
  stem: Which bone is broken?
  options:
    A: Tibia
    B: Fibula
  key: {key}
  stimulus: case
"""


def git(*arguments: str, cwd: Path = Path(), given: bytes = b"") -> str:
    """Runs git as somebody."""
    names = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *names, *arguments], check=True, capture_output=True, cwd=cwd, input=given)
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a bank in banks/bones, committed, and changed since."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    root = tmp_path / "repository"
    bank = root / "banks" / "bones"
    (bank / "items" / "deep").mkdir(parents=True)
    (bank / "bank.yaml").write_text("id: bones\n", encoding="utf-8")
    (bank / "items" / "one.yaml").write_text(ITEM.format(id="one", key="A"), encoding="utf-8")
    (bank / "items" / "deep" / "zwei ä.yaml").write_text(ITEM.format(id="two", key="A"), encoding="utf-8")
    (bank / "stimuli").mkdir()
    (bank / "stimuli" / "case.yaml").write_text(
        "- id: case\n  media: [{file: x.png, alt: x}]\n", encoding="utf-8"
    )
    (bank / "x.png").write_bytes(b"\x00\r\n\xff")
    (root / "single.jsonl").write_text(
        '{"stimulus": {"id": "case", "media": [{"file": "banks/bones/x.png", "alt": "x"}]}}\n'
        '{"id": "one", "type": "true-false", "stem": "So?", "key": true, "stimulus": "case"}\n',
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    git("init", "-q", str(root))
    monkeypatch.chdir(root)
    git("add", ".")
    git("commit", "-q", "-m", "first")
    return root


def at(spec: str) -> Revision:
    revision = named(spec)
    assert revision is not None
    return revision


@pytest.mark.parametrize(
    "path", ["banks/bones", "banks/bones/", "banks/bones/bank.yaml", "./banks/bones", "single.jsonl"]
)
def test_a_revision_is_the_bank_as_it_was_committed(repository: Path, path: str) -> None:
    old, problems = load_revision(at(f"HEAD:{path}"))
    now, _ = load_bank(path)
    assert not problems
    assert len(now.items) == len(old.items) > 0
    assert old.stimuli[0].media[0].sha256
    assert diff(old, now).is_empty


def test_what_changed_since(repository: Path) -> None:
    one = Path("banks/bones/items/one.yaml")
    one.write_text(ITEM.format(id="one", key="B"), encoding="utf-8")
    old, _ = load_revision(at("HEAD:banks/bones"))
    (item,) = diff(old, load_bank("banks/bones").bank).items
    assert [change.kind for change in item.changes] == ["key"]
    git("commit", "-q", "-a", "-m", "second")
    before, after = (load_revision(at(f"{rev}:banks/bones")).bank for rev in ("HEAD~1", "HEAD"))
    assert [one.id for one in diff(before, after).items] == ["one"]


@pytest.mark.parametrize("folder", [".", "banks", "banks/bones", "banks/bones/items"])
def test_a_bank_named_by_its_path_on_the_disk(
    repository: Path, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / folder)
    monkeypatch.setenv("GIT_DIR", "nowhere")  # as in a hook that runs elsewhere
    way = os.path.relpath(repository / "banks" / "bones")
    revision = beside("HEAD", way)
    assert revision.shown == "HEAD:banks/bones"
    assert len(load_revision(revision).bank.items) == 2


@pytest.mark.parametrize("path", ["./", ".", "", "../bones", "./bank.yaml", "items/.."])
def test_paths_that_count_from_here(repository: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "banks" / "bones")
    if path in ("", "items/.."):  # these count from the top, where there is no bank
        with pytest.raises(PathError):
            load_revision(at(f"HEAD:{path}"))
    else:
        assert len(load_revision(at(f"HEAD:{path}")).bank.items) == 2


def test_places_are_shown_as_revision_and_path(repository: Path) -> None:
    broken = Path("banks/bones/items/one.yaml")
    broken.write_text("- id: one\n  type: [\n", encoding="utf-8")
    git("commit", "-q", "-a", "-m", "broken")
    bank, problems = load_revision(at("HEAD:banks/bones"))
    assert {one.file for one in bank.sources} <= {
        "HEAD:banks/bones/bank.yaml",
        "HEAD:banks/bones/items/deep/zwei ä.yaml",
        "HEAD:banks/bones/stimuli/case.yaml",
    }
    places = [one.finding.where for one in problems]
    assert places
    assert all(isinstance(one, Location) and one.file == "HEAD:banks/bones/items/one.yaml" for one in places)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("--output=x:banks/bones", "is no git revision"),
        ("-x:banks", "is no git revision"),
        ("nope:banks/bones", "git knows no revision 'nope'"),
        ("HEAD^{tree}:banks/bones", "git knows no revision"),
        ("HEAD\n:banks", "is no git revision"),
        ("HEAD:nope", "has no such file or folder"),
        ("HEAD:../../etc", "has no such file or folder"),
        ("HEAD:a\0b", "has no such file or folder"),
        ("HEAD:--help", "has no such file or folder"),
        ("HEAD:banks", r"HEAD:banks: no bank\.yaml there"),
        ("HEAD:banks/bones/x.png", "a bank is a folder with bank.yaml"),
    ],
)
def test_what_cannot_be_read(repository: Path, spec: str, message: str) -> None:
    with pytest.raises(PathError, match=message) as caught:
        load_revision(at(spec))
    assert "/qbank-" not in str(caught.value), "the temporary folder is nothing to the user"
    assert sorted(path.name for path in repository.iterdir()) == [".git", "banks", "single.jsonl"]


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PathError, match="not a git repository"):
        load_revision(at("HEAD:bank"))
    with pytest.raises(PathError, match="not in a git repository"):
        beside("HEAD", "bank")


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(PathError, match="git is not installed"):
        load_revision(at("HEAD:banks/bones"))


def test_what_is_on_the_disk_is_no_revision(repository: Path) -> None:
    assert named("banks/bones") is None
    assert named("nowhere") is None
    assert named(r"C:\banks") is None
    assert named(":banks") is None
    Path("HEAD:banks").mkdir()
    assert named("HEAD:banks") is None


def test_nothing_of_the_repository_runs(repository: Path) -> None:
    mark = repository.parent / "it-ran"
    trap = repository.parent / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n", encoding="utf-8")
    trap.chmod(0o755)
    (repository / ".gitattributes").write_text(
        "*.yaml filter=trap diff=trap export-subst\none.yaml export-ignore\n", encoding="utf-8"
    )
    git("add", ".")
    git("commit", "-q", "-m", "attributes")
    for name in (
        "filter.trap.smudge",
        "filter.trap.clean",
        "filter.trap.process",
        "diff.trap.textconv",
        "core.fsmonitor",
        "core.pager",
        "tar.tar.command",
    ):
        git("config", name, str(trap))
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        shutil.copy(trap, repository / ".git" / "hooks" / hook)
    (mark.unlink if mark.exists() else lambda: None)()
    assert len(load_revision(at("HEAD:banks/bones")).bank.items) == 2
    assert len(load_revision(beside("HEAD", "banks/bones")).bank.items) == 2
    assert not mark.exists()


def test_a_link_in_a_revision_is_not_followed(repository: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text(ITEM.format(id="secret", key="A"), encoding="utf-8")
    bank = repository / "banks" / "bones"
    (bank / "items" / "link.yaml").symlink_to(secret)
    (bank / "items" / "folder").symlink_to(tmp_path)
    git("add", ".")
    git("commit", "-q", "-m", "links")
    read, problems = load_revision(at("HEAD:banks/bones"))
    assert sorted(one.id for one in read.items) == ["one", "two"]
    assert not read.complete
    assert {one.rule for one in problems} == {"unreadable-file"}
    (bank / "bank.yaml").unlink()
    (bank / "bank.yaml").symlink_to(secret)
    git("commit", "-q", "-a", "-m", "a linked record")
    with pytest.raises(PathError, match=r"no bank\.yaml there"):
        load_revision(at("HEAD:banks/bones"))


def test_a_tree_that_leads_out_of_itself(repository: Path) -> None:
    blob = git("hash-object", "-w", "--stdin", given=b"id: x\n")
    inner = git("mktree", given=f"100644 blob {blob}\tbank.yaml\n".encode())
    raw = b"40000 ..\0" + bytes.fromhex(inner)
    raw = b"100644 bank.yaml\0" + bytes.fromhex(blob) + raw if b"bank.yaml" < b".." else raw
    tree = git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=raw)
    commit = git("commit-tree", tree, "-m", "evil")
    with pytest.raises(PathError, match="leads out of it"):
        load_revision(Revision(commit, ""))
