"""The base of problems on features and targets: the examples, the held-out ones, and how both are read from data."""

from __future__ import annotations

import copy
import math
import os
from functools import cached_property
from typing import Any

import numpy as np

from regretlab.domains import spelled
from regretlab.errors import InputError
from regretlab.features import Features, by_rows, features_on, row_maxima
from regretlab.problems import _checks as checks
from regretlab.problems import data as datasets
from regretlab.problems._base import Array, Problem, digest
from regretlab.problems._mapped import away, back, reference

#: Features that are copied at most to leave examples without a weight out.
COPIED = 1 << 24


class Supervised(Problem):
    """A problem whose example j is a row ``Z[j]`` of features with a target ``y[j]``.

    Attributes
    ----------
    Z : array (n, d) or scipy.sparse.csr_array (n, d)
    y : array (n,)
    """

    Z: Features
    y: np.ndarray
    #: The name in strings, and the kind of targets (see :func:`regretlab.problems.data.load`).
    family: str
    targets: str
    #: The data of a problem that is given none.
    default = "digits"

    def __getstate__(self) -> dict[str, Any]:
        return away(vars(self), "Z")

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = back(state, "Z")
        if isinstance(Z := state.get("Z"), np.ndarray):
            state["Z"] = np.asarray(Z)  # kernels know no other class of arrays
        vars(self).update(state)

    @cached_property
    def squared_norms(self) -> Array:
        r""":math:`\|z_j\|_2^2` of every example, shape (n,)."""
        with np.errstate(over="ignore"):
            return by_rows(lambda z: (z * z).sum(-1), self.Z)

    @cached_property
    def norms(self) -> Array:
        r""":math:`\|z_j\|_2` of every example, shape (n,), also where squares over- or underflow."""
        largest = float(by_rows(lambda z: row_maxima(abs(z)), self.Z).max())
        # A power of two, so that no bit of what does not over- or underflow changes.
        unit = 2.0 ** min(max(-1000, math.frexp(largest)[1]), 1023) if largest > 0 else 1.0
        return unit * np.sqrt(by_rows(lambda z: ((z / unit) * (z / unit)).sum(-1), self.Z))

    def on(self, xp: Any) -> Supervised:
        """Move the problem's arrays to ``xp``: a sparse Z stays sparse on NumPy and CuPy, else becomes dense."""
        moved = copy.copy(self)
        moved.Z, moved.y = features_on(xp, self.Z), xp.asarray(self.y)
        for lengths in ("squared_norms", "norms"):
            moved.__dict__[lengths] = xp.asarray(getattr(self, lengths))
        return moved

    def received(self, weights: np.ndarray) -> tuple[Problem, np.ndarray]:
        """Leave the examples of weight 0 out where these are the most, as early in a run."""
        J = np.flatnonzero(weights)
        if 2 * len(J) < self.n and self.Z.size * (len(J) / self.n) <= COPIED:
            return self.only(J), weights[J]
        return self, weights

    def only(self, J: np.ndarray) -> Supervised:
        """Return the problem of the examples J alone, with the constants of all, which are bounds for these as well."""
        self.constants()  # which are kept
        only = copy.copy(self)
        only.Z, only.y, only.n = self.Z[J], self.y[J], len(J)
        for lengths in ("squared_norms", "norms"):
            only.__dict__[lengths] = getattr(self, lengths)[J]
        return only

    def digest(self) -> str:
        held_out = [] if self.held_out is None else [self.held_out.digest()]
        parts = self.name, spelled(self.domain), self.Z, self.y, self.start, *held_out
        if (mapped := reference(self.Z)) is None:
            return digest(*parts)
        key = mapped, digest(*parts[:2], *parts[3:])
        if key != self.__dict__.get("_digest", (None,))[0]:  # all of a large file is read for it
            self.__dict__["_digest"] = key, digest(*parts)
        return str(self.__dict__["_digest"][1])

    def _read(
        self,
        X: np.ndarray | str | os.PathLike[str] | None,
        y: np.ndarray | None,
        data: str | os.PathLike[str] | None,
        scale: str,
        test: float,
        split_seed: int,
    ) -> datasets.Examples:
        """Read the examples that a problem's arguments speak of; set ``data``, ``scaling`` and ``name``."""
        if isinstance(X, (str, os.PathLike)):
            X, data = None, X
        if X is None and y is None and data is None:
            data = self.default
        if (X is None) == (data is None) or (X is None) != (y is None):
            raise InputError(
                f"{type(self).__name__} needs either arrays X and y, or data={self.default!r} (a bundled name or a "
                "file's path)."
            )
        self.data = (
            datasets.load(data, self.targets) if data is not None else datasets.from_arrays(X, y, targets=self.targets)
        )
        examples = datasets.prepare(self.data, scale, test, split_seed)
        self.scaling, self.batch_size = examples.scaling, min(checks.BATCH, len(examples.y))
        family = getattr(self, "family", type(self).__name__.lower())
        self.name = f"{family}({self.data.name})"
        return examples

    def _hold_out(self, examples: datasets.Examples) -> None:
        """Keep the test examples, if there are any; the last thing a constructor does."""
        if len(examples.test_y):
            held_out = copy.copy(self)
            held_out.Z, held_out.y, held_out.n = examples.test_Z, examples.test_y, len(examples.test_y)
            self.held_out = held_out
            self.name += f" with {held_out.n} test examples"

    def _check_step(self) -> None:
        """Refuse a run whose dense gradients of one batch need more memory than there is."""
        size = checks.gibibytes(self.batch_size, self.d)
        if size > checks.DENSE_LIMIT_GIB:
            raise InputError(
                f"{self.name} has d = {self.d} parameters, so the gradients of {self.batch_size} examples need "
                f"{size:.3g} GiB, above {checks.DENSE_LIMIT_GIB}; use fewer features, classes or hidden units."
            )
