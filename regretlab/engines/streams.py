"""Random numbers: one SFC64 stream per (seed, stream name, replicate).

The words are those of ``numpy.random.Generator(SFC64(SeedSequence([seed, stream, replicate])))`` in every engine, so
replicate ``r`` alone equals replicate ``r`` in a batch, and a resumed run equals an uninterrupted one.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import numpy as np


def generator(seed: int, stream: str, replicate: int) -> np.random.Generator:
    """Return the generator of one replicate; ``stream`` enters the seed sequence as the CRC-32 of its name.

    Examples
    --------
    >>> a, b = generator(0, "sampler", 3).random(2), generator(0, "sampler", 3).random(2)
    >>> bool((a == b).all())
    True
    """
    words = np.random.SeedSequence([seed, zlib.crc32(stream.encode()), replicate])
    return np.random.Generator(np.random.SFC64(words))


class Streams:
    """The streams of several replicates, drawn side by side.

    Parameters
    ----------
    seed, stream
        See :func:`generator`.
    replicates
        The replicates' numbers; ``range(3)`` and ``[2]`` share the stream of replicate 2.
    """

    def __init__(self, seed: int, stream: str, replicates: Iterable[int]) -> None:
        self._generators = [generator(seed, stream, r) for r in replicates]
        self._words: np.ndarray | None = None  # set, but not yet given to the generators

    def uniforms(self, steps: int, per_step: int) -> np.ndarray:
        """Uniforms in [0, 1), shape (steps, replicates, per_step); any split of the steps gives the same numbers."""
        if self._words is not None:
            for g, four in zip(self._generators, self._words, strict=True):
                full = g.bit_generator.state
                full["state"]["state"] = four
                g.bit_generator.state = full
            self._words = None
        return np.stack([g.random((steps, per_step)) for g in self._generators], axis=1)

    @property
    def state(self) -> np.ndarray:
        """The four words of every stream, uint64 of shape (replicates, 4)."""
        if self._words is not None:
            return self._words.copy()
        return np.stack([g.bit_generator.state["state"]["state"] for g in self._generators])

    @state.setter
    def state(self, words: np.ndarray) -> None:
        self._words = np.array(words, dtype=np.uint64).reshape(len(self._generators), 4)
