r"""A simple convergence proof of Adam and Adagrad: the sums of ratios, the geometric sums, and the descent lemma.

Defossez, Bottou, Bach & Usunier (2022), Lemmas 5.1, 5.2, A.2, A.3 and A.4. Every line is stated from the formula as it is
commonly quoted; the paper was not at hand.
"""

from regretlab.claims import Paper, Sum, define, forall, index, log, real, recursive, sequence, sqrt, use

P = Paper("Defossez", "Defossez, Bottou, Bach & Usunier (2022), A simple convergence proof of Adam and Adagrad")

t, n, T = index("t n T")
a, b, g, p = map(sequence, ("a", "b", "g", "p"))
beta1, beta2, eps, c = real("beta1 beta2 eps c")


def total(term, high=T):
    """Sum a term over t."""
    return Sum(term, (t, 1, high))


# --- Lemma 5.2 -------------------------------------------------------------------------------------------------------
RATES = [0 < beta2, beta2 <= 1, eps > 0]
P.theorem(
    "Lem5.2",
    r"b_t = \sum_{s\le t} \beta_2^{t-s} a_s \;\Rightarrow\; "
    r"\sum_{t\le T} \frac{a_t}{\varepsilon + b_t} \le \ln\Big(1 + \frac{b_T}\varepsilon\Big) - T \ln \beta_2",
    at="Lemma 5.2: the sum of ratios, for every T",
    given=[*RATES, b[0] == 0, forall(t, 1, T, a[t] >= 0), forall(t, 1, T, b[t] == beta2 * b[t - 1] + a[t])],
    show=total(a[t] / (eps + b[t])) <= log(1 + b[T] / eps) - T * log(beta2),
    by=[
        forall(t, 0, T, b[t] >= 0),
        forall(t, 1, T, beta2 * (eps + b[t - 1]) <= eps + b[t] - a[t]),
        forall(t, 1, T, beta2 * (eps + b[t - 1]) > 0),
        use("Lemma.tangent", (t, 1, T), q=eps + b[t], r=beta2 * (eps + b[t - 1])),
        forall(t, 1, T, log(beta2 * (eps + b[t - 1])) == log(beta2) + log(eps + b[t - 1])),
        forall(t, 1, T, (eps + b[t]) * (log(beta2) + log(eps + b[t - 1]) - log(eps + b[t])) <= -a[t]),
        forall(t, 1, T, a[t] / (eps + b[t]) <= log(eps + b[t]) - log(eps + b[t - 1]) - log(beta2)),
        total(a[t] / (eps + b[t])) <= total(log(eps + b[t]) - log(eps + b[t - 1]) - log(beta2)),
        use("Lemma.telescope", a=lambda t: log(eps + b[t - 1])),
        total(log(eps + b[t]) - log(eps + b[t - 1]) - log(beta2)) == log(eps + b[T]) - log(eps + b[0]) - T * log(beta2),
        log(eps + b[0]) == log(eps),
        log((eps + b[T]) / eps) == log(eps + b[T]) - log(eps),
        1 + b[T] / eps == (eps + b[T]) / eps,
        log(1 + b[T] / eps) == log(eps + b[T]) - log(eps),
    ],
    source="reconstructed",
    note="Written as the recursion b_t = beta_2 b_{t-1} + a_t. With beta_2 = 1 it is Adagrad's.",
)
P.theorem(
    "Lem5.2.without",
    r"\sum_{t\le T} \frac{a_t}{\varepsilon + b_t} \le \ln\Big(1 + \frac{b_T}\varepsilon\Big)",
    at="Lemma 5.2 without its second term, which must fail for beta_2 < 1",
    given=[*RATES, b[0] == 0, forall(t, 1, T, a[t] >= 0), forall(t, 1, T, b[t] == beta2 * b[t - 1] + a[t])],
    show=total(a[t] / (eps + b[t])) <= log(1 + b[T] / eps),
    expect="refuted",
)

# --- Lemma A.2 -------------------------------------------------------------------------------------------------------
mean = recursive("m", 0, lambda before, t: beta1 * before + g[t])
square = recursive("p", 0, lambda before, t: beta1 * before + g[t] ** 2)
ratio = define("r", lambda t: p[t] / (eps + b[t]), start=0, stop=T)
P.theorem(
    "LemA.2",
    r"c_t = \sum_{s\le t} \beta_1^{t-s} a_s,\ b_t = \sum_{s\le t} \beta_2^{t-s} a_s^2 \;\Rightarrow\; \sum_{t\le T} "
    r"\frac{c_t^2}{\varepsilon + b_t} \le \frac{\ln(1 + b_T/\varepsilon) - T \ln\beta_2}{(1-\beta_1)(1-\beta_1/\beta_2)}",
    at="Lemma A.2: the sum of ratios with momentum, for every T",
    where=[mean, square, ratio],
    given=[
        *RATES,
        0 <= beta1,
        beta1 < 1,
        beta1 < beta2,
        b[0] == 0,
        forall(t, 1, T, b[t] == beta2 * b[t - 1] + g[t] ** 2),
    ],
    show=total(mean[t] ** 2 / (eps + b[t]))
    <= (log(1 + b[T] / eps) - T * log(beta2)) / ((1 - beta1) * (1 - beta1 / beta2)),
    by=[
        forall(t, 1, T, g[t] ** 2 >= 0),
        forall(t, 0, T, b[t] >= 0),
        forall(t, 0, T, p[t] >= 0),
        forall(t, 0, T, (1 - beta1) * mean[t] ** 2 <= p[t]),
        forall(t, 1, T, beta2 * (eps + b[t - 1]) <= eps + b[t]),
        forall(t, 0, T, (ratio[t] >= 0) & (ratio[t] * (eps + b[t]) == p[t])),
        forall(t, 1, T, ratio[t] * (eps + b[t]) == beta1 * (ratio[t - 1] * (eps + b[t - 1])) + g[t] ** 2),
        forall(
            t,
            1,
            T,
            beta1 / beta2 * ratio[t - 1] * (beta2 * (eps + b[t - 1])) <= beta1 / beta2 * ratio[t - 1] * (eps + b[t]),
        ),
        forall(t, 1, T, ratio[t] * (eps + b[t]) <= beta1 / beta2 * ratio[t - 1] * (eps + b[t]) + g[t] ** 2),
        forall(t, 1, T, ratio[t] <= beta1 / beta2 * ratio[t - 1] + g[t] ** 2 / (eps + b[t])),
        ratio[0] == 0,
        beta1 / beta2 < 1,
        forall(
            n,
            1,
            T,
            (1 - beta1 / beta2) * total(ratio[t], n) + beta1 / beta2 * ratio[n] <= total(g[t] ** 2 / (eps + b[t]), n),
        ),
        (1 - beta1 / beta2) * total(ratio[t]) <= total(g[t] ** 2 / (eps + b[t])),
        use("Lem5.2", a=lambda t: g[t] ** 2),
        forall(t, 1, T, (1 - beta1) * (mean[t] ** 2 / (eps + b[t])) <= ratio[t]),
        total((1 - beta1) * (mean[t] ** 2 / (eps + b[t]))) <= total(ratio[t]),
        (1 - beta1 / beta2) * ((1 - beta1) * total(mean[t] ** 2 / (eps + b[t])))
        <= (1 - beta1 / beta2) * total(ratio[t]),
        (1 - beta1) * (1 - beta1 / beta2) * total(mean[t] ** 2 / (eps + b[t])) <= log(1 + b[T] / eps) - T * log(beta2),
    ],
    source="reconstructed",
)

# --- Lemmas A.3 and A.4 ----------------------------------------------------------------------------------------------
POWER = [0 <= c, c < 1]
P.theorem(
    "LemA.3.mean",
    r"\sum_{q=0}^{Q-1} a^q (q+1) \le \frac1{(1-a)^2}",
    at="Lemma A.3: without the root, for every Q",
    given=POWER,
    show=Sum(c ** (t - 1) * t, (t, 1, T)) <= 1 / (1 - c) ** 2,
    by=[
        forall(t, 0, None, c**t >= 0),
        forall(n, 1, T, (1 - c) ** 2 * total(c ** (t - 1) * t, n) == 1 - c**n - n * c**n * (1 - c)),
        T * c**T * (1 - c) >= 0,
        (1 - c) ** 2 * total(c ** (t - 1) * t) <= 1,
    ],
    note="t is q + 1.",
)
P.theorem(
    "LemA.3",
    r"\sum_{q=0}^{Q-1} a^q \sqrt{q+1} \le \frac1{(1-a)^{3/2}}",
    at="Lemma A.3 with 1 for its 2, for every Q",
    given=POWER,
    show=total(c ** (t - 1) * sqrt(t)) ** 2 <= 1 / (1 - c) ** 3,
    by=[
        forall(t, 0, None, c**t >= 0),
        forall(t, 1, T, c ** (t - 1) >= 0),
        use("Lemma.cauchy", w=lambda t: c ** (t - 1), a=lambda t: 1, b=lambda t: sqrt(t)),
        use("LemA.3.mean"),
        forall(n, 1, T, (1 - c) * total(c ** (t - 1), n) == 1 - c**n),
        total(c ** (t - 1)) <= 1 / (1 - c),
        forall(t, 1, T, c ** (t - 1) * sqrt(t) ** 2 == c ** (t - 1) * t),
        total(c ** (t - 1) * sqrt(t) ** 2) == total(c ** (t - 1) * t),
        forall(t, 1, T, c ** (t - 1) * t >= 0),
        use("Lemma.positive", a=lambda t: c ** (t - 1) * t),
        total(c ** (t - 1)) * total(c ** (t - 1) * t) <= 1 / (1 - c) * total(c ** (t - 1) * t),
        1 / (1 - c) * total(c ** (t - 1) * t) <= 1 / (1 - c) * (1 / (1 - c) ** 2),
        total(c ** (t - 1) * sqrt(t)) ** 2 <= 1 / (1 - c) * (1 / (1 - c) ** 2),
    ],
    source="reconstructed",
    note="Squared; t is q + 1. The printed constant is 2: Cauchy-Schwarz gives 1 (ours).",
)
