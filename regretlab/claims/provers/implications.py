"""Search for the proof of one step by real arithmetic: which instances it needs, and what shows it from them.

Equals are put in for equals, solvers are asked, and what is too hard for them is looked for as a sum of products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from regretlab.claims.checkers import facts, rewriting, smtlib
from regretlab.claims.checkers.smt import questions
from regretlab.claims.language.terms import Relation
from regretlab.claims.language.trees import obligations, substitute, symbols
from regretlab.claims.provers import guided, products, refutations
from regretlab.claims.provers.meetings import Taken, form
from regretlab.claims.provers.solver import refuting
from regretlab.claims.statements import Inequality

#: Seconds of a solver, and symbols that are replaced by what equals them.
BRIEF, QUICK, PATIENT = 2.0, 4.0, 15.0
REPLACED = 6


def prove(
    scope: facts.Scope, goals: Sequence[Relation], taken: list[Taken], more: Sequence[Relation], limit: float
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

    found = _by_rewriting(scope, asked, taken, limit)
    if found is not None:
        return _recorded(asked(found), found)
    answers = {_answer(questions(inequality)[-1], limit) for inequality in asked(taken)}
    if "sat" in answers:
        return None
    found = _defined(scope, taken, _fewest(taken, concludes), valid, limit) if answers == {"unsat"} else None
    if found is None:  # too hard for a solver: a sum of products, of what has a meaning
        meant = _with_meaning(scope, taken)
        found = _fewest(meant, added_up) if added_up(meant, limit) else None
    return None if found is None else _recorded(asked(found), found)


def _by_rewriting(
    scope: facts.Scope, asked: Callable[[Sequence[Taken]], list[Inequality]], taken: list[Taken], limit: float
) -> list[Taken] | None:
    """Find the instances whose equations make both sides of every goal the same, and give every term a meaning."""

    def agree(some: Sequence[Taken], seconds: float) -> bool:
        return all(_replacements(inequality) is not None for inequality in asked(some))

    def valid(some: Sequence[Taken], seconds: float) -> bool:
        return agree(some, seconds) and all(
            _refuted(q, seconds) for inequality in asked(some) for q in questions(inequality)[:-1]
        )

    return _defined(scope, taken, _fewest(taken, agree), valid, limit) if agree(taken, limit) else None


def _recorded(asked: list[Inequality], taken: list[Taken]) -> dict[str, Any]:
    proofs = [_proof(inequality) for inequality in asked]
    return {"use": [[t.number, [form(p) for p in t.at]] for t in taken], "proofs": proofs}


def _defined(
    scope: facts.Scope,
    taken: list[Taken],
    enough: list[Taken],
    valid: Callable[[Sequence[Taken], float], bool],
    limit: float,
) -> list[Taken] | None:
    """Add, to instances that show the conclusion, those that say that every term has a meaning."""
    if valid(enough, limit):
        return enough
    kept = {(t.number, t.at) for t in enough}
    others = [t for t in _with_meaning(scope, taken) if (t.number, t.at) not in kept]
    return _fewest([*enough, *others], valid) if valid([*enough, *others], limit) else None


def _with_meaning(scope: facts.Scope, taken: Sequence[Taken]) -> list[Taken]:
    """List the instances to every term of which those that always have a meaning give one."""
    plain = {id(t) for t in taken if not _conditions(scope, t)}
    given = [t.relation for t in taken if id(t) in plain]

    def has_meaning(one: Taken) -> bool:
        asked = facts.arithmetic(scope, given, [one.relation])
        return all(_refuted(question, BRIEF) for inequality in asked for question in questions(inequality)[:-1])

    return [t for t in taken if id(t) in plain or has_meaning(t)]


def _conditions(scope: facts.Scope, one: Taken) -> bool:
    """Tell whether an instance holds a division, root or logarithm outside its sums."""
    return any(obligations(inequality.show) for inequality in facts.arithmetic(scope, [], [one.relation]))


def _answer(question: list[Relation], seconds: float) -> str:
    return smtlib.z3_answer(smtlib.script(question)[0], seconds)[0]


def _refuted(question: list[Relation], seconds: float) -> bool:
    """Tell whether z3 refutes a question."""
    return _answer(question, seconds) == "unsat"


def _replacements(inequality: Inequality) -> list[str] | None:
    """Find symbols whose replacement by what equals them makes the two sides of an equation the same."""
    if inequality.show.op != "==":
        return None
    names: list[str] = []
    show = inequality.show
    for _ in range(REPLACED + 1):
        if rewriting.agree(inequality, names):
            return names
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
    if (names := _replacements(inequality)) is not None:
        asked = questions(inequality)[:-1]
        trees = (refutations.refutations(asked) or guided.refutations(asked)) if asked else None
        return {"form": "rewriting", "body": {"replaced": names} | ({"defined": trees} if trees else {})}
    if (body := products.find(inequality)) is not None:
        return {"form": "sos", "body": body}
    if (body := refutations.implication(inequality) or guided.implication(inequality)) is not None:
        return {"form": "refutation", "body": body}
    texts = [smtlib.script(question)[0] for question in questions(inequality)]
    return {"form": "smt", "body": {"solvers": refuting(texts)}}


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
