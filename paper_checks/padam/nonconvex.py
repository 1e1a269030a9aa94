"""Padam on non-convex losses: the auxiliary sequence, the monotone step sizes, the rate and the table."""

from fractions import Fraction
from types import SimpleNamespace

from regretlab.claims import OPS, Paper, maximum, minimum, real, sqrt
from regretlab.claims.paper import inequality, ladder
from regretlab.methods import Coefficients, Moments, step

P = Paper("Padam", "Slides on Padam")

PLAIN = {"mu": 0, "nu": 1, "beta": 0, "om": 0, "rho": 0, "wd": 0, "eta": 1, "kap": 0, "c": 1, "p": 0, "eps": 0}
theta0, theta, g, g2, g3, m, v, v_hat = real("theta0 theta g g2 g3 m v v_hat")
last, now, alpha, beta1, beta, beta2, p = real("alpha1 alpha2 alpha beta1 beta beta2 p")
HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
UNIT = [beta1 >= 0, beta1 < 1, beta2 >= 0, beta2 < 1]


def padam(gradient, state, power=HALF, project=lambda x, w: x, **given):
    """One step of Padam; the step's root is read as the ``power``, so that p may be a symbol."""
    averages = {"mu": beta1, "nu": 1 - beta1, "beta": beta2, "om": 1 - beta2, "rho": 1, "eta": now, "p": HALF}
    ops = SimpleNamespace(**vars(OPS) | {"sqrt": lambda x: x**power})
    return step(state, gradient, Coefficients(**PLAIN | averages | given), project, ops)


def box(x, w):
    """Project onto [-1, 1]."""
    return minimum(1, maximum(-1, x))


# --- the auxiliary sequence ------------------------------------------------------------------------------------------
Z = (
    r"z_{t+1}-z_t=\frac{\beta_1}{1-\beta_1}\big(\alpha_{t-1}\hat V_{t-1}^{-p}-\alpha_t\hat V_t^{-p}\big)m_{t-1}"
    r"-\alpha_t\hat V_t^{-p}g_t"
)


def auxiliary(power, project=lambda x, w: x, before=None):
    """Two steps, from theta by the momentum m and then by g, and whether the printed difference of z is theirs.

    ``before`` is the beta1 that z_t is made with, if it is not that of the step.
    """
    x = project(theta - last * m / v_hat**power, None)
    after = padam(g, Moments(x, m, v, v_hat), power, project)
    b, b_before = beta1 / (1 - beta1), beta1 / (1 - beta1) if before is None else before / (1 - before)
    z, z_next = x + b_before * (x - theta), after.x + b * (after.x - x)
    scale, scale_next = last / v_hat**power, now / after.v_hat**power
    return z_next - z == b * (scale - scale_next) * m - scale_next * g


first = padam(g, Moments(theta, 0, 0, 0), p)
P.both(
    "z",
    Z,
    at="proof sketch, auxiliary sequence",
    statements=[
        inequality(given=[*UNIT, v >= 0, v_hat > 0], show=auxiliary(p)),
        inequality(
            given=[*UNIT, g != 0],
            show=first.x + beta1 / (1 - beta1) * (first.x - theta) - theta == -now / first.v_hat**p * g,
        ),
    ],
    note="For every p and every step sizes, at a general step and at the first one (m_0 = 0); constant beta1, "
    "theta_0 = theta_1, v_hat > 0 and no projection are needed.",
)
P.inequality(
    "z.schedule",
    Z + r"\quad\text{for }z_t\text{ made with }\beta_{1,t}",
    at="proof sketch, auxiliary sequence",
    given=[*UNIT, v >= 0, v_hat > 0, beta >= 0, beta < 1],
    show=auxiliary(HALF, before=beta),
    expect="refuted",
    note="With a beta1 that varies in time.",
)
P.inequality(
    "z.projected",
    Z + r"\quad\text{with projection onto }[-1,1]",
    at="proof sketch, auxiliary sequence",
    given=[*UNIT, v >= 0, v_hat > 0, theta >= -1, theta <= 1],
    show=auxiliary(HALF, box),
    expect="refuted",
    note="Theorem 1 speaks of a bounded set; this identity does not survive its projection.",
)
start = padam(g, Moments(theta, 0, 0, 0))
P.inequality(
    "z.start",
    r"z_2-z_1=-\alpha_1\hat V_1^{-p}g_1\quad\text{for every }\theta_0",
    at="proof sketch, auxiliary sequence",
    given=[*UNIT, g != 0],
    show=start.x - theta + beta1 / (1 - beta1) * (start.x - 2 * theta + theta0) == -now / sqrt(start.v_hat) * g,
    expect="refuted",
    note="z_1 = theta_1, which starts the induction, needs theta_0 = theta_1.",
)
P.inequality(
    "z.defined",
    Z,
    at="proof sketch, auxiliary sequence",
    given=[*UNIT, v >= 0, v_hat >= 0],
    show=auxiliary(HALF),
    expect="ill-posed",
    note="A coordinate whose gradients were all zero has v_hat = 0.",
)

# --- monotone step sizes ---------------------------------------------------------------------------------------------
MONO = r"\alpha_{t-1}\hat V_{t-1}^{-p}\succeq\alpha_t\hat V_t^{-p}"
a, b = real("a b")
higher = padam(g, Moments(theta, m, v, v_hat)).v_hat
monotone = [*UNIT, v >= 0, v_hat > 0, now >= 0, last >= now]
P.both(
    "mono",
    MONO,
    at="proof sketch, key property",
    statements=[
        ladder(f=a**p - b**p, x=a, start=b, given=[b > 0, a >= b, p >= 0]),
        inequality(given=[*monotone, a > 0, (v_hat > higher) | (a <= b)], show=last / a >= now / b),
        *(inequality(given=monotone, show=last / v_hat**q >= now / higher**q) for q in (HALF, QUARTER)),
    ],
    note="For every p >= 0: powers do not decrease, and then (a and b stand for the powers of v_hat_{t-1} and v_hat_t) "
    "neither do the steps increase; for p = 1/2 and 1/4 also directly.",
)
P.ladder(
    "mono.negative",
    r"v\ge w>0\Rightarrow v^p\ge w^p\quad\text{for every }p",
    at="proof sketch, key property",
    f=a**p - b**p,
    x=a,
    start=b,
    given=[b > 0, a >= b],
    expect="refuted",
    note="Needs p >= 0.",
)
P.inequality(
    "mono.zero",
    MONO,
    at="proof sketch, key property",
    given=[*UNIT, v >= 0, v_hat >= 0, now >= 0, last >= now],
    show=last / sqrt(v_hat) >= now / sqrt(higher),
    expect="ill-posed",
    note="Needs v_hat_1 > 0.",
)
P.inequality(
    "mono.steps",
    MONO,
    at="proof sketch, key property",
    given=[*UNIT, v >= 0, v_hat > 0, now >= 0, last >= 0],
    show=last / sqrt(v_hat) >= now / sqrt(higher),
    expect="refuted",
    note="Needs step sizes that do not increase.",
)


def without_maximum(gradients):
    """Return the second moments v_t from rest, without the maximum."""
    state, found = Moments(theta, 0, 0, 0), []
    for gradient in gradients:
        state = padam(gradient, state, rho=0, beta=HALF, om=HALF)
        found.append(state.v_hat)
    return found


free = without_maximum([g, g2, g3])
P.inequality(
    "mono.adam",
    r"\alpha_{t-1}V_{t-1}^{-1/2}\succeq\alpha_tV_t^{-1/2},\quad \alpha_t=\alpha/\sqrt t,\ t=3",
    at="proof sketch, key property",
    given=[alpha > 0, g != 0],
    show=alpha / sqrt(2) / sqrt(free[1]) >= alpha / sqrt(3) / sqrt(free[2]),
    expect="refuted",
    note="Without the maximum it fails: beta2 = 1/2, three steps from rest.",
)
