r"""EXP3: the estimate from one arm, the potential of a round, and the regret in terms of the estimates.

Auer, Cesa-Bianchi, Freund & Schapire (2002), The nonstochastic multiarmed bandit problem; the form with losses as it is in
textbooks. Every line is stated from the formula as it is commonly quoted; the papers were not at hand.
"""

from regretlab.claims import Paper, Sum, define, exp, forall, index, log, outcomes, real, recursive, sequence, sqrt, use

P = Paper("EXP3", "Auer, Cesa-Bianchi, Freund & Schapire (2002), The nonstochastic multiarmed bandit problem")

t, T, j, k, K, w, N = index("t T j k K w N")
eta, ell, chance, z = real("eta l p z")
p, loss, h, W, b = map(sequence, ("p", "l", "h", "W", "b"))


def arms(term):
    """Sum a term over the arms."""
    return Sum(term, (j, 1, K))


def rounds(term):
    """Sum a term over the rounds."""
    return Sum(term, (t, 1, T))


# --- the estimate ----------------------------------------------------------------------------------------------------
P.inequality(
    "unbiased",
    r"\hat\ell = \frac{\ell}{p} \mathbf 1(I = j) \;\Rightarrow\; E \hat\ell = \ell",
    at="the importance-weighted estimate of one arm",
    given=[chance > 0, chance <= 1],
    show=chance * (ell / chance) + (1 - chance) * 0 == ell,
    source="reconstructed",
)
P.inequality(
    "unbiased.never",
    r"\hat\ell = \frac{\ell}{p} \mathbf 1(I = j) \;\Rightarrow\; E \hat\ell = \ell",
    at="the same for an arm that is never drawn",
    given=[chance >= 0, chance <= 1],
    show=chance * (ell / chance) + (1 - chance) * 0 == ell,
    expect="ill-posed",
    note="With p = 0 there is no estimate: every arm must be explored.",
)
P.theorem(
    "second",
    r"\sum_j p_j\, E \hat\ell_j^2 = \sum_j \ell_j^2 \le K",
    at="the second moments of the estimates, for every K",
    given=[forall(j, 1, K, (p[j] > 0) & (0 <= loss[j]) & (loss[j] <= 1))],
    show=arms(p[j] * (p[j] * (loss[j] / p[j]) ** 2)) <= K,
    by=[
        forall(j, 1, K, p[j] * (p[j] * (loss[j] / p[j]) ** 2) == loss[j] ** 2),
        forall(j, 1, K, p[j] * (p[j] * (loss[j] / p[j]) ** 2) <= 1),
        arms(p[j] * (p[j] * (loss[j] / p[j]) ** 2)) <= arms(1),
    ],
    source="reconstructed",
    note="Without the factor p_j in front, which the potential brings, the moments are l_j^2/p_j, and unbounded.",
)

# --- the potential ---------------------------------------------------------------------------------------------------
P.scalar(
    "exponential",
    r"e^z \le 1 + z + z^2, \qquad z \le 1",
    at="the exponential of a gain",
    f=1 + z + z**2 - exp(z),
    x=z,
    a="-oo",
    b=1,
    source="reconstructed",
)
P.scalar(
    "exponential.far",
    r"e^z \le 1 + z + z^2, \qquad z \le 2",
    at="the exponential of a gain that is larger, which must fail",
    f=1 + z + z**2 - exp(z),
    x=z,
    a=0,
    b=2,
    expect="refuted",
)
mixed, mean, second = arms(p[j] * exp(-eta * h[j])), arms(p[j] * h[j]), arms(p[j] * h[j] ** 2)
P.theorem(
    "potential",
    r"\log \sum_j p_j e^{-\eta\hat\ell_j} \le -\eta \langle p, \hat\ell\rangle + \frac{\eta^2}2 \sum_j p_j \hat\ell_j^2, \qquad \hat\ell_j \ge 0",
    at="the potential of one round, for every K",
    given=[eta >= 0, forall(j, 1, K, p[j] > 0), arms(p[j]) == 1, forall(j, 1, K, h[j] >= 0)],
    show=log(mixed) <= -eta * mean + eta**2 / 2 * second,
    by=[
        forall(j, 1, K, eta * h[j] >= 0),
        use("Lemma.exp_below", (j, 1, K), x=eta * h[j]),
        forall(j, 1, K, p[j] * exp(-eta * h[j]) <= p[j] * (1 - eta * h[j] + (eta * h[j]) ** 2 / 2)),
        mixed <= arms(p[j] * (1 - eta * h[j] + (eta * h[j]) ** 2 / 2)),
        arms(p[j] * (1 - eta * h[j] + (eta * h[j]) ** 2 / 2)) == 1 - eta * mean + eta**2 / 2 * second,
        forall(j, 1, K, exp(-eta * h[j]) > 0),
        forall(j, 1, K, p[j] * exp(-eta * h[j]) > 0),
        use("Lemma.summand", T=K, a=lambda j: p[j] * exp(-eta * h[j])),
        mixed >= p[1] * exp(-eta * h[1]),
        mixed > 0,
        use("Lemma.tangent", q=1, r=mixed),
        log(mixed) <= mixed - 1,
    ],
    source="reconstructed",
)
moved = log(W[t + 1]) - log(W[t])
drawn = arms(p[j, t] * h[j, t])
squares = arms(p[j, t] * h[j, t] ** 2)
P.theorem(
    "falls",
    r"\log\frac{W_{T+1}}{W_1} \le -\eta \sum_{t\le T} \langle p_t, \hat\ell_t\rangle + \frac{\eta^2}2 \sum_{t\le T} \sum_j p_{t,j} \hat\ell_{t,j}^2",
    at="the sum of the weights after T rounds, for every outcome of the draws",
    given=[
        eta >= 0,
        forall(t, 1, T + 1, W[t] > 0),
        forall(t, 1, T, forall(j, 1, K, p[j, t] > 0)),
        forall(t, 1, T, arms(p[j, t]) == 1),
        forall(t, 1, T, forall(j, 1, K, h[j, t] >= 0)),
        forall(t, 1, T, W[t + 1] == W[t] * arms(p[j, t] * exp(-eta * h[j, t]))),
    ],
    show=log(W[T + 1]) - log(W[1]) <= -eta * rounds(drawn) + eta**2 / 2 * rounds(squares),
    by=[
        forall(t, 1, T, arms(p[j, t] * exp(-eta * h[j, t])) == W[t + 1] / W[t]),
        forall(t, 1, T, log(W[t + 1] / W[t]) == moved),
        forall(t, 1, T, log(arms(p[j, t] * exp(-eta * h[j, t]))) == moved),
        use("potential", (t, 1, T), p=lambda j: p[j, t], h=lambda j: h[j, t]),
        forall(t, 1, T, moved <= -eta * drawn + eta**2 / 2 * squares),
        rounds(moved) <= rounds(-eta * drawn + eta**2 / 2 * squares),
        use("Lemma.telescope", a=lambda t: log(W[t])),
    ],
    source="reconstructed",
)

weight = recursive("w", 1, lambda before, t: before * exp(-eta * h[j, t - 1]), start=1, over=j)
whole = define("W", lambda t: arms(weight[j, t]))
share = define("p", lambda t: weight[j, t] / whole[t], stop=T, over=j)
P.theorem(
    "regret",
    r"\sum_{t\le T} \langle p_t, \hat\ell_t\rangle - \sum_{t\le T} \hat\ell_{t,k} \le \frac{\ln K}\eta + "
    r"\frac\eta2 \sum_{t\le T} \sum_j p_{t,j} \hat\ell_{t,j}^2",
    at="the regret in terms of the estimates, for every outcome of the draws, every T and K",
    where=[weight, whole, share],
    given=[eta > 0, forall(t, 1, T, forall(j, 1, K, h[j, t] >= 0))],
    show=forall(k, 1, K, rounds(drawn) - rounds(h[k, t]) <= log(K) / eta + eta / 2 * rounds(squares)),
    by=[
        use("Hedge.weight", (j, 1, K), w=lambda t: weight[j, t], l=lambda t: h[j, t]),
        forall(t, 1, T + 1, forall(j, 1, K, weight[j, t] > 0)),
        use("Lemma.summand", (t, 1, T + 1), T=K, a=lambda j: weight[j, t]),
        forall(t, 1, T + 1, weight[1, t] <= whole[t]),
        forall(t, 1, T + 1, whole[t] > 0),
        forall(t, 1, T, forall(j, 1, K, p[j, t] > 0)),
        forall(t, 1, T, forall(j, 1, K, p[j, t] * whole[t] == weight[j, t])),
        forall(t, 1, T, arms(weight[j, t] / whole[t]) == 1),
        forall(t, 1, T, arms(p[j, t]) == arms(weight[j, t] / whole[t])),
        forall(t, 1, T, arms(p[j, t]) == 1),
        forall(t, 1, T, whole[t + 1] == arms(weight[j, t + 1])),
        forall(t, 1, T, arms(weight[j, t + 1]) == arms(whole[t] * p[j, t] * exp(-eta * h[j, t]))),
        forall(t, 1, T, whole[t + 1] == whole[t] * arms(p[j, t] * exp(-eta * h[j, t]))),
        whole[1] == arms(weight[j, 1]),
        forall(j, 1, K, weight[j, 1] == 1),
        arms(weight[j, 1]) == arms(1),
        whole[1] == K,
        log(whole[1]) == log(K),
        whole[T + 1] == arms(weight[j, T + 1]),
        forall(k, 1, K, weight[k, T + 1] <= whole[T + 1]),
        forall(k, 1, K, log(weight[k, T + 1]) <= log(whole[T + 1])),
        forall(k, 1, K, log(weight[k, T + 1]) == -eta * rounds(h[k, t])),
        use("falls"),
        forall(k, 1, K, -eta * rounds(h[k, t]) - log(K) <= -eta * rounds(drawn) + eta**2 / 2 * rounds(squares)),
        forall(
            k,
            1,
            K,
            eta * (rounds(drawn) - rounds(h[k, t])) <= eta * (log(K) / eta + eta / 2 * rounds(squares)),
        ),
    ],
    source="reconstructed",
    note="With EXP3.second and EXP3.drawn its expectation is ln K/eta + eta T K/2; that sum of expectations is not written out here.",
)

# --- in expectation --------------------------------------------------------------------------------------------------
space = outcomes(w, N)
past = space.history("F")
E = space.E
hit = b[w, j]
law = p[w, j]
KNOWN = [
    *space.given,
    *past.given(),
    forall(j, 1, K, past.knows(law)),
    forall(j, 1, K, space.each(law > 0)),
    forall(j, 1, K, past.expects(hit, law)),
]
P.theorem(
    "drawn",
    r"E(\hat\ell_j \mid F) = \ell_j \;\Rightarrow\; E \hat\ell_j = \ell_j",
    at="the estimate of an arm in expectation, whatever was drawn before",
    given=KNOWN,
    show=forall(j, 1, K, E(loss[j] / law * hit) == loss[j]),
    by=[
        use("Lemma.known_inverse", (j, 1, K), a=lambda w: p[w, j]),
        use("Lemma.tower", (j, 1, K), a=lambda w: b[w, j], b=lambda w: p[w, j], Z=lambda w: 1 / p[w, j]),
        forall(j, 1, K, space.each(1 / law * law == 1)),
        forall(j, 1, K, E(1 / law * law) == E(1)),
        forall(j, 1, K, E(1 / law * hit) == 1),
        forall(j, 1, K, loss[j] * E(1 / law * hit) == loss[j]),
    ],
    source="reconstructed",
    note="b_j is 1 if arm j is drawn, else 0; p is the law given the past, which depends on the draws before.",
)

# --- the best step ---------------------------------------------------------------------------------------------------
size, count, horizon, gamma, e1 = real("L K T gamma e")
P.inequality(
    "tuned",
    r"\eta = \sqrt{\frac{2\ln K}{TK}} \;\Rightarrow\; \frac{\ln K}\eta + \frac{\eta TK}2 = \sqrt{2TK\ln K}",
    at="the step for a known horizon",
    given=[size > 0, horizon > 0, count > 0, eta > 0, eta**2 == 2 * size / (horizon * count)],
    show=size / eta + eta * horizon * count / 2 == sqrt(2 * horizon * count * size),
    source="reconstructed",
    note="L is ln K.",
)
P.inequality(
    "Cor3.2",
    r"\gamma = \sqrt{\frac{K\ln K}{(e-1)g}} \;\Rightarrow\; (e-1)\gamma g + \frac{K\ln K}\gamma = 2\sqrt{e-1} \sqrt{gK\ln K}",
    at="Corollary 3.2: the exploration for a known gain g",
    given=[size > 0, horizon > 0, count > 0, e1 > 0, gamma > 0, gamma**2 == count * size / (e1 * horizon)],
    show=e1 * gamma * horizon + count * size / gamma == 2 * sqrt(e1) * sqrt(horizon * count * size),
    source="reconstructed",
    note="e stands for e - 1, T for g, and L for ln K; gamma <= 1 where g is at least K ln K/(e - 1).",
)
