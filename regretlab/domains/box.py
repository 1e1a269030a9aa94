"""The box, in whose weighted norms a projection is a clip."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from array_api_compat import array_namespace

from regretlab.errors import InputError
from regretlab.features import Features, entrywise
from regretlab.parameters import Component, parameter


@dataclass(frozen=True)
class Box(Component):
    """The box ``[low, high]^d``; the weighted projection is a clip.

    Examples
    --------
    >>> Box(-1, 1).project(np.array([2.0, -0.5]), None)
    array([ 1. , -0.5])
    """

    #: With fewer coordinates it is its own shadow.
    uniform: ClassVar[bool] = True
    low: float = parameter(-1.0, "(-inf, inf)", "lower end of every coordinate")
    high: float = parameter(1.0, "(-inf, inf)", "upper end of every coordinate")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.low < self.high:
            raise InputError(f"the box [{self.low}, {self.high}] is empty; use low < high.")

    def project(self, x: Any, weights: Any) -> Any:
        return array_namespace(x).clip(x, self.low, self.high)

    def linear_minimum(self, c: np.ndarray) -> Any:
        return np.minimum(self.low * c, self.high * c).sum(-1)

    def reach(self, z: Features) -> tuple[np.ndarray, np.ndarray]:
        lowest = entrywise(lambda v: np.minimum(self.low * v, self.high * v), z)
        highest = entrywise(lambda v: np.maximum(self.low * v, self.high * v), z)
        return lowest.sum(-1), highest.sum(-1)

    def diameters(self, d: int) -> tuple[float, float]:
        return self.high - self.low, (self.high - self.low) * math.sqrt(d)
