"""Regret bounds with every constant: one file per paper, each bound a sum of named sympy terms.

Every bound is here by its name and, as ``Bound.known[id]``, by its id. A bound of yours is a :class:`Bound` over
:mod:`regretlab.bounds.symbols`, to which :func:`~regretlab.bounds.symbols.declare` adds, with hypotheses from
:mod:`regretlab.bounds.assumptions` or of your own, and is known by its id as soon as it is made, to ``regretlab show``
and to every comparison.

Examples
--------
>>> import sympy as sp
>>> from regretlab.bounds import Assumption, Bound, Finding, assumptions, symbols as s
>>> small = Assumption("small", "alpha <= 1 / L", holds=s.alpha <= 1 / s.L)
>>> def long(run, record):
...     return Finding(f"T = {run.horizon}", "at least 10", run.horizon >= 10)
>>> mine = Bound(
...     id="mine.lemma2", title="mine", source="my notes, Lemma 2", status="ours", speaks_of="online",
...     terms={"both": 2 * s.D2 * s.G2 * sp.sqrt(s.T)}, methods=("sgd",),
...     assumes=(assumptions.CONVEX, small, Assumption("long", "the run is long", on_run=long)),
... )
>>> float(mine.at_T(4, {"D2": 3, "G2": 1})), mine.order()["both"]
(12.0, Order(T^1/2))
>>> import regretlab as rl
>>> found = rl.simulate(rl.problems.Reddi(C=3), "sgd(alpha=0.5)", horizon=9).bound(mine)
>>> found.verdict, found.checks[1].measured, found.checks[1].needed
('not applicable because small and long fail', 'alpha = 0.5', '<= 1/L = 0.333333')
>>> del Bound.known["mine.lemma2"]
"""

from regretlab.bounds import adamcb, assumptions, symbols
from regretlab.bounds._base import Bound
from regretlab.bounds._horizons import Minimum, Vacuous
from regretlab.bounds._order import Order, Orders
from regretlab.bounds.adagrad import duchi
from regretlab.bounds.adagrad import tuned as duchi_tuned
from regretlab.bounds.adam import kingma_ba
from regretlab.bounds.adambs import corrected as adambs_corrected
from regretlab.bounds.adambs import d1_corrected as adambs_d1_corrected
from regretlab.bounds.adambs import ours as adambs_ours
from regretlab.bounds.adambs import theorem1 as adambs_theorem1
from regretlab.bounds.adambs import theorem2 as adambs_theorem2
from regretlab.bounds.adambs import theorem4 as adambs_theorem4
from regretlab.bounds.adambs import theorem_d1 as adambs_theorem_d1
from regretlab.bounds.adamcb import jensen as adamcb_jensen
from regretlab.bounds.adamcb import lemma1 as adamcb_lemma1
from regretlab.bounds.adamcb import ours as adamcb_ours
from regretlab.bounds.adamcb import printed as adamcb_printed
from regretlab.bounds.adamcb import split as adamcb_split
from regretlab.bounds.adamx import decaying as adamx_decaying
from regretlab.bounds.adamx import ours as adamx_ours
from regretlab.bounds.adamx import tran_phong
from regretlab.bounds.amsgrad import (
    reddi,
    reddi_arxiv,
    reddi_arxiv_derived,
    reddi_derived,
    schedule_free,
    theorem4,
    theorem4_arxiv,
)
from regretlab.bounds.amsgrad import tran_phong as amsgrad_tran_phong
from regretlab.bounds.assumptions import Assumption, Finding
from regretlab.bounds.hedge import anytime as hedge_anytime
from regretlab.bounds.hedge import fixed as hedge_fixed
from regretlab.bounds.ogd import zinkevich
from regretlab.bounds.padam import ours as padam_ours
from regretlab.bounds.samplers import adambs_lemma1, adambs_lemma12, adamcb_lemma2, adamcb_ours_lemma
from regretlab.bounds.symbols import TYPICAL

__all__ = [
    "TYPICAL", "Assumption", "Bound", "Finding", "Minimum", "Order", "Orders", "Vacuous", "adambs_corrected",
    "adambs_d1_corrected", "adambs_lemma1", "adambs_lemma12", "adambs_ours", "adambs_theorem1", "adambs_theorem2",
    "adambs_theorem4", "adambs_theorem_d1", "adamcb", "adamcb_jensen", "adamcb_lemma1", "adamcb_lemma2",
    "adamcb_ours", "adamcb_ours_lemma", "adamcb_printed", "adamcb_split", "adamx_decaying", "adamx_ours",
    "amsgrad_tran_phong", "assumptions", "duchi", "duchi_tuned", "hedge_anytime", "hedge_fixed", "kingma_ba",
    "padam_ours", "reddi", "reddi_arxiv",
    "reddi_arxiv_derived", "reddi_derived", "schedule_free", "symbols", "theorem4", "theorem4_arxiv",
    "tran_phong", "zinkevich",
]  # fmt: skip
