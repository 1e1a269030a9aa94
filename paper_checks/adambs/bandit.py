"""Lemma 1: the regret of AdamBS's distribution update, for one example or one round at a time."""

from regretlab.claims import Paper, exp, log, maximum, real, sqrt
from regretlab.claims.paper import inequality

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

# One coordinate: the comparator p, the law pt = p^t, the weight w and its projection q = p^{t+1}.
p, pt, w, q, h, alpha, x, g, ell, u = real("p pt w q h alpha x g l u")
lp, lt, lw, lq = real("log_p log_pt log_w log_q")
R, L, pm, n, T, N, K, V = real("R L p_min n T N K V")
POSITIVE = [R > 0, L > 0, pm > 0, n >= 1, T >= 1]

P.words(
    "PropB1",
    r"\bar R_T\le\frac{B_\phi(p,p^1)}{\alpha_p}+\frac1{\alpha_p}\sum_tE\,B_{\phi^*}(\nabla\phi(p^t)-\alpha_p\hat h_t,"
    r"\nabla\phi(p^t))+\sum_tE\big[\|p^t-\tilde p^t\|\|\hat h_t\|_*\big]",
    at="App. B, Prop. B.1, Eq. (21)",
    why="for a loss that is not linear the proof needs E[h|p~] in the subdifferential at the point that was played, "
    "while the text asks for the gradient at p^t; only the linear case (22) is used, and Lemma 1 proves it",
)
P.scalar(
    "Eq24",
    r"\sum_jp_j\big(e^{-\alpha_p\hat h_j}+\alpha_p\hat h_j-1\big)\le\frac{\alpha_p^2}2\sum_jp_j\hat h_j^2\quad("
    r"\hat h_j\ge0)",
    at="App. B, Eq. (24)",
    f=x**2 / 2 - (exp(-x) + x - 1),
    x=x,
    a=0,
    b="oo",
    note="One summand, with x = alpha_p h_j >= 0 and divided by p_j.",
)
P.scalar(
    "Eq24.negative",
    r"e^{-x}+x-1\le\tfrac12x^2\quad(x<0)",
    at="App. B, Eq. (24), without h >= 0",
    f=x**2 / 2 - (exp(-x) + x - 1),
    x=x,
    a=-1,
    b=0,
    expect="refuted",
    note="Why the losses are shifted by L^2/p_min^2.",
)
P.both(
    "Eq28",
    r"E\sum_jp_j\hat h_j^2\le E\sum_jp_j\frac{l_j^2\sum_k1(j=I_k)^2}{K\,p_j^2}=\sum_jl_j^2",
    at="App. B, Eq. (28)",
    uses=["AdamBS.Alg2.hhat"],
    statements=[
        inequality(
            given=[p > 0, K >= 1, N >= 0, N <= K],
            show=p * (ell * N / (K * p)) ** 2 <= p * (ell**2 * N / (K * p**2)),
        ),
        inequality(given=[p > 0, K >= 1], show=p * (ell**2 * (K * p) / (K * p**2)) == ell**2),
    ],
    note="One summand: N is the count of example j among K draws, which is the Cauchy step, and K p_j its expectation.",
)
P.inequality(
    "Eq29",
    r"\sum_j\|g_j\|^2\Big(\frac1{p_j^t}-\frac1{p_j}\Big)\le\Big\langle-\frac{\|g\|^2}{(p^t)^2}+\frac{L^2}{p_{\min}^2},"
    r"\,p^t-p\Big\rangle",
    at="App. B, Eq. (29)",
    given=[p > 0, pt > 0],
    show=g**2 * (1 / pt - 1 / p) <= -(g**2) / pt**2 * (pt - p),
    note="One summand; the constant L^2/p_min^2 is free because both laws sum to 1.",
)
P.inequality(
    "Eq29.negative",
    r"\frac1{p^t}-\frac1p\le-\frac{p^t-p}{(p^t)^2}",
    at="App. B, Eq. (29), without p, p^t > 0",
    given=[p < 0, pt > 0],
    show=1 / pt - 1 / p <= -(pt - p) / pt**2,
    expect="refuted",
    note="The convexity of 1/p that the step rests on holds on one side of 0 only.",
)
P.disagreement(
    "Eq29.loss",
    r"-\Big\{\frac{\|g_j\|^2}{(p_j^t)^2}+\frac{L^2}{p_{\min}^2}\Big\}\ \text{in Eq. (29)},\quad "
    r"l_{t,j}=-\frac{\|g_j\|^2}{(p_j^t)^2}+\frac{L^2}{p_{\min}^2}\ \text{below it}",
    at="App. B, Eq. (29), third line",
    given=[p > 0, pm > 0, L > 0],
    here=-(g**2 / p**2 + L**2 / pm**2),
    there=-(g**2) / p**2 + L**2 / pm**2,
    note="A slip of a sign without consequence in (29), where the constant cancels; Algorithm 2 has the second form.",
)

# --- one step of mirror descent --------------------------------------------------------------------------------------
P.inequality(
    "Lem1.identity",
    r"\alpha\langle\hat h,p^t-p\rangle=D(p\|p^t)-D(p\|w)+\sum_jp_j^t(e^{-\alpha\hat h_j}+\alpha\hat h_j-1)",
    at="App. B, Eq. (22), the linear case",
    given=[lw == lt - alpha * h],
    show=alpha * h * (pt - p) == (p * (lp - lt) - p + pt) - (p * (lp - lw) - p + w) + (w - pt + alpha * h * pt),
    note="One summand, with w = p^t e^(-alpha h) of Eq. (23); the logarithms are symbols.",
)
P.both(
    "Lem1.projection",
    r"D(p\|w)\ge D(p\|p^{t+1})\quad\text{for every }p\in\mathcal P",
    at="App. B, Eq. (22), the linear case",
    uses=["AdamBS.Alg2.proj"],
    statements=[
        inequality(
            show=(p * (lp - lw) - p + w) - (p * (lp - lq) - p + q) - (q * (lq - lw) - q + w) == (p - q) * (lq - lw),
        ),
        inequality(given=[pm > 0, u > 0, p >= pm], show=(p - maximum(pm, u)) * log(maximum(pm, u) / u) >= 0),
        inequality(given=[q > 0, w > 0], show=w * (q / w * log(q / w)) - q + w >= 0),
    ],
    note="The generalised Pythagorean theorem, one summand each: the identity; that the projection q = max(p_min, u), "
    "u = c w, makes an obtuse angle (log c cancels, as p and q sum to 1); and D(q|w) >= 0.",
)
P.inequality(
    "Lem1.tuned",
    r"\alpha_p=\sqrt{2R^2/V}\ \Rightarrow\ \frac{R^2}{\alpha_p}+\frac{\alpha_p}2V=R\sqrt{2V},\quad V=nT\frac{L^4}"
    r"{p_{\min}^4}",
    at="App. B, Eq. (30)",
    given=[R >= 0, V >= 0, alpha > 0, alpha**2 * V == 2 * R**2],
    show=R**2 / alpha + alpha / 2 * V == R * sqrt(2 * V),
)
P.vacuity(
    "Lem1.small",
    r"T\le\frac{2R^2}{n\,p_{\min}^2}\ \Rightarrow\ \frac{RL^2}{p_{\min}^2}\sqrt{2nT}\ge\frac{nL^2}{p_{\min}}T",
    at="Lemma 1, Eq. (5), small T",
    statement=inequality(
        given=[*POSITIVE, n * pm**2 * T <= 2 * R**2],
        show=R * L**2 / pm**2 * sqrt(2 * n * T) >= n * L**2 / pm * T,
    ),
    note="The right side is what the left side of (5) is at most for any laws in P.",
)
