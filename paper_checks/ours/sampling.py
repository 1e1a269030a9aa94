r"""Ours: the expected regret of AMSGrad with estimated gradients, for every horizon, dimension and finite sample space.

``sampled`` needs of the estimates only that their products with the iterates have the right means, which ``unbiased``
shows when an estimate has the mean of the gradient given what was known before.
"""

from regretlab.claims import Paper, Sum, box, define, forall, index, log, outcomes, real, sequence, sqrt, steps, use

P = Paper("SF", "Ours: the corrected AMSGrad bound")

w, N, i, d, t, T = index("w N i d t T")
alpha, beta1, beta2, eta, kappa, eps, D = real("alpha beta1 beta2 eta kappa eps D")
lows, highs, stars, b, G, H, X, F, Fs = map(sequence, ("low", "high", "x_star", "b", "G", "g", "x", "f", "f_star"))
space = outcomes(w, N)
E = space.E
run = steps(
    "amsgrad", gradients=H, over=(w, i), beta1_t=b, lam=1, beta2=beta2, alpha=alpha, eps=eps,
    project=box(lows[i], highs[i]),
)  # fmt: skip
V = run.v_hat
norm = define("r", lambda i: sqrt(Sum(H[w, i, t] ** 2, (t, 1, T))), stop=d, over=w)
length = define("y", lambda w: Sum(norm[w, i], (i, 1, d)), stop=N)


def each(relation):
    """Say it of every coordinate."""
    return forall(i, 1, d, relation)


def weighted(less, more, *ranges):
    """Multiply an inequality by the probability of its outcome."""
    return use("Lemma.times", (w, 1, N), *ranges, k=space.P[w], less=less, more=more)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


def rounds(term):
    """Sum a term over the rounds."""
    return Sum(term, (t, 1, T))


CONSTANT = kappa * alpha * (1 + beta1) * sqrt(1 + log(T)) / (2 * (1 - beta1) * sqrt(1 - beta2) * (1 - eta))
PARAMETERS = [
    alpha > 0, eps >= 0, 0 <= beta1, beta1 < 1, 0 < beta2, beta2 < 1, eta == beta1 / sqrt(beta2), eta < 1, kappa >= 0,
    b[1] <= beta1, forall(t, 1, T + 1, b[t] >= 0), forall(t, 1, T, b[t + 1] <= b[t]), forall(t, 1, T, kappa >= 1 - b[t]),
]  # fmt: skip
PLACES = [
    each(lows[i] <= stars[i]),
    each(stars[i] <= highs[i]),
    space.each(each(lows[i] <= X[w, i, 1])),
    space.each(each(X[w, i, 1] <= highs[i])),
    each(highs[i] - lows[i] <= D),
    forall(w, 1, None, forall(i, 1, None, forall(t, 1, None, sqrt(V[w, i, t]) + eps > 0))),
]
first = D**2 * sqrt(T) * (sqrt(V[w, i, T]) + eps) / (2 * alpha * (1 - beta1))
slope = coordinates(H[w, i, t] * (X[w, i, t] - stars[i]))
true_slope = coordinates(G[w, i, t] * (X[w, i, t] - stars[i]))
gain = define("gain", lambda t: coordinates(H[w, i, t] * (X[w, i, t] - stars[i])), over=w)
truth = define("truth", lambda t: coordinates(G[w, i, t] * (X[w, i, t] - stars[i])), over=w)
squares = rounds(coordinates(H[w, i, t] ** 2))
P.theorem(
    "sampled",
    r"E\,R(T) \le \frac{D^2\sqrt T}{2\alpha(1-\beta_1)} \sum_{i\le d} E\big(\sqrt{\hat v_{T,i}}+\epsilon\big)"
    r" + \frac{\kappa\alpha(1+\beta_1)\sqrt{1+\log T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)}"
    r"\sqrt{d \sum_{t\le T} E\|\hat g_t\|^2}",
    at="AMSGrad on estimated gradients, for every T and d",
    where=[run, norm, length, gain, truth],
    given=[
        *space.given,
        *PARAMETERS,
        *PLACES,
        forall(t, 1, T, each(E(H[w, i, t] * (X[w, i, t] - stars[i])) == E(G[w, i, t] * (X[w, i, t] - stars[i])))),
        space.each(forall(t, 1, T, F[w, t] - Fs[t] <= true_slope)),
    ],
    show=rounds(E(F[w, t] - Fs[t])) <= E(coordinates(first)) + CONSTANT * (sqrt(d) * sqrt(E(squares))),
    by=[
        forall(w, 1, None, forall(i, 1, None, forall(t, 0, None, (run.v[w, i, t] >= 0) & (V[w, i, t] >= 0)))),
        use(
            "AMSGrad", (w, 1, N), g=lambda i, t: H[w, i, t], x=lambda i, t: X[w, i, t],
            m=lambda i, t: run.m[w, i, t], v=lambda i, t: run.v[w, i, t], v_hat=lambda i, t: V[w, i, t],
            f=lambda t: coordinates(H[w, i, t] * (X[w, i, t] - stars[i])), f_star=lambda t: 0,
        ),
        forall(w, 1, None, each(forall(t, 1, T, H[w, i, t] ** 2 >= 0))),
        use("Lemma.positive", (w, 1, None), (i, 1, d), a=lambda t: H[w, i, t] ** 2),
        log(T) >= 0,
        CONSTANT >= 0,
        space.each(each(norm[w, i] == sqrt(rounds(H[w, i, t] ** 2)))),
        space.each(coordinates(norm[w, i]) == coordinates(sqrt(rounds(H[w, i, t] ** 2)))),
        space.each(coordinates(CONSTANT * sqrt(rounds(H[w, i, t] ** 2))) == CONSTANT * length[w]),
        space.each(rounds(slope) == rounds(gain[w, t])),
        space.each(rounds(gain[w, t]) <= coordinates(first) + CONSTANT * length[w]),
        weighted(rounds(gain[w, t]), coordinates(first) + CONSTANT * length[w]),
        E(rounds(gain[w, t])) <= E(coordinates(first) + CONSTANT * length[w]),
        E(rounds(gain[w, t])) <= E(coordinates(first)) + CONSTANT * E(length[w]),
        space.each(each(norm[w, i] ** 2 == rounds(H[w, i, t] ** 2))),
        use("Lemma.mean", (w, 1, N), T=d, a=lambda i: norm[w, i]),
        space.each(coordinates(norm[w, i] ** 2) == coordinates(rounds(H[w, i, t] ** 2))),
        space.each(length[w] ** 2 <= d * coordinates(rounds(H[w, i, t] ** 2))),
        use("Lemma.jensen", T=N, w=lambda k: space.P[k], a=lambda k: length[k]),
        weighted(length[w] ** 2, d * coordinates(rounds(H[w, i, t] ** 2))),
        E(length[w] ** 2) <= E(d * coordinates(rounds(H[w, i, t] ** 2))),
        E(length[w]) ** 2 <= d * E(squares),
        E(squares) >= 0,
        E(length[w]) <= sqrt(d) * sqrt(E(squares)),
        use("Lemma.times", k=CONSTANT, less=E(length[w]), more=sqrt(d) * sqrt(E(squares))),
        forall(
            t, 1, T,
            coordinates(E(H[w, i, t] * (X[w, i, t] - stars[i]))) == coordinates(E(G[w, i, t] * (X[w, i, t] - stars[i]))),
        ),
        forall(t, 1, T, E(gain[w, t]) == E(slope)),
        forall(t, 1, T, E(truth[w, t]) == E(true_slope)),
        forall(t, 1, T, E(gain[w, t]) == E(truth[w, t])),
        rounds(E(gain[w, t])) == rounds(E(truth[w, t])),
        space.each(forall(t, 1, T, F[w, t] - Fs[t] <= truth[w, t])),
        weighted(F[w, t] - Fs[t], truth[w, t], (t, 1, T)),
        forall(t, 1, T, E(F[w, t] - Fs[t]) <= E(truth[w, t])),
        rounds(E(F[w, t] - Fs[t])) <= rounds(E(truth[w, t])),
        rounds(E(gain[w, t])) == E(rounds(gain[w, t])),
        rounds(E(F[w, t] - Fs[t])) <= E(rounds(gain[w, t])),
        rounds(E(F[w, t] - Fs[t])) <= E(coordinates(first)) + CONSTANT * E(length[w]),
    ],
    note="w is an outcome of the draws, of any finite number, and F_t, f_t(x_t) and the estimates depend on it.",
)  # fmt: skip
