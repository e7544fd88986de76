"""Settings: paths and statuses, profiles, and how mistakes are answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from qbank import config
from qbank.checking import lint, selected
from qbank.config import ConfigError, Override, Profile, Settings, matches
from qbank.diagnostics import Severity
from qbank.model.bank import Bank
from qbank.model.item import MultipleChoice
from qbank.rule import all_rules


@pytest.mark.parametrize(
    ("pattern", "file", "fits"),
    [
        ("items/*.yaml", "items/a.yaml", True),
        ("items/*.yaml", "items/deep/a.yaml", False),
        ("items/**/*.yaml", "items/deep/er/a.yaml", True),
        ("items/**/*.yaml", "items/a.yaml", True),
        ("items/old", "items/old/deep/a.yaml", True),
        ("items/old/", "items/old/a.yaml", True),
        ("items/old", "items/older/a.yaml", False),
        ("items/?.yaml", "items/ab.yaml", False),
        ("items/[a].yaml", "items/[a].yaml", True),
        ("items/[a].yaml", "items/a.yaml", False),
        ("**", "anything/at/all", True),
        ("items.yaml", "itemsXyaml", False),
    ],
)
def test_patterns(
    pattern: str, file: str, fits: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert matches(file, pattern) is fits
    assert matches(str(tmp_path / file), pattern) is fits


def _load(folder: Path, text: str) -> Settings:
    path = folder / "qbank.toml"
    path.write_text(text, encoding="utf-8")
    return config.load(path)


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    text = 'baseline = "known.json"\n[[overrides]]\npaths = ["items/old/**"]\nignore = ["key"]'
    settings = _load(tmp_path, text)
    assert settings.baseline == str(tmp_path.resolve() / "known.json")
    level = settings.level("key-missing", "key", str(tmp_path / "items/old/a.yaml"), "active")
    assert level == "off"
    assert settings.level("key-missing", "key", str(tmp_path / "items/a.yaml"), "active") == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[overrides]]\npath = ["a"]', "overrides: unknown setting 'path'. Did you mean paths?"),
        ('profile = "publish"', "profile is 'publish'; use draft or publication"),
        ("overrides = 3", "overrides must be a list"),
        ("[severity]\nkey-longest = 3", "every value of severity must be a text"),
        ('fail_on = "never"', "fail_on is 'never'; use error, warning or info"),
        ('bseline = "x"', "Did you mean baseline?"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, text)
    assert said in str(caught.value)


def test_unknown_names_in_overrides() -> None:
    one = Override(statuses=("drafft",), ignore=("kye",), severity={"key-missing": "fatal", "nope": "off"})
    said = config.unknown_names(
        Settings(overrides=(one, Override())), {"key-missing": "key"}, ("draft", "active")
    )
    assert said == [
        "overrides, entry 1: ignore: there is no rule or family 'kye'. Did you mean key?",
        "overrides, entry 1: severity: there is no rule 'nope'. Known: key-missing.",
        "overrides, entry 1: severity: key-missing is 'fatal'; use error, warning, info or off",
        "overrides, entry 1: statuses: there is no status 'drafft'. Did you mean draft?",
        'overrides, entry 2: name paths = ["items/old/**"] or statuses = ["draft"]',
    ]


def test_profiles() -> None:
    draft, publication = Settings(profile=Profile.DRAFT), Settings(profile=Profile.PUBLICATION)
    assert draft.unripe("missing-rationale", "schema")
    assert draft.unripe("drift", "statistics")
    assert not draft.unripe("key-missing", "key")
    assert not publication.unripe("missing-rationale", "schema")
    assert (draft.failing, publication.failing) == (Severity.ERROR, Severity.WARNING)
    strict = Settings(profile=Profile.PUBLICATION, fail_on=Severity.INFO)
    assert strict.failing is Severity.INFO


def _item(id: str, status: str) -> MultipleChoice:
    stem = "Which of these is NOT a bone?"
    return MultipleChoice(id=id, status=status, stem=stem, options={"A": "Tibia", "B": "Liver"}, key="B")  # type: ignore[arg-type]


def _found(*overrides: Override, **settings: object) -> dict[str, str]:
    bank = Bank(items=(_item("a", "active"), _item("d", "draft")))
    report = lint(bank, settings=Settings(select=("negative-stem",), overrides=overrides, **settings))  # type: ignore[arg-type]
    return {one.item: one.severity.value for one in report.diagnostics}


def test_an_override_speaks_for_its_statuses_only_and_the_last_one_wins() -> None:
    assert _found() == {"a": "warning", "d": "warning"}
    assert _found(Override(statuses=("draft",), ignore=("stem",))) == {"a": "warning"}
    softer = Override(statuses=("draft",), severity={"negative-stem": "info"})
    assert _found(softer) == {"a": "warning", "d": "info"}
    both = (softer, Override(statuses=("draft", "active"), severity={"negative-stem": "error"}))
    assert _found(*both) == {"a": "error", "d": "error"}
    assert _found(softer, severity={"negative-stem": "error"}) == {"a": "error", "d": "info"}


def test_an_override_can_turn_a_rule_on_for_some() -> None:
    bank = Bank(items=(_item("a", "active"), _item("d", "draft")))
    one = Override(statuses=("active",), severity={"negative-stem": "error"})
    settings = Settings(severity={"negative-stem": "off"}, overrides=(one,))
    assert "negative-stem" in selected(all_rules(), settings)
    report = lint(bank, settings=settings)
    assert [one.item for one in report.diagnostics if one.rule == "negative-stem"] == ["a"]
    ignored = Settings(ignore=("negative-stem",), overrides=(one,))
    assert "negative-stem" not in selected(all_rules(), ignored)
