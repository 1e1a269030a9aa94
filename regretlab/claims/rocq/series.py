"""Partial sums within a bound: the first ones by intervals, all later ones by induction with one step."""

from __future__ import annotations

from typing import Any

from regretlab.claims.checkers import pieces
from regretlab.claims.checkers import series as checked
from regretlab.claims.language.terms import Relation
from regretlab.claims.language.verdict import fields, natural
from regretlab.claims.rocq import goals, inequalities, taylor
from regretlab.claims.rocq.goals import ALWAYS, Theorem
from regretlab.claims.rocq.writing import Names, Writer
from regretlab.claims.statements import Series

IMPORTS = ("RegretlabSums", "RegretlabIntervals")
#: What proves a relation between a sum of few terms and a number.
_WITHIN = "unfold zsum; simpl; rewrite ?sqrt_1, ?ln_1; first [lra | enclosed]"


def theorem(statement: Series, form: str, body: Any) -> Theorem:
    """Write the theorem that all partial sums are within a bound, with its proof."""
    through, inner, proof = fields(body, "through", "form", "body")
    last = natural(through, statement.first)
    names = Names()
    t, end = names(statement.t.args[0]), names("N")
    write = Writer({statement.t: f"IZR {t}"})
    function, bound = (f"(fun {t} : Z => {write(part)})" for part in (statement.term, statement.bound))
    first = statement.first
    needs = goals.needed((Relation("<=", statement.term, statement.bound),))
    conditions = [
        f"(forall {t} : Z, ({first} <= {t})%Z -> {goals.conditional(path, need, write)})" for path, need in needs
    ]
    said = " /\\\n  ".join(
        [*conditions, f"zsum {function} {first} {end} <= {Writer({statement.t: f'IZR {end}'}).atom(statement.bound)}"]
    )
    step = pieces.as_inequality(asked := checked.step(statement, last))
    shown = taylor.theorem(asked, inner, proof) if inner == "pieces" else inequalities.theorem(step, inner, proof)
    count = len(goals.needed((*step.given, step.show)))
    lines = [
        f"assert (step : {shown.says}).",
        "{ " + "\n  ".join(shown.proof) + " }",
        f"intros {end} {end}_in.",
    ]
    for path, _ in needs:
        entered = f"intros {t} {t}_in{' path' * (path is not ALWAYS)}"
        lines.append(f"split; [{entered}; assert ({first} <= IZR {t}) by (apply IZR_le; lia); meant |].")
    numbers = " \\/ ".join(f"n = {k}%Z" for k in range(first, last + 1))
    known = "(step (n + 1)%Z ltac:(apply Rle_ge, IZR_le; lia))"
    lines += [
        f"apply (series {function} {bound} {first} {last}); [lia | | | exact {end}_in].",
        f"{{ intros n n_in. assert ({numbers}) as all by lia.",
        f"  repeat (destruct all as [-> | all]; [{_WITHIN} |]); subst n; {_WITHIN}. }}",
        f"intros n n_in; pose proof {known} as known.",
        *([f"destruct known as ({'_ & ' * count}known)."] if count else []),
        "replace (IZR (n + 1) - 1) with (IZR n) in known by (rewrite plus_IZR; ring).",
        "cbv beta; lra.",
    ]
    return Theorem(form, f"forall {end} : Z, ({first} <= {end})%Z ->\n  {said}", lines, (*IMPORTS, *shown.imports))
