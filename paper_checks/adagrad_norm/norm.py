r"""AdaGrad-Norm: one step size from the sum of the squared gradients, for convex and for smooth functions.

Streeter & McMahan (2010) for the regret, Ward, Wu & Bottou (2019) for the sums and for smooth functions. Every line is stated
from the formula as it is commonly quoted; the papers were not at hand.
"""

from regretlab.claims import Paper, Sum, define, forall, index, log, maximum, minimum, real, sequence, sqrt, use
from regretlab.claims.language.definitions import Definition

P = Paper(
    "AdaGradNorm",
    "Streeter & McMahan (2010), Less regret via online conditioning; Ward, Wu & Bottou (2019), AdaGrad stepsizes",
)

t, s, T, i, d = index("t s T i d")
a, g, b, F = map(sequence, ("a", "g", "b", "F"))
D, C, start, L, eta, least, epsilon = real("D C b_0 L eta F_star epsilon")
SO_FAR = Sum(a[s], (s, 1, t))


def total(term, high=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, high))


AT_LEAST_1 = [a[1] >= 1, forall(t, 1, T, a[t] >= 0)]
P.theorem(
    "roots",
    r"\sum_{t\le T} \frac{a_t}{\sqrt{\sum_{s\le t} a_s}} \le 2 \sqrt{\sum_{t\le T} a_t}",
    at="Ward, Wu & Bottou, Lemma 3.2, first sum",
    given=AT_LEAST_1,
    show=total(a[t] / sqrt(SO_FAR)) <= 2 * sqrt(total(a[t])),
    by=[forall(t, 1, T, SO_FAR > 0), use("Lemma.adagrad")],
    source="reconstructed",
)
P.theorem(
    "logs",
    r"\sum_{t\le T} \frac{a_t}{\sum_{s\le t} a_s} \le \log\Big(\sum_{t\le T} a_t\Big) + 1",
    at="Ward, Wu & Bottou, Lemma 3.2, second sum",
    given=AT_LEAST_1,
    show=total(a[t] / SO_FAR) <= log(total(a[t])) + 1,
    by=[forall(t, 1, T, SO_FAR > 0), use("Lemma.adagrad_log"), log(a[1]) >= 0],
    source="reconstructed",
)
P.theorem(
    "logs.any",
    r"a_1 > 0: \quad \sum_{t\le T} \frac{a_t}{\sum_{s\le t} a_s} \le \log\Big(\sum_{t\le T} a_t\Big) + 1",
    at="the second sum without a_1 >= 1, which must fail",
    given=[a[1] > 0, forall(t, 1, T, a[t] >= 0)],
    show=total(a[t] / SO_FAR) <= log(total(a[t])) + 1,
    expect="refuted",
    corrected={
        "latex": r"a_1 > 0: \quad \dots \le \log\frac{\sum_{t\le T} a_t}{a_1} + 1",
        "show": total(a[t] / SO_FAR) <= log(total(a[t])) - log(a[1]) + 1,
        "given": [a[1] > 0, forall(t, 1, T, a[t] >= 0)],
        "by": [forall(t, 1, T, SO_FAR > 0), use("Lemma.adagrad_log")],
    },
    changes="statement",
    source="reconstructed",
    note="The logarithm knows no unit: a_1 >= 1 is needed, or the quotient by a_1.",
)

# --- the regret ------------------------------------------------------------------------------------------------------
x, f, f_star, x1, low, high, star = map(sequence, ("x", "f", "f_star", "x1", "l", "h", "x_star"))
norm = define("n", lambda t: Sum(g[i, t] ** 2, (i, 1, d)))


def run(rate):
    """Return the definitions of AdaGrad-Norm's iterates on a box, from x1."""
    size = define("e", lambda t: rate / sqrt(Sum(norm[s], (s, 1, t))), stop=T)
    after = maximum(low[i], minimum(high[i], x[i, t] - size[t] * g[i, t]))
    start = forall(i, 1, None, x[i, 1] == x1[i])
    return [norm, size, Definition((start, forall(i, 1, None, forall(t, 1, T, x[i, t + 1] == after))))]


REGRET = total(f[t] - f_star[t])
CONVEX = forall(t, 1, T, f[t] - f_star[t] <= Sum(g[i, t] * (x[i, t] - star[i]), (i, 1, d)))
BOX = [
    forall(i, 1, d, (low[i] <= star[i]) & (star[i] <= high[i])),
    forall(i, 1, d, (low[i] <= x1[i]) & (x1[i] <= high[i])),
    Sum((high[i] - low[i]) ** 2, (i, 1, d)) <= D**2,
]
P.theorem(
    "regret",
    r"R(T) \le \sqrt2\, D \sqrt{\sum_{t\le T} \|g_t\|^2}, \qquad \alpha = \frac D{\sqrt2}",
    at="Streeter & McMahan: the regret, for every T and d",
    where=run(D / sqrt(2)),
    given=[D > 0, CONVEX, *BOX, norm[1] > 0],
    show=REGRET <= sqrt(2) * D * sqrt(total(norm[t])),
    by=[
        use("OGD.norm", alpha=D / sqrt(2)),
        use("Lemma.positive", (t, 1, T), T=d, a=lambda i: g[i, t] ** 2),
        forall(t, 1, T, norm[t] >= 0),
        forall(t, 1, T, Sum(norm[s], (s, 1, t)) > 0),
        D**2 / (2 * (D / sqrt(2))) + D / sqrt(2) == sqrt(2) * D,
        (D**2 / (2 * (D / sqrt(2))) + D / sqrt(2)) * sqrt(total(norm[t])) == sqrt(2) * D * sqrt(total(norm[t])),
    ],
    bounds=("adagradnorm.streeter",),
    source="reconstructed",
    note="On a box, whose diagonal is at most D. No bound on the gradients is needed, nor T beforehand.",
)
slope = real("c")
P.scalar(
    "regret.smaller",
    r"R(T) \le D \sqrt{\sum_{t\le T} \|g_t\|^2}, \qquad \alpha = \frac D{\sqrt2}",
    at="the regret without its factor sqrt(2), T = 2 and d = 1, which must fail",
    f=sqrt(1 + slope**2) - 1 - slope * (1 - 1 / sqrt(2)),
    x=slope,
    a=0,
    b=1,
    expect="refuted",
    note="X = [0, 1], x_1 = 0, x* = 1, g_1 = -1, g_2 = -c: x_2 = 1/sqrt(2), and the regret is 1 + c (1 - 1/sqrt(2)).",
)

# --- smooth functions ------------------------------------------------------------------------------------------------
P.theorem(
    "reaches",
    r"\|\nabla F(x_t)\|^2 > \varepsilon \ (t \le T),\ T \ge \frac{C^2 - b_0^2}{\varepsilon} \;\Rightarrow\; b_T^2 > C^2",
    at="Ward, Wu & Bottou, Lemma 4.1: how soon b_t is large, or a gradient small",
    given=[
        epsilon > 0,
        forall(t, 1, T, b[t] == b[t - 1] + g[t] ** 2),
        forall(t, 1, T, g[t] ** 2 > epsilon),
        epsilon * T >= C**2 - b[0],
    ],
    show=b[T] > C**2,
    by=[forall(t, 1, T, b[t] > b[0] + epsilon * t)],
    source="reconstructed",
    note="Here b_t is the square, b_0^2 + the sum of the squared gradients.",
)
SCALES = [b[0] > 0, forall(t, 1, T, (b[t] > 0) & (b[t] ** 2 == b[t - 1] ** 2 + g[t] ** 2))]
DESCENT = forall(t, 1, T, F[t + 1] <= F[t] - eta / b[t] * g[t] ** 2 + L / 2 * (eta / b[t] * g[t]) ** 2)
SMOOTH = [eta > 0, L > 0, *SCALES, DESCENT, forall(t, 1, T, b[t] >= eta * L), F[T + 1] >= least]
P.theorem(
    "descent",
    r"b_1 \ge \eta L \;\Rightarrow\; \sum_{t\le T} \frac{\|\nabla F(x_t)\|^2}{b_t} \le \frac 2\eta (F(x_1) - F^*)",
    at="Ward, Wu & Bottou, proof of Theorem 2.2: once b_t is at least eta L",
    given=SMOOTH,
    show=total(g[t] ** 2 / b[t]) <= 2 / eta * (F[1] - least),
    by=[
        forall(t, 1, T, L / 2 * (eta / b[t] * g[t]) ** 2 <= eta / (2 * b[t]) * g[t] ** 2),
        forall(t, 1, T, g[t] ** 2 / b[t] <= 2 / eta * (F[t] - F[t + 1])),
        total(g[t] ** 2 / b[t]) <= total(2 / eta * (F[t] - F[t + 1])),
        use("Lemma.telescope", a=F),
        total(2 / eta * (F[t] - F[t + 1])) == 2 / eta * (F[1] - F[T + 1]),
        2 / eta * (F[1] - F[T + 1]) <= 2 / eta * (F[1] - least),
    ],
    source="reconstructed",
    note="In one dimension, or along one line; of smoothness the theorem takes the quadratic upper bound at the iterates.",
)
P.theorem(
    "stays",
    r"b_1 \ge \eta L \;\Rightarrow\; b_T \le b_0 + \frac 2\eta (F(x_1) - F^*)",
    at="Ward, Wu & Bottou, proof of Theorem 2.2: b_t stays bounded",
    given=SMOOTH,
    show=b[T] <= b[0] + 2 / eta * (F[1] - least),
    by=[
        use("descent"),
        forall(t, 1, T, b[t] >= b[t - 1]),
        forall(t, 1, T, b[t] <= b[t - 1] + g[t] ** 2 / b[t]),
        b[T] <= b[0] + total(g[t] ** 2 / b[t]),
    ],
    source="reconstructed",
    note="So the smallest squared gradient is O(1/T) without knowing L.",
)
