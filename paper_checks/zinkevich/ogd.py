"""Zinkevich (2003): the regret of projected online gradient descent, proved on the step that is simulated."""

from regretlab.claims import OPS, Paper, maximum, minimum, real, sqrt
from regretlab.methods import Coefficients, Moments, step

P = Paper("OGD", "Zinkevich (2003), Online convex programming and generalized infinitesimal gradient ascent")

x, star, g, eta, low, high = real("x x_star g eta low high")
w, w_next, d, d_next, D, S = real("w w_next d d_next D S")
alpha, T, G, R, W, A = real("alpha T G R W A")

after = step(
    Moments(x, 0, 0, 0),
    g,
    Coefficients(0, 1, 0, 1, 0, 0, eta, 0, 1, 0, 0),
    lambda y, weight: maximum(low, minimum(high, y)),
    OPS,
)
P.inequality(
    "step",
    r"g_t(x_t - x_*) \le \frac{(x_t-x_*)^2 - (x_{t+1}-x_*)^2}{2\alpha_t} + \frac{\alpha_t g_t^2}{2}",
    at="proof of Theorem 1, one step",
    given=[eta > 0, low <= star, star <= high],
    show=g * (x - star) <= ((x - star) ** 2 - (after.x - star) ** 2) / (2 * eta) + eta * g**2 / 2,
    note="One coordinate of the step that is simulated, projected onto [low, high].",
)
P.inequality(
    "sum",
    r"\sum_{t\le T} w_t (d_t - d_{t+1}) \le w_T (D^2 - d_{T+1}), \quad w_t = \tfrac{1}{2\alpha_t}",
    at="proof of Theorem 1, from T - 1 to T",
    given=[w >= 0, w_next >= w, d >= 0, d <= D**2, d_next >= 0, d_next <= D**2, w * (D**2 - d) >= S],
    show=S + w_next * (d - d_next) <= w_next * (D**2 - d_next),
    exports=W <= D**2 * sqrt(T) / (2 * alpha),
)
P.series(
    "steps",
    r"\sum_{t=1}^T \frac{1}{\sqrt t} \le 2\sqrt T - 1",
    at="proof of Theorem 1",
    term=lambda t: 1 / sqrt(t),
    bound=lambda N: 2 * sqrt(N) - 1,
    exports=alpha * (2 * sqrt(T) - 1) >= A,
)
P.derivation(
    "Thm1",
    r"R(T) \le \frac{D^2\sqrt T}{2\alpha} + \alpha G^2\Big(\sqrt T - \frac12\Big)",
    at="Theorem 1, alpha_t = alpha / sqrt(t)",
    uses=["step", "sum", "steps"],
    given=[alpha > 0, T >= 1, R <= W + A * G**2 / 2],
    show=R <= D**2 * sqrt(T) / (2 * alpha) + alpha * G**2 * (sqrt(T) - "1/2"),
    expect="follows",
    bounds=("sgd.zinkevich",),
    note="R <= W + A G^2/2 is the sum of the steps over t and coordinates; W is the sum of w_t (d_t - d_{t+1}), A that of alpha_t.",
)
