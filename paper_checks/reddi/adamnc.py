r"""Reddi, Kale & Kumar (2018), AdamNC: Theorem 5's first condition, and Corollary 2.

The condition ||g_{1:t}|| <= zeta sqrt(v_t)/alpha_T has the last step size; what the proof needs is alpha_t. With alpha_T the
theorem is false, with alpha_t it is true (as Adam.NC for one coordinate), and so is Corollary 2, whose v_t is AdaGrad's.
The text of both was not available: the constant of the last term is read as 2 zeta/(1 - beta_1)^3. (A public Lean
formalisation of the same paper leaves the condition open, and notes the factor d/alpha that Corollary 2 lacks.)
"""

from fractions import Fraction

from regretlab.claims import Paper, Sum, define, forall, index, maximum, minimum, real, recursive, sequence, sqrt, use
from regretlab.claims.paper import theorem

P = Paper("Reddi", "Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond")

t, s, T = index("t s T")
alpha, beta1, zeta, low, high, star, D = real("alpha beta1 zeta low high x_star D")
b, g, m, v, x = map(sequence, ("b", "g", "m", "v", "x"))


def total(term):
    """Sum a term over t."""
    return Sum(term, (t, 1, T))


SO_FAR = Sum(g[s] ** 2, (s, 1, t))
NORM = sqrt(total(g[t] ** 2))
root = define("root", lambda t: sqrt(Sum(g[s] ** 2, (s, 1, t))), stop=T)
weight = define("q", lambda t: 1 / root[t], stop=T)
average = recursive("P", 0, lambda before, t: beta1 * before + g[t] ** 2)
DECAY = [
    0 <= beta1,
    beta1 < 1,
    b[1] <= beta1,
    forall(t, 1, T + 1, b[t] >= 0),
    forall(t, 1, T, b[t + 1] <= b[t]),
]
SETTING = [
    *DECAY,
    alpha > 0,
    low <= star,
    star <= high,
    low <= x[1],
    x[1] <= high,
    high - low <= D,
    m[0] == 0,
    forall(t, 1, T, m[t] == b[t] * m[t - 1] + (1 - b[t]) * g[t]),
    forall(t, 1, T, x[t + 1] == maximum(low, minimum(high, x[t] - alpha / sqrt(t) * m[t] / sqrt(v[t])))),
    g[1] ** 2 > 0,
]
FIRST = D**2 * sqrt(T) * sqrt(v[T]) / (2 * alpha * (1 - beta1))
OWN = (1 + beta1) / (2 * (1 - beta1))
LAST = (1 + beta1) / (1 - beta1) ** 2
spent = alpha / sqrt(t) * m[t] ** 2 / sqrt(v[t])
CONDITIONS = [
    zeta > 0,
    forall(t, 1, T, v[t] > 0),
    forall(t, 1, T, sqrt(SO_FAR) / zeta <= sqrt(v[t]) / (alpha / sqrt(t))),
    forall(t, 1, T - 1, sqrt(v[t]) / (alpha / sqrt(t)) <= sqrt(v[t + 1]) / (alpha / sqrt(t + 1))),
]
P.theorem(
    "AdamNC",
    r"\frac{\sqrt{v_t}}{\alpha_t} \ge \frac1\zeta \|g_{1:t}\|_2,\ \frac{\sqrt{v_t}}{\alpha_t} \ge \frac{\sqrt{v_{t-1}}}{\alpha_{t-1}}"
    r"\;\Rightarrow\; \sum_{t\le T} g_t(x_t-x_*) \le \frac{D_\infty^2\sqrt{T v_T}}{2\alpha(1-\beta_1)}"
    r" + \frac{\zeta(1+\beta_1)}{(1-\beta_1)^2} \|g_{1:T}\|_2",
    at="Theorem 5 with alpha_t in its first condition, one coordinate, for every T",
    where=[root, weight, average],
    given=[*SETTING, *CONDITIONS],
    show=total(g[t] * (x[t] - star)) <= FIRST + zeta * LAST * NORM,
    by=[
        forall(t, 1, T, SO_FAR > 0),
        forall(t, 1, T, root[t] > 0),
        forall(t, 2, T, root[t - 1] <= root[t]),
        forall(t, 1, T, weight[t] >= 0),
        forall(t, 2, T, weight[t] <= weight[t - 1]),
        forall(t, 1, T, b[t] <= beta1),
        forall(t, 0, T, average[t] >= 0),
        forall(t, 0, T, m[t] ** 2 <= average[t]),
        forall(t, 1, T, root[t] / zeta <= sqrt(v[t]) / (alpha / sqrt(t))),
        forall(t, 1, T, alpha / sqrt(t) / sqrt(v[t]) <= zeta * weight[t]),
        forall(t, 1, T, spent <= zeta * weight[t] * m[t] ** 2),
        forall(t, 1, T, zeta * weight[t] * m[t] ** 2 <= zeta * weight[t] * average[t]),
        forall(t, 1, T, spent <= zeta * (average[t] * weight[t])),
        total(spent) <= total(zeta * (average[t] * weight[t])),
        forall(t, 1, T, g[t] ** 2 >= 0),
        use("Lemma.geometric_double", c=beta1, k=1, p=average, a=lambda t: g[t] ** 2, q=weight),
        use("Lemma.adagrad", a=lambda t: g[t] ** 2),
        forall(t, 1, T, g[t] ** 2 * weight[t] == g[t] ** 2 / sqrt(SO_FAR)),
        total(g[t] ** 2 * weight[t]) == total(g[t] ** 2 / sqrt(SO_FAR)),
        total(g[t] ** 2 * weight[t]) <= 2 * NORM,
        1 / (1 - beta1) * total(g[t] ** 2 * weight[t]) <= 1 / (1 - beta1) * (2 * NORM),
        total(average[t] * weight[t]) <= 1 / (1 - beta1) * (2 * NORM),
        zeta * total(average[t] * weight[t]) <= zeta * (1 / (1 - beta1) * (2 * NORM)),
        total(spent) <= zeta * (1 / (1 - beta1) * (2 * NORM)),
        use("SF.projected", a=lambda t: alpha / sqrt(t), s=lambda t: sqrt(v[t])),
        OWN >= 0,
        OWN * total(spent) <= OWN * (zeta * (1 / (1 - beta1) * (2 * NORM))),
        OWN * (zeta * (1 / (1 - beta1) * (2 * NORM))) == zeta * LAST * NORM,
        D**2 * sqrt(v[T]) / (2 * (alpha / sqrt(T)) * (1 - beta1)) == FIRST,
    ],
    note="beta_{1,t} does not increase; g_1 is not 0, which leaves out rounds in which nothing moves. (1 + beta_1)/(1 - beta_1)^2 is at most "
    "2/(1 - beta_1)^3, and the second term is not needed.",
)


def within_bound(N, K):
    """R <= D^2 sqrt(T v_T)/(2 alpha) + K zeta ||g_{1:T}||, if the conditions hold, for signs g_1, ..., g_N, then zeros.

    X = [-1, 1], x_1 = 1, beta_1 = 0, alpha = zeta = 1, T = 2 k^2, k = 2 N, and beta_{2,t} < 1 such that v_t is 2t/T up to
    N, (2 - t/T) N/T later: the step k/t is at least the width of X as long as there are gradients.
    """
    k = 2 * N
    T = 2 * k**2
    x, v, regret, slopes, squares, size = Fraction(1), Fraction(0), Fraction(0), 0, 0, Fraction(0)
    for t in range(1, T + 1):
        g = (-1) ** (t + 1) if t <= N else 0
        wanted = Fraction(2 * t, T) if t <= N else (2 - Fraction(t, T)) * Fraction(N, T)
        beta2 = (1 - wanted) / (1 - v) if t <= N else wanted / v
        v = beta2 * v + (1 - beta2) * g**2
        squares += g**2
        before, size = size, t * v  # (sqrt(v_t)/alpha_t)^2
        if not (0 <= beta2 < 1 and T * v >= squares and size >= before):
            return True
        regret += g * x
        slopes += g
        if g:
            step = Fraction(k, t)
            assert step**2 * size == 1
            x = max(Fraction(-1), min(Fraction(1), x - step * g))
    regret += abs(slopes)
    # D = 2, and T v_T is the square of ||g_{1:T}||.
    return not (T * v == squares and regret > 0 and regret**2 > (2 + K) ** 2 * squares)


P.finite(
    "Thm5",
    r"\frac{\sqrt{v_t}}{\alpha_T} \ge \frac1\zeta \|g_{1:t}\|_2,\ \frac{\sqrt{v_t}}{\alpha_t} \ge \frac{\sqrt{v_{t-1}}}{\alpha_{t-1}}"
    r"\;\Rightarrow\; R_T \le \frac{D_\infty^2\sqrt T}{2\alpha(1-\beta_1)} \sum_i \sqrt{v_{T,i}} + \dots"
    r"+ \frac{2\zeta}{(1-\beta_1)^3} \sum_i \|g_{1:T,i}\|_2",
    at="Theorem 5, the first condition with alpha_T",
    cases=lambda: [{"N": 15, "K": 2}, {"N": 35, "K": 4}],
    holds=within_bound,
    expect="refuted",
    source="reconstructed",
    corrected={
        "latex": r"\frac{\sqrt{v_t}}{\alpha_t} \ge \frac1\zeta \|g_{1:t}\|_2",
        "statement": theorem(
            where=[],
            given=[*SETTING, *CONDITIONS],
            show=total(g[t] * (x[t] - star)) <= FIRST + 2 * zeta / (1 - beta1) ** 3 * NORM,
            by=[
                forall(t, 1, T, g[t] ** 2 >= 0),
                forall(t, 1, T, SO_FAR > 0),
                use("AdamNC"),
                total(0 * g[t]) <= total(g[t] ** 2),
                total(g[t] ** 2) >= 0,
                NORM >= 0,
                LAST <= 2 / (1 - beta1) ** 3,
                zeta * LAST <= 2 * zeta / (1 - beta1) ** 3,
                zeta * LAST * NORM <= 2 * zeta / (1 - beta1) ** 3 * NORM,
            ],
        ),
    },
    changes="hypothesis",
    note="alpha_t is alpha/sqrt(t). N signs in turn, then zeros up to T = 8 N^2: the regret is N + 1 (N odd), the bound (2 + K) sqrt(N) with K "
    "zeta ||g_{1:T}|| for the last term; beta_1 = 0, so that the second term is 0. No constant K does for every N.",
)
P.theorem(
    "Cor2.coordinate",
    r"\beta_{2,t} = 1 - \tfrac1t: \quad \sum_{t\le T} g_t(x_t-x_*) \le \frac{D_\infty^2}{2\alpha(1-\beta_1)} \|g_{1:T}\|_2"
    r" + \frac{2\alpha}{(1-\beta_1)^3} \|g_{1:T}\|_2",
    at="Corollary 2, one coordinate, without its second term",
    given=[*SETTING, v[0] == 0, forall(t, 1, T, v[t] == (1 - 1 / t) * v[t - 1] + 1 / t * g[t] ** 2)],
    show=total(g[t] * (x[t] - star)) <= D**2 / (2 * alpha * (1 - beta1)) * NORM + 2 * alpha / (1 - beta1) ** 3 * NORM,
    by=[
        forall(t, 1, T, t * v[t] == SO_FAR),
        forall(t, 1, T, g[t] ** 2 >= 0),
        forall(t, 1, T, SO_FAR > 0),
        forall(t, 1, T, v[t] > 0),
        forall(t, 1, T, sqrt(v[t]) * sqrt(t) == sqrt(SO_FAR)),
        forall(t, 1, T, sqrt(v[t]) / (alpha / sqrt(t)) == sqrt(SO_FAR) / alpha),
        forall(t, 1, T - 1, sqrt(SO_FAR) <= sqrt(Sum(g[s] ** 2, (s, 1, t + 1)))),
        use("AdamNC", zeta=alpha),
        FIRST == D**2 / (2 * alpha * (1 - beta1)) * NORM,
        total(g[t] ** 2) > 0,
        NORM >= 0,
        LAST <= 2 / (1 - beta1) ** 3,
        alpha * LAST <= 2 * alpha / (1 - beta1) ** 3,
        alpha * LAST * NORM <= 2 * alpha / (1 - beta1) ** 3 * NORM,
    ],
    source="reconstructed",
    note="For any non-increasing beta_{1,t}, and zeta = alpha.",
)

i, d = index("i d")
lows, highs, stars, F, Fs = map(sequence, ("low", "high", "x_star", "f", "f_star"))


def each(relation):
    """Say it of every coordinate."""
    return forall(i, 1, d, relation)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


norm = sqrt(total(g[i, t] ** 2))
bound = D**2 / (2 * alpha * (1 - beta1)) * norm + 2 * alpha / (1 - beta1) ** 3 * norm
step = maximum(lows[i], minimum(highs[i], x[i, t] - alpha / sqrt(t) * m[i, t] / sqrt(v[i, t])))
P.theorem(
    "Cor2",
    r"\beta_{2,t} = 1 - \tfrac1t: \quad R_T \le \frac{D_\infty^2}{2\alpha(1-\beta_1)} \sum_i \|g_{1:T,i}\|_2 + \dots"
    r" + \frac{2\zeta}{(1-\beta_1)^3} \sum_i \|g_{1:T,i}\|_2, \quad \zeta = \alpha",
    at="Corollary 2, without its second term",
    given=[
        *DECAY,
        alpha > 0,
        each(lows[i] <= stars[i]),
        each(stars[i] <= highs[i]),
        each(lows[i] <= x[i, 1]),
        each(x[i, 1] <= highs[i]),
        each(highs[i] - lows[i] <= D),
        each(m[i, 0] == 0),
        each(forall(t, 1, T, m[i, t] == b[t] * m[i, t - 1] + (1 - b[t]) * g[i, t])),
        each(forall(t, 1, T, x[i, t + 1] == step)),
        each(g[i, 1] ** 2 > 0),
        each(v[i, 0] == 0),
        each(forall(t, 1, T, v[i, t] == (1 - 1 / t) * v[i, t - 1] + 1 / t * g[i, t] ** 2)),
        forall(t, 1, T, F[t] - Fs[t] <= coordinates(g[i, t] * (x[i, t] - stars[i]))),
    ],
    show=total(F[t] - Fs[t]) <= coordinates(bound),
    by=[
        each(forall(t, 1, T, g[i, t] ** 2 >= 0)),
        each(forall(t, 1, T, t * v[i, t] == Sum(g[i, s] ** 2, (s, 1, t)))),
        each(forall(t, 1, T, Sum(g[i, s] ** 2, (s, 1, t)) > 0)),
        each(forall(t, 1, T, v[i, t] > 0)),
        use(
            "Cor2.coordinate", (i, 1, d), g=lambda t: g[i, t], x=lambda t: x[i, t], m=lambda t: m[i, t], v=lambda t: v[i, t],
            x_star=stars[i], low=lows[i], high=highs[i],
        ),
        coordinates(total(g[i, t] * (x[i, t] - stars[i]))) <= coordinates(bound),
        total(F[t] - Fs[t]) <= total(coordinates(g[i, t] * (x[i, t] - stars[i]))),
    ],
    source="reconstructed",
    note="f_t(x_t) - f_t(x*) <= <g_t, x_t - x*> is all that is used of convexity. Any number that is not negative does for the printed "
    "second term, so that the factor d/alpha that it lacks makes no run violate the corollary.",
)  # fmt: skip
