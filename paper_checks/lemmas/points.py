"""Lemmas about single points: three-point identities and projections, for one coordinate and summed over them."""

from regretlab.claims import Paper, Sum, forall, index, log, maximum, minimum, real, sequence

P = Paper("Lemma", "Lemmas about sums and sequences")

i, d = index("i d")
x, y, z, low, high = real("x y z low high")
p, q = real("p q")


def clip(value, least, most):
    """Project onto [least, most]."""
    return maximum(least, minimum(most, value))


P.inequality(
    "three_points",
    r"2(x - y)(z - y) = (x-y)^2 + (z-y)^2 - (x-z)^2",
    at="the identity of three points",
    show=2 * (x - y) * (z - y) == (x - y) ** 2 + (z - y) ** 2 - (x - z) ** 2,
)
P.inequality(
    "projection",
    r"l \le z \le h \;\Rightarrow\; (\Pi_{[l,h]}(x) - z)^2 \le (x - z)^2",
    at="the projection onto an interval",
    given=[low <= z, z <= high],
    show=(clip(x, low, high) - z) ** 2 <= (x - z) ** 2,
)
X, Y, Z, W, LOW, HIGH = (sequence(name) for name in ("x", "y", "z", "w", "l", "h"))
P.theorem(
    "projection_box",
    r"w_i \ge 0,\ l_i \le z_i \le h_i \;\Rightarrow\; "
    r"\sum_{i=1}^d w_i (\Pi_{[l_i,h_i]}(x_i) - z_i)^2 \le \sum_{i=1}^d w_i (x_i - z_i)^2",
    at="the projection onto a box in a norm with weights",
    given=[forall(i, 1, d, W[i] >= 0), forall(i, 1, d, (LOW[i] <= Z[i]) & (Z[i] <= HIGH[i]))],
    show=Sum(W[i] * (clip(X[i], LOW[i], HIGH[i]) - Z[i]) ** 2, (i, 1, d)) <= Sum(W[i] * (X[i] - Z[i]) ** 2, (i, 1, d)),
)
P.theorem(
    "nonexpansive_box",
    r"w_i \ge 0,\ l_i \le h_i \;\Rightarrow\; "
    r"\sum_{i=1}^d w_i (\Pi_{[l_i,h_i]}(x_i) - \Pi_{[l_i,h_i]}(y_i))^2 \le \sum_{i=1}^d w_i (x_i - y_i)^2",
    at="the projection onto a box shortens distances in a norm with weights",
    given=[forall(i, 1, d, W[i] >= 0), forall(i, 1, d, LOW[i] <= HIGH[i])],
    show=Sum(W[i] * (clip(X[i], LOW[i], HIGH[i]) - clip(Y[i], LOW[i], HIGH[i])) ** 2, (i, 1, d))
    <= Sum(W[i] * (X[i] - Y[i]) ** 2, (i, 1, d)),
)
P.ladder(
    "pinsker",
    r"p \log\frac pq + (1-p) \log\frac{1-p}{1-q} \ge 2(p-q)^2",
    at="Pinsker's inequality for two points",
    given=[p > 0, p < 1, q > 0, q < 1],
    f=p * (log(p) - log(q)) + (1 - p) * (log(1 - p) - log(1 - q)) - 2 * (p - q) ** 2,
    x=q,
    start=p,
)
P.inequality(
    "entropy",
    r"p \log\frac pq + (1-p) \log\frac{1-p}{1-q} \ge 0",
    at="Gibbs' inequality for two points",
    given=[p > 0, p < 1, q > 0, q < 1],
    show=p * (log(p) - log(q)) + (1 - p) * (log(1 - p) - log(1 - q)) >= 0,
)
