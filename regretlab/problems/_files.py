"""Readers of data files: a path gives features and raw labels, or one sentence on what is wrong with the file."""

from __future__ import annotations

import bz2
import csv
import gzip
import math
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from regretlab.errors import InputError

#: What the libraries below raise for a file that is not what its name says.
UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, MemoryError, csv.Error, BadZipFile, zlib.error)
_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open}
_LIBSVM = (".svm", ".libsvm", ".svmlight", ".txt")
#: What an npz archive may call features and labels; the second pair is MNIST's, whose test set is left alone.
NPZ = (("X", "y"), ("x_train", "y_train"))
#: What separates columns in files that are called CSV, beside commas.
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
#: The end of an IDX file's name as in train-images-idx3-ubyte.gz, also with a dot in front, or .idx alone.
_IDX_NAME = re.compile(r"[-.]idx([0-9]-[a-z]+)?(\.gz)?$", re.IGNORECASE)
#: The third byte of an IDX file and the numbers it stands for.
_IDX_NUMBERS = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def reader(path: Path) -> tuple[Callable[[Path], tuple[Any, Any]], str, str]:
    """The reader that a file's name asks for, the name without its suffix, and the suffix."""
    if path.is_dir():
        raise InputError(f"'{path}' is a directory; give the path of one data file.")
    idx = _IDX_NAME.search(path.name)
    if idx:
        return _idx, path.name[: idx.start()], idx[0].lower()
    readers = {kind + packed: _libsvm for kind in _LIBSVM for packed in ("", *_OPENERS)}
    readers |= {".npz": _npz, ".csv": _csv}
    stem = Path(path.stem).stem if path.suffix.lower() in _OPENERS else path.stem
    kind = path.name[len(stem) :].lower()
    if kind not in readers:
        allowed = (
            f"{', '.join(_LIBSVM)} (each also with .gz or .bz2), .idx or -idx3-ubyte (also with .gz), .npz or .csv"
        )
        raise InputError(f"file '{path}' has the unknown suffix '{kind}'; use {allowed}.")
    return readers[kind], stem, kind


def _libsvm(path: Path) -> tuple[Any, Any]:
    from sklearn.datasets import load_svmlight_file  # not at the top, as above

    with _OPENERS.get(path.suffix.lower(), open)(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            written = line.partition(b"#")[0]
            if b"_" in written or b"qid" in written:  # the loader reads 1_0 as 10 and leaves queries out
                raise _not_libsvm(number, line)
        file.seek(0)
        try:
            X, y = load_svmlight_file(file)
        except (ValueError, OverflowError):
            end = file.tell()  # just after the line that failed
            file.seek(0)
            lines = file.read(end).removesuffix(b"\n").split(b"\n")
            raise _not_libsvm(len(lines), lines[-1]) from None
    return X if X.nnz else X[:, :0], y  # the loader gives a file without any feature one column of zeros


def _not_libsvm(number: int, line: bytes) -> InputError:
    text = line.decode(errors="replace").removesuffix("\n")
    form = "'label index:value index:value ...' with one numeric label and rising indices below 2**31"
    return InputError(f"line {number}, {text[:50]!r}, is not LIBSVM: {_fault(text)}; write {form}.")


def _fault(line: str) -> str:
    """What is wrong with a line that is not LIBSVM, where that can be said."""
    label, *pairs = line.partition("#")[0].split() or [""]
    if _number(label) is None:
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
        if _number(value) is None:
            return f"the value {value!r} of index {index} is not a number"
        last = int(index)
    return "it cannot be read"


def _npz(path: Path) -> tuple[Any, Any]:
    # Not numpy.load, which also takes an .npy array or a pickle for what it is, whatever the suffix.
    with path.open("rb") as file, np.lib.npyio.NpzFile(file, allow_pickle=False) as arrays:
        names = [(X, y) for X, y in NPZ if {X, y} <= set(arrays.files)]
        if not names:
            has = ", ".join(arrays.files) or "nothing"
            raise InputError(
                f"the archive has {has} but needs X and y, or x_train and y_train; use numpy.savez(path, X=X, y=y)."
            )
        X, y = (arrays[name] for name in names[0])
        return X.reshape(len(X), -1) if X.ndim > 2 and X.size else X, y


def _csv(path: Path) -> tuple[Any, Any]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, strict=True)
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    lines = [(number, row) for number, row in lines if row not in ([], [""])]
    names = lines[0][1] if lines else [""]
    if len(names) == 1:
        _check_separator(names[0], f"line {lines[0][0] if lines else 1}")
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
            _check_separator(",".join(row), place)
            raise InputError(f"{place} has {len(row)} cells, the first {len(names)}; make them equal.")
        X[i] = [0 if k == label and cell else _number(cell) for k, cell in enumerate(row)]  # None becomes nan
        if not np.isfinite(X[i]).all():
            k = int(np.isfinite(X[i]).argmin())
            _check_separator(row[k], place)
            needed = "label" if k == label else "finite number"
            raise InputError(f"{place}, column {k + 1} holds {row[k]!r}, not a {needed}; correct it.")
    words = [row[label] for _, row in lines]
    numbers = [_number(word) for word in words]
    return np.delete(X, label, axis=1), words if None in numbers else numbers


def _check_separator(text: str, place: str) -> None:
    """Refuse cells that something else than a comma separates."""
    found = [name for mark, name in SEPARATORS.items() if mark in text]
    if found:
        raise InputError(
            f"{place}, {text[:50]!r}, separates columns by {found[0]}; separate them by commas, with points in numbers."
        )


def _number(cell: str) -> float | None:
    try:
        return None if "_" in cell else float(cell)  # float reads 1_000, an identifier in a data file
    except ValueError:
        return None


def _idx(path: Path) -> tuple[Any, Any]:
    beside = re.sub(r"idx3(?!.*idx3)", "idx1", path.name.replace("images", "labels"))
    plain = re.sub(r"\.gz$", "", beside, flags=re.IGNORECASE)
    found = [path.with_name(name) for name in (beside, plain, f"{plain}.gz") if path.with_name(name).is_file()]
    if "images" not in path.name or not found:
        raise InputError(
            f"IDX keeps labels in a second file beside '...images...', here '{plain}'; give the file of images and put "
            f"that of labels beside it."
        )
    images, labels = _idx_array(path), _idx_array(found[0])
    return images.reshape(len(images), math.prod(images.shape[1:])), labels


def _idx_array(path: Path) -> np.ndarray:
    with _OPENERS.get(path.suffix.lower(), open)(path, "rb") as file:
        content = file.read()
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _IDX_NUMBERS or content[3] == 0:
        raise InputError(
            f"'{path.name}' does not begin as IDX does (0, 0, a type of 8, 9, 11 to 14, the dimensions); replace it."
        )
    numbers, start = np.dtype(_IDX_NUMBERS[content[2]]), 4 + 4 * content[3]
    shape = [int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4)]
    needed = start + numbers.itemsize * math.prod(shape)
    if len(content) < start:
        raise InputError(
            f"'{path.name}' has {len(content)} bytes, too few for the header of {content[3]} dimensions; the file is "
            f"cut off, so fetch it again."
        )
    if len(content) != needed:
        raise InputError(
            f"'{path.name}' has {len(content)} bytes, but its header says {' x '.join(map(str, shape))} numbers in "
            f"{needed}; the file is cut off or damaged, so fetch it again."
        )
    return np.frombuffer(content, numbers, offset=start).reshape(shape)
