"""The command line: exit statuses, one-sentence errors, whole outputs, summary.json, resuming."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import regretlab as rl
from regretlab import __main__
from regretlab.bounds.assumptions import ETA, GAMMA_KB
from regretlab.claims import Ledger
from regretlab.cli import catalogue, page_cache
from regretlab.studies import figures, output
from tests.helpers.ledger import as_pinned

QUICK = ["run", "reddi", "--horizon", "42", "--replicates", "2", "--problems", "reddi"]


@pytest.fixture(name="bare")
def _bare(monkeypatch):
    """Leave the figures out, which take most of a short run's time: for tests that are not about them."""
    monkeypatch.setattr(figures, "titles", lambda result: [])


@pytest.mark.usefixtures("bare")
def test_the_main_verdicts(call, tmp_path):
    status, out, _ = call(*QUICK, "--out", "out")
    assert status == 0
    assert "violated from t = 42" in out
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    holding = [b["id"] for row in summary["rows"] for b in row["bounds"] if b["verdict"] == "holds"]
    assert out.count("holds") == len(holding) >= 4  # of AMSGrad twice, AdamX, SGD
    assert summary["schema"] == 1
    assert summary["study"] == "reddi"
    adam = next(row for row in summary["rows"] if row["algorithm"].startswith("adam("))
    assert adam["horizon"] == 42
    assert adam["regret"]["online"]["mean"] == pytest.approx(170.025329374862)
    (bound,) = adam["bounds"]
    assert (bound["id"], bound["verdict"], bound["first_violation"]) == ("adam.printed", "violated", 42)
    assert bound["ratio"] == pytest.approx(170.025329374862 / 168.530798765495)
    assert sum(bound["terms"].values()) == pytest.approx(bound["value"])
    assert {"id", "measured", "needed", "passed", "text"} == set(bound["assumptions"][0])
    assert set(adam["exponent"]) == {"value", "lo", "hi", "how"}


@pytest.mark.usefixtures("bare")
def test_the_ratio_beside_the_means_is_named_as_that_of_the_worst_run(call, tmp_path):
    arguments = ("--problems", "stochastic_reddi", "--algorithms", "amsgrad", "--horizon", "42", "--replicates", "3")
    _, out, _ = call("run", "reddi", *arguments, "--out", "out")
    row = json.loads((tmp_path / "out" / "summary.json").read_text())["rows"][0]
    bound = row["bounds"][0]
    assert bound["ratio"] > 1.1 * row["regret"]["online"]["mean"] / bound["value"]
    for heading in ("mean regret", "mean value", "largest ratio"):
        assert heading in out
    page = (tmp_path / "out" / "report.html").read_text()
    for heading in ("mean online regret", "mean value", "largest regret / bound"):
        assert heading in page


def test_everything_is_written_and_self_contained(call, tmp_path):
    call(*QUICK, "--out", "out")
    out = tmp_path / "out"
    page = (out / "report.html").read_text()
    assert "src=" not in page
    assert "http" not in page.replace("http://www.w3.org", "").replace("http://purl.org", "").replace(
        "http://creativecommons.org", ""
    ), "the page must open offline"
    assert page.count("<svg") >= 5
    assert "violated" in page
    assert (out / "results" / "reddi.nc").is_file()
    assert {p.suffix for p in (out / "figures").iterdir()} == {".csv", ".svg"}
    assert rl.Result.open(out / "results" / "reddi.nc").replicates == 2
    assert not [p for p in out.rglob("*") if p.name.startswith(".partial")]


@pytest.mark.usefixtures("bare")
def test_json_goes_to_standard_output(call):
    status, out, _ = call(*QUICK, "--algorithms", "adam", "--json")
    assert status == 0
    assert len(json.loads(out)["rows"]) == 1


@pytest.mark.usefixtures("bare")
def test_bare_names_take_the_studys_parameters_and_others_are_taken_as_written(call):
    _, out, _ = call(*QUICK, "--algorithms", "amsgrad,adam(alpha=1/10, lam=0.5)", "--json")
    assert [row["algorithm"] for row in json.loads(out)["rows"]] == [
        "amsgrad(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000)".replace("7/20", "0.35").replace("1/65", repr(1 / 65))
        .replace("1/1000", "0.001"), "adam(alpha=0.1, lam=0.5)",
    ]  # fmt: skip


@pytest.mark.usefixtures("bare")
def test_a_toml_study(call, tmp_path):
    (tmp_path / "mine.toml").write_text(
        'horizon = 20\nalgorithm = "adam(alpha=1/10)"\n[[run]]\nproblem = ["reddi(C=4)", "reddi(C=8)"]\n'
        '[[run]]\nproblem = "stochastic_reddi"\nhorizon = 30\nmeasure = "sampler"\n'
    )
    status, out, _ = call("run", "mine.toml", "--json")
    assert status == 0
    assert [row["horizon"] for row in json.loads(out)["rows"]] == [20, 20, 30]
    assert sorted(p.name for p in (tmp_path / "regretlab-out" / "mine" / "results").iterdir()) == [
        "reddi-1.nc", "reddi-2.nc", "stochastic-reddi.nc",
    ]  # fmt: skip


@pytest.mark.usefixtures("bare")
def test_adamcb_as_printed_is_vacuous_and_linear(call, tmp_path):
    call("run", "logistic", "--problems", "logistic(data='digits:0-1')", "--algorithms", "adamcb", "--horizon", "100",
         "--replicates", "2")  # fmt: skip
    page = (tmp_path / "regretlab-out" / "logistic" / "report.html").read_text()
    assert "the diameter term grows like T^1" in page
    assert "it is 1220.69 per step, for every T" in page
    assert "this bound is vacuous at this horizon" in page


BAD = {
    "unknown study": (["run", "redi"], ["unknown study 'redi'", "did you mean 'reddi'"]),
    "unknown algorithm": (["run", "--algorithms", "adamx2"], ["unknown algorithm 'adamx2'", "'adamx'"]),
    "an algorithm twice": (["run", "reddi", "--algorithms", "adam,adam"], ["is given twice", "list every"]),
    "unknown problem": (["run", "--problems", "logistics"], ["unknown problem 'logistics'", "'logistic'"]),
    "unknown parameter": (["run", "--algorithms", "adam(alpa=1)"], ["unknown parameter of adam 'alpa'", "'alpha'"]),
    "gamma": (["run", "--algorithms", "adamcb(gamma=1.3)"], ["gamma=1.3", "(0, 1]", "AdamCB"]),
    "K > n": (["run", "reddi", "--algorithms", "adamcb(batch_size=4)"], ["batch_size=4", "n=3"]),
    "horizon 0": (["run", "--horizon", "0"], ["horizon=0", "[1, "]),
    "horizon word": (["run", "--horizon", "long"], ["horizon='long'", "not an integer"]),
    "replicates": (["run", "--replicates", "0"], ["replicates=0"]),
    "eta": (["run", "--algorithms", "adamx(beta1=0.9, beta2=0.5)"], ["has 1.27279", f"printed needs {ETA.text} "]),
    "gamma_kb": (["run", "--algorithms", "adam(beta1=0.9, beta2=0.5)"], ["1.14551", f"needs {GAMMA_KB.text} (Kingma"]),
    "missing study": (["run", "none.toml"], ["no study file at 'none.toml'"]),
    "missing data": (["run", "--problems", "logistic(data='none.csv')"], ["none.csv"]),
    "nan labels": (["run", "--problems", "logistic(data='nan.csv')"], ["nan.csv"]),
    "constant labels": (["run", "--problems", "logistic(data='constant.csv')"], ["constant.csv"]),
    "toml key": (["run", "key.toml"], ["unknown key of a study 'horizn'", "'horizon'"]),
    "toml syntax": (["run", "syntax.toml"], ["not a TOML file"]),
    "toml value": (["run", "value.toml"], ["horizon='many'", "not an integer"]),
    "toml no problem": (["run", "empty.toml"], ["without 'problem'"]),
    "unwritable": (["run", "--out", "file/inside"], ["cannot write to --out"]),
    "unknown name": (["show", "adamx.print"], ["unknown name 'adamx.print'", "'adamx.printed'"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_sentence_and_status_2(case, call, tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "nan.csv").write_text("a,y\n1,0\n2,nan\n3,1\n")
    (tmp_path / "constant.csv").write_text("a,y\n1,0\n2,0\n")
    common = 'problem = "reddi"\nalgorithm = "adam"\n'
    (tmp_path / "key.toml").write_text(common + "horizn = 3\n")
    (tmp_path / "syntax.toml").write_text("horizon = = 3\n")
    (tmp_path / "value.toml").write_text(common + 'horizon = "many"\n')
    (tmp_path / "empty.toml").write_text('algorithm = "adam"\n')
    arguments, words = BAD[case]
    status, out, err = call(*arguments)
    assert status == 2
    assert out == ""
    assert err.startswith("regretlab: ")
    assert err.count("\n") == 1, err
    assert all(word in err for word in words), err
    assert not list(tmp_path.glob("**/summary.json"))
    assert not (tmp_path / "regretlab-out").exists(), "nothing is made before all is checked"


SHOWN = {
    "adamw(alpha=0.1)": ["adamw(alpha=0.1): AdamW (Loshchilov", "alpha = 0.1 (default 0.001)", "at these parameters"],
    "padam+adambs": ["padam+adambs: a pair", "Method Padam", "Sampler adambs", "at the defaults", "adambs.lemma1"],
    "amsgrad+adambs(p_min=1e-4, batch_size=8)": ["AMSGrad-BS (Liu", "p_min = 0.0001 (default tied", "K; here 8"],
    "adamcb(variant='ours')": ["adamcb(variant='ours'): AdamCB, ours", "Sampler adamcb_ours"],
    "reddi(C=8, period=5)": ["a problem", "C = 8 (default 4.0)", "c = 1.0", "n = 5 examples and d = 1"],
    " adam ": ["adam: Adam (Kingma"],
}


@pytest.mark.parametrize("text", SHOWN)
def test_show_takes_what_simulate_takes(text, call):
    status, page, _ = call("show", text)
    assert status == 0
    assert not [words for words in SHOWN[text] if words not in page], page


def test_quiet_commands_print_what_is_needed_alone(call):
    one = ("--problems", "reddi", "--algorithms", "sgd")
    status, out, err = call("run", "reddi", *one, "--horizon", "30", "--quiet", "--out", "here", "--jobs", "1")
    assert (status, out.split(), err) == (0, ["Report:", str(Path("here") / "report.html")], "")
    claim = 'from regretlab.claims import Paper, real\nP, a = Paper("mine", "Mine"), real("a")\n'
    Path("mine.py").write_text(claim + 'P.inequality("square", "x", at="Lemma 1", show=a**2 >= 0)\n')
    assert call("verify", "mine.py", "-q") == (0, "", "")
    Path("mine.py").write_text(claim + 'P.inequality("square", "x", at="Lemma 1", show=a >= 0)\n')
    status, out, _ = call("verify", "mine.py", "-q")
    assert (status, "DIFFERS: mine.square is refuted, its file expects proved" in out) == (1, True)


def test_a_single_claim_is_verified_by_its_name(call):
    status, out, _ = call("verify", "TP.Monotone.adamx")
    assert (status, out.count("Verdicts: 1,"), "Every verdict is as pinned." in out) == (0, 1, True)
    status, out, err = call("verify", "TP.Monotone.adamX")
    assert (status, out, "or folder: 'TP.Monotone.adamX'; did you mean" in err) == (2, "", True)


def test_a_shell_completes_commands(call, monkeypatch):
    for name, value in (("_REGRETLAB_COMPLETE", "complete_bash"), ("COMP_WORDS", "regretlab ver"), ("COMP_CWORD", "1")):
        monkeypatch.setenv(name, value)
    assert call()[1].split() == ["verify"]


def test_show_finds_the_claims_of_a_users_file(call):
    Path("mine.py").write_text(
        'from regretlab.claims import Paper, real\nP, a = Paper("mine", "Mine"), real("a")\n'
        'P.inequality("square", r"a^2 \\ge 0", at="Lemma 1", show=a**2 >= 0)\n'
        'P.inequality("twice", r"2a \\ge a", at="Lemma 2", show=2 * a >= a)\n'
    )
    status, page, _ = call("show", "mine.square", "--claims", "mine.py")
    assert (status, "Verdict:\n  proved" in page, "mine.square: Mine, Lemma 1" in page) == (0, True, True)
    assert "Verdict:\n  refuted" in call("show", "mine.twice", "--claims", "mine.py")[1]
    status, page, _ = call("show", "mine", "--claims", "mine.py")
    assert (status, page.splitlines()[2]) == (0, f"Claims (regretlab verify {Path('mine.py').resolve()}):")
    for name, file, said in (
        ("mine.sqare", "mine.py", "unknown claim 'mine.sqare'; did you mean 'mine.square'?"),
        ("other", "mine.py", "unknown claim 'other'. Known: mine.square, mine.twice."),
        ("mine", "none.py", "none.py does not exist; give a .py file of claims"),
    ):
        status, out, err = call("show", name, "--claims", file)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert said in err


def test_show_refuses_what_simulate_refuses(call):
    for text, said in (("adamw(alfa=0.1)", "did you mean 'alpha'"), ("padam+adamcs", "unknown sampler 'adamcs'")):
        status, out, err = call("show", text)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert said in err


def test_a_conclusion_without_what_it_needs_is_refused_before_the_first_step(call, monkeypatch):
    monkeypatch.setattr(output, "_simulate", lambda *given: pytest.fail("a step was made"))
    status, out, err = call("run", "weight-decay", "--problems", "logistic(data='digits:3-8')")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "concludes by test_loss, but logistic(digits:3-8) holds out no examples; give it test=0.2" in err
    for problem, conclude, said in (
        ("reddi", 'what = "ranking"\nby = "sampler"', 'write measure = ["sampler"]'),
        ("reddi", 'what = "ranking"\nby = "cumulative"', 'write measure = ["cumulative"]'),
        ("reddi", 'what = "parameter"\nname = "gamma"', "unknown parameter of adam 'gamma'"),
        ("reddi", 'what = "ranking"\neach = "p"', "unknown parameter of adam 'p'"),
    ):
        Path("mine.toml").write_text(f'problem = "{problem}"\nalgorithm = "adam"\n[conclude]\n{conclude}\n')
        status, _, err = call("run", "mine.toml")
        assert (status, err.count("\n")) == (2, 1)
        assert said in err


def test_usage_errors_have_status_2_as_well(call):
    status, _, err = call("run", "--colour", "red")
    assert status == 2
    assert "--colour" in err


def test_version_list_and_show(call, monkeypatch):
    monkeypatch.setattr(catalogue.Ledger, "verify", as_pinned)
    assert call("--version") == (0, f"regretlab {rl.__version__}\n", "")
    status, listed, _ = call("list")
    assert status == 0
    for name in ("seeds", "one_neuron", "digits:A-B", "adamcb_ours", "adambs_corrected.printed"):
        assert name in listed
    pages = {name: call("show", name)[1] for name in ("adamcb", "adamcb.printed", "logistic", "seeds", "cyclic", "sgd")}
    assert all(pages.values())
    assert "Lemma 2" in pages["adamcb"]
    assert "grows as T n^-1/2 d K^1/2" in pages["adamcb.printed"]
    assert "reconstructed" in pages["adamcb.printed"]
    assert "one_neuron" in pages["seeds"]


@pytest.mark.parametrize(
    ("spelled", "name"), [("Softmax", "softmax"), ("adam-impt", "adam_impt"), ("AMSGrad", "amsgrad")]
)
def test_names_are_found_as_papers_and_classes_spell_them(spelled, name):
    assert catalogue.page(spelled) == catalogue.page(name)


def test_every_listed_name_has_a_page(monkeypatch):
    """The claims that a bound's page re-checks are those of claims/test_verify; all pages share one ledger."""
    shipped = catalogue.Ledger()
    monkeypatch.setattr(catalogue.Ledger, "verify", lambda self, names, jobs: [])
    monkeypatch.setattr(catalogue, "Ledger", lambda paths=None: Ledger(paths) if paths else shipped)
    parts = {**catalogue.Problem.known, **catalogue.Method.known, **catalogue.Sampler.known}
    of_tests = {name for name, part in parts.items() if not part.__module__.startswith("regretlab.")}
    for rows in catalogue.everything().values():
        for name, line in rows:
            assert line, name
            if name not in catalogue.DATA_SETS and name not in of_tests:
                assert len(catalogue.page(name)) > 100, name


@pytest.mark.usefixtures("bare")
def test_the_same_problem_twice_is_run_twice(call, tmp_path):
    assert call("run", "reddi", "--problems", "reddi,reddi", "--algorithms", "adam", "--horizon", "5")[0] == 0
    names = {p.name for p in (tmp_path / "regretlab-out" / "reddi" / "results").iterdir()}
    assert names == {"reddi-1.nc", "reddi-2.nc"}


@pytest.mark.usefixtures("bare")
def test_resume_keeps_what_was_finished(call, tmp_path):
    call(*QUICK)
    first = (tmp_path / "regretlab-out" / "reddi" / "results" / "reddi.nc").stat().st_mtime_ns
    call(*QUICK, "--resume")
    assert (tmp_path / "regretlab-out" / "reddi" / "results" / "reddi.nc").stat().st_mtime_ns == first


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("other", [(*QUICK, "--seed", "1"), ("run", "seeds", *QUICK[2:], "--algorithms", "sgd")])
def test_resume_refuses_a_folder_of_another_study_and_leaves_it_alone(call, tmp_path, other):
    call(*QUICK, "--out", "there")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "there").rglob("*")}
    status, out, err = call(*other, "--out", "there", "--resume")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    for word in (
        "nothing of this study",
        "'there'",
        "reddi(",
        "T = ",
        "seed = 0",
        "another --out",
        "leave out --resume",
    ):
        assert word in err
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "there").rglob("*")} == before
    assert call(*other, "--out", "there")[0] == 0


def test_ctrl_c_is_one_line_while_the_command_loads_and_while_it_runs(call, monkeypatch, capsys):
    def interrupted(*given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(page_cache, "kept", interrupted)
        assert call("show", "adam") == (130, "", "regretlab: interrupted.\n")

    class Finder:
        """Interrupts the import of the command."""

        find_spec = staticmethod(lambda name, *given: interrupted() if name == "regretlab.cli.app" else None)

    monkeypatch.delitem(sys.modules, "regretlab.cli.app")
    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
    with pytest.raises(SystemExit) as stopped:
        __main__.main()
    assert stopped.value.code == 130
    assert capsys.readouterr().err == "regretlab: interrupted.\n"


@pytest.mark.usefixtures("bare")
def test_an_interruption_loses_only_what_was_running(call, tmp_path, monkeypatch):
    arguments = ("run", "reddi", "--horizon", "30", "--replicates", "1", "--seed", "5")
    call("run", "reddi", "--horizon", "20", "--replicates", "1")
    real, seen = output.simulate, []

    def interrupted(problem, text, **options):
        if len(seen) == 5:
            raise KeyboardInterrupt
        seen.append(text)
        return real(problem, text, **options)

    monkeypatch.setattr(output, "simulate", interrupted)
    status, _, err = call(*arguments)
    assert status == 130
    assert "what was finished is kept, and --resume goes on" in err
    out = tmp_path / "regretlab-out" / "reddi"
    made = out / output.STAGE / "results" / "reddi.nc"
    assert rl.Result.open(made).description("sgd").seed == 5, "all four algorithms were finished"
    assert {row["horizon"] for row in json.loads((out / "summary.json").read_text())["rows"]} == {20}
    earlier = [rl.Result.open(path) for path in (out / "results").iterdir()]
    assert {result.description("adam").seed for result in earlier} == {0}, "still the earlier run"
    steps = []

    def counted(*given, **options):
        result = real(*given, **options)
        steps.append(result.work.computed)
        return result

    monkeypatch.setattr(output, "simulate", counted)
    assert call(*arguments, "--resume")[0] == 0
    assert sorted(steps) == [0, 30, 30], "of the second problem's three algorithms, one was finished"
    assert (out / "summary.json").exists()
    assert {p.name for p in (out / "results").iterdir()} == {"reddi.nc", "stochastic-reddi.nc"}
    whole = (out / "summary.json").read_text()
    call(*arguments)
    assert (out / "summary.json").read_text() == whole


def descendants(pid):
    """The processes started by a process and by those (empty where the system does not say)."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    own = [int(child) for child in listed.read_text().split()] if listed.is_file() else []
    return own + [grandchild for child in own for grandchild in descendants(child)]


def alive(pid):
    status = Path(f"/proc/{pid}/stat")
    return status.is_file() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_a_killed_run_leaves_nothing_half_written(tmp_path):
    horizon = 1_000_000
    command = [
        sys.executable,
        "-m",
        "regretlab",
        "run",
        "reddi",
        "--horizon",
        str(horizon),
        "--jobs",
        "2",
        "--out",
        str(tmp_path / "o"),
    ]
    workers = []
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "o").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        while len(workers) < 4 and time.monotonic() < deadline:
            workers = descendants(process.pid)
            time.sleep(0.1)
        time.sleep(3)
        workers = descendants(process.pid)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    deadline = time.monotonic() + 40
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not any(map(alive, workers)), "the processes of a killed run go on"
    assert not (tmp_path / "o" / "summary.json").exists()
    # A fast machine finishes an algorithm before the signal; what is there has to be whole.
    for path in (tmp_path / "o").rglob("*.nc"):
        assert rl.Result.open(path).record["t"].values[-1] == horizon


@pytest.mark.usefixtures("bare")
def test_runs_are_reproducible_to_the_byte(call, tmp_path):
    texts = []
    for out in ("a", "b"):
        call(*QUICK, "--out", out, "--algorithms", "adam")
        texts.append((tmp_path / out / "summary.json").read_text())
    assert texts[0] == texts[1]
    assert np.isfinite(json.loads(texts[0])["rows"][0]["bounds"][0]["value"])
