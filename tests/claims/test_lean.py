"""Claims as text for Lean 4 and mathlib, which nobody compiles here: that it is well formed, and says what they say."""

from dataclasses import replace

import pytest

from regretlab.claims import Sum, index, integer, log, maximum, real, sqrt, where
from regretlab.claims.language.terms import term
from regretlab.claims.lean import files, goals
from regretlab.claims.ledger.certificate import Certificate
from regretlab.claims.rocq.goals import Leaf
from regretlab.claims.statements import Inequality
from tests.helpers.ledger import LEDGER

a, b, c, n = *real("a b c"), integer("n")


def exported(claim, **changes):
    """Export a shipped claim from its certificate."""
    found = Certificate.read(LEDGER.certificate(claim))
    return files.exported(replace(LEDGER.claims[claim], **changes), LEDGER.statement(claim), found)


def says(given, show, form="sos"):
    goal = goals.FORMS[form](Leaf(Inequality(tuple(given), show), form, {}))
    return " ".join(goal.says().split())


def test_a_statement_says_what_it_says_and_that_its_terms_have_a_meaning():
    assert says([c > 0], 2 * a * b <= c * a**2 + b**2 / c) == (
        "(c a b : ℝ) (h1 : c > 0) : c ≠ 0 ∧ 2 * a * b ≤ c * a ^ 2 + b ^ 2 / c"
    )
    assert says([n >= 2], log(n) <= sqrt(maximum(n, a))) == (
        "(n : ℤ) (a : ℝ) (h1 : (n : ℝ) ≥ 2) : (n : ℝ) > 0 ∧ max (n : ℝ) a ≥ 0 ∧ "
        "Real.log (n : ℝ) ≤ Real.sqrt (max (n : ℝ) a)"
    )
    assert says([a >= 0], 2 * a <= a, "point") == ": ∃ (a : ℝ), a ≥ 0 ∧ ¬ (2 * a ≤ a)"
    assert "a - (b - c)" in says([], a - (b - c) <= 1)
    assert "(-a) ^ 2" in says([], (-a) ** 2 <= 1)
    assert "-(a ^ 2)" in says([], -(a**2) <= 1)
    assert "|(a - |b|)|" in says([], abs(a - abs(b)) <= 1)
    assert "(if a > 0 then a else -a : ℝ)" in says([], where(a > 0, a, -a) >= 0)


def test_a_number_is_never_taken_for_a_natural_one():
    """Lean reads 1 / 2 as 0, a natural number, where nothing says that it is real."""
    i, T = index("i T")
    one = term(1)
    assert says([], one / 2 <= term("3/4")).endswith("(1 / 2 : ℝ) ≤ (3 / 4)")
    assert "max (1 / 2 : ℝ) 0 * 2 ≥ 0" in says([], maximum(one / 2, 0) * 2 >= 0)
    assert "∑ i ∈ Finset.Icc (1 : ℤ) T, (1 / 2 : ℝ) ≤ 1" in says([], Sum(one / 2, (i, 1, T)) <= 1)
    assert "a + 1 / 2 ≤ 0" in says([], a + one / 2 <= 0)


@pytest.mark.parametrize("claim", ["Lemma.young", "KB.Lem10.3", "Lemma.known_product"])
def test_every_file_says_that_it_is_not_compiled(claim):
    assert files.UNCOMPILED in exported(claim).text.split("import Mathlib")[0]


def test_a_comment_cannot_be_left():
    text = exported("Lemma.young", latex="-/ axiom mine : False /- x").text
    assert text.count("/-") == text.count("-/") == 1
