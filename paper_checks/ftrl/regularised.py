r"""Follow the regularised leader with a square, and dual averaging: their regret on linear losses, for every T and d.

Shalev-Shwartz (2012), Chapter 2, and Xiao (2010), Theorem 1 and Corollary 2. Every line is stated from the formula as it is
commonly quoted; the papers were not at hand.
"""

from regretlab.claims import Paper, Sum, define, forall, index, real, recursive, sequence, sqrt, use

P = Paper("FTRL", "Shalev-Shwartz (2012), Online learning and online convex optimization")

t, s, n, T, i, d = index("t s n T i d")
g, b, lost, least, star = map(sequence, ("g", "b", "f", "f_star", "x_star"))
u, eta, gamma, D, G = real("u eta gamma D G")


def total(term, high=T, over=t):
    """Sum a term over t."""
    return Sum(term, (over, 1, high))


SQUARES = Sum(g[i, t] ** 2, (i, 1, d))
x = recursive("x", 0, lambda before, t: before - eta * g[t - 1], start=1)
each = recursive("x", 0, lambda before, t: before - eta * g[i, t - 1], start=1, over=i)
P.theorem(
    "lazy",
    r"x_{t+1} = \arg\min_x \sum_{s\le t} g_sx + \frac{x^2}{2\eta} = -\eta \sum_{s\le t} g_s",
    at="Section 2.3: the regularised leader is gradient descent without a domain",
    where=[x],
    given=[eta > 0],
    show=forall(
        n, 1, T, total(g[t], n) * x[n + 1] + x[n + 1] ** 2 / (2 * eta) <= total(g[t], n) * u + u**2 / (2 * eta)
    ),
    by=[forall(n, 1, T, x[n + 1] == -eta * total(g[t], n))],
    source="reconstructed",
    note="u is any other point.",
)
P.theorem(
    "coordinate",
    r"\sum_{t\le T} g_t(x_t - u) = \frac{u^2 - (x_{T+1} - u)^2}{2\eta} + \frac\eta2 \sum_{t\le T} g_t^2",
    at="Theorem 2.4, one coordinate: an identity",
    where=[x],
    given=[eta > 0],
    show=total(g[t] * (x[t] - u)) == (u**2 - (x[T + 1] - u) ** 2) / (2 * eta) + eta / 2 * total(g[t] ** 2),
    source="reconstructed",
)
P.theorem(
    "regret",
    r"R(T) \le \frac{\|x_*\|^2}{2\eta} + \frac\eta2 \sum_{t\le T} \|g_t\|^2",
    at="Theorem 2.4 with eta/2 for eta, for every T and d",
    where=[each],
    given=[eta > 0, forall(t, 1, T, lost[t] - least[t] <= Sum(g[i, t] * (each[i, t] - star[i]), (i, 1, d)))],
    show=total(lost[t] - least[t]) <= Sum(star[i] ** 2, (i, 1, d)) / (2 * eta) + eta / 2 * total(SQUARES),
    by=[
        use("coordinate", (i, 1, d), g=lambda t: g[i, t], x=lambda t: each[i, t], u=star[i]),
        forall(
            i,
            1,
            d,
            total(g[i, t] * (each[i, t] - star[i])) <= star[i] ** 2 / (2 * eta) + eta / 2 * total(g[i, t] ** 2),
        ),
        Sum(total(g[i, t] * (each[i, t] - star[i])), (i, 1, d))
        <= Sum(star[i] ** 2 / (2 * eta) + eta / 2 * total(g[i, t] ** 2), (i, 1, d)),
        total(lost[t] - least[t]) <= total(Sum(g[i, t] * (each[i, t] - star[i]), (i, 1, d))),
    ],
    source="reconstructed",
    note="As it is commonly quoted the last term has the factor eta: half of it is enough.",
)

so_far = recursive("S", 0, lambda before, t: before + g[t])
dual = define("y", lambda t: -so_far[t - 1] / b[t - 1], stop=T)
RATES = [forall(t, 0, T, b[t] > 0), forall(t, 1, T, b[t - 1] <= b[t])]
P.theorem(
    "dual",
    r"x_{t+1} = -\frac1{\beta_t} \sum_{s\le t} g_s: \quad "
    r"\sum_{t\le T} g_t(x_t - u) \le \frac{\beta_T u^2}2 + \sum_{t\le T} \frac{g_t^2}{2\beta_{t-1}}",
    at="Xiao, Theorem 1, one coordinate without a domain",
    where=[so_far, dual],
    given=RATES,
    show=total(g[t] * (dual[t] - u)) <= b[T] * u**2 / 2 + total(g[t] ** 2 / (2 * b[t - 1])),
    by=[
        forall(n, 0, T, total(g[t], n) == so_far[n]),
        forall(t, 1, T, so_far[t] ** 2 / (2 * b[t]) <= so_far[t] ** 2 / (2 * b[t - 1])),
        forall(
            t,
            1,
            T,
            g[t] * dual[t] + so_far[t] ** 2 / (2 * b[t - 1]) - so_far[t - 1] ** 2 / (2 * b[t - 1])
            == g[t] ** 2 / (2 * b[t - 1]),
        ),
        forall(n, 1, T, total(g[t] * dual[t], n) + so_far[n] ** 2 / (2 * b[n]) <= total(g[t] ** 2 / (2 * b[t - 1]), n)),
        -so_far[T] * u <= so_far[T] ** 2 / (2 * b[T]) + b[T] * u**2 / 2,
        total(g[t] * (dual[t] - u)) == total(g[t] * dual[t]) - u * total(g[t]),
    ],
    source="reconstructed",
    note="beta_t does not decrease; beta_0 is that of the first point, which is 0.",
)
P.theorem(
    "dual.decreasing",
    r"\beta_t \text{ any}: \quad "
    r"\sum_{t\le T} g_t(x_t - u) \le \frac{\beta_T u^2}2 + \sum_{t\le T} \frac{g_t^2}{2\beta_{t-1}}",
    at="the same for a beta_t that may decrease, which must fail",
    where=[so_far, dual],
    given=[forall(t, 0, T, b[t] > 0)],
    show=total(g[t] * (dual[t] - u)) <= b[T] * u**2 / 2 + total(g[t] ** 2 / (2 * b[t - 1])),
    expect="refuted",
)
P.theorem(
    "dual.roots",
    r"\beta_t = \gamma\sqrt t,\ |g_t| \le G,\ \tfrac12u^2 \le D^2: \quad R(T) \le \Big(\gamma D^2 + \frac{G^2}\gamma\Big) \sqrt T",
    at="Xiao, Corollary 2, one coordinate without a domain, for every T",
    where=[so_far, dual],
    given=[
        gamma > 0,
        b[0] == gamma,
        forall(t, 1, T, b[t] == gamma * sqrt(t)),
        forall(t, 1, T, abs(g[t]) <= G),
        u**2 / 2 <= D**2,
    ],
    show=total(g[t] * (dual[t] - u)) <= (gamma * D**2 + G**2 / gamma) * sqrt(T),
    by=[
        forall(t, 1, T, b[t] > 0),
        forall(t, 0, T, b[t] > 0),
        forall(t, 1, T, b[t - 1] <= b[t]),
        use("dual"),
        forall(n, 1, T, total(1 / b[t - 1], n) + 1 / b[n] <= 2 * sqrt(n) / gamma),
        total(1 / b[t - 1]) <= 2 * sqrt(T) / gamma,
        forall(t, 1, T, g[t] ** 2 / (2 * b[t - 1]) <= G**2 / 2 * (1 / b[t - 1])),
        total(g[t] ** 2 / (2 * b[t - 1])) <= G**2 / 2 * total(1 / b[t - 1]),
        G**2 / 2 * total(1 / b[t - 1]) <= G**2 / 2 * (2 * sqrt(T) / gamma),
        b[T] * u**2 / 2 <= gamma * sqrt(T) * D**2,
    ],
    bounds=("dualaveraging.xiao",),
    source="reconstructed",
)
