r"""AdamBS's estimate for every n, K and finite probability space: one coordinate of one round.

Draw k is example j if b_kj is 1; before it the earlier draws are known.
"""

from regretlab.claims import Paper, Sum, define, forall, index, outcomes, sequence, use

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

w, N, t, T, i, d, j, m, n, k, r, K = index("w N t T i d j m n k r K")
space = outcomes(w, N)
E = space.E
past = space.history("F")
b, p, g, y, Z = map(sequence, ("b", "p", "g", "y", "Z"))


def examples(term):
    """Sum a term over the examples."""
    return Sum(term, (j, 1, n))


def draws(relation):
    """Say a relation of every draw."""
    return forall(k, 1, K, relation)


def every(relation):
    """Say a relation of every example."""
    return forall(j, 1, n, relation)


x = define("x", lambda k: examples(b[w, k, j] * y[w, j]), stop=K, over=w)
SUM = Sum(b[w, k, j] * y[w, j], (k, 1, K), (j, 1, n))
MEAN = examples(g[w, j]) / n
DRAWN = [
    *space.given,
    *map(draws, past.given(k)),
    space.each(every(p[w, j] > 0)),
    draws(every(past.knows(p[w, j], k))),
    draws(every(past.knows(g[w, j], k))),
    draws(every(past.expects(b[w, k, j], p[w, j], k))),
    space.each(every(y[w, j] * (n * p[w, j]) == g[w, j])),
]
KNOWN = [
    draws(every(past.knows(y[w, j], k))),
    space.each(every(p[w, j] * y[w, j] == g[w, j] / n)),
]
P.theorem(
    "Eq1.all",
    r"E\big(Z\,\hat G_t\big)=E\Big(Z\,\frac1n\sum_jg_j\Big)",
    at="§4.1, Eq. (1), for every n and K and whatever is known before",
    where=[x],
    given=[*DRAWN, draws(past.knows(Z[w], k))],
    show=E(Z[w] * SUM) == K * E(Z[w] * MEAN),
    by=[
        *KNOWN,
        use("Lemma.drawn", (k, 1, K), F=lambda w, u: past.same[k, w, u], b=lambda w, j: b[w, k, j]),
        space.each(examples(p[w, j] * y[w, j]) == examples(g[w, j] / n)),
        space.each(examples(p[w, j] * y[w, j]) == MEAN),
        E(Z[w] * examples(p[w, j] * y[w, j])) == E(Z[w] * MEAN),
        draws(E(Z[w] * x[w, k]) == E(Z[w] * examples(b[w, k, j] * y[w, j]))),
        draws(E(Z[w] * x[w, k]) == E(Z[w] * MEAN)),
        Sum(E(Z[w] * x[w, k]), (k, 1, K)) == Sum(E(Z[w] * MEAN), (k, 1, K)),
        space.each(Sum(x[w, k], (k, 1, K)) == Sum(examples(b[w, k, j] * y[w, j]), (k, 1, K))),
        space.each(Sum(x[w, k], (k, 1, K)) == SUM),
        E(Z[w] * SUM) == E(Z[w] * Sum(x[w, k], (k, 1, K))),
    ],
    note="K times the estimate, of one coordinate; y_j is g_j/(n p_j), and Z is any number that is known before the round.",
)  # fmt: skip
P.theorem(
    "Eq16.all",
    r"E\,\hat G_t^2=\frac1{n^2K}E\sum_j\frac{g_j^2}{p_j}+\Big(1-\frac1K\Big)E\Big(\frac1n\sum_jg_j\Big)^2",
    at="App. A, Eq. (16), corrected, for every n and K",
    given=[
        *DRAWN,
        draws(forall(r, 1, k - 1, every(past.knows(b[w, r, j], k)))),
        space.each(draws(every(b[w, k, j] * b[w, k, j] == b[w, k, j]))),
        space.each(draws(every(forall(m, j + 1, n, b[w, k, j] * b[w, k, m] == 0)))),
    ],
    show=E(SUM**2) == K * E(examples(g[w, j] ** 2 / p[w, j])) / n**2 + K * (K - 1) * E(MEAN**2),
    by=[
        *KNOWN,
        space.each(examples(p[w, j] * y[w, j]) == examples(g[w, j] / n)),
        space.each(MEAN == examples(p[w, j] * y[w, j])),
        space.each(every(p[w, j] * y[w, j] ** 2 == g[w, j] ** 2 / p[w, j] / n**2)),
        space.each(examples(p[w, j] * y[w, j] ** 2) == examples(g[w, j] ** 2 / p[w, j] / n**2)),
        draws(
            space.each(
                forall(
                    m, 1, N,
                    Sum(past.same[k, w, m] * (g[w, j] / n), (j, 1, n)) == Sum(past.same[k, w, m] * (g[m, j] / n), (j, 1, n)),
                )
            )
        ),
        draws(past.knows(MEAN, k)),
        use("Lemma.replacement", mu=lambda w: examples(g[w, j]) / n, q=lambda w: examples(g[w, j] ** 2 / p[w, j] / n**2)),
    ],
    note="K^2 times the square of the estimate, of one coordinate.",
)  # fmt: skip
