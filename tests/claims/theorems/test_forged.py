"""Certificates of false theorems that were written by hand, one for every way in which a rule might be misled."""

import pytest

from regretlab.claims import forall, index
from regretlab.claims.checkers import check
from regretlab.claims.language.data import nodes
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.statements import Theorem

n, m, T = index("n m T")
SOLVED = {"form": "smt", "body": {"solvers": ["z3"]}}


def have(show, *use):
    """Write a step of real arithmetic; ``use`` are (number of a fact, indices)."""
    return {"rule": "have", "show": nodes(show), "use": [list(u) for u in use], "proofs": [SOLVED]}


def induction(show, base=(), step=()):
    """Write an induction."""
    parts = [{"use": [list(u) for u in use], "proofs": [SOLVED]} for use in (base, step)]
    return {"rule": "induction", "show": nodes(show), "base": parts[0], "step": parts[1]}


def refused(statement, *steps, indices=(("T", 1),), symbols=(), entries=(), defined=()):
    """Return the sentence that refuses a proof in these steps."""
    live = {"indices": dict(indices), "symbols": dict(symbols), "entries": dict(entries)}
    with pytest.raises(Rejected) as error:
        check(statement, "steps", {"steps": list(steps), "defined": list(defined), "live": live})
    return str(error.value)


def test_nothing_is_known_of_an_outer_index_because_the_range_of_an_induction_is_not_empty():
    every = forall(n, 1, None, forall(m, 5, 6, n <= 6))
    steps = [induction(every), have(T <= 6, (0, [{"T": 1}, {"": 5}]))]
    assert "z3 answers sat" in refused(Theorem((), T <= 6), *steps)
