"""AdamBS's distribution update (Algorithm 2): the bandit's losses, their estimates and the projection."""

from fractions import Fraction

from regretlab.claims import Paper, exp, log, maximum, real
from regretlab.claims.designs import expectation, grid, kl_projection, with_replacement
from regretlab.claims.paper import inequality, scalar

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

p, q, g, s, L, K, ell, c, w, pm, u, x = real("p q g s L K l c w p_min u x")
h, alpha, lq, lp, lw = real("h alpha log_q log_p log_w")
DRAWN = [p > 0, p <= 1, K >= 1]


def rounds():
    """Laws in quarters with n <= 3 examples, K <= 4 draws and losses that are not all equal."""
    return [
        {"n": n, "K": K, "p": p, "losses": tuple(Fraction(j + 1) for j in range(n))}
        for n in (1, 2, 3)
        for K in (1, 2, 3, 4)
        for p in grid(n, 1, 4)
    ]


def estimate(J, j, losses, p, K):
    """Line 3: the estimate of l_j after the draws J."""
    return losses[j] * sum(1 for i in J if i == j) / (K * p[j])


def has_the_moments_of_a_count(n, K, p, losses):
    """Both moments of every estimate, by the law of the draws."""
    law = with_replacement(p, K)

    def moment(j, power):
        return expectation(law, lambda J: estimate(J, j, losses, p, K) ** power)

    return all(
        moment(j, 1) == losses[j] and p[j] * moment(j, 2) == losses[j] ** 2 * ((1 - p[j]) / K + p[j]) for j in range(n)
    )


def projections():
    """Weights, the floor, and the projection that theory gives."""
    return [{"w": (Fraction(1, 2), Fraction(3, 10), Fraction(3, 20), Fraction(1, 20)), "floor": Fraction(1, 10)}]


def projects_to(w, floor):
    """Check that the projection is the expected one."""
    expected = (Fraction(9, 19), Fraction(27, 95), Fraction(27, 190), Fraction(1, 10))
    return kl_projection(w, 1, floor, 1) == expected and sum(expected) == 1


# --- the optimal law -------------------------------------------------------------------------------------------------
P.both(
    "OptP",
    r"\arg\min_{\sum_jp_j=1}\sum_j\frac{\|g_j\|^2}{p_j}=\frac{\|g_j\|}{\sum_i\|g_i\|},\quad"
    r"\text{with the value }\Big(\sum_j\|g_j\|\Big)^2",
    at="§4.2",
    statements=[
        inequality(given=[p > 0], show=g**2 / p >= 2 * s * g - s**2 * p),
        inequality(given=[g > 0, s > 0], show=g**2 / (g / s) == s * g),
    ],
    note="g and p are one example's gradient norm and probability, s the sum of all norms. Summed over the examples, "
    "the right side of the first is s^2 for every p, and the second says that p = g/s attains it.",
)
P.inequality(
    "OptP.zero",
    r"\frac{\|g_j\|^2}{p_j}\text{ at }p_j=\frac{\|g_j\|}{\sum_i\|g_i\|}\text{ is }\|g_j\|\sum_i\|g_i\|",
    at="§4.2, without |g_j| > 0",
    given=[g >= 0, s > 0],
    show=g**2 / (g / s) == s * g,
    expect="ill-posed",
    note="An example without gradient gets probability 0 and the objective reads 0/0; with p_min > 0 that law is not "
    "in P.",
)
P.inequality(
    "OptP.floor",
    r"\arg\min_{\sum_jp_j=1,\ p_j\ge p_{\min}}\sum_j\frac{\|g_j\|^2}{p_j}=\max(p_{\min},c\,\|g_j\|)",
    at="§4.2, on Algorithm 2's P",
    given=[g >= 0, c > 0, pm > 0, q >= pm],
    show=g**2 / q + q / c**2 >= g**2 / maximum(pm, c * g) + maximum(pm, c * g) / c**2,
    note="One summand of the Lagrangian with the multiplier 1/c^2. Summed over the examples the terms in 1/c^2 "
    "cancel, as both laws sum to 1.",
)

# --- Algorithm 2 -----------------------------------------------------------------------------------------------------
P.misprint(
    "Alg2.index",
    r"I^t\sim p^{t-1},\quad\hat h_{t,j}=\frac{l_{t,j}\sum_k1(j=I_k^t)}{K\,p_j^t},\quad E\hat h_{t,j}=l_{t,j}",
    at="Algorithm 1, line 6; Algorithm 2, lines 2-4",
    printed=inequality(given=[*DRAWN, q > 0, q <= 1], show=ell * (K * q) / (K * p) == ell),
    meant=inequality(given=DRAWN, show=ell * (K * p) / (K * p) == ell),
    note="q is the law p^{t-1} that is drawn from, so that the expected count of j is K q_j; p is the p^t that is "
    "divided by, which line 5 has yet to compute. Read p^{t-1} in lines 2 and 3.",
)
P.inequality(
    "Alg2.range",
    r"\|g_j\|\le L,\ p_j\ge p_{\min}\ \Rightarrow\ 0\le l_{t,j}=-\frac{\|g_j\|^2}{p_j^2}+\frac{L^2}{p_{\min}^2}"
    r"\le\frac{L^2}{p_{\min}^2}",
    at="Algorithm 2, line 2",
    given=[g >= 0, g <= L, pm > 0, p >= pm, p <= 1],
    show=(-(g**2) / p**2 + L**2 / pm**2 >= 0) & (-(g**2) / p**2 + L**2 / pm**2 <= L**2 / pm**2),
)
P.inequality(
    "Alg2.range.floor",
    r"\|g_j\|\le L\ \Rightarrow\ l_{t,j}\ge0",
    at="Algorithm 2, line 2, without p_j >= p_min",
    given=[g >= 0, g <= L, pm > 0, pm <= 1, p > 0, p <= 1],
    show=-(g**2) / p**2 + L**2 / pm**2 >= 0,
    expect="refuted",
)
P.both(
    "Alg2.hhat",
    r"E\hat h_{t,j}=l_{t,j},\quad p_jE\hat h_{t,j}^2=l_{t,j}^2\Big(\frac{1-p_j}K+p_j\Big)\le l_{t,j}^2",
    at="Algorithm 2, line 3; App. B, Eq. (27)",
    uses=["AdamBS.Alg2.index"],
    statements=[
        inequality(given=DRAWN, show=ell * (K * p) / (K * p) == ell),
        inequality(
            given=[s == (K - 1) * p * (1 - p) + (K - 1) ** 2 * p**2],
            show=s + 2 * (K - 1) * p * p + p == K * p * (1 - p) + K**2 * p**2,
        ),
        inequality(
            given=DRAWN,
            show=p * (ell**2 * (K * p * (1 - p) + K**2 * p**2) / (K * p) ** 2) == ell**2 * ((1 - p) / K + p),
        ),
        inequality(given=DRAWN, show=ell**2 * ((1 - p) / K + p) <= ell**2),
    ],
    note="For every n and K, with p the law that is drawn from: the count of j is a sum of K independent indicators; "
    "the second part is the induction step of its second moment.",
)
P.finite(
    "Alg2.hhat.cases",
    r"E\hat h_{t,j}=l_{t,j},\quad p_jE\hat h_{t,j}^2=l_{t,j}^2\Big(\frac{1-p_j}K+p_j\Big)\quad(n\le3,\,K\le4)",
    at="Algorithm 2, line 3; App. B, Eq. (27)",
    cases=rounds,
    holds=has_the_moments_of_a_count,
    expect="bounded",
)
P.finite(
    "Alg2.proj.example",
    r"w=(\tfrac12,\tfrac3{10},\tfrac3{20},\tfrac1{20}),\ p_{\min}=\tfrac1{10}\ \Rightarrow\ "
    r"q=(\tfrac9{19},\tfrac{27}{95},\tfrac{27}{190},\tfrac1{10})",
    at="Algorithm 2, line 5",
    cases=projections,
    holds=projects_to,
    expect="bounded",
    note="An example to check an implementation with.",
)
P.both(
    "Alg2.proj",
    r"\arg\min_{q\in\mathcal P}D_{kl}(q\,\|\,w)=\max(p_{\min},c\,w_j),\quad"
    r"\mathcal P=\{q:\textstyle\sum_jq_j=1,\ q_j\ge p_{\min}\}",
    at="Algorithm 2, line 5",
    statements=[
        inequality(given=[x > 0], show=x * log(x) - x + 1 >= 0),
        inequality(
            given=[u > 0, pm > u, q >= pm],
            show=q * (log(q / pm) + log(pm / u)) - q >= pm * log(pm / u) - pm,
        ),
    ],
    note="One summand q log(q/u) - q of the Lagrangian, u = c w_j with log c the multiplier of the sum: it is "
    "smallest at u (first part, x = q/u), and at p_min if u < p_min (second part, with log(q/u) in two steps). The "
    "weights do not sum to 1, so D_kl is the generalised divergence; P is not empty only for n p_min <= 1.",
)
P.both(
    "Eq20-23",
    r"w^{t+1}=\nabla\phi^*(\nabla\phi(p^t)-\alpha_p\hat h_t),\ p^{t+1}=\arg\min_{y\in\mathcal P}B_\phi(y,w^{t+1});\quad"
    r"\phi(p)=\sum_jp_j\log p_j,\ \phi^*(u)=\sum_je^{u_j-1},\ w_j^{t+1}=p_j^te^{-\alpha_p\hat h_{t,j}}",
    at="App. B, Eqs. (20)-(23)",
    statements=[
        inequality(
            given=[lw == lp - alpha * h],
            show=alpha * h * q + (q * (lq - lp) - q + p) == (q * (lq - lw) - q + w) + p - w,
        ),
        scalar(f=exp(x - 1) - x, x=x, a="-oo", b="oo"),
    ],
    note="First part: with log w = log p - alpha h, which is Eq. (23), the objectives of the mirror step and of the "
    "two-step form differ by p - w, whatever q is; the logarithms are symbols. Second part: with x = u - log p it "
    "says that p u - p log p <= e^(u - 1), with equality at x = 1, so that phi* is as printed.",
)
