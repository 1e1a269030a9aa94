r"""Padam on convex losses: Theorem 1 with its constants, which the slides leave out, and Corollary 2.

The chain of ``ours/amsgrad.py`` holds for every s_t whose sqrt(t) s_t does not decrease; here s_t = v_hat_t^p. Because
v_hat does not decrease either, v_hat_t >= (1 - beta2) g_j^2 for all j <= t, and no condition on beta1 is needed.
"""

from fractions import Fraction

from regretlab.claims import OPS, Paper, log, real, sqrt
from regretlab.claims.paper import inequality
from regretlab.methods import Coefficients, Moments, step

P = Paper("Padam", "Slides on Padam")

beta, beta1, beta2, kappa, g, G, m, v, V_t, E_t, P_t = real("beta beta1 beta2 kappa g G m v v_hat E_t P_t")
f, f_next, u, z, k, w, a, a_next, driven, before = real("f f_next u z k w a a_next A before")
alpha, D, moments, T, regret, W, energy, S, h, Lam, norm, d, q, top = real("alpha D V T R W E S h Lam N d q top")
HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)

AVERAGES = {"mu": beta, "nu": 1 - beta, "beta": beta2, "om": 1 - beta2, "rho": 1, "wd": 0, "eta": 1, "kap": 0, "c": 1}
after = step(Moments(0, m, v, V_t), g, Coefficients(**AVERAGES, p=HALF, eps=0), lambda x, weight: x, OPS)
UNIT = [beta >= 0, beta <= beta1, beta1 < 1, kappa >= 1 - beta, kappa <= 1, E_t >= 0]
grown = beta1 * E_t + g**2

P.inequality(
    "Thm1.floor",
    r"\hat v_t\ge\hat v_{t-1},\quad \hat v_t\ge(1-\beta_2)g_t^2",
    at="Theorem 1, step 1",
    given=[beta2 >= 0, beta2 <= 1, v >= 0],
    show=(after.v_hat >= V_t) & (after.v_hat >= (1 - beta2) * g**2),
)
P.inequality(
    "Thm1.jensen",
    r"m_t^2\le\kappa E_t,\quad E_t=\beta_1E_{t-1}+g_t^2",
    at="Theorem 1, step 2",
    given=[*UNIT, m**2 <= kappa * E_t],
    show=after.m**2 <= kappa * grown,
    note="The induction step on the simulated step; kappa = 1 for a schedule beta_{1,t} <= beta_1, 1 - beta1 for a "
    "constant beta1.",
)
ABSTRACT = [f > 0, k > 0, u >= 0, z >= 0, z <= w, u * z == abs(g), f_next >= k * u, E_t >= 0, P_t >= 0, E_t <= f * P_t]
roots = E_t <= sqrt(V_t) * P_t
P.both(
    "Thm1.moment",
    r"E_t\le\hat v_t^pP_t,\quad P_t=\beta_1P_{t-1}+\frac{G^{1-2p}}{(1-\beta_2)^p}|g_t|",
    at="Theorem 1, step 3",
    statements=[
        inequality(
            given=[beta1 >= 0, beta1 < 1, *ABSTRACT, f_next >= f], show=grown <= f_next * (beta1 * P_t + w / k * abs(g))
        ),
        inequality(
            given=[beta1 >= 0, beta1 < 1, beta2 >= 0, beta2 < 1, v >= 0, V_t > 0, E_t >= 0, P_t >= 0, roots],
            show=grown <= sqrt(after.v_hat) * (beta1 * P_t + abs(g) / sqrt(1 - beta2)),
        ),
    ],
    exports=energy <= kappa * driven,
    note="For every p: f, f_next, u, z, k, w stand for the powers v_hat_{t-1}^p, v_hat_t^p, |g|^{2p}, |g|^{1-2p}, "
    "(1-beta2)^p, G^{1-2p}; and for p = 1/2 on the simulated step.",
)
P.inequality(
    "Thm1.moment.rmsprop",
    r"E_t\le v_t^pP_t,\quad P_t=\beta_1P_{t-1}+\frac{G^{1-2p}}{(1-\beta_2)^p}|g_t|",
    at="Theorem 1, step 3",
    given=[beta1 >= 0, beta1 < 1, *ABSTRACT],
    show=grown <= f_next * (beta1 * P_t + w / k * abs(g)),
    expect="refuted",
    note="Without the maximum the second moment may shrink.",
)
so_far = driven + beta1 / (1 - beta1) * P_t * a <= w / (1 - beta1) * before
P.inequality(
    "Thm1.geometric",
    r"\sum_{t\le T}\alpha_tP_t\le\frac c{1-\beta_1}\sum_{t\le T}\alpha_t|g_t|,\quad P_t=\beta_1P_{t-1}+c|g_t|",
    at="Theorem 1, step 4",
    given=[beta1 >= 0, beta1 < 1, P_t >= 0, w >= 0, a >= a_next, a_next >= 0, so_far],
    show=driven + (beta1 * P_t + w * abs(g)) * a_next / (1 - beta1) <= w / (1 - beta1) * (before + abs(g) * a_next),
    exports=driven <= alpha * w / k / (1 - beta1) * S,
    note="The induction step with the tail beta1 P_t alpha_t/(1 - beta1) on the left; w stands for c, A and before for "
    "the sums so far, a and a_next for consecutive step sizes.",
)
CONSTANTS = [alpha > 0, beta1 >= 0, beta1 < 1, kappa > 0, kappa <= 1, k > 0, k <= 1, w > 0, Lam >= 1, norm >= 0, T >= 1]


def diameter(moments):
    """Return the first term of the bound, for the sum of v_hat^p."""
    return D**2 * moments * sqrt(T) / (2 * alpha * (1 - beta1))


def moving(norm, Lam=Lam):
    """Return the energy of the moments, for the sum of the norms."""
    return kappa * alpha * w * Lam / k / (1 - beta1) * norm


ENERGY = energy <= moving(norm)
WEIGHT = (1 + beta1) / (2 * (1 - beta1))
SUMS = [h == Lam**2, energy >= 0, regret <= W + WEIGHT * energy]
P.derivation(
    "Thm1.energy",
    r"\sum_{t\le T}\frac{\alpha_tm_t^2}{\hat v_t^p}\le"
    r"\frac{\kappa\alpha G^{1-2p}\sqrt{1+\ln T}}{(1-\beta_1)(1-\beta_2)^p}\|g_{1:T}\|_2",
    at="Theorem 1, step 5",
    uses=["Padam.Thm1.floor", "Padam.Thm1.jensen", "Padam.Thm1.moment", "Padam.Thm1.geometric", "KB.Lem10.3.corrected"],
    given=[*CONSTANTS, h == Lam**2],
    show=ENERGY,
    exports=ENERGY,
    expect="follows",
    note="What the steps add up to, with the harmonic Cauchy-Schwarz inequality: E is the energy, A the sum of "
    "alpha_t P_t, S that of |g_t|/sqrt(t), N the norm, h = Lam^2 = 1 + ln T, w = G^{1-2p}, k = (1-beta2)^p.",
)
P.inequality(
    "Thm1.log",
    r"\sum_{t\le T}\frac{|g_t|}{\sqrt t}\le\|g_{1:T}\|_2\quad(T=2)",
    at="Theorem 1",
    given=[g >= 0, m >= 0],
    show=g + m / sqrt(2) <= sqrt(g**2 + m**2),
    expect="refuted",
    note="Why C_2 contains the logarithm: the last step of the energy needs its factor sqrt(1 + ln T).",
)
BOUND = regret <= diameter(moments) + WEIGHT * moving(norm)
P.derivation(
    "Thm1",
    r"R_T\le C_1\sum_i\sqrt T\hat v_{T,i}^p+C_2\sum_i\|g_{1:T,i}\|_2+C_3d,\quad C_1=\frac{D^2}{2\alpha(1-\beta_1)},\ "
    r"C_2=\frac{\kappa\alpha(1+\beta_1)G^{1-2p}\sqrt{1+\ln T}}{2(1-\beta_1)^2(1-\beta_2)^p},\ C_3=0",
    at="Theorem 1",
    uses=["SF.identity", "SF.projection", "SF.move", "SF.abel", "mono", "Padam.Thm1.energy"],
    given=[*CONSTANTS, *SUMS],
    show=BOUND,
    exports=BOUND,
    expect="follows",
    note="The slides leave the constants out. The hypothesis on R is what identity, projection and move add up to. X "
    "has coordinates of diameter D and the step is projected onto it; V is the sum of v_hat^p, N that of "
    "the norms.",
    bounds=("padam.ours",),
)
P.inequality(
    "Thm1.eta",
    r"\frac1{1-\beta_1}\le\frac1{1-\beta_1/\beta_2^p}\quad\text{for }\beta_1<\beta_2^p",
    at="Theorem 1",
    given=[beta1 >= 0, q > beta1, q <= 1],
    show=1 / (1 - beta1) <= 1 / (1 - beta1 / q),
    note="The constant usual in the literature is larger and needs beta1 < beta2^p; q stands for beta2^p.",
)

# --- Corollary 2 -----------------------------------------------------------------------------------------------------
P.inequality(
    "Cor2.bounded",
    r"\hat v_t\le G^2",
    at="Corollary 2",
    given=[beta2 >= 0, beta2 <= 1, v <= G**2, V_t <= G**2, abs(g) <= G],
    show=after.v_hat <= G**2,
    note="The induction step on the simulated step.",
)
P.derivation(
    "Cor2",
    r"R_T=\tilde O(\sqrt T)",
    at="Corollary 2",
    uses=["Thm1", "Padam.Cor2.bounded", "Padam.Cor2.order"],
    given=[*CONSTANTS, *SUMS, d >= 1, G > 0, top > 0, top * w == G, moments <= d * top, norm <= d * G * sqrt(T)],
    show=regret <= diameter(d * top) + WEIGHT * moving(d * G * sqrt(T)),
    expect="follows",
    note="top stands for G^{2p}. Needs a bounded X and the projection onto it, which Padam's slide does not have.",
)
P.order(
    "Cor2.order",
    r"d\sqrt T\Big(\frac{D^2G^{2p}}{2\alpha(1-\beta_1)}+"
    r"\frac{\kappa\alpha(1+\beta_1)G^{2-2p}\sqrt{1+\ln T}}{2(1-\beta_1)^2(1-\beta_2)^p}\Big)=\tilde O(\sqrt T)",
    at="Corollary 2",
    terms={
        "diameter": diameter(d * top),
        "gradients": WEIGHT * moving(d * G * sqrt(T), sqrt(1 + log(T))),
    },
    T=T,
    at_most="1/2",
    logs="any",
)
