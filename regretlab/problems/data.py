"""Real data: bundled sets, files and arrays, all checked, with targets of three kinds; scaling, and a test split."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from regretlab.errors import InputError, unknown_name
from regretlab.features import Features, by_rows, entrywise, row_maxima
from regretlab.parameters import number
from regretlab.problems import _checks as checks
from regretlab.problems import _files as files
from regretlab.problems._mapped import away, back, is_mapped, scaled

BUNDLED = ("breast_cancer", "diabetes", "digits", "digits:even-odd", "digits:A-B", "wine")
SCALINGS = ("unit", "standard", "none")


@dataclass(frozen=True, eq=False)  # compared by identity: arrays have no single truth value
class Dataset:
    """A data set; :func:`load` and :func:`from_arrays` make checked ones."""

    name: str  #: short name, e.g. ``"digits:3-8"``, or a file's name without its suffix
    X: Features  #: (n, d) array or ``scipy.sparse.csr_array``, float64, all finite, unscaled (see :func:`scale`)
    y: np.ndarray  #: targets, shape (n,), float64: -1 and +1, or 0, 1, 2, ..., or real numbers
    source: str  #: where the data came from, for the provenance of a record
    labels: tuple[str, ...]  #: the raw labels that became -1 and +1, or 0, 1, 2, ...; none of real targets

    def __getstate__(self) -> dict[str, Any]:
        return away(vars(self), "X")

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(back(state, "X"))


def load(spec: str | os.PathLike[str], targets: str = "binary") -> Dataset:
    """Load a bundled data set by name, or a file by path.

    Parameters
    ----------
    spec : str or path
        A set bundled with scikit-learn: ``"digits"`` (ten classes; of two, even and odd), ``"digits:even-odd"``,
        ``"digits:A-B"`` for two distinct digits (A becomes -1), ``"breast_cancer"`` (two classes), ``"wine"`` (three),
        ``"diabetes"`` (real targets). Otherwise a file, whose labels are numbered in rising (of words: sorted) order:

        - ``.svm``, ``.libsvm``, ``.svmlight``, ``.txt``, and any name that says nothing (``a9a``, ``a9a.t``), also with
          ``.gz``, ``.bz2`` or ``.xz``: LIBSVM format (no query ids), sparse or dense as in :func:`from_arrays`. Indices
          count from 1, or from 0 if index 0 occurs; the largest that occurs gives d.
        - ``train-images-idx3-ubyte``, ``.idx``, also with ``.gz``: IDX, the format of MNIST, every image a row. The
          labels are read from the file beside it that has ``labels`` for ``images`` in its name (and ``idx1``).
        - ``.npz``: arrays ``X`` and ``y``, or ``x_train`` and ``y_train`` (MNIST's; its test set is left alone, hold
          examples out with ``test=``); images are flattened.
        - ``.npy``: a matrix, with the labels in the file beside it whose name ends in ``.y.npy``: ``big.npy`` and
          ``big.y.npy``.
        - ``.parquet``: columns of numbers, of which the label is the one named as in CSV, else the last (what pandas
          wrote as its index is none of them); ``pip install 'regretlab[parquet]'``.
        - ``.csv``, also with ``.gz``, ``.bz2`` or ``.xz``: UTF-8, commas, points in numbers. The first line names the
          columns if a cell of it is y, label, target or class, or if every cell is a name (it begins with a letter); a
          first line that may be column numbers is refused. The label is the column named so, else the last; it may be
          words.

        Dense features of a ``.npy``, a ``.parquet`` or an unpacked LIBSVM file of 256 MiB and more are mapped, and so
        are the scaled ones: they stay in a file, the source or one in the user's cache, and memory is O(n + d).

        Labels that are all numbers are compared as numbers, integers exactly at any size; else they are words.
    targets : {"binary", "classes", "real"}
        Exactly two labels, which become -1 and +1; two or more, which become 0, 1, 2, ...; or numbers as they are
        (of bundled classes, scikit-learn's numbers).

    Raises
    ------
    InputError
        If the name or file is unknown or unreadable, or has not finite features with targets as above.

    Examples
    --------
    >>> digits = load("digits:3-8")
    >>> digits.X.shape, digits.labels
    ((357, 64), ('3', '8'))
    >>> len(load("digits", "classes").labels)
    10
    """
    if not isinstance(spec, str | os.PathLike):
        raise InputError(f"data set {spec!r} is neither a name nor a path; use one of {', '.join(BUNDLED)}.")
    if isinstance(spec, str) and is_bundled(spec):
        return _bundled(spec, targets)
    path = Path(spec)
    if os.path.exists(spec):
        return _file(path, targets)
    if not path.suffix and len(path.parts) < 2:
        raise unknown_name("data set or file", str(spec), BUNDLED)
    raise InputError(f"file '{path}' does not exist; give an existing file or one of {', '.join(BUNDLED)}.")


def is_bundled(spec: str) -> bool:
    """Tell whether a text names a set that is bundled with scikit-learn, or is meant to."""
    return spec in BUNDLED or spec.startswith("digits:")


def from_arrays(X: Any, y: Any, name: str = "user data", targets: str = "binary") -> Dataset:
    """Check a user's arrays and number their labels.

    Parameters
    ----------
    X : array_like or scipy sparse matrix, shape (n, d)
        Features: finite numbers, n >= 1, d >= 1. Copied. A sparse matrix becomes CSR if that takes less than
        half the memory, 12 nnz < 8 n d / 2 bytes (under a third of the entries non-zero); else it becomes dense.
    y : array_like, shape (n,)
        Labels: numbers or words with at least two distinct values; real targets: numbers.
    name : str
        Name of the data set.
    targets : {"binary", "classes", "real"}
        As in :func:`load`.

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
    return _checked(X, y, name, "arrays given by the caller", targets)


def scale(X: Any, how: str, fitted: Any = slice(None)) -> tuple[Features, str]:
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
    fitted : index of rows
        The rows that norms, means and deviations are those of: the training examples. Default all.

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
    if how not in SCALINGS:
        raise unknown_name("scaling", str(how), SCALINGS)
    X = checks.features(X)
    if how == "none":
        return X, "none: features as given"
    done = f"{how}: features "
    if how == "standard":
        if is_mapped(X):
            raise InputError("'standard' subtracts means, for which large data in a file are not copied; use 'unit'.")
        if sparse.issparse(X):
            X = checks.dense(X, "instead of 'standard', which subtracts means, use 'unit'")
        # A power of two is an exact factor that keeps squares in range. The first row goes before the mean,
        # so that a constant column is exactly 0 and one far from zero keeps its digits.
        X = np.ldexp(X, -np.frexp(np.abs(X[fitted]).max(axis=0))[1])
        X = X - X[fitted][0]
        X -= X[fitted].mean(axis=0)
        deviation = X[fitted].std(axis=0)
        if not deviation.any():
            raise InputError("every column of X is constant, so 'standard' makes all features 0; use 'none'.")
        X = np.divide(X, deviation, out=np.zeros_like(X), where=deviation > 0)
        done += f"standardised ({np.sum(deviation == 0)} constant), "
    with np.errstate(over="ignore"):  # of rows that are not fitted
        largest = by_rows(lambda z: row_maxima(abs(z)), X)[fitted].max()
        squares = by_rows(lambda z: (z * z).sum(-1), X)[fitted]
    if not 1e-150 <= largest <= 1e150:  # else a square leaves the range of float64
        raise InputError(f"X has largest |entry| {largest:g}; 'unit' takes 1e-150 to 1e150, so use 'none'.")
    norm, done = np.sqrt(squares.max()), f"{done}divided by the largest row norm {np.sqrt(squares.max()):.6g}"
    if is_mapped(X):
        return scaled(X, slice(None), norm), done
    if not sparse.issparse(X):
        X /= norm  # a copy of what was given
        return X, done
    return entrywise(lambda values: values / norm, X), done


class Examples(NamedTuple):
    """The scaled training examples of a problem, and the test examples (none without a split)."""

    Z: Features
    y: np.ndarray
    test_Z: Features
    test_y: np.ndarray
    scaling: str


def prepare(data: Dataset, how: str, test: float, split_seed: int) -> Examples:
    """Hold out a share of the examples, drawn with a seed, and scale all by what is seen in the rest.

    Parameters
    ----------
    data : Dataset
        Real targets are scaled as the features are (see :func:`scale`); numbers of classes are left alone.
    how : {"unit", "standard", "none"}
    test : float in [0, 1)
        The share of test examples, rounded to a whole number of them; at least one if it is not 0.
    split_seed : int
        The test examples are those with the smallest of n uniforms of this seed; all keep their order.

    Examples
    --------
    >>> examples = prepare(load("digits"), "unit", test=0.2, split_seed=0)
    >>> examples.Z.shape, examples.test_Z.shape
    ((1438, 64), (359, 64))
    """
    n = len(data.y)
    test, seed = number("test", test, "[0, 1)"), int(number("split_seed", split_seed, "[0, inf)", integer=True))
    count = max(1, round(test * n)) if test else 0
    if count == n:
        raise InputError(f"test={test:g} of {n} examples leaves none to learn from; use a smaller share.")
    drawn = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, n]))).random(n)
    order = drawn.argsort(kind="stable")
    held = np.sort(order[:count])
    rest = np.sort(order[count:]) if count else slice(None)
    if count:
        _check_split(data, order[count:], held, f"test={test:g}, split_seed={seed}")
    Z, scaling = scale(data.X, how, rest)
    y = data.y
    if not data.labels:
        y, _ = scale(y[:, None], how, rest)
        y, scaling = y.ravel(), f"{scaling}; targets likewise"
    return Examples(_rows(Z, rest), y[rest], _rows(Z, held), y[held], scaling)


def _rows(Z: Features, rows: Any) -> Features:
    """Return rows of features, mapped where the features are."""
    return scaled(Z, rows, 1.0) if is_mapped(Z) and (isinstance(rows, slice) or len(rows)) else Z[rows]


def _check_split(data: Dataset, rest: np.ndarray, held: np.ndarray, split: str) -> None:
    """Refuse a split of which a side has no more than one label, or whose training examples lack one."""
    for side, rows in (("training", rest), ("test", held)):
        found = len(np.unique(data.y[rows]))
        if found == 1 or (side == "training" and found < len(data.labels)):
            of = f"{found} of {len(data.labels)} labels" if data.labels else "one target"
            raise InputError(
                f"{split} leaves {len(rows)} {side} example(s) with {of}; use another share or split_seed."
            )


def _bundled(spec: str, targets: str) -> Dataset:
    from sklearn import datasets  # not at the top: it would double the time that `import regretlab` takes

    name, real = spec, targets == "real"
    labels: tuple[str, ...]
    if spec == "breast_cancer":
        X, y = datasets.load_breast_cancer(return_X_y=True)
        labels, about = ("malignant", "benign"), "breast cancer (UCI, Wisconsin diagnostic), malignant vs benign"
    elif spec == "wine":
        X, y = datasets.load_wine(return_X_y=True)
        labels, about = ("class_0", "class_1", "class_2"), "wine (UCI), three cultivars"
    elif spec == "diabetes":
        X, y = datasets.load_diabetes(return_X_y=True)
        labels, about = (), "diabetes (Efron et al. 2004), columns centred and normalised"
    else:
        X, y = datasets.load_digits(return_X_y=True)
        pair = re.fullmatch("digits:([0-9])-([0-9])", spec)
        if spec == "digits" and targets != "binary":
            labels, about = tuple("0123456789"), "digits (UCI), ten classes"
        elif spec in ("digits", "digits:even-odd"):
            y, labels, about = y % 2, ("even", "odd"), "digits (UCI), even vs odd"
            name = "digits" if targets == "binary" else spec
        elif pair is None or pair[1] == pair[2]:
            raise InputError(f"data set '{spec}' is not digits:A-B with A != B in 0..9; use e.g. 'digits:3-8'.")
        else:
            labels, about = (pair[1], pair[2]), f"digits (UCI), {pair[1]} vs {pair[2]}"
            rows = np.isin(y, [int(digit) for digit in labels])
            X, y = X[rows], y[rows] if real else (y[rows] == int(pair[2])) * 1
    try:
        numbers, found = checks.target(y, len(X), targets)
    except InputError as error:
        raise InputError(f"data set '{spec}': {error}") from None
    return Dataset(name, X, numbers, f"scikit-learn bundled {about}", () if real else labels or found)


def _file(path: Path, targets: str) -> Dataset:
    read, stem, kind = files.reader(path)
    if path.stat().st_size == 0:
        raise InputError(f"file '{path}' is empty, so there are no rows; give one with a row for every example.")
    try:
        return _checked(*read(path), stem, path.name, targets)
    except InputError as error:
        raise InputError(f"file '{path}': {error}") from None
    except MemoryError:
        raise InputError(f"file '{path}' needs more memory than there is; give fewer rows or columns.") from None
    except Exception as error:  # whatever the libraries raise for a file that is not what its name says
        reason = str(error).partition(". ")[0] or type(error).__name__
        raise InputError(f"file '{path}' is not a readable {kind} ({reason}); replace it.") from error


def _checked(X: Any, y: Any, name: str, source: str, targets: str) -> Dataset:
    X = checks.features(X)
    numbers, labels = checks.target(y, X.shape[0], targets)
    return Dataset(name, X, numbers, source, labels)
