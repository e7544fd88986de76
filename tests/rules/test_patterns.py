"""Patterns that are compiled when they are first used do what compiled ones do."""

from __future__ import annotations

import re

import pytest

from qbank.rules._patterns import compiled


def test_a_pattern_is_compiled_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    true_compile = re.compile

    def seen(pattern: str, flags: int = 0) -> re.Pattern[str]:
        asked.append(pattern)
        return true_compile(pattern, flags)

    monkeypatch.setattr(re, "compile", seen)
    later = compiled("B(o)ne", re.IGNORECASE)
    assert (later.pattern, asked) == ("B(o)ne", [])
    assert [later.search(text) is not None for text in ("a bone", "a liver")] == [True, False]
    assert later.sub(r"\1", "bone, Bone") == "o, o"
    assert later.findall("bone BONE") == ["o", "O"]
    assert (later.groups, later.flags & re.IGNORECASE) == (1, re.IGNORECASE)
    assert asked == ["B(o)ne"]


def test_a_mistake_in_a_pattern_shows_when_it_is_used() -> None:
    with pytest.raises(re.error):
        compiled("(").search("")


def test_a_pattern_has_no_other_methods() -> None:
    with pytest.raises(AttributeError):
        compiled("a").seach("a")  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        compiled("a").__array__  # type: ignore[attr-defined]  # noqa: B018
