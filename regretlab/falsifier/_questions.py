"""From text to a conjecture: which algorithm, which bound, and whether the checker could accept a certificate."""

from __future__ import annotations

from fractions import Fraction

from regretlab import algorithms
from regretlab.algorithms import Algorithm
from regretlab.bounds import Bound
from regretlab.claims.checkers import replay
from regretlab.claims.language.verdict import Rejected
from regretlab.errors import InputError
from regretlab.falsifier._conjectures import BoundHolds, Conjecture, RegretVanishes
from regretlab.falsifier._instance import Instance
from regretlab.falsifier._subject import subject
from regretlab.methods import Method

#: Symbols whose values are those of examples that a sampler draws: here every loss is one round's, and there is none.
OF_A_SAMPLER = {"n", "K", "p_min", "gamma", "total", "R2", "S", "M", "M_star", "H"}


def conjecture(algorithm: str | Algorithm | Method, bound: str | Bound | None) -> Conjecture:
    """Make the conjecture, once it is known that a certificate of the contrary could exist.

    Raises
    ------
    InputError
        For an unknown algorithm or bound, a bound about another algorithm, an assumption that no choice of the free
        parameters meets or the checker does not know, or a symbol that a run on periodic linear losses does not have.
    """
    if bound is None:
        vanishes = RegretVanishes(subject(algorithm, RegretVanishes.free))
        vanishes.subject.repeats(_easiest(vanishes))
        return vanishes
    given = algorithms.parse(algorithm)
    if not given.method.named:
        raise InputError(f"{given.name} is the name of no text, so that no claim can be about it; leave out the bound.")
    asked = BoundHolds(subject(algorithm, BoundHolds.free), Bound.named(bound))
    easiest = _easiest(asked)
    try:
        replay.applies(asked.bound, *replay.exact(asked.subject.spelled(easiest)))
    except Rejected as error:
        remedy = ", or hold a method of yours to a bound with dataclasses.replace(bound, id='mine', methods=('mine',))"
        remedy = "" if asked.bound.about(asked.subject.name, "uniform") else remedy
        raise InputError(f"{error}; choose another algorithm or bound{remedy}.") from None
    unknown = {symbol.name for symbol in asked.bound.symbols} - set(asked.subject.play([easiest], 1).values)
    unknown |= {symbol.name for symbol in asked.bound.symbols} & OF_A_SAMPLER
    if unknown:
        raise InputError(
            f"the bound {asked.bound.id} needs a value for {', '.join(sorted(unknown))}, which a run of "
            f"{asked.subject.name} on losses in a fixed order does not have; choose a bound without it."
        )
    asked.subject.repeats(easiest)
    return asked


def _easiest(asked: Conjecture) -> Instance:
    """One loss, and the parameters for which the assumptions hold if they hold anywhere between the ends.

    These are the smallest beta1 and lam and the largest beta2.
    """
    free = asked.subject.free.items()
    ends = ((name, Fraction(str(max(ends) if name == "beta2" else min(ends)))) for name, ends in free)
    return Instance((Fraction(1),), Fraction(1), tuple(ends))
