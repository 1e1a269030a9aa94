"""Theorems of a user's file: what a process that ran it says of them, and the sentences for what is no theorem."""

from copy import deepcopy
from dataclasses import replace

import pytest

from regretlab.claims import Ledger, Sum, define, forall, index, real, recursive, sequence, use
from regretlab.claims.ledger.certificate import Certificate
from regretlab.claims.ledger.loading import shipped
from regretlab.claims.ledger.wire import claim_from_data, claim_to_data
from regretlab.claims.paper import both, theorem
from regretlab.claims.provers.theorem import agreed
from regretlab.claims.statements import Inequality, Lemma, Misprint
from regretlab.claims.statements.claim import Claim
from regretlab.errors import InputError

t, s, T = index("t s T")
a, b = sequence("a"), sequence("b")
c, x = real("c x")

HEAD = """
from regretlab.claims import *
P = Paper("mine", "Mine")
t, s, T = index("t s T")
a, b, R = sequence("a"), sequence("b"), recursive("R", 0, lambda before, t: before + sequence("a")[t])
c, x = real("c x")
young = P.inequality("young", "", given=[c > 0], show=2 * x <= c + x**2 / c)
P.inequality("false", "", show=x <= 0)
"""
USED = """
P.theorem("sum", "", where=[R], given=[forall(t, 1, T, a[t] >= 0)], show=Sum(a[t], (t, 1, T)) == R[T],
          by=[forall(t, 1, T, Sum(a[s], (s, 1, t)) == R[t])])
P.theorem("from young", "", show=forall(t, 1, T, 2 * b[t] <= 1 + b[t]**2), by=[use(young, (t, 1, T), c=1, x=b[t])])
P.theorem("from false", "", given=[b[T] <= -1], show=b[T] <= 0, by=[use("false", x=b[T])])
P.theorem("its correction", "", show=b[T] + 1 <= 0, expect="refuted",
          corrected=dict(given=[b[T] <= -1], show=b[T] <= 0, by=[use("false", x=b[T])]))
P.theorem("on top", "", given=[b[T + 1] <= -1], show=b[T + 1] <= 0, by=[use("from false", T=T + 1)])
P.theorem("false itself", "", show=b[T] <= 0, by=[use("false", x=b[T])])
"""


def claims(folder, text):
    """Return the verdicts of a file of claims, by name, after its certificates were searched."""
    file = folder / "my_claims.py"
    file.write_text(HEAD + text)
    return {e.claim.id.removeprefix("mine."): e for e in Ledger([file]).verify(jobs=1)}


def test_what_rests_on_a_false_claim_is_not_proved_whatever_its_own_proof(tmp_path):
    found = claims(tmp_path, USED)
    verdicts = {name: e.verdict for name, e in found.items()}
    assert verdicts["sum"] == verdicts["from young"] == "proved"
    assert verdicts["from false"] == verdicts["its correction.corrected"] == "unsupported"
    assert verdicts["on top"] == "unsupported"
    assert verdicts["false itself"] == "refuted"
    assert not any(e.ran or e.error for e in found.values())


@pytest.mark.parametrize("claim", [
    theorem(show=Sum(a[t], (t, 1, T)) >= 0, given=[forall(t, 1, None, a[t] >= 0)]),
    theorem(where=[recursive("R", 0, lambda before, t: before + b[t])], show=sequence("R")[T] == 0, given=[b[1] == c]),
    theorem(show=c**T >= 0, by=[use("m.other", (t, 1, T), (s, t, None), c=t, a=lambda t: b[t] ** 2, b=a, d=1)]),
])  # fmt: skip
def test_a_theorem_is_the_same_after_it_was_passed_on(claim):
    one = Claim("m.one", "M", "", "", claim)
    other = claim_from_data(claim_to_data(one))
    assert other.statement == claim
    assert other.statement.by == claim.by
    assert other.uses == tuple(lemma.id for lemma in claim.lemmas)


def test_a_claim_rests_on_every_lemma_of_its_theorem():
    rests = theorem(show=c <= 0, by=[use("false", x=c)])
    assert Claim("m.one", "M", "", "", rests, uses=("other",)).uses == ("other", "false")
    forged = replace(rests, lemmas=(Lemma("false", Inequality((), c <= 0)),))
    for compound in (both(statements=[forged]), Misprint(Inequality((), c <= 0), both(statements=[forged]))):
        with pytest.raises(InputError, match="a claim of its own"):
            Claim("m.one", "M", "", "", compound)


#: What is no theorem, and a piece of the sentence that refuses it.
ODD = {
    "a float": (lambda: theorem(show=Sum(0.5 * a[t], (t, 1, T)) >= 0), "not an exact number"),
    "a truth value": (lambda: theorem(given=[True], show=c <= 0), "truth value"),
    "a hint that is true": (lambda: theorem(show=c <= 0, by=[True]), "no step of a proof"),
    "a hint that is a claim": (lambda: theorem(show=c <= 0, by=["young"]), "no step of a proof"),
    "a definition that is none": (lambda: theorem(show=c <= 0, where=[a]), "defines no sequence"),
    "a range that is none": (lambda: use("young", t), "no range"),
    "a range of two": (lambda: use("young", (t, 1)), "no range"),
    "a range over a real": (lambda: theorem(show=c <= 0, by=[use("young", (c, 1, T))]), "no index"),
    "a range to a real": (lambda: theorem(show=c <= 0, by=[use("young", (t, 1, c))]), "declared with index"),
    "a range to a half": (lambda: use("young", (t, 1, T * "1/2")), "sum of integers"),
    "a range from a float": (lambda: use("young", (t, 1.0, T)), "not an exact number"),
    "a place that is real": (lambda: theorem(show=a[c] <= 0), "declared with index"),
    "a place that is a half": (lambda: theorem(show=a[T * "1/2"] <= 0), "sum of integers"),
    "a place that is a square": (lambda: theorem(show=a[T * T] <= 0), "sum of integers"),
    "a sum to a real": (lambda: theorem(show=Sum(a[t], (t, 1, c)) <= 0), "declared with index"),
    "half a power": (lambda: theorem(show=c ** (T - "1/2") <= 0), "sum of integers"),
    "no place": (lambda: theorem(show=a.entry() <= 0), "without an index"),
    "two numbers of places": (lambda: theorem(show=a[1] <= a[1, 2]), "rename one"),
    "one name for two": (lambda: theorem(show=real("T") <= T), "both an index and a real symbol"),
    "a quantifier below and": (lambda: theorem(show=c <= 0, given=[(c >= 1) & forall(t, 1, T, a[t] <= 1)]), "in front"),
    "a quantifier that is denied": (lambda: theorem(show=c <= 0, by=[~forall(t, 1, T, a[t] <= 1)]), "in front"),
    "an index out of its range": (lambda: theorem(show=a[Sum(a[t], (t, 1, T)).args[0]] <= 0), "outside that range"),
    "a circle": (lambda: define("w", lambda t: sequence("w")[t + 1] / 2), "does not come earlier"),
    "a circle of two": (
        lambda: theorem(
            show=c <= 0, where=[define("u", lambda t: sequence("w")[t]), define("w", lambda t: sequence("u")[t])]
        ),
        "used before it is defined",
    ),
    "a sequence that is defined twice": (
        lambda: theorem(show=c <= 0, where=[define("u", lambda t: t), define("u", lambda t: 2 * t)]),
        "u is defined twice.*name=",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_theorem_is_refused_in_a_sentence(name):
    make, why = ODD[name]
    with pytest.raises(InputError, match=why) as error:
        make()
    assert len(str(error.value)) < 300
    assert "\n" not in str(error.value)


#: What a file may say of other claims, and a piece of the sentence that refuses it.
MISUSED = {
    "an unknown claim": ('use("yuong")', "uses an unknown claim"),
    "a name that it does not have": ("use(young, d=b[T])", "with a symbol d, which that claim does not have"),
    "a number for a sequence": ("use(P.claims[2], a=1)", "with a symbol a"),
    "a sequence for a number": ("use(young, c=lambda t: b[t])", "a sequence c with 1 indices"),
    "itself": ('use("own")', "rests on itself"),
    "a claim in words": ('use("said")', "no relation that can be used"),
}  # fmt: skip


def test_a_claim_that_is_used_wrongly_is_an_error_of_that_theorem_alone(tmp_path):
    lines = ['P.theorem("sums", "", show=Sum(a[t], (t, 1, T)) == Sum(a[s], (s, 1, T)))', 'P.words("said", "", why="x")']
    for number, (hint, _) in enumerate(MISUSED.values()):
        id = "own" if "own" in hint else f"t{number}"
        lines.append(f'P.theorem("{id}", "", show=b[T] <= 0, by=[{hint}])')
    found = claims(tmp_path, "\n".join(lines))
    for number, (hint, why) in enumerate(MISUSED.values()):
        error = found["own" if "own" in hint else f"t{number}"].error
        assert why in error
        assert "\n" not in error
    assert found["sums"].verdict == "proved"


def test_no_solver_is_asked_whose_word_does_not_count_for_the_whole_proof():
    both, one = {"solvers": ["z3", "cvc5"]}, {"solvers": ["z3"]}
    assert agreed({"steps": [{"proofs": [deepcopy(both)]}, {"proofs": [one]}]}) == {
        "steps": [{"proofs": [one]}, {"proofs": [one]}]
    }
    assert agreed({"steps": [{"proofs": [deepcopy(both)]}]}) == {"steps": [{"proofs": [both]}]}
    proofs = [c for c in map(Certificate.read, shipped().glob("*/certs/*.json")) if c.form == "steps"]
    assert len(proofs) > 80
    assert [c.claim for c in proofs if agreed(deepcopy(c.body)) != c.body] == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (lambda: sum(sequence("a")), "the sequence a has no end; write Sum"),
        (lambda: max(sequence("a")), "the sequence a has no end"),
        (lambda: sequence("a") + real("b"), r"a \(a Sequence\) cannot stand in a formal statement; .* entries x\[t\]"),
        (lambda: list(real("b") > 0), r"b > 0 is given where a list of relations is wanted; write \[b > 0\]"),
        (lambda: (real("b") > 0) & True, "True is no relation and cannot be joined with b > 0"),
        (lambda: (real("b") > 0) | real("b"), "b is no relation and cannot be joined with b > 0"),
        (lambda: sum(sequence("a")[index("t")], (1, 2)), r"a\[t\] is one term and has no entries; write Sum"),
        (lambda: recursive("r", 0, lambda before, t: before[t - 1]), "'before' itself for the entry before"),
        (lambda: [sequence("a")[s] for s in range(1, index("T"))], r"T is no number; .* Sum\(.*, for all forall"),
    ],
)
def test_pythons_own_sums_and_ranges_are_refused_at_once(written, said):
    with pytest.raises(InputError, match=said):
        written()
