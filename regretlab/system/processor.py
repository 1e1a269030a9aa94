"""What of a processor changes the last bits of a run, as a short text, and a setting in which all of them agree.

NumPy chooses its loops, the library of linear algebra its kernels, and LLVM its instructions by the processor on which
they find themselves. Of 136 short runs, 114 took other steps without the loops for AVX-512; 85 had other bits with
OpenBLAS's kernels for Haswell in place of those for Skylake-X, 73 of them in comparators alone; and 29 took other steps
where LLVM had no fused multiply-add. LLVM's choice between processors that have it changed none.
"""

from __future__ import annotations

import functools
import os
import platform
import sys
from importlib import import_module

#: With this variable at 1, NumPy, OpenBLAS and Numba use what every x86-64 processor since 2013 has, and no more.
PORTABLE = "REGRETLAB_PORTABLE"
#: NumPy's loops for newer processors, by their names since version 2.4 and before.
WIDE = "X86_V4 AVX512_ICL AVX512_SPR"
WIDE_BEFORE = "AVX512F AVX512CD AVX512_KNL AVX512_KNM AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR"


@functools.cache
def kind() -> str:
    """Return the kind of this processor as this process uses it: two of the same text give the same bits.

    Examples
    --------
    >>> kind() == kind()
    True
    """
    import numba
    import numpy as np
    from llvmlite import binding
    from threadpoolctl import ThreadpoolController

    import_module("scipy.linalg")  # brings a library of its own
    chosen = np.lib.introspect.opt_func_info(signature="float64")
    loops = {loop["current"] for signatures in chosen.values() for loop in signatures.values()}
    libraries = ThreadpoolController().select(user_api="blas").info()
    blas = {str(library.get("architecture") or library["internal_api"]) for library in libraries}
    if numba.config.CPU_NAME:
        fused = "+fma" in (numba.config.CPU_FEATURES or "")
    else:
        fused = bool(binding.get_host_cpu_features().get("fma", platform.machine() == "aarch64"))
    numpy = "+".join(sorted(loops - {loop for loop in loops if loop.startswith("baseline")})) or "baseline"
    return f"{platform.machine()}, numpy {numpy}, blas {'+'.join(sorted(blas))}, {'fma' if fused else 'no fma'}"


def settings() -> dict[str, str]:
    """Return the environment in which all x86-64 processors give the same bits, before NumPy is loaded."""
    from importlib import metadata  # a part of the time that importing regretlab takes

    named = tuple(int(part) for part in metadata.version("numpy").split(".")[:2]) >= (2, 4)
    return {
        "NPY_DISABLE_CPU_FEATURES": WIDE if named else WIDE_BEFORE,
        "OPENBLAS_CORETYPE": "Haswell",
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+bmi,+bmi2",
    }


def is_portable() -> bool:
    """Whether :data:`PORTABLE` is asked for."""
    return os.environ.get(PORTABLE, "0") not in ("", "0")


def make_portable() -> str:
    """Set what :data:`PORTABLE` asks for, if it does; return a sentence where that is not possible."""
    if not is_portable():
        return ""
    if platform.machine() not in ("x86_64", "AMD64"):
        return f"{PORTABLE}=1 says nothing to a processor of the kind {platform.machine()}: it is for x86-64."
    wanted = settings()
    missing = {name: value for name, value in wanted.items() if os.environ.get(name) != value}
    if missing and "numpy" in sys.modules:
        told = " ".join(f'{name}="{value}"' for name, value in wanted.items())
        return (
            f"{PORTABLE}=1 came too late, as NumPy had chosen its loops before regretlab was imported: import "
            f"regretlab first, or start the process with {told}."
        )
    os.environ.update(missing)
    return ""
