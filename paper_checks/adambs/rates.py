"""AdamBS against Adam on doubly heavy-tailed features: Lemmas 2 and 3, Theorems 3 and 4, Table 1 and the abstract."""

from fractions import Fraction

from regretlab.claims import OPS, Paper, Sum, exp, forall, index, log, maximum, real, sqrt, use
from regretlab.claims.paper import inequality, order, series
from regretlab.methods import Coefficients, Moments, step

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

n, d, T, K, left, b3, x, a, r, c, pm, R, L, ell = real("n d T K E beta3 x a r c p_min R L l")
alpha, beta1, beta2 = real("alpha beta1 beta2")
RATE = [b3 > 0, b3 <= 1]
HARMONIC2_AT_2 = Fraction(5, 4)
#: H_N^(2)/(2 ln N) is largest at N = 2, where it is 0.9017.
SHARE = Fraction(9018, 10000)


def loss(u):
    """-y log sigma(ReLU(u)) with y = 1, as printed."""
    return -log(1 / (1 + exp(-maximum(u, 0))))


# --- Lemma 2 ---------------------------------------------------------------------------------------------------------
P.inequality(
    "Lem2",
    r"p_j=\tfrac1n\ \Rightarrow\ E\sum_j\frac{\|g_j\|^2}{p_j}=\beta_3n\log n\log d",
    at="Lemma 2; App. C.1, Eq. (31)",
    given=[*RATE, left >= 0, left <= b3 / 4 * 2 * HARMONIC2_AT_2**2],
    show=left == b3 * 2 * log(2) * log(2),
    expect="refuted",
    corrected={
        "latex": r"E\sum_j\frac{\|g_j\|^2}{p_j}\le\frac{\beta_3}4nH_n^{(\gamma)}H_d^{(\gamma)},\quad H_n^{(\gamma)}"
        r"\le H_n^{(2)}\le2-\frac1n",
        "statement": series(term=lambda t: 1 / t**2, bound=lambda t: 2 - 1 / t),
        "note": "By |g|^2 <= |z|^2/4 (Model.grad) and E|z_j|^2 = beta_3 j^-gamma H_d^(gamma); so the sum is at most "
        "beta_3 n.",
    },
    changes="statement",
    note="n = d = 2, gamma = 2; E is the left side, which |g_j|^2 <= |z_j|^2/4 confines. It is 0 at theta = 0, and "
    "it is never as large as printed, see Lem2.never.",
)
P.scalar(
    "Lem2.never",
    r"\frac{\beta_3}4nH_n^{(2)}H_d^{(2)}\le\beta_3n\log n\log d\quad(n=d=2)",
    at="Lemma 2",
    f=x * 2 * log(2) * log(2) - x / 4 * 2 * HARMONIC2_AT_2**2,
    x=x,
    a=0,
    b=1,
    note="The left side of the lemma is at most the left side here, x = beta_3; equality only at beta_3 = 0.",
)
P.series(
    "Lem2.share",
    r"H_N^{(2)}\le1.8036\ln N\quad(N\ge2)",
    at="Lemma 2, as an upper bound",
    term=lambda t: 1 / t**2,
    bound=lambda t: 2 * SHARE * log(t) - 1,
    first=2,
)
j, N, M = index("j n d")
squares = Sum(1 / j**2, (j, 1, N)), Sum(1 / j**2, (j, 1, M))
P.theorem(
    "Lem2.most",
    r"E\sum_j\frac{\|g_j\|^2}{p_j}\le\beta_3n\log n\log d\quad(n,d\ge2)",
    at="Lemma 2, as an upper bound",
    given=[*RATE, N >= 2, M >= 2, left <= b3 / 4 * N * squares[0] * squares[1]],
    show=left < b3 * N * log(N) * log(M),
    by=[
        use("Lem2.share", N=N),
        use("Lem2.share", N=M),
        squares[0] == 1 + Sum(1 / j**2, (j, 2, N)),
        squares[1] == 1 + Sum(1 / j**2, (j, 2, M)),
        squares[0] <= 2 * SHARE * log(N),
        squares[1] <= 2 * SHARE * log(M),
        forall(j, 1, None, 1 / j**2 >= 0),
        use("Lemma.positive", a=lambda j: 1 / j**2, T=N),
        use("Lemma.positive", a=lambda j: 1 / j**2, T=M),
        log(N) > 0,
        log(M) > 0,
        squares[0] * squares[1] <= 2 * SHARE * log(N) * squares[1],
        2 * SHARE * log(N) * squares[1] <= 2 * SHARE * log(N) * (2 * SHARE * log(M)),
        log(N) * log(M) > 0,
        squares[0] * squares[1] < 4 * (log(N) * log(M)),
        b3 / 4 * N > 0,
        b3 / 4 * N * (squares[0] * squares[1]) < b3 / 4 * N * (4 * (log(N) * log(M))),
    ],
    note="With '<=' for '=' the lemma holds, strictly, for n, d >= 2; E is the left side, which |g_j|^2 <= |z_j|^2/4 confines.",
)
P.inequality(
    "Lem2.one",
    r"E\sum_j\frac{\|g_j\|^2}{p_j}\le\beta_3n\log n\log d\quad(n=1)",
    at="Lemma 2, as an upper bound",
    given=[*RATE, left >= 0, left <= b3 / 4 * HARMONIC2_AT_2],
    show=left <= b3 * log(1) * log(2),
    expect="refuted",
    note="n = 1, d = 2, where the right side is 0.",
)
P.inequality(
    "Lem2.step",
    r"\sum_{j\le n}j^{-\gamma}\sum_{i\le d}i^{-\gamma}\le\log n\log d",
    at="App. C.1, Eq. (31), last line",
    show=log(2) * log(2) >= HARMONIC2_AT_2**2,
    expect="refuted",
    note="n = d = 2, gamma = 2: without the factor 1/4 the last line of the proof fails for small n or d.",
)

# --- Lemma 3 ---------------------------------------------------------------------------------------------------------
P.both(
    "Lem3",
    r"\min_{p_j\ge p_{\min}}E\sum_j\frac{\|g_j\|^2}{p_j}\le\frac{\beta_3}4H_d^{(\gamma)}\frac{H_n^2}{1-n\,p_{\min}}"
    r"=O(\log d\log^2n)\quad(n\,p_{\min}\le c<1)",
    at="Lemma 3, Eq. (8); App. C.3",
    statements=[
        inequality(
            given=[a > 0, r > 0, c >= 0, c < 1, pm >= 0],
            show=a**2 / (pm + (1 - c) * r) <= a**2 / ((1 - c) * r),
        ),
        series(term=lambda t: 1 / t, bound=lambda t: 1 + log(t)),
        order(terms={"bound": (1 + log(n)) ** 2 * (1 + log(d)) / (4 * (1 - c))}, T=n, at_most=0, logs=2),
    ],
    note="For the law p_j = p_min + (1 - c) r_j in P, with c = n p_min, a_j = 1/j and the shares r_j = a_j/H_n: one "
    "summand, and the right sides add up to H_n^2/(1 - c); then H_n <= 1 + ln n. The factor log d may be dropped, as "
    "H_d^(2) < 2. The expectation must stand inside the minimum.",
)
P.order(
    "Lem3.floor",
    r"\min_{p_j\ge p_{\min}}E\sum_j\frac{\|g_j\|^2}{p_j}=O(\log d\log^2n)\quad\text{for }p_{\min}=\tfrac1n",
    at="Lemma 3, without n p_min <= c < 1",
    terms={"least": n},
    T=n,
    at_most=0,
    expect="refuted",
    note="Only the uniform law is left, and its sum of j^-gamma/p_j is n H_n^(gamma) >= n.",
)
P.order(
    "Lem3.pathwise",
    r"\min_{p_j\ge p_{\min}}\sum_j\frac{\|g_j\|^2}{p_j}=O(\log d\log^2n)\quad\text{without the expectation}",
    at="Lemma 3, Eq. (8), as printed",
    terms={"all features present": n**2 * d / 9},
    T=n,
    at_most=0,
    expect="refuted",
    note="With positive probability every |z_{j,i}| is 1; then |g_j|^2 > d/9 for small z . theta > 0, and the "
    "minimum over all laws is (sum |g_j|)^2.",
)

# --- Theorems 3 and 4 ------------------------------------------------------------------------------------------------
P.order(
    "Thm3",
    r"\text{Adam: }R(T)\le O(d\sqrt T)+O\Big(\frac{\sqrt{d\log d}}{\sqrt K}\frac{\sqrt{n\log n}}n\sqrt T\Big)",
    at="Theorem 3, Eq. (7); App. C.2, Eq. (32)",
    uses=["Thm1", "Lem2", "AdamBS.Model.convex"],
    terms={"regret": (loss(-1) - loss(1)) * T},
    T=T,
    at_most="1/2",
    expect="refuted",
    note="The model's own instance n = d = 1, y = z = 1 on [-1, 1] from theta = -1: every gradient is 0, so the "
    "iterate stays (Thm3.idle), and every round costs f(-1) - f(1). The proof names Theorem 2 and needs Theorem 1.",
)
idle = Coefficients(mu=beta1, nu=1 - beta1, beta=beta2, om=1 - beta2, rho=0, wd=0, eta=alpha, kap=0, c=1, p=0.5, eps=0)
P.inequality(
    "Thm3.idle",
    r"g_1=\dots=g_t=0\ \Rightarrow\ \theta_{t+1}=\theta_1",
    at="Theorem 3, its instance",
    show=step(Moments(x, 0, 0, 0), 0, idle, lambda x, _: x, OPS).x == x,
    note="The simulated step on zero gradients, with any coefficients; 0/0 is read as 0, and eps > 0 gives the same.",
)
P.order(
    "Thm4",
    r"\text{AdamBS: }R(T)\le O(d\sqrt T)+O\Big(\frac{\sqrt{d\log d}}{\sqrt K}\frac{\sqrt{\log^2n}}n\sqrt T\Big)",
    at="Theorem 4, Eq. (9); App. C.4",
    uses=["Thm2", "Lem3", "AdamBS.Model.convex"],
    terms={"regret": (loss(-1) - loss(1)) * T},
    T=T,
    at_most="1/2",
    expect="refuted",
    bounds=("adambs.theorem4",),
    note="The same instance: with one example AdamBS is Adam. Its derivation also drops a term, see Thm4.dropped.",
)
P.order(
    "Thm4.dropped",
    r"\frac{\rho_2L\sqrt R}{p_{\min}}\frac{\sqrt d}{n\sqrt K}(2nT)^{1/4}=O\Big(d\sqrt T+\frac{\sqrt{d\log d}}{\sqrt K}"
    r"\frac{\sqrt{\log^2n}}n\sqrt T\Big)\text{ in }n",
    at="Theorem 4, from Theorem 2",
    terms={"dropped": L * sqrt(R) * n * sqrt(d) / (n * sqrt(K)) * (2 * n * T) ** Fraction(1, 4)},
    T=n,
    at_most=0,
    expect="refuted",
    bounds=("adambs.theorem4",),
    note="The bandit's term of Theorem 2 at p_min = 1/n, its largest value: it grows like n^(1/4), while the printed "
    "bound does not grow with n.",
)
P.inequality(
    "Thm4.late",
    r"\frac{L\sqrt R}{p_{\min}}(2nT)^{1/4}\le\sqrt{\log d}\,\log n\sqrt T",
    at="Theorem 4, from Theorem 2",
    show=2500 * sqrt(sqrt(Fraction(6, 10) * log(1501))) * sqrt(sqrt(2 * 10**15)) <= sqrt(log(784)) * log(1000) * 10**6,
    expect="refuted",
    bounds=("adambs.theorem4",),
    note="n = 1000, d = 784, L = 1, p_min = 0.4/n and T = 10^12 rounds: the dropped term is still above the kept "
    "one, without their common factor. R^2 is the largest divergence in P, 0.6 log(0.6004/0.0004).",
)

# --- Table 1 and the abstract ----------------------------------------------------------------------------------------
adam = d * sqrt(T) + sqrt(d * log(d)) / sqrt(K) * sqrt(n * log(n)) / n * sqrt(T)
adambs = d * sqrt(T) + sqrt(d * log(d)) / sqrt(K) * log(n) / n * sqrt(T)
P.denial(
    "Table1",
    r"\text{AdamBS }O(d\sqrt T)+O\Big(\frac{\sqrt{d\log d}}{\sqrt K}\frac{\sqrt{\log^2n}}n\sqrt T\Big)"
    r"\text{ is a better rate than Adam's }O(d\sqrt T)+O\Big(\frac{\sqrt{d\log d}}{\sqrt K}\frac{\sqrt{n\log n}}n"
    r"\sqrt T\Big)",
    at="§4.3, Table 1",
    uses=["Thm3", "Thm4"],
    statement=inequality(given=[d >= 1, n >= 1, K >= 1, T >= 1], show=adam <= 2 * adambs),
    expect="refuted",
    note="A better rate would be smaller by more than any constant. Adam's row is never more than twice AdamBS's, as "
    "every second term is below the first; the same holds of Adam-Apt and Adam-Uni (K = 1).",
)
P.scalar(
    "Table1.share",
    r"\frac{\log n}n\le0.368\quad(n\ge1)",
    at="§4.3, Table 1",
    f=Fraction(368, 1000) * x - log(x),
    x=x,
    a=1,
    b="oo",
    note="So a second term of the table is at most 0.368 d sqrt(T).",
)
P.misprint(
    "Abstract",
    r"O\Big(\sqrt{\tfrac{\log n}T}\Big)\text{ instead of }O\Big(\sqrt{\tfrac nT}\Big)",
    at="abstract",
    uses=["Table1"],
    printed=order(
        terms={"abstract / Table 1": sqrt(log(n) / T) / (log(n) / (n * sqrt(T)))},
        T=n,
        at_most=0,
    ),
    meant=inequality(given=[n > 1, T > 0, ell > 0], show=(n / T) / (ell / T) == (ell / n) / (ell / n) ** 2),
    note="Divided by T, Table 1 has (log n)/(n sqrt T) and sqrt(log n/(n T)); the abstract's rates are n/sqrt(log n) "
    "times as large. Only their ratio, sqrt(n/log n), agrees with the table: second part, squared, with l for log n.",
)
