"""Exact laws of finite sampling designs, by enumeration in fractions, and small cases to run claims on.

Written apart from :mod:`regretlab.samplers`, which draws with floats: the two are compared by the tests. A law maps the
outcome, a sorted tuple of indices, to its probability.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

from regretlab.errors import InputError

Law = dict[tuple[int, ...], Fraction]


def with_replacement(q: Sequence[Any], K: int) -> Law:
    r"""Enumerate K draws: :math:`P(I_1 = i_1, \dots, I_K = i_K) = \prod_k q_{i_k}`, as sorted multisets.

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> with_replacement([F(1, 4), F(3, 4)], K=2)[0, 1]
    Fraction(3, 8)
    """
    q = _probabilities(q, 1)
    law: Law = defaultdict(Fraction)
    for draws in itertools.product(range(len(q)), repeat=K):
        law[tuple(sorted(draws))] += prod((q[i] for i in draws), start=Fraction(1))
    return _possible(law)


def successive(q: Sequence[Any], K: int) -> Law:
    r"""Draw K without replacement, each in proportion to q: :math:`P(i \mid S) = q_i / \sum_{j \notin S} q_j`.

    Its inclusion probabilities are not ``K q``.

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> inclusion(successive([F(1, 2), F(1, 3), F(1, 6)], K=2), n=3)
    (Fraction(17, 20), Fraction(11, 15), Fraction(5, 12))
    """
    q = _probabilities(q, 1)
    law: Law = defaultdict(Fraction)
    for draws in itertools.permutations(range(len(q)), K):
        chance, left = Fraction(1), Fraction(1)
        for i in draws:
            chance, left = (chance * q[i] / left, left - q[i]) if q[i] else (Fraction(0), left)
        law[tuple(sorted(draws))] += chance
    return _possible(law)


def depround(p: Sequence[Any], order: Sequence[int] | None = None) -> Law:
    r"""Round by DepRound (Gandhi et al. 2006): duels of the first two fractional entries in ``order``.

    .. math:: a = \min(1-p_i, p_j), \quad b = \min(p_i, 1-p_j), \qquad
        (p_i, p_j) \leftarrow \begin{cases} (p_i + a,\, p_j - a) & \text{with probability } b/(a+b), \\
        (p_i - b,\, p_j + b) & \text{otherwise.} \end{cases}

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> depround([F(1, 2), F(1, 2), F(1)])
    {(1, 2): Fraction(1, 2), (0, 2): Fraction(1, 2)}
    """
    p = _probabilities(p, None)
    order = range(len(p)) if order is None else order
    law: Law = defaultdict(Fraction)
    waiting: dict[tuple[Fraction, ...], Fraction] = {p: Fraction(1)}
    while waiting:
        at, chance = waiting.popitem()
        fractional = [k for k in order if 0 < at[k] < 1]
        if not fractional:
            law[tuple(k for k, value in enumerate(at) if value == 1)] += chance
            continue
        i, j = fractional[:2]
        a, b = min(1 - at[i], at[j]), min(at[i], 1 - at[j])
        for change, share in ((a, b / (a + b)), (-b, a / (a + b))):
            after = list(at)
            after[i], after[j] = at[i] + change, at[j] - change
            waiting[tuple(after)] = waiting.get(tuple(after), Fraction(0)) + chance * share
    return dict(law)


def poisson(p: Sequence[Any]) -> Law:
    r"""Include independently: :math:`P(J) = \prod_{i \in J} p_i \prod_{i \notin J} (1 - p_i)`; :math:`|J|` varies."""
    p = tuple(Fraction(value) for value in p)
    law: Law = {}
    for chosen in itertools.product((False, True), repeat=len(p)):
        outcome = tuple(k for k, inside in enumerate(chosen) if inside)
        law[outcome] = prod((v if inside else 1 - v for v, inside in zip(p, chosen, strict=True)), start=Fraction(1))
    return _possible(law)


def expectation(law: Mapping[tuple[int, ...], Fraction], f: Callable[[tuple[int, ...]], Any]) -> Any:
    r"""Compute :math:`E f(J) = \sum_J P(J) f(J)`.

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> expectation(depround([F(1, 2)] * 4), len)
    Fraction(2, 1)
    """
    return sum((chance * f(outcome) for outcome, chance in law.items()), start=Fraction(0))


def inclusion(law: Mapping[tuple[int, ...], Fraction], n: int) -> tuple[Fraction, ...]:
    r"""Compute :math:`P(i \in J)` for i = 0, ..., n - 1."""
    return tuple(expectation(law, lambda J, i=i: int(i in J)) for i in range(n))  # type: ignore[misc]


def capped(w: Sequence[Any], K: int, gamma: Fraction) -> tuple[tuple[Fraction, ...], frozenset[int], Fraction | None]:
    r"""Compute AdamCB's Algorithm 2, lines 2-11, by sorting: ``(p, null set, threshold)``.

    .. math:: p_i = K\Big((1-\gamma)\frac{w'_i}{\sum_j w'_j} + \frac{\gamma}{n}\Big), \quad w' = \min(w, \tau), \quad
        \tau = \frac{C S_i}{1 - iC}, \quad C = \frac{1/K - \gamma/n}{1-\gamma},

    with the smallest i for which the (i+1)-th largest weight is below :math:`\tau`. As printed: 0/0 at gamma = 1, and
    no threshold exists at K = n (a ZeroDivisionError).

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> capped([F(8), F(1), F(1), F(1), F(1)], K=2, gamma=F(1, 10))[2]
    Fraction(32, 7)
    """
    w = tuple(Fraction(value) for value in w)
    n, total = len(w), sum(w)
    C = (Fraction(1, K) - Fraction(gamma) / n) / (1 - Fraction(gamma))
    tau: Fraction | None = None
    if max(w) >= C * total:
        ranked = sorted(w, reverse=True)
        for i in range(1, n + 1):
            tau = C * sum(ranked[i:], start=Fraction(0)) / (1 - i * C)
            if i < n and ranked[i] < tau:
                break
    null = frozenset(k for k in range(n) if tau is not None and w[k] >= tau)
    cut = [tau if k in null and tau is not None else w[k] for k in range(n)]
    return tuple(K * ((1 - gamma) * v / sum(cut) + Fraction(gamma) / n) for v in cut), null, tau


def kl_projection(w: Sequence[Any], total: Any, floor: Any, cap: Any) -> tuple[Fraction, ...]:
    r"""Project weights in KL onto :math:`\{\sum q = \text{total}, \text{floor} \le q \le \text{cap}\}`.

    .. math:: q_j = \min(\text{cap}, \max(\text{floor}, c\,w_j)).

    Every way to fix the largest weights at the cap and the smallest at the floor is tried.

    Examples
    --------
    >>> from fractions import Fraction as F
    >>> kl_projection([8, 1, 1, 1, 1], total=2, floor=F(1, 25), cap=1)[1]
    Fraction(1, 4)
    """
    w, n = [Fraction(value) for value in w], len(w)
    total, floor, cap = Fraction(total), Fraction(floor), Fraction(cap)
    if not n * floor <= total <= n * cap:
        raise InputError(
            f"no point with {n} entries in [{floor}, {cap}] sums to {total}; it must lie in [{n * floor}, {n * cap}]."
        )
    ranked = sorted(w, reverse=True)
    for top, bottom in itertools.product(range(n + 1), repeat=2):
        free = ranked[top : n - bottom]
        left = total - top * cap - bottom * floor
        if top + bottom > n or (not free and left) or (free and sum(free) == 0):
            continue
        c = left / sum(free) if free else _between(ranked[:top], ranked[top:], floor, cap)
        q = tuple(min(cap, max(floor, c * value)) for value in w)
        if sum(q) == total:
            return q
    raise InputError("the weights have no projection; give positive weights.")


def _between(high: Sequence[Fraction], low: Sequence[Fraction], floor: Fraction, cap: Fraction) -> Fraction:
    """Find a scale at which ``high`` reaches the cap; the caller checks that ``low`` then stays at the floor."""
    return max((cap / v for v in high if v), default=min((floor / v for v in low if v), default=Fraction(0)))


def grid(n: int, total: int, parts: int) -> Iterator[tuple[Fraction, ...]]:
    """Yield every non-increasing p with n entries in {1/parts, ..., 1} and the given sum."""

    def ways(size: int, left: int, most: int) -> Iterator[tuple[int, ...]]:
        if size == 0:
            yield from [()] if left == 0 else []
            return
        for first in range(min(most, left - size + 1), 0, -1):
            for rest in ways(size - 1, left - first, first):
                yield (first, *rest)

    yield from (tuple(Fraction(a, parts) for a in way) for way in ways(n, total * parts, parts))


def gradients(n: int) -> list[tuple[Fraction, ...]]:
    """List a few scalar gradients of n examples: one alone, all equal, alternating, growing, one large."""
    rows: Iterable[Sequence[int]] = (
        [1] + [0] * (n - 1),
        [1] * n,
        [(-1) ** k for k in range(n)],
        list(range(1, n + 1)),
        [*range(1, n), -2 * n],
    )
    return [tuple(map(Fraction, row)) for row in rows]


def small(sizes: Iterable[tuple[int, int]], parts: int, total: int | None = None) -> list[dict[str, Any]]:
    """List cases ``{n, K, p, g}`` for the given (n, K): every p of :func:`grid` with each of :func:`gradients`.

    The probabilities sum to ``total``, by default to K.
    """
    return [
        {"n": n, "K": K, "p": p, "g": g}
        for n, K in sizes
        for p in grid(n, K if total is None else total, parts)
        for g in gradients(n)
    ]


def _probabilities(p: Sequence[Any], total: int | None) -> tuple[Fraction, ...]:
    p = tuple(Fraction(value) for value in p)
    right = sum(p) == total if total is not None else sum(p).denominator == 1
    if not right or not all(0 <= value <= 1 for value in p):
        raise InputError(
            f"the probabilities ({', '.join(map(str, p))}) sum to {sum(p)}; "
            f"they must lie in [0, 1] and sum to {total or 'an integer'}."
        )
    return p


def _possible(law: Law) -> Law:
    return {outcome: chance for outcome, chance in law.items() if chance}
