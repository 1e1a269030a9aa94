"""The meaning of a statement's functions as a hash: a certificate goes stale when one of them changes.

The hash is taken of syntax trees and of the values they name. Layout, comments, docstrings and annotations do not
enter it, nor does the interpreter, nor the order of a set, which differs between two processes.
"""

from __future__ import annotations

import builtins
import functools
import hashlib
import sys
from collections.abc import Callable, Iterator, Mapping, Set
from enum import Enum
from pathlib import Path
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np
import sympy as sp

from regretlab.claims.language import syntax
from regretlab.claims.language.terms import Node, text

_CACHED = type(functools.cache(len))


def fingerprint(functions: tuple[Callable[..., Any], ...]) -> str:
    """Hash the functions, their closures, and the functions and values that they name in turn.

    Functions of regretlab and of files that are not installed packages are followed, and so are the classes of such
    files; the classes of regretlab, the standard library and other packages are named.
    """
    digest = hashlib.sha256()
    following = _Following({}, {getattr(getattr(f, "func", f), "__module__", "") for f in functions})
    for function in functions:
        for piece in following.pieces(function):
            digest.update(f"{len(piece)}:{piece}".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _names(function: FunctionType) -> set[str]:
    node = syntax.tree(function)
    return syntax.free(node) if node is not None else _compiled_names(function.__code__)


def _compiled_names(code: CodeType) -> set[str]:
    return set(code.co_names).union(*(_compiled_names(c) for c in code.co_consts if isinstance(c, CodeType)))


class _Following:
    """One walk over functions and the objects they name; an object met before is written as its number."""

    def __init__(self, met: dict[int, Any], roots: set[str]) -> None:
        self.met, self.roots = met, roots

    def pieces(self, value: Any) -> Iterator[str]:
        """Yield pieces of text that determine a value, and that no interpreter, process or hash seed changes."""
        if id(value) in self.met:
            yield f"met {list(self.met).index(id(value))}"
        elif isinstance(value, FunctionType):
            yield from self._function(value)
        elif isinstance(value, type):
            yield from self._class(value)
        elif isinstance(value, MethodType):
            yield from self._all("method", value.__func__, value.__self__)
        elif isinstance(value, functools.partial):
            yield from self._all("partial", value.func, value.args, value.keywords)
        elif isinstance(value, _CACHED):
            yield from self._all("cached", value.__wrapped__)
        elif isinstance(value, BuiltinFunctionType):
            yield f"{value.__module__}.{value.__qualname__}"
        elif isinstance(value, ModuleType):
            yield from self._module(value)
        else:
            yield from self._value(value)

    def _all(self, name: str, *values: Any) -> Iterator[str]:
        yield f"{name} {len(values)}"
        for value in values:
            yield from self.pieces(value)

    def _apart(self, value: Any) -> str:
        """Write the pieces of a member of a set, which must not depend on objects met in the other members."""
        return "\0".join(_Following(dict(self.met), self.roots).pieces(value))

    def _value(self, value: Any) -> Iterator[str]:
        if isinstance(value, Enum):
            yield f"{type(value).__qualname__}.{value.name}"
        elif value is None or type(value) in (bool, int, str, bytes):
            yield syntax.constant(value)
        elif isinstance(value, Node):
            yield f"{type(value).__name__} {text(value)}"
        elif isinstance(value, sp.Basic):
            yield sp.srepr(value)
        elif isinstance(value, (np.ndarray, np.generic)):
            yield from self._all(f"array {value.dtype} {value.shape}", value.tolist())
        elif isinstance(value, Mapping):
            keys = {self._apart(k): k for k in value}
            yield from self._all(type(value).__qualname__, *(x for t in sorted(keys) for x in (t, value[keys[t]])))
        elif isinstance(value, Set):
            yield from self._all("set", *sorted(map(self._apart, value)))
        elif isinstance(value, (tuple, list)):
            yield from self._all(type(value).__qualname__, *value)
        else:
            yield from self._object(value)

    def _object(self, value: Any) -> Iterator[str]:
        """Write any other value: its class and attributes, or the text of a value that has none, like a float.

        What an installed package holds itself, like mpmath's context ``iv``, is named: its attributes change with use.
        """
        if self._foreign(type(value)):
            package = sys.modules.get(type(value).__module__.split(".")[0])
            names = [name for name, held in vars(package).items() if held is value] if package else []
            if names:
                yield f"{type(value).__module__.split('.')[0]}.{min(names)}"
                return
        slots = {s for c in type(value).__mro__ for s in _slots(c) if s != "__dict__" and hasattr(value, s)}
        own = {k: v for k, v in getattr(value, "__dict__", {}).items() if not _computed(type(value), k)}
        attributes = {**{s: getattr(value, s) for s in slots}, **own}
        if not attributes:
            yield f"{type(value).__qualname__} {'' if ' at 0x' in repr(value) else repr(value)}"
        else:
            self.met[id(value)] = value
            yield from self._all("object", type(value), attributes)

    def _function(self, function: FunctionType) -> Iterator[str]:
        self.met[id(function)] = function
        if self._foreign(function):
            yield f"{function.__module__}.{function.__qualname__}"
            return
        node = syntax.tree(function)
        if node is None:
            # Without source there is only byte code, which is this interpreter's own.
            yield f"{sys.implementation.cache_tag} {_compiled(function.__code__)}"
        else:
            yield from syntax.written(node)
        yield from self._all("defaults", function.__defaults__, function.__kwdefaults__)
        cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
        inner = {name: cell.cell_contents for name, cell in cells if _filled(cell)}
        yield from self._named(_names(function), {**function.__globals__, **inner})

    def _class(self, known: type) -> Iterator[str]:
        self.met[id(known)] = known
        yield f"class {known.__qualname__}"
        if self._foreign(known) or known.__module__.startswith("regretlab."):
            return
        module = sys.modules.get(known.__module__)
        file = syntax.file(getattr(module, "__file__", None) or "")
        for node in file.classes if file else ():
            if node.name == known.__name__:
                yield from syntax.written(node)
                yield from self._named(syntax.free(node), vars(module))

    def _module(self, module: ModuleType) -> Iterator[str]:
        yield f"module {module.__name__.rpartition('.')[2]}"
        file = None if self._foreign(module) else syntax.file(getattr(module, "__file__", None) or "")
        if file is not None:
            yield from syntax.written(file.module)

    def _named(self, names: set[str], known: Mapping[str, Any]) -> Iterator[str]:
        """Write the values behind names; of a module the values that are read of it."""
        for name in sorted(names):
            first, *more = name.split(".")
            if first not in known or known[first] is getattr(builtins, first, self):
                continue
            value = known[first]
            while more and isinstance(value, ModuleType) and hasattr(value, more[0]):
                value = getattr(value, more.pop(0))
            yield name
            yield from self.pieces(value)

    def _foreign(self, value: Any) -> bool:
        """Tell whether a value belongs to the standard library or to an installed package other than regretlab."""
        name = value.__name__ if isinstance(value, ModuleType) else value.__module__ or ""
        first = name.split(".")[0]
        if first == "regretlab" or name in self.roots:
            return False
        parts = Path(getattr(sys.modules.get(name), "__file__", None) or "").parts
        places = [k for k, part in enumerate(parts) if part in ("site-packages", "dist-packages")]
        return first in sys.stdlib_module_names or any(parts[k + 1] != "regretlab" for k in places)


def _filled(cell: CellType) -> bool:
    """Tell whether a closure's variable has its value yet: that of a function that calls itself may not."""
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _slots(known: type) -> tuple[str, ...]:
    slots = known.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _computed(known: type, name: str) -> bool:
    """Tell whether an attribute is a cached property, which is there only once it has been asked for."""
    return any(isinstance(vars(c).get(name), functools.cached_property) for c in known.__mro__)


def _compiled(code: CodeType) -> str:
    constants = [_compiled(c) if isinstance(c, CodeType) else repr(c) for c in code.co_consts]
    return f"{code.co_code.hex()} {code.co_names} {code.co_varnames} {constants}"
