"""An instance: a periodic linear loss on [-1, 1], a start, and the values of the parameters that are searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

#: Denominators to which numbers are rounded while an instance is made simpler.
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 50, 100, 1000)
#: Denominators small enough that rounding all slopes to them together is worth a try.
COMMON = DENOMINATORS[:9]
#: In a longer period only the other numbers are changed one by one, and all slopes but the largest made equal.
LONG = 12


@dataclass(frozen=True)
class Instance:
    """The losses ``c_t x`` on [-1, 1] with c_t = losses[(t - 1) % m], the start x_1, and the parameters by name.

    The numbers are floats while they are searched for and fractions afterwards.
    """

    losses: tuple[float | Fraction, ...]
    start: float | Fraction
    parameters: tuple[tuple[str, float | Fraction], ...]

    @property
    def numbers(self) -> tuple[float | Fraction, ...]:
        """All numbers of the instance."""
        return (*self.losses, self.start, *(value for _, value in self.parameters))

    @property
    def size(self) -> int:
        """Bits of the numerators, twice those of the denominators, and one for each number: shrinking lowers it."""
        return sum(1 + _bits(Fraction(x)) for x in self.numbers)

    def rounded(self, denominator: int) -> Instance:
        """Every number as the nearest fraction with at most this denominator."""
        return self._of([Fraction(x).limit_denominator(denominator) for x in self.numbers])

    def simpler(self) -> Iterator[Instance]:
        """Instances to try in place of this one of fractions.

        One number is rounded, all slopes are rounded or scaled together, a slope is left out, or all slopes but the
        largest become equal.
        """
        m, numbers = len(self.losses), [Fraction(x) for x in self.numbers]
        alone = 0 if m <= LONG else m  # the first of the numbers that are changed one by one
        for i, x in enumerate(numbers[alone:], start=alone):
            nearby = {x.limit_denominator(q) for q in DENOMINATORS}
            if i < m:
                nearby |= {x / 2, x - 1, x + 1, Fraction(round(x / 2))}
            else:
                nearby |= {Fraction(0), Fraction(1)} | {Fraction(1, q) for q in DENOMINATORS}
            yield from (self._of([*numbers[:i], y, *numbers[i + 1 :]]) for y in sorted(nearby))
        if m <= LONG:
            for scale in (*range(1, 13), Fraction(1, 2), Fraction(1, 3)):
                scaled = [c * scale for c in numbers[:m]]
                for q in COMMON:
                    yield replace(self, losses=tuple(c.limit_denominator(q) for c in scaled))
            for i in range(m if m > 1 else 0):
                yield replace(self, losses=(*self.losses[:i], *self.losses[i + 1 :]))
        spike = max(numbers[:m], key=abs)
        against = Fraction(-1 if spike > 0 else 1)
        for others in range(1, m) if m <= LONG else (m // 2, 3 * m // 4, *range(m - 4, m)):
            yield from (replace(self, losses=(spike, *[against / q] * others)) for q in DENOMINATORS)
            yield from (replace(self, losses=(-top * against, *[against] * others)) for top in (others + 1, 2 * others))

    def _of(self, numbers: Sequence[Fraction]) -> Instance:
        m = len(self.losses)
        names = [name for name, _ in self.parameters]
        return Instance(tuple(numbers[:m]), numbers[m], tuple(zip(names, numbers[m + 1 :], strict=True)))


def _bits(x: Fraction) -> int:
    return abs(x.numerator).bit_length() + 2 * (x.denominator.bit_length() - 1)


def slopes(instances: Sequence[Instance], rounds: int) -> np.ndarray:
    """The slopes c_1, ..., c_T of every instance, shape (K, T)."""
    return np.stack([np.resize([float(c) for c in instance.losses], rounds) for instance in instances])


def starts(instances: Sequence[Instance]) -> np.ndarray:
    """x_1 of every instance, shape (K,)."""
    return np.array([float(instance.start) for instance in instances])


def largest(instance: Instance) -> float:
    """The largest slope: G."""
    return max(abs(float(c)) for c in instance.losses)
