"""Proofs of inequalities from their certificates: identities of sums of squares, and Rocq's own arithmetic.

A proof goes along the terms of a statement from the inside out. A condition of a term becomes a fact; a root, maximum,
minimum or absolute value becomes a variable of which the facts are known that the checker knows of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.polynomials import Factor, Polynomial, Quotients, add
from regretlab.claims.checkers import sos
from regretlab.claims.checkers.live import atoms
from regretlab.claims.checkers.proofs import apart
from regretlab.claims.checkers.signs import LARGER, cleared, difference
from regretlab.claims.language.terms import Relation, Term, walk
from regretlab.claims.language.trees import condition
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.rocq.goals import Scope, Theorem, holds, scope_of
from regretlab.claims.rocq.writing import NotTranslated, Writer, operators, polynomial
from regretlab.claims.statements import Inequality

#: Arithmetic in Rocq without a certificate, for what a solver has decided.
BY_ARITHMETIC = "first [lra | nra]"


def theorem(statement: Inequality, form: str, body: Any) -> Theorem:
    """Write the theorem that an inequality holds, with its proof."""
    scope = scope_of(statement)
    says, parts = holds(statement, scope)
    lines = Proof(statement, scope).lines(form, body, len(parts))
    return Theorem(form, says, lines)


class Proof:
    """A proof of one inequality, line by line."""

    def __init__(self, statement: Inequality, scope: Scope) -> None:
        self.statement, self.scope = statement, scope
        self.write: Writer = scope.write
        self.parts: list[Term] = []  # roots, maxima, minima and absolute values
        self.facts: list[Relation] = []  # what is known of them

    def lines(self, form: str, body: Any, count: int) -> list[str]:
        """Write the proof; the goal has ``count`` parts, of which the last are those of the conclusion."""
        shown = apart(self.statement)
        proofs = [{"form": form, "body": body}] if form != "conjuncts" else body["parts"]
        if len(proofs) == 1:
            proofs = proofs * len(shown)
        lines = [f"intros {' '.join(self._introduced())}."]
        lines += self.walked()
        lines += ["repeat split; try assumption."] if count > 1 else []
        if count > 1:
            lines = lines[:-1] + ["split; [assumption |]." for _ in range(count - len(shown))]
        for part, proof in zip(shown[:-1], proofs[:-1], strict=True):
            lines += ["split.", "{ " + "\n  ".join(self.shown(part, proof["form"], proof["body"])) + " }"]
        return lines + self.shown(shown[-1], proofs[-1]["form"], proofs[-1]["body"])

    def _introduced(self) -> Iterator[str]:
        yield from self.scope.identifiers.values()
        for number, hypothesis in enumerate(self.statement.given, 1):
            yield self._pattern(hypothesis, f"given{number}")

    def _pattern(self, hypothesis: Relation, name: str) -> str:
        if hypothesis.op != "and":
            return self.scope.names(name)
        return f"[{self._pattern(hypothesis.args[0], name)} {self._pattern(hypothesis.args[1], name)}]"

    def walked(self) -> Iterator[str]:
        """Go along the terms: conditions become facts, what is no operation of polynomials a variable."""
        if operators(*self.statement.given, self.statement.show) & {"where"}:
            raise NotTranslated("a case distinction in a proof of an inequality")
        known: set[Relation] = set()
        for node in walk(*self.statement.given, self.statement.show):
            need = condition(node)
            if need is not None and need not in known:
                known.add(need)
                yield f"assert ({self.scope.names('defined')} : {self.write(need)}) by sign."
            if node.op in sos.AUXILIARY:
                yield from self._variable(node)  # type: ignore[arg-type]

    def _variable(self, part: Term) -> Iterator[str]:
        text, name = self.write(part), self.scope.names({"root": "r", "max": "m", "min": "m", "abs": "m"}[part.op])
        facts = [self.scope.names(f"{name}_is") for _ in range(3)]
        if part.op == "root":
            u, q = part.args
            below = f"({self.write(u)})"
            whole = f"sqrt_pow2 {below}" if q == 2 else f"root_pow {q} {below}"
            yield f"assert ({facts[0]} : 0 <= {text}) by sign."
            yield f"try assert ({facts[1]} : 0 < {text}) by sign."
            yield f"assert ({facts[2]} : ({text}) ^ {q} = {below}) by (apply ({whole}); try lia; apply Rge_le; sign)."
            self.facts += [part > 0, part >= 0, part**q == u]
        else:
            u, v = (part.args[0], -part.args[0]) if part.op == "abs" else part.args
            yield f"destruct ({part.op}_facts {' '.join(map(self.write.atom, part.args))}) as ({' & '.join(facts)})."
            known = [part <= u, part <= v] if part.op == "min" else [part >= u, part >= v]
            self.facts += [*known, (part - u) * (part - v) == 0]
        yield f"set ({name} := {text}) in *; clearbody {name}."
        self.write.known[part] = name
        self.parts.append(part)

    def shown(self, part: Inequality, form: str, body: Any) -> list[str]:
        """Write the proof of one part of the conclusion."""
        if form not in ("sos", "squared sos", "smt"):
            raise NotTranslated(f"a proof of the form {form}")
        if part.show.op == "!=":
            return ["sign."]
        try:
            return list(Cleared(self, part, form == "squared sos").lines(form, body))
        except Rejected as error:
            if form == "smt":
                return [f"{BY_ARITHMETIC}."]
            raise NotTranslated(str(error)) from None


class Cleared:
    """One part of a conclusion as polynomials, as the checker of sums of squares states it."""

    def __init__(self, proof: Proof, part: Inequality, squared: bool) -> None:
        if part.show.op not in LARGER:
            raise Rejected(f"{part.show.op} is no comparison")
        self.proof, self.part, self.squared, self.write = proof, part, squared, proof.write
        self.asked = sos.problem(part, squared)
        self.quotients = Quotients(self.asked.symbols)
        self.names = [self.write(s) for s in self.asked.symbols]
        self.more, self.less = (part.show.args[i] for i in LARGER[part.show.op])
        given = [r for r in atoms(part) if r.op in LARGER]
        self.known = [(r, *cleared(self.quotients, difference(r))) for r in (*given, *proof.facts) if self._speaks(r)]

    def _speaks(self, relation: Relation) -> bool:
        try:
            cleared(self.quotients, difference(relation))
        except Rejected:
            return False
        return True

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
        says = f"assert (h{i} : 0 {'<' if strict else '<='} {self._poly(p)})"
        for relation, top, under in self.known:
            for sign in (1, -1):
                if relation.op not in ("==", "!=") and add({}, top, Fraction(sign)) == p:
                    if not under:
                        yield f"{says} by first [lra | sign]."
                        return
                    more, less = (relation.args[k] for k in LARGER[relation.op])
                    product = self._product(under, sign < 0)
                    yield f"{says}."
                    gap = f"{self._operand(more)} - {self._operand(less)}"
                    yield f"{{ replace ({self._poly(p)}) with (({gap}) * ({product})) by same."
                    rule = "Rmult_lt_0_compat" if strict else "Rmult_le_pos"
                    yield f"  apply {rule}; [lra | first [sign | left; sign]]. }}"
                    return
        yield f"{says} by first [lra | sign]."

    def _zero(self, j: int) -> Iterator[str]:
        p = self.asked.zero[j]
        says = f"assert (e{j} : {self._poly(p)} = 0)"
        for relation, top, under in self.known:
            if relation.op == "==" and top == p:
                left, right = map(self._operand, relation.args)
                product = self._product(under, False)
                yield f"{says}."
                yield f"{{ transitivity (({left} - {right}) * ({product})); [same |]."
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

    def _by_arithmetic(self, gap: str, over: str, strict: bool, equation: bool) -> Iterator[str]:
        """Write all hypotheses as polynomials, and leave the rest to Rocq."""
        for i in range(len(self.asked.above)):
            yield from self._above(i)
        for j in range(len(self.asked.zero)):
            yield from self._zero(j)
        goal = self._poly(self.asked.goal)
        if equation:
            yield f"apply Rminus_diag_uniq; replace ({gap}) with (({goal}){over}) by same."
            yield f"assert (goal : {goal} = 0) by {BY_ARITHMETIC}."
            yield "rewrite goal; unfold Rdiv; ring."
            return
        yield f"replace ({gap}) with (({goal}){over}) by same."
        if over:
            yield f"apply {'Rdiv_lt_0_compat' if strict else 'quotient_nonneg'}; [| sign]."
        yield f"{BY_ARITHMETIC}."
