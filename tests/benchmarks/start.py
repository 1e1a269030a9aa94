"""The first call in a fresh process, with an empty and with a filled cache of kernels, and the default study."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks import machine
from tests.benchmarks.tables import number
from tests.benchmarks.workloads import WORKLOADS

ROOT = Path(__file__).parents[2]
#: Run in a fresh process: import, build the problem, then time the first call and the second.
CHILD = """
import sys, time
from tests.benchmarks import machine
machine.pin()
from tests.benchmarks.tools import ours
from tests.benchmarks.workloads import WORKLOADS
workload = WORKLOADS[sys.argv[1]]
workload.fitted
run = ours.prepare(workload)
def seconds():
    began = time.perf_counter()
    run(64)
    return time.perf_counter() - began
print(seconds(), min(seconds() for _ in range(3)))
"""
STUDY = ("-m", "regretlab", "run", "--out")
#: The larger relatives of a workload use the same kernels.
NAMES = tuple(name for name in WORKLOADS if name not in ("W5-1e5", "W5-1e6"))


def first_calls(names: tuple[str, ...] = NAMES, repeats: int = 3) -> dict[str, dict[str, float]]:
    """By workload, the seconds that the first call takes longer than a later one: cold, and the least of some warm."""
    found = {}
    for name in names:
        with tempfile.TemporaryDirectory() as cache:
            cold = _overhead(name, cache)
            warm = [_overhead(name, cache) for _ in range(repeats)]
        found[name] = {"cold": cold, "warm": min(warm)}
    return found


def default_study() -> dict[str, float]:
    """Seconds of ``regretlab run`` on all cores, with an empty cache and then with the one it filled."""
    environment = machine.unpinned()
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as out:
        took = {}
        for kind in ("cold", "warm"):
            began = time.perf_counter()
            _python([*STUDY, str(Path(out) / kind)], cache, environment)
            took[kind] = time.perf_counter() - began
    return took


def rows(calls: dict[str, dict[str, float]], study: dict[str, float]) -> tuple[list[str], list[list[str]]]:
    lines = [
        [f"{name}: first call, beyond a later one", f"{c['cold']:.2f}", f"{c['warm']:.2f}"] for name, c in calls.items()
    ]
    if study:
        lines.append(["regretlab run, the whole command", number(study["cold"]), number(study["warm"])])
    return ["seconds", "cold cache", "warm cache"], lines


def _overhead(name: str, cache: str) -> float:
    first, later = map(float, _python(["-c", CHILD, name], cache, dict(os.environ)).split())
    return first - later


def _python(arguments: list[str], cache: str, environment: dict[str, str]) -> str:
    path = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH")]))
    environment = {**environment, "NUMBA_CACHE_DIR": cache, "PYTHONPATH": path}
    done = subprocess.run([sys.executable, *arguments], env=environment, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments[:3])} failed: {json.dumps(done.stderr[-500:])}")
    return done.stdout
