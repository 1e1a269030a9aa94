"""Components written as text: what is read, and the one sentence for what is not."""

import math

import pytest

import regretlab as rl
from regretlab import algorithms, spelling
from regretlab.problems import names


def sentence(text):
    """What is said about an algorithm, or a problem, that is written wrongly."""
    with pytest.raises(rl.InputError) as caught:
        (names if spelling.stem(text) in names.PROBLEMS else algorithms).parse(text)
    said = str(caught.value)
    assert said.endswith(".")
    assert "\n" not in said
    return said


VALUES = {
    "nan": "alpha=nan is outside (0, inf): it is not a finite number; use one that is.",
    "-inf": "alpha=-inf is outside (0, inf): it is not a finite number; use one that is.",
    "1e999": "alpha=inf is outside (0, inf): it is not a finite number; use one that is.",
    "true": "alpha=True is not a number; use a number in (0, inf).",
    "1/0": "alpha=1/0 in 'adam(alpha=1/0)' divides by zero; write a finite number.",
    "10**9": "alpha=10**9 in 'adam(alpha=10**9)' is more than the arithmetic + - * / on numbers; write the number out, "
    "as 1e9 for 10**9.",
    "large": "alpha=large in 'adam(alpha=large)' is a word without quotes; write a number, or 'large' in quotes.",
    "sqrt(2)": "alpha=sqrt(2) in 'adam(alpha=sqrt(2))' is not a number, arithmetic + - * / on numbers, a word in "
    "quotes, True, False or None; write one of these.",
}


@pytest.mark.parametrize("value", VALUES)
def test_a_value_that_cannot_be_used_is_named_with_what_can(value):
    assert sentence(f"adam(alpha={value})") == VALUES[value]


@pytest.mark.parametrize("value", ["{[1]: 2}", "1e308*10 - 1e308*10", "3j", "-True", "'a' + 1", "0x"])
def test_no_value_is_a_traceback(value):
    sentence(f"adam(alpha={value})")


def test_a_problems_values_are_read_alike():
    assert "C=1/0 in 'reddi(C=1/0)' divides by zero" in sentence("reddi(C=1/0)")
    assert "C=nan is outside (0, inf) (Reddi et al. 2018" in sentence("reddi(C=nan)")
    assert "domain=[1] is not one of 'box', 'ball', 'none'" in sentence("logistic(domain=[1])")
    assert "domain=3 is not one of" in sentence("logistic(domain=3)")


def test_truth_is_read_as_in_toml():
    assert algorithms.parse("adam(bias_correction=false)").method.bias_correction is False
    assert algorithms.parse("adam(bias_correction=true)").name == "adam(bias_correction=True)"


def test_what_is_not_finite_is_read_and_left_to_the_range():
    ((_, arguments),) = spelling.parse("f(a=nan, b=-inf, c=1 + inf)")
    assert math.isnan(arguments["a"])
    assert (arguments["b"], arguments["c"]) == (-math.inf, math.inf)


UNKNOWN = {
    "amsgrad+adambs(pmin=0.1)": "unknown parameter of adambs 'pmin'; did you mean 'p_min'? Known: alpha_p, batch_size, "
    "divergence, gamma, p_min.",
    "amsgrad(alpa=1)+adambs": "unknown parameter of amsgrad 'alpa'; did you mean 'alpha'? Known: alpha, batch_size, "
    "beta1, beta2, eps, lam, schedule.",
    "adamcb(K=5)": "unknown parameter of adamcb 'K'; did you mean 'batch_size'?",
    "adam(lr=0.1)": "unknown parameter of adam 'lr'; did you mean 'alpha'?",
    "adam(T=5)": "unknown parameter of adam 'T'; the horizon T belongs to the run: use horizon= or --horizon.",
    "adam(R=5)": "'R'; the number of replicates R belongs to the run: use replicates= or --replicates.",
    "adam(n=5)": "'n'; the number of examples n is that of the problem's data.",
    "reddi(K=5)": "unknown parameter of reddi 'K'; the batch size K belongs to the algorithm: write batch_size=5",
    "logistic(T=5)": "unknown parameter of logistic 'T'; the horizon T belongs to the run",
}


@pytest.mark.parametrize("text", UNKNOWN)
def test_an_unknown_parameter_is_blamed_on_the_part_that_got_it(text):
    assert UNKNOWN[text] in sentence(text)


def test_a_parameter_may_stand_with_either_part_of_a_pair():
    for text in ("amsgrad(p_min=1e-4, batch_size=4)+adambs", "amsgrad+adambs(p_min=1e-4, batch_size=4)"):
        made = algorithms.parse(text)
        assert (made.sampler.p_min, made.batch_size) == (1e-4, 4)


def test_a_letter_that_is_a_parameter_is_no_mistake():
    assert names.parse("one_neuron(n=7, d=2)").n == 7
