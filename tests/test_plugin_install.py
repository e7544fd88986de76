"""Rules of another package: the package of docs/plug-ins.md, built, installed and used; broken ones named."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "plug-ins.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", PAGE, re.M | re.S))
OUTPUT = re.findall(r"<!-- output: lint -->\n```text\n(.*?)^```$", PAGE, re.M | re.S)[0]
RULE = FILES["qbank_house/brand_name.py"]
Qbank = Callable[..., "subprocess.CompletedProcess[str]"]


def runner(installed: Path, work: Path) -> Qbank:
    """Runs `qbank` of this code in a folder, with the packages of another one installed."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "qbank", *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=work,
            env={
                **os.environ,
                "PYTHONPATH": f"{installed}{os.pathsep}{ROOT}",
                "PYTHONDONTWRITEBYTECODE": "1",
                "NO_COLOR": "1",
            },
        )

    return run


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that pip installed the page's package into, without the network."""
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "qbank_house/brand_name.py", "qbank_house/brands.py"):
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text(FILES[name], encoding="utf-8")
    (source / "qbank_house" / "__init__.py").write_text("", encoding="utf-8")
    home = tmp_path_factory.mktemp("installed")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-build-isolation"]
    subprocess.run(
        [*command, "--no-deps", "--target", str(home), str(source)], check=True, capture_output=True
    )
    return home


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A folder with the page's bank."""
    (tmp_path / "items.yaml").write_text(FILES["items.yaml"], encoding="utf-8")
    return tmp_path


@pytest.fixture
def qbank(house: Path, work: Path) -> Qbank:
    """Runs `qbank` in the folder of the bank, with the package installed."""
    return runner(house, work)


def _found(qbank: Qbank, *arguments: str) -> list[dict[str, Any]]:
    done = qbank("lint", "items.yaml", "--format", "json", *arguments)
    assert done.returncode in (0, 1), done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["diagnostics"]
    return found


def _told(qbank: Qbank, *arguments: str) -> list[str]:
    return [one["rule"] for one in _found(qbank, *arguments)]


# --- the rule of the page -------------------------------------------------------------------------------


def test_it_finds_what_the_page_shows(qbank: Qbank) -> None:
    done = qbank("lint", "items.yaml")
    assert done.returncode == 0, done.stderr
    assert f"$ qbank lint items.yaml\n{done.stdout}" == OUTPUT


def test_its_finding_has_its_place(qbank: Qbank) -> None:
    (one,) = _found(qbank)
    assert one == {
        "rule": "brand-name",
        "family": "qbank-house",
        "severity": "warning",
        "message": "Aspirin is a brand",
        "hint": "Write the generic name.",
        "file": "items.yaml",
        "line": 3,
        "column": 9,
        "item": "dose-001",
        "pointer": "/stem",
        "related": [],
        "fixable": False,
    }


def test_it_is_explained_and_listed(qbank: Qbank) -> None:
    done = qbank("rule", "brand-name")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("brand-name (qbank-house)\n\nA text names a brand.\n")
    for line in (
        "Severity: warning",
        "Looks at: item (multiple-choice, ",
        "Options, under [rules.brand-name] in qbank.toml:\n",
        '  instead = "the generic name"\n',
    ):
        assert f"\n{line}" in done.stdout
    assert "\nqbank-house\n  brand-name " in qbank("rule").stdout


def test_it_is_unknown_where_it_is_not_installed(work: Path, tmp_path: Path) -> None:
    done = runner(tmp_path / "nothing", work)("rule", "brand-name")
    assert done.returncode == 2
    assert "there is no rule 'brand-name'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--select", "brand-name"), ["brand-name"]),
        (("--select", "qbank-house"), ["brand-name"]),
        (("--select", "key"), []),
        (("--ignore", "brand-name"), []),
        (("--ignore", "qbank-house"), []),
    ],
)
def test_it_is_chosen_by_name_and_family(qbank: Qbank, arguments: tuple[str, ...], told: list[str]) -> None:
    assert _told(qbank, *arguments) == told


def test_it_takes_options_and_severity_from_the_configuration(qbank: Qbank, work: Path) -> None:
    settings = f'severity = {{brand-name = "error"}}\n{FILES["qbank.toml"]}'
    (work / "qbank.toml").write_text(settings, encoding="utf-8")
    (one,) = _found(qbank)
    assert (one["severity"], one["hint"]) == ("error", "Write acetylsalicylic acid.")
    assert qbank("lint", "items.yaml").returncode == 1


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('insted = "x"', "brand-name has no option 'insted'. Did you mean instead?"),
        ("instead = 5", "instead is 5; write a text"),
    ],
)
def test_wrong_options_are_told(qbank: Qbank, work: Path, setting: str, said: str) -> None:
    (work / "qbank.toml").write_text(f"[rules.brand-name]\n{setting}\n", encoding="utf-8")
    done = qbank("lint", "items.yaml")
    assert done.returncode == 3
    assert said in done.stderr


def test_it_is_silenced_for_one_item(qbank: Qbank, work: Path) -> None:
    items = work / "items.yaml"
    text = items.read_text(encoding="utf-8")
    ignore = "  lint_ignore: [{rule: brand-name, reason: the label is quoted}]\n"
    items.write_text(text + ignore, encoding="utf-8")
    assert _told(qbank) == []
    items.write_text(text.replace("Aspirin is", "acetylsalicylic acid is") + ignore, encoding="utf-8")
    assert _told(qbank) == ["unused-suppression"]


def test_sarif_holds_the_rule_and_its_result(qbank: Qbank) -> None:
    (run,) = json.loads(qbank("lint", "items.yaml", "--format", "sarif").stdout)["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["id"] == "brand-name"
    assert rule["shortDescription"]["text"] == "A text names a brand."
    assert rule["properties"]["tags"] == ["qbank-house"]
    (result,) = run["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (result["ruleId"], result["level"]) == ("brand-name", "warning")
    assert place == {
        "artifactLocation": {"uri": "items.yaml"},
        "region": {"startLine": 3, "startColumn": 9},
    }


# --- broken ones ----------------------------------------------------------------------------------------

MARKED = "from qbank import Bank, Finding, Item, Severity\nfrom qbank.rule import provides, rule\n\n"
SOUND = "@rule(Severity.INFO)\ndef odd(item: Item):\n    return []\n"


def _installed(home: Path, package: str, code: str, entries: dict[str, str]) -> None:
    """Put a package into a folder as pip does: a module, and metadata with its entry points."""
    (home / f"{package}.py").write_text(code, encoding="utf-8")
    metadata = home / f"{package}-0.1.dist-info"
    metadata.mkdir(parents=True)
    name = package.replace("_", "-")
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.1\n", "utf-8")
    lines = [line for group, entry in entries.items() for line in (f"[{group}]", entry)]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n", "utf-8")


BROKEN: dict[str, tuple[str, str, str]] = {
    "no such module": ("odd = nowhere.odd:odd", SOUND, "No module named 'nowhere'"),
    "no such function": ("odd = qbank_odd:even", SOUND, "has no attribute 'even'"),
    "an import that fails": ("odd = qbank_odd:odd", "import nowhere\n", "No module named 'nowhere'"),
    "no Python": ("odd = qbank_odd:odd", "def odd(:\n", "SyntaxError"),
    "raises when imported": ("odd = qbank_odd:odd", "1 / 0\n", "ZeroDivisionError: division by zero"),
    "no decorator": ("odd = qbank_odd:odd", SOUND.partition("\n")[2], "decorated with @rule"),
    "no function": ("odd = qbank_odd:odd", "odd = {}\n", "TypeError"),
    "no types": ("odd = qbank_odd:odd", SOUND.replace(": Item", ""), "the parameter item has no type"),
    "an unknown type": ("odd = qbank_odd:odd", SOUND.replace("Item", "'Itme'"), "name 'Itme' is not defined"),
    "no scope": ("odd = qbank_odd:odd", SOUND.replace("Item", "int"), "its parameters name no scope"),
    "nothing provides it": (
        "odd = qbank_odd:odd",
        SOUND.replace("Item", "Item, words: dict"),
        "nothing provides what its parameter words asks for",
    ),
    "an option without a default": (
        "odd = qbank_odd:odd",
        SOUND.replace("Item", "Item, *, limit: int"),
        "the option limit has no default",
    ),
    "a name that is taken": (
        "key-missing = qbank_odd:odd",
        SOUND,
        "there is a rule key-missing already, in qbank.rules.key.key_missing",
    ),
    "raises when it runs": (
        "odd = qbank_odd:odd",
        SOUND.replace("return []", "raise OSError('the disk is gone')"),
        "OSError: the disk is gone",
    ),
    "gives nothing": ("odd = qbank_odd:odd", SOUND.replace("return []", "return None"), "TypeError"),
    "yields what is no finding": (
        "odd = qbank_odd:odd",
        SOUND.replace("return []", "yield 'x'"),
        "it yields 'x', which is no Finding",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_named_with_its_package(name: str, work: Path, tmp_path: Path) -> None:
    entry, code, said = BROKEN[name]
    home = tmp_path / "installed"
    home.mkdir()
    code = code if "nowhere" in code or "1 / 0" in code else MARKED + code
    _installed(home, "qbank_odd", code, {"qbank.rules": entry})
    done = runner(home, work)("lint", "items.yaml")
    _assert_blamed(done, "qbank-odd 0.1", said)
    assert entry.replace(" = ", " (") in done.stderr


PROVIDER = "class Words: ...\n@provides(Words)\ndef words(bank: Bank):\n    raise LookupError('no words')\n\n"
ASKS = PROVIDER + SOUND.replace("Item", "Item, words: Words")
BROKEN_PROVIDERS: dict[str, tuple[str, str, str]] = {
    "no such function": ("words = qbank_odd:wrods", ASKS, "has no attribute 'wrods'"),
    "no decorator": ("words = qbank_odd:Words", ASKS, "no function decorated with @provides"),
    "raises when it runs": ("words = qbank_odd:words", ASKS, "LookupError: no words"),
    "provides what is there": (
        "words = qbank_odd:words",
        "from qbank.model.index import BankIndex\n" + ASKS.replace("(Words)", "(BankIndex)"),
        "BankIndex is provided already",
    ),
}


@pytest.mark.parametrize("name", BROKEN_PROVIDERS)
def test_a_broken_provider_is_named_with_its_package(name: str, work: Path, tmp_path: Path) -> None:
    entry, code, said = BROKEN_PROVIDERS[name]
    home = tmp_path / "installed"
    home.mkdir()
    rules = "odd = qbank_odd:odd"
    _installed(home, "qbank_odd", MARKED + code, {"qbank.rules": rules, "qbank.providers": entry})
    _assert_blamed(runner(home, work)("lint", "items.yaml"), "qbank-odd 0.1", said)


def test_two_packages_with_one_rule_are_both_named(work: Path, tmp_path: Path) -> None:
    home = tmp_path / "installed"
    home.mkdir()
    for package in ("qbank_one", "qbank_two"):
        _installed(home, package, MARKED + SOUND, {"qbank.rules": f"odd = {package}:odd"})
    done = runner(home, work)("lint", "items.yaml")
    _assert_blamed(done, "qbank-two 0.1", "there is a rule odd already, in qbank_one")


def test_a_rule_in_a_module_without_a_package(work: Path, tmp_path: Path) -> None:
    home = tmp_path / "installed"
    home.mkdir()
    code = MARKED + SOUND.replace("return []", "yield Finding(item.at('key'), 'odd')")
    _installed(home, "qbank_odd", code, {"qbank.rules": "odd = qbank_odd:odd"})
    (one,) = _found(runner(home, work), "--select", "qbank-odd")
    assert (one["rule"], one["family"], one["line"], one["column"]) == ("odd", "qbank-odd", 8, 8)


# --- a package of rules ---------------------------------------------------------------------------------


def _family(home: Path, modules: dict[str, str]) -> None:
    """Install a package whose folder `rules` one entry point registers as the family odd-ones."""
    home.mkdir()
    rules = home / "qbank_many" / "rules"
    rules.mkdir(parents=True)
    for path in (rules.parent, rules):
        (path / "__init__.py").write_text("", encoding="utf-8")
    for name, code in modules.items():
        (rules / f"{name}.py").write_text(MARKED + code, encoding="utf-8")
    _installed(home, "qbank_entry", "", {"qbank.rules": "odd-ones = qbank_many.rules"})


def test_a_package_of_rules_is_a_family(work: Path, tmp_path: Path) -> None:
    says = SOUND.replace("return []", "yield Finding(item.at('key'), 'odd')")
    home = tmp_path / "installed"
    _family(home, {"odd": says, "odd_too": says.replace("def odd", "def odd_too"), "_helper": "1 / 0"})
    qbank = runner(home, work)
    assert _told(qbank, "--select", "odd-ones") == ["odd", "odd-too"]
    assert _told(qbank, "--select", "odd-too") == ["odd-too"]
    assert "\nodd-ones\n  odd " in qbank("rule").stdout


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        ({"odd": SOUND.replace("return []", "raise OSError('gone')")}, "OSError: gone"),
        ({"even": SOUND}, "no function even decorated with @rule"),
        ({"odd": SOUND.replace("Item", "Item, words: dict")}, "nothing provides what its parameter words"),
        ({"odd": "import nowhere\n"}, "No module named 'nowhere'"),
    ],
)
def test_a_broken_rule_of_a_family_is_named(
    modules: dict[str, str], said: str, work: Path, tmp_path: Path
) -> None:
    home = tmp_path / "installed"
    _family(home, modules)
    _assert_blamed(runner(home, work)("lint", "items.yaml"), "qbank-entry 0.1", said)


def test_a_module_is_no_package_of_rules(work: Path, tmp_path: Path) -> None:
    home = tmp_path / "installed"
    home.mkdir()
    _installed(home, "qbank_odd", MARKED + SOUND, {"qbank.rules": "odd = qbank_odd"})
    done = runner(home, work)("lint", "items.yaml")
    _assert_blamed(done, "qbank-odd 0.1", "neither a rule nor a package of rules")


def _assert_blamed(done: subprocess.CompletedProcess[str], package: str, said: str) -> None:
    """A message on one line that names the package and the fault, exit code 3, no traceback."""
    assert done.returncode == 3, done.stdout + done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert package in done.stderr
    assert said in done.stderr
