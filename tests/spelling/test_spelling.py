"""Components written as text: what is read, and the one sentence for what is not."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import regretlab as rl
from regretlab import algorithms, spelling
from regretlab.parameters import number
from regretlab.problems import names
from regretlab.spelling import numerals


def sentence(text):
    """What is said about an algorithm, or a problem, that is written wrongly."""
    with pytest.raises(rl.InputError) as caught:
        (names if spelling.stem(text) in rl.problems.Problem.known else algorithms).parse(text)
    said = str(caught.value)
    assert said.endswith(".")
    assert "\n" not in said
    return said


VALUES = {
    "nan": "alpha=nan is outside (0, inf): it is not a finite number; use one that is.",
    "-inf": "alpha=-inf is outside (0, inf): it is not a finite number; use one that is.",
    "1e999": "alpha=1e999 in 'adam(alpha=1e999)' is beyond 1.8e308, the largest number of double precision; write a "
    "decimal number or a fraction such as 7/20.",
    "1e308*10": "alpha=inf is outside (0, inf): it is not a finite number; use one that is.",
    "1e-200*1e-200": "alpha=1e-200*1e-200 in 'adam(alpha=1e-200*1e-200)' is closer to 0 than any number of double "
    "precision but 0; write a decimal number or a fraction such as 7/20.",
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


#: Text that Python alone reads as a number, or that no number of double precision stands for, and a word of the reason.
NO_NUMERALS = {
    "1e999999999": "exponent", "1e-1000": "exponent", "2_5": "digits 0 to 9", "0x1F": "digits 0 to 9", "1e-330": "0",
}  # fmt: skip


@pytest.mark.parametrize("text", NO_NUMERALS)
def test_every_door_reads_the_same_numerals(text):
    """Options, studies and strings: refused alike, at once, however many digits the exact value has."""
    word = NO_NUMERALS[text]
    with pytest.raises(rl.InputError, match=word):
        number("alpha", text, "(0, inf)")
    for read in (spelling.parse, spelling.exact):
        with pytest.raises(rl.InputError, match=f"alpha={text} in .*{word}"):
            read(f"adam(alpha={text})")
        with pytest.raises(rl.InputError, match=word):
            read(f"mlp(hidden=[3, {text}])")


#: Numbers that only one door meets: Python's own parser has refused or read them in strings.
TEXTS = ["1/1e9999", "\uff11\uff12", "\u0663", "nan", "-inf", "", " ", "1 2", "1/2/3", "1/0", "9" * 1001]
OTHERS = [b"1", True, np.bool_(True), 1 + 0j, [1], {}, 10**5000, [10**5000]]


@pytest.mark.parametrize("value", [*TEXTS, *OTHERS], ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("integer", [False, True])
def test_what_is_no_number_is_one_short_sentence(value, integer):
    with pytest.raises(rl.InputError) as caught:
        number("x", value, "[0, 1e12]", integer=integer)
    assert str(caught.value).startswith("x=")
    assert str(caught.value).endswith("[0, 1e12].") or "outside [0, 1e12]" in str(caught.value)
    assert len(str(caught.value)) < 300


def test_numerals_are_exact():
    assert number("x", " 7 / 20 ", "[0, 1]") == 0.35
    assert number("x", "1e3/1e2", "[0, 10]", integer=True) == 10
    assert number("x", "-0", "[0, 1]", integer=True) == 0
    assert number("seed", 10**400, "[0, inf)", integer=True) == 10**400
    assert number("seed", "1" * 400, "[0, inf)", integer=True) == int("1" * 400)
    assert number("x", "1e-323", "(0, 1]") > 0


@given(
    mantissa=st.integers(-(10**20), 10**20),
    point=st.integers(0, 30),
    exponent=st.integers(-250, 250),
    sign=st.booleans(),
)
def test_a_numeral_has_the_value_that_python_gives_it(mantissa, point, exponent, sign):
    digits = f"{abs(mantissa):031d}"
    text = f"{'-' if mantissa < 0 else '+' * sign}{digits[: 31 - point]}.{digits[31 - point :]}e{exponent}"
    assert numerals.fraction(text) == Fraction(mantissa) * Fraction(10) ** (exponent - point)
    assert numerals.floating(text) == float(text)


def test_a_sentence_quotes_nothing_at_length_and_nothing_that_moves_the_cursor():
    said = str(rl.InputError(f"x={'a' * 10**5} and \x1b[31m\n\ud800 and {['b'] * 10**5} is wrong."))
    assert said.isprintable()
    assert len(said) < 2000
    assert said.startswith("x=aaaa")
    assert said.endswith("is wrong.")
    assert str(rl.InputError("'mü.csv' has 3 rows.")) == "'mü.csv' has 3 rows."


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


def test_a_default_may_be_written_out_and_a_tuple_is_a_list_of_layers():
    """None is the default of data, digits, as the page of the problem says; two hidden layers are two numbers."""
    assert names.parse("logistic(data=None)").digest() == names.parse("logistic").digest()
    assert names.parse("mlp(hidden=(3, 4))").digest() == rl.problems.MLP(hidden=(3, 4)).digest()
