r"""Reddi, Kale & Kumar (2018), proof of Theorem 4: pulling 1/(1 - beta_{1,t}) out of a sum, and then telescoping it.

With w_t = s_t/(2 alpha_t), c_t = 1/(1 - beta_{1,t}) and d_t = (x_t - x*)^2 in [0, D^2] the proof has sum c_t w_t (d_t - d_{t+1}).
The line that replaces c_t by c_1 is false. What it is for is true if neither w_t decreases nor beta_{1,t} increases, and
false for other schedules. :func:`layout` asks the two questions for a rule of v_hat: may the factor be pulled out (then
SF.projected holds as well, which needs no such line), or does the sum telescope with the factor inside?

Which later proofs have that line is to be read in them; of those the texts were not available, and nothing is said here.
"""

from regretlab.claims import OPS, Paper, Sum, forall, index, real, sequence
from regretlab.methods import Coefficients, Moments, step

P = Paper("Reddi", "Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond")

t, n, T = index("t n T")
D = real("D")
w, c, d = map(sequence, ("w", "c", "d"))
w1, w2, c1, c2, d1, d2, d3, d4 = real("w1 w2 c1 c2 d1 d2 d3 d4")
POINTS = [d1 >= 0, d1 <= D**2, d2 >= 0, d2 <= D**2, d3 >= 0, d3 <= D**2]


def total(term, to=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, to))


P.inequality(
    "Thm4.pulled",
    r"\sum_{t\le T} \frac{w_t}{1-\beta_{1,t}} (d_t - d_{t+1}) \le \frac{1}{1-\beta_1} \sum_{t\le T} w_t (d_t - d_{t+1})",
    at="proof of Theorem 4: 1/(1 - beta_{1,t}) is pulled out, T = 2",
    given=[w1 >= 0, w2 >= w1, c2 >= 1, c1 >= c2, *POINTS],
    show=c1 * w1 * (d1 - d2) + c2 * w2 * (d2 - d3) <= c1 * (w1 * (d1 - d2) + w2 * (d2 - d3)),
    expect="refuted",
    corrected={
        "latex": r"\dots \le \frac{1}{1-\beta_1} \Big(w_1 d_1 + \sum_{t=2}^T (w_t - w_{t-1}) d_t\Big)",
        "given": [w1 >= 0, w2 >= w1, c2 >= 1, c1 >= c2, *POINTS],
        "show": c1 * w1 * (d1 - d2) + c2 * w2 * (d2 - d3) <= c1 * (w1 * d1 + (w2 - w1) * d2),
    },
    changes="statement",
    note="c_t = 1/(1 - beta_{1,t}) does not increase here: a round that moves away from x* has a smaller factor than it is given. "
    "Without the last point's term it is true.",
)
WEIGHTS = [w[1] >= 0, forall(t, 1, T - 1, w[t] <= w[t + 1])]
DISTANCES = [forall(t, 1, T + 1, (0 <= d[t]) & (d[t] <= D**2))]
P.theorem(
    "Thm4.telescoped",
    r"\beta_{1,t+1} \le \beta_{1,t},\ w_t \le w_{t+1} \;\Rightarrow\; "
    r"\sum_{t\le T} \frac{w_t}{1-\beta_{1,t}} (d_t - d_{t+1}) \le \frac{D_\infty^2 w_T}{1-\beta_1}",
    at="proof of Theorem 4: what the line is for, for every T",
    given=[*WEIGHTS, *DISTANCES, forall(t, 1, T, c[t] >= 0), forall(t, 1, T - 1, c[t + 1] <= c[t])],
    show=total(c[t] * w[t] * (d[t] - d[t + 1])) <= c[1] * w[T] * D**2,
    by=[
        forall(t, 1, T, w[t] >= 0),
        forall(t, 1, T, c[t] <= c[1]),
        forall(t, 1, T, c[t] * w[t] * d[t + 1] >= 0),
        forall(t, 1, T - 1, (c[1] - c[t]) * w[t] <= (c[1] - c[t]) * w[t + 1]),
        forall(t, 1, T - 1, (c[1] - c[t]) * w[t + 1] <= (c[1] - c[t + 1]) * w[t + 1]),
        forall(t, 1, T - 1, c[t + 1] * w[t + 1] - c[t] * w[t] <= c[1] * w[t + 1] - c[1] * w[t]),
        forall(t, 1, T - 1, (c[t + 1] * w[t + 1] - c[t] * w[t]) * d[t + 1] <= (c[1] * w[t + 1] - c[1] * w[t]) * d[t + 1]),
        forall(t, 1, T - 1, (c[1] * w[t + 1] - c[1] * w[t]) * d[t + 1] <= (c[1] * w[t + 1] - c[1] * w[t]) * D**2),
        forall(
            n, 1, T, total(c[t] * w[t] * (d[t] - d[t + 1]), n) <= c[1] * w[n] * D**2 - c[n] * w[n] * d[n + 1]
        ),
    ],
    note="So a proof that pulls the factor out ends where it should, with c_1 = 1/(1 - beta_1), for every method whose s_t/alpha_t does not "
    "decrease and every schedule that does not increase.",
)  # fmt: skip
P.inequality(
    "Thm4.telescoped.any",
    r"w_t \le w_{t+1} \;\Rightarrow\; \sum_{t\le T} \frac{w_t}{1-\beta_{1,t}} (d_t - d_{t+1}) \le \frac{D_\infty^2 w_T}{1-\beta_1}",
    at="the same for any beta_{1,t} <= beta_1, T = 3",
    given=[w1 >= 0, c1 >= 1, c2 >= 1, c2 <= c1, *POINTS, d4 >= 0, d4 <= D**2],
    show=w1 * (c1 * (d1 - d2) + c2 * (d2 - d3) + c1 * (d3 - d4)) <= c1 * w1 * D**2,
    expect="refuted",
    note="beta_{1,t} = beta_1, less, beta_1 with equal weights: the factor leaves the sum only if the schedule does not increase.",
)

V, v, g, m, x, beta, beta_next, beta2, k, share = real("V v g m x beta beta_next beta2 k share")
STATE = [V >= 0, v >= 0, k >= 2, beta2 > 0, beta2 < 1, beta_next >= 0, beta >= beta_next, beta < 1]


def layout(id, rule, latex, after, given=(), weights="proved", inside="refuted"):
    """Claim, for a rule of the scale, that s_t/alpha_t does not decrease, and that s_t/(alpha_t (1 - beta_{1,t})) does not.

    ``after`` is s_t^2 as a term of V = s_{t-1}^2, v, g, beta, beta_next and k = t; alpha_t = alpha/sqrt(t). A method with the
    first and without the second is one whose proof has to pull the factor out, which Thm4.telescoped mends.
    """
    P.inequality(
        f"Thm4.weights.{id}",
        rf"{latex}: \quad \frac{{s_t}}{{\alpha_t}} \ge \frac{{s_{{t-1}}}}{{\alpha_{{t-1}}}}",
        at=f"layout of Theorem 4's proof: {rule}",
        given=[*STATE, *given],
        show=after * k >= V * (k - 1),
        expect=weights,
        note="Squared.",
    )
    P.inequality(
        f"Thm4.inside.{id}",
        rf"{latex}: \quad \frac{{s_t}}{{\alpha_t(1-\beta_{{1,t}})}} \ge \frac{{s_{{t-1}}}}{{\alpha_{{t-1}}(1-\beta_{{1,t-1}})}}",
        at=f"layout of Theorem 4's proof: {rule}",
        given=[*STATE, *given],
        show=after * k / (1 - beta_next) ** 2 >= V * (k - 1) / (1 - beta) ** 2,
        expect=inside,
        note="Squared; beta_{1,t} = beta_next <= beta = beta_{1,t-1}.",
    )


def simulated(ratchet):
    """Return s_t^2 of the simulated step, from v_hat = V and v."""
    return step(
        Moments(x, m, v, V),
        g,
        Coefficients(beta_next, 1 - beta_next, beta2, 1 - beta2, ratchet, 0, 0, 0, 1, 0, 0),
        lambda y, weight: y,
        OPS,
    ).v_hat


layout("adam", "Adam", r"v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2", beta2 * V + (1 - beta2) * g**2, weights="refuted")
layout("amsgrad", "AMSGrad", r"\hat v_t = \max(\hat v_{t-1}, v_t)", simulated(1))
layout(
    "adamx",
    "AdamX",
    r"\hat v_t = \max\Big(\Big(\tfrac{1-\beta_{1,t}}{1-\beta_{1,t-1}}\Big)^2 \hat v_{t-1}, v_t\Big)",
    simulated(((1 - beta_next) / (1 - beta)) ** 2),
    inside="proved",
)
layout(
    "mean",
    "a weighted mean of squares, AdaGrad's and AdamNC's with b_t = 1",
    r"v_t = \frac{B_{t-1}}{B_t} v_{t-1} + \frac{b_t}{B_t} g_t^2, \ \frac{B_t}{t} \le \frac{B_{t-1}}{t-1}",
    share * V + (1 - share) * g**2,
    given=[share >= (k - 1) / k, share <= 1],
)
