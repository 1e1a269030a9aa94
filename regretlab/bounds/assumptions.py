"""The hypotheses of the theorems: one object each, which knows how it is checked, shared by all bounds."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import lru_cache, partial
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from regretlab.bounds import symbols as s
from regretlab.errors import InputError, shown
from regretlab.parameters import ROUND_OFF
from regretlab.samplers import exp3_step, mirror_step

#: Steps this small are equal to any other as small: the squares that they are made of have lost their digits.
LOST = 1e-300
#: The comparison of a relation's sides, by sympy's sign for it.
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip


class Finding(NamedTuple):
    """The result of a check: the measured value, the needed one, and whether it is met."""

    measured: str
    needed: str
    passed: bool


@dataclass(frozen=True)
class Assumption:
    """A hypothesis of a theorem and how it is checked; without a check it is not passed.

    Two are equal where they say the same and are checked by the same relation and functions of the same code.

    Attributes
    ----------
    id, text : str
        Its name in verdicts, and what it says.
    holds : sympy relation, optional
        Between symbols of :mod:`regretlab.bounds.symbols`: checked on a method's parameters, on runs and on the
        intervals of a replayed claim, and unless it is an equation on the constants that a bound is evaluated at.
    on_method : callable, optional
        From a method's hyper-parameters by name to a :class:`Finding`; what ``holds`` says, in other words.
    on_run : callable, optional
        From the :class:`~regretlab.runs.description.Description` of a run and its record, an :class:`xarray.Dataset`
        with dims replicate and t, to a :class:`Finding`; takes the place of both. A function of a module pickles.
    in_replay : bool
        Whether every replay of a claim meets it: convex losses of one variable on [-1, 1], one a round, whose largest
        slope and diameter are the bound's constants.
    tied : bool
        Whether it ties a parameter to the horizon, so that the theorem is about the last step of a run alone.

    Raises
    ------
    InputError
        For an id or a text that is no text, a relation that is none or always true or false, or no function.
    """

    id: str
    text: str
    _: KW_ONLY
    holds: Any = None
    on_method: Callable[[Mapping[str, Any]], Finding] | None = field(default=None, compare=False)
    on_run: Callable[[Any, Any], Finding] | None = field(default=None, compare=False)
    in_replay: bool = False
    tied: bool = False
    #: The code of its functions, since two assumptions with the same words may be checked in different ways.
    checks: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        relation = isinstance(self.holds, (sp.core.relational.Relational, type(None)))
        for name, fits, words in (
            ("id", isinstance(self.id, str), "no text; give one"),
            ("text", isinstance(self.text, str), "no text; give one"),
            ("holds", relation, "no relation that symbols meet or miss; give one, such as s.alpha <= 1 / s.L"),
            ("on_method", self.on_method is None or callable(self.on_method), "no function; give one"),
            ("on_run", self.on_run is None or callable(self.on_run), "no function; give one"),
        ):
            if not fits:
                raise InputError(f"{name}={shown(getattr(self, name))} of an assumption is {words}.")
        object.__setattr__(self, "checks", f"{_written(self.on_method)} {_written(self.on_run)}")

    def of_method(self, parameters: Mapping[str, Any]) -> Finding | None:
        """Check the hyper-parameters of a method, floats by name; None where they alone do not tell."""
        if self.holds is not None and not parameters.keys() >= _function(self.holds)[0]:
            return None
        if self.on_method is not None:
            return self.on_method(parameters)
        return None if self.holds is None else compared(self.holds, parameters)

    def met(self, parameters: Mapping[str, Any]) -> bool | None:
        """Tell whether the hyper-parameters of a method meet it, as :meth:`of_method` but without words and fast."""
        if self.holds is None:
            return None if self.on_method is None else self.on_method(parameters).passed
        names, function = _function(self.holds)
        return bool(function(**{x: parameters[x] for x in names})) if parameters.keys() >= names else None


def _written(check: Any) -> str:
    """Write a function as its code, so that the text is the same when a cell of a notebook is run again."""
    if isinstance(check, partial):
        return f"partial {_written(check.func)} {check.args} {check.keywords}"
    if isinstance(check, CodeType):
        return f"{check.co_code!r} {check.co_names} {[_written(constant) for constant in check.co_consts]}"
    if not isinstance(check, FunctionType):
        return repr(check)
    closed = [_written(cell.cell_contents) for cell in check.__closure__ or ()]
    return f"{_written(check.__code__)} {check.__defaults__} {check.__kwdefaults__} {closed}"


def tied(symbol: sp.Symbol, formula: sp.Expr) -> Assumption:
    """Return the assumption that a parameter equals the theorem's formula, with which the bound is evaluated.

    Examples
    --------
    >>> tied(s.alpha, s.D / (s.G * sp.sqrt(s.T))).text
    "alpha is the paper's alpha(T)"
    """
    text = f"{symbol} is the paper's {symbol}(T)"
    return Assumption(f"tied_{symbol}", text, holds=sp.Eq(symbol, formula, evaluate=False), tied=True)


def compared(relation: Any, numbers: Mapping[str, Any]) -> Finding:
    """Compare the sides of a relation where its symbols have these values by name; of arrays, at their last entries."""
    sides = [np.atleast_1d(value)[..., -1] for value in (evaluated(side, numbers) for side in relation.args)]
    left, right = (side.ravel() for side in np.broadcast_arrays(*sides))
    met = COMPARISONS[relation.rel_op](left, right)
    if relation.rel_op in ("==", "<=", ">="):
        met = met | np.isclose(left, right, rtol=ROUND_OFF, atol=0)
    at = int(np.argmin(met))  # one that misses it, if any does
    a, b = relation.args
    digits = "" if a.is_Atom and b.is_Atom else ".6g"
    measured, needed = f"{left[at]:{digits}}", str(b) if b.is_number else f"{right[at]:{digits}}"
    if relation.rel_op == "==":
        needed = f"{a}(T) = {needed}" if b.has(s.T) else needed
    else:
        needed = f"{relation.rel_op} {needed if b.is_number else f'{b} = {needed}'}"
    return Finding(f"{a} = {measured}" if a.is_Symbol else measured, needed, bool(met.all()))


def evaluated(expression: Any, numbers: Mapping[str, Any]) -> Any:
    """Evaluate an expression, or a relation, at numbers or arrays by name; a symbol alone keeps its type."""
    if expression.is_Symbol:
        return numbers[expression.name]
    names, function = _function(expression)
    with np.errstate(all="ignore"):
        return function(**{name: np.asarray(numbers[name], dtype=float) for name in names})


@lru_cache(maxsize=256)
def _function(expression: Any) -> tuple[set[str], Callable[..., Any]]:
    names = {symbol.name for symbol in expression.free_symbols}
    return names, sp.lambdify(sorted(names), expression, "numpy")


def _convex(run: Any, record: Any) -> Finding:
    return Finding(run.problem.convex_reason, "convex", run.problem.convex)


def _bounded_iterates(run: Any, record: Any) -> Finding:
    D, extent = run.problem.D, float(record["extent"].values.max())
    if D is None:
        return Finding(f"extent {extent:.6g}", "a bounded domain", False)
    return Finding(f"extent {extent:.6g}", f"D_inf = {D:.6g}", extent <= D * (1 + ROUND_OFF))


def _at_most(column: str, constant: str, weighted: bool, run: Any, record: Any) -> Finding:
    """Check that a column is at most a constant that the problem declares, times the largest weight."""
    measured = float(record[column].values.max())
    if constant not in run.problem.constants:
        return Finding(f"{measured:.6g}", f"{constant} declared", False)
    limit = run.problem.constant(constant) * (run.law.max_weight if weighted else 1.0)
    return Finding(f"{measured:.6g}", f"<= {limit:.6g}", measured <= limit * (1 + ROUND_OFF) and math.isfinite(limit))


def _schedule(word: str, missing: str | None, parameters: Mapping[str, Any]) -> Finding:
    value = parameters.get("schedule", missing)
    return Finding(f"schedule = {value}", repr(word), value == word)


def _non_increasing(run: Any, record: Any) -> Finding:
    """Check the coefficients of the run's own method at its checkpoints."""
    beta1_t = record["beta1_t"].values
    rise = max(0.0, float(np.diff(beta1_t, axis=-1).max(initial=0.0)))
    measured = f"from {beta1_t.flat[0]:.6g} to {beta1_t.flat[-1]:.6g}, rising by {rise:.6g}"
    return Finding(measured, "no rise", rise == 0)


def _smooth(run: Any, record: Any) -> Finding:
    known = run.problem.constant("smoothness")
    return Finding(
        f"smoothness {known:.6g}" if known == known else "no constant", "smoothness declared", known == known
    )


def _exp_concave(run: Any, record: Any) -> Finding:
    known = run.problem.constant("exp_concavity")
    return Finding(f"a = {known:.6g}" if known == known else "no constant", "exp_concavity declared", known == known)


def _unconstrained(run: Any, record: Any) -> Finding:
    return Finding("no domain" if run.problem.D is None else run.problem.domain, "no domain", run.problem.D is None)


def _one_neuron(run: Any, record: Any) -> Finding:
    return Finding(run.problem.name, "one_neuron(...)", run.problem.name.startswith("one_neuron"))


def _unbiased(run: Any, record: Any) -> Finding:
    factor = run.law.factor
    return Finding("fixed order" if factor is None else f"E f_t = {factor:.6g} f", "E f_t = f", factor == 1)


def _mirror_step(run: Any, record: Any) -> Finding:
    used, step = run.sampler_parameters, mirror_step(run.problem.n, run.K, run.horizon)
    right = used["update"] == "mirror" and math.isclose(used["step"], step, rel_tol=ROUND_OFF, abs_tol=LOST)
    return Finding(f"{used['update']} step {used['step']:.6g}", f"mirror step {step:.6g}", right)


def _alpha_p(divergence: str, run: Any, record: Any) -> Finding:
    """Check the step of AdamBS's Lemma 1 for this R^2, or where it is not named for the sampler's own."""
    used, p_min = run.sampler_parameters, np.float64(run.law.floor)
    with np.errstate(over="ignore"):  # it is infinite where p_min / L is large
        named = divergence or used["divergence"]
        step = float(exp3_step(named, run.problem.n, run.horizon, run.problem.constant("L"), p_min))
    close = math.isclose(used["alpha_p"], step, rel_tol=ROUND_OFF, abs_tol=LOST)
    return Finding(f"alpha_p = {used['alpha_p']:.6g}", f"{step:.6g}", close)


def _quotient(needed: str, less: sp.Expr, than: sp.Expr, parameters: Mapping[str, Any]) -> Finding:
    """Check a relation between a method's parameters as the quotient that the proofs divide by; 0/0 counts as 0."""
    a, b = float(evaluated(less, parameters)), float(evaluated(than, parameters))
    value = 0.0 if a == 0 else math.inf if b == 0 else a / b
    return Finding(f"{value:.6g}", needed, value < 1)


def _below(id: str, text: str, less: sp.Expr, than: sp.Expr, needed: str = "< 1") -> Assumption:
    return Assumption(id, text, holds=less < than, on_method=partial(_quotient, needed, less, than))


CONVEX = Assumption("convex", "every loss is convex", on_run=_convex, in_replay=True)
BOUNDED = Assumption(
    "bounded_iterates",
    "iterates and comparator stay in a set of the stated diameter",
    on_run=_bounded_iterates,
    in_replay=True,
)
GRADIENTS = Assumption(
    "bounded_gradients",
    "|g_t,i| <= G_inf",
    on_run=partial(_at_most, "largest_coordinate", "G_inf", True),
    in_replay=True,
)
EXAMPLES = Assumption(
    "bounded_examples",
    "every example's gradient norm is at most L",
    on_run=partial(_at_most, "largest_example_gradient", "L", False),
    in_replay=True,
)
UNBIASED = Assumption("unbiased", "E f_t = f", on_run=_unbiased, in_replay=True)
SMOOTH = Assumption("smooth", "the gradient of f is Lipschitz", on_run=_smooth)
UNCONSTRAINED = Assumption("unconstrained", "nothing is projected", on_run=_unconstrained)
EXP_CONCAVE = Assumption("exp_concave", "exp(-a f_t) is concave", on_run=_exp_concave)
SUBSET = Assumption("proper_batch", "K < n", holds=sp.Lt(s.K, s.n))
MODEL = Assumption(
    "one_neuron", "the losses are those of the one-neuron model with heavy-tailed features", on_run=_one_neuron
)

SQRT_STEP = Assumption("sqrt_step", "alpha_t = alpha / sqrt(t)", on_method=partial(_schedule, "sqrt", None))
FIXED_STEP = Assumption("fixed_step", "alpha_t = alpha", on_method=partial(_schedule, "constant", None))
CONSTANT_STEP = Assumption(
    "constant_step",
    "the step over the root of the sum of squared gradients is constant",
    on_method=partial(_schedule, "constant", "constant"),  # AdaGrad's, also before it had the parameter
)
TUNED_STEP = Assumption("tuned_step", "alpha = D_inf / sqrt(2)", holds=sp.Eq(s.alpha, s.D / sp.sqrt(2)))
NO_EPS = Assumption("eps_zero", "eps = 0", holds=sp.Eq(s.eps, 0))
DECAYING = Assumption("decaying_beta1", "beta_{1,t} = beta1 lam^(t-1) with lam < 1", holds=s.lam < 1)
NON_INCREASING = Assumption("non_increasing", "beta_{1,t} does not increase", holds=s.lam <= 1, on_run=_non_increasing)
GAMMA_KB = _below("gamma_kb", "beta1^2 / sqrt(beta2) < 1", s.beta1**2, sp.sqrt(s.beta2))
ETA = _below("eta", "beta1 / sqrt(beta2) < 1", s.beta1, sp.sqrt(s.beta2))
ETA_P = _below("eta_p", "beta1 / beta2^p < 1", s.beta1, s.beta2**s.p, "< 1, and p <= 1/2")

# With one example there is one law, whatever a sampler's step size is, so that replays meet what is said of the step.
_STEP = "tied_sampler_step", "the sampler's step size is the lemma's, tied to T"
#: Lemma 1's step with the supremum of the divergence, as printed; with that from the uniform start; the mirror step.
SUP_STEP = Assumption(*_STEP, on_run=partial(_alpha_p, "sup"), in_replay=True, tied=True)
START_STEP = Assumption(*_STEP, on_run=partial(_alpha_p, "start"), in_replay=True, tied=True)
MIRROR_STEP = Assumption(*_STEP, on_run=_mirror_step, in_replay=True, tied=True)
OWN_STEP = Assumption(
    "tied_lemma_step",
    "alpha_p is the lemma's, tied to T, for the R^2 the sampler was given",
    on_run=partial(_alpha_p, ""),
    tied=True,
)
