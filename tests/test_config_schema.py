"""The schema of the configuration accepts what reading the configuration accepts, and nothing else."""

from __future__ import annotations

import json
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given

from qbank import config
from qbank.api import unknown_names
from qbank.config import ConfigError, Override, Settings
from qbank.diagnostics import Severity
from qbank.reading import reference, schemas
from qbank.reading.config_schema import TEXTS, config_schema
from qbank.rule import all_rules
from tests.schema_samples import SAMPLES, spoilt

ROOT = Path(__file__).parent.parent
RULES = all_rules()
SCHEMA = config_schema(RULES)
CHECK = schemas.compile_schema(SCHEMA)
_FENCE = re.compile(r"^```toml\n(.*?)^```$", re.M | re.S)
_SETTING = re.compile(r"^\[rules\.|^\[severity\]|^\[\[overrides\]\]|^(?:select|ignore|fail_on) = ", re.M)


def _is_read(text: str) -> bool:
    """Whether a configuration can be used: its file is read, and its names are known."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "qbank.toml"
        path.write_text(text, encoding="utf-8")
        try:
            return not unknown_names(config.load(path), RULES)
        except ConfigError:
            return False


def _is_accepted(tree: Any) -> bool:
    said = not reference.violations(SCHEMA, tree)
    assert said == CHECK.validator.is_valid(tree)
    return said


def _toml(value: Any) -> str:
    """A value in TOML; tables are written in line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_toml(name)} = {_toml(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return repr(value).lower()


def _whole(tree: dict[str, Any]) -> str:
    return "".join(f"{_toml(name)} = {_toml(part)}\n" for name, part in tree.items())


def _says_toml(value: Any) -> bool:
    """Whether TOML can say it: it knows no null."""
    if isinstance(value, dict):
        return all(map(_says_toml, value.values()))
    return all(map(_says_toml, value)) if isinstance(value, list) else value is not None


def _documented() -> list[str]:
    """The configurations that the starter and the pages on settings and rules show."""
    pages = [
        ROOT / "docs" / "file-formats.md",
        ROOT / "docs" / "ci.md",
        *sorted(ROOT.glob("docs/rules/*.md")),
    ]
    shown = [text for page in pages for text in _FENCE.findall(page.read_text(encoding="utf-8"))]
    starter = (ROOT / "qbank" / "cli" / "starter" / "qbank.toml").read_text(encoding="utf-8")
    uncommented = re.sub(r"^# (?=[a-z_]+ = |[\[\]])", "", starter, flags=re.M)
    return [text for text in (*shown, starter, uncommented) if _SETTING.search(text)]


def test_documented_examples_are_accepted() -> None:
    examples = _documented()
    assert len(examples) >= 4
    for text in examples:
        tree = tomllib.loads(text)
        assert _is_accepted(tree.get("tool", {}).get("qbank", tree)), text
        assert _is_read(_whole(tree.get("tool", {}).get("qbank", tree))), text


def test_every_setting_is_there() -> None:
    assert list(SCHEMA["properties"]) == list(TEXTS)
    assert set(TEXTS) == set(Settings.__struct_fields__)
    assert set(SCHEMA["$defs"]["override"]["properties"]) == set(Override.__struct_fields__)


def test_options_of_rules_have_their_types_and_defaults() -> None:
    options = SCHEMA["$defs"]["options"]["properties"]
    assert set(options) == set(RULES)
    assert options["key-longest"]["properties"]["ratio"] == {"type": "number", "default": 1.6}
    assert options["missing-review"]["properties"]["always"] == {"type": "boolean", "default": False}
    assert options["stale-reference"]["properties"]["annual"]["type"] == "array"
    assert options["key-missing"]["properties"] == {}
    for slug, rule in RULES.items():
        defaults = {name: part["default"] for name, part in options[slug]["properties"].items()}
        assert _is_accepted({"rules": {slug: defaults}})
        severity = SCHEMA["$defs"]["severities"]["properties"][slug]
        assert severity["default"] == (rule.severity if rule.enabled else "off")
        assert severity["description"] in rule.doc


class _Rule(NamedTuple):
    family: str
    severity: Severity
    enabled: bool
    doc: str
    options: dict[str, Any]


def test_rules_of_other_packages_and_options_of_any_kind() -> None:
    options = {"a": True, "b": 1, "c": 0.5, "d": "x", "e": ("y",), "f": frozenset("zx"), "g": None}
    tree = config_schema({"mine": _Rule("own", Severity.INFO, False, "A rule.\n\nMore.", options)})
    assert reference.fault(tree) == ""
    assert (
        reference.violations(tree, {"select": ["own", "mine"], "rules": {"mine": {"a": False, "b": 2.5}}})
        == []
    )
    wrong = [{"a": 1}, {"b": True}, {"c": "x"}, {"d": 1}, {"e": "y"}, {"h": 1}]
    assert all(reference.violations(tree, {"rules": {"mine": one}}) for one in wrong)
    said = tree["$defs"]["options"]["properties"]["mine"]
    assert (said["description"], said["properties"]["f"]["default"]) == ("A rule.", ["x", "z"])


@pytest.mark.parametrize(
    "text",
    [
        'slect = ["key"]',
        'select = ["kye"]',
        'select = "key"',
        'ignore = ["key-mising"]',
        'fail_on = "never"',
        'profile = "publish"',
        "baseline = 3",
        'severity = {key-missing = "fatal"}',
        'severity = {key = "error"}',
        "rules = {key-longest = {ratoi = 1.8}}",
        'rules = {key-longest = {ratio = "1.8"}}',
        "rules = {key-longest = {ratio = true}}",
        "rules = {key-missing = {ratio = 1}}",
        "rules = {nope = {}}",
        "overrides = 3",
        "overrides = [{}]",
        'overrides = [{ignore = ["key"]}]',
        "overrides = [{paths = []}]",
        'overrides = [{path = ["a"]}]',
        'overrides = [{statuses = ["drafft"]}]',
        'overrides = [{paths = ["a"], severity = {key-missing = "fatal"}}]',
    ],
)
def test_what_reading_rejects_is_rejected(text: str) -> None:
    assert not _is_read(text)
    assert not _is_accepted(tomllib.loads(text))


@pytest.mark.parametrize("sample", SAMPLES["config"])
def test_samples_are_read(sample: dict[str, Any]) -> None:
    assert tomllib.loads(_whole(sample)) == sample
    assert _is_read(_whole(sample))
    assert _is_accepted(sample)


@given(tree=spoilt("config").filter(_says_toml))
def test_the_schema_and_reading_agree(tree: dict[str, Any]) -> None:
    assert _is_accepted(tree) == _is_read(_whole(tree))
