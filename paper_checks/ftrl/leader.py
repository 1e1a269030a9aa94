r"""Follow the leader, and follow the regularised leader: what every analysis begins with, for every T.

Shalev-Shwartz (2012), Online learning and online convex optimization, Chapter 2. Every line is stated from the formula as it
is commonly quoted; the paper was not at hand.
"""

from fractions import Fraction

from regretlab.claims import Paper, Sum, define, forall, index, log, real, recursive, sequence, use, where

P = Paper("FTRL", "Shalev-Shwartz (2012), Online learning and online convex optimization")

t, s, n, T, i, d = index("t s n T i d")
f, u, z, g = map(sequence, ("f", "u", "z", "g"))
star, L, eta = real("x_star L eta")


def total(term, high=T, over=t):
    """Sum a term over t."""
    return Sum(term, (over, 1, high))


leader = define("L", lambda n: total(f[t, n + 1], n))
P.theorem(
    "be_the_leader",
    r"\sum_{t\le T} f_t(x_{t+1}) \le \sum_{t\le T} f_t(x_*), \qquad x_{t+1} = \arg\min_x \sum_{s\le t} f_s(x)",
    at="Lemma 2.1: be the leader",
    where=[leader],
    given=[
        forall(n, 1, T - 1, total(f[t, n + 1], n) <= total(f[t, n + 2], n)),
        total(f[t, T + 1]) <= total(u[t]),
    ],
    show=total(f[t, t + 1]) <= total(u[t]),
    by=[
        forall(n, 1, T - 1, leader[n + 1] == total(f[t, n + 2], n) + f[n + 1, n + 2]),
        forall(n, 1, T, total(f[t, t + 1], n) <= leader[n]),
    ],
    source="reconstructed",
    note="f_{t,k} is f_t(x_k), any numbers, and u_t is f_t(x_*): neither convexity nor a dimension is used.",
)
P.theorem(
    "leader",
    r"R(T) \le \sum_{t\le T} \big(f_t(x_t) - f_t(x_{t+1})\big)",
    at="Lemma 2.1: the regret of following the leader",
    given=[
        forall(n, 1, T - 1, total(f[t, n + 1], n) <= total(f[t, n + 2], n)),
        total(f[t, T + 1]) <= total(u[t]),
    ],
    show=total(f[t, t] - u[t]) <= total(f[t, t] - f[t, t + 1]),
    by=[use("be_the_leader")],
    source="reconstructed",
)
x = recursive("x", 0, lambda before, t: before + (z[t - 1] - before) / (t - 1), start=1)
P.theorem(
    "squares.leader",
    r"f_t(x) = \tfrac12 (x - z_t)^2: \quad \sum_{t\le T} f_t(x_{t+1}) \le \sum_{t\le T} f_t(x_*)",
    at="Section 2.2: squares, whose leader is the mean",
    where=[x],
    show=total((x[t + 1] - z[t]) ** 2 / 2) <= total((star - z[t]) ** 2 / 2),
    by=[
        forall(n, 1, T, n * (star - x[n + 1]) ** 2 <= total((star - z[t]) ** 2, n) - total((x[t + 1] - z[t]) ** 2, n)),
        T * (star - x[T + 1]) ** 2 >= 0,
    ],
    source="reconstructed",
    note="x_{t+1} = x_t + (z_t - x_t)/t is the mean of z_1, ..., z_t.",
)
P.theorem(
    "squares",
    r"f_t(x) = \tfrac12 (x - z_t)^2,\ |z_t| \le L: \quad R(T) \le 4 L^2 (\ln T + 1)",
    at="Corollary 2.2: squares, for every T",
    where=[x],
    given=[forall(t, 1, T, abs(z[t]) <= L)],
    show=total((x[t] - z[t]) ** 2 / 2 - (star - z[t]) ** 2 / 2) <= 4 * L**2 * (log(T) + 1),
    by=[
        L >= 0,
        forall(t, 1, T, abs(x[t]) <= L),
        forall(t, 1, T, (x[t] - z[t]) ** 2 <= 4 * L**2),
        forall(t, 1, T, x[t + 1] - z[t] == (1 - 1 / t) * (x[t] - z[t])),
        forall(t, 1, T, (x[t + 1] - z[t]) ** 2 == (1 - 1 / t) ** 2 * (x[t] - z[t]) ** 2),
        forall(t, 1, T, (x[t] - z[t]) ** 2 / 2 - (x[t + 1] - z[t]) ** 2 / 2 <= 4 * L**2 / t),
        total((x[t] - z[t]) ** 2 / 2 - (x[t + 1] - z[t]) ** 2 / 2) <= total(4 * L**2 / t),
        use("Lemma.harmonic"),
        use("squares.leader"),
        4 * L**2 * total(1 / t) <= 4 * L**2 * (log(T) + 1),
    ],
    source="reconstructed",
    note="One coordinate, from x_1 = 0.",
)
half = Fraction(1, 2)
S = recursive("S", half, lambda before, t: -before, start=1)
play = recursive("x", 0, lambda before, t: where(S[t - 1] >= 0, S[t - 1] * 0 - 1, S[t - 1] * 0 + 1), start=1)
slope = recursive("g", half, lambda before, t: S[t] - S[t - 1], start=1)
P.theorem(
    "linear",
    r"R(T) \ge T - 1",
    at="Example 2.1: following the leader fails on linear losses over [-1, 1]",
    where=[S, play, slope],
    given=[star == 0],
    show=total(slope[t] * (play[t] - star)) >= T - 1,
    by=[
        forall(t, 1, None, S[t] * S[t] == half * half),
        forall(t, 1, T, slope[t + 1] * play[t + 1] == 1),
        forall(n, 1, T, total(slope[t] * play[t], n) == n - 1),
    ],
    source="reconstructed",
    note="Slopes 1/2, -1, 1, -1, ...: the sum S_t of the slopes is 1/2, -1/2, ..., and the leader is the end of [-1, 1] that is worse next.",
)
