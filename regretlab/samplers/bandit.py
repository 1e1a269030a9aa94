"""Bandit samplers: all of them are one rule with other numbers, which is run here on arrays."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from array_api_compat import array_namespace

from regretlab.samplers._base import (
    ROUND_OFF,
    Array,
    Draw,
    Law,
    Quotient,
    Rule,
    Sampler,
    Setting,
    State,
    draw_with_replacement,
    scatter_add,
    take,
)
from regretlab.samplers._depround import depround_rows
from regretlab.samplers._simplex import capped_probabilities, in_proportion, kl_projection

#: The methods of a sampler that the array engine calls while it runs.
ASKED = ("uniforms", "init", "probabilities", "draw", "observe", "looks_at", "look", "variance")


@dataclass(frozen=True)
class Bandit(Sampler):
    r"""A sampler that is its :class:`Rule`; every engine runs it.

    A subclass declares its parameters, ties those left at None to the run (:meth:`Sampler.tied`), and gives
    :attr:`rule`. One that overrides more runs on the array engine, which asks the methods below.

    Examples
    --------
    EXP3 whose feedback is the squared gradient norm as a share of its largest value; ``"adam+exp3"`` names it:

    >>> from regretlab.parameters import parameter
    >>> class EXP3(Bandit):
    ...     gamma: float = parameter(0.1, "(0, 1]", "exploration, and the step of the exponential weights")
    ...     @property
    ...     def rule(self):
    ...         n, K, floor = self.run.n, self.run.K, self.gamma / self.run.n
    ...         return Rule(projected=False, distinct=False, mixing=self.gamma, total=1.0, floor=floor,
    ...                     rate=floor / K, top=0.0, scale=floor / self.run.L, weight=1 / (K * n))
    >>> EXP3(gamma=0.5).fit(Setting(n=5, K=2, L=1.0, horizon=9)).law
    Law(total=1.0, floor=0.1, cap=1.0, factor=1.0, max_weight=2.0)
    """

    bounded: ClassVar[bool] = True

    @property
    @abstractmethod
    def rule(self) -> Rule:
        """The sampler in numbers, once it is fitted."""

    @classmethod
    def is_its_rule(cls) -> bool:
        """Tell whether the rule is all that the sampler does: a subclass may do something else."""
        return all(getattr(cls, name) is getattr(Bandit, name) for name in ASKED)

    def fit(self, setting: Setting) -> Sampler:
        fitted = super().fit(setting)
        if fitted.rule is not None:
            fitted.rule.check(self.name, setting.n, setting.K)
        return fitted

    @property
    def law(self) -> Law:
        rule, n, K = self.rule, self.run.n, self.run.K
        weight, over = Quotient.parts(rule.weight)
        factor = weight * n * (1 if rule.distinct else K) / over
        if math.isclose(factor, 1, rel_tol=ROUND_OFF):  # 1 / (K n) times K n need not be 1
            factor = 1.0
        return Law(rule.total, rule.floor, cap=1.0, factor=factor, max_weight=weight / (over / K * rule.floor))

    @property
    def uniforms(self) -> int:
        return self.run.K

    def init(self, replicates: int, xp: Any) -> State:
        n, rule = self.run.n, self.rule
        return (xp.full((replicates, n), rule.total / n if rule.projected else 0.0),)

    def probabilities(self, state: State) -> Array:
        return self._capped(state)[0]

    def _capped(self, state: State) -> tuple[Array, Array | None]:
        """Return the law of the next draw and, if it caps, the examples that are capped."""
        xp, rule = array_namespace(state[0]), self.rule
        if rule.projected:
            return in_proportion(state[0], rule.total), None
        if rule.distinct:
            return capped_probabilities(state[0], self.run.K, rule.mixing)
        w = xp.exp(state[0] - xp.max(state[0], axis=-1, keepdims=True))
        return (1 - rule.mixing) * w / xp.sum(w, axis=-1, keepdims=True) + rule.mixing / self.run.n, None

    def draw(self, state: State, u: Array) -> Draw:
        p, capped = self._capped(state)
        J = depround_rows(p, self.run.K, u) if self.rule.distinct else draw_with_replacement(p, u)
        weight, over = Quotient.parts(self.rule.weight)
        p = take(p, J)
        return Draw(J, weight / (over * p), p, None if capped is None else take(capped, J))

    def observe(self, state: State, draw: Draw, norms: Array) -> State:
        xp, rule = array_namespace(norms), self.rule
        (rate, K), (scale, L) = Quotient.parts(rule.rate), Quotient.parts(rule.scale)
        change = -rate * (rule.top - (scale * norms / (L * draw.p)) ** 2) / (K * draw.p)
        if draw.frozen is not None:
            change = xp.where(draw.frozen, xp.zeros_like(change), change)
        log_w = scatter_add(xp.log(state[0]) if rule.projected else state[0], draw.J, change)
        if rule.projected:
            return (kl_projection(log_w, rule.total, rule.floor, 1.0 if rule.distinct else math.inf),)
        return (log_w - xp.max(log_w, axis=-1, keepdims=True),)
