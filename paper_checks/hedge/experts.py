r"""Hedge, or exponentiated gradient, for N experts: the potential of one round, the regret for every T and N, the best step.

Freund & Schapire (1997), Cesa-Bianchi & Lugosi (2006), Shalev-Shwartz (2012). Every line is stated from the formula as it
is commonly quoted; the papers were not at hand.
"""

from regretlab.claims import Paper, Sum, define, exp, forall, index, log, real, recursive, sequence, sqrt, use

P = Paper("Hedge", "Freund & Schapire (1997), A decision-theoretic generalization of on-line learning (Hedge)")

t, n, T, j, k, N = index("t n T j k N")
eta, ell, m, beta = real("eta l m beta")
p, w, loss, W = map(sequence, ("p", "w", "l", "W"))


def experts(term):
    """Sum a term over the experts."""
    return Sum(term, (j, 1, N))


def rounds(term):
    """Sum a term over the rounds."""
    return Sum(term, (t, 1, T))


# --- one round -------------------------------------------------------------------------------------------------------
P.theorem(
    "chord",
    r"0 \le \ell \le 1 \;\Rightarrow\; e^{-\eta\ell} \le 1 - (1 - e^{-\eta}) \ell",
    at="one expert: the exponential lies below its chord",
    given=[ell >= 0, ell <= 1],
    show=exp(-eta * ell) <= 1 - (1 - exp(-eta)) * ell,
    by=[
        exp(-eta * ell) > 0,
        exp(-eta) > 0,
        log(exp(-eta * ell)) == -eta * ell,
        log(exp(-eta)) == -eta,
        use("Lemma.tangent", q=exp(-eta * ell), r=1),
        use("Lemma.tangent", q=exp(-eta * ell), r=exp(-eta)),
        exp(-eta * ell) * (eta * ell) <= 1 - exp(-eta * ell),
        exp(-eta * ell) * (eta * ell - eta) <= exp(-eta) - exp(-eta * ell),
        (1 - ell) * (exp(-eta * ell) * (eta * ell)) <= (1 - ell) * (1 - exp(-eta * ell)),
        ell * (exp(-eta * ell) * (eta * ell - eta)) <= ell * (exp(-eta) - exp(-eta * ell)),
    ],
    source="reconstructed",
)
P.ladder(
    "hoeffding",
    r"0 \le m \le 1,\ \eta \ge 0 \;\Rightarrow\; \log\big(1 - m + m e^{-\eta}\big) \le -\eta m + \frac{\eta^2}8",
    at="Hoeffding's lemma for two points",
    given=[m >= 0, m <= 1, eta >= 0],
    f=eta**2 / 8 - eta * m - log(1 - m + m * exp(-eta)),
    x=eta,
    start=0,
    source="reconstructed",
)
P.scalar(
    "hoeffding.smaller",
    r"\log\frac{1 + e^{-\eta}}2 \le -\frac\eta2 + \frac{\eta^2}9",
    at="Hoeffding's lemma with 1/9 for 1/8, which must fail",
    f=eta**2 / 9 - eta / 2 - log(1 + exp(-eta)) + log(2),
    x=eta,
    a=0,
    b=1,
    expect="refuted",
)

# --- N experts -------------------------------------------------------------------------------------------------------
SHARE = 1 - exp(-eta)
mixed = experts(p[j] * exp(-eta * loss[j]))
mean = experts(p[j] * loss[j])
LAW = [forall(j, 1, N, p[j] >= 0), experts(p[j]) == 1, forall(j, 1, N, (0 <= loss[j]) & (loss[j] <= 1))]
P.theorem(
    "potential",
    r"\log \sum_{j\le N} p_j e^{-\eta\ell_j} \le -\eta \langle p, \ell\rangle + \frac{\eta^2}8",
    at="one round: the potential, for every N",
    given=[eta >= 0, *LAW],
    show=log(mixed) <= -eta * mean + eta**2 / 8,
    by=[
        use("chord", (j, 1, N), l=loss[j]),
        forall(j, 1, N, p[j] * exp(-eta * loss[j]) <= p[j] * (1 - SHARE * loss[j])),
        mixed <= experts(p[j] * (1 - SHARE * loss[j])),
        experts(p[j] * (1 - SHARE * loss[j])) == 1 - SHARE * mean,
        forall(j, 1, N, exp(-eta) <= exp(-eta * loss[j])),
        forall(j, 1, N, p[j] * exp(-eta) <= p[j] * exp(-eta * loss[j])),
        experts(p[j] * exp(-eta)) <= mixed,
        exp(-eta) > 0,
        exp(-eta) <= mixed,
        forall(j, 1, N, 0 <= p[j] * loss[j]),
        forall(j, 1, N, p[j] * loss[j] <= p[j]),
        experts(0 * p[j]) <= mean,
        mean >= 0,
        mean <= experts(p[j]),
        mean <= 1,
        use("hoeffding", m=mean),
        mixed <= 1 - mean + mean * exp(-eta),
        log(mixed) <= log(1 - mean + mean * exp(-eta)),
    ],
    source="reconstructed",
)
ell_t = sequence("l")
one = recursive("w", 1, lambda before, t: before * exp(-eta * ell_t[t - 1]), start=1)
P.theorem(
    "weight",
    r"w_{T+1} = e^{-\eta \sum_{t\le T} \ell_t}",
    at="the weight of one expert",
    where=[one],
    show=forall(n, 1, T + 1, (one[n] > 0) & (log(one[n]) == -eta * Sum(ell_t[t], (t, 1, n - 1)))),
    by=[
        forall(n, 1, None, one[n] > 0),
        forall(n, 1, None, one[n + 1] == one[n] * exp(-eta * ell_t[n])),
        forall(n, 1, None, log(one[n] * exp(-eta * ell_t[n])) == log(one[n]) - eta * ell_t[n]),
        forall(n, 1, None, log(one[n + 1]) == log(one[n]) - eta * ell_t[n]),
        forall(n, 1, T + 1, log(one[n]) == -eta * Sum(ell_t[t], (t, 1, n - 1))),
    ],
)
LAWS = [
    forall(t, 1, T + 1, W[t] > 0),
    forall(t, 1, T, forall(j, 1, N, p[j, t] >= 0)),
    forall(t, 1, T, experts(p[j, t]) == 1),
    forall(t, 1, T, forall(j, 1, N, (0 <= loss[j, t]) & (loss[j, t] <= 1))),
    forall(t, 1, T, W[t + 1] == W[t] * experts(p[j, t] * exp(-eta * loss[j, t]))),
]
cost = experts(p[j, t] * loss[j, t])
moved = log(W[t + 1]) - log(W[t])
LOG = [
    forall(t, 1, T, experts(p[j, t] * exp(-eta * loss[j, t])) == W[t + 1] / W[t]),
    forall(t, 1, T, log(W[t + 1] / W[t]) == moved),
]
P.theorem(
    "falls",
    r"\log\frac{W_{T+1}}{W_1} \le -\eta \sum_{t\le T} \langle p_t, \ell_t\rangle + \frac{\eta^2T}8",
    at="the sum of the weights after T rounds",
    given=[eta >= 0, *LAWS],
    show=log(W[T + 1]) - log(W[1]) <= -eta * rounds(cost) + eta**2 / 8 * T,
    by=[
        *LOG,
        forall(t, 1, T, log(experts(p[j, t] * exp(-eta * loss[j, t]))) == moved),
        use("potential", (t, 1, T), p=lambda j: p[j, t], l=lambda j: loss[j, t]),
        forall(t, 1, T, moved <= -eta * cost + eta**2 / 8),
        rounds(moved) <= rounds(-eta * cost + eta**2 / 8),
        use("Lemma.telescope", a=lambda t: log(W[t])),
    ],
    source="reconstructed",
)
P.theorem(
    "falls.linear",
    r"\log\frac{W_{T+1}}{W_1} \le -(1 - e^{-\eta}) \sum_{t\le T} \langle p_t, \ell_t\rangle",
    at="Lemma 1 of Freund & Schapire",
    given=[eta >= 0, *LAWS],
    show=log(W[T + 1]) - log(W[1]) <= -SHARE * rounds(cost),
    by=[
        use("chord", (t, 1, T), (j, 1, N), l=loss[j, t]),
        forall(t, 1, T, forall(j, 1, N, p[j, t] * exp(-eta * loss[j, t]) <= p[j, t] * (1 - SHARE * loss[j, t]))),
        forall(t, 1, T, experts(p[j, t] * exp(-eta * loss[j, t])) <= experts(p[j, t] * (1 - SHARE * loss[j, t]))),
        forall(t, 1, T, experts(p[j, t] * (1 - SHARE * loss[j, t])) == 1 - SHARE * cost),
        *LOG,
        forall(t, 1, T, W[t + 1] / W[t] > 0),
        use("Lemma.tangent", (t, 1, T), q=1, r=W[t + 1] / W[t]),
        forall(t, 1, T, log(W[t + 1] / W[t]) <= W[t + 1] / W[t] - 1),
        forall(t, 1, T, moved <= -SHARE * cost),
        rounds(moved) <= rounds(-SHARE * cost),
        use("Lemma.telescope", a=lambda t: log(W[t])),
    ],
    source="reconstructed",
)
weight = recursive("w", 1, lambda before, t: before * exp(-eta * loss[j, t - 1]), start=1, over=j)
whole = define("W", lambda t: experts(weight[j, t]))
share = define("p", lambda t: weight[j, t] / whole[t], stop=T, over=j)
BETWEEN = forall(t, 1, T, forall(j, 1, N, (0 <= loss[j, t]) & (loss[j, t] <= 1)))
each = forall(k, 1, N, log(weight[k, T + 1]) == -eta * rounds(loss[k, t]))
RUN = [
    use("weight", (j, 1, N), w=lambda t: weight[j, t], l=lambda t: loss[j, t]),
    forall(t, 1, T + 1, forall(j, 1, N, weight[j, t] > 0)),
    use("Lemma.summand", (t, 1, T + 1), T=N, a=lambda j: weight[j, t]),
    forall(t, 1, T + 1, weight[1, t] <= whole[t]),
    forall(t, 1, T + 1, whole[t] > 0),
    forall(t, 1, T, forall(j, 1, N, p[j, t] >= 0)),
    forall(t, 1, T, forall(j, 1, N, p[j, t] * whole[t] == weight[j, t])),
    forall(t, 1, T, experts(weight[j, t] / whole[t]) == 1),
    forall(t, 1, T, experts(p[j, t]) == experts(weight[j, t] / whole[t])),
    forall(t, 1, T, experts(p[j, t]) == 1),
    forall(t, 1, T, whole[t + 1] == experts(weight[j, t + 1])),
    forall(t, 1, T, experts(weight[j, t + 1]) == experts(whole[t] * p[j, t] * exp(-eta * loss[j, t]))),
    forall(t, 1, T, whole[t + 1] == whole[t] * experts(p[j, t] * exp(-eta * loss[j, t]))),
    whole[1] == experts(weight[j, 1]),
    forall(j, 1, N, weight[j, 1] == 1),
    experts(weight[j, 1]) == experts(1),
    whole[1] == N,
    log(whole[1]) == log(N),
    whole[T + 1] == experts(weight[j, T + 1]),
    forall(k, 1, N, weight[k, T + 1] <= whole[T + 1]),
    forall(k, 1, N, log(weight[k, T + 1]) <= log(whole[T + 1])),
    each,
]
P.theorem(
    "regret",
    r"\sum_{t\le T} \langle p_t, \ell_t\rangle - \sum_{t\le T} \ell_{t,k} \le \frac{\ln N}\eta + \frac{\eta T}8",
    at="the regret against every expert, for every T and N",
    where=[weight, whole, share],
    given=[eta > 0, BETWEEN],
    show=forall(k, 1, N, rounds(cost) - rounds(loss[k, t]) <= log(N) / eta + eta * T / 8),
    by=[
        *RUN,
        use("falls"),
        forall(k, 1, N, -eta * rounds(loss[k, t]) - log(N) <= -eta * rounds(cost) + eta**2 / 8 * T),
        forall(k, 1, N, eta * (rounds(cost) - rounds(loss[k, t])) <= eta * (log(N) / eta + eta * T / 8)),
    ],
    bounds=("hedge.fixed",),
    source="reconstructed",
    note="Losses in [0, 1], the uniform law first.",
)
P.theorem(
    "loss",
    r"\sum_{t\le T} \langle p_t, \ell_t\rangle \le \frac{\ln(1/\beta) \sum_{t\le T} \ell_{t,k} + \ln N}{1-\beta}, \qquad \beta = e^{-\eta}",
    at="Theorem 2 of Freund & Schapire: the loss, by the loss of any expert",
    where=[weight, whole, share],
    given=[eta > 0, BETWEEN],
    show=forall(k, 1, N, rounds(cost) <= (eta * rounds(loss[k, t]) + log(N)) / SHARE),
    by=[
        *RUN,
        use("falls.linear"),
        exp(-eta) < 1,
        forall(k, 1, N, SHARE * rounds(cost) <= eta * rounds(loss[k, t]) + log(N)),
    ],
    source="reconstructed",
)

# --- the best step ---------------------------------------------------------------------------------------------------
size, horizon, E = real("L T E")
P.inequality(
    "tuned",
    r"\eta = \sqrt{\frac{8\ln N}T} \;\Rightarrow\; \frac{\ln N}\eta + \frac{\eta T}8 = \sqrt{\frac{T\ln N}2}",
    at="the step for a known horizon",
    given=[size > 0, horizon > 0, eta > 0, eta**2 == 8 * size / horizon],
    show=size / eta + eta * horizon / 8 == sqrt(horizon * size / 2),
    source="reconstructed",
    note="L is ln N.",
)
P.inequality(
    "optimal",
    r"\frac{\ln N}\eta + \frac{\eta T}8 \ge \sqrt{\frac{T\ln N}2}",
    at="no step gives a smaller bound",
    given=[size > 0, horizon > 0, eta > 0],
    show=size / eta + eta * horizon / 8 >= sqrt(horizon * size / 2),
    source="reconstructed",
)
