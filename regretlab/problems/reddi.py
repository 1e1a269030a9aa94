"""The linear losses on which Adam fails (Reddi, Kale & Kumar 2018), in a fixed order and at random."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from array_api_compat import array_namespace

from regretlab.domains import Box
from regretlab.errors import InputError
from regretlab.parameters import number
from regretlab.problems._base import Array
from regretlab.problems.linear import LinearModel
from regretlab.system import memory

#: Bytes that a run holds for each example, at least.
HELD = 80.0
SOURCE = " (Reddi et al. 2018, Section 3)"
LARGEST_DENOMINATOR = 100_000


class _Linear(LinearModel):
    """phi(u) = u: the loss is linear, so the comparator is exact."""

    convex = linear = True
    convex_reason = "linear losses"
    monotone = True
    roundings = 0

    def phi(self, u: Array, y: Array) -> Array:
        return u + 0 * y

    def slope(self, u: Array, y: Array) -> Array:
        return array_namespace(u).ones_like(u)

    def slope_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.ones_like(low)


class Reddi(_Linear):
    r"""Reddi's example: a large gradient once per period, small opposite ones in between, on [-1, 1].

    .. math:: f_t(x) = C x \ \text{ if } t \equiv 1 \pmod{\text{period}}, \qquad f_t(x) = -c\,x \ \text{ otherwise.}

    Parameters
    ----------
    C : float in (0, inf)
        The rare slope. With ``C > c (period - 1)`` the best point is -1.
    c : float in (0, inf)
        The common slope, with its sign left out.
    period : int in [2, inf)
        3 in Theorem 1; the synthetic experiment of Section 5 is ``Reddi(1010, 10, 101)``.
    start : float
        x_1, 1 in Theorem 1.

    References
    ----------
    Reddi, Kale & Kumar (2018), Theorem 1 and Section 5; Tran & Phong (2019), Example 3.2.

    Examples
    --------
    >>> Reddi(C=4).Z.ravel()
    array([ 4., -1., -1.])
    """

    title, source = "Reddi's example", "Reddi, Kale & Kumar 2018, Theorem 1"
    order = "cyclic"

    def __init__(self, C: float = 4.0, c: float = 1.0, period: int = 3, start: float = 1.0) -> None:
        C, c = number("C", C, "(0, inf)", SOURCE), number("c", c, "(0, inf)", SOURCE)
        period = int(number("period", period, "[2, 1e12]", SOURCE, integer=True))
        memory.need(f"a period of {period} losses", HELD * period)
        start = number("start", start, "[-1, 1]", SOURCE)
        rows = np.full((period, 1), -c)
        rows[0] = C
        self.name = f"reddi(C={C:g}, c={c:g}, period={period})"
        super().__init__(rows, np.zeros(period), domain=Box(-1, 1), start=start)


class StochasticReddi(_Linear):
    r"""The same losses drawn independently at random.

    .. math:: f_t(x) = C x \ \text{ with probability } q, \qquad f_t(x) = -c\,x \ \text{ otherwise,}

    as a finite sum: the rational :math:`q = a/n` is a rows of slope C among n, drawn uniformly.

    Parameters
    ----------
    C, c : float in (0, inf)
    delta : float in (0, inf)
        :math:`q = (1+\delta)/(C+1)`, Theorem 3; used when ``probability`` is not given.
    probability : float in (0, 1), optional
        q itself; the synthetic experiment of Section 5 is ``StochasticReddi(1010, 10, probability=0.01)``.
    start : float
        x_1, 0 in Theorem 3.

    Notes
    -----
    The theorem lets the iterates leave [-1, 1]; here they are projected onto it, as the regret bounds need.

    References
    ----------
    Reddi, Kale & Kumar (2018), Theorem 3 and Section 5.

    Examples
    --------
    >>> problem = StochasticReddi(C=10, delta=0.1)
    >>> problem.n, float(problem.Z.mean().round(12))
    (10, 0.1)
    """

    family, title, source = "stochastic_reddi", "Reddi's example at random", "Reddi, Kale & Kumar 2018, Theorem 3"

    def __init__(
        self,
        C: float = 10.0,
        c: float = 1.0,
        delta: float = 0.1,
        probability: float | None = None,
        start: float = 0.0,
    ) -> None:
        C, c = number("C", C, "(0, inf)", SOURCE), number("c", c, "(0, inf)", SOURCE)
        start = number("start", start, "[-1, 1]", SOURCE)
        if probability is None:
            delta = number("delta", delta, "(0, inf)", SOURCE)
            q = (1 + Fraction(str(delta))) / (1 + Fraction(str(C)))
        else:
            q = Fraction(str(number("probability", probability, "(0, 1)", SOURCE)))
        if not 0 < q < 1:
            raise InputError(
                f"the probability (1+delta)/(C+1) = {float(q):g} is outside (0, 1){SOURCE}; use delta < C."
            )
        if q.denominator > LARGEST_DENOMINATOR:
            raise InputError(
                f"the probability {q} of the rare loss needs {q.denominator} examples, at most {LARGEST_DENOMINATOR} "
                f"are kept; round C, delta or probability to fewer digits."
            )
        rows = np.full((q.denominator, 1), -c)
        rows[: q.numerator] = C
        self.name = f"stochastic_reddi(C={C:g}, c={c:g}, probability={q})"
        super().__init__(rows, np.zeros(len(rows)), domain=Box(-1, 1), start=start)
