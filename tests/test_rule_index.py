"""The index of rules follows from the rules, counts only for their code, and spares their import."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qbank import rule, rule_index
from qbank.diagnostics import Severity
from qbank.discovery import DiscoveryError
from qbank.model.bank import Bank

ROOT = Path(__file__).parents[1]
OWN = {slug: one for slug, one in rule.all_rules().items() if one.home.startswith("qbank.")}
MODULE = '''"""A rule."""

from __future__ import annotations

from collections.abc import Iterator

from qbank.diagnostics import Finding, Severity
from qbank.model.item import Item
from qbank.rule import rule


@rule(Severity.INFO)
def {name}(item: Item, *, most: int = {most}) -> Iterator[Finding]:
    """Nothing."""
    yield from ()
'''


@pytest.mark.parametrize("slug", sorted(OWN))
def test_the_index_says_what_the_rule_says(slug: str) -> None:
    known = OWN[slug]
    assert known.indexed
    name = known.home.rpartition(".")[2]
    function = getattr(importlib.import_module(known.home), name)
    read = rule.describe(name, known.family, function)
    assert rule.entry(known) == rule.entry(read)
    assert (known.slug, known.family, known.home) == (read.slug, read.family, read.home)
    assert Path(known.file).samefile(read.file)
    assert (known.parameters, known.screen, known.doc) == (read.parameters, read.screen, read.doc)
    assert [type(value) for value in known.options.values()] == [type(one) for one in read.options.values()]


@pytest.mark.parametrize("slug", sorted(OWN))
def test_what_a_rule_of_an_index_asks_for_is_provided(slug: str) -> None:
    one = OWN[slug]
    provided = rule.Provided(Bank())
    for _, kind in one.parameters:
        if kind not in rule._SCOPES and not rule._item_types(kind):
            assert provided[kind] is not None


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of rules with an index; gives its folder."""
    folder = tmp_path / "indexed_rules"
    folder.mkdir()
    (folder / "__init__.py").write_text("", encoding="utf-8")
    (folder / "much.py").write_text(MODULE.format(name="much", most=1), encoding="utf-8")
    row = rule_index.Entry("error", "item", True, False, True, True, ("Essay",), {"most": 7})
    text = rule_index.written([("indexed_rules", folder, {"much": row})])
    (folder / "_index.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    rule_index.entries.cache_clear()
    yield folder
    rule_index.entries.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "indexed_rules"]:
        del sys.modules[name]


def _rules() -> dict[str, rule.Rule]:
    home = importlib.import_module("indexed_rules")
    return {one.slug: one for one in rule._rules_in(home, "house", "indexed_rules")}


def test_what_the_index_knows_is_not_imported(package: Path) -> None:
    one = _rules()["much"]
    assert (one.severity, one.family, one.options) == (Severity.ERROR, "house", {"most": 7})
    assert (one.home, one.file) == ("indexed_rules.much", str(package / "much.py"))
    assert "indexed_rules.much" not in sys.modules
    assert one.doc == "Nothing."
    assert "indexed_rules.much" in sys.modules


def test_an_index_is_the_same_however_lines_end(package: Path) -> None:
    file = package / "much.py"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert _rules()["much"].indexed


def test_a_rule_that_was_changed_is_imported(package: Path) -> None:
    (package / "much.py").write_text(MODULE.format(name="much", most=22), encoding="utf-8")
    one = _rules()["much"]
    assert (one.severity, one.options, one.indexed) == (Severity.INFO, {"most": 22}, False)


def test_a_rule_beside_an_old_index_is_found(package: Path) -> None:
    (package / "little.py").write_text(MODULE.format(name="little", most=3), encoding="utf-8")
    found = _rules()
    assert {slug: one.options["most"] for slug, one in found.items()} == {"little": 3, "much": 1}


def test_a_rule_of_an_index_that_is_gone_is_no_rule(package: Path) -> None:
    (package / "much.py").unlink()
    assert _rules() == {}


def test_what_another_package_breaks_names_it(package: Path) -> None:
    """A mistake that shows only when the rule is imported is blamed on its package."""
    (package / "much.py").write_text("raise ValueError('nothing')\n", encoding="utf-8")
    home = importlib.import_module("indexed_rules")
    text = rule_index.written([("indexed_rules", package, {"much": rule.entry(OWN["key-missing"])})])
    (package / "_index.py").write_text(text, encoding="utf-8")
    (one,) = rule._rules_in(home, "house", "indexed_rules", "the plug-in house")
    with pytest.raises(DiscoveryError, match="the plug-in house: ValueError: nothing"):
        one.body()


@pytest.mark.parametrize(
    "text",
    [
        "HELP = 'a helper of the family'\n",
        "KNOWN = 3\n",
        "KNOWN = {{'indexed_rules': ({digest!r}, {{'much': ('error', 'item', True)}})}}\n",
        "KNOWN = \n",
    ],
)
def test_a_module_that_is_no_index_of_this_version_counts_for_nothing(package: Path, text: str) -> None:
    code = text.format(digest=rule_index.digest(package))
    (package / "_index.py").write_text(code, encoding="utf-8")
    one = _rules()["much"]
    assert (one.severity, one.options, one.indexed) == (Severity.INFO, {"most": 1}, False)


def test_what_nothing_provides_is_blamed_on_the_package_when_its_rule_must_run(package: Path) -> None:
    text = MODULE.format(name="much", most=1).replace("*, most: int = 1", "most: int")
    (package / "much.py").write_text(text, encoding="utf-8")
    row = rule_index.Entry("error", "item", True, False, True, False, ("Essay",), {})
    index = rule_index.written([("indexed_rules", package, {"much": row})])
    (package / "_index.py").write_text(index, encoding="utf-8")
    home = importlib.import_module("indexed_rules")
    (one,) = rule._rules_in(home, "house", "indexed_rules", "the plug-in house")
    assert one.indexed
    with pytest.raises(DiscoveryError, match="the plug-in house: nothing provides what its parameter most"):
        one.body()


def _loaded(*arguments: str) -> set[str]:
    """The modules of rules, and of numpy, that a lint run loads."""
    code = (
        f"import sys\nfrom qbank.cli.run import run\nassert run(['lint', *{arguments!r}]) == 0\n"
        "print('loaded', *(name for name in sys.modules if name.startswith(('qbank.rules.', 'numpy'))))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return set(ran.stdout.rpartition("loaded")[2].split())


def _item(number: int) -> str:
    item = {"id": f"a-{number}", "type": "numeric", "stem": f"How many are {number}?", "key": {"value": 2}}
    return f"{json.dumps(item)}\n"


def test_lint_of_one_rule_imports_no_other(tmp_path: Path) -> None:
    bank = tmp_path / "items.jsonl"
    bank.write_text(_item(1), encoding="utf-8")
    loaded = _loaded(str(bank), "--select", "key-missing", "--no-cache")
    rules = {name for name in loaded if name.startswith("qbank.rules.") and name.count(".") == 3}
    assert {name for name in rules if "._" not in name} == {"qbank.rules.key.key_missing"}
    assert "numpy" not in loaded


def test_lint_of_a_bank_that_is_known_imports_hardly_a_rule(tmp_path: Path) -> None:
    bank = tmp_path / "items.jsonl"
    bank.write_text("".join(map(_item, range(1000))), encoding="utf-8")
    rules = {one.home for one in OWN.values() if one.home.startswith("qbank.rules.")}
    assert len(rules & _loaded(str(bank))) > len(rules) / 2
    loaded = _loaded(str(bank))
    assert len(rules & loaded) < len(rules) / 5
    assert "numpy" not in loaded
