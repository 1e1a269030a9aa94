"""Checks of features and targets: what cannot be used is one sentence, and nothing is repaired silently."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from regretlab.errors import InputError, closest
from regretlab.problems._sparse import Features, canonical, entrywise

DENSE_LIMIT_GIB = 8  # making far larger arrays gets the process killed
KINDS = ("binary", "classes", "real")
#: So many distinct numbers may be classes however few rows there are.
FEW_CLASSES = 20
BATCH = 32  # rows that a step makes dense: the default batch size of the problems on data


def features(X: Any) -> Features:
    """A float64 copy of a finite matrix with at least one row and one column, dense or CSR."""
    X = X if sparse.issparse(X) else array(X, "X")
    if X.ndim != 2:
        raise InputError(f"X has shape {X.shape}, which is not a matrix; use shape (rows, features).")
    if 0 in X.shape:
        raise InputError(f"X has no {'feature columns' if X.shape[0] else 'rows'}; give at least one.")
    if X.dtype.kind not in "biuf":
        raise InputError(f"X has dtype {X.dtype}; give real numbers, e.g. X.astype(float).")
    X = _compressed(X) if sparse.issparse(X) else np.array(X, dtype=np.float64, order="C")
    bad = np.transpose(entrywise(lambda values: ~np.isfinite(values), X).nonzero())
    if len(bad):
        i, k = bad[0]
        raise InputError(f"row {i + 1}, column {k + 1}, X[{i}, {k}], is {X[i, k]}; make it finite.")
    return X


def _compressed(X: Any) -> Features:
    """A copy of a sparse matrix, as CSR where that takes less than half the memory, else dense."""
    X = canonical(X.copy())
    n, d = X.shape
    if 12 * X.nnz >= 8 * n * d / 2:
        return dense(X, "select features")
    most = int(DENSE_LIMIT_GIB / gibibytes(BATCH, 1))
    if d > most:
        raise InputError(
            f"X has {d} columns (in a LIBSVM file the largest index says how many), above the {most} that a step's "
            f"memory allows; correct that index, or number only the features that occur."
        )
    return X


def dense(X: sparse.csr_array, advice: str) -> np.ndarray:
    if gibibytes(*X.shape) > DENSE_LIMIT_GIB:
        size = f"{gibibytes(*X.shape):.3g} GiB when dense, above {DENSE_LIMIT_GIB}"
        raise InputError(f"X needs {size}; {advice}.")
    return X.toarray()


def gibibytes(n: int, d: int) -> float:
    return 8 * n * d / 2**30


def array(values: Any, name: str) -> np.ndarray:
    try:
        return np.asarray(values)
    except ValueError:
        raise InputError(f"{name} is ragged; give every row the same number of entries.") from None


def target(y: Any, n: int, kind: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """The targets of n examples as floats, and for classes the raw labels in the order of their numbers.

    ``kind`` is ``"binary"`` (-1 and +1), ``"classes"`` (0, 1, 2, ...) or ``"real"`` (as they are, no labels).
    """
    if kind not in KINDS:
        raise closest("kind of targets", str(kind), KINDS)
    y = array(y, "y")
    if y.dtype.kind == "O" and all(isinstance(value, str) for value in y.flat):
        y = y.astype(str)
    if y.dtype.kind not in "biufU":
        raise InputError(f"y has dtype {y.dtype}; give only numbers or only words, none missing.")
    if y.shape != (n,):
        raise InputError(f"X has {n} rows but y has shape {y.shape}; give one label per row.")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        i = int(np.isfinite(y).argmin())
        raise InputError(f"the label in row {i + 1}, y[{i}], is {y[i]}; make it finite or drop the row.")
    values, numbers = np.unique(y, return_inverse=True)
    shown = ", ".join(map(_text, values[:5])) + (", ..." if len(values) > 5 else "")
    if kind == "real" and y.dtype.kind == "U":
        raise InputError(f"y holds words ({shown}), but real targets are needed; give numbers.")
    if len(values) == 1 or (kind == "binary" and len(values) != 2):
        needed = {"binary": "exactly two are needed", "classes": "at least two are needed", "real": "give several"}
        raise InputError(f"y has {len(values)} distinct label value(s), {shown}; {needed[kind]}.")
    if kind == "classes" and y.dtype.kind != "U" and len(values) > max(FEW_CLASSES, n / 3):
        raise InputError(
            f"y has {len(values)} distinct numbers ({shown}) in {n} rows, which are not classes; give a label "
            "per class, or use least_squares for real targets."
        )
    if kind == "real":
        return y.astype(float), ()
    return 2.0 * numbers - 1 if kind == "binary" else numbers.astype(float), tuple(map(_text, values))


def _text(label: Any) -> str:
    return str(label).removesuffix(".0" if isinstance(label, np.floating) else "")
