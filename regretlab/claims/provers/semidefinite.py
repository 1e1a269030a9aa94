"""Exact sums of squares from a semidefinite programme: facial reduction, rounding, and a decomposition in fractions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from regretlab.claims.arithmetic.polynomials import Polynomial, add, times

#: Denominators that Gram matrices are rounded to, simplest first.
DENOMINATORS = (1, 2, 3, 4, 6, 12, 60, 1000, 10**4, 10**6, 10**8)
#: Eigenvalues of a Gram matrix below this are taken for zero.
ZERO = 1e-5


@dataclass
class Block:
    """Squares of combinations of ``basis``, times the product ``times`` of the hypotheses ``which``."""

    which: tuple[int, ...]
    times: Polynomial
    basis: list[Polynomial]


@dataclass
class Multiple:
    """An equation that holds, times an unknown polynomial in ``monomials``."""

    equation: Polynomial
    monomials: list[tuple[int, ...]]


Terms = list[tuple[tuple[int, ...], Fraction, Polynomial]]


def identity(goal: Polynomial, blocks: list[Block], free: list[Multiple]) -> tuple[Terms, list[Polynomial]] | None:
    """Write ``goal`` exactly as weighted squares times products plus multiples: the terms and the multipliers."""
    for _ in range(4):
        columns = [times({e: Fraction(1)}, m.equation) for m in free for e in m.monomials]
        entries = [(b, i, j) for b in blocks for i in range(len(b.basis)) for j in range(i + 1)]
        columns += [_column(*entry) for entry in entries]
        system = _System(goal, columns)
        if not system.solvable:
            return None
        if not blocks:
            return [], _multipliers(system.solve({}), free)
        solution = _interior(system, blocks, len(columns) - len(entries))
        if solution is None:
            return None
        values, margin = solution
        if margin > ZERO and (found := _rounded(system, blocks, free, values)) is not None:
            return found
        if margin > ZERO or not _reduce(blocks, values[len(columns) - len(entries) :]):
            return None
    return None


def _column(b: Block, i: int, j: int) -> Polynomial:
    square = times(b.times, times(b.basis[i], b.basis[j]))
    return square if i == j else add({}, square, Fraction(2))


class _System:
    """The linear equations that make the identity hold, one per monomial, in reduced form."""

    def __init__(self, goal: Polynomial, columns: list[Polynomial]) -> None:
        rows = {e: i for i, e in enumerate(sorted({e for p in (goal, *columns) for e in p}))}
        self.size = len(columns)
        dense = flint.fmpq_mat(max(len(rows), 1), self.size + 1)
        for k, p in enumerate((*columns, goal)):
            for e, c in p.items():
                dense[rows[e], k] = flint.fmpq(c.numerator, c.denominator)
        reduced, rank = dense.rref()
        self.pivots: list[int] = []
        self.rows: list[dict[int, Fraction]] = []
        for i in range(rank):
            row = {k: Fraction(int(v.p), int(v.q)) for k in range(self.size + 1) if (v := reduced[i, k]) != 0}
            self.pivots.append(min(row))
            self.rows.append(row)
        self.solvable = self.size not in self.pivots

    def solve(self, values: dict[int, Fraction]) -> list[Fraction]:
        """Return the exact solution with these values of the other unknowns (0 where none is given)."""
        out = [values.get(k, Fraction(0)) for k in range(self.size)]
        for pivot, row in zip(self.pivots, self.rows, strict=True):
            rest = sum((c * out[k] for k, c in row.items() if k not in (pivot, self.size)), Fraction(0))
            out[pivot] = row.get(self.size, Fraction(0)) - rest
        return out

    def floats(self) -> tuple[Any, Any]:
        """Return the reduced equations as a sparse matrix and a right-hand side."""
        from scipy import sparse

        where = [(i, k, float(c)) for i, row in enumerate(self.rows) for k, c in row.items() if k < self.size]
        i, k, c = zip(*where, strict=True) if where else ((), (), ())
        right = np.array([float(row.get(self.size, 0)) for row in self.rows])
        return sparse.csc_matrix((c, (i, k)), shape=(len(self.rows), self.size)), right


def _interior(system: _System, blocks: list[Block], free: int) -> tuple[np.ndarray, float] | None:
    """Find a solution whose Gram matrices have the largest smallest eigenvalue, and that eigenvalue (at most 1)."""
    import clarabel
    from scipy import sparse

    equations, right = system.floats()
    n = system.size + 1
    cones: list[Any] = [clarabel.ZeroConeT(len(right)), clarabel.NonnegativeConeT(1)]
    at = free
    rows: list[tuple[int, int, float]] = [(0, n - 1, 1.0)]
    line = 1
    for b in blocks:
        size = len(b.basis)
        cones.append(clarabel.PSDTriangleConeT(size))
        for i in range(size):
            for j in range(i + 1):
                rows.append((line, at, -1.0 if i == j else -np.sqrt(2.0)))
                if i == j:
                    rows.append((line, n - 1, 1.0))
                line += 1
                at += 1
    where, which, what = zip(*rows, strict=True)
    cone = sparse.csc_matrix((what, (where, which)), shape=(line, n))
    matrix = sparse.vstack([sparse.hstack([equations, sparse.csc_matrix((len(right), 1))]), cone]).tocsc()
    offset = np.concatenate([right, [1.0], np.zeros(line - 1)])
    cost = np.zeros(n)
    cost[n - 1] = -1.0
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_feas = settings.tol_gap_abs = settings.tol_gap_rel = 1e-10
    settings.max_iter = 60
    solution = clarabel.DefaultSolver(sparse.csc_matrix((n, n)), cost, matrix, offset, cones, settings).solve()
    if str(solution.status) not in ("Solved", "AlmostSolved"):
        return None
    values = np.array(solution.x)
    return (values[:-1], float(values[-1])) if values[-1] > -1e-4 else None


def _matrices(blocks: list[Block], values: Any) -> Iterator[tuple[Block, list[list[Any]]]]:
    """Yield the symmetric Gram matrix of every block from its lower triangle."""
    at = 0
    for b in blocks:
        size = len(b.basis)
        gram = [[values[at + max(i, j) * (max(i, j) + 1) // 2 + min(i, j)] for j in range(size)] for i in range(size)]
        at += size * (size + 1) // 2
        yield b, gram


def _reduce(blocks: list[Block], values: np.ndarray) -> bool:
    """Shrink every basis to the face of its Gram matrix: exact null vectors, guessed from the numerical ones."""
    changed = False
    for b, gram in list(_matrices(blocks, values)):
        eigenvalues, vectors = np.linalg.eigh(np.array(gram, dtype=float))
        null = vectors[:, eigenvalues < max(ZERO, 1e-4 * eigenvalues[-1])].T
        if not len(null):
            continue
        changed = True
        rows = _rationalised(null)
        keep = nullspace(rows, len(b.basis))
        b.basis = [_combination(row, b.basis) for row in keep]
    blocks[:] = [b for b in blocks if b.basis]
    return changed and bool(blocks)


def _combination(row: list[Fraction], basis: list[Polynomial]) -> Polynomial:
    out: Polynomial = {}
    for c, q in zip(row, basis, strict=True):
        out = add(out, q, c)
    return out


def _rationalised(null: np.ndarray) -> list[list[Fraction]]:
    """Reduce the row space of a matrix, its entries as fractions of small denominator."""
    a = null.copy()
    done: list[int] = []
    for i in range(len(a)):
        rest = np.abs(a[i:]).copy()
        rest[:, done] = 0
        r, k = divmod(int(np.argmax(rest)), rest.shape[1])
        a[[i, i + r]] = a[[i + r, i]]
        a[i] /= a[i, k]
        for other in range(len(a)):
            if other != i:
                a[other] -= a[other, k] * a[i]
        done.append(k)
    return [[Fraction(float(v)).limit_denominator(60) for v in row] for row in a]


def nullspace(rows: list[list[Fraction]], size: int) -> list[list[Fraction]]:
    """Return a basis of the vectors orthogonal to the rows, exactly."""
    if not rows:
        return [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    dense = flint.fmpq_mat(len(rows), size, [flint.fmpq(v.numerator, v.denominator) for row in rows for v in row])
    reduced, rank = dense.rref()
    pivots = [next(k for k in range(size) if reduced[i, k] != 0) for i in range(rank)]
    out = []
    for k in (k for k in range(size) if k not in pivots):
        vector = [Fraction(int(j == k)) for j in range(size)]
        for i, pivot in enumerate(pivots):
            vector[pivot] = -Fraction(int(reduced[i, k].p), int(reduced[i, k].q))
        out.append(vector)
    return out


def _rounded(
    system: _System, blocks: list[Block], free: list[Multiple], values: np.ndarray
) -> tuple[Terms, list[Polynomial]] | None:
    """Round the unknowns that are free to choose, solve for the others, and decompose into squares."""
    pivots = set(system.pivots)
    start = sum(len(m.monomials) for m in free)
    for q in DENOMINATORS:
        chosen = {k: Fraction(round(float(v) * q), q) for k, v in enumerate(values) if k not in pivots}
        solution = system.solve(chosen)
        terms: Terms = []
        for b, gram in _matrices(blocks, solution[start:]):
            squares = decomposed(gram)
            if squares is None:
                break
            terms += [(b.which, c, _combination(row, b.basis)) for c, row in squares]
        else:
            return terms, _multipliers(solution, free)
    return None


def decomposed(gram: list[list[Fraction]]) -> list[tuple[Fraction, list[Fraction]]] | None:
    """Write a positive semidefinite matrix as ``sum c * (row . z)**2`` with c > 0; None for any other."""
    a = [row[:] for row in gram]
    out = []
    for i in range(len(a)):
        pivot = a[i][i]
        if pivot < 0 or (pivot == 0 and any(a[i])):
            return None
        if pivot:
            row = [v / pivot for v in a[i]]
            out.append((pivot, row))
            for j in range(i, len(a)):
                if factor := a[j][i]:
                    a[j] = [v - factor * w for v, w in zip(a[j], row, strict=True)]
    return out


def _multipliers(solution: list[Fraction], free: list[Multiple]) -> list[Polynomial]:
    """Return the polynomial that every equation is multiplied by."""
    values = iter(solution)
    return [{e: c for e, c in zip(m.monomials, values, strict=False) if c} for m in free]
