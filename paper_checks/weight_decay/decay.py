"""Weight decay and L2 regularisation: the same for SGD, different for momentum, AdaGrad and Adam."""

from fractions import Fraction

from regretlab.claims import OPS, Paper, real, sqrt
from regretlab.claims.paper import denial, inequality
from regretlab.methods import Coefficients, Moments, step

P = Paper("WD", "Slides on Adam, bias correction and weight decay")

PLAIN = {"mu": 0, "nu": 1, "beta": 0, "om": 0, "rho": 0, "wd": 0, "eta": 1, "kap": 0, "c": 1, "p": 0, "eps": 0}
theta, g, g2, lam, C, m, r = real("theta g g2 lambda C m r")
eta, eta2, alpha, eps, delta, rho1, rho2 = real("eta eta2 alpha epsilon delta rho1 rho2")


def run(gradients, start=None, *, decay=None, l2=None, **given):
    """Return the states after each step from ``start``, with x / ``l2`` in the gradient or decay by ``decay``."""
    k = Coefficients(**PLAIN | given | ({} if decay is None else {"wd": decay}))
    states = [start or Moments(theta, 0, 0, 0)]
    for gradient in gradients:
        last = states[-1]
        states.append(step(last, gradient if l2 is None else last.x / l2 + gradient, k, lambda x, w: x, OPS))
    return states[1:]


def equal(first, second):
    """Check that the last iterates agree."""
    return first[-1].x == second[-1].x


# --- stochastic gradient ---------------------------------------------------------------------------------------------
sgd_l2, sgd_decay, sgd_rate = run([g], l2=C, eta=eta), run([g], decay=lam, eta=eta), run([g], decay=eta / C, eta=eta)
P.both(
    "SGD",
    r"\theta-\eta(\theta/C+g)=(1-\lambda)\theta-\eta g \iff \lambda=\eta/C",
    at="Weight Decay I-III",
    statements=[
        inequality(given=[C > 0, lam == eta / C], show=equal(sgd_l2, sgd_decay)),
        inequality(given=[C > 0, theta != 0, equal(sgd_l2, sgd_decay)], show=lam == eta / C),
    ],
    note="'Only if' needs theta != 0; with a step size that varies, the decay rate has to vary with it.",
)
P.inequality(
    "SGD.zero",
    r"\theta-\eta(\theta/C+g)=(1-\lambda)\theta-\eta g \Rightarrow \lambda=\eta/C",
    at="Weight Decay III",
    given=[C > 0, equal(sgd_l2, sgd_decay)],
    show=lam == eta / C,
    expect="refuted",
    note="At theta = 0 any decay rate gives the same step.",
)
P.inequality(
    "SGD.schedule",
    r"\theta_t-\eta_t(\theta_t/C+g_t)=(1-\lambda)\theta_t-\eta_tg_t,\quad \lambda=\eta_1/C",
    at="Weight Decay III",
    given=[C > 0, eta > 0, eta2 > 0],
    show=equal(run([g2], sgd_l2[-1], l2=C, eta=eta2), run([g2], sgd_rate[-1], decay=eta / C, eta=eta2)),
    expect="refuted",
    note="A constant decay rate does not follow a step size that varies.",
)

# --- AdaGrad ---------------------------------------------------------------------------------------------------------
ADAGRAD = {"beta": 1, "om": 1, "eta": eps, "p": Fraction(1, 2)}
theta2, r2 = real("theta2 r2")
one, two = Moments(theta, 0, 0, 0), Moments(theta2, 0, 0, 0)
P.both(
    "AdaGrad",
    r"\theta-\frac{\epsilon}{\sqrt r+\delta}\odot\Big(g+\frac\theta C\Big)\ne"
    r"(1-\lambda)\theta-\frac{\epsilon}{\sqrt r+\delta}\odot g",
    at="Weight Decay III-IV",
    statements=[
        denial(
            statement=inequality(
                given=[eps > 0, C > 0],
                show=equal(run([g, g2], l2=C, **ADAGRAD), run([g, g2], decay=eps / C, **ADAGRAD)),
            )
        ),
        inequality(
            given=[eps > 0, C > 0, theta > 0, g > 0, theta2 > 0, g2 < 0, g2 > -theta2 / C],
            show=~(
                equal(run([g], one, l2=C, **ADAGRAD), run([g], one, decay=lam, **ADAGRAD))
                & equal(run([g2], two, l2=C, **ADAGRAD), run([g2], two, decay=lam, **ADAGRAD))
            ),
        ),
    ],
    note="Neither the decay rate epsilon/C nor any other: no rate fits two coordinates, one with g > 0 and one with "
    "-theta/C < g < 0 (first step, delta = 0).",
)
slide_l2, slide_decay = (
    [Moments(start - eps / (sqrt(v) + delta) * (gradient + l2) - decay * start, 0, 0, 0)]
    for start, v, gradient, l2, decay in ((theta, r, g, theta / C, 0), (theta, r, g, 0, lam))
)
P.both(
    "AdaGrad.rate",
    r"\frac{\epsilon}{\sqrt{r_i}+\delta}\cdot\frac{\theta_i}C=\lambda\theta_i \iff "
    r"\lambda=\frac{\epsilon}{C(\sqrt{r_i}+\delta)}",
    at="Weight Decay IV",
    statements=[
        inequality(
            given=[C > 0, r >= 0, delta > 0, lam == eps / (C * (sqrt(r) + delta))], show=equal(slide_l2, slide_decay)
        ),
        inequality(
            given=[C > 0, r >= 0, delta > 0, theta != 0, equal(slide_l2, slide_decay)],
            show=lam == eps / (C * (sqrt(r) + delta)),
        ),
        inequality(
            given=[C > 0, eps > 0, delta > 0, r >= 0, r2 >= 0, lam == eps / (C * (sqrt(r) + delta)), r != r2],
            show=lam != eps / (C * (sqrt(r2) + delta)),
        ),
    ],
    note="With the same r in both forms, as on the slide: each coordinate asks for its own decay rate, and coordinates "
    "with different r_i ask for different ones.",
)

# --- momentum --------------------------------------------------------------------------------------------------------
BALL = {"mu": alpha, "eta": eta}
ball_l2, ball_decay = run([g, g2], l2=C, **BALL), run([g, g2], decay=eta / C, **BALL)
general = Moments(theta, m, 0, 0)
P.inequality(
    "momentum",
    r"v\leftarrow\alpha v-\eta(\theta/C+g),\ \theta\leftarrow\theta+v \quad\equiv\quad "
    r"v\leftarrow\alpha v-\eta g,\ \theta\leftarrow\theta+v-\eta\theta/C",
    at="Weight Decay V",
    given=[eta > 0, C > 0, alpha >= 0, alpha < 1],
    show=equal(ball_l2, ball_decay),
    expect="refuted",
    corrected={
        "latex": r"\text{equal after two steps with }\theta_0\ne0 \iff \alpha=0",
        "given": [eta > 0, C > 0, theta != 0],
        "show": (equal(ball_l2, ball_decay) & (alpha == 0)) | (~equal(ball_l2, ball_decay) & (alpha != 0)),
    },
    changes="hypothesis",
    note="The slide calls the second form equivalent. Two steps from v = 0, with v = -eta m.",
)
P.inequality(
    "momentum.plain",
    r"\alpha=0\ \Rightarrow\ \text{both forms take the same step from every state}",
    at="Weight Decay V",
    given=[C > 0, alpha == 0],
    show=equal(run([g], general, l2=C, **BALL), run([g], general, decay=eta / C, **BALL)),
)
P.inequality(
    "momentum.first",
    r"\theta_1\text{ is the same for both forms}",
    at="Weight Decay V",
    given=[C > 0],
    show=ball_l2[0].x == ball_decay[0].x,
)
P.inequality(
    "momentum.gap",
    r"\theta_2^{L_2}-\theta_2^{\mathrm{decay}}=-\alpha\eta\theta_0/C",
    at="Weight Decay V",
    given=[C > 0],
    show=ball_l2[1].x - ball_decay[1].x == -alpha * eta * theta / C,
)

# --- Adam ------------------------------------------------------------------------------------------------------------
ADAM = {
    "mu": rho1,
    "nu": 1 - rho1,
    "beta": rho2,
    "om": 1 - rho2,
    "eta": eps / (1 - rho1),
    "c": 1 / (1 - rho2),
    "p": Fraction(1, 2),
    "eps": delta,
}
USUAL = [eps > 0, C > 0, rho1 > 0, rho1 < 1, rho2 > 0, rho2 < 1, delta >= 0]
adam_l2, adam_w = run([g], l2=C, **ADAM), run([g], decay=eps / C, **ADAM)
P.denial(
    "AdamW",
    r"\text{AdamW is not equivalent to Adam with }\theta/C\text{ in }g",
    at="AdamW I-II",
    statement=inequality(given=USUAL, show=equal(adam_l2, adam_w)),
    note="First step from s = r = 0. The slide prints zeta where C is meant.",
)
zero_l2, zero_w = run([0 * g], l2=C, **ADAM), run([0 * g], decay=eps / C, **ADAM)
P.inequality(
    "AdamW.zero",
    r"g=0,\ \delta=0,\ \theta>0:\quad \theta-\epsilon\ \text{for Adam with }L_2,"
    r"\quad \theta-\epsilon\theta/C\ \text{for AdamW}",
    at="AdamW II",
    given=[*USUAL, delta == 0, theta > 0],
    show=(zero_l2[-1].x == theta - eps) & (zero_w[-1].x == theta - eps * theta / C),
    note="Scaled by the root of r the L2 term loses C and theta altogether, which decay beside the step keeps.",
)
P.inequality(
    "AdamW.rate",
    r"\text{no decay rate }\lambda\text{ makes them equal in two coordinates }\theta\ne\theta_2>0\text{ where }g=0",
    at="AdamW II",
    given=[*USUAL, delta == 0, theta > 0, theta2 > 0, theta != theta2],
    show=~(
        equal(zero_l2, run([0 * g], decay=lam, **ADAM))
        & equal(run([0 * g], two, l2=C, **ADAM), run([0 * g], two, decay=lam, **ADAM))
    ),
)
