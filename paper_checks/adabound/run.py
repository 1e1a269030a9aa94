r"""AdaBound: a run whose regret is linear while the published Theorem 4 bounds it by a multiple of sqrt(T).

The theorem is stated from the formula as it is commonly quoted; the paper was not at hand. The run is ours.
"""

from fractions import Fraction

from regretlab.claims import Paper, Sum, forall, index, minimum, real, recursive, sqrt
from regretlab.claims.paper import theorem

P = Paper("AdaBound", "Luo, Xiong, Liu & Sun (2019), Adaptive gradient methods with dynamic bound of learning rate")

t, n = index("t n")
k = real("k")
third = Fraction(1, 3)
y = recursive("y", 1, lambda before, k: minimum(1, minimum(1, before - third / sqrt(3 * k - 5) + third / sqrt(3 * k - 4))
              + third / sqrt(3 * k - 3)), start=1)  # fmt: skip
one = y[t] - third / sqrt(3 * t - 2)
two = minimum(1, one + third / sqrt(3 * t - 1))
P.denial(
    "Thm4",
    r"R_T \le \frac{D_\infty^2\sqrt T}{2\hat\eta_T} + (2\sqrt T - 1) R_\infty G^2, \qquad \beta_1 = 0",
    at="Theorem 4: a run whose regret is linear while the bounds are wide",
    statement=theorem(
        where=[y],
        show=Sum(3 * (y[t] + 1) - (one + 1) - (two + 1), (t, 1, n)) >= 2 * n,
        by=[
            forall(t, 1, None, 1 / sqrt(3 * t - 2) <= 1 / sqrt(3 * t - 1) + 1 / sqrt(3 * t)),
            forall(t, 1, None, 1 / sqrt(3 * t - 2) > 0),
            forall(t, 1, None, y[t] == 1),
        ],
    ),
    expect="refuted",
    source="reconstructed",
    note="Slopes 3, -1, -1 on [-1, 1] from x_1 = 1 with beta_2 = 0, alpha = 1/3 and constant bounds l <= 1/9, u = 1/3 (which may meet after "
    "T): every step is alpha/sqrt(t) long. y_k is the first iterate of period k. The regret against -1 after T = 3n rounds is at least 2n; "
    "the printed bound with D = 2, G = 3, R = 1/3 is 12 sqrt(T) - 3.",
)
P.inequality(
    "Thm4.exceeds",
    r"2n > 12 \sqrt{3n} - 3, \qquad n \ge 108",
    at="Theorem 4: when that run leaves the printed bound",
    given=[k >= 108],
    show=2 * k > 12 * sqrt(3 * k) - 3,
)
