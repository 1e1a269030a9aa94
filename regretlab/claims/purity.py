"""What Python functions in a statement may not do: decide by cases behind a symbol's back, or compute in floats.

A closed form is run on symbols; a branch on ``t == 20`` would be taken for no symbol and so never be seen. A finite
case is called exact; a float in it would not be.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from regretlab.claims.fingerprint import names_in, source
from regretlab.claims.syntax import tree
from regretlab.errors import InputError

_CASES = (ast.If, ast.IfExp, ast.Compare, ast.BoolOp, ast.While, ast.Try, ast.Match, ast.Assert)
_FLOATING = {"float", "math", "numpy", "np", "random", "decimal", "cmath", "statistics"}


def functions_behind(function: Callable[..., Any]) -> Iterator[FunctionType]:
    """The function and every function of the same file that it names, once each."""
    waiting, seen = [function], set[int]()
    while waiting:
        one = waiting.pop()
        one = getattr(one, "func", one)  # functools.partial
        if not isinstance(one, FunctionType) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        named = [one.__globals__[n] for n in sorted(names_in(one)) if n in one.__globals__]
        waiting += [f for f in named if getattr(f, "__module__", None) == one.__module__]
        waiting += [cell.cell_contents for cell in one.__closure__ or ()]


def without_cases(function: Callable[..., Any]) -> None:
    """Refuse comparisons and conditionals in a function that is to be run on symbols."""
    for one in functions_behind(function):
        if any(isinstance(node, _CASES) for node in ast.walk(_tree(one))):
            raise InputError(
                f"the function [{source(one)}] decides by cases, which symbols cannot see; "
                "write one formula for every t"
            )


def without_floats(function: Callable[..., Any]) -> None:
    """Refuse float literals, roots written as powers, and floating-point libraries in a function called exact."""
    for one in functions_behind(function):
        for node in ast.walk(_tree(one)):
            literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            library = isinstance(node, ast.Name) and node.id in _FLOATING
            root = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not _whole(node.right)
            if literal or library or root:
                raise InputError(
                    f"the function [{source(one)}] computes in floats ({ast.unparse(node)}); "
                    "finite cases are decided in integers and fractions only"
                )


def _whole(exponent: ast.expr) -> bool:
    """Whether an exponent is made of names, integers, sums, differences, products and lengths: nothing makes a root."""
    allowed = (ast.Name, ast.Constant, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Load, ast.Subscript)
    inner = list(ast.walk(exponent))
    lengths = {id(n) for n in inner if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "len"}
    return all(id(n) in lengths or isinstance(n, allowed) for n in inner)


def _tree(function: FunctionType) -> ast.AST:
    found = tree(function)
    if found is None:
        raise InputError(f"the source of the function {function.__qualname__} cannot be read; define it in a file")
    return found
