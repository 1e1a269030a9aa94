"""The CUDA engine: one block of threads per replicate makes many steps per launch, on arrays that stay on the device.

It makes the same run as the compiled engine: the same random words, the same state, the same totals, to the last bit
where nothing has to be summed and no exponential is taken. The source is ``kernels.cu``.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from regretlab.engines.array import State, host
from regretlab.engines.blocks import Blocks, features, table
from regretlab.engines.compiled.trees import leaves
from regretlab.engines.compiled.values import Totals
from regretlab.engines.phi import Loss
from regretlab.errors import InputError
from regretlab.methods import Coefficients
from regretlab.samplers import Cyclic, Rule

SOURCE = Path(__file__).with_name("kernels.cu")
#: The step of a method must round as NumPy does; sums ask for a fused multiply-add where they want one.
OPTIONS = ("--fmad=false",)
#: Threads of a block: a multiple of a warp, and few, so that many replicates share a multiprocessor.
WARP, THREADS = 32, 128
#: The shared memory that every device gives a block, in numbers of eight bytes.
SHARED = 48 * 1024 // 8
#: Numbers at the front of it that the threads tell each other (``Common`` in the source).
COMMON = 83
#: Numbers that a block holds where one thread makes a replicate's steps: the coefficients of the next 32 steps.
TABLE = 32 * 13
#: Rows of K numbers and of K indices of a block's working memory.
ROWS = 12 + 11
#: Into how many strands a sum is cut: many for a single example, few where K examples are summed side by side.
STRANDS, STRANDS_OF_A_BATCH, BATCH = 32, 8, 8
#: At most so many numbers are scratch; blocks then take several replicates, one after the other.
SCRATCH = 1 << 27


class Launcher(Protocol):
    """A device: the namespace of its arrays, and a way to run a kernel of a source on them.

    ``load`` compiles a source, unless it did before. ``launch`` returns when the kernel is done. Arguments are arrays
    and NumPy scalars; ``shared`` is in bytes.
    """

    xp: Any

    def load(self, source: str) -> None: ...

    def launch(
        self, source: str, name: str, grid: int, block: int, shared: int, arguments: tuple[Any, ...]
    ) -> None: ...  # fmt: skip


class Device:
    """The current CUDA device, through CuPy.

    Raises
    ------
    InputError
        Without CuPy, a device or CUDA's run-time compiler.
    """

    def __init__(self) -> None:
        missing = unavailable()
        if missing is not None:
            raise _unusable(missing)
        import array_api_compat.cupy as xp
        import cupy

        self.xp = xp
        self._wait = cupy.cuda.runtime.deviceSynchronize
        self._module = functools.cache(lambda source: cupy.RawModule(code=source, options=OPTIONS))

    def load(self, source: str) -> None:
        try:
            self._module(source).compile()
        except RuntimeError as error:  # CUDA's run-time compiler is not there, or too old for the device
            raise _unusable(f"its kernels cannot be compiled ({_first_line(error)})") from None

    def launch(
        self, source: str, name: str, grid: int, block: int, shared: int, arguments: tuple[Any, ...]
    ) -> None:  # fmt: skip
        self._module(source).get_function(name)((grid,), (block,), arguments, shared_mem=shared)
        self._wait()


def _unusable(missing: str) -> InputError:
    return InputError(
        f"engine='cuda' cannot be used: {missing}; it needs an NVIDIA GPU and pip install 'regretlab[gpu]' "
        "('regretlab doctor' shows what is there)."
    )


def source(problem: Any) -> str:
    """Return the CUDA source with the loss of a problem."""
    return SOURCE.read_text(encoding="utf-8") + Loss(problem.measured).cuda()


def unavailable() -> str | None:
    """Say why no CUDA device can be used; None when one can."""
    try:
        import cupy
    except ImportError as error:
        if error.name == "cupy":
            return "CuPy is not installed"
        return f"CuPy cannot be imported ({_first_line(error)})"
    try:
        return None if cupy.cuda.runtime.getDeviceCount() else "there is no CUDA device"
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return f"there is no CUDA device ({error})"


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


def devices() -> list[dict[str, Any]]:
    """Name, memory in GiB and compute capability of every CUDA device; only where there is one."""
    from cupy.cuda import runtime

    found = [runtime.getDeviceProperties(i) for i in range(runtime.getDeviceCount())]
    return [
        {
            "name": properties["name"].decode(),
            "memory_gib": round(properties["totalGlobalMem"] / 2**30, 1),
            "capability": f"{properties['major']}.{properties['minor']}",
        }
        for properties in found
    ]


class Cuda(Blocks):
    """The CUDA engine on one problem and sampler.

    Parameters
    ----------
    problem, sampler
        Parts with a compiled form (see :func:`regretlab.engines.blocks.unsupported`), the sampler fitted; the
        problem's arrays on the host.
    device : Launcher, optional
        The current CUDA device by default.
    threads : int, optional
        Threads of a block, at most 128; the numbers do not depend on it.

    Raises
    ------
    InputError
        Without CuPy or without a device.
    """

    def __init__(self, problem: Any, sampler: Any, device: Launcher | None = None, threads: int | None = None) -> None:
        super().__init__(problem, sampler)
        self._device, self._source = device or Device(), source(problem)
        self._device.load(self._source)
        self.xp = self._device.xp
        n, d, K = problem.n, problem.d, sampler.run.K
        self._strands = STRANDS_OF_A_BATCH if K >= BATCH else STRANDS
        wanted = -(-max(d, K * self._strands) // WARP) * WARP
        self._threads = threads or min(THREADS, wanted)
        work = ROWS * K + max(max(K, 4) * self._strands, self._threads)
        self._shared = work + COMMON if work + COMMON <= SHARED else COMMON
        tree = 2 * leaves(n) if self._rule else 0
        self._scratch = d + tree + (work if self._shared == COMMON else 0)
        Z, held = features(problem)
        self._sizes = [
            n, d, K, len(held.y) - 1, self._code, self._strands, hasattr(problem.Z, "indptr"),
        ]  # fmt: skip
        scalars = (np.float64(self._per_draw), np.float64(self._everyone))
        rule = np.array([float(a) for a in self._rule or (0.0,) * len(Rule._fields)])
        self._constant = (*scalars, *(self.xp.asarray(np.ascontiguousarray(a)) for a in (rule, Z, *held)))

    def _made(self, state: State, schedule: Coefficients, words: np.ndarray) -> tuple[State, np.ndarray]:
        xp, R, steps = self.xp, len(words), len(schedule.eta)
        after = state.mapped(lambda a: a.copy())  # rows in order, whatever it was
        moved = xp.asarray(words.copy())
        constant, moving, rows = map(xp.asarray, table(schedule, self._problem.domain))
        plain = _plain(self._problem, self._sampler)
        grid = -(-R // self._threads) if plain else min(R, max(1, SCRATCH // self._scratch))
        scratch = xp.empty(0 if plain else grid * self._scratch, dtype=xp.float64)
        sizes = [*self._sizes, R, self._scratch, self._shared > COMMON, steps, moving.shape[0]]
        own = after.sampler[0]
        arguments = (
            xp.asarray(np.array(sizes, np.int64)), *self._constant, constant, moving, rows, scratch,
            *after.moments, moved, own, own, *(after.totals[name] for name in Totals._fields),
        )  # fmt: skip
        name, shared = ("advance_lanes", TABLE) if plain else ("advance", self._shared)
        self._device.launch(self._source, name, grid, self._threads, 8 * shared, arguments)
        return State(state.t + steps, after.moments, after.sampler, after.totals), host(moved)


def _plain(problem: Any, sampler: Any) -> bool:
    """Tell whether one thread can make a replicate's steps: linear losses in one dimension, one loss per step."""
    ordered = sampler.rule is None and (type(sampler) is Cyclic or sampler.replacement)
    return ordered and problem.linear and problem.d == sampler.run.K == 1
