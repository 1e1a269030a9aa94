r"""AdamBS's estimate and the expected regret of AMSGrad with it, for every n, K, d, T and finite probability space.

``Eq1.all`` and ``Eq16.all`` are about one coordinate of one round; in ``Thm1.expected`` they are put into the theorem
about estimated gradients. Draw k of round t is example j if b_tkj is 1; before it the earlier draws are known.
"""

from regretlab.claims import Paper, Sum, box, define, forall, index, log, outcomes, real, sequence, sqrt, steps, use

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

# --- the regret ------------------------------------------------------------------------------------------------------
alpha, beta1, beta2, eta, kappa, eps, D = real("alpha beta1 beta2 eta kappa eps D")
lows, highs, stars, beta, H, X, F, Fs = map(sequence, ("low", "high", "x_star", "beta", "h", "x", "f", "f_star"))
run = steps(
    "amsgrad", gradients=H, over=(w, i), beta1_t=beta, lam=1, beta2=beta2, alpha=alpha, eps=eps,
    project=box(lows[i], highs[i]),
)  # fmt: skip
V = run.v_hat


def rounds(relation):
    """Say a relation of every round."""
    return forall(t, 1, T, relation)


def each(relation):
    """Say a relation of every coordinate."""
    return forall(i, 1, d, relation)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


def horizon(term):
    """Sum a term over the rounds."""
    return Sum(term, (t, 1, T))


def before(relation):
    """Say a relation of the time before every draw of every round."""
    return rounds(draws(relation))


one = g[w, t, j, i] / (n * p[w, t, j])
full = examples(g[w, t, j, i]) / n
gap = X[w, i, t] - stars[i]
CONSTANT = kappa * alpha * (1 + beta1) * sqrt(1 + log(T)) / (2 * (1 - beta1) * sqrt(1 - beta2) * (1 - eta))
SIZES = [
    alpha > 0, eps >= 0, 0 <= beta1, beta1 < 1, 0 < beta2, beta2 < 1, eta == beta1 / sqrt(beta2), eta < 1, kappa >= 0,
    beta[1] <= beta1, forall(t, 1, T + 1, beta[t] >= 0), rounds(beta[t + 1] <= beta[t]), rounds(kappa >= 1 - beta[t]),
]  # fmt: skip
PLACES = [
    each(lows[i] <= stars[i]),
    each(stars[i] <= highs[i]),
    space.each(each(lows[i] <= X[w, i, 1])),
    space.each(each(X[w, i, 1] <= highs[i])),
    each(highs[i] - lows[i] <= D),
    forall(w, 1, None, forall(i, 1, None, forall(t, 1, None, sqrt(V[w, i, t]) + eps > 0))),
]
SAMPLED = [
    *space.given,
    *map(before, past.given(t, k)),
    space.each(rounds(every(p[w, t, j] > 0))),
    before(every(past.knows(p[w, t, j], t, k))),
    before(every(each(past.knows(g[w, t, j, i], t, k)))),
    before(each(past.knows(X[w, i, t], t, k))),
    before(every(past.expects(b[w, t, k, j], p[w, t, j], t, k))),
    before(forall(r, 1, k - 1, every(past.knows(b[w, t, r, j], t, k)))),
    space.each(before(every(b[w, t, k, j] * b[w, t, k, j] == b[w, t, k, j]))),
    space.each(before(every(forall(m, j + 1, n, b[w, t, k, j] * b[w, t, k, m] == 0)))),
    space.each(each(rounds(K * H[w, i, t] == Sum(b[w, t, k, j] * one, (k, 1, K), (j, 1, n))))),
]
square = define("square", lambda t: coordinates(H[w, i, t] ** 2), over=w)
CONVEX = space.each(rounds(F[w, t] - Fs[t] <= coordinates(full * gap)))
first = D**2 * sqrt(T) * (sqrt(V[w, i, T]) + eps) / (2 * alpha * (1 - beta1))
parts = E(examples(g[w, t, j, i] ** 2 / p[w, t, j])) / (K * n**2) + (1 - 1 / K) * E(full**2)
IN = {
    "F": lambda k, w, u: past.same[t, k, w, u], "b": lambda w, k, j: b[w, t, k, j], "p": lambda w, j: p[w, t, j],
    "g": lambda w, j: g[w, t, j, i], "y": lambda w, j: g[w, t, j, i] / (n * p[w, t, j]),
}  # fmt: skip
P.theorem(
    "Thm1.expected",
    r"E\,R(T)\le\frac{D^2\sqrt T}{2\alpha(1-\beta_1)}\sum_iE\big(\sqrt{\hat v_{T,i}}+\epsilon\big)+\frac{\kappa\alpha"
    r"(1+\beta_1)\sqrt{1+\ln T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)}\sqrt{d\sum_t\Big(\frac1{Kn^2}E\sum_j\frac{\|"
    r"g_j^t\|^2}{p_j^t}+\big(1-\frac1K\big)E\|G_t\|^2\Big)}",
    at="Theorem 1, corrected: AMSGrad for Adam, for every n, K, d and T",
    where=[run, square],
    given=[*SIZES, *PLACES, *SAMPLED, CONVEX],
    show=horizon(E(F[w, t] - Fs[t]))
    <= E(coordinates(first)) + CONSTANT * (sqrt(d) * sqrt(horizon(coordinates(parts)))),
    by=[
        forall(w, 1, None, forall(i, 1, None, forall(t, 0, None, (run.v[w, i, t] >= 0) & (V[w, i, t] >= 0)))),
        before(each(past.knows(gap, t, k))),
        use("Eq1.all", (t, 1, T), (i, 1, d), **IN, Z=lambda w: X[w, i, t] - stars[i]),
        space.each(each(rounds(H[w, i, t] == Sum(b[w, t, k, j] * one, (k, 1, K), (j, 1, n)) / K))),
        rounds(each(E(H[w, i, t] * gap) == E(gap * (Sum(b[w, t, k, j] * one, (k, 1, K), (j, 1, n)) / K)))),
        rounds(each(E(H[w, i, t] * gap) == E(full * gap))),
        use("SF.sampled", b=beta, g=lambda w, i, t: H[w, i, t], G=lambda w, i, t: examples(g[w, t, j, i]) / n),
        use("Eq16.all", (t, 1, T), (i, 1, d), **IN),
        rounds(each(E(H[w, i, t] ** 2) == E((Sum(b[w, t, k, j] * one, (k, 1, K), (j, 1, n)) / K) ** 2))),
        rounds(each(E(H[w, i, t] ** 2) == parts)),
        rounds(coordinates(E(H[w, i, t] ** 2)) == coordinates(parts)),
        rounds(E(coordinates(H[w, i, t] ** 2)) == coordinates(parts)),
        rounds(E(square[w, t]) == E(coordinates(H[w, i, t] ** 2))),
        rounds(E(square[w, t]) == coordinates(parts)),
        horizon(E(square[w, t])) == horizon(coordinates(parts)),
        space.each(horizon(square[w, t]) == horizon(coordinates(H[w, i, t] ** 2))),
        E(horizon(square[w, t])) == E(horizon(coordinates(H[w, i, t] ** 2))),
        E(horizon(square[w, t])) == horizon(E(square[w, t])),
        E(horizon(coordinates(H[w, i, t] ** 2))) == horizon(coordinates(parts)),
        space.each(rounds(each(H[w, i, t] ** 2 >= 0))),
        use("Lemma.positive", (w, 1, N), (t, 1, T), T=d, a=lambda i: H[w, i, t] ** 2),
        space.each(rounds(square[w, t] >= 0)),
        use("Lemma.positive", (w, 1, N), a=lambda t: square[w, t]),
        space.each(space.P[w] * horizon(square[w, t]) >= 0),
        use("Lemma.positive", T=N, a=lambda w: space.P[w] * horizon(square[w, t])),
        horizon(coordinates(parts)) >= 0,
        sqrt(E(horizon(coordinates(H[w, i, t] ** 2)))) == sqrt(horizon(coordinates(parts))),
    ],
    note="E is over the draws, in any finite probability space: draw k of round t has the law p_t whatever was drawn "
    "before. p_t, the gradients and x_t are known before the round. f_t is the mean of the examples' losses; of "
    "convexity the inequality of its gradient is taken.",
)
