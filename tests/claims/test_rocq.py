"""Claims as Rocq files: what they say, that the kernel accepts their proofs, and that it refuses corrupted ones."""

import copy
import re
import shutil
from dataclasses import replace
from fractions import Fraction

import pytest
from typer.testing import CliRunner

from regretlab.claims import Ledger, exp, integer, log, maximum, minimum, real, sqrt, where
from regretlab.claims.ledger.certificate import Certificate
from regretlab.claims.ledger.entry import Entry
from regretlab.claims.provers import refutations
from regretlab.claims.rocq import files, judging, kernel, products
from regretlab.claims.rocq.goals import holds, scope_of
from regretlab.claims.rocq.writing import RESERVED, Names
from regretlab.claims.statements import Derivation, Inequality
from regretlab.cli.app import app
from tests.helpers.ledger import LEDGER

needs_coqc = pytest.mark.skipif(shutil.which("coqc") is None, reason=f"coqc is not here: {kernel.INSTALL}")
a, b, c, d, e, n = *real("a b c d e"), integer("n")
#: Theorems of the shipped ledger that the kernel accepts at least, and those from sums of squares.
ACCEPTED, SQUARES = 350, 95
MINE = """
from regretlab.claims import Paper, Sum, index, real, sequence
P = Paper("mine", "My paper")
a, b, c = real("a b c")
t, x = index("t"), sequence("x")
P.theorem("empty", r"0", at="Lemma 3", show=Sum(x[t], (t, 5, 2)) == 0)
P.inequality("young", r"2ab \\le ca^2 + b^2/c", at="Lemma 1", given=[c > 0], show=2*a*b <= c*a**2 + b**2/c)
P.inequality("bold", r"2ab \\le a^2", at="Lemma 2", show=2*a*b <= a**2, expect="refuted")
"""


def exported(claim, corrupt=None):
    """Export a shipped claim, from its certificate or from one whose body was changed."""
    found = Certificate.read(LEDGER.certificate(claim))
    body = copy.deepcopy(found.body)
    if corrupt is not None:
        corrupt(body)
    return files.exported(LEDGER.claims[claim], LEDGER.statement(claim), replace(found, body=body))


def put(*path):
    """Return a change of one entry of a certificate."""

    def change(body):
        *way, last, value = path
        for step in way:
            body = body[step]
        assert body[last] != value
        body[last] = value

    return change


#: For each form a claim, and a change of its certificate after which this proves nothing.
FORMS = {
    "point": ("KB.Lem10.3", put("point", "g", "4")),
    "undefined": ("AdamBS.OptP.zero", put("point", "g", "1")),
    "sos": ("Lemma.young", put("terms", 0, 1, "7")),
    "squared sos": ("Lemma.root", put("terms", 0, 1, "7")),
    "steps": ("Lemma.known_product", put("steps", 0, "proofs", 0, "body", "equations", 0, 1, 0, 1, "7")),
    "pieces": ("Lemma.exp_below", put("pieces", 0, 3, 1)),
    "base and step": ("AdamBS.AlgVsThm.iterates", put("body", "terms", 1, 1, "7")),
    "unrolled": ("AdamCB.Lem5.one", put("t", 0)),
    "instance": ("AdaBelief.monotone.run", put("entries", "m[1]", "7")),
    "degrees": ("AdamBS.ThmD1.units", put("terms", "third", "0")),
    "conjuncts": ("TP.Lem2.3.corrected", put("parts", 0, "body", "equations", 0, 1, 0, 1, "7")),
}


def says(given, show):
    statement = Inequality(tuple(given), show)
    return " ".join(holds(statement, scope_of(statement))[0].split())


def test_a_statement_says_what_it_says_and_that_its_terms_have_a_meaning():
    assert says([c > 0], 2 * a * b <= c * a**2 + b**2 / c) == (
        "forall c a b : R, c > 0 -> c <> 0 /\\ 2 * a * b <= c * a ^ 2 + b ^ 2 / c"
    )
    assert says([n >= 2], log(n) <= sqrt(maximum(n, a))) == (
        "forall (n : Z) (a : R), IZR n >= 2 -> "
        "IZR n > 0 /\\ Rmax (IZR n) a >= 0 /\\ ln (IZR n) <= sqrt (Rmax (IZR n) a)"
    )
    assert "a - (b - c)" in says([], a - (b - c) <= 1)
    assert "(- a) ^ 2" in says([], (-a) ** 2 <= 1)


def test_names_are_kept_apart():
    names = Names()
    found = [names(word) for word in ("x", "x", "exp", "g[t - 1]", "β", "7", "x_")]
    assert len(set(found)) == len(found)
    assert not set(found) & RESERVED
    assert all(re.fullmatch(r"[^\W\d][\w']*", name) for name in found)


def test_a_statement_that_was_changed_by_hand_has_no_longer_the_digest_of_the_claim():
    text = exported("KB.Lem10.3").text
    found = Certificate.read(LEDGER.certificate("KB.Lem10.3"))
    assert files.sealed(text) == found.digest
    assert files.sealed(text.replace("2 * G", "1 * G")) is None
    assert files.sealed(text.replace(found.digest, "0" * 64)) is None


def test_a_comment_cannot_be_left():
    claim = replace(LEDGER.claims["KB.Lem10.3"], latex='*) Axiom mine : 0 = 1. (* "')
    found = Certificate.read(LEDGER.certificate("KB.Lem10.3"))
    head = files.exported(claim, claim.statement, found).text.split("From Regretlab")[0]
    assert head.count("(*") == head.count("*)") == 2
    assert '"' not in head


def test_without_a_compiler_one_sentence_says_how_to_get_one(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    done = CliRunner().invoke(app, ["verify", "zinkevich", "--kernel"])
    assert "apt-get install coq" in str(done.exception)


def test_what_a_theorem_may_rest_on():
    reals = "Axioms:\nClassicalDedekindReals.sig_not_dec\n  : forall P : Prop, {~ ~ P} + {~ P}\n"
    assert not kernel.foreign(kernel.axioms(reals))
    assert kernel.foreign(kernel.axioms(reals + "mine : 0 = 1\n")) == ["mine"]
    assert kernel.axioms("") is None


def test_the_level_of_the_kernel_needs_everything_below_and_no_assumption():
    below, other = Entry(LEDGER.claims["Lemma.young"], "proved", "exact"), "AdamBS.Eq16"
    step = next(c for c in LEDGER.claims.values() if isinstance(c.statement, Derivation))
    entry = Entry(step, "follows", "words", uses=(below,))
    both = {step.id, "Lemma.young"}
    assert judging.raised(entry, both).level == "kernel"
    assert judging.raised(entry, {step.id}).level == "words"
    assert judging.raised(replace(entry, assumes=("x >= 3",)), both).level == "words"
    assert judging.raised(replace(entry, because=(other,)), both).level == "words"


def test_no_proof_is_left_out():
    for claim, _ in FORMS.values():
        assert not re.search(r"\b(Admitted|admit|Axiom|Parameter|Hypothesis)\b", exported(claim).text)
    for text in files.library().values():
        assert not re.search(r"^\s*(Admitted|Axiom|Parameter|Hypothesis|Declare ML)\b", text, re.MULTILINE)


@needs_coqc
def test_what_a_solver_decided_is_proved_and_what_is_false_is_not():
    claim = LEDGER.claims["Lemma.young"]
    found = Certificate.read(LEDGER.certificate("Lemma.young"))
    shown = {
        "max": Inequality((a >= 0,), maximum(a, b) >= a * 0 + b),
        "alternative": Inequality(((a > 0) | (a < 0),), a**2 > 0),
        "where": Inequality((), where(a > 0, a, -a) >= 0),
        "root": Inequality((a >= 0, b > a), sqrt(b) > 0),
        "squares": Inequality((a >= 0, b >= 0, c**2 <= a * b), 2 * c * d * e <= a * e**2 + b * d**2),
        "written otherwise": Inequality((maximum(a, b + c + 1 - 1) == e,), maximum(a, c + b) == e),
        "false squares": Inequality((a >= 0, b >= 0, c**2 <= a * b), 3 * c * d * e <= a * e**2 + b * d**2),
        "false": Inequality((a >= 0,), maximum(a, b) >= 2 * b),
        "undefined": Inequality((), a / b == a / b),
    }
    some = [
        files.exported(replace(claim, id=f"T.{name}"), one, replace(found, form="smt", body={}))
        for name, one in shown.items()
    ]
    answers = kernel.judged(some, keep=False)
    accepted = {name for name in shown if answers[f"T.{name}"].accepted}
    assert accepted == set(shown) - {"false", "false squares", "undefined"}


def without_products(tree):
    """The certificate without the products of what holds."""
    if isinstance(tree, list) and tree[:1] == ["sum"]:
        return ["sum", [], tree[2]]
    if isinstance(tree, dict):
        return {key: without_products(value) for key, value in tree.items()}
    return [without_products(part) for part in tree] if isinstance(tree, list) else tree


@needs_coqc
def test_a_refutation_is_proved_by_its_own_cases_and_identities():
    """Without a search of Rocq's; without the products of an identity it proves nothing."""
    shown = {
        "quotients": Inequality((a > 0, b > 0, a <= b), c**2 / b <= c**2 / a),
        "choices": Inequality((), where(abs(a - b) != 0, maximum(a, b), a + 1) >= minimum(a, b)),
        "roots": Inequality((a >= 0, b > a), sqrt(b) > 0),
        "equation": Inequality(((a > 0) & (b > 0), (a * a == b * b) | (a == b)), a == b),
        "parts": Inequality((a > 0, b > a), (1 / b < 1 / a) & (a != b)),
        "a condition in a case": Inequality((), where(a > 0, 1 / a, -a) >= 0),
        "logarithms": Inequality((a > 0, b > a), (log(a) < log(b)) & (log(a) < a)),
        "exponentials": Inequality((a <= b,), exp(a) + 1 <= exp(b) + exp(0)),
        "an alternative": Inequality((a**2 > 0,), (a > 0) | (a < 0)),
    }
    claim, found = LEDGER.claims["Lemma.young"], Certificate.read(LEDGER.certificate("Lemma.young"))
    asked, wrong = [], []
    for name, one in shown.items():
        form, body = refutations.find(one)
        assert form == "refutation"
        changed = without_products(body)
        assert changed != body
        asked.append(files.exported(replace(claim, id=f"T.{name}"), one, replace(found, form=form, body=body)))
        wrong.append(files.exported(replace(claim, id=f"F.{name}"), one, replace(found, form=form, body=changed)))
        assert "contradiction" in asked[-1].text
    answers = kernel.judged([*asked, *wrong[:2]], keep=False)
    assert {e.claim: answers[e.claim].words for e in asked if not answers[e.claim].accepted} == {}
    assert not any(answers[e.claim].accepted for e in wrong[:2])


def test_products_of_hypotheses_contradict_a_denial_or_none_are_found():
    one, x, y = (0, 0), (1, 0), (0, 1)
    above = [{x: Fraction(1)}, {y: Fraction(1), x: Fraction(-1)}]  # 0 <= x <= y
    known = products.Known(above, [False, False])
    assert products.contradiction(known.with_denied({(0, 2): Fraction(1), (1, 1): Fraction(-1)}, False))  # x y <= y^2
    assert not products.contradiction(known.with_denied({(0, 2): Fraction(1), one: Fraction(-1)}, False))  # 1 <= y^2


@needs_coqc
def test_the_claims_of_a_users_own_file_are_accepted(tmp_path):
    file = tmp_path / "my_claims.py"
    file.write_text(MINE)
    run = CliRunner()
    assert run.invoke(app, ["verify", str(file), "--renew"]).exit_code == 0
    done = run.invoke(app, ["verify", str(file), "--kernel"])
    assert done.exit_code == 0
    assert "The kernel accepts 3 of 3 theorems (100 %)." in done.output
    assert "By trust: kernel: 3" in done.output
    assert run.invoke(app, ["export", "rocq", str(file), "-o", str(tmp_path / "rocq")]).exit_code == 0
    own = {"mine_young_file.v", "mine_bold_file.v", "mine_empty_file.v", "Assumptions.v", "_CoqProject"}
    assert {p.name for p in (tmp_path / "rocq").iterdir()} == {*(f"{name}.v" for name in files.LIBRARY), *own}


@needs_coqc
def test_the_kernel_accepts_a_claim_of_every_form_and_refuses_it_with_a_corrupted_certificate():
    right = [exported(claim) for claim, _ in FORMS.values()]
    wrong = [exported(claim, corrupt) for claim, corrupt in FORMS.values()]
    assert all(e.complete for e in (*right, *wrong))
    wrong = [replace(e, claim=f"{e.claim}, corrupted", module=f"{e.module}_corrupted") for e in wrong]
    answers = kernel.judged([*right, *wrong], keep=False)
    for one in right:
        assert answers[one.claim].accepted, answers[one.claim].words
        assert set(answers[one.claim].axioms) <= kernel.REALS
    for one in wrong:
        assert not answers[one.claim].accepted, one.text


@pytest.mark.slow
@needs_coqc
def test_the_kernel_accepts_a_good_part_of_the_shipped_ledger():
    _, rows, _ = judging.asked(LEDGER, LEDGER.verify())
    accepted = {row.form: row.counts.get("accepted", 0) for row in rows}
    assert sum(accepted.values()) >= ACCEPTED
    assert accepted["sos"] >= SQUARES


def test_claims_without_a_stored_certificate_are_counted_and_said(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(
        'from regretlab.claims import Paper, real\nP, a = Paper("mine", "Mine"), real("a")\n'
        'P.inequality("square", "x", at="1", show=a**2 >= 0)\n'
    )
    ledger = Ledger([file])
    _, rows, refused = judging.asked(ledger, ledger.verify(jobs=1), 1)
    assert ([(row.form, row.counts) for row in rows], refused) == ([("none stored", {"not translated": 1})], [])
    assert "--renew" in judging.lines(rows)[-1]
    assert "--renew" not in judging.lines([])[-1]
