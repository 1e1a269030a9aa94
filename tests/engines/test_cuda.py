"""The CUDA engine without a GPU: its source compiled by NVRTC and nvcc, and run on the host as C++; with one, there.

On the host every CUDA thread is a thread and every barrier a real one, so that what the source computes, whatever the
number of threads, is what a device computes, up to the rounding of exp, log1p and pow.
"""

import ctypes
import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from scipy import sparse

import regretlab as rl
from regretlab import algorithms
from regretlab.cli import doctor
from regretlab.domains import Box
from regretlab.engines import array, blocks, choice
from regretlab.engines.compiled import layout
from regretlab.engines.compiled.engine import Compiled
from regretlab.engines.cuda import engine as cuda
from regretlab.engines.cuda.engine import Cuda
from regretlab.engines.streams import Streams
from regretlab.methods import Coefficients
from regretlab.runs.plan import plan
from regretlab.runs.run import run
from regretlab.runs.schedule import coefficients
from regretlab.samplers import Rule
from tests.engines import test_own_bandit  # noqa: F401 - a user's EXP3
from tests.helpers import cuda_host
from tests.helpers.runs import BANDITS, EXTREMES, LINEAR_MODELS, METHODS, ORDERS, Bursting, logistic, parts
from tests.problems import test_own_losses
from tests.tolerances import ROUND_OFF, ROUND_OFF_OF_A_RUN

TEXT = cuda.SOURCE.read_text()
WITH_LOSS = cuda.source(logistic())
ONE_DIMENSION = [rl.problems.Reddi(), rl.problems.StochasticReddi(1010, 10, probability=0.01)]
needs_compiler = pytest.mark.skipif(cuda_host.COMPILER is None, reason="there is no g++ to run the CUDA source with")
needs_gpu = pytest.mark.skipif(cuda.unavailable() is not None, reason=f"no GPU: {cuda.unavailable()}")


@pytest.fixture(name="library", scope="module")
def _library(tmp_path_factory):
    if cuda_host.COMPILER is None:
        pytest.skip("there is no g++ to run the CUDA source with")
    return cuda_host.build(tmp_path_factory.mktemp("host"))


@pytest.fixture(name="host")
def _host(library):
    return cuda_host.Host(library)


@pytest.fixture(name="installed")
def _installed(host, monkeypatch):
    """engine="cuda" runs on the host, with few threads: they are expensive there."""
    monkeypatch.setattr(cuda, "THREADS", 3)
    monkeypatch.setattr(cuda, "Device", lambda: host)
    return host


def made(engine, p, first=1, steps=None, start=None):
    """The state that an engine makes of a plan, with the words of the streams after it."""
    R = len(p.replicates)
    start = start or array.initial(p.problem, p.sampler, R, (), np)
    streams = Streams(first, "sampler", range(R))
    return engine.advance(start, coefficients(p.algorithm, first, steps or p.horizon), streams), streams.state


def assert_same(p, a, b, tolerance=0.0):
    assert (a[1] == b[1]).all()
    for (name, x), y in zip(parts(p.sampler, a[0]).items(), parts(p.sampler, b[0]).values(), strict=True):
        assert x.dtype == y.dtype, name
        assert np.allclose(x, y, rtol=tolerance, atol=tolerance) if tolerance else (x == y).all(), name


def planned(problem, algorithm, steps, replicates=2):
    return plan(problem, algorithms.parse(algorithm), horizon=steps, replicates=replicates)


# ---- the source ----


def enumerated(first):
    """The names of the enumeration that begins with one, as far as they count up by themselves."""
    return re.search(rf"enum {{ ({first}\b[^}}=]*)", TEXT)[1].replace(" ", "").strip(",").split(",")


def test_the_source_counts_as_python_does():
    assert [getattr(layout, name) for name in enumerated("CYCLIC")] == [0, 1, 2, 3]
    assert [name.lower() for name in enumerated("PROJECTED")] == list(Rule._fields)
    names = [name.lower() for name in enumerated("MU")]
    assert names == [*Coefficients._fields[:9], "power", "eps", "low", "high", "coefficients"]


def test_the_engine_knows_the_sizes_of_the_source(library):
    sizes = np.zeros(3, np.int64)
    ctypes.CDLL(str(library)).sizes_of_the_source(ctypes.c_void_p(sizes.ctypes.data))
    assert sizes.tolist() == [cuda.COMMON, cuda.ROWS, cuda.TABLE]
    assert f"__launch_bounds__({cuda.THREADS}," in TEXT


def ptx_of_nvrtc(*options):
    library = doctor.nvrtc()
    if library is None:
        pytest.skip("NVRTC is not installed: pip install nvidia-cuda-nvrtc-cu12")
    nvrtc, program, size = ctypes.CDLL(str(library)), ctypes.c_void_p(), ctypes.c_size_t()
    assert nvrtc.nvrtcCreateProgram(ctypes.byref(program), WITH_LOSS.encode(), b"kernels.cu", 0, None, None) == 0
    texts = [o.encode() for o in ("--gpu-architecture=compute_75", *options)]
    failed = nvrtc.nvrtcCompileProgram(program, len(texts), (ctypes.c_char_p * len(texts))(*texts))
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    assert not failed, log.value.decode()
    nvrtc.nvrtcGetPTXSize(program, ctypes.byref(size))
    ptx = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetPTX(program, ptx)
    return ptx.value.decode()


def ptx_of_nvcc(*options):
    if shutil.which("nvcc") is None:
        pytest.skip("nvcc is not installed")
    command = ["nvcc", "-ptx", "-arch=compute_75", "-Werror=all-warnings", *options, "-x", "cu", "-", "-o", "-"]
    compiled = subprocess.run(command, input=WITH_LOSS, capture_output=True, text=True)
    if "Unsupported gpu architecture" in compiled.stderr:
        pytest.skip(compiled.stderr.strip())
    assert compiled.returncode == 0, compiled.stderr
    return compiled.stdout


@pytest.mark.parametrize("compiler", [ptx_of_nvrtc, ptx_of_nvcc])
def test_cuda_compiles_the_source(compiler):
    ptx = compiler(*cuda.OPTIONS)
    assert {".entry advance(", ".entry advance_lanes("} <= set(re.findall(r"\.entry \w+\(", ptx))
    assert "sqrt.rn.f64" in ptx
    assert "div.rn.f64" in ptx
    # The option matters: without it the step would be contracted, and round as NumPy does not.
    assert compiler().count("fma.rn.f64") > ptx.count("fma.rn.f64")


# ---- on the host ----


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("replicates", [1, 9])
def test_linear_losses_in_one_dimension_are_the_same_bits(method, order, replicates, host, monkeypatch):
    for problem in ONE_DIMENSION:
        p = planned(problem, method + order, 40, replicates)
        expected = made(Compiled(problem, p.sampler), p)
        assert_same(p, made(Cuda(problem, p.sampler, host, 8), p), expected)
        if replicates == 1:
            with monkeypatch.context() as patch:
                patch.setattr(cuda, "_plain", lambda problem, sampler: False)
                assert_same(p, made(Cuda(problem, p.sampler, host, 4), p), expected)
    names = {name for name, *_ in host.launches}
    assert names == {"advance"} if "False" in order else "advance_lanes" in names


@pytest.mark.parametrize("order", [*ORDERS, *BANDITS, "+gains(gamma=0.5)"])
@pytest.mark.parametrize("problem", LINEAR_MODELS.values(), ids=LINEAR_MODELS)
def test_sums_agree_to_round_off(problem, order, host):
    p = planned(problem, f"amsgrad(alpha=0.5, batch_size=3){order}", 20)
    expected = made(Compiled(problem, p.sampler, 1), p)
    assert_same(p, made(Cuda(problem, p.sampler, host, 4), p), expected, ROUND_OFF_OF_A_RUN)


@pytest.mark.parametrize("kind", test_own_losses.OWN)
def test_a_users_loss_is_in_the_source(kind, host):
    problem = kind(test_own_losses.X, test_own_losses.TARGETS)
    p = planned(problem, "adam(alpha=0.1, batch_size=3)+adambs", 12)
    expected = made(Compiled(problem, p.sampler, 1), p)
    assert_same(p, made(Cuda(problem, p.sampler, host, 4), p), expected, ROUND_OFF_OF_A_RUN)
    assert cuda.source(problem) != WITH_LOSS


@pytest.mark.parametrize("order", BANDITS + EXTREMES)
@pytest.mark.parametrize("K", [1, 3, 7])
def test_every_step_of_a_bandit_is_the_compiled_engines(order, K, host):
    problem = cuda_host.uneven()
    p = planned(problem, f"adam(alpha=0.1, batch_size={K}){order}", 400)
    ours, theirs = Cuda(problem, p.sampler, host, 4), Compiled(problem, p.sampler, 1)
    state = array.initial(problem, p.sampler, 2, (), np)
    for t in range(1, 30):
        after = made(ours, p, t, 1, state)
        assert_same(p, after, made(theirs, p, t, 1, state), ROUND_OFF)
        state = after[0]


@pytest.mark.parametrize(
    "order", ["+adamcb(gamma=0.4)", "+adamcb_ours(gamma=0.1, update='gains')", "+adambs_corrected(gamma=0.5)"]
)
@pytest.mark.parametrize("others", [0.0, -100.0, -500.0])
@pytest.mark.parametrize("largest", [(650.0,), (300.0, 650.0), (900.0, 100.0)])
def test_weights_of_any_size(order, others, largest, host):
    """Logarithms too large for an exponential, and others so small that the tree is planted again without them."""
    problem = cuda_host.uneven()
    p = planned(problem, f"adam(alpha=0.1, batch_size=3){order}", 4)
    log_w = np.array([*largest, *(others - np.arange(8.0 - len(largest)))])
    start = array.initial(problem, p.sampler, 2, (), np)
    start = array.State(0, start.moments, (np.stack([log_w, log_w[::-1]]),), start.totals)
    expected = made(Compiled(problem, p.sampler, 1), p, start=start)
    assert_same(p, made(Cuda(problem, p.sampler, host, 4), p, start=start), expected, ROUND_OFF_OF_A_RUN)


@pytest.mark.parametrize("K", [1, 9])
@pytest.mark.parametrize("dense", [True, False])
def test_more_coordinates_than_strands_and_threads(K, dense, host):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(30, 299)) * (rng.random((30, 299)) < 0.2)
    problem = rl.problems.Logistic(X if dense else sparse.csr_array(X), np.resize([1.0, -1.0], 30))
    assert sparse.issparse(problem.Z) != dense
    p = planned(problem, f"amsgrad(alpha=0.5, batch_size={K})+adambs", 20)
    expected = made(Compiled(problem, p.sampler, 1), p)
    for threads in (4, 32):
        assert_same(p, made(Cuda(problem, p.sampler, host, threads), p), expected, ROUND_OFF_OF_A_RUN)


@pytest.mark.parametrize("order", ORDERS + BANDITS)
@pytest.mark.parametrize(("n", "K"), [(100, 32), (400, 300), (9, 9)])
def test_large_batches_and_working_memory_in_scratch(n, K, order, host):
    """At K = 300 a block's rows do not fit into the memory that its threads share."""
    problem = cuda_host.uneven(n)
    p = planned(problem, f"adam(alpha=0.1, batch_size={K}){order}", 3)
    expected = made(Compiled(problem, p.sampler, 1), p)
    assert_same(p, made(Cuda(problem, p.sampler, host, 8), p), expected, ROUND_OFF_OF_A_RUN)
    assert (host.launches[-1][3] == 8 * cuda.COMMON) == (K == 300)


@pytest.mark.parametrize("order", ORDERS + BANDITS)
@pytest.mark.parametrize(
    "problem",
    [cuda_host.uneven(20), rl.problems.HeavyTailedLogistic(n=40, d=3), rl.problems.StochasticReddi()],
    ids=["logistic", "heavy_tailed", "reddi"],
)
def test_threads_blocks_and_splits_do_not_change_a_bit(problem, order, host, monkeypatch):
    p = planned(problem, f"adam(alpha=0.1, batch_size={min(9, problem.n)}){order}", 24, replicates=3)
    whole = made(Cuda(problem, p.sampler, host, 1), p)
    for threads in (4, 32):
        assert_same(p, made(Cuda(problem, p.sampler, host, threads), p), whole)
    monkeypatch.setattr(cuda, "SCRATCH", 1)
    engine, streams = Cuda(problem, p.sampler, host, 2), Streams(1, "sampler", range(3))
    state = array.initial(problem, p.sampler, 3, (), np)
    for first, last in ((1, 5), (6, 6), (7, 24)):
        state = engine.advance(state, coefficients(p.algorithm, first, last - first + 1), streams)
    assert_same(p, (state, streams.state), whole)
    assert host.launches[-1][1] == 1


@pytest.mark.parametrize("algorithm", ["adam(alpha=0.5)" + sampler for sampler in ORDERS[1:] + BANDITS[::2]])
@pytest.mark.parametrize("problem", [rl.problems.StochasticReddi(), logistic()], ids=["reddi", "logistic"])
@pytest.mark.usefixtures("installed")
def test_a_run_is_the_same_alone_in_blocks_and_resumed(problem, algorithm, monkeypatch, tmp_path):
    p = plan(problem, algorithms.parse(algorithm), horizon=31, replicates=3)
    p = p._replace(horizon=40, checkpoints=np.array([10, 31, 40]))
    whole = run(p, engine="cuda")
    assert (whole.attrs["engine"], whole.attrs["engine_reason"]) == ("cuda", "asked for")
    alone = run(p._replace(replicates=(2,)), engine="cuda")
    xr.testing.assert_identical(whole.sel(replicate=[2]).drop_attrs(), alone.drop_attrs())
    monkeypatch.setattr(blocks, "FIRST_BLOCK", 3)
    monkeypatch.setattr(blocks, "LARGEST_BLOCK", 7)
    half = rl.simulate(problem, algorithm, horizon=31, replicates=3, checkpoints=[10, 31], engine="cuda")
    opened = rl.Result.open(half.to_netcdf(tmp_path / "half.nc"))
    resumed = opened.extend(horizon=40, checkpoints=[40], problem=problem).of()
    assert resumed.attrs["engine"] == "cuda"
    xr.testing.assert_equal(resumed.drop_vars(["algorithm", "comparator"])[list(whole.data_vars)], whole)


@pytest.mark.parametrize("p", [0.0, 0.25, 0.5])
def test_a_user_defined_method_runs_too(p, host):
    class Everything(rl.methods.Method):
        def coefficients(self, t):
            return rl.methods.generic(
                t, mu=0.9, nu=0.2, beta=0.8, om=0.3, rho=0.99, wd=0.01, eta=0.1 / t, kap=0.5, c=1.1, p=p, eps=1e-3
            )

    algorithm = algorithms.Algorithm("everything", Everything(), None, None)
    for problem in (rl.problems.Reddi(), logistic(domain=Box(-0.2, 0.3)), logistic(domain="none")):
        q = plan(problem, algorithm, horizon=50)
        tolerance = 0.0 if problem.d == 1 and p != 0.25 else ROUND_OFF_OF_A_RUN
        assert_same(q, made(Cuda(problem, q.sampler, host), q), made(Compiled(problem, q.sampler), q), tolerance)


@pytest.mark.parametrize("samples", [1, 3])
@pytest.mark.usefixtures("installed")
def test_a_run_that_overflows_says_where_and_why(samples):
    problem = rl.problems.Logistic(np.array([[1.0], [-1.0]]), np.array([1.0, -1.0]), domain="none")
    with pytest.raises(rl.NonFiniteError, match="step 2500, replicate 0, coordinate 0: the iterate overflowed"):
        rl.simulate(
            problem,
            algorithms.Algorithm("bursting", Bursting(), None, None),
            engine="cuda",
            horizon=4000,
            replicates=samples,
        )


WATCHED = "halt_on_error=1:exitcode=66"


def races(library):
    """What ThreadSanitizer says of a few steps with every sampler."""
    found = subprocess.run([cuda_host.COMPILER, "-print-file-name=libtsan.so"], capture_output=True, text=True)
    environment = os.environ | {"LD_PRELOAD": found.stdout.strip(), "TSAN_OPTIONS": WATCHED}
    command = [sys.executable, "-m", "tests.helpers.cuda_host", str(library)]
    root = Path(__file__).parents[2]
    ran = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, timeout=600)
    if ran.returncode not in (0, 66) or "FATAL: ThreadSanitizer" in ran.stderr:
        pytest.skip(f"ThreadSanitizer does not work here: {ran.stderr.strip()[-200:]}")
    return ran.stderr


@needs_compiler
@pytest.mark.slow
def test_no_thread_reads_what_another_still_writes(tmp_path):
    """And a twin with one barrier fewer is found out."""
    begin = TEXT.index("__device__ void observe")
    barrier = TEXT.index("__syncthreads();", begin)
    (tmp_path / "twin").mkdir()
    (tmp_path / "twin.cu").write_text(TEXT[:barrier] + TEXT[barrier:].replace("__syncthreads();", "", 1))
    flags = ("-fsanitize=thread", "-g")
    try:
        library = cuda_host.build(tmp_path, *flags)
        twin = cuda_host.build(tmp_path / "twin", *flags, source=tmp_path / "twin.cu")
    except AssertionError as error:
        pytest.skip(f"ThreadSanitizer is not installed: {error}")
    assert races(library) == ""
    assert "data race" in races(twin)


# ---- choosing it ----


def test_without_a_gpu_it_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(cuda, "unavailable", lambda: "CuPy is not installed")
    with pytest.raises(rl.InputError) as error:
        rl.simulate(logistic(), "adam", horizon=3, engine="cuda")
    assert str(error.value) == (
        "engine='cuda' cannot be used: CuPy is not installed; it needs an NVIDIA GPU and pip install 'regretlab[gpu]' "
        "('regretlab doctor' shows what is there)."
    )


class Cupy(types.ModuleType):
    """What the engine uses of CuPy, on the host: a runtime with one device, and a module of kernels."""

    def __init__(self, library, count=1, compiles=True):
        super().__init__("cupy")

        class CUDARuntimeError(RuntimeError):
            pass

        class RawModule:
            def __init__(self, *, code, options):
                assert (code, options) == (WITH_LOSS, ("--fmad=false",))

            def compile(self):
                if not compiles:
                    raise RuntimeError("no libnvrtc\nfor many reasons")

            def get_function(self, name):
                host = cuda_host.Host(library)
                return lambda grid, block, args, *, shared_mem: host.launch(
                    WITH_LOSS, name, *grid, *block, shared_mem, args
                )

        def devices():
            if count == 0:
                raise CUDARuntimeError("cudaErrorNoDevice")
            return count

        facts = {"name": b"Stub", "totalGlobalMem": 2**31, "major": 9, "minor": 0}
        runtime = types.SimpleNamespace(
            getDeviceCount=devices,
            CUDARuntimeError=CUDARuntimeError,
            deviceSynchronize=lambda: None,
            getDeviceProperties=lambda i: facts,
        )
        self.RawModule, self.cuda = RawModule, types.ModuleType("cupy.cuda")
        self.cuda.runtime = runtime

    def install(self, monkeypatch):
        for name, module in (("cupy", self), ("cupy.cuda", self.cuda), ("array_api_compat.cupy", cuda_host.Host.xp)):
            monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.setattr("array_api_compat.cupy", cuda_host.Host.xp, raising=False)


def test_a_device_of_cupys(library, monkeypatch):
    Cupy(library).install(monkeypatch)
    monkeypatch.setattr(cuda, "THREADS", 4)
    assert cuda.unavailable() is None
    assert cuda.devices() == [{"name": "Stub", "memory_gib": 2.0, "capability": "9.0"}]
    record = rl.simulate(logistic(), "adam+adamcb(gamma=0.4)", horizon=9, engine="cuda").record
    assert record.attrs["engine"] == "cuda"
    assert np.allclose(record.x, rl.simulate(logistic(), "adam+adamcb(gamma=0.4)", horizon=9).record.x, atol=ROUND_OFF)


@pytest.mark.parametrize(
    ("stub", "reason"),
    [
        ({"count": 0}, r"there is no CUDA device \(cudaErrorNoDevice\);"),
        ({"compiles": False}, r"its kernels cannot be compiled \(no libnvrtc\);"),
    ],
)
def test_a_device_that_cannot_be_used(stub, reason, monkeypatch):
    Cupy(None, **stub).install(monkeypatch)
    with pytest.raises(rl.InputError, match=reason):
        cuda.Device().load(WITH_LOSS)


@pytest.mark.usefixtures("installed")
def test_it_is_never_chosen_silently_and_only_for_built_in_parts():
    assert rl.simulate(logistic(), "adam", horizon=3).record.attrs["engine"] == "compiled"
    with pytest.raises(rl.InputError, match=r"engine='cuda' cannot make this run: measure=cumulative needs all"):
        rl.simulate(logistic(), "adam", horizon=3, measure="cumulative", engine="cuda")
    with pytest.raises(rl.InputError, match=r"engine='gpu' is not one of 'auto', 'compiled', 'cuda'"):
        choice.choose("gpu", rl.methods.Adam(), logistic(), None, (), 1)


# ---- on a GPU ----


@needs_gpu
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("method", METHODS)
def test_a_gpu_gives_the_same_bits_in_one_dimension(method, order):
    device = cuda.Device()
    for problem in ONE_DIMENSION:
        p = planned(problem, method + order, 200, 70)
        assert_same(p, on_device(problem, p, device), made(Compiled(problem, p.sampler), p))


@needs_gpu
@pytest.mark.parametrize("order", ORDERS + BANDITS + EXTREMES)
@pytest.mark.parametrize("problem", [cuda_host.uneven(), rl.problems.HeavyTailedLogistic(n=40, d=3)])
def test_a_gpu_agrees_to_round_off(problem, order):
    device = cuda.Device()
    for K in (1, 3, 7):
        p = planned(problem, f"adam(alpha=0.1, batch_size={K}){order}", 10, 5)
        expected = made(Compiled(problem, p.sampler), p)
        for threads in (32, 128):
            assert_same(p, on_device(problem, p, device, threads), expected, ROUND_OFF_OF_A_RUN)


@needs_gpu
def test_a_run_on_a_gpu_is_the_same_alone_and_in_blocks(monkeypatch):
    p = planned(logistic(), "adamx(alpha=0.5, batch_size=3)+adamcb(gamma=0.4)", 90, 5)
    whole = run(p, engine="cuda")
    monkeypatch.setattr(blocks, "FIRST_BLOCK", 7)
    monkeypatch.setattr(blocks, "LARGEST_BLOCK", 11)
    alone = run(p._replace(replicates=(3,)), engine="cuda")
    xr.testing.assert_identical(whole.sel(replicate=[3]).drop_attrs(), alone.drop_attrs())


def on_device(problem, p, device, threads=None):
    start = array.initial(problem, p.sampler, len(p.replicates), (), device.xp)
    state, words = made(Cuda(problem, p.sampler, device, threads), p, start=start)
    return state.mapped(array.host), words
