r"""Ours: AMSGrad (and every method whose sqrt(v_hat_t)/alpha_t does not decrease) with a non-increasing beta_{1,t}.

The chain is formal from the step that is simulated to the bound: step -> identity, projection, move -> sum -> Abel,
energy -> bound. One coordinate is treated throughout; the bound adds coordinates up. Symbols: b = beta/(1 - beta),
s = sqrt(v_hat) + eps, w = s sqrt(t)/(2 alpha), d = (x_t - x*)^2, A = m_t (x_t - x*), e = alpha_t m_t^2/s_t; beyond the
horizon b is 0. R, W, C and E are the sums over t <= T of g_t (x_t - x*), (1 + b_t - b_{t+1}) w_t (d_t - d_{t+1}),
(1 + b_t + b_{t+1})/2 e_t and e_t.

A public Lean formalisation of the same papers has a schedule-free potential for AMSGrad, and Alacaoglu, Malitsky,
Mertikopoulos and Cevher (2020) have a bound for a constant beta_1. Ours are the constants, the simulated step and the
certificates.
"""

from regretlab.claims import OPS, Paper, maximum, minimum, real, sqrt
from regretlab.claims.statements import Inequality
from regretlab.methods import Coefficients, Moments, step

P = Paper("SF", "Ours: the corrected AMSGrad bound")

beta, g, m, x, before, star = real("beta g m x x_before x_star")
alpha, s, low, high, v, vh = real("alpha s low high v v_hat")
b, b1, w, d, D, S = real("b b1 w d D S")
b_next, w_next, d_next = real("b_next w_next d_next")
beta1, beta2, eta, Lam, V, Gs, T, R, E, W, kappa, Q = real("beta1 beta2 eta Lam V Gs T R E W kappa Q")
SQ, SP, C, A, A_before, e, e_before, moved, gain, eps = real("SQ SP C A A_before e e_before moved gain eps")

after = step(
    Moments(x, m, v, vh),
    g,
    Coefficients(beta, 1 - beta, beta2, 1 - beta2, 1, 0, alpha, 0, 1, 0.5, eps),
    lambda y, weight: maximum(low, minimum(high, y)),
    OPS,
)
P.inequality(
    "step",
    r"m_t = \beta m_{t-1} + (1-\beta) g_t, \quad x_{t+1} = \Pi\big(x_t - \alpha_t m_t/s_t\big), \quad s_t = \sqrt{\hat v_t} + \epsilon \ge \sqrt{v_t}",
    at="what is simulated",
    given=[v >= 0, vh >= 0, beta2 >= 0, beta2 <= 1, eps >= 0, s == sqrt(after.v_hat) + eps, s > 0],
    show=(after.m == beta * m + (1 - beta) * g)
    & (after.x == maximum(low, minimum(high, x - alpha * (beta * m + (1 - beta) * g) / s)))
    & (after.v_hat >= after.v)
    & (after.v_hat >= vh),
    note="The method's step with AMSGrad's ratchet rho = 1, without bias correction and weight decay.",
)
P.inequality(
    "identity",
    r"g_t(x_t - x_*) = (1+b_t)A_t - b_t A_{t-1} - b_t m_{t-1}(x_t - x_{t-1}), \quad A_t = m_t(x_t - x_*),\ b = \tfrac{\beta}{1-\beta}",
    at="step 1: gradients in terms of moments",
    given=[beta >= 0, beta < 1, b == beta / (1 - beta)],
    show=g * (x - star) == (1 + b) * (after.m * (x - star)) - b * (m * (before - star)) - b * m * (x - before),
)
P.inequality(
    "projection",
    r"m_t(x_t - x_*) \le \frac{s_t}{2\alpha_t}\big((x_t-x_*)^2 - (x_{t+1}-x_*)^2\big) + \frac{\alpha_t m_t^2}{2 s_t}",
    at="step 2: one projected step",
    given=[s > 0, alpha > 0, low <= star, star <= high],
    show=m * (x - star)
    <= s / (2 * alpha) * ((x - star) ** 2 - (maximum(low, minimum(high, x - alpha * m / s)) - star) ** 2)
    + alpha * m**2 / (2 * s),
    note="x_{t+1} is the projection of x - alpha m/s onto [low, high], where x* lies.",
)
P.inequality(
    "move",
    r"|m_{t-1}(x_t - x_{t-1})| \le \frac{\alpha_{t-1} m_{t-1}^2}{s_{t-1}}",
    at="step 2: how far a projected step goes",
    given=[s > 0, alpha > 0, low <= x, x <= high],
    show=abs(m * (maximum(low, minimum(high, x - alpha * m / s)) - x)) <= alpha * m**2 / s,
)
P.inequality(
    "ratchet",
    r"\frac{\sqrt t\, s_t}{\alpha} \ge \frac{\sqrt{t-1}\, s_{t-1}}{\alpha}",
    at="step 3: the weights w_t do not decrease",
    given=[vh >= 0, v >= 0, beta2 >= 0, beta2 <= 1, T >= 1],
    show=sqrt(T + 1) * sqrt(after.v_hat) >= sqrt(T) * sqrt(vh),
    note="v_hat of the step that is simulated, with AMSGrad's ratchet rho = 1.",
)
P.inequality(
    "sum",
    r"R_t \le W_t + C_t + b_{t+1}(A_t - e_t)",
    at="step 2: one more round",
    given=[
        b >= b_next, b_next >= 0, e >= 0, gain == (1 + b) * A - b * A_before - b * moved, moved <= e_before, -moved <= e_before,
        A <= w * (d - d_next) + e / 2, R <= W + C + b * (A_before - e_before),
    ],
    show=R + gain
    <= (W + (1 + b - b_next) * w * (d - d_next)) + (C + (1 + b + b_next) / 2 * e) + b_next * (A - e),
    exports=R <= W + C,
    note="The induction step from t - 1 to t, with identity, projection and move as hypotheses; at t = 0 all is 0, and at t = T "
    "b_{T+1} = 0. moved is m_{t-1} (x_t - x_{t-1}).",
)  # fmt: skip
P.inequality(
    "coefficient",
    r"\tfrac12(1 + b_t + b_{t+1}) \le \frac{1+\beta_1}{2(1-\beta_1)}",
    at="step 2: the energy's coefficient",
    given=[b_next >= 0, b_next <= b, b <= beta1 / (1 - beta1), beta1 >= 0, beta1 < 1],
    show=(1 + b + b_next) / 2 <= (1 + beta1) / (2 * (1 - beta1)),
    exports=C <= (1 + beta1) / (2 * (1 - beta1)) * E,
)
P.inequality(
    "abel",
    r"\sum_{t\le T} (1+b_t-b_{t+1}) w_t (d_t - d_{t+1}) \le w_T(D^2 - d_{T+1}) + (b_1 - b_{T+1}) w_T D^2",
    at="step 3: summation by parts, from T - 1 to T",
    given=[
        w >= 0, w_next >= w, d >= 0, d_next >= 0, d <= D**2, d_next <= D**2, b_next >= 0, b >= b_next, b1 >= b,
        S <= w * (D**2 - d) + (b1 - b) * w * D**2,
    ],
    show=S + (1 + b - b_next) * w_next * (d - d_next) <= w_next * (D**2 - d_next) + (b1 - b_next) * w_next * D**2,
    exports=W <= D**2 * V * sqrt(T) / (2 * alpha * (1 - beta1)),
    note="The induction step; the base T = 0 is 0 <= w (D^2 - d). With 1 + b_1 = 1/(1 - beta1) the sum is at most D^2 w_T/(1 - beta1).",
)  # fmt: skip
P.inequality(
    "jensen",
    r"m_t^2 \le Q_t, \quad Q_t = \beta_{1,t} Q_{t-1} + (1-\beta_{1,t}) g_t^2",
    at="step 4: the square of the first moment",
    given=[beta >= 0, beta < 1, m**2 <= Q],
    show=after.m**2 <= beta * Q + (1 - beta) * g**2,
    exports=E <= alpha * SQ,
)
r, r_next, p = real("r r_next p")
DECAY = (beta2 > 0, beta2 < 1)
P.both(
    "moment.roots",
    r"\sqrt{v_t} \ge \sqrt{\beta_2 v_{t-1}}, \quad \sqrt{v_t} \ge \sqrt{1-\beta_2}\,|g_t|",
    at="step 4: against the second moment",
    statements=[
        Inequality((r >= 0, *DECAY), sqrt(beta2 * r**2 + (1 - beta2) * g**2) >= sqrt(beta2) * r),
        Inequality((r >= 0, *DECAY), sqrt(beta2 * r**2 + (1 - beta2) * g**2) >= sqrt(1 - beta2) * abs(g)),
    ],
    exports=(r_next >= sqrt(beta2) * r) & (r_next >= sqrt(1 - beta2) * abs(g)),
    note="r = sqrt(v_{t-1}), r_next = sqrt(v_t).",
)
SIZES = [beta >= 0, beta <= beta1, beta1 < 1, beta2 > 0, beta2 < 1, r >= 0, r_next >= 0, p >= 0, Q >= 0]
FIRST = beta * Q * sqrt(1 - beta2) <= r_next * (beta1 / sqrt(beta2) * p)
SECOND = (1 - beta) * g**2 * sqrt(1 - beta2) <= r_next * (kappa * abs(g))
P.inequality(
    "moment.first",
    r"\beta_{1,t} Q_{t-1} \sqrt{1-\beta_2} \le \sqrt{v_t}\, \eta P_{t-1}",
    at="step 4: against the second moment",
    given=[beta >= 0, beta <= beta1, *DECAY, p >= 0, Q >= 0, Q * sqrt(1 - beta2) <= r * p, r_next >= sqrt(beta2) * r],
    show=FIRST,
    exports=FIRST,
)
P.inequality(
    "moment.second",
    r"(1-\beta_{1,t}) g_t^2 \sqrt{1-\beta_2} \le \sqrt{v_t}\, \kappa |g_t|",
    at="step 4: against the second moment",
    given=[beta2 < 1, kappa >= 0, kappa >= 1 - beta, r_next >= sqrt(1 - beta2) * abs(g)],
    show=SECOND,
    exports=SECOND,
)
P.derivation(
    "moment",
    r"Q_t \le \frac{\sqrt{v_t}}{\sqrt{1-\beta_2}} P_t, \quad P_t = \eta P_{t-1} + \kappa|g_t|, \quad \eta = \frac{\beta_1}{\sqrt{\beta_2}}",
    at="step 4: against the second moment",
    uses=["moment.roots", "moment.first", "moment.second"],
    given=[*SIZES, kappa >= 0, kappa >= 1 - beta, Q * sqrt(1 - beta2) <= r * p],
    show=(beta * Q + (1 - beta) * g**2) * sqrt(1 - beta2) <= r_next * (beta1 / sqrt(beta2) * p + kappa * abs(g)),
    expect="follows",
    exports=SQ * sqrt(1 - beta2) <= SP,
    note="The induction step from Q_{t-1} sqrt(1 - beta2) <= r p, p = P_{t-1}; kappa = 1 for a schedule and 1 - beta1 for constant beta1.",
)
q, q_next, total = real("q q_next total")
P.inequality(
    "geometric",
    r"\sum_{t\le T} \frac{P_t}{\sqrt t} \le \frac{\kappa}{1-\eta} \sum_{t\le T} \frac{|g_t|}{\sqrt t}",
    at="step 4: the geometric sum",
    given=[
        eta >= 0,
        eta < 1,
        p >= 0,
        q >= q_next,
        q_next >= 0,
        kappa >= 0,
        S + eta / (1 - eta) * p * q <= kappa / (1 - eta) * total,
    ],
    show=S + (eta * p + kappa * abs(g)) * q_next + eta / (1 - eta) * (eta * p + kappa * abs(g)) * q_next
    <= kappa / (1 - eta) * (total + abs(g) * q_next),
    exports=SP <= kappa / (1 - eta) * S,
    note="The induction step, q = 1/sqrt(t - 1), q_next = 1/sqrt(t), p = P_{t-1}; S and total are the sums so far.",
)
N, h = real("N h")  # as in KB.Lem10.3: the norm of the gradients, and 1 + ln T
SUMS = [h >= 1, N >= 0, Lam == sqrt(h), Gs == N, S >= 0, SQ >= 0, SP >= 0]
P.derivation(
    "energy",
    r"\sum_{t\le T} \frac{\alpha_t m_t^2}{\sqrt{\hat v_t}} \le \frac{\kappa\alpha\sqrt{1+\ln T}}{\sqrt{1-\beta_2}(1-\eta)} \|g_{1:T}\|_2",
    at="step 4: energy of the moments",
    uses=["jensen", "moment", "geometric", "KB.Lem10.3.corrected"],
    given=[
        alpha > 0, beta2 > 0, beta2 < 1, eta >= 0, eta < 1, kappa >= 0, kappa <= 1, *SUMS,
    ],
    show=E <= kappa * alpha * Lam / (sqrt(1 - beta2) * (1 - eta)) * Gs,
    expect="follows",
    exports=E <= kappa * alpha * Lam / (sqrt(1 - beta2) * (1 - eta)) * Gs,
    note="SQ, SP and S are the sums over t of Q_t/sqrt(t v_t), P_t/sqrt(t) and |g_t|/sqrt(t).",
)  # fmt: skip
P.derivation(
    "AMSGrad",
    r"R \le \frac{D^2\sqrt T}{2\alpha(1-\beta_1)} \sum_i \big(\sqrt{\hat v_{T,i}}+\epsilon\big)"
    r"+ \frac{\kappa\alpha(1+\beta_1)\sqrt{1+\ln T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)} \sum_i \|g_{1:T,i}\|_2",
    at="the bound",
    uses=["step", "identity", "projection", "move", "sum", "coefficient", "ratchet", "abel", "energy"],
    given=[
        alpha > 0, beta1 >= 0, beta1 < 1, beta2 > 0, beta2 < 1, eta >= 0, eta < 1, kappa >= 0, kappa <= 1, Lam >= 1, Gs >= 0, E >= 0,
        T >= 1, *SUMS,
    ],
    show=D**2 * V * sqrt(T) / (2 * alpha * (1 - beta1))
    + kappa * alpha * (1 + beta1) * Lam / (2 * (1 - beta1) * sqrt(1 - beta2) * (1 - eta)) * Gs
    >= R,
    exports=R
    <= D**2 * V * sqrt(T) / (2 * alpha * (1 - beta1)) + alpha * (1 + beta1) * Lam / (2 * (1 - beta1) * sqrt(1 - beta2) * (1 - eta)) * Gs,
    expect="follows",
    bounds=("amsgrad.schedule_free",),
    note="V is the sum of sqrt(v_hat_T) + eps over the coordinates, Gs that of the gradient norms, Lam = sqrt(1 + ln T). For convex "
    "losses regret is at most the sum of g_t (x_t - x*).",
)  # fmt: skip
y, t = real("y t")
POWER = (beta2 > 0, beta2 < 1, t >= 1, y > 0, y < 1, 1 - y >= t * y * (1 - beta2))
P.both(
    "bias",
    r"\frac{t+1}{1-\beta_2^{t+1}} \ge \frac{t}{1-\beta_2^t} \quad\text{from}\quad 1-\beta_2^t \ge t\beta_2^t(1-\beta_2)",
    at="the bound with bias correction",
    statements=[
        Inequality((*POWER, 1 - y * beta2 > 0), (t + 1) / (1 - y * beta2) >= t / (1 - y)),
        Inequality(POWER, 1 - y * beta2 >= (t + 1) * (y * beta2) * (1 - beta2)),
        Inequality(POWER, 1 - y * beta2 > 0),
    ],
    note="y = beta2^t; the hypothesis holds at t = 1, and the second part is its induction step. So "
    "sqrt(t) s_t does not decrease with s_t = (sqrt(v_hat_t/(1 - beta2^t)) + eps)(1 - beta1^t), and the bound covers bias correction.",
)
