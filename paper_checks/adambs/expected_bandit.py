r"""Lemma 1 for every n, T and K, in expectation over the draws: the regret of the law that the bandit learns.

All draws together have finitely many outcomes w. What is known at (t, k) is what the k-th draw of round t may depend on.
"""

from regretlab.claims import Paper, Sum, exp, forall, index, log, maximum, outcomes, real, sequence, sqrt, use

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

w, u, N, k, K, t, T, j, n = index("w u N k K t T j n")
alpha, pm, L, R2, C, A, B, comparator = real("alpha p_min L R2 C A B q")
space = outcomes(w, N)
E, weight = space.E, space.P
past = space.history("F")
b, c, h, p, q, s, ell = (sequence(name) for name in ("b", "c", "h", "p", "q", "s", "l"))


def draws(relation):
    """Say a relation of every draw of a round."""
    return forall(k, 1, K, relation)


# --- one example in one round ----------------------------------------------------------------------------------------
P.theorem(
    "Lem1.known",
    r"l_{t,j}=\frac{L^2}{p_{\min}^2}-\frac{\|g_j^t\|^2}{(p_j^t)^2}\text{ is known before the draws}",
    at="Algorithm 2, line 2",
    given=[past.knows(p[w]), past.knows(s[w]), space.each(p[w] > 0), space.each(ell[w] == C - s[w] / p[w] ** 2)],
    show=past.knows(ell[w]),
    by=[
        use("Lemma.known_inverse", a=p),
        use("Lemma.known_product", a=s, b=lambda w: 1 / p[w]),
        use("Lemma.known_product", a=lambda w: s[w] * (1 / p[w]), b=lambda w: 1 / p[w]),
    ],
    note="s is |g_j|^2, C is L^2/p_min^2.",
)
count = Sum(b[w, k], (k, 1, K))
ratio = ell[w] * (1 / p[w])
scaled = ell[w] * ratio
COUNTED = [
    *space.given,
    *map(draws, past.given(k)),
    draws(past.knows(p[w], k)),
    draws(past.knows(ell[w], k)),
    draws(past.expects(b[w, k], p[w], k)),
    space.each(p[w] > 0),
    space.each(h[w] == ell[w] * count / (K * p[w])),
]
AT_ONCE = {"F": lambda w, u: past.same[k, w, u]}
KNOWN = [
    use("Lemma.known_inverse", (k, 1, K), a=p, **AT_ONCE),
    use("Lemma.known_product", (k, 1, K), a=ell, b=lambda w: 1 / p[w], **AT_ONCE),
]
P.theorem(
    "Lem1.unbiased",
    r"E\,\hat h_{t,j}(p_j^t-p_j)=E\,l_{t,j}(p_j^t-p_j)",
    at="Algorithm 2, line 3; App. B, Eq. (27)",
    given=COUNTED,
    show=E(h[w] * (p[w] - comparator)) == E(ell[w] * (p[w] - comparator)),
    by=[
        *KNOWN,
        use("Lemma.count", Z=ell),
        use("Lemma.count", Z=lambda w: ell[w] * (1 / p[w])),
        K * (1 / K) == 1,
        space.each(p[w] * (1 / p[w]) == 1),
        space.each(h[w] == ratio * count / K),
        space.each(ratio * p[w] == ell[w]),
        space.each(h[w] * p[w] == ratio * p[w] * count / K),
        space.each(h[w] * p[w] == ell[w] * count / K),
        E(h[w]) == E(ratio * count / K),
        E(h[w] * p[w]) == E(ell[w] * count / K),
        E(ratio * p[w]) == E(ell[w]),
        E(h[w]) == E(ell[w]),
        E(h[w] * p[w]) == E(ell[w] * p[w]),
    ],
    note="b_k is 1 if the example is drawn the k-th time, else 0; it is drawn with the probability p^t.",
)
share = count / K
P.theorem(
    "Lem1.square",
    r"E\,p_j^t\hat h_{t,j}^2\le E\,l_{t,j}^2\le\frac{L^4}{p_{\min}^4}",
    at="App. B, Eq. (28)",
    given=[
        *COUNTED,
        space.each(draws(0 <= b[w, k])),
        space.each(draws(b[w, k] <= 1)),
        space.each(0 <= ell[w]),
        space.each(ell[w] <= C),
    ],
    show=E(p[w] * h[w] ** 2) <= C**2,
    by=[
        *KNOWN,
        use("Lemma.known_product", (k, 1, K), a=ell, b=lambda w: ell[w] * (1 / p[w]), **AT_ONCE),
        use("Lemma.count", Z=lambda w: ell[w] * (ell[w] * (1 / p[w]))),
        K * (1 / K) == 1,
        space.each(Sum(0 * b[w, k], (k, 1, K)) <= count),
        space.each(count >= 0),
        space.each(count <= Sum(1, (k, 1, K))),
        space.each(count <= K),
        space.each(share >= 0),
        space.each(share <= 1),
        space.each(share**2 <= share),
        space.each(p[w] * (1 / p[w]) == 1),
        space.each(1 / p[w] > 0),
        space.each(ell[w] ** 2 >= 0),
        space.each(scaled >= 0),
        use("Lemma.times", (w, 1, N), k=scaled, less=share**2, more=share),
        space.each(p[w] * h[w] ** 2 == p[w] * (1 / p[w]) * (scaled * share**2)),
        space.each(p[w] * h[w] ** 2 == scaled * share**2),
        space.each(p[w] * h[w] ** 2 <= scaled * count / K),
        use("Lemma.times", (w, 1, N), k=weight[w], less=p[w] * h[w] ** 2, more=scaled * count / K),
        E(p[w] * h[w] ** 2) <= E(scaled * count / K),
        space.each(ell[w] ** 2 <= C**2),
        space.each(scaled * p[w] <= C**2),
        use("Lemma.times", (w, 1, N), k=weight[w], less=scaled * p[w], more=C**2),
        E(scaled * p[w]) <= E(C**2),
        E(scaled * p[w]) <= C**2,
    ],
    note="The count of an example among K draws is at most K, which is the Cauchy step. C is L^2/p_min^2.",
)

# --- all rounds ------------------------------------------------------------------------------------------------------
reg, lin, dot, squares = (sequence(name) for name in ("reg", "lin", "dot", "S2"))


def rounds(term):
    """Sum a term over the rounds."""
    return Sum(term, (t, 1, T))


def examples(term):
    """Sum a term over the examples."""
    return Sum(term, (j, 1, n))


def every(relation):
    """Say it of every example in every round."""
    return forall(t, 1, T, forall(j, 1, n, relation))


P.theorem(
    "Lem1.mean",
    r"\sum_tE\,\langle\hat h_t,p^t-p\rangle\le A+\frac{\alpha_p}2\sum_tE\sum_jp_j^t\hat h_{t,j}^2,\ E\,\hat h=l",
    at="App. B, Eq. (30), from every outcome to the mean",
    given=[
        *space.given,
        alpha > 0,
        space.each(rounds(dot[w, t]) <= A + alpha / 2 * rounds(squares[w, t])),
        space.each(rounds(reg[w, t]) <= rounds(lin[w, t])),
        forall(t, 1, T, E(dot[w, t]) == E(lin[w, t])),
        forall(t, 1, T, E(squares[w, t]) <= B),
    ],
    show=rounds(E(reg[w, t])) <= A + alpha / 2 * (T * B),
    by=[
        use("Lemma.times", (w, 1, N), k=weight[w], less=rounds(dot[w, t]), more=A + alpha / 2 * rounds(squares[w, t])),
        E(rounds(dot[w, t])) <= E(A + alpha / 2 * rounds(squares[w, t])),
        use("Lemma.times", (w, 1, N), k=weight[w], less=rounds(reg[w, t]), more=rounds(lin[w, t])),
        E(rounds(reg[w, t])) <= E(rounds(lin[w, t])),
        rounds(E(dot[w, t])) == rounds(E(lin[w, t])),
        rounds(E(squares[w, t])) <= rounds(B),
        alpha / 2 * rounds(E(squares[w, t])) <= alpha / 2 * (T * B),
    ],
)

COMPARED = [forall(j, 1, n, pm <= q[j]), examples(q[j]) == 1]
CONSTANT = L**2 / pm**2
BANDIT = [
    *space.given,
    *(forall(t, 1, T, draws(relation)) for relation in past.given(t, k)),
    every(draws(past.knows(p[w, t, j], t, k))),
    every(draws(past.knows(s[w, t, j], t, k))),
    every(draws(past.expects(b[w, t, k, j], p[w, t, j], t, k))),
    space.each(every(draws(0 <= b[w, t, k, j]))),
    space.each(every(draws(b[w, t, k, j] <= 1))),
    space.each(every(0 <= s[w, t, j])),
    space.each(every(s[w, t, j] <= L**2)),
    space.each(every(ell[w, t, j] == CONSTANT - s[w, t, j] / p[w, t, j] ** 2)),
    space.each(every(h[w, t, j] == ell[w, t, j] * Sum(b[w, t, k, j], (k, 1, K)) / (K * p[w, t, j]))),
]
LEARNT = [
    pm > 0,
    *COMPARED,
    space.each(forall(t, 1, T, c[w, t] > 0)),
    space.each(every(p[w, t + 1, j] == maximum(pm, c[w, t] * (p[w, t, j] * exp(-alpha * h[w, t, j]))))),
    space.each(forall(t, 1, T + 1, examples(p[w, t, j]) == 1)),
]
INSIDE = [
    space.each(forall(j, 1, n, forall(t, 1, T + 1, pm <= p[w, t, j]))),
    every(space.each(p[w, t, j] > 0)),
]
FIRST = space.each(forall(j, 1, n, pm <= p[w, 1, j]))
CLOSE = space.each(examples(q[j] * (log(q[j]) - log(p[w, 1, j]))) <= R2)
REGRET = rounds(E(examples(s[w, t, j] * (1 / p[w, t, j] - 1 / q[j]))))
ONE = {
    "F": lambda k, w, u: past.same[t, k, w, u],
    "p": lambda w: p[w, t, j],
    "l": lambda w: ell[w, t, j],
    "h": lambda w: h[w, t, j],
    "b": lambda w, k: b[w, t, k, j],
}
BEFORE = {
    "F": lambda w, u: past.same[t, k, w, u],
    "p": lambda w: p[w, t, j],
    "s": lambda w: s[w, t, j],
    "l": lambda w: ell[w, t, j],
}
P.theorem(
    "Lem1.expected",
    r"\sum_tE\sum_j\|g_j^t\|^2\Big(\frac1{p_j^t}-\frac1{p_j}\Big)\le\frac{R^2}{\alpha_p}+\frac{\alpha_p}2nT"
    r"\frac{L^4}{p_{\min}^4}",
    at="App. B, Eqs. (28) and (30), for every alpha_p",
    given=[alpha > 0, *BANDIT, *LEARNT, FIRST, CLOSE],
    show=REGRET <= R2 / alpha + alpha / 2 * (T * (n * CONSTANT**2)),
    by=[
        *INSIDE,
        every(space.each(p[w, t, j] ** 2 >= pm**2)),
        every(space.each(s[w, t, j] / p[w, t, j] ** 2 <= CONSTANT)),
        every(space.each(s[w, t, j] / p[w, t, j] ** 2 >= 0)),
        every(space.each(0 <= ell[w, t, j])),
        every(space.each(ell[w, t, j] <= CONSTANT)),
        every(space.each(Sum(0 * b[w, t, k, j], (k, 1, K)) <= Sum(b[w, t, k, j], (k, 1, K)))),
        every(space.each(Sum(b[w, t, k, j], (k, 1, K)) >= 0)),
        every(space.each(h[w, t, j] >= 0)),
        use("Lem1.known", (t, 1, T), (j, 1, n), (k, 1, K), C=CONSTANT, **BEFORE),
        use("Lem1.unbiased", (t, 1, T), (j, 1, n), q=q[j], **ONE),
        use("Lem1.square", (t, 1, T), (j, 1, n), C=CONSTANT, **ONE),
        forall(
            t,
            1,
            T,
            examples(E(h[w, t, j] * (p[w, t, j] - q[j]))) == examples(E(ell[w, t, j] * (p[w, t, j] - q[j]))),
        ),
        forall(t, 1, T, examples(E(p[w, t, j] * h[w, t, j] ** 2)) <= examples(CONSTANT**2)),
        use(
            "Lem1.descent",
            (w, 1, N),
            p=lambda t, j: p[w, t, j],
            h=lambda t, j: h[w, t, j],
            c=lambda t: c[w, t],
        ),
        space.each(examples(q[j] * (log(q[j]) - log(p[w, 1, j]))) / alpha <= R2 / alpha),
        use(
            "Lem1.linear",
            (w, 1, N),
            p=lambda t, j: p[w, t, j],
            s=lambda t, j: s[w, t, j],
            l=lambda t, j: ell[w, t, j],
        ),
        use(
            "Lem1.mean",
            A=R2 / alpha,
            B=n * CONSTANT**2,
            dot=lambda w, t: examples(h[w, t, j] * (p[w, t, j] - q[j])),
            lin=lambda w, t: examples(ell[w, t, j] * (p[w, t, j] - q[j])),
            S2=lambda w, t: examples(p[w, t, j] * h[w, t, j] ** 2),
            reg=lambda w, t: examples(s[w, t, j] * (1 / p[w, t, j] - 1 / q[j])),
        ),
    ],
)
ENERGY = n * T * L**4 / pm**4
TUNED = [R2 >= 0, L >= 0, alpha > 0, alpha**2 * (n * T * L**4) == 2 * R2 * pm**4]
P.theorem(
    "Lem1",
    r"E\sum_{t,j}\frac{\|g_j^t\|^2}{p_j^t}-\min_{p\in\mathcal P}E\sum_{t,j}\frac{\|g_j^t\|^2}{p_j}\le\frac{RL^2}{p_{"
    r"\min}^2}\sqrt{2nT},\quad\alpha_p=\sqrt{\frac{2R^2p_{\min}^4}{nTL^4}}",
    at="Lemma 1, Eq. (5); App. B, Eq. (30)",
    given=[*TUNED, *BANDIT, *LEARNT, FIRST, CLOSE],
    show=REGRET <= sqrt(R2) * L**2 / pm**2 * sqrt(2 * n * T),
    by=[
        *INSIDE,
        use("Lem1.expected"),
        pm**4 > 0,
        L**4 >= 0,
        n * T * L**4 >= 0,
        ENERGY >= 0,
        alpha**2 * ENERGY == 2 * R2,
        sqrt(R2) ** 2 == R2,
        use("Lem1.tuned", R=sqrt(R2), V=ENERGY),
        T * (n * CONSTANT**2) == ENERGY,
        alpha / 2 * (T * (n * CONSTANT**2)) == alpha / 2 * ENERGY,
        L**2 / pm**2 >= 0,
        2 * ENERGY == (L**2 / pm**2) ** 2 * (2 * n * T),
        sqrt(2 * ENERGY) == L**2 / pm**2 * sqrt(2 * n * T),
        REGRET <= R2 / alpha + alpha / 2 * ENERGY,
        REGRET <= sqrt(R2) * sqrt(2 * ENERGY),
        sqrt(R2) * sqrt(2 * ENERGY) == sqrt(R2) * L**2 / pm**2 * sqrt(2 * n * T),
    ],
    bounds=("adambs.lemma1",),
    note="R2 is R^2, any bound of the divergence of the comparator p from the first law. For n p_min <= 1 (else P is empty), "
    "with p^{t-1} for p^t in Algorithm 2, and a comparator that does not change.",
)
P.theorem(
    "Lem1.uniform",
    r"p^1=\tfrac1n\ \Rightarrow\ E\sum_{t,j}\frac{\|g_j^t\|^2}{p_j^t}-\min_{p\in\mathcal P}E\sum_{t,j}\frac{\|g_j^t\|^2}"
    r"{p_j}\le\frac{RL^2}{p_{\min}^2}\sqrt{2nT}\quad\text{for every }R^2\ge\log n",
    at="Lemma 1, from the uniform law",
    given=[
        *TUNED,
        R2 >= log(n),
        *BANDIT,
        *LEARNT,
        space.each(forall(j, 1, n, p[w, 1, j] == 1 / n)),
    ],
    show=REGRET <= sqrt(R2) * L**2 / pm**2 * sqrt(2 * n * T),
    by=[
        examples(pm) <= examples(q[j]),
        n * pm <= 1,
        pm <= 1 / n,
        FIRST,
        *INSIDE,
        use("Lem1.start", (w, 1, N), p=lambda t, j: p[w, t, j]),
        use("Lem1"),
    ],
    note="R^2 = log n is the best, as only the first divergence is used: L^2/p_min^2 sqrt(2 n T log n).",
)
