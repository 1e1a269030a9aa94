"""Readers of data files: a path gives features and raw labels, or one sentence on what is wrong with the file.

CSV is read by Python's own reader, strictly. pandas' would take a column of True for ones and ``"1"5`` for 15, fill
short rows up, and round numbers as its version does.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from regretlab.errors import InputError
from regretlab.problems import _checks as checks
from regretlab.problems import _mapped as mapped
from regretlab.problems._idx import idx
from regretlab.problems._packed import OPENERS, opened
from regretlab.problems._parquet import LABELS, parquet

_LIBSVM = (".svm", ".libsvm", ".svmlight", ".txt")
#: The names of features and labels in an npz archive; the second pair is MNIST's, whose test set is left alone.
NPZ = (("X", "y"), ("x_train", "y_train"))
#: The separators of columns, other than commas, in files that are called CSV.
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
#: The end of an IDX file's name as in train-images-idx3-ubyte.gz, also with a dot in front, or .idx alone.
_IDX_NAME = re.compile(r"[-.]idx([0-9]-[a-z]+)?(\.gz)?$", re.IGNORECASE)
#: The characters of decimal numbers: of these alone, what ``float`` reads is one.
_DECIMAL = frozenset("0123456789+-.eE")
#: Integers beyond this are not all numbers of double precision: a label there must not become one.
_EXACT = 2**53
#: The fault of a line in which none is found.
_UNKNOWN = "it cannot be read"
#: Bytes of a text file that are read at a time.
PIECE = 1 << 24
_MARK = b"\xef\xbb\xbf"  # what some editors begin UTF-8 with


def reader(path: Path) -> tuple[Callable[[Path], tuple[Any, Any]], str, str]:
    """Return the reader that a file's name asks for, the name without its suffix, and the suffix."""
    if path.is_dir():
        raise InputError(f"'{path}' is a directory; give the path of one data file.")
    found = _IDX_NAME.search(path.name)
    if found:
        return idx, path.name[: found.start()], found[0].lower()
    packed = path.suffix if path.suffix.lower() in OPENERS else ""
    plain = Path(path.name.removesuffix(packed))
    kind = plain.suffix.lower()
    readers = {".npz": _npz, ".npy": _npy, ".parquet": parquet} if not packed else {}
    readers |= {".csv": _csv, **dict.fromkeys(_LIBSVM, _libsvm)}
    if kind in readers:
        return readers[kind], plain.stem, kind + packed.lower()
    return _libsvm_by_content, plain.name, f"{kind}{packed.lower()} file"


def _libsvm_by_content(path: Path) -> tuple[Any, Any]:
    """Read a file whose name says nothing, as in LIBSVM's own collection: a9a, a9a.t, news20.binary.bz2."""
    try:
        return _libsvm(path)
    except InputError as error:
        raise InputError(
            f"its name ends in none of .csv, .npz, .idx, {', '.join(_LIBSVM)}, so that it was read as LIBSVM: {error}"
        ) from None


def _libsvm(path: Path) -> tuple[Any, Any]:
    from sklearn.datasets import load_svmlight_file  # not at the top: it would double the time of an import

    with opened(path, "rb") as file:
        begin = len(_MARK) if file.read(len(_MARK)) == _MARK else 0
        file.seek(begin)
        labels = [label for label in map(_label, file, itertools.count(1)) if label]
        if path.suffix.lower() not in OPENERS and path.stat().st_size >= mapped.LARGE:
            X = mapped.dense_rows(path, lambda: _pieces(path, begin), checks.is_dense)
            if X is not None:
                return X, exact_labels(labels)
        file.seek(begin)
        try:
            X, _ = load_svmlight_file(file)
        except (ValueError, OverflowError):
            end = file.tell()  # just after the line that failed
            file.seek(begin)
            lines = file.read(end - begin).removesuffix(b"\n").split(b"\n")
            raise _not_libsvm(len(lines), lines[-1]) from None
    # The loader gives a file without any feature one column of zeros.
    return X if X.nnz else X[:, :0], exact_labels(labels)


def _label(line: bytes, number: int) -> str:
    """Return the label of a line, which is empty where the line has none."""
    written = line.partition(b"#")[0]
    found = written.split(None, 1)[:1]
    label = sys.intern(found[0].decode("latin-1")) if found else ""
    # The loader reads 1_0 as 10, leaves queries out, and rounds labels, which are read here instead.
    if label and (b"_" in written or b"qid" in written or _decimal(label) is None):
        raise _not_libsvm(number, line)
    return label


def _pieces(path: Path, begin: int) -> Iterator[Any]:
    """Yield the features of some lines of a LIBSVM file after the other, with the indices that are written."""
    from sklearn.datasets import load_svmlight_file

    with path.open("rb") as file:
        file.seek(begin)
        first = 1
        while lines := file.readlines(PIECE):
            try:
                yield load_svmlight_file(io.BytesIO(b"".join(lines)), zero_based=True)[0]
            except (ValueError, OverflowError):
                for number, line in enumerate(lines, first):
                    if _fault(line.decode("latin-1")) != _UNKNOWN and line.partition(b"#")[0].strip():
                        raise _not_libsvm(number, line) from None
                raise
            first += len(lines)


def _not_libsvm(number: int, line: bytes) -> InputError:
    text = line.decode(errors="replace").rstrip("\r\n")
    form = "'label index:value index:value ...' with one numeric label and rising indices below 2**31"
    return InputError(f"line {number}, {text[:50]!r}, is not LIBSVM: {_fault(text)}; write {form}.")


def _fault(line: str) -> str:
    """Say what is wrong with a line that is not LIBSVM, where that can be said."""
    label, *pairs = line.partition("#")[0].split() or [""]
    if _decimal(label) is None:
        return f"its label {label[:50]!r} is not a number"
    last = -1
    for pair in pairs:
        index, colon, value = pair[:50].partition(":")
        if not colon:
            return f"{pair[:50]!r} has no colon"
        if index == "qid":
            return f"{pair[:50]!r} names a query, as in ranking, which no problem here has"
        if not re.fullmatch("[0-9]+", index):
            return f"the index {index!r} is not a whole number from 0 on"
        if int(index) >= 2**31:
            return f"the index {index} is too large"
        if int(index) <= last:
            return f"the index {index} comes after {last}"
        if _decimal(value) is None:
            return f"the value {value!r} of index {index} is not a number"
        last = int(index)
    return _UNKNOWN


def _npz(path: Path) -> tuple[Any, Any]:
    # Not numpy.load, which also takes an .npy array or a pickle for what it is, whatever the suffix.
    with path.open("rb") as file, np.lib.npyio.NpzFile(file, allow_pickle=False) as arrays:
        names = [(X, y) for X, y in NPZ if {X, y} <= set(arrays.files)]
        if len(names) > 1:
            raise InputError("the archive has X and y, and x_train and y_train too; leave one pair of them out.")
        if not names:
            has = ", ".join(arrays.files) or "nothing"
            raise InputError(
                f"the archive has {has} but needs X and y, or x_train and y_train; use numpy.savez(path, X=X, y=y)."
            )
        X, y = (arrays[name] for name in names[0])
        return X.reshape(len(X), -1) if X.ndim > 2 and X.size else X, y


def _npy(path: Path) -> tuple[Any, Any]:
    beside = path.with_suffix(f".y{path.suffix}")
    if not beside.is_file():
        raise InputError(
            f"its labels are to be in a second file beside it, {beside.name!r}; write them there by numpy.save."
        )
    return mapped.array(path), np.load(beside, allow_pickle=False)


def _csv(path: Path) -> tuple[Any, Any]:
    with opened(path, "rt", newline="", encoding="utf-8-sig") as file:
        lines = csv.reader(file, strict=True, skipinitialspace=True)
        rows = ((lines.line_num, [cell.strip() for cell in row]) for row in lines)
        rows = ((number, row) for number, row in rows if row not in ([], [""]))
        begin, first = next(rows, (0, []))
        if not first:
            return np.zeros((0, 1)), []
        if len(first) == 1:
            _check_separator(first[0], f"line {begin}")
        label, named = _label_column(first)
        values, words = array("d"), list[str]()
        count = 0
        for count, (number, row) in enumerate(rows if named else _after((begin, first), rows), start=1):
            values.extend(_features(row, label, len(first), f"row {count} (line {number})"))
            words.append(sys.intern(row[label]))
    if named and first[label] in words and not all(map(_is_name, first)):
        raise InputError(
            f"the first line, {','.join(first)[:50]!r}, may be names or an example, since {first[label]!r} is a label "
            f"below it too; begin the file with a line of names, the label's 'label'."
        )
    return np.array(values).reshape(count, len(first) - 1), exact_labels(words)


def _after(first: Any, rest: Iterable[Any]) -> Iterable[Any]:
    yield first
    yield from rest


def _label_column(first: list[str]) -> tuple[int, bool]:
    """Which column holds the labels, and whether the first line is one of names; what may be either is refused."""
    line = f"the first line, {','.join(first)[:50]!r},"
    marked = [k for k, cell in enumerate(first) if cell.lower() in LABELS]
    if len(marked) > 1:
        raise InputError(f"columns {[k + 1 for k in marked]} all have label names; rename all but one.")
    if not marked and not all(map(_is_name, first)):
        if first == [str(k) for k in range(len(first))] and len(first) > 1:
            raise InputError(
                f"{line} may be column numbers or an example; begin the file with a line of names, the label's 'label'."
            )
        return len(first) - 1, False
    twice = [cell for cell in first if cell and first.count(cell) > 1]
    if twice:
        raise InputError(f"{line} names two columns {twice[0]!r}; rename one.")
    if not all(first):
        raise InputError(
            f"{line} leaves the name of column {first.index('') + 1} empty, as pandas does for row numbers; write the "
            f"file with index=False, or name the column."
        )
    return marked[0] if marked else len(first) - 1, True


def _is_name(cell: str) -> bool:
    return bool(re.match(r"[^\W\d]", cell)) and cell.lower() not in ("nan", "inf", "infinity", "na", "null", "none")


def _features(row: list[str], label: int, width: int, place: str) -> list[float]:
    """Read the numbers of a row without its label."""
    if len(row) != width:
        _check_separator(",".join(row), place)
        raise InputError(f"{place} has {len(row)} cells, the first {width}; make them equal.")
    cells = row[:label] + row[label + 1 :]
    numbers = [_decimal(cell) for cell in cells]
    if row[label] and None not in numbers and all(map(math.isfinite, numbers)):  # type: ignore[arg-type]
        return numbers  # type: ignore[return-value]
    usable = [number is not None and math.isfinite(number) for number in numbers]
    k = [*usable[:label], bool(row[label]), *usable[label:]].index(False)
    _check_separator(row[k], place)
    needed = "label" if k == label else "finite number"
    raise InputError(f"{place}, column {k + 1} holds {row[k]!r}, not a {needed}; correct it.")


def _check_separator(text: str, place: str) -> None:
    """Refuse cells that something else than a comma separates."""
    found = [name for mark, name in SEPARATORS.items() if mark in text]
    if found:
        raise InputError(
            f"{place}, {text[:50]!r}, separates columns by {found[0]}; separate them by commas, with points in numbers."
        )


def _decimal(cell: str) -> float | None:
    """Read a decimal number in double precision; None for all else, such as 1_000, 0x1F, nan and 1,5."""
    try:
        return float(cell) if _DECIMAL.issuperset(cell) else None
    except ValueError:
        return None


def exact_labels(texts: list[str]) -> Any:
    """Labels as they are written: numbers if all are, of which integers stay exact at any size, else words.

    Numbers are compared as numbers: ``+1``, ``1.0`` and ``1`` are one label. Other spellings of one number, as ``7``
    and ``07``, may be two identifiers, and are refused.

    Examples
    --------
    >>> exact_labels(["9007199254740993", "9007199254740992", "+1"])
    array([9007199254740993, 9007199254740992, 1], dtype=object)
    >>> exact_labels(["1.0", "2.5", "1"])
    array([1. , 2.5, 1. ])
    """
    codes: dict[str, int] = {}
    of = np.array([codes.setdefault(text, len(codes)) for text in texts], dtype=int)
    numbers = {text: number for text in codes if (number := _decimal(text)) is not None}
    if len(numbers) < len(codes):
        return texts
    values: list[Any] = []
    spelt: dict[Any, str] = {}
    for text, number in numbers.items():
        plain = re.sub(r"(\.0*)?$", "", text.removeprefix("+"))
        value = int(plain) if re.fullmatch("-?[0-9]+", plain) and len(plain) < 1000 else number
        if value and value == number // 1 and spelt.setdefault(value, plain) != plain:
            raise InputError(
                f"the labels {spelt[value]!r} and {plain!r} are one number written in two ways; write it in one, or "
                f"write labels that are words."
            )
        values.append(value)
    wide = any(type(value) is int and abs(value) > _EXACT for value in values)
    return np.array(values, dtype=object if wide else None)[of] if values else texts
