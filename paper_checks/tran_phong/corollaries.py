r"""Tran & Phong (2019), Corollaries 4.5, 5.5 and 5.6: average regret tends to 0, which fails, for it may stay below -1/2.

Regret is compared with one fixed point. Losses that change their sign ever more rarely, g_t x with g_t = 1 or -1, let a
method reach the better end of [-1, 1] long before the next change, while every fixed point loses as much as it gains.
Here Z_t = g_t (g_1 + ... + g_t), and the sign changes where Z_t >= sqrt(t). What follows from the theorems is that the
limit superior of R(T)/T is at most 0. A public Lean formalisation of the same paper refutes the corollaries too; the
run for all T, from the step that is simulated, is ours.
"""

from fractions import Fraction

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
    sqrt,
    steps,
    where,
)
from regretlab.claims.paper import order, theorem

P = Paper("TP", "Tran & Phong (2019), On the convergence proof of AMSGrad and a new version")

t, n, T = index("t n T")
star = real("x_star")
HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)

Z = recursive("Z", 1, lambda before, t: 1 + where(before >= sqrt(t - 1), -before, before), start=1)
g = recursive("g", 1, lambda before, t: where(Z[t - 1] >= sqrt(t - 1), -before, before), start=1)
halved = recursive("b", HALF, lambda before, t: before / 2, start=1)
harmonic = define("b", lambda t: 1 / (t + 1))


def total(term, to=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, to))


def clip(point):
    """Project onto [-1, 1]."""
    return maximum(-1, minimum(1, point))


def settled(method, b, weighed, alpha, cap, growing):
    """State R(T) <= 6 + (2 + 2 alpha + weight) sqrt(T) - 3/4 T for a method with alpha_t = alpha/sqrt(t), any T.

    ``weighed`` bounds the sum of 4 beta_{1,t} by a number and a number times sqrt(n), ``growing`` are the steps of the
    proof that v_hat does not decrease and is at most ``cap ** 2``; alpha is 4 cap.
    """
    run = steps(method, gradients=g, start=1, beta1_t=b, beta2=Fraction(3, 4), alpha=alpha, eps=0, project=box(-1, 1))
    x, m, v, v_hat = run.x, run.m, run.v, run.v_hat
    s = define("s", lambda t: sqrt(v_hat[t]))
    w = define("w", lambda t: s[t] * sqrt(t) / (2 * alpha))
    here = define("here", lambda t: (x[t] + g[t]) ** 2)
    near = define("near", lambda t: (x[t + 1] + g[t]) ** 2)
    turn = Z[t] - Z[t + 1] + 1
    move = alpha / sqrt(t) * m[t]
    lost = define("lost", lambda t: g[t] * (x[t] + g[t]))
    most = w[t] * (here[t] - here[t + 1]) + QUARTER * turn + alpha / sqrt(t) + 4 * b[t]
    after = clip(x[t] - where(move == 0, move, move / s[t]))
    ratio = ((1 - b[t]) / (1 - b[t - 1])) ** 2
    largest = sqrt(maximum(ratio * v_hat[t - 1], Fraction(3, 4) * v[t - 1] + QUARTER * g[t] * g[t]))
    moved = alpha / sqrt(1) * m[1]
    constant, weight = weighed

    def left(n):
        """Bound the sum of w_t (here_t - here_{t+1}) up to n."""
        return w[n] * (4 - here[n + 1])

    def turned(n):
        """Sum what the changes of sign cost up to n."""
        return QUARTER * (n + 1 - Z[n + 1])

    return theorem(
        where=[Z, g, b, run, s, w, here, near, lost],
        given=[-1 <= star, star <= 1],
        show=total(g[t] * (x[t] - star))
        <= constant + 2 + (2 + 2 * alpha + weight) * sqrt(T) - Fraction(3, 4) * T,
        by=[
            forall(t, 1, None, (0 <= b[t]) & (b[t] <= HALF)),
            forall(t, 1, None, sqrt(t) <= sqrt(t + 1)),
            *([forall(t, 1, None, b[t] <= 1 / sqrt(t))] if weight else [forall(n, 1, T, total(b[t], n) == 1 - b[n])]),
            forall(n, 1, T, total(1 / sqrt(t), n) <= 2 * sqrt(n)),
            *([total(b[t]) <= total(1 / sqrt(t))] if weight else []),
            4 * total(b[t]) <= constant + weight * sqrt(T),
            forall(t, 1, None, g[t] ** 2 == 1),
            forall(t, 1, None, (-sqrt(t) <= Z[t]) & (Z[t] <= sqrt(t) + 1)),
            forall(n, 1, T, total(g[t], n) == g[n] * Z[n]),
            *([] if method == "amsgrad" else [
                forall(t, 1, None, m[t] == b[t] * m[t - 1] + (1 - b[t]) * g[t]),
                forall(t, 1, None, v[t] == Fraction(3, 4) * v[t - 1] + QUARTER * g[t] * g[t]),
            ]),
            forall(t, 1, None, (v[t] >= QUARTER) & (v[t] <= 1)),
            *growing(v_hat),
            forall(t, 1, None, (s[t] >= HALF) & (s[t] <= cap)),
            forall(t, 1, None, s[t] <= s[t + 1]),
            forall(t, 0, None, (-1 <= m[t]) & (m[t] <= 1)),
            *([] if method == "amsgrad" else [
                x[2] == clip(x[1] - where(moved == 0, moved, moved / s[1])),
                forall(t, 2, None, s[t] == largest),
                forall(t, 2, None, x[t + 1] == clip(x[t] - where(move == 0, move, move / largest))),
                forall(t, 2, None, x[t + 1] == after),
            ]),
            forall(t, 1, None, x[t + 1] == after),
            forall(t, 1, None, (-1 <= x[t]) & (x[t] <= 1)),
            forall(t, 1, None, w[t] > 0),
            forall(t, 1, None, w[t] <= w[t + 1]),
            forall(t, 1, None, x[t + 1] == clip(x[t] - m[t] / (2 * w[t]))),
            forall(t, 1, None, m[t] * (x[t] + g[t]) <= w[t] * (here[t] - near[t]) + m[t] ** 2 / (4 * w[t])),
            forall(t, 1, None, m[t] ** 2 / (4 * w[t]) <= alpha / sqrt(t)),
            forall(t, 1, None, lost[t] <= m[t] * (x[t] + g[t]) + 4 * b[t]),
            forall(t, 1, None, (0 <= here[t]) & (here[t] <= 4)),
            forall(t, 1, None, here[t + 1] <= near[t] + 2 * turn / sqrt(t)),
            forall(t, 1, None, turn >= 0),
            forall(t, 1, None, w[t] * (2 * turn / sqrt(t)) <= QUARTER * turn),
            forall(t, 1, None, w[t] * (here[t + 1] - near[t]) <= QUARTER * turn),
            forall(t, 1, None, w[t] * (here[t] - near[t]) <= w[t] * (here[t] - here[t + 1]) + QUARTER * turn),
            forall(t, 1, None, m[t] * (x[t] + g[t]) <= most - 4 * b[t]),
            forall(t, 1, None, lost[t] <= most),
            forall(n, 1, T, total(lost[t], n) <= left(n) + turned(n) + alpha * total(1 / sqrt(t), n) + 4 * total(b[t], n)),
            forall(n, 1, T, total(lost[t], n) <= left(n) + turned(n) + 2 * alpha * sqrt(n) + 4 * total(b[t], n)),
            total(lost[t]) <= left(T) + turned(T) + (2 * alpha + weight) * sqrt(T) + constant,
            left(T) <= sqrt(T) / 2,
            total(lost[t]) <= turned(T) + (2 * alpha + weight + HALF) * sqrt(T) + constant,
            sqrt(T + 1) <= sqrt(T) + 1,
            turned(T) <= QUARTER * (T + 2 + sqrt(T)),
            total(lost[t]) <= (2 * alpha + weight + HALF + QUARTER) * sqrt(T) + constant + HALF + QUARTER * T,
            forall(n, 1, T, total(g[t] * (x[t] - star), n) == total(lost[t], n) - n - star * total(g[t], n)),
            -star * total(g[t]) <= sqrt(T) + 1,
        ],
    )  # fmt: skip


def plain(v_hat):
    """AMSGrad's v_hat."""
    return [
        forall(t, 1, None, (v_hat[t] >= QUARTER) & (v_hat[t] <= 1)),
        forall(t, 1, None, v_hat[t] <= v_hat[t + 1]),
    ]


def ratcheted(b):
    """AdamX's v_hat, for a beta_{1,t} that does not increase."""
    ratio = ((1 - b[t]) / (1 - b[t - 1])) ** 2

    def growing(v_hat):
        return [
            forall(t, 1, None, b[t + 1] <= b[t]),
            forall(t, 2, None, ratio >= 1),
            forall(t, 2, None, ratio * (4 * (1 - b[t - 1]) ** 2) == 4 * (1 - b[t]) ** 2),
            forall(t, 1, None, 4 * (1 - b[t]) ** 2 >= 1),
            forall(t, 1, None, (v_hat[t] >= QUARTER) & (v_hat[t] <= 4 * (1 - b[t]) ** 2)),
            forall(t, 1, None, v_hat[t] <= 4),
            forall(t, 2, None, ratio * v_hat[t - 1] >= v_hat[t - 1]),
            forall(t, 1, None, v_hat[t] <= v_hat[t + 1]),
        ]

    return growing


ZERO = r"\lim_{T\to\infty} \frac{R(T)}{T} = 0"
LIMSUP = r"\limsup_{T\to\infty} \frac{R(T)}{T} \le 0, \qquad R(T) = O\big(\sqrt{T\log T}\big)"
alpha, beta1, beta2, eta, d, D, G, N, before, V = real("alpha beta1 beta2 eta d D G N before V")
FIRST = d * D**2 * G / (2 * alpha * (1 - beta1))
THIRD = alpha * sqrt(1 + log(N)) / ((1 - beta1) ** 2 * sqrt(1 - beta2) * (1 - eta)) * d * G * sqrt(N)
AT_MOST = {"T": N, "at_most": HALF, "logs": HALF}


def limsup(**terms):
    """State that a theorem's bound is O(sqrt(T log T)): all that follows about the limit."""
    return {"latex": LIMSUP, "statement": order(terms={**terms, "third": THIRD}, **AT_MOST)}


P.denial(
    "Cor4.5",
    ZERO,
    at="Corollary 4.5",
    statement=settled("amsgrad", halved, (4, 0), 4, 1, plain),
    expect="refuted",
    corrected=limsup(first=FIRST * (before + sqrt(N))),
    changes="statement",
    source="reconstructed",
    note="AMSGrad with alpha = 4, beta1 = lambda = 1/2, beta2 = 3/4 on |g_t| = 1, D = 2: R(T)/T is at most 10/sqrt(T) + 6/T - 3/4 "
    "for every T. In the correction before is the sum of sqrt(t) up to t0.",
)
P.denial(
    "Cor5.5",
    ZERO,
    at="Corollary 5.5",
    statement=settled("adamx", halved, (4, 0), 8, 2, ratcheted(halved)),
    expect="refuted",
    corrected=limsup(first=FIRST * sqrt(N), second=FIRST * V),
    changes="statement",
    source="reconstructed",
    note="AdamX with alpha = 8, beta1 = lambda = 1/2, beta2 = 3/4 on the same losses: R(T)/T is at most 18/sqrt(T) + 6/T - 3/4. In the "
    "correction V is the sum of beta_{1,t} sqrt(t - 1), at most beta1 lambda/(1 - lambda)^2.",
)
t_real = real("t")
P.inequality(
    "Cor5.6.schedule",
    r"\hat v_t \ge \Big(\frac{1-\beta_{1,t}}{1-\beta_{1,t-1}}\Big)^2 \hat v_{t-1} \ge \hat v_{t-1}, \qquad \beta_{1,t} = \frac 1t",
    at="Corollary 5.6",
    given=[t_real >= 2, V >= 0],
    show=((1 - 1 / t_real) / (1 - 1 / (t_real - 1))) ** 2 * V >= V,
    expect="ill-posed",
    corrected={
        "latex": r"\beta_{1,t} = \frac 1{t+1}",
        "given": [t_real >= 2, V >= 0],
        "show": ((1 - 1 / (t_real + 1)) / (1 - 1 / t_real)) ** 2 * V >= V,
    },
    changes="hypothesis",
    source="reconstructed",
    note="With beta_{1,t} = 1/t the first gradient has no weight, beta_{1,1} = 1, and the maximum of the second round divides by "
    "1 - beta_{1,1} = 0; the theorem supposes beta_1 < 1.",
)
P.denial(
    "Cor5.6",
    ZERO,
    at="Corollary 5.6, with beta_{1,t} = 1/(t + 1)",
    statement=settled("adamx", harmonic, (0, 8), 8, 2, ratcheted(harmonic)),
    expect="refuted",
    corrected=limsup(first=FIRST * sqrt(N), second=FIRST * 2 * sqrt(N)),
    changes="statement",
    source="reconstructed",
    note="The same run with beta_{1,t} = 1/(t + 1), as Cor5.6.schedule has it: R(T)/T is at most 26/sqrt(T) + 2/T - 3/4. In the "
    "correction the sum of beta_{1,t} sqrt(t - 1) is at most that of 1/sqrt(t).",
)
