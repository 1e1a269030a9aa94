"""The source of a function rewritten: Python's operations that make floats call exact ones, and the rest is known.

What has no exact form raises :class:`NotExact`, in words that continue "the function ...".
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from regretlab.claims.arithmetic import admitted
from regretlab.claims.arithmetic.admitted import NotExact

#: The functions that the compiled source calls in place of Python's operations; no other name may begin like these.
PREFIX = "_exact_"
OPERATIONS: dict[type, tuple[str, Callable[..., Any]]] = {
    ast.Div: ("divided", admitted.divided),
    ast.Pow: ("raised", admitted.raised),
    ast.Mod: ("remainder", admitted.remainder),
    ast.LShift: ("shifted", admitted.shifted),
}
#: The syntax that a formula may use, and the syntax that any other function may use in addition.
_FORMULA = (
    "FunctionDef Lambda arguments arg Return Assign Expr Name Load Store Constant BinOp Add Sub Mult Div Pow UnaryOp "
    "USub UAdd Call keyword Attribute Subscript Tuple List Starred ListComp GeneratorExp comprehension"
)
_PROGRAM = (
    "AugAssign AnnAssign Pass If IfExp For While Break Continue Raise Try ExceptHandler Assert Delete Del Nonlocal "
    "Import ImportFrom alias Yield YieldFrom BoolOp And Or Not Invert Compare Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn "
    "FloorDiv Mod LShift RShift BitOr BitXor BitAnd Dict Set DictComp SetComp NamedExpr Slice JoinedStr FormattedValue"
)
_KNOWN = {
    True: frozenset(getattr(ast, name) for name in _FORMULA.split()),
    False: frozenset(getattr(ast, name) for name in (_FORMULA + " " + _PROGRAM).split()),
}


class Rewriting(ast.NodeTransformer):
    """The function's source with exact operations; raises :class:`NotExact` for other operations."""

    def __init__(self, formula: bool) -> None:
        self.formula, self.places = formula, 0

    def visit(self, node: ast.AST) -> Any:
        if type(node) not in _KNOWN[self.formula]:
            if self.formula and type(node) in _KNOWN[False]:
                raise NotExact(
                    f"decides by cases ({line(node)}), which symbols cannot see; write one formula for every t, of "
                    "+ - * / **, Sum, Product, sequences and other such functions"
                )
            raise NotExact(f"uses {line(node)}, which is not run in exact arithmetic; write it in plain Python")
        for name in (getattr(node, field, None) for field in ("id", "arg", "name", "asname")):
            if isinstance(name, str) and name.startswith(PREFIX):
                raise NotExact(f"uses the name {name}, which is reserved; rename it")
        return super().visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None  # what is said of types is not run
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, (bool, int, str)) or node.value is None:
            return node
        if not isinstance(node.value, (float, complex)):
            raise NotExact(f"uses {node.value!r}, which is no number; write it in integers and fractions")
        raise NotExact(f"computes in floats ({node.value!r}); write Fraction({str(node.value)!r})")

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if type(node.op) not in OPERATIONS:
            return node
        return ast.copy_location(_call(OPERATIONS[type(node.op)][0], node.left, node.right), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        target = node.target
        if isinstance(target, ast.Attribute):
            raise NotExact(f"sets an attribute ({line(node)}); use a list or a dict")
        self.generic_visit(node)
        if type(node.op) not in OPERATIONS:
            return node
        before: list[ast.stmt] = []
        if isinstance(target, ast.Subscript):  # the container and the key are evaluated once, and first
            self.places += 2
            names = [f"{PREFIX}place{self.places + k}" for k in (-1, 0)]
            key = _call("key", *_bounds(target.slice)) if isinstance(target.slice, ast.Slice) else target.slice
            for name, value in zip(names, (target.value, key), strict=True):
                before.append(ast.Assign([ast.Name(name, ast.Store())], value))
            at = [ast.Name(name, ast.Load()) for name in names]
            read: ast.expr = ast.Subscript(at[0], at[1], ast.Load())
            write: ast.expr = ast.Subscript(at[0], at[1], ast.Store())
        else:
            read, write = ast.Name(target.id, ast.Load()), target
        after = ast.Assign([write], _call(OPERATIONS[type(node.op)][0], read, node.value))
        return [ast.fix_missing_locations(ast.copy_location(s, node)) for s in (*before, after)]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if node.value is None or not isinstance(node.target, ast.Name):
            raise NotExact(f"declares a type ({line(node)}); leave the type out")
        return self.visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if not isinstance(node.ctx, ast.Load):
            raise NotExact(f"sets an attribute ({line(node)}); use a list or a dict")
        self.generic_visit(node)
        return ast.copy_location(_call("get", node.value, ast.Constant(node.attr)), node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if self.formula and not isinstance(node.ctx, ast.Load):
            raise NotExact(f"keeps something ({line(node)}), which symbols cannot see; write one formula for every t")
        self.generic_visit(node)
        return ast.copy_location(_call("item", node.value, node.slice), node) if self.formula else node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        for op, other in zip(node.ops, node.comparators, strict=True):
            named = isinstance(other, ast.Constant) and (other.value is None or isinstance(other.value, bool))
            if isinstance(op, (ast.Is, ast.IsNot)) and not named:
                raise NotExact(f"asks whether two numbers are stored in one place ({line(node)}); write ==")
        return self.generic_visit(node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        if node.format_spec is not None:
            raise NotExact(f"formats a number, which rounds it ({line(node)}); use the number itself")
        node.value = _call("text", self.visit(node.value))
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        asked = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if not all(isinstance(t, ast.Name) and t.id in admitted.CAUGHT for t in asked):
            raise NotExact(f"catches more than {', '.join(sorted(admitted.CAUGHT))}; name one of these")
        return self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        if node.is_async or (self.formula and node.ifs):
            raise NotExact("leaves out some of its terms, which symbols cannot see; write one formula for every t")
        return self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> Any:
        if any("." in a.name and a.asname is None for a in node.names):
            raise NotExact(f"imports by a dotted name ({line(node)}); write from ... import ...")
        return [
            ast.copy_location(_assigned(a.asname or a.name, _call("module", ast.Constant(a.name))), node)
            for a in node.names
        ]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        if node.level or any(a.name == "*" for a in node.names):
            raise NotExact(f"imports without saying what ({line(node)}); name it")
        module = _call("module", ast.Constant(node.module))
        return [
            ast.copy_location(_assigned(a.asname or a.name, _call("get", module, ast.Constant(a.name))), node)
            for a in node.names
        ]


def line(node: ast.AST) -> str:
    """Write the beginning of a node's source, for a message."""
    try:
        found = ast.unparse(node).splitlines()[0]
    except (AttributeError, IndexError):
        found = type(node).__name__
    return found if len(found) < 60 else f"{found[:57]}..."


def _bounds(found: ast.Slice) -> list[ast.expr]:
    return [ast.Constant(None) if e is None else e for e in (found.lower, found.upper, found.step)]


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(PREFIX + name, ast.Load()), list(arguments), [])


def _assigned(name: str, value: ast.expr) -> ast.stmt:
    return ast.fix_missing_locations(ast.Assign([ast.Name(name, ast.Store())], value, lineno=1))
