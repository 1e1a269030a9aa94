"""Search for proofs of theorems about sequences: which instances of facts a step needs, and where it is an induction.

The steps are those that the paper names, then the conclusion. Each is tried by real arithmetic from instances whose
entries and sums meet those of the goal, then by induction on the index it is quantified over last.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from regretlab.claims.arithmetic import linear
from regretlab.claims.arithmetic.abstraction import Abstraction
from regretlab.claims.checkers import facts, rewriting, rules, smtlib
from regretlab.claims.checkers import theorem as checker
from regretlab.claims.checkers.instances import Instance
from regretlab.claims.checkers.smt import questions
from regretlab.claims.language.binding import Range, forall, indices, opened, over, replaced
from regretlab.claims.language.data import nodes
from regretlab.claims.language.terms import Relation, Term, text
from regretlab.claims.language.trees import conjuncts, obligations, substitute, symbols
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.provers import products
from regretlab.claims.provers.solver import live
from regretlab.claims.statements import Inequality
from regretlab.claims.statements.theorem import Theorem, Use, conclusions

#: Instances of one fact and of all together, rounds in which instances bring in others, and a solver's seconds.
PER_FACT, TOGETHER, ROUNDS = 24, 60, 2
BRIEF, QUICK, PATIENT = 1.0, 2.0, 10.0
#: Symbols that are replaced by what equals them.
REPLACED = 6


class Taken(NamedTuple):
    """An instance of a fact: its number, the indices, and the relation."""

    number: int
    at: tuple[Term, ...]
    relation: Relation


class Failure(Exception):
    """A step that no method shows; the message says which."""


def find(statement: Theorem) -> tuple[str, dict[str, Any]] | None:
    """Find a certificate ``steps``."""
    try:
        return "steps", Search(statement).body()
    except (Failure, Rejected):
        return None


def why(statement: Theorem) -> str:
    """Say which step of a theorem could not be shown."""
    try:
        Search(statement).body()
    except (Failure, Rejected) as error:
        return str(error)
    return ""


class Search:
    """The search for the proof of one theorem."""

    def __init__(self, statement: Theorem) -> None:
        self.statement = statement
        self.proof = facts.Proof(statement)
        self.steps: list[dict[str, Any]] = []

    def body(self) -> dict[str, Any]:
        """Return the certificate, step by step in the order of the hints."""
        live = self._live()
        for hint in (*self.statement.by, self.statement.show):
            if isinstance(hint, Use):
                self._use(hint)
            else:
                self._show(hint)
        if not facts.equal(self.proof, self.proof.facts[-1], self.statement.show):
            self._have(self.statement.show)  # which stands further up
        defined = []
        for relation in checker.conditions(self.statement):
            ranges, body = opened(relation, self.proof.fresh(relation))
            found = self._proved(self.proof.scope().inner(ranges), [body])
            if found is None:
                raise Failure(f"it is not shown that {text(relation)}, without which a term has no meaning")
            defined.append(found)
        return {"steps": self.steps, "defined": defined, "live": live}

    def _add(self, step: dict[str, Any]) -> int:
        """Add a step that the checker accepts; return the number of its fact."""
        rule = {k: v for k, v in step.items() if k != "rule"}
        self.proof.facts.append(rules.RULES[step["rule"]](self.proof, rule))
        self.steps.append(step)
        return len(self.proof.facts) - 1

    def _known(self, relation: Relation) -> int | None:
        for number, fact in enumerate(self.proof.facts):
            if facts.equal(self.proof, fact, relation):
                return number
        return None

    def _show(self, relation: Relation) -> int:
        """Show a relation by whatever rule does it; return the number of the fact."""
        known = self._known(relation)
        if known is not None:
            return known
        for rule in (self._have, self._summed, self._induction, self._general):
            if (found := rule(relation)) is not None:
                return found
        raise Failure(f"no step shows {text(relation)}")

    def _have(self, relation: Relation) -> int | None:
        ranges, body = opened(relation, self.proof.fresh(relation))
        found = self._proved(self.proof.scope().inner(ranges), [body])
        return None if found is None else self._add({"rule": "have", "show": nodes(relation), **found})

    def _induction(self, relation: Relation) -> int | None:
        ranges, body = opened(relation, self.proof.fresh(relation))
        if not ranges:
            return None
        *outer, (n, low, high) = ranges
        scope = self.proof.scope().inner(outer)
        base = self._proved(scope.inner(rules.nonempty(self.proof, relation, ranges)), [replaced(body, {n: low})])
        if base is None:
            return None
        before = Range(n, low, None if high is None else linear.tidy(high - 1))
        step = self._proved(scope.inner([before]), [replaced(body, {n: n + 1})], [body])
        if step is None:
            return None
        return self._add({"rule": "induction", "show": nodes(relation), "base": base, "step": step})

    def _general(self, relation: Relation) -> int | None:
        """Show a relation about a horizon for every smaller one, by induction."""
        if relation.op == "forall":
            return None
        for horizon in indices(relation):
            n = self.proof.fresh(relation).index(horizon.args[0].lower())
            every = forall(n, 1, horizon, replaced(relation, {horizon: n}))
            if self._induction(every) is not None and (found := self._have(relation)) is not None:
                return found
        return None

    def _summed(self, relation: Relation) -> int | None:
        """Show an inequality between two sums over one range summand by summand."""
        ranges, body = opened(relation, self.proof.fresh(relation))
        if body.op not in ("<=", ">=", "==") or any(side.op != "sum" for side in body.args):
            return None
        (bound, low, high, left), (other, *ends, right) = (side.args for side in body.args)
        if linear.minus(low, ends[0]) or linear.minus(high, ends[1]):
            return None
        t = self.proof.fresh(relation, *(r.free for r in ranges)).index(bound.args[0])
        each = Relation(body.op, replaced(left, {bound: t}), replaced(right, {other: t}))
        number = self._have(over([*ranges, Range(t, low, high)], each))
        if number is None:
            return None
        return self._add({"rule": "sum", "fact": number, "low": None, "high": None})

    def _use(self, hint: Use) -> int:
        """Use a lemma, after its hypotheses have been shown."""
        scope = self.proof.scope().inner([Range(*r) for r in hint.over])
        terms = [[name, [p.args[0] for p in parameters], nodes(value)] for name, parameters, value in hint.terms]
        last = -1
        number = [lemma.id for lemma in self.statement.lemmas].index(hint.claim)
        for part, (hypotheses, concludes) in enumerate(conclusions(self.statement.lemmas[number].known)):
            put = rules.Substitution(scope, [*hypotheses, concludes], terms)
            shown = [self._show(over(scope.ranges, put(h))) for h in hypotheses]
            ranges = [[i.args[0], _form(low), None if high is None else _form(high)] for i, low, high in hint.over]
            step = {"rule": "lemma", "lemma": number, "part": part, "over": ranges, "terms": terms, "facts": shown}
            last = self._add(step)
        return last

    def _proved(
        self, scope: facts.Scope, goals: Sequence[Relation], more: Sequence[Relation] = ()
    ) -> dict[str, Any] | None:
        """Return ``use`` and ``proofs`` of goals by real arithmetic."""
        try:
            for taken, limit in self._choices(scope, [*more, *goals]):
                found = self._with(scope, goals, list(taken), more, limit)
                if found is not None:
                    return found
        except Rejected:
            return None
        return None

    def _choices(self, scope: facts.Scope, about: Sequence[Relation]) -> Iterator[tuple[list[Taken], float]]:
        """Yield instances to try: none, those that meet the goal, those that meet these, then those of definitions."""
        constants = [Taken(n, (), h) for n, h in enumerate(self.statement.given) if h.op != "forall"]
        yield constants, QUICK
        given, defined = len(self.statement.given), len(self.statement.hypotheses)
        known = range(len(self.proof.facts))
        tiers = [[n for n in known if n < given or n >= defined], list(known)]
        for numbers in tiers if defined > given else tiers[:1]:
            found = {(t.number, t.at): t for t in constants}
            relations = list(about)
            for number in range(ROUNDS):
                size = len(found)
                for taken in self._meeting(scope, relations, numbers):
                    found.setdefault((taken.number, taken.at), taken)
                if len(found) > size or not number:
                    yield list(found.values())[:TOGETHER], QUICK if number + 1 < ROUNDS else PATIENT
                relations = [*about, *(t.relation for t in found.values())]

    def _meeting(self, scope: facts.Scope, relations: Sequence[Relation], numbers: Sequence[int]) -> list[Taken]:
        """List instances of facts that speak of an entry, sum or symbol that relations speak of.

        Those that bring in the fewest others come first.
        """
        atoms = _atoms(scope, relations)
        places = _places(scope, atoms)
        found: list[tuple[int, int, Taken]] = []
        for number in numbers:
            fact = self.proof.facts[number]
            depth = 0
            while fact.op == "forall":
                depth, fact = depth + 1, fact.args[3]
            own: list[tuple[int, int, Taken]] = []
            for at in itertools.product(places, repeat=depth):
                try:
                    relation = self.proof.instance(scope, number, [_form(p) for p in at])
                    spoken = _atoms(scope, [relation])
                except Rejected:
                    continue
                if spoken & atoms:
                    own.append((len(spoken - atoms), -number, Taken(number, at, relation)))
            found += sorted(own, key=lambda one: one[:2])[:PER_FACT]
        return [taken for *_, taken in sorted(found, key=lambda one: one[:2])]

    def _with(
        self,
        scope: facts.Scope,
        goals: Sequence[Relation],
        taken: list[Taken],
        more: Sequence[Relation],
        limit: float,
    ) -> dict[str, Any] | None:
        """Prove goals from these instances, and leave out those that are not needed.

        First the conclusion is shown; then the instances are added that say that every term has a meaning.
        """

        def asked(some: Sequence[Taken]) -> list[Inequality]:
            return facts.arithmetic(scope, [*more, *(t.relation for t in some)], goals)

        def concludes(some: Sequence[Taken], seconds: float) -> bool:
            return all(_refuted(questions(inequality)[-1], seconds) for inequality in asked(some))

        def valid(some: Sequence[Taken], seconds: float) -> bool:
            return all(_refuted(q, seconds) for inequality in asked(some) for q in reversed(questions(inequality)))

        def added_up(some: Sequence[Taken], seconds: float) -> bool:
            return all(products.find(inequality) is not None for inequality in asked(some))

        answers = {_answer(questions(inequality)[-1], limit) for inequality in asked(taken)}
        if "sat" in answers:
            return None
        found: list[Taken] | None = None
        if all(_rewritten(inequality) is not None for inequality in asked(taken)):
            found = _fewest(taken, lambda some, seconds: all(_rewritten(i) is not None for i in asked(some)))
            return self._recorded(asked(found), found)
        found = self._defined(taken, _fewest(taken, concludes), valid, limit) if answers == {"unsat"} else None
        if found is None:  # too hard for a solver: a sum of products, of what has a meaning
            meant = [t for t in taken if self._has_meaning(scope, t, taken)]
            found = _fewest(meant, added_up) if added_up(meant, limit) else None
        return None if found is None else self._recorded(asked(found), found)

    def _recorded(self, asked: list[Inequality], taken: list[Taken]) -> dict[str, Any]:
        proofs = [_proof(inequality) for inequality in asked]
        return {"use": [[t.number, [_form(p) for p in t.at]] for t in taken], "proofs": proofs}

    def _defined(
        self, taken: list[Taken], enough: list[Taken], valid: Callable[[Sequence[Taken], float], bool], limit: float
    ) -> list[Taken] | None:
        """Add, to instances that show the conclusion, those that say that every term has a meaning."""
        if valid(enough, limit):
            return enough
        kept = {(t.number, t.at) for t in enough}
        plain = [t for t in taken if not obligations(t.relation) and (t.number, t.at) not in kept]
        return _fewest([*enough, *plain], valid) if valid([*enough, *plain], limit) else None

    def _has_meaning(self, scope: facts.Scope, one: Taken, taken: Sequence[Taken]) -> bool:
        """Tell whether the plain ones of the instances give every term of one a meaning."""
        needs = [
            need if path.op == "<=" and not symbols(path) else ~path | need for path, need in obligations(one.relation)
        ]
        if not needs:
            return True
        plain = [t.relation for t in taken if not obligations(t.relation)]
        return all(_refuted(questions(inequality)[-1], BRIEF) for inequality in facts.arithmetic(scope, plain, needs))

    def _live(self) -> dict[str, Any]:
        """Find numbers with which the hypotheses hold."""
        for horizon in (1, 2, 3):
            at = {n.args[0]: horizon for n in indices(*self.statement.said)}
            instance = _Open(self.statement, {"indices": at, "symbols": {}, "entries": {}})
            try:
                given = [part for h in self.statement.given for part in conjuncts(instance.concrete(h))]
                show = instance.concrete(self.statement.show)
            except Rejected:
                continue
            found = live(Inequality(tuple(given), show))
            if found is not None:
                entries = {name: value for name, value in found.items() if "[" in name}
                others = {name: value for name, value in found.items() if "[" not in name}
                return {"indices": at, "symbols": others, "entries": entries}
        raise Failure("no numbers were found with which the hypotheses hold")


class _Open(Instance):
    """A theorem at some indices, whose symbols and entries have no values yet."""

    def __init__(self, statement: Theorem, body: Any) -> None:
        super().__init__(statement, body)
        self.values, self.entries = _Any(), _Any()


class _Any(dict[str, Fraction]):
    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Fraction:
        return Fraction(0)


def _form(place: Term) -> dict[str, int]:
    """Write an index as a certificate does."""
    return {"" if key is None else key.args[0]: int(c) for key, c in linear.form(place).items()}


def _atoms(scope: facts.Scope, relations: Sequence[Relation]) -> set[Term]:
    """Collect the entries, sums and symbols of relations, as the checker sees them."""
    known = [r for r in relations if r.op != "forall"]
    found = Abstraction(scope.facts, known)
    return set(found.symbols) | set(symbols(*known))


def _places(scope: facts.Scope, atoms: set[Term]) -> list[Term]:
    """List the places in sequences and ends of sums that atoms speak of, and the indices in play."""
    found: dict[str, Term] = {}
    for atom in sorted(atoms, key=text):
        ends = atom.args[1:] if atom.op == "entry" else atom.args[1:3] if atom.op == "sum" else ()
        for end in ends:
            found.setdefault(text(end), end)
    for index in (*scope.naturals, *(r.free for r in scope.ranges)):
        for place in (index, linear.tidy(index + 1)):
            found.setdefault(text(place), place)
    for place in list(found.values()):
        found.setdefault(text(before := linear.tidy(place - 1)), before)
    return list(found.values())


def _answer(question: list[Relation], seconds: float) -> str:
    return smtlib.z3_answer(smtlib.script(question)[0], seconds)[0]


def _refuted(question: list[Relation], seconds: float) -> bool:
    """Tell whether z3 refutes a question."""
    return _answer(question, seconds) == "unsat"


def _rewritten(inequality: Inequality) -> list[str] | None:
    """Find symbols whose replacement makes the two sides of an equation the same; every question but that must hold."""
    if inequality.show.op != "==":
        return None
    names: list[str] = []
    show = inequality.show
    for _ in range(REPLACED):
        if rewriting.agree(inequality, names):
            return names if all(_refuted(q, QUICK) for q in questions(inequality)[:-1]) else None
        known = ((s.args[0], rewriting.equals(inequality, s.args[0])) for s in symbols(show))
        fresh = [(name, found) for name, found in known if found is not None and name not in names]
        if not fresh:
            return None
        name, (symbol, value) = fresh[0]
        names.append(name)
        show = substitute(show, {symbol: value})
    return None


def _proof(inequality: Inequality) -> dict[str, Any]:
    """Prove an inequality that holds: exactly if that is found, else by solvers."""
    if (names := _rewritten(inequality)) is not None:
        return {"form": "rewriting", "body": {"replaced": names}}
    if (body := products.find(inequality)) is not None:
        return {"form": "sos", "body": body}
    return {"form": "smt", "body": {"solvers": _solvers(inequality)}}


def _fewest(taken: list[Taken], enough: Callable[[Sequence[Taken], float], bool]) -> list[Taken]:
    """Leave out instances as long as the rest is enough, in ever smaller groups."""
    size = max(1, len(taken) // 2)
    while size and taken:
        for start in range(0, len(taken), size):
            fewer = taken[:start] + taken[start + size :]
            if enough(fewer, BRIEF):
                taken = fewer
                break
        else:
            size //= 2
    return taken


def _solvers(inequality: Inequality) -> list[str]:
    asked = [smtlib.script(question)[0] for question in questions(inequality)]
    return ["z3", "cvc5"] if set(smtlib.cvc5_answers(asked)) == {"unsat"} else ["z3"]
