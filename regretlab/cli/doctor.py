"""The abilities of an installation: dependencies, extras, the compiled engine, GPUs and CUDA's compilers."""

from __future__ import annotations

import ctypes.util
import os
import platform
import shutil
import tempfile
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from regretlab.engines.compiled import compilation
from regretlab.engines.cuda import engine as cuda
from regretlab.system import processor
from regretlab.system.version import __version__

EXTRA = {"extra": ""}


def examine() -> dict[str, Any]:
    """All findings, as plain data; nothing that is missing is an error.

    Returns
    -------
    dict
        ``system``, ``dependencies`` (a list of name, version or None, needed, ok), ``extras`` (name to what is missing
        of it and how to install it), ``compiled`` (the cache of its kernels) and ``gpu``.
    """
    needed = [Requirement(text) for text in _requirements()]
    extras = sorted({e for r in needed for e in _extras(r)})
    return {
        "system": {
            "regretlab": __version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
            "cores": os.cpu_count(),
            "processor": processor.kind(),
            "portable": processor.is_portable(),
        },
        "dependencies": [_dependency(r) for r in needed if not _extras(r)],
        "extras": {name: _extra(name, [r for r in needed if name in _extras(r)]) for name in extras},
        "compiled": _compiled(compilation.cache_folder()),
        "gpu": _gpu(),
    }


def parts(found: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Return the findings as titled rows of a name and a sentence."""
    compiled, gpu = found["compiled"], found["gpu"]
    portable = "" if found["system"]["portable"] else f"; {processor.PORTABLE}=1 makes all x86-64 ones agree"
    written = "can be written" if compiled["writable"] else "cannot be written: kernels are compiled in every process"
    kernels = ", ".join(compiled["cached"]) or "none: the first run that they can make compiles them"
    devices = [(d["name"], f"{d['memory_gib']} GiB, compute capability {d['capability']}") for d in gpu["devices"]]
    return {
        f"regretlab {found['system']['regretlab']}": [
            *((name, str(found["system"][name])) for name in ("python", "platform", "cores")),
            ("processor", f"{found['system']['processor']}: those of one kind give the same bits{portable}"),
        ],
        "dependencies": [(d["name"], _verdict(d)) for d in found["dependencies"]],
        "extras": [
            (name, f"missing {', '.join(e['missing'])}: {e['install']}" if e["missing"] else "present")
            for name, e in found["extras"].items()
        ],
        "compiled engine": [("cache", f"{compiled['folder']}, {written}"), ("kernels in it", kernels)],
        "CUDA engine": [
            ("CuPy", gpu["cupy"] or "not installed: pip install 'regretlab[gpu]'"),
            *(devices or [("GPU", f"none: {gpu['missing']}")]),
            ("nvrtc", gpu["nvrtc"] or "not found: CuPy needs CUDA's toolkit, or pip install nvidia-cuda-nvrtc-cu12"),
            ("nvcc", gpu["nvcc"] or "not found; only the tests use it"),
        ],
    }


def nvrtc() -> Path | None:
    """CUDA's run-time compiler: the library of NVIDIA's wheel, or one that the system finds."""
    spec = find_spec("nvidia")
    for folder in (spec and spec.submodule_search_locations) or ():
        for pattern in ("*/lib/libnvrtc.so.*", "*/bin/nvrtc64_*.dll"):
            found = sorted(p for p in Path(folder).glob(pattern) if ".alt." not in p.name)
            if found:
                return found[-1]
    name = ctypes.util.find_library("nvrtc")
    return Path(name) if name else None


def _requirements() -> list[str]:
    try:
        return metadata.requires("regretlab") or []
    except metadata.PackageNotFoundError:  # a checkout that was never installed
        return []


def _extras(requirement: Requirement) -> list[str]:
    """Return the extras that a requirement belongs to; none for a dependency."""
    marker = requirement.marker
    if marker is None or marker.evaluate(EXTRA):
        return []
    return [e for e in _provided() if marker.evaluate({"extra": e})]


def _provided() -> list[str]:
    return metadata.metadata("regretlab").get_all("Provides-Extra") or []


def _version(name: str) -> str | None:
    """Return the version installed; CuPy's wheels are named after their version of CUDA, and any of them will do."""
    if name.startswith("cupy"):
        return next((d.version for d in metadata.distributions() if (d.name or "").startswith("cupy")), None)
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _dependency(requirement: Requirement) -> dict[str, Any]:
    version = _version(requirement.name)
    return {
        "name": requirement.name,
        "version": version,
        "needed": str(requirement.specifier),
        "ok": version is not None and requirement.specifier.contains(version, prereleases=True),
    }


def _verdict(dependency: dict[str, Any]) -> str:
    version, needed = dependency["version"], dependency["needed"]
    if dependency["ok"]:
        return str(version)
    return f"{version or 'missing'}, but {needed} is needed: pip install '{dependency['name']}{needed}'"


def _extra(name: str, requirements: list[Requirement]) -> dict[str, Any]:
    missing = [r.name for r in requirements if not _dependency(r)["ok"]]
    return {"missing": missing, "install": f"pip install 'regretlab[{name}]'"}


def _compiled(folder: Path) -> dict[str, Any]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            writable = True
    except OSError:
        writable = False
    cached = sorted({path.name.split("-")[0].rpartition(".")[2] for path in folder.rglob("*.nbi")})
    return {"folder": str(folder), "writable": writable, "cached": cached}


def _gpu() -> dict[str, Any]:
    missing, library = cuda.unavailable(), nvrtc()
    return {
        "cupy": _version("cupy"),
        "missing": missing,
        "devices": [] if missing else cuda.devices(),
        "nvrtc": str(library) if library else None,
        "nvcc": shutil.which("nvcc"),
    }
