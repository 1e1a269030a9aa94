"""Tran & Phong (2019), the proof of Theorem 5.1 for any projected step x - a_t m_t/s_t, for every T.

The proof takes Young's inequality as it stands; here it has a weight r_t, on which the theorem's constants depend.
"""

from regretlab.claims import Paper, Sum, define, forall, index, maximum, minimum, real, sequence, use

P = Paper("TP", "Tran & Phong (2019), On the convergence proof of AMSGrad and a new version")

t, n, T = index("t n T")
low, high, star, D, K = real("low high x_star D K")
a, b, g, m, r, s, x = map(sequence, ("a", "b", "g", "m", "r", "s", "x"))


def total(term, to=T, low=1):
    """Sum a term over t."""
    return Sum(term, (t, low, to))


c = define("c", lambda t: 1 / (1 - b[t]), stop=T)
q = define("q", lambda t: b[t] / (1 - b[t]), stop=T)
w = define("w", lambda t: s[t] / (2 * a[t]), stop=T)
e = define("e", lambda t: a[t] * m[t] ** 2 / s[t], stop=T)
dist = define("dist", lambda t: (x[t] - star) ** 2)
A = define("A", lambda t: m[t] * (x[t] - star))
W = define("W", lambda t: s[t] / (2 * a[t] * (1 - b[t])), stop=T)
gain = g[t] * (x[t] - star)
cross = m[t - 1] * (x[t] - star)
late = b[t] / (1 - b[t]) * (r[t] * s[t - 1] / (2 * a[t - 1]) * D**2)
lag = q[t] * (r[t] * w[t - 1] * D**2)
P.theorem(
    "AdamX5.1.projected",
    r"\sum_{t\le T} g_t(x_t-x_*) \le \frac{D^2 s_T}{2a_T(1-\beta_{1,T})}"
    r" + \sum_{t=2}^T \frac{\beta_{1,t}}{1-\beta_{1,t}} \frac{r_t s_{t-1}}{2a_{t-1}} D^2"
    r" + K \sum_{t\le T} \frac{a_t m_t^2}{s_t}",
    at="proof of Theorem 5.1, for every T and any projected step",
    where=[c, q, w, e, dist, A, W],
    given=[
        forall(t, 1, T, (0 <= b[t]) & (b[t] < 1)),
        forall(t, 1, T, a[t] > 0),
        forall(t, 1, T, s[t] > 0),
        forall(t, 2, T, r[t] > 0),
        forall(t, 2, T, s[t - 1] / (2 * a[t - 1] * (1 - b[t - 1])) <= s[t] / (2 * a[t] * (1 - b[t]))),
        forall(t, 1, T, K >= 1 / (1 - b[t]) / 2),
        forall(t, 2, T, K >= 1 / (1 - b[t - 1]) / 2 + b[t] / (1 - b[t]) / (2 * r[t])),
        m[0] == 0,
        forall(t, 1, T, m[t] == b[t] * m[t - 1] + (1 - b[t]) * g[t]),
        forall(t, 1, T, x[t + 1] == maximum(low, minimum(high, x[t] - a[t] * m[t] / s[t]))),
        low <= star,
        star <= high,
        low <= x[1],
        x[1] <= high,
        high - low <= D,
    ],
    show=total(gain) <= D**2 * s[T] / (2 * a[T] * (1 - b[T])) + total(late, low=2) + K * total(a[t] * m[t] ** 2 / s[t]),
    by=[
        forall(t, 1, T, c[t] > 0),
        forall(t, 1, T, q[t] >= 0),
        forall(t, 1, T + 1, (low <= x[t]) & (x[t] <= high)),
        forall(t, 1, T + 1, dist[t] <= D**2),
        forall(t, 1, T + 1, dist[t] >= 0),
        forall(t, 1, T, w[t] > 0),
        forall(t, 1, T, W[t] == c[t] * w[t]),
        forall(t, 1, T, W[t] >= 0),
        forall(t, 2, T, W[t - 1] <= W[t]),
        forall(t, 1, T, e[t] >= 0),
        forall(t, 1, T, gain == c[t] * A[t] - q[t] * cross),
        use("SF.projection", (t, 1, T), s=s[t], alpha=a[t], x=x[t], m=m[t]),
        forall(t, 1, T, A[t] <= w[t] * (dist[t] - dist[t + 1]) + e[t] / 2),
        forall(t, 1, T, c[t] * A[t] <= c[t] * (w[t] * (dist[t] - dist[t + 1]) + e[t] / 2)),
        forall(t, 1, T, c[t] * A[t] <= W[t] * (dist[t] - dist[t + 1]) + c[t] * e[t] / 2),
        forall(t, 2, T, r[t] * s[t - 1] > 0),
        use("AdamX5.1.young", (t, 2, T), s_before=r[t] * s[t - 1], a_before=a[t - 1], x=x[t], m=m[t - 1], star=star),
        forall(t, 2, T, a[t - 1] * m[t - 1] ** 2 / (2 * (r[t] * s[t - 1])) == e[t - 1] / (2 * r[t])),
        forall(t, 2, T, r[t] * s[t - 1] / (2 * a[t - 1]) == r[t] * w[t - 1]),
        forall(t, 2, T, r[t] * w[t - 1] > 0),
        forall(t, 2, T, r[t] * w[t - 1] * dist[t] <= r[t] * w[t - 1] * D**2),
        forall(t, 2, T, -cross <= r[t] * w[t - 1] * D**2 + e[t - 1] / (2 * r[t])),
        forall(t, 2, T, q[t] * -cross <= q[t] * (r[t] * w[t - 1] * D**2 + e[t - 1] / (2 * r[t]))),
        forall(t, 2, T, K >= c[t - 1] / 2 + q[t] / (2 * r[t])),
        forall(t, 2, T, (c[t - 1] / 2 + q[t] / (2 * r[t])) * e[t - 1] <= K * e[t - 1]),
        forall(t, 2, T, q[t] * -cross <= lag + (K - c[t - 1] / 2) * e[t - 1]),
        forall(t, 2, T, gain <= W[t] * (dist[t] - dist[t + 1]) + c[t] * e[t] / 2 + lag + (K - c[t - 1] / 2) * e[t - 1]),
        g[1] * (x[1] - star) <= W[1] * (dist[1] - dist[2]) + c[1] * e[1] / 2,
        forall(
            n,
            1,
            T,
            total(gain, n)
            <= total(W[t] * (dist[t] - dist[t + 1]), n) + total(lag, n, 2) + total(K * e[t], n) - (K - c[n] / 2) * e[n],
        ),
        use("Lemma.abel", w=W, a=dist, D=D**2),
        K >= c[T] / 2,
        (K - c[T] / 2) * e[T] >= 0,
        W[T] * (D**2 - dist[T + 1]) <= W[T] * D**2,
        total(gain) <= W[T] * D**2 + total(lag, low=2) + total(K * e[t]),
        total(e[t]) == total(a[t] * m[t] ** 2 / s[t]),
        forall(t, 2, T, lag == late),
        total(lag, low=2) == total(late, low=2),
    ],
    note="One coordinate; r_t > 0 is any weight of Young's inequality.",
)
