"""Changes of the generic step, of which the table of variants is made: each a function of a play, round the step.

One returns None where a method has nothing of the kind, such as no correction of a bias.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from regretlab.methods import Coefficients
from regretlab.testing._play import Play

Array = np.ndarray
Change = Callable[[Play], Play | None]
Root = Callable[[Array, Coefficients, float], Array]


def has(play: Play, *names: str) -> bool:
    """Whether the method has these parameters, and none of them is 0."""
    return all(getattr(play.method, name, None) for name in names)


def _left(beta: float, t: Any) -> Array:
    return np.asarray(1 - beta**t)


def _corrects(play: Play) -> bool:
    """Whether moments are divided by 1 - beta**t; NAdam does that in its own way."""
    return bool(np.any(play.k.c != 1)) and not named(play, "nadam")


def _own(play: Play) -> bool:
    """Whether the method averages in a way of its own."""
    return named(play, "nadam") or not play.method.generic_state


def _corrections(play: Play, m: Array | float, v: Array | float) -> Play:
    """Multiply what corrects the first and the second moment."""
    return play.times(eta=m, c=v)


def uncorrected(m: bool, v: bool) -> Change:
    """Leave moments as they are that the paper corrects."""

    def change(play: Play) -> Play | None:
        if not _corrects(play) or (m and not has(play, "beta1")):
            return None
        t, method = play.k.t, play.method
        return _corrections(play, _left(method.beta1, t) if m else 1.0, _left(method.beta2, t) if v else 1.0)

    return change


def exponent(shift: int, m: bool, v: bool) -> Change:
    """Correct with t + shift in place of t."""

    def other(beta: float, t: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(_left(beta, t) / _left(beta, t + shift))

    def change(play: Play) -> Play | None:
        if not _corrects(play) or (m and not has(play, "beta1")):
            return None
        t, method = play.k.t, play.method
        return _corrections(play, other(method.beta1, t) if m else 1.0, other(method.beta2, t) if v else 1.0)

    return change


def corrected(m: bool, v: bool, before: bool = False) -> Change:
    """Correct moments that the paper leaves as they are: after the maximum, or before it."""

    def change(play: Play) -> Play | None:
        t, method, maximum = play.k.t, play.method, bool(np.any(play.k.rho))
        if _corrects(play) or not has(play, "beta2") or (m and not has(play, "beta1")) or _own(play):
            return None
        if before and not maximum:
            return None
        play = play.times(eta=1 / _left(method.beta1, t)) if m else play
        now, last = _left(method.beta2, t), _left(method.beta2, t - 1)
        if before:  # v is the corrected one, an average over t as well
            return play.times(beta=last / now, om=1 / now)
        if v and named(play, "yogi"):  # whose own step has no c
            return replace(play, root=lambda v, k: np.sqrt(v / _left(method.beta2, k.t)))
        return play.times(c=1 / now) if v else play

    return change


def multiplied(play: Play) -> Play | None:
    """Multiply by what should divide."""
    t, method = play.k.t, play.method
    return _corrections(play, _left(method.beta1, t) ** 2, _left(method.beta2, t) ** 2) if _corrects(play) else None


def product(play: Play) -> Play | None:
    """Correct m by what its weights sum to."""
    if not _corrects(play) or getattr(play.method, "lam", 1.0) == 1:
        return None
    return play.times(eta=_left(play.method.beta1, play.k.t) / (1 - np.cumprod(play.k.mu)))


def own_power(play: Play) -> Play | None:
    """Correct m by 1 - beta_{1,t}**t."""
    if not _corrects(play) or getattr(play.method, "lam", 1.0) == 1:
        return None
    return play.times(eta=_left(play.method.beta1, play.k.t) / (1 - play.k.mu**play.k.t))


def root(of: Root, needs_eps: bool = True, only: str = "") -> Change:
    """Take another denominator than sqrt(v) + eps."""

    def change(play: Play) -> Play | None:
        eps = play.k.eps
        if play.k.p != 0.5 or play.root is not None or (needs_eps and not eps) or only not in ("", play.method.name):
            return None
        return replace(play.put(eps=0.0), root=lambda v, k: of(v, k, eps))

    return change


def accumulated(beside: bool) -> Change:
    """Add eps to v in place, in every step: what it has gained by then is eps (1 + beta + ... + beta^{t-1})."""

    def change(play: Play) -> Play | None:
        eps = play.k.eps
        if named(play, "adabelief") or play.k.p != 0.5 or not eps or play.root is not None or np.any(play.k.rho):
            return None
        gained, last = {}, 0.0
        for t, beta in zip(play.k.t, play.k.beta, strict=True):
            last = float(beta) * last + eps
            gained[float(t)] = last
        play = replace(play, root=lambda v, k: np.sqrt(v + k.c * gained[float(k.t)]))
        return play if beside else play.put(eps=0.0)

    return change


def hat(play: Play) -> Play | None:
    """Let the corrections join the step size, and eps the root of v itself."""
    if not _corrects(play) or not play.k.eps or play.root is not None:
        return None
    return play.times(eta=play.k.c**-0.5, c=1 / play.k.c)


def no_maximum(play: Play) -> Play | None:
    """Take v_t itself."""
    return play.put(rho=0.0) if np.any(play.k.rho) else None


def ratio(power: float) -> Change:
    """Give AdamX's ratio another power."""
    return lambda play: play.put(rho=np.where(play.k.t > 1, play.k.rho**power, 0)) if named(play, "adamx") else None


def named(play: Play, *names: str) -> bool:
    """Whether the method is one of these."""
    return play.method.name in names


def decay(kind: str) -> Change:
    """Decay the iterate otherwise than the paper."""

    def change(play: Play) -> Play | None:
        coupled = play.method.name.endswith("l2")
        if not has(play, "weight_decay") or coupled is not (kind == "decoupled") or _own(play):
            return None
        return _decayed(play, kind)

    return change


def _decayed(play: Play, kind: str) -> Play:
    """Decay in one of the ways, in place of the method's own."""
    lam, alpha = play.method.weight_decay, play.method.alpha_t(play.k.t)
    play = replace(play, method=replace(play.method, weight_decay=0.0)).put(wd=0.0)
    if kind == "L2":
        return replace(play, feed=lambda g, x, k: g + lam * x)
    if kind == "after":
        kept = dict(zip(play.k.t.tolist(), (1 - np.broadcast_to(alpha * lam, play.k.t.shape)).tolist(), strict=True))
        return replace(play, after=lambda new, old, k: kept[float(k.t)] * new)
    return play.put(wd={"decoupled": alpha * lam, "unscaled": lam, "none": 0.0}[kind])


def undecayed(play: Play) -> Play | None:
    """Leave the decay out."""
    return _decayed(play, "none") if has(play, "weight_decay") and not _own(play) else None


def _summed(play: Play) -> bool:
    """Whether the method's momentum is a sum of gradients, without a denominator."""
    return named(play, "momentum", "momentuml2", "momentumw") and has(play, "beta1")


def momentum(change: Callable[[Play, Any], Play | None]) -> Change:
    """Change the sum of heavy-ball momentum, knowing beta1."""
    return lambda play: change(play, play.method.beta1) if _summed(play) else None


def averaged(change: Callable[[Play, Any], Play]) -> Change:
    """Change the average m of the Adam family."""
    return lambda play: change(play, play.method) if has(play, "beta1", "beta2") and not _own(play) else None


def late_beta1(shift: int) -> Change:
    """Average with the decay of t + shift."""

    def change(play: Play, method: Any) -> Play:
        mu = method.beta1_t(np.maximum(play.k.t + shift, 1))
        return play.put(mu=mu, nu=1 - mu)

    return lambda play: averaged(change)(play) if getattr(play.method, "lam", 1.0) < 1 else None


def schedule(of: Callable[[Array], Array], only: str) -> Change:
    """Multiply the step size by an array over t, where the method's schedule is this one."""

    def change(play: Play) -> Play | None:
        if getattr(play.method, "schedule", None) != only:
            return None
        return play.times(eta=of(play.k.t), wd=of(play.k.t))

    return change


def begins(**first: Callable[[Array], Array]) -> Change:
    """Let moments begin elsewhere than at 0, where the step remembers them."""

    def change(play: Play) -> Play | None:
        remembered = {"m": play.k.mu[0] != 0, "v": play.k.beta[0] != 0 and play.k.p != 0}
        if play.first or not play.method.generic_state or not all(remembered[name] for name in first):
            return None
        return replace(play, first=first)

    return change


def fed(feed: Callable[[Array], Array]) -> Change:
    """Feed something else than the gradient, to which an L2 decay is still added."""

    def change(play: Play) -> Play | None:
        before = play.feed
        return replace(play, feed=lambda g, x, k: feed(g) if before is None else before(feed(g), x, k))

    return change


def late(**which: bool) -> Change:
    """Make the move of moments of the step before."""
    return lambda play: replace(play, **which) if play.method.generic_state and play.k.p else None  # type: ignore[arg-type]


def unit(g: Array) -> Array:
    """Shorten what is longer than 1."""
    return np.asarray(g / np.maximum(np.sqrt(np.sum(g * g, axis=-1, keepdims=True)), 1))


def centred(play: Play) -> Play | None:
    """Divide by the variance: the mean square less the square of an average of the gradients."""
    if not named(play, "rmsprop") or play.feed or play.root:
        return None
    mean: dict[str, Array] = {}

    def feed(g: Array, x: Array, k: Coefficients) -> Array:
        mean["g"] = k.om * g + (k.beta * mean["g"] if k.t > 1 else 0)
        return g

    return replace(play, feed=feed, root=lambda v, k: np.sqrt(v - mean["g"] ** 2))


def warmed_up(play: Play) -> Play | None:
    """Warm NAdam's momentum up in the look-ahead, not in m_t, as PyTorch does."""
    if not named(play, "nadam") or not has(play, "beta1", "beta2") or play.method.lam != 1:
        return None
    t, method = play.k.t, play.method
    mu = method.beta1 * (1 - 0.5 * 0.96 ** (0.004 * np.arange(1.0, len(t) + 2)))
    left = 1 - np.cumprod(mu)
    ahead, fresh = mu[1:] / left[1:], (1 - mu[:-1]) / left[:-1]
    return play.put(mu=method.beta1, nu=1 - method.beta1, kap=fresh / ahead, eta=method.alpha_t(t) * ahead)


def padam_as_coded(play: Play) -> Play | None:
    """Correct the biases as the authors of Padam do, and take the power of the root with eps."""
    if not named(play, "padam") or not has(play, "beta1", "beta2", "eps"):
        return None
    t, method = play.k.t, play.method
    corrected = play.times(eta=np.sqrt(_left(method.beta2, t)) / _left(method.beta1, t)).put(p=0.5, eps=0.0)
    return replace(corrected, root=lambda v, k: (np.sqrt(v) + method.eps) ** (2 * method.p))


def plain_average(play: Play) -> Play | None:
    """Let Schedule-Free SGD average z_2, ..., z_{t+1}."""
    return play.put(kap=1 / play.k.t) if named(play, "schedulefreesgd") else None


def corrected_root(play: Play) -> Play | None:
    """Let Schedule-Free AdamW correct v_t; its step size is constant then, and its average a plain one."""
    if not named(play, "schedulefreeadamw"):
        return None
    t, method = play.k.t, play.method
    return play.put(eta=method.alpha, wd=method.alpha * method.weight_decay, kap=1 / t, c=1 / _left(method.beta2, t))
