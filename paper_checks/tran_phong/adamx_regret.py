r"""AdamX: its regret for every T and d from the step that is simulated, by the theorem about projected steps.

For a non-increasing beta_{1,t} the factor ((1 - beta_t)/(1 - beta_{t-1}))^2 of AdamX's maximum is at least 1, so that
v_hat does not decrease, and the bound of AMSGrad holds as it stands.
"""

from regretlab.claims import (
    Paper,
    Sum,
    box,
    forall,
    index,
    log,
    maximum,
    minimum,
    real,
    sequence,
    sqrt,
    steps,
    use,
    where,
)

P = Paper("TP", "Tran & Phong (2019), On the convergence proof of AMSGrad and a new version")

t, T, i, d = index("t T i d")
alpha, beta1, beta2, eta, kappa, eps, low, high, star, D = real("alpha beta1 beta2 eta kappa eps low high x_star D")
b, g, v, x = map(sequence, ("b", "g", "v", "x"))
run = steps("adamx", gradients=g, beta1_t=b, beta2=beta2, alpha=alpha, eps=eps, project=box(low, high))
m, v_hat = run.m, run.v_hat


def total(term):
    """Sum a term over t."""
    return Sum(term, (t, 1, T))


def scale(t):
    """Return s_t."""
    return sqrt(v_hat[t]) + eps


def size(t):
    """Return a_t."""
    return alpha / sqrt(t)


ENERGY = (1 + beta1) / (2 * (1 - beta1))
FACTOR = kappa / (sqrt(1 - beta2) * (1 - eta))
NORM = sqrt(1 + log(T)) * sqrt(total(g[t] ** 2))
CONSTANT = kappa * alpha * (1 + beta1) * sqrt(1 + log(T)) / (2 * (1 - beta1) * sqrt(1 - beta2) * (1 - eta))


def diameter(scale_T):
    """Return the bound's first term."""
    return D**2 * sqrt(T) * scale_T / (2 * alpha * (1 - beta1))


RATES = [
    alpha > 0, eps >= 0, 0 <= beta1, beta1 < 1, 0 < beta2, beta2 < 1, eta == beta1 / sqrt(beta2), eta < 1, kappa >= 0,
]  # fmt: skip
DECAY = [
    b[1] <= beta1,
    forall(t, 1, None, b[t] >= 0),
    forall(t, 1, None, b[t + 1] <= b[t]),
    forall(t, 1, T, kappa >= 1 - b[t]),
]
step = size(t) * m[t]
ratio = ((1 - b[t]) / (1 - b[t - 1])) ** 2
P.theorem(
    "AdamX.step",
    r"x_{t+1} = \Pi(x_t - \alpha_t m_t/(\sqrt{\hat v_t}+\epsilon)) \text{ from the first round on}",
    at="Algorithm 2: the step that is simulated, where 0/0 is read as 0",
    where=[run],
    given=[
        alpha > 0, eps >= 0, 0 < beta2, beta2 < 1, forall(t, 1, None, b[t] < 1), forall(t, 1, None, scale(t) > 0),
    ],
    show=forall(t, 1, T, x[t + 1] == maximum(low, minimum(high, x[t] - size(t) * m[t] / scale(t)))),
    by=[
        forall(t, 1, None, 1 - b[t] > 0),
        forall(t, 1, None, (v[t] >= 0) & (v_hat[t] >= 0)),
        forall(t, 1, None, v_hat[t] >= v[t]),
        forall(t, 1, T, m[t] == b[t] * m[t - 1] + (1 - b[t]) * g[t]),
        forall(t, 1, T, v[t] == beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        x[2] == maximum(low, minimum(high, x[1] - where(size(1) * m[1] == 0, size(1) * m[1], size(1) * m[1] / scale(1)))),
        forall(t, 2, None, x[t + 1] == maximum(low, minimum(high, x[t] - where(step == 0, step, step / scale(t))))),
        forall(t, 1, None, x[t + 1] == maximum(low, minimum(high, x[t] - where(step == 0, step, step / scale(t))))),
        use("SF.convention", (t, 1, T), x_next=x[t + 1], x=x[t], u=step, s=scale(t)),
    ],
)  # fmt: skip
P.theorem(
    "AdamX.coordinate",
    r"\sum_{t\le T} g_t(x_t-x_*) \le \frac{D^2\sqrt T(\sqrt{\hat v_T}+\epsilon)}{2\alpha(1-\beta_1)}"
    r" + \frac{\kappa\alpha(1+\beta_1)\sqrt{1+\log T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)} \|g_{1:T}\|_2",
    at="Theorem 5.1's run, one coordinate, for every T",
    where=[run],
    given=[
        *RATES, *DECAY, low <= star, star <= high, low <= x[1], x[1] <= high, high - low <= D,
        forall(t, 1, None, scale(t) > 0),
    ],
    show=total(g[t] * (x[t] - star)) <= diameter(scale(T)) + CONSTANT * sqrt(total(g[t] ** 2)),
    by=[
        forall(t, 1, None, b[t] <= beta1),
        forall(t, 1, None, 1 - b[t] > 0),
        forall(t, 2, None, ratio >= 1),
        forall(t, 1, None, (v[t] >= 0) & (v_hat[t] >= 0)),
        forall(t, 1, None, v_hat[t] >= v[t]),
        forall(t, 2, None, v_hat[t] >= ratio * v_hat[t - 1]),
        forall(t, 2, None, ratio * v_hat[t - 1] >= v_hat[t - 1]),
        forall(t, 1, None, v_hat[t + 1] >= v_hat[t]),
        forall(t, 1, T, sqrt(v_hat[t + 1]) >= sqrt(v_hat[t])),
        forall(t, 1, T, scale(t) >= sqrt(v[t])),
        forall(t, 1, T, sqrt(t) * scale(t) <= sqrt(t + 1) * scale(t + 1)),
        forall(t, 1, T - 1, scale(t) / size(t) <= scale(t + 1) / size(t + 1)),
        forall(t, 1, T - 1, size(t + 1) <= size(t)),
        forall(t, 1, T, m[t] == b[t] * m[t - 1] + (1 - b[t]) * g[t]),
        forall(t, 1, T, v[t] == beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        x[2] == maximum(low, minimum(high, x[1] - where(size(1) * m[1] == 0, size(1) * m[1], size(1) * m[1] / scale(1)))),
        forall(
            t, 2, None, x[t + 1] == maximum(low, minimum(high, x[t] - where(step == 0, step, step / scale(t))))
        ),
        forall(
            t, 1, None, x[t + 1] == maximum(low, minimum(high, x[t] - where(step == 0, step, step / scale(t))))
        ),
        use("SF.convention", (t, 1, T), x_next=x[t + 1], x=x[t], u=step, s=scale(t)),
        use("SF.projected", a=size, s=scale),
        use("SF.moments", a=size, s=scale),
        use("SF.norms"),
        log(T) >= 0,
        forall(t, 1, T, g[t] ** 2 >= 0),
        total(0 * g[t]) <= total(g[t] ** 2),
        total(g[t] ** 2) >= 0,
        ENERGY >= 0,
        FACTOR >= 0,
        total(size(t) * abs(g[t])) <= alpha * NORM,
        use("Lemma.times", k=FACTOR, less=total(size(t) * abs(g[t])), more=alpha * NORM),
        total(size(t) * m[t] ** 2 / scale(t)) <= FACTOR * (alpha * NORM),
        use("Lemma.times", k=ENERGY, less=total(size(t) * m[t] ** 2 / scale(t)), more=FACTOR * (alpha * NORM)),
        ENERGY * (FACTOR * (alpha * NORM)) == CONSTANT * sqrt(total(g[t] ** 2)),
        D**2 * scale(T) / (2 * size(T) * (1 - beta1)) == diameter(scale(T)),
    ],
    note="The method's own step, whose first round has no maximum; the constants are ours, not those of Theorem 5.1.",
)  # fmt: skip
lows, highs, stars, grads, X, V = map(sequence, ("low", "high", "x_star", "g", "x", "v_hat"))
F, Fs = sequence("f"), sequence("f_star")
every = steps(
    "adamx", gradients=grads, over=i, beta1_t=b, beta2=beta2, alpha=alpha, eps=eps, project=box(lows[i], highs[i])
)


def each(relation):
    """Say it of every coordinate."""
    return forall(i, 1, d, relation)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


POSITIVE = forall(i, 1, None, forall(t, 1, None, sqrt(V[i, t]) + eps > 0))
P.theorem(
    "AdamX.moments",
    r"v_{t,i} \ge 0,\quad \hat v_{t,i} \ge 0",
    at="Algorithm 2: what is under its roots",
    where=[every],
    given=[alpha > 0, 0 < beta2, beta2 < 1, forall(t, 1, None, b[t] < 1), POSITIVE],
    show=forall(i, 1, None, forall(t, 1, None, (every.v[i, t] >= 0) & (V[i, t] >= 0))),
    by=[forall(t, 1, None, 1 - b[t] > 0)],
)
gain = grads[i, t] * (X[i, t] - stars[i])
one = diameter(sqrt(V[i, T]) + eps)
two = CONSTANT * sqrt(total(grads[i, t] ** 2))
P.theorem(
    "AdamX.regret",
    r"R(T) \le \frac{D^2\sqrt T}{2\alpha(1-\beta_1)} \sum_{i\le d} \big(\sqrt{\hat v_{T,i}}+\epsilon\big)"
    r" + \frac{\kappa\alpha(1+\beta_1)\sqrt{1+\log T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)}"
    r" \sum_{i\le d} \|g_{1:T,i}\|_2",
    at="Theorem 5.1's run, for every T and d",
    where=[every],
    given=[
        *RATES, *DECAY, each(lows[i] <= stars[i]), each(stars[i] <= highs[i]), each(lows[i] <= X[i, 1]),
        each(X[i, 1] <= highs[i]), each(highs[i] - lows[i] <= D), POSITIVE,
        forall(t, 1, T, F[t] - Fs[t] <= coordinates(gain)),
    ],
    show=total(F[t] - Fs[t]) <= coordinates(one) + coordinates(two),
    by=[
        forall(t, 1, None, b[t] <= beta1),
        forall(t, 1, None, b[t] < 1),
        use("AdamX.moments"),
        use(
            "AdamX.coordinate", (i, 1, d), g=lambda t: grads[i, t], x=lambda t: X[i, t], m=lambda t: every.m[i, t],
            v=lambda t: every.v[i, t], v_hat=lambda t: V[i, t], x_star=stars[i], low=lows[i], high=highs[i],
        ),
        log(T) >= 0,
        each(forall(t, 1, T, grads[i, t] ** 2 >= 0)),
        each(total(0 * grads[i, t]) <= total(grads[i, t] ** 2)),
        each(total(grads[i, t] ** 2) >= 0),
        coordinates(total(gain)) <= coordinates(one + two),
        total(F[t] - Fs[t]) <= total(coordinates(gain)),
        use("Lemma.chain", less=total(F[t] - Fs[t]), middle=coordinates(total(gain)), more=coordinates(one) + coordinates(two)),
    ],
    note="The bound that SF.AMSGrad proves of AMSGrad; f_t(x_t) - f_t(x*) <= <g_t, x_t - x*> is all that is used of "
    "convexity.",
)  # fmt: skip
