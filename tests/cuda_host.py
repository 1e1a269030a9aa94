"""The CUDA source as ordinary C++, so that it is tested where there is no GPU: a launcher that runs it on the host."""

import ctypes
import shutil
import subprocess
from pathlib import Path

import array_api_compat.numpy
import numpy as np

from regretlab.engines import cuda

SHIM = Path(__file__).with_name("cuda_host.h")
COMPILER = shutil.which("g++")
#: The step may not be contracted; nothing else rounds differently.
FLAGS = ("-std=c++20", "-O2", "-ffp-contract=off", "-fno-strict-aliasing", "-pthread", "-Wall", "-Wno-unused-function")

#: Symbolic, because the C library has a function ``advance`` of its own.
LIBRARY = ("-shared", "-fPIC", "-Wl,-Bsymbolic")


def build(folder, *flags, source=cuda.SOURCE, shared=True):
    """The path of the library (or, with a ``main`` in ``flags``, of the program) made from the source."""
    target = Path(folder) / "kernels.so"
    command = [
        COMPILER, *FLAGS, *flags, *(LIBRARY if shared else []), f'-DKERNELS="{source}"', "-x", "c++",
        str(SHIM), "-o", str(target),
    ]  # fmt: skip
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return target


class Host:
    """A launcher on NumPy arrays: one block after the other, each with as many threads as a GPU would give it."""

    xp = array_api_compat.numpy

    def __init__(self, library):
        self._library = ctypes.CDLL(str(library))
        self.launches = []

    def launch(self, name, grid, block, shared, arguments):
        self.launches.append((name, grid, block, shared))
        values = [ctypes.c_void_p(a.ctypes.data) if isinstance(a, np.ndarray) else np.ctypeslib.as_ctypes(a.reshape(1))
                  for a in arguments]  # fmt: skip
        pointers = (ctypes.c_void_p * len(values))(*(ctypes.cast(ctypes.pointer(v), ctypes.c_void_p) for v in values))
        getattr(self._library, f"launch_{name}")(grid, block, pointers)
