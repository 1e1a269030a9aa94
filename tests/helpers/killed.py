"""A sweep of two processes that a test kills: ``python -m tests.helpers.killed STORE`` prints its dataset's digest."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from regretlab.system import processes

if __name__ == "__main__":  # workers are forks of a process that has loaded this, while this one loads the rest
    processes.warm_up("tests.helpers.slow")

import regretlab as rl
from tests.helpers.slow import Slow

OVER = {"seed": [0, 1, 2, 3, 4, 5, 6, 7], "T": [3, 10]}
BLOCKS = 16


def study() -> dict:
    return {"problem": Slow(wait=0.01), "algorithm": "sgd", "replicates": 2}


def digest(found: rl.Sweep) -> str:
    """The digest of everything a sweep found but how long it took."""
    values = found.dataset.drop_vars("seconds").to_dict()
    return hashlib.sha256(repr(values).encode()).hexdigest()


def blocks(store: Path) -> list[Path]:
    return sorted(store.glob("lines/*/T*.nc"))


def run(store: Path, new: int | None = None, number: int = signal.SIGKILL, late: float = 0.0) -> tuple[int, str]:
    """Run the sweep in a session of its own, and send it a signal some time after so many new blocks; return what it
    printed and its exit status, once no process of the session is left.
    """
    command = [sys.executable, "-m", "tests.helpers.killed", str(store)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    there = len(blocks(store))
    while new is not None and process.poll() is None and len(blocks(store)) < min(there + new, BLOCKS):
        time.sleep(0.005)
    if new is not None and process.poll() is None:
        time.sleep(late)
        process.send_signal(number)
    out, err = process.communicate(timeout=900)  # a machine may be busy
    until = time.monotonic() + 60
    while (still := session(process.pid)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not still, "processes are left"
    return process.returncode, (out or err).strip()


def session(number: int) -> list[int]:
    """List the processes of a session, zombies among them."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found += [int(entry.name)] if os.getsid(int(entry.name)) == number else []
            except OSError:
                continue
    return found


def half_written(store: Path) -> list[str]:
    """List the files of a store that no finished write explains."""
    return [str(path) for path in store.rglob("*") if ".partial-" in str(path)]


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    try:
        print(digest(rl.sweep(study(), OVER, store=sys.argv[1], jobs=2)))
    except KeyboardInterrupt as stop:
        sys.exit(f"{stop}")
