"""What of a processor changes the last bits of a run, as a short text, and a setting in which all of them agree.

NumPy chooses its loops, the library of linear algebra its kernels, and LLVM its instructions by the processor on which
they find themselves. Exponentials, sums and matrix products of two kinds of processors may differ in the last bit.
"""

from __future__ import annotations

import functools
import os
import platform
import sys
from importlib import import_module

#: With this variable at 1, NumPy, OpenBLAS and Numba use what every x86-64 processor since 2013 has, and no more.
PORTABLE = "REGRETLAB_PORTABLE"
#: What the setting sets. NumPy has named its wide loops in two ways.
SETTINGS = {
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR X86_V4",
    "OPENBLAS_CORETYPE": "Haswell",
    "NUMBA_CPU_NAME": "haswell",
    "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+bmi,+bmi2",
}


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


def make_portable() -> str:
    """Set what :data:`PORTABLE` asks for, if it is asked for; return a sentence where it comes too late for that."""
    if os.environ.get(PORTABLE, "0") in ("", "0"):
        return ""
    missing = {name: value for name, value in SETTINGS.items() if os.environ.get(name) != value}
    if missing and "numpy" in sys.modules:
        settings = " ".join(f'{name}="{value}"' for name, value in SETTINGS.items())
        return (
            f"{PORTABLE}=1 came too late, as NumPy had chosen its loops before regretlab was imported: import "
            f"regretlab first, or start the process with {settings}."
        )
    os.environ.update(missing)
    return ""
