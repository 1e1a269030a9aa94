r"""The best sequence of points whose path is no longer than P, against linear losses: its minimum in an interval.

.. math:: V(P) = \min\Big\{\sum_{t=1}^T \langle g_t, u_t\rangle : u_t \in X,\
    \sum_{t=2}^T \|u_t - u_{t-1}\|_2 \le P\Big\} .

The upper end is attained by a sequence. The lower end is its dual: for all :math:`p_2, \dots, p_T`, and
:math:`p_1 = p_{T+1} = 0`,

.. math:: V(P) \ge \sum_{t=1}^T \min_{u \in X} \langle g_t + p_t - p_{t+1}, u\rangle - P \max_t \|p_t\|_2 ,

since :math:`\sum_t \langle p_t, u_t - u_{t-1}\rangle \le P \max_t \|p_t\|`. Whatever a solver has found, both ends are
certified; they are moved outwards by what round-off may have done to them.

On an interval (d = 1) the minimum is a mean of two sequences that jump between its ends, and found exactly: for a price
of path the best such sequence is known in one pass. On a box or a ball it is found by an interior-point method whose
Newton systems are banded (Boyd & Vandenberghe 2004, Convex Optimization, sections 11.3 and 11.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import scipy

from regretlab.domains import Box, Domain, L2Ball, linear_minima
from regretlab.errors import InputError
from regretlab.runs.comparator import UNIT
from regretlab.runs.round_off import farthest_in, summation_error

#: Prices that are tried on an interval at most: each is where two lines of a convex curve meet.
PRICES = 200
#: The barrier's weight falls by this factor from stage to stage, until the gap is GAP times the sum of the gradients'
#: lengths times half the domain's width, or would be LAST. A faster fall leaves points that come back slowly.
FALL, GAP, LAST = 0.5, 1e-7, 1e-10
#: Newton steps of a stage, the squared decrement at which it ends, how often a step is shortened, and the share of its
#: distance from a cone's surface that it leaves.
STEPS, CENTRED, HALVINGS, NEAR = 60, 1e-2, 60, 0.1


class Best(NamedTuple):
    """A minimum in ``[low, high]``; ``u`` (T, d), whose path is at most P, attains ``high`` up to round-off."""

    low: float
    high: float
    u: np.ndarray


def best_sequence(domain: Domain, g: np.ndarray, path: float) -> Best:
    """Return the least sum of linear losses over sequences in a bounded domain whose path is at most ``path``.

    Parameters
    ----------
    domain : Domain
        Bounded; any with d = 1, else a box or a ball.
    g : array (T, d)
        The losses' gradients.
    path : float in [0, inf)
        The longest path, in the Euclidean norm.

    Raises
    ------
    InputError
        For another domain.

    Examples
    --------
    >>> slopes = np.array([[1.0], [1.0], [-1.0], [-1.0]])
    >>> [round(best_sequence(Box(-1, 1), slopes, P).high, 9) + 0.0 for P in (0, 1, 2)]
    [0.0, -2.0, -4.0]
    """
    T, d = g.shape
    if d > 1 and not isinstance(domain, Box | L2Ball):
        raise InputError(
            f"domain={domain!r}: the best sequence of a given path is certified on a box, a ball or an interval; give "
            "the problem domain='box' or 'ball'."
        )
    free = _greedy(domain, g)
    if _length(free) <= path:
        u, p = free, np.zeros((T - 1, d))
    else:
        u, p = _on_interval(domain, g[:, 0], path) if d == 1 else _by_barrier(domain, g, path)
        u = _shortened(u, path)
    push = np.pad(p, ((1, 1), (0, 0)))
    steep, lengths = g + push[:-1] - push[1:], np.linalg.norm(p, axis=1)
    low = float(linear_minima(domain, steep).sum()) - path * float(lengths.max(initial=0.0))
    high = float((g * u).sum())
    size = float(np.linalg.norm(g, axis=1).sum()) * (far := farthest_in(domain, d))
    pushed = size + 2 * far * float(lengths.sum()) + path * float(lengths.max(initial=0.0))
    return Best(low - float(summation_error(T + d, pushed)), high + float(summation_error(T + d, size)), u)


def _greedy(domain: Domain, g: np.ndarray) -> np.ndarray:
    """Return the best point against every loss; where it has no slope, that of the loss before."""
    some = np.abs(g).max(axis=1, keepdims=True) > 0
    if isinstance(domain, L2Ball) and g.shape[1] > 1:
        unit = g / np.where(some, np.linalg.norm(g, axis=1, keepdims=True), 1.0)
        points = -domain.radius * unit
    else:
        low, high = _ends(domain)
        points, some = np.where(g > 0, low, high), g != 0
    # Each coordinate's last entry with a slope; before the first of them, the first.
    at = np.maximum.accumulate(np.where(some, np.arange(len(g))[:, None], -1), axis=0)
    at = np.where(at < 0, np.argmax(some, axis=0), at)
    return np.asarray(np.take_along_axis(points, np.broadcast_to(at, points.shape), axis=0))


def _ends(domain: Domain) -> tuple[float, float]:
    """Return the ends of every coordinate of a box, or of an interval."""
    if isinstance(domain, Box):
        return domain.low, domain.high
    return float(domain.linear_minimum(np.ones(1))), -float(domain.linear_minimum(-np.ones(1)))


def _length(u: np.ndarray) -> float:
    return float(np.linalg.norm(np.diff(u, axis=0), axis=1).sum())


def _shortened(u: np.ndarray, path: float) -> np.ndarray:
    """Draw a sequence together, around its mean, until its path is at most ``path`` also with round-off."""
    length, middle = _length(u), u.mean(axis=0)
    if length <= path * (1 - 8 * UNIT * sum(u.shape)):
        return u
    return np.asarray(middle + (u - middle) * (path / length) * (1 - 16 * UNIT * sum(u.shape)))


def _on_interval(domain: Domain, g: np.ndarray, path: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the best sequence on an interval and the dual point, by the price of path at which two lines meet."""
    low, high = _ends(domain)
    slopes = g.tolist()

    def priced(price: float) -> tuple[np.ndarray, np.ndarray, float, float]:
        """Return the best sequence of ends at a price of path, the dual point, its losses and its path."""
        after, kept, before = [], 0.0, []
        for slope in slopes:  # how much more the high end has cost so far than the low one, per unit of length
            more = kept + slope
            kept = min(max(more, -price), price)
            after.append(more)
            before.append(kept)
        more_so_far = np.array(after)
        # Where it is more than the price of a jump the sequence is at the other end; else it is where it will be.
        forced = np.abs(more_so_far) > price
        forced[-1] = True
        at = np.minimum.accumulate(np.where(forced, np.arange(len(g)), len(g))[::-1])[::-1]
        u = np.where(more_so_far[at] > 0, low, high)
        return u, np.array(before[:-1]), float(g @ u), float(np.abs(np.diff(u)).sum())

    longer, shorter = priced(0.0), priced(float(np.abs(g).sum()) * 2)
    found = longer
    for _ in range(PRICES):
        price = max(0.0, (shorter[2] - longer[2]) / (longer[3] - shorter[3]))
        found = priced(price)
        least = longer[2] + price * longer[3]
        if found[2] + price * found[3] >= least - 64 * UNIT * abs(least) or found[3] in (longer[3], shorter[3]):
            break
        if found[3] > path:
            longer = found
        else:
            shorter = found
    share = (path - shorter[3]) / (longer[3] - shorter[3])
    return (share * longer[0] + (1 - share) * shorter[0])[:, None], found[1][:, None]


class _Dual(NamedTuple):
    r"""The dual with barriers, on the unit ball or box, in p_2, ..., p_T and a bound q of their lengths: maximise

    .. math:: \sum_t \sigma(h_t + p_t - p_{t+1}) + \mu \sum_t \log(q^2 - \|p_t\|^2) - q P, \qquad
        \sigma(y) = \min_w \langle y, w\rangle - \mu \log b(w),

    b = 1 - ||w||^2 on the ball, and the product of all 1 - w_i^2 on the box.
    """

    h: np.ndarray
    path: float
    ball: bool

    def sizes(self, p: np.ndarray, mu: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return y / mu, the root S of 1 + its square (of its length on the ball), and the points w that attain."""
        push = np.pad(p, ((1, 1), (0, 0)))
        y = (self.h + push[:-1] - push[1:]) / mu
        S = np.sqrt(1 + ((y**2).sum(1, keepdims=True) if self.ball else y**2))
        return y, S, -y / (1 + S)

    def value(self, p: np.ndarray, q: float, mu: float) -> float:
        """Return minus what is maximised, in units of mu; inf where it is not defined."""
        lengths = np.linalg.norm(p, axis=1)
        if not lengths.max() < q:
            return np.inf
        _, S, _ = self.sizes(p, mu)
        support = (S - 1 + np.log(2 / (1 + S))).sum()
        return float(support - np.log((q - lengths) * (q + lengths)).sum() + q * self.path / mu)

    def newton(self, p: np.ndarray, q: float, mu: float) -> tuple[np.ndarray, float, float]:
        """Return Newton's step of p and q, and its squared decrement."""
        d, eye = p.shape[1], np.eye(p.shape[1])
        y, S, w = self.sizes(p, mu)
        lengths = np.linalg.norm(p, axis=1)
        room = (q - lengths) * (q + lengths)
        pull = 2 * p / room[:, None]
        slope = pull - np.diff(w, axis=0) / mu
        if self.ball:
            along = y / np.where(S > 1, np.sqrt(S**2 - 1), 1.0)
            bent = (eye - (1 - 1 / S)[..., None] * along[:, :, None] * along[:, None, :]) / (1 + S)[..., None]
        else:
            bent = eye * (1 / (S * (1 + S)))[:, None, :]
        bent = bent / mu**2
        blocks = bent[1:] + bent[:-1] + 2 * eye / room[:, None, None] + pull[:, :, None] * pull[:, None, :]
        # q is eliminated along v, where the cones move as they please: their own part of the equation for q, and of its
        # right-hand side, is then a closed form, in which nothing cancels.
        wide = (q**2 + lengths**2)[:, None]
        v = -2 * q * p / wide
        turned = np.diff(np.einsum("tij,tj->ti", bent, -np.diff(np.pad(v, ((1, 1), (0, 0))), axis=0)), axis=0)
        right = np.stack([slope.ravel(), turned.ravel()], axis=1)
        solved = scipy.linalg.solveh_banded(_banded(blocks, -bent[1:-1]), right, lower=True, check_finite=False)
        slope_q = self.path / mu - float(
            ((2 * q + 2 * q * (p * np.diff(w, axis=0)).sum(1, keepdims=True) / mu) / wide).sum()
        )
        across = turned.ravel() @ solved
        bend = float((2 / wide).sum() + (turned * v).sum()) - across[1]
        dq = -(slope_q + across[0]) / bend
        along_q = v.ravel() - solved[:, 1]
        dp = -(solved[:, 0] + dq * along_q).reshape(-1, d)
        return dp, dq, float(slope.ravel() @ solved[:, 0]) + dq**2 * bend

    def certified(self, p: np.ndarray) -> float:
        """Return the lower bound that p gives."""
        push = np.pad(p, ((1, 1), (0, 0)))
        y = self.h + push[:-1] - push[1:]
        least = np.linalg.norm(y, axis=1) if self.ball else np.abs(y)
        return -float(least.sum()) - self.path * float(np.linalg.norm(p, axis=1).max())

    def points(self, p: np.ndarray, q: float, mu: float) -> Iterator[np.ndarray]:
        """Yield sequences of the domain whose path is at most P: one by its points, and one by its steps.

        Near the optimum the points differ by less than their round-off, and the steps say by how much.
        """
        lengths = np.linalg.norm(p, axis=1)
        steps = 2 * mu * p / ((q - lengths) * (q + lengths))[:, None]
        by_points = self.sizes(p, mu)[2]
        by_steps = np.concatenate([np.zeros((1, p.shape[1])), np.cumsum(steps, axis=0)])
        for w in (by_points, by_steps + (by_points - by_steps).mean(axis=0)):
            if not np.isfinite(w).all():
                continue
            short = _shortened(w, self.path)
            beyond = float(np.linalg.norm(short, axis=1).max() if self.ball else np.abs(short).max())
            yield short / max(1.0, beyond * (1 + 4 * UNIT))


def _banded(blocks: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return the lower bands of a symmetric matrix of blocks (m, d, d) on the diagonal and some below (m - 1, d, d)."""
    m, d = blocks.shape[:2]
    bands = np.zeros((2 * d, m * d))
    for i in range(d):
        for j in range(d):
            if i >= j:
                bands[i - j, j::d] = blocks[:, i, j]
            bands[d + i - j, j : (m - 1) * d : d] = below[:, i, j]
    return bands


def _by_barrier(domain: Domain, g: np.ndarray, path: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the best sequence on a box or a ball about, and a dual point."""
    T, ball = len(g), isinstance(domain, L2Ball)
    low, high = (-domain.radius, domain.radius) if isinstance(domain, L2Ball) else _ends(domain)
    middle, half, scale = (low + high) / 2, (high - low) / 2, float(np.linalg.norm(g, axis=1).sum())
    if path == 0:
        share = g.mean(axis=0)
        w = -share / np.linalg.norm(share) if ball and share.any() else -np.sign(share)
        # The sums so far, less their share of the whole, are the forces that hold the points together.
        return np.tile(middle + half * w, (T, 1)), np.cumsum(g - share, axis=0)[:-1]
    problem = _Dual(g / scale, path / half, ball)
    terms, mu = (1 if ball else g.shape[1]) * T + 2 * T, 1.0 / T
    p, q = np.zeros((T - 1, g.shape[1])), 2 * mu * (T - 1) / problem.path
    high, low = np.inf, -np.inf
    best_u, best_p = np.zeros(g.shape), p
    while mu * terms > LAST:
        p, q = _centred(problem, p, q, mu)
        lower = problem.certified(p)
        if lower > low:
            low, best_p = lower, p
        for w in problem.points(p, q, mu):
            value = float((problem.h * w).sum())
            if value < high:
                high, best_u = value, w
        if not high - low > GAP:
            break
        mu *= FALL
    return middle + half * best_u, scale * best_p


def _centred(problem: _Dual, p: np.ndarray, q: float, mu: float) -> tuple[np.ndarray, float]:
    """Return the maximiser for a weight of the barrier, by damped Newton steps."""
    for _ in range(STEPS):
        try:
            with np.errstate(all="ignore"):
                dp, dq, decrement = problem.newton(p, q, mu)
        except np.linalg.LinAlgError:
            break
        if not CENTRED < decrement < np.inf:
            break
        if decrement < 1 / 16:
            p, q = p + dp, q + dq
            continue
        # Along a curve on which a fall of q draws all p with it: else one cone would hold back the others.
        value, turn, share = problem.value(p, q, mu), (dp - p * (dq / q)) / q, 1.0
        room = 1 - np.linalg.norm(p, axis=1) / q
        for _ in range(HALVINGS):
            further = q * np.exp(min(share * dq / q, 1.0))
            moved = further * (p / q + share * turn)
            left = 1 - np.linalg.norm(p / q + share * turn, axis=1)
            if (left > NEAR * room).all() and problem.value(moved, further, mu) <= value - 0.1 * share * decrement:
                break
            share *= 0.7
        else:
            break
        p, q = moved, further
    return p, q
