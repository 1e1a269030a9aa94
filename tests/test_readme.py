"""The README's Python runs as it stands, block after block in one session."""

import re
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from distributed import LocalCluster

BLOCKS = re.findall(r"```python\n(.*?)```", (Path(__file__).parents[1] / "README.md").read_text(), re.DOTALL)


def test_the_readme_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    local = partial(LocalCluster, n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0")
    slurm = SimpleNamespace(SLURMCluster=lambda queue, cores, memory, walltime: _Scaled(local()))
    monkeypatch.setitem(sys.modules, "dask_jobqueue", slurm)
    space = {"__name__": "readme"}
    for block in BLOCKS:
        exec(compile(block, "README.md", "exec"), space)
    for name, value in list(space.items()):
        if name.startswith("test_"):
            value()
    assert (tmp_path / "reddi.nc").is_file()
    assert (space["freezes"].regret[:, -1] > 300).all(), "the arm freezes in every run"
    assert space["swept"].dataset.sizes["T"] == 3
    assert (tmp_path / "runs" / "store.json").is_file()
    space["cluster"].close()
    assert len(BLOCKS) == 8


class _Scaled:
    """A cluster of this machine in the place of one that grows by jobs."""

    def __init__(self, local):
        self.get_client, self.close = local.get_client, local.close

    def scale(self, jobs):
        pass


def test_the_checkers_are_no_longer_than_the_readme_says():
    root = Path(__file__).parents[1]
    said = int(re.search(r"claims/checkers`, under (\d+) lines", (root / "README.md").read_text())[1])
    lines = sum(len(file.read_text().splitlines()) for file in (root / "regretlab/claims/checkers").glob("*.py"))
    assert 0.8 * said < lines < said
