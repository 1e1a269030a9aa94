"""Lemmas about the sums of convergence proofs: AdaGrad's, geometric ones, and those of powers of t."""

from regretlab.claims import Paper, Sum, exp, forall, index, log, real, sequence, sqrt

P = Paper("Lemma", "Lemmas about sums and sequences")

t, s, n, T = index("t s n T")
a, p, q = sequence("a"), sequence("p"), sequence("q")
c, k = real("c k")


def total(term, low=1, high=T):
    """Sum a term over t."""
    return Sum(term, (t, low, high))


SO_FAR = Sum(a[s], (s, 1, t))
POSITIVE = [a[1] > 0, forall(t, 1, T, a[t] >= 0)]

P.theorem(
    "adagrad",
    r"a_1 > 0,\ a_t \ge 0 \;\Rightarrow\; \sum_{t=1}^T \frac{a_t}{\sqrt{\sum_{s \le t} a_s}} \le 2\sqrt{\sum_{t=1}^T a_t}",
    at="Auer, Cesa-Bianchi and Gentile (2002); Duchi, Hazan and Singer (2011)",
    given=POSITIVE,
    show=total(a[t] / sqrt(SO_FAR)) <= 2 * sqrt(total(a[t])),
    by=[forall(t, 1, T, SO_FAR > 0)],
)
P.theorem(
    "adagrad_log",
    r"a_1 > 0,\ a_t \ge 0 \;\Rightarrow\; \sum_{t=1}^T \frac{a_t}{\sum_{s \le t} a_s} \le 1 + \log\frac{\sum_{t=1}^T a_t}{a_1}",
    at="Ward, Wu and Bottou (2019)",
    given=POSITIVE,
    show=total(a[t] / SO_FAR) <= 1 + log(total(a[t])) - log(a[1]),
    by=[forall(t, 1, T, SO_FAR > 0)],
)
P.theorem(
    "geometric",
    r"0 \le c < 1 \;\Rightarrow\; \sum_{t=0}^T c^t \le \frac{1}{1-c}",
    at="the geometric sum",
    given=[c >= 0, c < 1],
    show=total(c**t, 0) <= 1 / (1 - c),
    by=[
        forall(t, 0, None, c**t >= 0),
        forall(t, 0, T, Sum(c**s, (s, 0, t)) == (1 - c ** (t + 1)) / (1 - c)),
    ],
)
P.theorem(
    "geometric_double",
    r"p_0 = 0,\ p_t = c p_{t-1} + k a_t,\ 0 \le c < 1,\ a_t, k, q_t \ge 0,\ q_{t+1} \le q_t \;\Rightarrow\; "
    r"\sum_{t=1}^T p_t q_t \le \frac{k}{1-c} \sum_{t=1}^T a_t q_t",
    at="the double sum of a moving average with weights that do not increase",
    given=[
        c >= 0,
        c < 1,
        k >= 0,
        p[0] == 0,
        forall(t, 1, T, p[t] == c * p[t - 1] + k * a[t]),
        forall(t, 1, T, a[t] >= 0),
        forall(t, 1, T, q[t] >= 0),
        forall(t, 2, T, q[t] <= q[t - 1]),
    ],
    show=total(p[t] * q[t]) <= k / (1 - c) * total(a[t] * q[t]),
    by=[
        forall(t, 0, T, p[t] >= 0),
        forall(s, 1, T, (1 - c) * total(p[t] * q[t], high=s) + c * p[s] * q[s] <= k * total(a[t] * q[t], high=s)),
    ],
)
P.theorem(
    "roots",
    r"\sum_{t=1}^T \frac{1}{\sqrt t} \le 2\sqrt T - 1",
    at="the sum of 1 / sqrt(t)",
    show=total(1 / sqrt(t)) <= 2 * sqrt(T) - 1,
)
P.theorem(
    "harmonic",
    r"\sum_{t=1}^T \frac 1t \le 1 + \log T",
    at="the harmonic sum",
    show=total(1 / t) <= 1 + log(T),
)
P.theorem(
    "squares",
    r"\sum_{t=1}^T \frac 1{t^2} \le 2 - \frac 1T",
    at="the sum of 1 / t^2",
    show=total(1 / t**2) <= 2 - 1 / T,
)
P.theorem(
    "log_sum_exp",
    r"a_t \le c \;\Rightarrow\; \log\sum_{t=1}^T e^{a_t} \le c + \log T",
    at="log-sum-exp, from above",
    given=[forall(t, 1, T, a[t] <= c)],
    show=log(total(exp(a[t]))) <= c + log(T),
    by=[
        forall(t, 1, T, exp(a[t]) <= exp(c)),
        forall(s, 1, T, total(exp(a[t]), high=s) > 0),
        total(exp(a[t])) <= T * exp(c),
        log(T * exp(c)) == c + log(T),
        log(total(exp(a[t]))) <= log(T * exp(c)),
    ],
)
P.theorem(
    "log_sum_exp_below",
    r"a_s \le \log\sum_{t=1}^T e^{a_t}",
    at="log-sum-exp, from below",
    show=forall(s, 1, T, a[s] <= log(total(exp(a[t])))),
    by=[
        forall(s, 1, T, total(exp(a[t]), high=s) > 0),
        forall(s, 1, T, exp(a[s]) <= total(exp(a[t]), high=s)),
        forall(s, 1, T, forall(n, s, T, exp(a[s]) <= total(exp(a[t]), high=n))),
    ],
)
