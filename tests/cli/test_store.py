"""The commands about a store of finished runs."""

import json

import pytest

import regretlab as rl
from regretlab.cli import terminal
from regretlab.store import _places
from regretlab.studies import output
from regretlab.studies.figures import Drawn
from regretlab.system import code as _code
from regretlab.system import processor

PAIRS = ["reddi", "stochastic_reddi(C=4)"], ["sgd(alpha=0.1)", "adam(alpha=0.1)"]
STUDY = f"""
store = "kept"
problem = {PAIRS[0]}
algorithm = {PAIRS[1]}
horizon = 20
"""


@pytest.fixture
def kept(tmp_path):
    """A store with four lines: two algorithms on two problems."""
    for problem in PAIRS[0]:
        rl.simulate(problem, PAIRS[1], horizon=20, store=tmp_path / "kept")
    return tmp_path / "kept"


def rows(call, *options):
    return json.loads(call("store", "ls", "kept", "--json", *options)[1])


def test_what_was_run_is_listed_with_its_numbers(call, kept):
    listed = rows(call)
    assert len(listed) == 4
    assert {(row["horizon"], row["replicates"], row["current"]) for row in listed} == {(20, 1, True)}
    assert {row["algorithm"].split("(")[0] for row in listed} == {"sgd", "adam"}
    status, out, err = call("store", "ls", "kept")
    assert (status, err) == (0, "")
    for row in listed:
        assert row["line"][:8] in out
    assert "4 lines" in out
    assert len(rows(call, "--select", "adam", "--select", "stochastic")) == 1


def test_the_list_fits_a_terminal_and_json_has_everything(call, tmp_path, monkeypatch):
    methods = ["adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)", "sgd(alpha=0.123456789)"]
    rl.simulate("reddi(C=8)", methods, horizon=20, store=tmp_path / "kept")
    monkeypatch.setattr(terminal, "PLAIN_WIDTH", 80)
    kind = rows(call)[0]["processor"]
    _, out, _ = call("store", "ls", "kept")
    assert max(map(len, out.splitlines())) <= 80
    assert "beta2=1/65" in out
    assert "alpha=0.1235" in out
    assert " ".join(out.split()).count(kind) == 1, "all are of one kind"
    assert {"beta2=0.015384615384615385" in row["algorithm"] for row in rows(call)} == {True, False}
    with monkeypatch.context() as other:
        other.setattr(processor, "kind", lambda: "another kind")
        other.setattr(_code, "of_library", lambda: "0123456789abcdef")
        rl.simulate("reddi(C=8)", methods, horizon=20, store=tmp_path / "kept")
    _, out, _ = call("store", "ls", "kept")
    assert max(map(len, out.splitlines())) <= 80
    assert "Processor 2: " in out
    ends = [line.split()[-2:] for line in out.splitlines()]
    assert ends.count(["1", "other"]) + ends.count(["2", "other"]) == 2
    assert ends.count(["1", "this"]) + ends.count(["2", "this"]) == 2


def test_a_study_computes_what_its_store_lacks(call, kept, tmp_path, monkeypatch):
    work, real = [], output.simulate

    def counted(*given, **options):
        result = real(*given, **options)
        work.append(tuple(result.work))
        return result

    monkeypatch.setattr(output, "simulate", counted)
    monkeypatch.setattr(output.figures, "drawn", lambda result, title, name: Drawn(name, "<svg></svg>", "", "[]"))
    (tmp_path / "mine.toml").write_text(STUDY)
    assert call("run", "mine.toml", "--jobs", "1")[0] == 0
    assert work == [(0, 20)] * 4, "the study names its store"
    work.clear()
    assert call("run", "mine.toml", "--jobs", "1", "--replicates", "3", "--store", tmp_path / "kept")[0] == 0
    assert work == [(40, 20)] * 4
    work.clear()
    damaged = sorted(kept.rglob("*-r0-0-*.nc"))[1]
    damaged.write_bytes(damaged.read_bytes()[:-100])
    status, _, err = call("run", "mine.toml", "--jobs", "1", "--problems", "reddi,stochastic_reddi(C=4)")
    assert status == 0
    assert (
        err == f"regretlab: the block {damaged.relative_to(kept)} of the store {str(kept)!r} is damaged: its checksum "
        "is another than that of its content; it is left unused, and made again.\n"
    )
    (tmp_path / "mine.toml").write_text(STUDY.replace('"kept"', "3"))
    status, _, err = call("run", "mine.toml")
    assert status == 2
    assert "store=3 in the study is not text" in err


def test_verify_names_a_damaged_block_and_prune_takes_it(call, kept):
    assert call("store", "verify", "kept") == (0, "4 blocks, 0 damaged files.\n", "")
    damaged = sorted(kept.rglob("*.nc"))[1]
    damaged.write_bytes(damaged.read_bytes()[:-100])
    status, out, _ = call("store", "verify", "kept")
    assert status == 1
    assert f"{damaged.relative_to(kept)} is damaged" in out
    assert "1 of 4 blocks would be" in call("store", "prune", "kept", "--damaged", "--dry-run")[1]
    assert damaged.exists()
    assert "1 of 4 blocks taken away" in call("store", "prune", "kept", "--damaged")[1]
    assert not damaged.parent.exists(), "nor is its line left"
    assert call("store", "verify", "kept")[0] == 0


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("command", [("ls",), ("verify",), ("prune", "--damaged", "--stale", "--dry-run")])
def test_every_folder_of_a_store_is_listed_once(call, monkeypatch, command):
    listed, names = [], _places.Folder.names
    monkeypatch.setattr(_places.Folder, "names", lambda place, folder: listed.append(folder) or names(place, folder))
    assert call("store", command[0], "kept", *command[1:])[0] == 0
    assert len(listed) == len(set(listed)) == 1 + 4, "that of the lines, and those of four"


def test_prune_takes_what_other_code_made_or_what_is_old(call, kept, monkeypatch):
    assert "0 of 4 blocks" in call("store", "prune", "kept")[1]
    assert "0 of 4 blocks" in call("store", "prune", "kept", "--older-than", "1")[1]
    with monkeypatch.context() as changed:
        changed.setattr(_code, "of_library", lambda: "0123456789abcdef")
        assert {row["current"] for row in rows(call)} == {False}
        assert "4 of 4 blocks would be" in call("store", "prune", "kept", "--dry-run")[1]
    assert "4 of 4 blocks taken away" in call("store", "prune", "kept", "--older-than", "0")[1]
    assert not list((kept / "lines").iterdir())


def test_prune_takes_snapshots_of_runs_that_were_stopped(call, kept, monkeypatch):
    store = rl.Store(kept)
    line = next(store.lines())
    store.snapshots(line, 100, (0,)).write(b"half way")
    assert "0 of 4 blocks taken away" in call("store", "prune", "kept")[1], "the run may go on"
    assert "blocks and 1 snapshots" in call("store", "prune", "kept", "--older-than", "0", "--dry-run")[1]
    monkeypatch.setattr(_code, "of_library", lambda: "0123456789abcdef")
    assert "4 of 4 blocks and 1 snapshots" in call("store", "prune", "kept")[1]
    assert not list((kept / "lines").iterdir())


def test_verify_names_a_damaged_description(call, kept):
    path = next(kept.rglob("line.json"))
    path.write_text("{")
    status, out, _ = call("store", "verify", "kept")
    assert status == 1
    assert f"{path.relative_to(kept)} is missing or damaged" in out


def test_export_writes_a_record_or_a_tar_that_another_store_imports(call, kept, tmp_path):
    assert call("store", "export", "kept", "one.nc", "--select", "stochastic")[0] == 0
    exported = rl.Result.open(tmp_path / "one.nc")
    result = rl.simulate(PAIRS[0][1], PAIRS[1], horizon=20)
    assert sorted(exported.algorithms) == sorted(result.algorithms)
    for name in result.algorithms:
        assert exported.of(name).drop_vars("algorithm").equals(result.of(name).drop_vars("algorithm"))
    assert call("store", "export", "kept", "all.tar")[0] == 0
    assert "4 blocks are new" in call("store", "import", "other", "all.tar")[1]
    assert "0 blocks are new" in call("store", "import", "other", "all.tar")[1]
    assert sorted(p.name for p in (tmp_path / "other").rglob("*")) == sorted(p.name for p in kept.rglob("*"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ls", "nowhere"), "there is no store at"),
        (("verify", "."), "there is no store at"),
        (("ls", "file"), "cannot read the store"),
        (("ls", "nonsense://x"), "no URL that fsspec knows"),
        (("prune", "kept", "--older-than", "-1"), "older-than=-1 is outside"),
        (("export", "kept", "x.csv"), "ends neither in .nc nor in .tar"),
        (("export", "kept", "x.nc"), "is there twice; join"),
        (("export", "kept", "x.nc", "--select", "lion"), "nothing to export from the store"),
        (("export", "kept", "/proc/x.tar"), "cannot write"),
        (("import", "new", "file"), "as a tar file of blocks"),
    ],
)
def test_bad_input_is_one_sentence(call, kept, tmp_path, arguments, words):
    (tmp_path / "file").write_text("")
    status, out, err = call("store", *arguments)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert words in err
    assert not (tmp_path / "new").exists(), "no empty store is left"
