"""Lemmas about mirror descent with the entropy on a simplex with a floor and a cap, for every number of examples."""

from regretlab.claims import Paper, Sum, exp, forall, index, log, maximum, minimum, real, sequence, use

P = Paper("Lemma", "Lemmas about sums and sequences")

t, T, j, n = index("t T j n")
a, c, h, k, p, q, r, u, x, low, high, S, C, v = real("a c h k p q r u x low high S C v")

# --- one coordinate of one step --------------------------------------------------------------------------------------
P.scalar(
    "exp_below",
    r"x \ge 0 \;\Rightarrow\; e^{-x} \le 1 - x + \frac{x^2}2",
    at="the exponential, to second order",
    f=1 - x + x**2 / 2 - exp(-x),
    x=x,
    a=0,
    b="oo",
)
P.inequality(
    "tangent",
    r"q \log\frac rq \le r - q",
    at="the tangent of the logarithm",
    given=[q > 0, r > 0],
    show=q * (log(r) - log(q)) <= r - q,
)


def projected(weight):
    """Return the coordinate of the law that a weight gives, up to the common factor of all of them."""
    return minimum(high, maximum(low, weight))


w = p * exp(-a * h)
P.theorem(
    "mirror_coordinate",
    r"r = \min(u, \max(l, c\,p\,e^{-ah})),\ l \le q \le u \;\Rightarrow\; "
    r"ah(p - q) \le q \log\frac rp + (r - q) \log c + p - r + \frac{a^2}2 ph^2",
    at="one coordinate of a step of mirror descent with the entropy",
    given=[low > 0, low <= q, q <= high, p > 0, c > 0, a >= 0, h >= 0, r == projected(c * w)],
    show=a * h * (p - q) <= q * (log(r) - log(p)) + (r - q) * log(c) + p - r + a**2 / 2 * (p * h**2),
    by=[
        w > 0,
        c * w > 0,
        r > 0,
        log(w) == log(p) - a * h,
        log(c * w) == log(c) + log(p) - a * h,
        (q - r) * (log(c * w) - log(r)) <= 0,
        r * (log(w) - log(r)) <= w - r,
        a * h >= 0,
        use("exp_below", x=a * h),
        w <= p * (1 - a * h + (a * h) ** 2 / 2),
    ],
)

# --- all coordinates, and all steps ----------------------------------------------------------------------------------
before, after, ell, comparator, factor = (sequence(name) for name in ("p", "r", "h", "q", "c"))


def examples(term):
    """Sum a term over the examples."""
    return Sum(term, (j, 1, n))


def rounds(term):
    """Sum a term over the rounds."""
    return Sum(term, (t, 1, T))


moved = comparator[j] * (log(after[j]) - log(before[j]))
shifted = (after[j] - comparator[j]) * log(c) + before[j] - after[j]
paid = a**2 / 2 * (before[j] * ell[j] ** 2)
P.theorem(
    "mirror_step",
    r"r_j = \min(u, \max(l, c\,p_je^{-ah_j})),\ \sum_j p_j = \sum_j r_j = \sum_j q_j,\ l \le q_j \le u,\ h_j \ge 0"
    r" \;\Rightarrow\; a \langle h, p - q\rangle \le \sum_j q_j \log\frac{r_j}{p_j} + \frac{a^2}2 \sum_j p_jh_j^2",
    at="one step of mirror descent with the entropy on a simplex with a floor and a cap",
    given=[
        a >= 0,
        low > 0,
        c > 0,
        forall(j, 1, n, (low <= comparator[j]) & (comparator[j] <= high)),
        forall(j, 1, n, before[j] > 0),
        forall(j, 1, n, ell[j] >= 0),
        forall(j, 1, n, after[j] == projected(c * (before[j] * exp(-a * ell[j])))),
        examples(comparator[j]) == S,
        examples(before[j]) == S,
        examples(after[j]) == S,
    ],
    show=a * examples(ell[j] * (before[j] - comparator[j]))
    <= examples(comparator[j] * (log(after[j]) - log(before[j]))) + a**2 / 2 * examples(before[j] * ell[j] ** 2),
    by=[
        use("mirror_coordinate", (j, 1, n), p=before[j], q=comparator[j], h=ell[j], r=after[j]),
        examples(a * ell[j] * (before[j] - comparator[j])) <= examples(moved + shifted + paid),
        examples(shifted) == 0,
    ],
)
law, loss = sequence("p"), sequence("h")
start = comparator[j] * (log(comparator[j]) - log(law[1, j]))
last = comparator[j] * (log(law[T + 1, j]) - log(comparator[j]))
gained = comparator[j] * log(law[t + 1, j]) - comparator[j] * log(law[t, j])
linear = a * examples(loss[t, j] * (law[t, j] - comparator[j]))
P.theorem(
    "mirror",
    r"p_{t+1,j} = \min(u, \max(l, c_tp_{t,j}e^{-ah_{t,j}})),\ \sum_j p_{t,j} = \sum_j q_j,\ l \le q_j, p_{1,j} \le u,\ "
    r"h_{t,j} \ge 0 \;\Rightarrow\; a \sum_{t\le T} \langle h_t, p_t - q\rangle \le \sum_j q_j \log\frac{q_j}{p_{1,j}}"
    r" + \frac{a^2}2 \sum_{t\le T} \sum_j p_{t,j}h_{t,j}^2",
    at="mirror descent with the entropy on a simplex with a floor and a cap",
    given=[
        a >= 0,
        low > 0,
        forall(j, 1, n, (low <= comparator[j]) & (comparator[j] <= high)),
        forall(j, 1, n, low <= law[1, j]),
        forall(t, 1, T, factor[t] > 0),
        forall(t, 1, T, forall(j, 1, n, loss[t, j] >= 0)),
        forall(t, 1, T, forall(j, 1, n, law[t + 1, j] == projected(factor[t] * (law[t, j] * exp(-a * loss[t, j]))))),
        examples(comparator[j]) == S,
        forall(t, 1, T + 1, examples(law[t, j]) == S),
    ],
    show=a * rounds(examples(loss[t, j] * (law[t, j] - comparator[j])))
    <= examples(start) + a**2 / 2 * rounds(examples(law[t, j] * loss[t, j] ** 2)),
    by=[
        forall(j, 1, n, forall(t, 1, T + 1, low <= law[t, j])),
        forall(t, 1, T + 1, forall(j, 1, n, law[t, j] > 0)),
        use(
            "mirror_step",
            (t, 1, T),
            p=lambda j: law[t, j],
            r=lambda j: law[t + 1, j],
            h=lambda j: loss[t, j],
            c=factor[t],
        ),
        rounds(linear) <= rounds(examples(gained) + a**2 / 2 * examples(law[t, j] * loss[t, j] ** 2)),
        use("telescope", (j, 1, n), a=lambda t: comparator[j] * log(law[t, j])),
        examples(rounds(gained)) == examples(comparator[j] * log(law[T + 1, j]) - comparator[j] * log(law[1, j])),
        forall(j, 1, n, comparator[j] > 0),
        use("tangent", (j, 1, n), r=law[T + 1, j], q=comparator[j]),
        examples(last) <= examples(law[T + 1, j] - comparator[j]),
        examples(last) <= 0,
    ],
    note="c_t > 0 is the factor with which the projected law sums to what it must.",
)

P.theorem(
    "mirror_start",
    r"kp = 1,\ 0 < q \le 1 \;\Rightarrow\; q \log\frac qp \le q \log k",
    at="one coordinate of the divergence from a uniform law",
    given=[p > 0, k > 0, k * p == 1, q > 0, q <= 1],
    show=q * (log(q) - log(p)) <= q * log(k),
    by=[log(k * p) == log(k) + log(p), log(k) + log(p) == 0, log(q) <= 0, q * log(q) <= 0],
)

# --- from the linear losses to the variance --------------------------------------------------------------------------
P.inequality(
    "inverse",
    r"s\Big(\frac1p - \frac1q\Big) \le -\frac s{p^2}(p - q)",
    at="the tangent of 1/p",
    given=[p > 0, q > 0, u >= 0],
    show=u * (1 / p - 1 / q) <= -u / p**2 * (p - q),
)
s = sequence("s")
P.theorem(
    "inverse_sum",
    r"\sum_j p_j = \sum_j q_j,\ l_j = C - v\frac{s_j}{p_j^2} \;\Rightarrow\; "
    r"v \sum_j s_j\Big(\frac1{p_j} - \frac1{q_j}\Big) \le \langle l, p - q\rangle",
    at="the tangent of 1/p, with a constant that is free",
    given=[
        v >= 0,
        forall(j, 1, n, (before[j] > 0) & (comparator[j] > 0) & (s[j] >= 0)),
        forall(j, 1, n, ell[j] == C - v * s[j] / before[j] ** 2),
        examples(before[j]) == examples(comparator[j]),
    ],
    show=v * examples(s[j] * (1 / before[j] - 1 / comparator[j])) <= examples(ell[j] * (before[j] - comparator[j])),
    by=[
        use("inverse", (j, 1, n), u=v * s[j], p=before[j], q=comparator[j]),
        forall(
            j,
            1,
            n,
            v * s[j] * (1 / before[j] - 1 / comparator[j])
            <= ell[j] * (before[j] - comparator[j]) - C * (before[j] - comparator[j]),
        ),
        examples(v * s[j] * (1 / before[j] - 1 / comparator[j]))
        <= examples(ell[j] * (before[j] - comparator[j]) - C * (before[j] - comparator[j])),
    ],
)
