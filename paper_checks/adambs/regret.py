r"""AdamBS: the expected regret of AMSGrad with its sampler, for every n, K, d, T and finite probability space.

The estimates of ``expected.py`` are put into the theorem about estimated gradients, then the bandit's lemma. Draw k of
round t is example j if b_tkj is 1; before it the earlier draws are known.
"""

from regretlab.claims import (
    Paper,
    Sum,
    box,
    define,
    exp,
    forall,
    index,
    log,
    maximum,
    outcomes,
    real,
    sequence,
    sqrt,
    steps,
    use,
)

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

w, N, t, T, i, d, j, m, n, k, r, K = index("w N t T i d j m n k r K")
space = outcomes(w, N)
E = space.E
past = space.history("F")
b, p, g = map(sequence, ("b", "p", "g"))


def examples(term):
    """Sum a term over the examples."""
    return Sum(term, (j, 1, n))


def draws(relation):
    """Say a relation of every draw."""
    return forall(k, 1, K, relation)


def every(relation):
    """Say a relation of every example."""
    return forall(j, 1, n, relation)


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
MEANT = forall(w, 1, None, forall(i, 1, None, forall(t, 0, None, (run.v[w, i, t] >= 0) & (V[w, i, t] >= 0))))
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
        MEANT,
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

# --- with the bound on the examples' gradients -----------------------------------------------------------------------
L, low = real("L p_min")
most = L / (n * low)
BOUNDED = [
    L >= 0,
    low > 0,
    space.each(rounds(every(p[w, t, j] >= low))),
    space.each(rounds(every(coordinates(g[w, t, j, i] ** 2) <= L**2))),
    space.each(before(every(b[w, t, k, j] >= 0))),
    space.each(before(examples(b[w, t, k, j]) <= 1)),
]
POSITIVE = space.each(rounds(every(p[w, t, j] > 0)))
P.theorem(
    "Thm1.positive",
    r"0\le\sum_t\Big(\frac1{Kn^2}E\sum_j\frac{\|g_j^t\|^2}{p_j^t}+\big(1-\frac1K\big)E\|G_t\|^2\Big)",
    at="Theorem 1, corrected: what stands under the root",
    given=[*space.given, POSITIVE],
    show=horizon(coordinates(parts)) >= 0,
    by=[
        space.each(rounds(each(every(g[w, t, j, i] ** 2 / p[w, t, j] >= 0)))),
        use("Lemma.positive", (w, 1, N), (t, 1, T), (i, 1, d), T=n, a=lambda j: g[w, t, j, i] ** 2 / p[w, t, j]),
        space.each(rounds(each(space.P[w] * examples(g[w, t, j, i] ** 2 / p[w, t, j]) >= 0))),
        use(
            "Lemma.positive",
            (t, 1, T),
            (i, 1, d),
            T=N,
            a=lambda w: space.P[w] * examples(g[w, t, j, i] ** 2 / p[w, t, j]),
        ),
        space.each(rounds(each(full**2 >= 0))),
        space.each(rounds(each(space.P[w] * full**2 >= 0))),
        use("Lemma.positive", (t, 1, T), (i, 1, d), T=N, a=lambda w: space.P[w] * (examples(g[w, t, j, i]) / n) ** 2),
        1 - 1 / K >= 0,
        1 / (K * n**2) >= 0,
        rounds(each(E(examples(g[w, t, j, i] ** 2 / p[w, t, j])) / (K * n**2) >= 0)),
        rounds(each((1 - 1 / K) * E(full**2) >= 0)),
        rounds(each(parts >= 0)),
        rounds(coordinates(0 * parts) <= coordinates(parts)),
        rounds(coordinates(parts) >= 0),
        horizon(0 * coordinates(parts)) <= horizon(coordinates(parts)),
    ],
)
ESTIMATE = space.each(each(rounds(K * H[w, i, t] == Sum(b[w, t, k, j] * one, (k, 1, K), (j, 1, n)))))
P.theorem(
    "Thm1.estimate",
    r"|\hat G_{t,i}|\le\frac L{n\,p_{\min}}",
    at="Theorem 1, corrected: the estimate's size",
    given=[*BOUNDED, ESTIMATE],
    show=space.each(each(rounds(abs(H[w, i, t]) <= most))),
    by=[
        space.each(rounds(every(each(g[w, t, j, i] ** 2 >= 0)))),
        use("Lemma.summand", (w, 1, N), (t, 1, T), (j, 1, n), T=d, a=lambda i: g[w, t, j, i] ** 2),
        space.each(rounds(every(each(g[w, t, j, i] ** 2 <= L**2)))),
        space.each(rounds(every(each(abs(g[w, t, j, i]) <= L)))),
        space.each(rounds(every(n * p[w, t, j] >= n * low))),
        space.each(rounds(every(each(abs(one) <= most)))),
        space.each(rounds(draws(every(each(b[w, t, k, j] * one <= b[w, t, k, j] * most))))),
        space.each(rounds(draws(every(each(b[w, t, k, j] * (-one) <= b[w, t, k, j] * most))))),
        space.each(rounds(draws(each(examples(b[w, t, k, j] * one) <= examples(b[w, t, k, j] * most))))),
        space.each(rounds(draws(each(examples(b[w, t, k, j] * (-one)) <= examples(b[w, t, k, j] * most))))),
        most >= 0,
        space.each(rounds(draws(examples(b[w, t, k, j] * most) <= most))),
        space.each(rounds(draws(each(examples(b[w, t, k, j] * one) <= most)))),
        space.each(rounds(draws(each(-examples(b[w, t, k, j] * one) <= most)))),
        space.each(rounds(each(Sum(examples(b[w, t, k, j] * one), (k, 1, K)) <= Sum(most, (k, 1, K))))),
        space.each(rounds(each(Sum(-examples(b[w, t, k, j] * one), (k, 1, K)) <= Sum(most, (k, 1, K))))),
        space.each(each(rounds(K * H[w, i, t] <= K * most))),
        space.each(each(rounds(-K * H[w, i, t] <= K * most))),
    ],
)
P.theorem(
    "Thm1.moment",
    r"\hat v_{t,i}\le\Big(\frac L{n\,p_{\min}}\Big)^2",
    at="Theorem 1, corrected: the second moment's size",
    where=[run],
    given=[
        0 < beta2, beta2 < 1, L >= 0, low > 0, space.each(each(rounds(abs(H[w, i, t]) <= most))), PLACES[-1],
    ],
    show=space.each(each(forall(t, 0, T, (V[w, i, t] <= most**2) & (V[w, i, t] >= 0)))),
    by=[
        most >= 0,
        space.each(each(rounds(H[w, i, t] ** 2 <= most**2))),
        MEANT,
        most**2 >= 0,
        space.each(each(rounds(run.v[w, i, t] == beta2 * run.v[w, i, t - 1] + (1 - beta2) * H[w, i, t] ** 2))),
        space.each(each(rounds((1 - beta2) * H[w, i, t] ** 2 <= (1 - beta2) * most**2))),
        space.each(each(rounds(V[w, i, t] == maximum(V[w, i, t - 1], run.v[w, i, t])))),
        space.each(each(forall(t, 0, T, run.v[w, i, t] <= most**2))),
        space.each(each(forall(t, 0, T, V[w, i, t] <= most**2))),
    ],
)  # fmt: skip
at_most = D**2 * sqrt(T) * (most + eps) / (2 * alpha * (1 - beta1))
P.theorem(
    "Thm1.bounded",
    r"E\,R(T)\le\frac{dD^2\sqrt T}{2\alpha(1-\beta_1)}\Big(\frac L{n\,p_{\min}}+\epsilon\Big)+\frac{\kappa\alpha"
    r"(1+\beta_1)\sqrt{1+\ln T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)}\sqrt{d\sum_t\Big(\frac1{Kn^2}E\sum_j\frac{\|"
    r"g_j^t\|^2}{p_j^t}+\big(1-\frac1K\big)E\|G_t\|^2\Big)}",
    at="Theorem 1, corrected: with the bound on the examples' gradients",
    where=[run],
    given=[*SIZES, *PLACES, *SAMPLED, CONVEX, *BOUNDED],
    show=horizon(E(F[w, t] - Fs[t])) <= d * at_most + CONSTANT * (sqrt(d) * sqrt(horizon(coordinates(parts)))),
    by=[
        MEANT,
        use("Thm1.positive"),
        use("Thm1.expected"),
        use("Thm1.estimate"),
        use("Thm1.moment"),
        most >= 0,
        space.each(each((V[w, i, T] <= most**2) & (V[w, i, T] >= 0))),
        space.each(each(sqrt(V[w, i, T]) <= most)),
        D**2 * sqrt(T) / (2 * alpha * (1 - beta1)) >= 0,
        use(
            "Lemma.times", (w, 1, N), (i, 1, d), k=D**2 * sqrt(T) / (2 * alpha * (1 - beta1)), less=sqrt(V[w, i, T]) + eps,
            more=most + eps,
        ),
        space.each(each(first <= at_most)),
        space.each(coordinates(first) <= coordinates(at_most)),
        space.each(coordinates(first) <= d * at_most),
        use("Lemma.times", (w, 1, N), k=space.P[w], less=coordinates(first), more=d * at_most),
        E(coordinates(first)) <= E(d * at_most),
        E(coordinates(first)) <= d * at_most,
        horizon(E(F[w, t] - Fs[t])) <= E(coordinates(first)) + CONSTANT * (sqrt(d) * sqrt(horizon(coordinates(parts)))),
        use(
            "Lemma.part", total=horizon(E(F[w, t] - Fs[t])), part=E(coordinates(first)), bound=d * at_most,
            rest=CONSTANT * (sqrt(d) * sqrt(horizon(coordinates(parts)))),
        ),
    ],
)  # fmt: skip
s, q = sequence("s"), sequence("q")
B = real("B")
cost = E(examples(s[w, t, j] / p[w, t, j]))
best = E(examples(s[w, t, j] / q[j]))
shares = examples(g[w, t, j, i] ** 2 / p[w, t, j])
spread = horizon(E(coordinates(full**2)))
learnt = (horizon(best) + B) / (K * n**2) + (1 - 1 / K) * spread
P.theorem(
    "Thm2.compared",
    r"E\,R(T)\le\frac{dD^2\sqrt T}{2\alpha(1-\beta_1)}\Big(\frac L{n\,p_{\min}}+\epsilon\Big)+\frac{\kappa\alpha"
    r"(1+\beta_1)\sqrt{1+\ln T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)}\sqrt{d\Big(\frac1{Kn^2}\Big(E\sum_{t,j}\frac{\|"
    r"g_j^t\|^2}{q_j}+B\Big)+\big(1-\frac1K\big)\sum_tE\|G_t\|^2\Big)}",
    at="Theorem 2, corrected, for a bandit whose regret is at most B",
    where=[run],
    given=[
        *SIZES, *PLACES, *SAMPLED, CONVEX, *BOUNDED, every(q[j] > 0),
        space.each(rounds(every(s[w, t, j] == coordinates(g[w, t, j, i] ** 2)))),
        horizon(E(examples(s[w, t, j] * (1 / p[w, t, j] - 1 / q[j])))) <= B,
    ],
    show=horizon(E(F[w, t] - Fs[t])) <= d * at_most + CONSTANT * (sqrt(d) * sqrt(learnt)),
    by=[
        MEANT,
        use("Thm1.positive"),
        use("Thm1.bounded"),
        horizon(cost) <= horizon(best) + B,
        space.each(rounds(every(s[w, t, j] / p[w, t, j] == coordinates(g[w, t, j, i] ** 2 / p[w, t, j])))),
        space.each(rounds(examples(s[w, t, j] / p[w, t, j]) == examples(coordinates(g[w, t, j, i] ** 2 / p[w, t, j])))),
        space.each(rounds(examples(s[w, t, j] / p[w, t, j]) == coordinates(shares))),
        rounds(cost == E(coordinates(shares))),
        use(
            "Lemma.exchange", (t, 1, T), S=N, T=d,
            a=lambda w, i: space.P[w] * examples(g[w, t, j, i] ** 2 / p[w, t, j]),
        ),
        rounds(coordinates(E(shares)) == cost),
        rounds(coordinates(E(full**2)) == E(coordinates(full**2))),
        rounds(coordinates(parts) == cost / (K * n**2) + (1 - 1 / K) * E(coordinates(full**2))),
        horizon(coordinates(parts)) == horizon(cost / (K * n**2) + (1 - 1 / K) * E(coordinates(full**2))),
        horizon(coordinates(parts)) == horizon(cost) / (K * n**2) + (1 - 1 / K) * spread,
        horizon(cost) / (K * n**2) <= (horizon(best) + B) / (K * n**2),
        horizon(coordinates(parts)) <= learnt,
        log(T) >= 0,
        CONSTANT >= 0,
        use("Lemma.root", k=CONSTANT, size=d, less=horizon(coordinates(parts)), more=learnt),
        use(
            "Lemma.part", total=horizon(E(F[w, t] - Fs[t])), rest=d * at_most,
            part=CONSTANT * (sqrt(d) * sqrt(horizon(coordinates(parts)))), bound=CONSTANT * (sqrt(d) * sqrt(learnt)),
        ),
    ],
)  # fmt: skip
law, losses, c = sequence("l"), sequence("loss"), sequence("c")
rate, R2 = real("alpha_p R2")
LEARNT = [
    every(low <= q[j]),
    examples(q[j]) == 1,
    R2 >= 0,
    R2 >= log(n),
    rate > 0,
    rate**2 * (n * T * L**4) == 2 * R2 * low**4,
    space.each(every(p[w, 1, j] == 1 / n)),
    space.each(rounds(every(law[w, t, j] == L**2 / low**2 - s[w, t, j] / p[w, t, j] ** 2))),
    space.each(rounds(every(losses[w, t, j] == law[w, t, j] * Sum(b[w, t, k, j], (k, 1, K)) / (K * p[w, t, j])))),
    space.each(rounds(c[w, t] > 0)),
    space.each(rounds(every(p[w, t + 1, j] == maximum(low, c[w, t] * (p[w, t, j] * exp(-rate * losses[w, t, j])))))),
    space.each(forall(t, 1, T + 1, examples(p[w, t, j]) == 1)),
]
cheap = (horizon(best) + sqrt(R2) * L**2 / low**2 * sqrt(2 * n * T)) / (K * n**2) + (1 - 1 / K) * spread
P.theorem(
    "corr",
    r"E\,R(T)\le\frac{dD^2\sqrt T}{2\alpha(1-\beta_1)}\Big(\frac L{n\,p_{\min}}+\epsilon\Big)+\frac{\kappa\alpha"
    r"(1+\beta_1)\sqrt{1+\ln T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)}\sqrt{d\Big(\frac1{Kn^2}\Big(E\sum_{t,j}\frac{\|"
    r"g_j^t\|^2}{q_j}+\frac{RL^2}{p_{\min}^2}\sqrt{2nT}\Big)+\big(1-\frac1K\big)\sum_tE\|G_t\|^2\Big)},\ R^2\ge\ln n",
    at="ours: AMSGrad with AdamBS's sampler, for every n, K, d and T",
    where=[run],
    given=[
        *SIZES,
        *PLACES,
        *SAMPLED,
        CONVEX,
        *BOUNDED,
        space.each(rounds(every(s[w, t, j] == coordinates(g[w, t, j, i] ** 2)))),
        *LEARNT,
    ],
    show=horizon(E(F[w, t] - Fs[t])) <= d * at_most + CONSTANT * (sqrt(d) * sqrt(cheap)),
    by=[
        MEANT,
        space.each(rounds(every(each(g[w, t, j, i] ** 2 >= 0)))),
        use("Lemma.positive", (w, 1, N), (t, 1, T), (j, 1, n), T=d, a=lambda i: g[w, t, j, i] ** 2),
        space.each(rounds(every(0 <= s[w, t, j]))),
        space.each(rounds(every(s[w, t, j] <= L**2))),
        before(every(each(past.knows(g[w, t, j, i] ** 2, t, k)))),
        before(
            every(
                space.each(
                    forall(
                        m,
                        1,
                        N,
                        coordinates(past.same[t, k, w, m] * g[w, t, j, i] ** 2)
                        == coordinates(past.same[t, k, w, m] * g[m, t, j, i] ** 2),
                    )
                )
            )
        ),
        before(every(past.knows(s[w, t, j], t, k))),
        space.each(rounds(every(draws(b[w, t, k, j] <= 1)))),
        use(
            "Lem1.uniform",
            alpha=rate,
            h=lambda w, t, j: losses[w, t, j],
        ),
        every(q[j] > 0),
        space.each(rounds(every(s[w, t, j] / q[j] >= 0))),
        use("Lemma.positive", (w, 1, N), (t, 1, T), T=n, a=lambda j: s[w, t, j] / q[j]),
        space.each(rounds(space.P[w] * examples(s[w, t, j] / q[j]) >= 0)),
        use("Lemma.positive", (t, 1, T), T=N, a=lambda w: space.P[w] * examples(s[w, t, j] / q[j])),
        use("Lemma.positive", T=T, a=lambda t: E(examples(s[w, t, j] / q[j]))),
        space.each(rounds(each(full**2 >= 0))),
        use("Lemma.positive", (w, 1, N), (t, 1, T), T=d, a=lambda i: (examples(g[w, t, j, i]) / n) ** 2),
        space.each(rounds(space.P[w] * coordinates(full**2) >= 0)),
        use("Lemma.positive", (t, 1, T), T=N, a=lambda w: space.P[w] * coordinates((examples(g[w, t, j, i]) / n) ** 2)),
        use("Lemma.positive", T=T, a=lambda t: E(coordinates((examples(g[w, t, j, i]) / n) ** 2))),
        sqrt(R2) * L**2 / low**2 * sqrt(2 * n * T) >= 0,
        1 - 1 / K >= 0,
        (1 - 1 / K) * spread >= 0,
        cheap >= 0,
        use("Thm2.compared", B=sqrt(R2) * L**2 / low**2 * sqrt(2 * n * T)),
    ],
    bounds=("adambs.ours",),
    note="Ours, not the paper's: the bound of projected AMSGrad, the exact second moment and the bandit lemma, put together "
    "from the steps that are simulated; q is any law with q_j >= p_min, which gives the minimum. The projection's factor c_t "
    "and the draws' law are hypotheses, and that x_t, p_t and the gradients are known before round t. R2 stands for R^2.",
)
