"""Zinkevich (2003): the regret of projected online gradient descent, from the step that is simulated.

Three step sizes: constant, alpha / sqrt(t) (the paper's), and alpha over the root of the squared norms so far.
"""

from regretlab.claims import OPS, Paper, Sum, box, define, forall, index, real, recursive, sequence, sqrt, steps, use
from regretlab.claims.language.definitions import Definition
from regretlab.methods import Coefficients, Moments, step

P = Paper("OGD", "Zinkevich (2003), Online convex programming and generalized infinitesimal gradient ascent")

t, s, T, i, d = index("t s T i d")
g, e, x1 = sequence("g"), sequence("e"), sequence("x1")
low, high, star, first, eta, alpha, D, G = real("low high x_star x_1 eta alpha D G")


def after(point, slope, size, least=low, most=high):
    """Return the simulated step from a point of [least, most]."""
    rates = Coefficients(0, 1, 0, 1, 0, 0, size, 0, 1, 0, 0)
    return step(Moments(point, 0, 0, 0), slope, rates, box(least, most), OPS).x


point, slope = real("x g")
P.inequality(
    "step",
    r"g_t(x_t - x_*) \le \frac{(x_t-x_*)^2 - (x_{t+1}-x_*)^2}{2\alpha_t} + \frac{\alpha_t g_t^2}{2}",
    at="proof of Theorem 1, one step",
    given=[eta > 0, low <= star, star <= high],
    show=slope * (point - star)
    <= ((point - star) ** 2 - (after(point, slope, eta) - star) ** 2) / (2 * eta) + eta * slope**2 / 2,
    note="One coordinate of the step that is simulated, projected onto [low, high].",
)
x = recursive("x", first, lambda before, t: after(before, g[t - 1], e[t - 1]), start=1, stop=T + 1)
gap = (x[t] - star) ** 2 - (x[t + 1] - star) ** 2
P.theorem(
    "coordinate",
    r"\sum_{t\le T} g_t(x_t - x_*) \le \frac{(h-l)^2}{2\alpha_T} + \sum_{t\le T} \frac{\alpha_t g_t^2}{2}",
    at="proof of Theorem 1, one coordinate and steps that do not increase",
    where=[x],
    given=[
        low <= star,
        star <= high,
        low <= first,
        first <= high,
        forall(t, 1, T, e[t] > 0),
        forall(t, 2, T, e[t] <= e[t - 1]),
    ],
    show=Sum(g[t] * (x[t] - star), (t, 1, T)) <= (high - low) ** 2 / (2 * e[T]) + Sum(e[t] * g[t] ** 2, (t, 1, T)) / 2,
    by=[
        forall(t, 1, T, (low <= x[t]) & (x[t] <= high)),
        forall(t, 1, T, (x[t] - star) ** 2 <= (high - low) ** 2),
        use("step", (t, 1, T), x=x[t], g=g[t], eta=e[t]),
        forall(t, 1, T, g[t] * (x[t] - star) <= gap / (2 * e[t]) + e[t] * g[t] ** 2 / 2),
        Sum(g[t] * (x[t] - star), (t, 1, T)) <= Sum(gap / (2 * e[t]) + e[t] * g[t] ** 2 / 2, (t, 1, T)),
        use("Lemma.abel", w=lambda t: 1 / (2 * e[t]), a=lambda t: (x[t] - star) ** 2, D=(high - low) ** 2),
        (high - low) ** 2 / (2 * e[T]) - (x[T + 1] - star) ** 2 / (2 * e[T]) <= (high - low) ** 2 / (2 * e[T]),
    ],
)

X, LOW, HIGH, STAR = sequence("x"), sequence("l"), sequence("h"), sequence("x_star")
lost, least = sequence("f"), sequence("f_star")
REGRET = Sum(lost[t] - least[t], (t, 1, T))
SLOPES = Sum(g[i, t] * (X[i, t] - STAR[i]), (i, 1, d))
CONVEX = forall(t, 1, T, lost[t] - least[t] <= SLOPES)
SQUARES = Sum(g[i, t] ** 2, (i, 1, d))
SPREAD = Sum((HIGH[i] - LOW[i]) ** 2, (i, 1, d))
SETTING = [
    CONVEX,
    forall(i, 1, d, (LOW[i] <= STAR[i]) & (STAR[i] <= HIGH[i])),
    forall(i, 1, d, (LOW[i] <= x1[i]) & (x1[i] <= HIGH[i])),
    SPREAD <= D**2,
]
BOUNDED = forall(t, 1, T, SQUARES <= G**2)


def by_coordinates(size):
    """Use the theorem of one coordinate for all of them, and add up what it says."""
    linear = Sum(Sum(g[i, t] * (X[i, t] - STAR[i]), (t, 1, T)), (i, 1, d))
    bound = (HIGH[i] - LOW[i]) ** 2 / (2 * size(T)) + Sum(size(t) * g[i, t] ** 2, (t, 1, T)) / 2
    return [
        use(
            "coordinate",
            (i, 1, d),
            e=size,
            g=lambda t: g[i, t],
            x=lambda t: X[i, t],
            low=LOW[i],
            high=HIGH[i],
            x_star=STAR[i],
            x_1=x1[i],
        ),
        linear <= Sum(bound, (i, 1, d)),
        REGRET <= Sum(SLOPES, (t, 1, T)),
        REGRET <= Sum(bound, (i, 1, d)),
    ]


def run(schedule):
    """Return the iterates of the method that is simulated, from x1 in the box."""
    return steps("sgd", gradients=g, over=i, start=x1[i], project=box(LOW[i], HIGH[i]), alpha=alpha, schedule=schedule)


P.theorem(
    "Thm1",
    r"R(T) \le \frac{D^2\sqrt T}{2\alpha} + \alpha G^2\Big(\sqrt T - \frac12\Big)",
    at="Theorem 1, alpha_t = alpha / sqrt(t)",
    where=[run("sqrt")],
    given=[alpha > 0, *SETTING, BOUNDED],
    show=REGRET <= D**2 * sqrt(T) / (2 * alpha) + alpha * G**2 * (sqrt(T) - "1/2"),
    by=[
        *by_coordinates(lambda t: alpha / sqrt(t)),
        forall(t, 1, T, alpha / sqrt(t) * SQUARES <= alpha * G**2 / sqrt(t)),
        Sum(alpha / sqrt(t) * SQUARES, (t, 1, T)) <= Sum(alpha * G**2 / sqrt(t), (t, 1, T)),
        use("Lemma.roots"),
        alpha * G**2 * Sum(1 / sqrt(t), (t, 1, T)) <= alpha * G**2 * (2 * sqrt(T) - 1),
        sqrt(T) / (2 * alpha) * SPREAD <= sqrt(T) / (2 * alpha) * D**2,
    ],
    bounds=("sgd.zinkevich",),
    note="f_t and f_star_t are the losses of x_t and of x_star; of convexity the theorem takes the inequality of the gradient.",
)
P.theorem(
    "constant",
    r"R(T) \le \frac{D^2}{2\alpha} + \frac{\alpha G^2 T}{2}",
    at="alpha_t = alpha",
    where=[run("constant")],
    given=[alpha > 0, *SETTING, BOUNDED],
    show=REGRET <= D**2 / (2 * alpha) + alpha * G**2 * T / 2,
    by=[
        *by_coordinates(lambda t: alpha),
        forall(t, 1, T, alpha * SQUARES <= alpha * G**2),
        Sum(alpha * SQUARES, (t, 1, T)) <= Sum(alpha * G**2, (t, 1, T)),
        1 / (2 * alpha) * SPREAD <= 1 / (2 * alpha) * D**2,
    ],
)
norm = define("n", lambda t: Sum(g[i, t] ** 2, (i, 1, d)))
SO_FAR = Sum(norm[s], (s, 1, t))
ALL = Sum(norm[t], (t, 1, T))
size = define("e", lambda t: alpha / sqrt(Sum(norm[s], (s, 1, t))), stop=T)
P.theorem(
    "norm",
    r"R(T) \le \Big(\frac{D^2}{2\alpha} + \alpha\Big) \sqrt{\sum_{t\le T} \|g_t\|^2}",
    at="alpha_t = alpha / sqrt(sum_{s <= t} |g_s|^2), AdaGrad's step for the norm",
    where=[
        norm,
        size,
        Definition(
            (
                forall(i, 1, None, X[i, 1] == x1[i]),
                forall(i, 1, None, forall(t, 1, T, X[i, t + 1] == after(X[i, t], g[i, t], e[t], LOW[i], HIGH[i]))),
            )
        ),
    ],
    given=[alpha > 0, *SETTING, norm[1] > 0],
    show=REGRET <= (D**2 / (2 * alpha) + alpha) * sqrt(ALL),
    by=[
        use("Lemma.positive", (t, 1, T), T=d, a=lambda i: g[i, t] ** 2),
        forall(t, 1, T, norm[t] >= 0),
        forall(t, 1, T, SO_FAR > 0),
        use("Lemma.adagrad", a=norm),
        *by_coordinates(e),
        forall(t, 1, T, e[t] * SQUARES == alpha * (norm[t] / sqrt(SO_FAR))),
        Sum(e[t] * SQUARES, (t, 1, T)) == Sum(alpha * (norm[t] / sqrt(SO_FAR)), (t, 1, T)),
        REGRET <= SPREAD / (2 * e[T]) + alpha * sqrt(ALL),
        SPREAD / (2 * e[T]) <= D**2 / (2 * e[T]),
        D**2 / (2 * e[T]) == D**2 / (2 * alpha) * sqrt(ALL),
    ],
)
