"""The tools by name, and why one is missing."""

from __future__ import annotations

import importlib
from types import ModuleType

#: name -> (module, what it is in one line)
TOOLS: dict[str, tuple[str, str]] = {
    "regretlab": ("ours", "regretlab, engine='auto'"),
    "fused": ("fused", "hand-fused Numba kernel (yardstick)"),
    "numpy-loop": ("numpy_loop", "NumPy, one replicate"),
    "numpy-rows": ("numpy_rows", "NumPy, leading replicate axis"),
    "torch": ("torch_eager", "PyTorch eager, own update over R"),
    "optax": ("optax_scan", "optax, jit + scan + vmap"),
    "jax": ("jax_loop", "JAX, fori_loop between checkpoints"),
}
INSTALL = "pip install '.[peers]'"


def load(names: list[str]) -> tuple[dict[str, ModuleType], dict[str, str]]:
    """The modules of the tools that are installed, and for the others what is missing."""
    found: dict[str, ModuleType] = {}
    missing: dict[str, str] = {}
    for name in names:
        try:
            found[name] = importlib.import_module(f"tests.benchmarks.tools.{TOOLS[name][0]}")
        except ModuleNotFoundError as error:
            missing[name] = f"{error.name} is not installed: {INSTALL}"
    return found, missing
