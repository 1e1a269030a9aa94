"""The law of one draw of a sampler: exactly, cell by cell of its uniforms, or from many draws."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np

from regretlab.samplers import Draw, Sampler

#: Exact enumeration looks for the cells on which a draw is constant along GRID points of each uniform, from BASES
#: values of the others, and gives up beyond MOST_CELLS of them.
GRID, BASES, MOST_CELLS = 256, 8, 20_000
#: The largest search: so many examples, and so many uniforms.
MOST_EXAMPLES, MOST_UNIFORMS = 64, 4
#: Numbers held at once by arrays of draws times examples.
CHUNK = 2_000_000
#: Halvings of a step of the grid: breakpoints are good to 2**-48.
HALVINGS = 40
#: Breakpoints nearer than this are one.
SAME = 1e-12


class Law(NamedTuple):
    """Outcomes of one draw: indices and weights (m, K) with their probabilities (m,); ``exact`` or of equal weight."""

    J: np.ndarray
    w: np.ndarray
    chance: np.ndarray
    exact: bool


def draws(sampler: Sampler, state: tuple[np.ndarray, ...], u: np.ndarray) -> Draw:
    """One draw from the same state (leading axis 1) for every row of uniforms."""
    return sampler.draw(tuple(np.broadcast_to(x, (len(u), *x.shape[1:])) for x in state), u)


def law(sampler: Sampler, state: tuple[np.ndarray, ...], rng: np.random.Generator, draws_made: int) -> Law:
    """Find the law of the next draw from ``state``: exact if its cells are found, else ``draws_made`` draws."""
    n, m = sampler.run.n, sampler.uniforms
    cells = _cells(sampler, state, rng) if n <= MOST_EXAMPLES and m <= MOST_UNIFORMS else None
    if cells is not None:
        return cells
    parts = [draws(sampler, state, rng.random((size, m))) for size in _chunks(draws_made, n)]
    J, w = (np.concatenate([np.asarray(x) for x in xs]) for xs in zip(*[(d.J, d.w) for d in parts], strict=True))
    return Law(J, w, np.full(draws_made, 1 / draws_made), False)


def moments(found: Law, values: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance, for every example, of the sum of ``values`` (m, K) over the places where it was drawn."""
    mean, second, start = np.zeros(n), np.zeros(n), 0
    for size in _chunks(len(found.J), n):
        rows = slice(start, start + size)
        sums = np.zeros((size, n))
        np.add.at(sums, (np.arange(size)[:, None], found.J[rows]), values[rows])
        mean += found.chance[rows] @ sums
        second += found.chance[rows] @ sums**2
        start += size
    return mean, np.maximum(second - mean**2, 0)


def _chunks(rows: int, n: int) -> list[int]:
    """Sizes that add up to ``rows``, each so small that an array (size, n) is no burden."""
    most = max(1, CHUNK // n)
    return [most] * (rows // most) + ([rows % most] if rows % most else [])


def _cells(sampler: Sampler, state: tuple[np.ndarray, ...], rng: np.random.Generator) -> Law | None:
    """Find the exact law, if the draw is constant on products of intervals of the uniforms; None if it is not.

    A cell is missed only if it is narrower than 1/GRID and has the same batch on both sides, or if every base misses
    it; each cell found is tried at four points.
    """
    m = sampler.uniforms
    sides = [_breakpoints(sampler, state, rng, k) for k in range(m)]
    if np.prod([len(s) - 1 for s in sides], initial=1.0) > MOST_CELLS:
        return None
    products = list(itertools.product(*[list(itertools.pairwise(s)) for s in sides]))
    cells = np.array(products).reshape(len(products), m, 2)
    low, width = cells[..., 0], cells[..., 1] - cells[..., 0]
    places = [np.full(width.shape, at) for at in (0.5, 1e-6, 1 - 1e-6)] + [rng.random(width.shape)]
    tries = [draws(sampler, state, low + at * width) for at in places]
    if any((other.J != tries[0].J).any() or (other.w != tries[0].w).any() for other in tries[1:]):
        return None
    return Law(tries[0].J, tries[0].w, width.prod(axis=1), True)


def _breakpoints(sampler: Sampler, state: tuple[np.ndarray, ...], rng: np.random.Generator, k: int) -> np.ndarray:
    """Return where the batch changes along the k-th uniform, with 0 and 1, for several values of the others."""
    others = np.repeat(rng.random((BASES, sampler.uniforms)), GRID, axis=0)
    # The grid reaches to the ends, so that a narrow cell there is not overlooked.
    at = np.tile(np.linspace(SAME, 1 - SAME, GRID), BASES)

    def batch(where: np.ndarray, base: np.ndarray) -> np.ndarray:
        u = base.copy()
        u[:, k] = where
        return np.asarray(draws(sampler, state, u).J)

    J = batch(at, others)
    found = [np.array([0.0, 1.0])]
    changes = (J[1:] != J[:-1]).any(axis=1) & (at[1:] > at[:-1])
    left, right, base = at[:-1][changes], at[1:][changes], others[:-1][changes]
    last = J[1:][changes]
    while len(left):
        low, high, before = left, right, batch(left, base)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            same = (batch(middle, base) == before).all(axis=1)
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        found.append(high)
        left = high + SAME
        more = (left < right) & (batch(np.minimum(left, right), base) != last).any(axis=1)  # a narrow cell in between
        left, right, base, last = left[more], right[more], base[more], last[more]
    cuts = np.unique(np.concatenate(found))
    kept = cuts[np.diff(cuts, prepend=-1.0) > 2 * SAME]
    kept[-1] = 1.0
    return kept
