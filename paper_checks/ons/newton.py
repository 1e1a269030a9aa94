r"""Online Newton Step: the quadratic lower bound of an exp-concave loss, the log potential, and the regret in one dimension.

Hazan, Agarwal & Kale (2007), Logarithmic regret algorithms for online convex optimization. Every line is stated from the
formula as it is commonly quoted; the paper was not at hand.
"""

from regretlab.claims import Paper, Sum, exp, forall, index, log, maximum, minimum, real, sequence, use

P = Paper("ONS", "Hazan, Agarwal & Kale (2007), Logarithmic regret algorithms for online convex optimization")

t, n, T = index("t n T")
g, A, x, lost = map(sequence, ("g", "A", "x", "f"))
z, r, gamma, slope, D, G, alpha = real("z r gamma g D G alpha")
here, there, low, high, star, before, point = real("f_x f_y l h x_star A x")


def total(term, high=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, high))


# --- Lemma 3 ---------------------------------------------------------------------------------------------------------
P.scalar(
    "log",
    r"-\log(1-z) \ge z + \frac{z^2}4, \qquad |z| \le \tfrac14",
    at="proof of Lemma 3",
    f=-log(1 - z) - z - z**2 / 4,
    x=z,
    a="-1/4",
    b="1/4",
    source="reconstructed",
)
P.ladder(
    "log.more",
    r"-\log(1-z) \ge z + \frac{z^2}4, \qquad -1 \le z < 1",
    at="proof of Lemma 3: |z| may be as large as 1",
    given=[z >= -1, z < 1],
    f=-log(1 - z) - z - z**2 / 4,
    x=z,
    start=0,
    source="reconstructed",
    note="So gamma <= 1/2 min(1/(G D), alpha) is enough, four times as much as with |z| <= 1/4 (as later editions have it).",
)
P.scalar(
    "log.far",
    r"-\log(1-z) \ge z + \frac{z^2}4, \qquad z \ge -4",
    at="the same further out, which must fail",
    f=-log(1 - z) - z - z**2 / 4,
    x=z,
    a=-4,
    b=0,
    expect="refuted",
)
P.theorem(
    "Lem3",
    r"f(y) \ge f(x) + \nabla f(x)(y-x) + \frac\gamma2 (\nabla f(x)(y-x))^2, \qquad \gamma \le \frac12 \min\Big(\frac1{4GD}, \alpha\Big)",
    at="Lemma 3: the quadratic lower bound",
    given=[
        gamma > 0,
        abs(2 * gamma * r) <= 1,
        2 * gamma * r < 1,
        exp(-2 * gamma * (there - here)) <= 1 - 2 * gamma * r,
    ],
    show=there >= here + r + gamma / 2 * r**2,
    by=[
        exp(-2 * gamma * (there - here)) > 0,
        log(exp(-2 * gamma * (there - here))) == -2 * gamma * (there - here),
        -2 * gamma * (there - here) <= log(1 - 2 * gamma * r),
        use("log.more", z=2 * gamma * r),
        2 * gamma * (there - here) >= 2 * gamma * (r + gamma / 2 * r**2),
    ],
    source="reconstructed",
    note="r is the gradient at x times y - x. Of exp-concavity the theorem takes that exp(-2 gamma f), concave as 2 gamma <= alpha, "
    "lies below its tangent at x.",
)

# --- Lemma 11 --------------------------------------------------------------------------------------------------------
SQUARES = [A[0] > 0, forall(t, 1, T, A[t] == A[t - 1] + g[t] ** 2)]
P.theorem(
    "Lem11",
    r"\sum_{t\le T} g_t^\top A_t^{-1} g_t \le \log\frac{\det A_T}{\det A_0}",
    at="Lemma 11: the log potential, in one dimension for every T",
    given=SQUARES,
    show=total(g[t] ** 2 / A[t]) <= log(A[T]) - log(A[0]),
    by=[
        forall(t, 0, T, A[t] > 0),
        use("Lemma.tangent", (t, 1, T), q=A[t], r=A[t - 1]),
        forall(t, 1, T, g[t] ** 2 / A[t] <= log(A[t]) - log(A[t - 1])),
        forall(n, 1, T, total(g[t] ** 2 / A[t], n) <= log(A[n]) - log(A[0])),
    ],
    source="reconstructed",
)
P.theorem(
    "Lem11.bounded",
    r"|g_t| \le G \;\Rightarrow\; \sum_{t\le T} g_t^\top A_t^{-1} g_t \le \log\Big(1 + \frac{G^2T}\varepsilon\Big), \qquad A_0 = \varepsilon",
    at="Lemma 11, for bounded gradients",
    given=[*SQUARES, forall(t, 1, T, abs(g[t]) <= G)],
    show=total(g[t] ** 2 / A[t]) <= log(1 + G**2 * T / A[0]),
    by=[
        use("Lem11"),
        forall(t, 1, T, g[t] ** 2 <= G**2),
        forall(n, 0, T, A[n] <= A[0] + G**2 * n),
        A[T] > 0,
        G**2 >= 0,
        A[T] / A[0] <= 1 + G**2 * T / A[0],
        log(A[T] / A[0]) <= log(1 + G**2 * T / A[0]),
        log(A[T] / A[0]) == log(A[T]) - log(A[0]),
    ],
    source="reconstructed",
)

# --- Theorem 2 -------------------------------------------------------------------------------------------------------
after = maximum(low, minimum(high, point - slope / (gamma * (before + slope**2))))
P.inequality(
    "step",
    r"g_t(x_t - x_*) - \frac\gamma2 (g_t(x_t-x_*))^2 \le \frac{g_t^2}{2\gamma A_t}"
    r" + \frac\gamma2 \big(A_{t-1}(x_t-x_*)^2 - A_t(x_{t+1}-x_*)^2\big)",
    at="proof of Theorem 2: one step, A_t = A_{t-1} + g_t^2",
    given=[gamma > 0, before > 0, low <= star, star <= high],
    show=slope * (point - star) - gamma / 2 * (slope * (point - star)) ** 2
    <= slope**2 / (2 * gamma * (before + slope**2))
    + gamma / 2 * (before * (point - star) ** 2 - (before + slope**2) * (after - star) ** 2),
    source="reconstructed",
)
moved = maximum(low, minimum(high, x[t] - g[t] / (gamma * A[t])))
gap = (x[t] - star) ** 2
own = g[t] * (x[t] - star)
RUN = [
    gamma > 0,
    D > 0,
    low <= star,
    star <= high,
    high - low <= D,
    low <= x[1],
    x[1] <= high,
    *SQUARES,
    forall(t, 1, T, x[t + 1] == moved),
    forall(t, 1, T, lost[t] <= own - gamma / 2 * own**2),
]
P.theorem(
    "regret",
    r"R(T) \le \frac1{2\gamma} \log\frac{A_T}{A_0} + \frac\gamma2 A_0 D^2",
    at="proof of Theorem 2, in one dimension for every T",
    given=RUN,
    show=total(lost[t]) <= (log(A[T]) - log(A[0])) / (2 * gamma) + gamma / 2 * A[0] * D**2,
    by=[
        forall(t, 0, T, A[t] > 0),
        use("step", (t, 1, T), A=A[t - 1], g=g[t], x=x[t]),
        forall(
            t,
            1,
            T,
            lost[t] <= g[t] ** 2 / A[t] / (2 * gamma) + gamma / 2 * (A[t - 1] * gap - A[t] * (x[t + 1] - star) ** 2),
        ),
        forall(
            n,
            1,
            T,
            total(lost[t], n)
            <= total(g[t] ** 2 / A[t], n) / (2 * gamma)
            + gamma / 2 * (A[0] * (x[1] - star) ** 2 - A[n] * (x[n + 1] - star) ** 2),
        ),
        use("Lem11"),
        (x[1] - star) ** 2 <= D**2,
        gamma / 2 * A[0] * (x[1] - star) ** 2 <= gamma / 2 * A[0] * D**2,
        A[T] * (x[T + 1] - star) ** 2 >= 0,
        total(g[t] ** 2 / A[t]) / (2 * gamma) <= (log(A[T]) - log(A[0])) / (2 * gamma),
    ],
    source="reconstructed",
    note="f_t stands for the loss of x_t less that of x*, which Lemma 3 bounds.",
)
K = real("K")
P.scalar(
    "horizon",
    r"4 + 4 \log\Big(1 + \frac T{64}\Big) \le 5 \log T, \qquad T \ge 3",
    at="Theorem 2: from the potential to log T",
    f=5 * log(z) - 4 - 4 * log(1 + z / 64),
    x=z,
    a=3,
    b="oo",
    source="reconstructed",
)
P.theorem(
    "Thm2",
    r"R(T) \le 5 \Big(\frac1\alpha + GD\Big) \log T, \qquad T \ge 3",
    at="Theorem 2, in one dimension for every T >= 3",
    given=[
        *RUN,
        T >= 3,
        G > 0,
        forall(t, 1, T, abs(g[t]) <= G),
        A[0] == 1 / (gamma * D) ** 2,
        8 * gamma * G * D <= 1,
        1 <= 8 * gamma * K,
    ],
    show=total(lost[t]) <= 5 * K * log(T),
    by=[
        use("regret"),
        forall(t, 1, T, g[t] ** 2 <= G**2),
        forall(n, 0, T, A[n] <= A[0] + G**2 * n),
        A[0] > 0,
        A[T] > 0,
        (8 * gamma * G * D) ** 2 <= 1,
        64 * G**2 <= A[0],
        A[T] <= A[0] * (1 + T / 64),
        log(A[T]) <= log(A[0] * (1 + T / 64)),
        log(A[0] * (1 + T / 64)) == log(A[0]) + log(1 + T / 64),
        gamma / 2 * A[0] * D**2 == 1 / (2 * gamma),
        (log(A[T]) - log(A[0])) / (2 * gamma) <= log(1 + T / 64) / (2 * gamma),
        log(1 + T / 64) >= 0,
        1 / (2 * gamma) <= 4 * K,
        total(lost[t]) <= (1 + log(1 + T / 64)) * (1 / (2 * gamma)),
        (1 + log(1 + T / 64)) * (1 / (2 * gamma)) <= (1 + log(1 + T / 64)) * (4 * K),
        use("horizon", z=T),
        K * (4 + 4 * log(1 + T / 64)) <= K * (5 * log(T)),
    ],
    source="reconstructed",
    note="K is 1/alpha + GD, and gamma = 1/2 min(1/(4GD), alpha) has 8 gamma G D <= 1 <= 8 gamma K.",
)
P.inequality(
    "Thm2.one",
    r"R(1) \le 5 \Big(\frac1\alpha + GD\Big) \log 1 = 0",
    at="Theorem 2 with T = 1, which must fail: no bound in log T holds from the first round on",
    given=[
        gamma > 0,
        K > 0,
        G > 0,
        D > 0,
        abs(slope) <= G,
        8 * gamma * G * D <= 1,
        1 <= 8 * gamma * K,
        abs(point - star) <= D,
    ],
    show=slope * (point - star) - gamma / 2 * (slope * (point - star)) ** 2 <= 5 * K * log(1),
    expect="refuted",
)
