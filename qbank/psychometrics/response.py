"""Information and expected score of items by their parameters, whatever their model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from qbank.model.statistics import Irt
from qbank.psychometrics import irt, polytomous

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Curve = Callable[[tuple[float, ...], Floats, Floats, Floats], Floats]
    """(theta, a with D, b or thresholds, c) → items by thetas."""

POLYTOMOUS_MODELS = ("GRM", "GPC")


class _Model(NamedTuple):
    """What an item's model is made of: information, and expected score as a share of the highest."""

    information: Curve
    score: Curve


def _logistic_information(theta: tuple[float, ...], a: Floats, b: Floats, c: Floats) -> Floats:
    return irt.information(theta, a, b[:, 0], c)


def _logistic_score(theta: tuple[float, ...], a: Floats, b: Floats, c: Floats) -> Floats:
    return irt.probability(theta, a, b[:, 0], c)


def _highest(b: Floats) -> Floats:
    """The highest category of each item: thresholds beyond it are +inf."""
    import numpy as np

    highest: Floats = np.isfinite(b).sum(axis=1, keepdims=True).astype(np.float64)
    return highest


_LOGISTIC = _Model(_logistic_information, _logistic_score)
_MODELS = {
    **dict.fromkeys(irt.LOGISTIC_MODELS, _LOGISTIC),
    "GRM": _Model(
        lambda theta, a, b, _: polytomous.grm_information(theta, a, b),
        lambda theta, a, b, _: polytomous.grm_expected(theta, a, b) / _highest(b),
    ),
    "GPC": _Model(
        lambda theta, a, b, _: polytomous.gpc_information(theta, a, b),
        lambda theta, a, b, _: polytomous.gpc_expected(theta, a, b) / _highest(b),
    ),
}


def is_usable(one: Irt | None) -> bool:
    """Whether parameters are complete: a above 0; b, or thresholds that do not fall under graded response.

    An item whose a is not above 0 tells nothing about ability, though its information squares a.
    """
    if one is None or not one.a > 0:
        return False
    if one.model not in POLYTOMOUS_MODELS:
        return one.b is not None
    falls = any(low > high for low, high in pairwise(one.thresholds))
    return bool(one.thresholds) and not (falls and one.model == "GRM")


def item_information(items: Sequence[Irt | None], theta: Sequence[float]) -> Floats:
    """Fisher information at thetas, items by rows, thetas by columns; NaN where parameters are not usable."""
    return _table(items, tuple(theta), lambda model: model.information)


def item_score(items: Sequence[Irt | None], theta: Sequence[float]) -> Floats:
    """Expected score at thetas as a share of the item's highest, from 0 to 1; NaN as above.

    The probability of a right answer, or the expected category over the highest category.
    """
    return _table(items, tuple(theta), lambda model: model.score)


def _table(items: Sequence[Irt | None], theta: tuple[float, ...], curve: Callable[[_Model], Curve]) -> Floats:
    import numpy as np

    table = np.full((len(items), len(theta)), np.nan)
    by_model: dict[str, tuple[list[int], list[Irt]]] = {}
    for row, one in enumerate(items):
        if one is not None and is_usable(one):
            if one.model not in by_model:
                by_model[one.model] = ([], [])
            rows, some = by_model[one.model]
            rows.append(row)
            some.append(one)
    for model, (rows, some) in by_model.items():
        table[rows] = curve(_MODELS[model])(theta, *_arrays(some))
    return table


def _arrays(items: Sequence[Irt]) -> tuple[Floats, Floats, Floats]:
    """a times D, b (or thresholds, padded with +inf) and c of items of one model."""
    import numpy as np

    if items[0].model in POLYTOMOUS_MODELS:
        widest = max(len(one.thresholds) for one in items)
        padded = [(*one.thresholds, *(np.inf,) * (widest - len(one.thresholds))) for one in items]
        places = np.array(padded, dtype=np.float64)
    else:
        places = np.array([one.b or 0.0 for one in items], dtype=np.float64).reshape(-1, 1)
    slopes = np.array([one.a * one.D for one in items], dtype=np.float64)
    if items[0].model == "3PL":
        guessing = np.array([one.c for one in items], dtype=np.float64)
    else:
        guessing = np.zeros(len(items))
    return slopes, places, guessing
