r"""Certificates about a regret bound on one run, replayed in intervals with the very ``step`` that is simulated.

That is the method's own ``step``, where it has one; what it does that intervals cannot follow has no certificate.

.. math:: R(T) = \sum_{t\le T} f_t(x_t) - \min_{x\in[-1,1]} \sum_{t\le T} f_t(x), \qquad R(T) \le \text{bound}(T)\,?

The losses are linear or have one kink, so that the minimum of their sum over [-1, 1] is at an end or at a kink; an
iterate that may be at a kink, where the gradient is not unique, is refused. There is one example per round
(n = K = d = 1), whose probability is 1 under every sampler. The bound's constants are read from the same replay, in the
theorem's sense: D = 2, G and L the largest slope of the losses so far, and the sums over gradients and second moments
as they are.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import numpy as np

from regretlab import algorithms, spelling
from regretlab.algorithms import Algorithm
from regretlab.bounds import Assumption, Bound
from regretlab.bounds.assumptions import COMPARISONS
from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.arithmetic.intervals import OPS, Interval, enclose
from regretlab.claims.language.verdict import Outcome, Rejected, fields, natural
from regretlab.claims.statements import Kink, RegretBound, kink
from regretlab.methods import Method, Moments

Round = tuple[Interval, dict[str, Interval]]


def check(statement: RegretBound, body: Any) -> Outcome:
    """Check ``{"t"}``: at this t <= horizon the regret's lower end is above the bound's upper end."""
    (t,) = fields(body, "t")
    if natural(t, 1) > statement.horizon:
        raise Rejected(f"the statement is about T <= {statement.horizon}, not {t}")
    bound, method = theorem(statement)
    *_, (regret, values) = replay(method, statement, t)
    limit = enclose(bound, values)
    if not regret > limit:
        raise Rejected(f"at T = {t} the regret {regret.text()} is not above the bound {limit.text()}")
    return Outcome("refuted", "balls", f"at T = {t} the regret {regret.text()} is above the bound {limit.text()}")


def check_run(statement: RegretBound, body: Any) -> Outcome:
    """Check ``{"rounds"}``: at every t up to the horizon, which it is, the regret is certainly not above the bound."""
    (rounds,) = fields(body, "rounds")
    if natural(rounds, 1) != statement.horizon:
        raise Rejected(f"the statement is about every T <= {statement.horizon}, not {rounds}")
    bound, method = theorem(statement)
    for t, (regret, values) in enumerate(replay(method, statement, rounds), start=1):
        if not regret <= (limit := enclose(bound, values)):
            raise Rejected(f"at T = {t} the regret {regret.text()} is above the bound {limit.text()}")
    return Outcome("bounded", "balls", f"replayed: the regret is within the bound at every T <= {rounds}")


def theorem(statement: RegretBound) -> tuple[Any, Method]:
    """Return the bound as a sympy expression and the exact method, once the theorem is known to speak of it."""
    bound = Bound.known[statement.bound]
    algorithm, method = exact(statement.algorithm)
    applies(bound, algorithm, method)
    return bound.expression.subs(bound.ties), method


def exact(text: str) -> tuple[Algorithm, Method]:
    """Parse the algorithm, and its method with the written numbers as intervals around the exact fractions."""
    algorithm = algorithms.parse(text)
    written = spelling.exact(text)[0][1]
    method = copy.copy(algorithm.method)
    for name, value in method.parameters().items():
        if isinstance(value, float):
            object.__setattr__(method, name, Interval(Fraction(str(written.get(name, value)))))
    return algorithm, method


def applies(bound: Bound, algorithm: Algorithm, method: Method) -> None:
    """Raise :class:`Rejected` unless the theorem speaks of this algorithm and all that it assumes holds."""
    about = bound.about(type(method).__name__.lower(), type(algorithm.sampler).__name__.lower())
    if not about or bound.speaks_of != "online":
        raise Rejected(f"{bound.id} does not speak of {algorithm.name} on losses that change with t")
    parameters = method.parameters()
    for assumption in bound.assumes:
        words = f"{bound.id} assumes that {assumption.text}"
        met = _met(assumption, parameters)
        if met is None:
            raise Rejected(f"{words}, which a replay of {algorithm.name} cannot check")
        if not met:
            raise Rejected(f"{words}, which is not so for {algorithm.name}")


def _met(assumption: Assumption, parameters: Mapping[str, Any]) -> bool | None:
    """Tell whether an assumption holds for a method with intervals for its numbers; None where nothing tells."""
    relation = assumption.holds
    if relation is not None and {symbol.name for symbol in relation.free_symbols} <= parameters.keys():
        return bool(COMPARISONS[relation.rel_op](*(enclose(side, parameters) for side in relation.args)))
    if relation is not None or assumption.on_method is None:
        return assumption.in_replay or None
    try:
        return assumption.on_method(parameters).passed
    except Exception:  # a function of its user's, which may need floats
        return None


def replay(method: Any, statement: RegretBound, rounds: int) -> Iterator[Round]:
    """Yield after each round the regret, and the value of every symbol of :mod:`regretlab.bounds` by name."""
    if not method.generic_state:
        raise Rejected(f"{type(method).__name__.lower()} has arrays of its own, which intervals do not follow")
    zero, one = Interval(0), Interval(1)
    with _followed(method):
        schedule = method.schedule_over(np.array([Interval(t) for t in range(1, rounds + 1)], dtype=object))
    given = {name: value for name, value in method.parameters().items() if isinstance(value, Interval)}
    given |= dict.fromkeys(("d", "n", "K", "p_min", "gamma"), one)
    given |= {"D": Interval(2), "D2": Interval(2), "R2": zero}
    given["kappa"] = one if given.get("lam", one) != 1 else one - given.get("beta1", zero)
    state, loss = Moments(Interval(statement.start), zero, zero, zero), zero
    decays, weighted = zero, zero
    losses = [kink(one) for one in statement.losses]
    totals = dict.fromkeys([Fraction(-1), Fraction(1), *(f.at for f in losses if -1 < f.at < 1)], Fraction(0))
    largest, squares = Fraction(0), Fraction(0)
    for t in range(1, rounds + 1):
        k = schedule.mapped(lambda a, t=t: a[t - 1])
        f = losses[(t - 1) % len(losses)]
        if not (state.x.low >= -1 and state.x.high <= 1):
            raise Rejected(f"the iterate of round {t} may lie outside [-1, 1]")
        slope = derivative(f, state.x)
        totals = {x: total + max(f.left * (x - f.at), f.right * (x - f.at)) for x, total in totals.items()}
        largest, squares = max(largest, abs(f.left), abs(f.right)), squares + slope * slope
        loss = loss + slope * (state.x - f.at)
        with _followed(method):
            state = Moments(*map(Interval, method.step(state, Interval(slope), k, _clip, OPS)))
            root = Interval(k.c * state.v_hat).sqrt()
        decays = decays + k.mu * Interval(t - 1).sqrt()
        weighted = weighted + k.mu * Interval(t).sqrt() * root
        yield loss - min(totals.values()), given | {
            "T": Interval(t), "G": Interval(largest), "G2": Interval(largest), "L": Interval(largest), "B": decays,
            "S": Interval(squares), "M": Interval(squares), "S_2": Interval(squares), "H": Interval(squares),
            "S_g": Interval(squares).sqrt(), "S_v": root, "V": weighted,
        }  # fmt: skip


@contextmanager
def _followed(method: Any) -> Iterator[None]:
    """Turn an error of a method's own code, which intervals cannot follow, into a rejected certificate."""
    try:
        yield
    except (Rejected, Undecided):
        raise
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        name = type(method).__name__.lower()
        raise Rejected(f"the step of {name} cannot be played in interval arithmetic ({what})") from None


def _clip(x: Interval, weights: Any) -> Interval:
    """Project onto [-1, 1]."""
    return x.clip(-1, 1)


def derivative(f: Kink, x: Interval) -> Fraction:
    """Return the slope of the loss at x; :class:`Rejected` at the kink, undecided where the interval straddles it."""
    if f.left == f.right:
        return f.left
    if x < f.at:
        return f.left
    if x > f.at:
        return f.right
    raise Rejected(f"an iterate is at the kink of {f}, where its gradient is not unique")
