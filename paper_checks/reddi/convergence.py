"""Reddi, Kale & Kumar (2018): Adam's linear regret, and the unit of a term of AMSGrad's bound."""

from fractions import Fraction

from regretlab.claims import OPS, Paper, maximum, minimum, real, sqrt, term
from regretlab.claims.statements import Inequality
from regretlab.methods import Coefficients, Moments, step

P = Paper("Reddi", "Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond")

C, t, v, alpha, x1, x2, x3 = real("C t v alpha x1 x2 x3")
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
y, M, N, u1, u2, u3, v1, v2, v3, x4 = real("y M N u1 u2 u3 v1 v2 v3 x4")
P.inequality(
    "Thm1.first.form",
    r"v_1 = \tfrac{(1-y)^2}{y}, \quad v_2 = (1-y)(2-y), \quad v_3 = (1-y)(1+2y-y^2), \quad y = \tfrac{1}{1+C^2}",
    at="proof of Theorem 1, the first period",
    given=[C >= 2, y == BETA2],
    show=(after(ZERO, C) == (1 - y) ** 2 / y)
    & (after(after(ZERO, C), Fraction(1)) == (1 - y) * (2 - y))
    & (after(after(after(ZERO, C), Fraction(1)), Fraction(1)) == (1 - y) * (1 + 2 * y - y**2)),
)
P.scalar(
    "Thm1.first",
    r"\frac{1}{\sqrt{2 v_2}} + \frac{1}{\sqrt{3 v_3}} \ge \frac{C}{\sqrt{v_1}}",
    at="proof of Theorem 1, the first period",
    uses=["Thm1.first.form"],
    f=1 / sqrt(2 * (2 - y)) + 1 / sqrt(3 * (1 + 2 * y - y**2)) - 1,
    x=y,
    a=0,
    b="1/5",
    note="Multiplied by sqrt(1 - y), with y = 1/(1 + C^2) in (0, 1/5].",
)
LATE = (alpha > 0, t >= 2, M > 0)
P.both(
    "Thm1.moves",
    r"\frac{\alpha}{\sqrt{(t+1)v_2}} + \frac{\alpha}{\sqrt{(t+2)v_3}} \ge \frac{2\alpha}{\sqrt{(t+2)M}} \ge \frac{\alpha C}{\sqrt{t v_1}}",
    at="proof of Theorem 1, one period from t = 4 on",
    uses=["Thm1.down", "Thm1.up", "Thm1.return"],
    statements=[
        Inequality((*LATE, v2 > 0, v2 <= M), alpha / sqrt((t + 1) * v2) >= alpha / sqrt((t + 2) * M)),
        Inequality((*LATE, v3 > 0, v3 <= M), alpha / sqrt((t + 2) * v3) >= alpha / sqrt((t + 2) * M)),
        Inequality(
            (*LATE, v1 > 0, C > 0, N > 0, C**2 <= N * v1, N * (t + 2) * M <= 4 * t),
            alpha * C / sqrt(t * v1) <= 2 * alpha / sqrt((t + 2) * M),
        ),
    ],
    exports=u1 <= u2 + u3,
    note="v1, v2, v3 are the second moments of one period, u1, u2, u3 its moves; M = 2 C^2/(1 + C^2) and N = (1 + C^2)/C^2 are the "
    "bounds of the three lemmas before.",
)
P.derivation(
    "Thm1",
    r"f_t(x) = Cx \ (t \equiv 1 \bmod 3),\ -x \text{ else},\ \beta_1 = 0,\ \beta_2 = \tfrac{1}{1+C^2}: \quad "
    r"R_T \ge \tfrac{2C-4}{3} T",
    at="Theorem 1",
    uses=["Thm1.moves", "Thm1.first"],
    given=[
        C >= 2, x1 == 1, u1 >= 0, u1 < 1, u2 >= 0, u3 >= 0,
        x2 == maximum(-1, minimum(1, x1 - u1)), x3 == maximum(-1, minimum(1, x2 + u2)), x4 == maximum(-1, minimum(1, x3 + u3)),
    ],
    show=(x4 == 1) & (C * x1 - x2 - x3 - (2 - C) >= 2 * C - 4),
    expect="follows",
    note="One period on [-1, 1], from x_{3k+1} = 1 to x_{3k+4} = 1; it costs 2C - 4 more than x* = -1. u1 < 1 is alpha < sqrt(1 - beta2), "
    "and Thm1.first does for the first period what Thm1.moves does for the others. T a multiple of 3; C >= 2.",
)  # fmt: skip
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

delta, q, e, u, ub, E1, E2 = real("delta q e u ub E1 E2")
LARGE = [delta > 0, delta <= 1, beta2 > 0, beta2 < 1, C > 1, C * (1 - beta2) >= 20]
CHANCE = (1 + delta) / (C + 1)
P.inequality(
    "Thm3.slope",
    r"\mathbb E f_t(x) = \big(pC - (1-p)\big)x = \delta x, \quad \mathbb E g_t^2 = 1 + (1+\delta)(C-1), \quad p = \tfrac{1+\delta}{C+1}",
    at="proof of Theorem 3",
    given=[C > 1],
    show=(CHANCE * C - (1 - CHANCE) == delta) & (CHANCE * C**2 + (1 - CHANCE) == 1 + (1 + delta) * (C - 1)),
)
P.inequality(
    "Thm3.mean",
    r"\mathbb E v_t \le M = 1 + (1+\delta)(C-1)",
    at="proof of Theorem 3: second moments",
    given=[beta2 > 0, beta2 < 1, e <= M],
    show=beta2 * e + (1 - beta2) * M <= M,
    note="The induction step, e = E v_{t-1}; v_0 = 0.",
)
P.inequality(
    "Thm3.down",
    r"\frac{C}{\sqrt{\beta_2 v + (1-\beta_2)C^2}} \le \frac{1}{\sqrt{1-\beta_2}}",
    at="proof of Theorem 3: the steps on C x",
    given=[beta2 > 0, beta2 < 1, C > 0, v >= 0],
    show=C / sqrt(beta2 * v + (1 - beta2) * C**2) <= 1 / sqrt(1 - beta2),
    exports=E2 <= 1 / sqrt(1 - beta2),
)
P.inequality(
    "Thm3.up",
    r"\frac{1}{\sqrt u} \ge \frac{3\bar u - u}{2\bar u\sqrt{\bar u}}, \quad\text{so}\quad \mathbb E\frac{1}{\sqrt u} \ge \frac{1}{\sqrt{\bar u}}"
    r"\ \text{if}\ \mathbb E u \le \bar u",
    at="proof of Theorem 3: the steps on -x",
    given=[u > 0, ub > 0],
    show=1 / sqrt(u) >= (3 * ub - u) / (2 * ub * sqrt(ub)),
    exports=E1 >= 1 / sqrt(ub),
    note="u = beta2 v_{t-1} + 1 - beta2 and ub = beta2 M + 1 - beta2.",
)
P.inequality(
    "Thm3.size",
    r"p\sqrt{\bar u} < (1-p)\sqrt{1-\beta_2} \quad (\delta \le 1,\ C(1-\beta_2) \ge 20)",
    at="proof of Theorem 3: C large",
    given=LARGE,
    show=CHANCE**2 * (beta2 * (1 + (1 + delta) * (C - 1)) + 1 - beta2) < (1 - CHANCE) ** 2 * (1 - beta2),
    exports=(q * sqrt(ub) < (1 - q) * sqrt(1 - beta2)) & (q > 0) & (q < 1),
    note="Squared; q stands for p.",
)
P.derivation(
    "Thm3",
    r"f_t = Cx \text{ with probability } \tfrac{1+\delta}{C+1}, \text{ else } -x,\ C \text{ large}: \quad \text{Adam does not converge}",
    at="Theorem 3",
    uses=["Thm3.slope", "Thm3.mean", "Thm3.down", "Thm3.up", "Thm3.size"],
    given=[ub > 0, beta2 > 0, beta2 < 1],
    show=(1 - q) * E1 > q * E2,
    expect="follows",
    note="At beta1 = 0, without projection, for delta <= 1 and C (1 - beta2) >= 20: E(x_{t+1} - x_t) = alpha_t ((1 - p) E1 - p E2) is "
    "positive at every step, although the expected loss delta x is smallest at the lower end. E1 = E 1/sqrt(u), and E2 is the mean of "
    "what Thm3.down bounds.",
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
