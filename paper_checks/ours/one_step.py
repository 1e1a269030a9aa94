r"""Ours: one projected step, what 0/0 is read as, and the weights of a step with bias correction."""

from regretlab.claims import Paper, forall, index, maximum, minimum, real, where

P = Paper("SF", "Ours: the corrected AMSGrad bound")

t = index("t")
alpha, beta2, s, low, high, m, x, star, after, u = real("alpha beta2 s low high m x x_star x_next u")
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
    "convention",
    r"x_{t+1} = \Pi(x_t - a_t m_t/s_t)",
    at="what is simulated: 0/0 is read as 0",
    given=[s > 0, after == maximum(low, minimum(high, x - where(u == 0, u, u / s)))],
    show=after == maximum(low, minimum(high, x - u / s)),
)
P.theorem(
    "bias",
    r"\frac{t+1}{1-\beta_2^{t+1}} \ge \frac{t}{1-\beta_2^t}",
    at="the bound with bias correction",
    given=[beta2 > 0, beta2 < 1],
    show=forall(t, 1, None, (t + 1) / (1 - beta2 ** (t + 1)) >= t / (1 - beta2**t)),
    by=[
        forall(t, 0, None, (0 < beta2**t) & (beta2**t <= 1)),
        forall(t, 1, None, beta2**t <= beta2),
        forall(t, 1, None, beta2 ** (t + 1) == beta2 * beta2**t),
        forall(t, 1, None, 1 - beta2**t > 0),
        forall(t, 1, None, 1 - beta2**t >= t * beta2**t * (1 - beta2)),
        forall(t, 1, None, t * (1 - beta2 ** (t + 1)) <= (t + 1) * (1 - beta2**t)),
    ],
    note="So sqrt(t) s_t does not decrease with s_t = (sqrt(v_hat_t/(1 - beta2^t)) + eps)(1 - beta1^t), and the bound covers "
    "bias correction.",
)
