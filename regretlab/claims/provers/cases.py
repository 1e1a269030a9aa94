"""Trees of cases: what a search found, and how a certificate writes it, without the steps that nothing rests on."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from regretlab.claims.arithmetic.polynomials import Polynomial
from regretlab.claims.checkers.question import Formula
from regretlab.claims.checkers.refutation import ONE, State, written


class Term(NamedTuple):
    """A summand: a weight times a square times a product of formulas."""

    which: tuple[Formula, ...]
    weight: Fraction
    square: Polynomial | None = None


class Sum(NamedTuple):
    """The end of a case: terms, and equations with their multipliers."""

    terms: list[Term]
    equations: list[tuple[Formula, Polynomial]]


class Split(NamedTuple):
    """The end of a case in cases of an open formula."""

    formula: Formula
    trees: list[Tree]


class Have(NamedTuple):
    """A step that shows a formula by refuting its denial."""

    formula: Formula
    denied: Formula
    tree: Tree


class Only(NamedTuple):
    """A step that refutes all alternatives but one."""

    formula: Formula
    left: int
    trees: list[Tree]


class Tree(NamedTuple):
    """Steps and an end."""

    steps: list[Have | Only]
    end: Sum | Split


def _used(tree: Tree) -> set[int]:
    """List the formulas that a tree rests on, and leave out the steps that nothing rests on."""
    end = tree.end
    if isinstance(end, Sum):
        used = {id(f) for term in end.terms for f in term.which} | {id(f) for f, _ in end.equations}
    else:
        used = {id(end.formula)}.union(*map(_used, end.trees))
    for step in reversed(list(tree.steps)):
        made = [step.formula] if isinstance(step, Have) else _atoms(step.formula.parts[step.left])
        if not used & {id(f) for f in made}:
            tree.steps.remove(step)
            continue
        trees = [step.tree] if isinstance(step, Have) else step.trees
        used |= {id(step.formula)}.union(*map(_used, trees))
    return used


def _atoms(formula: Formula) -> list[Formula]:
    return [atom for part in formula.parts for atom in _atoms(part)] if formula.kind == "all" else [formula]


def recorded(state: State, tree: Tree, pruned: bool = False) -> list[Any]:
    """Write a tree as certificates do: formulas by their numbers in the state, which this follows."""
    if not pruned:
        _used(tree)
    state = state.case(Formula("all", {}))
    steps: list[Any] = []
    for step in tree.steps:
        if isinstance(step, Have):
            denied = recorded(state.case(step.denied), step.tree, True)
            steps.append(["have", step.formula.kind, written(step.formula.polynomial), denied])
            state.assume(step.formula)
        else:
            others = [part for k, part in enumerate(step.formula.parts) if k != step.left]
            trees = [recorded(state.case(part), t, True) for part, t in zip(others, step.trees, strict=True)]
            steps.append(["only", _place(state.open, step.formula), step.left, trees])
            state.assume(step.formula.parts[step.left])
    end = tree.end
    if isinstance(end, Split):
        trees = [recorded(state.case(part), t, True) for part, t in zip(end.formula.parts, end.trees, strict=True)]
        return [steps, ["split", _place(state.open, end.formula), trees]]
    terms = [
        [" ".join(str(_place(state.above, f)) for f in t.which), str(t.weight), written(t.square) if t.square else ONE]
        for t in end.terms
    ]
    return [steps, ["sum", terms, [[_place(state.zero, f), written(m)] for f, m in end.equations]]]


def _place(formulas: list[Formula], one: Formula) -> int:
    return next(i for i, f in enumerate(formulas) if f is one)
