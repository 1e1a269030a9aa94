"""What z3 says about formulas in polynomials: an adviser of searches, whose word no proof rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from regretlab.claims.arithmetic.polynomials import degree
from regretlab.claims.checkers.question import Formula

#: Steps of the solver for one question: a count, the same on every machine.
BRIEF = 1_500_000
#: Points that are kept, and what a float may be off, of its largest summand.
MOST_POINTS, NEAR = 60, 1e-9


class Oracle:
    """Answers about formulas in ``size`` unknowns; points at which formulas hold answer again without the solver."""

    def __init__(self, size: int) -> None:
        import z3

        self.z3 = z3
        self.asked = 0
        self._known: dict[int, tuple[Formula, Any]] = {}
        self._points: list[list[float]] = []
        self._truth: list[dict[int, bool]] = []
        self._unknowns = [z3.Real(f"x{i}") for i in range(size)]

    def core(self, pool: Sequence[Formula], keep: Formula | None = None) -> list[Formula]:
        """Leave out formulas as long as the rest contradict each other, those with alternatives first."""
        ranked = sorted(pool, key=lambda f: (f.kind != "any", -degree(f.polynomial), -len(f.polynomial)))
        kept, size = [f for f in ranked if f is not keep], max(1, len(ranked) // 2)
        extra = [] if keep is None else [keep]
        while size and kept:
            start = 0
            while start < len(kept):
                fewer = kept[:start] + kept[start + size :]
                if self.unsat([*fewer, *extra]):
                    kept = fewer
                else:
                    start += size
            size //= 2
        return [*kept, *extra]

    def unsat(self, formulas: Iterable[Formula], limit: int = BRIEF) -> bool:
        """Tell whether the solver says that formulas contradict each other, which no point known so far denies."""
        asked = list(formulas)
        written = [self._written(f) for f in asked]
        for k, values in enumerate(self._points):
            if all(self._holds(k, values, f) for f in asked):
                self._points.append(self._points.pop(k))
                self._truth.append(self._truth.pop(k))
                return False
        self.asked += 1
        solver = self.z3.SolverFor("QF_NRA")
        solver.set("rlimit", limit)
        solver.add(*written)
        answer = solver.check()
        if answer == self.z3.sat:
            self._points, self._truth = self._points[-MOST_POINTS:], self._truth[-MOST_POINTS:]
            self._points.append(self._point(solver.model()))
            self._truth.append({})
        return bool(answer == self.z3.unsat)

    def _point(self, model: Any) -> list[float]:
        values = []
        for x in self._unknowns:
            value = model[x]
            if value is not None and self.z3.is_algebraic_value(value):
                value = value.approx(15)
            known = value is not None and self.z3.is_rational_value(value)
            values.append(value.numerator_as_long() / value.denominator_as_long() if known else 1.0)
        return values

    def _holds(self, k: int, values: list[float], f: Formula) -> bool:
        """Tell whether a formula seems to hold at a point."""
        known = self._truth[k].get(id(f))
        if known is None:
            known = self._truth[k][id(f)] = self._seems(k, values, f)
        return known

    def _seems(self, k: int, values: list[float], f: Formula) -> bool:
        if f.parts:
            return (all if f.kind == "all" else any)(self._holds(k, values, part) for part in f.parts)
        total, size = 0.0, 1e-300
        try:
            for exponents, c in f.polynomial.items():
                term = float(c)
                for i, n in enumerate(exponents):
                    if n:
                        term *= values[i] ** n
                total, size = total + term, max(size, abs(term))
        except OverflowError:
            return False
        return abs(total) <= NEAR * size if f.kind == "==" else total > 0 or (f.kind == ">=" and total >= -NEAR * size)

    def _written(self, formula: Formula) -> Any:
        if id(formula) not in self._known:
            self._known[id(formula)] = formula, self._expression(formula)
        return self._known[id(formula)][1]

    def _expression(self, formula: Formula) -> Any:
        if formula.kind in ("all", "any"):
            parts = [self._written(part) for part in formula.parts]
            return self.z3.And(*parts) if formula.kind == "all" else self.z3.Or(*parts)
        total: Any = self.z3.RealVal(0)
        for exponents, c in formula.polynomial.items():
            term: Any = self.z3.RealVal(str(c))
            for x, k in zip(self._unknowns, exponents, strict=True):
                for _ in range(k):
                    term = term * x
            total = total + term
        return total == 0 if formula.kind == "==" else total > 0 if formula.kind == ">" else total >= 0
