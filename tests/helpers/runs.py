"""Runs that every engine has to make alike."""

import numpy as np

import regretlab as rl
from regretlab import algorithms
from regretlab.engines import array
from regretlab.engines.compiled.engine import Compiled
from regretlab.engines.streams import Streams
from regretlab.runs.plan import plan
from regretlab.runs.schedule import coefficients

METHODS = [
    "sgd(alpha=0.5)",
    "adam(alpha=0.5)",
    "adam(alpha=0.5, beta1=0, beta2=1/17, bias_correction=False, eps=0)",
    "amsgrad(alpha=0.5, eps=0)",
    "adamx(alpha=0.5, lam=0.9)",
]
ORDERS = ["", "+cyclic", "+uniform", "+uniform(replacement=False)"]
BANDITS = [
    "+adambs", "+adambs(alpha_p=0.01)", "+adambs_corrected(gamma=0.5)", "+adamcb(gamma=0.4)", "+adamcb(gamma=1)",
    "+adamcb_ours(gamma=0.1)", "+adamcb_ours(gamma=0.1, step=0.5)", "+adamcb_ours(gamma=0.1, update='gains')",
]  # fmt: skip


def logistic(kind=rl.problems.Logistic, **options):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 5))
    return kind(X, np.sign(X[:, 0] + 0.1), **options)


LINEAR_MODELS = {
    "logistic": logistic(),
    "heavy_tailed": rl.problems.HeavyTailedLogistic(n=40, d=3),
    "one_neuron": rl.problems.OneNeuron(n=40, d=3),
    "reddi": rl.problems.Reddi(),
    "least_squares": logistic(rl.problems.LeastSquares),
    "hinge": logistic(rl.problems.Hinge),
}


def both(problem, algorithm, steps, replicates=3, threads=2, measure=()):
    """All that the two engines carry after the same steps."""
    p = plan(problem, algorithms.parse(algorithm), horizon=steps, replicates=replicates)
    start = array.initial(problem, p.sampler, replicates, measure, np)
    return [parts(p.sampler, state) for state in engines(p, start, 1, steps, threads)]


def engines(p, start, first, steps, threads=1):
    """The states of the two engines after the same steps from the same state and streams."""
    problem, replicates, schedule = p.problem, len(p.replicates), coefficients(p.algorithm, first, steps)
    ours, theirs = (Streams(first, "sampler", range(replicates)) for _ in range(2))
    fast = Compiled(problem, p.sampler, threads).advance(start, schedule, ours)
    slow = array.Arrays(problem.measured, p.sampler, replicates, np).advance(start, schedule, theirs)
    assert (ours.state == theirs.state).all()
    return fast, slow


def parts(sampler, state):
    """All that a run carries; a bandit's weights matter up to a factor, so its probabilities."""
    law = state.sampler[0] if sampler.rule is None else sampler.probabilities(state.sampler)
    return {**state.moments._asdict(), **state.totals, "sampler": law}


EXTREMES = [
    "+adambs(gamma=1e-6, alpha_p=1e-4)",
    "+adambs_corrected(gamma=0.001)",
    "+adamcb(gamma=0.01)",
    "+adamcb_ours(gamma=0.01, step=2)",
    "+adamcb_ours(gamma=0.1, update='gains')",
]


class Bursting(rl.methods.Method):
    def coefficients(self, t):
        bursts = t == 2500
        return rl.methods.generic(t, nu=np.where(bursts, 1e300, 1.0), eta=np.where(bursts, 1e300, 0.1), p=0.0)
