r"""NosAdam: the weights with which sqrt(v_t)/alpha_t does not decrease, and those of Adam, with which it may.

Huang, Wang & Dong (2019), Nostalgic Adam. Every line is stated from the formula as it is commonly quoted; the paper was not at
hand.
"""

from regretlab.claims import (
    Paper,
    Sum,
    define,
    exp,
    forall,
    index,
    log,
    maximum,
    minimum,
    real,
    recursive,
    sequence,
    sqrt,
    use,
)

P = Paper("NosAdam", "Huang, Wang & Dong (2019), Nostalgic Adam: weighting more of the past gradients")

t, s, n, T = index("t s n T")
b, g, v, e = map(sequence, ("b", "g", "v", "e"))
alpha, gamma, beta2, low, high, star, first, D = real("alpha gamma beta2 low high x_star x_1 D")


def total(term, high=T, over=t):
    """Sum a term over t."""
    return Sum(term, (over, 1, high))


B = define("B", lambda t: Sum(b[s], (s, 1, t)), start=0)
MEAN = forall(t, 1, T, v[t] == B[t - 1] / B[t] * v[t - 1] + b[t] / B[t] * g[t] ** 2)
POSITIVE = forall(t, 1, T, b[t] > 0)
SHARES = forall(t, 1, T - 1, B[t + 1] / (t + 1) <= B[t] / t)
P.theorem(
    "mean",
    r"\beta_{2,t} = \frac{B_{t-1}}{B_t} \;\Rightarrow\; v_t = \frac1{B_t} \sum_{s\le t} b_sg_s^2",
    at="Algorithm 1: v_t is a weighted mean",
    where=[B],
    given=[POSITIVE, MEAN],
    show=forall(n, 1, T, B[n] * v[n] == total(b[t] * g[t] ** 2, n)),
    by=[forall(t, 1, T, B[t] > 0), forall(t, 1, T, B[t] * v[t] == B[t - 1] * v[t - 1] + b[t] * g[t] ** 2)],
    source="reconstructed",
)
P.theorem(
    "condition",
    r"\frac{B_t}t \le \frac{B_{t-1}}{t-1} \;\Rightarrow\; \frac{v_t}{\alpha_t^2} \ge \frac{v_{t-1}}{\alpha_{t-1}^2}",
    at="Lemma 2: the difference is positive semidefinite",
    where=[B],
    given=[POSITIVE, MEAN, SHARES, alpha > 0],
    show=forall(t, 1, T - 1, sqrt(v[t]) / (alpha / sqrt(t)) <= sqrt(v[t + 1]) / (alpha / sqrt(t + 1))),
    by=[
        forall(t, 1, T, B[t] > 0),
        use("mean"),
        forall(t, 1, T, b[t] * g[t] ** 2 >= 0),
        forall(n, 1, T, total(b[t] * g[t] ** 2, n) >= 0),
        forall(t, 1, T, v[t] >= 0),
        forall(t, 1, T - 1, B[t] * v[t] <= B[t + 1] * v[t + 1]),
        forall(t, 1, T - 1, B[t + 1] * t <= B[t] * (t + 1)),
        forall(t, 1, T - 1, B[t + 1] * (t * v[t]) <= B[t + 1] * ((t + 1) * v[t + 1])),
        forall(t, 1, T - 1, t * v[t] <= (t + 1) * v[t + 1]),
        forall(t, 1, T - 1, sqrt(t * v[t]) <= sqrt((t + 1) * v[t + 1])),
        forall(t, 1, T, sqrt(v[t]) / (alpha / sqrt(t)) == sqrt(t * v[t]) / alpha),
    ],
    source="reconstructed",
    note="alpha_t = alpha/sqrt(t). One coordinate, of which the diagonal matrix is made.",
)
P.theorem(
    "falling",
    r"b_t \le b_{t-1} \;\Rightarrow\; \frac{B_t}t \le \frac{B_{t-1}}{t-1}",
    at="Corollary 1: weights that do not increase have the condition",
    where=[B],
    given=[POSITIVE, forall(t, 1, T - 1, b[t + 1] <= b[t])],
    show=SHARES,
    by=[
        forall(t, 1, T - 1, t * b[t + 1] <= B[t]),
        forall(t, 1, T - 1, B[t + 1] * t <= B[t] * (t + 1)),
    ],
    source="reconstructed",
)
P.theorem(
    "hyperharmonic",
    r"b_t = t^{-\gamma},\ \gamma \ge 0 \;\Rightarrow\; b_t \le b_{t-1}",
    at="NosAdam-HH: hyperharmonic weights do not increase",
    given=[gamma >= 0, forall(t, 1, T, b[t] == exp(-gamma * log(t)))],
    show=forall(t, 1, T - 1, b[t + 1] <= b[t]),
    by=[
        forall(t, 1, T - 1, log(t) <= log(t + 1)),
        forall(t, 1, T - 1, -gamma * log(t + 1) <= -gamma * log(t)),
        forall(t, 1, T - 1, exp(-gamma * log(t + 1)) <= exp(-gamma * log(t))),
    ],
    source="reconstructed",
)
P.theorem(
    "adam.weights",
    r"b_t = \beta_2^{-t} \;\Rightarrow\; \frac{B_t}t \le \frac{B_{t-1}}{t-1}",
    at="the condition for Adam's weights (with bias correction)",
    where=[define("b", lambda t: (1 / beta2) ** t), B],
    given=[beta2 > 0, beta2 < 1],
    show=SHARES,
    expect="refuted",
    corrected={
        "latex": r"b_t = \beta_2^{-t} \;\Rightarrow\; \frac{B_t}t > \frac{B_{t-1}}{t-1}",
        "where": [],
        "given": [POSITIVE, b[1] > 0, forall(t, 1, T - 1, b[t + 1] > b[t])],
        "show": forall(t, 1, T - 1, Sum(b[s], (s, 1, t)) * (t + 1) < Sum(b[s], (s, 1, t + 1)) * t),
        "by": [forall(t, 1, T - 1, t * b[t + 1] > Sum(b[s], (s, 1, t)))],
    },
    changes="statement",
    source="reconstructed",
    note="Weights that grow have the opposite, at every t.",
)
old, new, k = real("v_old g k")
P.inequality(
    "adam.scale",
    r"v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2 \;\Rightarrow\; \frac{v_t}{\alpha_t^2} \ge \frac{v_{t-1}}{\alpha_{t-1}^2}",
    at="the same for Adam's v_t",
    given=[old >= 0, beta2 > 0, beta2 < 1, k >= 2],
    show=(beta2 * old + (1 - beta2) * new**2) * k >= old * (k - 1),
    expect="refuted",
    corrected={
        "latex": r"\beta_{2,t} = 1 - \tfrac1t",
        "given": [old >= 0, k >= 2],
        "show": ((1 - 1 / k) * old + 1 / k * new**2) * k >= old * (k - 1),
    },
    changes="algorithm",
    source="reconstructed",
    note="alpha_t = alpha/sqrt(t) with t = k. The correction is b_t = 1, AdaGrad's weights.",
)
x = recursive(
    "x", first, lambda before, t: maximum(low, minimum(high, before - e[t - 1] * g[t - 1])), start=1, stop=T + 1
)
root = define("e", lambda t: alpha / sqrt(t) / sqrt(v[t]), stop=T)
P.theorem(
    "regret",
    r"\sum_{t\le T} g_t(x_t - x_*) \le \frac{D_\infty^2\sqrt{Tv_T}}{2\alpha} + \frac12 \sum_{t\le T} \frac{\alpha_tg_t^2}{\sqrt{v_t}}",
    at="Theorem 1 with beta_1 = 0, one coordinate, for every T",
    where=[B, root, x],
    given=[
        POSITIVE,
        MEAN,
        SHARES,
        alpha > 0,
        low <= star,
        star <= high,
        low <= first,
        first <= high,
        high - low <= D,
        g[1] ** 2 > 0,
    ],
    show=total(g[t] * (x[t] - star)) <= D**2 * sqrt(T * v[T]) / (2 * alpha) + total(alpha / sqrt(t) / sqrt(v[t]) * g[t] ** 2) / 2,
    by=[
        forall(t, 1, T, B[t] > 0),
        use("mean"),
        b[1] * g[1] ** 2 > 0,
        forall(t, 1, T, b[t] * g[t] ** 2 >= 0),
        forall(n, 1, T, total(b[t] * g[t] ** 2, n) > 0),
        forall(t, 1, T, v[t] > 0),
        forall(t, 1, T, sqrt(v[t]) > 0),
        use("condition"),
        forall(t, 1, T, e[t] > 0),
        forall(t, 1, T, 1 / e[t] == sqrt(v[t]) / (alpha / sqrt(t))),
        forall(t, 1, T - 1, 1 / e[t] <= 1 / e[t + 1]),
        forall(t, 2, T, e[t] <= e[t - 1]),
        use("OGD.coordinate"),
        (high - low) ** 2 <= D**2,
        (high - low) ** 2 / (2 * e[T]) <= D**2 / (2 * e[T]),
        1 / e[T] == sqrt(T * v[T]) / alpha,
        total(e[t] * g[t] ** 2) == total(alpha / sqrt(t) / sqrt(v[t]) * g[t] ** 2),
    ],
    source="reconstructed",
    note="Momentum is left out; with it the printed proof also pulls 1/(1 - beta_{1,t}) out of a sum (Reddi.Thm4.pulled).",
)  # fmt: skip
