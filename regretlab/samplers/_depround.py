"""DepRound: a batch of exactly K distinct examples with given inclusion probabilities.

Two forms of one law. :func:`depround` is the textbook loop over pairs, on any numbers (floats, fractions).
:func:`depround_rows` makes the same draw for R rows in O(n) array operations and K short steps: paired in order, all
duels between two integers of the cumulative sum are one choice proportional to p, and one duel decides each crossing
(Deville's systematic sampling, which has the law of the ordered pivotal method).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from array_api_compat import array_namespace

from regretlab.samplers._base import Array

#: An inclusion probability this near to 1 is 1: where two meet at an integer, rounding must not decide what is drawn.
CERTAIN = 1 - 2.0**-44


def depround(p: Sequence[Any], chance: Callable[[Any], bool]) -> list[int]:
    r"""DepRound (Gandhi et al. 2006): the textbook form, one duel of two fractional entries at a time.

    .. math:: a = \min(1-p_i, p_j), \quad b = \min(p_i, 1-p_j), \qquad
        (p_i, p_j) \leftarrow \begin{cases} (p_i + a,\, p_j - a) & \text{with probability } b/(a+b), \\
        (p_i - b,\, p_j + b) & \text{otherwise.} \end{cases}

    Parameters
    ----------
    p : sequence of numbers in [0, 1] with an integer sum
        With floats the sum may miss the integer by round-off; use :class:`~fractions.Fraction` for exact work.
    chance : callable
        ``chance(q)`` is True with probability q; a test can enumerate it.

    Returns
    -------
    list of int
        The selected indices, in increasing order; ``P(i selected) = p[i]``.

    Notes
    -----
    The published AdamCB code draws successively without replacement under this name, which has other inclusion
    probabilities and biases the estimator.

    Examples
    --------
    >>> from fractions import Fraction
    >>> depround([Fraction(1, 2)] * 4, chance=lambda q: True)
    [0, 2]
    """
    p = list(p)
    i = 0
    for j in range(1, len(p)):
        if not 0 < p[i] < 1:
            i = j
            continue
        if not 0 < p[j] < 1:
            continue
        a, b = min(1 - p[i], p[j]), min(p[i], 1 - p[j])
        if chance(b / (a + b)):
            p[i], p[j] = p[i] + a, p[j] - a
        else:
            p[i], p[j] = p[i] - b, p[j] + b
        if not 0 < p[i] < 1:
            i = j
    return [k for k, q in enumerate(p) if 2 * q > 1]


def depround_rows(p: Array, K: int, u: Array) -> Array:
    """R independent draws with DepRound's law.

    Parameters
    ----------
    p : array (R, n)
        Inclusion probabilities in (0, 1]; every row sums to K up to round-off.
    K : int
    u : array (R, K)
        One uniform for each interval between two integers of the cumulative sum. It first settles the duel with the
        example at the upper integer, and what is left of it is again uniform and chooses the other duellist. So an
        example that ends at an integer may, by rounding, fall on either side without any change of the draw.

    Returns
    -------
    integer array (R, K)
        K distinct indices per row.
    """
    xp = array_namespace(p)
    R, n = p.shape
    if n == K:
        return xp.broadcast_to(xp.arange(n), (R, n))
    cumulative = xp.cumulative_sum(p, axis=-1)
    # crossing[k]: the example whose share of the line contains the integer k + 1; n closes the last interval.
    integers = xp.asarray([float(k) for k in range(1, K)])
    crossing = [xp.searchsorted(cumulative[r, :], integers, side="left") for r in range(R)]
    first = xp.stack(crossing)
    columns = [first[:, k] for k in range(K - 1)]
    for k in range(1, K - 1):  # a rounded sum may let an example with p = 1 contain two integers
        columns[k] = xp.maximum(columns[k], columns[k - 1] + 1)
    ends = xp.stack([*columns, xp.full((R,), n, dtype=first.dtype)], axis=-1)
    padded = xp.concat([xp.zeros((R, 1), dtype=p.dtype), cumulative], axis=-1)
    starts = xp.concat([xp.full((R, 1), -1, dtype=ends.dtype), ends[:, :-1]], axis=-1)
    carried = xp.take_along_axis(padded, starts + 1, axis=-1)  # where the example carried over stops, per interval
    filled = xp.take_along_axis(padded, xp.minimum(ends, xp.asarray(n)), axis=-1)  # where the crossing one begins
    floor = xp.broadcast_to(xp.arange(K, dtype=p.dtype), (R, K))
    # The crossing example holds `share`; the winner so far, who holds `held`, takes the unit with chance `takes`.
    held = filled - floor
    share = xp.take_along_axis(p, xp.minimum(ends, xp.asarray(n - 1)), axis=-1)
    share = xp.where(share > CERTAIN, 1.0, share)
    left = 2 - held - share
    takes = xp.where(left > 0, (1 - share) / xp.where(left > 0, left, 1.0), 0.0)
    takes[:, K - 1] = 1.0
    winner_takes = u < takes
    rest = xp.where(winner_takes, takes, 1 - takes)
    points = floor + held * xp.where(winner_takes, u, u - takes) / xp.where(rest > 0, rest, 1.0)
    inside = xp.stack([xp.searchsorted(cumulative[r, :], points[r, :], side="right") for r in range(R)])
    inside = xp.minimum(xp.maximum(inside, starts + 1), ends - 1)
    nobody = ends - starts == 1  # no example lies inside the interval, whatever the point rounds to

    selected = []
    left_over = xp.zeros((R,), dtype=ends.dtype)
    for k in range(K):
        winner = xp.where((points[:, k] < carried[:, k]) | nobody[:, k], left_over, inside[:, k])
        selected.append(xp.where(winner_takes[:, k], winner, ends[:, k]))
        left_over = xp.where(winner_takes[:, k], ends[:, k], winner)
    return xp.stack(selected, axis=-1)
