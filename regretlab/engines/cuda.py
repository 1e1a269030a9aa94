"""The CUDA engine: one block of threads per replicate makes many steps per launch, on arrays that stay on the device.

It makes the same run as the compiled engine: the same random words, the same state, the same totals, to the last bit
where nothing has to be summed and no exponential is taken. The source is ``kernels.cu``.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from regretlab.engines import _kernels as codes
from regretlab.engines import array
from regretlab.engines.array import State
from regretlab.engines.compiled import (
    BLOCK_SECONDS,
    DIAGNOSIS_STEPS,
    FIRST_BLOCK,
    LARGEST_BLOCK,
    LOSSES,
    NO_RULE,
    TOTALS,
    _features,
    _part,
    _table,
)
from regretlab.errors import InputError
from regretlab.methods import Coefficients, Moments
from regretlab.rng import Streams
from regretlab.samplers import Cyclic

SOURCE = Path(__file__).with_name("kernels.cu")
#: The step of a method must round as NumPy does; sums ask for a fused multiply-add where they want one.
OPTIONS = ("--fmad=false",)
#: Threads of a block: a multiple of a warp, and few, so that many replicates share a multiprocessor.
WARP, THREADS = 32, 128
#: The shared memory that every device gives a block, in numbers of eight bytes.
SHARED = 48 * 1024 // 8
#: Numbers at the front of it that the threads tell each other (``Common`` in the source).
COMMON = 83
#: Where one thread makes a replicate's steps: the coefficients of the next 32 of them.
TABLE = 32 * 13
#: Rows of K numbers and of K indices of a block's working memory.
ROWS = 12 + 11
#: Into how many strands a sum is cut: many for a single example, few where K examples are summed side by side.
STRANDS, STRANDS_OF_A_BATCH, BATCH = 32, 8, 8
#: At most so many numbers are scratch; blocks then take several replicates, one after the other.
SCRATCH = 1 << 27


class Launcher(Protocol):
    """A device: the namespace of its arrays, and a way to run a kernel of the source on them.

    ``launch`` returns when the kernel is done. Arguments are arrays and NumPy scalars; ``shared`` is in bytes.
    """

    xp: Any

    def launch(self, name: str, grid: int, block: int, shared: int, arguments: tuple[Any, ...]) -> None: ...


class Device:
    """The current CUDA device, through CuPy.

    Raises
    ------
    InputError
        Without CuPy, a device or CUDA's run-time compiler.
    """

    def __init__(self) -> None:
        missing = unavailable()
        if missing is None:
            import array_api_compat.cupy as xp
            import cupy

            self.xp = xp
            self._wait = cupy.cuda.runtime.deviceSynchronize
            self._module = cupy.RawModule(code=SOURCE.read_text(encoding="utf-8"), options=OPTIONS)
            try:
                self._module.compile()
            except RuntimeError as error:  # CUDA's run-time compiler is not there, or too old for the device
                missing = f"its kernels cannot be compiled ({_first_line(error)})"
        if missing is not None:
            raise InputError(
                f"engine='cuda' cannot be used: {missing}; it needs an NVIDIA GPU and pip install 'regretlab[gpu]' "
                "('regretlab doctor' shows what is there)."
            )

    def launch(self, name: str, grid: int, block: int, shared: int, arguments: tuple[Any, ...]) -> None:
        self._module.get_function(name)((grid,), (block,), arguments, shared_mem=shared)
        self._wait()


def unavailable() -> str | None:
    """Why no CUDA device can be used, in words; None when one can."""
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


class Cuda:
    """The CUDA engine on one problem and sampler.

    Parameters
    ----------
    problem, sampler
        Parts with a compiled form (see :func:`regretlab.engines.compiled.unsupported`), the sampler fitted; the
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
        self._problem, self._sampler, self._device = problem, sampler, device or Device()
        self.xp = self._device.xp
        self._rule, law, K = sampler.rule, sampler.law, sampler.run.K
        self._code = (
            codes.BANDIT if self._rule else codes.CYCLIC if type(sampler) is Cyclic
            else codes.UNIFORM if sampler.replacement else codes.FLOYD
        )  # fmt: skip
        n, d = problem.n, problem.d
        self._strands = STRANDS_OF_A_BATCH if K >= BATCH else STRANDS
        wanted = -(-max(d, K * self._strands) // WARP) * WARP
        self._threads = threads or min(THREADS, wanted)
        work = ROWS * K + max(max(K, 4) * self._strands, self._threads)
        self._shared = work + COMMON if work + COMMON <= SHARED else COMMON
        tree = 2 << (n - 1).bit_length() if self._rule else 0
        self._scratch = d + tree + (work if self._shared == COMMON else 0)
        self._sizes = [
            n, d, K, LOSSES[type(problem)], self._code, self._strands, hasattr(problem.Z, "indptr"),
        ]  # fmt: skip
        scalars = (np.float64(1.0 if law.total > 1 else 1 / K), np.float64(law.floor))
        held = ([float(a) for a in self._rule or NO_RULE], *_features(problem.Z), problem.y)
        arrays = (*map(np.asarray, held), np.sqrt(problem.squared_norms))
        self._constant = (*scalars, *(self.xp.asarray(np.ascontiguousarray(a)) for a in arrays))
        self.steps = FIRST_BLOCK
        self._warm = False

    def advance(self, state: State, schedule: Coefficients, streams: Streams) -> State:
        """The state after the steps of ``schedule``; the streams move on with it.

        Raises
        ------
        NonFiniteError
            With the step, the replicate and the cause, as the array engine has it.
        """
        words = streams.state
        if not self._warm:
            self._warm = True
            self._made(state, _part(schedule, 0, 0), words)
        began = time.perf_counter()
        state, streams.state = self._checked(state, schedule, words)
        seconds = time.perf_counter() - began
        self.steps = int(min(LARGEST_BLOCK, max(1, len(schedule.eta) * min(4.0, BLOCK_SECONDS / max(seconds, 1e-9)))))
        return state

    def _checked(self, state: State, schedule: Coefficients, words: np.ndarray) -> tuple[State, np.ndarray]:
        """The block, or if it stops being finite, its halves, until few enough steps are left to look at each."""
        after, moved = self._made(state, schedule, words)
        xp = self.xp
        if all(bool(xp.all(xp.isfinite(a))) for a in (after.moments.x, after.moments.v, after.totals["loss"])):
            return after, moved
        steps = len(schedule.eta)
        if steps > DIAGNOSIS_STEPS:
            state, words = self._checked(state, _part(schedule, 0, steps // 2), words)
            return self._checked(state, _part(schedule, steps // 2, steps), words)
        streams = Streams(0, "sampler", range(len(words)))
        streams.state = words
        uniforms = streams.uniforms(steps, self._sampler.uniforms)
        looked_at = array.advance(self._problem, self._sampler, schedule, _with(state, _host), uniforms)
        return _with(looked_at, xp.asarray), streams.state

    def _made(self, state: State, schedule: Coefficients, words: np.ndarray) -> tuple[State, np.ndarray]:
        """The state and the words after the block; the arrays of the state before it stay as they are."""
        xp, R, steps = self.xp, len(words), len(schedule.eta)
        after = _with(state, lambda a: a.copy())  # rows in order, whatever it was
        moved = xp.asarray(words.copy())
        constant, moving, rows = map(xp.asarray, _table(schedule, self._problem.domain))
        plain = _plain(self._problem, self._sampler)
        grid = -(-R // self._threads) if plain else min(R, max(1, SCRATCH // self._scratch))
        scratch = xp.empty(0 if plain else grid * self._scratch, dtype=xp.float64)
        sizes = [*self._sizes, R, self._scratch, self._shared > COMMON, steps, moving.shape[0]]
        own = after.sampler[0]
        arguments = (
            xp.asarray(np.array(sizes, np.int64)), *self._constant, constant, moving, rows, scratch,
            *after.moments, moved, own, own, *(after.totals[name] for name in TOTALS),
        )  # fmt: skip
        name, shared = ("advance_lanes", TABLE) if plain else ("advance", self._shared)
        self._device.launch(name, grid, self._threads, 8 * shared, arguments)
        return State(state.t + steps, after.moments, after.sampler, after.totals), _host(moved)


def _plain(problem: Any, sampler: Any) -> bool:
    """Whether one thread can make a replicate's steps: linear losses in one dimension, one of them per step."""
    ordered = sampler.rule is None and (type(sampler) is Cyclic or sampler.replacement)
    return ordered and LOSSES[type(problem)] == codes.IDENTITY and problem.d == sampler.run.K == 1


def _with(state: State, change: Any) -> State:
    """The state with every array changed."""
    totals = {name: change(a) for name, a in state.totals.items()}
    return State(state.t, Moments(*map(change, state.moments)), tuple(map(change, state.sampler)), totals)


def _host(a: Any) -> np.ndarray:
    return a.get() if hasattr(a, "get") else np.asarray(a)
