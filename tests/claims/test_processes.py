"""A file of claims is a program: whatever it does, it is not taken for a proof, and never makes a green run."""
# ruff: noqa: E501

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from regretlab.claims import Certificate, Ledger, integer, maximum, real, sqrt, where
from regretlab.claims.language.verdict import Rejected
from regretlab.claims.ledger import reading
from regretlab.claims.ledger.loading import files
from regretlab.claims.ledger.wire import Unreadable, claim_from_data, claim_to_data
from regretlab.claims.paper import Paper, bandit_regret, both, inequality, regret_bound, series, units
from regretlab.claims.statements.claim import Claim
from regretlab.errors import InputError

HEAD = "import os, sys\nfrom regretlab.claims import *\nP = Paper('m', 'M')\na = real('a')\n"
FALSE = "P.inequality('f', '', show=a <= 5)\n"
#: Files that end, loop or lie; every one is refused in a sentence.
ENDING = {
    "SystemExit": FALSE + "raise SystemExit(0)",
    "exit": FALSE + "sys.exit()",
    "_exit": FALSE + "os._exit(0)",
    "kill": FALSE + "import signal; os.kill(os.getpid(), signal.SIGKILL)",
    "interrupt": FALSE + "raise KeyboardInterrupt",
    "recursion": FALSE + "def f(): f()\nf()",
    "closed channel": FALSE + "for k in range(3, 30):\n    try: os.close(k)\n    except OSError: pass",
    "noise": FALSE + "for k in range(3, 30):\n    try: os.write(k, b'{}' + bytes([10]))\n    except OSError: pass",
    "loop": FALSE + "while True: pass",
    "no claims": "",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What each file is refused with; they run side by side."""
    limit, reading.LIMIT = reading.LIMIT, 3.0
    folder = tmp_path_factory.mktemp("ending")

    def refused(name):
        file = folder / f"{name.replace(' ', '_')}_claims.py"
        file.write_text(HEAD + ENDING[name])
        with pytest.raises(InputError) as error:
            Ledger([file])
        return str(error.value)

    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(ENDING, pool.map(refused, ENDING), strict=True))
    reading.LIMIT = limit
    return found


@pytest.mark.parametrize("name", ENDING)
def test_a_file_that_ends_or_loops_is_refused_in_a_sentence(name, said):
    assert "_claims.py" in said[name]
    assert len(said[name]) < 300
    assert "Traceback" not in said[name]


def test_the_sentence_says_how_it_ended(said):
    assert "SystemExit" in said["SystemExit"]
    assert "ended its process (exit status 0) before its claims could be judged" in said["_exit"]
    assert "was stopped" in said["loop"]


LYING = (
    HEAD
    + """
import fractions, json, z3, atexit
from regretlab.claims import checkers, ledger
from regretlab.claims.checkers import smtlib
from regretlab.claims.language import terms, verdict
from regretlab.claims.language.verdict import Outcome
proved = lambda *given, **more: Outcome('proved', 'exact', 'trust me')
checkers.check = ledger.judging.decide = checkers.point.check = proved
checkers.FORMS = {name: (kind, proved) for name, (kind, check) in checkers.FORMS.items()}
ledger.entry.Entry.as_pinned = True
smtlib.z3_answer = lambda question, limit=0: ('unsat', {})
Claim.as_pinned = Entry.as_pinned = True
fractions.Fraction.__le__ = lambda x, y: True
atexit.register(print, 'Every verdict is as pinned.')
print('Every verdict is as pinned.')
sys.stderr.write('Every verdict is as pinned.')
P.inequality('false', '', show=a <= 5)
P.series('sum', '', term=lambda t: t, bound=lambda N: N)
P.finite('own', '', cases=lambda: [dict(n=1)], holds=lambda n: n == 2, expect='bounded')
P.inequality('none', '', given=[a > 1, a < 0], show=a == 3)
"""
)


def test_what_a_file_replaces_does_not_judge_its_formulas(tmp_path, call):
    file = tmp_path / "my_claims.py"
    file.write_text(LYING)
    status, output, errors = call("verify", file, "--format", "json", "--jobs", 1)
    assert status == 2
    found = {c["id"]: c for c in json.loads(output)["claims"]}
    assert "trust me" not in [c["certificate"] for c in found.values() if not c["runs_own_functions"]]
    assert found["m.false"]["verdict"] == found["m.sum"]["verdict"] == "refuted"
    assert found["m.own"]["runs_own_functions"]
    assert "contradict each other" in found["m.none"]["error"]
    assert "Every verdict" not in errors
    assert errors.count("regretlab: ") == 1


#: Ways in which a function may try to end its process, or break.
ENDS = [
    "sys.exit(0)", "sys.exit()", "os._exit(0)", "os.abort()", "os.kill(os.getpid(), 9)", "sys.exit.__call__(0)",
    "1 // (T - 1)", "[][T]", "2 ** (10 ** 12 * T)",
]  # fmt: skip
#: The same, refused as the file is read.
SEEN = ["quit()", "exit(0)", "getattr(sys, 'exit')(0)", "(_ for _ in ()).throw(SystemExit)", "float(T)"]
#: The kinds of statement whose functions are run where they are judged, each with such a function of T.
RUN = [
    "P.bandit_regret('x{}', '', regret=lambda T: {}, bound=lambda T: T, horizons=[1], expect='unknown')",
    "P.bandit_regret('x{}', '', regret=lambda T: T, bound=lambda T: {}, horizons=[1], expect='unknown')",
    "P.finite('x{}', '', cases=lambda: [dict(T=1)], holds=lambda T: {} == 1, expect='unknown')",
    "P.finite('x{}', '', cases=lambda T=1: [dict(n={})], holds=lambda n: True, expect='unknown')",
    "P.both('x{}', '', statements=[finite(cases=lambda: [dict(T=1)], holds=lambda T: {} == 1)], expect='unknown')",
]
FINE = "P.bandit_regret('fine', '', regret=lambda T: T, bound=lambda T: T + 1, horizons=[1, 2], expect='bounded')\n"


@pytest.mark.parametrize("statement", RUN)
def test_a_function_that_cannot_be_run_is_an_error_whatever_its_claim_pins(statement, tmp_path):
    file = tmp_path / "my_claims.py"
    ends_here = ENDS if statement == RUN[0] else ENDS[::4]  # each takes a process of its own
    own = [statement.format(k, ends) for k, ends in enumerate(ends_here)]
    file.write_text(HEAD + "from regretlab.claims.paper import finite\n" + "\n".join(own) + "\n" + FINE)
    *broken, fine = Ledger([file]).verify(jobs=1)
    for ends, entry in zip(ends_here, broken, strict=True):
        # Division by zero in a finite statement is a verdict of its own.
        if ends == "1 // (T - 1)" and entry.verdict == "ill-posed":
            continue
        assert entry.verdict == "unknown", ends
        assert entry.error, ends
        assert not entry.as_pinned
    assert (fine.verdict, fine.error, fine.as_pinned) == ("bounded", "", True)


@pytest.mark.parametrize("ends", SEEN)
def test_what_is_seen_before_a_function_is_run_is_an_error_of_its_claim(ends, tmp_path):
    file = tmp_path / "my_claims.py"
    file.write_text(HEAD + RUN[0].format("", ends))
    (entry,) = Ledger([file]).verify(jobs=1)
    assert re.search(r"not known to be exact|floats", entry.error)


def test_a_run_with_such_a_function_ends_with_status_2_and_its_twin_without(tmp_path, call):
    file = tmp_path / "my_claims.py"
    for own, wanted in ((RUN[0].format("", "sys.exit(0)") + "\n", 2), ("", 0)):
        file.write_text(HEAD + own + FINE)
        status, *said = call("verify", file, "--jobs", 1)
        assert status == wanted, said


def test_a_function_that_exits_where_a_formula_is_written_down_is_an_error_of_its_claim(tmp_path):
    file = tmp_path / "my_claims.py"
    exits = "def f(t): raise SystemExit(0)\nP.recursion('r', '', closed=f, rec=lambda s, t: s, start=1)\n"
    file.write_text(HEAD + exits + "P.series('s', '', term=f, bound=lambda N: N)\n" + FINE)
    *broken, fine = Ledger([file]).verify(jobs=1)
    assert all("SystemExit" in entry.error and entry.verdict == "unknown" for entry in broken)
    assert (fine.verdict, fine.error) == ("bounded", "")


def test_what_one_file_spoils_or_kills_is_whole_for_the_next(tmp_path):
    """All are run by forks of one process, which is two above their own."""
    above = "int(open(f'/proc/{os.getppid()}/stat').read().rsplit(')', 1)[1].split()[1])"
    ends = "import signal\nfor process in ({}, os.getppid()): os.kill(process, signal.SIGKILL)"
    files = {"spoils": "from regretlab.claims import paper\ndel paper.Paper.inequality", "kills": ends.format(above)}
    for name, does in files.items():
        (tmp_path / f"{name}_claims.py").write_text(HEAD + FALSE + does)
        (tmp_path / f"after_{name}_claims.py").write_text(HEAD + FALSE)
        for file in (f"{name}_claims.py", f"after_{name}_claims.py"):
            assert list(Ledger([tmp_path / file]).claims) == ["m.f"]


def test_every_kind_of_node_survives_as_data():
    x, y, n = real("x"), real("y"), integer("n")
    term = maximum(sqrt(abs(x) + 1) / (y**3 + 2), where((x <= 1) & ~(y == 0) | (n != 2), -x, y - n * "1/3"))
    parts = [
        inequality(show=term <= 2, given=[x > 0]),
        series(term=lambda t: 1 / t, bound=lambda N: N),
        units(terms={"t": x * y}, weights={x: 1, y: 2}, degree=3),
        regret_bound(losses=["-3", (1, 2, 0)], algorithm="adam(alpha=1)", bound="adam.printed", horizon=4),
    ]
    for statement in (*parts, both(statements=parts)):
        claim = Claim("m.x", "M", "at", "latex", statement, exports=term <= 10**5000, uses=("m.y",))
        again = claim_from_data(json.loads(json.dumps(claim_to_data(claim))))
        assert claim_to_data(again) == claim_to_data(claim)
    assert again.exports is claim.exports


def test_functions_do_not_travel():
    claim = Claim("m.x", "M", "", "", bandit_regret(regret=lambda T: T, bound=lambda T: T, horizons=[1]))
    again = claim_from_data(claim_to_data(claim))
    assert (again.statement.kind, again.statement.functions()) == ("bandit regret", ())


@pytest.mark.parametrize(
    "data", [None, [], {}, {"id": "m.x"}, {"statement": {"made": ["Claim", {}]}, "corrected": None}]
)
def test_other_data_is_no_claim(data):
    with pytest.raises((Unreadable, InputError)):
        claim_from_data(data)


# --- which files, which names


def test_only_files_that_say_they_are_claims_are_run(tmp_path):
    for place in (".venv/lib", "node_modules", "__pycache__", "env", "sub"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "any_claims.py").write_text("raise SystemExit(0)")
    (tmp_path / "env" / "pyvenv.cfg").write_text("")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "script.py").write_text("open('RAN', 'w')")
    (tmp_path / "mentions.py").write_text('"""regretlab.claims.Paper is not imported here."""')
    (tmp_path / "paper.py").write_text("import regretlab as rl\nP = rl.claims.Paper('m')\n")
    found = [p.relative_to(tmp_path.resolve()).as_posix() for p in files(tmp_path)]
    assert found == ["paper.py", "sub/any_claims.py"]
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / ".claims.py").write_text("")
    with pytest.raises(InputError, match="holds no claims file"):
        files(tmp_path / "hidden")


BAD_IDS = ["a/b", "../x", "a..b", "", "a\nb", "a\x00b", "x" * 300, "<b>", " a", "a.", "a\\b", "C:x", "-o", "é" * 100]


@pytest.mark.parametrize("id", BAD_IDS)
def test_an_id_cannot_name_a_path(id):
    for make in (lambda: Paper(id), lambda: Paper("m").inequality(id, "", show=real("a") >= real("a"))):
        with pytest.raises(InputError, match=r"id|claim") as error:
            make()
        assert len(str(error.value)) < 300


def test_names_that_a_system_keeps_or_takes_for_one_are_refused(tmp_path):
    with pytest.raises(InputError, match="Windows"):
        Paper("nul")
    with pytest.raises(InputError, match="corrected form"):
        Paper("m").inequality("x.corrected", "", show=real("a") >= real("a"))
    file = tmp_path / "my_claims.py"
    file.write_text(HEAD + "P.inequality('x', '', show=a >= a)\nP.inequality('X', '', show=a >= a)")
    with pytest.raises(InputError, match=r"m\.X: it is defined .* as m\.x"):
        Ledger([file])


def test_a_paper_whose_name_is_used_again_is_judged_too(tmp_path):
    file = tmp_path / "my_claims.py"
    file.write_text(HEAD + FALSE + "P = Paper('n')\nP.inequality('x', '', show=a >= a)")
    assert list(Ledger([file]).claims) == ["m.f", "n.x"]


# --- certificates


def deep(depth):
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("text", [
    "", "{", "[]", "null", deep(3000), deep(100_000), '{"format": 1}', "\ud800", "9" * 5000, '{"a": 1e999}', "NaN", "\x00",
    '{"format": 1, "seal": "", "claim": [], "digest": {}, "form": [], "body": [], "tools": null}',
    '{"format": 1, "seal": "", "claim": "m.x", "digest": "", "form": "point", "body": {"a": ' + deep(900) + '}, "tools": {}}',
    '{"format": 1, "seal": "", "claim": "m.x", "digest": "", "form": "point", "body": {"a": 99999999999999}, "tools": {}}',
])  # fmt: skip
def test_a_damaged_certificate_is_rejected_in_a_sentence(text, tmp_path):
    path = tmp_path / "m.x.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(Rejected) as error:
        Certificate.read(path)
    assert len(str(error.value)) < 400


def test_what_is_no_file_is_no_certificate(tmp_path):
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "large.json").write_text(" " * 6_000_000)
    os.mkfifo(tmp_path / "pipe.json")
    for path in tmp_path.iterdir():
        with pytest.raises(Rejected):
            Certificate.read(path)
