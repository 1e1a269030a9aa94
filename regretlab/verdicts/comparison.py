"""One bound against one algorithm's regret: the curves, the ratio, the audited assumptions and the verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from regretlab import minimax
from regretlab.bounds import Bound, Order
from regretlab.bounds.assumptions import BOUNDED, CONVEX
from regretlab.domains import Box, L2Ball
from regretlab.errors import InputError
from regretlab.runs.description import Description
from regretlab.runs.regret import MEASURED_BY
from regretlab.verdicts import audit
from regretlab.verdicts.audit import Check
from regretlab.verdicts.expectation import expected, explained
from regretlab.verdicts.looks import Look, seen
from regretlab.verdicts.means import regret_of
from regretlab.verdicts.substitution import of_squares, values


@dataclass(frozen=True)
class Comparison:
    """The bound of a theorem on a run, compared with the regret of the run.

    Attributes
    ----------
    bound : Bound
    mode : str
        How the constants were read (:func:`regretlab.verdicts.substitution.values`).
    t : array (t,)
        Checkpoints.
    regret, low, high : array (m, t)
        The regret against the best point found and its interval: certified, of every replicate; or (bound in
        expectation, m = 1) of the mean, at 95 % for all horizons looked at together, whatever the law of the regret in
        its known range (:mod:`regretlab.verdicts.expectation`).
    terms : dict of str to array (t,)
        The terms, averaged over replicates.
    curve : array (m, t) or (1, t)
        The bound.
    trivial : array (t,)
        t times the largest possible regret of a step.
    decaying : bool
        Whether beta_{1,t} decays on this run.
    checks : list of Check
    verdict : str
    look : Look
        At which horizons regret and bound were compared, and what was found (:mod:`regretlab.verdicts.looks`).
    shown_low, shown_high : array (m, t)
        The interval for figures: the same, or (bound in expectation) Student's of the mean, for normal replicates.
    why : str
        What the verdict on a bound in expectation rests on and, where it is open, what would decide it.
    replicates_needed : float or None
        How many replicates like these would decide what is open; None where nothing is, or nothing can be said.
    game : float or None
        The value of linear losses with the constants of the problem (:mod:`regretlab.minimax`), below which no
        guarantee for all convex losses goes: the bound may be, where it reads statistics of a run that is easier. None
        where the value is not known: for another domain than a box or a ball, other regrets, or in expectation.
    """

    bound: Bound
    mode: str
    t: np.ndarray
    regret: np.ndarray
    low: np.ndarray
    high: np.ndarray
    terms: dict[str, np.ndarray]
    curve: np.ndarray
    trivial: np.ndarray
    decaying: bool
    checks: list[Check]
    verdict: str
    look: Look
    shown_low: np.ndarray
    shown_high: np.ndarray
    why: str = ""
    replicates_needed: float | None = None
    game: float | None = None

    @property
    def first_violation(self) -> int | None:
        """The first horizon looked at at which a whole interval lies above the bound."""
        return self.look.first

    @property
    def orders(self) -> dict[str, Order]:
        """The orders of the terms, for this run's schedule of beta1."""
        return self.bound.exponents(self.decaying)

    @property
    def value(self) -> float:
        """The bound at the horizon, averaged over replicates."""
        return float(self.curve[:, -1].mean())

    @property
    def ratio(self) -> float:
        """Regret over bound at the horizon: the largest over replicates, or of the mean for a bound in expectation."""
        with np.errstate(divide="ignore", invalid="ignore"):  # of a bound that is 0, as where its squares underflow
            return float((self.regret[:, -1] / self.curve[:, -1]).max())

    def __str__(self) -> str:
        """Write the bound, the verdict and the assumptions in a line each."""
        horizon, regret = int(self.t[-1]), f"{float(self.regret[:, -1].max()):.4g}"
        found = f"regret {regret} against {self.value:.4g} at T = {horizon} (ratio {self.ratio:.3g})"
        first = f", first at T = {self.first_violation}" if self.first_violation else ""
        lines = [f"{self.bound.id}: {self.bound.title} ({self.bound.source})"]
        lines += [f"  {self.verdict}{first} (looked {self.look.where}); {found}"]
        lines += [f"  {self.why}"] if self.why else []
        lines += [f"  {name} = {float(term[-1]):.4g} at T = {horizon}" for name, term in self.terms.items()]
        for c in self.checks:
            lines += [f"  {'passed' if c.passed else 'FAILED'}: {c.text}; {c.measured}, needed {c.needed}"]
        return "\n".join(lines)

    def audit(self) -> pd.DataFrame:
        """Tabulate the assumptions: text, measured and needed values, and whether each passed."""
        table = pd.DataFrame([c._asdict() for c in self.checks])
        return table.assign(bound=self.bound.id, verdict=self.verdict, looked=self.look.where)

    def summary(self) -> dict[str, Any]:
        """Return the comparison as plain data, for summary.json."""
        return {
            "id": self.bound.id,
            "title": self.bound.title,
            "source": self.bound.source,
            "status": " ".join(filter(None, (self.bound.status, f"({self.bound.mark})" if self.bound.mark else ""))),
            "speaks_of": self.bound.speaks_of,
            "mode": self.mode,
            "value": self.value,
            "ratio": self.ratio,
            "game": self.game,
            "trivial": float(self.trivial[-1]),
            "verdict": self.verdict,
            "looked": self.look.where,
            "why": self.why,
            "replicates_needed": self.replicates_needed,
            "first_violation": self.first_violation,
            "terms": {name: float(term[-1]) for name, term in self.terms.items()},
            "growth": {name: str(order.T) for name, order in self.orders.items()},
            "assumptions": [c._asdict() for c in self.checks],
        }


def compare(
    bound: Bound, description: Description, record: xr.Dataset, mode: str = "stated", look: Look | None = None
) -> Comparison:
    """Evaluate ``bound`` on one algorithm's record and audit it.

    Parameters
    ----------
    record : xarray.Dataset
        Dims replicate, t.
    mode : {"stated", "measured", "a priori"}
    look : Look, optional
        What was found where the run was looked at; at the record's checkpoints only, by default.
    """
    kind = bound.speaks_of
    if f"{kind}_low" not in record:
        raise InputError(
            f"the bound {bound.id} speaks of {kind} regret, which this run did not measure; {MEASURED_BY[kind]}."
        )
    regret, low, high = (part.values for part in regret_of(record, kind).data_vars.values())
    checks = [audit.check(a, description, record) for a in bound.hypotheses]
    shape = low.shape
    numbers = values(description, record, mode, bound.symbols)
    squared = of_squares(bound, mode)
    squares = record.sum_squared_gradients.values if squared else np.full(shape, np.inf)
    terms = {name: np.broadcast_to(term, shape) for name, term in bound.on_run(numbers).items()}
    curve = sum(terms.values(), np.zeros(shape))
    shown, at, mean = (low, high), np.arange(record.sizes["t"]), None
    if bound.in_expectation:
        mean = expected(bound, description, record, mode, curve, anytime(bound))
        regret, low, high, at = mean.mean[None], mean.low[None], mean.high[None], mean.at
        shown = mean.student_low[None], mean.student_high[None]
        curve, squares = curve.mean(axis=0, keepdims=True), squares.max(axis=0, keepdims=True)
    trivial, t = trivial_bound(description, kind, record, bound.in_expectation), record.t.values
    look = look or seen(t[at], low[:, at], high[:, at], curve[:, at], not anytime(bound), squares[:, at])
    checks += audit.declared(bound, numbers)
    checks += audit.in_floats(squared, bound.lost(numbers), description, record, look)
    text = audit.verdict(checks, look, np.broadcast_to(curve, low.shape)[:, -1], trivial[-1])
    return Comparison(
        bound, mode, t, regret, low, high, {name: term.mean(axis=0) for name, term in terms.items()},
        curve, trivial, numbers["lam"] < 1, checks, text, look, *shown,
        "" if mean is None else explained(mean, curve[0], t, record.sizes["replicate"], text),
        mean.needed if mean is not None and text == "undecided" and mean.needed < math.inf else None,
        _game(bound, description, int(t[-1])),
    )  # fmt: skip


def _game(bound: Bound, description: Description, horizon: int) -> float | None:
    """Return the value of linear losses with the constants of a run's problem; None where it is not known."""
    problem, top = description.problem, description.law.max_weight
    kind, D, D2 = problem.domain.partition("(")[0], problem.D, problem.D2
    G, G2 = problem.constant("G_inf") * top, problem.constant("L") * top
    if bound.speaks_of != "online" or bound.in_expectation or not {CONVEX, BOUNDED} <= {*bound.assumes}:
        return None
    if kind == "Box" and D is not None and 0 < G < math.inf:
        return minimax.value(Box(-D / 2, D / 2), horizon, d=problem.d, gradient=G)
    if kind == "L2Ball" and D2 is not None and 0 < G2 < math.inf and problem.d != 2:
        return minimax.value(L2Ball(D2 / 2), horizon, d=problem.d, gradient=G2)
    return None


def anytime(bound: Bound) -> bool:
    """Tell whether a bound is about every T of a run; one with parameters tied to the horizon is about the last T."""
    return not any(assumption.tied for assumption in bound.assumes)


def every_run(bound: Bound) -> bool:
    """Tell whether a bound is about online regret of every run at every T: one horizon of one run can violate it."""
    return bound.speaks_of == "online" and not bound.in_expectation and anytime(bound)


def trivial_bound(description: Description, kind: str, record: xr.Dataset, in_expectation: bool = False) -> np.ndarray:
    """Return t times the largest possible regret of one step, at every checkpoint.

    The largest regret of a step is the range of one loss over the domain; of a weighted online loss, times the sum of
    its weights: their expectation for a bound in expectation (E f_t = c f), else what they came to on this run. That of
    a sampler's step is n L^2 / p_min, the largest value of V_t.
    """
    t = record.t.values.astype(float)
    problem, law = description.problem, description.law
    if kind == "sampler":
        L = problem.constant("L", math.inf)
        return np.asarray(t * problem.n * L * L / law.floor if law.floor > 0 else np.full_like(t, math.inf))
    if kind == "stationarity":  # a mean over the steps, not a sum
        return np.full(t.size, problem.constant("L", math.inf) ** 2)
    span = problem.constant("span", math.inf)
    if kind != "online":
        return np.asarray(t * span)
    factor = law.factor if in_expectation else None
    weight = float(record["received"].values.sum(-1).max()) / t[-1] if factor is None else factor
    if kind == "interval":  # any of whose steps may have weighed most
        return np.asarray(record["length"].values.max(axis=0) * span * law.max_weight)
    return np.asarray(t * span * weight)
