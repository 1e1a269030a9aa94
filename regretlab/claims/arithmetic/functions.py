"""Python functions of a statement, run in exact arithmetic whatever they compute with.

Python divides two integers into a float, and a library may do so behind any name. So a function of a statement is
never run as it is: it is recompiled from its source, with ``/``, ``**`` and ``%`` on fractions, and every name in it
is either another function with a source, compiled the same way, or on the list in
:mod:`regretlab.claims.arithmetic.admitted`. What is neither is refused, so that no float can be made at all. A run
leaves nothing behind for the next one.

A *formula* (the closed form of a recursion) is run on terms, which cannot see a branch on t; in a formula nothing may
ask what a term is, so that a branch cannot be written, in whatever words.
"""

from __future__ import annotations

import ast
import builtins
import collections
import copy
import dis
import functools
from collections.abc import Callable, Iterator
from fractions import Fraction
from types import CodeType, FunctionType, ModuleType
from typing import Any

from regretlab.claims.arithmetic import admitted
from regretlab.claims.arithmetic.admitted import NotExact
from regretlab.claims.arithmetic.rewriting import OPERATIONS, PREFIX, Rewriting
from regretlab.claims.language import syntax
from regretlab.claims.language.syntax import source
from regretlab.claims.language.terms import OPS, Node
from regretlab.claims.language.verdict import NotRun
from regretlab.errors import InputError

_PLAIN = (bool, int, str, Fraction, type(None), range)
_CONTAINERS = (tuple, list, set, frozenset, collections.deque)


class Exact:
    """A function recompiled, with all that it names.

    Parameters
    ----------
    function : callable
        A function or ``functools.partial`` of one.
    formula : bool
        Whether it is run on terms and must not ask what they are.
    reads : callable, optional
        ``reads(value)`` gives what stands for a captured object of another library, or None.
    power : callable, optional
        What ``**`` means in a formula.

    Raises
    ------
    InputError
        For what is known not to be exact before it is run: one sentence that says what, and what to write.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        *,
        formula: bool = False,
        reads: Callable[[Any], Any] | None = None,
        power: Callable[[Any, Any], Any] = admitted.raised,
    ) -> None:
        self.formula, self.reads, self.power = formula, reads, power
        self.known: dict[int, Any] = {}
        self.references: list[Any] = []
        self.mutable: list[tuple[dict[str, Any], str, Any]] = []
        self.caches: list[Any] = []
        self.source = function
        self.table = admitted.IN_FORMULAS if formula else admitted.CALLABLE
        try:
            self.function = self.admit(function, "the function itself")
        except NotExact as error:
            raise InputError(f"the function [{_named(self.source)}] {error}") from None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the compiled function.

        Raises
        ------
        NotRun
            If something that is not exact was met.
        ZeroDivisionError, ...
            What the function itself raises.
        """
        NotExact.met = None
        for namespace, name, original in self.mutable:
            namespace[name] = copy.deepcopy(original)
        for cache in self.caches:
            cache.cache_clear()
        try:
            found = self.function(*args, **kwargs)
            found = list(found) if isinstance(found, Iterator) else found
        except NotExact:
            found = None
        if NotExact.met is not None:  # whatever the function made of it
            raise NotRun(f"the function [{_named(self.source)}] {NotExact.met}")
        return found

    def admit(self, value: Any, name: str) -> Any:
        """Return the exact counterpart of a captured value; refuse a value that is not known to be exact."""
        if id(value) in self.known:
            return self.known[id(value)]
        self.references.append(value)
        if id(value) in self.table:
            return self.table[id(value)]
        if type(value) in _PLAIN or isinstance(value, (Node, ModuleType)):
            return value
        if self.reads is not None and (found := self.reads(value)) is not None:
            return found
        if isinstance(value, functools.partial):
            given = {k: self.admit(v, k) for k, v in value.keywords.items()}
            return functools.partial(self.admit(value.func, name), *(self.admit(v, name) for v in value.args), **given)
        if isinstance(value, functools._lru_cache_wrapper):
            self.known[id(value)] = cached = functools.lru_cache(maxsize=None, typed=True)(
                lambda *a, **k: inner(*a, **k)
            )
            inner = self.admit(value.__wrapped__, name)
            self.caches.append(cached)
            return inner if self.formula else cached
        if isinstance(value, FunctionType):
            return self.compiled(value)
        if isinstance(value, _CONTAINERS) and type(value).__module__ in ("builtins", "collections"):
            return type(value)([self.admit(v, name) for v in value])
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return type(value)(*(self.admit(v, name) for v in value))
        if isinstance(value, dict) and type(value).__module__ in ("builtins", "collections"):
            pairs = {self.admit(k, name): self.admit(v, name) for k, v in value.items()}
            if isinstance(value, collections.defaultdict):
                return collections.defaultdict(self.admit(value.default_factory, name), pairs)
            return type(value)(pairs)
        if hasattr(value, "is_Rational") and value.is_Rational:
            return Fraction(int(value.p), int(value.q))
        raise NotExact(_why(value, name))

    def compiled(self, function: FunctionType) -> Any:
        """Compile a function from its rewritten source."""
        node = copy.deepcopy(self.tree(function))
        code, name = self.code(node)
        space: dict[str, Any] = {"__builtins__": {}, **self.operations()}
        exec(code, space)
        made = space[name]
        self.known[id(function)] = made
        made.__defaults__ = self.defaults(function.__defaults__)
        named = function.__kwdefaults__ or {}
        made.__kwdefaults__ = dict(zip(named, self.defaults(tuple(named.values())) or (), strict=True)) or None
        cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
        for wanted in _globals(made.__code__):
            if wanted.startswith(PREFIX):
                continue
            if wanted in cells:
                try:
                    value = cells[wanted].cell_contents
                except ValueError:  # not assigned yet
                    continue
            elif wanted in function.__globals__:
                value = function.__globals__[wanted]
            elif hasattr(builtins, wanted):
                value = getattr(builtins, wanted)
            else:
                continue  # defined later in the file, or a NameError of its own
            space[wanted] = self.admit(value, wanted)
            if isinstance(value, (list, dict, set, collections.deque)):
                self.mutable.append((space, wanted, space[wanted]))
        return made

    def tree(self, function: FunctionType) -> Any:
        """Return the function's source; without it nothing says what the function computes with."""
        node = syntax.tree(function)
        if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
            raise NotExact(f"has no source that can be read ({function.__qualname__}); write it in a file of claims")
        return node

    def code(self, node: ast.FunctionDef | ast.Lambda) -> tuple[CodeType, str]:
        """Compile the rewritten source to code that makes the function; return the code and the function's name."""
        count = len(node.args.defaults)
        node.args.defaults = []
        node.args.kw_defaults = [None] * len(node.args.kwonlyargs)
        if isinstance(node, ast.FunctionDef):
            node.decorator_list, node.returns = [], None
            body = node.body
            if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and len(body) > 1:
                node.body = body[1:]
            if self.formula and not all(isinstance(s, (ast.Assign, ast.Return, ast.FunctionDef)) for s in node.body):
                raise NotExact("does something else than to assign and return; write one formula for every t")
            name = node.name
        else:
            name = PREFIX + "lambda"
        new = Rewriting(self.formula).visit(node)
        new.args.defaults = [ast.Constant(None)] * count
        new.args.kw_defaults = [ast.Constant(None) for _ in new.args.kwonlyargs]
        if isinstance(new, ast.Lambda):
            new = ast.Assign([ast.Name(name, ast.Store())], new)
        tree = ast.fix_missing_locations(ast.Module([new], []))
        try:
            return compile(tree, "<exact>", "exec"), name
        except SyntaxError as error:
            raise NotExact(f"cannot be compiled on its own ({error.msg}); give it no variables of others") from None

    def defaults(self, values: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
        """Admit default arguments; refuse one that a run could change."""
        for value in values or ():
            if isinstance(value, (list, dict, set)):
                raise NotExact(f"has the default argument {value!r}, which a run may change; write a tuple")
        return tuple(self.admit(v, "a default argument") for v in values) if values else None

    def operations(self) -> dict[str, Any]:
        """List the operations that the rewritten source calls, by name."""
        found = {PREFIX + name: operation for name, operation in OPERATIONS.values()}
        extra = {"get": self.get, "item": self.item, "module": self.module, "text": admitted.text, "key": slice}
        if self.formula:
            extra["raised"] = self.power
        return found | {PREFIX + name: value for name, value in extra.items()}

    def module(self, name: str) -> ModuleType:
        """Return a module that is imported inside the function."""
        import importlib
        import sys

        found = sys.modules.get(name)
        if found is None and name in ("math", "itertools", "functools", "operator", "fractions", "collections"):
            found = importlib.import_module(name)
        if found is None:
            raise NotExact(f"imports {name} while it runs; import it at the top of the file")
        return found

    def get(self, value: Any, name: str) -> Any:
        """Read ``value.name``."""
        if isinstance(value, ModuleType):
            if not hasattr(value, name):
                raise AttributeError(f"{value.__name__} has no {name}")
            return self.admit(getattr(value, name), f"{value.__name__}.{name}")
        fields = getattr(type(value), "_fields", ()) if isinstance(value, tuple) else ()
        allowed = value is OPS or name in fields or name in admitted.OF_TYPES.get(_hashable(value), ())
        if not allowed and (self.formula or name not in admitted.ATTRIBUTES.get(type(value), ())):
            raise NotExact(f"uses .{name} of {_kind(value)}, which is not known to be exact; write it out")
        return getattr(value, name)

    def item(self, value: Any, key: Any) -> Any:
        """Read ``value[key]`` in a formula: an entry of a sequence, or of a tuple by a number."""
        if hasattr(value, "entry"):
            return value.entry(*(key if isinstance(key, tuple) else (key,)))
        if isinstance(value, (tuple, list)) and type(key) is int:
            return value[key]
        raise NotExact(f"looks something up ({_kind(value)}), which symbols cannot see; write one formula for every t")


def _globals(code: CodeType) -> list[str]:
    """List the global names that a function's code reads, inner functions included."""
    found = {i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            found |= set(_globals(inner))
    return sorted(found)


def _hashable(value: Any) -> Any:
    return value if isinstance(value, type) else None


def _kind(value: Any) -> str:
    return repr(value.__name__) if isinstance(value, (type, FunctionType)) else f"a {type(value).__name__}"


def _named(function: Any) -> str:
    found = source(function)
    return found if len(found) < 80 else f"{found[:77]}..."


def _why(value: Any, name: str) -> str:
    """Say why a captured value is not admitted, with advice."""
    plain = name.rsplit(".", 1)[-1]
    instead = admitted.INSTEAD.get(plain, "write it in integers and fractions")
    floating = isinstance(value, (float, complex)) or value in (float, complex) if _comparable(value) else False
    module = str(getattr(value, "__module__", "") or type(value).__module__).split(".")[0]
    if floating or module in ("numpy", "decimal", "math", "cmath", "statistics", "random"):
        return f"computes in floats ({name}); {instead}"
    return f"uses {name}, which is not known to be exact; {instead}"


def _comparable(value: Any) -> bool:
    return isinstance(value, (type, float, complex))


def is_exact(value: Any) -> bool:
    """Tell whether a value is made of integers, fractions and text alone."""
    if type(value) in _PLAIN:
        return True
    if isinstance(value, dict):
        return all(is_exact(k) and is_exact(v) for k, v in value.items())
    return isinstance(value, (tuple, list, set, frozenset)) and all(map(is_exact, value))
