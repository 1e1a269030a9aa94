r"""Tran & Phong (2019), Theorem 5.1: AdamX's regret, from the step that is simulated to the bound.

One coordinate is treated; the bound adds d of them up. Symbols: e = alpha_t m_t^2/s_t, w = s_t sqrt(t)/(2 alpha (1 - beta_t)),
dist = (x_t - x*)^2, s = sqrt(v_hat); R, W, B, C and E are the sums over t <= T of g_t (x_t - x*), w_t (dist_t - dist_{t+1}),
beta_t/(1 - beta_t) s_{t-1} sqrt(t-1)/(2 alpha) D^2, the energies' share and e_t.
"""

from fractions import Fraction

from regretlab.claims import OPS, Paper, real, sqrt
from regretlab.claims.statements import Inequality
from regretlab.methods import Coefficients, Moments, step

P = Paper("TP", "Tran & Phong (2019), On the convergence proof of AMSGrad and a new version")

alpha, a, a_before, beta, beta_next, beta1, beta2 = real("alpha a a_before beta beta_next beta1 beta2")
s, s_before, g, m, x, star, low, high, v, V, G = real("s s_before g m x star low high v V G")
S, w, w_next, dist, dist_next, D, R, W, B, C, E, d, T = real("S w w_next dist dist_next D R W B C E d T")
A, cross, e, e_before, gain, second, root = real("A cross e e_before gain second root")
eta, Lam, Gs, kappa, Bsum = real("eta Lam Gs kappa Bsum")
h, N, S, SQ, SP = real("h N S SQ SP")  # as in SF.energy
SUMS = [kappa >= 0, kappa <= 1, h >= 1, N >= 0, Lam == sqrt(h), Gs == N, S >= 0, SQ >= 0, SP >= 0]

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
    "AdamX5.1.sum",
    r"R_t \le W_t + B_t + C_t + \frac{\beta_{1,t+1}}{2(1-\beta_{1,t+1})}(0 - e_t)",
    at="proof of Theorem 5.1: one more round",
    given=[
        beta >= 0, beta < 1, beta_next >= 0, beta_next < 1, gain == A / (1 - beta) - beta / (1 - beta) * cross,
        -cross <= second + e_before / 2, A / (1 - beta) <= w * (dist - dist_next) + e / (2 * (1 - beta)),
        R <= W + B + C - beta / (1 - beta) * e_before / 2,
    ],
    show=R + gain
    <= (W + w * (dist - dist_next)) + (B + beta / (1 - beta) * second)
    + (C + (1 / (1 - beta) + beta_next / (1 - beta_next)) * e / 2) - beta_next / (1 - beta_next) * e / 2,
    exports=R <= W + B + C,
    note="The induction step: A = m_t (x_t - x*) with SF.projection divided by 1 - beta_t, cross = m_{t-1} (x_t - x*) with the lemma "
    "before, second = s_{t-1} sqrt(t-1)/(2 alpha) D^2. Beyond the horizon beta is 0.",
)  # fmt: skip
P.inequality(
    "AdamX5.1.coefficient",
    r"\frac12\Big(\frac{1}{1-\beta_{1,t}} + \frac{\beta_{1,t+1}}{1-\beta_{1,t+1}}\Big) \le \frac{1+\beta_1}{2(1-\beta_1)}",
    at="proof of Theorem 5.1: the energy's coefficient",
    given=[beta >= 0, beta <= beta1, beta_next >= 0, beta_next <= beta1, beta1 < 1, beta < 1, beta_next < 1],
    show=(1 / (1 - beta) + beta_next / (1 - beta_next)) / 2 <= (1 + beta1) / (2 * (1 - beta1)),
    exports=C <= (1 + beta1) / (2 * (1 - beta1)) * E,
)
P.inequality(
    "AdamX5.1.abel",
    r"\sum_{t\le T} w_t(dist_t - dist_{t+1}) \le w_T(D^2 - dist_{T+1})",
    at="proof of Theorem 5.1: summation by parts, from T - 1 to T",
    uses=["Monotone.adamx"],
    given=[w >= 0, w_next >= w, dist >= 0, dist_next >= 0, dist <= D**2, S <= w * (D**2 - dist)],
    show=S + w_next * (dist - dist_next) <= w_next * (D**2 - dist_next),
    exports=W <= d * D**2 * G * sqrt(T) / (2 * alpha * (1 - beta1)),
    note="w_T = s_T sqrt(T)/(2 alpha (1 - beta_T)), which AdamX5.1.cap bounds by G sqrt(T)/(2 alpha (1 - beta1)).",
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
P.inequality(
    "AdamX5.1.increasing",
    r"\frac{\sqrt{\hat v_{t-1}}}{1-\beta_{1,t}} \le \frac{G_\infty}{1-\beta_1}",
    at="Theorem 5.1, second term, for any beta_{1,t} <= beta_1",
    given=[
        s >= 0,
        G >= 0,
        beta_next >= 0,
        beta_next <= beta1,
        beta >= 0,
        beta <= beta1,
        beta1 < 1,
        s <= (1 - beta) / (1 - beta1) * G,
    ],
    show=s / (1 - beta_next) <= G / (1 - beta1),
    expect="refuted",
    note="The hypothesis that beta_{1,t} does not increase is needed.",
)
P.inequality(
    "AdamX5.1.weights",
    r"\frac{\beta_{1,t}}{1-\beta_{1,t}} \frac{s_{t-1}\sqrt{t-1}}{2\alpha} D^2 \le \frac{D^2 G_\infty}{2\alpha(1-\beta_1)} \beta_{1,t}\sqrt{t-1}",
    at="Theorem 5.1, second term",
    uses=["AdamX5.1.second"],
    given=[alpha > 0, beta >= 0, beta < 1, beta1 < 1, root >= 0, s >= 0, s / (1 - beta) <= G / (1 - beta1)],
    show=beta / (1 - beta) * (s * root / (2 * alpha) * D**2) <= D**2 * G / (2 * alpha * (1 - beta1)) * (beta * root),
    exports=B <= d * D**2 * G / (2 * alpha * (1 - beta1)) * Bsum,
    note="root = sqrt(t - 1); Bsum is the sum of beta_{1,t} sqrt(t-1).",
)
THIRD = alpha * Lam / ((1 - beta1) ** 2 * sqrt(1 - beta2) * (1 - eta)) * Gs
SIZES = [alpha > 0, beta1 >= 0, beta1 < 1, beta2 > 0, beta2 < 1, eta >= 0, eta < 1, Lam >= 1, Gs >= 0]
P.derivation(
    "AdamX5.1.third",
    r"\frac{1+\beta_1}{2(1-\beta_1)} \sum_{t\le T} \frac{\alpha_t m_t^2}{s_t} \le \frac{\alpha\sqrt{\ln T+1}}{(1-\beta_1)^2\sqrt{1-\beta_2}(1-\eta)}"
    r"\|g_{1:T}\|_2",
    at="Theorem 5.1, third term",
    uses=["AdamX5.1.coefficient", "SF.energy"],
    given=[*SIZES, *SUMS],
    show=C <= THIRD,
    expect="follows",
    exports=C <= THIRD,
    note="SF.energy needs only that v_hat is at least v, which AdamX's ratchet gives as well.",
)
P.derivation(
    "AdamX5.1",
    r"R \le \frac{d D_\infty^2 G_\infty\sqrt T}{2\alpha(1-\beta_1)}"
    r"+ \frac{d D_\infty^2 G_\infty}{2\alpha(1-\beta_1)} \sum_{t=2}^T \beta_{1,t}\sqrt{t-1}"
    r"+ \frac{\alpha\sqrt{\ln T+1}}{(1-\beta_1)^2\sqrt{1-\beta_2}(1-\eta)} \sum_i \|g_{1:T,i}\|_2",
    at="Theorem 5.1",
    uses=[
        "AdamX5.1.identity",
        "SF.projection",
        "AdamX5.1.young",
        "AdamX5.1.sum",
        "AdamX5.1.abel",
        "AdamX5.1.cap",
        "AdamX5.1.weights",
        "AdamX5.1.third",
    ],
    given=[*SIZES, *SUMS, T >= 1],
    show=d * D**2 * G * sqrt(T) / (2 * alpha * (1 - beta1)) + d * D**2 * G / (2 * alpha * (1 - beta1)) * Bsum + THIRD
    >= R,
    expect="follows",
    bounds=("adamx.printed", "adamx.decaying", "adamx.ours"),
    note="For a non-increasing beta_{1,t}.",
)
