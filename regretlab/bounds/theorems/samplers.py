r"""The lemmas on the samplers' own regret, :math:`\mathbb{E}\sum_t V_t(p_t) - \min_{p\in P} \mathbb{E}\sum_t V_t(p)`.

They speak of the bandit alone, so of any method that uses its sampler.
"""

import sympy as sp

from regretlab.bounds._base import Bound
from regretlab.bounds.assumptions import EXAMPLES, MIRROR_STEP, OWN_STEP, SUBSET
from regretlab.bounds.symbols import R2, K, L, T, gamma, n, p_min
from regretlab.bounds.theorem import ANY_METHOD
from regretlab.bounds.theorems import adambs, adamcb

adambs_lemma1 = Bound(
    id="adambs.lemma1",
    title="AdamBS, Lemma 1",
    source="Liu, Wu & Mozafari 2020, Lemma 1, Eq. (5)",
    status="as printed",
    speaks_of="sampler",
    in_expectation=True,
    terms={"bandit": sp.sqrt(R2) * L**2 / p_min**2 * sp.sqrt(2 * n * T)},
    assumes=(EXAMPLES, OWN_STEP),
    methods=ANY_METHOD,
    samplers=("adambs",),
    remark="With the sampling law p^{t-1} in the estimate, where p^t is printed; worse than the trivial bound "
    "n L^2 T / p_min as long as T <= 2 R^2 / (n p_min^2).",
)

adambs_lemma12 = Bound(
    id="adambs_corrected.lemma12",
    title="AdamBS corrected (AdamCB Lemma 12)",
    source="Kim & Oh 2025, Appendix D, Lemma 12",
    status="as printed",
    mark="reconstructed",
    speaks_of="sampler",
    in_expectation=True,
    terms={"bandit": L**2 * n**2 / gamma**2 * 2 * sp.sqrt((sp.E - 1) * n * T * sp.log(n))},
    assumes=(EXAMPLES, adambs.TIED_GAMMA),
    methods=ANY_METHOD,
    samplers=("adambs_corrected",),
    remark="With gamma(T) it is 2(e-1) times the trivial bound n L^2 T / p_min, p_min = gamma / n.",
)

adamcb_lemma2 = Bound(
    id="adamcb.lemma2",
    title="AdamCB, Lemma 2",
    source="Kim & Oh 2025, Lemma 2",
    status="as printed",
    mark="reconstructed",
    speaks_of="sampler",
    in_expectation=True,
    terms={"bandit": L**2 * n**2 / gamma**2 * 2 * sp.sqrt((sp.E - 1) * K * n * T * sp.log(n / K))},
    assumes=(EXAMPLES, adamcb.TIED_GAMMA, SUBSET),
    methods=ANY_METHOD,
    samplers=("adamcb",),
    total=K,
    remark="With gamma(T) it is 2(e-1) K^2 times the trivial bound; for arbitrary losses in [0, 1] the lemma's first "
    "factor, without L^2 / p_min^2, is false, because capped examples are never updated again.",
)

adamcb_ours_lemma = Bound(
    id="adamcb.ours_lemma",
    title="AdamCB, ours: the mirror step",
    source="ours: KL mirror descent on {sum p = K, K gamma / n <= p <= 1}",
    status="ours",
    speaks_of="sampler",
    in_expectation=True,
    terms={"bandit": adamcb.bandit},
    assumes=(EXAMPLES, MIRROR_STEP, SUBSET),
    methods=ANY_METHOD,
    samplers=("adamcb_ours",),
    total=K,
    remark="Below the trivial bound once T > 2 n ln(n/K) / (K gamma^2).",
)
