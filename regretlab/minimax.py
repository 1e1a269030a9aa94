r"""The value of online linear optimisation: the regret that no algorithm can go below on every sequence of losses.

A bound R(T) <= B(T) for all convex losses of a class bounds the linear ones among them, so that B(T) is at least the
value :math:`V_T` of the linear game; :math:`B(T)/V_T` says how far the bound is from the best that any algorithm has.
The adversaries that reach the value are played against any method, with its own step:

>>> import regretlab as rl
>>> played = play(rl.methods.AMSGrad(alpha=0.5), rl.domains.L2Ball(1.0), 100, d=3)
>>> played.regret[0, -1].round(9).item(), value(rl.domains.L2Ball(1.0), 100, d=3)
(10.0, 10.0)

References
----------
Cover (1965), "Behavior of sequential predictors of binary sequences". Abernethy, Bartlett, Rakhlin & Tewari (2008),
"Optimal strategies and minimax lower bounds for online convex games".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import xarray as xr

from regretlab.domains import Box, L2Ball
from regretlab.errors import InputError, shown
from regretlab.methods import Method
from regretlab.parameters import number

Array = np.ndarray

#: Horizons below which the binomial coefficient is taken itself, and not its series.
SHORT = 1000


def value(domain: Box | L2Ball, horizon: int, *, d: int, gradient: float = 1.0) -> float:
    r"""Compute the minimax regret of linear losses on a box or a ball.

    .. math:: V_T = \min_{x_1} \max_{g_1} \cdots \min_{x_T} \max_{g_T}
        \Big(\sum_{t=1}^T \langle g_t, x_t\rangle - \min_{x \in X} \sum_{t=1}^T \langle g_t, x\rangle\Big) .

    On the box of width D, with :math:`|g_{t,i}| \le G`, it is :math:`\tfrac d2 D G\, E|\varepsilon_1 + \dots +
    \varepsilon_T|` of fair signs, which is :math:`d D G \sqrt{T/(2\pi)}` up to a factor that tends to 1. On the ball of
    diameter D, with :math:`\|g_t\|_2 \le G` and :math:`d \ge 3`, it is :math:`\tfrac12 D G \sqrt T`.

    Parameters
    ----------
    domain : Box or L2Ball
    horizon : int in [1, 1e12]
        Number of steps T.
    d : int in [1, 1e9]
        Number of coordinates. On the ball not 2, where no closed form is known.
    gradient : float in (0, inf)
        G: the largest absolute value of an entry on the box, the largest Euclidean norm on the ball.

    Returns
    -------
    float

    Raises
    ------
    InputError
        For another domain, the disc, or a number out of range.

    Examples
    --------
    >>> import regretlab as rl
    >>> [value(rl.domains.Box(-1, 1), T, d=1) for T in (1, 2, 3, 4)]
    [1.0, 1.0, 1.5, 1.5]
    """
    T, d, G = _numbers(domain, horizon, d, gradient)
    return d * _half(domain) * G * signs(T) if d == 1 or isinstance(domain, Box) else _half(domain) * G * math.sqrt(T)


def signs(T: int) -> float:
    r"""Compute :math:`E|\varepsilon_1 + \dots + \varepsilon_T|` of fair signs, :math:`2k\binom Tk/2^T` for :math:`k =
    \lceil T/2\rceil`.

    Examples
    --------
    >>> signs(10_000) / math.sqrt(2 * 10_000 / math.pi) - 1 < 1e-4
    True
    """
    k = (T + 1) // 2
    if T < SHORT:
        return float(2 * k * math.comb(T, k) / 2**T)
    n = float(k)  # T = 2k and T = 2k - 1 have the same value; the next term is below round-off
    series = 1 - (1 / 8 - (1 / 128 + (5 / 1024 - 21 / 32768 / n) / n) / n) / n
    return 2 * math.sqrt(n / math.pi) * series


def play(
    method: Method,
    domain: Box | L2Ball,
    horizon: int,
    *,
    d: int,
    gradient: float = 1.0,
    replicates: int = 1,
    seed: int = 0,
) -> xr.Dataset:
    """Play the adversary that reaches the value against a method, from the middle of the domain.

    On the box, and where d = 1, every entry of a gradient is G or -G by a fair coin: whatever the method does, its
    expected loss is 0 and its expected regret the value. On the ball the gradient is orthogonal to the iterate and to
    the sum of the gradients so far: the loss is 0, and the regret the value at every step, for every method.

    Parameters
    ----------
    method : Method
        Such as ``rl.methods.Adam(alpha=0.1)``.
    domain, horizon, d, gradient
        As in :func:`value`; horizon and d at most 1e6.
    replicates : int in [1, 1e6]
    seed : int in [0, inf)

    Returns
    -------
    xarray.Dataset
        ``loss`` and ``regret`` over (replicate, t), cumulative, and the ``value`` over t.

    Raises
    ------
    InputError
        As :func:`value`, and for a method of the simplex.

    Examples
    --------
    >>> import regretlab as rl
    >>> played = play(rl.methods.SGD(alpha=1), rl.domains.Box(-1, 1), 64, d=2, replicates=400)
    >>> abs(played.regret[:, -1].mean().item() / played.value[-1].item() - 1) < 0.1
    True
    """
    T, d, G = _numbers(domain, horizon, d, gradient, most=10**6)
    if not isinstance(method, Method):
        raise InputError(f"method={shown(method)} is no method; give one such as rl.methods.SGD(alpha=0.1).")
    if method.entropic:
        raise InputError(f"method={shown(method)} plays on no box or ball, only on a simplex; give another.")
    R = int(number("replicates", replicates, "[1, 1e6]", integer=True))
    rng = np.random.default_rng(int(number("seed", seed, "[0, inf)", integer=True)))
    middle = (domain.low + domain.high) / 2 if isinstance(domain, Box) else 0.0
    orthogonal = isinstance(domain, L2Ball) and d > 1
    state, schedule = method.begin(np.full((R, d), middle), np), method.schedule_over(np.arange(1.0, T + 1))
    total, losses, least = np.zeros((R, d)), np.zeros((R, T)), np.zeros((R, T))
    for t in range(T):
        x = getattr(state, method.judged)
        g = G * (_orthogonal(rng, x, total) if orthogonal else rng.choice((-1.0, 1.0), (R, d)))
        losses[:, t], total = (g * x).sum(axis=1), total + g
        least[:, t] = domain.linear_minimum(total)
        more: tuple[Any, ...] = (lambda _, g=g: g,) if method.asks_again else ()
        with np.errstate(divide="ignore", invalid="ignore"):  # of coordinates without a gradient so far
            state = method.step(state, g, schedule.at(t), domain.project, np, *more)
    loss = losses.cumsum(axis=1)
    values = [value(domain, n, d=d, gradient=G) for n in range(1, T + 1)]
    both = ("replicate", "t")
    return xr.Dataset(
        {"loss": (both, loss), "regret": (both, loss - least), "value": ("t", values)}, {"t": np.arange(1, T + 1)}
    )


def _orthogonal(rng: np.random.Generator, x: Array, total: Array) -> Array:
    """Return unit vectors that are orthogonal to two others each, whose dimension is 3 at least."""
    R, d = x.shape
    basis = np.linalg.qr(np.stack([x, total, *rng.normal(size=(1, R, d))], axis=-1))[0]
    g = basis[..., 2]  # what the two do not span, even where they are zero or parallel
    return np.asarray(g / np.linalg.norm(g, axis=1, keepdims=True))


def _half(domain: Any) -> float:
    return (domain.high - domain.low) / 2 if isinstance(domain, Box) else float(domain.radius)


def _numbers(domain: Any, horizon: Any, d: Any, gradient: Any, most: int = 10**12) -> tuple[int, int, float]:
    if not isinstance(domain, Box | L2Ball):
        raise InputError(f"domain={shown(domain)} has no known value; give rl.domains.Box() or rl.domains.L2Ball().")
    T = int(number("horizon", horizon, f"[1, {most:g}]", integer=True))
    d = int(number("d", d, f"[1, {min(most, 10**9):g}]", integer=True))
    if d == 2 and isinstance(domain, L2Ball):
        raise InputError("d=2: the value on the disc has no known closed form; use d=1, d>=3, or a box.")
    return T, d, float(number("gradient", gradient, "(0, inf)"))
