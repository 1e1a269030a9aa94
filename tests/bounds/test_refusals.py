"""A bound reads what it is given or says that it does not; what no float can hold is said, not taken for 0."""

import math
import warnings
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

import regretlab as rl
from regretlab import bounds
from regretlab.bounds import TYPICAL, Bound
from regretlab.bounds import symbols as s

STEP = {"D2": 1.0, "G2": 1.0, "alpha": 1.0}
AT = {"T": 4.0, **STEP}
WIDER = np.finfo(np.longdouble).max > np.finfo(float).max

IGNORED = {
    "a tied gamma": (
        lambda: bounds.adamcb.lemma2.evaluate({"L": 1, "n": 9, "K": 2, "T": 10, "gamma": 0.1}),
        "ties gamma = .*leave gamma out",
    ),
    "what the bound does not have": (
        lambda: bounds.sgd.zinkevich.evaluate({**AT, "gamma": 0.1}),
        "gamma=0.1 would be ignored: the bound sgd.zinkevich reads D2, G2, T, alpha here; leave gamma out",
    ),
    "the same a priori": (lambda: bounds.sgd.zinkevich.at_T(4, {**STEP, "beta2": 0.5}), "beta2=0.5 would be ignored"),
    "in an order": (lambda: bounds.sgd.zinkevich.order({"beta2": 0.5}), "beta2=0.5 would be ignored"),
    "in a horizon": (lambda: bounds.sgd.zinkevich.vacuous_from({**STEP, "d": 3}, 1), "d=3 would be ignored"),
    "in a minimum": (
        lambda: bounds.sgd.zinkevich.minimise("alpha", {"T": 4, "D2": 1, "G2": 1, "lam": 0.5}),
        "lam=0.5 would be ignored",
    ),
    "T twice": (lambda: bounds.sgd.zinkevich.at_T(4, AT), "T is given twice, as 4 and as 4.0"),
    "a T where T varies": (lambda: bounds.sgd.zinkevich.vacuous_from(AT, 1), "T=4.0 would be ignored"),
    "a T in an order": (lambda: bounds.sgd.zinkevich.order(AT), "T=4.0 would be ignored"),
    "what is minimised over": (
        lambda: bounds.sgd.zinkevich.minimise("alpha", AT),
        "alpha=1.0 is given to a bound that is minimised over alpha",
    ),
    "two spellings of one constant": (
        lambda: bounds.adambs.lemma1.at_T(4, {"L": 1, "n": 9, "p_min": 0.1, "gamma": 0.5}),
        "gamma=0.5 would be ignored",
    ),
    "a constant whose statistic is given": (
        lambda: bounds.adagrad.duchi.at_T(4, {"D": 1, "alpha": 1, "S_g": 3, "G": 2, "d": 2}),
        "G=2 would be ignored",
    ),
    "a statistic that is at its worst": (lambda: bounds.adagrad.duchi.order({"S_g": 3}), "S_g=3 would be ignored"),
    "a name that nobody knows": (lambda: bounds.sgd.zinkevich.evaluate({**AT, "D_2": 1}), "unknown constant 'D_2'"),
    "a symbol for its name": (lambda: bounds.sgd.zinkevich.evaluate({**AT, s.T: 4}), "unknown constant"),
}  # fmt: skip


@pytest.mark.parametrize("kind", IGNORED)
def test_a_constant_that_would_be_ignored_is_refused(kind):
    ask, words = IGNORED[kind]
    with pytest.raises(rl.InputError, match=words):
        ask()


def test_the_twins_without_them_are_answered():
    assert float(sum(bounds.sgd.zinkevich.evaluate(AT).values())) == 2.5 == float(bounds.sgd.zinkevich.at_T(4, STEP))
    assert bounds.adamcb.lemma2.evaluate({"L": 1, "n": 9, "K": 2, "T": 10})
    assert bounds.adambs.lemma1.at_T(4, {"L": 1, "n": 9, "p_min": 0.1}) > 0
    assert bounds.adambs.lemma1.at_T(4, {"L": 1, "n": 9, "gamma": 0.5}) > 0
    assert bounds.adagrad.duchi.at_T(4, {"D": 1, "alpha": 1, "G": 2, "d": 2}) > bounds.adagrad.duchi.at_T(
        4, {"D": 1, "alpha": 1, "S_g": 3}
    )


@pytest.mark.parametrize("bound", Bound.known.values(), ids=lambda bound: bound.id)
def test_the_table_of_typical_constants_may_be_given_whole_and_a_changed_one_counts(bound):
    table = {name: value for name, value in TYPICAL.items() if name not in map(str, bound.ties)}
    base = float(bound.at_T(100, table))
    for name in table:
        changed = {**table, name: table[name] * 0.99 if name not in ("n", "K", "d") else table[name] + 1}
        if name in ("eps", "b0"):
            changed[name] = 0.5
        if name not in bound.constants | {"K", "lam", "beta1", "beta2", "n", "p", "exp_concave"}:  # only compared
            with pytest.raises(rl.InputError, match=f"{name}=.* would be ignored"):
                bound.at_T(100, changed)
        elif name in bound.constants - {"lam", "n", "K"}:  # a decay may be that of a sum, an n may cancel
            assert float(bound.at_T(100, changed)) != base, "a constant that is read makes a difference"


WRONG = [
    "4", b"4", None, True, 1j, [], [1, "2"], {"a": 1}, math.nan, -math.inf, math.inf, -1.0, 10**400, [[1], [1, 2]],
    np.array([1 + 0j]), np.ma.masked_array([1.0, 2.0], [False, True]), np.datetime64("2020-01-01"), sp.Symbol("x"),
    "1e999999999", object(), np.array([None]), [True], lambda: 1, "nan", {1.0},
]  # fmt: skip


@pytest.mark.parametrize("value", WRONG, ids=lambda value: f"{type(value).__name__}-{value!r:.20}")
@pytest.mark.parametrize("name", ["T", "alpha"])
def test_what_is_no_number_in_range_is_one_sentence(name, value):
    asked = [lambda: bounds.sgd.zinkevich.evaluate({**AT, name: value})]
    if name == "T":
        asked.append(lambda: bounds.sgd.zinkevich.at_T(value, STEP))
        asked.append(lambda: bounds.sgd.zinkevich.minimise("alpha", {"T": value, "D2": 1, "G2": 1}))
    else:
        asked.append(lambda: bounds.sgd.zinkevich.at_T(4, {**STEP, name: value}))
        asked.append(lambda: bounds.sgd.zinkevich.vacuous_from({**STEP, name: value}, 1))
        asked.append(lambda: bounds.sgd.zinkevich.order({name: value}))
    for ask in asked:
        if isinstance(value, list) and value == []:
            continue  # no horizons, no numbers
        with pytest.raises(rl.InputError) as said:
            ask()
        assert len(str(said.value)) < 400


def test_numbers_of_other_kinds_are_numbers():
    for four in (4, np.float32(4), np.int8(4), Fraction(4), Decimal(4), sp.Integer(4), np.array(4)):
        assert float(bounds.sgd.zinkevich.at_T(four, STEP)) == 2.5


@pytest.mark.parametrize("given", [5, None, "T=4", [("T", 4)], {4}])
def test_constants_are_given_by_name(given):
    b = bounds.sgd.zinkevich
    for ask in (b.evaluate, lambda g: b.at_T(1, g), lambda g: b.minimise("alpha", g), lambda g: b.vacuous_from(g, 1)):
        with pytest.raises(rl.InputError, match="are not a table of names and numbers"):
            ask(given)


def test_arrays_that_do_not_fit_together_are_one_sentence():
    with pytest.raises(rl.InputError, match=r"alpha of shape \(2,\), T of shape \(3,\) do not broadcast together"):
        bounds.sgd.zinkevich.at_T([1, 2, 3], {**STEP, "alpha": [1, 2]})
    assert bounds.sgd.zinkevich.at_T([[1], [2], [3]], {**STEP, "alpha": [1, 2]}).shape == (3, 2)


@pytest.mark.skipif(not WIDER, reason="no numbers wider than floats here")
@pytest.mark.parametrize("scale", [1e-200, 1e-100, 1.0, 1e100, 1e200])
def test_what_a_float_holds_is_right_though_a_square_on_the_way_is_not(scale):
    """Losses times s, steps over s: every term is times s."""
    found = bounds.sgd.zinkevich.evaluate({"T": 4.0, "D2": 1.0, "G2": scale, "alpha": 1 / scale})
    assert [float(term) / scale for term in found.values()] == pytest.approx([1.0, 1.5], rel=1e-12)


def test_what_no_float_holds_is_said():
    tiny = {"T": 4.0, "D2": 1e-170, "G2": 1.0, "alpha": 1.0}
    with pytest.raises(rl.InputError, match=r"the diameter term of sgd\.zinkevich is below the smallest"):
        bounds.sgd.zinkevich.evaluate(tiny)
    with pytest.raises(rl.InputError, match=r"the gradients term of sgd\.zinkevich is above the largest"):
        bounds.sgd.zinkevich.at_T(4, {"D2": 1, "G2": 1e170, "alpha": 1})
    assert bounds.sgd.zinkevich.on_run(tiny)["diameter"] == 0
    assert "below the smallest" in bounds.sgd.zinkevich.lost(tiny)
    assert bounds.sgd.zinkevich.lost(AT) == ""


def test_a_term_that_is_0_or_infinite_in_truth_is_not_lost():
    still = {"T": 4.0, "D": 1, "alpha": 1, "beta1": 0.0, "beta2": 0.5, "G": 1, "S_v": 1, "S_g": 1, "lam": 0.5}
    assert bounds.amsgrad.printed.lost(still) == ""
    assert bounds.amsgrad.printed.evaluate(still)["momentum"] == 0
    assert bounds.adamcb.split.at_T(5, {**TYPICAL, "gamma": 1}) == math.inf


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e-140, 1e-100, 1.0, 1e100, 1e140])
def test_a_bound_lost_to_underflow_is_never_violated(scale):
    """Losses times s: the verdict is the same where squares are floats, and else says that they are not."""
    problem = rl.problems.Reddi(C=8 * scale, c=scale)
    verdicts = {}
    for text, bound in (
        (f"sgd(alpha={1 / 8 / scale})", "sgd.zinkevich"),
        ("amsgrad(alpha=7/20, beta1=0, beta2=1/65)", "amsgrad.schedule_free"),
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rl.UnderflowWarning)
            found = rl.simulate(problem, text, horizon=60).bound(bound)
        verdicts[bound] = found.verdict
        if found.verdict.startswith("not applicable"):
            (check,) = [check for check in found.checks if not check.passed]
            assert (check.id, "squares underflow" in check.measured) == ("float_range", True)
    squares = "not applicable because float_range fails" if scale < 1e-145 else "holds"
    assert verdicts == {"sgd.zinkevich": "holds", "amsgrad.schedule_free": squares}


def test_a_violation_is_seen_at_every_scale_at_which_squares_are_floats():
    """The twin: Adam keeps violating its bound; the theorem is about D = 2, so that alpha and lam stay as they are."""
    terms = {name: term / 50 for name, term in bounds.amsgrad.schedule_free.terms.items()}
    replace(bounds.amsgrad.schedule_free, id="test.fiftieth", terms=terms)
    try:
        for scale in (1e-140, 1.0, 1e140):
            run = rl.simulate(
                rl.problems.Reddi(C=8 * scale, c=scale), "amsgrad(alpha=7/20, beta1=0, beta2=1/65)", horizon=60
            )
            assert run.bound("test.fiftieth").verdict == "violated"
    finally:
        del Bound.known["test.fiftieth"]
