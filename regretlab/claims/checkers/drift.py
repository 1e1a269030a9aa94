r"""Certificates of linear regret on a periodic linear loss: the drift of Adam's iterate over one period.

**Lemma.** Let the slopes :math:`c_t` have period m, let :math:`0 \le \beta_1 < 1` and :math:`0 < \beta_2 < 1`, and let
Adam with :math:`\epsilon = 0` and :math:`\alpha_t = \alpha/\sqrt t`, with or without bias correction, play the losses
:math:`c_t x` on [-1, 1] from any start. Let :math:`m^*, v^*` be the m-periodic solutions of

.. math:: m^*_t = \beta_1 m^*_{t-1} + (1-\beta_1) c_t, \qquad v^*_t = \beta_2 v^*_{t-1} + (1-\beta_2) c_t^2,

and S the sum of :math:`c_k`, D that of :math:`m^*_k/\sqrt{v^*_k}`, over one period. If S D < 0, then
:math:`R(T)/T \to 2|S|/m` for every :math:`\alpha > 0`.

*Proof.* The gradients do not depend on the iterates, so :math:`m_t - m^*_t` and :math:`v_t - v^*_t` solve the
recursions without their last term: they are :math:`O(\beta^t)` with :math:`\beta = \max(\beta_1, \beta_2) < 1`, and
bias correction changes this by factors :math:`1 + O(\beta^t)`. As S is not 0, some :math:`c_k` is not 0, so all
:math:`v^*_t` are above a positive number and the unprojected steps are
:math:`u_t = -\alpha t^{-1/2}(m^*_t/\sqrt{v^*_t} + O(\beta^t))`. Hence (i) :math:`|u_t| \le A t^{-1/2}` for some A, and
(ii) since :math:`t^{-1/2}` changes by :math:`O(t^{-3/2})` in a period, the :math:`u_t` of a period that begins at t sum
to :math:`-\alpha t^{-1/2} (D + O(1/t))`.

Let D < 0 (D > 0 is its mirror image): for late t, the sum of a period is at least :math:`a t^{-1/2}` with a > 0.
Clipping at -1 only raises the iterate, so in a period without a clip at +1 the iterate gains at least
:math:`a t^{-1/2}`. The sum of these gains is infinite, so clips at +1 happen again and again. In a period with one
the iterate ends above :math:`1 - A m t^{-1/2}` by (i); in the periods until the next clip it gains. So the iterate
at the ends of periods tends to 1, and by (i) :math:`x_t \to 1`. Then the average of :math:`c_t x_t` tends to S/m, while
the best fixed point earns |S|/m per round on average; as S > 0, the limit is 2S/m. ∎
"""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from typing import Any

from regretlab.claims.arithmetic.intervals import OPS, Interval
from regretlab.claims.language.verdict import Outcome, Rejected, fields, rational
from regretlab.claims.statements import NoRegret
from regretlab.methods import Coefficients, Moments, step


def check(statement: NoRegret, body: Any) -> Outcome:
    """Check ``{"pattern", "beta2"}``: an m-periodic loss and one of the statement's beta2 for which S D < 0."""
    written, chosen = fields(body, "pattern", "beta2")
    beta2 = rational(chosen)
    if beta2 not in statement.beta2:
        raise Rejected(f"the statement does not speak of beta2 = {beta2}")
    if not isinstance(written, list) or len(written) != statement.m:
        raise Rejected(f"expected the slopes of one period of {statement.m} rounds")
    pattern = [rational(c) for c in written]
    total, drift = sum(pattern, Fraction(0)), period(pattern, statement.beta1, beta2)
    if not total * drift < 0:
        raise Rejected(f"S D = {total} * {drift.text()} is not negative")
    words = f"losses ({says(written)}) x repeated, beta2 = {beta2}: S = {total}, D = {drift.text()}"
    return Outcome("refuted", "balls", f"{words}; R(T)/T tends to {2 * abs(total) / statement.m} for every alpha")


def says(pattern: list[str]) -> str:
    """Write the slopes in words; a long run of equal slopes is counted."""
    runs = [(slope, len(list(equal))) for slope, equal in groupby(pattern)]
    return ", ".join(f"{slope} ({count} times)" if count > 4 else ", ".join([slope] * count) for slope, count in runs)


def period(pattern: list[Fraction], beta1: Fraction, beta2: Fraction) -> Interval:
    """Compute D: how far the step moves down in one period from the periodic moments, with step size 1."""
    first = before(pattern, beta1), before([c * c for c in pattern], beta2)
    state = Moments(Interval(0), *first, Interval(0))
    k = Coefficients(beta1, 1 - beta1, beta2, 1 - beta2, rho=0, wd=0, eta=1, kap=0, c=1, p=0.5, eps=0)
    for slope in pattern:
        state = step(state, slope, k, lambda x, _: x, OPS)
    if (state.m, state.v) != first:
        raise Rejected("the moments are not periodic")
    down: Interval = -state.x
    return down


def before(inputs: list[Fraction], beta: Fraction) -> Fraction:
    """Solve ``s_t = beta s_{t-1} + (1 - beta) inputs_t`` periodically, exactly, for s just before a period begins."""
    weighted = sum((beta ** (len(inputs) - 1 - k) * value for k, value in enumerate(inputs)), Fraction(0))
    return (1 - beta) * weighted / (1 - beta ** len(inputs))
