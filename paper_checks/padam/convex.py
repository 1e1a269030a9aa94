r"""Padam on convex losses: Theorem 1 with its constants, which the slides leave out, and Corollary 2.

The chain of ``ours/regret.py`` holds for every s_t whose sqrt(t) s_t does not decrease; here s_t = v_hat_t^p + eps.
Because v_hat does not decrease either, v_hat_t >= (1 - beta2) g_j^2 for all j <= t, and no condition on beta1 is needed.
For a constant beta1 Alacaoglu et al. (2020) have a bound of this kind; the constants are ours.
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

P = Paper("Padam", "Slides on Padam")

t, T, i, d = index("t T i d")
alpha, beta1, beta2, eta, kappa, p, eps, G, D = real("alpha beta1 beta2 eta kappa p eps G D")
low, high, star, c, u, w, N = real("low high x_star c u w N")
b, g, m, s, v, x = map(sequence, ("b", "g", "m", "s", "v", "x"))


def total(term):
    """Sum a term over t."""
    return Sum(term, (t, 1, T))


# --- one coordinate --------------------------------------------------------------------------------------------------
DECAY = [0 <= beta1, beta1 < 1, b[1] <= beta1, forall(t, 1, T + 1, b[t] >= 0), forall(t, 1, T, b[t + 1] <= b[t])]
MOMENTS = [m[0] == 0, forall(t, 1, T, m[t] == b[t] * m[t - 1] + (1 - b[t]) * g[t])]
SCALES = [
    c >= 0,
    forall(t, 1, T, s[t] > 0),
    forall(t, 1, T - 1, s[t] <= s[t + 1]),
    forall(t, 1, T, abs(g[t]) <= c * s[t]),
]
FACTOR = kappa * c / (1 - beta1)
BOX = [low <= star, star <= high, low <= x[1], x[1] <= high, high - low <= D]
KAPPA = forall(t, 1, T, kappa >= 1 - b[t])
ENERGY = (1 + beta1) / (2 * (1 - beta1))
NORM = sqrt(1 + log(T)) * sqrt(total(g[t] ** 2))
SQUARES = [forall(t, 1, T, g[t] ** 2 >= 0), total(0 * g[t]) <= total(g[t] ** 2), total(g[t] ** 2) >= 0]
gain = g[t] * (x[t] - star)


def size(t):
    """Return a_t."""
    return alpha / sqrt(t)


def diameter(scale, T=T):
    """Return the first term of the bound, for s_T."""
    return D**2 * sqrt(T) * scale / (2 * alpha * (1 - beta1))


def moving(c, norm, gap=1 - beta1, T=T):
    """Return the second term of the bound, for |g_t| <= c s_t."""
    return kappa * alpha * (1 + beta1) * c * sqrt(1 + log(T)) / (2 * (1 - beta1) * gap) * norm


P.theorem(
    "Thm1.adaptive",
    r"\sum_{t\le T}g_t(x_t-x_*)\le\frac{D^2\sqrt Ts_T}{2\alpha(1-\beta_1)}"
    r"+\frac{\kappa\alpha(1+\beta_1)c\sqrt{1+\ln T}}{2(1-\beta_1)^2}\|g_{1:T}\|_2\quad\text{for }|g_t|\le cs_t",
    at="Theorem 1: any scale that does not decrease",
    given=[
        alpha > 0,
        *DECAY,
        KAPPA,
        *MOMENTS,
        *SCALES,
        forall(t, 1, T, x[t + 1] == maximum(low, minimum(high, x[t] - size(t) * m[t] / s[t]))),
        *BOX,
    ],
    show=total(gain) <= diameter(s[T]) + moving(c, sqrt(total(g[t] ** 2))),
    by=[
        forall(t, 1, T + 1, b[t] <= beta1),
        forall(t, 1, T - 1, sqrt(t) * s[t] <= sqrt(t + 1) * s[t + 1]),
        forall(t, 1, T - 1, s[t] / size(t) <= s[t + 1] / size(t + 1)),
        forall(t, 1, T - 1, size(t + 1) <= size(t)),
        use("SF.projected", a=size),
        use("Thm1.energy", a=size),
        use("SF.norms"),
        log(T) >= 0,
        *SQUARES,
        ENERGY >= 0,
        kappa >= 0,
        FACTOR >= 0,
        total(size(t) * abs(g[t])) <= alpha * NORM,
        use("Lemma.times", k=FACTOR, less=total(size(t) * abs(g[t])), more=alpha * NORM),
        total(size(t) * m[t] ** 2 / s[t]) <= FACTOR * (alpha * NORM),
        use("Lemma.times", k=ENERGY, less=total(size(t) * m[t] ** 2 / s[t]), more=FACTOR * (alpha * NORM)),
        ENERGY * (FACTOR * (alpha * NORM)) == moving(c, sqrt(total(g[t] ** 2))),
        D**2 * s[T] / (2 * size(T) * (1 - beta1)) == diameter(s[T]),
    ],
    note="One coordinate, for every sequence s_t: a power of v_hat is used through |g_t| <= c s_t and s_t <= s_{t+1} only.",
)
run = steps("padam", gradients=g, beta1_t=b, lam=1, beta2=beta2, alpha=alpha, p=p, eps=eps, project=box(low, high))
REST = [alpha > 0, eps >= 0, p >= 0, 2 * p <= 1, G > 0, 0 <= beta2, beta2 < 1, *DECAY, KAPPA]
POWER = G ** (1 - 2 * p) / (1 - beta2) ** p


def scale(t):
    """Return s_t."""
    return run.v_hat[t] ** p + eps


move = size(t) * run.m[t]
P.theorem(
    "Thm1.coordinate",
    r"\sum_{t\le T}g_t(x_t-x_*)\le\frac{D^2\sqrt T(\hat v_T^p+\epsilon)}{2\alpha(1-\beta_1)}"
    r"+\frac{\kappa\alpha(1+\beta_1)G^{1-2p}\sqrt{1+\ln T}}{2(1-\beta_1)^2(1-\beta_2)^p}\|g_{1:T}\|_2",
    at="Theorem 1: one coordinate of the step that is simulated",
    where=[run],
    given=[*REST, *BOX, forall(t, 1, None, run.v_hat[t] > 0), forall(t, 1, T, abs(g[t]) <= G)],
    show=total(gain) <= diameter(scale(T)) + moving(POWER, sqrt(total(g[t] ** 2))),
    by=[
        forall(t, 1, T, x[t + 1] == maximum(low, minimum(high, x[t] - where(move == 0, move, move / scale(t))))),
        forall(t, 0, None, v[t] >= 0),
        forall(t, 1, T, v[t] >= (1 - beta2) * g[t] ** 2),
        forall(t, 1, T, (1 - beta2) * g[t] ** 2 <= run.v_hat[t]),
        forall(t, 1, T, run.v_hat[t] <= run.v_hat[t + 1]),
        use("Thm1.power", (t, 1, T), y=g[t], k=1 - beta2, u=run.v_hat[t]),
        use("Thm1.monotone", (t, 1, T), u=run.v_hat[t], w=run.v_hat[t + 1]),
        POWER >= 0,
        forall(t, 1, T, scale(t) > 0),
        forall(t, 1, T, POWER * run.v_hat[t] ** p <= POWER * scale(t)),
        forall(t, 1, T, abs(g[t]) <= POWER * scale(t)),
        use("SF.convention", (t, 1, T), x_next=x[t + 1], x=x[t], u=move, s=scale(t)),
        use("Thm1.adaptive", s=scale, c=POWER),
        *SQUARES,
    ],
    note="The method's own step and coefficients, for every real p in [0, 1/2] and every non-increasing beta_{1,t}; "
    "v_hat^p is written exp(p log v_hat). A positive v_hat_t is what the slide supposes when it divides by its power.",
)

# --- the regret ------------------------------------------------------------------------------------------------------
lows, highs, stars, X, V, F, Fs = map(sequence, ("low", "high", "x_star", "x", "v_hat", "f", "f_star"))
every = steps(
    "padam", gradients=g, over=i, beta1_t=b, lam=1, beta2=beta2, alpha=alpha, p=p, eps=eps, project=box(lows[i], highs[i])
)  # fmt: skip


def each(relation):
    """Say it of every coordinate."""
    return forall(i, 1, d, relation)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


norm = sqrt(total(g[i, t] ** 2))
first, second = diameter(V[i, T] ** p + eps), moving(POWER, norm)
regret = total(F[t] - Fs[t])
SETTING = [
    *REST,
    each(lows[i] <= stars[i]),
    each(stars[i] <= highs[i]),
    each(lows[i] <= X[i, 1]),
    each(X[i, 1] <= highs[i]),
    each(highs[i] - lows[i] <= D),
    forall(i, 1, None, forall(t, 1, None, V[i, t] > 0)),
    each(forall(t, 1, T, abs(g[i, t]) <= G)),
    forall(t, 1, T, F[t] - Fs[t] <= coordinates(g[i, t] * (X[i, t] - stars[i]))),
]
NORMS = [
    log(T) >= 0,
    each(forall(t, 1, T, g[i, t] ** 2 >= 0)),
    each(total(0 * g[i, t]) <= total(g[i, t] ** 2)),
    each(total(g[i, t] ** 2) >= 0),
]
P.theorem(
    "Thm1",
    r"R_T\le C_1\sum_i\sqrt T\big(\hat v_{T,i}^p+\epsilon\big)+C_2\sum_i\|g_{1:T,i}\|_2+C_3d,\quad "
    r"C_1=\frac{D^2}{2\alpha(1-\beta_1)},\ "
    r"C_2=\frac{\kappa\alpha(1+\beta_1)G^{1-2p}\sqrt{1+\ln T}}{2(1-\beta_1)^2(1-\beta_2)^p},\ C_3=0",
    at="Theorem 1",
    where=[every],
    given=SETTING,
    show=regret <= coordinates(first) + coordinates(second),
    by=[
        use(
            "Thm1.coordinate", (i, 1, d), g=lambda t: g[i, t], x=lambda t: X[i, t], m=lambda t: every.m[i, t],
            v=lambda t: every.v[i, t], v_hat=lambda t: V[i, t], x_star=stars[i], low=lows[i], high=highs[i],
        ),
        *NORMS,
        coordinates(total(g[i, t] * (X[i, t] - stars[i]))) <= coordinates(first + second),
        regret <= total(coordinates(g[i, t] * (X[i, t] - stars[i]))),
    ],
    bounds=("padam.ours",),
    note="For every T, d, p in [0, 1/2] and non-increasing beta_{1,t}; the slides leave the constants out, and have eps = 0.",
)  # fmt: skip
ratio = beta1 / beta2**p
coefficient = kappa * alpha * (1 + beta1) * POWER * sqrt(1 + log(T))
P.inequality(
    "Thm1.eta",
    r"\frac w{2(1-\beta_1)^2}N\le\frac w{2(1-\beta_1)(1-\eta)}N\quad\text{for }\beta_1\le\eta<1",
    at="Theorem 1",
    given=[0 <= beta1, beta1 <= eta, eta < 1, w >= 0, N >= 0],
    show=w / (2 * (1 - beta1) * (1 - beta1)) * N <= w / (2 * (1 - beta1) * (1 - eta)) * N,
)
P.theorem(
    "Thm1.bound",
    r"R_T\le\frac{D^2\sqrt T}{2\alpha(1-\beta_1)}\sum_i\big(\hat v_{T,i}^p+\epsilon\big)+"
    r"\frac{\kappa\alpha(1+\beta_1)G^{1-2p}\sqrt{1+\ln T}}{2(1-\beta_1)(1-\beta_2)^p(1-\beta_1/\beta_2^p)}"
    r"\sum_i\|g_{1:T,i}\|_2\quad\text{for }\beta_1<\beta_2^p",
    at="Theorem 1",
    where=[every],
    given=[*SETTING, beta2 > 0, beta1 < beta2**p],
    show=regret <= coordinates(first) + coordinates(moving(POWER, norm, 1 - ratio)),
    by=[
        use("Thm1"),
        beta2**p <= 1,
        beta1 <= ratio,
        ratio < 1,
        *NORMS,
        kappa >= 0,
        POWER >= 0,
        kappa * alpha * (1 + beta1) >= 0,
        coefficient >= 0,
        use("Thm1.eta", (i, 1, d), eta=ratio, w=coefficient, N=norm),
        coordinates(second) <= coordinates(moving(POWER, norm, 1 - ratio)),
    ],
    bounds=("padam.ours",),
    note="The constant usual in the literature is larger and needs beta1 < beta2^p.",
)

# --- Corollary 2 -----------------------------------------------------------------------------------------------------
vh = run.v_hat
P.theorem(
    "Cor2.bounded",
    r"\hat v_T^p\le G^{2p}",
    at="Corollary 2",
    given=[
        p >= 0,
        G > 0,
        0 <= beta2,
        beta2 < 1,
        v[0] == 0,
        vh[0] == 0,
        forall(t, 1, T, v[t] == beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        forall(t, 1, T, vh[t] == maximum(vh[t - 1], v[t])),
        forall(t, 1, T, abs(g[t]) <= G),
        vh[T] > 0,
    ],
    show=vh[T] ** p <= G ** (2 * p),
    by=[forall(t, 0, T, v[t] <= G**2), forall(t, 0, T, vh[t] <= G**2), use("Thm1.largest", u=vh[T])],
)
top = diameter(G ** (2 * p) + eps)
P.theorem(
    "Cor2",
    r"R_T\le d\sqrt T\Big(\frac{D^2(G^{2p}+\epsilon)}{2\alpha(1-\beta_1)}+"
    r"\frac{\kappa\alpha(1+\beta_1)G^{1-2p}G\sqrt{1+\ln T}}{2(1-\beta_1)^2(1-\beta_2)^p}\Big)=\tilde O(\sqrt T)",
    at="Corollary 2",
    where=[every],
    given=SETTING,
    show=regret <= d * (top + moving(POWER, G * sqrt(T))),
    by=[
        use("Thm1"),
        use("Cor2.bounded", (i, 1, d), g=lambda t: g[i, t], v=lambda t: every.v[i, t], v_hat=lambda t: V[i, t]),
        D**2 * sqrt(T) / (2 * alpha * (1 - beta1)) >= 0,
        each(first <= top),
        *NORMS,
        each(forall(t, 1, T, g[i, t] ** 2 <= G**2)),
        each(total(g[i, t] ** 2) <= total(G**2)),
        each(norm <= G * sqrt(T)),
        kappa >= 0,
        POWER >= 0,
        kappa * alpha * (1 + beta1) >= 0,
        coefficient >= 0,
        coefficient / (2 * (1 - beta1) * (1 - beta1)) >= 0,
        use("Lemma.times", (i, 1, d), k=coefficient / (2 * (1 - beta1) * (1 - beta1)), less=norm, more=G * sqrt(T)),
        coordinates(second) <= coordinates(moving(POWER, G * sqrt(T))),
        regret <= coordinates(first) + d * moving(POWER, G * sqrt(T)),
        coordinates(first) <= coordinates(top),
    ],
    uses=["Padam.Cor2.order"],
    note="Needs a bounded X and the projection onto it, which Padam's slide does not have.",
)
P.order(
    "Cor2.order",
    r"d\sqrt T\Big(\frac{D^2(G^{2p}+\epsilon)}{2\alpha(1-\beta_1)}+"
    r"\frac{\kappa\alpha(1+\beta_1)G^{1-2p}G\sqrt{1+\ln T}}{2(1-\beta_1)^2(1-\beta_2)^p}\Big)=\tilde O(\sqrt T)",
    at="Corollary 2",
    terms={"diameter": N * diameter(G ** (2 * p) + eps, u), "gradients": N * moving(POWER, G * sqrt(u), T=u)},
    T=u,
    at_most="1/2",
    logs="any",
)
