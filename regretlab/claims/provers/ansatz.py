"""The ansatz of a sum of squares: its squares, products of hypotheses and multipliers."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from math import lcm
from typing import Any

import numpy as np

from regretlab.claims.arithmetic.polynomials import Polynomial, degree, monic, power, times
from regretlab.claims.checkers import sos as checker
from regretlab.claims.provers.semidefinite import Block, Multiple, nullspace

#: Entries of the Gram matrices and multipliers together: what is tried at once, and what is tried at all.
FEW_UNKNOWNS, MOST_UNKNOWNS = 400, 2000
#: (power, degree above the goal's, number of hypotheses multiplied; 0 for likely products, -1 for few squares of them).
ATTEMPTS = ((0, 0, 1), (0, 0, -1), (0, 2, -1), (0, 0, 0), (0, 0, 2), (0, 1, 2), (0, 2, 2), (0, 1, 3), (1, 0, 0))
MOST_MONOMIALS = 6000
MOST_PARTS, MOST_PRODUCTS, MOST_TERMS = 40, 1500, 6000
Monomials = dict[tuple[int, ...], list[tuple[int, ...]]]


def attempts(asked: checker.Problem) -> Iterator[tuple[int, int, list[Block], list[Multiple]]]:
    """Yield ``(work, r, blocks, multipliers)`` from small to large: which squares and multipliers may occur."""
    size, top = len(asked.symbols), degree(asked.goal)
    if not asked.goal:
        yield 1, 0, [], [Multiple(e, []) for e in asked.zero]
        return
    if asked.equation:
        for more in (0, 2):
            fits = _Fitting(asked, asked.goal, top + more)
            free = [fits.multiple(e) for e in asked.zero]
            yield sum(len(m.monomials) for m in free), 0, [], free
        return
    if importlib.util.find_spec("clarabel") is None:
        return
    seen: set[tuple[Any, ...]] = set()
    every = range(len(asked.above))
    later = []
    for r, more, products in ATTEMPTS:
        if r and (asked.above or asked.zero):
            continue
        goal = times(asked.goal, power(squares(size), r, size))
        fits = _Fitting(asked, goal, top + more + 2 * r)
        which = [()] + [c for n in range(1, products + 1) for c in combinations(every, n)]
        if products < 1:
            which = sorted({*which, *_likely(asked)})
        if products < 0:
            halves = {tuple(k // 2 for k in e) for e in goal}
            some = [fits.block(w, halves) for w in which]
            blocks = _useful(goal, [Block(b.which, b.times, [q]) for b in some for q in b.basis], asked.zero)
        else:
            blocks = [b for w in which if (b := fits.block(w)).basis]
        if not asked.above and not asked.zero and blocks:
            blocks[0].basis = _reachable(goal, blocks[0].basis)
        free = [fits.multiple(e) for e in asked.zero]
        shape = (r, *((b.which, len(b.basis)) for b in blocks), *(len(m.monomials) for m in free))
        unknowns = sum(len(b.basis) * (len(b.basis) + 1) // 2 for b in blocks) + sum(len(m.monomials) for m in free)
        if shape in seen or not any(b.basis for b in blocks) or unknowns > MOST_UNKNOWNS:
            continue
        seen.add(shape)
        if unknowns <= FEW_UNKNOWNS:
            yield unknowns + len(which), r, blocks, free
        else:
            later.append((unknowns + len(which), r, blocks, free))
    yield from sorted(later, key=lambda attempt: attempt[0])


def _useful(goal: Polynomial, blocks: list[Block], zero: list[Polynomial]) -> list[Block]:
    """Drop terms with a monomial that nothing can cancel: not in the goal, and of one sign in all terms."""
    if zero or len(blocks) > MOST_TERMS:
        return blocks
    left = [(b, times(b.times, times(b.basis[0], b.basis[0]))) for b in blocks]
    while True:
        signs: dict[tuple[int, ...], set[bool]] = {}
        for _, column in left:
            for e, c in column.items():
                signs.setdefault(e, set()).add(c > 0)
        stuck = {e for e, found in signs.items() if len(found) == 1 and e not in goal}
        fewer = [(b, column) for b, column in left if not stuck & column.keys()]
        if len(fewer) == len(left):
            return [b for b, _ in left]
        left = fewer


def product_of(asked: checker.Problem, which: Iterable[int]) -> Polynomial:
    """Multiply these hypotheses."""
    out: Polynomial = {(0,) * len(asked.symbols): Fraction(1)}
    for i in which:
        out = times(out, asked.above[i])
    return out


def squares(size: int) -> Polynomial:
    """Return the sum of the symbols' squares."""
    return {tuple(2 * int(i == j) for j in range(size)): Fraction(1) for i in range(size)}


def _likely(asked: checker.Problem) -> list[tuple[int, ...]]:
    """List products of hypotheses that the clearing of denominators suggests.

    Symbols known not to be negative that make a monomial of the goal odd, with a part of the common denominator; and a
    hypothesis times what the goal was divided by and it was not, with one more.
    """
    size, every = len(asked.symbols), range(len(asked.above))
    units = {tuple(int(i == j) for j in range(size)): i for i in range(size)}
    known = {units[e]: k for k, h in enumerate(asked.above) if len(h) == 1 and (e := min(h)) in units and h[e] > 0}
    index = {monic(h)[1]: k for k, h in reversed(list(enumerate(asked.above))) if h}
    parts: list[tuple[int, ...]] = [()]
    for factor, power_ in asked.below.items():
        if factor in index and index[factor] not in known.values():
            parts = [(*w, *[index[factor]] * n) for w in parts for n in range(power_ + 1)][:MOST_PARTS]
    odd = {tuple(sorted(known[i] for i in known if e[i] % 2)) for e in asked.goal}
    others = [(), *((k,) for k in every)]
    inside = {known[i] for f in asked.below if len(f) > 1 for e, _ in f for i in known if e[i]}
    likely = {*others, *parts, *((*w, k) for w in parts for k in inside)}
    if len(parts) * len(others) * len(odd) <= MOST_PRODUCTS:
        likely |= {(*w, *k) for w in parts for k in others}
    found = [(*w, *more) for w in odd for more in likely]
    for i, under in enumerate(asked.under):
        missing = {f: k - under.get(f, 0) for f, k in asked.below.items() if k > under.get(f, 0)}
        several = len({j for e in asked.above[i] for j in range(size) if e[j]}) > 1
        if several and all(f in index for f in missing):
            some: list[tuple[int, ...]] = [(i,)]
            for f, power_ in missing.items():
                some = [(*w, *[index[f]] * n) for w in some for n in range(power_, -1, -1)]
            found += [(*w, *more) for w in some[: 2 * MOST_PARTS] for more in [(), *((k,) for k in every)]]
    return [tuple(sorted(w)) for w in found if len(w) <= checker.MOST_FACTORS]


class _Fitting:
    """Monomials that fit the goal's degree and its scalings, under which goal and hypotheses only gain a factor."""

    def __init__(self, asked: checker.Problem, goal: Polynomial, bound: int) -> None:
        self.asked, self.goal, self.bound = asked, goal, bound
        size = len(asked.symbols)
        rows = []
        for p in (asked.goal, *asked.above, *asked.zero):
            first = min(p, default=())
            rows += [[Fraction(a - b) for a, b in zip(e, first, strict=True)] for e in p if e != first]
        scalings = [[v * lcm(*(w.denominator for w in ws)) for v in ws] for ws in nullspace(rows, size)]
        self.weights = np.array(scalings, dtype=int).reshape(len(scalings), size)
        self.degrees = [degree(h) if h else bound + 1 for h in asked.above]
        self.gains = [self.weights @ np.array(min(h, default=(0,) * size)) for h in asked.above]
        self.products: dict[tuple[int, ...], Polynomial] = {(): {(0,) * size: Fraction(1)}}
        more = bound > degree(goal)
        largest = [max((e[i] for p in (goal, *asked.zero) for e in p), default=0) for i in range(size)]
        self.most = [(n + 1 + bool(n)) if more else n for n in largest]
        self.small = self._monomials(bound // 2, [(n + 1) // 2 for n in self.most])
        self.large = self._monomials(bound, [n + bool(n) for n in self.most]) if asked.zero else {}

    def _monomials(self, highest: int, each: list[int]) -> Monomials:
        """Group monomials by the factors that they gain under the scalings; of lower degree if they are many."""
        found: list[tuple[int, ...]] = [()]
        for top in each:
            found = [(*e, k) for e in found for k in range(min(top, highest - sum(e)) + 1)]
            if len(found) > MOST_MONOMIALS:
                return self._monomials(highest - 1, each)
        out: Monomials = {}
        for e, gained in zip(found, (np.array(found) @ self.weights.T).tolist(), strict=True):
            out.setdefault(tuple(gained), []).append(e)
        return out

    def _left(self, gained: Any, share: int) -> tuple[int, ...] | None:
        """Return the factors left for a monomial to make up: the goal's less these, in equal shares."""
        left = self.weights @ np.array(min(self.goal)) - gained
        return None if (left % share).any() else tuple((left // share).tolist())

    def _product(self, which: tuple[int, ...]) -> Polynomial:
        if which not in self.products:
            self.products[which] = times(self._product(which[:-1]), self.asked.above[which[-1]])
        return self.products[which]

    def block(self, which: tuple[int, ...], among: set[tuple[int, ...]] | None = None) -> Block:
        """Return squares of monomials times the hypotheses."""
        half = (self.bound - sum(self.degrees[k] for k in which)) // 2
        gained = sum((self.gains[k] for k in which), np.zeros(len(self.weights), dtype=int))
        fits = self._those(self.small, self._left(gained, 2), half)
        fits = [e for e in fits if among is None or e in among]
        return Block(which, self._product(which) if fits else {}, [{e: Fraction(1)} for e in fits])

    def multiple(self, e: Polynomial) -> Multiple:
        """Return an equation times monomials."""
        most = self.bound - degree(e)
        return Multiple(e, self._those(self.large, self._left(self.weights @ np.array(min(e)), 1), most) if e else [])

    def _those(self, sorted_: Monomials, gained: tuple[int, ...] | None, most: int) -> list[tuple[int, ...]]:
        return [e for e in sorted_.get(gained, []) if sum(e) <= most] if gained is not None else []


def _reachable(goal: Polynomial, basis: list[Polynomial]) -> list[Polynomial]:
    """Drop monomials whose square occurs neither in the goal nor as another product: their coefficient must be zero."""
    monomials = [min(q) for q in basis]
    while True:
        cross = {tuple(map(sum, zip(a, b, strict=True))) for a, b in combinations(monomials, 2)}
        fewer = [e for e in monomials if (s := tuple(2 * i for i in e)) in cross or goal.get(s, 0) > 0]
        if fewer == monomials:
            return [{e: Fraction(1)} for e in monomials]
        monomials = fewer
