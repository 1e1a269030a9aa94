"""Why formulas about polynomials hold of terms: with these put in for the unknowns, by what defines each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from regretlab.claims.checkers.logarithms import Fact, facts
from regretlab.claims.checkers.question import Reading
from regretlab.claims.language.nodes import walk
from regretlab.claims.language.terms import Relation, Term, all_of
from regretlab.claims.rocq import curves
from regretlab.claims.rocq.writing import Names, NotTranslated, Writer, number


class Known(NamedTuple):
    """The proof of a relation; ``implied``: of ``not A or B`` as Rocq makes it of ``A -> B``."""

    text: str
    implied: bool = False


class Formulas:
    """The formulas of a question at its terms; premises are numbered as in :class:`Reading`."""

    def __init__(self, write: Writer, reading: Reading, question: Sequence[Relation], names: Names) -> None:
        self.write, self.reading, self._names = write, reading, names
        self.question = question
        self.curved = facts(walk(all_of(question)))
        self.known: dict[int, str] = {}  # facts about logarithms that were shown

    def facts(self, used: Sequence[int]) -> Iterator[str]:
        """Write the facts about logarithms and exponentials that are used, with their proofs."""
        for k, fact in enumerate(self.curved):
            if len(self.question) + k in used:
                self.known[k] = self._names("curve")
                yield f"assert ({self.known[k]} : {self.write(fact.relation())})."
                yield "{ " + "\n  ".join(self._fact(fact)) + " }"

    def _fact(self, fact: Fact) -> Iterator[str]:
        for needed in reversed(fact.positive):
            name = self._names("positive")
            either = f"destruct (Rle_lt_dec {self.write.atom(needed)} 0) as [{name} | {name}]"
            yield f"{either}; [left; exact {name} | right]."
        if fact.premise is None:
            yield f"{curves.proof(fact, self.write)}."
            return
        name = self._names("order")
        a, b = map(self.write.atom, fact.premise.args)
        x, y = map(self.write.atom, fact.show.args)
        yield f"destruct (Rle_lt_dec {a} {b}) as [{name} | {name}]; [right | left; exact {name}]."
        shown = f"[on_curve | on_curve | exact {name}]"
        yield f"first [apply (curve_logs {x} {y} {a} {b}); {shown} | apply (curve_arguments {a} {b} {x} {y}); {shown}]."

    def premises(self, known: Sequence[Known], goal: Relation, no: str) -> list[str]:
        """Write why every formula holds: ``known`` are proofs of the first relations, ``no`` of not goal."""
        found = [self._relation(r, *one) for r, one in zip(self.question, known, strict=False)]
        found.append(self._denied(goal, no))
        found += [self._relation(f.relation(), self.known.get(k, "")) for k, f in enumerate(self.curved)]
        return [*found, *self._definitions()]

    def values(self) -> list[str]:
        """Write what the unknowns are: terms, and one over what is divided by, without its factor."""
        return [self._value(*found) if found else "0" for found in self.reading.meanings()]

    def _value(self, node: Term, over: Fraction | None) -> str:
        return self.write(node) if over is None else f"{number(over)} * / {self.write.atom(node)}"

    def _definitions(self) -> Iterator[str]:
        """Write why the definitions of the unknowns hold, in the order of :class:`Reading`."""
        for key, formulas in self.reading.definitions.items():
            node = self.reading.unknown.get(key)
            shown = list(self._of_an_unknown(node)) if node is not None else []
            yield from shown
            if len(formulas) > len(shown):
                zero = "left; apply (from_zero _ _ H); same | right; unit_by H"
                yield _destructed(f"Req_dec {self.write.atom(self.reading.divisors[key])} 0", zero)

    def _of_an_unknown(self, node: Term) -> Iterator[str]:
        a = node.args
        match node.op:
            case "root":
                below = self.write.atom(a[0])
                known = f"sqrt_pow2 {below} H" if a[1] == 2 else f"root_pow {a[1]} {below} ltac:(lia) H"
                sign = f"sqrt_pos {below}" if a[1] == 2 else f"root_nonneg {a[1]} {below}"
                power = f"split; [exact ({sign}) | {_exact('eq', f'({known})')}]"
                yield _destructed(f"Rlt_le_dec {below} 0", f"left; {_exact('lt', 'H')} | right; {power}")
            case "max" | "min" | "abs":
                known = f"({node.op}_facts {' '.join(map(self.write.atom, a))})"
                yield _exact("le", f"(proj1 {known})")
                yield _exact("le", f"(proj1 (proj2 {known}))")
                zero = "apply (from_zero _ _ H); same"
                yield _destructed(f"Rmult_integral _ _ (proj2 (proj2 {known}))", f"left; {zero} | right; {zero}")
            case "where":
                yield self._choice(*a)

    def _choice(self, test: Relation, yes: Term, no: Term) -> str:
        """Write the proof of (test and x = yes) or (not test and x = no), for what Rocq chooses between."""
        if test.op not in ("<=", "<", ">=", ">", "==", "!="):
            raise NotTranslated(f"a case distinction by {test.op}")
        left, right = map(self.write.atom, test.args if test.op not in (">=", ">") else test.args[::-1])
        same = [f"apply (from_eq ({v}) ({v}) _ eq_refl); same" for v in map(self.write, (yes, no))]
        match test.op:
            case "==" | "!=":
                by, shown = "Req_EM_T", [_exact("eq", "H"), _apart("H")]
            case "<=" | ">=":
                by, shown = "Rle_dec", [_exact("le", "H"), _exact("lt", "(Rnot_le_lt _ _ H)")]
            case _:
                by, shown = "Rlt_dec", [_exact("lt", "H"), _exact("le", "(Rnot_lt_le _ _ H)")]
        true, false = shown[::-1] if test.op == "!=" else shown
        cases = [f"left; split; [{true} | {same[0]}]", f"right; split; [{false} | {same[1]}]"]
        return _destructed(f"{by} {left} {right}", " | ".join(cases[::-1] if test.op == "!=" else cases))

    def _relation(self, r: Relation, known: str, implied: bool = False) -> str:
        """Write why the formula of a relation holds that is known."""
        match r.op:
            case "and":
                first, second = (self._relation(part, f"(proj{k} {known})") for k, part in enumerate(r.args, 1))
                return f"split; [{first} | {second}]"
            case "or":
                name = self._names("either")
                first, second = r.args
                one = self._denied(~first, name) if implied else self._relation(first, name)
                two = self._relation(second, name)
                return f"destruct {known} as [{name} | {name}]; [left; {one} | right; {two}]"
            case "not":
                return self._denied(r.args[0], known)
            case "!=":
                return _apart(known)
            case "==":
                return _exact("eq", known)
            case "<=" | "<" | ">":
                return _exact("le" if r.op == "<=" else "lt", known)
            case ">=":
                return _exact("le", f"(Rge_le _ _ {known})")
        raise NotTranslated(f"a hypothesis with {r.op}")

    def _denied(self, r: Relation, no: str) -> str:
        """Write why the formula of a relation's denial holds, from a proof that the relation does not."""
        match r.op:
            case "and":
                name = self._names("either")
                first, second = (self._denied(part, name) for part in r.args)
                return f"destruct (not_and_or _ _ {no}) as [{name} | {name}]; [left; {first} | right; {second}]"
            case "or":
                both = f"(not_or_and _ _ {no})"
                first, second = (self._denied(part, f"(proj{k} {both})") for k, part in enumerate(r.args, 1))
                return f"split; [{first} | {second}]"
            case "not":
                return self._relation(r.args[0], f"(NNPP _ {no})")
            case "==":
                return _apart(no)
            case "!=":
                return _exact("eq", f"(NNPP _ {no})")
            case "<=" | "<" | ">=" | ">":
                lemma = {"<=": "Rnot_le_lt", "<": "Rnot_lt_le", ">=": "Rnot_ge_lt", ">": "Rnot_gt_le"}[r.op]
                return _exact("le" if r.op in "<>" else "lt", f"({lemma} _ _ {no})")
        raise NotTranslated(f"a denial of {r.op}")


def _exact(kind: str, known: str) -> str:
    """Write the proof of a formula about a polynomial from a comparison of the terms of which it is the difference."""
    return f"apply (from_{kind} _ _ _ {known}); same"


def _apart(known: str) -> str:
    """Write the proof that one of two differences is positive, from a <> b."""
    cases = f"right; {_exact('lt', 'D')} | left; {_exact('lt', 'D')}"
    return f"let D := fresh in destruct (Rdichotomy _ _ {known}) as [D | D]; [{cases}]"


def _destructed(known: str, cases: str) -> str:
    """Write a proof by two cases, H being what holds in each."""
    return f"let H := fresh in destruct ({known}) as [H | H]; [{cases}]"
