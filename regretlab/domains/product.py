"""Domains put together from blocks of coordinates."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from regretlab.domains._base import Domain, checked, linear_minima, spelled
from regretlab.errors import InputError
from regretlab.features import Features
from regretlab.parameters import number


class Product:
    r"""The product :math:`X_1 \times \dots \times X_m` of domains, each over a block of successive coordinates.

    Parameters
    ----------
    blocks : sequence of (domain, int)
        Every domain with its number of coordinates, which sum to the problem's dimension d.

    Examples
    --------
    >>> from regretlab.domains import Box, Simplex
    >>> both = Product([(Box(-1, 1), 1), (Simplex(), 2)])
    >>> both.project(np.array([3.0, 0.9, 0.3]), np.ones(3)).round(12)
    array([1. , 0.8, 0.2])
    >>> both
    Product([(Box(low=-1.0, high=1.0), 1), (Simplex(radius=1.0), 2)])
    """

    def __init__(self, blocks: Iterable[tuple[Domain, int]]) -> None:
        try:
            pairs = [(domain, size) for domain, size in blocks]
        except (TypeError, ValueError):
            raise InputError(
                f"Product({blocks!r}) is not a list of pairs; give every domain with its number of coordinates, as in "
                "Product([(Box(), 3), (Simplex(), 2)])."
            ) from None
        if not pairs:
            raise InputError("Product([]) has no block; give at least one pair of a domain and its size.")
        self.blocks = tuple((domain, int(number("size", size, "[1, inf)", integer=True))) for domain, size in pairs)
        for domain, size in self.blocks:
            checked(domain, size)

    def __repr__(self) -> str:
        return f"Product([{', '.join(f'({spelled(domain)}, {size})' for domain, size in self.blocks)}])"

    def project(self, x: Any, weights: Any) -> Any:
        self._fits(x.shape[-1])
        parts = [domain.project(x[..., part], weights[..., part]) for domain, part in self._parts()]
        return array_namespace(x).concat(parts, axis=-1)

    def linear_minimum(self, c: np.ndarray) -> Any:
        return np.sum([linear_minima(domain, c[..., part]) for domain, part in self._parts()], axis=0)

    def reach(self, z: Features) -> tuple[np.ndarray, np.ndarray]:
        self._fits(z.shape[-1])
        ends = [domain.reach(z[:, part]) for domain, part in self._parts()]
        lowest, highest = (np.sum([pair[i] for pair in ends], axis=0) for i in (0, 1))
        return lowest, highest

    def diameters(self, d: int) -> tuple[float, float]:
        self._fits(d)
        pairs = [domain.diameters(size) for domain, size in self.blocks]
        return max(D for D, _ in pairs), math.hypot(*(D2 for _, D2 in pairs))

    def _parts(self) -> Iterator[tuple[Domain, slice]]:
        ends = [0, *itertools.accumulate(size for _, size in self.blocks)]
        for (domain, _), begin, end in zip(self.blocks, ends[:-1], ends[1:], strict=True):
            yield domain, slice(begin, end)

    def _fits(self, d: int) -> None:
        total = sum(size for _, size in self.blocks)
        if d != total:
            raise InputError(f"{self!r} has {total} coordinates, the problem {d}; let the blocks' sizes sum to {d}.")
