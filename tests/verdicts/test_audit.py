"""The audit of every bound about a run: what was measured, what is needed, and the verdict's words."""

from dataclasses import dataclass

import numpy as np
import pytest

import regretlab as rl
from regretlab.bounds import Bound
from regretlab.cli import catalogue
from regretlab.methods import AMSGrad
from regretlab.methods import Method as Known
from regretlab.verdicts import audit

COMMON = "alpha=0.3, beta1=0.5, beta2=0.9, lam=0.9"


def test_every_bound_about_the_pair_is_audited():
    result = rl.simulate(rl.problems.Reddi(C=3), f"amsgrad({COMMON})", horizon=30)
    table = result.audit()
    about = {name for name, bound in Bound.known.items() if bound.about("amsgrad", "cyclic")}
    assert set(table.bound) == about
    assert len(about) == 8
    assert table.passed.all()
    assert set(table.verdict) <= {"holds", "vacuous"}
    for name, rows in table.groupby("bound"):
        assert rows.id.tolist() == [a.id for a in Bound.known[name].hypotheses]
    shown = [c.bound.id for c in result.comparisons()]
    assert shown == ["amsgrad.printed", "amsgrad.schedule_free"], "the others are compared on request"


@pytest.mark.parametrize(
    ("algorithm", "bound", "failed"),
    [
        (f"amsgrad({COMMON}, eps=0.1)", "amsgrad.theorem4", ["eps_zero"]),
        (f"amsgrad({COMMON}, schedule='constant', eps=1)", "amsgrad.tran_phong", ["sqrt_step", "eps_zero"]),
        ("amsgrad(alpha=0.3, beta1=0.9, beta2=0.5, lam=0.9)", "amsgrad.derived", ["eta"]),
        ("amsgrad(alpha=0.3, beta2=0.9, lam=1)", "amsgrad.printed", ["decaying_beta1"]),
        (f"amsgrad({COMMON})+adambs", "adambs.theorem_d1", []),
        (f"adambs({COMMON}, eps=0)", "adambs.theorem4", ["one_neuron"]),
        (f"adambs({COMMON}, eps=0, alpha_p=1)", "adambs.theorem2", ["tied_sampler_step"]),
        (f"adamcb_ours({COMMON}, batch_size=3)", "adamcb.split", ["proper_batch"]),
        (f"adamcb({COMMON}, gamma=0.5, batch_size=2)", "adamcb.lemma1", []),
        (f"adamx({COMMON})", "adamx.decaying", []),
    ],
)
def test_what_fails_is_named(algorithm, bound, failed):
    result = rl.simulate(rl.problems.Reddi(C=3), algorithm, horizon=12, measure=["cumulative"])
    comparison = result.bound(bound)
    assert [c.id for c in comparison.checks if not c.passed] == failed
    assert comparison.verdict.startswith("not applicable because") == bool(failed)
    assert all(name in comparison.verdict for name in failed)
    assert comparison.audit().passed.tolist() == [c.passed for c in comparison.checks]


def test_a_rising_schedule_is_found_on_the_run():
    """A user's own method whose beta_{1,t} rises: no parameter says so, the coefficients do."""

    @dataclass(frozen=True)
    class Rising(AMSGrad):
        def coefficients(self, t):
            k = super().coefficients(t)
            rising = self.beta1 * (1 - 1 / t)
            return k._replace(mu=rising, nu=1 - rising)

    try:
        result = rl.simulate(rl.problems.Reddi(C=3), f"rising({COMMON})", horizon=12)
        record = result.of()
        assert (np.diff(record.beta1_t.values) > 0).all()
        check = rl.bounds.amsgrad.schedule_free.hypotheses[-1]
        assert not audit.check(check, result.description(), record).passed
    finally:
        del Known.known["rising"]


def test_pages_show_orders_and_horizons(monkeypatch):
    monkeypatch.setattr(catalogue, "_ledgers", list)  # which would check the claims
    page = catalogue.page("adambs.theorem4")
    assert "bandit (grows as T^1/4 n^1/4 d^1/2 K^-1/2, left out by the statement)" in page
    assert "The bandit term, left out, is below the optimal sampling term only from T = 10^20.8055 on." in page
    page = catalogue.page("adamx.ours")
    assert "The gradients term dominates from T = 10^1.19222e+06 on." in page
    assert "figures show adamx.printed" in page


def test_a_comparison_prints_as_its_verdict_numbers_and_assumptions():
    adam = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"
    text, other = (
        str(rl.simulate(rl.problems.Reddi(C=8), one, horizon=60).bound("adam.printed"))
        for one in (adam, adam.replace("eps", "schedule='constant', eps"))
    )
    assert "violated, first at T = 42 (looked at every T)" in text
    assert ("passed: beta1^2" in text, "FAILED" in text, "array" in text) == (True, False, False)
    assert "FAILED: alpha_t = alpha / sqrt(t); schedule = constant" in other
