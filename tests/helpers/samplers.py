"""Laws of batches by enumeration, and samplers that are tried."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from fractions import Fraction as F

import numpy as np
from hypothesis import assume, settings
from hypothesis import strategies as st

from regretlab.samplers import (
    AdamBS,
    AdamBSCorrected,
    AdamCB,
    AdamCBOurs,
    Cyclic,
    Setting,
    Uniform,
    depround,
    depround_rows,
)
from tests.tolerances import ROUND_OFF

untimed = settings(deadline=None, max_examples=60)
ALL = {
    "adambs": AdamBS(gamma=0.3, alpha_p=0.002),
    "adambs_tied": AdamBS(p_min=0.02, divergence="start"),
    "adambs_corrected": AdamBSCorrected(gamma=0.3),
    "adamcb": AdamCB(gamma=0.2),
    "ours_mirror": AdamCBOurs(gamma=0.2, step=0.3),
    "ours_gains": AdamCBOurs(gamma=0.2, update="gains"),
    "uniform": Uniform(),
    "floyd": Uniform(replacement=False),
    "cyclic": Cyclic(),
}


def fit(sampler, n, K, L=1.0, horizon=1000):
    return sampler.fit(Setting(n=n, K=K, L=L, horizon=horizon))


def cell_law(draw, cuts):
    """The law of ``draw(u)``, an array (R, K), whose uniform m enters only through its place among ``cuts[m]``.

    Each cell is tried near both ends; its probability is the exact product of the lengths of its sides.
    """
    sides = [list(itertools.pairwise(sorted({F(0), F(1), *c}))) for c in cuts]
    cells = list(itertools.product(*sides))
    at = [np.array([[float(a + (b - a) * s) for a, b in cell] for cell in cells]) for s in (F(1, 8), F(7, 8))]
    outcomes = [np.asarray(draw(u)) for u in at]
    assert np.array_equal(*outcomes), "a breakpoint is missing: the draw is not constant on a cell"
    law: dict[tuple[int, ...], F] = defaultdict(F)
    for cell, J in zip(cells, outcomes[0].tolist(), strict=True):
        law[tuple(J)] += math.prod((b - a for a, b in cell), start=F(1))
    return dict(law)


def subsets(law):
    """The law of the set drawn, whatever the order."""
    result: dict[tuple[int, ...], F] = defaultdict(F)
    for J, q in law.items():
        result[tuple(sorted(J))] += q
    return dict(result)


def textbook_law(p):
    """Every outcome of the textbook DepRound, replayed with every sequence of answers."""
    law: dict[tuple[int, ...], F] = defaultdict(F)
    todo: list[tuple[bool, ...]] = [()]
    while todo:
        script, asked = todo.pop(), []

        def chance(q, script=script, asked=asked):
            asked.append(q)
            return script[len(asked) - 1] if len(asked) <= len(script) else True

        J = tuple(depround(p, chance))
        answers = script + (True,) * (len(asked) - len(script))
        law[J] += math.prod((q if yes else 1 - q for q, yes in zip(asked, answers, strict=True)), start=F(1))
        todo += [(*answers[:m], False) for m in range(len(script), len(asked))]
    return dict(law)


def moments(law, g, weight):
    """Mean and second moment of ``sum_{j in J} weight(j) g_j`` under a law over tuples J."""
    estimates = [(q, sum(weight(j) * g[j] for j in J)) for J, q in law.items()]
    return sum(q * x for q, x in estimates), sum(q * x * x for q, x in estimates)


@st.composite
def inclusions(draw, smallest=0):
    """n <= 6 small rationals in [0, 1] with an integer sum; ones, and partial sums on integers, are common."""
    d = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 8]))
    p = draw(st.lists(st.integers(smallest, d).map(lambda k: F(k, d)), min_size=1, max_size=5))
    rest = math.ceil(sum(p)) - sum(p)
    p = draw(st.permutations([*p, rest])) if rest else p
    assume(sum(p) >= 1)
    return p


def depround_cuts(p):
    """Breakpoints of the K uniforms of ``depround_rows``: a duel per crossing, then a choice among the partial sums.

    A partial sum that is an integer in fractions may miss it in floats, which moves the crossing to the next example;
    the breakpoints are the same.
    """
    K, sums = int(sum(p)), list(itertools.accumulate(p))
    cuts = []
    for k in range(K):
        j = next(j for j, s in enumerate(sums) if s >= k + 1)
        held = max(F(0), sums[j] - p[j] - k) if k < K - 1 else F(1)
        takes = F(1) if k == K - 1 else (1 - p[j]) / (2 - held - p[j]) if held + p[j] < 2 else F(0)
        places = {(s - k) / held for s in sums if k < s < k + held} | {F(1)}
        cuts.append({takes * a for a in places} | {takes + (1 - takes) * a for a in places})
    return cuts


def rows_law(p):
    row = np.array([[float(q) for q in p]])

    def draw(u):
        return depround_rows(np.broadcast_to(row, (len(u), len(p))), int(sum(p)), u)

    return subsets(cell_law(draw, depround_cuts(p)))


def exact_projection(w, total, floor, cap=None):
    """clip(c w, floor, cap) with sum ``total``: the piece of this increasing function of c that contains the total."""

    def at(c):
        return [min(max(c * x, floor), cap) if cap is not None else max(c * x, floor) for x in w]

    ends = sorted({bound / x for x in w if x for bound in ((floor,) if cap is None else (floor, cap))})
    if sum(at(ends[0])) >= total:
        return at(ends[0])
    for a, b in itertools.pairwise(ends):
        low, high = sum(at(a)), sum(at(b))
        if low <= total <= high:
            return at(a + (b - a) * (total - low) / (high - low) if high > low else a)
    return at(total / sum(w)) if cap is None else at(ends[-1])


def printed_capping(w, K, gamma):
    """AdamCB's Algorithm 2, lines 2-11, as printed: (p, null set, tau); tau is None where nothing is capped."""
    n = len(w)
    C = (1 / type(gamma)(K) - gamma / n) / (1 - gamma)
    null, tau, capped = set(), None, list(w)
    if max(w) >= C * sum(w):
        order = sorted(range(n), key=lambda j: -w[j])
        for i in range(1, n):
            tau = C * sum(w[j] for j in order[i:]) / (1 - i * C)
            if w[order[i]] < tau:
                break
        null = {j for j in range(n) if w[j] >= tau}
        capped = [min(x, tau) for x in w]
    size = sum(capped)
    return [K * ((1 - gamma) * x / size + gamma / n) for x in capped], null, tau


def check_capping(p, null, log_w, K, gamma):
    n = len(log_w)
    assert abs(p.sum() - K) <= ROUND_OFF
    assert (p >= K * gamma / n - ROUND_OFF).all()
    assert (p <= 1).all()
    assert (p[null] == 1).all()
    assert null.sum() <= K - 1
