"""``regretlab sweep``: its table, page and summary, its store, and one sentence for what it cannot do."""

import errno
import json

import pytest
import xarray as xr

import regretlab as rl
from regretlab.store import _places
from regretlab.sweeps import executors, output
from tests.helpers.cluster import cluster

QUICK = ("sweep", "quick.toml", "--over", "alpha=0.1,1", "--over", "T=5:20:x2", "--jobs", "1")


@pytest.fixture(name="study")
def _study(tmp_path):
    text = (
        'problem = "reddi(C=8)"\nalgorithm = ["sgd", "adam(beta1=0, beta2=1/65)"]\nreplicates = 2\nquestion = "How?"\n'
    )
    (tmp_path / "quick.toml").write_text(f'{text}\n[conclude]\nwhat = "scaling"\n')


@pytest.mark.usefixtures("study")
def test_a_sweep_prints_a_table_and_writes_a_page(call, tmp_path):
    status, out, err = call(*QUICK, "--store", "runs", "--out", "out")
    assert (status, err) == (0, "")
    assert "quick over algorithm (2), alpha (2), T (3): 12 cells" in out
    assert "sgd.zinkevich" in out
    assert "Report: out/report.html" in out
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "figures",
        "report.html",
        "summary.json",
        "sweep.nc",
    ]
    with xr.open_dataset(tmp_path / "out" / "sweep.nc") as data:
        assert dict(data.sizes) == {"problem": 1, "algorithm": 2, "alpha": 2, "T": 3, "replicate": 2, "bound": 2}
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["axes"]["T"] == [5, 10, 20]
    assert len(summary["cells"]) == 12
    assert summary["cells"][0]["where"] == {"problem": "reddi(C=8)", "algorithm": "sgd", "alpha": 0.1, "T": 5}
    assert set(summary["verdicts"]) == {"sgd.zinkevich", "adam.printed"}
    page = (tmp_path / "out" / "report.html").read_text()
    for words in ("quick over algorithm, alpha, T: How?", "Conclusion", "goes like T^", "Along T", "<svg", "12 cells"):
        assert words in page
    assert call(*QUICK, "--store", "runs", "--out", "out", "-q") == (0, "Report: out/report.html\n", "")


@pytest.mark.usefixtures("study")
def test_the_summary_is_printed_as_json(call):
    status, out, _ = call(*QUICK, "--json")
    assert status == 0
    assert len(json.loads(out)["cells"]) == 12


@pytest.mark.usefixtures("study")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--over", "alpha"), "names no values"),
        (("--over", "T=5:1:x2", "--over", "K=1"), "ends before it begins"),
        (("--over", "T=5", "--over", "T=6"), "names T twice"),
        (("--over", "alhpa=1"), "did you mean 'alpha'"),
        (("--over", "alpha=1", "--jobs", "0"), "jobs=0 is outside"),
        (("--over", "alpha=1", "--store", "quick.toml"), "store"),
        (("--over", "alpha=1", "--dask", "tcp://127.0.0.1:9"), "no Dask scheduler answers"),
        (("--over", "alhpa=1", "--dask", "tcp://127.0.0.1:9"), "did you mean 'alpha'"),
        (("--over", "alpha=1", "--dask", "tcp://127.0.0.1:9", "--store", "quick.toml"), "store"),
        (("--over", "alpha=1", "--out", "quick.toml"), "cannot write"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_status_2(call, monkeypatch, arguments, sentence):
    monkeypatch.setattr(executors, "DASK_SECONDS", 0.2)
    monkeypatch.setattr(executors, "carried_out", None)
    status, out, err = call("sweep", "quick.toml", "--jobs", "1", *arguments)
    assert (status, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1


@pytest.mark.usefixtures("study")
def test_an_interruption_is_one_sentence_and_status_130(call, monkeypatch):
    def stopped(*of):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(executors, "carried_out", stopped)
    status, _, err = call(*QUICK, "--store", "runs")
    assert status == 130
    assert err == (
        "regretlab: interrupted: 0 of 12 cells were finished, they are in the store; the same call goes on.\n"
    )


@pytest.mark.usefixtures("study")
def test_a_store_on_a_full_disk_is_one_sentence_and_the_cells_are_whole(call, monkeypatch):
    write = _places.Folder.write

    def full(place, name, content, first=False):
        if name.startswith("lines/"):
            (place.path / name).parent.mkdir(parents=True, exist_ok=True)
            raise OSError(errno.ENOSPC, "No space left on device")
        write(place, name, content, first)

    with monkeypatch.context() as disk:
        disk.setattr(_places.Folder, "write", full)
        status, out, err = call(*QUICK, "--store", "runs")
    assert status == 0
    assert "12 cells" in out
    assert err.startswith("regretlab: cannot write to the store")
    assert "No space left" in err
    assert err.count("\n") == 1
    assert call("store", "verify", "runs") == (0, "0 blocks, 0 damaged files.\n", "")
    assert call(*QUICK, "--store", "runs")[0::2] == (0, "")
    assert call("store", "verify", "runs") == (0, "12 blocks, 0 damaged files.\n", "")


@pytest.mark.usefixtures("study")
def test_a_page_on_a_full_disk_is_one_sentence(call, monkeypatch):
    def full(*of, **more):
        raise RuntimeError("NetCDF: HDF error")

    monkeypatch.setattr(xr.Dataset, "to_netcdf", full)
    status, out, err = call(*QUICK, "--out", "out")
    assert (status, out) == (2, "")
    assert err.startswith("regretlab: cannot write 'out/")
    assert err.endswith("with enough room.\n")
    assert err.count("\n") == 1


@pytest.mark.slow
@pytest.mark.usefixtures("study")
def test_a_cluster_that_runs_already_carries_it_out(call):
    _, here, _ = call(*QUICK, "--json")
    with cluster() as (_, address):
        status, there, _ = call(*QUICK, "--json", "--dask", address)
    assert status == 0
    here, there = json.loads(here), json.loads(there)
    for cell in (*here["cells"], *there["cells"]):
        del cell["seconds"]
    assert here == there


def test_figures_that_could_not_be_read_are_left_out(monkeypatch):
    found = rl.sweep({"problem": "reddi", "algorithm": "sgd"}, {"alpha": [0.1, 1], "T": [2, 3, 5]}, jobs=1)
    assert list(output.figures(found)) == [
        "Regret at the horizon over T", "Regret at the horizon over alpha",
        "Regret over bound at the horizon, over T and alpha",
    ]  # fmt: skip
    monkeypatch.setattr(output, "MOST_LINES", 1)
    monkeypatch.setattr(output, "MOST_FACETS", 1)
    assert list(output.figures(found)) == ["Regret over bound at the horizon, over T and alpha"]
