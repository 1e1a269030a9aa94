"""Checks of features and targets: an error is one sentence, and nothing is repaired silently."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from regretlab.errors import InputError, unknown_name
from regretlab.features import Features, by_rows, canonical, entrywise
from regretlab.problems._mapped import is_mapped

DENSE_LIMIT_GIB = 8  # making far larger arrays gets the process killed
KINDS = ("binary", "classes", "real")
#: So many distinct numbers may be classes however few rows there are.
FEW_CLASSES = 20
#: Words that programs write for a value that is missing: pandas' list, and UCI's question mark.
MISSING = (
    "", "#N/A", "#N/A N/A", "#NA", "-NaN", "-nan", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
    "?",
)  # fmt: skip
BATCH = 32  # rows that a step makes dense: the default batch size of the problems on data


def features(X: Any) -> Features:
    """Copy a finite matrix with a row and a column at least as float64, dense or CSR; one that is mapped stays so."""
    X = X if sparse.issparse(X) else array(X, "X")
    if isinstance(X, np.ma.MaskedArray):
        X = _unmasked(X, "X")
    if X.ndim != 2:
        raise InputError(f"X has shape {X.shape}, which is not a matrix; use shape (rows, features).")
    if 0 in X.shape:
        raise InputError(f"X has no {'feature columns' if X.shape[0] else 'rows'}; give at least one.")
    if X.dtype.kind not in "biuf":
        raise InputError(f"X has dtype {X.dtype}; give real numbers, e.g. X.astype(float).")
    if is_mapped(X):
        finite = by_rows(lambda rows: np.isfinite(rows).all(-1), X)
        bad = np.array([(i, np.isfinite(X[i]).argmin()) for i in np.flatnonzero(~finite)[:1]])
    else:
        X = _compressed(X) if sparse.issparse(X) else np.array(X, dtype=np.float64, order="C")
        bad = np.transpose(entrywise(lambda values: ~np.isfinite(values), X).nonzero())
    if len(bad):
        i, k = bad[0]
        raise InputError(f"row {i + 1}, column {k + 1}, X[{i}, {k}], is {X[i, k]}; make it finite.")
    return X


def _compressed(X: Any) -> Features:
    """Copy a sparse matrix, as CSR where that takes less than half the memory, else dense."""
    X = canonical(X.copy())
    n, d = X.shape
    if is_dense(n, d, X.nnz):
        return dense(X, "select features")
    most = int(DENSE_LIMIT_GIB / gibibytes(BATCH, 1))
    if d > most:
        raise InputError(
            f"X has {d} columns (in a LIBSVM file the largest index says how many), above the {most} that a step's "
            f"memory allows; correct that index, or number only the features that occur."
        )
    return X


def is_dense(n: int, d: int, entries: int) -> bool:
    """Whether n rows of d features with so many entries are kept dense."""
    return 12 * entries >= 8 * n * d / 2


def dense(X: sparse.csr_array, advice: str) -> np.ndarray:
    if gibibytes(*X.shape) > DENSE_LIMIT_GIB:
        size = f"{gibibytes(*X.shape):.3g} GiB when dense, above {DENSE_LIMIT_GIB}"
        raise InputError(f"X needs {size}; {advice}.")
    return np.asarray(X.toarray())


def gibibytes(n: int, d: int) -> float:
    return 8 * n * d / 2**30


def array(values: Any, name: str) -> np.ndarray:
    try:
        return np.asanyarray(values)
    except ValueError:
        raise InputError(f"{name} is ragged; give every row the same number of entries.") from None


def _unmasked(values: Any, name: str) -> np.ndarray:
    """Return the array under a mask that hides nothing; hidden entries are missing ones."""
    hidden = np.argwhere(np.ma.getmaskarray(values))
    if len(hidden):
        raise InputError(f"{name}{hidden[0].tolist()} is masked, so it is missing; fill it in, or drop its row.")
    return np.asarray(values.data)


def target(y: Any, n: int, kind: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Read the targets of n examples as floats, and for classes the raw labels in the order of their numbers.

    ``kind`` is ``"binary"`` (-1 and +1), ``"classes"`` (0, 1, 2, ...) or ``"real"`` (as they are, no labels).
    """
    if kind not in KINDS:
        raise unknown_name("kind of targets", str(kind), KINDS)
    y = _one_kind(y)
    if y.shape != (n,):
        raise InputError(f"X has {n} rows but y has shape {y.shape}; give one label per row.")
    if y.dtype.kind in "fO" and not np.isfinite(y.astype(float)).all():
        i = int(np.isfinite(y.astype(float)).argmin())
        raise InputError(f"the label in row {i + 1}, y[{i}], is {y[i]}; make it finite or drop the row.")
    values, numbers = np.unique(y, return_inverse=True)
    shown = ", ".join(map(_text, values[:5])) + (", ..." if len(values) > 5 else "")
    missing = next((word for word in MISSING if y.dtype.kind == "U" and word in values), None)
    if missing is not None:
        i = y.tolist().index(missing)
        raise InputError(
            f"the label in row {i + 1}, y[{i}], is {missing!r}, a word for what is missing; drop the row or rename it."
        )
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


def _one_kind(y: Any) -> np.ndarray:
    """Labels as an array of words, truth values or numbers; the integers among them stay exact.

    NumPy would make words of numbers that stand among words, a missing one too, and round integers that stand among
    numbers with a point.
    """
    given = array(y, "y")
    if isinstance(given, np.ma.MaskedArray):
        given = _unmasked(given, "y")
    if given.ndim != 1 or (isinstance(y, np.ndarray) and given.dtype.kind != "O"):
        values = given
    else:
        each = list(y) if isinstance(y, list | tuple) else given.tolist()
        kinds = [_kind(value) for value in each]
        other = next((i for i, kind in enumerate(kinds) if not kind or kind != kinds[0]), None)
        if other is not None:
            beside = f" beside a {kinds[0]}" if other and kinds[0] else ""
            raise InputError(
                f"y has dtype {given.dtype}: y[{other}] is {each[other]!r}{beside}; give only numbers or only words, "
                f"none missing."
            )
        plain = [value.item() if isinstance(value, np.generic) else value for value in each]
        wide = any(type(value) is int and abs(value) > 2**53 for value in plain)
        values = np.array(plain, dtype=object if wide else None)
    if values.dtype.kind not in "biufUO":
        raise InputError(f"y has dtype {values.dtype}; give only numbers or only words, none missing.")
    return values


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "word"
    if isinstance(value, bool | np.bool_):
        return "truth value"
    return "number" if isinstance(value, int | float | np.integer | np.floating) else ""


def _text(label: Any) -> str:
    return str(label).removesuffix(".0" if isinstance(label, np.floating) else "")
