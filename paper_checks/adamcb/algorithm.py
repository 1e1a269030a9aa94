"""AdamCB: the update, the capped probabilities and the feedback of the bandit (Algorithms 1-3)."""

from fractions import Fraction as F
from itertools import combinations_with_replacement

from regretlab.claims import OPS, Paper, designs, exp, maximum, real, sqrt
from regretlab.claims.paper import inequality, scalar
from regretlab.methods import Coefficients, Moments, step

P = Paper("AdamCB", "Kim & Oh (2025), Adam with Combinatorial Bandit sampling (AdamCB)")

x, m, v, V, g, t = real("x m v V g t")
alpha, b, before, b2, eps = real("alpha beta1_t beta1_t-1 beta2 eps")
n, K, gamma, w, W, p, L, i, S, c, rest = real("n K gamma w W p L i S C rest")

# Algorithm 1: the very step that is simulated, on symbols.

ratio = ((1 - b) / (1 - before)) ** 2
k = Coefficients(mu=b, nu=1 - b, beta=b2, om=1 - b2, rho=ratio, wd=0, eta=alpha / sqrt(t), kap=0, c=1, p=0.5, eps=eps)
after = step(Moments(x, m, v, V), g, k, lambda x, weights: x, OPS)
averages = [b >= 0, b <= before, before < 1, b2 > 0, b2 < 1, v >= 0, V >= 0, t >= 1]
printed = (
    (after.m == b * m + (1 - b) * g)
    & (after.v == b2 * v + (1 - b2) * g**2)
    & (after.v_hat == maximum(ratio * V, after.v))
    & (after.x == x - alpha / sqrt(t) * after.m / (sqrt(after.v_hat) + eps))
)

P.inequality(
    "Alg1",
    r"m_t=\beta_{1,t}m_{t-1}+(1-\beta_{1,t})g_t,\ v_t=\beta_2v_{t-1}+(1-\beta_2)g_t^2,\ "
    r"\hat v_t=\max\{(\tfrac{1-\beta_{1,t}}{1-\beta_{1,t-1}})^2\hat v_{t-1},v_t\},\ "
    r"\theta_{t+1}=\theta_t-\alpha_tm_t/(\sqrt{\hat v_t}+\epsilon)",
    at="Algorithm 1, lines 4-7",
    source="confirmed",
    given=[*averages, eps > 0],
    show=printed,
    note="The simulated step of AdamX is the printed one: no bias correction, no projection. It is the update for "
    "t >= 2.",
)
P.inequality(
    "Alg1.zero",
    r"\theta_{t+1}=\theta_t-\alpha_tm_t/(\sqrt{\hat v_t}+\epsilon),\ \epsilon\ge0",
    at="Algorithm 1, line 7",
    source="confirmed",
    expect="ill-posed",
    given=[*averages, eps >= 0],
    show=printed,
    note="With eps = 0, as the regret theorem needs, the step is 0/0 for a coordinate without gradient so far.",
)

# Algorithm 2: the threshold. i weights are capped so far, S is the sum of the others, w the largest of them.

C = (1 / K - gamma / n) / (1 - gamma)
range_ = [K > 0, n > 0, n > K, gamma > 0, gamma < 1]
stays = inequality(given=range_, show=1 / K < C)
defined = inequality(
    given=[c > 0, i >= 0, 1 - i * c > 0, w > 0, rest > 0, w >= c * (w + rest) / (1 - i * c)], show=1 - (i + 1) * c > 0
)
ends = inequality(given=[K > 0, c > 1 / K, 1 - i * c > 0], show=i < K)
above = inequality(
    given=[c > 0, i >= 0, S > 0, 1 - i * c > 0, 1 - (i + 1) * c > 0, w >= c * (S + w) / (1 - i * c)],
    show=w >= c * S / (1 - (i + 1) * c),
)
tau = c * S / (1 - i * c)
share = inequality(given=[c > 0, i >= 0, S > 0, 1 - i * c > 0], show=tau / (i * tau + S) == c)
one = inequality(given=range_, show=K * ((1 - gamma) * C + gamma / n) == 1)
probability = K * ((1 - gamma) * w / W + gamma / n)
floored = inequality(given=[*range_, W > 0, w >= 0], show=K * gamma / n <= probability)
within = inequality(given=[*range_, W > 0, w >= 0, w <= C * W], show=probability <= 1)
WEIGHTS = [w for n in (2, 3, 4) for w in combinations_with_replacement((1, 2, 7, 40), n)]


def capping(n, K, gamma, w):
    """All that is claimed of one run of Algorithm 2."""
    p, null, tau = designs.capped(w, K, gamma)
    C = (1 / F(K) - gamma / n) / (1 - gamma)
    cut = [tau if j in null else w[j] for j in range(n)]
    return (
        sum(p) == K
        and all(K * gamma / n <= q <= 1 for q in p)
        and all(p[j] == 1 for j in null)
        and len(null) <= K - 1
        and (tau is None or tau == C * sum(cut))
    )


P.both(
    "Alg2.tau",
    r"C=\frac{1/K-\gamma/n}{1-\gamma},\ \tau=\frac{C\,S_i}{1-iC},\ w'=\min(w,\tau)\ \Rightarrow\ "
    r"K\gamma/n\le p\le1,\ p=1\text{ on }S_{null},\ |S_{null}|\le K-1",
    at="Algorithm 2, lines 2-11",
    source="code",
    statements=[stays, defined, ends, above, share, one, floored, within],
    note="For 1 <= K < n and 0 < gamma < 1: C > 1/K; the search goes on defined and ends before i = K; what is "
    "capped lies above the threshold; the threshold has the share C of the capped sum, so p = 1 there, and K "
    "gamma/n <= p <= 1 elsewhere.",
)
P.finite(
    "Alg2.tau.cases",
    r"\sum p=K,\ K\gamma/n\le p\le1,\ p=1\text{ on }S_{null},\ |S_{null}|\le K-1,\ \tau=C\sum w'",
    at="Algorithm 2, lines 2-11",
    source="code",
    expect="bounded",
    cases=lambda: [
        {"n": len(w), "K": K, "gamma": gamma, "w": w}
        for w in WEIGHTS
        for K in range(1, len(w))
        for gamma in (F(1, 10), F(2, 5), F(9, 10))
    ],
    holds=capping,
    note="The whole search for the threshold is run, on weights from {1, 2, 7, 40}.",
)
P.inequality(
    "Alg2.tau.all",
    r"C>1/K\text{ for }1\le K\le n",
    at="Algorithm 2, line 2",
    source="code",
    expect="refuted",
    given=[K >= 1, n >= K, gamma > 0, gamma < 1],
    show=1 / K < C,
    note="At K = n (all examples) C = 1/n: with equal weights the search never ends. p = 1 has to be treated on "
    "its own.",
)
P.inequality(
    "Alg2.tau.uniform",
    r"C>1/K\text{ for }0<\gamma\le1",
    at="Algorithm 2, line 2",
    source="code",
    expect="ill-posed",
    given=[K >= 1, n > K, gamma > 0, gamma <= 1],
    show=1 / K < C,
    note="gamma = 1 means uniform sampling, but the formula is 0/0 there.",
)
P.inequality(
    "Alg2.tau.uncapped",
    r"K\big((1-\gamma)\tfrac{w_i}{\sum w}+\tfrac\gamma n\big)\le1",
    at="Section 3.2, Weight Adjustment",
    source="confirmed",
    expect="refuted",
    given=[*range_, W > 0, w >= 0, w <= W],
    show=probability <= 1,
    note="Why weights are capped at all: without it a probability can exceed 1, as the paper says.",
)

# The probabilities sum to K: partial sums over some examples, of weight S and number i, then all of them.

a, u = real("a u")
P.both(
    "Alg2.sum",
    r"\sum_{i=1}^np_i=K",
    at="Algorithm 2, line 11",
    source="confirmed",
    statements=[
        inequality(given=[W > 0], show=S / W + w / W == (S + w) / W),
        inequality(
            show=K * ((1 - gamma) * a + i * u) + K * ((1 - gamma) * w + u) == K * ((1 - gamma) * (a + w) + (i + 1) * u)
        ),
        inequality(given=[n > 0, W > 0], show=K * ((1 - gamma) * (W / W) + n * (gamma / n)) == K),
    ],
    note="Induction over the examples: one more (of share w, with u = gamma/n) keeps the form of the sum; all give K.",
)

# Algorithm 3: the feedback. G is the norm of an example's gradient.

G, ell, floor = real("G l p_min")
loss = floor**2 / L**2 * (L**2 / floor**2 - G**2 / p**2)
bounded = [floor > 0, p > 0, L > 0, G >= 0, G <= L]
used = floor * G / (L * p)
as_square = inequality(given=bounded, show=loss == 1 - used**2)
P.both(
    "Alg3.range",
    r"\ell_i=\frac{p_{\min}^2}{L^2}\Big(\frac{L^2}{p_{\min}^2}-\frac{\|g_i\|^2}{p_i^2}\Big)\in[0,1],"
    r"\ p_{\min}=\gamma/n",
    at="Algorithm 3",
    source="reconstructed",
    statements=[
        as_square,
        inequality(given=[*bounded, p >= floor], show=used <= 1),
        inequality(given=[x >= 0, x <= 1], show=(1 - x**2 >= 0) & (1 - x**2 <= 1)),
    ],
    note="Only p >= p_min is used; Algorithm 2 keeps p >= K gamma/n, see Alg3.range.flat.",
)
P.both(
    "Alg3.range.flat",
    r"p_i\ge K\gamma/n\ \Rightarrow\ \ell_i\ge1-1/K^2",
    at="Algorithm 3",
    source="reconstructed",
    statements=[
        as_square,
        inequality(given=[*bounded, K > 0, p >= K * floor], show=used <= 1 / K),
        inequality(given=[K > 0, x >= 0, x <= 1 / K], show=1 - x**2 >= 1 - 1 / K**2),
    ],
    note="The feedback is nearly constant: with K = 128 it lies in [0.99994, 1]. The range fits p_min = K gamma/n.",
)
P.both(
    "Alg3.monotone",
    r"w_i\leftarrow w_i\exp(-K\gamma\hat\ell_i/n)\le w_i",
    at="Algorithm 3",
    source="confirmed",
    statements=[
        inequality(given=[K > 0, gamma > 0, n > 0, p > 0, ell >= 0], show=K * gamma * (ell / p) / n >= 0),
        scalar(f=1 - exp(-x), x=x, a=0, b="oo"),
        inequality(given=[w >= 0, c > 0, c <= 1], show=w * c <= w),
    ],
    note="Weights never increase (those of the null set stay). The exponent is not negative, its exponential at "
    "most 1.",
)
P.inequality(
    "Alg3.monotone.rate",
    r"E\ln w_i\text{ falls by }K\gamma\ell_i/n\text{ per step}",
    at="Algorithm 3",
    source="confirmed",
    given=[K > 0, gamma > 0, n > 0, p > 0, p <= 1],
    show=p * (-K * gamma * (ell / p) / n) + (1 - p) * 0 == -K * gamma * ell / n,
    note="With losses near 1, float64 weights underflow after about 745 n/(K gamma) steps unless they are "
    "renormalised.",
)
