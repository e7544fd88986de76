"""The GitHub action, the GitLab snippet and the pre-commit hook: their YAML is read and run on a bank."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from qbank import config
from qbank.api import unknown_names
from qbank.cli.lint import lint
from tests.cli.cli_help import Qbank, edit

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = ACTION["runs"]["steps"]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the recipes are for bash")


def block(first: str, language: str = "yaml") -> Any:
    """The block of the page that starts with a line, read."""
    text = next(
        found for found in re.findall(rf"```{language}\n(.*?)```", PAGE, re.S) if found.startswith(first)
    )
    return yaml.safe_load(text) if language == "yaml" else text


def step(name: str) -> dict[str, Any]:
    """A step of the action by name."""
    return dict(next(one for one in STEPS if one["name"] == name))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What a runner gives to a step, with this qbank on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "qbank"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qbank "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    for name in ("output", "summary"):
        (tmp_path / name).write_text("", encoding="utf-8")
    return {
        **{name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")},
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
    }


def bash(script: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A script as runners start it."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def action(environment: dict[str, str], **inputs: str) -> tuple[str, dict[str, str], int]:
    """Run the Lint and Result steps: what is printed, the outputs, the exit code of the job."""
    given = {name: one["default"] for name, one in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    variables = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: given[found[1]], value)
        for name, value in step("Lint")["env"].items()
    }
    ran = bash(step("Lint")["run"], {**environment, **variables})
    assert ran.returncode == 0, ran.stderr
    lines = Path(environment["GITHUB_OUTPUT"]).read_text(encoding="utf-8").splitlines()
    outputs = dict(line.split("=", 1) for line in lines)
    result = bash(step("Result")["run"], {**environment, "CODE": outputs["code"]})
    return ran.stdout, outputs, result.returncode


@pytest.fixture
def broken(demo: Path) -> Path:
    """The bank with a key that is no option."""
    riding = demo / "items" / "riding.yaml"
    text = riding.read_text(encoding="utf-8")
    riding.write_text(text.replace("  key: C\n", "  key: X\n", 1), encoding="utf-8")
    return demo


def test_the_action_is_whole() -> None:
    assert [one["name"] for one in STEPS] == ["Python", "Install", "Lint", "Code scanning", "Result"]
    assert ACTION["runs"]["using"] == "composite"
    for one in STEPS:
        assert ("uses" in one) != ("run" in one and one["shell"] == "bash")
        assert "${{" not in one.get("run", ""), "an input in a script could be run as a command"
        for name in re.findall(r"inputs\.([a-z-]+)", json.dumps(one)):
            assert name in ACTION["inputs"]
    assert step("Install")["env"]["QBANK"] == "${{ github.action_path }}"
    assert step("Code scanning")["uses"].startswith("github/codeql-action/upload-sarif@")
    assert all(one["description"] and isinstance(one["default"], str) for one in ACTION["inputs"].values())


def test_the_action_on_a_clean_bank(environment: dict[str, str], demo: Path) -> None:
    out, outputs, code = action(environment, paths="demo\n")
    assert (out, outputs["code"], code) == ("", "0", 0)
    summary = Path(environment["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
    assert summary == "## qbank lint\n\n✅ no findings in 14 items of 4 files\n"


def test_the_action_on_a_broken_bank(qbank: Qbank, environment: dict[str, str], broken: Path) -> None:
    qbank("init", "other bank")
    out, outputs, code = action(environment, paths="demo\n\nother bank\n", fail_on="warning")
    assert out.startswith("::error file=demo/items/riding.yaml,line=")
    assert (outputs["code"], code) == ("1", 1)
    log = json.loads(Path(outputs["sarif"]).read_text(encoding="utf-8"))
    # the other bank is a copy: each of its items but the broken one is in both
    rules = sorted(one["ruleId"] for one in log["runs"][0]["results"])
    assert rules == [*["duplicate-item"] * 13, "key-not-an-option"]
    summary = Path(environment["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
    assert "14 errors in 28 items of 8 files" in summary


def test_the_action_takes_every_input(qbank: Qbank, environment: dict[str, str], broken: Path) -> None:
    qbank("baseline", "demo")
    edit(broken / "items" / "riding.yaml", "how should the rider's knee be?", "which of these is NOT right?")
    _, outputs, code = action(environment, paths="demo", baseline="qbank-baseline.json", fail_on="error")
    assert (outputs["code"], code) == ("0", 0)
    _, outputs, code = action(
        environment, paths="demo", baseline="qbank-baseline.json", profile="publication"
    )
    assert (outputs["code"], code) == ("1", 1)


def test_an_input_is_no_command(environment: dict[str, str], demo: Path) -> None:
    _, outputs, code = action(environment, paths="demo\n$(touch run)\n--fix")
    assert (outputs["code"], code) == ("3", 3)
    assert "sarif" not in outputs
    _, outputs, code = action(environment, paths="demo", changed_since="--output=run `touch run`")
    assert (outputs["code"], code) == ("2", 2)
    assert not Path("run").exists()


def test_the_workflow_of_the_page_fits_the_action() -> None:
    workflow = block("# .github/workflows/bank.yml")
    (use,) = (one for one in workflow["jobs"]["lint"]["steps"] if one["uses"].startswith("OWNER/qbank@"))
    assert set(use["with"]) <= set(ACTION["inputs"])
    assert workflow["permissions"]["security-events"] == "write"
    for name in ACTION["inputs"]:
        assert f"`{name}`" in PAGE
    for name in ("fail-on", "profile", "baseline", "changed-since"):
        assert any(f"--{name}" in one.opts for one in lint.params)


@pytest.mark.parametrize("flawed", [False, True])
def test_the_gitlab_snippet(
    environment: dict[str, str], request: pytest.FixtureRequest, flawed: bool
) -> None:
    request.getfixturevalue("broken" if flawed else "demo")
    (job,) = block("# .gitlab-ci.yml").values()
    install, *script = job["script"]
    assert install == 'python -m pip install --quiet "$QBANK"'
    ran = bash("\n".join(script), {**environment, **job["variables"], "BANK": "demo"})
    assert ran.returncode == int(flawed)
    reports = job["artifacts"]["reports"]
    entries = json.loads(Path(reports["codequality"]).read_text(encoding="utf-8"))
    assert [one["check_name"] for one in entries] == ["key-not-an-option"] * flawed
    assert all({"description", "fingerprint", "severity", "location"} <= set(one) for one in entries)
    suites = etree.fromstring(Path(reports["junit"]).read_bytes())
    assert suites.get("failures") == str(int(flawed))
    assert job["artifacts"]["when"] == "always"


(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_the_hook_and_its_example(qbank: Qbank, environment: dict[str, str], broken: Path) -> None:
    (repository,) = block("# .pre-commit-config.yaml")["repos"]
    (used,) = repository["hooks"]
    assert used["id"] == HOOK["id"]
    assert (HOOK["language"], HOOK["pass_filenames"]) == ("python", False)
    assert {"name", "description"} <= set(HOOK)
    qbank("init", "banks/anatomy")
    qbank("baseline", "banks/anatomy")
    clean = bash(shlex.join([*shlex.split(HOOK["entry"]), *used["args"]]), environment)
    assert (clean.returncode, clean.stdout) == (0, "no findings in 14 items of 4 files\n")
    flawed = bash(f"cd demo && {HOOK['entry']}", environment)
    assert flawed.returncode == 1
    assert flawed.stdout.startswith("items/riding.yaml:")


@pytest.mark.parametrize(
    ("file", "looked_at"),
    [
        *((f"banks/a/{name}", True) for name in ("bank.yaml", "items/b.yml", "items/b.json", "qbank.toml")),
        *((name, True) for name in ("items.jsonl", "statistics.jsonl", "codes/local.tsv")),
        *((name, False) for name in ("README.md", "exports/a.xlsx", "yaml", "a.yaml.orig")),
    ],
)
def test_the_hook_runs_when_a_file_of_a_bank_is_committed(file: str, looked_at: bool) -> None:
    # pre-commit knows no type for .jsonl, so the hook goes by names
    assert set(HOOK).isdisjoint({"types", "types_or", "exclude"})
    assert bool(re.search(HOOK["files"], file)) == looked_at


def test_the_configuration_of_the_page_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "qbank.toml"
    path.write_text(block("# qbank.toml", "toml"), encoding="utf-8")
    assert unknown_names(config.load(path)) == []
