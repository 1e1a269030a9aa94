"""What several test files need."""

import sys

import pytest

from regretlab.cli import app


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
