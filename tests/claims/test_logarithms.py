"""Facts about logarithms and exponentials: true of numbers, enough for simple proofs, and for nothing false."""

import random
from fractions import Fraction as F
from importlib.util import find_spec

import pytest

from regretlab.claims import checkers, exp, log, paper, provers, real, sqrt
from regretlab.claims.arithmetic import balls
from regretlab.claims.arithmetic.exact import Undefined
from regretlab.claims.checkers import logarithms, smt, smtlib
from regretlab.claims.language.terms import Relation, all_of, term, walk
from regretlab.claims.language.trees import symbols
from regretlab.claims.language.verdict import Rejected
from tests.tolerances import ROUND_OFF

x, y, a, b, n, t = real("x y a b n t")
both = [x > 0, y > 0]


@pytest.fixture(autouse=True)
def one_solver(monkeypatch):
    """The second solver costs seconds and is an extra."""
    monkeypatch.setattr(smtlib, "cvc5_answers", lambda questions, limit=0: ["absent"] * len(questions))


def says(show, *given):
    return paper.inequality(given=list(given), show=show)


TRUE = {
    "a product": says(log(x * y) == log(x) + log(y), *both),
    "a quotient": says(log(x / y) == log(x) - log(y), *both),
    "a power": says(log(x**3) == 3 * log(x), x > 0),
    "a root": says(log(sqrt(x)) == log(x) / 2, x > 0),
    "the inverse": says(log(exp(x)) == x),
    "the other inverse": says(exp(log(x)) == x, x > 0),
    "a sum of exponents": says(exp(x + y) == exp(x) * exp(y)),
    "a difference of exponents": says(exp(x - y) * exp(y) == exp(x)),
    "a power with a symbol": says(a ** (t + 1) == a * a**t, a > 0),
    "powers of less than 1": says(a ** (t + 1) <= a**t, a > 0, a <= 1),
    "monotone": says(log(x) <= log(y), x > 0, x <= y),
    "strictly monotone": says(log(x) < log(y), x > 0, x < y),
    "exponentials are monotone": says(exp(x) <= exp(y), x <= y),
    "equal arguments": says(log((x + y) ** 2 / (x + y)) == log(y + x), *both),
    "equal under a hypothesis": says(log(x + y) == 0, *both, x + y == 1),
    "Gibbs": says(a * log(a / b) >= a - b, a > 0, b > 0),
    "a step of the harmonic sum": says(1 / n <= log(n) - log(n - 1), n >= 2),
    "tangents of the exponential": says(exp(x) - exp(y) >= exp(y) * (x - y)),
    "means": says(log(x) + log(y) <= 2 * log((x + y) / 2), *both),
    "log-sum-exp": says(log(exp(x) + exp(y)) >= x),
    "a number": says(x * log(term(2)) <= F(7, 10) * x, x >= 0),
}

FALSE = {
    "a sum inside": says(log(x + y) == log(x) + log(y), *both),
    "a product outside": says(log(x * y) == log(x) * log(y), *both),
    "a quotient upside down": says(log(x / y) == log(y) - log(x), *both),
    "of numbers that may be negative": says(log(x * y) == log(x) + log(y), x * y > 0),
    "of a square": says(log(x**2) == 2 * log(x), x != 0),
    "decreasing": says(log(x) >= log(y), x > 0, x <= y),
    "strict at a tie": says(log(x) < log(y), x > 0, x <= y),
    "exponentials decrease": says(exp(x) >= exp(y), x <= y),
    "a product of exponents": says(exp(x * y) == exp(x) * exp(y)),
    "a sum of exponentials": says(exp(x + y) == exp(x) + exp(y)),
    "an odd exponential": says(exp(-x) == -exp(x)),
    "half the exponent": says(exp(x / 2) == exp(x) / 2),
    "the power of a logarithm": says(log(x**3) == 2 * log(x), x > 0),
    "the wrong inverse": says(log(exp(x)) == x + 1),
    "the other wrong inverse": says(exp(log(x)) == 2 * x, x > 0),
    "above its tangent": says(log(x) >= x - 1, x > 0),
    "too far below its tangent": says(log(x) <= x - 1 - F(1, 1000), x >= 1),
    "too steep a tangent": says(exp(x) >= 1 + 2 * x),
    "below its tangent": says(exp(x) - exp(y) <= exp(y) * (x - y)),
    "convex": says(log(x) + log(y) >= 2 * log((x + y) / 2), *both),
    "not negative": says(log(x) >= 0, x > 0),
    "powers of less than 1 grow": says(a ** (t + 1) >= a**t, a > 0, a <= 1),
    "e is larger": says(x * exp(1) <= x * F("2.718281"), x > 0),
    "log 2 is smaller": says(x * log(term(2)) >= x * F("0.693148"), x > 0),
}


needs_squares = pytest.mark.skipif(
    find_spec("clarabel") is None, reason="the search for squares needs the extra 'proof'"
)


@needs_squares
@pytest.mark.parametrize("name", sorted(set(TRUE) - {"means"}))
def test_true_statements_have_exact_proofs(name):
    outcome = checkers.check(TRUE[name], *provers.sos.find(TRUE[name]))
    assert (outcome.verdict, outcome.level) == ("proved", "exact")


@pytest.mark.parametrize("name", TRUE)
def test_a_solver_alone_proves_true_statements(name):
    found = provers.solver.find(TRUE[name])
    assert found is not None
    assert smt.check(TRUE[name], found[1]).verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_are_not_proved(name, monkeypatch):
    """Neither by all provers, nor by squares or a solver alone, before any point has refuted them."""
    found = provers.accepted(FALSE[name])
    assert found is None or found.outcome.verdict in ("refuted", "ill-posed")
    monkeypatch.setattr(provers.sos, "survives", lambda statement: True)
    monkeypatch.setattr(provers.sos, "MOST_WORK", 1000)
    assert provers.sos.find(FALSE[name]) is None
    questions = [smtlib.script(question)[0] for question in smt.questions(FALSE[name])]
    assert any(smtlib.z3_answer(question, 1)[0] != "unsat" for question in questions)


@pytest.mark.parametrize("statement", TRUE.values(), ids=TRUE)
def test_every_fact_is_true_of_numbers(statement):
    """The intervals never decide against a fact where its terms are defined; they often decide for it."""
    rng = random.Random(3)
    facts = logarithms.facts(walk(all_of([*statement.given, statement.show])))
    assert facts
    decided = 0
    for fact in facts:
        for _ in range(4):
            at = {s: F(rng.randint(-8, 16), rng.randint(1, 4)) for s in symbols(fact.relation())}
            try:
                if not all(balls.truth(p > 0, at) for p in fact.positive):
                    continue
                if fact.premise is None or balls.truth(fact.premise, at):
                    assert balls.truth(fact.show, at), (fact, at)
                    decided += 1
            except (balls.Undecided, Undefined):
                continue  # an equation, or a term that means nothing there
    assert decided > len(facts)


@pytest.mark.parametrize("statement", TRUE.values(), ids=TRUE)
def test_equations_among_the_facts_hold(statement):
    """The intervals of both sides of an equation meet, and are narrow, at points where they are defined."""
    rng = random.Random(5)
    for fact in logarithms.facts(walk(all_of([*statement.given, statement.show]))):
        if fact.show.op != "==":
            continue
        at = {s: F(rng.randint(1, 16), rng.randint(1, 4)) for s in symbols(fact.show)}
        try:
            gap = balls.value(fact.show.args[0] - fact.show.args[1], at)
        except balls.Undecided:
            continue
        assert gap.a <= 0 <= gap.b
        assert float(gap.b - gap.a) < ROUND_OFF * max(1, abs(float(balls.value(fact.show.args[0], at).a)))


def test_sums_of_equal_exponentials_are_counted_together():
    """exp(y) is both a part of the exponent and the argument of a logarithm in it."""
    facts = logarithms.facts(walk(exp(log(exp(y)) + y)))
    assert [f.show for f in facts if f.show.args[0] is exp(log(exp(y)) + y) and f.show.op == "=="] == [
        Relation("==", exp(log(exp(y)) + y), exp(y) ** 2)
    ]


def test_facts_are_bounded_in_number():
    many = [log(x + k) for k in range(1, 60)]
    total = sum(many[1:], many[0])
    assert len(logarithms.facts(walk(total))) < 600
    assert logarithms.facts(walk(x * y + sqrt(x))) == []


@needs_squares
def test_an_undefined_logarithm_has_no_squares():
    """The hypothesis that would say that x > 0 is itself a logarithm."""
    assert provers.sos.find(says(log(x * y) == log(x) + log(y), log(x) >= 0, y > 0)) is None
    assert provers.sos.find(says(log(x) - log(x) == 0)) is None
    assert provers.sos.find(says(log(x / y) <= x / y - 1, x > 0)) is None


def test_a_forged_proof_is_rejected():
    with pytest.raises(Rejected):
        smt.check(FALSE["a sum inside"], {"solvers": ["z3"], "live": {"x": "1", "y": "1"}})
