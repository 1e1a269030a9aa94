"""Proofs of theorems about sequences, step by step as the certificate has them.

Every step becomes a fact by its rule. Real arithmetic on instances of facts is a statement about single reals, as the
checker makes it of entries and sums: it is proved as a fact of its own, ``core``, and applied to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from regretlab.claims.arithmetic import linear
from regretlab.claims.arithmetic.abstraction import Abstraction
from regretlab.claims.checkers import facts as checked
from regretlab.claims.checkers.facts import Proof, Scope
from regretlab.claims.checkers.rules import RULES, Substitution, nonempty
from regretlab.claims.checkers.theorem import conditions
from regretlab.claims.language.binding import Range, opened, replaced
from regretlab.claims.language.terms import ZERO, Relation, Term
from regretlab.claims.language.trees import conjuncts, symbols
from regretlab.claims.rocq import goals, inequalities
from regretlab.claims.rocq.goals import Theorem as Written
from regretlab.claims.rocq.goals import universal
from regretlab.claims.rocq.identities import Equations, outermost
from regretlab.claims.rocq.idle import existence
from regretlab.claims.rocq.stating import comparison, given, identifier, meaning, module, scope_of, shortly, stated
from regretlab.claims.rocq.writing import Names, NotTranslated
from regretlab.claims.statements.theorem import Theorem, conclusions

IMPORTS = ("RegretlabSums",)
COMPARISONS = ("<=", "<", ">=", ">", "==", "!=")


def theorem(statement: Theorem, form: str, body: Any) -> Written:
    """Write a theorem about sequences, with its proof."""
    proof = Sequences(statement)
    lines = proof.lines(body)
    imports = (
        *IMPORTS,
        *map(module, proof.uses),
        *(inequalities.INTERVALS if any("enclosed" in line for line in lines) else ()),
    )
    return Written(form, proof.says, lines, imports)


class Sequences:
    """The proof of one theorem."""

    def __init__(self, statement: Theorem) -> None:
        self.statement, self.proof, self.scope = statement, Proof(statement), scope_of(statement)
        self.write, self.names = self.scope.write, self.scope.names
        self.conditions = conditions(statement)
        self.facts: list[str] = []
        self.uses: dict[str, None] = {}
        operand = self.write.operand
        self.meaning = meaning(statement)
        parts = [operand(c) for c in self.meaning] + [operand(statement.show)]
        self.says = universal(self.scope, given(statement), parts)

    def lines(self, body: Any) -> list[str]:
        """Write the proof."""
        lines = [f"intros {' '.join([*self.scope.identifiers.values(), *self.scope.sequences.values()])}."]
        naturals = [self.names(f"{n}_from") for s, n in self.scope.identifiers.items() if s.op == "index"]
        self.facts = [self.names(f"f{k}") for k in range(len(self.statement.hypotheses))]
        told = set(given(self.statement))
        known = [f for f, h in zip(self.facts, self.statement.hypotheses, strict=True) if h in told]
        if naturals or known:
            lines.append(f"intros {' '.join([*naturals, *known])}.")
        lines += self._idle(told)
        for step in body["steps"]:
            content = {k: v for k, v in step.items() if k != "rule"}
            fact, shown = self._step(step["rule"], content)
            name = self.names(f"f{len(self.facts)}")
            lines += [f"assert ({name} : {self.write(fact)}).", "{ " + "\n  ".join(shown) + " }"]
            self.facts.append(name)
            self.proof.facts.append(fact)
        for relation, shown in zip(self.conditions, body["defined"], strict=True):
            if relation not in self.meaning:
                continue
            lines += ["split.", "{ " + "\n  ".join(self._for_all(relation, shown)) + " }"]
        return [*lines, *self._last()]

    def _idle(self, told: set[Relation]) -> Iterator[str]:
        """Introduce the sequences that only the proof speaks of."""
        number = len(self.statement.given)
        for definition in self.statement.where:
            names = self.facts[number : number + len(definition.equations)]
            number += len(definition.equations)
            if not told.issuperset(definition.equations):
                for name in definition.names:
                    self.write.sequences[name] = self.names(name)
                yield existence(definition, names, self.write)

    def _last(self) -> Iterator[str]:
        last = self.proof.facts[-1]
        if self.write(last) == self.write(self.statement.show):
            yield f"exact {self.facts[-1]}."
            return
        ranges, body = opened(self.statement.show, self.proof.fresh(self.statement.show, last))
        use = [[len(self.facts) - 1, [{r.free.args[0]: 1} for r in ranges]]]
        yield from self._entering(ranges)
        yield from self._arithmetic(self.proof.scope().inner(ranges), [body], use, None, [])

    def _step(self, rule: str, step: Any) -> tuple[Relation, list[str]]:
        match rule:
            case "have":
                show = checked.read(Relation, step["show"])
                return show, list(self._for_all(show, step))
            case "induction":
                show = checked.read(Relation, step["show"])
                return show, list(self._induction(show, step))
            case "sum":
                fact = RULES["sum"](self.proof, step)
                return fact, list(self._total(fact, step))
            case "lemma":
                fact = RULES["lemma"](self.proof, step)
                return fact, list(self._lemma(step))
        raise NotTranslated(f"a step by the rule {rule!r}")

    def _for_all(self, show: Relation, step: Any) -> Iterator[str]:
        ranges, body = opened(show, self.proof.fresh(show))
        yield from self._entering(ranges)
        yield from self._arithmetic(self.proof.scope().inner(ranges), [body], step["use"], step["proofs"], [])

    def _entering(self, ranges: Sequence[Range]) -> list[str]:
        """Introduce the indices of ranges."""
        lines = []
        for r in ranges:
            name = self._new(r.free.args[0])
            self.write.known[r.free] = f"IZR {name}"
            lines.append(f"intros {name} {name}_in.")
        return lines

    def _taken(self) -> list[str]:
        return [*self.names.taken, *(text.removeprefix("IZR ") for text in self.write.known.values())]

    def _new(self, wanted: str) -> str:
        """Return a name like this one that nothing in play has."""
        return Names(self._taken())(wanted)

    def _induction(self, show: Relation, step: Any) -> Iterator[str]:
        ranges, body = opened(show, self.proof.fresh(show))
        *outer, (n, low, high) = ranges
        yield from self._entering(outer)
        scope = self.proof.scope().inner(outer)
        name = self._new(n.args[0])
        self.write.known[n] = f"IZR {name}"
        ends = self.write.place(low) + (f" {self.write.place(high)}" if high is not None else "")
        head = "zinduction" if high is None else "zinduction_to"
        yield f"apply ({head} (fun {name} : Z => {self.write(body)}) {ends})."
        base = replaced(body, {n: low})
        more = nonempty(self.proof, show, ranges)
        lines = [f"intros {name}_in."] if high is not None else []
        for r in more:
            free = self._new(r.free.args[0])
            self.write.known[r.free] = f"IZR {free}"
            there = f"exists {free} : Z, {self.write.within(free, r.low, r.high)}"
            lines.append(f"assert ({there}) as [{free} {free}_in] by (exists ({self.write.integer(low)})%Z; lia).")
        lines.append(f"enough (goal : {self.write(base)}) by (as_said goal).")
        lines += self._arithmetic(scope.inner(more), [base], step["base"]["use"], step["base"]["proofs"], [])
        yield "{ " + "\n  ".join(lines) + " }"
        before = Range(n, low, None if high is None else linear.tidy(high - 1))
        after = replaced(body, {n: n + 1})
        so_far = self._new("before")
        lines = [f"intros {name} {name}_in {so_far}.", f"enough (goal : {self.write(after)}) by (as_said goal)."]
        inner = scope.inner([before])
        lines += self._arithmetic(inner, [after], step["step"]["use"], step["step"]["proofs"], [(body, so_far)])
        yield "{ " + "\n  ".join(lines) + " }"

    def _total(self, fact: Relation, step: Any) -> Iterator[str]:
        ranges, _ = opened(fact, self.proof.fresh(fact))
        yield from self._entering(ranges)
        places = " ".join(f"{self.write.place(r.free)} {self.write.place(r.free)}_in" for r in ranges)
        k = self._new("k")
        known = f"({self.facts[step['fact']]} {places} {k} ltac:(lia))"
        lemma = "zsum_ext" if comparison(fact) == "==" else "zsum_le"
        yield f"{'apply Rle_ge; ' * (comparison(fact) == '>=')}apply {lemma}; intros {k} {k}_in."
        yield f"pose proof {known} as known; cbv beta in known |- *; first [exact known | lra]."

    def _lemma(self, step: Any) -> Iterator[str]:
        """Write the use of a claim: its hypotheses from facts, and its conclusion at terms."""
        lemma = self.statement.lemmas[step["lemma"]]
        hypotheses, concludes = list(conclusions(lemma.known))[step["part"]]
        scope = self.proof.scope()
        for name, low, high in step["over"]:
            ends = scope.form(low), None if high is None else scope.form(high)
            scope = scope.inner([Range(Term("index", name), *ends)])
        put = Substitution(scope, [*hypotheses, concludes], step["terms"])
        own, count, total = stated(lemma.known)
        if list(hypotheses) != list(given(lemma.known)):
            raise NotTranslated(f"{lemma.id} has definitions that it does not need")
        self.uses[lemma.id] = None
        yield from self._entering(scope.ranges)
        names: list[str] = []
        for number, hypothesis in zip(step["facts"], map(put, hypotheses), strict=True):
            names.append(self._new(f"h{len(names)}"))
            yield f"assert ({names[-1]} : {self.write(hypothesis)})."
            yield "{ " + "\n  ".join(self._transferred(scope, number, hypothesis)) + " }"
        values = [self._put(s, put) for s in own.symbols] + [self._function(n, put) for n in own.arity]
        naturals = sum(s.op == "index" for s in own.symbols)
        known = "".join([*[" ltac:(lia)"] * naturals, *(f" ltac:(as_said {h})" for h in names)])
        yield f"pose proof ({identifier(lemma.id)} {' '.join(values)}{known}) as known."
        if total > 1:
            kept = count + step["part"]
            pattern = ["known" if k == kept else "_" for k in range(total)]
            yield f"destruct known as ({' & '.join(pattern)})."
        yield "as_said known."

    def _put(self, symbol: Term, put: Substitution) -> str:
        value = put.symbols.get(symbol, symbol)
        return self.write.place(value) if symbol.op in ("index", "integer") else self.write.atom(value)

    def _function(self, name: str, put: Substitution) -> str:
        if name not in put.sequences:
            if name not in self.write.sequences:
                raise NotTranslated(f"the sequence {name} of a lemma")
            return self.write.sequences[name]
        parameters, value = put.sequences[name]
        new, before = Names(self._taken()), dict(self.write.known)
        names = [new(p.args[0]) for p in parameters]
        self.write.known.update({p: f"IZR {n}" for p, n in zip(parameters, names, strict=True)})
        line = self.write(value)
        self.write.known = before
        return f"(fun {' '.join(names)} : Z => {line})"

    def _transferred(self, scope: Scope, number: int, wanted: Relation) -> Iterator[str]:
        """Write the proof of a relation from the fact that is the same by the rules of sums."""
        ranges, body = opened(wanted, self.proof.fresh(wanted, *(r.free for r in scope.ranges)))
        yield from self._entering(ranges)
        forms = [{r.free.args[0]: 1} for r in (*scope.ranges, *ranges)]
        inner = scope.inner(ranges)
        known = self.proof.fact(number)
        depth = 0
        relation = known
        while relation.op == "forall":
            depth, relation = depth + 1, relation.args[3]
        forms = forms[len(forms) - depth :] if depth < len(forms) else forms
        found = self.proof.instance(inner, number, forms)
        yield f"assert (known : {self.write(found)}) by (as_said {self._instance(inner, number, forms)})."
        if self.write(found) != self.write(body):
            if body.op not in COMPARISONS or found.op != body.op:
                raise NotTranslated("a hypothesis of a lemma that is written otherwise")
            equal = Equations(self.write, Names(self._taken()), inner.facts)
            for side, name in ((0, "left"), (1, "right")):
                a, b = body.args[side], found.args[side]
                if not self.write.alike(a, b):
                    yield f"assert ({name} : {self.write(a)} = {self.write(b)})."
                    yield "{ " + "\n  ".join(equal.lines(a, b)) + " }"
                    yield f"rewrite {name}."
        yield "exact known."

    def _instance(self, scope: Scope, number: int, forms: Any) -> str:
        """Write a fact at places."""
        relation = self.proof.fact(number)
        text = self.facts[number]
        for written in forms:
            bound, _, _, body = relation.args
            at = scope.form(written)
            text += f" {self.write.place(at)} ltac:(lia)"
            relation = replaced(body, {bound: at})
        return f"({text})"

    def _arithmetic(
        self, scope: Scope, wanted: Sequence[Relation], use: Any, shown_by: Any, more: Sequence[tuple[Relation, str]]
    ) -> Iterator[str]:
        """Write real arithmetic on instances of facts: a core about single reals, applied to entries and sums."""
        taken = [self.proof.instance(scope, *entry) for entry in use]
        sources = [*(relation for relation, _ in more), *taken]
        parts = [part for goal in wanted for part in conjuncts(goal)]
        known = [*scope.relations, *sources, *parts]
        asked = checked.arithmetic(scope, sources, wanted)
        official = Abstraction(scope.facts, known)
        nodes = outermost(*known, ops=("sum", "product", "power", "entry"))
        extended = Abstraction(scope.facts, [*known, *(Relation("==", node, ZERO) for node in nodes)])
        if extended.relations[: len(known)] != official.relations:
            raise NotTranslated("sums whose normal form depends on others")
        meant = {symbol: atom for atom, symbol in extended.symbols.items()}
        own = {Term("integer", n.args[0]): n for n in (*scope.naturals, *(r.free for r in scope.ranges))}
        after = [back(r.args[0], meant, own) for r in extended.relations[len(known) :]]
        lines = []
        names: list[str] = []
        for (number, forms), relation in zip(use, taken, strict=True):
            names.append(self._new(f"u{len(names)}"))
            lines.append(
                f"assert ({names[-1]} : {self.write(relation)}) by (as_said {self._instance(scope, number, forms)})."
            )
        rewriting = []
        for k, (node, new) in enumerate(zip(nodes, after, strict=True)):
            left, right = self.write(node), self.write(new)
            if self.write.alike(node, new):
                continue
            equal = Equations(self.write, Names(self._taken()), scope.facts)
            name = self._new(f"q{k}")
            lines += [f"assert ({name} : {left} = {right}).", "{ " + "\n  ".join(equal.lines(node, new)) + " }"]
            rewriting.append((len(left), name))
        rewrite = [q for _, q in sorted(rewriting, reverse=True)]
        if rewrite:
            everywhere = [*names, *(name for _, name in more)]
            lines += [" ".join(f"try rewrite {q} in {name}." for q in rewrite) for name in everywhere]
        proofs = shown_by if shown_by is not None else [{"form": "smt", "body": {}}] * len(asked)
        for k, (inequality, proof) in enumerate(zip(asked, proofs, strict=True)):
            last = k == len(asked) - 1
            shown = [f"try rewrite {q}." for q in rewrite]
            shown += self._core(inequality, proof, meant)
            lines += shown if last else ["split.", "{ " + "\n  ".join(shown) + " }"]
        yield from lines

    def _core(self, inequality: Any, proof: Any, meant: dict[Term, Term]) -> list[str]:
        """Write a core and its application."""
        found = symbols(*inequality.given, inequality.show)
        scope = goals.Scope(found, called={s: shortly(s, meant) for s in found})
        says = universal(scope, inequality.given, [scope.write.operand(inequality.show)])
        form = proof["form"] if proof["form"] in ("sos", "smt", "refutation") else "smt"
        body = {"power": 0, **proof["body"]} if form == "sos" else proof["body"]
        if form == "sos" and not body.keys() >= {"terms", "equations"}:
            form = "smt"
        lines = ["clear.", *inequalities.proof(inequality, scope, form, body, 0)]
        values = " ".join(self._value(s, meant) for s in found)
        apply = f"apply (core {values})" if found else "apply core"
        one = "first [assumption | index_fact | lra]"
        rest = f"; first [{one} | repeat split; {one}]." if inequality.given else "."
        return [f"assert (core : {says}).", "{ " + "\n  ".join(lines) + " }", apply + rest]

    def _value(self, symbol: Term, meant: dict[Term, Term]) -> str:
        if symbol in meant:
            return f"({self.write(meant[symbol])})"
        if symbol.op == "integer":
            at = next(
                (n for n in self.write.known if n.op in ("index", "integer") and n.args[0] == symbol.args[0]), None
            )
            if at is None:
                raise NotTranslated(f"the index {symbol}")
            return self.write.place(at)
        return self.write.atom(symbol)


def back(root: Any, meant: dict[Term, Term], indices: dict[Term, Term]) -> Term:
    """Put entries, sums and powers in for the symbols that stand for them, and indices for integers."""
    found: Term = replaced(root, {**meant, **indices})
    return found
