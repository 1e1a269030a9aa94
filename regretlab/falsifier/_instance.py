"""An instance: periodic losses on [-1, 1], a start, and the values of the parameters that are searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

import numpy as np

from regretlab.claims.statements import Kink, kink

#: Denominators to which numbers are rounded while an instance is made simpler.
DENOMINATORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 50, 100, 1000)
#: Denominators small enough that rounding all slopes to them together is worth a try.
COMMON = DENOMINATORS[:9]
#: In a longer period only the other numbers are changed one by one, and all slopes but the largest made equal.
LONG = 12


#: A slope c stands for the loss c x.
Loss = float | Fraction | Kink


@dataclass(frozen=True)
class Instance:
    """Periodic losses on [-1, 1], a start x_1, and the values of the parameters that are searched, by name.

    The numbers are floats while they are searched for and fractions afterwards.
    """

    losses: tuple[Loss, ...]
    start: float | Fraction
    parameters: tuple[tuple[str, float | Fraction], ...]

    @property
    def linear(self) -> bool:
        """Whether no loss has a kink."""
        return not any(isinstance(loss, Kink) for loss in self.losses)

    @property
    def numbers(self) -> list[Fraction]:
        """All numbers of the instance: of the losses, the start, the parameters."""
        own = [x for loss in self.losses for x in (loss if isinstance(loss, Kink) else (loss,))]
        return [Fraction(x) for x in (*own, self.start, *(value for _, value in self.parameters))]

    @property
    def size(self) -> int:
        """Bits of the numerators, twice the bits of the denominators, and one for each number: shrinking lowers it."""
        return sum(1 + _bits(x) for x in self.numbers)

    def rounded(self, denominator: int) -> Instance:
        """Every number as the nearest fraction with at most this denominator."""
        return self._of([x.limit_denominator(denominator) for x in self.numbers])

    def simpler(self) -> Iterator[Instance]:
        """Instances to try in place of this one of fractions.

        One number is rounded, all losses are rounded or scaled together, a loss is left out or loses its kink, or all
        slopes but the largest become equal.
        """
        m, numbers = len(self.losses), self.numbers
        shape = len(numbers) - 1 - len(self.parameters)  # how many numbers belong to the losses
        alone = 0 if m <= LONG else shape  # the first of the numbers that are changed one by one
        for i, x in enumerate(numbers[alone:], start=alone):
            nearby = {x.limit_denominator(q) for q in DENOMINATORS}
            if i < shape:
                nearby |= {x / 2, x - 1, x + 1, Fraction(round(x / 2))}
            else:
                nearby |= {Fraction(0), Fraction(1)} | {Fraction(1, q) for q in DENOMINATORS}
            yield from (self._of([*numbers[:i], y, *numbers[i + 1 :]]) for y in sorted(nearby))
        if m <= LONG:
            for scale in (*range(1, 13), Fraction(1, 2), Fraction(1, 3)):
                for q in COMMON:
                    yield replace(self, losses=tuple(_scaled(loss, scale, q) for loss in self.losses))
            for i, loss in enumerate(self.losses):
                others = self.losses[:i], self.losses[i + 1 :]
                if m > 1:
                    yield replace(self, losses=(*others[0], *others[1]))
                if isinstance(loss, Kink):
                    yield from (replace(self, losses=(*others[0], slope, *others[1])) for slope in loss[:2])
        if self.linear:
            spike = max(numbers[:m], key=abs)
            against = Fraction(-1 if spike > 0 else 1)
            for count in range(1, m) if m <= LONG else (m // 2, 3 * m // 4, *range(m - 4, m)):
                yield from (replace(self, losses=(spike, *[against / q] * count)) for q in DENOMINATORS)
                for top in (count + 1, 2 * count):
                    yield replace(self, losses=(-top * against, *[against] * count))

    def _of(self, numbers: Sequence[Fraction]) -> Instance:
        """Return the instance with these numbers in place of its own."""
        left = iter(numbers)
        losses = [Kink(*islice(left, 3)) if isinstance(loss, Kink) else next(left) for loss in self.losses]
        start = next(left)
        return Instance(tuple(losses), start, tuple((name, next(left)) for name, _ in self.parameters))


def _scaled(loss: Loss, scale: int | Fraction, denominator: int) -> Loss:
    """Multiply a loss by ``scale`` and round its slopes."""
    if isinstance(loss, Kink):
        left, right = ((Fraction(x) * scale).limit_denominator(denominator) for x in loss[:2])
        return Kink(left, right, loss.at)
    return (Fraction(loss) * scale).limit_denominator(denominator)


def _bits(x: Fraction) -> int:
    return abs(x.numerator).bit_length() + 2 * (x.denominator.bit_length() - 1)


def starts(instances: Sequence[Instance]) -> np.ndarray:
    """x_1 of every instance, shape (K,)."""
    return np.array([float(instance.start) for instance in instances])


def largest(instance: Instance) -> float:
    """Return the largest slope, G."""
    return max(abs(float(slope)) for loss in instance.losses for slope in kink(loss)[:2])
