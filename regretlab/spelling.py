"""Components written as text: ``"adamcb(gamma=0.4, alpha=1/10)"`` is a name and keyword arguments, nothing more."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from regretlab.errors import InputError

_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def parse(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The names and arguments in ``text``: one, or two joined by ``+``.

    Values are numbers, arithmetic on numbers such as ``7/20`` or ``1-1e-8``, strings, True, False and None. Nothing is
    ever evaluated as code.

    Examples
    --------
    >>> parse("amsgrad(alpha=7/20)+adambs(p_min=1e-4)")
    [('amsgrad', {'alpha': 0.35}), ('adambs', {'p_min': 0.0001})]
    """
    return _parse(text, ast.literal_eval)


def exact(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The same with every number as the fraction that is written, for what must not be rounded.

    Examples
    --------
    >>> exact("adam(alpha=7/20, eps=1e-8, beta1=0.9)")[0][1]["alpha"]
    Fraction(7, 20)
    """

    def value(node: ast.expr) -> Any:
        plain = ast.literal_eval(node)
        if isinstance(plain, bool) or not isinstance(plain, (int, float)):
            return plain
        return Fraction(ast.get_source_segment(text.strip(), node) or "")

    return _parse(text, value)


def _parse(text: str, read: Callable[[ast.expr], Any]) -> list[tuple[str, dict[str, Any]]]:
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        return [_call(node, read) for node in _summands(tree)]
    except (
        SyntaxError,
        ValueError,
        ZeroDivisionError,
        TypeError,
        OverflowError,
        RecursionError,
        MemoryError,
    ):
        raise InputError(
            f"cannot read {text!r}; write a name with keyword arguments, each once, as in 'adam(alpha=0.1, beta1=0)'."
        ) from None


def _summands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_summands(node.left), node.right]
    return [node]


def _call(node: ast.expr, read: Callable[[ast.expr], Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(node, ast.Name):
        return node.id, {}
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.args:
        raise ValueError("not a name with keyword arguments")
    arguments = {}
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in arguments:
            raise ValueError("no unpacking, and every argument once")
        arguments[keyword.arg] = _value(keyword.value, read)
    return node.func.id, arguments


def _value(node: ast.expr, read: Callable[[ast.expr], Any]) -> Any:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand, read)
    if isinstance(node, ast.BinOp):
        return _number(node, read)
    return read(node)


def _number(node: ast.expr, read: Callable[[ast.expr], Any]) -> float | Fraction:
    if isinstance(node, ast.BinOp):
        if type(node.op) not in _OPERATORS:
            raise ValueError("not arithmetic")
        found = _OPERATORS[type(node.op)](_number(node.left, read), _number(node.right, read))
        return found if isinstance(found, Fraction) else float(found)
    value = _value(node, read) if isinstance(node, ast.UnaryOp) else read(node)
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)):
        raise ValueError("not a number")
    return value


def spell(name: str, arguments: dict[str, Any]) -> str:
    """The text that :func:`parse` reads back.

    Examples
    --------
    >>> spell("adam", {"alpha": 0.1})
    'adam(alpha=0.1)'
    """
    inside = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    return f"{name}({inside})" if inside else name


def split(text: str) -> list[str]:
    """The parts of a comma-separated list, commas inside brackets or quotes left alone.

    Examples
    --------
    >>> split("adam(alpha=0.1, beta1=0), adamx")
    ['adam(alpha=0.1, beta1=0)', 'adamx']
    """
    parts, depth, quote = [""], 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def stem(text: str) -> str:
    """The name a spelling begins with.

    Examples
    --------
    >>> stem("adam(alpha=0.1)")
    'adam'
    """
    return text.split("(")[0].strip()
