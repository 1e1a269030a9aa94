r"""AdamCB, ours, with gains: the regret of EXP3.M's capped weights for every n, K and T and every outcome of the draws.

Both errors of the printed update are in the direction of one inequality (Alg3.freeze): with gains it is the one that is
needed, and what a capped example gains is paid for by p = 1.
"""

from regretlab.claims import Paper, Sum, define, exp, forall, index, log, minimum, real, sequence, use, where
from regretlab.claims.language.definitions import Definition

P = Paper("AdamCB", "Kim & Oh (2025), Adam with Combinatorial Bandit sampling (AdamCB)")

t, T, i, j, n = index("t T i j n")
eta, gamma, K, tau, V, W, u, w, x, y, p, q = real("eta gamma K tau V W u w x y p q")
RATES = [eta > 0, K > 0, gamma >= 0, gamma < 1]
E2 = exp(1) - 2


def price(law, gain):
    """Return what the gain of an example costs in one round, times eta."""
    return law / (1 - gamma) * (eta * gain + E2 * (eta * gain) ** 2)


# --- one example of one round ----------------------------------------------------------------------------------------
P.scalar(
    "Alg3.gains.exp",
    r"e^x\le1+x+(e-2)x^2\quad(0\le x\le1)",
    at="Lemma 2 with gains, as in Uchiya et al. (2010)",
    source="reconstructed",
    f=1 + x + E2 * x**2 - exp(x),
    x=x,
    a=0,
    b=1,
)
P.theorem(
    "Alg3.gains.example",
    r"K(1-\gamma)w_i\le p_iV\text{ or }y_i=0,\ V\le W\ \Rightarrow\ K(w_ie^{\eta y_i}-w_i)\le W\,\frac{p_i}{1-\gamma}"
    r"\big(\eta y_i+(e-2)\eta^2y_i^2\big)",
    at="Lemma 2 with gains, one example of one round",
    source="reconstructed",
    given=[
        *RATES, w > 0, p >= 0, V <= W, y >= 0, eta * y <= 1, (K * (1 - gamma) * w <= p * V) | (y == 0),
    ],
    show=K * (w * exp(eta * y) - w) <= W * price(p, y),
    by=[
        use("Alg3.gains.exp", x=eta * y),
        E2 >= 0,
        eta * y + E2 * (eta * y) ** 2 >= 0,
        p * V <= p * W,
        (K * w <= p / (1 - gamma) * W) | (y == 0),
        K * w * (eta * y + E2 * (eta * y) ** 2) <= p / (1 - gamma) * W * (eta * y + E2 * (eta * y) ** 2),
        w * (exp(eta * y) - 1) <= w * (eta * y + E2 * (eta * y) ** 2),
        K * (w * (exp(eta * y) - 1)) <= K * (w * (eta * y + E2 * (eta * y) ** 2)),
    ],
)  # fmt: skip
P.theorem(
    "Alg3.gains.log",
    r"u=we^x\ \Rightarrow\ \log u-\log w=x",
    at="Lemma 2 with gains, the logarithm of a weight",
    source="reconstructed",
    given=[w > 0, u == w * exp(x)],
    show=log(u) - log(w) == x,
    by=[log(w * exp(x)) == log(w) + x],
)
counted = where(w < tau, x, 0)
P.inequality(
    "Alg3.gains.capped",
    r"p_i=1\text{ for }w_i\ge\tau\ \Rightarrow\ \eta q_i\hat x_i+\frac{p_i}{1-\gamma}\big(\eta y_i+(e-2)\eta^2y_i^2\big)"
    r"\le\eta q_iy_i+\frac{p_i}{1-\gamma}\big(\eta\hat x_i+(e-2)\eta^2\hat x_i^2\big)",
    at="Lemma 2 with gains: what a capped example gains",
    source="reconstructed",
    given=[*RATES, (w < tau) | (p == 1), q <= 1, p >= 0, x >= 0],
    show=eta * q * x + price(p, counted) <= eta * q * counted + price(p, x),
    note="y_i is x_i if w_i is below tau, else 0.",
)

# --- all examples, and all rounds ------------------------------------------------------------------------------------
before, after, gain, law, best = (sequence(name) for name in ("w", "u", "y", "p", "q"))


def examples(term, last=n):
    """Sum a term over the examples."""
    return Sum(term, (j, 1, last))


def rounds(term):
    """Sum a term over the rounds."""
    return Sum(term, (t, 1, T))


def each(relation, last=T):
    """Say it of every example in every round."""
    return forall(t, 1, last, forall(j, 1, n, relation))


W_NOW, W_NEXT = examples(before[j]), examples(after[j])
cost = define("z", lambda j: price(law[j], gain[j]), stop=n)
P.theorem(
    "Alg3.gains.round",
    r"K\log\frac{W_{t+1}}{W_t}\le\sum_i\frac{p_i}{1-\gamma}\big(\eta y_i+(e-2)\eta^2y_i^2\big)",
    at="Lemma 2 with gains, one round",
    source="reconstructed",
    where=[cost],
    given=[
        *RATES,
        V <= W_NOW,
        forall(j, 1, n, (before[j] > 0) & (law[j] >= 0) & (gain[j] >= 0) & (eta * gain[j] <= 1)),
        forall(j, 1, n, (K * (1 - gamma) * before[j] <= law[j] * V) | (gain[j] == 0)),
        forall(j, 1, n, after[j] == before[j] * exp(eta * gain[j])),
    ],
    show=K * (log(W_NEXT) - log(W_NOW)) <= examples(cost[j]),
    by=[
        forall(i, 1, n, examples(before[j], i) > 0),
        forall(j, 1, n, after[j] > 0),
        forall(i, 1, n, examples(after[j], i) > 0),
        use("Alg3.gains.example", (j, 1, n), w=before[j], W=W_NOW, y=gain[j], p=law[j]),
        forall(j, 1, n, K * (after[j] - before[j]) <= W_NOW * cost[j]),
        examples(K * (after[j] - before[j])) <= examples(W_NOW * cost[j]),
        use("Lemma.tangent", q=W_NOW, r=W_NEXT),
        K * (W_NOW * (log(W_NEXT) - log(W_NOW))) <= K * (W_NEXT - W_NOW),
        W_NOW * (K * (log(W_NEXT) - log(W_NOW))) <= W_NOW * examples(cost[j]),
    ],
)
P.theorem(
    "Alg3.gains.comparator",
    r"\sum_iq_i=K,\ 0\le q_i\le1\ \Rightarrow\ \sum_iq_i\log w_i\le K\log\frac{\sum_iw_i}K",
    at="Lemma 2 with gains, the comparator",
    source="reconstructed",
    given=[
        K > 0,
        forall(j, 1, n, (best[j] >= 0) & (best[j] <= 1)),
        examples(best[j]) == K,
        forall(j, 1, n, before[j] > 0),
    ],
    show=examples(best[j] * log(before[j])) <= K * (log(W_NOW) - log(K)),
    by=[
        forall(i, 1, n, examples(before[j], i) > 0),
        forall(j, 1, n, K * before[j] / W_NOW > 0),
        forall(j, 1, n, log(K * before[j] / W_NOW) <= K * before[j] / W_NOW - 1),
        forall(j, 1, n, log(K * before[j] / W_NOW) == log(K) + log(before[j]) - log(W_NOW)),
        forall(j, 1, n, log(before[j]) <= log(W_NOW) - log(K) + K * before[j] / W_NOW - 1),
        forall(j, 1, n, best[j] * (K * before[j] / W_NOW) <= K * before[j] / W_NOW),
        forall(
            j,
            1,
            n,
            best[j] * log(before[j]) <= best[j] * (log(W_NOW) - log(K)) + K * before[j] / W_NOW - best[j],
        ),
        examples(best[j] * log(before[j]))
        <= examples(best[j] * (log(W_NOW) - log(K)) + K * before[j] / W_NOW - best[j]),
        examples(K * before[j] / W_NOW) == K,
    ],
)
weight, got, chance, paid, sums = (sequence(name) for name in ("w", "y", "p", "z", "V"))


def size(t):
    """Return the logarithm of the sum of the weights of a round."""
    return log(examples(weight[t, j]))


P.theorem(
    "Alg3.gains.weights",
    r"w_{t+1,i}=w_{t,i}e^{\eta y_{t,i}},\ w_1=1\ \Rightarrow\ \eta\sum_{t\le T}\langle q,y_t\rangle\le K\ln\frac nK"
    r"+\sum_{t\le T}\sum_i\frac{p_{t,i}}{1-\gamma}\big(\eta y_{t,i}+(e-2)\eta^2y_{t,i}^2\big)",
    at="Lemma 2 with gains, exponential weights",
    source="reconstructed",
    where=[Definition((each(paid[t, j] == price(chance[t, j], got[t, j])),))],
    given=[
        *RATES,
        forall(j, 1, n, (best[j] >= 0) & (best[j] <= 1)),
        examples(best[j]) == K,
        forall(j, 1, n, weight[1, j] == 1),
        each(weight[t + 1, j] == weight[t, j] * exp(eta * got[t, j])),
        each((chance[t, j] >= 0) & (got[t, j] >= 0) & (eta * got[t, j] <= 1)),
        forall(t, 1, T, sums[t] <= examples(weight[t, j])),
        each((K * (1 - gamma) * weight[t, j] <= chance[t, j] * sums[t]) | (got[t, j] == 0)),
    ],
    show=eta * rounds(examples(best[j] * got[t, j])) <= K * log(n / K) + rounds(examples(paid[t, j])),
    by=[
        examples(weight[1, j]) == examples(1),
        examples(weight[1, j]) == n,
        size(1) == log(n),
        forall(j, 1, n, forall(t, 1, T + 1, weight[t, j] > 0)),
        each(weight[t, j] > 0, T + 1),
        use("Alg3.gains.log", (t, 1, T), (j, 1, n), w=weight[t, j], u=weight[t + 1, j], x=eta * got[t, j]),
        forall(t, 1, T + 1, forall(i, 1, n, examples(weight[t, j], i) > 0)),
        use(
            "Alg3.gains.round", (t, 1, T), w=lambda j: weight[t, j], u=lambda j: weight[t + 1, j],
            y=lambda j: got[t, j], p=lambda j: chance[t, j], z=lambda j: paid[t, j], V=sums[t],
        ),
        rounds(K * (size(t + 1) - size(t))) <= rounds(examples(paid[t, j])),
        use("Lemma.telescope", a=size),
        K * size(T + 1) <= K * log(n) + rounds(examples(paid[t, j])),
        forall(j, 1, n, forall(t, 1, T, log(weight[t + 1, j]) - log(weight[t, j]) == eta * got[t, j])),
        forall(j, 1, n, rounds(log(weight[t + 1, j]) - log(weight[t, j])) == rounds(eta * got[t, j])),
        use("Lemma.telescope", (j, 1, n), a=lambda t: log(weight[t, j])),
        forall(j, 1, n, log(weight[1, j]) == 0),
        forall(j, 1, n, log(weight[T + 1, j]) == eta * rounds(got[t, j])),
        forall(j, 1, n, best[j] * log(weight[T + 1, j]) == best[j] * (eta * rounds(got[t, j]))),
        use("Alg3.gains.comparator", w=lambda j: weight[T + 1, j]),
        examples(best[j] * log(weight[T + 1, j])) == examples(best[j] * (eta * rounds(got[t, j]))),
        eta * rounds(examples(best[j] * got[t, j])) <= K * (size(T + 1) - log(K)),
        log(n / K) == log(n) - log(K),
    ],
)  # fmt: skip

# --- the capped weights of Algorithm 2, updated with gains outside the null set --------------------------------------
estimate, threshold = sequence("x"), sequence("tau")
cut = minimum(weight[t, j], threshold[t])
free = weight[t, j] < threshold[t]
kept = where(free, estimate[t, j], 0)
earned = rounds(examples(chance[t, j] * estimate[t, j]))
squared = rounds(examples(chance[t, j] * estimate[t, j] ** 2))
P.theorem(
    "Alg3.gains",
    r"\sum_{t\le T}\langle\hat x_t,q\rangle\le\frac{K\ln(n/K)}\eta+\frac1{1-\gamma}\sum_{t\le T}\Big(\langle p_t,"
    r"\hat x_t\rangle+(e-2)\eta\sum_ip_{t,i}\hat x_{t,i}^2\Big),\quad w_i\leftarrow w_ie^{\eta\hat x_i},\ "
    r"i\notin S_{null}",
    at="Lemma 2 with gains, for every outcome",
    source="reconstructed",
    given=[
        *RATES,
        forall(j, 1, n, (best[j] >= 0) & (best[j] <= 1)),
        examples(best[j]) == K,
        forall(j, 1, n, weight[1, j] == 1),
        forall(t, 1, T, threshold[t] > 0),
        each((estimate[t, j] >= 0) & (eta * estimate[t, j] <= 1)),
        each(chance[t, j] == K * ((1 - gamma) * (cut / examples(cut)) + gamma / n)),
        each(free | (chance[t, j] == 1)),
        each(weight[t + 1, j] == where(free, weight[t, j] * exp(eta * estimate[t, j]), weight[t, j])),
    ],
    show=rounds(examples(best[j] * estimate[t, j]))
    <= K * log(n / K) / eta + (earned + E2 * eta * squared) / (1 - gamma),
    by=[
        forall(j, 1, n, forall(t, 1, T + 1, weight[t, j] > 0)),
        each(cut > 0),
        forall(t, 1, T, forall(i, 1, n, examples(cut, i) > 0)),
        each(chance[t, j] * examples(cut) == K * ((1 - gamma) * cut + gamma / n * examples(cut))),
        each(chance[t, j] >= 0),
        each((K * (1 - gamma) * weight[t, j] <= chance[t, j] * examples(cut)) | (kept == 0)),
        each(weight[t + 1, j] == weight[t, j] * exp(eta * kept)),
        each((kept >= 0) & (eta * kept <= 1)),
        forall(t, 1, T, examples(cut) <= examples(weight[t, j])),
        use(
            "Alg3.gains.weights", V=lambda t: Sum(minimum(weight[t, j], threshold[t]), (j, 1, n)),
            y=lambda t, j: where(weight[t, j] < threshold[t], estimate[t, j], 0),
            z=lambda t, j: price(chance[t, j], where(weight[t, j] < threshold[t], estimate[t, j], 0)),
        ),
        use(
            "Alg3.gains.capped", (t, 1, T), (j, 1, n),
            w=weight[t, j], tau=threshold[t], p=chance[t, j], q=best[j], x=estimate[t, j],
        ),
        forall(
            t, 1, T, examples(eta * best[j] * estimate[t, j] + price(chance[t, j], kept))
            <= examples(eta * best[j] * kept + price(chance[t, j], estimate[t, j])),
        ),
        rounds(examples(eta * best[j] * estimate[t, j] + price(chance[t, j], kept)))
        <= rounds(examples(eta * best[j] * kept + price(chance[t, j], estimate[t, j]))),
        eta * rounds(examples(best[j] * estimate[t, j]))
        <= K * log(n / K) + rounds(examples(price(chance[t, j], estimate[t, j]))),
        rounds(examples(price(chance[t, j], estimate[t, j]))) == eta * (earned + E2 * eta * squared) / (1 - gamma),
        eta * rounds(examples(best[j] * estimate[t, j]))
        <= eta * (K * log(n / K) / eta + (earned + E2 * eta * squared) / (1 - gamma)),
    ],
    note="Ours, after Uchiya et al. (2010). tau_t is the threshold of round t, or any number above all weights where none "
    "is capped; q is any fixed law, x_ti the gain over p_ti for the examples of the batch of round t, else 0.",
)  # fmt: skip
