r"""AdamBS: the two sums over coordinates in its bounds (Eqs. 11 and 14), and Theorem D.1, for every T and d."""

from regretlab.claims import Paper, Sum, box, forall, index, log, real, recursive, sequence, sqrt, steps, use

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

t, T, i, d = index("t T i d")
alpha, beta1, beta2, gamma, lam, D, G = real("alpha beta1 beta2 gamma lam D_inf G")
b, g, x, V, F, Fs = map(sequence, ("b", "g", "x", "v_hat", "f", "f_star"))
lows, highs, stars = map(sequence, ("low", "high", "x_star"))


def each(relation):
    """Say it of every coordinate."""
    return forall(i, 1, d, relation)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


def total(term):
    """Sum a term over t."""
    return Sum(term, (t, 1, T))


SQUARES = each(forall(t, 1, T, g[i, t] ** 2 >= 0))
norm = sqrt(total(g[i, t] ** 2))
EUCLID = sqrt(total(coordinates(g[i, t] ** 2)))

v = recursive("v", 0, lambda before, t: beta2 * before + (1 - beta2) * (g[i, t] * g[i, t]), over=i)
P.theorem(
    "Eq11",
    r"\sum_{i=1}^d\sqrt{\hat v_{T,i}}\le dG_\infty",
    at="App. A, Eq. (11)",
    where=[v],
    given=[0 < beta2, beta2 < 1, G >= 0, each(forall(t, 1, T, abs(g[i, t]) <= G))],
    show=coordinates(sqrt(v[i, T] / (1 - beta2**T))) <= d * G,
    by=[
        forall(i, 1, None, forall(t, 0, None, v[i, t] >= 0)),
        forall(t, 0, None, (0 < beta2**t) & (beta2**t <= 1)),
        forall(t, 1, None, beta2**t <= beta2),
        forall(t, 1, None, 1 - beta2**t > 0),
        each(forall(t, 1, T, g[i, t] * g[i, t] <= G**2)),
        each(forall(t, 1, T, (1 - beta2) * (g[i, t] * g[i, t]) <= (1 - beta2) * G**2)),
        each(forall(t, 0, T, v[i, t] <= (1 - beta2**t) * G**2)),
        each(v[i, T] / (1 - beta2**T) <= G**2),
        each(sqrt(v[i, T] / (1 - beta2**T)) <= G),
        coordinates(sqrt(v[i, T] / (1 - beta2**T))) <= coordinates(G),
    ],
    note="v is the second moment of Adam, v_hat its bias-corrected one, and every gradient is at most G in every coordinate.",
)
P.theorem(
    "Eq12-14.jensen",
    r"\sum_{i=1}^d\|g_{1:T,i}\|\le\sqrt d\,\sqrt{\textstyle\sum_t\|\hat G_t\|^2}",
    at="App. A, Eq. (14), second inequality",
    show=coordinates(norm) <= sqrt(d) * EUCLID,
    by=[
        forall(i, 1, None, forall(t, 1, None, g[i, t] ** 2 >= 0)),
        use("Lemma.positive", (i, 1, None), a=lambda t: g[i, t] ** 2),
        use("Lemma.positive", (t, 1, None), T=d, a=lambda i: g[i, t] ** 2),
        use("Lemma.positive", a=lambda t: Sum(g[i, t] ** 2, (i, 1, d))),
        use("Lemma.mean", T=d, a=lambda i: sqrt(Sum(g[i, t] ** 2, (t, 1, T)))),
        each(norm**2 == total(g[i, t] ** 2)),
        coordinates(norm**2) == coordinates(total(g[i, t] ** 2)),
        coordinates(norm) ** 2 <= d * total(coordinates(g[i, t] ** 2)),
    ],
    note="Cauchy-Schwarz over the coordinates.",
)

decaying = recursive("b", beta1, lambda before, t: lam * before, start=1)
run = steps(
    "amsgrad", gradients=g, over=i, beta1_t=b, lam=1, beta2=beta2, alpha=alpha, eps=0, project=box(lows[i], highs[i])
)
half = D**2 * G / (2 * alpha * (1 - beta1)) * sqrt(T)
second = alpha * sqrt(1 + log(T)) / ((1 - beta1) ** 2 * sqrt(1 - beta2) * (1 - gamma))
third = beta1 * D**2 * G / (2 * (1 - beta1) * (1 - lam) ** 2)
P.theorem(
    "ThmD1",
    r"R(T)\le\frac{D_\infty^2G_\infty}{\alpha(1-\beta_1)}d\sqrt T+\frac\alpha{(1-\beta_1)^2(1-\gamma)\sqrt{1-"
    r"\beta_2}}\sqrt{d(1+\log T)}\sqrt{\textstyle\sum_t\|\hat G_t\|^2}+\frac{\beta_1D_\infty^2G_\infty}{2(1-"
    r"\beta_1)(1-\lambda)^2}",
    at="App. D, Theorem D.1, Eqs. (36)-(37)",
    where=[decaying, run],
    given=[
        alpha > 0,
        0 <= beta1,
        beta1 < 1,
        0 < beta2,
        beta2 < 1,
        gamma == beta1 / sqrt(beta2),
        gamma < 1,
        lam > 0,
        lam < 1,
        each(lows[i] <= stars[i]),
        each(stars[i] <= highs[i]),
        each(lows[i] <= x[i, 1]),
        each(x[i, 1] <= highs[i]),
        each(highs[i] - lows[i] <= D),
        forall(i, 1, None, forall(t, 1, None, sqrt(V[i, t]) > 0)),
        forall(i, 1, None, forall(t, 1, None, abs(g[i, t]) <= G)),
        forall(t, 1, T, F[t] - Fs[t] <= coordinates(g[i, t] * (x[i, t] - stars[i]))),
    ],
    show=total(F[t] - Fs[t])
    <= D**2 * G / (alpha * (1 - beta1)) * d * sqrt(T)
    + alpha / ((1 - beta1) ** 2 * (1 - gamma) * sqrt(1 - beta2)) * sqrt(d * (1 + log(T))) * EUCLID
    + third,
    by=[
        forall(i, 1, None, forall(t, 0, None, (run.v[i, t] >= 0) & (V[i, t] >= 0))),
        forall(i, 1, None, forall(t, 1, None, g[i, t] ** 2 >= 0)),
        use("Lemma.positive", (i, 1, None), a=lambda t: g[i, t] ** 2),
        use("Lemma.positive", (t, 1, None), T=d, a=lambda i: g[i, t] ** 2),
        use("Lemma.positive", a=lambda t: Sum(g[i, t] ** 2, (i, 1, d))),
        forall(t, 1, None, b[t] >= 0),
        forall(t, 1, None, b[t + 1] <= b[t]),
        use("SF.AMSGrad.bounded", eta=gamma, D=D),
        log(T) >= 0,
        G >= 0,
        half >= 0,
        d * half >= 0,
        D**2 * G / (alpha * (1 - beta1)) * d * sqrt(T) == 2 * (d * half),
        second >= 0,
        use("Eq12-14.jensen"),
        use("Lemma.times", k=second, less=coordinates(norm), more=sqrt(d) * EUCLID),
        sqrt(d * (1 + log(T))) == sqrt(d) * sqrt(1 + log(T)),
        alpha / ((1 - beta1) ** 2 * (1 - gamma) * sqrt(1 - beta2)) * sqrt(1 + log(T)) == second,
        alpha / ((1 - beta1) ** 2 * (1 - gamma) * sqrt(1 - beta2)) * (sqrt(d) * sqrt(1 + log(T))) == second * sqrt(d),
        alpha / ((1 - beta1) ** 2 * (1 - gamma) * sqrt(1 - beta2)) * sqrt(d * (1 + log(T))) * EUCLID
        == second * (sqrt(d) * EUCLID),
        beta1 * D**2 * G >= 0,
        third >= 0,
    ],
    note="For projected AMSGrad, from SF.AMSGrad.bounded, whose two terms are below the first two here. The third term is not "
    "needed, and lacks a factor d/alpha, see ThmD1.units.",
    bounds=("adambs.theorem_d1", "adambs.d1_corrected"),
)
