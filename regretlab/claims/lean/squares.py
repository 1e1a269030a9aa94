"""Inequalities from sums of squares: the identity of the certificate, and why each of its summands has its sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.polynomials import Factor, Polynomial, Quotients, add
from regretlab.claims.checkers import sos
from regretlab.claims.checkers.live import atoms
from regretlab.claims.checkers.signs import LARGER, cleared, difference
from regretlab.claims.language.terms import Relation, walk
from regretlab.claims.language.trees import condition
from regretlab.claims.lean.goals import Scope
from regretlab.claims.rocq.goals import ALWAYS, needed
from regretlab.claims.rocq.writing import NotTranslated, polynomial
from regretlab.claims.statements import Inequality

#: How strongly the base of a power binds.
FACTOR = 76
#: What follows from facts about the terms below, or by a square.
SIGN = "first | positivity | linarith | nlinarith"
#: Why a maximum, minimum or absolute value is beyond both of its sides.
RULES = {
    "max": ("le_max_left _ _", "le_max_right _ _"),
    "min": ("min_le_left _ _", "min_le_right _ _"),
    "abs": ("le_abs_self _", "neg_le_abs _"),
}


class Branch:
    """The proof of an inequality: what is known of its terms, and then parts of its conclusion."""

    def __init__(self, statement: Inequality, scope: Scope, given: Mapping[str, Relation]) -> None:
        self.statement, self.scope, self.write, self.given = statement, scope, scope.write, given
        self.conditions: dict[Relation, str] = {}

    def meant(self, need: Relation) -> str:
        """Write the tactic that shows a condition of definedness."""
        if need.op == "!=":
            return "first | positivity | exact ne_of_gt (by nlinarith) | exact ne_of_lt (by nlinarith)"
        return SIGN

    def facts(self) -> Iterator[str]:
        """Take hypotheses apart, and write what is known of terms from the inside out."""
        for name, relation in self.given.items():
            if relation.op == "and":
                yield f"have ⟨{', '.join(map(self._pattern, relation.args))}⟩ := {name}"
        wanted = {need for path, need in needed((*self.statement.given, self.statement.show)) if path is ALWAYS}
        for node in walk(*self.statement.given, self.statement.show):
            need = condition(node)
            if need in wanted and need is not None and need not in self.conditions:
                self.conditions[need] = self.scope.fresh("d")
                yield f"have {self.conditions[need]} : {self.write(need)} := by {self.meant(need)}"
            if node.op in sos.AUXILIARY and (need is None or need in wanted):
                yield from self._known(node)

    def below(self, root: Any) -> str:
        """Write why what a root is taken of is not negative."""
        return self.conditions.get(root.args[0] >= 0, f"(by {SIGN})")

    def _pattern(self, relation: Relation) -> str:
        if relation.op != "and":
            return self.scope.fresh("h")
        return f"⟨{', '.join(map(self._pattern, relation.args))}⟩"

    def _known(self, node: Any) -> Iterator[str]:
        """Write what defines a root, a maximum, a minimum or an absolute value."""
        fresh, text = self.scope.fresh, self.write(node, FACTOR)
        if node.op == "root":
            u, q = node.args
            below = self.write.real(u)
            if q == 2:
                yield f"have {fresh('r')} : 0 ≤ {text} := Real.sqrt_nonneg _"
                yield f"have {fresh('r')} : {text} ^ 2 = {below} := Real.sq_sqrt {self.below(node)}"
                return
            yield f"have {fresh('r')} : 0 ≤ {text} := Real.rpow_nonneg {self.below(node)} _"
            how = f"rw [← Real.rpow_natCast, ← Real.rpow_mul {self.below(node)}]; norm_num"
            yield f"have {fresh('r')} : {text} ^ {q} = {below} := by {how}"
            return
        u, v = map(self.write.real, node.args if node.op != "abs" else (node.args[0], -node.args[0]))
        first, second = RULES[node.op]
        below = node.op == "min"
        for side, rule in ((u, first), (v, second)):
            yield f"have {fresh('m')} : {f'{text} ≤ {side}' if below else f'{side} ≤ {text}'} := {rule}"
        choice = f"{node.op}_choice {' '.join(map(self.write.real, node.args))}"
        yield f"have {fresh('m')} : ({text} - {u}) * ({text} - {v}) = 0 := by"
        yield f"  rcases {choice} with e | e <;> rw [e] <;> ring"

    def squares(self, part: Relation, form: str, body: Any) -> Iterator[str]:
        """Write the proof of one part of the conclusion by an identity."""
        yield from _Identity(self, part, form == "squared sos").lines(body)


class _Identity:
    """One part of a conclusion as the checker of sums of squares states it."""

    def __init__(self, branch: Branch, part: Relation, squared: bool) -> None:
        self.write, self.fresh, self.show, self.squared = branch.write, branch.scope.fresh, part, squared
        statement = Inequality(branch.statement.given, part)
        self.asked = sos.problem(statement, squared)
        self.quotients = Quotients(self.asked.symbols)
        self.names = [self.write(s, FACTOR) for s in self.asked.symbols]
        self.larger, self.smaller = (part.args[i] for i in LARGER[part.op])
        self.known: list[tuple[Relation, Polynomial, dict[Factor, int]]] = []
        for relation in atoms(statement):
            if relation.op in LARGER:
                self.known.append((relation, *cleared(self.quotients, difference(relation))))

    def lines(self, body: Any) -> Iterator[str]:
        """Write the proof."""
        if body.get("power", 0):
            raise NotTranslated("a multiplier that vanishes at a point")
        op = self.show.op
        if op == "!=":
            raise NotTranslated("a conclusion with !=")
        hypotheses = {i: self.fresh("p") for i in dict.fromkeys(i for which, _, _ in body["terms"] for i in which)}
        for i, name in hypotheses.items():
            order = "<" if self.asked.strict[i] else "≤"
            yield f"have {name} : 0 {order} {self._poly(self.asked.above[i])} := by {self._above(i)}"
        summands = yield from self._summands(body, hypotheses)
        total = " + ".join(says for says, _ in summands)
        known = ", ".join(name for _, name in summands)
        below, positive = self._below()
        over = f" / {below}" if below != "1" and total else ""
        power = " ^ 2" if self.squared else ""
        left, right = (self.larger, self.smaller) if op != "==" else self.show.args
        gap = f"({self.write(left)}){power} - ({self.write(right)}){power}"
        identity, sign = self.fresh("identity"), self.fresh("sign")
        yield f"have {identity} : {gap} ="
        whole = f"({total})" if over else total or "0"
        yield f"    {whole}{over} := by {'field_simp <;> ring' if below != '1' else 'ring'}"
        order = {"<": "<", ">": "<", "==": "="}.get(op, "≤")
        yield f"have {sign} : 0 {order} {gap} := by"
        if not over:
            yield f"  linarith [{', '.join(filter(None, [identity, known]))}]"
        elif op == "==":
            yield f"  rw [{identity}, show {total} = 0 by linarith [{known}], zero_div]"
        else:
            rule = "div_pos" if order == "<" else "div_nonneg"
            yield f"  rw [{identity}]"
            yield f"  exact {rule} (by linarith [{known}]) {positive if order == '<' else f'(le_of_lt {positive})'}"
        if self.squared:
            rule = "abs_lt_of_sq_lt_sq'" if order == "<" else "abs_le_of_sq_le_sq'"
            yield f"exact ({rule} (by linarith [{sign}]) (by {SIGN})).2"
        else:
            yield f"linarith [{sign}]"

    def _summands(self, body: Any, hypotheses: Mapping[int, str]) -> Any:
        """Write why every summand of the identity has its sign; they are returned with their names."""
        size, found = len(self.asked.symbols), []
        for which, weight, square in body["terms"]:
            q = sos.read(square, size)
            constant = set(q) == {(0,) * size}
            strict = constant and all(self.asked.strict[i] for i in which)
            known = [f"{hypotheses[i]}{'' if strict or not self.asked.strict[i] else '.le'}" for i in which]
            weight = Fraction(weight) * (q[(0,) * size] ** 2 if constant else 1)
            factors = [f"({weight} : ℝ)", *([] if constant else [f"{self._factor(q)} ^ 2"])]
            factors += [self._factor(self.asked.above[i]) for i in which]
            shown = "(by norm_num)"
            for one in [*([] if constant else ["(sq_nonneg _)"]), *known]:
                shown = f"({'mul_pos' if strict else 'mul_nonneg'} {shown} {one})"
            name, says = self.fresh("s"), " * ".join(factors)
            yield f"have {name} : 0 {'<' if strict else '≤'} {says} := {shown[1:-1]}"
            found.append((says, name))
        for j, multiplier in body["equations"]:
            name = self.fresh("z")
            zero = self._poly(self.asked.zero[j])
            says = f"{self._factor(sos.read(multiplier, size))} * ({zero})"
            yield f"have {name} : {says} = 0 := by"
            yield f"  rw [show {zero} = 0 by {self._zero(j)}, mul_zero]"
            found.append((says, name))
        return found

    def _factor(self, p: Polynomial) -> str:
        """Write a polynomial that something is multiplied by."""
        line = self._poly(p)
        return line if line.endswith(" : ℝ)") else f"({line})"

    def _poly(self, p: Polynomial) -> str:
        """Write a polynomial, of which Lean sees that it is a real number."""
        line = polynomial(p, self.names)
        return line if any(any(e) for e in p) else f"({line} : ℝ)"

    def _below(self) -> tuple[str, str]:
        """Write the common denominator, with the sign by which the goal was multiplied, and why it is positive."""
        gap = self.larger**2 - self.smaller**2 if self.squared else difference(self.show)
        top, below = cleared(self.quotients, gap)
        return self._product(below, top != self.asked.goal)

    def _product(self, factors: Mapping[Factor, int], turned: bool) -> tuple[str, str]:
        """Write a product of factors, or its negative, and why that is positive."""
        parts, shown = [], ""
        for f, k in factors.items():
            parts.append(self._factor(dict(f)) + (f" ^ {k}" if k > 1 else ""))
            one = f"(pow_pos (by {SIGN}) {k})" if k > 1 else f"(by {SIGN})"
            shown = f"(mul_pos {shown} {one})" if shown else one
        text = " * ".join(parts) or "1"
        if turned:
            return f"(-({text}))", f"(by {SIGN})"
        return text if len(factors) < 2 and set(factors.values()) <= {1} else f"({text})", shown or "(by norm_num)"

    def _above(self, i: int) -> str:
        """Write the tactic that shows a hypothesis: up to divisors, it is the difference of two sides."""
        p, strict = self.asked.above[i], self.asked.strict[i]
        for relation, top, under in self.known:
            if relation.op in ("==", "!=") or (strict and relation.op not in ("<", ">")):
                continue
            for sign in (1, -1) if under else ():
                if add({}, top, Fraction(sign)) == p:
                    more, less = (f"({self.write(relation.args[k])})" for k in LARGER[relation.op])
                    product, positive = self._product(under, sign < 0)
                    rule = "mul_pos" if strict else "mul_nonneg"
                    return (
                        f"rw [show {self._poly(p)} = ({more} - {less}) * {product} by field_simp <;> ring]; "
                        f"exact {rule} (by linarith) {positive if strict else f'(le_of_lt {positive})'}"
                    )
        self._told(p)
        return "first | linarith | positivity"

    def _zero(self, j: int) -> str:
        p = self.asked.zero[j]
        for relation, top, under in self.known:
            if relation.op == "==" and top == p and under:
                left, right = (f"({self.write(side)})" for side in relation.args)
                product, _ = self._product(under, False)
                return (
                    f"rw [show {self._poly(p)} = ({left} - {right}) * {product} by field_simp <;> ring, "
                    f"show {left} - {right} = 0 by linarith, zero_mul]"
                )
        self._told(p)
        return "linarith"

    def _told(self, p: Polynomial) -> None:
        """Refuse what is only known of a logarithm or an exponential."""
        curved = [k for k, s in enumerate(self.asked.symbols) if s.op in ("log", "exp")]
        told = [top for _, top, under in self.known if not under]
        if any(e[k] for e in p for k in curved) and p not in told:
            raise NotTranslated("a fact about a logarithm")
