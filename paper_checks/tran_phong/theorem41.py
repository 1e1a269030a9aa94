r"""Tran & Phong (2019), Theorem 4.1: their repair of AMSGrad's bound, for every T and d, from the step that is simulated.

It is weaker than SF.AMSGrad.bounded: neither the sum of sqrt(t) up to t_0 nor the second term is needed.
"""

from regretlab.claims import Paper, Sum, box, forall, index, log, real, recursive, sequence, sqrt, steps, use

P = Paper("TP", "Tran & Phong (2019), On the convergence proof of AMSGrad and a new version")

t, T, i, d, t0 = index("t T i d t0")
alpha, beta1, beta2, eta, lam, D, G = real("alpha beta1 beta2 eta lam D G")
b, g, x, V, F, Fs = map(sequence, ("b", "g", "x", "v_hat", "f", "f_star"))
lows, highs, stars = map(sequence, ("low", "high", "x_star"))
decaying = recursive("b", beta1, lambda before, t: lam * before, start=1)
run = steps(
    "amsgrad", gradients=g, over=i, beta1_t=b, lam=1, beta2=beta2, alpha=alpha, eps=0, project=box(lows[i], highs[i])
)


def each(relation):
    """Say it of every coordinate."""
    return forall(i, 1, d, relation)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


def total(term, to=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, to))


size = D**2 * G / (2 * alpha * (1 - beta1))
third = alpha * sqrt(1 + log(T)) / ((1 - beta1) ** 2 * sqrt(1 - beta2) * (1 - eta))
P.theorem(
    "Thm4.1",
    r"R \le \frac{d D_\infty^2 G_\infty}{2\alpha(1-\beta_1)} \Big(\sum_{t=1}^{t_0} \sqrt t + \sqrt T\Big)"
    r"+ \frac{d D_\infty^2 G_\infty}{2\alpha(1-\beta_1)(1-\lambda)^2}"
    r"+ \frac{\alpha\sqrt{\ln T+1}}{(1-\beta_1)^2\sqrt{1-\beta_2}(1-\eta)} \sum_i \|g_{1:T,i}\|_2",
    at="Theorem 4.1",
    where=[decaying, run],
    given=[
        alpha > 0,
        0 <= beta1,
        beta1 < 1,
        0 < beta2,
        beta2 < 1,
        eta == beta1 / sqrt(beta2),
        eta < 1,
        lam > 0,
        lam < 1,
        each(lows[i] <= stars[i]),
        each(stars[i] <= highs[i]),
        each(lows[i] <= x[i, 1]),
        each(x[i, 1] <= highs[i]),
        each(highs[i] - lows[i] <= D),
        forall(i, 1, None, forall(t, 1, None, sqrt(V[i, t]) > 0)),
        forall(i, 1, None, forall(t, 1, None, abs(g[i, t]) <= G)),
        forall(t, 1, T, F[t] - Fs[t] <= coordinates(g[i, t] * (x[i, t] - stars[i]))),
    ],
    show=total(F[t] - Fs[t])
    <= d * (size * (total(sqrt(t), t0) + sqrt(T)))
    + d * (size / (1 - lam) ** 2)
    + third * coordinates(sqrt(total(g[i, t] ** 2))),
    by=[
        forall(i, 1, None, forall(t, 0, None, (run.v[i, t] >= 0) & (V[i, t] >= 0))),
        each(forall(t, 1, T, g[i, t] ** 2 >= 0)),
        each(total(0 * g[i, t]) <= total(g[i, t] ** 2)),
        each(total(g[i, t] ** 2) >= 0),
        forall(t, 1, None, b[t] >= 0),
        forall(t, 1, None, b[t + 1] <= b[t]),
        use("SF.AMSGrad.bounded"),
        log(T) >= 0,
        G >= 0,
        size >= 0,
        forall(t, 1, t0, sqrt(t) >= 0),
        total(0 * F[t], t0) <= total(sqrt(t), t0),
        total(sqrt(t), t0) >= 0,
        size * total(sqrt(t), t0) >= 0,
        size / (1 - lam) ** 2 >= 0,
        d * (size * total(sqrt(t), t0)) >= 0,
        d * (size / (1 - lam) ** 2) >= 0,
    ],
    bounds=("amsgrad.tran_phong",),
    note="beta_{1,t} = beta1 lam^(t-1) is written as a recursion; t_0 is any number. s_t > 0 is what the paper supposes when it divides "
    "by it.",
)
