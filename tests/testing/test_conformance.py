"""Programs against the algorithms of their papers: no false alarm, and the planted mistakes with their lines."""

import numpy as np
import pytest

import regretlab as rl
from regretlab.methods import Method
from regretlab.testing import Candidate, check_optimizer, variants
from regretlab.testing import _variants as table
from regretlab.testing._gradients import NAMES
from regretlab.testing._play import Play, path
from tests.helpers import optimisers
from tests.helpers.programs import ALPHA, BETA1, BETA2, LAM, adam, amsgrad, belief, momentum, nadam

ADAM, ADAMW = f"adam(alpha={ALPHA})", f"adamw(alpha={ALPHA}, weight_decay={LAM})"
AMSGRAD, NADAM = f"amsgrad(alpha={ALPHA}, eps=1e-8)", f"nadam(alpha={ALPHA})"
BELIEF, HEAVY = f"adabelief(alpha={ALPHA}, eps=1e-8)", f"momentum(alpha={ALPHA})"
DECOUPLED = {"decay": lambda x: (1 - ALPHA * LAM) * x}


def left(t):
    return 1 - BETA2**t


def falling(t):
    return ALPHA / t**0.5


TRUE = {
    "adam": (adam(), ADAM),
    "adam, other order": (adam(numerator=lambda m, g, t: m * (1 / (1 - np.exp(t * np.log(BETA1))))), ADAM),
    "adamw": (adam(**DECOUPLED), ADAMW),
    "adaml2": (adam(feed=lambda g, x: g + LAM * x), f"adaml2(alpha={ALPHA}, weight_decay={LAM})"),
    "amsgrad": (amsgrad(), AMSGRAD),
    "nadam": (nadam(), NADAM),
    "adabelief": (adam(second=belief), BELIEF),
    "momentum": (momentum(), HEAVY),
    "nesterov": (momentum(nesterov=True), f"nesterov(alpha={ALPHA})"),
    "momentum with a schedule": (momentum(rate=falling), f"momentum(alpha={ALPHA}, schedule='sqrt')"),
    "protocol of optax": (optimisers.adam(ALPHA), ADAM),
}

#: Mistakes that were made: the program, the paper's method, and the variants that explain it.
PLANTED = {
    # The public ones, by repository and issue.
    "google-deepmind/optax 1389": (amsgrad(correct="before"), AMSGRAD, ["bias correction before the maximum"]),
    "pytorch/pytorch 142323": (amsgrad(correct="after"), AMSGRAD, ["bias correction"]),
    "google-deepmind/optax 719": (nadam(extra=BETA2), NADAM, ["v_hat times beta2"]),
    "keras-team/keras 19051": (adam(feed=lambda g, x: g + LAM * x), ADAMW, ["weight decay in the gradient (L2)"]),
    "juntang-zhuang/Adabelief-Optimizer 57": (
        adam(second=lambda v, g, m, eps: BETA2 * v + (1 - BETA2) * g**2 + eps), ADAM, ["eps added to v in every step"],
    ),
    "google-deepmind/optax 1716": (
        adam(second=lambda v, g, m, eps: belief(v, g, (m - (1 - BETA1) * g) / BETA1, eps)), BELIEF,
        ["residual from m_{t-1}"],
    ),
    "google-deepmind/optax 292": (adam(decay=lambda x: (1 - LAM) * x), ADAMW,
                                  ["weight decay not scaled by the step size"]),
    "pytorch/pytorch 2060, tensorflow 35102": (
        adam(denominator=lambda v, t, eps: (np.sqrt(v) + eps) / np.sqrt(left(t))), ADAM,
        ["eps scaled by the correction"],
    ),
    "CyberZHG/keras-radam 29": (adam(denominator=lambda v, t, eps: np.sqrt(v / left(t) + eps)), ADAM,
                                ["eps inside the root"]),
    "BVLC/caffe 4224": (
        adam(numerator=lambda m, g, t: m, denominator=lambda v, t, eps: np.sqrt(v) + eps), ADAM, ["no bias correction"],
    ),
    "karpathy/convnetjs 70": (
        adam(numerator=lambda m, g, t: m * (1 - BETA1**t), denominator=lambda v, t, eps: np.sqrt(v * left(t)) + eps),
        ADAM, ["bias correction multiplied"],
    ),
    "FluxML/Flux.jl 1962": (
        adam(second=lambda v, g, m, eps: BETA2 * v + (1 - BETA2) * (g - m) ** 2,
             numerator=lambda m, g, t: m, denominator=lambda v, t, eps: np.sqrt(v) + eps),
        BELIEF, ["no bias correction", "eps at the root alone"],
    ),
    # Others of the same kinds.
    "t - 1": (adam(numerator=lambda m, g, t: m / (1 - BETA1 ** (t + 1)),
                   denominator=lambda v, t, eps: np.sqrt(v / left(t + 1)) + eps), ADAM, ["bias correction with t + 1"]),
    "one of the two": (adam(numerator=lambda m, g, t: m), ADAM, ["no bias correction of m"]),
    "late": (adam(late=True), ADAM, ["stale v"]),
    "up": (adam(numerator=lambda m, g, t: -m / (1 - BETA1**t)), ADAM, ["sign"]),
    "after": (adam(), ADAMW, ["no weight decay"]),
    "default": (adam(eps=1e-7), ADAM, ["eps = 1e-07"]),
    "two": (adam(feed=lambda g, x: g + LAM * x, denominator=lambda v, t, eps: np.sqrt(v / left(t) + eps)), ADAMW,
            ["eps inside the root", "weight decay in the gradient (L2)"]),
    "another method": (amsgrad(eps=0.0), f"adamx(alpha={ALPHA}, lam=0.9)", ["lam = 1"]),
    "adam for amsgrad": (adam(), AMSGRAD, ["it is adam"]),
    "single": (adam(denominator=lambda v, t, eps: np.sqrt(v / float(np.float32(left(t)))) + eps), ADAM,
               ["single precision"]),
    "dampened": (momentum(dampening=BETA1), HEAVY, ["dampening that spares the first step"]),
    "looks ahead": (momentum(nesterov=True), HEAVY, ["look-ahead (Nesterov)"]),
    "inside": (momentum(inside=True, rate=falling), f"momentum(alpha={ALPHA}, schedule='sqrt')",
               ["step size inside the momentum"]),
    "a step late": (momentum(rate=lambda t: falling(t + 1)), f"momentum(alpha={ALPHA}, schedule='sqrt')",
                    ["step size of t + 1"]),
    "another step size": (adam(), "adam(alpha=0.001)", ["alpha = 0.02"]),
}  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("program", "method"), TRUE.values(), ids=TRUE)
def test_there_is_no_false_alarm(program, method, dtype):
    report = check_optimizer(program, method, dtype=dtype)
    assert (report.verdict, report.differences, report.sequences) == ("same", (), NAMES)


@pytest.mark.parametrize(("program", "method", "names"), PLANTED.values(), ids=PLANTED)
def test_what_was_planted_is_found_with_its_line(program, method, names):
    report = check_optimizer(program, method, on_fail=None)
    assert report.verdict == "different"
    assert [variant.name for variant in report.explanation] == names
    with pytest.raises(AssertionError, match=r"is not .*\nFirst difference: step \d+ of the \w+"):
        report.raise_if_different()


@pytest.mark.parametrize("key", ["pytorch/pytorch 142323", "keras-team/keras 19051", "google-deepmind/optax 719"])
def test_what_was_planted_is_found_in_single_precision(key):
    program, method, names = PLANTED[key]
    report = check_optimizer(program, method, on_fail=None, dtype="float32")
    assert [variant.name for variant in report.explanation] == names


def test_the_text_names_step_coordinate_values_and_line():
    with pytest.raises(AssertionError) as failed:
        check_optimizer(amsgrad(correct="before"), AMSGRAD, name="mine")
    first, where, why = str(failed.value).split("\n")
    assert first.startswith("mine is not amsgrad(alpha=0.02, schedule='constant', eps=1e-08) of Reddi, Kale & Kumar")
    assert "step 1 of the" in where
    assert "coordinate" in where
    assert "where the paper has v_hat_t = max(v_hat_{t-1}, v_t) (Reddi, Kale & Kumar 2018, Alg. 2, line 4" in why


def test_what_is_allowed_is_no_failure_and_what_is_not_is_one():
    inside, _, _ = PLANTED["CyberZHG/keras-radam 29"]
    both, _, names = PLANTED["two"]
    assert check_optimizer(inside, ADAM, allow=["eps inside the root"]).verdict == "allowed"
    assert check_optimizer(both, ADAMW, allow=names).verdict == "allowed"
    assert check_optimizer(adam(), ADAM, allow=["eps inside the root"]).verdict == "same"
    with pytest.raises(AssertionError, match="and by weight decay in the gradient"):
        check_optimizer(both, ADAMW, allow=names[:1])


def test_an_allowance_leaves_two_mistakes_to_be_found():
    program = adam(numerator=lambda m, g, t: -m, denominator=lambda v, t, eps: np.sqrt(v / left(t) + eps))
    report = check_optimizer(program, ADAM, allow=["eps inside the root"], on_fail=None)
    assert {v.name for v in report.explanation} == {"eps inside the root", "no bias correction of m", "sign"}


def test_a_record_may_show_what_the_others_do_not():
    """A program that is Adam until its gradients exceed 1e200."""

    def step(x, g, state):
        return adam()(x, np.where(np.abs(g) > 1e120, 0, g), state)

    assert check_optimizer(step, ADAM).verdict == "same"
    record = np.ones((5, 2))
    assert check_optimizer(step, ADAM, gradients=[record, np.stack([record, -record])]).verdict == "same"
    record[3, 1] = 1e121
    report = check_optimizer(step, ADAM, gradients=record, start=[0.0, 1.0], on_fail=None)
    (difference,) = report.differences
    assert (difference.sequence, difference.step, difference.coordinate) == ("recorded 1", 4, 1)
    assert not report.explanation
    assert "No known change of a line explains it" in str(report)


@pytest.mark.parametrize("name", [name for name, cls in Method.known.library.items() if not cls.entropic])
def test_every_method_is_itself_and_its_variants_are_not(name):
    """No variant is lost on the sequences: each has a coordinate that it moves by more than round-off."""
    report = check_optimizer(name, name)
    assert report.verdict == "same"
    method = Candidate(name, name).paper()
    (batch,) = rl.testing._conformance.batches(Candidate(name, name))
    mine = path(Play.of(method, batch.g.shape[1]), batch)
    for variant in table.TABLE:
        play = variant.to(Play.of(method, batch.g.shape[1]))
        if play is not None:
            with np.errstate(all="ignore"):
                moved = np.abs(path(play, batch) - mine) > 1e-9 * np.abs(mine)
            assert (moved | ~np.isfinite(path(play, batch))).any(), variant.name


def test_names_of_variants_are_unique_and_the_table_can_be_read():
    names = [variant.name for variant in table.TABLE]
    assert len(set(names)) == len(names) > 50
    shown = variants("adamw")
    assert list(shown.columns) == ["variant", "instead", "line"]
    assert "Alg. 2, line 12" in shown[shown.variant == "weight decay after the step"].line.item()


def test_what_is_never_a_number_is_explained_by_no_line():
    report = check_optimizer(lambda x, g, state: (x * np.nan, state), "sgd(alpha=0.01)", on_fail=None)
    assert report.verdict == "different"
    assert not report.lines


def test_a_candidate_may_be_named_as_the_method_is():
    still = optimisers.SimpleNamespace(init=lambda params: (), update=lambda g, state, params: (-0.01 * g, state))
    report = check_optimizer(still, "sgd(alpha=0.01)", name="sgd")
    assert report.verdict == "same"


def test_how_a_failure_is_told_is_chosen():
    wrong = adam(numerator=lambda m, g, t: -m)
    with pytest.warns(UserWarning, match="is not adam"):
        check_optimizer(wrong, ADAM, on_fail="warn")
    assert check_optimizer(wrong, ADAM, on_fail=None).verdict == "different"
    with pytest.raises(rl.InputError, match="on_fail='no' is not one of"):
        check_optimizer(wrong, ADAM, on_fail="no")


@pytest.mark.parametrize(
    ("candidate", "method", "options", "words"),
    [
        (adam(), "adamm", {}, "unknown method 'adamm'; did you mean 'adam'"),
        (adam(), "adam(alpha=-1)", {}, r"alpha=-1 is outside \(0, inf\)"),
        (adam(), "adam(beta=1)", {}, "unknown parameter of adam 'beta'; did you mean 'beta"),
        (adam(), "adam+uniform", {}, "name the method alone, such as 'adam'"),
        (adam(), 3, {}, "3 is no method; give a text such as"),
        (adam(), "hedge", {}, "hedge moves on the simplex"),
        (3, "adam", {}, "3 is no optimiser that can be played"),
        (lambda x, g, state: (g[:1], state), "adam", {}, "must have the same shape"),
        (lambda x, g, state: x.nothing, "adam", {}, "cannot make a step from a vector and its gradient"),
        (adam(), "adam", {"allow": ["eps outside the root"]}, "unknown variant 'eps outside the root'; did you mean"),
        (adam(), "adam", {"allow": "eps"}, "allow='eps' is no list of names"),
        (adam(), "adam", {"allow": 3}, "allow=3 is no list of names"),
        (adam(), "adam", {"dtype": "float16"}, "dtype='float16' is not one of"),
        (adam(), "adam", {"gradients": [1.0, 2.0]}, r"gradients=1.0 is no record of gradients; give an array"),
        (adam(), "adam", {"seed": -1}, r"seed=-1 is outside \[0, inf\)"),
    ],
)
def test_what_cannot_be_judged_is_one_sentence(candidate, method, options, words):
    with pytest.raises(rl.InputError, match=words):
        check_optimizer(candidate, method, **options)


def test_other_programs_are_not_in_the_way_of_a_paper():
    """What a program does to the arrays that it is given is its own affair."""

    def step(x, g, state):
        moved, state = adam()(x, g, state)
        x[:], g[:] = np.nan, np.nan
        return moved, state

    assert check_optimizer(step, ADAM).verdict == "same"
