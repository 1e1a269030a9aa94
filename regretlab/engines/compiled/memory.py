"""Memory of the compiled engine: arrays that begin on a line of the cache, and a pool of large ones to use again."""

from __future__ import annotations

import math
import weakref
from collections import defaultdict
from typing import Any

import numpy as np

from regretlab.engines.compiled.simd import WIDTH

#: Bytes of a line of the cache.
LINE = 64
#: Bytes of an array whose memory is worth using again, and the most free pieces of one size that are kept.
LARGE, MOST_FREE = 1 << 20, 16


def round_up(count: int, size: int = WIDTH) -> int:
    """Round a count up to whole vectors."""
    return -(-count // size) * size


def zeros(shape: tuple[int, ...], kind: Any = np.float64) -> np.ndarray:
    """Make zeros that begin on a line of the cache: vectors that straddle two cost up to half as much again."""
    size = math.prod(shape) * np.dtype(kind).itemsize
    raw = np.zeros(size + LINE, np.uint8)
    begin = -raw.ctypes.data % LINE
    return raw[begin : begin + size].view(kind).reshape(shape)


class _Loan:
    """Who an array's memory belongs to: it lives as long as the last array that looks at the memory."""

    def __init__(self, piece: np.ndarray) -> None:
        self.__array_interface__ = piece.__array_interface__


class Pool:
    """Copies of arrays, large ones in memory that no array looks at any more.

    Fresh memory would cost more than the copying. Every array of the pool, and every view of it, holds the loan of its
    memory; the memory comes back when the loan ends. An array that anybody holds is therefore never written to.
    """

    def __init__(self) -> None:
        self._free: dict[int, list[np.ndarray]] = defaultdict(list)

    def copy(self, a: np.ndarray) -> np.ndarray:
        """Return a contiguous copy of ``a``."""
        if a.nbytes < LARGE:
            return np.array(a, order="C")
        free = self._free[a.nbytes]
        piece = free.pop() if free else np.empty(a.nbytes, np.uint8)
        loan = _Loan(piece)
        weakref.finalize(loan, _give_back, free, piece).atexit = False
        copy = np.asarray(loan).view(a.dtype).reshape(a.shape)
        copy[...] = a
        return copy


def _give_back(free: list[np.ndarray], piece: np.ndarray) -> None:
    if len(free) < MOST_FREE:
        free.append(piece)
