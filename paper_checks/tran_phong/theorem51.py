r"""Tran & Phong (2019), Theorem 5.1, for every T and d: AdamX's regret from the step that is simulated.

Young's inequality may have any weight r_t with r_t (1 - beta_{1,t-1}) <= 1 - beta_{1,t}. With equality the second term has
the printed constant for every beta_{1,t} <= beta_1, and the third one half of it; with r_t = 1 a beta_{1,t} that does not
increase has a third term smaller still.
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
    real,
    sequence,
    sqrt,
    steps,
    use,
)

P = Paper("TP", "Tran & Phong (2019), On the convergence proof of AMSGrad and a new version")

t, T, i, d = index("t T i d")
alpha, beta1, beta2, eta, low, high, star, D, bound, K = real("alpha beta1 beta2 eta low high x_star D G K")
b, g, r, v, x = map(sequence, ("b", "g", "r", "v", "x"))
run = steps("adamx", gradients=g, beta1_t=b, beta2=beta2, alpha=alpha, eps=0, project=box(low, high))
m, v_hat = run.m, run.v_hat


def total(term, low=1):
    """Sum a term over t."""
    return Sum(term, (t, low, T))


def scale(t):
    """Return s_t."""
    return sqrt(v_hat[t])


def size(t):
    """Return a_t."""
    return alpha / sqrt(t)


RATES = [alpha > 0, 0 <= beta1, beta1 < 1, 0 < beta2, beta2 < 1, eta == beta1 / sqrt(beta2), eta < 1]
MOMENTUM = [forall(t, 1, None, (0 <= b[t]) & (b[t] <= beta1))]
WEIGHTS = [
    forall(t, 2, T, r[t] > 0),
    forall(t, 2, T, r[t] * (1 - b[t - 1]) <= 1 - b[t]),
    forall(t, 1, T, K >= 1 / (1 - b[t]) / 2),
    forall(t, 2, T, K >= 1 / (1 - b[t - 1]) / 2 + b[t] / (1 - b[t]) / (2 * r[t])),
]
FIRST = D**2 * bound * sqrt(T) / (2 * alpha * (1 - beta1))
SECOND = D**2 * bound / (2 * alpha * (1 - beta1))
THIRD = alpha * sqrt(1 + log(T)) / (sqrt(1 - beta2) * (1 - eta))
NORM = sqrt(1 + log(T)) * sqrt(total(g[t] ** 2))
FACTOR = 1 / (sqrt(1 - beta2) * (1 - eta))
z = define("z", lambda t: scale(t) / (1 - b[t]))
ratio = ((1 - b[t]) / (1 - b[t - 1])) ** 2
late = b[t] / (1 - b[t]) * (r[t] * scale(t - 1) / (2 * size(t - 1)) * D**2)
shown = SECOND * (b[t] * sqrt(t - 1))
energy = total(size(t) * m[t] ** 2 / scale(t))
P.theorem(
    "AdamX5.1.coordinate",
    r"\sum_{t\le T} g_t(x_t-x_*) \le \frac{D^2 G\sqrt T}{2\alpha(1-\beta_1)}"
    r" + \frac{D^2 G}{2\alpha(1-\beta_1)} \sum_{t=2}^T \beta_{1,t}\sqrt{t-1}"
    r" + K \frac{\alpha\sqrt{1+\log T}}{\sqrt{1-\beta_2}(1-\eta)} \|g_{1:T}\|_2",
    at="Theorem 5.1, one coordinate, for every T",
    where=[run, z],
    given=[
        *RATES, *MOMENTUM, *WEIGHTS, low <= star, star <= high, low <= x[1], x[1] <= high, high - low <= D,
        forall(t, 1, T, abs(g[t]) <= bound), forall(t, 1, None, scale(t) > 0),
    ],
    show=total(g[t] * (x[t] - star)) <= FIRST + SECOND * total(b[t] * sqrt(t - 1), 2) + K * (THIRD * sqrt(total(g[t] ** 2))),
    by=[
        forall(t, 1, None, b[t] < 1),
        forall(t, 1, None, 1 - b[t] > 0),
        forall(t, 1, None, (v[t] >= 0) & (v_hat[t] >= 0)),
        forall(t, 1, None, v_hat[t] >= v[t]),
        forall(t, 1, T, scale(t) >= sqrt(v[t])),
        forall(t, 2, None, v_hat[t] == maximum(ratio * v_hat[t - 1], v[t])),
        forall(t, 1, T, g[t] ** 2 <= bound**2),
        bound >= 0,
        forall(t, 1, T, v[t] <= bound**2),
        forall(t, 1, None, 1 / (1 - b[t]) <= 1 / (1 - beta1)),
        forall(t, 1, None, v_hat[t] / (1 - b[t]) ** 2 == z[t] ** 2),
        forall(t, 1, None, z[t] >= 0),
        forall(t, 2, None, ratio * v_hat[t - 1] == (1 - b[t]) ** 2 * z[t - 1] ** 2),
        forall(t, 1, None, v_hat[t] == (1 - b[t]) ** 2 * z[t] ** 2),
        forall(t, 2, None, z[t] ** 2 == maximum(z[t - 1] ** 2, v[t] / (1 - b[t]) ** 2)),
        z[1] ** 2 == v[1] / (1 - b[1]) ** 2,
        forall(t, 2, None, z[t - 1] ** 2 <= z[t] ** 2),
        forall(t, 2, None, z[t - 1] <= z[t]),
        forall(t, 1, T, v[t] <= (1 - b[t]) ** 2 * (bound / (1 - beta1)) ** 2),
        forall(t, 1, T, v[t] / (1 - b[t]) ** 2 <= (bound / (1 - beta1)) ** 2),
        forall(t, 1, T, z[t] ** 2 <= (bound / (1 - beta1)) ** 2),
        forall(t, 1, T, z[t] <= bound / (1 - beta1)),
        forall(t, 2, T, sqrt(t - 1) * z[t - 1] <= sqrt(t) * z[t]),
        forall(t, 1, T, scale(t) / (2 * size(t) * (1 - b[t])) == sqrt(t) * z[t] / (2 * alpha)),
        forall(t, 2, T, scale(t - 1) / (2 * size(t - 1) * (1 - b[t - 1])) <= scale(t) / (2 * size(t) * (1 - b[t]))),
        forall(t, 1, T - 1, size(t + 1) <= size(t)),
        forall(t, 1, T, m[t] == b[t] * m[t - 1] + (1 - b[t]) * g[t]),
        forall(t, 1, T, v[t] == beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        use("AdamX.step", eps=0),
        use("AdamX5.1.projected", a=size, s=scale),
        use("SF.moments", a=size, s=scale, kappa=1),
        use("SF.norms"),
        D**2 * scale(T) / (2 * size(T) * (1 - b[T])) == D**2 * (sqrt(T) * z[T] / (2 * alpha)),
        sqrt(T) * z[T] <= sqrt(T) * (bound / (1 - beta1)),
        D**2 * (sqrt(T) * z[T] / (2 * alpha)) <= FIRST,
        D**2 * scale(T) / (2 * size(T) * (1 - b[T])) <= FIRST,
        forall(t, 2, T, r[t] * scale(t - 1) <= (1 - b[t]) * z[t - 1]),
        forall(t, 2, T, b[t] / (1 - b[t]) * (r[t] * scale(t - 1)) <= b[t] * z[t - 1]),
        forall(t, 2, T, b[t] * z[t - 1] <= b[t] * (bound / (1 - beta1))),
        forall(t, 2, T, D**2 * sqrt(t - 1) / (2 * alpha) >= 0),
        forall(t, 2, T, late == b[t] / (1 - b[t]) * (r[t] * scale(t - 1)) * (D**2 * sqrt(t - 1) / (2 * alpha))),
        forall(t, 2, T, late <= b[t] * (bound / (1 - beta1)) * (D**2 * sqrt(t - 1) / (2 * alpha))),
        forall(t, 2, T, late <= shown),
        total(late, 2) <= total(shown, 2),
        log(T) >= 0,
        forall(t, 1, T, g[t] ** 2 >= 0),
        total(0 * g[t]) <= total(g[t] ** 2),
        total(g[t] ** 2) >= 0,
        K >= 0,
        FACTOR >= 0,
        total(size(t) * abs(g[t])) <= alpha * NORM,
        use("Lemma.times", k=FACTOR, less=total(size(t) * abs(g[t])), more=alpha * NORM),
        energy <= FACTOR * (alpha * NORM),
        use("Lemma.times", k=K, less=energy, more=FACTOR * (alpha * NORM)),
        FACTOR * (alpha * NORM) == THIRD * sqrt(total(g[t] ** 2)),
        K * energy <= K * (THIRD * sqrt(total(g[t] ** 2))),
        total(late, 2) <= SECOND * total(b[t] * sqrt(t - 1), 2),
        use(
            "Lemma.terms", less=total(g[t] * (x[t] - star)), a=D**2 * scale(T) / (2 * size(T) * (1 - b[T])), b=total(late, 2),
            c=K * energy, u=FIRST, v=SECOND * total(b[t] * sqrt(t - 1), 2), w=K * (THIRD * sqrt(total(g[t] ** 2))),
        ),
    ],
)  # fmt: skip

# --- all coordinates --------------------------------------------------------------------------------------------------
lows, highs, stars, grads, X, V = map(sequence, ("low", "high", "x_star", "g", "x", "v_hat"))
F, Fs = sequence("f"), sequence("f_star")
every = steps(
    "adamx", gradients=grads, over=i, beta1_t=b, beta2=beta2, alpha=alpha, eps=0, project=box(lows[i], highs[i])
)


def each(relation):
    """Say it of every coordinate."""
    return forall(i, 1, d, relation)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


NORMS = coordinates(sqrt(total(grads[i, t] ** 2)))
LAG = total(b[t] * sqrt(t - 1), 2)
RUN = [
    each(lows[i] <= stars[i]),
    each(stars[i] <= highs[i]),
    each(lows[i] <= X[i, 1]),
    each(X[i, 1] <= highs[i]),
    each(highs[i] - lows[i] <= D),
    each(forall(t, 1, T, abs(grads[i, t]) <= bound)),
    forall(i, 1, None, forall(t, 1, None, sqrt(V[i, t]) > 0)),
    forall(t, 1, T, F[t] - Fs[t] <= coordinates(grads[i, t] * (X[i, t] - stars[i]))),
]
MEANT = [
    forall(t, 1, None, b[t] < 1),
    use("AdamX.moments", eps=0),
    each(forall(t, 1, T, grads[i, t] ** 2 >= 0)),
    each(total(0 * grads[i, t]) <= total(grads[i, t] ** 2)),
    each(total(grads[i, t] ** 2) >= 0),
]
REGRET = total(F[t] - Fs[t])
one = FIRST + SECOND * LAG + K * (THIRD * sqrt(total(grads[i, t] ** 2)))
P.theorem(
    "AdamX5.1.regret",
    r"R(T) \le \frac{d D^2 G\sqrt T}{2\alpha(1-\beta_1)}"
    r" + \frac{d D^2 G}{2\alpha(1-\beta_1)} \sum_{t=2}^T \beta_{1,t}\sqrt{t-1}"
    r" + K \frac{\alpha\sqrt{1+\log T}}{\sqrt{1-\beta_2}(1-\eta)} \sum_{i\le d} \|g_{1:T,i}\|_2",
    at="Theorem 5.1 with a weight in Young's inequality, for every T and d",
    where=[every],
    given=[*RATES, *MOMENTUM, *WEIGHTS, *RUN],
    show=REGRET <= d * FIRST + d * SECOND * LAG + K * THIRD * NORMS,
    by=[
        *MEANT,
        use(
            "AdamX5.1.coordinate", (i, 1, d), g=lambda t: grads[i, t], x=lambda t: X[i, t], m=lambda t: every.m[i, t],
            v=lambda t: every.v[i, t], v_hat=lambda t: V[i, t], x_star=stars[i], low=lows[i], high=highs[i],
        ),
        log(T) >= 0,
        coordinates(total(grads[i, t] * (X[i, t] - stars[i]))) <= coordinates(one),
        coordinates(one) == d * FIRST + d * SECOND * LAG + K * THIRD * NORMS,
        REGRET <= total(coordinates(grads[i, t] * (X[i, t] - stars[i]))),
        use(
            "Lemma.chain", less=REGRET, middle=coordinates(total(grads[i, t] * (X[i, t] - stars[i]))), more=coordinates(one)
        ),
        use("Lemma.chain", less=REGRET, middle=coordinates(one), more=d * FIRST + d * SECOND * LAG + K * THIRD * NORMS),
    ],
    note="f_t(x_t) - f_t(x*) <= <g_t, x_t - x*> is all that is used of convexity. r_t is the weight, K bounds what it leaves.",
)  # fmt: skip
DIAMETER = r"R(T) \le \frac{d D_\infty^2 G_\infty\sqrt T}{2\alpha(1-\beta_1)} + "
MOMENTA = r"\frac{d D_\infty^2 G_\infty}{2\alpha(1-\beta_1)} \sum_{t=2}^T \beta_{1,t}\sqrt{t-1} + "
GRADIENTS = r"\frac{\alpha\sqrt{1+\log T}}{(1-\beta_1)^2\sqrt{1-\beta_2}(1-\eta)} \sum_{i\le d} \|g_{1:T,i}\|_2"
GIVEN = [*RATES, *MOMENTUM, *RUN]
PRINTED = alpha * sqrt(1 + log(T)) / ((1 - beta1) ** 2 * sqrt(1 - beta2) * (1 - eta))
NOT_NEGATIVE = [
    log(T) >= 0,
    THIRD >= 0,
    each(sqrt(total(grads[i, t] ** 2)) >= 0),
    coordinates(0 * stars[i]) <= NORMS,
    NORMS >= 0,
]
half = 1 / (2 * (1 - beta1) ** 2)
P.theorem(
    "AdamX5.1",
    DIAMETER + MOMENTA + GRADIENTS,
    at="Theorem 5.1",
    where=[every],
    given=GIVEN,
    show=REGRET <= d * FIRST + d * SECOND * LAG + PRINTED * NORMS,
    by=[
        *MEANT,
        forall(t, 2, T, (1 - b[t]) / (1 - b[t - 1]) > 0),
        forall(t, 2, T, (1 - b[t]) / (1 - b[t - 1]) * (1 - b[t - 1]) <= 1 - b[t]),
        forall(t, 1, None, 1 / (1 - b[t]) <= 1 / (1 - beta1)),
        1 / (1 - beta1) == (1 - beta1) / (1 - beta1) ** 2,
        (1 - beta1) / (1 - beta1) ** 2 <= 1 / (1 - beta1) ** 2,
        half == 1 / (1 - beta1) ** 2 / 2,
        forall(t, 1, T, half >= 1 / (1 - b[t]) / 2),
        forall(
            t,
            2,
            T,
            b[t] / (1 - b[t]) / (2 * ((1 - b[t]) / (1 - b[t - 1]))) == b[t] * (1 - b[t - 1]) / (2 * (1 - b[t]) ** 2),
        ),
        forall(t, 2, T, 1 / (1 - b[t]) ** 2 <= 1 / (1 - beta1) ** 2),
        forall(t, 2, T, b[t] * (1 - b[t - 1]) <= beta1),
        forall(t, 2, T, b[t] * (1 - b[t - 1]) / (2 * (1 - b[t]) ** 2) <= beta1 / (2 * (1 - beta1) ** 2)),
        forall(
            t,
            2,
            T,
            half >= 1 / (1 - b[t - 1]) / 2 + b[t] / (1 - b[t]) / (2 * ((1 - b[t]) / (1 - b[t - 1]))),
        ),
        use("AdamX5.1.regret", r=lambda t: (1 - b[t]) / (1 - b[t - 1]), K=half),
        *NOT_NEGATIVE,
        PRINTED * NORMS == 2 * (half * THIRD * NORMS),
        half >= 0,
        half * THIRD * NORMS >= 0,
    ],
    note="As printed, for every beta_{1,t} <= beta_1; half of the third term is enough. The proof is the paper's, but for the "
    "weight r_t = (1 - beta_{1,t})/(1 - beta_{1,t-1}) in Young's inequality.",
    bounds=("adamx.printed",),
)
squared = D**2 * bound / (2 * alpha * (1 - beta1) ** 2)
P.theorem(
    "AdamX5.1.squared",
    DIAMETER + MOMENTA.replace("(1-\\beta_1)", "(1-\\beta_1)^2") + GRADIENTS,
    at="Theorem 5.1 with the constant that its proof gives",
    where=[every],
    given=GIVEN,
    show=REGRET <= d * FIRST + d * squared * LAG + PRINTED * NORMS,
    by=[
        *MEANT,
        use("AdamX5.1"),
        forall(t, 2, T, b[t] * sqrt(t - 1) >= 0),
        total(0 * b[t], 2) <= LAG,
        LAG >= 0,
        SECOND == squared * (1 - beta1),
        squared * (1 - beta1) <= squared,
        use("Lemma.times", k=d * LAG, less=SECOND, more=squared),
    ],
    note="Weaker than the printed one; a public formalisation of the paper in Lean states this constant.",
)
ours = (1 + beta1) / (2 * (1 - beta1))
P.theorem(
    "AdamX5.1.ours",
    DIAMETER + MOMENTA + r"\frac{1-\beta_1^2}{2}\," + GRADIENTS,
    at="Theorem 5.1, for a beta_{1,t} that does not increase",
    where=[every],
    given=[*GIVEN, forall(t, 1, None, b[t + 1] <= b[t])],
    show=REGRET <= d * FIRST + d * SECOND * LAG + (1 - beta1**2) / 2 * PRINTED * NORMS,
    by=[
        forall(t, 2, T, b[t] <= b[t - 1]),
        *MEANT,
        forall(t, 1, None, 1 / (1 - b[t]) <= 1 / (1 - beta1)),
        forall(t, 1, None, b[t] / (1 - b[t]) <= beta1 / (1 - beta1)),
        ours == 1 / (1 - beta1) / 2 + beta1 / (1 - beta1) / 2,
        use("AdamX5.1.regret", r=lambda t: 1, K=ours),
        (1 - beta1**2) / 2 * PRINTED == ours * THIRD,
    ],
    note="Ours is the third term's coefficient, with r_t = 1.",
    bounds=("adamx.ours",),
)
lam, n = real("lam"), index("n")
rest = lam**n * (n / (1 - lam) + lam / (1 - lam) ** 2)
fading = beta1 * lam / (1 - lam) ** 2
P.theorem(
    "AdamX5.1.decaying",
    DIAMETER + r"\frac{d D_\infty^2 G_\infty}{2\alpha(1-\beta_1)} \frac{\beta_1\lambda}{(1-\lambda)^2} + " + GRADIENTS,
    at="Theorem 5.1 with beta_{1,t} = beta_1 lambda^(t-1)",
    where=[every],
    given=[*RATES, 0 < lam, lam < 1, forall(t, 1, None, b[t] == beta1 * lam ** (t - 1)), *RUN],
    show=REGRET <= d * FIRST + d * SECOND * fading + PRINTED * NORMS,
    by=[
        forall(t, 0, None, (0 <= lam**t) & (lam**t <= 1)),
        forall(t, 1, None, (0 <= b[t]) & (b[t] <= beta1)),
        *MEANT,
        use("AdamX5.1"),
        forall(t, 2, T, sqrt(t - 1) <= t - 1),
        forall(t, 2, T, b[t] * sqrt(t - 1) <= beta1 * ((t - 1) * lam ** (t - 1))),
        LAG <= total(beta1 * ((t - 1) * lam ** (t - 1)), 2),
        forall(n, 1, T, Sum((t - 1) * lam ** (t - 1), (t, 2, n)) == lam / (1 - lam) ** 2 - rest),
        lam**T * (T / (1 - lam) + lam / (1 - lam) ** 2) >= 0,
        total((t - 1) * lam ** (t - 1), 2) <= lam / (1 - lam) ** 2,
        LAG <= fading,
        d * SECOND >= 0,
        use("Lemma.times", k=d * SECOND, less=LAG, more=fading),
    ],
    bounds=("adamx.decaying",),
)
