"""The search for refutations that a solver guides: what the plain one misses, and false twins that it must not find."""

import random
from fractions import Fraction

import pytest

from regretlab.claims import maximum, minimum, real, sqrt
from regretlab.claims.arithmetic.polynomials import add, times
from regretlab.claims.checkers import refutation
from regretlab.claims.checkers.question import Formula
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import guided
from regretlab.claims.provers.cases import Sum, Term
from regretlab.claims.provers.reduction import Reduced
from regretlab.claims.statements import Inequality

a, b, c, x, y = real("a b c x y")
MEAN, ROOT = b / a + a / 4 >= sqrt(b), 1 / sqrt(b + c) <= 1 / sqrt(b)
BOX = (maximum(b, minimum(c, x)) - a) ** 2 <= (x - a) ** 2
#: What is proved, and with other hypotheses or another conclusion what is false.
TWINS = {
    "steps of roots": (((b > 0, c >= 0), ROOT), ((b > 0, c >= -b / 2), ROOT)),
    "factors of a divisor": (
        ((a > 0, b >= 0, b < 1), 1 / (a - a * b) >= 1 / a),
        ((a > 0, b < 1), 1 / (a - a * b) >= 1 / a),
    ),
    "a projection": (((b <= a, a <= c), BOX), ((b <= c,), BOX)),
    "a mean": (((a > 0, b >= 0), MEAN), ((a > 0, b >= 0), b / a + a / 5 >= sqrt(b))),
    "a root of a square": (((a > 0,), sqrt(a * a) == a), ((a > -1,), sqrt(a * a) == a)),
    "a step of Cauchy's inequality": (
        ((a >= 0, b >= 0, c * c <= a * b), (c + x * y) ** 2 <= (a + x * x) * (b + y * y)),
        ((b >= 0, c * c <= a * b), (c + x * y) ** 2 <= (a + x * x) * (b + y * y)),
    ),
    "a square of a mean": (
        ((c > 0, b >= 0, a * a <= c * b), (a + x) ** 2 <= (c + 1) * (b + x * x)),
        ((c > 0, b >= 0, a * a <= c * b), (a + x) ** 2 <= c * (b + x * x)),
    ),
}


@pytest.mark.parametrize("name", TWINS)
def test_what_is_true_is_found_and_accepted_and_its_false_twin_is_neither(name):
    statement, false = (Inequality(*twin) for twin in TWINS[name])
    body = guided.implication(statement)
    assert refutation.check_implication(statement, body).level == "exact"
    assert guided.implication(false) is None
    with pytest.raises(Rejected):
        refutation.check_implication(false, body)


def test_what_equations_eliminate_is_put_back_into_the_sum():
    """x = 1 - u and i (1 + u) = 1: from u > 0 it follows that i < 1, so that i >= 1 adds up to 0 > 0."""
    u, i, y = ({tuple(int(k == j) for k in range(3)): Fraction(1)} for j in range(3))
    one = {(0, 0, 0): Fraction(1)}
    above = [Formula(">", u), Formula(">=", add(i, one, Fraction(-1)))]
    positive = Formula(">", add(y, u, Fraction(2)))  # 1 + u, as y says
    zero = [
        Formula("==", add(add(y, u), one, Fraction(-1))),
        Formula("==", add(times(i, add(one, u)), one, Fraction(-1))),
    ]
    reduced = Reduced(above, [positive], zero, 3)
    assert not reduced.equations  # both are used up
    left = reduced.above  # u > 0, and 1 - (1 + u) >= 0
    found = reduced.lifted(Sum([Term((left[0],), Fraction(1)), Term((left[1],), Fraction(1))], []))
    total = {}
    for term in found.terms:
        product = {(0, 0, 0): term.weight}
        for formula in term.which:
            product = times(product, formula.polynomial)
        total = add(total, product)
    for formula, multiplier in found.equations:
        total = add(total, times(formula.polynomial, multiplier))
    assert total == {}
    assert reduced.lifted(Sum([Term((left[1],), Fraction(1))], [])) is None  # which is no 0 at all


def test_what_the_search_says_of_random_statements_is_accepted_or_nothing():
    choose = random.Random(5)
    found = 0
    for _ in range(8):
        p, q = (choose.choice([a, b, a * b, a + b, sqrt(b + 1)]) for _ in range(2))
        statement = Inequality((a > 0, b >= 0), choose.choice([p + q >= 0, p / (a + b) - q >= 0, p - q * p > 0]))
        body = guided.implication(statement)
        if body is not None:
            refutation.check_implication(statement, body)
            found += 1
    assert 0 < found < 8
