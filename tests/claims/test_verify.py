"""``regretlab verify``, its pages, and the ledger that is shipped: complete, tamper-proof, tied to the bounds."""

import json
import re
from fractions import Fraction

import pytest
from typer.testing import CliRunner

from regretlab.bounds import Bound
from regretlab.claims import (
    Certificate,
    Ledger,
    Sum,
    checkers,
    forall,
    index,
    integer,
    log,
    maximum,
    provers,
    real,
    sequence,
    sqrt,
    term,
)
from regretlab.claims.checkers import FORMS
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.ledger import pages
from regretlab.claims.ledger.loading import shipped
from regretlab.claims.statements import BanditRegret, Inequality, Ladder, Recursion, Scalar, Series, Theorem, Words
from regretlab.cli import catalogue
from regretlab.cli.app import app
from regretlab.errors import InputError
from tests.helpers.ledger import LEDGER
from tests.helpers.tampering import changed, leaves

#: Every claim of the papers that the ledger must speak of, by its place there.
CLAIMS = {
    "AdamBS": (
        """Eq1 Alg2.index OptP Eq10 Eq11 Eq12-14 Eq4.rho3 Eq15 Eq16 Thm1 AlgVsThm Alg2.range Alg2.hhat Alg2.proj Eq20-23
        PropB1 Eq24 Eq28 Eq29 Lem1 Thm2 oT Model.convex Model.grad Lem2 Thm3 Lem3 Thm4 Table1 Abstract ThmD1 SegTree"""
    ),
    "KB": "Lem10.3 Lem10.4 third Thm4.1",
    "Reddi": "Thm1 Thm2 Thm3 Thm4 Cor1 Thm5 Cor2",
    "TP": "Example Monotone Thm4.1 AdamX5.1 Lem2.3 Cor4.5 Cor5.5 Cor5.6",
    "SF": "AMSGrad",
    "AdamCB": """Alg1 Alg2.tau Alg2.sum DepRound Eq7 Lem3,4,6,7 Lem5 Lem8-10 Lem1 Lem1.unbiased Alg3.range Alg3.monotone
        Alg3.freeze Lem2 Mstep Lem11 Thm1 Table1 Thm2 Lem12 Thm3 ClaimAdamBS AppG ClaimLessReg""",
    "WD": "AdamI unroll bias SGD AdaGrad momentum AdamW sgUnbiased",
    "Padam": "AdaGrad vt half z mono Thm1 Cor2 Thm3 Cor4 Table",
}
MINE = """
from regretlab.claims import Paper, real
P = Paper("mine", "My <paper> & more")
a, b, c = real("a b c")
P.inequality("young", r"2ab \\le ca^2 + b^2/c", at="Lemma 1", given=[c > 0], show=2*a*b <= c*a**2 + b**2/c)
P.inequality("bold", r"2ab \\le a^2", at="Lemma 2", show=2*a*b <= a**2, expect="refuted", note="50% of x_1 & more")
P.derivation("main", r"R(T) = O(1)", at="Theorem 1", uses=["bold"], expect="unsupported")
"""


@pytest.fixture
def mine(tmp_path):
    file = tmp_path / "my_claims.py"
    file.write_text(MINE)
    return file


def regretlab(*words):
    return CliRunner().invoke(app, [str(w) for w in words])


# --- the shipped ledger


def test_every_claim_of_the_papers_is_there():
    expected = {f"{paper}.{name}" for paper, names in CLAIMS.items() for name in names.split()}
    assert len(expected) == 94
    assert expected - set(LEDGER.claims) == set()


def test_every_reconstructed_claim_says_so():
    adamcb = [
        c
        for c in LEDGER.claims.values()
        if c.id.startswith("AdamCB.") and c.id.split(".", 1)[1] in CLAIMS["AdamCB"].split()
    ]
    assert {c.source for c in adamcb} <= {"confirmed", "code", "reconstructed"}


def test_what_is_in_words_only_is_little_and_says_why():
    only = [c for c in LEDGER.claims.values() if isinstance(c.statement, Words)]
    assert all(len(c.statement.why) > 20 for c in only)
    assert len(only) <= 15


def test_every_printed_bound_has_a_claim():
    spoken = {b for c in LEDGER.claims.values() for b in c.bounds}
    assert spoken <= set(Bound.known)
    # No ledger states AdaGrad's bounds, Hedge's with a falling step, dynamic and interval regret, Newton's for d > 1.
    unspoken = {
        "adagrad.duchi", "adagrad.tuned", "fulladagrad.duchi", "hedge.anytime", "ons.hazan", "ons.ours", "sgd.descent",
        "sgd.dynamic", "sgd.dynamic_sqrt", "sgd.interval", "sgd.interval_sqrt", "sgd.zinkevich_dynamic",
    }  # fmt: skip
    assert {b.id for b in Bound.known.values()} - spoken == unspoken


def test_show_of_a_bound_gives_the_verdict():
    page = catalogue.page("adam.printed")
    assert re.search(r"✘ (KB\.Thm4\.1|AdamBS\.Eq10) \(.*\): refuted \(balls\)", page)
    assert "refuted" in catalogue.page("AdamBS.Eq16")


# --- certificates: one example of every form, changed one field at a time


def examples():
    """The smallest shipped certificate of every form."""
    found = {}
    for name, claim in LEDGER.claims.items():
        path = LEDGER.certificate(name)
        if path.exists():
            certificate = Certificate.read(path)
            size = path.stat().st_size
            if certificate.form not in found or size < found[certificate.form][0]:
                found[certificate.form] = (size, claim, path, certificate)
    return found


EXAMPLES = examples()


def others(value):
    """Other values for a field: near ones, of another type, and none."""
    yield None
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, -value - 1, str(value))
    elif isinstance(value, str):
        yield from (value + "0", "-" + value, "7/3" if value != "7/3" else "8/3", "" if value else "0", 1)
    else:
        yield "1"


X, Y, N = real("x"), real("y"), integer("n")
A, B, (T, M) = sequence("a"), sequence("b"), index("t T")
#: Statements for forms that the shipped claims may not need, or whose smallest certificate there takes long to check.
MORE = {
    "algebraic": Scalar(1 + X - 2 * sqrt(X), X, Fraction(0), None),
    "ladder": Ladder((X >= 1,), X - 1 - log(X), X, term(1)),
    "refutation": Inequality((X > 0,), maximum(Y, 0) / X >= Y / X),
    "partial sum": Series(1 / N, log(N), N, 1),
    "remainder": Series(1 / N**2, term(Fraction(5, 3)), N, 1),
    "horizons": BanditRegret(lambda T: Fraction(T, 2), lambda T: T, (1, 4)),
    "steps": Theorem((forall(T, 1, M, A[T] <= B[T]),), Sum(A[T], (T, 1, M)) <= Sum(B[T], (T, 1, M))),
    "instance": Theorem((), Sum(A[T], (T, 1, M)) <= A[1]),
    "undefined step": Recursion(lambda t: t, lambda s, t: s + (t - 6) / (t - 6), 0, 0),
}
FORGED = {form: (claim.statement, certificate.body) for form, (_, claim, _, certificate) in EXAMPLES.items()}
FORGED |= {f: (m, {(found := provers.accepted(m)).form: found.body}[f]) for f, m in MORE.items()}


def test_every_form_has_an_example():
    assert set(FORMS) | {"compound"} == set(FORGED)


@pytest.mark.parametrize("form", sorted(EXAMPLES))
def test_a_changed_certificate_is_rejected(form, tmp_path):
    _, claim, path, certificate = EXAMPLES[form]
    content = json.loads(path.read_text())
    file = tmp_path / "changed.json"
    for where, value in leaves(content):
        for other in others(value):
            file.write_text(json.dumps(changed(content, where, other)))
            with pytest.raises(Rejected):
                Certificate.read(file)
    for extra in ({"verdict": "proved"}, {"note": ""}):
        file.write_text(json.dumps(content | extra))
        with pytest.raises(Rejected):
            Certificate.read(file)
        with pytest.raises(Rejected):
            checkers.check(claim.statement, form, certificate.body | extra)


@pytest.mark.parametrize("form", sorted(FORGED))
def test_a_forged_seal_buys_nothing(form, monkeypatch):
    """Even when the file's seal is forged, a changed body is rejected or establishes what the original did."""
    statement, body = FORGED[form]
    monkeypatch.setattr(checkers.smt.smtlib, "cvc5_answers", lambda questions, limit=0: ["absent"] * len(questions))
    verdict = checkers.check(statement, form, body).verdict
    rejected = 0
    for where, value in leaves(body):
        for other in others(value):
            try:
                assert checkers.check(statement, form, changed(body, where, other)).verdict == verdict
            except Rejected:
                rejected += 1
    assert rejected > 0 or not body
    for wrong in set(FORMS) - {form}:
        with pytest.raises(Rejected):
            checkers.check(statement, wrong, body)


def test_a_certificate_of_another_claim_is_stale(tmp_path):
    names = [n for n in LEDGER.claims if LEDGER.certificate(n).exists()][:2]
    ledger = Ledger([LEDGER.files[names[0]]], tmp_path)
    (tmp_path / f"{names[0]}.json").write_text(LEDGER.certificate(names[1]).read_text())
    (entry,) = ledger.verify([names[0]], jobs=1)
    assert (entry.verdict, entry.how.split(":")[1]) == ("unknown", " stale")


def test_no_certificate_is_an_orphan():
    known = {LEDGER.certificate(name) for name in LEDGER.claims}
    assert set(shipped().resolve().rglob("certs/*.json")) <= known


# --- the command


def test_verify_prints_verdicts_and_counts(mine):
    done = regretlab("verify", mine)
    assert done.exit_code == 0
    assert "By verdict: 1 proved, 1 refuted, 1 unsupported." in done.output
    assert "By trust: " in done.output
    assert "counterexample a = 0, b = 1" in done.output or "counterexample" in done.output


def test_verify_says_no(mine):
    mine.write_text(MINE.replace('expect="unsupported"', 'expect="follows"'))
    done = regretlab("verify", mine)
    assert done.exit_code == 1
    assert "DIFFERS: mine.main is unsupported, its file expects follows." in done.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["gone.py"], "gone.py does not exist"),
        (["--format", "pdf"], "unknown format 'pdf'"),
        (["--jobs", "0"], "jobs"),
        (["-o", "gone/out.html"], "the folder gone of --out does not exist"),
    ],
)
def test_bad_input(words, sentence):
    done = regretlab("verify", *words)
    assert isinstance(done.exception, InputError)
    assert sentence in str(done.exception)


def test_search_writes_certificates_and_verify_rechecks_them(mine, tmp_path):
    assert regretlab("verify", mine, "--search").exit_code == 0
    assert sorted(p.name for p in (tmp_path / "certs").iterdir()) == ["mine.bold.json", "mine.young.json"]
    content = json.loads(regretlab("verify", mine, "--format", "json").output)
    assert [(c["id"], c["how"]) for c in content["claims"][:2]] == [
        ("mine.young", "re-checked"),
        ("mine.bold", "re-checked"),
    ]


def test_json_holds_everything(mine):
    content = json.loads(regretlab("verify", mine, "--format", "json").output)
    assert content["as_pinned"] is True
    assert content["verdicts"] == {"proved": 1, "refuted": 1, "unsupported": 1}
    assert content["claims"][2]["because"] == ["mine.bold"]
    assert set(content["claims"][0]) == set(pages.row(LEDGER.verify([next(iter(LEDGER.claims))], jobs=1)[0]))


def test_html_is_one_linked_page(mine, tmp_path):
    out = tmp_path / "page.html"
    assert regretlab("verify", mine, "--format", "html", "-o", out).exit_code == 0
    page = out.read_text()
    for link in re.findall(r'href="#([^"]*)"', page):
        assert f'id="{link}"' in page
    assert "<math" in page
    assert "My &lt;paper&gt; &amp; more" in page
    assert "http" not in page.replace("http://www.w3.org/1998/Math/MathML", "")


def test_latex_escapes_and_balances(mine):
    table = regretlab("verify", mine, "--format", "latex").output
    rows = [line for line in table.splitlines() if line.endswith(r"\\") and " & " in line and "toprule" not in line]
    assert len(rows) == 3
    assert all(row.replace(r"\&", "").count("&") == 3 for row in rows)
    assert r"My $<$paper$>$ \& more" in table
    assert table.count(r"\begin{longtable}") == table.count(r"\end{longtable}") == 1
