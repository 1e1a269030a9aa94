"""Proofs of inequalities from their certificates: identities of sums of squares, and Rocq's own arithmetic.

A proof goes along the terms of a statement from the inside out. A condition of a term becomes a fact; a root, maximum,
minimum or absolute value becomes a variable of which the facts are known that the checker knows of it. What a solver
has decided is split into the cases of its maxima and distinctions, and left to Rocq's arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import combinations
from typing import Any

from regretlab.claims.arithmetic import sums
from regretlab.claims.arithmetic.polynomials import NotPolynomial, Quotients
from regretlab.claims.checkers import sos
from regretlab.claims.checkers.signs import LARGER
from regretlab.claims.language.terms import Node, Relation, Term, walk
from regretlab.claims.language.trees import condition, conjuncts, symbols
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.rocq import refutations
from regretlab.claims.rocq.cases import Split, atomic
from regretlab.claims.rocq.goals import Scope, Theorem, holds, needed, scope_of
from regretlab.claims.rocq.polynomials import Cleared
from regretlab.claims.rocq.writing import Names, NotTranslated, Writer
from regretlab.claims.statements import Inequality

#: What enclosures of numbers are proved with.
INTERVALS = ("RegretlabIntervals",)
#: Cases into which one proof is split.
MOST_CASES = 64
#: A test that is known, and the name of what is known.
Case = tuple[Relation, str]
_NAMES = {"root": "r", "max": "m", "min": "m", "abs": "m"}


def theorem(statement: Inequality, form: str, body: Any) -> Theorem:
    """Write the theorem that an inequality holds, with its proof."""
    scope = scope_of(statement)
    says, _ = holds(statement, scope)
    count = len(needed((*statement.given, statement.show)))
    lines = proof(statement, scope, form, body, count)
    return Theorem(form, says, lines, INTERVALS if any("enclosed" in line for line in lines) else ())


def proof(statement: Inequality, scope: Scope, form: str, body: Any, count: int) -> list[str]:
    """Write the proof of a proposition whose conclusion has ``count`` conditions before the parts of the statement."""
    lines = [f"intros {' '.join(scope.identifiers.values())}."] if scope.symbols else []
    parts = body["parts"] if form == "conjuncts" else [{"form": form, "body": body}] * len(conjuncts(statement.show))
    if form == "refutation":
        with suppress(NotTranslated):
            return [*lines, *refutations.proof(statement, scope, body, count)]
        form = "smt"
    parts = [_free(part) for part in parts]
    atoms = Inequality(tuple(map(atomic, statement.given)), atomic(statement.show))
    if count == 0 and told(atoms):
        return [*lines, "known."]
    if form == "smt":
        return [*lines, *split(atoms, scope, scope.names, count, parts, [])]
    return [*lines, *Branch(atoms, scope.write, scope.names, []).lines(count, parts)]


def _free(part: dict[str, Any]) -> dict[str, Any]:
    """Leave a proof to Rocq's own tactics, as those of solvers are, where its cases are not those of Rocq's proof."""
    return {"form": "smt", "body": {}} if part["form"] == "refutation" else part


def told(statement: Inequality) -> bool:
    """Tell whether every part of the conclusion is a hypothesis, up to equations and to how its terms are written."""
    known = [part for h in statement.given for part in conjuncts(h)]
    shown = conjuncts(statement.show)
    for relation in known:
        if relation.op == "==" and relation.args[0].op == "symbol":
            symbol, value = relation.args
            if not any(node is symbol for node in walk(value)):
                known, shown = ([exchanged(r, symbol, value) for r in some] for some in (known, shown))

    def among(part: Relation) -> bool:
        if part.op == "or":
            return any(map(among, part.args))
        ops = ("!=", "<", ">") if part.op == "!=" else (part.op,)
        return any(sums.same(Relation(part.op, *h.args), part) for h in known if h.op in ops)

    with suppress(Rejected):
        return all(map(among, shown))
    return False


def split(
    statement: Inequality, scope: Scope, names: Names, count: int, parts: Sequence[Any], known: Sequence[Case]
) -> Iterator[str]:
    """Write a proof case by case, until no choice is left."""
    found = Split.first(*statement.given, statement.show)
    if found is None:
        yield from Branch(statement, Writer(scope.write.known), names, known).lines(count, parts)
        return
    if 2 ** len(known) > MOST_CASES:
        raise NotTranslated(f"more than {MOST_CASES} cases")
    decided = next((yes for yes in (True, False) for r, _ in known if r is found.hypothesis(yes)), None)
    own = Names(names.taken)
    name = own("case")
    if decided is None:
        yield found.destruct(scope.write, name)
    for yes in (True, False) if decided is None else (decided,):
        smaller = Inequality(
            tuple(found.resolved(r, yes) for r in statement.given), found.resolved(statement.show, yes)
        )
        more = known if decided is not None else [*known, (found.hypothesis(yes), name)]
        lines = list(found.enter(scope.write, name, yes))
        if decided is None:
            lines += split(smaller, scope, own, count, parts, more)
            yield "{ " + "\n  ".join(lines) + " }"
        else:  # the test is known: only the goal is rewritten
            yield from lines[-1:]
            yield from split(smaller, scope, own, count, parts, more)


class Branch:
    """The proof of one case of an inequality, line by line; ``cases`` are the tests that are known there."""

    def __init__(self, statement: Inequality, write: Writer, names: Names, cases: Sequence[Case]) -> None:
        self.statement, self.write, self.names = statement, write, Names(names.taken)
        self.given = (*statement.given, *(test for test, _ in cases))
        self.facts: list[Relation] = []  # what is known of the variables

    def lines(self, count: int, parts: Sequence[Any]) -> list[str]:
        """Write the proof; the goal has ``count`` conditions before the parts of the conclusion."""
        given = self.statement.given
        if (k := next((k for k, h in enumerate(given) if h.op == "or"), None)) is not None:
            return list(self._apart(k, count, parts))
        lines = [f"intros {' '.join(self._introduced())}."] if self.statement.given else []
        if parts[-1]["form"] == "smt":
            lines += self._put_in()
            lines += self._merged()
        lines += self._walked()
        lines += ["split; [solve [assumption | intros; first [sign | exfalso; lra]] |]."] * count
        shown = conjuncts(self.statement.show)
        for part, proof in zip(shown[:-1], parts[:-1], strict=True):
            lines += ["split.", "{ " + "\n  ".join(self._shown(self.given, part, **proof)) + " }"]
        return lines + self._shown(self.given, shown[-1], **parts[-1])

    def _apart(self, k: int, count: int, parts: Sequence[Any]) -> Iterator[str]:
        """Write the proof for both cases of a hypothesis that is an alternative."""
        given = self.statement.given
        names = [self.names("given") for _ in given[:k]]
        name = self.names("either")
        yield f"intros {' '.join([*names, f'[{name} | {name}]'])}; revert {' '.join([*names, name])}."
        for case in given[k].args:
            smaller = Inequality((*given[:k], case, *given[k + 1 :]), self.statement.show)
            branch = Branch(smaller, Writer(self.write.known, self.write.sequences), self.names, [])
            branch.given = (*smaller.given, *self.given[len(given) :])
            yield "{ " + "\n  ".join(branch.lines(count, parts)) + " }"

    def _introduced(self) -> Iterator[str]:
        for number, hypothesis in enumerate(self.statement.given, 1):
            yield self._pattern(hypothesis, f"given{number}")

    def _pattern(self, hypothesis: Relation, name: str) -> str:
        if hypothesis.op != "and":
            return self.names(name)
        return f"[{self._pattern(hypothesis.args[0], name)} {self._pattern(hypothesis.args[1], name)}]"

    def _put_in(self) -> Iterator[str]:
        """Put in what symbols are by an equation."""
        while (pair := self._solved()) is not None:
            symbol, value = pair
            yield f"subst {self.write(symbol)}."
            self._exchange(symbol, value)

    def _solved(self) -> tuple[Term, Term] | None:
        """Return a symbol that is the side of only one equation, with the other side."""
        equations = [part.args for h in self.given for part in conjuncts(h) if part.op == "=="]
        sides = [pair for args in equations for pair in (args, args[::-1]) if args[0] is not args[1]]
        for symbol, value in sides:
            alone = symbol.op == "symbol" and sum(symbol is one for one, _ in sides) == 1
            if alone and not any(node is symbol for node in walk(value)):
                return symbol, value
        return None

    def _exchange(self, old: Term, new: Term) -> None:
        given, show = self.statement.given, exchanged(self.statement.show, old, new)
        self.statement = Inequality(tuple(exchanged(h, old, new) for h in given), show)
        self.given = tuple(exchanged(h, old, new) for h in self.given)

    def _merged(self) -> Iterator[str]:
        """Write roots of the same number alike."""
        while (pair := self._alike()) is not None:
            first, second = map(self.write, pair)
            name = self.names("same")
            yield f"assert ({name} : {second} = {first}) by (f_equal; ring)."
            yield f"rewrite {name} in *; clear {name}."
            self._exchange(pair[1], pair[0])

    def _alike(self) -> tuple[Term, Term] | None:
        """Return two roots of the same polynomial."""
        roots: list[Any] = [node for node in walk(*self.given, self.statement.show) if node.op == "root"]
        for first, second in combinations(roots, 2):
            (u, p), (v, q) = first.args, second.args
            with suppress(NotPolynomial):
                if p == q and not Quotients(symbols(u >= 0, v >= 0)).of(u - v)[0]:
                    return first, second
        return None

    def _walked(self) -> Iterator[str]:
        """Go along the terms: conditions become facts, what is no operation of polynomials a variable."""
        known: set[Relation] = set()
        for node in walk(*self.statement.given, self.statement.show):
            need = condition(node)
            if need is not None and need not in known:
                known.add(need)
                yield f"assert ({self.names('defined')} : {self.write(need)}) by meant."
            if node.op in sos.AUXILIARY:
                yield from self._variable(node)  # type: ignore[arg-type]

    def _variable(self, part: Term) -> Iterator[str]:
        text, name = self.write(part), self.names(_NAMES[part.op])
        facts = [self.names(f"{name}_is") for _ in range(3)]
        if part.op == "root":
            u, q = part.args
            below = f"({self.write(u)})"
            whole = f"sqrt_pow2 {below}" if q == 2 else f"root_pow {q} {below}"
            yield f"assert ({facts[0]} : 0 <= {text}) by sign."
            yield f"try assert ({facts[1]} : 0 < {text}) by meant."
            yield f"assert ({facts[2]} : ({text}) ^ {q} = {below}) by (apply ({whole}); try lia; apply Rge_le; sign)."
            self.facts += [part > 0, part >= 0, part**q == u]
        else:
            u, v = (part.args[0], -part.args[0]) if part.op == "abs" else part.args
            yield f"destruct ({part.op}_facts {' '.join(map(self.write.atom, part.args))}) as ({' & '.join(facts)})."
            known = [part <= u, part <= v] if part.op == "min" else [part >= u, part >= v]
            self.facts += [*known, (part - u) * (part - v) == 0]
        yield f"set ({name} := {text}) in *; clearbody {name}."
        self.write.known[part] = name

    def _shown(self, given: Sequence[Relation], show: Relation, form: str, body: Any) -> list[str]:
        """Write the proof of one part of the conclusion."""
        if form not in ("sos", "squared sos", "smt"):
            raise NotTranslated(f"a proof of the form {form}")
        if show.op == "!=":
            return ["first [sign | let H := fresh in intro H; arithmetic]."]
        if show.op == "or":
            return self._either(given, show, form, body)
        try:
            return list(Cleared(Inequality(tuple(given), show), form, self.write, self.facts).lines(form, body))
        except Rejected as error:
            if form == "smt":
                return ["first [sign | arithmetic]."]
            raise NotTranslated(str(error)) from None

    def _either(self, given: Sequence[Relation], show: Relation, form: str, body: Any) -> list[str]:
        """Write the proof of A or B: that of B where A is false."""
        first, second = show.args
        if first.op not in LARGER:
            raise NotTranslated(f"a proof of {first.op} in an alternative")
        by = {"<=": "Rle_dec", "<": "Rlt_dec", ">=": "Rge_dec", ">": "Rgt_dec"}.get(first.op, "Req_EM_T")
        name = self.names("else")
        left, right = map(self.write.atom, first.args)
        back = {"<=": "Rnot_le_lt", "<": "Rnot_lt_le", ">=": "Rnot_ge_lt", ">": "Rnot_gt_le"}.get(first.op)
        weaken = f"apply {back} in {name}; " if back else ""
        if first.op == "!=":
            lines = [f"destruct ({by} {left} {right}) as [{name} | {name}]; [right | left; exact {name}]."]
        else:
            lines = [f"destruct ({by} {left} {right}) as [{name} | {name}]; [left; exact {name} | {weaken}right]."]
        return lines + self._shown([*given, ~first], second, form, body)


def exchanged(root: Any, old: Node, new: Node) -> Any:
    """Put one node in for another."""
    made: dict[int, Any] = {}
    for node in walk(root):
        args = [made[id(a)] if isinstance(a, Node) else a for a in node.args]
        made[id(node)] = new if node is old else type(node)(node.op, *args)
    return made[id(root)]
