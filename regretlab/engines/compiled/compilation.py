"""The compilation of the kernels: Numba, with a cache on disk that belongs to one state of their sources.

Numba's cache knows a kernel by the file of its entry point alone: a helper in another file could be edited, and the
old machine code would still be loaded. The folder of the cache is therefore named after a digest of all files of this
folder and of :data:`FROZEN`; kernels call nothing compiled from elsewhere. Nor does it matter where the package is
installed: a clone and every environment share what one of them has compiled.
"""

from __future__ import annotations

import functools
import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
from numba import types
from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserProvidedCacheLocator
from numba.core.ccallback import CFunc
from platformdirs import user_cache_path

from regretlab.domains import NEWTON_STEPS
from regretlab.engines.array import Trace
from regretlab.methods import Moments
from regretlab.samplers import CERTAIN, Rule

#: Values from outside this folder that machine code contains (a test keeps them complete).
FROZEN = (Trace._fields, Moments._fields, Rule._fields, CERTAIN, NEWTON_STEPS)
#: Kernels are given all their memory, so Numba need not count references to it: that would cost more than the work.
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


def switched_off() -> bool:
    """Tell whether Numba was told to compile nothing (``NUMBA_DISABLE_JIT=1``): then the kernels cannot run at all."""
    return bool(numba.config.DISABLE_JIT)


def cache_folder() -> Path:
    """Return the folder of the compiled kernels; in ``NUMBA_CACHE_DIR`` if that is set, else in the user's cache."""
    sources = [file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))]
    rest = repr((numba.__version__, FROZEN)).encode()  # two versions in one folder would empty it for each other
    digest = hashlib.sha256(b"".join([*sources, rest])).hexdigest()[:16]
    base = os.environ.get("NUMBA_CACHE_DIR")
    return Path(base or user_cache_path("regretlab")) / f"kernels-{digest}"


def inner(function: Callable[..., Any] | None = None, *, always: bool = False) -> Any:
    """Compile a function that only other compiled functions call, never C: a wrapper less to compile.

    ``always`` makes it part of its caller, whatever its size: where what it is given is known there.
    """
    decorate = numba.njit(forceinline=always, no_cfunc_wrapper=True, **OPTIONS)
    return decorate if function is None else decorate(function)


class _Folder(UserProvidedCacheLocator):
    """Keep machine code in the cache's folder itself, and not in one named after the place of its source."""

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        return ""


class _Kernels(CompileResultCacheImpl):
    _locator_classes = (_Folder,)


class _Cache(FunctionCache):
    _impl_class = _Kernels


def _forgiving(kernel: Any) -> Any:
    """Let a kernel run whatever its cache does: a damaged file is as none, and one that cannot be written is left."""
    cache = kernel._cache
    load, save = cache.load_overload, cache.save_overload

    def loaded(*args: Any) -> Any:
        try:
            return load(*args)
        except Exception:  # whatever reading other bytes than were written may raise
            with suppress(OSError):
                cache.flush()
            return None

    def saved(*args: Any) -> None:
        with suppress(OSError):  # a full disk, say: the next process compiles again
            save(*args)

    cache.load_overload, cache.save_overload = loaded, saved
    return kernel


def _cached(make: Callable[[bool], Any]) -> Any:
    """Compile with a cache on disk if its folder can be written, else without."""
    before = numba.config.CACHE_DIR
    try:
        folder = cache_folder()
        if folder.parts[0] == "~":  # there is no home, and a folder of this name would be made here
            raise OSError
        folder.mkdir(parents=True, exist_ok=True)
        numba.config.CACHE_DIR = str(folder)
        return make(True)
    except (OSError, RuntimeError):  # no home, or a file system that cannot be written
        return make(False)
    finally:
        numba.config.CACHE_DIR = before


def entry(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls: its machine code is kept on disk, if a folder can be written."""
    if switched_off():
        return function

    def make(on_disk: bool) -> Any:
        kernel = numba.njit(**OPTIONS)(function)
        if on_disk:
            kernel._cache = _Cache(function)
            _forgiving(kernel)
        return kernel

    return _cached(make)


@functools.cache
def callback(text: str, name: str) -> Any:
    """Compile the function of a source text, which kernels call by its ``address`` (``simd.called``).

    The function is given the place of a kernel's working memory, the length of its rows, and a count. Text and machine
    code are kept on disk as those of :func:`entry` are.
    """
    given = (types.CPointer(types.float64), types.int64, types.int64)

    def make(on_disk: bool) -> Any:
        file = cache_folder() / f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.py" if on_disk else Path(name)
        if on_disk and not file.exists():  # Numba knows it by its time
            part = file.with_suffix(f".{os.getpid()}")
            part.write_text(text)
            part.replace(file)
        space: dict[str, Any] = {"__name__": __name__}  # Numba pickles the globals of a function without a module
        exec(compile(text, str(file), "exec"), space)
        made = CFunc(space[name], (given, types.void), {}, OPTIONS)
        if on_disk:
            made.enable_caching()
            _forgiving(made)
        made.compile()
        return made

    return _cached(make)
