r"""AdamCB: Lemma 1, the bound on the online regret of the printed estimate, for every n, K, d, T and finite space.

Example j is in the batch of round t if c_tj is 1; before the round the gradients and the probabilities are known.
"""

from regretlab.claims import (
    Paper,
    Sum,
    box,
    define,
    forall,
    index,
    log,
    maximum,
    outcomes,
    real,
    sequence,
    sqrt,
    steps,
    use,
)

P = Paper("AdamCB", "Kim & Oh (2025), Adam with Combinatorial Bandit sampling (AdamCB)")

w, N, t, T, i, d, j, n, K = index("w N t T i d j n K")
space = outcomes(w, N)
E = space.E
past = space.history("F")
c, p, g = map(sequence, ("c", "p", "g"))


def rounds(relation):
    """Say it of every round."""
    return forall(t, 1, T, relation)


def each(relation):
    """Say it of every coordinate."""
    return forall(i, 1, d, relation)


def every(relation):
    """Say it of every example."""
    return forall(j, 1, n, relation)


def examples(term):
    """Sum a term over the examples."""
    return Sum(term, (j, 1, n))


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


def total(term):
    """Sum a term over t."""
    return Sum(term, (t, 1, T))


# --- the estimate -------------------------------------------------------------------------------------------------------
z = g[w, j] / (n * p[w, j])
share = examples(g[w, j] ** 2 / p[w, j])
P.theorem(
    "Lem1.moment",
    r"g_t=\frac1K\sum_{j\in J}\frac{g_j}{n\,p_j},\ |J|=K,\ P(j\in J)=p_j\ \Rightarrow\ E\,g_t^2\le\frac1{n^2K}E\sum_j\frac{g_j^2}{p_j}",
    at="Proof of Lemma 1, after Eq. (16), one coordinate of one round",
    source="reconstructed",
    given=[
        *space.given,
        *past.given(),
        space.each(every(p[w, j] > 0)),
        every(past.knows(p[w, j])),
        every(past.knows(g[w, j])),
        every(past.expects(c[w, j], p[w, j])),
        space.each(every(c[w, j] >= 0)),
        space.each(examples(c[w, j]) == K),
    ],
    show=E((examples(c[w, j] * z) / K) ** 2) <= E(share) / (n**2 * K),
    by=[
        use("Lemma.jensen", (w, 1, N), T=n, w=lambda j: c[w, j] / K, a=lambda j: g[w, j] / (n * p[w, j])),
        space.each(examples(c[w, j] * z) / K == examples(c[w, j] / K * z)),
        space.each((examples(c[w, j] * z) / K) ** 2 <= examples(c[w, j] / K * z**2)),
        space.each((examples(c[w, j] * z) / K) ** 2 <= examples(c[w, j] * z**2) / K),
        E((examples(c[w, j] * z) / K) ** 2) <= E(examples(c[w, j] * z**2) / K),
        every(past.knows(1 / p[w, j])),
        every(past.knows(g[w, j] * (1 / p[w, j]))),
        every(past.knows(g[w, j] * (1 / p[w, j]) * (g[w, j] * (1 / p[w, j])))),
        space.each(every(g[w, j] * (1 / p[w, j]) * (g[w, j] * (1 / p[w, j])) == n**2 * z**2)),
        every(past.knows(z**2)),
        use("Lemma.drawn", b=lambda w, j: c[w, j], y=lambda w, j: (g[w, j] / (n * p[w, j])) ** 2, Z=lambda w: 1),
        space.each(every(p[w, j] * z**2 == g[w, j] ** 2 / p[w, j] / n**2)),
        space.each(examples(p[w, j] * z**2) == examples(g[w, j] ** 2 / p[w, j] / n**2)),
        E(examples(c[w, j] * z**2)) == E(examples(p[w, j] * z**2)),
        E(examples(p[w, j] * z**2)) == E(examples(g[w, j] ** 2 / p[w, j] / n**2)),
        E(examples(c[w, j] * z**2)) == E(share) / n**2,
    ],
    note="Jensen for the mean of the K summands; it needs no law of the batch but P(j in J) = p_j.",
)

# --- all rounds and coordinates -----------------------------------------------------------------------------------------
alpha, beta1, beta2, eta, lam, gamma, L, D = real("alpha beta1 beta2 eta lam gamma L D")
b, H, X, F, Fs, lows, highs, stars = map(sequence, ("b", "h", "x", "f", "f_star", "low", "high", "x_star"))
run = steps(
    "adamx", gradients=H, over=(w, i), beta1_t=b, beta2=beta2, alpha=alpha, eps=0, project=box(lows[i], highs[i])
)
V = run.v_hat
one = g[w, t, j, i] / (n * p[w, t, j])
size = coordinates(g[w, t, j, i] ** 2)
ESTIMATE = space.each(each(rounds(K * H[w, i, t] == examples(c[w, t, j] * one))))
BATCH = [
    space.each(rounds(every(c[w, t, j] >= 0))),
    space.each(rounds(examples(c[w, t, j]) == K)),
]
BOUNDED = [
    L >= 0,
    gamma > 0,
    space.each(rounds(every(p[w, t, j] >= gamma / n))),
    space.each(rounds(every(size <= L**2))),
]
SAMPLED = [
    *map(rounds, past.given(t)),
    rounds(every(past.knows(p[w, t, j], t))),
    rounds(every(each(past.knows(g[w, t, j, i], t)))),
    rounds(every(past.expects(c[w, t, j], p[w, t, j], t))),
]
P.theorem(
    "Lem1.estimate",
    r"|g_{t,i}|\le\frac L\gamma",
    at="Lemma 9, one coordinate of the printed estimate",
    source="reconstructed",
    given=[*BOUNDED, *BATCH, ESTIMATE],
    show=space.each(each(rounds(abs(H[w, i, t]) <= L / gamma))),
    by=[
        space.each(rounds(every(each(g[w, t, j, i] ** 2 >= 0)))),
        use("Lemma.summand", (w, 1, N), (t, 1, T), (j, 1, n), T=d, a=lambda i: g[w, t, j, i] ** 2),
        space.each(rounds(every(each(g[w, t, j, i] ** 2 <= L**2)))),
        space.each(rounds(every(each(abs(g[w, t, j, i]) <= L)))),
        space.each(rounds(every(n * p[w, t, j] >= gamma))),
        space.each(rounds(every(each(abs(one) <= L / gamma)))),
        space.each(rounds(every(each(c[w, t, j] * one <= c[w, t, j] * (L / gamma))))),
        space.each(rounds(every(each(c[w, t, j] * (-one) <= c[w, t, j] * (L / gamma))))),
        space.each(rounds(each(examples(c[w, t, j] * one) <= examples(c[w, t, j] * (L / gamma))))),
        space.each(rounds(each(examples(c[w, t, j] * (-one)) <= examples(c[w, t, j] * (L / gamma))))),
        space.each(each(rounds(K * H[w, i, t] <= K * (L / gamma)))),
        space.each(each(rounds(-K * H[w, i, t] <= K * (L / gamma)))),
    ],
)
shares = E(examples(size / p[w, t, j]))
P.theorem(
    "Lem1.energy",
    r"\sum_tE\|g_t\|^2\le\frac1{n^2K}\sum_tE\sum_j\frac{\|g_j\|^2}{p_j}",
    at="Proof of Lemma 1, after Eq. (16)",
    source="reconstructed",
    given=[*space.given, *SAMPLED, space.each(rounds(every(p[w, t, j] > 0))), *BATCH, ESTIMATE],
    show=E(total(coordinates(H[w, i, t] ** 2))) <= total(shares) / (n**2 * K),
    by=[
        use(
            "Lem1.moment", (t, 1, T), (i, 1, d), F=lambda w, u: past.same[t, w, u], c=lambda w, j: c[w, t, j],
            p=lambda w, j: p[w, t, j], g=lambda w, j: g[w, t, j, i],
        ),
        space.each(each(rounds(H[w, i, t] == examples(c[w, t, j] * one) / K))),
        rounds(each(E(H[w, i, t] ** 2) == E((examples(c[w, t, j] * one) / K) ** 2))),
        rounds(each(E(H[w, i, t] ** 2) <= E(examples(g[w, t, j, i] ** 2 / p[w, t, j])) / (n**2 * K))),
        rounds(coordinates(E(H[w, i, t] ** 2)) <= coordinates(E(examples(g[w, t, j, i] ** 2 / p[w, t, j])) / (n**2 * K))),
        space.each(rounds(every(size / p[w, t, j] == coordinates(g[w, t, j, i] ** 2 / p[w, t, j])))),
        space.each(rounds(examples(size / p[w, t, j]) == examples(coordinates(g[w, t, j, i] ** 2 / p[w, t, j])))),
        space.each(rounds(examples(size / p[w, t, j]) == coordinates(examples(g[w, t, j, i] ** 2 / p[w, t, j])))),
        rounds(shares == E(coordinates(examples(g[w, t, j, i] ** 2 / p[w, t, j])))),
        use(
            "Lemma.exchange", (t, 1, T), S=N, T=d,
            a=lambda w, i: space.P[w] * examples(g[w, t, j, i] ** 2 / p[w, t, j]),
        ),
        rounds(coordinates(E(examples(g[w, t, j, i] ** 2 / p[w, t, j]))) == shares),
        rounds(coordinates(E(H[w, i, t] ** 2)) <= shares / (n**2 * K)),
        total(coordinates(E(H[w, i, t] ** 2))) <= total(shares / (n**2 * K)),
        use("Lemma.exchange", (t, 1, T), S=N, T=d, a=lambda w, i: space.P[w] * H[w, i, t] ** 2),
        rounds(E(coordinates(H[w, i, t] ** 2)) == coordinates(E(H[w, i, t] ** 2))),
        total(E(coordinates(H[w, i, t] ** 2))) == total(coordinates(E(H[w, i, t] ** 2))),
        use("Lemma.exchange", S=N, a=lambda w, t: space.P[w] * coordinates(H[w, i, t] ** 2)),
        E(total(coordinates(H[w, i, t] ** 2))) == total(E(coordinates(H[w, i, t] ** 2))),
    ],
)  # fmt: skip
root = sqrt(total(H[w, i, t] ** 2))
squares = total(coordinates(H[w, i, t] ** 2))
length = define("r", lambda w: coordinates(sqrt(total(H[w, i, t] ** 2))), stop=N)
P.theorem(
    "Lem1.norms",
    r"E\sum_i\|g_{1:T,i}\|\le\sqrt d\sqrt{\textstyle E\sum_t\|g_t\|^2}",
    at="Proof of Lemma 1, term (14)",
    source="reconstructed",
    where=[length],
    given=space.given,
    show=E(coordinates(root)) <= sqrt(d) * sqrt(E(squares)),
    by=[
        forall(w, 1, None, forall(i, 1, None, forall(t, 1, None, H[w, i, t] ** 2 >= 0))),
        use("Lemma.positive", (w, 1, None), (i, 1, None), a=lambda t: H[w, i, t] ** 2),
        use("Lemma.positive", (w, 1, None), (t, 1, None), T=d, a=lambda i: H[w, i, t] ** 2),
        use("Lemma.positive", (w, 1, None), a=lambda t: coordinates(H[w, i, t] ** 2)),
        space.each(space.P[w] * squares >= 0),
        use("Lemma.positive", T=N, a=lambda w: space.P[w] * total(coordinates(H[w, i, t] ** 2))),
        use("AdamBS.Eq12-14.jensen", (w, 1, N), g=lambda i, t: H[w, i, t]),
        space.each(length[w] <= sqrt(d) * sqrt(squares)),
        space.each(each(root >= 0)),
        space.each(coordinates(0 * stars[i]) <= coordinates(root)),
        space.each(length[w] >= 0),
        space.each(length[w] ** 2 <= d * squares),
        use("Lemma.times", (w, 1, N), k=space.P[w], less=length[w] ** 2, more=d * squares),
        E(length[w] ** 2) <= E(d * squares),
        use("Lemma.jensen", T=N, w=space.P, a=length),
        E(length[w]) ** 2 <= d * E(squares),
        E(length[w]) <= sqrt(d) * sqrt(E(squares)),
        space.each(coordinates(root) == length[w]),
        E(coordinates(root)) == E(length[w]),
    ],
)
rho1 = D**2 * L / (2 * alpha * gamma * (1 - beta1) ** 2)
rho2 = alpha * sqrt(1 + log(T)) / ((1 - beta1) ** 2 * sqrt(1 - beta2) * (1 - eta))
rho3 = d * beta1 * D**2 * L / (2 * alpha * gamma * (1 - beta1) ** 2 * (1 - lam) ** 2)
half = D**2 * (L / gamma) / (2 * alpha * (1 - beta1))
first = D**2 * (L / gamma) * sqrt(T) / (2 * alpha * (1 - beta1))
fading = beta1 * lam / (1 - lam) ** 2
under = total(shares) / (n**2 * K)
regret = total(F[w, t] - Fs[w, t])
PATHS = [
    alpha > 0,
    0 <= beta1,
    beta1 < 1,
    0 < beta2,
    beta2 < 1,
    eta == beta1 / sqrt(beta2),
    eta < 1,
    0 < lam,
    lam < 1,
    forall(t, 1, None, b[t] == beta1 * lam ** (t - 1)),
    space.each(each(lows[i] <= stars[w, i])),
    space.each(each(stars[w, i] <= highs[i])),
    space.each(each(lows[i] <= X[w, i, 1])),
    space.each(each(X[w, i, 1] <= highs[i])),
    each(highs[i] - lows[i] <= D),
    forall(w, 1, None, forall(i, 1, None, forall(t, 1, None, sqrt(V[w, i, t]) > 0))),
]
CONVEX = space.each(rounds(F[w, t] - Fs[w, t] <= coordinates(H[w, i, t] * (X[w, i, t] - stars[w, i]))))
SQUARES = [
    forall(w, 1, None, forall(i, 1, None, forall(t, 1, None, H[w, i, t] ** 2 >= 0))),
    use("Lemma.positive", (w, 1, None), (i, 1, None), a=lambda t: H[w, i, t] ** 2),
    log(T) >= 0,
]
MEANT = [
    forall(t, 0, None, (0 <= lam**t) & (lam**t <= 1)),
    forall(t, 1, None, (0 <= b[t]) & (b[t] <= beta1)),
    forall(t, 1, None, b[t] < 1),
    use(
        "TP.AdamX.moments", (w, 1, None), eps=0, g=lambda i, t: H[w, i, t], x=lambda i, t: X[w, i, t],
        m=lambda i, t: run.m[w, i, t], v=lambda i, t: run.v[w, i, t], v_hat=lambda i, t: V[w, i, t],
    ),
]  # fmt: skip
ratchet = maximum(
    ((1 - b[t]) / (1 - b[t - 1])) ** 2 * V[w, i, t - 1],
    beta2 * run.v[w, i, t - 1] + (1 - beta2) * H[w, i, t] * H[w, i, t],
)
P.theorem(
    "Lem1.path",
    r"\sum_t\big(f_t(\theta_t)-f_t(\theta^*)\big)\le\frac{dD^2L\sqrt T}{2\alpha\gamma(1-\beta_1)}+\rho_2\sum_i\|g_{1:T,i}\|"
    r"+\frac{dD^2L}{2\alpha\gamma(1-\beta_1)}\frac{\beta_1\lambda}{(1-\lambda)^2}",
    at="Proof of Lemma 1, Eqs. (11)-(15), whatever is drawn",
    source="reconstructed",
    where=[run],
    given=[*PATHS, space.each(each(rounds(abs(H[w, i, t]) <= L / gamma))), gamma > 0, CONVEX],
    show=space.each(regret <= d * first + d * half * fading + rho2 * coordinates(root)),
    by=[
        *MEANT,
        *SQUARES,
        forall(t, 2, None, 1 - b[t - 1] > 0),
        forall(w, 1, None, forall(i, 1, None, forall(t, 1, None, V[w, i, t] > 0))),
        forall(w, 1, None, forall(i, 1, None, forall(t, 2, None, ratchet == V[w, i, t]))),
        use(
            "TP.AdamX5.1.decaying", (w, 1, N), G=L / gamma, g=lambda i, t: H[w, i, t], x=lambda i, t: X[w, i, t],
            m=lambda i, t: run.m[w, i, t], v=lambda i, t: run.v[w, i, t], v_hat=lambda i, t: V[w, i, t],
            x_star=lambda i: stars[w, i], f=lambda t: F[w, t], f_star=lambda t: Fs[w, t],
        ),
    ],
)  # fmt: skip
P.theorem(
    "Lem1",
    r"R_{online}(T)\le\rho_1d\sqrt T+\sqrt d\rho_2\sqrt{\frac1{n^2K}\sum_{t=1}^TE\sum_j\frac{\|g_j\|^2}{p_j}}+\rho_3",
    at="Lemma 1, Appendix B.2",
    source="reconstructed",
    bounds=("adamcb.printed", "adamcb.lemma1"),
    where=[run],
    given=[
        *space.given,
        *PATHS,
        *SAMPLED,
        *BOUNDED,
        *BATCH,
        ESTIMATE,
        CONVEX,
    ],
    show=E(regret) <= rho1 * d * sqrt(T) + sqrt(d) * rho2 * sqrt(under) + rho3,
    by=[
        space.each(rounds(every(p[w, t, j] > 0))),
        *MEANT,
        use("Lem1.estimate"),
        use("Lem1.energy"),
        use("Lem1.norms"),
        *SQUARES,
        use("Lem1.path"),
        use("Lemma.times", (w, 1, N), k=space.P[w], less=regret, more=d * first + d * half * fading + rho2 * coordinates(root)),
        E(regret) <= E(d * first + d * half * fading + rho2 * coordinates(root)),
        E(regret) <= d * first + d * half * fading + rho2 * E(coordinates(root)),
        rho2 >= 0,
        use("Lemma.positive", (w, 1, None), (t, 1, None), T=d, a=lambda i: H[w, i, t] ** 2),
        use("Lemma.positive", (w, 1, None), a=lambda t: coordinates(H[w, i, t] ** 2)),
        space.each(space.P[w] * squares >= 0),
        use("Lemma.positive", T=N, a=lambda w: space.P[w] * total(coordinates(H[w, i, t] ** 2))),
        use("Lemma.chain", less=0, middle=E(squares), more=under),
        under >= 0,
        sqrt(E(squares)) <= sqrt(under),
        use("Lemma.times", k=sqrt(d), less=sqrt(E(squares)), more=sqrt(under)),
        use(
            "Lemma.chain", less=E(coordinates(root)), middle=sqrt(d) * sqrt(E(squares)), more=sqrt(d) * sqrt(under)
        ),
        use("Lemma.times", k=rho2, less=E(coordinates(root)), more=sqrt(d) * sqrt(under)),
        half >= 0,
        first == half * sqrt(T),
        half <= rho1,
        d * sqrt(T) >= 0,
        d * first <= rho1 * d * sqrt(T),
        fading <= beta1 / (1 - lam) ** 2,
        half * fading <= rho1 * (beta1 / (1 - lam) ** 2),
        d * half * fading <= rho3,
        use(
            "Lemma.terms", less=E(regret), a=d * first, b=d * half * fading, c=rho2 * E(coordinates(root)),
            u=rho1 * d * sqrt(T), v=rho3, w=sqrt(d) * rho2 * sqrt(under),
        ),
    ],
    note="For eps = 0, the printed estimate g_t with its 1/K and the online regret of the printed f_t, of which convexity gives the "
    "inequality of the gradient, and with projection onto a box. p_j >= gamma/n, and any batch of K examples with P(j in J) = p_j will do.",
)  # fmt: skip
