"""The one-neuron model of AdamBS's comparison with uniform sampling: it is not convex."""

from fractions import Fraction

from regretlab.claims import Paper, exp, log, maximum, real, where
from regretlab.claims.paper import inequality, scalar

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

a, b, u, A, B, r, z2, e, y = real("a b u A B r z2 e y")


def sigmoid(u):
    """Evaluate the logistic function."""
    return 1 / (1 + exp(-u))


def loss(u, y):
    """-y log sigma(ReLU(u)), u = z . theta, as printed."""
    return -y * log(sigmoid(maximum(u, 0)))


def slope(u, y):
    """Evaluate the printed gradient, without the factor z."""
    return where(u > 0, -y * (1 - sigmoid(maximum(u, 0))), 0)


P.inequality(
    "Model.convex",
    r"f_j(\theta)=-y_j\log\sigma(\mathrm{ReLU}(z_j^T\theta))\ \text{is convex, as §3 needs}\quad(y_j=1)",
    at="§4.3",
    show=loss((a + b) / 2, 1) <= (loss(a, 1) + loss(b, 1)) / 2,
    expect="refuted",
    corrected={
        "latex": r"\log(1+e^{-y\,z^T\theta})\text{ is convex}",
        "given": [A > 0, B > 0],
        "show": (1 + A * B) ** 2 <= (1 + A**2) * (1 + B**2),
        "note": "Convex at midpoints, in A = e^(-y u/2) and B = e^(-y v/2).",
    },
    changes="statement",
    note="Convexity at midpoints, with z = 1 and theta = a or b.",
)
P.denial(
    "Model.convex.gap",
    r"f(0)-\tfrac12(f(-1)+f(1))>0.1899427465\quad(y=1,\,z=1)",
    at="§4.3",
    statement=inequality(show=loss(0, 1) - (loss(-1, 1) + loss(1, 1)) / 2 <= Fraction(1899427465, 10**10)),
    note="How far it is from convex.",
)
P.inequality(
    "Model.convex.negative",
    r"f_j(\theta)=-y_j\log\sigma(\mathrm{ReLU}(z_j^T\theta))\ \text{is convex}\quad(y_j=-1,\ z_j^T\theta>0)",
    at="§4.3",
    given=[a > 0, b > 0],
    show=loss((a + b) / 2, -1) <= (loss(a, -1) + loss(b, -1)) / 2,
    expect="refuted",
    note="For the other label it is not convex even where the neuron is active.",
)
P.inequality(
    "Model.convex.step",
    r"f(\theta)-f(\theta^*)\le\langle\nabla f(\theta),\theta-\theta^*\rangle\quad(y=1,\,z=1)",
    at="§3: the step from losses to gradients in every regret bound",
    show=loss(a, 1) - loss(b, 1) <= slope(a, 1) * (a - b),
    expect="refuted",
    note="At an inactive neuron the gradient is 0 and the loss is not: from theta = -1 on [-1, 1] the regret is "
    "f(-1) - f(1) = 0.3798854930 in every round, see Thm3.",
)
P.inequality(
    "Model.convex.loss",
    r"-y_j\log\sigma(\mathrm{ReLU}(z_j^T\theta))\ge0\quad(y_j=-1)",
    at="§4.3: cross-entropy",
    show=loss(u, -1) >= 0,
    expect="refuted",
    note="A cross-entropy is not negative; for y = -1 it would be -log(1 - sigma).",
)
P.both(
    "Model.grad",
    r"g_j=-y_j\big(1-\sigma(\mathrm{ReLU}(z_j^T\theta))\big)1(z_j^T\theta>0)z_j,\quad\|g_j\|^2\le\|z_j\|^2"
    r"\quad(z_j^T\theta\ne0)",
    at="§4.3",
    statements=[
        inequality(given=[e > 0], show=-(e / (1 + e) ** 2) / (1 / (1 + e)) == -(1 - 1 / (1 + e))),
        scalar(f=Fraction(1, 2) - (1 - sigmoid(u)), x=u, a=0, b="oo"),
        scalar(f=1 - sigmoid(u), x=u, a=0, b="oo"),
        inequality(
            given=[r >= 0, r <= Fraction(1, 2), (y == 1) | (y == -1), z2 >= 0], show=(-y * r) ** 2 * z2 <= z2 / 4
        ),
    ],
    note="With e = exp(-u), u = z . theta > 0: the chain rule for log sigma(u), where e' = -e; then 0 <= 1 - "
    "sigma(u) <= 1/2, which gives the sharper |g|^2 <= |z|^2/4.",
)
P.inequality(
    "Model.grad.kink",
    r"f(v)\ge f(u)+g(u)(v-u)\quad\text{with }g(0)=0",
    at="§4.3, without z . theta != 0",
    given=[u == 0],
    show=loss(a, 1) >= loss(u, 1) + slope(u, 1) * (a - u),
    expect="refuted",
    note="At z . theta = 0 the printed gradient is not even a subgradient.",
)
