"""Dense features larger than memory: they stay in a file of plain numbers, of which a memory map reads what is needed.

Data in another form, and scaled features, are written once to such a file in the user's cache. It is named by the
digest of what it was made of, and is there whole or not at all.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from platformdirs import user_cache_path
from scipy import sparse

from regretlab.errors import InputError
from regretlab.features import blocks
from regretlab.system.files import atomically

#: Bytes from which on a file is mapped, and not read as a whole.
LARGE = 1 << 28


class Reference(NamedTuple):
    """Where mapped numbers are: what is sent to another process in their place."""

    path: str
    shape: tuple[int, ...]
    offset: int = 0

    def opened(self) -> np.ndarray:
        """Map the numbers. Whoever writes to the array changes a copy of that page, and never the file."""
        try:
            return np.memmap(self.path, np.float64, "c", self.offset, self.shape)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"cannot map the data in {self.path!r}: {reason}; make the problem again.") from None


def is_mapped(X: Any) -> bool:
    """Whether features are mapped in the form in which problems use them, so that they need not be copied."""
    return isinstance(X, np.memmap) and X.ndim == 2 and X.dtype == np.float64 and X.flags.c_contiguous


def reference(a: Any) -> Reference | None:
    """Return where the numbers of an array are, if they are all of a mapped file; what :func:`opened` takes back."""
    base = a
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    if not (isinstance(base, np.memmap) and is_mapped(base) and base.filename and a.shape == base.shape):
        return None
    return Reference(str(base.filename), base.shape, base.offset)


def away(state: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return an object's state with references for its mapped arrays: what is pickled."""
    return state | {name: reference(state[name]) or state[name] for name in names if name in state}


def back(state: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return an object's state with the mapped arrays for which there are references."""
    return state | {name: state[name].opened() for name in names if isinstance(state.get(name), Reference)}


def array(path: Path) -> np.ndarray:
    """Return what a file of NumPy's holds: mapped as :func:`is_mapped` has it if it is large, else read."""
    X: np.ndarray = np.load(path, mmap_mode="c", allow_pickle=False)
    if X.nbytes < LARGE:
        return np.array(X)
    if is_mapped(X) or X.ndim != 2 or X.dtype.kind not in "biuf":  # the last are refused by who checks features
        return X
    return _kept(f"npy-{_digest(X)}", X.shape[1], (X[block] for block in blocks(X)))


def rows_of(path: Path, parts: Iterator[np.ndarray], shape: tuple[int, int]) -> np.ndarray:
    """Return the rows of a file, some after the other, as a matrix: mapped where it is large."""
    if 8 * shape[0] * shape[1] < LARGE:
        return np.concatenate([np.zeros((0, shape[1])), *parts])
    return _kept(f"rows-{_digest_of_file(path)}", shape[1], parts)


def scaled(X: np.ndarray, rows: Any, norm: float) -> np.ndarray:
    """Return rows of mapped features, divided by a number."""
    if isinstance(rows, slice):
        if norm == 1:
            return X
        chosen = np.arange(len(X))
    else:
        chosen = np.asarray(rows)
    key = hashlib.sha256(f"{_digest(X)} {float(norm).hex()}".encode() + chosen.tobytes()).hexdigest()

    def parts() -> Iterator[np.ndarray]:
        for block in blocks(np.broadcast_to(0.0, (len(chosen), X.shape[1]))):
            yield X[chosen[block]] / norm

    return _kept(f"scaled-{key}", X.shape[1], parts())


def dense_rows(
    path: Path, parts: Callable[[], Iterator[sparse.csr_array]], is_dense: Callable[[int, int, int], bool]
) -> np.ndarray | None:
    """Return the features of a text file, mapped; None if they are to be kept sparse.

    Parameters
    ----------
    path : Path
    parts : callable
        Reads the file: some rows at a time as CSR, with indices as they are written.
    is_dense : callable
        Whether n rows of d features with so many entries are dense.
    """
    name = f"rows-{_digest_of_file(path)}"
    if (known := _there(name)) is not None:
        return known
    from_one, d = True, 0
    while True:  # afresh where a later part has larger indices than those before, or index 0
        try:
            return _kept(name, d, _made_dense(parts(), is_dense, from_one, d))
        except _OtherIndices as found:
            from_one, d = found.from_one, found.d
        except _Sparse:
            return None


class _OtherIndices(Exception):
    """Indices that do not fit the columns: whether they count from one, and how many columns there are."""

    def __init__(self, from_one: bool, d: int) -> None:
        self.from_one, self.d = from_one, d


class _Sparse(Exception):
    """Rows that take less memory as a sparse matrix."""


def _made_dense(
    parts: Iterator[sparse.csr_array], is_dense: Callable[[int, int, int], bool], from_one: bool, d: int
) -> Iterator[np.ndarray]:
    n = entries = 0
    for part in parts:
        least, most = (int(part.indices.min()), int(part.indices.max())) if part.nnz else (1, 0)
        from_one_here = from_one and least > 0
        d_here = max(d + (from_one and not from_one_here), most + 1 - from_one_here)
        if (from_one_here, d_here) != (from_one, d):
            raise _OtherIndices(from_one_here, d_here)
        n, entries = n + part.shape[0], entries + part.nnz
        if not is_dense(n, d, entries):
            raise _Sparse
        rows = np.zeros((part.shape[0], d))
        rows[np.repeat(np.arange(len(rows)), np.diff(part.indptr)), part.indices - from_one] = part.data
        yield rows


def _kept(name: str, d: int, parts: Iterator[np.ndarray]) -> np.ndarray:
    """Return the file of this name in the cache, mapped; if it is not there, it is made of these rows of d numbers."""
    known = _there(name)
    if known is not None:
        return known
    folder = _folder()
    try:
        with atomically(folder / name, durable=True) as partial, partial.open("wb") as file:
            for rows in parts:
                file.write(np.ascontiguousarray(rows, dtype=np.float64).data.cast("B"))
            file.write(np.int64(d).tobytes())
    except OSError as error:
        raise InputError(
            f"cannot keep data that are larger than memory in {str(folder)!r}: {error.strerror}; make room there, or "
            "set XDG_CACHE_HOME to another folder."
        ) from None
    found = _there(name)
    assert found is not None
    return found


def _there(name: str) -> np.ndarray | None:
    path = _folder() / name
    if not path.is_file():
        return None
    with path.open("rb") as file:
        numbers = file.seek(-8, os.SEEK_END) // 8
        d = int.from_bytes(file.read(), sys.byteorder)
    return Reference(str(path), (numbers // d, d)).opened()


def _folder() -> Path:
    return Path(user_cache_path("regretlab")) / "data"


def _digest(X: np.ndarray) -> str:
    """Return the digest of a mapped matrix, which is known of a file that has not changed."""
    found = reference(X)
    if found is None:
        return _digest_of_rows(X)
    status = os.stat(found.path)
    return _digest_of_reference(found, status.st_size, status.st_mtime_ns)


@cache
def _digest_of_reference(found: Reference, size: int, written: int) -> str:
    return _digest_of_rows(found.opened())


def _digest_of_rows(X: np.ndarray) -> str:
    h = hashlib.sha256(f"{X.dtype.str} {X.shape}".encode())
    for block in blocks(X):
        h.update(np.ascontiguousarray(X[block]).data)
    return h.hexdigest()


def _digest_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
