"""``f >= 0`` on an interval: from anchors, along derivatives whose signs Rocq sees by intervals."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from regretlab.claims.arithmetic.calculus import derivative
from regretlab.claims.checkers.pieces import as_inequality
from regretlab.claims.language.terms import Term
from regretlab.claims.language.verdict import fields, natural, rational
from regretlab.claims.rocq.goals import Theorem, holds, needed, scope_of
from regretlab.claims.rocq.writing import NotTranslated, Writer, number
from regretlab.claims.statements import Scalar

IMPORTS = ("RegretlabCurves", "RegretlabIntervals")


def theorem(statement: Scalar, form: str, body: Any) -> Theorem:
    """Write the theorem that a function is not negative on an interval, with its proof on pieces of it."""
    (pieces,) = fields(body, "pieces")
    inequality = as_inequality(statement)
    scope = scope_of(inequality)
    says, _ = holds(inequality, scope)
    function = Function(statement)
    ends = [f"{number(statement.low)} <= y -> "] if statement.low is not None else []
    ends += [f"y <= {number(statement.high)} -> "] if statement.high is not None else []
    lines = [
        f"assert (all : forall y : R, {''.join(ends)}0 <= {function.text(0, 1, 'y')}).",
        "{ intros y" + " y_low" * (statement.low is not None) + " y_high" * (statement.high is not None) + ".",
        *(f"  {line}" for line in function.covered(pieces)),
        "}",
        f"intros {' '.join(scope.identifiers.values())}." if scope.symbols else "",
        "intros; " if inequality.given else "",
    ]
    count = len(needed((*inequality.given, inequality.show)))
    lines[-1] += "repeat split; try solve [lra | sign | interval]; " * bool(count) + "apply Rle_ge, all; lra."
    return Theorem(form, says, [line for line in lines if line], IMPORTS)


class Function:
    """The function of a statement, and proofs that it is not negative on pieces of the interval."""

    def __init__(self, statement: Scalar) -> None:
        self.statement = statement

    def text(self, order: int, sign: int, name: str) -> str:
        """Write a derivative, or its negative, at a variable."""
        found = derivative(self.statement.f, self.statement.x, order) if order else self.statement.f
        return Writer({self.statement.x: name}).atom(found if sign > 0 else Term("neg", found))

    def covered(self, pieces: Any) -> Iterator[str]:
        """Write the proof piece by piece."""
        for index, (anchor, lo, hi, order) in enumerate(pieces):
            if anchor in ("oo", "-oo"):
                raise NotTranslated("a piece on which a function falls to a limit")
            lines = self.piece(rational(anchor), lo, hi, natural(order))
            if index == len(pieces) - 1:
                yield from lines
            else:
                yield f"destruct (Rle_dec y {number(rational(hi))}) as [y{index} | y{index}]."
                yield "{ " + "\n  ".join(lines) + " }"
                yield f"apply Rnot_le_lt in y{index}."

    def piece(self, anchor: Fraction, lo: Any, hi: Any, order: int) -> Iterator[str]:
        """Write the proof on one piece, to both sides of its anchor."""
        if order == 0:
            yield "enclosed_sign."
            return
        right = hi == "oo" or rational(hi) > anchor
        left = lo == "-oo" or rational(lo) < anchor
        if left and right:
            yield f"destruct (Rle_dec {number(anchor)} y) as [side | side]; [| apply Rnot_le_lt in side]."
        for rule, wanted in (("rises", right), ("falls", left)):
            if wanted:
                ends = (str(anchor), hi) if rule == "rises" else (lo, str(anchor))
                lines = list(self.along(rule, number(anchor), ends, order))
                yield from ["{ " + "\n  ".join(lines) + " }"] if left and right else lines

    def along(self, rule: str, anchor: str, ends: tuple[Any, Any], order: int) -> Iterator[str]:
        """Write the proof on one side: derivatives at the anchor, and the last one all along."""
        sign, before = 1, "y"
        for j in range(order):
            f, g = (f"(fun z : R => {self.text(k, sign, 'z')})" for k in (j, j + 1))
            here = f"{before}_in{j}"
            yield f"apply ({rule} {f} {g} {anchor} {before}); [lra | enclosed_sign | intros; derived |]."
            before = f"z{j}"
            yield f"intros {before} {here}; cbv beta."
            sign *= 1 if rule == "rises" else -1
            if rule == "falls":
                yield f"cut (0 <= {self.text(j + 1, sign, before)}); [cbv beta; lra |]."
        low, high = ends  # the numbers between which the variable is, for intervals
        known = [] if low == "-oo" else [f"{number(rational(low))} <= {before}"]
        known += [] if high == "oo" else [f"{before} <= {number(rational(high))}"]
        yield from (f"assert (end{k} : {says}) by lra." for k, says in enumerate(known))
        yield f"clear - {' '.join(f'end{k}' for k in range(len(known)))}; enclosed_sign."
