"""What the rules of sums and indices call equal, or say to follow, is so at numbers."""

import itertools
import random
from fractions import Fraction

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from regretlab.claims import Product, Sum, forall, index, real, sequence
from regretlab.claims.arithmetic import exact, linear, sums
from regretlab.claims.arithmetic.abstraction import Abstraction
from regretlab.claims.checkers.instances import Instance
from regretlab.claims.language.binding import Fresh, loose, opened, over, replaced
from regretlab.claims.language.terms import Term, term
from regretlab.claims.statements import Theorem

t, s, T = index("t s T")
#: Names that a normal form gives its indices, and that a range may get: nothing may be confused by them.
NAMES = [t, s, index("k1"), index("k2")]
a, g = sequence("a"), sequence("g")
c = real("c")
#: Kinds of terms that are drawn.
ATOMS = ["number", "index", "symbol", "entry", "pair"]
COMPOUND = ["+", "-", "*", "sum", "sum", "product", "power", "inverse"]
#: Values of the free indices, at which terms are evaluated.
HORIZONS = range(1, 6)


@st.composite
def terms(draw, depth=3, known=(T,)):
    """Draw a term of entries, sums and products of sequences."""
    kind = draw(st.sampled_from([*ATOMS, *COMPOUND] if depth else ATOMS))
    place = draw(st.sampled_from(known)) + draw(st.integers(-2, 2))
    if kind == "number":
        return term(draw(st.integers(-3, 3)))
    if kind in ("index", "symbol"):
        return c if kind == "symbol" else draw(st.sampled_from(known))
    if kind == "entry":
        return a[place]
    if kind == "pair":
        return g[place, draw(st.sampled_from(known))]
    one = draw(terms(depth - 1, known))
    if kind in ("+", "-", "*"):
        return Term(kind, one, draw(terms(depth - 1, known)))
    if kind == "power":
        return Term("power", one, draw(st.sampled_from(known)) - draw(st.integers(0, 1)))
    if kind == "inverse":
        return 1 / (1 + one**2)
    over = draw(st.sampled_from(NAMES))
    body = draw(terms(depth - 1, (*known, over)))
    low = draw(st.sampled_from([term(0), term(1), term(2), *known[:1]]))
    return (Sum if kind == "sum" else Product)(body, (over, low, place))


class Numbers(Instance):
    """Numbers for whatever is asked."""

    def __init__(self, horizon, draw):
        super().__init__(Theorem((), c <= c), {"indices": {}, "symbols": {}, "entries": {}})
        self.indices = dict.fromkeys(["t", "s", "T", "k1", "k2", "t'", "s'"], horizon)
        self.values = {"c": Fraction(draw.randint(-3, 3))}
        self.draw, self.entries = draw, {}

    def _entry(self, entry):
        if entry not in self.known:
            self.known[entry] = term(self.draw.randint(-2, 3))
        return self.known[entry]

    def value(self, node):
        """Evaluate a term, or a relation; what has no value, such as 0^(-1), is none that a rule must keep."""
        try:
            return exact.evaluate(self.concrete(node), self.point)
        except exact.Undefined:
            reject()


def at_numbers(one, other, source):
    """Compare two terms at numbers."""
    for horizon in HORIZONS:
        numbers = Numbers(horizon, source)
        assert numbers.value(one) == numbers.value(other)


@settings(max_examples=150, deadline=None)
@given(terms(), st.randoms(use_true_random=False))
def test_a_normal_form_has_the_value_of_its_term(one, source):
    facts = sums.index_facts([], [T])
    found = sums.canonical(one, facts)
    at_numbers(one, found, source)
    at_numbers(one, sums.canonical(found, facts), source)


def test_a_sum_that_leaves_another_is_the_sum_that_stood_outside():
    total = Sum(a[t], (t, 1, T))
    for inner in (total, 1 / total, Product(total, (s, 1, T))):
        assert sums.canonical(Sum(inner * g[s, T], (s, 1, T))) is sums.canonical(inner * Sum(g[s, T], (s, 1, T)))
    assert sums.canonical(Sum(total * a[s], (s, 1, T))) is sums.canonical(total**2)


def test_terms_of_other_values_are_told_apart():
    with pytest.raises(AssertionError):
        at_numbers(Sum(a[t], (t, 0, T)), Sum(a[t], (t, 1, T)), random.Random(1))
    with pytest.raises(AssertionError):
        at_numbers(Sum(term(1), (t, 3, T)), T - 2, random.Random(1))  # the sum is 0 where T = 1


@settings(max_examples=100, deadline=None)
@given(terms(), st.randoms(use_true_random=False))
def test_a_statement_about_single_numbers_has_the_value_of_that_about_sequences(one, source):
    # With each symbol replaced again by what it stands for; sums are split, powers divided.
    relations = [one <= replaced(one, {T: T + 1}), one >= replaced(one, {T: T + 2})]
    found = Abstraction(sums.index_facts([], [T]), relations)
    again = {symbol: atom for atom, symbol in found.symbols.items()} | {Term("integer", "T"): T}
    for before, after in zip(relations, found.relations, strict=True):
        for side, made in zip(before.args, after.args, strict=True):
            at_numbers(side, replaced(made, again), source)


@settings(max_examples=150, deadline=None)
@given(terms(known=(T, t)), terms(depth=1, known=(s, index("k1"))), st.randoms(use_true_random=False))
def test_replacing_an_index_is_evaluating_at_another(one, other, source):
    """Nothing that is put in is bound by a range of the same name."""
    put = replaced(one, {c: other, t: s + 1})
    assert not loose(put)
    for horizon in HORIZONS:
        numbers = Numbers(horizon, source)
        inner = Numbers(horizon, source)
        inner.known, inner.indices = numbers.known, {**numbers.indices, "t": horizon + 1}
        inner.values = {"c": numbers.value(other)}
        assert numbers.value(put) == inner.value(one)


@settings(max_examples=60, deadline=None)
@given(terms(known=(T, t, s)), st.integers(0, 2), st.randoms(use_true_random=False))
def test_quantifiers_that_are_taken_off_and_put_back_say_the_same(one, low, source):
    relation = forall(t, low, T, forall(s, t, T + 1, one <= one * one))
    ranges, body = opened(relation, Fresh(relation))
    again = over(ranges, body)
    assert not loose(again)
    assert len({r.free for r in ranges}) == 2
    for horizon in (1, 2):
        numbers = Numbers(horizon, source)
        assert numbers.value(relation) == numbers.value(again)


forms = st.dictionaries(st.sampled_from([t, s, T, None]), st.integers(-3, 3).filter(bool).map(Fraction), max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.lists(forms, max_size=4), forms)
def test_what_follows_holds_at_every_integer(known, wanted):
    if linear.follows(known, wanted):
        for point in itertools.product(range(-6, 7), repeat=3):
            at = {**dict(zip((t, s, T), point, strict=True)), None: 1}
            if all(sum(k * at[i] for i, k in form.items()) >= 0 for form in known):
                assert sum(k * at[i] for i, k in wanted.items()) >= 0


def test_what_is_false_does_not_follow_and_what_is_true_does():
    one = Fraction(1)
    assert linear.follows([{t: one, None: -one}], {t: 2 * one, None: -2 * one})
    assert linear.follows([{t: 2 * one, None: -one}], {t: one, None: -one})  # 2 t >= 1 says t >= 1 of integers
    assert not linear.follows([{t: one}], {t: one, None: -one})
