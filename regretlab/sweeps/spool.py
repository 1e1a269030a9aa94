"""Regrets of replicates on the disk, where those of all cells are too many for memory: Dask reads what is asked for."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from regretlab.sweeps.cells import Grid
from regretlab.sweeps.summary import Summary

#: Bytes of the regrets of all cells from which on they are on the disk.
LARGE = 256 << 20
#: Bytes of a replicate: value and two ends of two kinds.
OF_A_REPLICATE = 48


class Spool:
    """A folder with the regrets of a sweep, as long as it lives."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="regretlab-")

    def kept(self, i: int, summary: Summary) -> Summary:
        """Write the regrets of the i-th run; return its summary with the files' paths in their place."""
        files = {}
        for kind, regret in summary.regret.items():
            files[kind] = Path(self._folder.name) / f"{i}-{kind}.npy"
            np.save(files[kind], np.asarray(regret))
        return summary._replace(regret=files)


def spool_for(grid: Grid) -> Spool | None:
    """Return a spool if the regrets of a grid are many, and Dask is there to read them."""
    size = OF_A_REPLICATE * sum(run.replicates for run in grid.runs)
    return Spool() if size > LARGE and find_spec("dask") is not None else None


class Files:
    """An array (grid, replicate) of one end of a regret's interval, whose cells are read when they are asked for."""

    dtype = np.dtype(float)

    def __init__(self, shape: tuple[int, ...], end: int) -> None:
        self.shape, self.ndim, self._end = shape, len(shape), end
        self.files = np.full(shape[:-1], None, object)

    def __getitem__(self, index: tuple[Any, ...]) -> np.ndarray:
        asked = self.files[index[:-1]]
        rows = [np.full(self.shape[-1], np.nan) for _ in range(asked.size)]
        for row, path in zip(rows, asked.ravel(), strict=True):
            if path is not None:
                values = np.load(path, mmap_mode="r")[self._end]
                row[: len(values)] = values
        return np.reshape(rows, (*asked.shape, self.shape[-1]))[..., index[-1]]

    def lazy(self) -> Any:
        """Return the array as one of Dask's, a chunk for every line along the last axis of the grid."""
        import dask.array

        chunks = (*(1,) * (self.ndim - 2), -1, -1)
        return dask.array.from_array(self, chunks, asarray=True, meta=np.empty(0))  # type: ignore[no-untyped-call]
