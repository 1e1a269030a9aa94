r"""Reddi, Kale & Kumar (2018), Theorem 1: Adam's regret on C x, -x, -x, ..., for every C and every number of periods.

One period, three rounds, begins and ends at x = 1: the two steps up are together at least the step down.
"""

from regretlab.claims import (
    Paper,
    Sum,
    box,
    define,
    forall,
    index,
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

t, k, N = index("t k N")
C, alpha, beta2 = real("C alpha beta2")
g = sequence("g")
M = 2 * (1 - beta2)
run = steps("rmsprop", gradients=g, start=1, beta2=beta2, alpha=alpha, project=box(-1, 1))
x, v = run.x, run.v
one, two, three = 3 * k + 1, 3 * k + 2, 3 * k + 3
down = define("u1", lambda k: alpha / sqrt(3 * k + 1) * (C / sqrt(v[3 * k + 1])), start=0)
up = define("u2", lambda k: alpha / sqrt(3 * k + 2) * (1 / sqrt(v[3 * k + 2])), start=0)
again = define("u3", lambda k: alpha / sqrt(3 * k + 3) * (1 / sqrt(v[3 * k + 3])), start=0)


def periods(relation, start=0):
    """Say it of every period."""
    return forall(k, start, None, relation)


def clip(point):
    """Project onto [-1, 1]."""
    return maximum(-1, minimum(1, point))


def move(t):
    """Return alpha_t g_t."""
    return alpha / sqrt(t) * g[t]


def stepped(t, moved):
    """Read the step of a round off the simulated one."""
    return [
        periods(x[t + 1] == clip(x[t] - where(move(t) == 0, move(t), move(t) / sqrt(v[t])))),
        use("SF.convention", (k, 0, None), x_next=x[t + 1], x=x[t], u=move(t), s=sqrt(v[t]), low=-1, high=1),
        periods(move(t) / sqrt(v[t]) == moved),
        periods(x[t + 1] == clip(x[t] - moved)),
    ]


x1, x2, x3, x4, u1, u2, u3 = real("x1 x2 x3 x4 u1 u2 u3")
P.inequality(
    "Thm1.period",
    r"x_{3k+1} = 1 \;\Rightarrow\; x_{3k+4} = 1",
    at="proof of Theorem 1, one period",
    given=[
        (x1 < 1) | (x1 > 1) | (x2 == 1 - u1),
        (0 < u1) & (u1 < 1),
        (0 < u2) & (0 < u3),
        u2 + u3 >= u1,
        x3 == clip(x2 + u2),
        x4 == clip(x3 + u3),
    ],
    show=(x1 < 1) | (x1 > 1) | (x4 == 1),
    note="u1, u2 and u3 are the moves of the period: down, up and up.",
)
P.theorem(
    "Thm1",
    r"f_t(x) = Cx \ (t \equiv 1 \bmod 3),\ -x \text{ else},\ \beta_1 = 0,\ \beta_2 = \tfrac{1}{1+C^2}: \quad "
    r"R_T \ge \tfrac{2C-4}{3} T",
    at="Theorem 1",
    where=[run, down, up, again],
    given=[
        C >= 2,
        beta2 == 1 / (1 + C**2),
        alpha > 0,
        alpha < sqrt(1 - beta2),
        periods(g[one] == C),
        periods(g[two] == -1),
        periods(g[three] == -1),
    ],
    show=Sum(g[t] * (x[t] + 1), (t, 1, 3 * N)) >= (2 * C - 4) / 3 * (3 * N),
    by=[
        beta2 > 0,
        beta2 <= "1/5",
        beta2 * C**2 == 1 - beta2,
        periods(v[one] == beta2 * v[3 * k] + (1 - beta2) * C**2),
        periods(v[two] == beta2 * v[one] + (1 - beta2)),
        periods(v[three] == beta2 * v[two] + (1 - beta2)),
        periods((0 <= v[3 * k]) & (v[3 * k] <= C**2)),
        periods((1 - beta2) * C**2 <= v[one]),
        periods(v[one] <= C**2),
        periods((0 < v[two]) & (v[two] <= M)),
        periods((0 < v[three]) & (v[three] <= M)),
        forall(t, 0, None, v[t] >= 0),
        forall(t, 1, None, maximum(0, beta2 * v[t - 1] + (1 - beta2) * (g[t] * g[t])) == v[t]),
        forall(t, 1, None, (g[t] == 0) | (v[t] > 0)),
        forall(t, 1, None, x[t + 1] == clip(x[t] - where(move(t) == 0, move(t), move(t) / sqrt(v[t])))),
        # the step down
        periods(C / sqrt(v[one]) <= 1 / sqrt(1 - beta2)),
        periods((0 < down[k]) & (down[k] < 1)),
        periods((0 < up[k]) & (0 < again[k])),
        # the steps up, in the periods after the first
        periods(1 / sqrt(v[two]) >= 1 / sqrt(M)),
        periods(1 / sqrt(v[three]) >= 1 / sqrt(M)),
        1 / sqrt(1 - beta2) == sqrt(2) / sqrt(M),
        periods(2 / sqrt(three) >= sqrt(2) / sqrt(one), 1),
        periods(down[k] <= alpha / sqrt(one) * (sqrt(2) / sqrt(M))),
        periods(up[k] >= alpha / sqrt(three) * (1 / sqrt(M))),
        periods(again[k] >= alpha / sqrt(three) * (1 / sqrt(M))),
        periods(alpha / sqrt(M) * (2 / sqrt(three)) >= alpha / sqrt(M) * (sqrt(2) / sqrt(one)), 1),
        periods(up[k] + again[k] >= alpha / sqrt(M) * (2 / sqrt(three))),
        periods(down[k] <= alpha / sqrt(M) * (sqrt(2) / sqrt(one))),
        periods(up[k] + again[k] >= down[k], 1),
        # the first period
        (g[1] == C) & (g[2] == -1) & (g[3] == -1),
        v[1] == beta2 * v[0] + (1 - beta2) * (g[1] * g[1]),
        v[0] == 0,
        beta2 * v[0] == 0,
        v[1] == beta2 * v[0] + (1 - beta2) * C**2,
        v[1] == (1 - beta2) * C**2,
        beta2 * v[1] == (1 - beta2) ** 2,
        v[2] == beta2 * v[1] + (1 - beta2) * (g[2] * g[2]),
        v[2] == beta2 * v[1] + (1 - beta2),
        v[2] == (1 - beta2) * (2 - beta2),
        v[3] == beta2 * v[2] + (1 - beta2) * (g[3] * g[3]),
        (1 - beta2) * (g[3] * g[3]) == 1 - beta2,
        v[3] == beta2 * v[2] + (1 - beta2),
        beta2 * v[2] == beta2 * ((1 - beta2) * (2 - beta2)),
        v[3] == (1 - beta2) * (1 + 2 * beta2 - beta2**2),
        1 / sqrt(2 * (2 - beta2)) + 1 / sqrt(3 * (1 + 2 * beta2 - beta2**2)) >= 1,
        sqrt(v[1]) == sqrt(1 - beta2) * C,
        C / sqrt(v[1]) == 1 / sqrt(1 - beta2),
        down[0] == alpha / sqrt(1) * (C / sqrt(v[1])),
        alpha / sqrt(1) == alpha,
        down[0] == alpha * (C / sqrt(v[1])),
        down[0] == alpha / sqrt(1 - beta2),
        1 / sqrt(2) * (1 / sqrt(v[2])) == 1 / sqrt(1 - beta2) * (1 / sqrt(2 * (2 - beta2))),
        1 / sqrt(3) * (1 / sqrt(v[3])) == 1 / sqrt(1 - beta2) * (1 / sqrt(3 * (1 + 2 * beta2 - beta2**2))),
        up[0] == alpha / sqrt(1 - beta2) * (1 / sqrt(2 * (2 - beta2))),
        again[0] == alpha / sqrt(1 - beta2) * (1 / sqrt(3 * (1 + 2 * beta2 - beta2**2))),
        alpha / sqrt(1 - beta2) >= 0,
        up[0] + again[0] >= down[0],
        periods(up[k] + again[k] >= down[k]),
        # the iterates
        *stepped(one, down[k]),
        *stepped(two, -up[k]),
        *stepped(three, -again[k]),
        periods(x[two] == clip(x[one] - down[k])),
        periods(x[three] == clip(x[two] + up[k])),
        periods(x[3 * k + 4] == clip(x[three] + again[k])),
        periods((x[one] < 1) | (x[one] > 1) | (x[two] == 1 - down[k])),
        use(
            "Thm1.period",
            (k, 0, None),
            x1=x[one],
            x2=x[two],
            x3=x[three],
            x4=x[3 * k + 4],
            u1=down[k],
            u2=up[k],
            u3=again[k],
        ),
        periods(x[one] == 1),
        periods(x[two] <= 1),
        periods(x[three] <= 1),
        periods(g[one] * (x[one] + 1) + g[two] * (x[two] + 1) + g[three] * (x[three] + 1) >= 2 * C - 4),
        forall(k, 0, N, Sum(g[t] * (x[t] + 1), (t, 1, 3 * k)) >= (2 * C - 4) * k),
    ],
    note="T = 3N. Adam with beta_1 = 0 is RMSprop, without bias correction; x* = -1 is the best fixed point. alpha < sqrt(1 - beta2) is "
    "the theorem's, as is x_1 = 1.",
)
