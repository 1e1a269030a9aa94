"""Shrinking: from a candidate in floating point to the smallest fractions that still refute the conjecture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from regretlab.claims.statements import kink
from regretlab.falsifier._conjectures import Conjecture
from regretlab.falsifier._instance import Instance, largest

#: Denominators of the first rounding, coarsest first.
FIRST = (4, 10, 30, 100, 1000, 10**6)
#: Runs that are played side by side.
LANES = 128


def rounded(conjecture: Conjecture, candidate: Instance, rounds: int) -> Instance | None:
    """Round a candidate to the smallest denominators at which it refutes the conjecture, if it does at any."""
    tries = [candidate.rounded(q) for q in FIRST]
    tries = [instance for instance in tries if _possible(conjecture, instance)]
    times = conjecture.refuted(tries, rounds) if tries else np.zeros(0)
    return next((instance for instance, t in zip(tries, times, strict=True) if t), None)


def shrink(conjecture: Conjecture, instance: Instance, rounds: int) -> Iterator[Instance]:
    """Ever smaller instances that refute the conjecture while all controls hold, beginning with ``instance``.

    An instance is smaller if its numbers and the step at which it refutes have fewer bits in all. Each turn takes the
    smallest of those that :meth:`Instance.simpler` proposes, until none of them refutes.
    """
    smallest = _size(instance, int(conjecture.refuted([instance], rounds)[0]))
    seen = {instance}
    while True:
        yield instance
        fresh = dict.fromkeys(i for i in instance.simpler() if _possible(conjecture, i))
        proposed = [i for i in fresh if i not in seen and i.size < smallest]
        seen.update(proposed)
        sizes = _sizes(conjecture, proposed, rounds)
        if not sizes or min(sizes) >= smallest:
            return
        smallest = min(sizes)
        instance = proposed[sizes.index(smallest)]


def _sizes(conjecture: Conjecture, proposed: Sequence[Instance], rounds: int) -> list[float]:
    """Measure every instance that refutes the conjecture while all controls hold; infinite for the others."""
    sizes = np.full(len(proposed), np.inf)
    for i in range(0, len(proposed), LANES):
        times = conjecture.refuted(proposed[i : i + LANES], rounds)
        refuting = (i + np.flatnonzero(times)).tolist()
        if refuting:
            failed = conjecture.failed_controls([proposed[k] for k in refuting], rounds)
            for k, fails in zip(refuting, failed.T, strict=True):
                sizes[k] = np.inf if fails.any() else _size(proposed[k], int(times[k - i]))
    return sizes.tolist()


def _size(instance: Instance, t: int) -> float:
    return instance.size + t.bit_length()


def _possible(conjecture: Conjecture, instance: Instance) -> bool:
    """Tell whether the search could have met it: convex, x_1 in the domain, largest slope and parameters in range."""
    free = conjecture.subject.free
    inside = all(free[name][0] <= float(value) <= free[name][1] for name, value in instance.parameters)
    convex = all(kink(loss).left <= kink(loss).right for loss in instance.losses)
    return inside and convex and largest(instance) >= 1 and abs(float(instance.start)) <= 1
