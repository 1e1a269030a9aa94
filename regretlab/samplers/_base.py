"""The base of samplers: a law over mini-batches that learns from the gradient norms it has seen."""

from __future__ import annotations

import math
import sys
from abc import abstractmethod
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, NamedTuple

from array_api_compat import array_namespace

from regretlab.errors import InputError, shown
from regretlab.parameters import Component
from regretlab.spelling.register import Register

Array = Any
State = tuple[Array, ...]


class Setting(NamedTuple):
    """The setting of a sampler: n examples, batch size K, gradient-norm bound L, horizon T."""

    n: int
    K: int
    L: float
    horizon: int


class Law(NamedTuple):
    """The set P of probabilities a sampler may use, ``{sum p = total, floor <= p <= cap}``, and its estimator.

    ``factor`` is the number c with E[f_t] = c f (None when the order is fixed and nothing is unbiased);
    ``max_weight * L`` bounds the gradient estimate; it is a bound on ``sum_j w_tj``, except where the weights come from
    the gradients themselves.
    """

    total: float
    floor: float
    cap: float
    factor: float | None
    max_weight: float


class Quotient(float):
    """A number a / b that keeps a and b: kernels take the number, arrays multiply by a and divide by b.

    So arrays round as the printed formula does. ``value`` is the number where kernels round otherwise.
    """

    _parts: tuple[float, float]

    def __new__(cls, a: float, b: float = 1.0, value: float | None = None) -> Quotient:
        self = super().__new__(cls, a / b if value is None else value)
        self._parts = a, b
        return self

    @staticmethod
    def parts(number: float) -> tuple[float, float]:
        """Return the numerator and the denominator: of a plain number, itself and 1."""
        return number._parts if isinstance(number, Quotient) else (number, 1.0)


class Rule(NamedTuple):
    r"""A bandit sampler in numbers, for :class:`Bandit` and for the engines that draw and update in O(K log n).

    .. math:: w_k \leftarrow w_k \exp\Big(-\frac{\text{rate}}{p_k}
        \Big(\text{top} - \frac{\text{scale}^2\|g_k\|^2}{p_k^2}\Big)\Big)

    for the drawn examples, whose weight in the gradient estimate is ``weight / p_k``. ``projected``: the weights are
    projected onto P, and are the probabilities up to a factor; else they are kept as logarithms, mixed with the
    uniform law by ``mixing`` and, if ``distinct``, capped. ``distinct``: batches are drawn as by DepRound, else with
    replacement. ``total`` is K for distinct examples, else 1; no probability is below ``floor``, which is at most
    ``total / n``, and ``mixing`` times that unless projected. Where all n examples are drawn, mixing is 1.
    """

    projected: bool
    distinct: bool
    mixing: float
    total: float
    floor: float
    rate: float
    top: float
    scale: float
    weight: float

    def check(self, name: str, n: int, K: int) -> None:
        """Raise an :class:`InputError` if these numbers are no law over n examples and batches of K."""
        total = float(K) if self.distinct else 1.0
        least = 1.0 if self.distinct and n == K and not self.projected else 0.0
        floor = total / n * (1.0 if self.projected else self.mixing) * (1 + ROUND_OFF)
        for part, value, low, high in (
            ("total", self.total, total, total), ("mixing", self.mixing, least, 1.0), ("floor", self.floor, 0.0, floor)
        ):  # fmt: skip
            if not low <= value <= high:
                raise InputError(
                    f"the rule of the {name} sampler has {part}={value:g}, outside [{low:g}, {high:g}] with n={n} "
                    f"examples and K={K} (help(rl.samplers.Rule)); correct the rule that its class gives."
                )


#: The round-off that a declared number may have.
ROUND_OFF = 1e-12


class Draw(NamedTuple):
    """A mini-batch: indices ``J``, weights ``w`` of the estimate, probabilities ``p`` of the drawn; all (R, K).

    ``w = 1 / (K n p)`` for K draws with replacement, and ``1 / (n p)`` for inclusion probabilities, where the estimate
    is unbiased.
    ``frozen`` marks the drawn examples whose weights the sampler's own rule leaves untouched (AdamCB's null set).
    """

    J: Array
    w: Array
    p: Array
    frozen: Array | None = None


@dataclass(frozen=True)
class Sampler(Component):
    """Base of all samplers; arrays carry a leading axis of R replicates.

    The estimate of a mini-batch is ``g_t = sum_k w[k] grad f_{J[k]}(x_t)``. Subclasses are found by
    their ``name``, which is that of the class in small letters unless it is set.
    """

    setting: Setting | None = field(default=None, repr=False, kw_only=True)
    known: ClassVar[Register[type[Sampler]]] = Register("sampler", "samplers")
    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]
    #: Whether it needs a bound L on the examples' gradient norms.
    bounded: ClassVar[bool] = False
    #: Whether the law of the draws follows the gradients; not that of a fixed law, or one of the present step alone.
    learns: ClassVar[bool] = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = Sampler.known.enter(cls)

    def fit(self, setting: Setting) -> Sampler:
        """Return this sampler with every parameter that is tied to the run (horizon, n, K, L) made a number."""
        if not isinstance(setting, Setting):
            raise InputError(f"setting={shown(setting)} is not a Setting; give Setting(n=6, K=2, L=1.0, horizon=100).")
        n, K = setting.n, setting.K
        if not 1 <= K <= n:
            raise InputError(
                f"batch_size={K} is outside [1, n] with n={n} examples ({self.name} sampler); use at most {n}."
            )
        if self.bounded:
            positive_bound(setting.L, self.name)
        try:
            fitted = replace(self, setting=setting, **self.tied(setting))
            if not isinstance(fitted.rule, Rule | None):
                raise InputError(f"the rule of the {self.name} sampler is {shown(fitted.rule)}; return a Rule.")
            finite = all(math.isfinite(number) for number in (*(fitted.rule or ()), fitted.law.floor))
        except (OverflowError, ZeroDivisionError):
            finite = False
        if not finite:
            given = ", ".join(f"{name}={value!r}" for name, value in self.parameters().items() if value is not None)
            square = setting.L * setting.L
            why = f"L^2, by which its steps are divided, is {square:g}; scale the losses"
            if sys.float_info.min <= square < math.inf:
                why = "a probability this small overflows when it is divided by; use larger values"
            raise InputError(
                f"the {self.name} sampler cannot be run with {given or 'these parameters'} on n={n} examples with "
                f"L={setting.L:g}: {why}."
            )
        return fitted

    def tied(self, setting: Setting) -> dict[str, Any]:
        """Compute the parameters left at None, by the paper's formulas."""
        return {}

    @property
    def run(self) -> Setting:
        """The setting of a fitted sampler."""
        assert self.setting is not None, "call fit(setting) first"
        return self.setting

    @property
    @abstractmethod
    def law(self) -> Law:
        """The set of probabilities and the estimator, for a fitted sampler."""

    @property
    def rule(self) -> Rule | None:
        """The sampler as a :class:`Rule`, if it is one; None runs it on the array engine."""
        return None

    @property
    @abstractmethod
    def uniforms(self) -> int:
        """Return how many uniforms one step of one replicate takes."""

    @abstractmethod
    def init(self, replicates: int, xp: Any) -> State:
        """Make the state before the first step: arrays with leading axis R."""

    @abstractmethod
    def probabilities(self, state: State) -> Array:
        """Return the law of the next draw, shape (R, n): of one draw with replacement, or of inclusion in the batch."""

    @abstractmethod
    def draw(self, state: State, u: Array) -> Draw:
        """Draw the mini-batch made from the uniforms ``u`` (R, uniforms)."""

    def looks_at(self, state: State, u: Array) -> Array | None:
        """Choose the examples (R, B) whose gradient norms :meth:`look` is given before the draw; None for none."""
        return None

    def look(self, state: State, J: Array, norms: Array) -> State:
        """Return the state once the gradient norms (R, B) of the examples ``J`` at the present iterate are known."""
        return state

    def variance(self, state: State, squared_norms: Array) -> Array:
        r"""Compute the functional :math:`V_t(p_t) = \sum_j \|g_j\|^2 / p_j` of the next draw, shape (R,)."""
        return array_namespace(squared_norms).sum(squared_norms / self.probabilities(state), axis=-1)

    def choices(self, squared_norms: Array) -> tuple[Array, Law]:
        """Return the choices of a fixed law of this sampler, from sums (n,) over examples, and its laws."""
        return squared_norms, self.law

    def observe(self, state: State, draw: Draw, norms: Array) -> State:
        """Return the state after the gradient norms (R, K) of the drawn examples have been seen."""
        return state


def positive_bound(L: float, name: str) -> float:
    """Return a usable gradient-norm bound, or raise the error that says where to get one."""
    if not 0 < L < float("inf"):
        raise InputError(
            f"the {name} sampler needs a finite positive bound L on the examples' gradient norms, but the problem "
            f"declares L={L:g}; choose a bounded domain or declare L in the problem's constants()."
        )
    return L


def take(a: Array, J: Array) -> Array:
    """``a[r, J[r, k]]``."""
    return array_namespace(a).take_along_axis(a, J, axis=-1)


def scatter_add(a: Array, J: Array, values: Array) -> Array:
    """Return a copy of ``a`` (R, n) with ``values[r, k]`` added at ``[r, J[r, k]]``; repeated indices add up."""
    xp = array_namespace(a)
    if hasattr(getattr(xp, "add", None), "at"):  # NumPy and CuPy; the array API standard has no scatter
        result = a.copy()
        xp.add.at(result, (xp.arange(a.shape[0])[:, None], J), values)
        return result
    chosen = J[..., None] == xp.arange(a.shape[-1])
    return a + xp.sum(xp.where(chosen, values[..., None], xp.zeros_like(values)[..., None]), axis=1)


def draw_with_replacement(p: Array, u: Array) -> Array:
    """Draw indices (R, K), independent with law ``p`` (R, n) up to a factor, by inversion of the uniforms (R, K)."""
    xp = array_namespace(p)
    cumulative = xp.cumulative_sum(p, axis=-1)
    points = u * cumulative[:, -1:]
    rows = [xp.searchsorted(cumulative[r, :], points[r, :], side="right") for r in range(p.shape[0])]
    return xp.minimum(xp.stack(rows), xp.asarray(p.shape[-1] - 1))
