"""Assertions for your own pytest suite; each says what it claims, how often it fails a correct subject, and why it did.

>>> import regretlab as rl
>>> from regretlab.testing import assert_sublinear
>>> run = rl.simulate(rl.problems.Reddi(C=4), "amsgrad(alpha=0.5, beta1=0, beta2=1/17, lam=0.5)", horizon=2000)
>>> assert_sublinear(run)

Optimisers are compared with the algorithms of their papers by :func:`check_optimizer`, without any simulation.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from regretlab.testing._bits import assert_same_bits
    from regretlab.testing._candidates import Candidate
    from regretlab.testing._conformance import check_optimizer, variants
    from regretlab.testing._parametrize import parametrize_with_checks
    from regretlab.testing._regret import assert_below_bound, assert_regret_exponent, assert_sublinear
    from regretlab.testing._report import Conformance
    from regretlab.testing._samplers import assert_inclusion_probabilities, assert_unbiased

#: The modules of the names: the plugin of pytest loads this folder, and must not load what simulates.
_HOMES = {
    "Candidate": "_candidates", "Conformance": "_report", "assert_below_bound": "_regret",
    "assert_inclusion_probabilities": "_samplers", "assert_regret_exponent": "_regret", "assert_same_bits": "_bits",
    "assert_sublinear": "_regret", "assert_unbiased": "_samplers", "check_optimizer": "_conformance",
    "parametrize_with_checks": "_parametrize", "variants": "_conformance",
}  # fmt: skip
__all__ = [
    "Candidate", "Conformance", "assert_below_bound", "assert_inclusion_probabilities", "assert_regret_exponent",
    "assert_same_bits", "assert_sublinear", "assert_unbiased", "check_optimizer", "parametrize_with_checks", "variants",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'regretlab.testing' has no attribute {name!r}")
    globals()[name] = getattr(import_module(f"regretlab.testing.{_HOMES[name]}"), name)
    return globals()[name]


def __dir__() -> list[str]:
    return sorted(__all__)
