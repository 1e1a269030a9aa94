"""Padam's powers of the second moment, for every real p: what Theorem 1 needs of v_hat^p = exp(p log v_hat)."""

from fractions import Fraction

from regretlab.claims import Paper, exp, log, minimum, real, sqrt

P = Paper("Padam", "Slides on Padam")

p, G, k, u, w, y = real("p G k u w y")
QUARTER, EIGHTH = Fraction(1, 4), Fraction(1, 8)

least = minimum(G, sqrt(u / k))
exponent = (1 - 2 * p) * log(G) - p * log(k) + p * log(u)
P.theorem(
    "Thm1.power",
    r"|y|\le G,\ ky^2\le u\ \Rightarrow\ |y|\le\frac{G^{1-2p}}{k^p}u^p",
    at="Theorem 1: v_hat^p against a gradient",
    given=[p >= 0, 2 * p <= 1, u > 0, k > 0, G > 0, abs(y) <= G, k * y**2 <= u],
    show=abs(y) <= G ** (1 - 2 * p) / k**p * u**p,
    by=[
        u / k > 0,
        least > 0,
        y**2 <= u / k,
        abs(y) <= least,
        k * least**2 <= u,
        log(k * least**2) <= log(u),
        log(k * least**2) == log(k) + 2 * log(least),
        2 * log(least) <= log(u) - log(k),
        log(least) <= log(G),
        log(least) <= exponent,
        least <= exp(exponent),
        abs(y) <= exp(exponent),
        exp(exponent) == G ** (1 - 2 * p) / k**p * u**p,
    ],
    note="For every real p in [0, 1/2]; u^p is exp(p log u). In Theorem 1 y is g_t, k is 1 - beta2 and u is v_hat_t.",
)
P.inequality(
    "Thm1.monotone",
    r"0<u\le w\ \Rightarrow\ u^p\le w^p",
    at="Theorem 1: v_hat^p does not decrease",
    given=[p >= 0, u > 0, u <= w],
    show=u**p <= w**p,
)
P.inequality(
    "Thm1.roots",
    r"e^{\frac12\ln u}=\sqrt u,\quad e^{\frac14\ln u}=\sqrt[4]u,\quad e^{\frac18\ln u}=\sqrt[8]u",
    at="Theorem 1: the powers of the authors' runs",
    given=[u > 0],
    show=(exp(log(u) / 2) == sqrt(u)) & (exp(log(u) / 4) == u**QUARTER) & (exp(log(u) / 8) == u**EIGHTH),
)
P.theorem(
    "Thm1.largest",
    r"u\le G^2\ \Rightarrow\ u^p\le G^{2p}",
    at="Corollary 2: v_hat^p of bounded gradients",
    given=[p >= 0, G > 0, u > 0, u <= G**2],
    show=u**p <= G ** (2 * p),
    by=[log(u) <= log(G**2), log(G**2) == 2 * log(G), log(u) <= 2 * log(G)],
)
