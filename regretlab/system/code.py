"""What computes a run, as digests: the library's own files, and the code of a user's classes with all that it uses.

A class of a user is known by what runs, not by its text, which may have been edited since it was loaded: the byte code
of its functions with their constants, defaults and closures, and the functions, classes and values that they name.
"""

from __future__ import annotations

import dataclasses
import dis
import functools
import hashlib
import inspect
import pickle
import sys
import sysconfig
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from regretlab.errors import InputError

PACKAGE = Path(__file__).parent.parent
#: The folders and files of the package that make the numbers of a run.
COMPUTING = ("domains", "engines", "features.py", "methods", "problems", "runs", "samplers", "system/blas.py")
#: Attributes that every class has, or that a dataclass is given, and that say nothing of what it computes.
BESIDE = {
    "__abstractmethods__", "__annotate__", "__annotate_func__", "__annotations__", "__annotations_cache__",
    "__dataclass_fields__", "__dataclass_params__", "__delattr__", "__dict__", "__doc__", "__eq__", "__firstlineno__",
    "__hash__", "__match_args__", "__module__", "__qualname__", "__replace__", "__repr__", "__setattr__",
    "__slotnames__", "__static_attributes__", "__weakref__", "_abc_impl", "source", "title",
}  # fmt: skip
#: Where objects that wrap a function keep it: Numba's, those of functools, class and static methods.
WRAPPED = ("py_func", "__wrapped__", "__func__", "func")
_INSTALLED = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


@functools.cache
def of_library(folders: tuple[str, ...] = COMPUTING) -> str:
    """Return the digest of the library's own code in some folders, as it is on the disk when it is first asked for."""
    h = hashlib.sha256()
    for folder in folders:
        place = PACKAGE / folder
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if file.suffix in (".py", ".cu"):
                h.update(f"{file.relative_to(PACKAGE).as_posix()}\n".encode() + file.read_bytes())
    return h.hexdigest()[:16]


def is_own(part: object) -> bool:
    """Whether the class of a part is not the library's."""
    return type(part).__module__.split(".")[0] != PACKAGE.name


def of_part(part: object, without: Iterable[str] = ()) -> str:
    """Return the digest of a user's part: the code of its class, and its attributes but those left out.

    Raises
    ------
    InputError
        If it holds something that cannot be told from another.
    """
    walk = _Walk(type(part), f"a run of {type(part).__qualname__} is not kept in a store")
    walk.part(part, set(without))
    return walk.hexdigest()


def of_value(value: object, whose: type, otherwise: str) -> str:
    """Return the digest of a value, whatever it is, as an attribute of a class.

    Raises
    ------
    InputError
        If it holds something that cannot be told from another; the sentence begins with ``otherwise``.
    """
    walk = _Walk(whose, otherwise)
    walk.value(value)
    return walk.hexdigest()


class _Walk:
    """A digest of values, which follows what they are made of; what may contain itself is followed once."""

    def __init__(self, of: type, otherwise: str) -> None:
        self._of, self._otherwise, self._hash = of, otherwise, hashlib.sha256()
        self._met: dict[int, int] = {}
        self._kept: list[object] = []  # so that no other object has the same id

    def hexdigest(self) -> str:
        return self._hash.hexdigest()[:16]

    def part(self, part: object, without: set[str]) -> None:
        """Add an object by the code of its class and its attributes, without what it has computed from them."""
        cls = type(part)
        self.value(cls)
        kept = {n: v for n, v in vars(part).items() if n not in without and not is_computed(cls, n)}
        self._table(kept)

    def value(self, value: Any) -> None:
        """Add a value, whatever it is."""
        self._add(type(value).__qualname__)
        if value is None or isinstance(value, bool | int | float | complex | str | bytes):
            self._add(repr(value))
            return
        if not isinstance(value, tuple | np.ndarray | np.generic | types.CodeType):
            if id(value) in self._met:
                self._add(self._met[id(value)])
                return
            self._met[id(value)] = len(self._met)
            self._kept.append(value)
        for kinds, add in self._KINDS:
            if isinstance(value, kinds):
                add(self, value)
                return
        self._object(value)

    def _add(self, text: object) -> None:
        self._hash.update(f"{text}\n".encode("utf-8", "surrogatepass"))

    def _array(self, array: Any) -> None:
        if array.dtype.hasobject:
            self.value(array.tolist())
            return
        self._add((array.dtype.str, array.shape))
        self._hash.update(np.ascontiguousarray(array).tobytes())

    def _all(self, values: Iterable[Any]) -> None:
        for value in values:
            self.value(value)

    def _table(self, table: Any) -> None:
        for key in sorted(table, key=repr):
            self._all((key, table[key]))

    def _class(self, cls: type) -> None:
        self._add(cls.__qualname__)
        if self._told(cls.__module__):
            return
        self._all(cls.__bases__)
        generated = {"__init__"} if getattr(vars(cls).get("__dataclass_params__"), "init", False) else set()
        self._table({name: value for name, value in vars(cls).items() if name not in BESIDE | generated})
        for field in vars(cls).get("__dataclass_fields__", {}).values():
            plain = field.default is not dataclasses.MISSING
            self._all((field.name, field.default if plain else field.default_factory))

    def _function(self, function: Any) -> None:
        self._add(function.__qualname__)
        told = self._told(function.__module__)
        if told and "<locals>" not in function.__qualname__:
            return
        if not told:
            self._all((function.__code__, function.__defaults__, function.__kwdefaults__))
        for cell in function.__closure__ or ():
            try:
                inside = cell.cell_contents
            except ValueError:  # still empty
                self._add("empty")
            else:
                self.value(inside)
        if not told:
            there = _globals(function.__code__) & function.__globals__.keys()
            self._table({name: function.__globals__[name] for name in there})

    def _instructions(self, code: types.CodeType) -> None:
        self._hash.update(code.co_code)
        self._all((code.co_names, code.co_varnames, code.co_freevars, code.co_consts))

    def _module(self, module: types.ModuleType) -> None:
        if not self._told(module.__name__) and getattr(module, "__file__", None):
            self._hash.update(Path(str(module.__file__)).read_bytes())

    def _told(self, name: str | None) -> bool:
        """Add the name of a module, and say whether it and its version tell what is in it.

        So it is of Python, of this package, and of an installed distribution that is not the part's own.
        """
        top, module = (name or "").split(".")[0], sys.modules.get(name or "")
        file = str(getattr(module, "__file__", None) or "")
        ours = top == self._of.__module__.split(".")[0]
        installed = top in sys.builtin_module_names or (file.startswith(_INSTALLED) and not ours)
        if top != PACKAGE.name and not installed:
            return False
        self._add((name, getattr(sys.modules.get(top), "__version__", "")))
        return True

    def _object(self, value: Any) -> None:
        """Add an object by what it wraps, by the code of its class and its attributes, or else as it is pickled."""
        inside = next((getattr(value, name) for name in WRAPPED if hasattr(value, name)), None)
        if inside is not None:
            self.value(inside)
        elif hasattr(value, "__dict__") and not self._told(type(value).__module__):
            self.part(value, set())
        else:
            try:
                self._hash.update(pickle.dumps(value, protocol=4))
            except Exception as error:  # whatever a class of others' raises
                raise InputError(
                    f"{self._otherwise}: it uses a "
                    f"{type(value).__module__}.{type(value).__qualname__}, which cannot be told from another "
                    f"({type(error).__name__}: {error})."
                ) from None

    _KINDS: tuple[tuple[Any, Callable[[Any, Any], None]], ...] = (
        (np.ndarray | np.generic, _array),
        (list | tuple, _all),
        (dict | types.MappingProxyType, _table),
        (set | frozenset, lambda self, values: self._all(sorted(values, key=repr))),
        (type, _class),
        (types.FunctionType, _function),
        (types.CodeType, _instructions),
        (types.ModuleType, _module),
        (types.BuiltinFunctionType | np.ufunc, lambda self, f: self._add(f.__name__)),
        (types.MethodType, lambda self, m: self._all((m.__func__, m.__self__))),
        (property, lambda self, p: self._all((p.fget, p.fset))),
        (functools.partial, lambda self, p: self._all((p.func, p.args, p.keywords))),
        (types.MemberDescriptorType | types.GetSetDescriptorType, lambda self, m: self._add(m.__name__)),
    )


def is_computed(cls: type, name: str) -> bool:
    """Whether an attribute is computed from the others when it is first asked for."""
    return isinstance(inspect.getattr_static(cls, name, None), functools.cached_property)


def _globals(code: types.CodeType) -> set[str]:
    """Return the names of the globals that a function uses, those of the functions inside it too."""
    used = {i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return used.union(*(_globals(inner) for inner in code.co_consts if isinstance(inner, types.CodeType)))
