"""AdamCB: two steps of the proof of Theorem 1, the optimal sampling and Lemma 11."""

from fractions import Fraction as F
from itertools import product

from regretlab.claims import Paper, real
from regretlab.claims.paper import both, inequality

P = Paper("AdamCB", "Kim & Oh (2025), Adam with Combinatorial Bandit sampling (AdamCB)")

n, K, L, M, D = real("n K L M D")

# The optimal static sampling, and the step of the proof of Theorem 1 that bounds it.


def least(rows, K):
    """Bound min sum_t sum_j g_tj^2/p_j over {sum p = K, 0 < p <= 1} from below; the bound is attained.

    By weak duality: for every r >= 0 the minimum is at least sum_j min_{p <= 1}(a_j/p + r^2 p) - K r^2, where the inner
    minimum is 2 r sqrt(a_j), or a_j + r^2 if sqrt(a_j) >= r. The rows are such that sqrt(a_j) is an integer.
    """
    squares = [sum(g**2 for g in column) for column in zip(*rows, strict=True)]
    roots = [next(s for s in range(100) if s * s == square) for square in squares]
    ranked = sorted(roots, reverse=True)
    tried = [F(sum(ranked[i:])) / (K - i) for i in range(K)]
    return max(sum(2 * r * s if s < r else s * s + r * r for s in roots) - K * r * r for r in tried)


def within_claim(K, rows):
    """M <= (1/K) sum_t (sum_j |g_tj|)^2."""
    return least(rows, K) <= sum(sum(map(abs, row)) ** 2 for row in rows) / F(K)


def cases():
    """One step with small gradients, and two steps with the two examples in turn."""
    single = [
        {"K": K, "rows": (g,)} for n in (2, 3) for K in range(1, n) for g in product((0, 1, 2), repeat=n) if any(g)
    ]
    return [*single, {"K": 1, "rows": ((1, 0), (0, 1))}, {"K": 1, "rows": ((3, 1), (4, 0))}]


G = real("G")
P.finite(
    "Mstep",
    r"M=\min_p\sum_tE\sum_j\frac{\|g_{t,j}\|^2}{p_j}\le\frac1K\sum_tE\Big(\sum_j\|g_{t,j}\|\Big)^2",
    at="Proof of Theorem 1, Appendix B.4",
    source="reconstructed",
    expect="refuted",
    cases=cases,
    holds=within_claim,
    changes="statement",
    corrected={
        "latex": r"M\le n^2L^2T/K",
        "statement": inequality(given=[K > 0, n > 0, G >= 0, G <= L], show=G**2 / (K / n) <= n * L**2 / K),
        "note": "One summand at p = K/n, of n examples and T steps.",
    },
    note="The p proportional to the norms at each step is not one p for all steps, nor at most 1. The final crude "
    "use is right.",
)
P.finite(
    "Mstep.static",
    r"M\le\sum_tE\Big(\sum_j\|g_{t,j}\|\Big)^2,\ K=1",
    at="Proof of Theorem 1, Appendix B.4",
    source="reconstructed",
    expect="refuted",
    cases=lambda: [case for case in cases() if case["K"] == 1],
    holds=within_claim,
    note="Also where p <= 1 is no restriction: the best p of every step is below the best fixed p, not above it.",
)

# Lemma 11: two examples with losses theta and -theta on [-1, 1], one drawn per step.


def signs(T):
    """All slopes of T steps."""
    return product((1, -1), repeat=T)


P.finite(
    "Lem11",
    r"E\sum_t\big[f_t(\tilde\theta)-f(\tilde\theta)\big]=0,\ \tilde\theta=\arg\min\sum_tf_t;\quad R(T)"
    r"\le R_{online}(T)+O(\sqrt T)",
    at="Lemma 11, Eqs. (17)-(19)",
    source="reconstructed",
    expect="refuted",
    uses=["Eq7"],
    cases=lambda: [{"T": T} for T in range(1, 7)],
    holds=lambda T: sum(min(sum(f), -sum(f)) for f in signs(T)) * F(1, 2) ** T == 0,
    changes="statement",
    corrected={
        "latex": r"E\min_\theta\sum_tf_t(\theta)\le\min_\theta E\sum_tf_t(\theta)\ \Rightarrow\ R(T)\le R_{online}(T)",
        "statement": both(
            statements=[
                inequality(given=[G >= 0, M <= L], show=G * M <= G * L),
                inequality(given=[M <= L], show=D - L <= D - M),
            ]
        ),
        "note": "Of one outcome of probability G: its minimum M is at most its value L at the minimiser of f. "
        "Then summed; D is the common E sum f_t(theta_t) = E sum f(theta_t) of an unbiased f_t. Nothing "
        "of order sqrt(T) is left over.",
    },
    note="The minimiser depends on the draws: the expectation is -E|sum of signs|. With n = 2, K = 1, f = +-theta "
    "on [-1, 1].",
)
