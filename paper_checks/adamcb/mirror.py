r"""AdamCB, ours: the regret of the sampler's mirror step for every n, K and T and every outcome of the draws.

The update is that of the simulated sampler, stated as hypotheses: it projects with a factor that it searches for, which
is a c_t > 0 here. What is printed, with capping and freezing, has no such theorem: its regret is linear in T.
"""

from regretlab.claims import Paper, Sum, exp, forall, index, log, maximum, minimum, real, sequence, use

P = Paper("AdamCB", "Kim & Oh (2025), Adam with Combinatorial Bandit sampling (AdamCB)")

t, T, j, n = index("t T j n")
eta, gamma, K, L = real("eta gamma K L")
p, q, h, c, s, ell = (sequence(name) for name in ("p", "q", "h", "c", "s", "l"))
floor = K * gamma / n


def examples(term):
    """Sum a term over the examples."""
    return Sum(term, (j, 1, n))


def rounds(term):
    """Sum a term over the rounds."""
    return Sum(term, (t, 1, T))


def each(relation):
    """Say it of every example in every round."""
    return forall(t, 1, T, forall(j, 1, n, relation))


SIZES = [K > 0, K <= n, gamma > 0, gamma <= 1]
COMPARATOR = [forall(j, 1, n, (floor <= q[j]) & (q[j] <= 1)), examples(q[j]) == K]
DIVERGENCE = examples(q[j] * (log(q[j]) - log(p[1, j])))
SECOND = rounds(examples(p[t, j] * h[t, j] ** 2))
P.theorem(
    "Lem2.descent",
    r"p^1=\tfrac Kn,\ p^{t+1}_j=\min\big(1,\max(\tfrac{K\gamma}n,c_tp^t_je^{-\eta h_{t,j}})\big)\ \Rightarrow\ "
    r"\sum_{t\le T}\langle h_t,p^t-q\rangle\le\frac{K\ln(n/K)}\eta+\frac\eta2\sum_{t\le T}\sum_jp^t_jh_{t,j}^2",
    at="Lemma 2, with another algorithm, for every outcome",
    source="reconstructed",
    given=[
        eta > 0,
        *SIZES,
        *COMPARATOR,
        forall(j, 1, n, p[1, j] == K / n),
        forall(t, 1, T, c[t] > 0),
        each(h[t, j] >= 0),
        each(p[t + 1, j] == minimum(1, maximum(floor, c[t] * (p[t, j] * exp(-eta * h[t, j]))))),
        forall(t, 1, T + 1, examples(p[t, j]) == K),
    ],
    show=rounds(examples(h[t, j] * (p[t, j] - q[j]))) <= K * log(n / K) / eta + eta / 2 * SECOND,
    by=[
        floor > 0,
        floor <= K / n,
        forall(j, 1, n, floor <= p[1, j]),
        use("Lemma.mirror", a=eta, low=floor, high=1, S=K),
        forall(j, 1, n, q[j] > 0),
        use("Lemma.mirror_start", (j, 1, n), k=n / K, p=p[1, j], q=q[j]),
        DIVERGENCE <= examples(q[j] * log(n / K)),
        DIVERGENCE <= K * log(n / K),
        DIVERGENCE / eta <= K * log(n / K) / eta,
    ],
    note="Ours. q is any fixed law of the set. The theorem takes any losses h >= 0; the sampler's are h_tj = l_tj/p_tj "
    "for the examples j of the batch of round t, and 0 for the others.",
)
scale = (floor / L) ** 2
P.theorem(
    "Lem2.linear",
    r"\frac{p_{\min}^2}{L^2}\sum_{t\le T}\sum_j\|g_{t,j}\|^2\Big(\frac1{p^t_j}-\frac1{q_j}\Big)\le\sum_{t\le T}\langle"
    r"\ell_t,p^t-q\rangle,\quad\ell_{t,j}=1-\frac{p_{\min}^2\|g_{t,j}\|^2}{L^2(p^t_j)^2},\ p_{\min}=\frac{K\gamma}n",
    at="Lemma 2: from the losses of the bandit to the variance",
    source="reconstructed",
    given=[
        L > 0,
        *SIZES,
        *COMPARATOR,
        each(floor <= p[t, j]),
        forall(t, 1, T, examples(p[t, j]) == K),
        each(s[t, j] >= 0),
        each(ell[t, j] == 1 - scale * s[t, j] / p[t, j] ** 2),
    ],
    show=scale * rounds(examples(s[t, j] * (1 / p[t, j] - 1 / q[j]))) <= rounds(examples(ell[t, j] * (p[t, j] - q[j]))),
    by=[
        floor > 0,
        scale >= 0,
        use(
            "Lemma.inverse_sum",
            (t, 1, T),
            p=lambda j: p[t, j],
            s=lambda j: s[t, j],
            h=lambda j: ell[t, j],
            v=scale,
            C=1,
        ),
        rounds(scale * examples(s[t, j] * (1 / p[t, j] - 1 / q[j]))) <= rounds(examples(ell[t, j] * (p[t, j] - q[j]))),
    ],
    note="s_tj stands for |g_tj|^2.",
)
