r"""Ours: the regret of projected adaptive steps, for every horizon and dimension, from the step that is simulated.

``projected`` is about any step x - a_t m_t/s_t that is projected onto an interval, with first moments of a
non-increasing beta_{1,t} and s_t/a_t that does not decrease; ``moments`` bounds the energy that it leaves. Together
they give AMSGrad's bound, coordinate by coordinate, and summed over coordinates that of its regret.

A public Lean formalisation of the same papers has a schedule-free potential for AMSGrad as well, and Alacaoglu,
Malitsky, Mertikopoulos and Cevher (2020) have a bound for a constant beta_1. Ours are the constants, the simulated
step, and the certificates.
"""

from regretlab.claims import (
    Paper,
    Sum,
    box,
    define,
    forall,
    index,
    log,
    maximum,
    minimum,
    real,
    recursive,
    sequence,
    sqrt,
    steps,
    use,
    where,
)

P = Paper("SF", "Ours: the corrected AMSGrad bound")

t, T, i, d = index("t T i d")
alpha, beta1, beta2, eta, kappa, eps, low, high, star, D = real("alpha beta1 beta2 eta kappa eps low high x_star D")
a, b, g, m, s, v, x = map(sequence, ("a", "b", "g", "m", "s", "v", "x"))
ENERGY = (1 + beta1) / (2 * (1 - beta1))
DECAY = [0 <= beta1, beta1 < 1, b[1] <= beta1, forall(t, 1, T + 1, b[t] >= 0), forall(t, 1, T, b[t + 1] <= b[t])]
BOX = [low <= star, star <= high, low <= x[1], x[1] <= high, high - low <= D]
MOMENTS = [m[0] == 0, forall(t, 1, T, m[t] == b[t] * m[t - 1] + (1 - b[t]) * g[t])]


def total(term, to=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, to))


# --- any projected step ----------------------------------------------------------------------------------------------
c = define("c", lambda t: b[t] / (1 - b[t]), stop=T + 1)
w = define("w", lambda t: s[t] / (2 * a[t]), stop=T)
e = define("e", lambda t: a[t] * m[t] ** 2 / s[t], stop=T)
dist = define("dist", lambda t: (x[t] - star) ** 2)
A = define("A", lambda t: m[t] * (x[t] - star))
n = index("n")
gain = g[t] * (x[t] - star)
moved = (1 + c[t] - c[t + 1]) * w[t] * (dist[t] - dist[t + 1])
spent = (1 + c[t] + c[t + 1]) / 2 * e[t]
P.theorem(
    "projected",
    r"\sum_{t\le T} g_t(x_t-x_*) \le \frac{D^2 s_T}{2a_T(1-\beta_1)}"
    r" + \frac{1+\beta_1}{2(1-\beta_1)} \sum_{t\le T} \frac{a_t m_t^2}{s_t}",
    at="steps 1 to 3, for every T",
    where=[c, w, e, dist, A],
    given=[
        *DECAY,
        forall(t, 1, T, a[t] > 0),
        forall(t, 1, T, s[t] > 0),
        forall(t, 1, T - 1, s[t] / a[t] <= s[t + 1] / a[t + 1]),
        *MOMENTS,
        forall(t, 1, T, x[t + 1] == maximum(low, minimum(high, x[t] - a[t] * m[t] / s[t]))),
        *BOX,
    ],
    show=total(gain) <= D**2 * s[T] / (2 * a[T] * (1 - beta1)) + ENERGY * total(a[t] * m[t] ** 2 / s[t]),
    by=[
        forall(t, 1, T + 1, b[t] <= beta1),
        forall(t, 1, T + 1, c[t] >= 0),
        forall(t, 1, T + 1, c[t] <= beta1 / (1 - beta1)),
        forall(t, 1, T, c[t + 1] <= c[t]),
        forall(t, 1, T + 1, c[t] <= c[1]),
        forall(t, 1, T + 1, (low <= x[t]) & (x[t] <= high)),
        forall(t, 1, T + 1, dist[t] <= D**2),
        forall(t, 1, T + 1, dist[t] >= 0),
        forall(t, 1, T, w[t] > 0),
        forall(t, 1, T - 1, w[t] <= w[t + 1]),
        forall(t, 1, T, e[t] >= 0),
        forall(t, 1, T, gain == (1 + c[t]) * A[t] - c[t] * (m[t - 1] * (x[t] - star))),
        use("projection", (t, 1, T), s=s[t], alpha=a[t], x=x[t], m=m[t]),
        forall(t, 1, T, A[t] <= w[t] * (dist[t] - dist[t + 1]) + e[t] / 2),
        use("move", (t, 1, T), s=s[t], alpha=a[t], x=x[t], m=m[t]),
        forall(t, 1, T, abs(m[t] * (x[t + 1] - x[t])) <= a[t] * m[t] ** 2 / s[t]),
        forall(t, 1, T, abs(m[t] * (x[t + 1] - x[t])) <= e[t]),
        forall(t, 1, T - 1, -e[t] <= m[t] * (x[t + 1] - x[t])),
        forall(t, 2, T, A[t - 1] - e[t - 1] <= m[t - 1] * (x[t] - star)),
        forall(t, 2, T, c[t] * (A[t - 1] - e[t - 1]) <= c[t] * (m[t - 1] * (x[t] - star))),
        forall(t, 2, T, gain <= (1 + c[t]) * A[t] - c[t] * (A[t - 1] - e[t - 1])),
        g[1] * (x[1] - star) <= (1 + c[1]) * A[1],
        forall(
            t,
            1,
            T,
            (1 + c[t] - c[t + 1]) * A[t] <= (1 + c[t] - c[t + 1]) * (w[t] * (dist[t] - dist[t + 1]) + e[t] / 2),
        ),
        forall(n, 1, T, total(gain, n) <= total(moved, n) + total(spent, n) + c[n + 1] * (A[n] - e[n])),
        forall(n, 1, T, total(moved, n) <= w[n] * (D**2 - dist[n + 1]) + (c[1] - c[n + 1]) * w[n] * D**2),
        forall(t, 1, T, spent <= ENERGY * e[t]),
        total(spent) <= total(ENERGY * e[t]),
        c[T + 1] * (A[T] - e[T]) <= c[T + 1] * w[T] * D**2,
        w[T] * (1 + c[1]) * D**2 <= w[T] * D**2 / (1 - beta1),
        total(gain) <= w[T] * D**2 / (1 - beta1) + total(ENERGY * e[t]),
        total(e[t]) == total(a[t] * m[t] ** 2 / s[t]),
    ],
    note="One coordinate. In the proof c = b/(1 - b), w = s/(2a), dist = (x - x*)^2, A = m (x - x*) and e = a m^2/s.",
)

# --- the energy of the moments ---------------------------------------------------------------------------------------
Q = recursive("Q", 0, lambda before, t: b[t] * before + (1 - b[t]) * g[t] ** 2)
p = recursive("P", 0, lambda before, t: eta * before + kappa * abs(g[t]))
FACTOR = kappa / (sqrt(1 - beta2) * (1 - eta))
RATES = [0 <= beta1, beta1 < 1, 0 < beta2, beta2 < 1, eta == beta1 / sqrt(beta2), eta < 1, kappa >= 0]
P.theorem(
    "moments",
    r"\sum_{t\le T} \frac{a_t m_t^2}{s_t} \le \frac{\kappa}{\sqrt{1-\beta_2}(1-\eta)} \sum_{t\le T} a_t|g_t|"
    r"\quad\text{for } s_t \ge \sqrt{v_t}",
    at="step 4, for every T",
    where=[Q, p],
    given=[
        *RATES,
        forall(t, 1, T, (0 <= b[t]) & (b[t] <= beta1)),
        forall(t, 1, T, kappa >= 1 - b[t]),
        *MOMENTS,
        v[0] == 0,
        forall(t, 1, T, v[t] == beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        forall(t, 1, T, a[t] > 0),
        forall(t, 1, T - 1, a[t + 1] <= a[t]),
        forall(t, 1, T, s[t] > 0),
        forall(t, 1, T, s[t] >= sqrt(v[t])),
    ],
    show=total(a[t] * m[t] ** 2 / s[t]) <= FACTOR * total(a[t] * abs(g[t])),
    by=[
        eta >= 0,
        beta1 == eta * sqrt(beta2),
        forall(t, 0, T, v[t] >= 0),
        forall(t, 1, T, sqrt(v[t]) ** 2 == beta2 * sqrt(v[t - 1]) ** 2 + (1 - beta2) * g[t] ** 2),
        forall(t, 1, T, sqrt(beta2) * sqrt(v[t - 1]) <= sqrt(v[t])),
        forall(t, 1, T, sqrt(1 - beta2) * abs(g[t]) <= sqrt(v[t])),
        forall(t, 0, T, Q[t] >= 0),
        forall(t, 0, T, p[t] >= 0),
        forall(t, 0, T, m[t] ** 2 <= Q[t]),
        forall(t, 0, T, Q[t] * sqrt(1 - beta2) <= sqrt(v[t]) * p[t]),
        forall(t, 1, T, m[t] ** 2 * sqrt(1 - beta2) <= s[t] * p[t]),
        forall(t, 1, T, a[t] * m[t] ** 2 / s[t] <= a[t] * p[t] / sqrt(1 - beta2)),
        total(a[t] * m[t] ** 2 / s[t]) <= total(a[t] * p[t] / sqrt(1 - beta2)),
        forall(t, 1, T - 1, eta * p[t] >= 0),
        forall(t, 1, T - 1, eta * p[t] * a[t + 1] <= eta * p[t] * a[t]),
        forall(
            n,
            1,
            T,
            total(a[t] * p[t], n) + eta / (1 - eta) * p[n] * a[n] <= kappa / (1 - eta) * total(a[t] * abs(g[t]), n),
        ),
        total(a[t] * p[t]) <= kappa / (1 - eta) * total(a[t] * abs(g[t])),
    ],
    note="One coordinate; kappa = 1 for a schedule beta_{1,t}, 1 - beta1 for a constant beta1. In the proof Q is the "
    "average of g^2 with the weights of m, and P_t = eta P_{t-1} + kappa |g_t|.",
)
NORM = sqrt(1 + log(T)) * sqrt(total(g[t] ** 2))
SQUARES = [forall(t, 1, T, g[t] ** 2 >= 0), total(0 * g[t]) <= total(g[t] ** 2), total(g[t] ** 2) >= 0]
P.theorem(
    "norms",
    r"\sum_{t\le T} \frac{|g_t|}{\sqrt t} \le \sqrt{1+\log T}\,\|g_{1:T}\|_2",
    at="step 4, the harmonic Cauchy-Schwarz inequality",
    show=total(abs(g[t]) / sqrt(t)) <= NORM,
    by=[
        use("Lemma.cauchy", w=lambda t: 1, a=lambda t: abs(g[t]), b=lambda t: 1 / sqrt(t)),
        use("Lemma.harmonic"),
        forall(t, 1, T, (1 / sqrt(t)) ** 2 == 1 / t),
        total((1 / sqrt(t)) ** 2) == total(1 / t),
        forall(t, 1, T, abs(g[t]) ** 2 == g[t] ** 2),
        total(abs(g[t]) ** 2) == total(g[t] ** 2),
        *SQUARES,
        total(1 / t) * total(g[t] ** 2) <= (1 + log(T)) * total(g[t] ** 2),
        forall(t, 1, T, abs(g[t]) / sqrt(t) >= 0),
        total(0 * g[t]) <= total(abs(g[t]) / sqrt(t)),
        total(abs(g[t]) / sqrt(t)) >= 0,
        log(T) >= 0,
        total(abs(g[t]) / sqrt(t)) ** 2 <= (1 + log(T)) * total(g[t] ** 2),
    ],
)

# --- AMSGrad ---------------------------------------------------------------------------------------------------------
run = steps("amsgrad", gradients=g, beta1_t=b, lam=1, beta2=beta2, alpha=alpha, eps=eps, project=box(low, high))


def scale(t):
    """Return s_t."""
    return sqrt(run.v_hat[t]) + eps


def size(t):
    """Return a_t."""
    return alpha / sqrt(t)


def diameter(scale_T):
    """Return the bound's first term."""
    return D**2 * sqrt(T) * scale_T / (2 * alpha * (1 - beta1))


CONSTANT = kappa * alpha * (1 + beta1) * sqrt(1 + log(T)) / (2 * (1 - beta1) * sqrt(1 - beta2) * (1 - eta))
step = size(t) * run.m[t]
REST = [alpha > 0, eps >= 0, *RATES, *DECAY[2:], forall(t, 1, T, kappa >= 1 - b[t])]
P.theorem(
    "AMSGrad.coordinate",
    r"\sum_{t\le T} g_t(x_t-x_*) \le \frac{D^2\sqrt T(\sqrt{\hat v_T}+\epsilon)}{2\alpha(1-\beta_1)}"
    r" + \frac{\kappa\alpha(1+\beta_1)\sqrt{1+\log T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)} \|g_{1:T}\|_2",
    at="the bound for one coordinate, for every T",
    where=[run],
    given=[*REST, *BOX, forall(t, 1, None, scale(t) > 0)],
    show=total(gain) <= diameter(scale(T)) + CONSTANT * sqrt(total(g[t] ** 2)),
    by=[
        forall(t, 1, T + 1, b[t] <= beta1),
        forall(t, 0, None, (v[t] >= 0) & (run.v_hat[t] >= 0)),
        forall(t, 1, T, run.v_hat[t] >= v[t]),
        forall(t, 1, T, run.v_hat[t + 1] >= run.v_hat[t]),
        forall(t, 1, T, sqrt(run.v_hat[t + 1]) >= sqrt(run.v_hat[t])),
        forall(t, 1, T, scale(t) >= sqrt(v[t])),
        forall(t, 1, T, sqrt(t) * scale(t) <= sqrt(t + 1) * scale(t + 1)),
        forall(t, 1, T - 1, scale(t) / size(t) <= scale(t + 1) / size(t + 1)),
        forall(t, 1, T - 1, size(t + 1) <= size(t)),
        forall(t, 1, T, x[t + 1] == maximum(low, minimum(high, x[t] - where(step == 0, step, step / scale(t))))),
        use("convention", (t, 1, T), x_next=x[t + 1], x=x[t], u=step, s=scale(t)),
        use("projected", a=size, s=scale),
        use("moments", a=size, s=scale),
        use("norms"),
        log(T) >= 0,
        *SQUARES,
        ENERGY >= 0,
        FACTOR >= 0,
        total(size(t) * abs(g[t])) <= alpha * NORM,
        use("Lemma.times", k=FACTOR, less=total(size(t) * abs(g[t])), more=alpha * NORM),
        total(size(t) * m[t] ** 2 / scale(t)) <= FACTOR * (alpha * NORM),
        use("Lemma.times", k=ENERGY, less=total(size(t) * m[t] ** 2 / scale(t)), more=FACTOR * (alpha * NORM)),
        ENERGY * (FACTOR * (alpha * NORM)) == CONSTANT * sqrt(total(g[t] ** 2)),
        D**2 * scale(T) / (2 * size(T) * (1 - beta1)) == diameter(scale(T)),
    ],
    note="The method's own step and coefficients; beta_{1,t} is any non-increasing sequence. A positive s_t is what the "
    "paper supposes when it divides by it.",
)
lows, highs, stars, G, X, V = map(sequence, ("low", "high", "x_star", "g", "x", "v_hat"))
F, Fs = sequence("f"), sequence("f_star")
every = steps(
    "amsgrad", gradients=G, over=i, beta1_t=b, lam=1, beta2=beta2, alpha=alpha, eps=eps, project=box(lows[i], highs[i])
)


def each(relation):
    """Say it of every coordinate."""
    return forall(i, 1, d, relation)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


first = diameter(sqrt(V[i, T]) + eps)
second = CONSTANT * sqrt(total(G[i, t] ** 2))
P.theorem(
    "AMSGrad",
    r"R(T) \le \frac{D^2\sqrt T}{2\alpha(1-\beta_1)} \sum_{i\le d} \big(\sqrt{\hat v_{T,i}}+\epsilon\big)"
    r" + \frac{\kappa\alpha(1+\beta_1)\sqrt{1+\log T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)}"
    r" \sum_{i\le d} \|g_{1:T,i}\|_2",
    at="the bound, for every T and d",
    where=[every],
    given=[
        *REST,
        each(lows[i] <= stars[i]),
        each(stars[i] <= highs[i]),
        each(lows[i] <= X[i, 1]),
        each(X[i, 1] <= highs[i]),
        each(highs[i] - lows[i] <= D),
        forall(i, 1, None, forall(t, 1, None, sqrt(V[i, t]) + eps > 0)),
        forall(t, 1, T, F[t] - Fs[t] <= coordinates(G[i, t] * (X[i, t] - stars[i]))),
    ],
    show=total(F[t] - Fs[t]) <= coordinates(first) + coordinates(second),
    by=[
        forall(i, 1, None, forall(t, 0, None, (every.v[i, t] >= 0) & (V[i, t] >= 0))),
        use(
            "AMSGrad.coordinate", (i, 1, d), g=lambda t: G[i, t], x=lambda t: X[i, t], m=lambda t: every.m[i, t],
            v=lambda t: every.v[i, t], v_hat=lambda t: V[i, t], x_star=stars[i], low=lows[i], high=highs[i],
        ),
        log(T) >= 0,
        each(forall(t, 1, T, G[i, t] ** 2 >= 0)),
        each(total(0 * G[i, t]) <= total(G[i, t] ** 2)),
        each(total(G[i, t] ** 2) >= 0),
        coordinates(total(G[i, t] * (X[i, t] - stars[i]))) <= coordinates(first + second),
        total(F[t] - Fs[t]) <= total(coordinates(G[i, t] * (X[i, t] - stars[i]))),
    ],
    note="f_t(x_t) - f_t(x*) <= <g_t, x_t - x*> is all that is used of convexity. For a constant beta_1 Alacaoglu et "
    "al. (2020) have such a bound; a public Lean formalisation has a schedule-free potential too.",
    bounds=("amsgrad.schedule_free",),
)  # fmt: skip
