r"""AdaBelief: the assumption that s_t does not decrease, what it gives, and that the algorithm does not give it.

Zhuang et al. (2020), AdaBelief optimizer, Theorem 2.1. Every line is stated from the formula as it is commonly quoted; the
paper was not at hand. That the assumption is one about the run is seen from the theorem's statement: what is certified
here is that runs violate it.
"""

from regretlab.claims import Paper, Sum, forall, index, log, maximum, minimum, real, sequence, sqrt, use

P = Paper(
    "AdaBelief", "Zhuang et al. (2020), AdaBelief optimizer: adapting stepsizes by the belief in observed gradients"
)

t, n, T = index("t n T")
a, b, g, m, s, x, w, dist = map(sequence, ("a", "b", "g", "m", "s", "x", "w", "d"))
alpha, beta1, beta2, eps, c, D, low, high, star = real("alpha beta1 beta2 eps c D low high x_star")
before, slope, mean, k = real("s g m k")


def total(term, high=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, high))


P.inequality(
    "monotone",
    r"s_t = \beta_2s_{t-1} + (1-\beta_2)(g_t - m_t)^2 + \varepsilon \;\Rightarrow\; s_t \ge s_{t-1}",
    at="Theorem 2.1: the assumption, at one step",
    given=[before > 0, beta2 > 0, beta2 < 1, eps > 0],
    show=beta2 * before + (1 - beta2) * (slope - mean) ** 2 + eps >= before,
    expect="refuted",
    corrected={
        "latex": r"s_t = \max(s_{t-1}, \dots) \;\Rightarrow\; s_t \ge s_{t-1}",
        "show": maximum(before, beta2 * before + (1 - beta2) * (slope - mean) ** 2 + eps) >= before,
        "given": [before > 0, beta2 > 0, beta2 < 1, eps > 0],
    },
    changes="algorithm",
    source="reconstructed",
    note="The correction is AMSGrad's maximum.",
)
RATES = [0 < beta1, beta1 < 1, 0 < beta2, beta2 < 1]
MOMENTS = [
    m[0] == 0,
    s[0] == 0,
    forall(t, 1, T, m[t] == beta1 * m[t - 1] + (1 - beta1) * g[t]),
    forall(t, 1, T, s[t] == beta2 * s[t - 1] + (1 - beta2) * (g[t] - m[t]) ** 2 + eps),
]
P.theorem(
    "monotone.run",
    r"s_0 = m_0 = 0 \;\Rightarrow\; s_t \ge s_{t-1} \text{ for all } t \le T",
    at="Theorem 2.1: the assumption, on a run from the start",
    given=[*RATES, eps >= 0, *MOMENTS],
    show=forall(t, 1, T, s[t - 1] <= s[t]),
    expect="refuted",
    source="reconstructed",
)
P.theorem(
    "monotone.weaker",
    r"s_0 = m_0 = 0 \;\Rightarrow\; t s_t \ge (t-1) s_{t-1} \text{ for all } t \le T",
    at="what the proof needs, that sqrt(s_t)/alpha_t does not decrease, on a run from the start",
    given=[*RATES, eps >= 0, *MOMENTS],
    show=forall(t, 1, T, (t - 1) * s[t - 1] <= t * s[t]),
    expect="refuted",
    source="reconstructed",
)
P.theorem(
    "idle",
    r"\beta_1 = 0 \;\Rightarrow\; s_t \ge s_{t-1}",
    at="the assumption without momentum, where s_t knows no gradient",
    given=[0 < beta2, beta2 < 1, eps >= 0, s[0] == 0, forall(t, 1, T, m[t] == g[t]),
        forall(t, 1, T, s[t] == beta2 * s[t - 1] + (1 - beta2) * (g[t] - m[t]) ** 2 + eps)],
    show=forall(t, 1, T, s[t - 1] <= s[t]),
    by=[
        forall(t, 1, T, s[t] == beta2 * s[t - 1] + eps),
        forall(t, 0, T, (1 - beta2) * s[t] <= eps),
    ],
    note="Ours.",
)  # fmt: skip
P.theorem(
    "floor",
    r"s_t \ge \varepsilon",
    at="the lower bound c of Theorem 2.1, which the algorithm does give",
    given=[*RATES, eps >= 0, *MOMENTS],
    show=forall(t, 1, T, s[t] >= eps),
    by=[forall(t, 0, T, s[t] >= 0)],
    source="reconstructed",
)
P.theorem(
    "telescopes",
    r"s_t \ge s_{t-1} \;\Rightarrow\; \sum_{t\le T} \frac{\sqrt{s_t}}{\alpha_t} (d_t - d_{t+1}) \le \frac{D_\infty^2\sqrt{Ts_T}}\alpha",
    at="proof of Theorem 2.1: what the assumption is for, for every T",
    given=[
        alpha > 0,
        forall(t, 1, T, s[t] > 0),
        forall(t, 1, T - 1, s[t] <= s[t + 1]),
        forall(t, 1, T + 1, (0 <= dist[t]) & (dist[t] <= D**2)),
    ],
    show=total(sqrt(s[t]) / (alpha / sqrt(t)) * (dist[t] - dist[t + 1])) <= D**2 * sqrt(T) * sqrt(s[T]) / alpha,
    by=[
        forall(t, 1, T, sqrt(s[t]) > 0),
        forall(t, 1, T - 1, sqrt(s[t]) <= sqrt(s[t + 1])),
        forall(t, 1, T - 1, sqrt(t) <= sqrt(t + 1)),
        forall(t, 1, T - 1, sqrt(t) * sqrt(s[t]) <= sqrt(t + 1) * sqrt(s[t + 1])),
        forall(t, 1, T, sqrt(s[t]) / (alpha / sqrt(t)) == sqrt(t) * sqrt(s[t]) / alpha),
        forall(t, 1, T - 1, sqrt(s[t]) / (alpha / sqrt(t)) <= sqrt(s[t + 1]) / (alpha / sqrt(t + 1))),
        use("Lemma.abel", w=lambda t: sqrt(s[t]) / (alpha / sqrt(t)), a=dist, D=D**2),
        sqrt(T) * sqrt(s[T]) / alpha * dist[T + 1] >= 0,
    ],
    source="reconstructed",
)
w1, w2, d1, d2, d3 = real("w_1 w_2 d_1 d_2 d_3")
P.inequality(
    "telescopes.any",
    r"\sum_{t\le 2} w_t (d_t - d_{t+1}) \le D_\infty^2 w_2",
    at="the same without the assumption, T = 2, which must fail",
    given=[w1 > 0, w2 > 0, *(fact for d in (d1, d2, d3) for fact in (d >= 0, d <= D**2))],
    show=w1 * (d1 - d2) + w2 * (d2 - d3) <= D**2 * w2,
    expect="refuted",
    note="w_t = sqrt(s_t)/alpha_t decreases.",
)
THIRD = (1 + beta1) / (2 * (1 - beta1)) * alpha / sqrt(c)
P.theorem(
    "Thm2.1",
    r"\sum_{t\le T} g_t(x_t-x_*) \le \frac{D_\infty^2\sqrt{Ts_T}}{2\alpha(1-\beta_1)}"
    r" + \frac{(1+\beta_1)\alpha\sqrt{1+\log T}}{2\sqrt c(1-\beta_1)} \sqrt{\sum_{t\le T} m_t^4}",
    at="Theorem 2.1 under its assumption, one coordinate, for every T, without its last term",
    given=[
        0 <= beta1,
        beta1 < 1,
        b[1] <= beta1,
        forall(t, 1, T + 1, b[t] >= 0),
        forall(t, 1, T, b[t + 1] <= b[t]),
        alpha > 0,
        c > 0,
        forall(t, 1, T, s[t] >= c),
        forall(t, 1, T - 1, s[t] <= s[t + 1]),
        m[0] == 0,
        forall(t, 1, T, m[t] == b[t] * m[t - 1] + (1 - b[t]) * g[t]),
        forall(t, 1, T, x[t + 1] == maximum(low, minimum(high, x[t] - alpha / sqrt(t) * m[t] / sqrt(s[t])))),
        low <= star,
        star <= high,
        low <= x[1],
        x[1] <= high,
        high - low <= D,
    ],
    show=total(g[t] * (x[t] - star))
    <= D**2 * sqrt(T) * sqrt(s[T]) / (2 * alpha * (1 - beta1)) + THIRD * (sqrt(1 + log(T)) * sqrt(total(m[t] ** 4))),
    by=[
        forall(t, 1, T, sqrt(s[t]) > 0),
        forall(t, 1, T, sqrt(s[t]) >= sqrt(c)),
        sqrt(c) > 0,
        forall(t, 1, T - 1, sqrt(s[t]) <= sqrt(s[t + 1])),
        forall(t, 1, T - 1, sqrt(t) <= sqrt(t + 1)),
        forall(t, 1, T - 1, sqrt(t) * sqrt(s[t]) <= sqrt(t + 1) * sqrt(s[t + 1])),
        forall(t, 1, T, sqrt(s[t]) / (alpha / sqrt(t)) == sqrt(t) * sqrt(s[t]) / alpha),
        forall(t, 1, T - 1, sqrt(s[t]) / (alpha / sqrt(t)) <= sqrt(s[t + 1]) / (alpha / sqrt(t + 1))),
        use("SF.projected", a=lambda t: alpha / sqrt(t), s=lambda t: sqrt(s[t])),
        forall(t, 1, T, alpha / sqrt(t) * m[t] ** 2 >= 0),
        forall(t, 1, T, alpha / sqrt(t) * m[t] ** 2 / sqrt(s[t]) <= alpha / sqrt(t) * m[t] ** 2 / sqrt(c)),
        total(alpha / sqrt(t) * m[t] ** 2 / sqrt(s[t])) <= total(alpha / sqrt(t) * m[t] ** 2 / sqrt(c)),
        use("Lemma.cauchy", a=lambda t: 1 / sqrt(t), b=lambda t: m[t] ** 2, w=lambda t: 1),
        use("Lemma.harmonic"),
        total(1 / sqrt(t) * (1 / sqrt(t))) == total(1 / t),
        total(1 / sqrt(t) * m[t] ** 2) ** 2 <= total(1 / t) * total(m[t] ** 4),
        forall(t, 1, T, m[t] ** 4 >= 0),
        use("Lemma.positive", a=lambda t: m[t] ** 4),
        total(1 / t) * total(m[t] ** 4) <= (1 + log(T)) * total(m[t] ** 4),
        log(T) >= 0,
        total(1 / sqrt(t) * m[t] ** 2) <= sqrt(1 + log(T)) * sqrt(total(m[t] ** 4)),
        total(alpha / sqrt(t) * m[t] ** 2 / sqrt(c)) == alpha / sqrt(c) * total(1 / sqrt(t) * m[t] ** 2),
        alpha / sqrt(c) * total(1 / sqrt(t) * m[t] ** 2)
        <= alpha / sqrt(c) * (sqrt(1 + log(T)) * sqrt(total(m[t] ** 4))),
        (1 + beta1) / (2 * (1 - beta1)) >= 0,
        total(alpha / sqrt(t) * m[t] ** 2 / sqrt(s[t]))
        <= alpha / sqrt(c) * (sqrt(1 + log(T)) * sqrt(total(m[t] ** 4))),
        use(
            "Lemma.times",
            k=(1 + beta1) / (2 * (1 - beta1)),
            less=total(alpha / sqrt(t) * m[t] ** 2 / sqrt(s[t])),
            more=alpha / sqrt(c) * (sqrt(1 + log(T)) * sqrt(total(m[t] ** 4))),
        ),
    ],
    source="reconstructed",
    note="beta_{1,t} does not increase. The assumption is among the hypotheses: 0 < c <= s_t <= s_{t+1}. The printed third term has g_t^2 "
    "for m_t^2, and (1 - beta_1)^3.",
)
