"""Samplers: laws over mini-batches that learn from gradient norms (one file per family)."""

from regretlab.samplers._base import Draw, Law, Quotient, Rule, Sampler, Setting, draw_with_replacement, scatter_add
from regretlab.samplers._depround import CERTAIN, depround, depround_rows
from regretlab.samplers._simplex import capped_probabilities, kl_projection
from regretlab.samplers.adambs import AdamBS, AdamBSCorrected
from regretlab.samplers.adamcb import AdamCB, AdamCBOurs
from regretlab.samplers.bandit import Bandit
from regretlab.samplers.batches import APT, UNI
from regretlab.samplers.importance import IMPT, Oracle
from regretlab.samplers.orders import Cyclic, Uniform, period
from regretlab.samplers.ties import exp3_step, exploration, largest_divergence, mirror_step

__all__ = [
    "APT", "CERTAIN", "IMPT", "UNI", "AdamBS", "AdamBSCorrected", "AdamCB", "AdamCBOurs", "Bandit", "Cyclic", "Draw",
    "Law", "Oracle", "Quotient", "Rule", "Sampler", "Setting", "Uniform",
    "capped_probabilities", "depround", "depround_rows", "draw_with_replacement", "exp3_step", "exploration",
    "kl_projection", "largest_divergence", "mirror_step", "period", "scatter_add",
]  # fmt: skip
