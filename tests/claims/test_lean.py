"""Claims as text for Lean 4 and mathlib, which nobody compiles here: that it is well formed, and says what they say."""

import copy
import re
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from typer.testing import CliRunner

from regretlab.claims import Sum, index, integer, log, maximum, real, sqrt, where
from regretlab.claims.language.terms import Relation, term
from regretlab.claims.language.trees import conjuncts, obligations
from regretlab.claims.lean import files, goals
from regretlab.claims.ledger.certificate import Certificate
from regretlab.claims.rocq import stating
from regretlab.claims.rocq.goals import ALWAYS, Leaf, leaves, needed
from regretlab.claims.statements import Derivation, Inequality, InFile, Theorem
from regretlab.cli.app import app
from regretlab.errors import InputError
from tests.helpers import lean
from tests.helpers.ledger import LEDGER

a, b, c, n = *real("a b c"), integer("n")
#: One claim in so many of the ledger is read back.
EVERY = 23
#: Quantifiers and sums in a line that is read back: all places of all of them are looked at.
DEEPEST = 3
#: What of mathlib a file may name, and where that is.
MATHLIB = {
    "Mathlib.Order.Defs.LinearOrder": "max min not_le not_lt lt_or_gt_of_ne le_max_left le_max_right min_le_left "
    "min_le_right max_eq_left max_eq_right min_eq_left min_eq_right",
    "Mathlib.Order.Defs.PartialOrder": "ne_of_gt ne_of_lt le_of_lt",
    "Mathlib.Order.MinMax": "max_choice min_choice",
    "Mathlib.Algebra.Order.Group.Unbundled.Abs": "abs_choice le_abs_self neg_le_abs abs_of_nonneg abs_of_neg",
    "Mathlib.Algebra.Order.Ring.Abs": "abs_le_of_sq_le_sq' abs_lt_of_sq_lt_sq'",
    "Mathlib.Algebra.Order.Ring.Unbundled.Basic": "sq_nonneg mul_nonneg",
    "Mathlib.Algebra.Order.GroupWithZero.Unbundled.Basic": "mul_pos pow_pos div_pos div_nonneg",
    "Mathlib.Algebra.GroupWithZero.Basic": "mul_zero zero_mul zero_div",
    "Mathlib.Data.Real.Sqrt": "Real.sqrt Real.sq_sqrt Real.sqrt_sq Real.sqrt_nonneg",
    "Mathlib.Analysis.SpecialFunctions.Pow.Real": "Real.rpow_nonneg Real.rpow_mul Real.rpow_natCast",
    "Mathlib.Analysis.SpecialFunctions.Exp": "Real.exp",
    "Mathlib.Analysis.SpecialFunctions.Log.Basic": "Real.log",
    "Mathlib.Order.Interval.Finset.Defs": "Finset.Icc",
    "Mathlib.Order.Interval.Finset.Basic": "Finset.mem_Icc",
    "Mathlib.Algebra.Order.BigOperators.Group.Finset": "Finset.sum_le_sum",
    "Mathlib.Algebra.BigOperators.Group.Finset.Defs": "Finset.sum_congr",
    "Mathlib.Data.Int.Init": "Int.le_induction",
    "Mathlib.Logic.Basic": "Classical.em not_not Or.inl Or.inr if_pos if_neg congrArg False True",
}
#: What of Lean's language and of mathlib's tactics it may use.
WORDS = """
    theorem by have show exact refine intro obtain rcases with exfalso first positivity linarith nlinarith
    only rw ring ring1 field_simp norm_num by_contra fun if then else sorry le elim trans symm mp _ induction
    using base succ omega rfl this
"""
NAME = re.compile(r"(?<![\w'.])[^\W\d][\w'.]*")
MINE = """
from regretlab.claims import Paper, real
P = Paper("mine", "My paper")
a, b, c = real("a b c")
P.inequality("young", r"2ab \\le ca^2 + b^2/c", at="Lemma 1", given=[c > 0], show=2*a*b <= c*a**2 + b**2/c)
P.inequality("bold", r"2ab \\le a^2", at="Lemma 2", show=2*a*b <= a**2, expect="refuted")
"""


def exported(claim, corrupt=None, **changes):
    """Export a shipped claim, changed, from its certificate or from one whose body was changed."""
    found = Certificate.read(LEDGER.certificate(claim))
    body = copy.deepcopy(found.body)
    if corrupt is not None:
        corrupt(body)
    return files.exported(replace(LEDGER.claims[claim], **changes), LEDGER.statement(claim), replace(found, body=body))


def says(given, show, form="sos"):
    goal = goals.FORMS[form](Leaf(Inequality(tuple(given), show), form, {}))
    return " ".join(goal.says().split())


def test_a_statement_says_what_it_says_and_that_its_terms_have_a_meaning():
    assert says([c > 0], 2 * a * b <= c * a**2 + b**2 / c) == (
        "(c a b : ℝ) (h1 : c > 0) : c ≠ 0 ∧ 2 * a * b ≤ c * a ^ 2 + b ^ 2 / c"
    )
    assert says([n >= 2], log(n) <= sqrt(maximum(n, a))) == (
        "(n : ℤ) (a : ℝ) (h1 : (n : ℝ) ≥ 2) : (n : ℝ) > 0 ∧ max (n : ℝ) a ≥ 0 ∧ "
        "Real.log (n : ℝ) ≤ Real.sqrt (max (n : ℝ) a)"
    )
    assert says([a >= 0], 2 * a <= a, "point") == ": ∃ (a : ℝ), a ≥ 0 ∧ ¬ (2 * a ≤ a)"
    assert "a - (b - c)" in says([], a - (b - c) <= 1)
    assert "(-a) ^ 2" in says([], (-a) ** 2 <= 1)
    assert "-(a ^ 2)" in says([], -(a**2) <= 1)
    assert "|(a - |b|)|" in says([], abs(a - abs(b)) <= 1)
    assert "(if a > 0 then a else -a : ℝ)" in says([], where(a > 0, a, -a) >= 0)


def test_a_number_is_never_taken_for_a_natural_one():
    """Lean reads 1 / 2 as 0, a natural number, where nothing says that it is real."""
    i, T = index("i T")
    one = term(1)
    assert says([], one / 2 <= term("3/4")).endswith("(1 / 2 : ℝ) ≤ (3 / 4)")
    assert "max (1 / 2 : ℝ) 0 * 2 ≥ 0" in says([], maximum(one / 2, 0) * 2 >= 0)
    assert "∑ i ∈ Finset.Icc (1 : ℤ) T, (1 / 2 : ℝ) ≤ 1" in says([], Sum(one / 2, (i, 1, T)) <= 1)
    assert "a + 1 / 2 ≤ 0" in says([], a + one / 2 <= 0)


@pytest.mark.parametrize("claim", ["Lemma.young", "KB.Lem10.3", "Lemma.known_product"])
def test_every_file_says_that_it_is_not_compiled(claim):
    assert files.UNCOMPILED in exported(claim).text.split("import Mathlib")[0]


def test_a_comment_cannot_be_left():
    text = exported("Lemma.young", latex="-/ axiom mine : False /- x").text
    assert text.count("/-") == text.count("-/") == 1


SAMPLE = [
    claim
    for claim in list(LEDGER.claims)
    if LEDGER.certificate(claim).exists() and not isinstance(LEDGER.statement(claim), Derivation | InFile)
][::EVERY]


def said(node, at):
    """What a term or relation of a claim says at numbers, as the reader of Lean tells it."""
    op, args = node.op, node.args
    if node in at:
        return at[node]
    if op in ("sum", "product", "forall"):
        bound, low, high, body = args
        if op != "forall":
            low, high = said(low, at), said(high, at)
            rest = lambda env: said(body, {**at, bound: env["k"]})  # noqa: E731
            return lean.ranged("∑" if op == "sum" else "∏", "k", lambda _: low, lambda _: high, rest)({})
        inside = [k for k in lean.PLACES if said(low, at) <= k and (high is None or k <= said(high, at))]
        return ("∀", *(said(body, {**at, bound: Fraction(k)}) for k in inside))
    if op == "num":
        return args[0]
    if op == "entry":
        return at[args[0]](*(said(place, at) for place in args[1:]))
    if op == "where":
        return said(args[1] if lean.true(said(args[0], at)) else args[2], at)
    if op == "pow":
        return lean.power(said(args[0], at), args[1])
    if op == "root" and args[1] != 2:
        return lean.power(said(args[0], at), Fraction(1, args[1]))
    a = [said(arg, at) for arg in args if not isinstance(arg, int)]
    signs = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "and": "∧", "or": "∨", "power": "^"}
    if op in ("neg", "abs"):
        return -a[0] if op == "neg" else abs(a[0])
    if op == "not":
        return ("¬", *a)
    if op in ("exp", "log", "max", "min", "root"):
        return lean.apply({"root": "Real.sqrt"}.get(op, op if op in ("max", "min") else f"Real.{op}"), *a)
    return lean.infix(signs.get(op, op), lambda _: a[0], lambda _: a[1])({})


def meant(leaf):
    """What a leaf says: hypotheses, and the parts of what holds, or holds somewhere."""
    statement = leaf.statement
    if isinstance(statement, Theorem):
        return list(stating.given(statement)), [*stating.meaning(statement), statement.show]
    statement = goals.as_inequality(statement)
    given, show = list(statement.given), statement.show
    if leaf.form in ("point", "below", "off ladder"):
        return [], [*given, *needed((*given, show)), Relation("not", show)]
    if leaf.form == "undefined":
        (path, need), *_ = [pair for pair in obligations(show) if repr(pair[1]) == leaf.body["needs"]]
        return [], [*given, *needed(given), *([] if path is ALWAYS else [path]), Relation("not", need)]
    return given, [*needed((*given, show)), *conjuncts(show)]


def valued(part, at):
    """What a part of a conclusion says, a condition on a path being a pair."""
    if isinstance(part, tuple):
        path, need = part
        return said(need, at) if path is ALWAYS else ("→", said(path, at), said(need, at))
    return said(part, at)


def drawn(*what):
    """A number for an entry of a sequence, the same whenever it is asked for."""
    return Fraction(Random(repr(what)).randint(-20, 40), 8)


def differs(leaf, text, seed):
    """Say whether a theorem says something else than a leaf at numbers drawn."""
    _, kinds, given, conclusion, _ = next(lean.theorems(text))
    hypotheses, parts = meant(leaf)
    scope = goals.FORMS[leaf.form](leaf).scope
    if not kinds and conclusion.startswith("∃ "):
        binders, _, conclusion = conclusion[2:].partition(", ")
        kinds = lean.bound_names(binders)
    draw = Random(seed)
    env, at = {}, {}
    for symbol, lean_name in scope.identifiers.items():
        assert kinds[lean_name] == ("ℝ" if symbol.op == "symbol" else "ℤ")
        env[lean_name] = Fraction(draw.randint(-20, 40), 8) if symbol.op == "symbol" else Fraction(draw.randint(1, 2))
        at[symbol] = env[lean_name]
    for sequence, lean_name in scope.sequences.items():
        assert kinds[lean_name] == "ℤ → " * scope.arity[sequence] + "ℝ"
        env[lean_name] = at[sequence] = lambda *k, s=sequence: drawn(seed, s, *map(int, k))
    assert len(kinds) == len(env)
    wanted = [said(h, at) for h in hypotheses]
    read = [lean.Reader(says).whole()(env) for key, says in given.items() if not key.endswith("_from")]
    together = lean.Reader(conclusion).whole()(env)
    pieces = []
    for _ in parts[1:]:
        assert together[0] == "∧"
        pieces.append(together[1])
        together = together[2]
    return not lean.near(tuple(wanted), tuple(read)) or not lean.near(
        tuple(valued(part, at) for part in parts), (*pieces, together)
    )


@pytest.mark.parametrize("claim", SAMPLE)
def test_what_is_read_back_is_the_claim(claim):
    found = Certificate.read(LEDGER.certificate(claim))
    text = exported(claim).text
    written = [leaf for leaf in leaves(LEDGER.statement(claim), found.form, found.body) if leaf.form in goals.FORMS]
    whole = list(lean.theorems(text))
    assert len(whole) == len(written)
    blocks = re.split(r"^(?=theorem )", text, flags=re.MULTILINE)[1:]
    for leaf, block in zip(written, blocks, strict=True):
        if max(line.count("∀") + line.count("∑") for line in block.split("\n")) > DEEPEST:
            continue
        assert not any(differs(leaf, block, seed) for seed in range(3))


@pytest.mark.parametrize(
    ("claim", "old", "new"),
    [
        ("Lemma.young", "c * u ^ 2 +", "c * u ^ 2 -"),
        ("Lemma.young", "(h1 : c > 0)", "(h1 : c ≥ 0)"),
        ("Lemma.young", "c ≠ 0", "u ≠ 0"),
        ("Lemma.abel", "w (t - 1) ≤ w t", "w (t + 1) ≤ w t"),
        ("Lemma.abel", "2 ≤ t → ", "1 ≤ t → "),
        ("KB.Lem10.3", "2 * G", "3 * G"),
    ],
)
def test_a_changed_statement_is_read_as_another_one(claim, old, new):
    found = Certificate.read(LEDGER.certificate(claim))
    (leaf,) = leaves(LEDGER.statement(claim), found.form, found.body)
    text = exported(claim).text
    assert old in text
    assert any(differs(leaf, text.replace(old, new), seed) for seed in range(3))


def strange(text):
    """The names of a file that nothing binds and that neither Lean nor mathlib has."""
    body = re.sub(r"--[^\n]*", "", text.split("import Mathlib")[1])
    binders = (
        r"theorem (\S+)",
        r"(?:intro|∀|∑|∏|fun|by_contra|with|have|∃|succ) ([^:,∈=\n]*)",
        r"\(([^():]*) : ",
        r"⟨([^⟩]*)⟩ :",
    )
    found = {word for one in binders for words in re.findall(one, body) for word in NAME.findall(words)}
    known = {name for names in MATHLIB.values() for name in names.split()} | {*WORDS.split(), "ℝ", "ℤ"}
    parts = [[] if word.removesuffix(".mp") in known else word.split(".") for word in NAME.findall(body)]
    return {one for word in parts for one in word if one not in known | found and not one.isdigit()}


def balanced(text):
    """Whether every bracket is closed by its own kind."""
    open_ones = []
    for sign in re.sub(r"[^()⟨⟩\[\]]", "", text.split("import Mathlib")[1]):
        if sign in "(⟨[":
            open_ones.append(sign)
        elif not open_ones or open_ones.pop() + sign not in ("()", "⟨⟩", "[]"):
            return False
    return not open_ones


@pytest.mark.parametrize("claim", [*SAMPLE, "Lemma.young", "Lemma.root"])
def test_a_file_is_well_formed_and_names_nothing_unknown(claim):
    text = exported(claim).text
    if not text:
        return
    assert files.UNCOMPILED in text.split("import Mathlib")[0]
    assert balanced(text)
    assert strange(text) == set()
    assert strange(text.replace("import Mathlib", "import Mathlib unheard")) == {"unheard"}


def identities(text):
    """The identities of a proof by squares: both sides."""
    return re.findall(r"have identity\d+ : (.*?) =\n +(.*?) := by", text)


@pytest.mark.parametrize("claim", ["Lemma.young", "Lemma.root", "Lemma.inverse"])
def test_the_identity_of_a_proof_holds_and_that_of_a_corrupted_certificate_does_not(claim):
    def weight(body):
        body["terms"][0][1] = "7"

    def same(text):
        found = identities(text)
        assert found
        _, kinds, *_ = next(lean.theorems(text))
        env = {name: Fraction(Random(name).randint(1, 40) ** 2, 49) for name in kinds}
        return all(lean.near(*(lean.Reader(side).whole()(env) for side in sides)) for sides in found)

    assert same(exported(claim).text)
    assert not same(exported(claim, weight).text)


def test_a_proof_about_sequences_goes_step_by_step():
    text = exported("Lemma.constant").text
    assert "induction t', t'_from using Int.le_induction with" in text
    assert "have u2 := h1 (t' + 1) (by omega) (by omega)" in text
    assert text.rstrip().endswith("exact f2")


def test_the_claims_of_a_users_own_file_are_exported_and_wrong_input_is_told(tmp_path):
    file = tmp_path / "my_claims.py"
    file.write_text(MINE)
    run, out = CliRunner(), tmp_path / "lean"
    assert run.invoke(app, ["verify", str(file), "--renew"]).exit_code == 0
    done = run.invoke(app, ["export", "lean", str(file), "-o", str(out)])
    assert done.exit_code == 0
    assert "2 files; 0 have a part without a proof ('sorry')" in done.output
    assert "not compiled here" in done.output
    assert {p.name for p in out.iterdir()} == {"mine_young.lean", "mine_bold.lean"}
    assert all(files.UNCOMPILED in p.read_text() for p in out.iterdir())
    told = [run.invoke(app, ["export", kind, "nosuch"]).exception for kind in ("rocq", "lean")]
    assert all(isinstance(error, InputError) for error in told)
    assert str(told[0]) == str(told[1])
    wrong = run.invoke(app, ["export", "lean", "Lemma.young", "-o", str(file / "below")]).exception
    assert isinstance(wrong, InputError)
    assert "name another" in str(wrong)
