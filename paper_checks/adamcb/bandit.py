"""AdamCB: the regret of the bandit (Lemmas 2 and 12), and what freezing capped examples does to it."""

from fractions import Fraction as F
from itertools import combinations_with_replacement

from regretlab.claims import Paper, balls, designs, exp, log, real, sqrt
from regretlab.claims.paper import both, inequality, scalar

P = Paper("AdamCB", "Kim & Oh (2025), Adam with Combinatorial Bandit sampling (AdamCB)")

e = exp(1)
n, K, T, L, gamma, x, w, W, cut, p, X, Y = real("n K T L gamma x w W W' p X Y")

# Capping and freezing, with losses. The instance: four examples, batches of three; losses (0, 1, 1, 1) until the first
# example is capped for certain, then (1, 0, 0, 0).

SIZE, BATCH = 4, 3


def tuned(T):
    """Return the exploration of Lemma 2: sqrt(n ln(n/K)/((e-1) T K))."""
    return sqrt(SIZE * log(F(SIZE, BATCH)) / ((e - 1) * T * BATCH))


def steps_to_freeze(T):
    """Find the least s for which the first example is capped after s steps, whatever batches were drawn.

    Its weight stays 1. As long as no example is capped, every drawn one of the others shrinks by exp(-K gamma/(n p)) or
    more, p <= 1, and one at most is not drawn; their sum is largest if that is always the same one. Capped means that
    the largest weight is at least C times the sum.
    """
    gamma = tuned(T)
    C = (F(1, BATCH) - gamma / SIZE) / (1 - gamma)
    s = 1
    while not balls.truth(C * (2 + (BATCH - 1) * exp(-s * BATCH * gamma / SIZE)) <= 1, {}):
        s += 1
    return s


def regret_at_least(T):
    """T - 2s: at most s is gained on the others before; then the frozen one costs 1 per step, and they nothing."""
    return F(T - 2 * steps_to_freeze(T))


P.bandit_regret(
    "Alg3.freeze",
    r"E\sum_t\sum_{j\in J_t}\ell_{t,j}-\min_{|A|=K}\sum_t\sum_{j\in A}\ell_{t,j}\le2\sqrt{(e-1)KnT\ln(n/K)}"
    r"\text{ with capping, and }w_i\text{ unchanged on }S_{null}",
    at="Algorithms 2-3 and Appendix B.3",
    source="reconstructed",
    expect="refuted",
    uses=["Alg2.tau", "Alg3.freeze.steps"],
    regret=regret_at_least,
    bound=lambda T: 2 * sqrt((e - 1) * BATCH * SIZE * T * log(F(SIZE, BATCH))),
    horizons=(25, 50, 100, 1000),
    changes="algorithm",
    corrected={
        "latex": r"x=1-\ell,\ w_i\leftarrow w_ie^{+K\gamma\hat x_i/n}:\quad"
        r"\frac{w_i}W\le\frac{w_i}{W'}=\frac{p_i/K-\gamma/n}{1-\gamma}",
        "statement": both(
            statements=[
                inequality(given=[w >= 0, cut > 0, W > 0, cut <= W], show=w / W <= w / cut),
                inequality(
                    given=[K > 0, n > 0, gamma < 1, p == K * ((1 - gamma) * x + gamma / n)],
                    show=x == (p / K - gamma / n) / (1 - gamma),
                ),
            ]
        ),
        "note": "With gains the one-step inequality of EXP3.M needs this direction, and it holds; the rest is "
        "Alg3.gains, after Uchiya et al.",
    },
    note="The rule is that of EXP3.M for gains. With losses a capped example is never updated again: the regret "
    "on this instance is at least T - 2s for every draw, linear in T. The losses are any in [0, 1], not "
    "AdamCB's own.",
)
P.both(
    "Alg3.freeze.steps",
    r"\text{the first example is capped after }s\text{ steps, and stays so}",
    at="Algorithms 2-3",
    source="reconstructed",
    statements=[
        inequality(given=[K > 0, n > 0, gamma > 0, p > 0, p <= 1], show=K * gamma / (n * p) >= K * gamma / n),
        inequality(given=[X >= 1, Y >= 1], show=X + Y <= X * Y + 1),
        inequality(given=[x > 0, x * W <= 1, cut <= W], show=x * cut <= 1),
        inequality(given=[x >= 0, x <= T, w >= K - 1], show=(T - x) + x * w - x * K >= T - 2 * x),
    ],
    note="What the lower bound T - 2s rests on: a drawn weight shrinks by exp(-K gamma/n) at least; one example "
    "that is always left out is the worst case; the cap stays while the sum falls; s steps of loss K - 1 or "
    "more, then T - s of loss 1.",
)
WEIGHTS = [w for n in (3, 4, 5) for w in combinations_with_replacement((1, 2, 8), n)]


def share_at_least(n, K, gamma, w):
    """w_i/W >= (p_i/K - gamma/n)/(1 - gamma) for every example that is not capped."""
    p, null, _ = designs.capped(w, K, gamma)
    return all(w[i] / F(sum(w)) >= (p[i] / K - gamma / n) / (1 - gamma) for i in range(n) if i not in null)


P.finite(
    "Alg3.freeze.share",
    r"\frac{w_i}W\ge\frac{p_i/K-\gamma/n}{1-\gamma},\ i\notin S_{null}",
    at="Proof of Lemma 2: ``from the probability computation in Algorithm 2''",
    source="reconstructed",
    expect="refuted",
    cases=lambda: [
        {"n": len(w), "K": K, "gamma": F(1, 10), "w": tuple(reversed(w))} for w in WEIGHTS for K in range(2, len(w))
    ],
    holds=share_at_least,
    note="The first error: with losses the proof needs this direction, but W' <= W gives the other one.",
)

# Lemma 2: with the factor L^2/p_min^2, the bound exceeds everything that can happen.

root = sqrt((e - 1) * K * n * T * log(n / K))
sizes = [K >= 1, K > 0, n > 0, n > K, T >= 1, L > 0, gamma > 0, gamma <= 1]
r = real("r")


def never_informative(k, log_term, trivial):
    """``trivial <= L^2 n^2/gamma^2 * 2 sqrt((e-1) k n T log_term)`` as long as gamma is at most the lemma's."""
    scale = (e - 1) * k * T * gamma
    return both(
        statements=[
            inequality(
                given=[*sizes, log_term > 0, gamma**2 * (e - 1) * T * k <= n * log_term],
                show=scale**2 <= (e - 1) * k * n * T * log_term,
            ),
            inequality(given=[*sizes, r >= scale], show=trivial <= L**2 * n**2 / gamma**2 * (2 * r)),
        ]
    )


P.vacuity(
    "Lem2",
    r"E\sum_t\sum_j\frac{\|g_j\|^2}{p_j}-\min_p\le\frac{L^2}{p_{\min}^2}\,2\sqrt{(e-1)KnT\ln(n/K)},\ p_{\min}=\gamma/n",
    at="Lemma 2",
    source="reconstructed",
    uses=["Alg2.tau", "Alg3.range", "Alg3.monotone", "Alg3.freeze"],
    bounds=("adamcb.printed", "adamcb.lemma2"),
    statement=never_informative(K, log(n / K), n**2 * L**2 * T / (K * gamma)),
    note="As p >= K gamma/n, the left side is never above n^2 L^2 T/(K gamma); the right side, with its own "
    "gamma, is 2(e-1)K^2 times that (r is the root). For arbitrary losses in [0, 1] the lemma is false, see "
    "Alg3.freeze.",
)
P.inequality(
    "Lem2.trivial",
    r"\frac{\|g_j\|^2}{p_j}\le\frac{nL^2}{K\gamma}",
    at="Lemma 2",
    source="reconstructed",
    given=[*sizes, x >= 0, x <= L, p > 0, p >= K * gamma / n],
    show=x**2 / p <= n * L**2 / (K * gamma),
    note="Summed over n examples and T steps: the trivial bound on the left side of Lemma 2.",
)
P.both(
    "Lem2.mirror",
    r"\text{KL mirror descent on }\{\sum p=K,\ K\gamma/n\le p\le1\}:\ \le\frac{L^2}{p_{\min}^2}\sqrt{2KnT\ln(n/K)},\ "
    r"p_{\min}=K\gamma/n",
    at="Lemma 2, with another algorithm",
    source="reconstructed",
    bounds=("adamcb.ours", "adamcb.ours_lemma"),
    statements=[
        scalar(f=1 - x + x**2 / 2 - exp(-x), x=x, a=0, b="oo"),
        inequality(given=[p > 0, x >= 0, x <= 1], show=p * (p * (x / p) ** 2) <= 1),
        scalar(f=log(x), x=x, a=1, b="oo"),
        inequality(
            given=[K > 0, n > 0, T > 0, w > 0, X > 0, 2 * K * w / (n * T) == X**2],
            show=(K * w / X + X * n * T / 2) ** 2 == 2 * K * n * T * w,
        ),
    ],
    note="Ours. The steps of the standard argument that need checking: exp(-x) <= 1 - x + x^2/2; the second "
    "moment of a loss estimate; the start, sum q ln(q n/K) <= K ln(n/K), as ln(1/q) >= 0; and the step size "
    "X that balances the two terms, w = ln(n/K).",
)

# Lemma 12: the same for AdamBS, corrected.

P.vacuity(
    "Lem12",
    r"E\sum_t\sum_j\frac{\|g_j\|^2}{p_j}-\min_p\le\frac{L^2n^2}{\gamma^2}\,2\sqrt{(e-1)nT\ln n}",
    at="Lemma 12, Appendix D",
    source="reconstructed",
    bounds=("adambs_corrected.printed", "adambs_corrected.lemma12"),
    statement=never_informative(1, log(n), n**2 * L**2 * T / gamma),
    note="As p >= gamma/n, the left side is never above n^2 L^2 T/gamma, even against the best arm of every step; "
    "the right side is 2(e-1) times that.",
)
P.bandit_regret(
    "Lem12.dynamic",
    r"E\sum_t\ell_{t,I_t}-\sum_t\min_j\ell_{t,j}\le2\sqrt{(e-1)nT\ln n}",
    at="Proof of Lemma 12: ``since j_t were chosen arbitrarily, we can choose the best for every iteration''",
    source="confirmed",
    expect="refuted",
    regret=lambda T: F(T, 2),
    bound=lambda T: 2 * sqrt((e - 1) * 2 * T * log(2)),
    horizons=(10, 20, 30, 40, 1000),
    note="n = 2, losses (b, 1-b) with a fair coin b: every algorithm loses T/2 on average, the best arm of every "
    "step nothing.",
)
