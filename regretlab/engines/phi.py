"""The loss of a linear model for the kernels: its phi and slope are traced once, and written in their languages.

A trace calls the problem's own ``phi`` and ``slope`` with values that note down what is done to them. So a loss is
written once, on plain operations, and the kernels do the same operations in the same order.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from regretlab.problems.linear import LinearModel

#: The operations of kernels, as Numba and CUDA write them. Both exponentials are good to two units in the last place up
#: to 709, where a trace ends them; ``log1p`` is one between 0 and 1.
SIGNS = {
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "less": "<", "less_equal": "<=", "greater": ">",
    "greater_equal": ">=", "equal": "==",
}  # fmt: skip
WRITTEN: dict[str, tuple[str, str]] = {name: (f"{{}} {sign} {{}}",) * 2 for name, sign in SIGNS.items()} | {
    "logical_and": ("{} & {}", "{} && {}"),
    "logical_or": ("{} | {}", "{} || {}"),
    "negative": ("-{}", "-{}"),
    "where": ("select({}, {}, {})", "{} ? {} : {}"),
    "abs": ("abs({})", "fabs({})"),
    "sqrt": ("sqrt({})", "sqrt({})"),
    "exp": ("exp({})", "exps({})"),
    "log": ("log({})", "log({})"),
    "log1p": ("log1p({})", "log1p({})"),
}
TRUTHS = (*list(SIGNS)[4:], "logical_and", "logical_or")
COUNTS = "phi or its slope counts with the truth of a comparison: choose with where()"
#: Other names of these, in the array API standard and in NumPy.
SAME = {"absolute": "abs", "bitwise_and": "logical_and", "bitwise_or": "logical_or"}


class Untraceable(Exception):
    """Why a loss has no compiled form, in words."""


class Value(NDArrayOperatorsMixin):
    """A number on its way through phi, or the truth of a comparison: it is known by what made it."""

    def __init__(self, name: str, *made_of: Any) -> None:
        self.name, self.made_of = name, made_of
        self.truth = name in TRUTHS

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        return OPERATIONS

    def __array_ufunc__(self, ufunc: Any, method: str, *given: Any, **options: Any) -> Any:
        return getattr(OPERATIONS, ufunc.__name__)(*given, **options)

    def __array_function__(self, function: Any, types: Any, given: Any, options: Any) -> Any:
        return getattr(OPERATIONS, function.__name__)(*given, **options)

    def __bool__(self) -> bool:
        raise Untraceable("phi or its slope branches on a value: choose with where()")


def _made(name: str, *given: Any) -> Any:
    of = tuple(map(_operand, given))
    if not any(isinstance(a, Value) for a in of):
        return float(getattr(np, name)(*of))
    for i, a in enumerate(of):
        if _true(a) != (name.startswith("logical") or (name == "where" and i == 0)):
            raise Untraceable(COUNTS)
    return Value(name, *of)


def _true(a: Any) -> bool:
    return isinstance(a, Value) and a.truth


def _operand(value: Any) -> Any:
    """Return a value, or a number that is the same for all examples."""
    if isinstance(value, Value):
        return value
    if np.ndim(value) > 0 or not np.isrealobj(value) or np.isnan(value):
        raise Untraceable("phi or its slope uses an array other than u and y that the class does not name in 'columns'")
    return float(value)


class _Operations:
    """The namespace of traced values: the names of the array API standard and of NumPy."""

    __name__ = "traced"

    def __getattr__(self, name: str) -> Callable[..., Any]:
        name = SAME.get(name, name)
        if name.startswith("__"):  # what Python asks of any object
            raise AttributeError(name)
        if name not in WRITTEN:
            raise Untraceable(f"phi or its slope calls {name}(), which kernels do not have")
        return lambda *given: _made(name, *given)

    def exp(self, a: Any) -> Any:
        if a.name == "negative" and a.made_of[0].name == "abs":
            return _made("exp", a)
        return _made("where", a < 709.0, _made("exp", a), a * math.inf)

    def log1p(self, a: Any) -> Any:
        if isinstance(a, Value) and a.name == "exp":  # of what is never positive: others are not left so bare
            return _made("log1p", a)
        b = 1.0 + a  # the logarithm is that of b, which is not 1 + a, and its error is as large as that of b - 1
        large = _made("where", b < math.inf, _made("log", b) * (a / (b - 1.0)), b)
        return _made("where", _made("equal", b, 1.0), a, large)

    def maximum(self, a: Any, b: Any) -> Any:
        return self._last("less_equal", a, b)

    def minimum(self, a: Any, b: Any) -> Any:
        return self._last("greater_equal", a, b)

    def _last(self, before: str, a: Any, b: Any) -> Any:
        """Return the value that comes last in an order; nan stays nan."""
        if not isinstance(a, Value):
            a, b = b, a
        last = _made("where", _made(before, a, b), b, a)
        return _made("where", _made("equal", b, b), last, b) if isinstance(b, Value) else last

    def clip(self, a: Any, low: Any = None, high: Any = None) -> Any:
        a = a if low is None else self.maximum(a, low)
        return a if high is None else self.minimum(a, high)

    def square(self, a: Any) -> Any:
        return _made("multiply", a, a)

    def power(self, a: Any, power: Any) -> Any:
        if not isinstance(power, Value) and power in (0.5, 1, 2):
            return _made("sqrt", a) if power == 0.5 else a if power == 1 else self.square(a)
        raise Untraceable("phi or its slope takes a power other than 1/2, 1 or 2")

    def zeros_like(self, a: Any) -> float:
        return 0.0

    def ones_like(self, a: Any) -> float:
        return 1.0


OPERATIONS: Any = _Operations()


class Loss:
    """A loss in the kernels' languages.

    Raises
    ------
    Untraceable
        If the problem's examples or its phi are more than kernels know.
    """

    def __init__(self, problem: Any) -> None:
        kind = type(problem)
        if not isinstance(problem, LinearModel):
            raise Untraceable("it is no linear model")
        for name in ("losses_and_gradients", "all_losses", "all_gradient_norms"):
            if getattr(kind, name, None) is not getattr(LinearModel, name):
                raise Untraceable(f"its {name} is not that of a linear model")
        if len(problem.columns) > 1:
            raise Untraceable("kernels take one number per example in addition to its label")
        u, y, own = Value("u"), Value("y"), copy.copy(problem)
        vars(own)["y"] = y
        for name in problem.columns:
            vars(own)[name] = Value("a")
        try:
            with np.errstate(all="ignore"):
                self.roots = _operand(own.phi(u, y)), _operand(own.slope(u, y))
            if any(map(_true, self.roots)):
                raise Untraceable(COUNTS)
        except Untraceable:
            raise
        except Exception as error:  # whatever the author's code does with values that are no arrays
            raise Untraceable(f"its phi cannot be traced ({type(error).__name__}: {error})") from None

    def _statements(self, language: int, line: Callable[[str, str, bool], str]) -> tuple[list[str], list[str]]:
        """Write one line for every operation, equal ones only once; return the names of loss and slope as well."""
        lines: list[str] = []
        known: dict[tuple[Any, ...], str] = {}
        names: dict[int, str] = {}

        def name(a: Any) -> str:
            if not isinstance(a, Value):
                return _number(a, language)
            if not a.made_of:
                return a.name
            if id(a) not in names:
                key = (a.name, *map(name, a.made_of))
                if key not in known:
                    known[key] = f"t{len(known)}"
                    lines.append(line(known[key], WRITTEN[a.name][language].format(*key[1:]), a.truth))
                names[id(a)] = known[key]
            return names[id(a)]

        return lines, [name(root) for root in self.roots]

    def numba(self) -> str:
        """Write the function ``loss(place, width, count)`` of the rows of a kernel's working memory."""
        lines, names = self._statements(0, lambda name, text, truth: f"        {name} = {text}\n")
        vectors = (a if isinstance(root, Value) else f"splat({a})" for a, root in zip(names, self.roots, strict=True))
        phi, slope = vectors
        return NUMBA.format(lines="".join(lines), phi=phi, slope=slope)

    def cuda(self) -> str:
        """Write the function ``loss_of`` of the CUDA source."""
        lines, (phi, slope) = self._statements(
            1, lambda name, text, truth: f"    const {'bool' if truth else 'double'} {name} = {text};\n"
        )
        return CUDA.format(lines="".join(lines), phi=phi, slope=slope)


def _number(a: float, language: int) -> str:
    if math.isfinite(a):
        return f"({a!r})" if a < 0 else repr(a)
    text = ("inf", "INF")[language]
    return text if a > 0 else f"(-{text})"


NUMBA = """\
from numpy import inf
from regretlab.engines.compiled.simd import WIDTH, select, load_from, log, sqrt, store_to, splat
from regretlab.engines.compiled.layout import ANCHOR, LABEL, PHI, SCORE, SLOPE, exp, log1p

def loss(place, width, count):
    for k in range(0, count, WIDTH):
        u, y = load_from(place, SCORE * width + k), load_from(place, LABEL * width + k)
        a = load_from(place, ANCHOR * width + k)
{lines}        store_to(place, PHI * width + k, {phi})
        store_to(place, SLOPE * width + k, {slope})
"""
CUDA = """
__device__ double loss_of(double u, double y, double a, double &slope) {{
{lines}    slope = {slope};
    return {phi};
}}
"""
