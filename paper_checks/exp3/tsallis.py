r"""Tsallis-INF: the two sums behind its bound 4 sqrt(KT) + 1, for every K and T.

Zimmert & Seldin (2021), Tsallis-INF: an optimal algorithm for stochastic and adversarial bandits. Every line is stated from
the formula as it is commonly quoted; the paper was not at hand.
"""

from regretlab.claims import Paper, Sum, forall, index, sequence, sqrt, use

P = Paper(
    "TsallisINF", "Zimmert & Seldin (2021), Tsallis-INF: an optimal algorithm for stochastic and adversarial bandits"
)

t, T, j, K = index("t T j K")
p = sequence("p")


def arms(term):
    """Sum a term over the arms."""
    return Sum(term, (j, 1, K))


LAW = [forall(j, 1, K, p[j] >= 0), arms(p[j]) == 1]
P.theorem(
    "roots",
    r"\sum_{j\le K} \sqrt{p_j} \le \sqrt K",
    at="the Tsallis entropy with alpha = 1/2 is at most that of the uniform law",
    given=LAW,
    show=arms(sqrt(p[j])) <= sqrt(K),
    by=[
        use("Lemma.mean", T=K, a=lambda j: sqrt(p[j])),
        forall(j, 1, K, sqrt(p[j]) ** 2 == p[j]),
        arms(sqrt(p[j]) ** 2) == arms(p[j]),
        arms(sqrt(p[j])) ** 2 <= K,
    ],
    source="reconstructed",
)
P.theorem(
    "roots.fewer",
    r"\sum_{j\le K} \sqrt{p_j} \le 1",
    at="the same with 1 for sqrt(K), which must fail",
    given=LAW,
    show=arms(sqrt(p[j])) <= 1,
    expect="refuted",
)
law = sequence("p")
LAWS = [
    forall(t, 1, T, forall(j, 1, K, law[t, j] >= 0)),
    forall(t, 1, T, arms(law[t, j]) == 1),
]
P.theorem(
    "sum",
    r"\sum_{t\le T} \frac1{\sqrt t} \sum_{j\le K} \sqrt{p_{t,j}} \le 2 \sqrt{KT}",
    at="proof of Theorem 1: what a round costs, summed, for every K and T",
    given=LAWS,
    show=Sum(1 / sqrt(t) * arms(sqrt(law[t, j])), (t, 1, T)) <= 2 * sqrt(K) * sqrt(T),
    by=[
        use("roots", (t, 1, T), p=lambda j: law[t, j]),
        forall(t, 1, T, 1 / sqrt(t) * arms(sqrt(law[t, j])) <= sqrt(K) * (1 / sqrt(t))),
        Sum(1 / sqrt(t) * arms(sqrt(law[t, j])), (t, 1, T)) <= Sum(sqrt(K) * (1 / sqrt(t)), (t, 1, T)),
        use("Lemma.roots"),
        sqrt(K) * Sum(1 / sqrt(t), (t, 1, T)) <= sqrt(K) * (2 * sqrt(T)),
    ],
    source="reconstructed",
)
