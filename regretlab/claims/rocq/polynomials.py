"""One part of a conclusion as an inequality between polynomials, with its proof by an identity or by Rocq itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, islice
from math import isqrt
from typing import Any, NamedTuple

from regretlab.claims.arithmetic.polynomials import Factor, Polynomial, Quotients, add
from regretlab.claims.checkers import logarithms, sos
from regretlab.claims.checkers.live import atoms
from regretlab.claims.checkers.signs import LARGER, cleared, difference
from regretlab.claims.language.terms import Relation, Term, walk
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.rocq import curves, products
from regretlab.claims.rocq.writing import NotTranslated, Writer, polynomial
from regretlab.claims.statements import Inequality

#: Pairs of monomials that are looked at for hints.
MOST_PAIRS = 30
#: Pairs of a square root and what may be smaller that are tried.
MOST_ROOTS = 8


class Known(NamedTuple):
    """A relation that holds, as polynomials, and the tactic that proves it; none for a hypothesis."""

    relation: Relation
    top: Polynomial
    under: dict[Factor, int]
    how: str


class Cleared:
    """One part of a conclusion as polynomials, as the checker of sums of squares states it."""

    def __init__(self, part: Inequality, form: str, write: Writer, facts: Sequence[Relation]) -> None:
        if part.show.op not in LARGER:
            raise Rejected(f"{part.show.op} is no comparison")
        self.part, self.squared, self.write = part, form == "squared sos", write
        self.asked = loose(part, facts) if form == "smt" else sos.problem(part, self.squared)
        self.quotients = Quotients(self.asked.symbols)
        self.names = [self.write(s) for s in self.asked.symbols]
        self.more, self.less = (part.show.args[i] for i in LARGER[part.show.op])
        given = [(r, "") for r in (*atoms(part), *facts) if r.op in LARGER]
        curved = [s for s in self.asked.symbols if s.op in ("log", "exp")]
        self.known = [k for pair in (*given, *curves.known(curved, write)) for k in self._cleared(*pair)]

    def _cleared(self, relation: Relation, how: str) -> Iterator[Known]:
        try:
            yield Known(relation, *cleared(self.quotients, difference(relation)), how)
        except Rejected:
            return

    def lines(self, form: str, body: Any) -> Iterator[str]:
        """Write the proof."""
        op = self.part.show.op
        if op in (">=", ">"):
            yield "apply Rle_ge." if op == ">=" else "apply Rlt_gt."
        strict, power = op in ("<", ">"), " ^ 2" * self.squared
        if self.squared:
            yield f"apply squares_{'lt' if strict else 'le'}; [solve [sign | apply Rge_le; sign] |]."
        if op != "==":
            yield f"apply {'lt' if strict else 'le'}_of_gap."
        gap = f"{self._operand(self.more)}{power} - {self._operand(self.less)}{power}"
        if op == "==":
            gap = f"{self._operand(self.part.show.args[0])} - {self._operand(self.part.show.args[1])}"
        below = self._below()
        over = f" / ({below})" if below != "1" else ""
        if form == "smt":
            yield from self._by_arithmetic(gap, over, strict, op == "==")
            return
        if body.get("power", 0):
            raise NotTranslated("a multiplier that vanishes at a point")
        yield from self._hypotheses(body["terms"], body["equations"])
        total = yield from self._summands(body["terms"], body["equations"], strict)
        if op == "==":
            yield f"apply Rminus_diag_uniq; replace ({gap}) with (({total}){over}) by same."
            zeros = "".join(f"rewrite e{j}; " for j in dict.fromkeys(j for j, _ in body["equations"]))
            yield f"{zeros}unfold Rdiv; ring."
            return
        yield f"replace ({gap}) with (({total}){over}) by same."
        sums = "Rplus_lt_le_0_compat" if strict else "Rplus_le_le_0_compat"
        if over:
            yield f"apply {'Rdiv_lt_0_compat' if strict else 'quotient_nonneg'}; [| sign]."
        yield f"repeat apply {sums}; assumption." if total != "0" else "lra."

    def _operand(self, node: Term) -> str:
        return f"({self.write(node)})"

    def _poly(self, p: Polynomial) -> str:
        return polynomial(p, self.names)

    def _below(self) -> str:
        """Write the common denominator, with the sign by which the goal was multiplied."""
        more, less = self.more, self.less
        gap = difference(self.part.show) if not self.squared else more**2 - less**2
        top, below = cleared(self.quotients, gap)
        turned = top != self.asked.goal
        return self._product(below, turned)

    def _product(self, factors: dict[Factor, int], turned: bool) -> str:
        parts = [f"({self._poly(dict(f))})" + (f" ^ {k}" if k > 1 else "") for f, k in factors.items()]
        text = " * ".join(parts) or "1"
        return f"- ({text})" if turned else text

    def _hypotheses(self, terms: Sequence[Any], equations: Sequence[Any]) -> Iterator[str]:
        """Write the hypotheses that a certificate uses as polynomials, with their proofs."""
        for i in dict.fromkeys(i for which, _, _ in terms for i in which):
            yield from self._above(i)
        for j in dict.fromkeys(j for j, _ in equations):
            yield from self._zero(j)

    def _above(self, i: int) -> Iterator[str]:
        p, strict = self.asked.above[i], self.asked.strict[i]
        ways = [way for known in self.known for way in self._ways(known, p, strict)] or ["first [lra | sign]"]
        how = ways[0] if len(ways) == 1 else f"first [{' | '.join(f'solve [{way}]' for way in ways)}]"
        yield f"assert (h{i} : 0 {'<' if strict else '<='} {self._poly(p)}) by ({how})."

    def _ways(self, known: Known, p: Polynomial, strict: bool) -> Iterator[str]:
        """Write proofs that a polynomial has its sign by a relation that it is the difference of, up to divisors."""
        relation, top, under, how = known
        if relation.op in ("==", "!=") or (strict and relation.op not in ("<", ">")):
            return
        more, less = (self._operand(relation.args[k]) for k in LARGER[relation.op])
        by = f"assert (known : {self.write(relation)}) by {how}; " if how else ""
        if not under and top == p:
            yield f"{by}first [lra | sign | replace ({self._poly(p)}) with ({more} - {less}) by same; lra]"
        for sign in (1, -1) if under else ():
            if add({}, top, Fraction(sign)) == p:
                product = self._product(under, sign < 0)
                rule = "Rmult_lt_0_compat" if strict else "Rmult_le_pos"
                yield (
                    f"{by}replace ({self._poly(p)}) with (({more} - {less}) * ({product})) by same; "
                    f"apply {rule}; [lra | first [sign | left; sign]]"
                )

    def _zero(self, j: int) -> Iterator[str]:
        p = self.asked.zero[j]
        says = f"assert (e{j} : {self._poly(p)} = 0)"
        for relation, top, under, how in self.known:
            if relation.op == "==" and top == p:
                left, right = map(self._operand, relation.args)
                product = self._product(under, False)
                by = f"assert (known : {self.write(relation)}) by {how}; " if how else ""
                yield f"{says}."
                yield f"{{ {by}transitivity (({left} - {right}) * ({product})); [same |]."
                yield f"  replace ({left} - {right}) with 0 by lra; ring. }}"
                return
        yield f"{says} by first [lra | nra]."

    def _summands(self, terms: Sequence[Any], equations: Sequence[Any], strict: bool) -> Any:
        """Write why every summand of the identity has its sign; the sum is returned."""
        size, lines, written = len(self.asked.symbols), [], []
        ordered = sorted(terms, key=lambda entry: not self._positive(entry)) if strict else terms
        for k, (which, weight, square) in enumerate(ordered):
            q = self._poly(sos.read(square, size))
            factors = "".join(f" * ({self._poly(self.asked.above[i])})" for i in which)
            written.append(f"{weight if '/' not in weight else f'({weight})'} * ({q}) ^ 2{factors}")
            relation = "<" if strict and k == 0 else "<="
            lines.append(f"assert (s{k} : 0 {relation} {written[-1]}) by sign.")
        for n, (j, multiplier) in enumerate(equations):
            written.append(f"({self._poly(sos.read(multiplier, size))}) * ({self._poly(self.asked.zero[j])})")
            lines.append(f"assert (z{n} : 0 <= {written[-1]}) by (rewrite e{j}; lra).")
        yield from lines
        return " + ".join(written) or "0"

    def _positive(self, entry: Any) -> bool:
        which, _, square = entry
        size = len(self.asked.symbols)
        return set(sos.read(square, size)) == {(0,) * size} and all(self.asked.strict[i] for i in which)

    def _by_products(self, strict: bool) -> str:
        """Write a proof of the goal by products of hypotheses, or nothing."""
        known, numbers = self._signed()
        texts = [self._poly(self.asked.above[i]) for i in numbers]
        if found := self._written(known, texts, self.asked.goal, strict, products.contradiction):
            return found
        lines: list[str] = []
        for fact, root, squared in self._simple():
            if fact in known.above:
                continue
            if not (how := self._written(known, texts, squared or fact, False, products.contradiction, 2)):
                continue
            if squared:
                above, smaller = self._poly(root), self._poly(add(root, fact, Fraction(-1)))
                how = (
                    f"cut ({smaller} <= {above}); [lra |]; apply squares_le; [lra | apply le_of_gap; "
                    f"replace (({above}) ^ 2 - ({smaller}) ^ 2) with ({self._poly(squared)}) by ring; {how}]"
                )
            lines.append(f"assert (simple{len(lines)} : 0 <= {self._poly(fact)}) by ({how})")
            known.above.append(fact)
            known.strict.append(False)
            texts.append(self._poly(fact))
        found = self._written(known, texts, self.asked.goal, strict, products.of_low_degree) if lines else ""
        return "; ".join([*lines, found]) if found else ""

    def _simple(self) -> Iterator[tuple[Polynomial, Polynomial, Polynomial]]:
        """Yield what may help to show a goal where square roots exceed others: that, and that symbols are in [0, 1].

        Of a root also this and the difference of squares are given.
        """
        size, one = len(self.names), (0,) * len(self.names)
        unit = [tuple(int(k == j) for k in range(size)) for j in range(size)]
        pairs = list(products.smaller_roots(self.asked.zero, size))
        if not 0 < len(pairs) <= MOST_ROOTS:
            return
        yield from (({e: Fraction(1)}, {}, {}) for e in unit)
        yield from (({one: Fraction(1), e: Fraction(-1)}, {}, {}) for e in (*unit, *unit))
        negative = [e for e in unit if {e: Fraction(-1)} in self.asked.above]
        for root, below in pairs:
            squares = {tuple(2 * n for n in root): Fraction(1), tuple(2 * n for n in below): Fraction(-1)}
            sign = (-1) ** sum(n for e in negative for n, one in zip(below, e, strict=True) if one)
            yield {root: Fraction(1), below: Fraction(-sign)}, {root: Fraction(1)}, squares

    def _written(
        self, known: products.Known, texts: Sequence[str], goal: Polynomial, strict: bool, find: Any, *most: int
    ) -> str:
        """Write a proof that a polynomial is positive, or not negative, by products of hypotheses, or nothing."""
        found = find(known.with_denied(goal, strict), *most)
        factors = [*texts, f"- ({self._poly(goal)})"]
        lines = []
        for k, product in enumerate(found):
            square = self._poly(dict(product.square))
            if product.equation >= 0:
                j = product.equation
                lines.append(
                    f"assert (product{k} : ({square}) * ({self._poly(self.asked.zero[j])}) = 0) by (rewrite e{j}; ring)"
                )
            elif len(product.which) + bool(product.square) > 1:
                some = [f"({factors[i]})" for i in product.which] + [f"({square}) ^ 2"] * bool(product.square)
                order = "<" if product.strict else "<="
                lines.append(f"assert (product{k} : 0 {order} {' * '.join(some)}) by product")
            elif product.square:
                lines.append(f"assert (product{k} : 0 <= ({square}) ^ 2) by product")
        denied = "Rnot_le_lt" if strict else "Rnot_lt_le"
        return "; ".join([f"apply {denied}; intro denied", *lines, "lra"]) if found else ""

    def _signed(self) -> tuple[products.Known, list[int]]:
        """Return the hypotheses, of which those with divisors have the signs that these give, with their numbers."""
        asked, known, numbers = self.asked, products.Known(zero=self.asked.zero), []
        for divided in (False, True):
            turn = 1
            for i, under in enumerate(asked.under):
                if bool(under) is divided and (not under or known.signs(under) == turn):
                    known.above.append(asked.above[i])
                    known.strict.append(asked.strict[i])
                    numbers.append(i)
                turn = -turn if under else 1
        for k, p in enumerate(known.above):
            known.strict[k] &= not self._root(p) or self._positive_root(p, known, k)
        if known.signs(asked.below) < 0:
            asked.goal = add({}, asked.goal, Fraction(-1))
        return known, numbers

    def _root(self, p: Polynomial) -> bool:
        """Tell whether a polynomial is a root."""
        return len(p) == 1 and any(sum(e) == 1 and self.asked.symbols[e.index(1)].op == "root" for e in p)

    def _positive_root(self, p: Polynomial, known: products.Known, k: int) -> bool:
        """Tell whether what a root is taken of is positive, without the fact that the root is."""
        (root,) = p
        square = tuple(2 * n for n in root)
        below = [{e: -c / q[square] for e, c in q.items() if e != square} for q in self.asked.zero if square in q]
        rest = products.Known(known.above, [*known.strict[:k], False, *known.strict[k + 1 :]], known.zero)
        return any(products.contradiction(rest.with_denied(q, True), 1) for q in below)

    def _by_arithmetic(self, gap: str, over: str, strict: bool, equation: bool) -> Iterator[str]:
        """Write all hypotheses as polynomials, and leave the rest to Rocq."""
        for i in range(len(self.asked.above)):
            yield from optional(self._above(i))
        for j in range(len(self.asked.zero)):
            yield from optional(self._zero(j))
        by, peeled = "" if equation else self._by_products(strict), ""
        if by and over:  # the goal may have been turned
            over = f" / ({self._below()})"
            peeled = f"apply {'Rdiv_lt_0_compat' if strict else 'quotient_nonneg'}; [| solve [sign]]; "
        goal = self._poly(self.asked.goal)
        for k, square in enumerate(squares(self.asked.goal)):
            yield f"assert (square{k} : 0 <= ({self._poly(square)}) ^ 2) by sign."
        if equation:
            yield "apply Rminus_diag_uniq."
        yield f"replace ({gap}) with (({goal}){over}) by same."
        if equation:
            yield f"replace ({goal}) with 0 by (symmetry; arithmetic); unfold Rdiv; ring."
        else:
            yield f"first [solve [{peeled}{by}] | quotient]." if by else "quotient."


def squares(goal: Polynomial) -> Iterator[Polynomial]:
    """Yield the differences and sums of two monomials whose squares and product a polynomial has, as hints."""
    halves = {
        tuple(e // 2 for e in exponents): c
        for exponents, c in goal.items()
        if c > 0 and any(exponents) and not any(e % 2 for e in exponents)
    }
    for (m, c), (n, d) in islice(combinations(halves.items(), 2), MOST_PAIRS):
        both = goal.get(tuple(map(sum, zip(m, n, strict=True))), Fraction(0))
        if both:
            yield {m: _root(c), n: _root(d) * (1 if both > 0 else -1)}


def _root(c: Fraction) -> Fraction:
    """Return the root of a square of a rational, 1 for any other number."""
    found = Fraction(isqrt(c.numerator), isqrt(c.denominator))
    return found if found**2 == c else Fraction(1)


def loose(part: Inequality, facts: Sequence[Relation]) -> sos.Problem:
    """State an inequality in polynomials without knowing the signs of divisors, which are left to Rocq.

    A hypothesis with divisors is stated with both signs, of which one can be shown.
    """
    relations = [*(r for r in atoms(part) if r.op in LARGER), *facts]
    opaque: list[Any] = [n for n in walk(*part.given, *facts, part.show) if n.op in (*sos.AUXILIARY, "log", "exp")]
    found = sos.Problem([*part.symbols, *opaque], equation=part.show.op == "==", positive=part.show.op in ("<", ">"))
    quotients = Quotients(found.symbols)
    found.goal, found.below = cleared(quotients, difference(part.show))
    relations += [fact.show for fact in logarithms.facts(n for n in opaque if n.op in ("log", "exp"))]
    for r in relations:
        try:
            top, under = cleared(quotients, difference(r))
        except Rejected:
            continue
        if r.op == "==":
            found.zero.append(top)
        elif r.op != "!=":
            for sign in (1, -1) if under else (1,):
                found.above.append(add({}, top, Fraction(sign)))
                found.strict.append(r.op in ("<", ">"))
                found.under.append(under)
    return found


def optional(lines: Iterator[str]) -> Iterator[str]:
    """Write steps of a proof that may fail, and then leave no trace."""
    found = list(lines)
    first, rest = found[0], " ".join(found[1:])
    if not rest:
        yield f"try {first}"
    else:
        inner = rest.strip("{} ").removesuffix(".").replace(".\n", "; ").replace(". ", "; ")
        yield f"try {first.removesuffix('.')} by ({inner})."
