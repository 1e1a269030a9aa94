r"""Reddi, Kale & Kumar (2018), Theorem 4 as printed: any beta_{1,t} <= beta_1, for every T and d, from the simulated step.

The printed proof has a gap (Thm4.pulled, TP.Monotone), and the schedule need not decrease; SF.scheduled needs neither. (A
public Lean formalisation of the same paper has the theorem, too.)
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

P = Paper("Reddi", "Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond")

t, T, i, d = index("t T i d")
alpha, beta1, beta2, eta, low, high, star, D = real("alpha beta1 beta2 eta low high x_star D")
b, g, v, x, V, F, Fs = map(sequence, ("b", "g", "v", "x", "v_hat", "f", "f_star"))
lows, highs, stars = map(sequence, ("low", "high", "x_star"))
METHOD = {"beta1_t": b, "lam": 1, "beta2": beta2, "alpha": alpha, "eps": 0}
one = steps("amsgrad", gradients=g, project=box(low, high), **METHOD)
every = steps("amsgrad", gradients=g, over=i, project=box(lows[i], highs[i]), **METHOD)
m, v_hat = one.m, one.v_hat


def total(term):
    """Sum a term over t."""
    return Sum(term, (t, 1, T))


def scale(t):
    """Return s_t."""
    return sqrt(v_hat[t])


def size(t):
    """Return a_t."""
    return alpha / sqrt(t)


FACTOR = 1 / (sqrt(1 - beta2) * (1 - eta))
THIRD = alpha * sqrt(1 + log(T)) / ((1 - beta1) ** 2 * sqrt(1 - beta2) * (1 - eta))
NORM = sqrt(1 + log(T)) * sqrt(total(g[t] ** 2))
K = beta1 * (1 - beta1)
energy, energy_g = total(size(t) * m[t] ** 2 / scale(t)), total(size(t) * g[t] ** 2 / scale(t))
second = total(b[t] * sqrt(v_hat[t]) * sqrt(t) / alpha)
step = size(t) * m[t]
RATES = [
    alpha > 0,
    0 <= beta1,
    beta1 < 1,
    0 < beta2,
    beta2 < 1,
    eta == beta1 / sqrt(beta2),
    eta < 1,
    forall(t, 1, T, (0 <= b[t]) & (b[t] <= beta1)),
]
P.theorem(
    "Thm4.coordinate",
    r"\sum_{t\le T} g_t(x_t-x_*) \le \frac{D_\infty^2\sqrt{T\hat v_T}}{2\alpha}"
    r"+ \frac{D_\infty^2}{2(1-\beta_1)} \sum_t \frac{\beta_{1,t}\sqrt{\hat v_t}}{\alpha_t}"
    r"+ \frac{\alpha\sqrt{1+\ln T}}{(1-\beta_1)^2(1-\eta)\sqrt{1-\beta_2}} \|g_{1:T}\|_2",
    at="Theorem 4, one coordinate, for every T",
    where=[one],
    given=[
        *RATES,
        low <= star,
        star <= high,
        low <= x[1],
        x[1] <= high,
        high - low <= D,
        forall(t, 1, None, scale(t) > 0),
    ],
    show=total(g[t] * (x[t] - star))
    <= D**2 * sqrt(T) * scale(T) / (2 * alpha) + D**2 / (2 * (1 - beta1)) * second + THIRD * sqrt(total(g[t] ** 2)),
    by=[
        forall(t, 0, None, (v[t] >= 0) & (v_hat[t] >= 0)),
        forall(t, 1, T, v_hat[t] >= v[t]),
        forall(t, 1, T, v_hat[t + 1] >= v_hat[t]),
        forall(t, 1, T, scale(t + 1) >= scale(t)),
        forall(t, 1, T, scale(t) >= sqrt(v[t])),
        forall(t, 1, T, v[t] >= (1 - beta2) * g[t] ** 2),
        forall(t, 1, T, sqrt(v[t]) >= sqrt(1 - beta2) * abs(g[t])),
        forall(t, 1, T, scale(t) >= sqrt(1 - beta2) * abs(g[t])),
        forall(t, 1, T, sqrt(t) * scale(t) <= sqrt(t + 1) * scale(t + 1)),
        forall(t, 1, T - 1, scale(t) / size(t) <= scale(t + 1) / size(t + 1)),
        forall(t, 1, T - 1, size(t + 1) <= size(t)),
        forall(t, 1, T, x[t + 1] == maximum(low, minimum(high, x[t] - where(step == 0, step, step / scale(t))))),
        use("SF.convention", (t, 1, T), x_next=x[t + 1], x=x[t], u=step, s=scale(t)),
        use("SF.scheduled", a=size, s=scale),
        use("SF.moments", a=size, s=scale, kappa=1),
        use("SF.norms"),
        log(T) >= 0,
        forall(t, 1, T, g[t] ** 2 >= 0),
        total(0 * g[t]) <= total(g[t] ** 2),
        total(g[t] ** 2) >= 0,
        forall(t, 1, T, g[t] ** 2 == abs(g[t]) * abs(g[t])),
        forall(t, 1, T, abs(g[t]) / scale(t) <= 1 / sqrt(1 - beta2)),
        forall(t, 1, T, size(t) * g[t] ** 2 / scale(t) == size(t) * abs(g[t]) * (abs(g[t]) / scale(t))),
        1 / sqrt(1 - beta2) <= FACTOR,
        forall(t, 1, T, abs(g[t]) / scale(t) <= FACTOR),
        forall(t, 1, T, size(t) * abs(g[t]) >= 0),
        forall(t, 1, T, size(t) * g[t] ** 2 / scale(t) <= FACTOR * (size(t) * abs(g[t]))),
        energy_g <= total(FACTOR * (size(t) * abs(g[t]))),
        FACTOR >= 0,
        total(size(t) * abs(g[t])) <= alpha * NORM,
        use("Lemma.times", k=FACTOR, less=total(size(t) * abs(g[t])), more=alpha * NORM),
        energy <= FACTOR * (alpha * NORM),
        energy_g <= FACTOR * (alpha * NORM),
        K >= 0,
        NORM >= 0,
        FACTOR * (alpha * NORM) >= 0,
        use("Lemma.times", k="1/2" + K, less=energy, more=FACTOR * (alpha * NORM)),
        use("Lemma.times", k=K, less=energy_g, more=FACTOR * (alpha * NORM)),
        "1/2" + K + K <= 1 / (1 - beta1) ** 2,
        ("1/2" + K) * energy + K * energy_g <= ("1/2" + K + K) * (FACTOR * (alpha * NORM)),
        ("1/2" + K) * energy + K * energy_g <= 1 / (1 - beta1) ** 2 * (FACTOR * (alpha * NORM)),
        1 / (1 - beta1) ** 2 * (FACTOR * (alpha * NORM)) == THIRD * sqrt(total(g[t] ** 2)),
        D**2 * scale(T) / (2 * size(T)) == D**2 * sqrt(T) * scale(T) / (2 * alpha),
        forall(t, 1, T, b[t] * scale(t) / size(t) == b[t] * scale(t) * sqrt(t) / alpha),
        total(b[t] * scale(t) / size(t)) == second,
        D**2 / (2 * (1 - beta1)) * total(b[t] * scale(t) / size(t)) == D**2 / (2 * (1 - beta1)) * second,
        total(g[t] * (x[t] - star))
        <= D**2 * sqrt(T) * scale(T) / (2 * alpha)
        + D**2 / (2 * (1 - beta1)) * second
        + ("1/2" + K) * energy
        + K * energy_g,
        ("1/2" + K) * energy + K * energy_g <= THIRD * sqrt(total(g[t] ** 2)),
    ],
    note="The method's own step; the first term is (1 - beta_1)/2 times the printed one.",
)
norm = sqrt(total(g[i, t] ** 2))
half = D**2 * sqrt(T) * sqrt(V[i, T]) / (2 * alpha)
first = D**2 * sqrt(T) / (alpha * (1 - beta1))
old = D**2 / (2 * (1 - beta1)) * total(b[t] * sqrt(V[i, t]) * sqrt(t) / alpha)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


P.theorem(
    "Thm4",
    r"R_T \le \frac{D_\infty^2\sqrt T}{\alpha(1-\beta_1)} \sum_i \sqrt{\hat v_{T,i}}"
    r"+ \frac{D_\infty^2}{2(1-\beta_1)} \sum_{i,t} \frac{\beta_{1,t}\sqrt{\hat v_{t,i}}}{\alpha_t}"
    r"+ \frac{\alpha\sqrt{1+\ln T}}{(1-\beta_1)^2(1-\eta)\sqrt{1-\beta_2}} \sum_i \|g_{1:T,i}\|_2",
    at="Theorem 4",
    where=[every],
    given=[
        *RATES,
        forall(i, 1, d, lows[i] <= stars[i]),
        forall(i, 1, d, stars[i] <= highs[i]),
        forall(i, 1, d, lows[i] <= x[i, 1]),
        forall(i, 1, d, x[i, 1] <= highs[i]),
        forall(i, 1, d, highs[i] - lows[i] <= D),
        forall(i, 1, None, forall(t, 1, None, sqrt(V[i, t]) > 0)),
        forall(t, 1, T, F[t] - Fs[t] <= coordinates(g[i, t] * (x[i, t] - stars[i]))),
    ],
    show=total(F[t] - Fs[t])
    <= first * coordinates(sqrt(V[i, T]))
    + D**2 / (2 * (1 - beta1)) * coordinates(total(b[t] * sqrt(V[i, t]) * sqrt(t) / alpha))
    + THIRD * coordinates(norm),
    by=[
        forall(i, 1, None, forall(t, 0, None, (every.v[i, t] >= 0) & (V[i, t] >= 0))),
        use(
            "Thm4.coordinate", (i, 1, d), g=lambda t: g[i, t], x=lambda t: x[i, t], m=lambda t: every.m[i, t],
            v=lambda t: every.v[i, t], v_hat=lambda t: V[i, t], x_star=stars[i], low=lows[i], high=highs[i],
        ),
        log(T) >= 0,
        forall(i, 1, d, forall(t, 1, T, g[i, t] ** 2 >= 0)),
        forall(i, 1, d, total(0 * g[i, t]) <= total(g[i, t] ** 2)),
        forall(i, 1, d, total(g[i, t] ** 2) >= 0),
        forall(i, 1, d, sqrt(V[i, T]) >= 0),
        forall(i, 1, d, half <= first * sqrt(V[i, T])),
        coordinates(half) <= coordinates(first * sqrt(V[i, T])),
        coordinates(total(g[i, t] * (x[i, t] - stars[i]))) <= coordinates(half + old + THIRD * norm),
        total(F[t] - Fs[t]) <= total(coordinates(g[i, t] * (x[i, t] - stars[i]))),
        total(F[t] - Fs[t]) <= coordinates(half) + coordinates(old) + coordinates(THIRD * norm),
        coordinates(old) == D**2 / (2 * (1 - beta1)) * coordinates(total(b[t] * sqrt(V[i, t]) * sqrt(t) / alpha)),
        coordinates(THIRD * norm) == THIRD * coordinates(norm),
    ],
    bounds=("amsgrad.theorem4", "amsgrad.theorem4_arxiv"),
    note="For any schedule beta_{1,t} <= beta_1, and s_t > 0, which the paper supposes when it divides by it. The second term is ICLR's; "
    "arXiv's has 1/(1 - beta_1)^2 for 1/(2 (1 - beta_1)), which is more.",
)  # fmt: skip
