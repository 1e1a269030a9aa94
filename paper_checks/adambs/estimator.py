"""AdamBS's gradient estimate: unbiased (Eq. 1), but not with the second moment of Eq. 16."""

from fractions import Fraction

from regretlab.claims import Paper, real, sqrt, where
from regretlab.claims.designs import small, with_replacement
from regretlab.claims.paper import inequality

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

g, p, n, w, x, y, g1, g2, p1, p2 = real("g p n w x y g1 g2 p1 p2")
WEIGHTED = [w >= 0, w <= 1, x >= 0, y >= 0]


def estimates(p, g, n, K):
    """Pairs (probability, value) of (1/K) sum_k g_{I_k}/(n p_{I_k}), for scalar gradients."""
    return [(chance, sum(g[j] / (n * p[j]) for j in J) / K) for J, chance in with_replacement(p, K).items()]


def designs():
    """Every law with probabilities in quarters, n <= 3 examples and K <= 3 draws, with five gradients each."""
    return small([(n, K) for n in (1, 2, 3) for K in (1, 2, 3)], parts=4, total=1)


def unused():
    """Laws that leave an example with a gradient out."""
    return [{"n": 2, "K": K, "p": (Fraction(1), Fraction(0)), "g": (Fraction(1), Fraction(1))} for K in (1, 2)]


def is_unbiased(n, K, p, g):
    """E G_hat is the mean of the gradients."""
    return sum(chance * value for chance, value in estimates(p, g, n, K)) == sum(g) / n


def second_moment(n, K, p, g):
    """E G_hat^2."""
    return sum(chance * value**2 for chance, value in estimates(p, g, n, K))


def within_eq16(n, K, p, g):
    """Eq. (16)."""
    return second_moment(n, K, p, g) <= sum(a**2 / b for a, b in zip(g, p, strict=True)) / (n**2 * K)


def is_exact_second_moment(n, K, p, g):
    """Eq. (16) with the cross terms."""
    one = sum(a**2 / b for a, b in zip(g, p, strict=True)) / n**2
    return second_moment(n, K, p, g) == one / K + (1 - Fraction(1) / K) * (sum(g) / n) ** 2


def with_one_draw():
    """Select the designs with K = 1."""
    return [case for case in designs() if case["K"] == 1]


def with_zero_mean():
    """Designs whose gradients cancel."""
    return [case for case in small([(2, 2), (3, 2), (2, 3)], parts=4, total=1) if sum(case["g"]) == 0]


# --- Eq. 1 -----------------------------------------------------------------------------------------------------------
P.inequality(
    "Eq1",
    r"\hat G_t=\frac1K\sum_{k\le K}\frac{g_{I_k}}{n\,p_{I_k}},\ I_k\sim p\ \Rightarrow\ "
    r"E\hat G_t=\frac1n\sum_jg_j",
    at="§4.1, Eq. (1)",
    given=[n >= 1, p >= 0, (p > 0) | (g == 0)],
    show=where(p > 0, p * (g / (n * p)), 0) == g / n,
    note="The expectation is linear, so for every n and K the claim is this summand: p_j > 0 wherever g_j is not 0, "
    "and p is the law that is drawn from.",
)
P.finite(
    "Eq1.cases",
    r"E\hat G_t=\frac1n\sum_jg_j\quad(n\le3,\,K\le3)",
    at="§4.1, Eq. (1)",
    cases=designs,
    holds=is_unbiased,
    expect="bounded",
    note="The law of all K draws, enumerated; probabilities in quarters.",
)
P.finite(
    "Eq1.zero",
    r"E\hat G_t=\frac1n\sum_jg_j\quad\text{although some }p_j=0",
    at="§4.1, Eq. (1), without p_j > 0",
    cases=unused,
    holds=is_unbiased,
    expect="refuted",
    note="Why p_j > 0 is needed: an example that is never drawn is missing from the mean.",
)

# --- Eq. 16 ----------------------------------------------------------------------------------------------------------
P.finite(
    "Eq16",
    r"E\|\hat G_t\|^2\le\frac1{n^2K}\sum_{j=1}^n\frac{\|g_j\|^2}{p_j}",
    at="App. A, Eq. (16)",
    cases=designs,
    holds=within_eq16,
    expect="refuted",
    corrected={
        "latex": r"E\|\hat G_t\|^2=\frac1{n^2K}\sum_j\frac{\|g_j\|^2}{p_j}+\Big(1-\frac1K\Big)\|G\|^2",
        "cases": designs,
        "holds": is_exact_second_moment,
        "expect": "bounded",
        "note": "For all n and K it is Eq16.all.",
    },
    changes="statement",
    bounds=("adambs.theorem1", "adambs.theorem2"),
    note="The cross terms of the K draws are dropped. Scalar gradients; vectors add up coordinate by coordinate.",
)
P.finite(
    "Eq16.one",
    r"K=1:\quad E\|\hat G_t\|^2\le\frac1{n^2K}\sum_j\frac{\|g_j\|^2}{p_j}",
    at="App. A, Eq. (16)",
    cases=with_one_draw,
    holds=within_eq16,
    expect="bounded",
    note="The printed form is right for one draw.",
)
P.finite(
    "Eq16.centred",
    r"G=0:\quad E\|\hat G_t\|^2\le\frac1{n^2K}\sum_j\frac{\|g_j\|^2}{p_j}",
    at="App. A, Eq. (16)",
    cases=with_zero_mean,
    holds=within_eq16,
    expect="bounded",
    note="And where the full gradient vanishes.",
)

# --- Eq. 15 ----------------------------------------------------------------------------------------------------------
P.misprint(
    "Eq15",
    r"\sum_t[f_t(\theta_t)-f_t(\theta^*)]=\rho_1d\sqrt T+\sqrt d\rho_2\sqrt{\frac1{n^2K}\sum_tE\sum_j"
    r"\frac{\|g_t\|^2}{p_j^t}}+\rho_3",
    at="App. A, Eq. (15)",
    printed=inequality(
        given=[w >= 0, w <= 1, x >= 0, y >= 0], show=w * x + (1 - w) * y == sqrt(w * x**2 + (1 - w) * y**2)
    ),
    meant=inequality(
        given=[w >= 0, w <= 1, x >= 0, y >= 0], show=w * x + (1 - w) * y <= sqrt(w * x**2 + (1 - w) * y**2)
    ),
    note="'=' should be '<=', and the left side needs an expectation: Eq. 12 has the random root of sum |G_t|^2, and "
    "only E sqrt(X) <= sqrt(E X) leads to the printed root. Here X takes the values x^2 and y^2.",
)
P.disagreement(
    "Eq15.index",
    r"\sum_j\frac{\|g_t\|^2}{p_j^t}\ \text{in Eq. (15)},\quad\sum_j\frac{\|g_j^t\|^2}{p_j^t}\ \text{in Eq. (17)}",
    at="App. A, Eqs. (15) and (17)",
    given=[p1 > 0, p2 > 0, p1 + p2 == 1],
    here=((g1 + g2) / 2) ** 2 / p1 + ((g1 + g2) / 2) ** 2 / p2,
    there=g1**2 / p1 + g2**2 / p2,
    note="Two examples; with g_t the full gradient the two sums differ.",
)
