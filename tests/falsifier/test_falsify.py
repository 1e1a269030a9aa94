"""The falsifier: what is false is found, shrunk and certified; what is true is not; broken controls are noticed."""

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

import regretlab as rl
from regretlab import falsifier, plots
from regretlab.bounds import Bound
from regretlab.claims import Ledger, checkers
from regretlab.claims.statements import Kink, NoRegret, RegretBound, kink
from regretlab.errors import InputError
from regretlab.falsifier import _controls, _definitions, _search, _shrink
from regretlab.falsifier._instance import Instance
from regretlab.falsifier._questions import conjecture

REDDI = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"
#: More candidates than any of the searches below needs, and enough to look at every family with a true bound.
FEW = 12_000
MINE = """
from dataclasses import dataclass, replace
import regretlab as rl

@dataclass(frozen=True)
class NoRatchet(rl.methods.AMSGrad):
    def coefficients(self, t):
        return super().coefficients(t)._replace(rho=0 * t)

about = rl.bounds.amsgrad.schedule_free
replace(about, id="mine.ratchet", methods=("noratchet",))
replace(about, id="mine.halved", terms={name: term / 2 for name, term in about.terms.items()})
"""


@pytest.fixture(name="mine")
def _mine(tmp_path):
    """A user's file: AMSGrad without its ratchet held to AMSGrad's bound, and half of that bound."""
    file = tmp_path / "mine.py"
    file.write_text(MINE)
    yield file
    for name in ("mine.ratchet", "mine.halved"):
        Bound.known.pop(name, None)
    rl.methods.Method.known.pop("noratchet", None)


@pytest.fixture(scope="module", name="linear")
def _linear():
    return rl.falsify("adam", candidates=FEW)


@pytest.fixture(scope="module", name="violation")
def _violation():
    return rl.falsify("adam", "adam.printed", candidates=FEW, seed=1)


def test_adams_linear_regret_is_found_from_scratch(linear):
    statement, outcome = linear.proof.statement, linear.proof.outcome
    assert isinstance(statement, NoRegret)
    assert (outcome.verdict, outcome.level) == ("refuted", "balls")
    assert checkers.check(statement, linear.proof.form, linear.proof.body) == outcome
    # Reddi's own: three slopes, one of which outweighs the two against it.
    assert sorted(map(abs, linear.proof.instance.losses)) == [1, 1, 3]
    assert linear.candidates < 1000


@pytest.mark.slow
def test_adams_defaults_fail_at_the_smallest_period_that_enumeration_knows():
    found = rl.falsify("adam(beta1=9/10, beta2=999/1000)", candidates=FEW)
    assert found.proof.instance.losses == (74, *[-1] * 73)
    assert found.proof.instance.parameters == (("alpha", 1),)


def test_kingma_and_bas_bound_is_violated(violation):
    statement = violation.proof.statement
    assert isinstance(statement, RegretBound)
    assert (violation.proof.form, violation.proof.body) == ("replay", {"t": statement.horizon})
    assert violation.proof.outcome.verdict == "refuted"
    with pytest.raises(checkers.Rejected):
        checkers.check(replace(statement, horizon=statement.horizon - 1), "replay", {"t": statement.horizon - 1})
    assert max(abs(c) for c in statement.losses) >= 1, "tiny losses would only show that the units do not balance"
    assert all(x.denominator <= 1000 for x in violation.proof.instance.numbers)


def test_the_main_job_sees_the_same_violation(violation):
    statement = violation.proof.statement
    problem = rl.problems.Linear([[float(c)] for c in statement.losses])
    problem.__dict__["start"] = np.array([float(statement.start)])
    t = statement.horizon
    result = rl.simulate(problem, statement.algorithm, horizon=t, checkpoints=[t], engine="array")
    comparison = result.bound("adam.printed")
    assert (comparison.verdict, comparison.first_violation) == ("violated", t)
    assert float(violation.record.regret[0, t - 1]) == pytest.approx(float(comparison.regret[0, -1]), rel=1e-12)
    assert float(violation.record.bound[0, t - 1]) == pytest.approx(comparison.value, rel=1e-12)


@pytest.mark.parametrize(
    ("algorithm", "bound"),
    [("amsgrad", "amsgrad.schedule_free"), ("amsgrad", "amsgrad.printed"), ("adamx", "adamx.printed"),
     ("sgd", "sgd.zinkevich")],
)  # fmt: skip
def test_true_bounds_are_not_falsified(algorithm, bound):
    found = rl.falsify(algorithm, bound, candidates=FEW // 4)
    assert not found.certified
    assert not found.discarded
    assert found.candidates >= FEW // 4
    assert 0 < found.score <= 1 + 1e-9, "a true bound may be attained, not exceeded"
    with pytest.raises(InputError, match="nothing was found"):
        _ = found.record


def test_without_a_bound_only_adam_is_certified():
    found = rl.falsify("amsgrad(beta1=0)", candidates=200)
    assert not found.certified
    assert "only Adam's failure has a certificate" in found.text()


def test_a_users_method_without_the_ratchet_is_found(mine):
    found = rl.falsify("noratchet", "mine.ratchet", file=mine, candidates=FEW)
    assert found.proof.statement.algorithm.startswith("noratchet(")


def test_half_of_a_true_bound_is_found(mine):
    _definitions.define(mine)
    assert rl.falsify("amsgrad", "mine.halved", candidates=FEW, seed=1).certified


def test_the_claim_file_is_accepted_by_the_ledger(linear, violation, tmp_path):
    for found in (linear, violation):
        found.write(tmp_path)
        (entry,) = Ledger([tmp_path / "claim.py"]).verify(jobs=1)
        assert (entry.verdict, entry.as_pinned, entry.how) == ("refuted", True, "re-checked")


def test_a_users_definitions_travel_with_the_claim(mine, tmp_path):
    out = tmp_path / "out"
    rl.falsify("amsgrad", "mine.halved", file=mine, candidates=FEW, seed=1).write(out)
    mine.unlink()
    Bound.known.pop("mine.halved")
    (entry,) = Ledger([out / "claim.py"]).verify(jobs=1)
    assert entry.as_pinned


def test_a_tampered_instance_is_rejected(violation, tmp_path):
    violation.write(tmp_path)
    path = tmp_path / "certs" / "falsified.instance.json"
    content = json.loads(path.read_text())
    content["body"]["t"] -= 1
    path.write_text(json.dumps(content))
    (entry,) = Ledger([tmp_path / "claim.py"]).verify(jobs=1)
    assert entry.verdict == "unknown"
    assert "edited" in entry.how


def test_the_same_seed_and_count_give_the_same_instance(linear):
    again = rl.falsify("adam", candidates=FEW)
    assert again.proof == linear.proof
    assert again.candidates == linear.candidates


def test_an_instance_on_which_a_control_fails_is_discarded(monkeypatch):
    small = {name: term / 9 for name, term in rl.bounds.sgd.zinkevich.terms.items()}
    wrong = replace(rl.bounds.sgd.zinkevich, id="sgd.ninth", terms=small)
    del Bound.known["sgd.ninth"]
    monkeypatch.setattr(_controls, "ZINKEVICH", wrong)
    found = rl.falsify("adam(beta1=0)", candidates=300)
    assert not found.certified
    assert "SGD exceeds sgd.ninth" in found.text()
    assert "broken" in found.discarded[0]


def test_interruption_keeps_what_was_found(monkeypatch):
    def interrupted(conjecture, instance, rounds):
        yield instance
        raise KeyboardInterrupt

    monkeypatch.setattr(falsifier, "shrink", interrupted)
    found = rl.falsify("adam(beta1=0)", candidates=FEW)
    assert found.interrupted
    assert found.certified

    def never(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(falsifier, "rounded", never)
    found = rl.falsify("adam(beta1=0)", candidates=FEW)
    assert found.interrupted
    assert not found.certified


def test_the_first_violation_is_looked_for_at_every_step():
    assert falsifier.first_violation([8, -1, -1], REDDI, "adam.printed", 60) == 42
    assert falsifier.first_violation([8, -1, -1], REDDI, "adam.printed", 41) is None
    assert (
        falsifier.first_violation(["1", "-1/20", "-1/20"], REDDI.replace("7/20", "1"), "adam.printed", 40) is not None
    )
    with pytest.raises(InputError, match="does not speak"):
        falsifier.first_violation([8, -1, -1], REDDI, "amsgrad.printed", 60)


def test_shrinking_ends_with_what_cannot_be_made_simpler():
    asked = conjecture("adam", "adam.printed")
    numbers = {"alpha": Fraction(7, 20), "beta1": Fraction(0), "beta2": Fraction(1, 65), "lam": Fraction(1, 1000)}
    known = Instance((Fraction(8), Fraction(-1), Fraction(-1)), Fraction(1), tuple(numbers.items()))
    assert asked.refuted([known], 64).tolist() == [42]
    *_, smallest = _shrink.shrink(asked, known, 64)
    assert smallest.size < known.size
    assert asked.refuted([smallest], 64)[0] > 0
    assert not asked.failed_controls([smallest], 64).any()


def test_slopes_around_the_turning_point_are_searched():
    family = _search.Family(8, "spiked", 240)
    asked = conjecture("adam", None)
    low, high = (_search._decoded(asked, family, np.array([u, 0, 0, 0, 0.5, 0.5])).losses for u in (-1.0, 1.0))
    assert sum(low) < 0 < sum(high), "the best point changes sides between them"


def test_one_loss_with_a_kink_violates_kingma_and_bas_bound(tmp_path):
    # Found by the falsifier: before the kink nothing happens any more, and the second moment forgets what was.
    hinge, adam = ["0", "1", "-2/3"], "adam(alpha=1/8, beta1=0, beta2=1/3, lam=1/3, eps=0)"
    assert falsifier.first_violation([hinge], adam, "adam.printed", 62) == 62
    assert falsifier.first_violation([hinge], adam.replace("adam", "amsgrad"), "amsgrad.schedule_free", 62) is None
    lines = [
        "from regretlab.claims import Paper",
        "P = Paper('mine', 'mine')",
        "P.regret_bound('hinge', 'R', at='here',",
    ]
    lines += [f"losses=[{hinge}], algorithm='{adam}', bound='adam.printed', horizon=62, expect='refuted')"]
    (tmp_path / "claim.py").write_text("\n".join(lines))
    (entry,) = Ledger([tmp_path / "claim.py"]).verify(search=True, jobs=1)
    assert entry.as_pinned


def test_losses_with_a_kink_are_searched_and_shrunk():
    asked = conjecture("adam", "adam.printed")
    family = _search.Family(2, "kinked", 64)
    (first, second) = _search._decoded(
        asked, family, np.array([0.5, 1, -1, 0.25, 0, -0.5, 1, 0, 0, 0.1, 0.5, 0.5])
    ).losses
    assert (first, second) == (Kink(-10, 5, 0), Kink(2.5, 10, -0.5))
    numbers = {"alpha": Fraction(1, 8), "beta1": Fraction(0), "beta2": Fraction(1, 3), "lam": Fraction(1, 3)}
    rough = Instance((Kink(Fraction(1, 50), Fraction(1), Fraction(-66, 100)),), Fraction(1), tuple(numbers.items()))
    assert asked.refuted([rough], 64)[0] > 0
    *_, smallest = _shrink.shrink(asked, rough, 64)
    assert smallest.size < rough.size
    assert all(kink(loss).left <= kink(loss).right for loss in smallest.losses)
    assert asked.certificate(smallest, 64)[2]["t"] == asked.refuted([smallest], 64)[0]


def test_the_figure_shows_its_data(linear, violation):
    for found, role in ((linear, "limit"), (violation, "bound")):
        data = plots.instance_data(found.record)
        assert set(data.panel) == {"loss", "iterate", "regret"}
        assert role in set(data.role)
        loss, iterate, regret = plots.instance(found.record)
        own = data[(data.panel == "regret") & (data.algorithm == "Adam")]
        drawn = own[own.role != role].value.to_numpy()
        np.testing.assert_array_equal(regret.lines[0].get_ydata(), drawn)
        assert iterate.get_ylabel() == "iterate $x_t$"
        assert len(loss.collections[0].get_segments()) <= 100
    record = violation.record
    (cross,) = (line for line in plots.instance(record)[2].lines if line.get_gid() == "violation")
    t = record.attrs["violated"]
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (t, float(record.regret[0, t - 1]))


def test_the_command_line_says_what_was_found(call, tmp_path):
    status, out, _ = call("falsify", "--algorithm", "adam(beta1=0)", "--candidates", 2000, "--out", "found")
    assert status == 1
    assert "refuted" in out
    assert {p.name for p in (tmp_path / "found").iterdir()} == {"claim.py", "certs", "instance.svg", "instance.csv"}
    assert set(pd.read_csv(tmp_path / "found" / "instance.csv").panel) == {"loss", "iterate", "regret"}
    status, out, _ = call(
        "falsify", "--algorithm", "sgd", "--bound", "sgd.zinkevich", "--candidates", 100, "--out", "found"
    )
    assert status == 0
    assert "nothing found" in out
    assert not (tmp_path / "found" / "claim.py").exists(), "an older claim would look like this search's"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--algorithm", "adamm"], "did you mean 'adam'?"),
        (["--bound", "adam.misprinted"], "unknown bound"),
        (["--bound", "amsgrad.printed"], "does not speak of adam"),
        (["--algorithm", "adam(lam=1)", "--bound", "adam.printed"], "lam < 1"),
        (["--algorithm", "adam(schedule='constant')", "--bound", "adam.printed"], "alpha_t"),
        (["--algorithm", "amsgrad+uniform"], "brings a sampler"),
        (["--algorithm", "adambs"], "name its method alone, 'adam'"),
        (["--algorithm", "adambs(p_min=0.1)"], "leave it out"),
        (["--budget", "0"], "budget=0"),
        (["--candidates", "many"], "candidates='many'"),
        (["--seed", "-1"], "seed=-1"),
        (["--file", "none.py"], "not a Python file"),
    ],
)
def test_bad_input_is_one_sentence(call, arguments, says):
    status, out, err = call("falsify", *arguments)
    assert (status, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import sys; sys.exit(0)", "ends with SystemExit"),
        ("import os; os._exit(0)", "ends the process that reads it"),
        ("raise KeyboardInterrupt", "ends with KeyboardInterrupt"),
        ("raise BaseException('x')", "ends with BaseException"),
        ("raise StopIteration", "line 1: StopIteration"),
        ("while True: pass", "has not ended after 0.5 seconds"),
        ("x = '", "line 1: SyntaxError"),
    ],
)
def test_a_file_that_does_not_come_to_its_end_is_one_sentence(call, tmp_path, monkeypatch, text, says):
    monkeypatch.setattr(_definitions, "PATIENCE", 0.5 if "while" in text else 60)
    (tmp_path / "f.py").write_text(text)
    status, out, err = call("falsify", "--file", "f.py", "--candidates", 1, "--out", "o")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert says in err
    (tmp_path / "f.py").write_text("x = 1")
    assert call("falsify", "--algorithm", "sgd", "--file", "f.py", "--candidates", 1, "--out", "o")[0] == 0, "the twin"


def test_a_broken_file_is_one_sentence(call, tmp_path):
    (tmp_path / "broken.py").write_text("x = 1\ny = undefined\n")
    status, _, err = call("falsify", "--file", "broken.py")
    assert status == 2
    assert "broken.py line 2: NameError" in err
