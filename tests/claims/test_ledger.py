"""The ledger's core: what was written is what is checked, traps stay shut, files that lie are caught,
nothing is silently green.
"""

import json
import os
import re
import threading
from fractions import Fraction as F
from importlib.util import find_spec

import pytest
import sympy as sp

from regretlab.claims import Ledger, Paper, checkers, exp, integer, log, maximum, provers, real, sqrt, where
from regretlab.claims.arithmetic.exact import Undefined, evaluate
from regretlab.claims.checkers import smtlib
from regretlab.claims.language.terms import term, text
from regretlab.claims.language.trees import obligations, substitute
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.ledger import decide, reading
from regretlab.claims.ledger.certificate import Certificate
from regretlab.claims.ledger.loading import load
from regretlab.claims.provers import guided
from regretlab.claims.statements import Inequality, NoRegret, Scalar
from regretlab.errors import InputError
from tests.helpers.tampering import changed, leaves

a, b, c, p, q, g, n, x = real("a b c p q g n x")
CONVEXITY = 1 / p - 1 / q <= -(p - q) / p**2


def outcome(statement):
    """The verdict of a search, "unknown" if nothing decided it."""
    try:
        return decide("test", statement, None, True)
    except Rejected:
        return None


def verdict(statement):
    found = outcome(statement)
    return found.verdict if found else "unknown"


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    """Load these files here: that they run in processes of their own is for test_claims_processes.py."""
    monkeypatch.setattr(reading, "read", load)


@pytest.fixture
def claims(tmp_path):
    """Verdicts of a claims file given as text."""

    def verify(body, **how):
        file = tmp_path / "my_claims.py"
        header = (
            "from regretlab.claims import *\nP = Paper('mine', 'My paper')\n"
            "a, b, c, p, q, r = real('a b c p q r'); t, T = index('t T')\n"
        )
        file.write_text(header + body)
        return {e.claim.id.removeprefix("mine."): e for e in Ledger([file]).verify(jobs=1, **how)}

    return verify


@pytest.fixture(autouse=True)
def one_solver(monkeypatch):
    """The second solver costs seconds and is an extra, as most of a guided search is; their own tests ask for them."""
    monkeypatch.setattr(guided, "MOST_WORK", guided.MOST_WORK // 10)
    monkeypatch.setattr(smtlib, "cvc5_answers", lambda questions, limit=0: ["absent"] * len(questions))


# --- terms


def test_nothing_is_cancelled():
    statement = p * g / (n * p) == g / n
    assert text(statement) == "p*g/(n*p) == g/n"
    assert [text(need) for _, need in obligations(statement)] == ["n*p != 0", "n != 0"]
    with pytest.raises(Undefined, match=r"division by zero"):
        evaluate(statement, {p: F(0), g: F(1), n: F(2)})


def test_equal_trees_are_the_same_object():
    assert p * g + 1 is p * g + 1
    assert substitute(p * g + 1, {p: q}) is q * g + 1


def test_a_branch_not_taken_need_not_be_defined():
    safe = where(p == 0, 0, 1 / p)
    assert evaluate(safe, {p: F(0)}) == 0
    assert [(text(path), text(need)) for path, need in obligations(safe)] == [("p != 0", "p != 0")]


def test_numbers_are_exact():
    assert evaluate(term(sp.Rational(1, 3)) + "7/20" + 1, {}) == F(101, 60)
    with pytest.raises(InputError, match="not an exact number"):
        p + 0.1
    with pytest.raises(InputError, match="sympy cancels"):
        p + sp.Symbol("y")
    with pytest.raises(InputError, match="handed to sympy"):
        sp.sqrt(p)
    with pytest.raises(InputError, match="two relations"):
        bool(p > 0)


# --- the ten traps of machine-checked lemmas


def test_trap_1_cancelled_divisions():
    assert verdict(Inequality((), p * g / (n * p) == g / n)) == "ill-posed"
    assert verdict(Inequality((n != 0, p != 0), p * g / (n * p) == g / n)) == "proved"


def test_trap_2_assumptions_on_symbols_cannot_vanish():
    assert text(p > 0) == "p > 0"
    with pytest.raises(InputError, match="truth value True"):
        Inequality((sp.Symbol("s", positive=True) > 0,), a >= a)


def test_trap_3_division_by_zero_is_not_a_counterexample():
    """A solver may give 1/0 any value: p * (1/p) = 1 is undefined at 0, not false there."""
    assert verdict(Inequality((), p * (1 / p) == 1)) == "ill-posed"
    with pytest.raises(Rejected, match="not decided"):
        checkers.check(Inequality((), p * (1 / p) == 1), "point", {"point": {"p": "0"}})


def test_trap_4_contradictory_hypotheses_prove_nothing(claims):
    found = claims("P.inequality('x', '', given=[a > 1, a < 0], show=a == b)\nP.inequality('y', '', show=a >= a)")
    assert re.match(r"its hypotheses .* contradict each other", found["x"].error)
    assert (found["x"].verdict, found["y"].verdict) == ("unknown", "proved")
    with pytest.raises(Rejected):
        checkers.check(Inequality((a > 1, a < 0), a == b), "smt", {"solvers": ["z3"], "live": {"a": "2", "b": "0"}})


#: In place of cvc5: answers with its own process, is slow when asked to be, and can be told to break.
SOLVER = """
import json, os, sys, time
for line in sys.stdin:
    question, seconds = json.loads(line)
    time.sleep(60 * (question == "slow"))
    question == "break" and os._exit(1)
    print(os.getpid(), flush=True)
"""


def test_trap_5_a_solver_that_overruns_is_killed_and_one_that_breaks_is_begun_again(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(smtlib.cvc5, "_PROGRAM", SOLVER)
    monkeypatch.setattr(smtlib.cvc5, "_own", threading.local())
    monkeypatch.setattr(smtlib.importlib.util, "find_spec", lambda name: True)
    first, again = smtlib.cvc5_answers(["a", "b"])
    assert first == again == smtlib.cvc5_answers(["c"])[0]
    for bad in ("slow", "break"):
        before, answers = smtlib.cvc5_answers(["a"])[0], smtlib.cvc5_answers(["a", bad, "b"], limit=0.3)
        assert answers == [before, "unknown", "unknown"]
        assert smtlib.cvc5_answers(["a"]) not in ([before], ["unknown"])
        with pytest.raises(ProcessLookupError):  # it was waited for
            os.kill(int(before), 0)


#: A library cvc5 that never comes to an answer.
ENDLESS = """
import sys, types
class Endless:
    def __init__(self, *parts):
        pass
    def setStringInput(self, *question):
        while True:
            pass
sys.modules["cvc5"] = types.SimpleNamespace(Solver=Endless, InputParser=Endless, InputLanguage=types.SimpleNamespace(SMT_LIB_2_6=6))
"""  # noqa: E501


@pytest.mark.skipif(find_spec("resource") is None, reason="this system has no limit of a process's own time")
def test_the_solver_is_stopped_by_the_time_of_the_processor(monkeypatch):
    monkeypatch.setattr(smtlib.cvc5, "_PROGRAM", ENDLESS + smtlib.cvc5._PROGRAM)
    monkeypatch.setattr(smtlib.cvc5, "_own", threading.local())
    monkeypatch.setattr(smtlib.cvc5, "_BUSY", 1e4)
    assert smtlib.cvc5.ask(["(check-sat)"], limit=0.1) == []


def test_a_copy_of_this_process_does_not_share_its_solver(monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(smtlib.cvc5, "_PROGRAM", SOLVER)
    monkeypatch.setattr(smtlib.cvc5, "_own", threading.local())
    (own,) = smtlib.cvc5.ask(["a"], limit=10)
    monkeypatch.setattr(smtlib.cvc5.os, "getpid", lambda: -1)
    assert smtlib.cvc5.ask(["a"], limit=10) != [own]


def test_trap_6_a_timeout_is_unknown(monkeypatch):
    monkeypatch.setattr(smtlib, "z3_answer", lambda question, limit=0: ("unknown", {}))
    assert provers.solver.find(Inequality((c > 0,), 2 * a * b <= c * a**2 + b**2 / c)) is None
    with pytest.raises(Rejected, match="unknown, not unsat"):
        checkers.check(Inequality((), a * a >= 0), "smt", {"solvers": ["z3"], "live": {"a": "1"}})


def test_trap_7_interior_touching_points_end():
    touching = (x - F(1, 3)) ** 2 * exp(x)
    assert verdict(Scalar(touching, x, F(0), F(1))) in ("proved", "unknown")
    assert verdict(Scalar(touching - F(1, 1000), x, F(0), F(1))) == "refuted"


def test_trap_8_a_transient_is_not_linear_regret():
    """A constant loss has large average regret for a while, under every method;
    the drift certificate does not count it.
    """
    adam = NoRegret(3, F(0), (F(1, 3),))
    for pattern in (["1", "1", "1"], ["1", "-1", "1"]):
        with pytest.raises(Rejected):
            checkers.check(adam, "drift", {"pattern": pattern, "beta2": "1/3"})


def test_trap_9_a_certificate_carries_no_verdict():
    statement = Inequality((), CONVEXITY)
    good = {"point": {"p": "1", "q": "-1"}}
    assert checkers.check(statement, "point", good).verdict == "refuted"
    for extra in ({"verdict": "proved"}, {"level": "exact"}):
        with pytest.raises(Rejected, match="exactly the fields"):
            checkers.check(statement, "point", good | extra)


def test_trap_10_counterexamples_in_integers_are_integers():
    m = integer("m")
    between = Inequality((), (m - 1) * (m - 2) >= 0)
    assert verdict(between) == "unknown"
    with pytest.raises(Rejected, match="not an integer"):
        checkers.check(between, "point", {"point": {"m": "3/2"}})
    assert verdict(Inequality((), (m - 1) * (m - 3) >= 0)) == "refuted"


# --- what the provers decide


@pytest.mark.parametrize(
    ("given", "show", "expected"),
    [
        ([p > 0, q > 0], CONVEXITY, "proved"),
        ([], CONVEXITY, "refuted"),
        ([a >= 0, b >= 0], sqrt(a * b) <= (a + b) / 2, "proved"),
        ([a >= 0, b >= 0], sqrt(a * b) <= (a + b) / 3, "refuted"),
        ([], maximum(a, b) >= (a + b) / 2, "proved"),
        ([], maximum(a, b) > (a + b) / 2, "refuted"),
        ([a >= 1], log(a) <= a - 1, "proved"),
        ([a + b == 1, a > 0, b > 0], p**2 / a + q**2 / b >= (p + q) ** 2, "proved"),
        ([a + b == 2, a > 0, b > 0], p**2 / a + q**2 / b >= (p + q) ** 2, "refuted"),
        ([], exp(a) <= 1 + a + a**2, "refuted"),
    ],
)
def test_inequalities(given, show, expected):
    assert verdict(Inequality(tuple(given), show)) == expected


def test_a_counterexample_is_made_simple():
    found = next(provers.candidates(Inequality((), a**2 + b**2 >= 2 * a * b + F(1, 7))))
    assert found == ("point", {"point": {"a": "0", "b": "0"}})


def test_intervals_decide_what_fractions_cannot():
    found = outcome(Inequality((), log(a + 2) <= F(1, 2)))
    assert (found.verdict, found.level) == ("refuted", "balls")


def test_two_solvers_read_the_same_text(monkeypatch):
    monkeypatch.undo()
    pytest.importorskip("cvc5", reason="the second solver is the extra regretlab[proof]")
    statement = Inequality((p > 0, q > 0), CONVEXITY)
    form, body = provers.solver.find(statement)
    assert body["solvers"] == ["z3", "cvc5"]
    assert checkers.check(statement, form, body).level == "2 solvers"


def test_without_the_second_solver_a_certificate_still_rechecks():
    body = {"solvers": ["z3", "cvc5"], "live": {"p": "1", "q": "1"}}
    assert checkers.check(Inequality((p > 0, q > 0), CONVEXITY), "smt", body).level == "1 solver"


# --- propagation


LEMMAS = """
young = P.inequality('young', '', given=[c > 0], show=2*a*b <= c*a**2 + b**2/c)
P.inequality('false', '', expect='refuted', show=a*b <= a*a, exports=q <= r,
             corrected=dict(latex='', show=2*a*b <= a*a + b*b, exports=q >= r))
P.inequality('falser', '', expect='refuted', show=a*b <= a*a)
P.words('word', '', why='the proof is not printed', verdict='assumed')
"""


def test_verdicts_propagate(claims):
    found = claims(
        LEMMAS
        + """
P.derivation('all well', '', uses=['young'])
P.derivation('on a false lemma', '', uses=['young', 'falser'])
P.derivation('on that', '', uses=['on a false lemma'])
P.derivation('on a word', '', uses=['word'])
P.derivation('mended formally', '', uses=['false'], given=[p >= q], show=p >= r)
P.derivation('no formal step', '', uses=['false'])
P.derivation('mended by a human', '', uses=['falser'], repaired_by='mine.young')
P.derivation('formal', '', uses=['young'], given=[p >= q, q >= r], show=p >= r)
P.derivation('formal and wrong', '', uses=['young'], given=[p >= q, q >= r], show=p <= r)
"""
    )
    assert {name: e.verdict for name, e in found.items() if e.claim.statement.kind == "derivation"} == {
        "all well": "follows",
        "on a false lemma": "unsupported",
        "on that": "unsupported",
        "on a word": "conditional",
        "mended formally": "repaired",
        "no formal step": "unsupported",
        "mended by a human": "repaired",
        "formal": "proved",
        "formal and wrong": "refuted",
    }
    assert found["on that"].because == ("mine.on a false lemma",)
    assert "mine.false.corrected" in found["mended formally"].words


def test_the_export_of_a_false_lemma_is_never_used(claims):
    """With the false export q <= r the step p <= q => p <= r would be green; with the corrected one it is refuted."""
    found = claims(LEMMAS + "P.derivation('step', '', uses=['false'], given=[p <= q], show=p <= r, expect='refuted')")
    assert found["step"].verdict == "refuted"


def test_a_misprint_whose_meaning_is_proved_can_be_used(claims):
    found = claims(
        """
from regretlab.claims.statements import Inequality
P.misprint('slip', '', printed=Inequality((), a <= a - 1), meant=Inequality((), a >= a - 1))
P.disagreement('two places', '', here=a*b, there=a*c)
P.derivation('fine', '', uses=['slip'])
P.derivation('open', '', uses=['two places'])
"""
    )
    assert [e.verdict for e in found.values()] == ["misprint", "misprint", "follows", "unsupported"]


# --- malformed claims


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (
            "P.inequality('x', '', show=a <= z)",
            r"line 4: NameError: name 'z' is not defined; declare symbols with real",
        ),
        ("P.scalar('x', '', f=a*b, x=a, a=0, b=1)", r"mine\.x: the symbol b is undefined"),
        ("P.scalar('x', '', f=a, x=a, a=1, b=0)", r"mine\.x: the interval \[1, 0\] is empty"),
        ("P.derivation('x', '', uses=['y'])", r"mine\.x: it uses an unknown claim 'mine\.y'"),
        ("P.derivation('x', '', uses=['y'])\nP.derivation('y', '', uses=['x'])", r"rests on itself \(mine\."),
        (
            "P.inequality('x', '', show=a >= a)\nP.inequality('x', '', show=b >= b)",
            r"mine\.x: this id is already taken",
        ),
        ("P.inequality('x', '', show=a >= a, expect='true')", r"mine\.x.*unknown verdict|unknown verdict.*mine\.x"),
        ("P.inequality('x', '', show=a >= a, source='rumour')", r"unknown source mark of claim mine\.x"),
        ("P.inequality('x', '', shows=a >= a)", r"mine\.x: .*show"),
        ("P.inequality('x', '', show=a >= a, wher='here')", r"mine\.x: it has no detail wher"),
        ("P.inequality('x', '', show=True)", r"mine\.x: show holds the truth value True"),
        ("P.inequality('x', '', show=a + b)", r"mine\.x: show holds a \+ b, which is not a relation"),
        ("P.inequality('x', '', show=0 < a < 1)", r"two relations"),
        ("P.inequality('x', '', show=a >= 0.5)", r"not an exact number"),
        ("P.inequality('x', '', show=Sum(a, (t, 1, T)) <= a * T)", r"mine\.x: an inequality is about single numbers"),
        ("P.scalar('x', '', f=a * T, x=a, a=0, b=1)", r"mine\.x: a scalar claim is about single numbers, and T is not"),
        ("P.derivation('x', '', show=T >= 1)", r"mine\.x: a formal step is about single numbers, and T is not"),
        ("P.order('x', '', terms={'a': a * T}, T=a, at_most=1)", r"mine\.x: an order is about single numbers"),
        ("P.both('x', '', statements=[3])", r"mine\.x: both is made of statements, and 3 is none"),
        ("P.misprint('x', '', printed=a >= 1, meant=a >= 0)", r"mine\.x: a misprint is made of statements, and a >= 1"),
        ("P.vacuity('x', '', statement=3)", r"mine\.x: a vacuity is made of statements, and 3 is none"),
        ("P.denial('x', '', statement=a >= 1)", r"mine\.x: a denial is made of statements, and a >= 1 is none"),
        ("P.words('x', '', why='?', verdict='proved')", r"mine\.x: .*verdict needs a certificate"),
        ("P.inequality('x', '', show=a >= )", r"line 4: invalid syntax"),
        ("P.regret_bound('x', '', losses=[1], algorithm='adam', bound='nope', horizon=3)", r"unknown bound 'nope'"),
    ],
)
def test_malformed_claims_get_one_sentence(claims, body, sentence):
    try:
        said = "".join(f"claim mine.{name}: {entry.error}" for name, entry in claims(body).items() if entry.error)
    except InputError as error:  # Python stops the file
        said = str(error)
    assert re.search(sentence, said)
    assert "\n" not in said


def test_the_rest_of_a_file_is_judged_where_some_claims_are_malformed(claims, tmp_path, call):
    body = """
P.inequality('x', '', show=True)
P.inequality('true', '', show=a**2 >= 0)
P.inequality('x', '', show=a**2 >= 0)
P.inequality('no/id', '', show=a**2 >= 0)
P.series('broken', '', term=lambda t: 1 / 0, bound=lambda N: N)
P.inequality('contradictory', '', given=[a > 0, a < 0], show=a >= 1)
P.derivation('unknown', '', uses=['nobody'])
P.derivation('round', '', uses=['about'])
P.derivation('about', '', uses=['round'])
P.derivation('on x', '', uses=['x'], expect='conditional')
P.derivation('on true', '', uses=['true'])
"""
    found = claims(body)
    sentences = {
        "x": "show holds the truth value True",
        "claim 3": r"claim mine\.x: this id is already taken",
        "claim 4": "the id 'no/id' of a claim is not made of",
        "broken": "ZeroDivisionError: division by zero",
        "contradictory": "its hypotheses a > 0, a < 0 contradict each other",
        "about": "it rests on itself",
        "unknown": r"it uses an unknown claim 'mine\.nobody'",
        "round": "it rests on itself",
    }
    assert {name for name, e in found.items() if e.error} == set(sentences)
    for name, sentence in sentences.items():
        assert re.match(sentence, found[name].error)
    assert {name: e.verdict for name, e in found.items() if not e.error} == {
        "true": "proved",
        "on x": "conditional",
        "on true": "follows",
    }
    assert not any(e.as_pinned for e in found.values() if e.error)
    status, out, err = call("verify", tmp_path / "my_claims.py", "--jobs", 1)
    assert (status, out.count("ERROR: "), err.count("\n")) == (2, 8, 1)
    assert re.match(r"regretlab: claim mine\.x could not be judged: .*; nor could mine\.claim 3, .*about\.$", err)


def test_a_claim_made_outside_a_file_of_claims_is_refused_at_once():
    with pytest.raises(InputError, match=r"claim m\.x: show holds the truth value"):
        Paper("m").inequality("x", "", show=True)


def test_what_is_said_of_a_claim_without_symbols_one_case_or_no_verdict(claims):
    found = claims("""
P.inequality('false', '', show=term(1) >= 2)
P.inequality('undefined', '', show=1 / (term(2) - 2) >= 0)
P.finite('one', '', cases=lambda: [{'n': 3}], holds=lambda n: n == 3)
P.finite('two', '', cases=lambda: [{'n': 3}, {'n': 4}], holds=lambda n: n > 0)
P.series('open', '', term=lambda t: log(t) / t**2, bound=lambda N: term(1))
P.inequality('degree', '', given=[a >= 0], show=exp(a) >= 1 + a + a**2 / 2)
P.inequality('meaning', '', given=[b >= 1, sqrt(a) >= 0], show=sqrt(b) >= 1)
P.both('second', '', statements=[paper.inequality(show=a**2 >= 0),
                                 paper.inequality(given=[a >= 0], show=exp(a) >= 1 + a + a**2 / 2)])
P.order('cancels', '', terms={'t': a - a * exp(1 / a)}, T=a, at_most=0)
""")
    assert found["false"].words == "evaluated: the numbers do not satisfy it"
    assert found["undefined"].words == "undefined for these numbers: it needs the hypothesis 2 - 2 != 0"
    assert (found["one"].words, found["two"].words) == ("the one case holds (n = 3)", "all 2 cases hold (n = 3..4)")
    open_ = {"open", "degree", "meaning", "second", "cancels"}
    assert {found[name].verdict for name in open_} == {"unknown"}
    said = {name: found[name].how.removeprefix("no method decided it; ") for name in open_}
    assert said["open"].startswith("the step to N >= 61: z3 ")
    squares = (
        "no sum of squares was found up to degree 4" if find_spec("clarabel") else "sums of squares need the extra"
    )
    assert said["degree"].startswith(squares)
    assert "; z3 " in said["degree"]
    assert said["meaning"].startswith("sums of squares were not looked for: the hypotheses do not say that a >= 0, of ")
    assert "; the hypotheses do not show that a >= 0, without which a term has no meaning" in said["meaning"]
    assert said["second"].startswith(f"part 2 of 2: {squares}")
    assert said["cancels"] == "the exponent of t is not exact at the point"


def test_a_division_that_can_be_by_zero_is_named(claims):
    entry = claims("P.inequality('x', '', show=1/a + 1 > 1/a)")["x"]
    assert entry.verdict == "ill-posed"
    assert "needs the hypothesis a != 0" in entry.words


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [("empty.py", "x = 1", "makes no Paper"), ("no.txt", "", "not a Python file"), ("gone.py", None, "does not exist")],
)
def test_files_that_are_no_claims(tmp_path, name, content, sentence):
    if content is not None:
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=sentence):
        Ledger([tmp_path / name])


# --- certificates on disk


def test_certificates_are_written_and_rechecked(claims, tmp_path):
    body = "P.inequality('x', '', given=[p > 0, q > 0], show=1/p - 1/q <= -(p-q)/p**2)"
    assert claims(body, search=True)["x"].how == "searched"
    assert claims(body)["x"].how == "re-checked"
    stale = claims(body.replace("p > 0", "p >= 0"))["x"]
    assert (stale.verdict, stale.how[:26]) == ("unknown", "certificate failed: stale:")


def test_an_edited_file_is_recognised(claims, tmp_path):
    claims("P.inequality('x', '', given=[c > 0], show=2*a*b <= c*a**2 + b**2/c)", search=True)
    file = tmp_path / "certs" / "mine.x.json"
    content = json.loads(file.read_text())
    for path, value in leaves(content):
        other = value + {str: "1", int: 1, list: ["1"]}[type(value)]
        file.write_text(json.dumps(changed(content, path, other)))
        with pytest.raises(Rejected):
            Certificate.read(file)
    for edited in (content | {"verdict": "proved"}, {k: v for k, v in content.items() if k != "tools"}, [content], "{"):
        file.write_text(edited if isinstance(edited, str) else json.dumps(edited))
        with pytest.raises(Rejected):
            Certificate.read(file)
