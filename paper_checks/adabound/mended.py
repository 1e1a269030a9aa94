r"""AdaBound: the regret under a condition on the rates that takes the place of the published one, for every T.

The condition is of the kind that Savarese (2019) gives, as it is commonly quoted; that paper was not at hand, and the
constants are ours.
"""

from regretlab.claims import Paper, Sum, forall, index, maximum, minimum, real, recursive, sequence, sqrt, use

P = Paper("AdaBound", "Luo, Xiong, Liu & Sun (2019), Adaptive gradient methods with dynamic bound of learning rate")

t, n, T = index("t n T")
g, e, x, rate, dist = map(sequence, ("g", "e", "x", "eta", "d"))
alpha, M, D, G, low, high, star, first = real("alpha M D G low high x_star x_1")


def total(term, high=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, high))


u, v, more, less = real("u v a b")
P.inequality(
    "growth",
    r"\frac t{\hat\eta_t} - \frac{t-1}{\hat\eta_{t-1}} \le M \;\Rightarrow\; "
    r"\frac{\sqrt t}{\hat\eta_t} - \frac{\sqrt{t-1}}{\hat\eta_{t-1}} \le \frac M{\sqrt t}",
    at="the mended condition, for the weights",
    given=[less > 0, less <= more, u > 0, v > 0, more**2 / v - less**2 / u <= M],
    show=more / v - less / u <= M / more,
    note="a and b are the roots of t and t - 1, u and v the rates.",
)
w = sequence("w")
P.theorem(
    "weighted",
    r"w_{t+1} - w_t \le \frac M{\sqrt{t+1}},\ 0 \le d_t \le D_\infty^2 \;\Rightarrow\; "
    r"\sum_{t\le T} w_t (d_t - d_{t+1}) \le D_\infty^2 \big(w_1 + 2M(\sqrt T - 1)\big)",
    at="weights that may decrease, and increase by at most M / sqrt(t), for every T",
    given=[
        M >= 0,
        forall(t, 1, T, w[t] > 0),
        forall(t, 1, T - 1, w[t + 1] - w[t] <= M / sqrt(t + 1)),
        forall(t, 1, T + 1, (0 <= dist[t]) & (dist[t] <= D**2)),
    ],
    show=total(w[t] * (dist[t] - dist[t + 1])) <= D**2 * (w[1] + 2 * M * (sqrt(T) - 1)),
    by=[
        forall(t, 1, T - 1, (w[t + 1] - w[t]) * dist[t + 1] <= M / sqrt(t + 1) * dist[t + 1]),
        forall(t, 1, T - 1, M / sqrt(t + 1) * dist[t + 1] <= M / sqrt(t + 1) * D**2),
        forall(
            n,
            1,
            T,
            total(w[t] * (dist[t] - dist[t + 1]), n)
            <= D**2 * w[1] + M * D**2 * (total(1 / sqrt(t), n) - 1) - w[n] * dist[n + 1],
        ),
        w[T] * dist[T + 1] >= 0,
        use("Lemma.roots"),
        M * D**2 * (total(1 / sqrt(t)) - 1) <= M * D**2 * (2 * sqrt(T) - 2),
    ],
    note="Ours.",
)
x_run = recursive(
    "x", first, lambda before, t: maximum(low, minimum(high, before - e[t - 1] * g[t - 1])), start=1, stop=T + 1
)
gap = (x[t] - star) ** 2
linear = g[t] * (x[t] - star)
moved = w[t] * (gap - (x[t + 1] - star) ** 2)
P.theorem(
    "mended",
    r"\frac t{\hat\eta_t} - \frac{t-1}{\hat\eta_{t-1}} \le M,\ \hat\eta_t \le R_\infty \;\Rightarrow\; "
    r"R(T) \le \frac{D_\infty^2}{2\hat\eta_1} + MD_\infty^2(\sqrt T - 1) + R_\infty G^2 \Big(\sqrt T - \frac12\Big)",
    at="Theorem 4 under the mended condition, beta_1 = 0, one coordinate, for every T",
    where=[x_run],
    given=[
        low <= star,
        star <= high,
        low <= first,
        first <= high,
        high - low <= D,
        M >= 0,
        forall(t, 1, T, rate[t] > 0),
        forall(t, 1, T, rate[t] <= alpha),
        forall(t, 1, T, e[t] == rate[t] / sqrt(t)),
        forall(t, 1, T, w[t] == sqrt(t) / (2 * rate[t])),
        forall(t, 1, T - 1, (t + 1) / rate[t + 1] - t / rate[t] <= M),
        forall(t, 1, T, abs(g[t]) <= G),
    ],
    show=total(linear) <= D**2 / (2 * rate[1]) + M * D**2 * (sqrt(T) - 1) + alpha * G**2 * (sqrt(T) - "1/2"),
    by=[
        forall(t, 1, T, e[t] > 0),
        forall(t, 1, T, w[t] > 0),
        forall(t, 1, T + 1, (low <= x[t]) & (x[t] <= high)),
        forall(t, 1, T + 1, (0 <= gap) & (gap <= D**2)),
        use("OGD.step", (t, 1, T), x=x[t], g=g[t], eta=e[t]),
        forall(t, 1, T, 2 * e[t] * w[t] == 1),
        forall(t, 1, T, linear <= (gap - (x[t + 1] - star) ** 2) / (2 * e[t]) + e[t] * g[t] ** 2 / 2),
        forall(t, 1, T, linear <= moved + e[t] * g[t] ** 2 / 2),
        forall(t, 1, T, g[t] ** 2 <= G**2),
        forall(t, 1, T, e[t] <= alpha / sqrt(t)),
        forall(t, 1, T, e[t] * g[t] ** 2 <= alpha / sqrt(t) * G**2),
        forall(t, 1, T, linear <= moved + alpha * G**2 / 2 * (1 / sqrt(t))),
        total(linear) <= total(moved + alpha * G**2 / 2 * (1 / sqrt(t))),
        forall(t, 1, T, sqrt(t) ** 2 == t),
        forall(t, 1, T - 1, sqrt(t + 1) ** 2 == t + 1),
        forall(t, 1, T - 1, sqrt(t) <= sqrt(t + 1)),
        use("growth", (t, 1, T - 1), a=sqrt(t + 1), b=sqrt(t), u=rate[t], v=rate[t + 1]),
        forall(t, 1, T - 1, w[t + 1] - w[t] <= M / 2 / sqrt(t + 1)),
        use("weighted", d=lambda t: (x[t] - star) ** 2, M=M / 2),
        w[1] == 1 / (2 * rate[1]),
        use("Lemma.roots"),
        alpha * G**2 / 2 * total(1 / sqrt(t)) <= alpha * G**2 / 2 * (2 * sqrt(T) - 1),
    ],
    note="Ours. R is alpha here, any upper bound of the rates. Momentum is left out.",
)
