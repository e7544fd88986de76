"""Item response functions for ordered score categories: graded response, generalised partial credit.

A category is a whole number 0 … m; an item has m thresholds. Arrays: `a` has a value an item, `thresholds` a
row an item. Items with fewer thresholds than others are padded with +inf, which adds categories that nobody
reaches. `a` must be above 0. Sources: Samejima (1969), Estimation of latent ability using a response pattern
of graded scores, Psychometrika Monograph 17; Muraki (1992), A generalized partial credit model, Applied
Psychological Measurement 16, 159-176; Muraki (1993), Information functions of the generalized partial credit
model, Applied Psychological Measurement 17, 351-363.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def _exponents(theta: ArrayLike, a: ArrayLike, thresholds: ArrayLike, scaling: float) -> Floats:
    """D a (theta - b_k), items by thetas by thresholds."""
    import numpy as np

    slopes = scaling * np.asarray(a, dtype=np.float64).reshape(-1, 1, 1)
    steps = np.asarray(thresholds, dtype=np.float64)[:, np.newaxis, :]
    z: Floats = slopes * (np.asarray(theta, dtype=np.float64).reshape(1, -1, 1) - steps)
    return z


def _reached(theta: ArrayLike, a: ArrayLike, thresholds: ArrayLike, scaling: float) -> Floats:
    """P*(k), the probability of category k or above under graded response, for k = 0 … m + 1."""
    import numpy as np

    # 1 / (1 + exp(-z)) by way of tanh, which cannot overflow
    inner = 0.5 * (1 + np.tanh(_exponents(theta, a, thresholds, scaling) / 2))
    edge = np.ones((*inner.shape[:2], 1))
    return np.concatenate((edge, inner, 0 * edge), axis=2)


def grm_categories(theta: ArrayLike, a: ArrayLike, thresholds: ArrayLike, scaling: float = 1.0) -> Floats:
    """Probabilities of categories under graded response, items by thetas by categories.

    P_k = P*(k) - P*(k + 1) with P*(k) = 1 / (1 + exp(-D a (theta - b_k))), P*(0) = 1 and P*(m + 1) = 0;
    Samejima (1969). Thresholds must not fall, else a probability is negative.
    """
    reached = _reached(theta, a, thresholds, scaling)
    categories: Floats = reached[:, :, :-1] - reached[:, :, 1:]
    return categories


def grm_expected(theta: ArrayLike, a: ArrayLike, thresholds: ArrayLike, scaling: float = 1.0) -> Floats:
    """The expected category under graded response, from 0 to m: the sum of P*(k); items by thetas."""
    expected: Floats = _reached(theta, a, thresholds, scaling)[:, :, 1:-1].sum(axis=2)
    return expected


def grm_information(theta: ArrayLike, a: ArrayLike, thresholds: ArrayLike, scaling: float = 1.0) -> Floats:
    """Fisher information under graded response, items by thetas; Samejima (1969).

    I = Σ P_k'² / P_k. As P*' = D a P* (1 - P*), P_k' = D a P_k (1 - P*(k) - P*(k + 1)), so that nothing
    need be divided: I = D² a² Σ P_k (1 - P*(k) - P*(k + 1))².
    """
    import numpy as np

    reached = _reached(theta, a, thresholds, scaling)
    lower, upper = reached[:, :, :-1], reached[:, :, 1:]
    slopes = scaling * np.asarray(a, dtype=np.float64).reshape(-1, 1)
    information: Floats = slopes**2 * ((lower - upper) * (1 - lower - upper) ** 2).sum(axis=2)
    return information


def gpc_categories(theta: ArrayLike, a: ArrayLike, thresholds: ArrayLike, scaling: float = 1.0) -> Floats:
    """Probabilities of categories under generalised partial credit, items by thetas by categories.

    P_k is proportional to exp(Σ_{v ≤ k} D a (theta - b_v)), the empty sum for k = 0; Muraki (1992).
    """
    import numpy as np

    steps = np.cumsum(_exponents(theta, a, thresholds, scaling), axis=2)
    sums = np.concatenate((np.zeros((*steps.shape[:2], 1)), steps), axis=2)
    # the greatest exponent taken off, so that none can overflow
    weights = np.exp(sums - sums.max(axis=2, keepdims=True))
    categories: Floats = weights / weights.sum(axis=2, keepdims=True)
    return categories


def gpc_expected(theta: ArrayLike, a: ArrayLike, thresholds: ArrayLike, scaling: float = 1.0) -> Floats:
    """The expected category under generalised partial credit, from 0 to m; items by thetas."""
    import numpy as np

    categories = gpc_categories(theta, a, thresholds, scaling)
    expected: Floats = categories @ np.arange(categories.shape[2], dtype=np.float64)
    return expected


def gpc_information(theta: ArrayLike, a: ArrayLike, thresholds: ArrayLike, scaling: float = 1.0) -> Floats:
    """Fisher information under generalised partial credit, items by thetas.

    D² a² times the variance of the category at theta; Muraki (1993), eq. 9 with scores 0 … m.
    """
    import numpy as np

    categories = gpc_categories(theta, a, thresholds, scaling)
    scores = np.arange(categories.shape[2], dtype=np.float64)
    distance = scores - (categories @ scores)[:, :, np.newaxis]
    slopes = scaling * np.asarray(a, dtype=np.float64).reshape(-1, 1)
    information: Floats = slopes**2 * (categories * distance**2).sum(axis=2)
    return information
