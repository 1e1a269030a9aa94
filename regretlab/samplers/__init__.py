"""Samplers: laws over mini-batches that learn from gradient norms. Each file is a family, found by itself."""

from regretlab.samplers._base import Draw, Law, Quotient, Rule, Sampler, Setting, draw_with_replacement, scatter_add
from regretlab.samplers._depround import CERTAIN, depround, depround_rows
from regretlab.samplers._simplex import capped_probabilities, kl_projection
from regretlab.samplers.bandit import Bandit
from regretlab.samplers.orders import period
from regretlab.samplers.ties import exp3_step, exploration, largest_divergence, mirror_step

_PARTS = Sampler.known.import_folder(__name__)
globals().update(_PARTS)
__getattr__ = Sampler.known.of_class
__all__ = [
    "CERTAIN", "Bandit", "Draw", "Law", "Quotient", "Rule", "Sampler", "Setting", "capped_probabilities", "depround",
    "depround_rows", "draw_with_replacement", "exp3_step", "exploration", "kl_projection", "largest_divergence",
    "mirror_step", "period", "scatter_add", *_PARTS,
]  # fmt: skip
