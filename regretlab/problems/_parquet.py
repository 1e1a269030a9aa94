"""Parquet: a table whose columns are features and the label, read some rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from regretlab.errors import InputError
from regretlab.problems import _mapped as mapped

#: The names of the column of labels, which is else the last one.
LABELS = ("y", "label", "target", "class")


def parquet(path: Path) -> tuple[Any, Any]:
    """Read the columns of numbers and the labels beside them; what pandas wrote as its index is no column."""
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise InputError("it needs pyarrow, which is not installed: pip install 'regretlab[parquet]'.") from None
    # Mapped, since a group of rows, which may be all, would be read whole.
    with ParquetFile(path, memory_map=True, page_checksum_verification=True) as file:
        names, label = _columns(file.schema_arrow)
        labels = file.read([label]).column(label).to_numpy()

        def rows() -> Iterator[np.ndarray]:
            for part in file.iter_batches(columns=names):
                yield np.column_stack([_numbers(part.column(name), name) for name in names])

        return mapped.rows_of(path, rows(), (file.metadata.num_rows, len(names))), labels


def _columns(schema: Any) -> tuple[list[str], str]:
    """Return the names of the columns of features, and that of the label."""
    from pyarrow import types

    index = (schema.pandas_metadata or {}).get("index_columns", [])
    names = [name for name in schema.names if name not in index]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"it has two columns {twice!r}; rename one.")
    marked = [name for name in names if name.lower() in LABELS]
    if len(marked) > 1:
        raise InputError(f"the columns {', '.join(map(repr, marked))} all have label names; rename all but one.")
    if len(names) < 2:
        raise InputError(f"it has {len(names)} columns, and features and a label take two; give a table that has both.")
    label = marked[0] if marked else names[-1]
    names.remove(label)
    for name in names:
        kind = schema.field(name).type
        if not (types.is_floating(kind) or types.is_integer(kind) or types.is_boolean(kind)):
            raise InputError(f"the column {name!r} holds {kind}, not numbers; make it numbers, or leave it out.")
    return names, label


def _numbers(column: Any, name: str) -> np.ndarray:
    """Return a part of a column."""
    if column.null_count:
        raise InputError(f"the column {name!r} has nulls, which are missing; fill them in, or drop their rows.")
    return np.asarray(column.to_numpy(zero_copy_only=False))
