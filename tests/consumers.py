"""Programs of other people that judge what qbank writes: a browser, Node packages, LibreOffice, poppler.

None is imported. A test asks here for what it needs and is skipped, with the reason, where it is missing;
with QBANK_REQUIRE_CONSUMERS set (as `.ci/run` does, after `.ci/consumers` installed them) it fails instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test, or fail it where all consumers are required."""
    if os.environ.get("QBANK_REQUIRE_CONSUMERS"):
        pytest.fail(what)
    pytest.skip(what)


def program(name: str, variable: str = "") -> str:
    """The path of a program: what an environment variable names, else what is found on the path."""
    found = (os.environ.get(variable) if variable else None) or shutil.which(name)
    if not found:
        missing(f"{name} is not installed" + (f"; {variable} can name it" if variable else ""))
    return found


def node_packages(*names: str) -> Path:
    """The folder `node_modules` that QBANK_NODE_MODULES names, with these packages in it."""
    named = os.environ.get("QBANK_NODE_MODULES", "")
    if not named:
        missing("QBANK_NODE_MODULES is not set: it names the node_modules folder that .ci/consumers fills")
    folder = Path(named)
    for name in names:
        if not (folder / name / "package.json").is_file():
            missing(f"the npm package {name} is not in {folder.name}; .ci/consumers installs it")
    return folder


def node(script: Path, *arguments: str, seconds: float = 300) -> str:
    """What a Node script prints, its packages those of `node_packages`. Fails with its complaint."""
    done = subprocess.run(
        [program("node"), str(script), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
        env={**os.environ, "NODE_PATH": str(node_packages())},
    )
    if done.returncode:
        pytest.fail(
            f"{script.name} ended with {done.returncode}:\n{done.stderr[-4000:]}\n{done.stdout[-2000:]}"
        )
    return done.stdout


def chromium() -> str:
    """The path of Chromium."""
    return program("chromium", "QBANK_CHROMIUM")


def libreoffice(source: Path, kind: str, folder: Path) -> Path:
    """A document converted by LibreOffice, which thereby opens it: the path of the new file of that kind."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [program("soffice"), "--headless", profile, "--convert-to", kind, "--outdir", str(folder)]
    done = subprocess.run([*command, str(source)], capture_output=True, text=True, check=False, timeout=300)
    made = folder / f"{source.stem}.{kind.partition(':')[0]}"
    assert made.is_file(), f"LibreOffice made nothing of {source.name}: {done.stdout} {done.stderr}"
    return made
