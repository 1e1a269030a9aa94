"""Tran & Phong (2019): the gap in AMSGrad's proof, its repairs, and AdamX."""

from fractions import Fraction

from regretlab.claims import OPS, Paper, maximum, minimum, real, sqrt
from regretlab.claims.statements import Inequality
from regretlab.methods import Coefficients, Moments, step

P = Paper("TP", "Tran & Phong (2019), On the convergence proof of AMSGrad and a new version")

alpha, beta1, beta2, lam, g1, g2, x, m, v, V = real("alpha beta1 beta2 lam g1 g2 x m v V")
a, s, t, beta, beta_next = real("a s t beta beta_next")
ZERO = Fraction(0)


def run(gradients, betas, ratchet, start):
    """States after each gradient, by the step that is simulated; ``ratchet(t)`` is rho_t."""
    states = [start]
    for number, (gradient, b) in enumerate(zip(gradients, betas, strict=True), 1):
        k = Coefficients(b, 1 - b, beta2, 1 - beta2, ratchet(number), 0, ZERO, 0, 1, 0, 0)
        states.append(step(states[-1], gradient, k, lambda y, weight: y, OPS))
    return states[1:]


REST = Moments(ZERO, ZERO, ZERO, ZERO)
PLAIN = [beta1 >= 0, beta1 < 1, beta2 > 0, beta2 < 1, lam > 0, lam < 1]
first, second = run((g1, g2), (beta1, beta1 * lam), lambda t: min(t - 1, 1), REST)
P.denial(
    "Monotone",
    r"\frac{\sqrt{\hat v_{t+1}}}{\alpha_{t+1}(1-\beta_{1,t+1})} \ge \frac{\sqrt{\hat v_t}}{\alpha_t(1-\beta_{1,t})} \ \text{need not hold for AMSGrad}",
    at="Section 3, about the proof of Theorem 4 of Reddi et al.",
    statement=Inequality(
        tuple(PLAIN),
        sqrt(second.v_hat) * sqrt(Fraction(2)) / (1 - beta1 * lam) >= sqrt(first.v_hat) / (1 - beta1),
    ),
    note="Two steps of AMSGrad, as simulated, with beta_{1,t} = beta1 lam^(t-1).",
)
P.inequality(
    "Monotone.constant",
    r"\frac{\sqrt{\hat v_{t+1}}}{\alpha_{t+1}} \ge \frac{\sqrt{\hat v_t}}{\alpha_t}",
    at="Section 3: with constant beta1 AMSGrad's proof step holds",
    given=[*PLAIN, V >= 0, v >= 0, t >= 1],
    show=sqrt(run((g1,), (beta1,), lambda _: 1, Moments(x, m, v, V))[0].v_hat) * sqrt(t + 1) >= sqrt(V) * sqrt(t),
)
RATIO = ((1 - beta_next) / (1 - beta)) ** 2
(adamx,) = run((g1,), (beta_next,), lambda _: RATIO, Moments(x, m, v, V))
P.inequality(
    "Monotone.adamx",
    r"\hat v_t = \max\Big\{\Big(\tfrac{1-\beta_{1,t}}{1-\beta_{1,t-1}}\Big)^2 \hat v_{t-1}, v_t\Big\}: \quad"
    r"\frac{\sqrt{\hat v_t}}{\alpha_t(1-\beta_{1,t})} \ge \frac{\sqrt{\hat v_{t-1}}}{\alpha_{t-1}(1-\beta_{1,t-1})}",
    at="Section 5: what AdamX's ratchet is for",
    given=[V >= 0, v >= 0, beta2 > 0, beta2 < 1, t >= 2, beta >= 0, beta < 1, beta_next >= 0, beta_next < 1],
    show=adamx.v_hat * t / (1 - beta_next) ** 2 >= V * (t - 1) / (1 - beta) ** 2,
    note="Squared; one step of AdamX as simulated, from any state.",
)


def example(gradients):
    """x_1, x_2, ... of AMSGrad on [-1, 1] with alpha_t = alpha/sqrt(t), beta_{1,t} = beta1 lam^(t-1)."""
    state = Moments(Fraction(1), ZERO, ZERO, ZERO)
    found = [state.x]
    for number, gradient in enumerate(gradients, 1):
        b = Fraction(9, 10) * Fraction(1, 1000) ** (number - 1)
        k = Coefficients(
            b, 1 - b, Fraction(999, 1000), Fraction(1, 1000), min(number - 1, 1), 0, Fraction(1, 1000) / sqrt(Fraction(number)), 0, 1, 0.5, 0
        )  # fmt: skip
        state = step(state, gradient, k, lambda y, weight: maximum(Fraction(-1), minimum(Fraction(1), y)), OPS)
        found.append(state.x)
    return found


X1, X2, X3 = example((Fraction(1010), Fraction(-10)))
P.inequality(
    "Example",
    r"(x_1-x_*)^2 - (x_2-x_*)^2 > 0, \quad (x_2-x_*)^2 - (x_3-x_*)^2 < 0, \quad x_* = -1, \quad x_2 \approx 0.99684,\ x_3 \approx 0.99706",
    at="Example 3.2",
    show=((X1 + 1) ** 2 - (X2 + 1) ** 2 > 0)
    & ((X2 + 1) ** 2 - (X3 + 1) ** 2 < 0)
    & (abs(X2 - "0.99684") < Fraction(5, 10**6))
    & (abs(X3 - "0.99706") < Fraction(5, 10**6)),
    note="1010 x at t = 1, then -10 x; beta1 = 0.9, lam = 0.001, beta2 = 0.999, alpha = 0.001: two steps in interval arithmetic.",
)

P.inequality(
    "Lem2.3",
    r"\sum_{t\ge 1} a^t = \frac{1}{1-a}",
    at="Lemma 2.3",
    given=[a > 0, a < 1, s == a + a * s],
    show=s == 1 / (1 - a),
    expect="refuted",
    corrected={
        "latex": r"\sum_{t\ge 1} a^t = \frac{a}{1-a}, \qquad \sum_{t\ge 0} a^t = \frac{1}{1-a}",
        "given": [a > 0, a < 1, s == a + a * s],
        "show": (s == a / (1 - a)) & (1 + s == 1 / (1 - a)),
    },
    changes="constant",
    note="The sum s satisfies s = a + a s. The misprint is in the first power: from t = 0 the formula holds.",
)
