r"""Ours: AMSGrad's regret with a bound on the gradients, in the terms that the papers print.

It is weaker than SF.AMSGrad, from which it follows: sqrt(v_hat) is at most G, and (1 + beta_1)/2 at most 1/(1 - beta_1).
"""

from regretlab.claims import Paper, Sum, box, define, forall, index, log, maximum, real, sequence, sqrt, steps, use

P = Paper("SF", "Ours: the corrected AMSGrad bound")

t, T, i, d = index("t T i d")
alpha, beta1, beta2, eta, D, G = real("alpha beta1 beta2 eta D G")
b, g, x, V, F, Fs = map(sequence, ("b", "g", "x", "v_hat", "f", "f_star"))
lows, highs, stars = map(sequence, ("low", "high", "x_star"))
run = steps(
    "amsgrad", gradients=g, over=i, beta1_t=b, lam=1, beta2=beta2, alpha=alpha, eps=0, project=box(lows[i], highs[i])
)


def each(relation):
    """Say it of every coordinate."""
    return forall(i, 1, d, relation)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


def total(term):
    """Sum a term over t."""
    return Sum(term, (t, 1, T))


MEANT = forall(i, 1, None, forall(t, 0, None, (run.v[i, t] >= 0) & (V[i, t] >= 0)))
POSITIVE = forall(i, 1, None, forall(t, 1, None, sqrt(V[i, t]) > 0))
SLOPES = forall(i, 1, None, forall(t, 1, None, abs(g[i, t]) <= G))
room = define("room", lambda t: G**2 - run.v[i, t], start=0, over=i)
P.theorem(
    "AMSGrad.size",
    r"|g_{t,i}| \le G \;\Rightarrow\; \hat v_{t,i} \le G^2",
    at="the second moments of gradients of at most G",
    where=[run, room],
    given=[alpha > 0, 0 < beta2, beta2 < 1, POSITIVE, SLOPES],
    show=forall(i, 1, None, forall(t, 0, None, V[i, t] <= G**2)),
    by=[
        MEANT,
        G**2 >= 0,
        forall(i, 1, None, forall(t, 1, None, g[i, t] ** 2 <= G**2)),
        forall(i, 1, None, forall(t, 1, None, (1 - beta2) * (G**2 - g[i, t] ** 2) >= 0)),
        forall(i, 1, None, room[i, 0] == G**2),
        forall(i, 1, None, forall(t, 1, None, run.v[i, t] == beta2 * run.v[i, t - 1] + (1 - beta2) * g[i, t] ** 2)),
        forall(i, 1, None, forall(t, 1, None, room[i, t - 1] == G**2 - run.v[i, t - 1])),
        forall(
            i, 1, None, forall(t, 1, None, room[i, t] == beta2 * room[i, t - 1] + (1 - beta2) * (G**2 - g[i, t] ** 2))
        ),
        forall(i, 1, None, forall(t, 0, None, room[i, t] >= 0)),
        forall(i, 1, None, forall(t, 0, None, run.v[i, t] <= G**2)),
        forall(i, 1, None, forall(t, 1, None, V[i, t] == maximum(V[i, t - 1], run.v[i, t]))),
    ],
)  # fmt: skip
norm = sqrt(total(g[i, t] ** 2))
own = (1 + beta1) / (2 * (1 - beta1))
rest = alpha * sqrt(1 + log(T)) / (sqrt(1 - beta2) * (1 - eta))
size = D**2 * G / (2 * alpha * (1 - beta1))
third = alpha * sqrt(1 + log(T)) / ((1 - beta1) ** 2 * sqrt(1 - beta2) * (1 - eta))
weight = D**2 * sqrt(T) / (2 * alpha * (1 - beta1))
half = D**2 * sqrt(T) * sqrt(V[i, T]) / (2 * alpha * (1 - beta1))
sharp = alpha * (1 + beta1) * sqrt(1 + log(T)) / (2 * (1 - beta1) * sqrt(1 - beta2) * (1 - eta)) * norm
regret = total(F[t] - Fs[t])
P.theorem(
    "AMSGrad.bounded",
    r"R(T) \le \frac{d D^2 G\sqrt T}{2\alpha(1-\beta_1)}"
    r" + \frac{\alpha\sqrt{1+\log T}}{(1-\beta_1)^2\sqrt{1-\beta_2}(1-\eta)} \sum_{i\le d} \|g_{1:T,i}\|_2",
    at="the bound for gradients of at most G, for every T and d",
    where=[run],
    given=[
        alpha > 0,
        0 <= beta1,
        beta1 < 1,
        0 < beta2,
        beta2 < 1,
        eta == beta1 / sqrt(beta2),
        eta < 1,
        b[1] <= beta1,
        forall(t, 1, T + 1, b[t] >= 0),
        forall(t, 1, T, b[t + 1] <= b[t]),
        each(lows[i] <= stars[i]),
        each(stars[i] <= highs[i]),
        each(lows[i] <= x[i, 1]),
        each(x[i, 1] <= highs[i]),
        each(highs[i] - lows[i] <= D),
        POSITIVE,
        SLOPES,
        forall(t, 1, T, F[t] - Fs[t] <= coordinates(g[i, t] * (x[i, t] - stars[i]))),
    ],
    show=regret <= d * (size * sqrt(T)) + third * coordinates(norm),
    by=[
        MEANT,
        each(forall(t, 1, T, g[i, t] ** 2 >= 0)),
        each(total(0 * g[i, t]) <= total(g[i, t] ** 2)),
        each(total(g[i, t] ** 2) >= 0),
        forall(t, 1, T, 1 >= 1 - b[t]),
        use("AMSGrad", eps=0, kappa=1),
        use("AMSGrad.size"),
        G >= 0,
        each(V[i, T] >= 0),
        each(V[i, T] <= G**2),
        each(sqrt(V[i, T]) <= G),
        weight >= 0,
        use("Lemma.times", (i, 1, d), k=weight, less=sqrt(V[i, T]), more=G),
        each(half == weight * sqrt(V[i, T])),
        size * sqrt(T) == weight * G,
        each(half <= size * sqrt(T)),
        coordinates(half) <= coordinates(size * sqrt(T)),
        coordinates(half) <= d * (size * sqrt(T)),
        log(T) >= 0,
        rest >= 0,
        own <= 1 / (1 - beta1) ** 2,
        own * rest <= 1 / (1 - beta1) ** 2 * rest,
        own * rest <= third,
        each(norm >= 0),
        each(own * rest * norm <= third * norm),
        each(sharp == own * rest * norm),
        each(sharp <= third * norm),
        coordinates(sharp) <= coordinates(third * norm),
        coordinates(sharp) <= third * coordinates(norm),
        regret <= coordinates(half) + coordinates(sharp),
        use("Lemma.part", total=regret, part=coordinates(half), bound=d * (size * sqrt(T)), rest=coordinates(sharp)),
        use(
            "Lemma.part", total=regret, part=coordinates(sharp), bound=third * coordinates(norm), rest=d * (size * sqrt(T)),
        ),
    ],
)  # fmt: skip
