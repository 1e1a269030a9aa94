r"""Schedule-Free SGD: the average, the inequality of one step, and the last point's loss for every T and d.

Defazio, Yang, Mehta, Mishchenko, Khaled & Cutkosky (2024), The road less scheduled, Theorem 1. Every line is stated from the
formula as it is commonly quoted; the paper was not at hand. Gradients are exact here, where the paper has expectations.
"""

from regretlab.claims import Paper, Sum, forall, index, real, recursive, sequence, sqrt, use

P = Paper("ScheduleFree", "Defazio, Yang, Mehta, Mishchenko, Khaled & Cutkosky (2024), The road less scheduled")

t, n, T, i, d = index("t n T i d")
f, g, p, u, z, x, y, before, star = map(sequence, ("F", "g", "p", "u", "z", "x", "y", "before", "x_star"))
beta, gamma, W, weight, D, G = real("beta gamma W w D G")
here, middle, earlier, least = real("F_x F_y F_before F_star")


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


def total(term, high=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, high))


path = recursive("x", 0, lambda last, t: (1 - 1 / t) * last + 1 / t * z[t])
P.theorem(
    "average",
    r"x_{t+1} = \Big(1 - \frac1{t+1}\Big) x_t + \frac1{t+1} z_{t+1},\ x_1 = z_1 \;\Rightarrow\; x_T = \frac1T \sum_{t\le T} z_t",
    at="Eq. (4): x is the mean of z_1, ..., z_T",
    where=[path],
    show=forall(n, 1, T, n * x[n] == total(z[t], n)),
    source="reconstructed",
    note="Whatever beta is. x_0 has the weight 0.",
)
late = recursive("x", z[1], lambda last, t: (1 - 1 / (t - 1)) * last + 1 / (t - 1) * z[t], start=1)
P.theorem(
    "average.late",
    r"x_{t+1} = \Big(1 - \frac1t\Big) x_t + \frac1t z_{t+1},\ x_1 = z_1 \;\Rightarrow\; x_T = \frac1T \sum_{t\le T} z_t",
    at="Eq. (4) with the weights 1/t of the authors' and others' programs, which must fail",
    where=[late],
    show=forall(n, 1, T, n * x[n] == total(z[t], n)),
    expect="refuted",
    corrected={
        "latex": r"x_{T+1} = \frac1T \sum_{t=2}^{T+1} z_t",
        "show": forall(n, 1, T, n * x[n + 1] == total(z[t + 1], n)),
        "where": [late],
    },
    changes="statement",
    source="code",
    note="z_1 is not in their average (help(regretlab.methods.ScheduleFreeSGD)).",
)
CONVEX = [
    here - middle <= coordinates(p[i] * (x[i] - y[i])),
    middle - here <= coordinates(g[i] * (y[i] - x[i])),
    here - earlier <= coordinates(p[i] * (x[i] - before[i])),
    middle - least <= coordinates(g[i] * (y[i] - star[i])),
]
POINTS = [
    forall(i, 1, d, W * x[i] == (W - weight) * before[i] + weight * z[i]),
    forall(i, 1, d, y[i] == (1 - beta) * z[i] + beta * x[i]),
]
STEP = W * (here - least) - (W - weight) * (earlier - least) <= weight * coordinates(g[i] * (z[i] - star[i]))
P.theorem(
    "step",
    r"W_t (F(x_t) - F_*) - W_{t-1} (F(x_{t-1}) - F_*) \le w_t \langle \nabla F(y_t), z_t - x_*\rangle",
    at="proof of Theorem 1: one step, for every d",
    given=[0 <= beta, beta < 1, weight > 0, W >= weight, *CONVEX, *POINTS],
    show=STEP,
    by=[
        forall(i, 1, d, (W - weight) * (p[i] * (x[i] - before[i])) == weight * (p[i] * (z[i] - x[i]))),
        coordinates((W - weight) * (p[i] * (x[i] - before[i]))) == coordinates(weight * (p[i] * (z[i] - x[i]))),
        (W - weight) * coordinates(p[i] * (x[i] - before[i])) == weight * coordinates(p[i] * (z[i] - x[i])),
        (W - weight) * (here - earlier) <= weight * coordinates(p[i] * (z[i] - x[i])),
        coordinates(p[i] * (x[i] - y[i])) == (1 - beta) * coordinates(p[i] * (x[i] - z[i])),
        coordinates(g[i] * (y[i] - x[i])) == (1 - beta) * coordinates(g[i] * (z[i] - x[i])),
        (1 - beta) * (coordinates(p[i] * (x[i] - z[i])) + coordinates(g[i] * (z[i] - x[i]))) >= 0,
        coordinates(p[i] * (x[i] - z[i])) + coordinates(g[i] * (z[i] - x[i])) >= 0,
        coordinates(g[i] * (y[i] - star[i])) == coordinates(g[i] * (z[i] - star[i])) + beta * coordinates(g[i] * (x[i] - z[i])),
        here - least <= (1 - beta) * coordinates(p[i] * (x[i] - z[i])) + coordinates(g[i] * (z[i] - star[i])) + beta * coordinates(g[i] * (x[i] - z[i])),
        here - least - coordinates(p[i] * (x[i] - z[i])) <= coordinates(g[i] * (z[i] - star[i])),
        weight * (here - least) + weight * coordinates(p[i] * (z[i] - x[i])) <= weight * coordinates(g[i] * (z[i] - star[i])),
    ],
    source="reconstructed",
    note="p and g are the gradients at x_t and y_t; before is x_{t-1}. Of convexity the theorem takes four inequalities of gradients.",
)  # fmt: skip
last, now, next_z = real("a x z")
P.inequality(
    "step.beyond",
    r"2 F(x_2) - F(x_1) - F_* \le \langle \nabla F(y_2), z_2 - x_*\rangle, \qquad \beta = 2",
    at="the same step with beta = 2 and t = 2, which must fail",
    given=[now == (last + next_z) / 2],
    show=2 * (now**2 / 2) - last**2 / 2 <= last * next_z,
    expect="refuted",
    note="F(x) = x^2/2, x* = 0, a = x_1, and y_2 = 2 x_2 - z_2 = x_1: y lies on the other side of x.",
)
linear = coordinates(g[i, t] * (z[i, t] - star[i]))
h = sequence("h")


def steps(bound):
    """Say what every step gives."""
    return forall(t, 1, T, t * (f[t] - least) - (t - 1) * (f[t - 1] - least) <= bound)


P.theorem(
    "telescoped",
    r"T (F(x_T) - F_*) \le \sum_{t\le T} \langle \nabla F(y_t), z_t - x_*\rangle",
    at="proof of Theorem 1: the last point's loss is below the regret of z, for every T",
    given=[steps(h[t])],
    show=T * (f[T] - least) <= total(h[t]),
    by=[forall(n, 1, T, n * (f[n] - least) <= total(h[t], n))],
    source="reconstructed",
    note="h_t is the inner product.",
)
walk = recursive("z", sequence("z1")[i], lambda last, t: last - gamma * g[i, t - 1], start=1, over=i)
first = sequence("z1")
SQUARES = coordinates(g[i, t] ** 2)
P.theorem(
    "Thm1.any",
    r"F(x_T) - F_* \le \frac{\|x_1 - x_*\|^2}{2\gamma T} + \frac{\gamma G^2}2",
    at="Theorem 1 for any gamma, every T and d",
    where=[walk],
    given=[gamma > 0, steps(linear), forall(t, 1, T, SQUARES <= G**2), coordinates((first[i] - star[i]) ** 2) <= D**2],
    show=f[T] - least <= D**2 / (2 * gamma * T) + gamma * G**2 / 2,
    by=[
        use("telescoped", h=lambda t: coordinates(g[i, t] * (z[i, t] - star[i]))),
        use("FTRL.coordinate", (i, 1, d), eta=gamma, g=lambda t: g[i, t], x=lambda t: walk[i, t] - first[i], u=star[i] - first[i]),
        forall(
            i, 1, d, total(g[i, t] * (walk[i, t] - star[i])) <= (first[i] - star[i]) ** 2 / (2 * gamma) + gamma / 2 * total(g[i, t] ** 2),
        ),
        coordinates(total(g[i, t] * (walk[i, t] - star[i])))
        <= coordinates((first[i] - star[i]) ** 2 / (2 * gamma) + gamma / 2 * total(g[i, t] ** 2)),
        total(SQUARES) <= total(G**2),
        total(linear) <= coordinates((first[i] - star[i]) ** 2) / (2 * gamma) + gamma / 2 * total(SQUARES),
        coordinates((first[i] - star[i]) ** 2) / (2 * gamma) <= D**2 / (2 * gamma),
        total(linear) <= D**2 / (2 * gamma) + gamma / 2 * (G**2 * T),
        T * (f[T] - least) <= T * (D**2 / (2 * gamma * T) + gamma * G**2 / 2),
    ],
    source="reconstructed",
    note="f_t is F(x_t); the hypothesis about it is what ScheduleFree.step gives with W_t = t and w_t = 1.",
)  # fmt: skip
rounds = real("T")
P.inequality(
    "Thm1",
    r"\gamma = \frac D{G\sqrt T} \;\Rightarrow\; \frac{D^2}{2\gamma T} + \frac{\gamma G^2}2 = \frac{DG}{\sqrt T}",
    at="Theorem 1: the step for a known horizon",
    given=[D > 0, G > 0, rounds > 0, gamma == D / (G * sqrt(rounds))],
    show=D**2 / (2 * gamma * rounds) + gamma * G**2 / 2 == D * G / sqrt(rounds),
    source="reconstructed",
)
