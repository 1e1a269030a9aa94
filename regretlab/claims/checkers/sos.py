"""Polynomial inequalities by sums of squares: the certificate is an identity, checked in fractions alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.polynomials import (
    Factor,
    NotPolynomial,
    Polynomial,
    Quotients,
    add,
    monic,
    power,
    times,
)
from regretlab.claims.checkers import live as hold
from regretlab.claims.checkers import logarithms
from regretlab.claims.checkers.signs import LARGER, Signs, cleared, difference
from regretlab.claims.language.terms import Relation, Term, text, walk
from regretlab.claims.language.trees import obligations
from regretlab.claims.language.verdict import Outcome, Rejected, fields, natural, rational
from regretlab.claims.statements import Inequality

#: Hypotheses that one term multiplies together.
MOST_FACTORS = 12
#: Operations that are replaced by a symbol, for which an equation holds.
AUXILIARY = ("root", "abs", "max", "min")


@dataclass
class Problem:
    """An inequality in polynomials: ``goal >= 0`` (or ``== 0``) wherever ``above >= 0`` and ``zero == 0``.

    ``strict`` says which of ``above`` are positive, ``below`` and ``under`` what the goal and they were divided by. The
    first ``own`` of ``zero`` are hypotheses.
    """

    symbols: list[Term]
    goal: Polynomial = field(default_factory=dict)
    equation: bool = False
    positive: bool = False
    above: list[Polynomial] = field(default_factory=list)
    strict: list[bool] = field(default_factory=list)
    zero: list[Polynomial] = field(default_factory=list)
    own: int = 0
    below: dict[Factor, int] = field(default_factory=dict)
    under: list[dict[Factor, int]] = field(default_factory=list)


def problem(statement: Inequality, squared: bool = False) -> Problem:
    """Clear the statement's denominators; roots, maxima, absolute values, logarithms become symbols with facts.

    With ``squared``, an inequality between sides of which the larger is not negative is stated for their squares.

    Raises
    ------
    Rejected
        If a part is none of these, or the hypotheses do not give the sign of a denominator or below a root.
    """
    relation = statement.show
    if relation.op not in LARGER:
        raise Rejected(f"{relation.op} is not a comparison of two terms")
    parts: list[Any] = [node for node in walk(*statement.given, relation) if node.op in AUXILIARY]
    curved = _curved(statement, Quotients([*statement.symbols, *parts]))
    facts = logarithms.facts(curved)
    made = {id(n): n for fact in facts for n in walk(fact.show) if n.op in ("log", "exp")}
    curved += [n for n in made.values() if not any(n is known for known in curved)]
    found = Problem(
        [*statement.symbols, *parts, *curved], equation=relation.op in ("==", "!="), positive=relation.op in ("<", ">")
    )
    given = _atomic(statement.given)
    quotients = Quotients(found.symbols)
    later = {id(node) for node in (*parts, *curved)}
    signs = Signs(quotients, [r for r in given if not any(id(node) in later for node in walk(r))])
    hypotheses = list(given)
    for part in walk(*statement.given, relation):
        if id(part) in later:
            hypotheses += _facts(part, signs)
    hypotheses += _known(facts, signs, [difference(r) for r in given if r.op == "=="])
    # u != 0 says that 1/u is defined, which the divisors show
    goal, below = cleared(quotients, 0 / difference(relation) if relation.op == "!=" else difference(relation))
    if squared:
        more, less = (relation.args[i] for i in LARGER[relation.op])
        if found.equation or signs.known(more) is None:
            raise Rejected(f"the hypotheses do not say that {more} >= 0, so squaring it proves nothing")
        goal, below = cleared(quotients, more**2 - less**2)
    for r in hypotheses:
        top, under = cleared(quotients, difference(r))
        if r.op == "==":
            found.zero.append(top)
            found.own += any(r is one for one in given)
        elif r.op != "!=" and (s := signs.product(under)) is not None:
            found.above.append(add({}, top, Fraction(s)))
            found.strict.append(r.op in ("<", ">"))
            found.under.append(under)
    for index in sorted(signs.above):  # what follows of single symbols, such as n > 0 from n >= 2
        symbol = {tuple(int(index == j) for j in range(quotients.size)): Fraction(1)}
        if symbol not in found.above:
            found.above.append(symbol)
            found.strict.append(index in signs.over)
            found.under.append({})
    for divisor in quotients.divisors:
        if signs.of(divisor) is None:
            raise Rejected(f"the hypotheses do not exclude {written(dict(divisor), found.symbols)} = 0, a divisor")
    direction = 1 if found.equation else signs.product(below)
    if direction is None:
        raise Rejected("the hypotheses do not give the sign of the common denominator")
    found.goal, found.below = add({}, goal, Fraction(direction)), below
    return found


def _curved(statement: Inequality, quotients: Quotients) -> list[Any]:
    """List the logarithms and exponentials, without those that are the number 0 or 1 wherever they are defined."""
    found = []
    for node in walk(*statement.given, statement.show):
        if node.op in ("log", "exp"):
            try:
                quotients.of(node)
            except NotPolynomial:
                found.append(node)
    return found


def _known(facts: Iterable[logarithms.Fact], signs: Signs, equations: list[Term]) -> list[Relation]:
    """Return the facts about logarithms whose conditions the signs show."""
    zero = [monic(top)[1] for e in equations if (top := cleared(signs.quotients, e)[0])]
    found = []
    for fact in facts:
        if any(signs.known(u) != 1 for u in fact.positive):
            continue
        if fact.premise is None:
            found.append(fact.show)
            continue
        gap = cleared(signs.quotients, difference(fact.premise))[0]
        if not gap or monic(gap)[1] in zero or monic(add({}, gap, Fraction(-1)))[1] in zero:
            found.append(Relation("==", *fact.show.args))
        elif (sign := signs.known(difference(fact.premise))) is not None:
            found.append(Relation("<" if sign else "<=", *fact.show.args))
    return found


def _facts(part: Any, signs: Signs) -> list[Relation]:
    """Define a root, maximum, minimum or absolute value by relations, and see that roots and logarithms exist."""
    if part.op in ("log", "exp"):
        cleared(signs.quotients, part.args[0])
        if part.op == "log" and signs.known(part.args[0]) != 1:
            raise Rejected(f"the hypotheses do not say that {part.args[0]} > 0, of which a logarithm is taken")
        signs.learn(part, 1 if part.op == "exp" else signs.known(part.args[0] - 1))
        return []
    if part.op == "root":
        u, q = part.args
        if (sign := signs.known(u)) is None:
            raise Rejected(f"the hypotheses do not say that {u} >= 0, of which a root is taken")
        signs.learn(part, sign)
        return [part > 0 if sign else part >= 0, part**q == u]
    u, v = (part.args[0], -part.args[0]) if part.op == "abs" else part.args
    known = [sign for side in (u, v) if (sign := signs.known(side)) is not None]
    if part.op == "min":
        signs.learn(part, min(known) if len(known) == 2 else None)
        return [part <= u, part <= v, (part - u) * (part - v) == 0]
    signs.learn(part, max(known, default=0 if part.op == "abs" else None))
    return [part >= u, part >= v, (part - u) * (part - v) == 0]


def _atomic(given: Iterable[Relation]) -> list[Relation]:
    """Write the hypotheses as comparisons; another hypothesis is left out if it is defined everywhere."""
    found = []
    for r in given:
        if r.op == "and":
            found += _atomic(r.args)
        elif r.op in LARGER:
            found.append(r)
        elif obligations(r):
            raise Rejected(f"the hypothesis {r} is not defined everywhere")
    return found


def check(statement: Inequality, body: Any) -> Outcome:
    r"""Check ``{"terms", "equations", "power", "live"}``: the identity

    .. math::
        \Big(\sum_i x_i^2\Big)^r (\text{right} - \text{left}) D
        = \sum_k c_k \, q_k^2 \prod_{i \in I_k} h_i + \sum_j m_j e_j,

    with the common denominator D > 0, c_k > 0, hypotheses h_i >= 0 and e_j = 0, holds coefficient by coefficient.
    ``terms`` lists [I_k, c_k, q_k], ``equations`` lists [j, m_j], ``power`` is r. For r > 0 no hypothesis may be used:
    the sum of squares then vanishes at the origin alone, and polynomials are continuous.
    """
    return _check(statement, problem(statement), body)


def check_squared(statement: Inequality, body: Any) -> Outcome:
    """Check the same for the squares of both sides, of which the larger side is not negative."""
    return _check(statement, problem(statement, squared=True), body)


def check_implication(statement: Inequality, body: Any) -> Outcome:
    """Check ``{"terms", "equations"}``: the same identity, whether or not the hypotheses ever hold."""
    terms, equations = fields(body, "terms", "equations")
    return _identity(problem(statement), terms, equations, 0)


def _check(statement: Inequality, asked: Problem, body: Any) -> Outcome:
    terms, equations, r, live = fields(body, "terms", "equations", "power", "live")
    outcome = _identity(asked, terms, equations, r)
    hold.check(statement, live)
    return outcome


def _identity(asked: Problem, terms: Any, equations: Any, r: Any) -> Outcome:
    size = len(asked.symbols)
    if not isinstance(terms, list) or not isinstance(equations, list):
        raise Rejected("terms and equations must be lists")
    total: Polynomial = {}
    positive = False
    for entry in terms:
        which, weight, written_square = _triple(entry)
        c, q = rational(weight), read(written_square, size)
        if c <= 0:
            raise Rejected(f"the weight {c} of a square is not positive")
        product = times({(0,) * size: c}, times(q, q))
        for i in which:
            product = times(product, asked.above[i] if natural(i) < len(asked.above) else _no_hypothesis(i))
        total = add(total, product)
        positive |= set(q) == {(0,) * size} and all(asked.strict[i] for i in which)
    for entry in equations:
        if not isinstance(entry, list) or len(entry) != 2 or natural(entry[0]) >= len(asked.zero):
            raise Rejected(f"{entry!r} is not [number of an equation, multiplier]")
        total = add(total, times(asked.zero[entry[0]], read(entry[1], size)))
    if natural(r) > 0 and (equations or any(entry[0] for entry in terms) or r > 4):
        raise Rejected("a multiplier that vanishes somewhere, together with hypotheses, proves nothing")
    if asked.equation and (terms or r):
        raise Rejected("an equation needs an identity without squares")
    if asked.positive and not positive:
        raise Rejected("no term is positive, so the inequality is not strict")
    squares = {tuple(2 * int(i == j) for j in range(size)): Fraction(1) for i in range(size)}
    if total != times(asked.goal, power(squares, r, size)):
        raise Rejected("the identity does not hold")
    return Outcome("proved", "exact", _words(asked, terms, r))


def _no_hypothesis(i: Any) -> Polynomial:
    raise Rejected(f"there is no hypothesis {i}")


def _triple(entry: Any) -> list[Any]:
    if not isinstance(entry, list) or len(entry) != 3 or not isinstance(entry[0], list) or len(entry[0]) > MOST_FACTORS:
        raise Rejected(f"{entry!r} is not [hypotheses, weight, polynomial]")
    return entry


def read(written_polynomial: Any, size: int) -> Polynomial:
    """Read a polynomial as certificates write it: ``[[[exponents], "p/q"], ...]`` in increasing order."""
    if not isinstance(written_polynomial, list):
        raise Rejected(f"{written_polynomial!r} is not a polynomial")
    found: Polynomial = {}
    for entry in written_polynomial:
        if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[0], list) or len(entry[0]) != size:
            raise Rejected(f"{entry!r} is not [exponents, coefficient] in {size} symbols")
        exponents, c = tuple(natural(e) for e in entry[0]), rational(entry[1])
        if not c or (found and exponents <= max(found)):
            raise Rejected("the monomials are not in increasing order, or a coefficient is zero")
        found[exponents] = c
    return found


def written(p: Polynomial, symbols: list[Term]) -> str:
    """Write a polynomial in words."""
    parts = []
    for exponents, c in sorted(p.items(), reverse=True):
        names = [text(s) + (f"^{e}" if e > 1 else "") for s, e in zip(symbols, exponents, strict=True) if e]
        size = "" if abs(c) == 1 and names else str(abs(c))
        parts.append(("- " if c < 0 else "+ ") + "*".join(filter(None, [size, *names])))
    line = " ".join(parts) or "0"
    return line[2:] if line.startswith("+ ") else line.replace("- ", "-", 1)


def _words(asked: Problem, terms: list[Any], r: int) -> str:
    if asked.equation:
        return "an identity of polynomials"
    size = len(asked.symbols)
    summands = []
    for which, c, q in terms:
        factors = [f"({written(asked.above[i], asked.symbols)})" for i in which]
        square = f"({written(read(q, size), asked.symbols)})^2"
        summands.append("*".join([*([c] if c != "1" else []), *factors, square]))
    line = " + ".join(summands) or "0"
    line = f"{written(asked.goal, asked.symbols)} = {line}"
    count = f"a sum of {len(terms)} squares" + (f", after a factor (x1^2 + ... + xn^2)^{r}" if r else "")
    return line if len(line) < 160 and not r else count
