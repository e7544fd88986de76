"""What the page's script gives for any answer is what the native definition gives."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbank.formats.html.data import tree
from qbank.model.item import (
    Item,
    Matching,
    MultipleChoice,
    MultipleResponse,
    Numeric,
    Ordering,
    ShortAnswer,
    TrueFalse,
)
from tests import consumers
from tests.formats.html import native_scorer
from tests.formats.html.practice_forms import ITEMS, RIGHT, WRONG
from tests.formats.qti_items import items
from tests.formats.samples import export_input

HERE = Path(__file__).parent
SCRIPT = Path(str(files("qbank.formats.html") / "assets" / "scoring.js"))


def _scored(pairs: list[tuple[Item, Any]], folder: Path) -> list[float]:
    """The points that the page's script gives each answer."""
    cases = [[_as_shown(item), answer] for item, answer in pairs]
    path = folder / "cases.json"
    path.write_text(json.dumps(cases), encoding="utf-8")
    points: list[float] = json.loads(consumers.node(HERE / "score.js", str(SCRIPT), str(path)))
    return points


def _as_shown(item: Item) -> dict[str, Any]:
    shown: dict[str, Any] = tree(export_input([item]))["items"][0]
    return shown


def _answers(item: Item, random: Random) -> list[Any]:
    """Answers of every kind: none, the key, others."""
    if isinstance(item, TrueFalse):
        return [[], ["true"], ["false"]]
    if isinstance(item, MultipleChoice):
        return [[], *([id] for id in item.options)]
    if isinstance(item, MultipleResponse):
        ids = list(item.options)
        return [
            [],
            list(item.key_ids),
            ids,
            *(random.sample(ids, random.randint(0, len(ids))) for _ in "12345"),
        ]
    if isinstance(item, Matching):
        ids = ["", *item.options]
        return [
            list((item.key or {}).values()),
            *([random.choice(ids) for _ in item.prompts] for _ in "123456"),
        ]
    if isinstance(item, Ordering):
        ids = list(item.options)
        return [[], list(item.key_ids), random.sample(ids, len(ids))]
    if isinstance(item, Numeric):
        return _numbers(item)
    if isinstance(item, ShortAnswer):
        right = (item.key or ("",))[0]
        return ["", right, f"  {right.upper()} ", right.replace(" ", "\t \n"), f"{right}x"]
    return ["", "words"]


def _numbers(item: Numeric) -> list[str]:
    key = item.key
    assert key is not None
    middle = Decimal(repr(key.value if key.value is not None else key.minimum))
    ends = [middle - Decimal(repr(key.tolerance)), middle + Decimal(repr(key.tolerance))]
    if key.maximum is not None:
        ends.append(Decimal(repr(key.maximum)))
    steps = [Decimal(0), Decimal("1e-6"), Decimal("-1e-6")]
    near = [str(end + step) for end in (middle, *ends) for step in steps]
    return ["", " ", "five", "1,5", "0x10", "1e", "--1", *near, f" {middle} ", f"{middle}0"[:-1]]


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    drawn=st.lists(items(), min_size=5, max_size=15),
    seed=st.integers(0, 2**32),
)
def test_any_answer_gets_the_points_of_the_definition(
    drawn: list[Item], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    random = Random(seed)
    pairs = [(item, answer) for item in drawn for answer in _answers(item, random)]
    found = _scored(pairs, tmp_path_factory.mktemp("cases"))
    for (item, answer), points in zip(pairs, found, strict=True):
        assert points == pytest.approx(native_scorer.score(item, answer), abs=1e-9), (item, answer)


def test_known_answers(tmp_path: Path) -> None:
    right = _scored(list(zip(ITEMS, RIGHT, strict=True)), tmp_path)
    wrong = _scored(list(zip(ITEMS, WRONG, strict=True)), tmp_path)
    assert right == [1, 2, 1, 2, 1, 1, 1, 5, 0]
    assert wrong == [0, 0, 0, 0, 0, 0, 0, 5, 0]
    responses = ITEMS[1]
    assert _scored([(responses, ["A", "B"]), (responses, ["A"]), (responses, [])], tmp_path) == [0.5, 1, 0]
    assert _scored([(ITEMS[3], ["A", ""]), (ITEMS[3], ["A", "C"])], tmp_path) == [1, 1]
