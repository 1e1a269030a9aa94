"""Lemmas about expectations over finitely many outcomes, and about what is known at a time."""

from regretlab.claims import Paper, Sum, define, forall, index, outcomes, sequence, use

P = Paper("Lemma", "Lemmas about sums and sequences")

w, u, v, N, s, t, T, i, j, k, m, n, K = index("w u v N s t T i j k m n K")
space = outcomes(w, N)
E, weight = space.E, space.P
past = space.history("F")
same = past.same
a, b, p, y, Z = map(sequence, ("a", "b", "p", "y", "Z"))


def over(term, outcome=u):
    """Sum a term over the outcomes."""
    return Sum(term, (outcome, 1, N))


mass = define("C", lambda w: over(same[w, u] * weight[u]), stop=N)
per = define("Y", lambda w: Z[w] / mass[w], stop=N)
P.theorem(
    "tower",
    r"E(X\mid F) = Y,\ Z \text{ known} \;\Rightarrow\; E(Z X) = E(Z Y)",
    at="the tower rule, for finitely many outcomes",
    where=[mass, per],
    given=[*space.given, *past.given(), past.knows(Z[w]), past.expects(a[w], b[w])],
    show=E(Z[w] * a[w]) == E(Z[w] * b[w]),
    by=[
        space.each(forall(u, 1, N, same[w, u] * weight[u] >= 0)),
        use("summand", (w, 1, N), a=lambda u: same[w, u] * weight[u], T=N),
        space.each(weight[w] <= mass[w]),
        space.each(mass[w] > 0),
        space.each(per[w] * mass[w] == Z[w]),
        space.each(
            forall(
                u, 1, N, over(same[w, u] * same[w, v] * weight[v], v) == over(same[w, u] * same[u, v] * weight[v], v)
            )
        ),
        space.each(forall(u, 1, N, same[w, u] * mass[w] == same[w, u] * mass[u])),
        space.each(forall(u, 1, N, same[w, u] * per[w] == same[w, u] * per[u])),
        space.each(over(same[w, u] * weight[u] * per[w]) == over(same[w, u] * weight[u] * per[u])),
        space.each(Z[w] == over(same[w, u] * weight[u] * per[u])),
        over(weight[w] * a[w] * Z[w], w) == over(weight[w] * a[w] * over(same[w, u] * weight[u] * per[u]), w),
        forall(u, 1, N, over(weight[w] * a[w] * same[w, u], w) == over(weight[w] * a[w] * same[u, w], w)),
        forall(u, 1, N, over(weight[w] * a[w] * same[w, u], w) == mass[u] * b[u]),
        forall(u, 1, N, weight[u] * per[u] * mass[u] * b[u] == weight[u] * Z[u] * b[u]),
        forall(u, 1, N, weight[u] * per[u] * over(weight[w] * a[w] * same[w, u], w) == weight[u] * Z[u] * b[u]),
        over(weight[u] * per[u] * over(weight[w] * a[w] * same[w, u], w)) == over(weight[u] * Z[u] * b[u]),
    ],
)

P.theorem(
    "known_product",
    r"X, Y \text{ known} \;\Rightarrow\; XY \text{ known}",
    at="what is known, multiplied",
    given=[past.knows(a[w]), past.knows(b[w])],
    show=past.knows(a[w] * b[w]),
    by=[
        space.each(forall(u, 1, N, same[w, u] * a[w] * b[w] == same[w, u] * a[u] * b[w])),
        space.each(forall(u, 1, N, same[w, u] * b[w] * a[u] == same[w, u] * b[u] * a[u])),
    ],
)
P.theorem(
    "known_inverse",
    r"X > 0 \text{ known} \;\Rightarrow\; 1/X \text{ known}",
    at="what is known, inverted",
    given=[past.knows(a[w]), space.each(a[w] > 0)],
    show=past.knows(1 / a[w]),
    by=[space.each(a[w] * (1 / a[w]) == 1)],
)

# --- draws with replacement ------------------------------------------------------------------------------------------
drawn = Sum(b[w, j] * y[w, j], (j, 1, n))
expected = Sum(p[w, j] * y[w, j], (j, 1, n))
P.theorem(
    "drawn",
    r"P(I = j\mid F) = p_j,\ y_j, Z \text{ known} \;\Rightarrow\; E(Z y_I) = E\Big(Z \sum_{j=1}^n p_j y_j\Big)",
    at="one draw from n examples",
    given=[
        *space.given,
        *past.given(),
        past.knows(Z[w]),
        forall(j, 1, n, past.knows(y[w, j])),
        forall(j, 1, n, past.expects(b[w, j], p[w, j])),
    ],
    show=E(Z[w] * drawn) == E(Z[w] * expected),
    by=[
        forall(j, 1, n, past.knows(Z[w] * y[w, j])),
        use("tower", (j, 1, n), a=lambda w: b[w, j], b=lambda w: p[w, j], Z=lambda w: Z[w] * y[w, j]),
        Sum(E(Z[w] * y[w, j] * b[w, j]), (j, 1, n)) == Sum(E(Z[w] * y[w, j] * p[w, j]), (j, 1, n)),
    ],
    note="b_j is 1 if example j is drawn, else 0.",
)
P.theorem(
    "count",
    r"P(I_k = j\mid F_k) = p,\ Z \text{ known} \;\Rightarrow\; E\Big(Z \sum_{k=1}^K \mathbf 1(I_k = j)\Big) = K\,E(Z p)",
    at="how often one example is drawn",
    given=[
        *space.given,
        forall(k, 1, K, past.knows(Z[w], k)),
        *(forall(k, 1, K, relation) for relation in past.given(k)),
        forall(k, 1, K, past.expects(b[w, k], p[w], k)),
    ],
    show=E(Z[w] * Sum(b[w, k], (k, 1, K))) == K * E(Z[w] * p[w]),
    by=[
        use("tower", (k, 1, K), F=lambda w, u: same[k, w, u], a=lambda w: b[w, k], b=p),
        Sum(E(Z[w] * b[w, k]), (k, 1, K)) == Sum(E(Z[w] * p[w]), (k, 1, K)),
    ],
    note="b_k is 1 if the example is drawn the k-th time, else 0.",
)
picked = Sum(a[j] * Z[j], (j, 1, n))
P.theorem(
    "indicator",
    r"\mathbf 1_j \sum_{m=1}^n \mathbf 1_m z_m = \mathbf 1_j z_j",
    at="the value at the one index that is drawn",
    given=[
        forall(j, 1, n, a[j] * a[j] == a[j]),
        forall(j, 1, n, forall(m, j + 1, n, a[j] * a[m] == 0)),
    ],
    show=forall(j, 1, n, a[j] * picked == a[j] * Z[j]),
    by=[
        forall(m, 1, n, forall(j, 1, m - 1, a[j] * a[m] == 0)),
        forall(j, 1, n, forall(m, 0, j - 1, a[j] * Sum(a[t] * Z[t], (t, 1, m)) == 0)),
        forall(j, 1, n, forall(m, j, n, a[j] * Sum(a[t] * Z[t], (t, 1, m)) == a[j] * Z[j])),
    ],
)

x = define("x", lambda k: Sum(b[w, k, j] * y[w, j], (j, 1, n)), stop=K, over=w)
so_far = define("S", lambda m: Sum(x[w, k], (k, 1, m)), start=0, stop=K, over=w)
mean = define("mu", lambda w: Sum(p[w, j] * y[w, j], (j, 1, n)), stop=N)
square = define("q", lambda w: Sum(p[w, j] * y[w, j] ** 2, (j, 1, n)), stop=N)


def draws(relation):
    """Say a relation of every draw."""
    return forall(k, 1, K, relation)


def examples(relation):
    """Say a relation of every example."""
    return forall(j, 1, n, relation)


REPLACED = [
    *space.given,
    *map(draws, past.given(k)),
    draws(examples(past.expects(b[w, k, j], p[w, j], k))),
    draws(examples(past.knows(y[w, j], k))),
    draws(forall(i, 1, k - 1, examples(past.knows(b[w, i, j], k)))),
    space.each(draws(examples(b[w, k, j] * b[w, k, j] == b[w, k, j]))),
    space.each(draws(examples(forall(m, j + 1, n, b[w, k, j] * b[w, k, m] == 0)))),
]
NAMES = {"F": lambda w, u: same[k, w, u], "b": lambda w, j: b[w, k, j]}
P.theorem(
    "replacement",
    r"E\Big(\sum_{k=1}^K y_{I_k}\Big)^2 = K\,E\sum_j p_j y_j^2 + K(K-1)\,E\Big(\sum_j p_j y_j\Big)^2",
    at="the second moment of the sum of K draws with replacement",
    where=[x, so_far, mean, square],
    given=[*REPLACED, draws(past.knows(mean[w], k))],
    show=E(Sum(b[w, k, j] * y[w, j], (k, 1, K), (j, 1, n)) ** 2) == K * E(square[w]) + K * (K - 1) * E(mean[w] ** 2),
    by=[
        use("indicator", (w, 1, N), (k, 1, K), a=lambda j: b[w, k, j], Z=lambda j: y[w, j]),
        space.each(draws(examples(b[w, k, j] * x[w, k] == b[w, k, j] * y[w, j]))),
        space.each(draws(examples(y[w, j] * b[w, k, j] * x[w, k] == b[w, k, j] * y[w, j] ** 2))),
        space.each(draws(Sum(y[w, j] * b[w, k, j] * x[w, k], (j, 1, n)) == Sum(b[w, k, j] * y[w, j] ** 2, (j, 1, n)))),
        space.each(draws(x[w, k] ** 2 == Sum(b[w, k, j] * y[w, j] ** 2, (j, 1, n)))),
        draws(examples(past.knows(y[w, j] ** 2, k))),
        use("drawn", (k, 1, K), **NAMES, Z=lambda w: 1, y=lambda w, j: y[w, j] ** 2),
        draws(E(x[w, k] ** 2) == E(Sum(b[w, k, j] * y[w, j] ** 2, (j, 1, n)))),
        E(Sum(p[w, j] * y[w, j] ** 2, (j, 1, n))) == E(square[w]),
        draws(E(x[w, k] ** 2) == E(square[w])),
        use("drawn", (k, 1, K), **NAMES, Z=lambda w: mean[w]),
        draws(E(mean[w] * Sum(b[w, k, j] * y[w, j], (j, 1, n))) == E(mean[w] * x[w, k])),
        E(mean[w] * Sum(p[w, j] * y[w, j], (j, 1, n))) == E(mean[w] ** 2),
        draws(E(mean[w] * x[w, k]) == E(mean[w] ** 2)),
        space.each(forall(m, 0, K - 1, so_far[w, m + 1] == so_far[w, m] + x[w, m + 1])),
        forall(m, 0, K - 1, E(mean[w] * so_far[w, m + 1]) == E(mean[w] * so_far[w, m] + mean[w] * x[w, m + 1])),
        space.each(so_far[w, 0] == 0),
        E(mean[w] * so_far[w, 0]) == E(0 * mean[w]),
        E(so_far[w, 0] ** 2) == E(0 * mean[w]),
        forall(m, 0, K, E(mean[w] * so_far[w, m]) == m * E(mean[w] ** 2)),
        draws(forall(i, 1, k - 1, examples(past.knows(b[w, i, j] * y[w, j], k)))),
        draws(
            forall(
                i,
                1,
                k - 1,
                space.each(
                    forall(
                        u,
                        1,
                        N,
                        Sum(same[k, w, u] * (b[w, i, j] * y[w, j]), (j, 1, n))
                        == Sum(same[k, w, u] * (b[u, i, j] * y[u, j]), (j, 1, n)),
                    )
                ),
            )
        ),
        draws(forall(i, 1, k - 1, past.knows(x[w, i], k))),
        draws(
            forall(
                w,
                1,
                N,
                forall(
                    u,
                    1,
                    N,
                    Sum(same[k, w, u] * x[w, i], (i, 1, k - 1)) == Sum(same[k, w, u] * x[u, i], (i, 1, k - 1)),
                ),
            )
        ),
        draws(past.knows(so_far[w, k - 1], k)),
        use("drawn", (k, 1, K), **NAMES, Z=lambda w: so_far[w, k - 1]),
        draws(E(so_far[w, k - 1] * Sum(b[w, k, j] * y[w, j], (j, 1, n))) == E(so_far[w, k - 1] * x[w, k])),
        draws(E(so_far[w, k - 1] * Sum(p[w, j] * y[w, j], (j, 1, n))) == E(so_far[w, k - 1] * mean[w])),
        draws(E(so_far[w, k - 1] * x[w, k]) == E(so_far[w, k - 1] * Sum(p[w, j] * y[w, j], (j, 1, n)))),
        draws(E(so_far[w, k - 1] * x[w, k]) == E(mean[w] * so_far[w, k - 1])),
        forall(m, 1, K, E(so_far[w, m - 1] * x[w, m]) == (m - 1) * E(mean[w] ** 2)),
        forall(
            m,
            0,
            K - 1,
            E(so_far[w, m + 1] ** 2) == E(so_far[w, m] ** 2 + 2 * (so_far[w, m] * x[w, m + 1]) + x[w, m + 1] ** 2),
        ),
        forall(m, 0, K, E(so_far[w, m] ** 2) == m * E(square[w]) + m * (m - 1) * E(mean[w] ** 2)),
        space.each(Sum(x[w, k], (k, 1, K)) == Sum(b[w, k, j] * y[w, j], (j, 1, n), (k, 1, K))),
        space.each(so_far[w, K] == Sum(b[w, k, j] * y[w, j], (k, 1, K), (j, 1, n))),
        E(so_far[w, K] ** 2) == E(Sum(b[w, k, j] * y[w, j], (k, 1, K), (j, 1, n)) ** 2),
    ],
    note="b_{kj} is 1 if example j is drawn the k-th time, else 0; what is drawn has the law p whatever was drawn before.",
)
