"""Checks of a problem's declarations: its losses are tried at a few points of its domain when it is made.

A constant that is not a bound, a loss that is not convex, or a slope that is not the derivative would make a verdict
wrong. What few points can show is found out here; the audit of a run looks at every step.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from regretlab.domains import checked, spelled
from regretlab.errors import InputError
from regretlab.problems._base import Problem

#: Examples that are tried, and the most numbers that an array of their gradients holds.
EXAMPLES, ENTRIES = 32, 2**20
#: Points that are tried, and examples along whose gradients the domain is crossed.
POINTS, CROSSED = 6, 3
#: Constants hold up to this share, a slope up to a larger one: a difference quotient is not the derivative.
TOLERANCE, SLOPE = 1e-9, 1e-3
#: Shares of a segment over which differences are taken: one of them has to suit the loss.
STEPS = (1e-3, 1e-5, 1e-7)
#: Round-off of a loss, as a share of its size, and what products that underflow may lose on the way.
ROUND_OFF, UNDERFLOW = 1e-13, float(np.finfo(float).tiny)


def probe(problem: Problem) -> None:
    """Raise an :class:`InputError` for a declaration of the problem that a point contradicts."""
    rng = np.random.default_rng(0)
    x = _points(problem, rng)
    _starts_inside(problem)
    m = max(1, min(problem.n, EXAMPLES, ENTRIES // (problem.d * (POINTS + 2 * CROSSED))))
    J = np.unique(np.concatenate([[0, problem.n - 1], rng.choice(problem.n, m, replace=False)]))[:m]
    seen = _Seen(problem, x, J)
    crossed = _crossed(problem, x[0], seen.gradients[0], rng)
    if len(crossed):
        seen = _Seen(problem, np.concatenate([x, crossed]), J)
    _within_floats(problem, seen)
    _constants(problem, seen)
    if problem.convex:
        _convex(problem, seen, rng)
    _slopes(problem, seen, rng)
    _everyone(problem, seen, rng)


class _Seen:
    """The losses (m, k) and gradients (m, k, d) of the examples J (k,) at the points x (m, d)."""

    def __init__(self, problem: Problem, x: np.ndarray, J: np.ndarray) -> None:
        self.problem, self.x, self.J = problem, x, J
        self.losses, self.gradients = self.at(x)
        for values, what in ((self.losses, "loss"), (self.gradients, "gradient")):
            bad = np.argwhere(~np.isfinite(values))
            if len(bad) and problem.domain is not None:
                i, k = bad[0][:2]
                raise InputError(
                    f"{problem.name}: the {what} of example {J[k]} is {values[tuple(bad[0])]} at x = {_text(x[i])}, "
                    f"inside the domain; let losses and gradients be finite there: give a smaller domain, or measure "
                    "the losses in larger units."
                )

    def at(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        problem, shape = self.problem, (len(x), len(self.J))
        try:
            found = problem.losses_and_gradients(x, np.broadcast_to(self.J, shape))
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"{problem.name}: losses_and_gradients failed for x of shape {x.shape} and J of shape {shape} with "
                f"{type(error).__name__}: {error}; x has a row (d,) and J a row of examples for every replicate."
            ) from error
        if not isinstance(found, tuple) or len(found) != 2:
            raise InputError(
                f"{problem.name}: losses_and_gradients gives {type(found).__name__}, not a pair; return the losses "
                "(R, K) and the gradients (R, K, d)."
            )
        losses, gradients = (np.asarray(part, dtype=float) for part in found)
        if losses.shape != shape or gradients.shape != (*shape, problem.d):
            raise InputError(
                f"{problem.name}: losses_and_gradients gives the shapes {losses.shape} and {gradients.shape} for x of "
                f"shape {x.shape} and J of shape {shape}; return {shape} and {(*shape, problem.d)}."
            )
        return losses, gradients


def _points(problem: Problem, rng: np.random.Generator) -> np.ndarray:
    """Choose the start and points of the domain, near and far; without a domain, points around the start."""
    inside = None if problem.domain is None else checked(problem.domain, problem.d)
    start = np.asarray(problem.start, dtype=float)[None]
    if start.shape != (1, problem.d) or not np.isfinite(start).all():
        raise InputError(
            f"the start of {problem.name} has shape {start[0].shape} and values such as {start.flat[0]}; give d = "
            f"{problem.d} finite numbers."
        )
    if inside is None:
        away = rng.normal(size=(POINTS - 1, problem.d)) * rng.choice([0.1, 1.0, 3.0], size=(POINTS - 1, 1))
        return np.concatenate([start, start + away / math.sqrt(problem.d)])
    return np.concatenate([start, inside[rng.permutation(len(inside))[: POINTS - 1]]])


def _starts_inside(problem: Problem) -> None:
    if problem.domain is None:
        return
    start = problem.start
    moved = float(np.abs(problem.domain.project(start, np.ones(problem.d)) - start).max())
    if moved > TOLERANCE * (1 + float(np.abs(start).max())):
        raise InputError(
            f"the domain {spelled(problem.domain)} leaves out the start of {problem.name}, whose largest coordinate is "
            f"{np.abs(start).max():.3g} and norm {np.linalg.norm(start):.3g}; use a larger radius, or another start."
        )


def _crossed(problem: Problem, x: np.ndarray, gradients: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Points at the domain's border along the gradients of some examples, where losses are largest and smallest."""
    domain = problem.domain
    steep = gradients[rng.permutation(len(gradients))[:CROSSED]]
    size = np.abs(steep).max(axis=-1, keepdims=True, initial=0.0)
    steep = (steep / np.where(size > 0, size, 1.0))[(size > 0)[:, 0] & np.isfinite(size)[:, 0]]
    if domain is None or not len(steep):
        return x[None][:0]
    far = domain.diameters(problem.d)[1]
    far = 10 * far if 0 < far < 1e100 else 1.0
    beyond = x + np.concatenate([far * steep, -far * steep])
    return np.asarray(domain.project(beyond, np.ones_like(beyond)))


def _within_floats(problem: Problem, seen: _Seen) -> None:
    """Check that floats hold the losses and their changes across a bounded domain, with room for sums."""
    across = 0.0 if problem.domain is None else problem.domain.diameters(problem.d)[1]
    if not 0 < across < np.inf:
        return
    with np.errstate(over="ignore"):
        change = _lengths(seen.gradients) * across
        beyond = np.argwhere(~np.isfinite(4 * (np.abs(seen.losses).max(0) + change)))
    if len(beyond):
        i, k = beyond[0]
        raise InputError(
            f"{problem.name}: the gradient of example {seen.J[k]} is {_lengths(seen.gradients[i, k]):.3g} at x = "
            f"{_text(seen.x[i])} and the domain {across:.3g} wide, so that its loss changes by more than floats hold, "
            f"{np.finfo(float).max:.3g}; measure the losses in larger units, or give a smaller domain."
        )


def _constants(problem: Problem, seen: _Seen) -> None:
    declared = problem.constants()
    if not isinstance(declared, Mapping):
        raise InputError(
            f"{problem.name}: constants() gives {declared!r}; return a dict of names to rl.problems.Constant."
        )
    for name, constant in declared.items():
        value = getattr(constant, "value", None)
        if not isinstance(value, (int, float)) or math.isnan(value):
            raise InputError(
                f"{problem.name}: the constant {name} is {constant!r}; give rl.problems.Constant(value, how), where "
                "value is a number."
            )
    limits = {name: c.value for name, c in declared.items() if not c.how.startswith("assumed")}
    size, lengths = np.abs(seen.gradients).max(-1), _lengths(seen.gradients)
    slack = ROUND_OFF * np.abs(seen.losses).max(0) + UNDERFLOW
    for name, values, what, sign in (
        ("L", lengths, "the norm of its gradient", 1),
        ("G_inf", size, "the largest coordinate of its gradient", 1),
        ("floor", seen.losses + slack, "its loss", -1),
    ):
        if name in limits:
            _bound(problem, seen, name, limits[name], values, what, sign)
    if "span" in limits:
        range_ = np.broadcast_to(np.ptp(seen.losses, axis=0) - 4 * slack, seen.losses.shape)
        _bound(problem, seen, "span", limits["span"], range_, "the range of its loss over a few points", 1)
    floors = np.broadcast_to(problem.floors()[seen.J], seen.losses.shape)
    below = floors - seen.losses > slack + TOLERANCE * np.abs(floors)
    if below.any():
        i, k = np.argwhere(below)[0]
        raise InputError(
            f"{problem.name}: the floor of example {seen.J[k]} is declared as {floors[i, k]:.6g}, but its loss is "
            f"{seen.losses[i, k]:.6g} at x = {_text(seen.x[i])}; declare what is a lower bound on the whole domain."
        )


def _bound(problem: Problem, seen: _Seen, name: str, limit: float, values: np.ndarray, what: str, sign: int) -> None:
    wrong = sign * (values - limit) > TOLERANCE * abs(limit) + UNDERFLOW
    if wrong.any():
        i, k = np.unravel_index(np.argmax(np.where(wrong, sign * values, -np.inf)), values.shape)
        side = "at most" if sign > 0 else "at least"
        raise InputError(
            f"{problem.name} declares {name} = {limit:.6g}, which is not a bound: of example {seen.J[k]}, {what} is "
            f"{values[i, k]:.6g} at x = {_text(seen.x[i])}, and has to be {side} {name} on the whole domain; declare a "
            f"true bound or leave {name} out."
        )


def _convex(problem: Problem, seen: _Seen, rng: np.random.Generator) -> None:
    """Check that no tangent of a convex loss is above it, and no value at a midpoint above the mean of the ends'."""
    x, losses, gradients = seen.x, seen.losses, seen.gradients
    order = rng.permutation(len(x))
    middle = seen.at((x + x[order]) / 2)[0]
    size = np.abs(losses) + np.abs(losses).max(0)
    steep = np.abs(gradients).sum(-1) * np.abs(x).max()
    slack = ROUND_OFF * (size + steep) + TOLERANCE * np.abs(losses - losses[order]) + UNDERFLOW
    above = middle - (losses + losses[order]) / 2
    if (above > slack).any():
        i, k = map(int, np.unravel_index(np.argmax(above - slack), above.shape))
        raise InputError(
            f"{problem.name} declares convex = True, but the loss of example {seen.J[k]} is {middle[i, k]:.6g} halfway "
            f"between x = {_text(x[i])} and {_text(x[order][i])}, where it is {losses[i, k]:.6g} and "
            f"{losses[order][i, k]:.6g}; declare convex = False."
        )
    for i, point in enumerate(x):
        tangent = losses[i] + ((x - point)[:, None, :] * gradients[i]).sum(-1)
        high = (
            tangent - losses - ROUND_OFF * (np.abs(tangent) + size + steep[i]) - TOLERANCE * np.abs(tangent - losses[i])
        )
        if (high > UNDERFLOW).any():
            other, k = map(int, np.unravel_index(np.argmax(high), high.shape))
            raise InputError(
                f"{problem.name} declares convex = True, but the tangent of example {seen.J[k]}'s loss at x = "
                f"{_text(point)} is {tangent[other, k]:.6g} at x = {_text(x[other])}, above the loss "
                f"{losses[other, k]:.6g}; the gradient is wrong, or convex has to be False."
            )


def _slopes(problem: Problem, seen: _Seen, rng: np.random.Generator) -> None:
    """Gradients are derivatives: between the difference quotients to both sides, for one of a few steps."""
    ends = seen.x[rng.permutation(len(seen.x))]
    along = ends - seen.x
    at = seen.x + 0.3819660112501051 * along
    losses, gradients = seen.at(at)
    slopes = (gradients * along[:, None, :]).sum(-1)
    right = np.zeros(losses.shape, dtype=bool) | ~np.isfinite(losses)
    shown = np.zeros_like(losses)
    for step in STEPS:
        after, before = seen.at(at + step * along)[0], seen.at(at - step * along)[0]
        pair = np.stack([(after - losses) / step, (losses - before) / step])
        low, high = pair.min(0), pair.max(0)
        size = np.maximum(np.abs(pair).max(0), np.abs(slopes))
        noise = (
            4
            * ROUND_OFF
            / step
            * (np.abs(losses) + np.abs(seen.losses).max(0) + np.abs(gradients).sum(-1) * np.abs(at).max())
        ) + UNDERFLOW
        right |= (slopes >= low - SLOPE * size - noise) & (slopes <= high + SLOPE * size + noise)
        shown = pair.mean(0) if step == STEPS[1] else shown
    if not right.all():
        i, k = np.argwhere(~right)[0]
        raise InputError(
            f"{problem.name}: the gradient of example {seen.J[k]} is not the derivative of its loss at x = "
            f"{_text(at[i])}: along {_text(along[i])} it gives {slopes[i, k]:.6g}, differences {shown[i, k]:.6g}; "
            "correct one of the two."
        )


def _everyone(problem: Problem, seen: _Seen, rng: np.random.Generator) -> None:
    """Check that functions of all examples agree with the functions of a few."""
    if problem.n * problem.d > ENTRIES:
        return
    x, J = seen.x[:2], seen.J
    lengths = _lengths(seen.gradients[:2])
    weights = np.zeros(problem.n)
    weights[J] = rng.random(len(J)) + 0.5
    value, gradient = problem.weighted(x[0], weights)
    size = float(weights[J] @ np.abs(seen.losses[0])) + float(weights[J] @ lengths[0]) * float(np.abs(x[0]).max())
    for name, ours, theirs, scale in (
        ("all_losses(x)", problem.all_losses(x)[:, J], seen.losses[:2], np.abs(seen.losses[:2]).max()),
        ("all_gradient_norms(x)", problem.all_gradient_norms(x)[:, J], lengths, lengths.max()),
        ("weighted(x, weights)[0]", value, weights[J] @ seen.losses[0], size),
        ("weighted(x, weights)[1]", gradient, weights[J] @ seen.gradients[0], float(weights[J] @ lengths[0])),
    ):
        away = np.abs(np.asarray(ours) - theirs)
        if (away > 1e-6 * scale + UNDERFLOW).any() and np.isfinite(scale):
            raise InputError(
                f"{problem.name}: {name} is off by {away.max():.6g} from what losses_and_gradients gives at x = "
                f"{_text(x[0])}; let both be of the same losses."
            )


def _lengths(gradients: np.ndarray) -> np.ndarray:
    """Euclidean norms along the last axis, also where squares over- or underflow."""
    size = np.abs(gradients).max(-1)
    return np.asarray(size * np.sqrt(((gradients / np.where(size > 0, size, 1.0)[..., None]) ** 2).sum(-1)))


def _text(x: np.ndarray) -> Any:
    """Write a point, of a long one the first few coordinates."""
    shown = ", ".join(f"{value:.4g}" for value in x[:4])
    return f"({shown}{', ...' if len(x) > 4 else ''})"
