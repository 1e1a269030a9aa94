"""Refutations in fractions, which take a solver's place: what is true is found, and nothing false is accepted."""

import random

import pytest

from regretlab.claims import checkers, integer, log, maximum, minimum, real, sqrt, term, where
from regretlab.claims.checkers import refutation, smt
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import refutations
from regretlab.claims.statements import Inequality
from tests.helpers.tampering import changed, leaves

a, b, c, x, y = real("a b c x y")
t = integer("t")
TRUE = {
    "a quotient": ((a > 0, b >= 0), b / a >= 0),
    "a divisor": ((a < 1,), 1 - a != 0),
    "a multiple of a divisor": ((a > 0, b <= c), b / (2 * a) <= c / a / 2),
    "factors of a divisor": ((b >= 0, a < 1, c < 1), b / (3 * (1 - a) * (1 - c) ** 2) >= 0),
    "a root": ((a > 0, b >= 0), sqrt(a + b) > 0),
    "squares of roots": ((a >= 0, a <= 1, a * c**2 <= b), sqrt(a) * abs(c) <= sqrt(b)),
    "a maximum": ((), maximum(a, b) >= b),
    "a box": ((a <= b,), minimum(b, maximum(a, x)) >= a),
    "a case distinction": ((a > 0,), where(x == 0, x, x / a) == x / a),
    "an absolute value": ((), abs(x * x) == x * x),
    "an alternative": ((a == 0, b > 1), (a * b == 0) | (a > 7)),
    "a disjunction that is given": (((x == 1) | (x == -1),), x * x == 1),
    "an index": ((t >= 1,), t + 1 > 1),
    "an integral power": ((a > 0, a < 1), a**-2 > 1),
    "a logarithm": ((a >= 1,), log(a) >= 0),
    "hypotheses that never hold": ((a > 1, a < 0), b == c),
    "a ratio below 1": ((b > 0, b < 1, x < 1, x == a / sqrt(b)), (1 - a) * sqrt(1 - b) * (1 - x) != 0),
}
FALSE = {
    "a quotient": ((a >= 0, b >= 0), b / a >= 0),  # 0/0
    "a divisor": ((a <= 1,), 1 - a != 0),
    "x over itself": ((), x / x == 1),
    "zero over x": ((), 0 / x == 0),
    "a multiple of a divisor": ((a > 0, b <= c), b / (2 * a) <= c / a / 3),
    "a root": ((a >= 0, b >= 0), sqrt(a + b) > 0),
    "a root of what may be negative": ((), sqrt(a) >= 0),
    "a maximum": ((), maximum(a, b) > b),
    "a box": ((), minimum(b, maximum(a, x)) >= a),
    "a case distinction": ((), where(x == 0, x, x / a) == x / a),
    "an alternative": ((a == 0,), (a * b > 0) | (b > 7)),
    "an integral power": ((a > 0, a <= 1), a**-2 > 1),
    "a logarithm": ((a >= 1,), log(a) > 0),
    "a sign": ((a * b >= 0, a >= 0), b >= 0),  # a = 0
}


@pytest.fixture(name="alone")
def _alone(monkeypatch):
    """Whoever asks a solver fails."""
    monkeypatch.setattr(smt.smtlib, "z3_answer", None)
    monkeypatch.setattr(smt.smtlib, "cvc5_answers", None)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_is_refuted_in_its_denial_without_a_solver(name):
    statement = Inequality(*TRUE[name])
    body = refutations.implication(statement)
    assert refutation.check_implication(statement, body).level == "exact"


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_or_has_no_meaning_somewhere_is_not_refuted(name):
    assert refutations.implication(Inequality(*FALSE[name])) is None


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("name", ["a root", "a case distinction", "a box"])
def test_a_certificate_that_was_changed_anywhere_is_rejected_or_proves_the_same(name):
    """Of a sum that is 0 > 0, no weight, relation or multiplier can be another one, or left out."""
    statement = Inequality(*TRUE[name])
    body = refutations.implication(statement)
    rejected = 0
    for path, value in leaves(body):
        for other in (None, "", "1", "-1", "0", "2 0", 0, 1, 2, -1, ">", ">=", "split", [], {}, True):
            if other == value and type(other) is type(value):
                continue
            try:
                refutation.check_implication(statement, changed(body, path, other))
            except Rejected:
                rejected += 1
    assert rejected > 15 * len(list(leaves(body))) / 2


@pytest.mark.parametrize("name", [n for n in TRUE if n in FALSE])
def test_a_certificate_of_a_true_statement_says_nothing_of_its_false_twin(name):
    body = refutations.implication(Inequality(*TRUE[name]))
    with pytest.raises(Rejected):
        refutation.check_implication(Inequality(*FALSE[name]), body)


def test_what_is_found_for_random_statements_holds_at_random_points():
    """Half of them are false; :func:`smt.replay` evaluates the others exactly, and raises where one fails."""
    choose = random.Random(7)
    found = 0
    for _ in range(120):
        p, q, r = (choose.choice([a, b, 1, 2, -1, a * b, a - b, a**2, abs(a), maximum(a, b)]) for _ in range(3))
        given = choose.choice([(a > 0,), (a >= 0, b >= 0), (a > b, b > 0), (b != 0,), ()])
        left = term(p) + choose.choice([q, term(q) / (b + 1), term(p) * q, term(0) - q])
        show = choose.choice([left - r >= 0, left - r > 0, left - r != 0, left * left - r >= 0])
        statement = Inequality(given, show)
        body = refutations.implication(statement)
        if body is not None:
            refutation.check_implication(statement, body)
            smt.replay(statement)
            found += 1
    assert 10 < found < 110


def test_a_claim_whose_hypotheses_never_hold_is_not_proved():
    statement = Inequality(*TRUE["hypotheses that never hold"])
    body = refutations.implication(statement)
    with pytest.raises(Rejected, match="the hypothesis"):
        checkers.check(statement, "refutation", {**body, "live": {"a": "2", "b": "0", "c": "0"}})
    good = Inequality(*TRUE["a quotient"])
    assert checkers.check(good, *refutations.find(good)).level == "exact"


def test_polynomials_are_read_as_they_are_written_and_nothing_else_is():
    text = "-1, 2/3 0 0 4"
    assert refutation.written(refutation.read(text, 5)) == text
    for bad in ("", "0 1", "1 5", "1, 1", "1  2", "2/4 1", "1 -1", "x", "1 1 0, 1 0 1", 3, None, "1 1000000"):
        with pytest.raises(Rejected):
            refutation.read(bad, 5)
