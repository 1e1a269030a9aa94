"""The energy of Padam's moments, for every scale that does not decrease, and what fails for others."""

from regretlab.claims import Paper, Sum, forall, index, real, recursive, sequence, sqrt

P = Paper("Padam", "Slides on Padam")

t, n, T = index("t n T")
beta1, kappa, c, u, w, y, z, N = real("beta1 kappa c u w y z N")
a, b, g, m, s = map(sequence, ("a", "b", "g", "m", "s"))


def total(term, to=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, to))


MOMENTS = [m[0] == 0, forall(t, 1, T, m[t] == b[t] * m[t - 1] + (1 - b[t]) * g[t])]
SCALES = [
    c >= 0,
    forall(t, 1, T, s[t] > 0),
    forall(t, 1, T - 1, s[t] <= s[t + 1]),
    forall(t, 1, T, abs(g[t]) <= c * s[t]),
]
E = recursive("E", 0, lambda before, t: beta1 * before + g[t] ** 2)
tail = recursive("P", 0, lambda before, t: beta1 * before + c * abs(g[t]))
spent = a[t] * m[t] ** 2 / s[t]
FACTOR = kappa * c / (1 - beta1)
P.theorem(
    "Thm1.energy",
    r"\sum_{t\le T}\frac{a_tm_t^2}{s_t}\le\frac{\kappa c}{1-\beta_1}\sum_{t\le T}a_t|g_t|\quad\text{for }|g_t|\le cs_t",
    at="Theorem 1: the energy of the moments",
    where=[E, tail],
    given=[
        0 <= beta1,
        beta1 < 1,
        forall(t, 1, T, (0 <= b[t]) & (b[t] <= beta1)),
        forall(t, 1, T, kappa >= 1 - b[t]),
        *MOMENTS,
        forall(t, 1, T, a[t] > 0),
        forall(t, 1, T - 1, a[t + 1] <= a[t]),
        *SCALES,
    ],
    show=total(spent) <= FACTOR * total(a[t] * abs(g[t])),
    by=[
        forall(t, 0, T, E[t] >= 0),
        forall(t, 0, T, tail[t] >= 0),
        forall(t, 0, T, m[t] ** 2 <= kappa * E[t]),
        forall(t, 1, T, g[t] ** 2 <= s[t] * (c * abs(g[t]))),
        forall(t, 1, T, E[t] <= s[t] * tail[t]),
        kappa >= 0,
        forall(t, 1, T, m[t] ** 2 <= s[t] * (kappa * tail[t])),
        forall(t, 1, T, spent <= a[t] * (kappa * tail[t])),
        total(spent) <= total(a[t] * (kappa * tail[t])),
        forall(t, 1, T - 1, beta1 * tail[t] >= 0),
        forall(t, 1, T - 1, beta1 * tail[t] * a[t + 1] <= beta1 * tail[t] * a[t]),
        forall(
            n,
            1,
            T,
            total(a[t] * tail[t], n) + beta1 / (1 - beta1) * tail[n] * a[n]
            <= c / (1 - beta1) * total(a[t] * abs(g[t]), n),
        ),
        total(a[t] * tail[t]) <= c / (1 - beta1) * total(a[t] * abs(g[t])),
    ],
    note="One coordinate; kappa = 1 for a schedule beta_{1,t} <= beta_1, 1 - beta1 for a constant beta1. In the proof "
    "E_t = beta1 E_{t-1} + g_t^2 and P_t = beta1 P_{t-1} + c |g_t|: m_t^2 <= kappa E_t and E_t <= s_t P_t.",
)
P.inequality(
    "Thm1.energy.rmsprop",
    r"E_t\le s_tP_t,\quad E_t=\beta_1E_{t-1}+g_t^2,\ P_t=\beta_1P_{t-1}+c|g_t|",
    at="Theorem 1: the energy of the moments",
    given=[0 <= beta1, beta1 < 1, c >= 0, u > 0, w > 0, y >= 0, z >= 0, z <= u * y, abs(N) <= c * w],
    show=beta1 * z + N**2 <= w * (beta1 * y + c * abs(N)),
    expect="refuted",
    note="Without the maximum s_t may shrink, from u to w; z, y and N stand for E_{t-1}, P_{t-1} and g_t.",
)
P.inequality(
    "Thm1.log",
    r"\sum_{t\le T}\frac{|g_t|}{\sqrt t}\le\|g_{1:T}\|_2\quad(T=2)",
    at="Theorem 1",
    given=[y >= 0, z >= 0],
    show=y + z / sqrt(2) <= sqrt(y**2 + z**2),
    expect="refuted",
    note="Why C_2 contains the logarithm: the harmonic Cauchy-Schwarz inequality needs its factor sqrt(1 + ln T).",
)
