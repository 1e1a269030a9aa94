"""Padam's update beside AdaGrad, Adam and AMSGrad, and the misprints of its slides."""

from fractions import Fraction

from regretlab.claims import OPS, Paper, integer, maximum, real, sqrt
from regretlab.claims.paper import inequality
from regretlab.methods import Coefficients, Moments, step

P = Paper("Padam", "Slides on Padam")

PLAIN = {"mu": 0, "nu": 1, "beta": 0, "om": 0, "rho": 0, "wd": 0, "eta": 1, "kap": 0, "c": 1, "p": 0, "eps": 0}
theta, g, g2, m, v, v_hat, r = real("theta g g2 m v v_hat r")
alpha, alpha_t, beta, beta1, beta2 = real("alpha alpha_t beta beta1 beta2")
t = integer("t")
HALF = Fraction(1, 2)


def move(gradient, state, **given):
    """One step without projection."""
    return step(state, gradient, Coefficients(**PLAIN | given), lambda x, w: x, OPS)


# --- AdaGrad ---------------------------------------------------------------------------------------------------------
adagrad = move(g, Moments(theta, 0, r, 0), beta=1, om=1, eta=alpha, p=HALF)
mean = move(g, Moments(theta, 0, v, 0), beta=(t - 1) / t, om=1 / t, eta=alpha_t, p=HALF)
same, tied = mean.x == adagrad.x, alpha_t * sqrt(t) == alpha
SAME = [t >= 1, r >= 0, v * (t - 1) == r]
P.both(
    "AdaGrad",
    r"\theta_{t+1}=\theta_t-\alpha_t\frac{g_t}{\sqrt{v_t}},\ v_t=\frac1t\sum_{j\le t}g_j^2\ \text{ is AdaGrad for }"
    r"\alpha_t=\alpha/\sqrt t",
    at="AdaGrad",
    statements=[
        inequality(given=SAME, show=mean.v * t == adagrad.v),
        inequality(given=[*SAME, v >= 0, tied], show=same),
    ],
    note="One step for every t, from v = r/(t - 1), which the first part hands on.",
)
P.inequality(
    "AdaGrad.only",
    r"\theta_{t+1}=\theta_t-\alpha_t\frac{g_t}{\sqrt{v_t}}\ \text{ is AdaGrad } \Rightarrow \alpha_t=\alpha/\sqrt t",
    at="AdaGrad",
    given=[*SAME, v >= 0, g != 0, same],
    show=tied,
)
P.inequality(
    "AdaGrad.constant",
    r"\theta_{t+1}=\theta_t-\alpha\frac{g_t}{\sqrt{v_t}},\ v_t=\frac1t\sum_{j\le t}g_j^2\ \text{ is AdaGrad}",
    at="AdaGrad",
    given=[*SAME, v >= 0, alpha_t == alpha],
    show=same,
    expect="refuted",
    note="The slide does not say what alpha_t is; with a constant one the two differ from the second step on.",
)

# --- Padam, Adam, AMSGrad --------------------------------------------------------------------------------------------
USUAL = [alpha > 0, beta1 >= 0, beta1 < 1, beta2 > 0, beta2 < 1]
AVERAGES = {"mu": beta1, "nu": 1 - beta1, "beta": beta2, "om": 1 - beta2, "eta": alpha, "p": HALF}
state = Moments(theta, m, v, v_hat)
P.disagreement(
    "vt",
    r"v_t=\beta_1v_{t-1}+(1-\beta_1)g_t^2",
    at="proof sketch, against the definition of Padam",
    here=move(g, state, **AVERAGES | {"beta": beta1, "om": 1 - beta1}).v,
    there=move(g, state, **AVERAGES).v,
    given=[*USUAL, v >= 0],
    note="The definition has beta_2. Likewise x_t for theta_t and E grad|f| for E|grad f| in the proof sketch.",
)
P.disagreement(
    "vt.amsgrad",
    r"m_t=\beta m_{t-1}+(1-\beta)g_t,\ v_t=\beta v_{t-1}+(1-\beta)g_t^2",
    at="AMSGrad, against Adam, upon which it adds only the maximum",
    here=move(g, state, **AVERAGES | {"mu": beta, "nu": 1 - beta, "beta": beta, "om": 1 - beta}).m,
    there=move(g, state, **AVERAGES).m,
    given=[*USUAL, beta >= 0, beta < 1],
    note="One beta on the AMSGrad slide, beta_1 and beta_2 on the Adam slide.",
)


def two(**given):
    """Make two steps from rest and return the iterate."""
    return move(g2, move(g, Moments(theta, 0, 0, 0), **AVERAGES | given), **AVERAGES | given).x


m_next, v_next = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * (g * g)
P.misprint(
    "half",
    r"\text{Adam corresponds to Padam with }p=\tfrac12",
    at="Our Proposed Method",
    printed=inequality(given=USUAL, show=two(rho=1) == two()),
    meant=inequality(
        given=[*USUAL, v >= 0, v_hat > 0],
        show=move(g, state, rho=1, **AVERAGES).x == theta - alpha * m_next / sqrt(maximum(v_hat, v_next)),
    ),
    note="Padam keeps the maximum of v, so p = 1/2 is AMSGrad; Adam as on its slide, without bias correction.",
)
