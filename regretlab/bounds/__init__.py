"""Regret bounds with every constant: each bound is a sum of named sympy terms.

The id is the path: ``"adam.printed"`` is ``rl.bounds.adam.printed``, and ``Bound.known`` has them all. A bound of yours
is a :class:`Bound` over :mod:`regretlab.bounds.symbols`, to which :func:`~regretlab.bounds.symbols.declare` adds, with
hypotheses from :mod:`regretlab.bounds.assumptions` or of your own, and is known by its id as soon as it is made, to
``regretlab show`` and to every comparison.

Examples
--------
>>> import sympy as sp
>>> import regretlab as rl
>>> from regretlab.bounds import Assumption, Bound, Finding, assumptions, symbols as s
>>> small = Assumption("small", "alpha <= 1 / L", holds=s.alpha <= 1 / s.L)
>>> def long(run, record):
...     return Finding(f"T = {run.horizon}", "at least 10", run.horizon >= 10)
>>> mine = Bound(
...     id="mine.lemma2", title="mine", source="my notes, Lemma 2", status="ours", speaks_of="online",
...     terms={"both": 2 * s.D2 * s.G2 * sp.sqrt(s.T)}, methods=("sgd",),
...     assumes=(assumptions.CONVEX, small, Assumption("long", "the run is long", on_run=long)),
... )
>>> float(mine.at_T(4, {"D2": 3, "G2": 1})), mine.order()["both"], rl.bounds.mine.lemma2 is mine
(12.0, Order(T^1/2), True)
>>> found = rl.simulate(rl.problems.Reddi(C=3), "sgd(alpha=0.5)", horizon=9).bound(mine)
>>> found.verdict, found.checks[1].measured, found.checks[1].needed
('not applicable because small and long fail', 'alpha = 0.5', '<= 1/L = 0.333333')
>>> del Bound.known["mine.lemma2"]
"""

import warnings
from types import SimpleNamespace
from typing import Any

from regretlab.bounds import assumptions, symbols, theorems
from regretlab.bounds._base import Bound
from regretlab.bounds._horizons import Minimum, Vacuous
from regretlab.bounds._order import Order, Orders
from regretlab.bounds.assumptions import Assumption, Finding
from regretlab.bounds.symbols import TYPICAL

__all__ = [
    "TYPICAL", "Assumption", "Bound", "Finding", "Minimum", "Order", "Orders", "Vacuous", "assumptions", "symbols",
    "theorems",
]  # fmt: skip

#: The ids of bounds by their names before the id was the path; adamcb_printed is adamcb.printed, and so are the others.
_OLD = {id.replace(".", "_"): id for id in Bound.known.library} | {
    "adambs_lemma12": "adambs_corrected.lemma12", "duchi": "adagrad.duchi", "duchi_tuned": "adagrad.tuned",
    "kingma_ba": "adam.printed", "reddi": "amsgrad.printed", "reddi_arxiv": "amsgrad.printed_arxiv",
    "reddi_arxiv_derived": "amsgrad.derived_arxiv", "reddi_derived": "amsgrad.derived",
    "schedule_free": "amsgrad.schedule_free", "theorem4": "amsgrad.theorem4",
    "theorem4_arxiv": "amsgrad.theorem4_arxiv", "tran_phong": "adamx.printed", "zinkevich": "sgd.zinkevich",
}  # fmt: skip


Bound.known.reserved += globals()  # a module's own attributes hide the families of bounds


def __getattr__(name: str) -> Any:
    """Return the bounds whose ids begin with a name, as attributes; or the bound of an old name, with a warning."""
    family = {id.removeprefix(f"{name}."): Bound.known[id] for id in Bound.known if id.startswith(f"{name}.")}
    if family:
        return SimpleNamespace(**family)
    if name in _OLD:
        path = f"rl.bounds.{_OLD[name]}"
        warnings.warn(f"rl.bounds.{name} is {path} now; write that.", DeprecationWarning, stacklevel=2)
        return Bound.known[_OLD[name]]
    raise AttributeError(f"module 'regretlab.bounds' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *(id.partition(".")[0] for id in Bound.known)})
