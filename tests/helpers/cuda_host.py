"""The CUDA source as ordinary C++, so that it is tested where there is no GPU: a launcher that runs it on the host.

As a program (``python -m tests.helpers.cuda_host LIBRARY``) it makes a few steps with every sampler, for a sanitizer.
"""

import ctypes
import functools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import array_api_compat.numpy
import numpy as np

import regretlab as rl
from regretlab import algorithms
from regretlab.engines import array
from regretlab.engines.cuda import engine as cuda
from regretlab.engines.streams import Streams
from regretlab.runs.plan import plan
from regretlab.runs.schedule import coefficients

SHIM = Path(__file__).with_name("cuda_host.h")
COMPILER = shutil.which("g++")
#: The step may not be contracted. The library is bound to itself: the C library has an ``advance`` of its own.
FLAGS = (
    "-std=c++20", "-O2", "-ffp-contract=off", "-fno-strict-aliasing", "-pthread", "-Wall", "-Werror",
    "-Wno-unused-function", "-shared", "-fPIC", "-Wl,-Bsymbolic",
)  # fmt: skip
SAMPLERS = (
    "+cyclic", "+uniform", "+uniform(replacement=False)", "+adambs(gamma=1e-6, alpha_p=1e-4)",
    "+adambs_corrected(gamma=0.5)", "+adamcb(gamma=0.01)", "+adamcb_ours(gamma=0.01, step=2)",
    "+adamcb_ours(gamma=0.1, update='gains')",
)  # fmt: skip


#: What the text of a loss needs of the source, and how the host calls it.
BEFORE = """
#include <cmath>
#define __device__ static
#define INF HUGE_VAL
static double exps(double z) { z = z > -708.0 ? z : -708.0; return exp(z < 709.0 ? z : 709.0); }
"""
AFTER = """
extern "C" double exported(double u, double y, double a, double &slope) { return loss_of(u, y, a, slope); }
"""


def build(folder, *flags, source=cuda.SOURCE):
    """The library made from the source."""
    target = Path(folder) / "kernels.so"
    command = [COMPILER, *FLAGS, *flags, f'-DKERNELS="{source}"', "-x", "c++", str(SHIM), "-o", str(target)]
    made = subprocess.run(command, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return target


@functools.cache
def loss_library(text):
    """The library of one loss, which is made in no time."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "loss.so"
        command = [COMPILER, *FLAGS, "-x", "c++", "-", "-o", str(target)]
        made = subprocess.run(command, input=BEFORE + text + AFTER, capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        return ctypes.CDLL(str(target))


class Host:
    """A launcher on NumPy arrays: one block after the other, each with as many threads as a GPU would give it."""

    xp = array_api_compat.numpy

    def __init__(self, library):
        self._library = ctypes.CDLL(str(library))
        self.launches = []

    def load(self, source):
        loss_library(source.removeprefix(cuda.SOURCE.read_text()))

    def launch(self, source, name, grid, block, shared, arguments):
        assert shared <= 48 * 1024
        loss = loss_library(source.removeprefix(cuda.SOURCE.read_text())).exported
        ctypes.c_void_p.in_dll(self._library, "the_loss").value = ctypes.cast(loss, ctypes.c_void_p).value
        self.launches.append((name, grid, block, shared))
        values = [
            ctypes.c_void_p(a.ctypes.data) if isinstance(a, np.ndarray) else ctypes.c_double(a) for a in arguments
        ]
        pointers = (ctypes.c_void_p * len(values))(*map(ctypes.addressof, values))
        getattr(self._library, f"launch_{name}")(grid, block, pointers)


def uneven(n=8):
    """A logistic problem with one example whose gradients are far larger, so that probabilities reach their ends."""
    rng = np.random.default_rng(1)
    scale = np.ones((n, 1))
    scale[0] = 9.0
    return rl.problems.Logistic(rng.normal(size=(n, 2)) * scale, np.resize([1.0, -1.0], n))


def main():
    host = Host(sys.argv[1])
    for problem in (uneven(), rl.problems.HeavyTailedLogistic(n=40, d=3), rl.problems.Reddi()):
        for sampler in SAMPLERS:
            p = plan(problem, algorithms.parse(f"adam(batch_size=2){sampler}"), horizon=12)
            state = array.initial(problem, p.sampler, 1, (), np)
            engine = cuda.Cuda(problem, p.sampler, host, 4)
            engine.advance(state, coefficients(p.algorithm, 1, 12), Streams(0, "sampler", range(1)))


if __name__ == "__main__":
    main()
