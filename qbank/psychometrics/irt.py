"""Item response functions of the logistic family (1PL, 2PL, 3PL).

Sources: Birnbaum (1968) in Lord & Novick, Statistical Theories of Mental Test Scores, ch. 17 and
20; Lord (1980), Applications of Item Response Theory to Practical Testing Problems, eq. 2-1 and 5-9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

LOGISTIC_MODELS = ("1PL", "2PL", "3PL")


def probability(
    theta: ArrayLike, a: ArrayLike, b: ArrayLike, c: ArrayLike, scaling: float = 1.0
) -> NDArray[np.float64]:
    """P(theta) = c + (1 - c) / (1 + exp(-D a (theta - b))); items by rows, thetas by columns.

    D is `scaling`: 1, 1.7 or 1.702.
    """
    import numpy as np

    a, b, c = (np.asarray(value, dtype=np.float64).reshape(-1, 1) for value in (a, b, c))
    z = scaling * a * (np.asarray(theta, dtype=np.float64).reshape(1, -1) - b)
    # 1 / (1 + exp(-z)) by way of tanh, which cannot overflow
    result: NDArray[np.float64] = c + (1 - c) * 0.5 * (1 + np.tanh(z / 2))
    return result


def information(
    theta: ArrayLike, a: ArrayLike, b: ArrayLike, c: ArrayLike, scaling: float = 1.0
) -> NDArray[np.float64]:
    """Fisher information of items at thetas, items by rows, thetas by columns.

    I(theta) = D² a² (Q / P) ((P - c) / (1 - c))², Lord (1980), eq. 5-9. With c = 0 it is D² a² P Q.
    """
    import numpy as np

    p = probability(theta, a, b, c, scaling)
    a, c = (np.asarray(value, dtype=np.float64).reshape(-1, 1) for value in (a, c))
    # with c = 0 and P underflowing to 0, Q/P * P² is P Q = 0, which the guarded division keeps
    ratio = np.divide(p - c, 1 - c, out=np.zeros_like(p), where=np.broadcast_to(c < 1, p.shape))
    odds = np.divide(ratio * ratio, p, out=np.zeros_like(p), where=p > 0)
    result: NDArray[np.float64] = (scaling * a) ** 2 * (1 - p) * odds
    return result
