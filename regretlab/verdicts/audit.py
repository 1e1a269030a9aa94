"""The audit: every assumption of a bound checked on the run, and the verdict that follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
import xarray as xr

from regretlab.runs.description import Description
from regretlab.runs.round_off import ROUND_OFF, SMALLEST_SQUARED
from regretlab.samplers import largest_divergence
from regretlab.verdicts.looks import Look

#: What was measured for an assumption that has no rule here.
NOT_AUDITED = "not audited"


class Check(NamedTuple):
    """One assumption on one run: what was measured, what was needed, and whether it held."""

    id: str
    text: str
    measured: str
    needed: str
    passed: bool


class Named(Protocol):
    """An assumption: its ``id``, by which this module may know how to check it, and its words."""

    @property
    def id(self) -> str: ...

    @property
    def text(self) -> str: ...


#: What was measured, what was needed, and whether it was met.
Finding = tuple[str, str, bool]
Rule = Callable[[Description, xr.Dataset], Finding]
ParameterRule = Callable[[Mapping[str, Any]], Finding]


def check(assumption: Named, run: Description, record: xr.Dataset) -> Check:
    """Check one assumption on a run, given by its description and its record.

    One that has no rule in :data:`RULES`, such as a hypothesis of your own, is not passed: nobody knows.
    """
    rule = RULES.get(assumption.id, _unknown)
    return Check(assumption.id, assumption.text, *rule(run, record))


def _unknown(run: Description, record: xr.Dataset) -> Finding:
    return NOT_AUDITED, "a rule in regretlab.verdicts.audit.RULES", False


def _convex(run: Description, record: xr.Dataset) -> Finding:
    return run.problem.convex_reason, "convex", run.problem.convex


def _bounded_iterates(run: Description, record: xr.Dataset) -> Finding:
    D, extent = run.problem.D, float(record["extent"].values.max())
    if D is None:
        return f"extent {extent:.6g}", "a bounded domain", False
    return f"extent {extent:.6g}", f"D_inf = {D:.6g}", extent <= D * (1 + ROUND_OFF)


def _at_most(column: str, constant: str, weighted: bool) -> Rule:
    def rule(run: Description, record: xr.Dataset) -> Finding:
        measured = float(record[column].values.max())
        if constant not in run.problem.constants:
            return f"{measured:.6g}", f"{constant} declared", False
        limit = run.problem.constant(constant) * (run.law.max_weight if weighted else 1.0)
        fits = measured <= limit * (1 + ROUND_OFF) and math.isfinite(limit)
        return f"{measured:.6g}", f"<= {limit:.6g}", fits

    return rule


def _parameter(name: str, needed: str, test: Callable[[Any], bool], default: Any = None) -> ParameterRule:
    def rule(parameters: Mapping[str, Any]) -> Finding:
        value = parameters.get(name, default)
        return f"{name} = {value}", needed, bool(test(value))

    return rule


def _ratio(power: int) -> ParameterRule:
    """``beta1**power / sqrt(beta2)``: below 1 in Kingma & Ba (power 2) and in all later proofs (power 1)."""

    def rule(parameters: Mapping[str, Any]) -> Finding:
        beta1, beta2 = parameters["beta1"], parameters["beta2"]
        value = math.inf if beta2 == 0 and beta1 > 0 else 0.0 if beta1 == 0 else float(beta1**power / math.sqrt(beta2))
        return f"{value:.6g}", "< 1", value < 1

    return rule


def _eta_p(parameters: Mapping[str, Any]) -> Finding:
    beta1, beta2, p = (parameters[name] for name in ("beta1", "beta2", "p"))
    value = math.inf if beta2 == 0 and beta1 > 0 else 0.0 if beta1 == 0 else float(beta1 / beta2**p)
    return f"{value:.6g}", "< 1, and p <= 1/2", value < 1 and p <= 0.5


def _non_increasing(run: Description, record: xr.Dataset) -> Finding:
    """On the coefficients of the run's own method, at its checkpoints."""
    beta1_t = record["beta1_t"].values
    rise = max(0.0, float(np.diff(beta1_t, axis=-1).max(initial=0.0)))
    return f"from {beta1_t.flat[0]:.6g} to {beta1_t.flat[-1]:.6g}, rising by {rise:.6g}", "no rise", rise == 0


def _tuned_step(run: Description, record: xr.Dataset) -> Finding:
    D, alpha = run.problem.D, run.method_parameters["alpha"]
    best = math.inf if D is None else D / math.sqrt(2)
    return f"alpha = {alpha:.6g}", f"{best:.6g}", math.isclose(alpha, best, rel_tol=ROUND_OFF)


def _one_neuron(run: Description, record: xr.Dataset) -> Finding:
    name = run.problem.name
    return name, "one_neuron(...)", name.startswith("one_neuron")


def _tied_gamma(run: Description, record: xr.Dataset) -> Finding:
    n, T, K = run.problem.n, run.horizon, run.law.total  # K of the draws at once, else one by one
    tied = min(1.0, math.sqrt(n * math.log(n / K) / ((math.e - 1) * T * K)))
    used = run.sampler_parameters.get("gamma", math.nan)
    return f"gamma = {used:.6g}", f"gamma(T) = {tied:.6g}", math.isclose(used, tied, rel_tol=ROUND_OFF)


def _tied_step(run: Description, record: xr.Dataset) -> Finding:
    n, T, K, used = run.problem.n, run.horizon, run.K, run.sampler_parameters
    if "update" in used:
        tied = math.sqrt(2 * K * math.log(n / K) / (n * T))
        right = used["update"] == "mirror" and math.isclose(used["step"], tied, rel_tol=ROUND_OFF, abs_tol=1e-300)
        return f"{used['update']} step {used['step']:.6g}", f"mirror step {tied:.6g}", right
    # Lemma 1 as printed takes the supremum of the divergence; ours the divergence from the uniform start, ln n.
    return _alpha_p(run, largest_divergence(n, run.law.floor) if run.method == "adam" else math.log(n))


def _lemma_step(run: Description, record: xr.Dataset) -> Finding:
    n, start = run.problem.n, run.sampler_parameters["divergence"] == "start"
    return _alpha_p(run, math.log(n) if start else largest_divergence(n, run.law.floor))


def _alpha_p(run: Description, R2: float) -> Finding:
    n, L, p_min = run.problem.n, run.problem.constant("L"), run.law.floor
    share = p_min / L
    tied, used = math.sqrt(2 * R2 / (n * run.horizon)) * share * share, run.sampler_parameters["alpha_p"]
    return f"alpha_p = {used:.6g}", f"{tied:.6g}", math.isclose(used, tied, rel_tol=ROUND_OFF, abs_tol=1e-300)


def _unbiased(run: Description, record: xr.Dataset) -> Finding:
    factor = run.law.factor
    return "fixed order" if factor is None else f"E f_t = {factor:.6g} f", "E f_t = f", factor == 1


def _proper_batch(run: Description, record: xr.Dataset) -> Finding:
    K, n = run.K, run.problem.n
    return f"K = {K}", f"< n = {n}", n > K


def _of_method(rule: ParameterRule) -> Rule:
    return lambda run, record: rule(run.method_parameters)


#: How the assumptions about a method's parameters alone are checked, by their ids.
PARAMETER_RULES: dict[str, ParameterRule] = {
    "sqrt_step": _parameter("schedule", "'sqrt'", lambda v: v == "sqrt"),
    "constant_step": _parameter("schedule", "'constant'", lambda v: v == "constant", "constant"),
    "fixed_step": _parameter("schedule", "'constant'", lambda v: v == "constant"),
    "decaying_beta1": _parameter("lam", "< 1", lambda v: v < 1),
    "eps_zero": _parameter("eps", "0", lambda v: v == 0, 0),
    "gamma_kb": _ratio(2),
    "eta": _ratio(1),
    "eta_p": _eta_p,
}
#: How each assumption is audited, by its id.
RULES: dict[str, Rule] = {
    **{name: _of_method(rule) for name, rule in PARAMETER_RULES.items()},
    "convex": _convex,
    "bounded_iterates": _bounded_iterates,
    "bounded_gradients": _at_most("largest_coordinate", "G_inf", weighted=True),
    "bounded_examples": _at_most("largest_example_gradient", "L", weighted=False),
    "tuned_step": _tuned_step,
    "non_increasing": _non_increasing,
    "one_neuron": _one_neuron,
    "tied_gamma": _tied_gamma,
    "tied_sampler_step": _tied_step,
    "tied_lemma_step": _lemma_step,
    "unbiased": _unbiased,
    "proper_batch": _proper_batch,
}


def _squares(record: xr.Dataset) -> str:
    """Return what is lost of the squares of a run's gradients, or nothing."""
    largest = float(record["largest_coordinate"].values.max())
    lost = 0 < largest < SMALLEST_SQUARED
    return f"gradients of at most {largest:.3g}, whose squares underflow" if lost else ""


def underflow(run: Description, record: xr.Dataset) -> str:
    """Return what is lost of a run whose method divides by sums of squared gradients, or nothing."""
    divides = (record["sum_v_hat_p"].values != run.problem.d).any()  # else v**0 of every coordinate
    return _squares(record) if divides else ""


def in_floats(squared: bool, lost: str, run: Description, record: xr.Dataset, look: Look) -> list[Check]:
    """Return what keeps a bound, or the method it speaks of, from being made of numbers that a float holds.

    Parameters
    ----------
    squared : bool
        Whether the bound is evaluated with squares of gradients.
    lost : str
        Which term no float can hold, in a sentence (:meth:`regretlab.bounds.Bound.lost`); empty for none.
    run : Description
    record : xarray.Dataset
    look : Look
    """
    text = "all numbers are within the range of floats"
    found = [Check("float_range", text, lost, "other units", False)] * bool(lost)
    if said := _squares(record) if squared else underflow(run, record):
        found.append(Check("float_range", text, said, f">= {SMALLEST_SQUARED:.3g}; rescale the losses", False))
    if look.lost is not None and look.first is None:
        said = f"gradients so small, until t = {look.lost}, that their squares underflow"
        found.append(Check("float_range", text, said, f">= {SMALLEST_SQUARED:.3g}; rescale the losses", False))
    return found[:1]


def verdict(checks: list[Check], look: Look, last: np.ndarray, trivial: float) -> str:
    """Return what a comparison says.

    Parameters
    ----------
    checks : list of Check
    look : Look
    last : array (m,)
        The bound at the horizon.
    trivial : float
        The horizon times the largest possible regret of one step.

    Returns
    -------
    str
        ``"not applicable because ... fails"`` (or fail, or cannot be audited) with the ids of the assumptions,
        ``"violated"`` (at a horizon that was looked at a whole interval lies above the bound), ``"vacuous"`` (the bound
        is no better than the trivial one), ``"holds"`` (at all of them every interval lies below the bound), or
        ``"undecided"`` (an interval straddles the bound, or one run is to judge an expectation).
    """
    unknown = [c.id for c in checks if c.measured == NOT_AUDITED]
    failed = [c.id for c in checks if not c.passed and c.id not in unknown]
    why = [f"{' and '.join(failed)} {'fails' if len(failed) == 1 else 'fail'}"] * bool(failed)
    why += [f"{' and '.join(unknown)} cannot be audited"] * bool(unknown)
    if why:
        return f"not applicable because {' and '.join(why)}"
    if look.first is not None:
        return "violated"
    if (last >= trivial).any() or not np.isfinite(last).all():
        return "vacuous"
    return "holds" if look.below else "undecided"
