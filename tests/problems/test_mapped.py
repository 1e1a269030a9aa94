"""Data that stay in their file are the data that would have been read, to the last bit, and take no memory."""

import errno
import pickle
import sys
import tracemalloc
from contextlib import contextmanager

import numpy as np
import pytest
from sklearn.datasets import dump_svmlight_file

import regretlab as rl
from regretlab import features
from regretlab.problems import _mapped as mapped

X = np.random.default_rng(0).normal(size=(60, 5))
Y = np.sign(X[:, 0] + 0.1)


@pytest.fixture(autouse=True)
def _all_is_large(monkeypatch, tmp_path):
    monkeypatch.setattr(mapped, "LARGE", 0)
    monkeypatch.setattr(features, "ENTRIES", 64)
    monkeypatch.setattr(mapped, "_folder", lambda: tmp_path / "cache")


def saved(folder, X=X, y=Y, name="big"):
    np.save(folder / f"{name}.npy", X)
    np.save(folder / f"{name}.y.npy", y)
    return folder / f"{name}.npy"


def is_in_a_file(Z):
    return mapped.reference(Z) is not None


@pytest.mark.parametrize("options", [{}, {"scale": "none"}, {"test": 0.2}, {"domain": "ball"}])
@pytest.mark.parametrize("kind", [rl.problems.Logistic, rl.problems.LeastSquares, rl.problems.Softmax])
def test_a_problem_on_a_mapped_file_is_that_on_its_arrays(tmp_path, kind, options):
    there, here = kind(saved(tmp_path), **options), kind(X, Y, **options)
    assert is_in_a_file(there.Z)
    assert not is_in_a_file(here.Z), "the twin"
    assert there.Z.tobytes() == here.Z.tobytes()
    assert there.constants() == here.constants()
    made = [
        rl.simulate(problem, "adamx+adambs", horizon=30, measure=["cumulative"], engine=engine).record
        for problem in (there, here)
        for engine in ("array", "auto")
    ]
    for one, other in zip(made[:2], made[2:], strict=True):
        assert all(one[name].values.tobytes() == other[name].values.tobytes() for name in other.data_vars)


@pytest.mark.parametrize("form", [np.float32, np.int16, np.asfortranarray])
def test_a_matrix_in_another_form_is_brought_into_that_of_problems_once(tmp_path, form):
    given = (100 * X).astype(form) if isinstance(form, type) else form(X)
    path = saved(tmp_path, given)
    first = rl.problems.Logistic(path)
    assert first.Z.tobytes() == rl.problems.Logistic(np.asarray(given), Y).Z.tobytes()
    files = {file: file.stat().st_mtime_ns for file in (tmp_path / "cache").iterdir()}
    assert rl.problems.Logistic(path).digest() == first.digest()
    assert {file: file.stat().st_mtime_ns for file in (tmp_path / "cache").iterdir()} == files
    saved(tmp_path, given * 2)
    assert rl.problems.Logistic(path, scale="none").digest() != rl.problems.Logistic(X, Y, scale="none").digest()


def late(X):
    """Only the last row has the last column."""
    X = X.copy()
    X[:-1, -1] = 0
    return X


@pytest.mark.parametrize("change", [np.array, late, lambda X: np.roll(late(X), 1, axis=1)])
@pytest.mark.parametrize("zero_based", [True, False])
def test_a_dense_libsvm_file_is_mapped(tmp_path, monkeypatch, change, zero_based):
    """Whatever its lines reveal late: that there are more columns, or that they count from 0."""
    monkeypatch.setattr("regretlab.problems._files.PIECE", 300)
    dump_svmlight_file(change(X), Y, str(tmp_path / "big.svm"), zero_based=zero_based)
    there = rl.problems.Logistic(tmp_path / "big.svm")
    assert is_in_a_file(there.Z)
    again = rl.problems.Logistic(tmp_path / "big.svm")
    monkeypatch.setattr(mapped, "LARGE", 1 << 28)
    here = rl.problems.Logistic(tmp_path / "big.svm")
    assert not is_in_a_file(here.Z)
    assert there.digest() == here.digest() == again.digest()


def test_a_sparse_libsvm_file_is_read_as_ever(tmp_path):
    dump_svmlight_file(np.kron(X, [0, 0, 0, 0, 1]), Y, str(tmp_path / "thin.svm"))
    assert not isinstance(rl.problems.Logistic(tmp_path / "thin.svm").Z, np.ndarray)
    assert not list((tmp_path / "cache").iterdir()), "nothing half-written is left"


@pytest.mark.parametrize("line", ["1 1:2 2:x", "1 3:1 2:1", "a 1:2", "1 1:1_0"])
def test_a_damaged_line_is_named(tmp_path, line):
    path = tmp_path / "big.svm"
    path.write_text("1 1:1 2:1\n-1 1:2 2:1\n" + line + "\n1 1:1 2:2\n")
    with pytest.raises(rl.InputError, match=r"line 3, .*is not LIBSVM"):
        rl.problems.Logistic(path)


def test_problems_travel_by_reference(tmp_path):
    wide = np.tile(X, (5, 40))
    problem = rl.problems.Logistic(saved(tmp_path, wide, np.tile(Y, 5)), test=0.1)
    sent = pickle.dumps(problem)
    assert len(sent) < problem.Z.nbytes / 2
    assert len(pickle.dumps(rl.problems.Logistic(wide, np.tile(Y, 5)))) > problem.Z.nbytes, "the twin"
    came = pickle.loads(sent)
    assert is_in_a_file(came.Z)
    assert type(came.Z) is np.ndarray
    assert came.digest() == problem.digest()
    for file in (tmp_path / "cache").iterdir():
        file.unlink()
    with pytest.raises(rl.InputError, match=r"cannot map the data in .*make the problem again"):
        pickle.loads(sent)


def test_a_number_that_is_written_changes_no_file(tmp_path):
    path = saved(tmp_path)
    before = path.read_bytes()
    rl.problems.Logistic(path, scale="none").Z[0, 0] = 7
    assert path.read_bytes() == before


def test_what_cannot_be_is_one_sentence(tmp_path, monkeypatch):
    path = saved(tmp_path)
    with pytest.raises(rl.InputError, match="'standard' subtracts means"):
        rl.problems.Logistic(path, scale="standard")
    bad = X.copy()
    bad[41, 3] = np.nan
    with pytest.raises(rl.InputError, match="row 42, column 4"):
        rl.problems.Logistic(saved(tmp_path, bad, name="nan"))
    np.save(tmp_path / "alone.npy", X)
    with pytest.raises(rl.InputError, match=r"labels are to be in a second file beside it, 'alone.y.npy'"):
        rl.problems.Logistic(tmp_path / "alone.npy")
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(rl.InputError, match=r"pip install 'regretlab\[parquet\]'"):
        rl.problems.Logistic(tmp_path / "a.parquet")

    @contextmanager
    def full(target, **how):
        raise OSError(errno.ENOSPC, "No space left on device")
        yield

    monkeypatch.setattr(mapped, "atomically", full)
    with pytest.raises(rl.InputError, match=r"cannot keep data that are larger than memory in .*: No space left"):
        rl.problems.Logistic(path)


def peak(make):
    tracemalloc.start()
    make()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def test_memory_is_that_of_the_targets(tmp_path, monkeypatch):
    monkeypatch.setattr(features, "ENTRIES", 1 << 12)
    many = np.random.default_rng(1).normal(size=(4000, 200))
    path = saved(tmp_path, many, np.sign(many[:, 0]))

    def run(*given):
        rl.simulate(rl.problems.Logistic(*given), "adam(batch_size=4)", horizon=20, checkpoints=[])

    run(path)  # what is loaded and compiled for a first run is no part of it
    assert peak(lambda: run(path)) < many.nbytes / 2
    assert peak(lambda: run(many, np.sign(many[:, 0]))) > many.nbytes, "the twin"
