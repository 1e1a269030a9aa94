r"""Ours: projected adaptive steps with any beta_{1,t} <= beta_1, increasing or not, for every horizon.

A gradient is g_t = m_t + beta_{1,t} (g_t - m_{t-1}). The first part telescopes with the weights s_t/(2a_t), which do not
decrease, without any factor; the second one is at most what Theorem 4 of Reddi et al. (2018) has in its second term, and
energy. (A public Lean formalisation says that it has their theorem for any schedule, too.)
"""

from regretlab.claims import Paper, Sum, define, forall, index, maximum, minimum, real, sequence, use

P = Paper("SF", "Ours: the corrected AMSGrad bound")

t, n, T = index("t n T")
beta1, low, high, star, D = real("beta1 low high x_star D")
a, b, g, m, s, x = map(sequence, ("a", "b", "g", "m", "s", "x"))


def total(term, to=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, to))


w = define("w", lambda t: s[t] / (2 * a[t]), stop=T)
e = define("e", lambda t: a[t] * m[t] ** 2 / s[t], stop=T)
f = define("f", lambda t: a[t] * g[t] ** 2 / s[t], stop=T)
dist = define("dist", lambda t: (x[t] - star) ** 2)
A = define("A", lambda t: m[t] * (x[t] - star))
B = define("B", lambda t: g[t] * (x[t] - star))
C = define("C", lambda t: m[t - 1] * (x[t] - star))
SHARE = 1 / (2 * (1 - beta1))
K = beta1 * (1 - beta1)
moved = w[t] * (dist[t] - dist[t + 1])
own = b[t] * w[t] * D**2 / (1 - beta1)
P.theorem(
    "scheduled",
    r"\sum_{t\le T} g_t(x_t-x_*) \le \frac{D^2 s_T}{2a_T} + \frac{D^2}{2(1-\beta_1)} \sum_{t\le T} \beta_{1,t} \frac{s_t}{a_t}"
    r" + \Big(\frac12 + \beta_1(1-\beta_1)\Big) \sum_{t\le T} \frac{a_t m_t^2}{s_t} + \beta_1(1-\beta_1) \sum_{t\le T} \frac{a_t g_t^2}{s_t}",
    at="any schedule, for every T",
    where=[w, e, f, dist, A, B, C],
    given=[
        0 <= beta1,
        beta1 < 1,
        forall(t, 1, T, (0 <= b[t]) & (b[t] <= beta1)),
        forall(t, 1, T, a[t] > 0),
        forall(t, 1, T, s[t] > 0),
        forall(t, 1, T - 1, s[t] / a[t] <= s[t + 1] / a[t + 1]),
        m[0] == 0,
        forall(t, 1, T, m[t] == b[t] * m[t - 1] + (1 - b[t]) * g[t]),
        forall(t, 1, T, x[t + 1] == maximum(low, minimum(high, x[t] - a[t] * m[t] / s[t]))),
        low <= star,
        star <= high,
        low <= x[1],
        x[1] <= high,
        high - low <= D,
    ],
    show=total(g[t] * (x[t] - star))
    <= D**2 * s[T] / (2 * a[T])
    + D**2 / (2 * (1 - beta1)) * total(b[t] * s[t] / a[t])
    + ("1/2" + K) * total(a[t] * m[t] ** 2 / s[t])
    + K * total(a[t] * g[t] ** 2 / s[t]),
    by=[
        forall(t, 1, T, w[t] > 0),
        forall(t, 1, T - 1, w[t] <= w[t + 1]),
        forall(t, 1, T, (e[t] >= 0) & (f[t] >= 0)),
        forall(t, 1, T + 1, (low <= x[t]) & (x[t] <= high)),
        forall(t, 1, T + 1, (dist[t] >= 0) & (dist[t] <= D**2)),
        use("projection", (t, 1, T), s=s[t], alpha=a[t], x=x[t], m=m[t]),
        forall(t, 1, T, A[t] <= moved + e[t] / 2),
        forall(t, 1, T, m[t] ** 2 == 2 * w[t] * e[t]),
        forall(t, 1, T, g[t] ** 2 == 2 * w[t] * f[t]),
        forall(t, 1, T, B[t] == A[t] + b[t] * (B[t] - C[t])),
        SHARE > 0,
        forall(t, 1, T, B[t] <= SHARE * w[t] * dist[t] + (1 - beta1) * f[t]),
        forall(t, 2, T, -C[t] <= SHARE * w[t - 1] * dist[t] + (1 - beta1) * e[t - 1]),
        forall(t, 1, T, w[t] * dist[t] <= w[t] * D**2),
        forall(t, 1, T, SHARE * w[t] * dist[t] <= SHARE * w[t] * D**2),
        forall(t, 2, T, w[t - 1] * dist[t] <= w[t] * D**2),
        forall(t, 2, T, SHARE * w[t - 1] * dist[t] <= SHARE * w[t] * D**2),
        forall(t, 2, T, B[t] - C[t] <= w[t] * D**2 / (1 - beta1) + (1 - beta1) * (f[t] + e[t - 1])),
        forall(t, 2, T, (1 - beta1) * (f[t] + e[t - 1]) >= 0),
        forall(t, 2, T, b[t] * ((1 - beta1) * (f[t] + e[t - 1])) <= K * (f[t] + e[t - 1])),
        forall(t, 2, T, b[t] * (B[t] - C[t]) <= own + b[t] * ((1 - beta1) * (f[t] + e[t - 1]))),
        forall(t, 2, T, b[t] * (B[t] - C[t]) <= own + K * (f[t] + e[t - 1])),
        forall(t, 2, T, B[t] <= moved + e[t] / 2 + own + K * f[t] + K * e[t - 1]),
        C[1] == 0,
        B[1] <= w[1] * D**2 / (1 - beta1) + (1 - beta1) * f[1],
        b[1] * B[1] <= b[1] * w[1] * D**2 / (1 - beta1) + b[1] * ((1 - beta1) * f[1]),
        b[1] * ((1 - beta1) * f[1]) <= K * f[1],
        B[1] <= w[1] * (dist[1] - dist[2]) + e[1] / 2 + b[1] * w[1] * D**2 / (1 - beta1) + K * f[1],
        forall(
            n,
            1,
            T,
            total(B[t], n)
            <= total(moved, n) + total(own, n) + ("1/2" + K) * total(e[t], n) + K * total(f[t], n) - K * e[n],
        ),
        forall(n, 1, T, total(moved, n) <= w[n] * (D**2 - dist[n + 1])),
        total(moved) <= w[T] * D**2,
        K * e[T] >= 0,
        total(B[t]) <= w[T] * D**2 + total(own) + ("1/2" + K) * total(e[t]) + K * total(f[t]),
        total(e[t]) == total(a[t] * m[t] ** 2 / s[t]),
        total(f[t]) == total(a[t] * g[t] ** 2 / s[t]),
        forall(t, 1, T, own == D**2 / (2 * (1 - beta1)) * (b[t] * s[t] / a[t])),
        total(own) == total(D**2 / (2 * (1 - beta1)) * (b[t] * s[t] / a[t])),
        w[T] * D**2 == D**2 * s[T] / (2 * a[T]),
        total(B[t]) == total(g[t] * (x[t] - star)),
    ],
    note="One coordinate; in the proof w = s/(2a), e = a m^2/s, f = a g^2/s, dist = (x - x*)^2, and A, B and C are m_t, g_t and m_{t-1} "
    "times x_t - x*.",
)
