"""Tran & Phong (2019): the lines of the proof of Theorem 5.1, one coordinate, on one step of AdamX."""

from fractions import Fraction

from regretlab.claims import OPS, Paper, real
from regretlab.claims.statements import Inequality
from regretlab.methods import Coefficients, Moments, step

P = Paper("TP", "Tran & Phong (2019), On the convergence proof of AMSGrad and a new version")

alpha, a_before, beta, beta_next, beta1, beta2 = real("alpha a_before beta beta_next beta1 beta2")
s, s_before, g, m, x, star, v, V, G, D, root = real("s s_before g m x star v V G D root")

moment = beta * m + (1 - beta) * g
P.inequality(
    "AdamX5.1.identity",
    r"g_t(x_t-x_*) = \frac{m_t(x_t-x_*)}{1-\beta_{1,t}} - \frac{\beta_{1,t}}{1-\beta_{1,t}} m_{t-1}(x_t-x_*)",
    at="proof of Theorem 5.1",
    given=[beta >= 0, beta < 1],
    show=g * (x - star) == moment * (x - star) / (1 - beta) - beta / (1 - beta) * (m * (x - star)),
)
P.inequality(
    "AdamX5.1.young",
    r"-m_{t-1}(x_t-x_*) \le \frac{s_{t-1}}{2\alpha_{t-1}}(x_t-x_*)^2 + \frac{\alpha_{t-1} m_{t-1}^2}{2 s_{t-1}}",
    at="proof of Theorem 5.1",
    given=[s_before > 0, a_before > 0],
    show=-(m * (x - star)) <= s_before / (2 * a_before) * (x - star) ** 2 + a_before * m**2 / (2 * s_before),
)
P.inequality(
    "AdamX5.1.coefficient",
    r"\frac12\Big(\frac{1}{1-\beta_{1,t}} + \frac{\beta_{1,t+1}}{1-\beta_{1,t+1}}\Big) \le \frac{1+\beta_1}{2(1-\beta_1)}",
    at="proof of Theorem 5.1: the energy's coefficient",
    given=[beta >= 0, beta <= beta1, beta_next >= 0, beta_next <= beta1, beta1 < 1, beta < 1, beta_next < 1],
    show=(1 / (1 - beta) + beta_next / (1 - beta_next)) / 2 <= (1 + beta1) / (2 * (1 - beta1)),
)
RATIO = ((1 - beta_next) / (1 - beta)) ** 2
after = step(
    Moments(x, m, v, V),
    g,
    Coefficients(beta_next, 1 - beta_next, beta2, 1 - beta2, RATIO, 0, Fraction(0), 0, 1, 0, 0),
    lambda y, weight: y,
    OPS,
)
CAP = ((1 - beta_next) / (1 - beta1)) ** 2 * G**2
BETAS = (beta >= 0, beta <= beta1, beta < 1, beta_next >= 0, beta_next <= beta1, beta_next < 1, beta1 < 1)
P.both(
    "AdamX5.1.cap",
    r"\frac{\hat v_t}{(1-\beta_{1,t})^2} \le \frac{G_\infty^2}{(1-\beta_1)^2}",
    at="Theorem 5.1, first term",
    statements=[
        Inequality((*BETAS, V >= 0, V <= ((1 - beta) / (1 - beta1)) ** 2 * G**2), RATIO * V <= CAP),
        Inequality((*BETAS, v >= 0, v <= G**2, g**2 <= G**2, beta2 >= 0, beta2 <= 1), after.v <= CAP),
    ],
    note="The induction step from v_hat_{t-1} = V, on the step that is simulated; v_hat_t is the larger of the two left sides.",
)
P.inequality(
    "AdamX5.1.second",
    r"\frac{\sqrt{\hat v_{t-1}}}{1-\beta_{1,t}} \le \frac{G_\infty}{1-\beta_1}",
    at="Theorem 5.1, second term",
    given=[
        s >= 0,
        G >= 0,
        beta_next >= 0,
        beta_next <= beta,
        beta_next < 1,
        beta <= beta1,
        beta1 < 1,
        s <= (1 - beta) / (1 - beta1) * G,
    ],
    show=s / (1 - beta_next) <= G / (1 - beta1),
    note="For a non-increasing beta_{1,t}; s = sqrt(v_hat_{t-1}), which AdamX's closed form bounds by (1 - beta)/(1 - beta1) G.",
)
ANY = [
    s >= 0,
    G >= 0,
    beta_next >= 0,
    beta_next <= beta1,
    beta >= 0,
    beta <= beta1,
    beta1 < 1,
    s <= (1 - beta) / (1 - beta1) * G,
]
P.inequality(
    "AdamX5.1.increasing",
    r"\frac{\sqrt{\hat v_{t-1}}}{1-\beta_{1,t}} \le \frac{G_\infty}{1-\beta_1}",
    at="Theorem 5.1, second term, for any beta_{1,t} <= beta_1",
    given=ANY,
    show=s / (1 - beta_next) <= G / (1 - beta1),
    expect="refuted",
    corrected={
        "latex": r"\frac{\sqrt{\hat v_{t-1}}}{1-\beta_{1,t}} \le \frac{G_\infty}{(1-\beta_1)^2}",
        "given": ANY,
        "show": s / (1 - beta_next) <= G / (1 - beta1) ** 2,
    },
    changes="constant",
    note="This line needs that beta_{1,t} does not increase. The theorem does not: its constants hold for every beta_{1,t} <= beta_1 "
    "(AdamX5.1).",
)
P.inequality(
    "AdamX5.1.weights",
    r"\frac{\beta_{1,t}}{1-\beta_{1,t}} \frac{s_{t-1}\sqrt{t-1}}{2\alpha} D^2 \le \frac{D^2 G_\infty}{2\alpha(1-\beta_1)} \beta_{1,t}\sqrt{t-1}",
    at="Theorem 5.1, second term",
    uses=["AdamX5.1.second"],
    given=[alpha > 0, beta >= 0, beta < 1, beta1 < 1, root >= 0, s >= 0, s / (1 - beta) <= G / (1 - beta1)],
    show=beta / (1 - beta) * (s * root / (2 * alpha) * D**2) <= D**2 * G / (2 * alpha * (1 - beta1)) * (beta * root),
    note="root = sqrt(t - 1).",
)
