"""Data sets: the bundled ones, the four file formats, the sentence for every bad input, and scaling."""

from __future__ import annotations

import bz2
import csv
import dataclasses
import gzip
import io
import lzma
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.preprocessing import StandardScaler

import regretlab as rl
from regretlab.errors import InputError
from regretlab.problems import _checks as checks
from regretlab.problems.data import Dataset, from_arrays, load, scale

# Round-off: the numbers compared are of size at most 3, from sums of at most 8 terms and two divisions;
# scikit-learn's own centring adds eps / 2 times mean / deviation, at most 100 / 0.33 for the integers here.
ROUNDOFF = 1e3 * np.finfo(np.float64).eps

X = np.array([[1.5, -2.0, 1e-3], [0.0, 1 / 3, 7.0], [4.0, 0.0, -1e10], [0.1, 5e-324, 1e300]])
Y = np.array([1.0, -1.0, -1.0, 1.0])

untimed = settings(deadline=None)
shapes = array_shapes(min_dims=2, max_dims=2, max_side=8)
matrices = arrays(np.float64, shapes, elements=st.floats(-1e6, 1e6, allow_subnormal=False))


def write_libsvm(path: Path, X: np.ndarray, y: np.ndarray) -> Path:
    rows = (" ".join(f"{k + 1}:{v!r}" for k, v in enumerate(row) if v) for row in X.tolist())
    path.write_text("".join(f"{label:g} {row}\n" for label, row in zip(y, rows, strict=True)))
    return path


def write_csv(path: Path, X: np.ndarray, y: np.ndarray) -> Path:
    rows = (",".join(map(repr, row)) for row in X.tolist())
    path.write_text("".join(f"{row},{label:g}\n" for label, row in zip(y, rows, strict=True)))
    return path


def write_npz(path: Path, X: np.ndarray, y: np.ndarray) -> Path:
    np.savez(path, X=X, y=y)
    return path


WRITERS = {".svm": write_libsvm, ".csv": write_csv, ".npz": write_npz}


def dense(X):
    return X.toarray() if sparse.issparse(X) else X


def written(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def check_sentence(error: pytest.ExceptionInfo[InputError], *words: str) -> None:
    """One line that ends in a full stop and has all the words."""
    message = str(error.value)
    assert message.endswith(".")
    assert "\n" not in message
    for word in words:
        assert word in message


# Bundled sets


@pytest.mark.parametrize("spec", ["digits", "digits:even-odd"])
def test_digits_even_odd(spec):
    digits, target = load_digits(return_X_y=True)
    data = load(spec)
    assert data.X.shape == (1797, 64)
    assert data.X.dtype == data.y.dtype == np.float64
    assert np.array_equal(data.X, digits)
    assert np.array_equal(data.y == 1, target % 2 == 1)
    assert set(data.y) == {-1.0, 1.0}
    assert (data.name, data.labels) == ("digits", ("even", "odd"))
    assert data.source == "scikit-learn bundled digits (UCI), even vs odd"


@pytest.mark.parametrize(("minus", "plus"), [(3, 8), (8, 3), (0, 1), (9, 0)])
def test_digit_pairs(minus, plus):
    digits, target = load_digits(return_X_y=True)
    data = load(f"digits:{minus}-{plus}")
    assert np.array_equal(data.X[data.y == -1], digits[target == minus])
    assert np.array_equal(data.X[data.y == 1], digits[target == plus])
    assert len(data.y) == np.sum(target == minus) + np.sum(target == plus)
    assert data.labels == (str(minus), str(plus))
    assert data.name == f"digits:{minus}-{plus}"
    assert f"{minus} vs {plus}" in data.source


def test_breast_cancer():
    raw = load_breast_cancer()
    data = load("breast_cancer")
    assert data.X.shape == (569, 30)
    assert np.array_equal(data.X, raw.data)
    assert np.array_equal(np.where(data.y == 1, data.labels[1], data.labels[0]), raw.target_names[raw.target])


def test_loads_are_independent():
    first = load("digits")
    first.X[0] = -1
    assert not np.array_equal(first.X, load("digits").X)


@pytest.mark.parametrize("spec", ["digits:", "digits:3-3", "digits:3-10", "digits:A-B", "digits:38"])
def test_bad_digit_pairs(spec):
    with pytest.raises(InputError) as error:
        load(spec)
    check_sentence(error, f"'{spec}'", "digits:A-B", "0..9", "'digits:3-8'")


@pytest.mark.parametrize(
    ("spec", "near"), [("Digits", "digits"), ("digit", "digits"), ("breast-cancer", "breast_cancer")]
)
def test_unknown_name_suggests_the_nearest(spec, near):
    with pytest.raises(InputError) as error:
        load(spec)
    check_sentence(error, "unknown data set or file", f"'{spec}'", f"did you mean '{near}'", "digits:A-B")


@pytest.mark.parametrize("spec", ["qqqq", ""])
def test_unknown_name_lists_the_known(spec):
    with pytest.raises(InputError) as error:
        load(spec)
    check_sentence(error, f"'{spec}'", "breast_cancer", "digits")


@pytest.mark.parametrize("spec", [3, None, b"digits", ["digits"]])
def test_spec_of_a_wrong_type(spec):
    with pytest.raises(InputError) as error:
        load(spec)
    check_sentence(error, repr(spec), "neither a name nor a path")


# Files


@pytest.mark.parametrize("suffix", WRITERS)
def test_round_trip_is_exact(tmp_path, suffix):
    path = WRITERS[suffix](tmp_path / f"mine{suffix}", X, Y)
    for spec in (path, str(path)):
        data = load(spec)
        assert np.array_equal(data.X, X)
        assert np.array_equal(data.y, Y)
        assert data.X.dtype == data.y.dtype == np.float64
        assert data.X.flags.c_contiguous
        assert (data.name, data.source, data.labels) == ("mine", f"mine{suffix}", ("-1", "1"))


@untimed
@given(X=matrices, bits=st.integers(1, 2**8))
def test_formats_agree_bit_for_bit(tmp_path_factory, X, bits):
    y = np.array([1.0 if bits >> i & 1 else -1.0 for i in range(len(X))])
    assume(len(set(y)) == 2 and X[:, -1].any())  # LIBSVM cannot write trailing columns of zeros
    folder = tmp_path_factory.mktemp("formats")
    for suffix, write in WRITERS.items():
        data = load(write(folder / f"f{suffix}", X, y))
        assert np.array_equal(dense(data.X), X)
        assert np.array_equal(data.y, y)


@pytest.mark.parametrize("suffix", [".svm", ".libsvm", ".svmlight", ".txt", ".SVM"])
@pytest.mark.parametrize(("packed", "pack"), [("", bytes), (".gz", gzip.compress), (".BZ2", bz2.compress)])
def test_libsvm_suffixes_and_compression(tmp_path, suffix, packed, pack):
    content = write_libsvm(tmp_path / "plain", X, Y).read_bytes()
    data = load(written(tmp_path, f"a{suffix}{packed}", pack(content)))
    assert np.array_equal(data.X, X)
    assert np.array_equal(data.y, Y)
    assert data.name == "a"


def test_libsvm_details(tmp_path):
    """Comments (whatever they say) and blank lines are skipped; index 0 anywhere makes indices count from 0."""
    data = load(written(tmp_path, "a.svm", "# head_1\n+1 1:2 3:4 # qid:3\n\n-1 2:1\n"))
    assert np.array_equal(data.X, [[2, 0, 4], [0, 1, 0]])
    data = load(written(tmp_path, "b.svm", "1 0:5 2:1\n-1 1:3\n"))
    assert np.array_equal(data.X, [[5, 0, 1], [0, 3, 0]])


def test_a_libsvm_file_of_many_rows_stays_sparse_and_runs(tmp_path):
    """Peak memory is a few times that of the non-zeros and their labels; dense features would take 1.6 GB."""
    n, d, each = 100_000, 2000, 4
    rng = np.random.default_rng(0)
    columns = np.sort(rng.integers(0, d // each, (n, each)) + np.arange(each) * (d // each), axis=1)
    columns[0, -1] = d - 1
    values, labels = rng.integers(1, 10, (n, each)), rng.choice([-1, 1], n)
    line = "%d" + " %d:%d" * each
    pairs = np.stack([columns + 1, values], axis=-1).reshape(n, -1)
    path = tmp_path / "many.svm"
    np.savetxt(path, np.column_stack([labels, pairs]), fmt=line)
    few = rl.problems.Logistic(write_libsvm(tmp_path / "few.svm", np.eye(3), np.array([1, -1, 1])))
    rl.simulate(few, "adamx", horizon=1, engine="array")  # what is imported at first use is not the file's memory
    tracemalloc.start()
    problem = rl.problems.Logistic(path)
    result = rl.simulate(problem, "adamx(alpha=0.1)", horizon=20, checkpoints=[20], engine="array")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    expected = sparse.csr_array((values.ravel() * 1.0, columns.ravel(), np.arange(0, n * each + 1, each)), shape=(n, d))
    assert (expected != problem.data.X).nnz == 0
    assert np.array_equal(problem.y, labels)
    assert sparse.issparse(problem.Z)
    assert abs(problem.squared_norms.max() - 1) <= ROUNDOFF
    assert np.isfinite(result.record.loss).all()
    assert peak < 10 * (12 * n * each + 16 * n) < 8 * n * d / 20


@pytest.mark.parametrize("problem", [rl.problems.Softmax, rl.problems.Hinge, rl.problems.LeastSquares])
def test_other_problems_keep_a_libsvm_file_sparse(tmp_path, problem):
    n, d = 2000, 1000
    rng = np.random.default_rng(0)
    labels, columns = rng.integers(0, 2, n), rng.integers(1, d // 2, (n, 2)) + np.array([0, d // 2])
    path = tmp_path / "wide.svm"
    np.savetxt(path, np.column_stack([labels, columns]), fmt="%d %d:1 %d:2")
    made = problem(path, test=0.1)
    assert sparse.issparse(made.Z)
    assert sparse.issparse(made.held_out.Z)
    record = rl.simulate(made, "adamx(alpha=0.1)", horizon=5, checkpoints=[5]).record
    assert np.isfinite(record.test_loss).all()
    assert (record.online_high - record.online_low <= 1e-4 * 5).all()


def write_idx(folder: Path, images: np.ndarray, labels: np.ndarray, kind: int = 8, pack=bytes, end: str = "") -> Path:
    """The two files of MNIST's training set, as their description has them."""
    number = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}[kind]
    for name, values, of in (
        (f"labels-idx1-ubyte{end}", labels, (8, ">u1")),
        (f"images-idx3-ubyte{end}", images, (kind, number)),
    ):
        head = bytes([0, 0, of[0], values.ndim]) + np.array(values.shape, ">u4").tobytes()
        (folder / f"train-{name}").write_bytes(pack(head + values.astype(of[1]).tobytes()))
    return folder / f"train-images-idx3-ubyte{end}"


IMAGES, DIGITS = np.arange(24).reshape(4, 2, 3), np.array([7, 0, 7, 9])


@pytest.mark.parametrize("kind", [8, 9, 11, 12, 13, 14])
@pytest.mark.parametrize(("end", "pack"), [("", bytes), (".gz", gzip.compress)])
def test_idx_images_find_their_labels(tmp_path, kind, end, pack):
    path = write_idx(tmp_path, IMAGES, DIGITS, kind, pack, end)
    data = load(path, "classes")
    assert np.array_equal(data.X, IMAGES.reshape(4, 6))
    assert data.X.dtype == data.y.dtype == np.float64
    assert np.array_equal(data.y, [1, 0, 1, 2])
    assert (data.name, data.labels) == ("train-images", ("0", "7", "9"))
    assert np.array_equal(load(path, "real").y, DIGITS)
    with pytest.raises(InputError, match="3 distinct"):
        load(path)


def test_idx_files_by_other_names(tmp_path):
    path = write_idx(tmp_path, IMAGES, DIGITS)
    path.rename(tmp_path / "my-images.idx")
    (tmp_path / "train-labels-idx1-ubyte").rename(tmp_path / "my-labels.idx")
    assert load(tmp_path / "my-images.idx", "classes").name == "my-images"
    (tmp_path / "my-labels.idx").rename(tmp_path / "t10k-labels.idx1-ubyte")
    (tmp_path / "my-images.idx").rename(tmp_path / "t10k-images.idx3-ubyte")
    assert load(str(tmp_path / "t10k-images.idx3-ubyte"), "classes").name == "t10k-images"


def _truncated(content):
    return content[:-1]


BAD_IDX = {
    "truncated": (_truncated, ["39 bytes", "4 x 2 x 3 numbers in 40", "cut off"]),
    "too long": (lambda content: content + b"0", ["41 bytes", "in 40", "cut off or damaged"]),
    "cut in the header": (lambda content: content[:10], ["10 bytes", "header of 3 dimensions", "cut off"]),
    "empty": (lambda content: b"", ["is empty"]),
    "wrong type": (lambda content: b"\0\0\x07\3" + content[4:], ["does not begin as IDX", "a type of 8"]),
    "text": (lambda content: b"images", ["does not begin as IDX"]),
    "no dimensions": (lambda content: b"\0\0\x08\0", ["does not begin as IDX"]),
    "huge": (lambda content: content[:4] + b"\xff" * 12 + content[16:], ["40 bytes", "4294967295 x 4294967295", "cut"]),
    "no images": (lambda content: content[:4] + bytes(4) + content[8:16], ["no rows"]),
    "another number of labels": (lambda content: content[:7] + b"\2" + content[8:28], ["X has 2 rows", "(4,)"]),
}


@pytest.mark.parametrize("case", BAD_IDX)
def test_bad_idx(tmp_path, case):
    spoil, words = BAD_IDX[case]
    path = write_idx(tmp_path, IMAGES, DIGITS)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(InputError) as error:
        load(path, "classes")
    check_sentence(error, f"file '{path}'", *words)


def test_idx_without_labels(tmp_path):
    path = write_idx(tmp_path, IMAGES, DIGITS)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(InputError) as error:
        load(path)
    check_sentence(error, "second file", "'train-labels-idx1-ubyte'", "put that of labels beside it")
    with pytest.raises(InputError) as error:
        load(path.rename(tmp_path / "pictures.idx"))
    check_sentence(error, "'...images...'", "give the file of images")


def test_cut_off_gzipped_idx(tmp_path):
    path = write_idx(tmp_path, IMAGES, DIGITS, pack=gzip.compress, end=".gz")
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError) as error:
        load(path)
    check_sentence(error, "not a readable -idx3-ubyte.gz", "end-of-stream")


@pytest.mark.parametrize("suffix", WRITERS)
def test_files_with_classes_and_with_real_targets(tmp_path, suffix):
    y = np.array([2.5, -1.0, 7.0, 2.5])
    path = WRITERS[suffix](tmp_path / f"a{suffix}", X, y)
    assert np.array_equal(load(path, "real").y, y)
    assert load(path, "real").labels == ()
    classes = load(path, "classes")
    assert np.array_equal(classes.y, [1, 0, 2, 1])
    assert classes.labels == ("-1", "2.5", "7")
    with pytest.raises(InputError, match="3 distinct label value"):
        load(path)


def test_an_unknown_kind_of_targets_suggests_the_nearest():
    with pytest.raises(InputError, match=r"unknown kind of targets 'class'; did you mean 'classes'"):
        load("digits", "class")


def test_words_are_no_real_targets(tmp_path):
    with pytest.raises(InputError) as error:
        load(written(tmp_path, "a.csv", "1,low\n2,high\n"), "real")
    check_sentence(error, "y holds words (high, low)", "give numbers")


@pytest.mark.parametrize(
    ("spec", "targets", "name", "labels"),
    [
        ("digits", "classes", "digits", tuple("0123456789")),
        ("digits:even-odd", "classes", "digits:even-odd", ("even", "odd")),
        ("digits:8-3", "classes", "digits:8-3", ("8", "3")),
        ("breast_cancer", "classes", "breast_cancer", ("malignant", "benign")),
        ("wine", "classes", "wine", ("class_0", "class_1", "class_2")),
        ("diabetes", "real", "diabetes", ()),
        ("digits", "real", "digits", ()),
        ("digits:8-3", "real", "digits:8-3", ()),
    ],
)
def test_bundled_sets_with_other_targets(spec, targets, name, labels):
    data = load(spec, targets)
    assert (data.name, data.labels) == (name, labels)
    if labels:
        assert set(data.y) == set(range(len(labels)))
    digit = load_digits(return_X_y=True)[1]
    expected = {
        ("digits", "real"): digit,
        ("digits", "classes"): digit,
        ("digits:8-3", "real"): digit[(digit == 8) | (digit == 3)],
    }
    if (spec, targets) in expected:
        assert np.array_equal(data.y, expected[spec, targets])


@pytest.mark.parametrize(("nonzeros", "kept"), [(15, True), (16, False), (48, False), (0, True)])
def test_features_stay_sparse_below_a_third(tmp_path, nonzeros, kept):
    X = np.zeros(48)
    X[:nonzeros] = np.arange(1, nonzeros + 1)
    X = X[::-1].reshape(8, 6)
    y = np.array([1.0, -1.0] * 4)
    cases = [from_arrays(make(X), y) for make in (sparse.csr_matrix, sparse.coo_array, sparse.csc_array)]
    if nonzeros:
        cases.append(load(write_libsvm(tmp_path / "a.svm", X, y)))
    for data in cases:
        assert isinstance(data.X, sparse.csr_array if kept else np.ndarray)
        assert np.array_equal(dense(data.X), X)
        assert data.X.dtype == np.float64
    assert isinstance(from_arrays(X, y).X, np.ndarray)


def test_npz_accepts_other_number_types_and_extra_arrays(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, X=np.array([[1, 2], [3, 4]], dtype=np.int8), y=np.array([True, False]), names=["a", "b"])
    data = load(path)
    assert data.X.dtype == np.float64
    assert np.array_equal(data.X, [[1, 2], [3, 4]])
    assert np.array_equal(data.y, [1, -1])
    assert data.labels == ("False", "True")


@pytest.mark.parametrize("name", ["y", "label", "target", "class", "Class"])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_csv_finds_the_label_column_by_name(tmp_path, name, at):
    header, first, second = ["width", "depth"], ["1", "2"], ["3", "4"]
    for cells, cell in ((header, name), (first, "7"), (second, "5")):
        cells.insert(at, cell)
    content = "\n".join(",".join(cells) for cells in (header, first, second))
    data = load(written(tmp_path, "a.csv", content))
    assert np.array_equal(data.X, [[1, 2], [3, 4]])
    assert np.array_equal(data.y, [1, -1])
    assert data.labels == ("5", "7")


@pytest.mark.parametrize(
    "content",
    [
        "1,2,no\n3,4,yes\n",  # no header
        "a,b,c\n1,2,no\n3,4,yes",  # header without a label name: the last column; no newline at the end
        "\ufeff1,2,no\r\n\r\n3,4,yes\r\n",  # as Excel writes it, with a blank line
        ' a , b , c \n 1 , 2 , no \n"3","4","yes"\n   \n',  # blanks and quotes
    ],
)
def test_csv_header_is_optional(tmp_path, content):
    data = load(written(tmp_path, "a.csv", content))
    assert np.array_equal(data.X, [[1, 2], [3, 4]])
    assert np.array_equal(data.y, [-1, 1])
    assert data.labels == ("no", "yes")


@pytest.mark.parametrize("first", ["0,1,target", "target,0,1", "0,Label,1", "a,b,c", "_1,x y,z"])
def test_a_first_line_is_one_of_names_if_a_label_name_or_only_names_stand_there(tmp_path, first):
    at = next((k for k, name in enumerate(first.split(",")) if name in ("target", "Label")), 2)
    rows = [["5", "6"], ["7", "8"], ["9", "4"]]
    for row, label in zip(rows, ["u", "v", "u"], strict=True):
        row.insert(at, label)
    data = load(written(tmp_path, "a.csv", "\n".join([first, *map(",".join, rows)])))
    assert np.array_equal(data.X, [[5, 6], [7, 8], [9, 4]])
    assert data.labels == ("u", "v")


@pytest.mark.parametrize("first", ["0,2,u", "1,0,u", "0.0,1.0,u", "0,0,u"])
def test_a_first_line_of_numbers_is_an_example(tmp_path, first):
    assert len(load(written(tmp_path, "a.csv", f"{first}\n1,2,v\n")).y) == 2


@pytest.mark.parametrize("form", ["a.csv", "a.svm"])
def test_labels_of_files_stay_exact_at_any_size(tmp_path, form):
    """As numbers of double precision the first two are one."""
    labels = [str(2**53), str(2**53 + 1), "9" * 40, "-3"]
    row = "{1},{0}\n" if form == "a.csv" else "{0} 1:{1}\n"
    content = "".join(row.format(label, i + 1) for i, label in enumerate(labels))
    assert load(written(tmp_path, form, content), "classes").labels == ("-3", *labels[:3])
    hashes = "1,00ff3e\n2,00ff3f\n"
    assert load(written(tmp_path, "b.csv", hashes)).labels == ("00ff3e", "00ff3f")


def test_spellings_of_one_label(tmp_path):
    data = load(written(tmp_path, "a.svm", "+1 1:1\n1.0 1:2\n-1 1:3\n1 1:4\n-1.0 1:5\n1. 1:6\n"))
    assert np.array_equal(data.y, [1, 1, -1, 1, -1, 1])
    assert data.labels == ("-1", "1")
    assert np.array_equal(load(written(tmp_path, "b.csv", "1,-0.0\n2,0\n3,2.50\n4,2.5\n"), "real").y, [0, 0, 2.5, 2.5])


def test_an_archive_with_two_pairs_is_not_guessed_at(tmp_path):
    np.savez(tmp_path / "a.npz", X=X, y=Y, x_train=X, y_train=Y)
    with pytest.raises(InputError) as error:
        load(tmp_path / "a.npz")
    check_sentence(error, "X and y, and x_train and y_train too", "leave one pair")


@pytest.mark.parametrize(
    ("y", "kind"), [([0, 1, 1, 1], rl.problems.Logistic), ([0, 1, 2, 2, 2, 2], rl.problems.Softmax)]
)
def test_a_split_keeps_every_class_to_learn_from(y, kind):
    """Of all seeds: a split is refused exactly if a class is missing in training, or the test set has one alone."""
    features, refused = np.arange(len(y), dtype=float)[:, None] + 1, 0
    for seed in range(12):
        drawn = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, len(y)]))).random(len(y))
        order = drawn.argsort(kind="stable")
        held, rest = (set(np.array(y)[rows]) for rows in np.split(order, [len(y) // 2]))
        if len(held) > 1 and rest == set(y):
            assert set(kind(features, y, test=0.5, split_seed=seed).y) == ({-1, 1} if len(set(y)) == 2 else {0, 1, 2})
        else:
            refused += 1
            with pytest.raises(InputError) as error:
                kind(features, y, test=0.5, split_seed=seed)
            check_sentence(error, f"test=0.5, split_seed={seed} leaves", "another share or split_seed")
    assert refused > 0


def test_csv_labels_that_are_numbers_are_ordered_as_numbers(tmp_path):
    assert load(written(tmp_path, "a.csv", "1,10\n2,9\n3,9.0\n")).labels == ("9", "10")
    assert load(written(tmp_path, "b.csv", "1,10\n2,9x\n")).labels == ("10", "9x")


def test_a_path_object_is_always_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        load(Path("digits"))
    check_sentence(error, "unknown data set or file 'digits'")


# Files in every dialect: what is written is read, or refused in a sentence, never something else

FLOATS = st.floats(-1e6, 1e6, allow_subnormal=False) | st.integers(-9, 9).map(float)
PACKERS = st.sampled_from([("", bytes), (".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
ENDS = st.sampled_from(["\n", "\r\n"])
#: Labels as they are written, and what they are: words, numbers, identifiers beyond double precision, y and n.
LABELS = st.sampled_from([
    {"no": "no", "yes": "yes"}, {"y": "y", "n": "n"}, {"+1": "1", "-1": "-1"}, {"0": "0", "1.0": "1"},
    {"9007199254740993": "9007199254740993", "9007199254740992": "9007199254740992"}, {"1": "1", "2": "2", "10": "10"},
    {"a, b": "a, b", 'say "c"': 'say "c"'}, {"07": "7", "8": "8"}, {"7": "7", "07": "7"}, {"NA": "NA", "DE": "DE"},
])  # fmt: skip
HEADERS = st.sampled_from([None, "words", "numbers and a label", "numbers", "a label twice"])


@st.composite
def tables(draw, labels=LABELS):
    """Features, labels as they are written and as they are read: at least one of every label."""
    meaning = draw(labels)
    n, d = draw(st.integers(len(meaning), 7)), draw(st.integers(1, 4))
    X = draw(arrays(np.float64, (n, d), elements=FLOATS))
    written_ = [*meaning, *draw(st.lists(st.sampled_from([*meaning]), min_size=n, max_size=n))][:n]
    return X, written_, meaning


def check_read(path, X, labels, meaning):
    """Whether the file was read, and if it was, as it was written."""
    try:
        data = load(path, "classes")
    except InputError:
        return False
    assert np.array_equal(dense(data.X), X)
    assert [data.labels[int(k)] for k in data.y] == [meaning[label] for label in labels]
    return True


@settings(deadline=None, max_examples=150)
@given(data=st.data(), table=tables(), end=ENDS | st.just("\r"), packed=PACKERS, header=HEADERS)
def test_a_csv_of_any_dialect_is_read_as_written_or_refused(tmp_path_factory, data, table, end, packed, header):
    X, labels, meaning = table
    at = data.draw(st.integers(0, X.shape[1])) if header not in (None, "numbers") else X.shape[1]
    rows = [[f"{value!r}" for value in row] for row in X.tolist()]
    for row, label in zip(rows, labels, strict=True):
        row.insert(at, label)
    names = [f"c{k}" if header == "words" else str(k) for k in range(X.shape[1] + 1)]
    if header in ("words", "numbers and a label", "a label twice"):
        names[at] = data.draw(st.sampled_from(["y", "Target", "class", "label"]))
    if header == "a label twice":
        names[at - 1] = "target"
    quoting = data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=end, quoting=quoting).writerows([names] * (header is not None) + rows)
    text = buffer.getvalue()
    if data.draw(st.booleans()):
        text = end + text + end
    if quoting == csv.QUOTE_ALL and data.draw(st.booleans()):
        text = text.replace('","', '", "')
    content = data.draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + text.encode()
    path = tmp_path_factory.mktemp("csv") / f"a.csv{packed[0]}"
    path.write_bytes(packed[1](content))
    read = check_read(path, X, labels, meaning)
    doubtful = header in ("numbers", "a label twice") or {"NA", "07"} & {*labels} or "y" in labels
    assert read or doubtful or rows[0] == [str(k) for k in range(len(rows[0]))]


@settings(deadline=None, max_examples=150)
@given(data=st.data(), end=ENDS, packed=PACKERS, base=st.sampled_from([0, 1]))
def test_a_libsvm_file_of_any_dialect_is_read_as_written_or_refused(tmp_path_factory, data, end, packed, base):
    X, labels, meaning = data.draw(
        tables(LABELS.filter(lambda meaning: all(c in "+-.0123456789" for c in "".join(meaning))))
    )
    assume(X[:, -1].any() and (base == 1 or X[:, 0].any()))  # what does not occur is not there
    gap = data.draw(st.sampled_from([" ", "\t", "  "]))
    lines = [
        gap.join([label, *(f"{k + base}:{value!r}" for k, value in enumerate(row) if value or k == 0)])
        for label, row in zip(labels, X.tolist(), strict=True)
    ]
    for extra in data.draw(st.lists(st.sampled_from(["", "# qid:1 2_0", "   ", "\t# x"]), max_size=2)):
        lines.insert(data.draw(st.integers(0, len(lines))), extra)
    content = data.draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + end.join([*lines, ""]).encode()
    path = tmp_path_factory.mktemp("svm") / f"a{data.draw(st.sampled_from(['', '.t', '.svm', '.txt']))}{packed[0]}"
    path.write_bytes(packed[1](content))
    assert check_read(path, X, labels, meaning) or {"7", "07"} <= {*labels}


# Bad files


def test_missing_file(tmp_path):
    with pytest.raises(InputError) as error:
        load(tmp_path / "none.csv")
    check_sentence(error, "none.csv", "does not exist", "give an existing file", "breast_cancer")


def test_directory(tmp_path):
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(InputError) as error:
        load(tmp_path / "d.csv")
    check_sentence(error, "d.csv", "is a directory", "one data file")


@pytest.mark.parametrize("name", ["a9a", "a9a.t", "covtype.binary.scale", "cod-rna.r", "a.1"])
@pytest.mark.parametrize(
    ("packed", "pack"), [("", bytes), (".bz2", bz2.compress), (".xz", lzma.compress), (".GZ", gzip.compress)]
)
def test_a_name_that_says_nothing_is_that_of_a_libsvm_file(tmp_path, name, packed, pack):
    content = write_libsvm(tmp_path / "plain", X, Y).read_bytes()
    data = load(written(tmp_path, name + packed, pack(content)))
    assert np.array_equal(data.X, X)
    assert np.array_equal(data.y, Y)
    assert data.name == name


@pytest.mark.parametrize("name", ["a", "a.tsv", "a.json", "a.npz.gz"])
def test_other_content_under_a_name_that_says_nothing(tmp_path, name):
    content = b"1\t2\t3\n4\t5\t6\n"
    with pytest.raises(InputError) as error:
        load(written(tmp_path, name, gzip.compress(content) if name.endswith("gz") else content))
    check_sentence(error, name, "none of .csv, .npz, .idx, .svm", "read as LIBSVM: line 1", "'2' has no colon")


@pytest.mark.parametrize(
    ("packed", "pack"), [("", bytes), (".bz2", bz2.compress), (".xz", lzma.compress), (".gz", gzip.compress)]
)
def test_a_packed_csv(tmp_path, packed, pack):
    data = load(written(tmp_path, f"a.csv{packed}", pack(b"\xef\xbb\xbfu,y\n1,2\n3,4\n")))
    assert np.array_equal(data.X, [[1], [3]])
    assert (data.name, data.labels) == ("a", ("2", "4"))


BAD_FILES = {
    "svm, empty": ("a.svm", "", ["is empty", "no rows", "a row for every example"]),
    "svm, comments only": ("a.svm", "# nothing\n", ["no rows"]),
    "svm, no features": ("a.svm", "1\n-1\n", ["no feature columns"]),
    "svm, nan": ("a.svm", "1 1:1 2:2\n-1 2:nan\n", ["row 2, column 2", "X[1, 1]", "nan", "make it finite"]),
    "svm, inf": ("a.svm", "1 1:-inf 2:nan\n-1 2:1\n", ["row 1, column 1", "-inf"]),
    "svm, overflow": ("a.svm", "1 1:1e999\n-1 1:1\n", ["row 1, column 1", "inf"]),
    "svm, nan label": ("a.svm", "1 1:1\nnan 1:2\n", ["line 2", "its label 'nan' is not a number"]),
    "svm, infinite label": ("a.svm", "1 1:1\n1e999 1:2\n", ["label in row 2", "y[1]", "inf"]),
    "svm, UTF-16": ("a.svm", "1 1:1\n-1 1:2\n".encode("utf-16"), ["line 1", "its label"]),
    "svm, bare carriage returns": ("a.svm", "1 1:1\r-1 1:2\r", ["line 1", "'-1' has no colon"]),
    "svm, hexadecimal": ("a.svm", "1 1:0x1\n-1 1:1\n", ["the value '0x1' of index 1"]),
    "svm, an index twice": ("a.svm", "1 1:1 1:2\n-1 1:1\n", ["the index 1 comes after 1"]),
    "svm, NUL": ("a.svm", "1 1:1\0\n-1 1:1\n", ["line 1", "the value"]),
    "svm, one number in two ways": ("a.svm", "7 1:1\n07 1:2\n", ["'7' and '07' are one number written in two ways"]),
    "xz, cut off": ("a.xz", lzma.compress(b"1 1:1\n")[:-9], ["not a readable .xz file"]),
    "svm, constant labels": ("a.svm", "1 1:1\n1 1:2\n", ["1 distinct label value", "exactly two"]),
    "svm, three labels": ("a.svm", "0 1:1\n1 1:2\n2.5 1:1\n", ["3 distinct", "0, 1, 2.5;", "exactly two"]),
    "svm, six labels": ("a.svm", "0\n1\n2\n3\n4\n5 1:1\n", ["6 distinct", "0, 1, 2, 3, 4, ...;"]),
    "svm, a word": (
        "a.svm",
        "1 1:1\n-1 1:2\nspam 1:2\n1 1:1\n",
        ["line 3", "'spam 1:2'", "its label 'spam' is", "write 'label"],
    ),
    "svm, last line": ("a.svm", "1 1:1\n-1 1:x", ["line 2", "'-1 1:x'", "the value 'x' of index 1 is not"]),
    "svm, falling indices": ("a.svm", "1 2:1 1:1\n", ["line 1", "the index 1 comes after 2", "rising indices"]),
    "svm, no colon": ("a.svm", "1 1:1\n-1 7\n", ["line 2", "'7' has no colon"]),
    "svm, value with underscore": ("a.svm", "1 1:1\n-1 1:1_0\n", ["line 2", "the value '1_0' of index 1 is not a"]),
    "svm, index with underscore": ("a.svm", "1 1_0:1\n", ["line 1", "the index '1_0' is not a whole number"]),
    "svm, label with underscore": ("a.svm", "1_0 1:1\n", ["line 1", "its label '1_0' is not a number"]),
    "svm, query": ("a.svm", "1 1:1\n-1 qid:3 1:2\n", ["line 2", "'qid:3' names a query", "write 'label"]),
    "svm, negative index": ("a.svm", "1 -2:1\n", ["line 1", "the index '-2' is not a whole number"]),
    "svm, two labels in a row": (
        "a.svm",
        "1,2 1:1\n",
        ["line 1", "its label '1,2' is not a number", "one numeric label"],
    ),
    "svm, huge index": ("a.svm", "1 99999999999999999999:1\n", ["line 1", "is too large"]),
    "svm, binary": ("a.svm", b"\xff\xfe\x00\x01", ["line 1", "label index:value"]),
    "svm, index above int32": ("a.svm", "1 3000000000:1\n-1 1:1\n", ["line 1", "indices below 2**31"]),
    "svm, sparse nan": ("a.svm", "1 1:1\n-1 3:0 9:nan\n", ["row 2, column 9", "X[1, 8]", "nan", "make it finite"]),
    "svm, too large": (
        "a.svm",
        "1 2000000000:1\n-1 1:1\n",
        ["2000000000 columns", "the largest index", "above the 33554432", "correct that index"],
    ),
    "gz, bad line": ("a.svm.gz", gzip.compress(b"1 1:1\n" * 5000 + b"oops\n"), ["line 5001", "'oops'"]),
    "gz, other content": ("a.svm.gz", "1 1:1\n", ["not a readable .svm.gz", "Not a gzipped file"]),
    "gz, cut off": ("a.svm.gz", gzip.compress(b"1 1:1\n")[:-9], ["not a readable .svm.gz", "end-of-stream"]),
    "gz, damaged": ("a.svm.gz", gzip.compress(b"")[:10] + b"\xff" * 9, ["not a readable", "decompressing"]),
    "bz2, bad line": ("a.txt.bz2", bz2.compress(b"1 1:1\noops\n"), ["line 2", "'oops'"]),
    "bz2, other content": ("a.svm.bz2", "1 1:1\n", ["not a readable .svm.bz2", "Invalid data stream"]),
    "csv, empty": ("a.csv", "", ["is empty", "no rows"]),
    "csv, header only": ("a.csv", "a,b,y\n", ["no rows"]),
    "csv, labels only": ("a.csv", "y\n0\n1\n", ["no feature columns"]),
    "csv, semicolons": ("a.csv", "1;2;0\n3;4;1\n", ["line 1, '1;2;0', separates columns by semicolons", "by commas"]),
    "csv, semicolons and decimal commas": ("a.csv", "1,5;2,5;0\n3,0;4,5;1\n", ["row 1", "by semicolons", "points in"]),
    "csv, a header and decimal commas": ("a.csv", "a;b;y\n3,0;4,5;1\n", ["line 1, 'a;b;y'", "by semicolons"]),
    "csv, semicolons from the second row on": ("a.csv", "1,2,0\n3;4;1\n", ["row 2 (line 2), '3;4;1'", "semicolons"]),
    "csv, tabs": ("a.csv", "a\tb\ty\n1\t2\t0\n", ["line 1", "separates columns by tabs"]),
    "csv, short row": ("a.csv", "a,b,y\n1,2,0\n3,1\n", ["row 2 (line 3)", "2 cells", "3", "make them equal"]),
    "csv, long row": ("a.csv", "1,2,0\n3,4,1,\n", ["row 2 (line 2)", "4 cells", "3"]),
    "csv, word": ("a.csv", "a,b,y\n1,2,0\n\n3,x,1\n", ["row 2 (line 4), column 2", "'x'", "not a finite"]),
    "csv, word after the label": ("a.csv", "y,a,b\n0,1,2\n1,2,x\n", ["row 2 (line 3), column 3", "'x'"]),
    "csv, empty cell": ("a.csv", "1,2,0\n,2,1\n", ["row 2 (line 2), column 1", "''", "not a finite number"]),
    "csv, row of empty cells": ("a.csv", "1,2,0\n,,\n", ["row 2 (line 2), column 1", "''"]),
    "csv, nan": ("a.csv", "1,2,0\n1,nan,1\n", ["row 2 (line 2), column 2", "'nan'"]),
    "csv, nan in the first row": ("a.csv", "nan,nan,a\n1,2,b\n", ["row 1 (line 1), column 1", "'nan'"]),
    "csv, inf": ("a.csv", "inf,2,0\n1,2,1\n", ["row 1 (line 1), column 1", "'inf'"]),
    "csv, digits with underscores": ("a.csv", "1_0,0\n2,1\n", ["row 1 (line 1), column 1", "'1_0'"]),
    "csv, unnamed index column": ("a.csv", ",a,y\n0,1,0\n1,2,1\n", ["name of column 1 empty", "index=False"]),
    "csv, a header of numbers": ("a.csv", "0,1,2\n5,6,0\n7,8,1\n", ["'0,1,2', may be column numbers or an example"]),
    "csv, a name or a label": ("a.csv", "1,2,y\n3,4,n\n5,6,y\n", ["'1,2,y', may be names", "'y' is a label below it"]),
    "csv, a name twice": ("a.csv", "a,a,y\n1,2,0\n3,4,1\n", ["names two columns 'a'"]),
    "csv, one class below numbers for names": ("a.csv", "0,1,label\n1,2,1\n3,4,1\n", ["1 distinct label value(s), 1"]),
    "csv, a misprint in the first row": ("a.csv", "O,2,0\n3,4,1\n", ["row 1 (line 1), column 1 holds 'O'"]),
    "csv, decimal commas in the first row": ("a.csv", '"1,5","2,5",a\n', ["row 1 (line 1), column 1 holds '1,5'"]),
    "csv, dates in the first row": ("a.csv", "2020-01-01,2,a\n", ["column 1 holds '2020-01-01'"]),
    "csv, thousands": ("a.csv", '"1,000",1\n2,0\n', ["column 1 holds '1,000'"]),
    "csv, truth": ("a.csv", "True,1\nTrue,0\n", ["column 1 holds 'True'"]),
    "csv, a quote inside": ("a.csv", '"1"5,1\n2,0\n', ["not a readable .csv", "expected after"]),
    "csv, a fraction": ("a.csv", "1/2,1\n2,0\n", ["column 1 holds '1/2'"]),
    "csv, other digits": ("a.csv", "\uff11,1\n2,0\n", ["column 1 holds"]),
    "csv, NUL": ("a.csv", "1\0,1\n2,0\n", ["column 1 holds '1\\x00'"]),
    "csv, UTF-16": ("a.csv", "1,1\n2,0\n".encode("utf-16"), ["not a readable .csv", "utf-8"]),
    "csv, NA among words": ("a.csv", "1,yes\n2,no\n3,NA\n", ["label in row 3, y[2], is 'NA'", "missing"]),
    "csv, nan among numbers": ("a.csv", "1,0\n2,1\n3,nan\n", ["label in row 3, y[2], is 'nan'"]),
    "csv, identifiers": ("a.csv", "1,12e4\n2,120000\n3,7\n", ["'12e4' and '120000' are one number"]),
    "csv, missing label": ("a.csv", "1,2,a\n1,2,\n", ["row 2 (line 2), column 3", "''", "not a label"]),
    "csv, nan label": ("a.csv", "1,0\n2,1\n3,nan\n", ["label in row 3", "nan"]),
    "csv, constant labels": ("a.csv", "1,a\n2,a\n", ["1 distinct label value", "a;", "exactly two"]),
    "csv, three words": ("a.csv", "1,a\n2,b\n3,c\n", ["3 distinct label value", "a, b, c;"]),
    "csv, two label columns": ("a.csv", "a,y,label\n1,0,1\n", ["columns [2, 3]", "label names", "rename"]),
    "csv, not UTF-8": ("a.csv", b"\xff,1\n", ["not a readable .csv", "utf-8"]),
    "csv, open quote": ("a.csv", '1,2\n"3,4\n', ["not a readable .csv", "unexpected end"]),
    "npz, text": ("a.npz", "X", ["not a readable .npz", "not a zip file"]),
    "npz, empty": ("a.npz", "", ["is empty"]),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_file(tmp_path, case):
    name, content, words = BAD_FILES[case]
    path = written(tmp_path, name, content)
    with pytest.raises(InputError) as error:
        load(path)
    check_sentence(error, f"file '{path}'", *words)


BAD_ARCHIVES = {
    "nothing": ({}, ["has nothing", "needs X and y", "numpy.savez"]),
    "other names": ({"features": X, "labels": Y}, ["features, labels", "needs X and y"]),
    "half of MNIST's": ({"x_train": X}, ["has x_train but", "or x_train and y_train"]),
    "no y": ({"X": X}, ["has X but", "needs X and y"]),
    "objects": ({"X": np.array([[None]]), "y": [1]}, ["not a readable .npz", "allow_pickle=False"]),
    "length mismatch": ({"X": X, "y": Y[:3]}, ["X has 4 rows", "(3,)", "one label per row"]),
    "nan": ({"X": np.where(X == 7, np.nan, X), "y": Y}, ["row 2, column 3", "X[1, 2]", "nan"]),
}


@pytest.mark.parametrize("case", BAD_ARCHIVES)
def test_bad_npz(tmp_path, case):
    content, words = BAD_ARCHIVES[case]
    np.savez(tmp_path / "a.npz", **content)
    with pytest.raises(InputError) as error:
        load(tmp_path / "a.npz")
    check_sentence(error, "a.npz", *words)


def test_an_archive_of_images(tmp_path):
    np.savez(tmp_path / "mnist.npz", x_train=IMAGES, y_train=DIGITS, x_test=IMAGES, y_test=DIGITS)
    np.savez(tmp_path / "images.npz", X=IMAGES, y=DIGITS)
    for name in ("mnist.npz", "images.npz"):
        assert load(tmp_path / name, "classes").X.shape == (4, 6)


def test_damaged_npz(tmp_path):
    content = write_npz(tmp_path / "a.npz", X, Y).read_bytes()
    middle = content.index(X.tobytes())
    damaged = content[:middle] + b"????" + content[middle + 4 :]
    with pytest.raises(InputError) as error:
        load(written(tmp_path, "b.npz", damaged))
    check_sentence(error, "b.npz", "not a readable .npz", "CRC")


def test_npy_named_npz(tmp_path):
    np.save(tmp_path / "a.npy", X)
    with pytest.raises(InputError) as error:
        load((tmp_path / "a.npy").rename(tmp_path / "a.npz"))
    check_sentence(error, "a.npz", "not a zip file")


# Arrays


def test_from_arrays_copies_and_maps_labels():
    features = X.copy()
    data = from_arrays(features, [7, 3, 3, 7], name="mine")
    features[0] = 0
    assert isinstance(data, Dataset)
    assert data.name == "mine"
    assert data.source == "arrays given by the caller"
    assert np.array_equal(data.X, X)
    assert np.array_equal(data.y, Y)
    assert data.labels == ("3", "7")


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        (["b", "a"], ("a", "b")),
        (np.array(["b", "a"], dtype=object), ("a", "b")),
        (["1.0", "0.0"], ("0.0", "1.0")),
        ([True, False], ("False", "True")),
        ([0.5, -2.0], ("-2", "0.5")),
        (np.ma.masked_array([1, 0], mask=False), ("0", "1")),
        (pd.Series(["b", "a"], dtype="string"), ("a", "b")),
        (pd.Categorical([3, 1]), ("1", "3")),
        ([2**80 + 1, 2**80], (str(2**80), str(2**80 + 1))),
        (np.array([2**60 + 1, 2**60]), (str(2**60), str(2**60 + 1))),  # equal as floats
    ],
)
def test_label_types(y, labels):
    data = from_arrays([[1], [2]], y)
    assert np.array_equal(data.y, [1, -1])
    assert data.labels == labels


def test_sparse_features_are_copied_and_put_in_order():
    """Columns in any order, one entry given twice, a stored zero."""
    given = sparse.csr_matrix((np.array([4, 1, 2, 0], np.int8), [5, 1, 5, 3], [0, 3, 4]), shape=(2, 9))
    data = from_arrays(given, [0, 1])
    assert data.X.data.tolist() == [1.0, 6.0]
    assert data.X.indices.tolist() == [1, 5]
    ordered = sparse.csr_array(data.X)
    copy = from_arrays(ordered, [0, 1])
    ordered.data[:] = 7
    assert copy.X.data.tolist() == [1.0, 6.0]
    assert given.data.tolist() == [4, 1, 2, 0]


def test_sparse_features_with_many_entries_have_the_dense_limit(monkeypatch):
    monkeypatch.setattr(checks, "DENSE_LIMIT_GIB", 8 * 20 * 10 / 2**30)
    allowed = np.ones((20, 10))
    assert isinstance(from_arrays(sparse.csr_array(allowed), np.arange(20) % 2).X, np.ndarray)
    with pytest.raises(InputError) as error:
        from_arrays(sparse.csr_array(np.ones((21, 10))), np.arange(21) % 2)
    check_sentence(error, "X needs", "GiB when dense", "select features")


BAD_ARRAYS = {
    "vector": ([1, 2], [0, 1], ["X has shape (2,)", "not a matrix", "(rows, features)"]),
    "cube": (np.ones((2, 2, 2)), [0, 1], ["X has shape (2, 2, 2)"]),
    "ragged": ([[1, 2], [3]], [0, 1], ["X is ragged"]),
    "no rows": (np.empty((0, 3)), [], ["X has no rows"]),
    "no columns": (np.empty((2, 0)), [0, 1], ["X has no feature columns"]),
    "words": ([["a"], ["b"]], [0, 1], ["X has dtype", "real numbers"]),
    "complex": ([[1j], [2]], [0, 1], ["complex128", "real numbers"]),
    "inf": ([[1, 2], [3, -np.inf]], [0, 1], ["row 2, column 2", "X[1, 1]", "-inf"]),
    "sparse nan": (sparse.csr_matrix([[1, np.nan], [3, 1]]), [0, 1], ["row 1, column 2", "nan"]),
    "sparse nan, in CSR": (sparse.eye(9, format="coo") * np.nan, [0] * 9, ["row 1, column 1", "X[0, 0]", "nan"]),
    "sparse, too many columns": (sparse.csr_matrix((2, 2**25 + 1)), [0, 1], ["33554433 columns", "above the 33554432"]),
    "sparse vector": (sparse.coo_array(np.ones(3)), [0, 1, 1], ["X has shape (3,)", "not a matrix"]),
    "sparse, no rows": (sparse.csr_array((0, 3)), [], ["X has no rows"]),
    "sparse, no columns": (sparse.csr_array((3, 0)), [0, 1, 1], ["X has no feature columns"]),
    "sparse complex": (sparse.eye_array(9) * 1j, [0] * 9, ["complex128", "real numbers"]),
    "sparse, too few labels": (sparse.eye_array(9), [0, 1], ["X has 9 rows", "(2,)"]),
    "column of labels": ([[1], [2]], [[0], [1]], ["2 rows", "(2, 1)", "one label per row"]),
    "one label": ([[1], [2]], 1, ["2 rows", "()"]),
    "too many labels": ([[1], [2]], [0, 1, 0], ["2 rows", "(3,)"]),
    "ragged labels": ([[1], [2]], [[0], [1, 2]], ["y is ragged"]),
    "missing label": ([[1], [2]], ["a", None], ["y has dtype object", "none missing"]),
    "a missing number among words": ([[1], [2]], ["a", np.nan], ["y[1] is nan beside a word", "none missing"]),
    "a number among words": ([[1], [2]], ["a", 3], ["y[1] is 3 beside a word", "only words"]),
    "truth among numbers": ([[1], [2]], [2, True], ["y[1] is True beside a number"]),
    "a missing word": ([[1], [2]], np.array(["a", "nan"]), ["label in row 2", "'nan', a word for what is missing"]),
    "pandas' NA": ([[1], [2]], pd.array(["a", pd.NA]), ["none missing"]),
    "a mask over features": (np.ma.masked_equal([[1.0], [-9.0]], -9), [0, 1], ["X[1, 0] is masked", "drop its row"]),
    "a mask over labels": ([[1], [2]], np.ma.masked_equal([0, -9], -9), ["y[1] is masked"]),
    "labels that are lists": ([[1], [2]], np.array([[1], None], dtype=object), ["y has dtype object"]),
    "huge labels, three": ([[1], [2], [3]], [2**53, 2**53 + 1, 5.0], ["3 distinct label value", str(2**53 + 1)]),
    "huge labels, with nan": ([[1], [2], [3]], [2**53, 2**53 + 1, np.nan], ["label in row 3", "nan"]),
    "dates": ([[1], [2]], np.array([0, 1], dtype="datetime64[D]"), ["datetime64", "only words"]),
    "inf label": ([[1], [2]], [0, np.inf], ["label in row 2", "y[1]", "inf"]),
    "constant": ([[1], [2]], [3, 3], ["1 distinct label value", "3;", "exactly two"]),
    "three": ([[1], [2], [3]], [3, 1, 2], ["3 distinct label value", "1, 2, 3;"]),
}


@pytest.mark.parametrize("case", BAD_ARRAYS)
def test_bad_arrays(case):
    features, labels, words = BAD_ARRAYS[case]
    with pytest.raises(InputError) as error:
        from_arrays(features, labels)
    check_sentence(error, *words)


def test_dataset_is_frozen_and_compared_by_identity():
    data = from_arrays(X, Y)
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.name = "other"
    assert data == data
    assert data != from_arrays(X, Y)
    assert data in {data}


# Scaling


@untimed
@given(X=matrices)
def test_unit_makes_the_largest_norm_one_and_keeps_the_geometry(X):
    assume(np.abs(X).max() >= 1e-150)
    before = X.copy()
    scaled, description = scale(X, "unit")
    factor = np.linalg.norm(X, axis=1).max()
    assert abs(np.linalg.norm(scaled, axis=1).max() - 1) <= ROUNDOFF
    assert np.abs(scaled * factor - X).max() <= ROUNDOFF * factor
    assert np.array_equal(X, before)
    assert f"{factor:.6g}" in description


@untimed
@given(X=matrices, exponent=st.integers(-100, 100))
def test_unit_forgets_a_common_factor(X, exponent):
    """A power of two is exact, so the scaled features are the same bits."""
    assume(np.abs(X).max() >= 1e-100 and np.abs(X[X != 0]).min() >= 1e-100)
    assert np.array_equal(scale(X, "unit")[0], scale(np.ldexp(X, exponent), "unit")[0])


@untimed
@given(X=arrays(np.float64, shapes, elements=st.integers(-100, 100)))
def test_standard_centres_columns_to_one_common_deviation(X):
    varying = np.ptp(X, axis=0) > 0
    assume(varying.any())
    scaled, description = scale(X, "standard")
    assert abs(np.linalg.norm(scaled, axis=1).max() - 1) <= ROUNDOFF
    assert np.abs(scaled.mean(axis=0)).max() <= ROUNDOFF
    assert not scaled[:, ~varying].any()
    deviations = scaled.std(axis=0)[varying]
    assert np.ptp(deviations) <= ROUNDOFF
    assert "standard" in description
    assert f"{(~varying).sum()} constant" in description
    peer = StandardScaler().fit_transform(X)
    assert np.abs(scaled / deviations[0] - peer).max() <= ROUNDOFF


@untimed
@given(X=matrices)
def test_none_changes_nothing_but_copies(X):
    scaled, description = scale(X, "none")
    assert np.array_equal(scaled, X)
    assert not np.shares_memory(scaled, X)
    assert "none" in description


@untimed
@given(X=matrices, keep=st.integers(1, 2**16))
def test_scaling_sparse_features_is_scaling_dense_ones(X, keep):
    X = np.where(np.resize([keep >> i & 1 for i in range(17)], X.shape), X, 0) * (np.arange(X.shape[1]) % 3 == 0)
    assume(np.abs(X).max() >= 1e-150)
    given_ = sparse.csr_array(X)
    for how in ("unit", "none"):
        (ours, text), (theirs, expected) = scale(given_, how), scale(X, how)
        assert sparse.issparse(ours) == (12 * given_.nnz < 4 * X.size)
        assert np.abs(dense(ours) - theirs).max() <= ROUNDOFF * max(1, np.abs(theirs).max())
        assert text == expected
        assert np.array_equal(given_.toarray(), X)
    if np.ptp(X, axis=0).any():
        assert np.array_equal(scale(given_, "standard")[0], scale(X, "standard")[0])


def test_standard_refuses_sparse_features_that_are_too_large_when_dense():
    features = sparse.csr_array(([1.0], ([3], [5])), shape=(10**5, 10**6))
    assert scale(features, "unit")[0].nnz == 1
    with pytest.raises(InputError) as error:
        scale(features, "standard")
    check_sentence(error, "745 GiB", "above 8", "'standard'", "means", "use 'unit'")


@pytest.mark.parametrize("name", ["digits", "breast_cancer"])
def test_the_bundled_sets_are_dense_and_scaled_by_numpys_norm(name):
    X = load(name).X
    assert isinstance(X, np.ndarray)
    assert np.array_equal(scale(X, "unit")[0], X / np.linalg.norm(X, axis=1).max())


def test_standard_of_a_column_far_from_zero():
    """The deviation of 1e15 + (0, 1, 3) is that of (0, 1, 3), although its mean is rounded to eighths."""
    column = np.array([0.0, 1.0, 3.0])
    far = 1e15 + column
    assert abs((far - far.mean()).mean()) > 0.01, "the twin: plain centring is off"
    scaled, reference = scale(far[:, None], "standard")[0], scale(column[:, None], "standard")[0]
    assert np.abs(scaled - reference).max() <= ROUNDOFF


@pytest.mark.parametrize(("rows", "value"), [(3, 0.1), (10, 0.3), (11, 0.7), (1000, 1e-3)])
def test_standard_of_a_constant_column_is_zero(rows, value):
    column = np.full(rows, value)
    assert (column - column.mean()).any(), "the twin: plain centring leaves round-off"
    scaled, _ = scale(np.stack([column, np.arange(rows)], axis=1), "standard")
    assert not scaled[:, 0].any()


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e160, 1e308])
def test_standard_survives_extreme_units(size):
    reference = scale([[1.0, 1.0], [2.0, -1.0], [4.0, 0.5]], "standard")[0]
    scaled = scale([[0.25 * size, 1.0], [0.5 * size, -1.0], [size, 0.5]], "standard")[0]
    assert np.abs(scaled - reference).max() <= ROUNDOFF


@pytest.mark.parametrize(
    ("features", "how", "words"),
    [
        ([[0.0, 0.0]], "unit", ["|entry| 0", "'unit'", "use 'none'"]),
        ([[1e-200]], "unit", ["1e-200", "1e-150 to 1e150"]),
        ([[1e200]], "unit", ["1e+200", "1e-150 to 1e150"]),
        ([[1.0, 2.0]], "standard", ["every column", "constant", "'standard'", "use 'none'"]),
        ([[0.1, 2.0]] * 3, "standard", ["every column", "constant"]),
        ([[1.0]], "units", ["unknown scaling 'units'", "did you mean 'unit'", "standard", "none"]),
        ([[1.0]], None, ["unknown scaling 'None'", "standard", "none", "unit"]),
        ([[1.0, np.nan]], "unit", ["row 1, column 2", "nan"]),
        ([1.0], "none", ["X has shape (1,)"]),
    ],
)
def test_bad_scaling(features, how, words):
    with pytest.raises(InputError) as error:
        scale(features, how)
    check_sentence(error, *words)


def test_real_targets_are_not_classes():
    with pytest.raises(rl.InputError, match=r"y has 214 distinct numbers \(.*\) in 442 rows, which are not classes"):
        rl.problems.Softmax("diabetes")
