r"""Reddi, Kale & Kumar (2018), Theorem 3: Adam on C x or -x, drawn at random in every round, for every T and finite space.

Round t draws C x if c_t is 1, whatever was drawn before. Adam moves up on the average in every round, although the
expected loss delta x is smallest at the lower end.
"""

from regretlab.claims import Paper, define, forall, index, outcomes, real, sequence, sqrt, steps, use, where

P = Paper("Reddi", "Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond")

w, u, N, t, T = index("w u N t T")
alpha, beta2, C, delta = real("alpha beta2 C delta")
space = outcomes(w, N)
E = space.E
past = space.history("F")
c, g = sequence("c"), sequence("g")
run = steps("rmsprop", gradients=g, over=w, beta2=beta2, alpha=alpha)
x, v = run.x, run.v
p = (1 + delta) / (C + 1)
SECOND = 1 + (1 + delta) * (C - 1)
CEILING = beta2 * SECOND + 1 - beta2
calm = define("v_1", lambda t: beta2 * v[w, t - 1] + (1 - beta2), over=w)
wild = define("v_C", lambda t: beta2 * v[w, t - 1] + (1 - beta2) * C**2, over=w)
up = define("Z", lambda t: 1 / sqrt(calm[w, t]), over=w)
down = define("Y", lambda t: C / sqrt(wild[w, t]), over=w)
CHANGE = alpha / sqrt(t) * ((1 - c[w, t]) * up[w, t] - c[w, t] * down[w, t])
step = alpha / sqrt(t) * g[w, t]


def rounds(relation):
    """Say it of every round before T."""
    return forall(t, 1, T - 1, relation)


def alike(relation):
    """Say it of two outcomes that were not told apart."""
    return rounds(space.each(forall(u, 1, N, (past.same[t, w, u] == 0) | relation)))


PAIRS = (t, 1, T - 1), (w, 1, N), (u, 1, N)
VALUES = {"same": past.same[t, w, u], "a": v[w, t - 1], "b": v[u, t - 1]}
same, before, other, rest, size, left, right, one, two = real("same a b k n x y f g")
P.inequality(
    "Thm3.alike",
    r"v_{t-1} \text{ known} \;\Rightarrow\; C/\sqrt{\beta_2 v_{t-1} + k} \text{ known}",
    at="proof of Theorem 3: what is known before a round",
    given=[
        (same == 0) | (before == other),
        left > 0,
        right > 0,
        left == beta2 * before + rest,
        right == beta2 * other + rest,
        one == size / sqrt(left),
        two == size / sqrt(right),
    ],
    show=same * one == same * two,
)
SLOPES = [
    forall(w, 1, None, forall(t, 1, None, c[w, t] * c[w, t] == c[w, t])),
    forall(w, 1, None, forall(t, 1, None, g[w, t] == C * c[w, t] - (1 - c[w, t]))),
]
P.theorem(
    "Thm3.positive",
    r"v_t > 0",
    at="proof of Theorem 3: second moments",
    where=[run],
    given=[beta2 > 0, beta2 < 1, C > 1, *SLOPES],
    show=forall(w, 1, None, forall(t, 1, None, (v[w, t - 1] >= 0) & (v[w, t] > 0))),
    by=[
        forall(w, 1, None, forall(t, 1, None, (c[w, t] == 0) | (c[w, t] == 1))),
        forall(w, 1, None, forall(t, 1, None, g[w, t] * g[w, t] > 0)),
        forall(w, 1, None, forall(t, 1, None, (1 - beta2) * (g[w, t] * g[w, t]) > 0)),
        forall(w, 1, None, forall(t, 0, None, v[w, t] >= 0)),
        forall(w, 1, None, forall(t, 1, None, v[w, t - 1] >= 0)),
        forall(w, 1, None, forall(t, 1, None, v[w, t] > 0)),
    ],
)
P.theorem(
    "Thm3",
    r"f_t = Cx \text{ with probability } \tfrac{1+\delta}{C+1}, \text{ else } -x,\ C \text{ large}: \quad \text{Adam does not converge}",
    at="Theorem 3",
    where=[run, calm, wild, up, down],
    given=[
        T >= 2, alpha > 0, beta2 > 0, beta2 < 1, delta > 0, delta <= 1, C > 1, C * (1 - beta2) >= 20,
        *space.given,
        *map(rounds, past.given(t)),
        rounds(past.expects(c[w, t], p, t)),
        rounds(past.knows(v[w, t - 1], t)),
        *SLOPES,
    ],
    show=rounds(E(x[w, t + 1] - x[w, t]) > 0),
    by=[
        forall(w, 1, None, forall(t, 1, None, (c[w, t] == 0) | (c[w, t] == 1))),
        forall(w, 1, None, forall(t, 1, None, g[w, t] ** 2 == (C**2 - 1) * c[w, t] + 1)),
        use("Thm3.positive"),
        # the mean of v
        p * (C**2 - 1) + 1 == SECOND,
        rounds(past.knows(1, t)),
        use("Lemma.tower", (t, 1, T - 1), F=lambda w, u: past.same[t, w, u], a=lambda w: c[w, t], b=lambda w: p, Z=lambda w: 1),
        rounds(E(c[w, t]) == p),
        rounds(E(g[w, t] ** 2) == E((C**2 - 1) * c[w, t] + 1)),
        rounds(E((C**2 - 1) * c[w, t] + 1) == (C**2 - 1) * E(c[w, t]) + E(1)),
        E(1) == 1,
        rounds(E(g[w, t] ** 2) == SECOND),
        rounds(E(v[w, t]) == E(beta2 * v[w, t - 1] + (1 - beta2) * g[w, t] ** 2)),
        rounds(E(v[w, t]) == beta2 * E(v[w, t - 1]) + (1 - beta2) * E(g[w, t] ** 2)),
        rounds(E(v[w, t]) == beta2 * E(v[w, t - 1]) + (1 - beta2) * SECOND),
        SECOND > 0,
        E(v[w, 0]) == 0,
        forall(t, 0, T - 1, E(v[w, t]) <= SECOND),
        rounds(E(calm[w, t]) == E(beta2 * v[w, t - 1] + (1 - beta2))),
        rounds(E(calm[w, t]) == beta2 * E(v[w, t - 1]) + (1 - beta2)),
        rounds(E(calm[w, t]) <= CEILING),
        # the steps down
        forall(w, 1, None, forall(t, 1, None, beta2 * v[w, t - 1] >= 0)),
        forall(w, 1, None, forall(t, 1, None, wild[w, t] >= (1 - beta2) * C**2)),
        forall(w, 1, None, forall(t, 1, None, wild[w, t] > 0)),
        forall(w, 1, None, forall(t, 1, None, sqrt(wild[w, t]) >= sqrt(1 - beta2) * C)),
        space.each(rounds(down[w, t] <= 1 / sqrt(1 - beta2))),
        rounds(E(down[w, t]) <= E(1 / sqrt(1 - beta2))),
        rounds(E(down[w, t]) <= 1 / sqrt(1 - beta2)),
        # the steps up
        CEILING > 0,
        forall(w, 1, None, forall(t, 1, None, calm[w, t] > 0)),
        space.each(rounds(up[w, t] >= (3 * CEILING - calm[w, t]) / (2 * CEILING * sqrt(CEILING)))),
        rounds(E(up[w, t]) >= E((3 * CEILING - calm[w, t]) / (2 * CEILING * sqrt(CEILING)))),
        rounds(E(up[w, t]) >= (3 * CEILING - E(calm[w, t])) / (2 * CEILING * sqrt(CEILING))),
        rounds(E(up[w, t]) >= 1 / sqrt(CEILING)),
        # what is drawn does not depend on them
        alike(v[w, t - 1] == v[u, t - 1]),
        use("Thm3.alike", *PAIRS, **VALUES, k=1 - beta2, n=1, x=calm[w, t], y=calm[u, t], f=up[w, t], g=up[u, t]),
        use(
            "Thm3.alike", *PAIRS, **VALUES, k=(1 - beta2) * C**2, n=C, x=wild[w, t], y=wild[u, t], f=down[w, t], g=down[u, t]
        ),
        rounds(past.knows(up[w, t], t)),
        rounds(past.knows(down[w, t], t)),
        use(
            "Lemma.tower", (t, 1, T - 1), F=lambda w, u: past.same[t, w, u], a=lambda w: c[w, t], b=lambda w: p,
            Z=lambda w: up[w, t],
        ),
        use(
            "Lemma.tower", (t, 1, T - 1), F=lambda w, u: past.same[t, w, u], a=lambda w: c[w, t], b=lambda w: p,
            Z=lambda w: down[w, t],
        ),
        rounds(E(up[w, t] * c[w, t]) == p * E(up[w, t])),
        rounds(E(down[w, t] * c[w, t]) == p * E(down[w, t])),
        # one round
        space.each(rounds(x[w, t + 1] - x[w, t] == -where(step == 0, step, step / sqrt(v[w, t])))),
        space.each(rounds(x[w, t + 1] - x[w, t] == -(step / sqrt(v[w, t])))),
        space.each(rounds(v[w, t] == beta2 * v[w, t - 1] + (1 - beta2) * ((C**2 - 1) * c[w, t] + 1))),
        space.each(rounds((c[w, t] == 0) | (v[w, t] == wild[w, t]))),
        space.each(rounds((c[w, t] == 1) | (v[w, t] == calm[w, t]))),
        space.each(rounds(down[w, t] * sqrt(wild[w, t]) == C)),
        space.each(rounds(up[w, t] * sqrt(calm[w, t]) == 1)),
        space.each(rounds((c[w, t] == 0) | (g[w, t] == C))),
        space.each(rounds((c[w, t] == 1) | (g[w, t] == -1))),
        space.each(rounds((c[w, t] == 0) | (g[w, t] == down[w, t] * sqrt(v[w, t])))),
        space.each(rounds((c[w, t] == 1) | (g[w, t] == -up[w, t] * sqrt(v[w, t])))),
        space.each(rounds(g[w, t] == (c[w, t] * down[w, t] - (1 - c[w, t]) * up[w, t]) * sqrt(v[w, t]))),
        space.each(rounds(g[w, t] / sqrt(v[w, t]) == c[w, t] * down[w, t] - (1 - c[w, t]) * up[w, t])),
        space.each(rounds(x[w, t + 1] - x[w, t] == CHANGE)),
        rounds(E(x[w, t + 1] - x[w, t]) == E(CHANGE)),
        rounds(E(x[w, t + 1] - x[w, t]) == alpha / sqrt(t) * ((1 - p) * E(up[w, t]) - p * E(down[w, t]))),
        (0 < p) & (p < 1),
        p**2 * CEILING < (1 - p) ** 2 * (1 - beta2),
        p * sqrt(CEILING) < (1 - p) * sqrt(1 - beta2),
        p / sqrt(1 - beta2) < (1 - p) / sqrt(CEILING),
        rounds((1 - p) * E(up[w, t]) >= (1 - p) * (1 / sqrt(CEILING))),
        rounds(p * E(down[w, t]) <= p * (1 / sqrt(1 - beta2))),
        rounds((1 - p) * E(up[w, t]) - p * E(down[w, t]) > 0),
    ],
    note="Adam with beta_1 = 0 is RMSprop, without bias correction, and without projection; C (1 - beta2) >= 20 is large enough. v_{t-1} "
    "is known before round t, t < T.",
)  # fmt: skip
