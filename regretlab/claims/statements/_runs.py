"""Statements about runs: a bound holds, average regret vanishes, a bandit's regret is small."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

from regretlab.bounds import Bound
from regretlab.claims.arithmetic.functions import Exact
from regretlab.claims.language.syntax import source
from regretlab.claims.statements._base import Statement
from regretlab.errors import InputError


@dataclass(frozen=True)
class NoRegret(Statement):
    """Adam with beta1, beta2, eps = 0 and alpha_t = alpha/sqrt(t) has R(T)/T -> 0 on every m-periodic linear loss on
    [-1, 1], for every one of the values of beta2, with or without bias correction.
    """

    m: int
    beta1: Fraction
    beta2: tuple[Fraction, ...]
    kind: ClassVar[str] = "no regret"

    def __post_init__(self) -> None:
        if self.m < 2 or not 0 <= self.beta1 < 1 or not self.beta2 or not all(0 < b < 1 for b in self.beta2):
            raise InputError(
                f"m = {self.m}, beta1 = {self.beta1}, beta2 in {{{', '.join(map(str, self.beta2))}}} is not a periodic "
                "loss and an Adam; use m >= 2, 0 <= beta1 < 1 and at least one beta2 with 0 < beta2 < 1."
            )

    def text(self) -> str:
        return (
            f"Adam with beta1 = {self.beta1}, beta2 in {{{', '.join(map(str, self.beta2))}}}, eps = 0, "
            f"alpha_t = alpha/sqrt(t) has R(T)/T -> 0 on every {self.m}-periodic linear loss on [-1, 1]"
        )


class Kink(NamedTuple):
    """The convex loss ``max(left (x - at), right (x - at))`` with left <= right: slope ``left`` before ``at``."""

    left: Fraction
    right: Fraction
    at: Fraction

    def __str__(self) -> str:
        return f"max({self.left} (x - {self.at}), {self.right} (x - {self.at}))"


@dataclass(frozen=True)
class RegretBound(Statement):
    """``bound`` holds for ``algorithm`` on losses of one variable on [-1, 1] from ``start``, for all T <= horizon.

    ``losses`` are those of one period: a slope c for ``c x``, or a :class:`Kink`; ``algorithm`` is a string of the main
    job with rational parameters, ``bound`` an id of :mod:`regretlab.bounds`. The run is replayed in intervals, to one T
    for a refutation, else to the horizon.
    """

    losses: tuple[Fraction | Kink, ...]
    algorithm: str
    bound: str
    horizon: int
    start: Fraction = Fraction(1)
    kind: ClassVar[str] = "regret bound"

    def __post_init__(self) -> None:
        from regretlab import algorithms

        algorithms.parse(self.algorithm)
        Bound.named(self.bound)
        for loss in self.losses:
            if isinstance(loss, Kink) and loss.left > loss.right:
                raise InputError(f"the loss {loss} is not convex; give its smaller slope first.")
        if not any(any(kink(loss)[:2]) for loss in self.losses) or self.horizon < 1 or abs(self.start) > 1:
            raise InputError(
                f"losses {tuple(map(str, self.losses))} from x_1 = {self.start} up to T = {self.horizon} are not a "
                "run; give slopes that are not all 0, a start in [-1, 1] and a horizon of at least 1."
            )

    def text(self) -> str:

        bound = Bound.known[self.bound]
        terms = "; ".join(f"{n}: {e}" for n, e in bound.terms.items())
        assumed = ", ".join(a.text for a in bound.assumes)
        linear = not any(isinstance(loss, Kink) for loss in self.losses)
        losses = "losses c_t x, c =" if linear else "losses (a slope c is c x)"
        return (
            f"{self.algorithm} on {losses} ({', '.join(map(str, self.losses))}) periodic, X = [-1, 1], "
            f"x_1 = {self.start}: R(T) <= {self.bound} [{terms}; assuming {assumed}] for every T <= {self.horizon}"
        )


def kink(loss: Any) -> Kink:
    """Return the loss as one with a kink; a linear one has the same slope on both sides of 0."""
    return loss if isinstance(loss, Kink) else Kink(loss, loss, Fraction(0))


@dataclass(frozen=True)
class BanditRegret(Statement):
    """The expected regret of a bandit sampler on a finite instance is at most ``bound(T)`` at each T of ``horizons``.

    ``regret(T)`` returns the exact expected regret (or a rigorous lower bound) as a Fraction, ``bound(T)`` a Term.
    """

    regret: Callable[[int], Fraction]
    bound: Callable[[int], Any]
    horizons: tuple[int, ...]
    kind: ClassVar[str] = "bandit regret"

    def __post_init__(self) -> None:
        if not self.horizons:
            raise InputError("there are no horizons, so the claim is about nothing; give at least one T.")
        Exact(self.regret)
        Exact(self.bound)

    def functions(self) -> tuple[Callable[..., Any], ...]:
        return (self.regret, self.bound)

    def meaning(self) -> str:
        return f"for T in {self.horizons}"

    def text(self) -> str:
        return f"{source(self.regret)} <= {source(self.bound)} for T in {self.horizons}"
