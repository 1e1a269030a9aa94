"""Sequences of gradients that tell one optimiser from another, whatever they come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from regretlab.errors import InputError, shown
from regretlab.methods import Method

Array = np.ndarray

#: Steps and coordinates of the sequences: enough that every power of a decay rate has another value.
STEPS, COORDINATES = 48, 6
#: The largest and smallest gradients, whose squares a type can hold.
HUGE = {"float64": 1e100, "float32": 1e12}
#: The sequences that all are compared on.
NAMES = (
    "random", "fading", "growing", "reddi", "sparse", "alternating", "constant", "zero", "huge", "tiny", "near eps",
)  # fmt: skip


class Batch(NamedTuple):
    """Sequences of one shape: their names, the first iterates (R, d), and the gradients (R, T, d)."""

    names: tuple[str, ...]
    x: Array
    g: Array

    def as_type(self, dtype: str) -> Batch:
        """Return the sequences rounded to a type, in double precision."""
        return self._replace(x=self.x.astype(dtype).astype(float), g=self.g.astype(dtype).astype(float))

    def only(self, name: str) -> Batch:
        """Return one of the sequences alone."""
        r = self.names.index(name)
        return Batch((name,), self.x[r : r + 1], self.g[r : r + 1])


def standard(method: Method, dtype: str, seed: int) -> Batch:
    r"""Return the sequences on which a method is compared.

    ``random`` gradients of very different sizes; ``fading`` and ``growing`` ones, which a maximum tells apart;
    ``reddi`` (:math:`C, -1, -1, \dots`), ``sparse``, ``alternating`` and ``constant`` ones; ``zero``; ``huge`` and
    ``tiny`` ones (1e100 and 1e-100, in single precision 1e12 and 1e-12); and some of the sizes ``near eps``, from
    eps / 10 to 100 sqrt(eps). Iterates begin between -1 and 1, or at 0, where steps are resolved best.

    A method without a positive eps is undefined until a coordinate's first gradient (0/0): it gets nonzero ones first.
    """
    rng = np.random.default_rng(seed)
    T, d = STEPS, COORDINATES
    t, scales = np.arange(1.0, T + 1)[:, None], np.geomspace(1e-3, 3, d)
    noise = rng.normal(size=(7, T, d))
    eps = float(getattr(method, "eps", 0.0)) or 1e-8
    ramp, zero = np.linspace(-1, 1, d), np.zeros(d)
    made: dict[str, tuple[Array, Array]] = {  # by NAMES
        "random": (ramp, noise[0] * scales),
        "fading": (zero, noise[1] * scales * 10 ** (-3 * t / T)),
        "growing": (zero, noise[2] * scales * 10 ** (-3 * (1 - t / T))),
        "reddi": (ramp, np.where(t % 3 == 1, np.arange(3.0, 3 + d), -1.0)),
        "sparse": (ramp, noise[3] * scales * (rng.random((T, d)) < 0.15)),
        "alternating": (zero, scales * (-1) ** t),
        "constant": (ramp, np.broadcast_to(scales, (T, d))),
        "zero": (ramp, np.zeros((T, d))),
        "huge": (zero, noise[4] * HUGE[dtype]),
        "tiny": (zero, noise[5] / HUGE[dtype]),
        "near eps": (zero, noise[6] * np.geomspace(eps / 10, 100 * eps**0.5, d)),
    }
    x, g = (np.stack([made[name][i] for name in NAMES]) for i in range(2))
    if not getattr(method, "eps", 0.0):
        first = g[:, 0]
        first[first == 0] = 0.5
    return Batch(NAMES, x, g).as_type(dtype)


def recorded(given: Any, start: Any, dtype: str) -> Iterator[Batch]:
    """Yield recorded sequences, an array (T, d) or (R, T, d) or a list of such, from the first iterate ``start``.

    Raises
    ------
    InputError
        For what is no array of finite numbers of such a shape.
    """
    for number, item in enumerate(given if isinstance(given, (list, tuple)) else [given], start=1):
        try:
            g = np.asarray(item, dtype=float)
            g = g[None] if g.ndim == 2 else g
            x = np.broadcast_to(np.asarray(0.0 if start is None else start, dtype=float), (len(g), g.shape[-1]))
        except (TypeError, ValueError, IndexError):
            g = x = np.zeros(0)
        if g.ndim != 3 or not g.size or not np.isfinite(g).all() or not np.isfinite(x).all():
            raise InputError(
                f"gradients={shown(item)} is no record of gradients; give an array of finite numbers (T, d), one row a "
                "step, or (R, T, d), and as start its first iterate, an array (d,)."
            )
        names = [f"recorded {number}" + (f".{r + 1}" if len(g) > 1 else "") for r in range(len(g))]
        yield Batch(tuple(names), x, g).as_type(dtype)
