"""Syntax trees of Python functions: found in their files, written down in one way, and the names they read.

Python's tokens, its byte code and ``ast.dump`` differ between its versions; what is written here does not.
"""

from __future__ import annotations

import ast
import functools
import linecache
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
#: The nodes that may have a docstring.
Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSION = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPE = (*_FUNCTION, *_COMPREHENSION, ast.ClassDef)
#: Fields that do not change what a tree means.
_SILENT = {"ctx", "kind", "type_comment", "annotation", "returns", "type_ignores"}


class File:
    """A parsed source file, its functions and its classes."""

    def __init__(self, module: ast.Module) -> None:
        nodes = list(ast.walk(module))
        self.module = module
        self.functions = [n for n in nodes if isinstance(n, _FUNCTION)]
        self.classes = [n for n in nodes if isinstance(n, ast.ClassDef)]


def file(name: str) -> File | None:
    """Return the parsed file of that name; None if it cannot be read as Python."""
    linecache.checkcache(name)  # a file may have been edited since it was last looked at
    lines = linecache.getlines(name)
    return _parsed("".join(lines)) if lines else None


@functools.lru_cache(maxsize=256)
def _parsed(text: str) -> File | None:
    """Parse a file once, not again for each of its functions."""
    try:
        return File(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def tree(function: FunctionType) -> Function | None:
    """Return the tree of a function, found by where its code is in the file; None if there is no source."""
    code = function.__code__
    found = file(code.co_filename)
    taken = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    # A position of no width belongs to the function as a whole, not to an expression in it.
    spans = [p for p in code.co_positions() if None not in p and (p[0], p[2]) != (p[1], p[3])]
    fits: list[Any] = []
    for node in found.functions if found else ():
        if tuple(a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)) != taken:
            continue
        if isinstance(node, ast.Lambda):
            inside = all(_within(node.body, p) for p in spans) if spans else _constant(node, code)
            if code.co_name == "<lambda>" and inside:
                fits.append(node)
        elif (node.name, min(n.lineno for n in (node, *node.decorator_list))) == (code.co_name, code.co_firstlineno):
            fits.append(node)
    return min(fits, key=lambda n: (n.end_lineno - n.lineno, n.end_col_offset - n.col_offset), default=None)


def _constant(node: ast.Lambda, code: CodeType) -> bool:
    """Tell whether a lambda on the code's first line gives a constant of it, which has no place in Python 3.12."""
    body = node.body
    if not isinstance(body, ast.Constant) or node.lineno != code.co_firstlineno:
        return False
    given = [c for c in code.co_consts if c is not None] or [None]
    return (type(body.value), body.value) in [(type(c), c) for c in given]


def _within(node: ast.expr, position: tuple[Any, ...]) -> bool:
    start, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
    return start <= (position[0], position[2]) and (position[1], position[3]) <= end


def source(function: Any) -> str:
    """Write a function on one line, for a reader: without comments, docstring and layout."""
    if isinstance(function, functools.partial):
        given = [*map(repr, function.args), *(f"{k}={v!r}" for k, v in function.keywords.items())]
        return f"{source(function.func)} with {', '.join(given)}"
    node = tree(function) if isinstance(function, FunctionType) else None
    if node is None:
        return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(function))}"
    return line(node)


def line(node: Function) -> str:
    """Write the tree as Python on one line, for a reader."""
    body = {} if isinstance(node, ast.Lambda) else {"body": _body(node) or [ast.Pass()]}
    shown = type(node)(**{f: getattr(node, f) for f in node._fields if hasattr(node, f)} | body)
    return " ".join(text.strip() for text in ast.unparse(ast.copy_location(shown, node)).splitlines())


def _body(node: Documented) -> list[ast.stmt]:
    """Return the statements of a function, class or module, without its docstring."""
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def written(node: Any) -> Iterator[str]:
    """Write a tree as pieces of text: no layout, no docstrings, no annotations, no way of quoting."""
    if isinstance(node, ast.Constant):
        yield constant(node.value)
    elif isinstance(node, ast.JoinedStr):
        parts = _joined(node)
        if all(isinstance(part, str) for part in parts):
            yield constant("".join(parts))
        else:
            yield "JoinedStr"
            yield from written([ast.Constant(part) if isinstance(part, str) else part for part in parts])
    elif isinstance(node, ast.AST):
        yield f"{type(node).__name__}("
        for name in sorted(set(node._fields) - _SILENT):
            value = _body(node) if isinstance(node, Documented) and name == "body" else getattr(node, name, None)
            if value is not None and value != []:  # fields that a newer Python adds are empty in older code
                yield f"{name}="
                yield from written(value)
        yield ")"
    elif isinstance(node, list):
        yield f"[{len(node)}"
        for item in node:
            yield from written(item)
        yield "]"
    else:
        yield constant(node)


def constant(value: Any) -> str:
    """Write a literal as text: of an integer the digits to base 16, which have no limit."""
    if isinstance(value, bytes):
        return f"bytes {value.hex()}"
    return f"{type(value).__name__} {value:x}" if type(value) is int else f"{type(value).__name__} {value!s}"


def _joined(node: ast.JoinedStr) -> list[Any]:
    """List the parts of an f-string: text that belongs together is one text, and an empty format is none."""
    parts: list[Any] = []
    for part in node.values:
        if isinstance(part, ast.Constant) and parts and isinstance(parts[-1], str):
            parts[-1] += str(part.value)
        elif isinstance(part, ast.Constant):
            parts += [part.value] if part.value else []
        elif isinstance(part, ast.FormattedValue) and isinstance(part.format_spec, ast.JoinedStr):
            parts.append(
                ast.FormattedValue(part.value, part.conversion, part.format_spec if _joined(part.format_spec) else None)
            )
        else:
            parts.append(part)
    return parts


def free(node: ast.AST) -> set[str]:
    """List the names that a tree reads and does not itself bind, with the attributes read: ``designs.draws``."""
    bound, outside, inside = _scope(node)
    read, inner, elsewhere = set[str](), set[str](), set[str]()
    waiting = list(inside)
    while waiting:
        one = waiting.pop()
        if isinstance(one, _SCOPE):
            bound |= {one.name} if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else set()
            inner |= free(one)
            continue
        if (path := _path(one)) is not None:
            read.add(path)
            continue
        if isinstance(one, ast.Name):
            bound.add(one.id)
        elif isinstance(one, (ast.Global, ast.Nonlocal)):
            elsewhere |= set(one.names)
        elif isinstance(one, ast.alias):
            bound.add((one.asname or one.name).split(".")[0])
        else:
            bound |= {n for f in ("name", "rest") if isinstance(n := getattr(one, f, None), str)}  # except, match
        waiting += [child for field, child in _children(one) if field not in _SILENT]
    bound -= elsewhere
    own = {name for name in read if name.split(".")[0] not in bound}
    if not isinstance(node, ast.ClassDef):  # what a class binds, its methods do not see
        inner = {name for name in inner if name.split(".")[0] not in bound}
    return own.union(inner, *map(free, outside))


def _scope(node: ast.AST) -> tuple[set[str], list[ast.AST], list[ast.AST]]:
    """Return what a scope binds by its head, the parts of it that are read outside, and the parts read inside."""
    if isinstance(node, _FUNCTION):
        a = node.args
        bound = {x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs, a.vararg, a.kwarg) if x}
        outside = [*a.defaults, *filter(None, a.kw_defaults), *getattr(node, "decorator_list", [])]
        return bound, outside, node.body if isinstance(node.body, list) else [node.body]  # type: ignore[return-value]
    if isinstance(node, ast.ClassDef):
        return set(), [*node.bases, *node.keywords, *node.decorator_list], [*node.body]
    if isinstance(node, _COMPREHENSION):
        first, *more = node.generators
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        return set(), [first.iter], [first.target, *first.ifs, *more, *results]
    return set(), [], [node]


def _path(node: ast.AST) -> str | None:
    """Write ``a.b.c`` for a name that is read and the attributes read of it."""
    if isinstance(node, ast.Attribute):
        before = _path(node.value)
        return before and f"{before}.{node.attr}"
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else None


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield name, child
