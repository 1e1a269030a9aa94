"""AdamCB: DepRound, the gradient estimate of Eq. 7 and its second moment."""

from fractions import Fraction as F
from itertools import permutations

from regretlab.claims import OPS, Paper, minimum, real
from regretlab.claims.designs import (
    depround,
    expectation,
    grid,
    inclusion,
    small,
    successive,
)
from regretlab.claims.paper import inequality
from regretlab.methods import Coefficients, Moments, step

P = Paper("AdamCB", "Kim & Oh (2025), Adam with Combinatorial Bandit sampling (AdamCB)")

# DepRound, one duel of the entries p and q.

p, q, g, n, K = real("p q g n K")
a, b = minimum(1 - p, q), minimum(p, 1 - q)
chance = b / (a + b)
fractional = [p > 0, p < 1, q > 0, q < 1]


def mean(first, second, chance=chance):
    """Average a quantity after the duel."""
    return chance * first + (1 - chance) * second


def unit(*values):
    """All values are in [0, 1]."""
    whole = (values[0] >= 0) & (values[0] <= 1)
    for value in values[1:]:
        whole = whole & (value >= 0) & (value <= 1)
    return whole


PROPER = [(n, K) for n in (2, 3, 4) for K in range(1, n)]
BATCHES = [(3, 2), (4, 2), (4, 3)]


def correct_law(n, K, p, order):
    """|J| = K, P(i in J) = p_i, and no two examples attract each other."""
    law = depround(p, order)
    pairs = [(i, j) for i in range(n) for j in range(i)]
    return (
        all(len(J) == K for J in law)
        and inclusion(law, n) == tuple(p)
        and all(expectation(law, lambda J, i=i, j=j: F(i in J and j in J)) <= p[i] * p[j] for i, j in pairs)
    )


P.both(
    "DepRound",
    r"|J|=K,\ P(i\in J)=p_i",
    at="Section 3.2 and Algorithm 6",
    source="confirmed",
    statements=[
        inequality(given=fractional, show=unit(chance, p + a, q - a, p - b, q + b)),
        inequality(given=fractional, show=((p + a == 1) | (q - a == 0)) & ((p - b == 0) | (q + b == 1))),
        inequality(given=fractional, show=((p + a) + (q - a) == p + q) & ((p - b) + (q + b) == p + q)),
        inequality(given=fractional, show=mean(p + a, p - b) == p),
        inequality(given=fractional, show=mean(q - a, q + b) == q),
        inequality(given=fractional, show=mean((p + a) * (q - a), (p - b) * (q + b)) <= p * q),
    ],
    note="One duel keeps both means and the sum, stays in [0, 1] and settles an entry, and lowers E p_i p_j; so "
    "at most n - 1 duels give K examples with P(i in J) = p_i, by induction over the unsettled entries. The "
    "O(n) cost is not checked.",
)
P.finite(
    "DepRound.laws",
    r"|J|=K,\ P(i\in J)=p_i,\ P(i,j\in J)\le p_ip_j",
    at="Algorithm 6",
    source="confirmed",
    expect="bounded",
    uses=["DepRound"],
    cases=lambda: [
        {"n": n, "K": K, "p": p, "order": order}
        for n, K in PROPER
        for p in grid(n, K, parts=4)
        for order in permutations(range(n))
    ],
    holds=correct_law,
    note="Whole laws, with the entries paired in every order: n <= 4, p in quarters.",
)
P.inequality(
    "DepRound.swapped",
    r"E\,p_i'=p_i\text{ with the two probabilities interchanged}",
    at="Algorithm 6",
    source="confirmed",
    expect="refuted",
    given=fractional,
    show=mean(p + a, p - b, chance=a / (a + b)) == p,
    note="A negative control of the check above.",
)
P.finite(
    "DepRound.successive",
    r"P(i\in J)=p_i",
    at="the authors' published code",
    source="code",
    expect="refuted",
    cases=lambda: [{"n": n, "K": K, "p": p} for n, K in BATCHES for p in grid(n, K, parts=4)],
    holds=lambda n, K, p: inclusion(successive([v / K for v in p], K), n) == tuple(p),
    note="The code draws one example after another, each proportional to p: other inclusion probabilities, so a bias.",
)

# Equation 7.


def estimate(p, g, n, J):
    """Estimate the mean gradient without the factor 1/K: sum_{j in J} g_j/(n p_j)."""
    return sum(g[j] / (n * p[j]) for j in J)


def printed_is_unbiased(n, K, p, g):
    """E g_t is the mean gradient, g_t with the factor 1/K."""
    return expectation(depround(p), lambda J: estimate(p, g, n, J) / K) == sum(g) / n


P.finite(
    "Eq7",
    r"g_t=\frac1K\sum_{j\in J}\frac{g_j}{n\,p_j},\ \sum p=K\ \Rightarrow\ E\,g_t=\frac1n\sum_jg_j",
    at="Section 3.3, Eqs. (6)-(7)",
    source="confirmed",
    expect="refuted",
    uses=["Alg2.sum", "DepRound"],
    cases=lambda: small(BATCHES, parts=3),
    holds=printed_is_unbiased,
    changes="constant",
    corrected={
        "latex": r"\hat g=\sum_{j\in J}\frac{g_j}{n\,p_j}:\ p_j\cdot\frac{g_j}{n\,p_j}=\frac{g_j}n",
        "statement": inequality(given=[n > 0, p > 0], show=p * (g / (n * p)) == g / n),
        "uses": ("AdamCB.DepRound",),
        "note": "Example j is in J with probability p_j, so this summand is its share of E g.",
    },
    note="E g_t is 1/K of the gradient, because sum p = K already counts the batch.",
)
P.finite(
    "Eq7.cases",
    r"\hat g=\sum_{j\in J}\frac{g_j}{n\,p_j}\ \Rightarrow\ E\,\hat g=\frac1n\sum_jg_j",
    at="Section 3.3, Eq. (7)",
    source="confirmed",
    expect="bounded",
    cases=lambda: small(PROPER, parts=4),
    holds=lambda n, K, p, g: expectation(depround(p), lambda J: estimate(p, g, n, J)) == sum(g) / n,
    note="The corrected estimate on whole laws: n <= 4, p in quarters.",
)
P.inequality(
    "Eq7.factor",
    r"p_j\cdot\frac1K\cdot\frac{g_j}{n\,p_j}=\frac1K\cdot\frac{g_j}n",
    at="Section 3.3, Eq. (7)",
    source="confirmed",
    given=[n > 0, K > 0, p > 0],
    show=p * (1 / K * (g / (n * p))) == 1 / K * (g / n),
    note="What the printed estimate has as its mean, for every n and K.",
)

x, m, v, V, ratio, b1, b2, alpha, eps = real("x m v V ratio beta1 beta2 alpha eps")


def moved(scale, eps):
    """Make the step in which all gradients are, and were, multiplied by ``scale``; return the iterate."""
    k = Coefficients(mu=b1, nu=1 - b1, beta=b2, om=1 - b2, rho=ratio, wd=0, eta=alpha, kap=0, c=1, p=0.5, eps=eps)
    state = Moments(x, scale * m, scale**2 * v, scale**2 * V)
    return step(state, scale * g, k, lambda x, weights: x, OPS).x


moments = [b1 >= 0, b1 < 1, b2 > 0, b2 < 1, v >= 0, V > 0, ratio > 0, K > 0]
P.inequality(
    "Eq7.scale",
    r"g\mapsto g/K\text{ leaves }\theta_t\text{ as it is},\ \epsilon=0",
    at="Section 3.3, Eq. (7)",
    source="confirmed",
    given=moments,
    show=moved(1 / K, 0) == moved(1, 0),
    note="The factor does not matter to the iterates of the simulated step when eps = 0; it does matter to the regret.",
)
P.inequality(
    "Eq7.scale.eps",
    r"g\mapsto g/K\text{ leaves }\theta_t\text{ as it is},\ \epsilon\ge0",
    at="Section 3.3, Eq. (7)",
    source="confirmed",
    expect="refuted",
    given=[*moments, eps >= 0],
    show=moved(1 / K, eps) == moved(1, eps),
    note="With eps > 0 the factor acts like K eps.",
)
