"""Lemmas about sums that theorems use by instance: ``use("Lemma.cauchy", a=lambda t: g[t], T=n)``."""

from regretlab.claims import Paper, Sum, forall, index, real, sequence, use

P = Paper("Lemma", "Lemmas about sums and sequences")

t, s, n, S, T = index("t s n S T")
a, b, w = sequence("a"), sequence("b"), sequence("w")
c, D, u, v = real("c D u v")


def total(term, low=1, high=T):
    """Sum a term over t."""
    return Sum(term, (t, low, high))


P.theorem(
    "telescope",
    r"\sum_{t=1}^T (a_{t+1} - a_t) = a_{T+1} - a_1",
    at="telescoping",
    show=total(a[t + 1] - a[t]) == a[T + 1] - a[1],
)
P.theorem(
    "parts",
    r"\sum_{t=1}^T w_t (a_t - a_{t+1}) = w_1 a_1 - w_T a_{T+1} + \sum_{t=2}^T (w_t - w_{t-1}) a_t",
    at="summation by parts",
    show=total(w[t] * (a[t] - a[t + 1])) == w[1] * a[1] - w[T] * a[T + 1] + total((w[t] - w[t - 1]) * a[t], 2),
)
P.theorem(
    "abel",
    r"0 \le w_1 \le \dots \le w_T,\ a_t \le D \;\Rightarrow\; \sum_{t=1}^T w_t (a_t - a_{t+1}) \le w_T (D - a_{T+1})",
    at="Abel's inequality",
    given=[w[1] >= 0, forall(t, 2, T, w[t - 1] <= w[t]), forall(t, 1, T, a[t] <= D)],
    show=total(w[t] * (a[t] - a[t + 1])) <= w[T] * (D - a[T + 1]),
)
P.theorem(
    "termwise",
    r"a_t \le b_t \;\Rightarrow\; \sum_{t=1}^T a_t \le \sum_{t=1}^T b_t",
    at="sums term by term",
    given=[forall(t, 1, T, a[t] <= b[t])],
    show=total(a[t]) <= total(b[t]),
)
P.theorem(
    "constant",
    r"a_t \le c \;\Rightarrow\; \sum_{t=1}^T a_t \le cT",
    at="a sum of bounded terms",
    given=[forall(t, 1, T, a[t] <= c)],
    show=total(a[t]) <= c * T,
)
P.theorem(
    "positive",
    r"a_t \ge 0 \;\Rightarrow\; \sum_{t=1}^T a_t \ge 0",
    at="a sum of terms that are not negative",
    given=[forall(t, 1, T, a[t] >= 0)],
    show=total(a[t]) >= 0,
)
P.theorem(
    "summand",
    r"a_t \ge 0 \;\Rightarrow\; a_s \le \sum_{t=1}^T a_t",
    at="one term of a sum of terms that are not negative",
    given=[forall(t, 1, T, a[t] >= 0)],
    show=forall(s, 1, T, a[s] <= total(a[t])),
    by=[
        forall(s, 1, T, total(a[t], high=s - 1) >= 0),
        forall(s, 1, T, forall(n, s, T, a[s] <= total(a[t], high=n))),
    ],
)
P.theorem(
    "exchange",
    r"\sum_{s=1}^S \sum_{t=1}^T a_{s,t} = \sum_{t=1}^T \sum_{s=1}^S a_{s,t}",
    at="two sums in the other order",
    show=Sum(total(a[s, t]), (s, 1, S)) == total(Sum(a[s, t], (s, 1, S))),
)
P.theorem(
    "monotone",
    r"a_1 \le a_2 \le \dots \le a_T \;\Rightarrow\; a_s \le a_t \text{ for } s \le t \le T",
    at="a sequence that does not decrease",
    given=[forall(t, 2, T, a[t - 1] <= a[t])],
    show=forall(s, 1, T, forall(t, s, T, a[s] <= a[t])),
)
AB, AA, BB = (lambda n, x=x, y=y: total(w[t] * x[t] * y[t], 1, n) for x, y in ((a, b), (a, a), (b, b)))
P.theorem(
    "cauchy",
    r"w_t \ge 0 \;\Rightarrow\; \Big(\sum_{t=1}^T w_t a_t b_t\Big)^2 \le \sum_{t=1}^T w_t a_t^2 \sum_{t=1}^T w_t b_t^2",
    at="Cauchy-Schwarz with weights",
    given=[forall(t, 1, T, w[t] >= 0)],
    show=AB(T) ** 2 <= AA(T) * BB(T),
    by=[
        forall(s, 1, T, AA(s) >= 0),
        forall(s, 1, T, BB(s) >= 0),
        forall(s, 1, T, AB(s) ** 2 <= AA(s) * BB(s)),
    ],
)
P.theorem(
    "jensen",
    r"w_t \ge 0,\ \sum_t w_t = 1 \;\Rightarrow\; \Big(\sum_t w_t a_t\Big)^2 \le \sum_t w_t a_t^2",
    at="Jensen for the square",
    given=[forall(t, 1, T, w[t] >= 0), total(w[t]) == 1],
    show=total(w[t] * a[t]) ** 2 <= total(w[t] * a[t] ** 2),
    by=[use("cauchy", b=lambda t: 1)],
)
P.theorem(
    "mean",
    r"\Big(\sum_{t=1}^T a_t\Big)^2 \le T \sum_{t=1}^T a_t^2",
    at="the square of a mean",
    show=total(a[t]) ** 2 <= T * total(a[t] ** 2),
    by=[use("cauchy", b=lambda t: 1, w=lambda t: 1)],
)
P.inequality(
    "young",
    r"2uv \le cu^2 + v^2/c",
    at="Young's inequality",
    given=[c > 0],
    show=2 * u * v <= c * u**2 + v**2 / c,
)
