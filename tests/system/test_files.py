"""Files: whole or not at all, one writer at a time, and a record whose every changed bit is found before it is read."""

import json
import multiprocessing as mp
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import regretlab as rl
from regretlab import studies
from regretlab.engines.compiled import compilation
from regretlab.runs import netcdf
from regretlab.studies import output
from regretlab.studies.figures import Drawn
from regretlab.system import files, memory
from regretlab.system.files import PARTIAL, atomically, one_writer, seal, sealed_content, write_sealed


@pytest.fixture(scope="module", name="run")
def _run():
    return rl.simulate("stochastic_reddi", ["adam", "adamcb", "sgd"], horizon=12, replicates=2, measure=["cumulative"])


@pytest.fixture(name="record")
def _record(run, tmp_path):
    return run.to_netcdf(tmp_path / "run.nc")


def refused(path):
    with pytest.raises(rl.InputError) as caught:
        rl.Result.open(path)
    said = str(caught.value)
    assert said.endswith(".")
    assert len(said) < 1000
    return said


# A record is what was written


def test_a_record_comes_back_and_other_programs_read_it(run, record):
    assert rl.Result.open(record).record.identical(run.record)
    with xr.open_dataset(record) as other:
        assert other.identical(run.record)


@pytest.mark.parametrize("seed", range(3))
def test_no_changed_bit_reaches_the_reader(record, seed, monkeypatch):
    """200 single bits anywhere, runs of bytes, what is cut off or added, and parts of another record."""
    written, rng = record.read_bytes(), np.random.default_rng(seed)
    other = rl.simulate("reddi", "sgd", horizon=7, seed=seed).to_netcdf(record.with_name("other.nc")).read_bytes()

    def reached(*given, **named):
        raise AssertionError("HDF5 was given a changed file")

    monkeypatch.setattr(netcdf.netCDF4, "Dataset", reached)
    changed = [written[: rng.integers(len(written))] for _ in range(40)]
    for at in rng.integers(len(written), size=200):
        flipped = bytearray(written)
        flipped[at] ^= 1 << rng.integers(8)
        changed.append(bytes(flipped))
    for at in rng.integers(1, len(written) - 8, size=40):
        changed += [written[:at] + rng.bytes(8) + written[at + 8 :], written[:at] + other[at:], written[at:]]
    changed += [written + b"\n", written + other, b"", b"\n", other[:-60] + written[-60:]]
    for content in changed:
        record.write_bytes(content)
        assert "checksum" in refused(record)
    record.write_bytes(written)
    with pytest.raises(rl.InputError, match="AssertionError"):  # the twin: what is unchanged does reach it
        rl.Result.open(record)


def test_a_record_without_a_checksum_is_renewed_as_the_sentence_says(run, tmp_path):
    path = tmp_path / "old.nc"
    run.record.to_netcdf(path, engine="netcdf4")
    advice = refused(path).split("call ")[1].removesuffix(" once.")
    exec(f"import regretlab\n{advice}")
    assert rl.Result.open(path).record.identical(run.record)
    with pytest.raises(rl.InputError, match="has a checksum"):
        seal(path)


def described(record, **changes):
    facts = json.loads(record.attrs["descriptions"])
    facts[1].update(changes)
    return record.assign_attrs(descriptions=json.dumps(facts))


def without_a_key(record):
    facts = json.loads(record.attrs["descriptions"])
    del facts[0]["law"]
    return record.assign_attrs(descriptions=json.dumps(facts))


def with_a_gap(record, name, at):
    values = record[name].values.copy()
    values[at] = np.nan
    return record.assign({name: (record[name].dims, values)})


#: Content under a right checksum that no run has made, and a word of the sentence about it.
FOREIGN = {
    "another format": (lambda r: r.assign_attrs(format=2), "format"),
    "a format that is text": (lambda r: r.assign_attrs(format="3"), "format"),
    "no format": (lambda r: xr.Dataset({"a": 1}), "format"),
    "numbers for text": (lambda r: r.assign_attrs(engine=3), "'engine'"),
    "no JSON": (lambda r: r.assign_attrs(descriptions="[{]"), "not JSON"),
    "deep JSON": (lambda r: r.assign_attrs(descriptions="[" * 10**5), "not JSON"),
    "a long text": (lambda r: r.assign_attrs(descriptions="x" * 10**6), "not JSON"),
    "a table of descriptions": (lambda r: r.assign_attrs(descriptions="{}"), "not a list"),
    "too few descriptions": (lambda r: r.assign_attrs(descriptions="[]"), "every algorithm once"),
    "a description that is a number": (lambda r: r.assign_attrs(descriptions="[1, 2, 3]"), "not a table"),
    "a description without a key": (without_a_key, "lacks 'law'"),
    "a description of another type": (lambda r: described(r, horizon="12"), "not of type int"),
    "another horizon": (lambda r: described(r, horizon=13), "another horizon"),
    "another algorithm": (lambda r: described(r, algorithm="adamx"), "describes 'adamx'"),
    "other replicates": (lambda r: described(r, replicates=[0, 2]), "other replicates"),
    "ends of periods elsewhere": (lambda r: described(r, ends=[10**6]), "other ends of periods"),
    "ends of periods that are text": (lambda r: described(r, ends="12"), "other ends of periods"),
    "ends of periods that are lists": (lambda r: described(r, ends=[[3]]), "is no record"),
    "seconds that are text": (lambda r: r.assign_attrs(seconds='["1", 2, 3]'), "how long"),
    "an engine without a reason": (lambda r: r.assign_attrs(engines='[["a"], ["b"], ["c"]]'), "which engine"),
    "no times": (lambda r: r.isel(t=[]), "'t' of type int64 and length 0"),
    "falling times": (lambda r: r.isel(t=slice(None, None, -1)), "do not rise"),
    "times that are words": (lambda r: r.assign_coords(t=[f"t{t}" for t in r.t.values]), "'t' of type"),
    "a replicate twice": (lambda r: r.assign_coords(replicate=[0, 0]), "one replicate twice"),
    "no axis of algorithms": (lambda r: r.isel(algorithm=0), "no dimension 'algorithm'"),
    "algorithms that are numbers": (lambda r: r.assign_coords(algorithm=[1, 2, 3]), "'algorithm' of type"),
    "no losses": (lambda r: r.drop_vars("loss"), "lacks 'loss'"),
    "no state": (lambda r: r.drop_vars("state_words"), "lacks 'state_words'"),
    "turned curves": (lambda r: r.assign(loss=r["loss"].transpose()), "'loss' along"),
    "words for curves": (lambda r: r.assign(loss=r["loss"].astype(str)), "'loss' of type"),
    "a gap in the losses": (lambda r: with_a_gap(r, "loss", (0, 1, 2)), "'loss' that is not a number"),
    "no regret of one algorithm": (lambda r: with_a_gap(r, "online_low", 1), "'online_low'"),
    "a gap in another curve": (lambda r: with_a_gap(r, "sum_v_hat_p", (2, 0, 0)), "'sum_v_hat_p'"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_other_content_under_a_right_checksum_is_one_sentence(run, tmp_path, case):
    change, word = FOREIGN[case]
    write_sealed(tmp_path / "a.nc", netcdf.to_bytes(change(run.record.copy(deep=True))))
    assert word in refused(tmp_path / "a.nc")


def test_a_record_of_the_ends_alone_is_read_and_extended(run, tmp_path):
    """Earlier versions had no online and cumulative beside online_low and online_high."""
    write_sealed(tmp_path / "a.nc", netcdf.to_bytes(run.record.drop_vars(["online", "cumulative"])))
    read = rl.Result.open(tmp_path / "a.nc")
    assert (read.record.online == run.record.online_low).all()
    longer, expected = (
        r.extend(problem="stochastic_reddi", horizon=20).interval("online", "adam") for r in (read, run)
    )
    assert longer == expected


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89HDF\r\n\x1a\n" + bytes(500), b"CDF\x01" + bytes(90)])
def test_other_bytes_under_a_right_checksum_are_one_sentence(tmp_path, content):
    write_sealed(tmp_path / "a.nc", content)
    assert "netCDF-4" in refused(tmp_path / "a.nc") or "format" in refused(tmp_path / "a.nc")


def test_a_record_that_claims_more_than_it_holds_is_not_read(run, tmp_path):
    run.record.to_netcdf(tmp_path / "a.nc", engine="netcdf4")
    with netcdf.netCDF4.Dataset(tmp_path / "a.nc", mode="r+") as file:
        file.createDimension("wide", 10**12)
        file.createVariable("empty", "f8", ("wide",), chunksizes=(10**6,), zlib=True)
    seal(tmp_path / "a.nc")
    assert "claims more numbers" in refused(tmp_path / "a.nc")


@pytest.mark.parametrize("name", ["none.nc", ".", "\0", "a" * 3000])
def test_what_is_no_file_is_no_result(tmp_path, name):
    assert re.search("no result file|is not a path", refused(f"{tmp_path}/{name}"))


def test_a_directory_in_the_way_of_a_record_is_one_sentence(run, tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "run.nc"):
        with pytest.raises(rl.InputError, match="cannot write"):
            run.to_netcdf(path)


# Whole or not at all


def test_what_a_killed_write_left_is_taken_away_by_the_next_one_and_what_is_in_use_stays(tmp_path):
    (tmp_path / f"{PARTIAL}dead").mkdir()
    (tmp_path / f"{PARTIAL}dead" / "a.txt").write_text("half")
    (tmp_path / "mine.partial").write_text("another file")
    with atomically(tmp_path / "a.txt") as first:
        first.write_text("first")
        assert [path.parent.name for path in tmp_path.glob(f"{PARTIAL}*/*")] == [first.parent.name]
        with atomically(tmp_path / "b.txt") as second:
            second.write_text("second")
            assert first.exists(), "the other write is going on"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt", "mine.partial"]


def _interrupted(target):
    with atomically(target) as partial:
        partial.write_text("half")
        raise KeyboardInterrupt


def test_a_failed_write_leaves_what_was_there(tmp_path):
    write_sealed(tmp_path / "a", b"before")
    with pytest.raises(KeyboardInterrupt):
        _interrupted(tmp_path / "a")
    assert sealed_content(tmp_path / "a") == b"before"
    assert len(list(tmp_path.iterdir())) == 1


def _hold(folder, ready):
    with one_writer(folder):
        ready.set()
        time.sleep(60)


def test_one_process_writes_to_a_folder_and_a_killed_one_lets_go(tmp_path):
    context = mp.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=_hold, args=(tmp_path, ready))
    process.start()
    assert ready.wait(60)
    with pytest.raises(rl.InputError) as caught, one_writer(tmp_path):
        pass
    for word in (f"process {process.pid} on ", " since 2", "name another"):
        assert word in str(caught.value)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert (tmp_path / files.LOCK).exists(), "nobody has taken it away"
    with one_writer(tmp_path), pytest.raises(rl.InputError, match=f"process {os.getpid()} on"), one_writer(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


# A study on disk


def study(horizon=20):
    return studies.override(studies.load("reddi"), {"horizon": horizon, "replicates": 1})


def write(folder, horizon=20, **options):
    chosen = studies.select(study(horizon), [], ["sgd", "adam"])
    return output.write_study(chosen, chosen.check(), output.OutputFolder(folder), **options)


def horizons(folder):
    """The horizons that the summary and the results of a folder speak of."""
    rows = json.loads((folder / "summary.json").read_text())["rows"]
    return {row["horizon"] for row in rows}, {rl.Result.open(path).horizon for path in folder.rglob("*.nc")}


@pytest.fixture
def plain(monkeypatch):
    """Figures take most of a run's time; these tests are about the files."""
    monkeypatch.setattr(output.figures, "drawn", lambda result, title, name: Drawn(name, "<svg></svg>", "", "[]"))


def test_a_run_takes_the_place_of_the_one_before_when_it_is_whole(tmp_path, monkeypatch):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "mine.nc").write_text("a file of the user's")
    (tmp_path / "results" / f"{PARTIAL}old").mkdir()
    write(tmp_path)
    other = rl.simulate("reddi", "sgd", horizon=3)
    other.to_netcdf(tmp_path / "results" / "of-another-study.nc")
    monkeypatch.setattr(output, "_draw", lambda *task: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, horizon=30)
    assert {row["horizon"] for row in json.loads((tmp_path / "summary.json").read_text())["rows"]} == {20}
    assert rl.Result.open(tmp_path / "results" / "reddi.nc").horizon == 20
    assert rl.Result.open(tmp_path / output.STAGE / "results" / "reddi.nc").horizon == 30
    monkeypatch.undo()
    made = []
    monkeypatch.setattr(output, "simulate", lambda *given, **options: made.append(given))
    write(tmp_path, horizon=30, resume=True)
    assert not made, "what was finished is kept"
    assert (tmp_path / "results" / "mine.nc").read_text() == "a file of the user's"
    (tmp_path / "results" / "mine.nc").unlink()
    assert horizons(tmp_path) == ({30}, {30})
    there = ["figures", "report.html", "results", "summary.json", "tables"]
    assert sorted(path.name for path in tmp_path.iterdir()) == there


@pytest.mark.parametrize(
    ("moment", "count"), [("unlink", 0), ("unlink", 1), ("unlink", 3), ("replace", 0), ("replace", 2), ("replace", 9)]
)
def test_an_end_at_any_moment_of_the_change_leaves_no_mixture(plain, tmp_path, monkeypatch, moment, count):
    write(tmp_path)
    real, left = (Path.unlink if moment == "unlink" else os.replace), [count]
    staged = tmp_path / output.STAGE / "summary.json"

    def ends(path, *more, **options):
        if staged.exists() and str(path).startswith(str(tmp_path)) and PARTIAL not in str(path):
            left[0] -= 1
            if left[0] < 0:
                raise KeyboardInterrupt
        return real(path, *more, **options)

    monkeypatch.setattr(Path if moment == "unlink" else os, moment, ends)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, horizon=30)
    monkeypatch.setattr(Path if moment == "unlink" else os, moment, real)
    if (tmp_path / "summary.json").exists():
        assert [rl.Result.open(path).horizon for path in (tmp_path / "results").iterdir()] == [20, 20]
    write(tmp_path, horizon=30, resume=True)
    assert horizons(tmp_path) == ({30}, {30})


def test_strays_of_a_killed_run_do_not_stop_the_next_one(tmp_path):
    for place in ("", "results/parts", f"{output.STAGE}/parts", f"{output.STAGE}/results"):
        stray = tmp_path / place / f"{PARTIAL}xyz"
        stray.mkdir(parents=True)
        (stray / "0-x.nc").write_bytes(os.urandom(3000))
    write(tmp_path, resume=True)
    assert not list(tmp_path.rglob(f"{PARTIAL}*"))
    assert horizons(tmp_path) == ({20}, {20})


def test_a_damaged_result_is_made_anew(tmp_path):
    write(tmp_path)
    path = tmp_path / "results" / "reddi.nc"
    path.write_bytes(path.read_bytes()[:-5])
    write(tmp_path, resume=True)
    assert horizons(tmp_path) == ({20}, {20})


def test_a_second_run_into_a_folder_is_told_of_the_first(tmp_path, monkeypatch):
    folder = output.OutputFolder(tmp_path)
    with folder.in_use(), pytest.raises(rl.InputError, match=f"is being written by process {os.getpid()}"):
        write(tmp_path)


BAD_PLACES = ["file", "file/below", "loop", "/dev/full", "/proc/nothing", "a" * 300, "/dev/null/x"]


@pytest.mark.parametrize("place", BAD_PLACES)
def test_a_folder_that_cannot_be_is_one_sentence(call, tmp_path, place):
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to("loop")
    status, out, err = call("run", "reddi", "--horizon", "5", "--out", place)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert "cannot write to --out" in err


# What runs out


def test_a_full_disk_is_one_sentence_and_a_full_cache_is_none(call, monkeypatch, tmp_path):
    def full(self, content, *more, **options):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        status, _, err = call("run", "reddi", "--horizon", "20", "--algorithms", "sgd", "--jobs", "1")
    assert status == 2
    assert err.splitlines()[-1].startswith("regretlab: cannot write")
    assert "No space left on device" in err
    assert "Traceback" not in err


def test_kernels_run_without_their_cache(monkeypatch, tmp_path):
    """The cache of Numba fails as it does on a full disk: when it saves, and when it looks."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    kernel = compilation.entry(_twice)

    def full(*given):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(type(kernel._cache._cache_file), "save", full)
        assert kernel(21) == 42
    assert not list(tmp_path.rglob("*.nbi"))


def _twice(a):
    return 2 * a


@pytest.mark.skipif(sys.platform != "linux", reason="a limit on memory, and its use, as Linux has them")
def test_work_that_needs_more_memory_than_is_left_is_refused_before_it_begins():
    code = """
import resource, regretlab as rl
rl.simulate
resource.setrlimit(resource.RLIMIT_AS, (6 << 30,) * 2)
for problem, replicates in (("reddi(period=3e8)", 1), ("one_neuron(n=4e9, d=2)", 1), ("logistic", 1_000_000)):
    try: rl.simulate(problem, "sgd", horizon=5, replicates=replicates)
    except rl.InputError as error: print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert len(said) == 3
    assert all("GiB of memory, of which" in sentence and sentence.endswith(".") for sentence in said)


def test_memory_that_runs_out_is_one_sentence(call, monkeypatch):
    def exhausted(*given, **options):
        return np.empty(2**62, dtype=np.uint8)

    monkeypatch.setattr(output, "simulate", exhausted)
    status, _, err = call("run", "reddi", "--horizon", "20", "--algorithms", "sgd", "--jobs", "1")
    assert status == 2
    assert "regretlab: there is not enough memory (Unable to allocate" in err
    assert memory.available() > 0
