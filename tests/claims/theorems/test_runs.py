"""Claims that a run refutes for every horizon: the same run in floating point, and twins of it that refute nothing."""

from contextlib import nullcontext

import numpy as np
import pytest

from regretlab.claims import Ledger, real
from regretlab.claims.ledger.loading import shipped
from regretlab.claims.paper import denial, inequality, theorem
from regretlab.claims.provers import PROOF_SECONDS, SECONDS
from regretlab.methods import AdamX, AMSGrad, Moments, step

HORIZON, LOOKED_AT = 4000, (100, 1000, 4000)
x = real("x")


def rarer():
    """Return signs that change where Z_t = g_t (g_1 + ... + g_t) reaches sqrt(t)."""
    g, Z, found = 1.0, 1.0, []
    for t in range(1, HORIZON + 1):
        found.append(g)
        turns = t**0.5 <= Z
        g, Z = (-g, 1 - Z) if turns else (g, 1 + Z)
    return np.array(found)


class Harmonic(AdamX):
    """AdamX with beta_{1,t} = 1/(t + 1)."""

    def beta1_t(self, t):
        return 1 / (t + 1)


def regrets(method, slopes):
    """Return R(1), ..., R(T) of a method on [-1, 1] from 1, with losses of these slopes."""
    schedule = method.coefficients(np.arange(1.0, len(slopes) + 1))
    state, lost = Moments(*map(np.float64, (1, 0, 0, 0))), []
    for t, slope in enumerate(slopes):
        lost.append(slope * state.x)
        state = step(state, slope, schedule.at(t), lambda y, scale: np.clip(y, -1, 1), np)
    return np.cumsum(lost) + np.abs(np.cumsum(slopes))


RUNS = [
    (AMSGrad(alpha=4, beta1=0.5, beta2=0.75, lam=0.5), 6, 10),
    (AdamX(alpha=8, beta1=0.5, beta2=0.75, lam=0.5), 6, 18),
    (Harmonic(alpha=8, beta1=0.5, beta2=0.75, lam=0.5), 2, 26),
]


@pytest.mark.parametrize(("method", "constant", "root"), RUNS)
def test_average_regret_may_stay_negative(method, constant, root):
    found = regrets(method, rarer())
    for T in LOOKED_AT:
        assert found[T - 1] <= constant + root * T**0.5 - 0.75 * T
    assert found[-1] / HORIZON < -0.5
    same = regrets(method, np.ones(HORIZON))
    turning = regrets(method, (-1.0) ** np.arange(HORIZON))
    assert min(same[-1], turning[-1]) > constant + root * HORIZON**0.5 - 0.75 * HORIZON


def test_the_condition_with_the_last_step_size_is_violated_by_as_few_gradients_as_that_takes():
    claim = Ledger([shipped() / "reddi", shipped() / "ours", shipped() / "lemmas"]).claims["Reddi.Thm5"]
    within = claim.statement.holds
    for N, K in ((15, 2), (35, 4)):  # the regret is N + 1, the bound (2 + K) sqrt(N)
        assert not within(N, K)
        assert within(N - 2, K) == (N - 1 <= (2 + K) * (N - 2) ** 0.5)


@pytest.mark.parametrize(("statement", "seconds"), [
    (denial(statement=theorem(show=x**2 >= 0)), PROOF_SECONDS),
    (denial(statement=inequality(show=x >= 0)), SECONDS),
])  # fmt: skip
def test_a_theorem_below_another_statement_has_the_time_of_a_theorem(monkeypatch, statement, seconds):
    from regretlab.claims import provers

    given = []
    monkeypatch.setattr(provers, "limited", lambda seconds: given.append(seconds) or nullcontext())
    assert provers.accepted(statement) is not None
    assert given[0] == seconds
