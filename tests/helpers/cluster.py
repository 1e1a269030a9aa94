"""A Dask cluster in a process of its own, that can be killed: its address is printed, and it ends with its input."""

import subprocess
import sys
from contextlib import contextmanager


def main() -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp://", dashboard_address=":0"
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()


@contextmanager
def cluster():
    """Start one; yield its process and its address."""
    command = [sys.executable, "-m", "tests.helpers.cluster"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


if __name__ == "__main__":
    main()
