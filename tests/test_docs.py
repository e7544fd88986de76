"""The documents do not lag: all is documented, examples run as written, links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from qbank.assembly.registry import constraint_kinds, objective_kinds
from qbank.cli.exits import Exit
from qbank.cli.group import commands
from qbank.formats import formats
from qbank.reading import schemas
from qbank.reporters import reporters
from qbank.rule import all_rules

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAIN = (
    "pip install -e . && qbank assemble --blueprint banks/cmcs/blueprints/practice.yaml --to xlsx --to qti30"
)
TEST = 'pip install -e ".[test]" && pytest'
WRITTEN = [
    path
    for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md"))
    if path.name != "REVIEW.md" and ".venv" not in path.parts
]
_FENCE = re.compile(
    r"(?:<!-- (?P<mark>[a-z]+: [a-z]+) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.M)
_RULES_NAMED = re.compile(r"(?:--(?:select|ignore)[ =]|qbank rule )([a-z][a-z0-9,-]*)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def _blocks(text: str, language: str) -> list[tuple[str, str]]:
    """The fenced blocks of a language: (mark, text)."""
    return [
        (found["mark"] or "", found["text"].strip())
        for found in _FENCE.finditer(text)
        if found["language"] == language
    ]


def _page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


# --- what there is, is documented -----------------------------------------------------------------------


def test_rules_and_families_named_in_examples_exist() -> None:
    rules = all_rules()
    known = {*rules, *(rule.family for rule in rules.values())}
    texts = [path.read_text(encoding="utf-8") for path in WRITTEN]  # every --help is in docs/commands.md
    named = [found for text in texts for found in _RULES_NAMED.findall(text)]
    names = {name for found in named for name in found.split(",") if name}
    assert len(names) > 3
    assert names <= known | {"brand-name"}, names - known  # the rule of docs/plug-ins.md


def test_generated_pages_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(DOCS / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_docs_check_names_a_page_that_is_out_of_date(tmp_path: Path) -> None:
    for name in ("docs", "schemas", "tests", "qbank"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    (tmp_path / "docs" / "commands.md").write_text("old", encoding="utf-8")
    (tmp_path / "docs" / "rules" / "gone.md").write_text("old", encoding="utf-8")
    command = [sys.executable, str(tmp_path / "docs" / "generate.py")]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path, env=environment
        )

    done = run("--check")
    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == [
        "docs/commands.md is out of date",
        "docs/rules/gone.md is out of date",
    ]
    assert run().returncode == 0
    assert run("--check").returncode == 0
    assert not (tmp_path / "docs" / "rules" / "gone.md").exists()


def test_every_command_and_option_is_documented() -> None:
    page = _page("commands.md")
    context = click.Context(commands, info_name="qbank")
    for name in commands.list_commands(context):
        assert f"## qbank {name}\n" in page
        command = commands.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert all(option in page for option in parameter.opts)


def test_every_rule_is_documented() -> None:
    for slug, rule in all_rules().items():
        assert f"[{slug}](rules/{slug}.md)" in _page("rules.md")
        assert rule.doc.split("\n")[0] in _page(f"rules/{slug}.md")


def test_every_constraint_and_objective_is_documented() -> None:
    for kind in constraint_kinds():
        assert f"[{kind}](constraints/{kind}.md)" in _page("constraints.md")
        assert (DOCS / "constraints" / f"{kind}.md").is_file()
    for kind in objective_kinds():
        assert f"## {kind}\n" in _page("objectives.md")


def test_every_format_and_reporter_is_documented() -> None:
    for slug in formats():
        assert f"### {slug}\n" in _page("formats.md")
    for slug in reporters():
        assert f"`{slug}`" in _page("formats.md")


def test_every_exit_code_is_documented() -> None:
    page = _page("exit-codes.md")
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.M)}
    assert codes == {int(code) for code in Exit}


def test_every_field_of_every_schema_is_documented() -> None:
    page = _page("file-formats.md")
    for name in schemas.NAMES:
        assert f"`{name}`" in page
        for field in schemas.schema(name).get("properties", ()):
            assert re.search(rf"\b{re.escape(field)}\b", page), f"{name}: {field}"


# --- the README is true ---------------------------------------------------------------------------------


def test_the_two_commands_are_there_as_promised() -> None:
    marked = {mark: text for mark, text in _blocks(README, "sh") if mark}
    assert marked == {"command: main": MAIN, "command: test": TEST}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the README speaks of, with a `qbank` command of this code."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "banks", folder / "banks")
    command = folder / "bin" / "qbank"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m qbank "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return folder


def _shell(script: str, place: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PATH": f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
    }
    return subprocess.run(
        ["sh", "-c", script], capture_output=True, text=True, check=False, cwd=place, env=environment
    )


def _without_numbers(text: str) -> list[str]:
    return [_NUMBER.sub("N", line.rstrip()) for line in text.strip().splitlines()]


def _shown(mark: str) -> str:
    return dict(_blocks(README, "text"))[f"output: {mark}"]


def test_the_main_command_prints_what_the_readme_shows(place: Path) -> None:
    done = _shell(MAIN.removeprefix("pip install -e . && "), place)
    assert done.returncode == 0, done.stderr
    before, after = "\n".join(_without_numbers(_shown("main"))).split("\n…\n")
    printed = "\n".join(_without_numbers(done.stdout))
    assert printed.startswith(f"{before}\n")
    assert printed.endswith(f"\n{after}")
    for line in done.stdout.splitlines():
        if line.strip().startswith("exports/"):
            assert (place / line.strip()).is_file()


def test_mistakes_are_shown_as_the_readme_shows_them(place: Path) -> None:
    _shell("qbank init broken", place)
    items = place / "broken" / "items" / "maintenance.yaml"
    text = items.read_text(encoding="utf-8")
    text = text.replace("key: C", "key: E", 1).replace("maintenance/drivetrain", "maintenance/drivetrian", 1)
    items.write_text(text, encoding="utf-8")
    done = _shell("qbank lint broken", place)
    assert done.returncode == 1
    assert f"$ qbank lint broken\n{done.stdout.strip()}" == _shown("mistakes")


def test_an_infeasible_blueprint_is_explained_as_the_readme_shows_it(place: Path) -> None:
    _shell("qbank init wanting", place)
    blueprint = place / "wanting" / "blueprints" / "practice.yaml"
    text = blueprint.read_text(encoding="utf-8")
    blueprint.write_text(
        text.replace("minimum: 4, maximum: 5", "minimum: 8, maximum: 8", 1), encoding="utf-8"
    )
    command = "qbank assemble --blueprint wanting/blueprints/practice.yaml"
    done = _shell(command, place)
    assert done.returncode == 4
    assert f"$ {command}\n{done.stderr.strip()}" == _shown("infeasible")


def test_the_shell_examples_run_as_written(place: Path) -> None:
    scripts = [text for mark, text in _blocks(README, "sh") if not mark]
    assert scripts
    for script in scripts:
        for line in script.splitlines():
            done = _shell(line, place)
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_the_python_example_runs_as_written(place: Path) -> None:
    examples = _blocks(README, "python")
    assert len(examples) == 1
    _, code = examples[0]
    assert len([line for line in code.splitlines() if line]) <= 10
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    *_, last = done.stdout.splitlines()
    assert (place / last).is_file()


# --- links ----------------------------------------------------------------------------------------------


def _anchors(text: str) -> set[str]:
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in _HEADING.findall(text)}


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    prose = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.M | re.S)
    for target in _LINK.findall(re.sub(r"`[^`\n]*`", "", prose)):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), target
        if anchor:
            assert anchor in _anchors(file.read_text(encoding="utf-8")), target


def test_no_page_names_a_place_that_only_one_machine_has() -> None:
    for path in WRITTEN:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/(?:home|root|Users|work|tmp)/", text), path
