"""Bias correction in Adam: what the moving average sums to, and when dividing by it is right."""

from fractions import Fraction
from itertools import combinations

import sympy as sp

from regretlab.claims import OPS, Paper, integer, real
from regretlab.claims.paper import inequality, recursion
from regretlab.methods import Coefficients, Moments, step

P = Paper("WD", "Slides on Adam, bias correction and weight decay")

theta, s, r, g, mean, later, power = real("theta s r g G G2 b")
eps, delta, rho1, rho2, p, x = real("epsilon delta rho1 rho2 p x")
size = integer("l")
USUAL = [eps > 0, rho1 >= 0, rho1 < 1, rho2 > 0, rho2 < 1]


def adam(gradient, first=s, second=r, **given):
    """One step of Adam from the moments ``first`` and ``second``."""
    averages = {"mu": rho1, "nu": 1 - rho1, "beta": rho2, "om": 1 - rho2, "rho": 0, "wd": 0}
    k = {"eta": eps / (1 - rho1), "kap": 0, "c": 1 / (1 - rho2), "p": Fraction(1, 2), "eps": delta}
    return step(Moments(theta, first, second, 0), gradient, Coefficients(**averages | k | given), lambda x, w: x, OPS)


# --- the two printed updates -----------------------------------------------------------------------------------------
P.disagreement(
    "AdamI",
    r"\theta\leftarrow\theta-\frac\epsilon{\sqrt r+\delta}\odot\hat s",
    at="Adam (Adaptive Moments) I, against II",
    here=adam(g, 0, 0, c=1).x,
    there=adam(g, 0, 0).x,
    given=[*USUAL, delta >= 0],
    note="Adam II divides by the root of the corrected r, which is meant: r hat is computed and not used otherwise. "
    "First step. The printed formulas are known from a scan.",
)
P.inequality(
    "AdamI.first",
    r"|\theta_1-\theta_0|=\epsilon\text{ with }\sqrt{\hat r},\quad \frac\epsilon{\sqrt{1-\rho_2}}\text{ with }\sqrt r",
    at="Adam (Adaptive Moments) I, against II",
    given=[*USUAL, delta == 0, g > 0],
    show=(theta - adam(g, 0, 0).x == eps)
    & ((theta - adam(g, 0, 0, c=1).x) ** 2 * (1 - rho2) == eps**2)
    & (theta - adam(g, 0, 0, c=1).x > eps),
    note="At rho2 = 0.999 the printed first step is 31.6 times as long.",
)

# --- the moving average ----------------------------------------------------------------------------------------------
t, i = sp.symbols("t i", integer=True)
rho, gradient, expected = sp.Symbol("rho1"), sp.IndexedBase("g"), sp.Symbol("G")


def average(first, gradient):
    """Return the first moment after the step of Adam, on symbols."""
    k = Coefficients(mu=rho, nu=1 - rho, beta=0, om=1, rho=0, wd=0, eta=1, kap=0, c=1, p=0, eps=0)
    return step(Moments(0, first, 0, 0), gradient, k, lambda x, w: x, OPS).m


P.both(
    "unroll",
    r"s_t=(1-\rho_1)\sum_{i=1}^t\rho_1^{t-i}g_i,\qquad (1-\rho_1)\sum_{i=1}^t\rho_1^{t-i}=1-\rho_1^t",
    at="Bias Correction in Adam III, V",
    statements=[
        recursion(
            closed=lambda t: (1 - rho) * sp.Sum(rho ** (t - i) * gradient[i], (i, 1, t)),
            rec=lambda s, t: average(s, gradient[t]),
        ),
        recursion(closed=lambda t: 1 - rho**t, rec=lambda s, t: average(s, sp.Integer(1))),
    ],
    note="The weights are those of the same recursion run on gradients equal to 1.",
)
P.recursion(
    "unroll.late",
    r"s_t=(1-\rho_1)\sum_{i=1}^t\rho_1^{t-i+1}g_i",
    at="Bias Correction in Adam III",
    closed=lambda t: (1 - rho) * sp.Sum(rho ** (t - i + 1) * gradient[i], (i, 1, t)),
    rec=lambda s, t: average(s, gradient[t]),
    expect="refuted",
    note="One power of rho1 more.",
)
before = (1 - power) * mean
P.both(
    "bias",
    r"E[s_t]=(1-\rho_1^t)E[g_t]\ \text{ for all }t \iff E[g_i]\text{ is the same for all }i",
    at="Bias Correction in Adam IV-V",
    statements=[
        recursion(closed=lambda t: (1 - rho**t) * expected, rec=lambda s, t: average(s, expected)),
        inequality(
            given=[rho1 > 0, rho1 < 1, power > 0, power < 1, s == before, adam(later).m == (1 - rho1 * power) * later],
            show=later == mean,
        ),
        inequality(given=[s == before], show=adam(mean).m == (1 - rho1 * power) * mean),
    ],
    note="s stands for E[s], G and G2 for E[g] of two consecutive steps, b for rho1^(t-1): the expectation passes "
    "through the step, which is linear in g. 'If' for every t by induction, 'only if' from one step to the next.",
)
P.inequality(
    "bias.drift",
    r"E[s_2]=(1-\rho_1^2)E[g_2]",
    at="Bias Correction in Adam V",
    given=[rho1 > 0, rho1 < 1],
    show=adam(later, adam(mean, 0).m).m == (1 - rho1**2) * later,
    expect="refuted",
    note="Without equal expectations: with E[g] = (0, 1) the corrected average is 1/(1 + rho1) after two steps, not 1.",
)
P.inequality(
    "bias.drifted",
    r"E[g_1]=0,\ E[g_2]=1:\quad \frac{E[s_2]}{1-\rho_1^2}=\frac1{1+\rho_1}",
    at="Bias Correction in Adam V",
    given=[rho1 > 0, rho1 < 1, mean == 0, later == 1],
    show=adam(later, adam(mean, 0).m).m / (1 - rho1**2) == 1 / (1 + rho1),
)


# --- the sampled gradient --------------------------------------------------------------------------------------------
def mean_of(values):
    """Average the values."""
    return sum(values, start=Fraction(0)) / len(values)


P.inequality(
    "sgUnbiased",
    r"E(\nabla\xi_i)=\frac1l\nabla\sum_{i=1}^l\xi_i",
    at="Why Stochastic Gradient Widely Used? III",
    given=[size >= 1, p == 1 / size],
    show=p * x == x / size,
    note="The summands of both sides, for every l and every gradient x, under uniform sampling, which the slide does "
    "not say.",
)
P.inequality(
    "sgUnbiased.law",
    r"E(\nabla\xi_i)=\frac1l\nabla\sum_{i=1}^l\xi_i\quad\text{for }i\sim(p,1-p),\ l=2",
    at="Why Stochastic Gradient Widely Used? III",
    given=[p > 0, p < 1],
    show=p * x + (1 - p) * g == (x + g) / 2,
    expect="refuted",
    note="For a law of sampling that is not uniform.",
)
P.finite(
    "sgUnbiased.batch",
    r"E\Big(\frac1{|S|}\sum_{i\in S}\nabla\xi_i\Big)=\frac1l\sum_{i=1}^l\nabla\xi_i",
    at="Why Stochastic Gradient Widely Used? III",
    cases=lambda: [
        {"size": size, "batch": batch, "g": tuple(Fraction((-1) ** j * (j + 1) ** 2) for j in range(size))}
        for size in range(1, 6)
        for batch in range(1, size + 1)
    ],
    holds=lambda size, batch, g: mean_of([mean_of(chosen) for chosen in combinations(g, batch)]) == mean_of(g),
    expect="bounded",
    note="Mini-batches S without replacement, every size of S, l <= 5.",
)
