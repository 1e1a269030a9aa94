"""IDX, the format of MNIST: images in one file, their labels in a second one beside it."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from regretlab.errors import InputError
from regretlab.problems._packed import opened

#: The third byte of an IDX file and the numbers it stands for.
NUMBERS = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


def idx(path: Path) -> tuple[Any, Any]:
    """Read the images of a file, each a row, and the labels beside it."""
    beside = re.sub(r"idx3(?!.*idx3)", "idx1", path.name.replace("images", "labels"))
    plain = re.sub(r"\.gz$", "", beside, flags=re.IGNORECASE)
    found = [path.with_name(name) for name in (beside, plain, f"{plain}.gz") if path.with_name(name).is_file()]
    if "images" not in path.name or not found:
        raise InputError(
            f"IDX keeps labels in a second file beside '...images...', here '{plain}'; give the file of images and put "
            f"that of labels beside it."
        )
    images, labels = _array(path), _array(found[0])
    return images.reshape(len(images), math.prod(images.shape[1:])), labels


def _array(path: Path) -> np.ndarray:
    with opened(path, "rb") as file:
        content = file.read()
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in NUMBERS or content[3] == 0:
        raise InputError(
            f"'{path.name}' does not begin as IDX does (0, 0, a type of 8, 9, 11 to 14, the dimensions); replace it."
        )
    numbers, start = np.dtype(NUMBERS[content[2]]), 4 + 4 * content[3]
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
