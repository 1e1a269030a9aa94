r"""The conjectures that can be falsified: that a bound holds, or that average regret vanishes.

A conjecture scores candidates in floating point, says which instances refute it, and makes the statement and the
certificate that the ledger's checker has to accept.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from regretlab.bounds import Bound
from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.arithmetic.intervals import enclose
from regretlab.claims.checkers import replay
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers.drift import CLEAR, drift
from regretlab.claims.provers.replay import above, limit
from regretlab.claims.statements import Kink, NoRegret, RegretBound, Statement, kink
from regretlab.errors import InputError
from regretlab.falsifier._controls import failures, play_controls
from regretlab.falsifier._instance import Instance, largest
from regretlab.falsifier._subject import Subject
from regretlab.methods import Adam, Method
from regretlab.parameters import number
from regretlab.spelling import numerals

#: Scores above this are worth a closer look.
ENOUGH = 1.0
#: The largest relative distance of the floating-point run from the run in intervals.
SAME = 1e-6
#: Rounds after which a mere transient is over.
LATER = 4000
Certificate = tuple[Statement, str, dict[str, Any]]


@dataclass(frozen=True)
class Conjecture(ABC):
    """A conjecture about the subject, which is to be falsified.

    Attributes
    ----------
    subject : Subject
    free : dict
        The parameters that are searched, and between which ends; alpha by its logarithm.
    horizons : tuple of int
        Of the runs by which candidates are scored.
    """

    subject: Subject
    free: ClassVar[dict[str, tuple[float, float]]]
    horizons: ClassVar[tuple[int, ...]]

    @property
    @abstractmethod
    def text(self) -> str:
        """The conjecture in words."""

    @abstractmethod
    def says(self, score: float, best: Instance) -> str:
        """Say what the largest score, that of the candidate ``best``, means."""

    @abstractmethod
    def scores(self, candidates: Sequence[Instance], rounds: int) -> np.ndarray:
        """Return how badly the subject does on every candidate in the second half of the rounds, shape (K,).

        Only a score above :data:`ENOUGH` can be that of a refutation.
        """

    @abstractmethod
    def refuted(self, instances: Sequence[Instance], rounds: int) -> np.ndarray:
        """Find the step at which each instance clearly refutes the conjecture, 0 where it does not, shape (K,)."""

    @abstractmethod
    def certificate(self, instance: Instance, rounds: int) -> Certificate:
        """Return the statement that the instance refutes, and the form and body of the certificate."""

    def cut(self, instance: Instance, rounds: int) -> Instance:
        """Return the instance without the losses that come after the round at which it refutes."""
        return instance

    def agrees(self, instance: Instance, statement: Statement) -> bool:
        """Tell whether the certificate's run is the one that the simulator makes, to :data:`SAME`."""
        return True

    def failed_controls(self, instances: Sequence[Instance], rounds: int) -> np.ndarray:
        """Tell which controls fail on which instances, shape (2, K)."""
        return failures(play_controls(self.subject, instances, rounds))


@dataclass(frozen=True)
class BoundHolds(Conjecture):
    """R(T) <= bound(T) for every T, on all periodic losses, linear or with one kink, as the theorem assumes them."""

    bound: Bound
    free: ClassVar = {"alpha": (1e-2, 1e2), "beta1": (0.0, 0.99), "beta2": (1e-3, 0.999), "lam": (1e-3, 0.999)}
    # First the horizon at which most false bounds are found, then the cheapest.
    horizons: ClassVar = (64, 1, 16, 256, 4)

    @property
    def text(self) -> str:
        return f"{self.subject.spelling}: R(T) <= {self.bound.id} for every T, on periodic losses"

    def says(self, score: float, best: Instance) -> str:
        return f"the largest ratio of regret to bound was {score:.6g}"

    def scores(self, candidates: Sequence[Instance], rounds: int) -> np.ndarray:
        runs = self.subject.play(candidates, rounds)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = (runs.regret / limit(self.bound, runs))[:, rounds // 2 :].max(axis=1)
        return np.where(self._admissible(candidates) & np.isfinite(ratio), ratio, 0.0)

    def cut(self, instance: Instance, rounds: int) -> Instance:
        t = _first(self._statement(instance, rounds))
        return instance if t is None else replace(instance, losses=instance.losses[:t])

    def refuted(self, instances: Sequence[Instance], rounds: int) -> np.ndarray:
        over = above(self.bound, self.subject.play(instances, rounds))
        return np.where(over.any(axis=1) & self._admissible(instances), 1 + over.argmax(axis=1), 0)

    def certificate(self, instance: Instance, rounds: int) -> Certificate:
        statement = self._statement(instance, rounds)
        t = _first(statement) or rounds
        return replace(statement, horizon=t), "replay", {"t": t}

    def agrees(self, instance: Instance, statement: Statement) -> bool:
        assert isinstance(statement, RegretBound)
        expression, method = replay.theorem(statement)
        *_, (regret, values) = replay.replay(method, statement, statement.horizon)
        runs = self.subject.play([instance], statement.horizon)
        pairs = (runs.regret[0, -1], regret), (limit(self.bound, runs)[0, -1], enclose(expression, values))
        return all(abs(played - float(exact.ends.mid)) <= SAME * (1 + abs(played)) for played, exact in pairs)

    def _statement(self, instance: Instance, rounds: int) -> RegretBound:
        spelled = self.subject.spelled(instance)
        return RegretBound(exact(instance.losses), spelled, self.bound.id, rounds, Fraction(instance.start))

    def _admissible(self, instances: Sequence[Instance]) -> np.ndarray:
        return np.array([not missed(self.bound, self.subject.method(dict(i.parameters))) for i in instances])


@dataclass(frozen=True)
class RegretVanishes(Conjecture):
    """R(T)/T -> 0 on every periodic linear loss. Only of Adam there is a certificate of the contrary (its drift)."""

    # Step sizes for which what happens before the second half of the rounds is forgotten in it.
    free: ClassVar = {"alpha": (0.1, 3.0), "beta1": (0.0, 0.99), "beta2": (1e-3, 0.999)}
    horizons: ClassVar = (240, 960)

    @property
    def text(self) -> str:
        return f"{self.subject.spelling}: R(T)/T -> 0 on periodic linear losses"

    def says(self, score: float, best: Instance) -> str:
        later = float(self.scores([best], LATER)[0])
        words = f"the average regret of late rounds exceeded the controls' by at most {score:.3g} G"
        return f"{words} ({later:.3g} G at T = {LATER})" + (
            "" if self.certifiable else "; without a bound only Adam's failure has a certificate"
        )

    @property
    def certifiable(self) -> bool:
        """Whether the subject is Adam as the drift lemma has it, for all its free parameters."""
        given: dict[str, Any] = {"lam": 1, "eps": 0, "schedule": "sqrt"} | dict(self.subject.given)
        plain = (given["lam"], given["eps"], given["schedule"]) == (1, 0, "sqrt")
        return self.subject.kind is Adam and self.subject.name == "adam" and plain and given.get("beta2", 1) > 0

    def scores(self, candidates: Sequence[Instance], rounds: int) -> np.ndarray:
        scale = np.array([largest(candidate) for candidate in candidates])

        def gained(regret: np.ndarray) -> np.ndarray:
            return np.asarray((regret[:, -1] - regret[:, rounds // 2 - 1]) / (rounds - rounds // 2) / scale)

        controls = play_controls(self.subject, candidates, rounds)
        own = gained(self.subject.play(candidates, rounds).regret)
        excess = own - np.max([gained(control.runs.regret) for control in controls], axis=0)
        excess = np.where(np.isfinite(excess), excess, -np.inf)
        limits = [2 * abs(np.mean([float(kink(loss).left) for loss in c.losses])) / largest(c) for c in candidates]
        return np.where(self.refuted(candidates, rounds) > 0, ENOUGH + np.array(limits), np.minimum(excess, ENOUGH))

    def refuted(self, instances: Sequence[Instance], rounds: int) -> np.ndarray:
        return np.array([rounds if self.certifiable and self._drifts(instance) else 0 for instance in instances])

    def certificate(self, instance: Instance, rounds: int) -> Certificate:
        beta1, beta2 = self._decays(instance)
        body = {"pattern": [str(c) for c in instance.losses], "beta2": str(beta2)}
        return NoRegret(len(instance.losses), beta1, (beta2,)), "drift", body

    def _drifts(self, instance: Instance) -> bool:
        beta1, beta2 = self._decays(instance)
        c = np.array([float(kink(loss).left) for loss in instance.losses]) / largest(instance)
        return 0 <= beta1 < 1 and 0 < beta2 < 1 and c.sum() * drift(c, float(beta1), float(beta2)) < -CLEAR

    def _decays(self, instance: Instance) -> tuple[Fraction, Fraction]:
        values = {**self.subject.given, **dict(instance.parameters)}
        return Fraction(values["beta1"]), Fraction(values["beta2"])


def first_violation(losses: Sequence[Any], algorithm: str, bound: str, horizon: int, start: Any = 1) -> int | None:
    """Find the first T <= horizon at which the certified regret lies above the bound; None if there is none.

    Every T is looked at, in interval arithmetic and with the simulator's own step; ``T`` is what a claim
    ``P.regret_bound`` needs as its horizon to be refuted.

    Parameters
    ----------
    losses : sequence of int, str, Fraction, or triples of them
        One period of losses on [-1, 1]: a slope c for ``c x``, or (left, right, at) for
        ``max(left (x - at), right (x - at))``.
    algorithm, bound : str
        With exact parameters, as in ``"adam(alpha=7/20)"``; the bound's id.
    start : int, str or Fraction
        x_1.

    Examples
    --------
    >>> adam = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"
    >>> first_violation([8, -1, -1], adam, "adam.printed", horizon=60)
    42
    """
    horizon = int(number("horizon", horizon, "[1, 1e6]", integer=True))
    try:
        if isinstance(losses, (str, bytes)):
            raise TypeError
        slopes, first = exact(losses), _fraction(start)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        raise InputError(
            f"losses={losses!r:.60} from start={start!r:.30} are not numbers; give slopes, or triples (left, right, "
            "at), as integers or fractions such as '1/20'."
        ) from None
    try:
        return _first(RegretBound(slopes, algorithm, bound, horizon, first))
    except (Rejected, Undecided) as error:
        raise InputError(f"{error}; choose a run that the theorem speaks of.") from None


def _first(statement: RegretBound) -> int | None:
    """Find the first T up to the statement's horizon at which the regret is certainly above the bound."""
    expression, method = replay.theorem(statement)
    rounds = enumerate(replay.replay(method, statement, statement.horizon), 1)
    certain = (t for t, (regret, values) in rounds if regret.low > enclose(expression, values).high)
    return next(certain, None)


def exact(losses: Sequence[Any]) -> tuple[Fraction | Kink, ...]:
    """Read losses with fractions for their numbers."""
    return tuple(Kink(*map(_fraction, c)) if isinstance(c, (tuple, list)) else _fraction(c) for c in losses)


def _fraction(value: Any) -> Fraction:
    return numerals.fraction(value) if isinstance(value, str) else Fraction(value)


def missed(bound: Bound, method: Method) -> str:
    """Name the first assumption about the parameters that the method does not meet; empty if it meets all."""
    parameters = method.parameters()
    return next((assumption.text for assumption in bound.assumes if assumption.met(parameters) is False), "")
