"""The stand-in for a GPU: the array engine on NumPy and on array-api-strict."""

import array_api_strict
import numpy as np

from regretlab import algorithms
from regretlab.engines import array
from regretlab.engines.streams import Streams
from regretlab.runs.plan import plan
from regretlab.runs.schedule import coefficients


def states(problem, algorithm, steps):
    """The states of two replicates after the same steps on either, everything measured."""
    p = plan(problem, algorithms.parse(algorithm), horizon=steps, replicates=2, measure=("cumulative", "sampler"))
    found = []
    for xp in (np, array_api_strict):
        state = array.initial(problem.on(xp), p.sampler, 2, p.measure, xp)
        uniforms = xp.asarray(Streams(0, "sampler", [0, 1]).uniforms(steps, p.sampler.uniforms))
        state = array.advance(problem.on(xp), p.sampler, coefficients(p.algorithm, 1, steps), state, uniforms)
        found.append(state.mapped(array.host))
    return found
