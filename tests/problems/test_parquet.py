"""Parquet files: which column is the label, what is refused, and that no large one is read whole.

pyarrow is an extra: without it, a stand-in with the few names that the reader uses takes its place.
"""

import importlib.util
import sys
from types import ModuleType, SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest

import regretlab as rl
from regretlab.problems import _mapped as mapped

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.where(X[:, 0] > 0, 1, -1)
BASE = {"a": X[:, 0], "b": X[:, 1], "c": X[:, 2]}
ROWS = 25  # that a batch of the stand-in has


class Column:
    """A column, which has nulls where an array of objects holds None."""

    def __init__(self, values):
        self.values = np.asarray(values)
        self.null_count = sum(value is None for value in self.values.tolist())

    def to_numpy(self, zero_copy_only=True):
        return self.values


class Table(dict):
    def column(self, name):
        return Column(self[name])


class StandIn:
    """A file whose content is the name of a table, and whose types are NumPy's."""

    tables: ClassVar[dict] = {}

    def __init__(self, path, memory_map, page_checksum_verification):
        pairs, index = self.tables[str(path)]
        self._table = Table(pairs)
        self.schema_arrow = SimpleNamespace(
            names=[name for name, _ in pairs],
            pandas_metadata={"index_columns": index} if index else None,
            field=lambda name: SimpleNamespace(type=np.asarray(self._table[name]).dtype),
        )
        self.metadata = SimpleNamespace(num_rows=max((len(values) for _, values in pairs), default=0))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def read(self, columns):
        return Table({name: self._table[name] for name in columns})

    def iter_batches(self, columns):
        for i in range(0, self.metadata.num_rows, ROWS):
            yield Table({name: self._table[name][i : i + ROWS] for name in columns})


def pretended(monkeypatch):
    types = SimpleNamespace(
        is_floating=lambda kind: kind.kind == "f",
        is_integer=lambda kind: kind.kind in "iu",
        is_boolean=lambda kind: kind.kind in "bO",  # of objects, only truth values with nulls among them
    )
    pyarrow, parquet = ModuleType("pyarrow"), ModuleType("pyarrow.parquet")
    pyarrow.types, parquet.ParquetFile = types, StandIn
    monkeypatch.setitem(sys.modules, "pyarrow", pyarrow)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", parquet)
    monkeypatch.setattr(StandIn, "tables", {})


@pytest.fixture(name="written", params=["stand-in", "pyarrow"])
def _written(request, monkeypatch, tmp_path):
    path = tmp_path / "data.parquet"
    if request.param == "stand-in":
        pretended(monkeypatch)

        def write(pairs, index=()):
            path.write_text("a table")
            StandIn.tables[str(path)] = list(pairs), list(index)
            return path
    else:
        if importlib.util.find_spec("pyarrow") is None:
            pytest.skip("pyarrow is not installed: pip install 'regretlab[parquet]'")
        import json

        import pyarrow
        from pyarrow import parquet

        def write(pairs, index=()):
            names, columns = [name for name, _ in pairs], [pyarrow.array(values) for _, values in pairs]
            table = pyarrow.Table.from_arrays(columns, names=names)
            if index:
                table = table.replace_schema_metadata({"pandas": json.dumps({"index_columns": index})})
            parquet.write_table(table, path, row_group_size=ROWS)
            return path

    return write


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(
    ("columns", "index"),
    [
        ({**BASE, "last": Y}, []),
        ({"0": X[:, 0], "1": X[:, 1], "2": X[:, 2], "3": Y}, []),
        ({"Label": Y, **BASE}, []),
        ({**BASE, "y": Y, "__index_level_0__": np.arange(60)}, ["__index_level_0__"]),
        ({"row": np.arange(60), **BASE, "last": np.where(Y > 0, "spam", "ham")}, ["row"]),
    ],
)
def test_a_problem_on_a_table_is_that_on_its_arrays(written, monkeypatch, tmp_path, columns, index, large):
    monkeypatch.setattr(mapped, "LARGE", 0 if large else 1 << 28)
    monkeypatch.setattr(mapped, "_folder", lambda: tmp_path / "cache")
    path = written(list(columns.items()), index)
    there, here = rl.problems.Logistic(path), rl.problems.Logistic(X, Y)
    assert (mapped.reference(there.Z) is not None) == large
    assert there.Z.tobytes() == here.Z.tobytes() == rl.problems.Logistic(path).Z.tobytes()
    assert there.y.tolist() == here.y.tolist()


def test_every_kind_of_number_is_one(written):
    kinds = [X[:, 0].astype(np.float32), np.arange(60, dtype=np.uint8), X[:, 1] > 0]
    problem = rl.problems.Logistic(written([*zip("abc", kinds, strict=True), ("y", Y)]), scale="none")
    assert problem.Z.tolist() == np.column_stack(kinds).astype(float).tolist()


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([("y", Y)], "it has 1 columns, and features and a label take two"),
        ([], "it has 0 columns"),
        ([("a", X[:, 0]), ("a", X[:, 1]), ("y", Y)], "it has two columns 'a'; rename one"),
        ([("a", X[:, 0]), ("y", Y), ("label", Y)], "the columns 'y', 'label' all have label names"),
        ([("a", X[:, 0].astype(str)), ("y", Y)], r"the column 'a' holds .*, not numbers"),
        ([("a", X[:, 0]), ("b", [None] + 59 * [True]), ("y", Y)], "the column 'b' has nulls"),
    ],
)
@pytest.mark.parametrize("large", [False, True])
def test_what_is_no_table_of_numbers_is_one_sentence(written, monkeypatch, tmp_path, pairs, said, large):
    monkeypatch.setattr(mapped, "LARGE", 0 if large else 1 << 28)
    monkeypatch.setattr(mapped, "_folder", lambda: tmp_path / "cache")
    with pytest.raises(rl.InputError, match=rf"^file '.*data\.parquet': {said}"):
        rl.problems.Logistic(written(pairs))
    assert not any(path.is_file() for path in tmp_path.glob("cache/**/*")), "nothing half-written is left"
