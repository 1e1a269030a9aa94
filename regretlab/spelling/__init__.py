"""Components written as text: ``"adamcb(gamma=0.4, alpha=1/10)"`` is a name and keyword arguments, nothing more."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from regretlab.errors import InputError, shown
from regretlab.spelling import numerals

_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}

#: Words that are values: what is not finite is refused where the range is known.
WORDS = {"nan": math.nan, "inf": math.inf, "true": True, "false": False}
UNREADABLE = "is not a number, arithmetic + - * / on numbers, a word in quotes, True, False or None; write one of these"


def parse(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the names and arguments in ``text``: one, or two joined by ``+``.

    Values are numbers (:mod:`regretlab.spelling.numerals`), arithmetic on them such as ``7/20`` or ``1-1e-8``, strings,
    True, False (or true, false, as in TOML) and None. Nothing is ever evaluated as code.

    Examples
    --------
    >>> parse("amsgrad(alpha=7/20)+adambs(p_min=1e-4)")
    [('amsgrad', {'alpha': 0.35}), ('adambs', {'p_min': 0.0001})]
    """
    return _parse(text, ast.literal_eval)


def exact(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the names and arguments with every number as the written fraction, where nothing may be rounded.

    Examples
    --------
    >>> exact("adam(alpha=7/20, eps=1e-8, beta1=0.9)")[0][1]["alpha"]
    Fraction(7, 20)
    """

    def value(node: ast.expr) -> Any:
        plain = ast.literal_eval(node)
        if isinstance(plain, bool) or not isinstance(plain, (int, float)):
            return plain
        return numerals.fraction(ast.get_source_segment(text.strip(), node) or "")

    return _parse(text, value)


def _parse(text: str, read: Callable[[ast.expr], Any]) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(text, str):
        raise InputError(f"{shown(text)} is not a text; write a name such as 'adam', or 'adam(alpha=0.1)'.")
    text = text.strip()
    try:
        tree = ast.parse(text, mode="eval").body
        return [_call(node, text, read) for node in _summands(tree)]
    except InputError:
        raise
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        raise InputError(
            f"cannot read {text!r}; write a name with keyword arguments, each once, as in 'adam(alpha=0.1, beta1=0)'."
        ) from None


def _summands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_summands(node.left), node.right]
    return [node]


def _call(node: ast.expr, text: str, read: Callable[[ast.expr], Any]) -> tuple[str, dict[str, Any]]:
    if isinstance(node, ast.Name):
        return node.id, {}
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.args:
        raise ValueError("not a name with keyword arguments")
    arguments = {}
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg in arguments:
            raise ValueError("no unpacking, and every argument once")
        try:
            _check_numerals(keyword.value, text)
            arguments[keyword.arg] = _value(keyword.value, read)
        except ZeroDivisionError:
            why = "divides by zero; write a finite number"
        except numerals.NumeralError as error:
            why = f"{error}; write a decimal number or a fraction such as 7/20"
        except ValueError as error:
            why = str(error)
        else:
            continue
        raise InputError(f"{keyword.arg}={ast.get_source_segment(text, keyword.value)} in {text!r} {why}.")
    return node.func.id, arguments


def _check_numerals(value: ast.expr, text: str) -> None:
    """Refuse numbers that are no numerals, or that would be rounded to 0 or infinity, wherever they stand."""
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            numeral = numerals.fraction(ast.get_source_segment(text, node) or "")
            if type(node.value) is float:
                numerals.rounded(numeral)


def _value(node: ast.expr, read: Callable[[ast.expr], Any]) -> Any:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_number(node.operand, read)
    if isinstance(node, ast.BinOp):
        return _number(node, read)
    if isinstance(node, ast.Name):
        if node.id not in WORDS:
            raise ValueError(f"is a word without quotes; write a number, or '{node.id}' in quotes")
        return WORDS[node.id]
    try:
        return read(node)
    except (ValueError, TypeError):
        raise ValueError(UNREADABLE) from None


def _number(node: ast.expr, read: Callable[[ast.expr], Any]) -> float | Fraction:
    if isinstance(node, ast.BinOp):
        if type(node.op) not in _OPERATORS:
            raise ValueError("is more than the arithmetic + - * / on numbers; write the number out, as 1e9 for 10**9")
        left, right = _number(node.left, read), _number(node.right, read)
        found = _OPERATORS[type(node.op)](left, right)
        if not found and left and right and isinstance(node.op, ast.Mult | ast.Div) and abs(right) != math.inf:
            raise numerals.NumeralError("is closer to 0 than any number of double precision but 0")
        return found if isinstance(found, Fraction) else float(found)
    value = _value(node, read)
    if isinstance(value, bool) or not isinstance(value, (int, float, Fraction)):
        raise ValueError(UNREADABLE)
    return value


def spell(name: str, arguments: dict[str, Any]) -> str:
    """Return the text that :func:`parse` reads back.

    Examples
    --------
    >>> spell("adam", {"alpha": 0.1})
    'adam(alpha=0.1)'
    """
    inside = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    return f"{name}({inside})" if inside else name


def split(text: str) -> list[str]:
    """Return the parts of a comma-separated list, commas inside brackets or quotes left alone.

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
    """Return the name a spelling begins with.

    Examples
    --------
    >>> stem("adam(alpha=0.1)")
    'adam'
    """
    return text.split("(")[0].strip()
