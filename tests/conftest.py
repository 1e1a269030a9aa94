"""What several test files need."""

import signal
import sys

import pytest

from regretlab.cli import app

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell's background jobs have it, and their children
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(name="call")
def _call(monkeypatch, capsys, tmp_path):
    """The command line in an empty folder: exit status, standard output, standard error."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["regretlab", *map(str, arguments)])
        try:
            app.main()
            status = 0
        except SystemExit as stop:
            status = stop.code or 0
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call
