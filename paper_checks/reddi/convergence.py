"""Reddi, Kale & Kumar (2018): Adam's linear regret, and the unit of a term of AMSGrad's bound."""

from fractions import Fraction

from regretlab.claims import OPS, Paper, real, sqrt, term
from regretlab.claims.statements import Inequality
from regretlab.methods import Coefficients, Moments, step

P = Paper("Reddi", "Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond")

C, t, v, alpha = real("C t v alpha")
D, T, beta1, beta2, eta, Lam, V, Gs, G, lam, d = real("D T beta1 beta2 eta Lam V Gs G lam d")
BETA2, ZERO = 1 / (1 + C**2), Fraction(0)


def after(v, g):
    """Return the second moment after a gradient g: the step that is simulated."""
    k = Coefficients(0, 1, BETA2, 1 - BETA2, 0, 0, 0, 0, 1, 0, 0)
    return step(Moments(ZERO, ZERO, v, ZERO), g, k, lambda x, weight: x, OPS).v


P.inequality(
    "Thm1.down",
    r"\frac{C}{\sqrt{v_{3k+1}}} \le \frac{\sqrt{1+C^2}}{C}, \qquad v_{3k+1} \le C^2",
    at="proof of Theorem 1, the step on C x",
    given=[C >= 2, v >= 0, v <= C**2],
    show=(C**2 / after(v, C) <= (1 + C**2) / C**2) & (after(v, C) <= C**2),
)
P.inequality(
    "Thm1.up",
    r"v_{3k+2} \le \frac{2C^2}{1+C^2}, \qquad v_{3k+3} \le \frac{2C^2}{1+C^2} \le C^2",
    at="proof of Theorem 1, the two steps on -x",
    given=[C >= 2, v >= 0, v <= C**2],
    show=(after(v, Fraction(1)) <= 2 * C**2 / (1 + C**2))
    & (after(after(v, Fraction(1)), Fraction(1)) <= 2 * C**2 / (1 + C**2))
    & (after(after(v, Fraction(1)), Fraction(1)) <= C**2),
)
P.inequality(
    "Thm1.return",
    r"\frac{2}{\sqrt{t+2}} \sqrt{\frac{1+C^2}{2C^2}} \ge \frac{1}{\sqrt t} \sqrt{\frac{1+C^2}{C^2}} \quad (t \ge 2)",
    at="proof of Theorem 1, one period from t = 4 on",
    given=[t >= 2, C >= 2],
    show=4 / (t + 2) * ((1 + C**2) / (2 * C**2)) >= 1 / t * ((1 + C**2) / C**2),
    note="Squared: the two steps up are together at least the step down.",
)
P.words(
    "Thm2",
    r"\text{for any } \beta_1 < \sqrt{\beta_2} \text{ there is an online problem on which Adam has average regret} \not\to 0",
    at="Theorem 2",
    why="the proof's conditions on C are known (Thm2.conditions), but not the text that derives them, and a certificate of "
    "linear regret speaks of one pair (beta1, beta2) at a time.",
)
P.no_regret(
    "Thm2.beta1_zero",
    r"\beta_1 = 0: \quad R_T / T \to 0 \text{ on every periodic linear loss}",
    at="the contrary of Theorem 2 at beta1 = 0",
    m=3,
    beta1=0,
    beta2=["1/3", "1/10", "1/2", "9/10"],
    expect="refuted",
    note="One period of three small integers suffices.",
)
P.no_regret(
    "Thm2.momentum",
    r"\beta_1 = \tfrac{1}{10},\ \beta_2 = \tfrac12: \quad R_T / T \to 0 \text{ on every periodic linear loss}",
    at="the contrary of Theorem 2 at one pair",
    m=3,
    beta1="1/10",
    beta2=["1/2", "1/3", "1/10"],
    expect="refuted",
)


def meets(beta1, beta2, C):
    """Theorem 2's three conditions on C, for numbers."""
    beta1, beta2 = term(beta1), term(beta2)
    gamma = beta1 / sqrt(beta2)
    sums = 3 * (1 - beta1) / (2 * sqrt(1 - beta2)) * (1 + gamma * (1 - gamma ** (C - 1)) / (1 - gamma))
    return (
        ((1 - beta1) * beta1 ** (C - 1) * C <= 1 - beta1 ** (C - 1))
        & (sqrt(beta2 ** (C - 2)) * C**2 <= 1)
        & (sums + sqrt(beta1 ** (C - 2)) / (1 - beta1) < Fraction(C, 3))
    )


SMALLEST = [("0", "1/10", 5), ("0", "1/2", 19), ("1/10", "9/10", 204)]
P.both(
    "Thm2.conditions",
    r"(1-\beta_1)\beta_1^{C-1}C \le 1-\beta_1^{C-1}, \quad \beta_2^{(C-2)/2}C^2 \le 1, \quad"
    r"\frac{3(1-\beta_1)}{2\sqrt{1-\beta_2}}\Big(1+\frac{\gamma(1-\gamma^{C-1})}{1-\gamma}\Big) + \frac{\beta_1^{C/2-1}}{1-\beta_1} < \frac C3",
    at="conditions of Theorem 2",
    statements=[Inequality((), meets(*case) & ~meets(case[0], case[1], case[2] - 1)) for case in SMALLEST],
    source="reconstructed",
    note="The conditions can be met: C = 5, 19 and 204 are smallest for (beta1, beta2) = (0, .1), (0, .5), (.1, .9), "
    "where smallest means that C - 1 does not do.",
)

delta = real("delta")
CHANCE = (1 + delta) / (C + 1)
P.inequality(
    "Thm3.slope",
    r"\mathbb E f_t(x) = \big(pC - (1-p)\big)x = \delta x, \quad \mathbb E g_t^2 = 1 + (1+\delta)(C-1), \quad p = \tfrac{1+\delta}{C+1}",
    at="proof of Theorem 3",
    given=[C > 1],
    show=(CHANCE * C - (1 - CHANCE) == delta) & (CHANCE * C**2 + (1 - CHANCE) == 1 + (1 + delta) * (C - 1)),
)
THIRD = alpha * Lam / ((1 - beta1) ** 2 * (1 - eta) * sqrt(1 - beta2)) * Gs
P.units(
    "Cor1.units",
    r"\frac{\beta_1 D_\infty^2 G_\infty}{2(1-\beta_1)(1-\lambda)^2}",
    at="Corollary 1, second term",
    terms={
        "first": D**2 * sqrt(T) / (alpha * (1 - beta1)) * V,
        "second": beta1 * D**2 * G / (2 * (1 - beta1) * (1 - lam) ** 2),
        "third": THIRD,
    },
    weights={D: 1, alpha: 1, G: -1, V: -1, Gs: -1},
    degree=0,
    expect="ill-posed",
    corrected={
        "latex": r"\frac{d \beta_1 D_\infty^2 G_\infty}{2\alpha(1-\beta_1)(1-\lambda)^2}",
        "terms": {"second": d * beta1 * D**2 * G / (2 * alpha * (1 - beta1) * (1 - lam) ** 2)},
        "weights": {D: 1, alpha: 1, G: -1},
        "degree": 0,
    },
    changes="constant",
    note="Regret does not change when x is measured in another unit; this term does. Theorem 4 gives the extra factor d/alpha.",
)
