"""Regret bounds with every constant: one file per paper, each bound a sum of named sympy terms."""

from regretlab.bounds import adamcb
from regretlab.bounds._base import Assumption, Bound
from regretlab.bounds.adam import kingma_ba
from regretlab.bounds.adambs import corrected as adambs_corrected
from regretlab.bounds.adambs import ours as adambs_ours
from regretlab.bounds.adambs import theorem1 as adambs_theorem1
from regretlab.bounds.adambs import theorem2 as adambs_theorem2
from regretlab.bounds.adamcb import ours as adamcb_ours
from regretlab.bounds.adamcb import printed as adamcb_printed
from regretlab.bounds.adamx import tran_phong
from regretlab.bounds.amsgrad import reddi, schedule_free
from regretlab.bounds.ogd import zinkevich
from regretlab.bounds.samplers import adambs_lemma1, adambs_lemma12, adamcb_lemma2, adamcb_ours_lemma

__all__ = [
    "Assumption",
    "Bound",
    "adambs_corrected",
    "adambs_lemma1",
    "adambs_lemma12",
    "adambs_ours",
    "adambs_theorem1",
    "adambs_theorem2",
    "adamcb",
    "adamcb_lemma2",
    "adamcb_ours",
    "adamcb_ours_lemma",
    "adamcb_printed",
    "kingma_ba",
    "reddi",
    "schedule_free",
    "tran_phong",
    "zinkevich",
]  # fmt: skip
