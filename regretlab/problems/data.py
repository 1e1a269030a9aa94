"""Real data for classification: bundled sets, files and arrays, all checked, with labels -1 and +1."""

from __future__ import annotations

import bz2
import csv
import gzip
import os
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from scipy import sparse

from regretlab.errors import InputError, closest
from regretlab.problems._sparse import Features, canonical, entrywise

_BUNDLED = ("breast_cancer", "digits", "digits:even-odd", "digits:A-B")
_SCALINGS = ("unit", "standard", "none")
_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open}
_UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, MemoryError, csv.Error, BadZipFile, zlib.error)
_DENSE_LIMIT_GIB = 8  # making far larger arrays gets the process killed
_BATCH = 32  # rows that a step makes dense: the default batch size of Logistic


@dataclass(frozen=True, eq=False)  # compared by identity: arrays have no single truth value
class Dataset:
    """A binary classification data set; :func:`load` and :func:`from_arrays` make checked ones."""

    name: str  #: short name, e.g. ``"digits:3-8"``, or a file's name without its suffix
    X: Features  #: (n, d) array or ``scipy.sparse.csr_array``, float64, all finite, unscaled (see :func:`scale`)
    y: np.ndarray  #: labels, shape (n,), float64, each -1 or +1, both present
    source: str  #: where the data came from, for the provenance of a record
    labels: tuple[str, str]  #: the raw labels that became -1 and +1


def load(spec: str | os.PathLike[str]) -> Dataset:
    """Load a bundled data set by name, or a file by path.

    Parameters
    ----------
    spec : str or path
        ``"digits"`` (or ``"digits:even-odd"``), ``"digits:A-B"`` for two distinct digits (A becomes -1) or
        ``"breast_cancer"``, all bundled with scikit-learn; otherwise a file, of whose two label values the
        smaller (of words: the first in sorted order) becomes -1:

        - ``.svm``, ``.libsvm``, ``.svmlight``, ``.txt``, also with ``.gz`` or ``.bz2``: LIBSVM format,
          sparse or dense as in :func:`from_arrays`. Indices count from 1, or from 0 if index 0 occurs; the
          largest that occurs gives d.
        - ``.npz``: arrays ``X`` and ``y``.
        - ``.csv``: UTF-8, commas. The first line is a header if every cell is a word (neither empty nor a
          number). The label is the column named y, label, target or class, else the last; it may be words.

    Raises
    ------
    InputError
        If the name or file is unknown or unreadable, or not finite features with exactly two label values.

    Examples
    --------
    >>> digits = load("digits:3-8")
    >>> digits.X.shape, digits.labels
    ((357, 64), ('3', '8'))
    """
    if not isinstance(spec, str | os.PathLike):
        raise InputError(f"data set {spec!r} is neither a name nor a path; use one of {', '.join(_BUNDLED)}.")
    if isinstance(spec, str) and (spec in _BUNDLED or spec.startswith("digits:")):
        return _bundled(spec)
    path = Path(spec)
    if os.path.exists(spec):
        return _file(path)
    if not path.suffix and len(path.parts) < 2:
        raise closest("data set or file", str(spec), _BUNDLED)
    raise InputError(f"file '{path}' does not exist; give an existing file or one of {', '.join(_BUNDLED)}.")


def from_arrays(X: Any, y: Any, name: str = "user data") -> Dataset:
    """Check a user's arrays and map their two label values to -1 and +1.

    Parameters
    ----------
    X : array_like or scipy sparse matrix, shape (n, d)
        Features: finite numbers, n >= 1, d >= 1. Copied. A sparse matrix becomes CSR if that takes less than
        half the memory, 12 nnz < 8 n d / 2 bytes (under a third of the entries non-zero); else it becomes dense.
    y : array_like, shape (n,)
        Labels: numbers or words with exactly two distinct values; the smaller becomes -1.
    name : str
        Name of the data set.

    Raises
    ------
    InputError
        If a shape, a feature or the labels are not as above, or an array would take more than 8 GiB: all of X
        made dense, or a batch of 32 rows of a sparse X, which allows d up to 2**25.

    Examples
    --------
    >>> data = from_arrays([[0.0], [1.0], [2.0]], ["spam", "ham", "spam"])
    >>> data.y, data.labels
    (array([ 1., -1.,  1.]), ('ham', 'spam'))
    """
    return _checked(X, y, name, "arrays given by the caller")


def scale(X: Any, how: str) -> tuple[Features, str]:
    r"""Scale features into the unit ball: new features, and a description of what was done.

    .. math:: \text{unit: } x_i / \max_j \|x_j\|_2, \qquad
              \text{standard: } z_i / \max_j \|z_j\|_2 \text{ with } z_{ik} = (x_{ik} - \bar x_k) / s_k

    Parameters
    ----------
    X : array_like or scipy sparse matrix, shape (n, d)
        Finite features.
    how : {"unit", "standard", "none"}
        ``unit`` divides by one factor and so keeps the geometry; ``standard`` first standardises every column
        (with 1/n, as scikit-learn's StandardScaler; a constant column becomes exactly 0); ``none`` changes
        nothing. After ``unit`` and ``standard`` the largest row norm is 1 up to round-off. Sparse features stay
        sparse (by the rule of :func:`from_arrays`), except that ``standard`` subtracts means and makes them dense.

    Raises
    ------
    InputError
        If ``how`` is unknown, or X is not a finite matrix or has no scale (all zero, constant or extreme), or
        ``standard`` would make a sparse X an array above 8 GiB.

    Examples
    --------
    >>> scale([[3.0, 4.0]], "unit")
    (array([[0.6, 0.8]]), 'unit: features divided by the largest row norm 5')
    """
    if how not in _SCALINGS:
        raise closest("scaling", str(how), _SCALINGS)
    X = _features(X)
    if how == "none":
        return X, "none: features as given"
    done = f"{how}: features "
    if how == "standard":
        if sparse.issparse(X):
            X = _dense(X, "instead of 'standard', which subtracts means, use 'unit'")
        # A power of two is an exact factor that keeps squares in range. The first row goes before the mean,
        # so that a constant column is exactly 0 and one far from zero keeps its digits.
        X = np.ldexp(X, -np.frexp(np.abs(X).max(axis=0))[1])
        X = X - X[0]
        X -= X.mean(axis=0)
        deviation = X.std(axis=0)
        if not deviation.any():
            raise InputError("every column of X is constant, so 'standard' makes all features 0; use 'none'.")
        X = np.divide(X, deviation, out=np.zeros_like(X), where=deviation > 0)
        done += f"standardised ({np.sum(deviation == 0)} constant), "
    largest = abs(X).max()
    if not 1e-150 <= largest <= 1e150:  # else a square leaves the range of float64
        raise InputError(f"X has largest |entry| {largest:g}; 'unit' takes 1e-150 to 1e150, so use 'none'.")
    norm = np.sqrt((X * X).sum(-1).max())
    return entrywise(lambda values: values / norm, X), f"{done}divided by the largest row norm {norm:.6g}"


def _bundled(spec: str) -> Dataset:
    from sklearn import datasets  # not at the top: it would double the time that `import regretlab` takes

    if spec == "breast_cancer":
        raw = datasets.load_breast_cancer()
        source = "scikit-learn bundled breast cancer (UCI, Wisconsin diagnostic), malignant vs benign"
        return Dataset(spec, raw.data, 2.0 * raw.target - 1, source, ("malignant", "benign"))
    X, digit = datasets.load_digits(return_X_y=True)
    source = "scikit-learn bundled digits (UCI), "
    if spec in ("digits", "digits:even-odd"):
        return Dataset("digits", X, 2.0 * (digit % 2) - 1, source + "even vs odd", ("even", "odd"))
    pair = re.fullmatch("digits:([0-9])-([0-9])", spec)
    if pair is None or pair[1] == pair[2]:
        raise InputError(f"data set '{spec}' is not digits:A-B with A != B in 0..9; use e.g. 'digits:3-8'.")
    minus, plus = pair.groups()
    rows = np.isin(digit, [int(minus), int(plus)])
    y = np.where(digit[rows] == int(plus), 1.0, -1.0)
    return Dataset(spec, X[rows], y, f"{source}{minus} vs {plus}", (minus, plus))


def _file(path: Path) -> Dataset:
    libsvm = (".svm", ".libsvm", ".svmlight", ".txt")
    readers = {kind + packed: _libsvm for kind in libsvm for packed in ("", *_OPENERS)}
    readers |= {".npz": _npz, ".csv": _csv}
    stem = Path(path.stem).stem if path.suffix.lower() in _OPENERS else path.stem
    kind = path.name[len(stem) :].lower()
    if path.is_dir():
        raise InputError(f"'{path}' is a directory; give the path of one data file.")
    if kind not in readers:
        allowed = f"{', '.join(libsvm)} (each also with .gz or .bz2), .npz or .csv"
        raise InputError(f"file '{path}' has the unknown suffix '{kind}'; use {allowed}.")
    try:
        return _checked(*readers[kind](path), stem, path.name)
    except InputError as error:
        raise InputError(f"file '{path}': {error}") from None
    except _UNREADABLE as error:
        reason = str(error).partition(". ")[0] or type(error).__name__
        raise InputError(f"file '{path}' is not a readable {kind} ({reason}); replace it.") from error


def _libsvm(path: Path) -> tuple[Any, Any]:
    from sklearn.datasets import load_svmlight_file  # not at the top, as above

    with _OPENERS.get(path.suffix.lower(), open)(path, "rb") as file:
        try:
            X, y = load_svmlight_file(file)
        except (ValueError, OverflowError):
            end = file.tell()  # just after the line that failed
            file.seek(0)
            lines = file.read(end).removesuffix(b"\n").split(b"\n")
            text = lines[-1][:50].decode(errors="replace")
            form = "'label index:value index:value ...' with one numeric label and rising indices below 2**31"
            raise InputError(f"line {len(lines)}, {text!r}, is not LIBSVM; write {form}.") from None
    return X if X.nnz else X[:, :0], y  # the loader gives a file without any feature one column of zeros


def _npz(path: Path) -> tuple[Any, Any]:
    # Not numpy.load, which also takes an .npy array or a pickle for what it is, whatever the suffix.
    with path.open("rb") as file, np.lib.npyio.NpzFile(file, allow_pickle=False) as arrays:
        if not {"X", "y"} <= set(arrays.files):
            has = ", ".join(arrays.files) or "nothing"
            raise InputError(f"the archive has {has} but needs X and y; use numpy.savez(path, X=X, y=y).")
        return arrays["X"], arrays["y"]


def _csv(path: Path) -> tuple[Any, Any]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, strict=True)
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    lines = [(number, row) for number, row in lines if row not in ([], [""])]
    names = lines[0][1] if lines else [""]
    label = len(names) - 1
    if all(cell and _number(cell) is None for cell in names):
        del lines[0]
        marked = [k for k, name in enumerate(names) if name.lower() in ("y", "label", "target", "class")]
        if len(marked) > 1:
            raise InputError(f"columns {[k + 1 for k in marked]} all have label names; rename all but one.")
        label = marked[0] if marked else label
    X = np.zeros((len(lines), len(names)))
    for i, (number, row) in enumerate(lines):
        place = f"row {i + 1} (line {number})"
        if len(row) != len(names):
            raise InputError(f"{place} has {len(row)} cells, the first {len(names)}; make them equal.")
        X[i] = [0 if k == label and cell else _number(cell) for k, cell in enumerate(row)]  # None becomes nan
        if not np.isfinite(X[i]).all():
            k = int(np.isfinite(X[i]).argmin())
            needed = "label" if k == label else "finite number"
            raise InputError(f"{place}, column {k + 1} holds {row[k]!r}, not a {needed}; correct it.")
    words = [row[label] for _, row in lines]
    numbers = [_number(word) for word in words]
    return np.delete(X, label, axis=1), words if None in numbers else numbers


def _number(cell: str) -> float | None:
    try:
        return None if "_" in cell else float(cell)  # float reads 1_000, an identifier in a data file
    except ValueError:
        return None


def _checked(X: Any, y: Any, name: str, source: str) -> Dataset:
    X, y = _features(X), _array(y, "y")
    if y.dtype.kind == "O" and all(isinstance(value, str) for value in y.flat):
        y = y.astype(str)
    if y.dtype.kind not in "biufU":
        raise InputError(f"y has dtype {y.dtype}; give only numbers or only words, none missing.")
    if y.shape != X.shape[:1]:
        raise InputError(f"X has {X.shape[0]} rows but y has shape {y.shape}; give one label per row.")
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        i = int(np.isfinite(y).argmin())
        raise InputError(f"the label in row {i + 1}, y[{i}], is {y[i]}; make it finite or drop the row.")
    values = np.unique(y)
    texts = [str(value).removesuffix(".0" if y.dtype.kind == "f" else "") for value in values[:5]]
    if len(values) != 2:
        shown = ", ".join(texts) + (", ..." if len(values) > 5 else "")
        raise InputError(f"y has {len(values)} distinct label value(s), {shown}; exactly two are needed.")
    return Dataset(name, X, np.where(y == values[1], 1.0, -1.0), source, (texts[0], texts[1]))


def _features(X: Any) -> Features:
    """A float64 copy of a finite matrix with at least one row and one column, dense or CSR."""
    X = X if sparse.issparse(X) else _array(X, "X")
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
        return _dense(X, "select features")
    if _gibibytes(_BATCH, d) > _DENSE_LIMIT_GIB:
        raise InputError(
            f"X has {d} columns, so {_BATCH} rows need {_gibibytes(_BATCH, d):.3g} GiB when dense, as in a step, above "
            f"{_DENSE_LIMIT_GIB}; check the largest index or select features."
        )
    return X


def _dense(X: sparse.csr_array, advice: str) -> np.ndarray:
    if _gibibytes(*X.shape) > _DENSE_LIMIT_GIB:
        size = f"{_gibibytes(*X.shape):.3g} GiB when dense, above {_DENSE_LIMIT_GIB}"
        raise InputError(f"X needs {size}; {advice}.")
    return X.toarray()


def _gibibytes(n: int, d: int) -> float:
    return 8 * n * d / 2**30


def _array(values: Any, name: str) -> np.ndarray:
    try:
        return np.asarray(values)
    except ValueError:
        raise InputError(f"{name} is ragged; give every row the same number of entries.") from None
