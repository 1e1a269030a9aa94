"""The source of the functions a statement is made of, so that a certificate goes stale when one of them changes."""

from __future__ import annotations

import ast
import functools
import hashlib
import inspect
import io
import linecache
import sys
import textwrap
import tokenize
from collections.abc import Callable
from types import CodeType, FunctionType, ModuleType
from typing import Any

_SKIP = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


@functools.cache
def source(function: Any) -> str:
    """The function's source on one line, without comments and layout; of a lambda, its text alone."""
    if isinstance(function, functools.partial):
        given = [*map(repr, function.args), *(f"{k}={v!r}" for k, v in function.keywords.items())]
        return f"{source(function.func)} with {', '.join(given)}"
    try:
        lines, first = inspect.getsourcelines(function)
    except (OSError, TypeError):
        return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', repr(function))}"
    code = "".join(lines)
    if getattr(function, "__name__", "") == "<lambda>":
        code = _lambda(code, function.__code__, first)
    else:
        code = _without_docstring(textwrap.dedent(code))
    tokens = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type not in _SKIP:
                tokens.append(token.string)
    except (tokenize.TokenError, IndentationError):
        pass
    return " ".join(tokens)


def _without_docstring(code: str) -> str:
    node = ast.parse(code).body[0]
    body = getattr(node, "body", [])
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and len(body) > 1:
        lines = code.splitlines()
        return "\n".join(lines[: body[0].lineno - 1] + lines[body[0].end_lineno :])
    return code


@functools.cache
def _parsed(text: str) -> ast.Module:
    """A file is parsed once, not again for each of its lambdas."""
    return ast.parse(text)


def _lambda(code: str, compiled: CodeType, first: int) -> str:
    """The text of one lambda, found by where its compiled body sits in the file."""
    spans = [p for p in compiled.co_positions() if None not in p and (p[0], p[2]) != (p[1], p[3])]
    whole = "".join(linecache.getlines(compiled.co_filename)) or "\n" * (first - 1) + code
    try:
        tree = _parsed(whole)
    except SyntaxError:
        return code
    line, column = min((p[0], p[2]) for p in spans)
    best = None
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda):
            start, end = (node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0)
            if start <= (line, column) <= end and (best is None or (best.lineno, best.col_offset) < start):
                best = node
    return (ast.get_source_segment(whole, best) or code) if best else code


def fingerprint(functions: tuple[Callable[..., Any], ...]) -> str:
    """A hash of the functions, of what they close over, and of the functions and constants they name in turn."""
    digest = hashlib.sha256()
    seen: set[int] = set()

    def add(value: Any) -> None:
        if isinstance(value, functools.partial):
            digest.update(repr((value.args, sorted(value.keywords.items()))).encode())
            value = value.func
        if id(value) in seen:
            return
        seen.add(id(value))
        if isinstance(value, FunctionType):
            digest.update(source(value).encode())
            for cell in value.__closure__ or ():
                add(cell.cell_contents)
            for default in value.__defaults__ or ():
                add(default)
            for name in sorted(names_in(value.__code__)):
                if name in value.__globals__:
                    digest.update(name.encode())
                    add(value.__globals__[name])
        elif isinstance(value, ModuleType):
            if value.__name__.startswith("regretlab"):
                digest.update(inspect.getsource(value).encode())
        elif inspect.isclass(value):
            if value.__module__.startswith("regretlab") or value.__module__ not in sys.stdlib_module_names:
                digest.update(value.__qualname__.encode())
        elif not callable(value) and " at 0x" not in repr(value):
            digest.update(repr(value).encode())

    for function in functions:
        add(function)
    return digest.hexdigest()


def names_in(code: CodeType) -> set[str]:
    """The global names a function's code uses, inner functions included."""
    inner = [c for c in code.co_consts if isinstance(c, CodeType)]
    return set(code.co_names).union(*(names_in(c) for c in inner)) if inner else set(code.co_names)
