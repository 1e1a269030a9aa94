"""Features as dense arrays or as SciPy's compressed sparse rows (CSR): the few operations that treat them alike.

Sums, products and absolute values need none of this: ``Z @ x``, ``w @ Z``, ``abs(Z)`` and ``(Z * Z).sum(-1)`` are
spelt the same for both. A function of every entry and the largest entry of a row are not.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from array_api_compat import is_cupy_namespace, is_numpy_namespace
from scipy import sparse

#: ``np.ndarray`` or ``scipy.sparse.csr_array``, shape (n, d).
Features = Any
#: Entries of the rows that are worked on at a time.
ENTRIES = 2**22


def canonical(Z: Any) -> sparse.csr_array:
    """Any sparse matrix as float64 CSR with rising indices in every row, each once, and no stored zero.

    Shares the memory of ``Z`` where that is its form already, and never changes ``Z``.
    """
    Z = sparse.csr_array(Z, dtype=np.float64)
    if Z.has_canonical_format and Z.data.all():
        return Z
    Z = Z.copy()
    Z.sum_duplicates()
    Z.eliminate_zeros()
    return Z


def entrywise(function: Callable[[np.ndarray], np.ndarray], Z: Features) -> Features:
    """Apply a function that takes 0 to 0 to every entry; a sparse matrix stays one.

    Examples
    --------
    >>> entrywise(np.sqrt, sparse.csr_array([[0.0, 9.0]])).toarray()
    array([[0., 3.]])
    """
    if not sparse.issparse(Z):
        return function(Z)
    return sparse.csr_array((function(Z.data), Z.indices, Z.indptr), shape=Z.shape)


def by_rows(function: Callable[[Features], np.ndarray], Z: Features) -> np.ndarray:
    """Apply ``function`` to the rows, some at a time so that it needs little memory; shape (n, ...)."""
    return function(Z) if sparse.issparse(Z) else np.concatenate([function(Z[block]) for block in blocks(Z)])


def weighted_squares(weights: np.ndarray, Z: Features) -> np.ndarray:
    r""":math:`\sum_j w_j z_{jk}^2` of every column k, shape (d,), some rows at a time as in :func:`by_rows`.

    Examples
    --------
    >>> weighted_squares(np.array([1.0, 2.0]), np.array([[1.0, 0.0], [2.0, 3.0]]))
    array([ 9., 18.])
    """
    if sparse.issparse(Z):
        return np.asarray(weights @ (Z * Z))
    return sum((weights[block] @ Z[block] ** 2 for block in blocks(Z)), np.zeros(Z.shape[1]))


def blocks(Z: np.ndarray) -> list[slice]:
    """Cut the rows of dense features into blocks."""
    step = max(1, ENTRIES // Z.shape[1])
    return [slice(first, first + step) for first in range(0, len(Z), step)]


def row_maxima(Z: Features) -> np.ndarray:
    """Find the largest entry of every row, shape (n,)."""
    largest = Z.max(axis=-1)
    return np.asarray(largest.toarray().ravel() if sparse.issparse(largest) else largest)


def rows(xp: Any, a: Any, J: Any) -> Any:
    """``a[J]`` for an integer array J of any shape, dense; with the standard's ``take`` where ``a`` is not sparse."""
    flat = xp.reshape(J, (-1,))
    rows = a[flat, :].toarray() if hasattr(a, "toarray") else xp.take(a, flat, axis=0)
    return xp.reshape(rows, tuple(J.shape) + tuple(a.shape[1:]))


def features_on(xp: Any, Z: Features) -> Any:
    """Z in the namespace ``xp``, whose sparse form is that of SciPy or CuPy; other namespaces have none."""
    if not sparse.issparse(Z):
        return xp.asarray(Z)
    if is_numpy_namespace(xp):
        return Z
    if is_cupy_namespace(xp):
        from cupyx.scipy.sparse import csr_matrix  # not at the top: CuPy is optional

        return csr_matrix((xp.asarray(Z.data), xp.asarray(Z.indices), xp.asarray(Z.indptr)), shape=Z.shape)
    return xp.asarray(Z.toarray())
