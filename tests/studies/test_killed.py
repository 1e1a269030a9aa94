"""A long run from the command line that is killed near its end goes on from there by ``--resume``, to the same bits."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import regretlab as rl

T = 1_000_000
#: The command, which saves its state after every block of steps, and is killed at a step if one is given.
COMMAND = """if True:
    import os, signal, sys
    from regretlab.engines import blocks
    from regretlab.runs import schedule, snapshots

    blocks.LARGEST_BLOCK = 1 << 14
    snapshots.Snapshots.__init__.__defaults__ = ("", 0.0, 1.0)
    last, steps, begun = int(sys.argv.pop(1)), schedule.Schedule.steps, []

    def counted(self, first, count):
        if not begun:
            begun.append(first)
            print("begins at", first, flush=True)
        if first > last:
            os.kill(os.getpid(), signal.SIGKILL)
        return steps(self, first, count)

    schedule.Schedule.steps = counted
    from regretlab.__main__ import main

    main()
"""


def command(folder, last, *more):
    """Run a study in a process of its own; its exit status, and the step at which it began."""
    given = ["run", "study.toml", "--jobs", "1", "--out", "out", *more]
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, str(last), *given], cwd=folder, capture_output=True, text=True, timeout=3600
    )
    begun = [int(line.split()[-1]) for line in done.stdout.splitlines() if line.startswith("begins at")]
    return done.returncode, begun[0]


@pytest.mark.slow
def test_a_run_that_is_killed_at_nine_tenths_goes_on_from_there(tmp_path):
    for name in ("undisturbed", "killed"):
        (tmp_path / name).mkdir()
        Path(tmp_path / name / "study.toml").write_text(
            f'problem = "stochastic_reddi(C=4)"\nalgorithm = "amsgrad(alpha=0.5)"\nhorizon = {T}\nreplicates = 8\n'
        )
    assert command(tmp_path / "undisturbed", T) == (0, 1)
    assert command(tmp_path / "killed", 9 * T // 10) == (-signal.SIGKILL, 1)
    status, begun = command(tmp_path / "killed", T, "--resume")
    assert status == 0
    assert 0.85 * T < begun < 0.95 * T
    whole, resumed = (
        rl.Result.open(tmp_path / name / "out" / "results" / "stochastic-reddi.nc").record
        for name in ("undisturbed", "killed")
    )
    assert set(whole.variables) == set(resumed.variables)
    assert all(whole[name].values.tobytes() == resumed[name].values.tobytes() for name in whole.variables)
    texts = [(tmp_path / name / "out" / "summary.json").read_text() for name in ("undisturbed", "killed")]
    assert texts[0] == texts[1]
    assert not list((tmp_path / "killed" / "out").glob(".*")), "nothing unfinished is left"
