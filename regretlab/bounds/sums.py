r"""Sums over the momentum schedule that the bounds speak of, at any horizon and many at once."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import scipy

#: So many terms are added one by one; after them Euler and Maclaurin's formula is exact to round-off.
HEAD = 100_000


def schedule_sum(beta1: float, lam: float, T: np.ndarray) -> np.ndarray:
    r""":math:`\sum_{t=2}^T \beta_1\lambda^{t-1}\sqrt{t-1}` at every T, from AdamX's Theorem 5.1.

    Parameters
    ----------
    beta1, lam : float
        In [0, 1), and [0, 1].
    T : array
        Horizons, however large.

    Examples
    --------
    >>> schedule_sum(0.5, 1.0, np.array([1.0, 2.0]))
    array([0. , 0.5])
    """
    last = np.asarray(T, dtype=float) - 1
    length = 1 << int(np.ceil(np.log2(np.clip(last.max(initial=1), 1, HEAD))))
    head = _sums(float(lam), length)[np.clip(last, 0, min(length, HEAD)).astype(int)]
    return np.asarray(beta1 * (head + _tail(lam, np.maximum(last, HEAD))))


@lru_cache(maxsize=64)
def _sums(lam: float, length: int) -> np.ndarray:
    """Return the sum of ``lam**s * sqrt(s)`` over 1 <= s <= t, for t = 0, ..., length."""
    s = np.arange(length + 1.0)
    return np.cumsum(lam**s * np.sqrt(s))


def _tail(lam: float, last: np.ndarray) -> np.ndarray:
    """Return the sum of ``lam**s * sqrt(s)`` over HEAD < s <= last, by Euler and Maclaurin."""
    rate = -math.log(lam) if lam > 0 else math.inf
    if rate * HEAD > 60 or not (last > HEAD).any():
        return np.zeros_like(last)

    def term(s: np.ndarray | float) -> np.ndarray:
        return np.asarray(np.sqrt(s) * np.exp(-rate * s))

    def slope(s: np.ndarray | float) -> np.ndarray:
        return np.asarray((0.5 / np.asarray(s) - rate) * term(s))

    if rate > 0:
        share = scipy.special.gammainc(1.5, rate * last) - scipy.special.gammainc(1.5, rate * HEAD)
        integral = scipy.special.gamma(1.5) * rate**-1.5 * share
    else:
        integral = (last**1.5 - HEAD**1.5) / 1.5
    return np.asarray(integral + (term(last) - term(HEAD)) / 2 + (slope(last) - slope(HEAD)) / 12)


def weights_sum(beta1: float, lam: float, T: np.ndarray) -> np.ndarray:
    r""":math:`\sum_{t=1}^T \beta_1\lambda^{t-1}\sqrt t` at every T: the weights of v_hat in Reddi et al.'s Theorem 4.

    Examples
    --------
    >>> weights_sum(0.5, 0.5, np.array([1.0, 2.0])).round(6)
    array([0.5     , 0.853553])
    """
    T = np.asarray(T, dtype=float)
    return schedule_sum(beta1, lam, T + 1) / lam if lam > 0 else np.full(T.shape, beta1)


#: Below, t_0 no longer moves, and Lambert's W would be asked for its pole.
SMALLEST = 1e-300


def last_decrease(beta1: float, lam: float) -> int:
    r"""Find the last t with :math:`\sqrt t/(1-\beta_1\lambda^{t-1}) < \sqrt{t-1}/(1-\beta_1\lambda^{t-2})`; 0 if none.

    It is the t_0 of Tran & Phong's Theorem 4.1. The function of a real t falls where
    :math:`(2s+1)e^{-s} > \lambda/\beta_1`, :math:`s = t\ln(1/\lambda)`, and Lambert's W gives the end of that interval.

    Examples
    --------
    >>> [last_decrease(0.9, lam) for lam in (0.001, 0.5, 0.9, 0.99, 0.999, 0.9999)]
    [2, 3, 12, 100, 982, 9797]
    """
    if lam == 1 or beta1 == 0 or lam / (2 * beta1) > math.exp(-0.5):
        return 0
    lam = max(lam, SMALLEST)
    end = float(-0.5 - scipy.special.lambertw(-lam / (2 * beta1 * math.sqrt(math.e)), -1).real) / -math.log(lam)
    if end > HEAD:  # where neighbours no longer differ in floating point
        return math.ceil(end)

    def height(t: int) -> float:
        return math.sqrt(t) / (1 - beta1 * lam ** (t - 1))

    around = (math.ceil(end), math.floor(end))
    return next((t for t in around if t > 1 and height(t) < height(t - 1)), 0)


def roots_to_last_decrease(beta1: float, lam: float) -> float:
    r""":math:`\sum_{t\le t_0}\sqrt t`."""
    return float(schedule_sum(1.0, 1.0, np.array([last_decrease(beta1, lam) + 1.0])).item())
