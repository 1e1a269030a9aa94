r"""Lemma 1 for every n and T and every outcome of the draws: mirror descent, and what it says of :math:`\|g\|^2/p`.

The update is that of the simulated sampler, stated as hypotheses: it projects with a factor that it searches for, which
is a c_t > 0 here.
"""

from regretlab.claims import Paper, Sum, exp, forall, index, log, maximum, real, sequence, use

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

t, T, j, n = index("t T j n")
alpha, pm, L, factor = real("alpha p_min L c")
p, r, q, h, c, s, ell = (sequence(name) for name in ("p", "r", "q", "h", "c", "s", "l"))


def examples(term):
    """Sum a term over the examples."""
    return Sum(term, (j, 1, n))


def rounds(term):
    """Sum a term over the rounds."""
    return Sum(term, (t, 1, T))


def each(relation, last=T):
    """Say it of every example in every round."""
    return forall(t, 1, last, forall(j, 1, n, relation))


COMPARATOR = [forall(j, 1, n, pm <= q[j]), examples(q[j]) == 1]
UPDATE = [
    forall(t, 1, T, c[t] > 0),
    each(h[t, j] >= 0),
    each(p[t + 1, j] == maximum(pm, c[t] * (p[t, j] * exp(-alpha * h[t, j])))),
    forall(t, 1, T + 1, examples(p[t, j]) == 1),
]
LINEAR = rounds(examples(h[t, j] * (p[t, j] - q[j])))
SECOND = rounds(examples(p[t, j] * h[t, j] ** 2))
DIVERGENCE = examples(q[j] * (log(q[j]) - log(p[1, j])))
P.theorem(
    "Lem1.step",
    r"\langle\hat h_t,p^t-p\rangle\le\frac{D(p\|p^t)-D(p\|p^{t+1})}{\alpha_p}+\frac{\alpha_p}2\sum_jp_j^t"
    r"\hat h_{t,j}^2",
    at="App. B, Eqs. (22) and (24)",
    given=[
        alpha > 0,
        pm > 0,
        factor > 0,
        *COMPARATOR,
        forall(j, 1, n, p[j] > 0),
        forall(j, 1, n, h[j] >= 0),
        forall(j, 1, n, r[j] == maximum(pm, factor * (p[j] * exp(-alpha * h[j])))),
        examples(p[j]) == 1,
        examples(r[j]) == 1,
    ],
    show=examples(h[j] * (p[j] - q[j]))
    <= examples(q[j] * (log(r[j]) - log(p[j]))) / alpha + alpha / 2 * examples(p[j] * h[j] ** 2),
    by=[
        forall(j, 1, n, r[j] >= 0),
        use("Lemma.summand", T=n, a=r),
        forall(j, 1, n, r[j] <= 1),
        forall(j, 1, n, q[j] >= 0),
        use("Lemma.summand", T=n, a=q),
        forall(j, 1, n, q[j] <= 1),
        use("Lemma.mirror_step", a=alpha, c=factor, low=pm, high=1, S=1),
    ],
    note="q, p and r are the comparator, p^t and p^{t+1}; the difference of the divergences is the sum of q log(r/p).",
)
P.theorem(
    "Lem1.descent",
    r"\sum_{t\le T}\langle\hat h_t,p^t-p\rangle\le\frac{D(p\|p^1)}{\alpha_p}+\frac{\alpha_p}2\sum_{t\le T}\sum_j"
    r"p_j^t\hat h_{t,j}^2",
    at="App. B, Eqs. (22) and (24), for every outcome",
    given=[alpha > 0, pm > 0, *COMPARATOR, forall(j, 1, n, pm <= p[1, j]), *UPDATE],
    show=LINEAR <= DIVERGENCE / alpha + alpha / 2 * SECOND,
    by=[
        forall(j, 1, n, forall(t, 1, T + 1, pm <= p[t, j])),
        forall(t, 1, T + 1, forall(j, 1, n, p[t, j] >= 0)),
        use("Lemma.summand", (t, 1, T + 1), T=n, a=lambda j: p[t, j]),
        each(p[t, j] <= 1, T + 1),
        forall(j, 1, n, q[j] >= 0),
        use("Lemma.summand", T=n, a=q),
        forall(j, 1, n, q[j] <= 1),
        use("Lemma.mirror", a=alpha, low=pm, high=1, S=1),
    ],
    note="q is the comparator p, any law in P; D is the divergence of the first law, c_t the factor of the projection.",
)
P.theorem(
    "Lem1.start",
    r"p^1=\tfrac1n\ \Rightarrow\ D(p\|p^1)=\log n+\sum_jp_j\log p_j\le\log n",
    at="Lemma 1, a smaller R",
    given=[pm > 0, *COMPARATOR, forall(j, 1, n, p[1, j] == 1 / n)],
    show=DIVERGENCE <= log(n),
    by=[
        forall(j, 1, n, q[j] > 0),
        use("Lemma.summand", T=n, a=q),
        forall(j, 1, n, q[j] <= 1),
        use("Lemma.mirror_start", (j, 1, n), k=n, p=p[1, j], q=q[j]),
        DIVERGENCE <= examples(q[j] * log(n)),
    ],
    note="With the uniform start R^2 may be replaced by log n, since only the first divergence is used.",
)
P.theorem(
    "Lem1.mirror",
    r"p^1=\tfrac1n\ \Rightarrow\ \sum_{t\le T}\langle\hat h_t,p^t-p\rangle\le\frac{\log n}{\alpha_p}+\frac{\alpha_p}2"
    r"\sum_{t\le T}\sum_jp_j^t\hat h_{t,j}^2",
    at="App. B, Eqs. (22) and (24), for every outcome from the uniform law",
    given=[alpha > 0, pm > 0, *COMPARATOR, forall(j, 1, n, p[1, j] == 1 / n), *UPDATE],
    show=LINEAR <= log(n) / alpha + alpha / 2 * SECOND,
    by=[
        examples(pm) <= examples(q[j]),
        n * pm <= 1,
        pm <= 1 / n,
        forall(j, 1, n, pm <= p[1, j]),
        use("Lem1.descent"),
        use("Lem1.start"),
        DIVERGENCE / alpha <= log(n) / alpha,
    ],
    note="The theorem takes any losses h >= 0; the sampler's are h_tj = l_tj N_tj/(K p_tj), with N_tj the count of "
    "example j among the draws of round t.",
)
P.theorem(
    "Lem1.linear",
    r"\sum_{t\le T}\sum_j\|g_j^t\|^2\Big(\frac1{p_j^t}-\frac1{p_j}\Big)\le\sum_{t\le T}\langle l_t,p^t-p\rangle,\ "
    r"l_{t,j}=\frac{L^2}{p_{\min}^2}-\frac{\|g_j^t\|^2}{(p_j^t)^2}",
    at="App. B, Eq. (29), for every n and T",
    given=[
        pm > 0,
        *COMPARATOR,
        each(pm <= p[t, j]),
        forall(t, 1, T, examples(p[t, j]) == 1),
        each(s[t, j] >= 0),
        each(ell[t, j] == L**2 / pm**2 - s[t, j] / p[t, j] ** 2),
    ],
    show=rounds(examples(s[t, j] * (1 / p[t, j] - 1 / q[j]))) <= rounds(examples(ell[t, j] * (p[t, j] - q[j]))),
    by=[
        use(
            "Lemma.inverse_sum",
            (t, 1, T),
            p=lambda j: p[t, j],
            s=lambda j: s[t, j],
            h=lambda j: ell[t, j],
            v=1,
            C=L**2 / pm**2,
        ),
    ],
    note="s_tj stands for |g_tj|^2.",
)
