"""Assertions for your own pytest suite; each says what it claims, how often it fails a correct subject, and why it did.

>>> import regretlab as rl
>>> from regretlab.testing import assert_sublinear
>>> run = rl.simulate(rl.problems.Reddi(C=4), "amsgrad(alpha=0.5, beta1=0, beta2=1/17, lam=0.5)", horizon=2000)
>>> assert_sublinear(run)
"""

from regretlab.testing._bits import assert_same_bits
from regretlab.testing._regret import assert_below_bound, assert_regret_exponent, assert_sublinear
from regretlab.testing._samplers import assert_inclusion_probabilities, assert_unbiased

__all__ = [
    "assert_below_bound", "assert_inclusion_probabilities", "assert_regret_exponent", "assert_same_bits",
    "assert_sublinear", "assert_unbiased",
]  # fmt: skip
