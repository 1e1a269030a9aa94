"""What a timing depends on besides the code: processor, cores, versions. Both sides of a comparison get one thread."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "numba", "llvmlite", "torch", "jax", "optax")
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}


#: The cores this process may use, read before :func:`pin` leaves one of them.
ALLOWED = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()


def pin() -> None:
    """One core (the last one allowed) and one thread; call it before any library starts its pool."""
    os.environ.update(ONE_THREAD)
    if ALLOWED:
        os.sched_setaffinity(0, {max(ALLOWED)})


def unpinned() -> dict[str, str]:
    """Back to all cores, for a child process that is timed as its users run it; the child's environment."""
    if ALLOWED:
        os.sched_setaffinity(0, ALLOWED)
    return {name: value for name, value in os.environ.items() if name not in ONE_THREAD}


def describe() -> dict[str, Any]:
    """The processor and the versions of everything timed."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return {
        "processor": processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores_present": os.cpu_count(),
        "cores_used": 1,
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "versions": versions,
    }


def processor() -> str:
    """The processor's name and the widest vectors it has."""
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor() or sys.platform
    lines = dict(line.split(":", 1) for line in info.read_text().splitlines() if ":" in line)
    facts = {key.strip(): value.strip() for key, value in lines.items()}
    flags = facts.get("flags", "").split()
    vectors = next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "")
    return ", ".join(part for part in (facts.get("model name", platform.machine()), vectors) if part)
