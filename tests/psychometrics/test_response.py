"""Item information and expected scores beside numerical derivatives and published pools."""

from __future__ import annotations

import csv
import json
import math
import os
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbank.model.statistics import Irt
from qbank.psychometrics.polytomous import gpc_categories, grm_categories
from qbank.psychometrics.response import is_usable, item_information, item_score

DATA = os.environ.get("QBANK_TEST_DATA", "")
needs_data = pytest.mark.skipif(not DATA, reason="needs the shared data: set QBANK_TEST_DATA")
STEP = 1e-4

Model = Literal["1PL", "2PL", "3PL", "GRM", "GPC"]


@st.composite
def parameters(draw: st.DrawFn) -> Irt:
    """Parameters of any model."""
    model: Model = draw(st.sampled_from(("1PL", "2PL", "3PL", "GRM", "GPC")))
    steps = draw(st.lists(st.integers(-25, 25), min_size=1, max_size=4, unique=True))
    return Irt(
        model=model,
        D=draw(st.sampled_from((1.0, 1.7, 1.702))),
        a=draw(st.integers(3, 25)) / 10,
        b=steps[0] / 10,
        c=draw(st.sampled_from((0.0, 0.15, 0.25))),
        thresholds=tuple(sorted(step / 10 for step in steps)) if model in ("GRM", "GPC") else (),
    )


def categories(one: Irt, theta: float) -> list[float]:
    """Probabilities of categories, one number at a time, as the sources write them."""
    slope = one.D * one.a

    def logistic(b: float) -> float:
        return 1 / (1 + math.exp(-slope * (theta - b)))

    if one.model == "GRM":
        reached = [1.0, *map(logistic, one.thresholds), 0.0]
        return [high - low for high, low in pairwise(reached)]
    if one.model == "GPC":
        sums = [0.0]
        for step in one.thresholds:
            sums.append(sums[-1] + slope * (theta - step))
        weights = [math.exp(one) for one in sums]
        return [weight / sum(weights) for weight in weights]
    assert one.b is not None
    c = one.c if one.model == "3PL" else 0.0
    right = c + (1 - c) * logistic(one.b)
    return [1 - right, right]


@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(st.lists(parameters(), min_size=1, max_size=6), st.integers(-20, 20))
def test_information_is_the_sum_of_squared_slopes_over_probabilities(items: list[Irt], tenths: int) -> None:
    theta = tenths / 10
    found = item_information(items, (theta, 0.0))[:, 0]
    scores = item_score(items, (theta,))[:, 0]
    for row, one in enumerate(items):
        here = categories(one, theta)
        above, below = categories(one, theta + STEP), categories(one, theta - STEP)
        slopes = [(high - low) / (2 * STEP) for high, low in zip(above, below, strict=True)]
        fisher = sum(slope**2 / p for slope, p in zip(slopes, here, strict=True) if p > 1e-9)
        assert abs(found[row] - fisher) < 1e-5 * max(1.0, fisher)
        expected = sum(k * p for k, p in enumerate(here)) / (len(here) - 1)
        assert abs(scores[row] - expected) < 1e-9


def test_categories_add_up_and_do_not_overflow() -> None:
    thetas = np.array([-600.0, -1.0, 0.0, 600.0])
    steps = [[-1.0, 0.0, 2.0], [0.5, 1.0, np.inf]]
    for function in (grm_categories, gpc_categories):
        found = function(thetas, [2.0, 1.5], steps, 1.7)
        assert found.shape == (2, 4, 4)
        assert np.allclose(found.sum(axis=2), 1.0)
        assert (found >= 0).all()
        assert found[1, 3].tolist() == [0.0, 0.0, 1.0, 0.0]


def test_unusable_parameters_are_not_a_number() -> None:
    unusable = [
        None,
        Irt(model="2PL"),
        Irt(model="2PL", a=0.0, b=0.0),
        Irt(model="GRM", b=0.0),
        Irt(model="GRM", thresholds=(1.0, 0.0)),
    ]
    assert np.isnan(item_information(unusable, (0.0, 1.0))).all()
    assert np.isnan(item_score(unusable, (0.0,))).all()
    assert is_usable(Irt(model="GPC", thresholds=(1.0, 0.0)))


def lines(name: str) -> list[str]:
    """The lines of a shared file."""
    return Path(DATA, "ata", name).read_text(encoding="utf-8").splitlines()


def pool(name: str) -> list[Irt]:
    """The parameters of a shared pool; graded items have a and then thresholds."""
    path = next(Path(DATA, "ata").glob(f"testdesign_itempool_{name}_*.csv"))
    return [_of_row(row) for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())]


def _of_row(row: dict[str, str]) -> Irt:
    numbers = [float(row[key]) for key in sorted(row) if key.startswith("PAR") and row[key]]
    kinds: dict[str, Model] = {"GR": "GRM", "GPC": "GPC"}
    if row["MODEL"] in kinds:
        return Irt(model=kinds[row["MODEL"]], a=numbers[0], thresholds=tuple(numbers[1:]))
    return Irt(model="3PL", a=numbers[0], b=numbers[1], c=numbers[2])


@needs_data
@pytest.mark.parametrize("name", ["science", "reading", "fatigue"])
def test_the_information_of_shared_pools(name: str) -> None:
    path = Path(DATA, "ata", f"testdesign_mip_{name}.json")
    made: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    found = item_information(pool(name), made["theta"])
    assert np.abs(found - np.array(made["info"]).T).max() < 1e-6


@needs_data
def test_the_information_of_a_pool_with_d_1_7() -> None:
    rows = list(csv.DictReader(lines("eatATA_items_diao.csv")))
    items = [Irt(model="3PL", D=1.7, a=float(row["a"]), b=float(row["b"]), c=float(row["c"])) for row in rows]
    given = list(csv.reader(lines("eatATA_diao_IIF.csv")))[1:]
    wanted = np.array([[float(value) for value in row[1:]] for row in given])
    assert np.abs(item_information(items, (-1.5, 0.0, 1.5)) - wanted).max() < 1e-9
