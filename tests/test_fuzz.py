"""Malformed inputs of every kind end in one sentence and a status: a few of them always, 300 in the slow suite."""

import os
from collections import Counter

import pytest

from tests.helpers import fuzz

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="every input has a fork of its own")
SEED = 13


@pytest.fixture(autouse=True)
def _loaded(tmp_path, monkeypatch):
    """The libraries are loaded before a process is forked; what a maker writes stays in the test's folder."""
    import regretlab.claims
    import regretlab.cli.app
    import regretlab.cli.catalogue
    import regretlab.falsifier
    import regretlab.studies.output  # noqa: F401

    monkeypatch.chdir(tmp_path)


def check(shares, folder):
    outcomes = [fuzz.run(case, folder / f"case{i}") for i, case in enumerate(fuzz.cases(SEED, shares))]
    for kind in dict.fromkeys(o.case.kind for o in outcomes):
        print(kind, dict(Counter(o.verdict for o in outcomes if o.case.kind == kind)))
    wrong = [o for o in outcomes if o.verdict != "sentence"]
    assert not wrong, "\n".join(map(str, wrong))
    return outcomes


def test_some_malformed_inputs(tmp_path):
    few = {fuzz.options: 6, fuzz.spellings: 6, fuzz.studies: 5, fuzz.data: 8}
    assert len(check(few, tmp_path)) == 25


@pytest.mark.slow
def test_three_hundred_malformed_inputs(tmp_path):
    assert len(check(fuzz.MAKERS, tmp_path)) == 300


def test_the_twins_that_are_whole_are_not_refused(tmp_path):
    """And a runner that saw no fault anywhere would be of no use: what hangs, fails and lies is seen."""
    study = fuzz.Case(
        "studies",
        "whole",
        ["run", "s.toml", "--out", "o", "--jobs", "1"],
        {"s.toml": "engine = 'array'\n" + fuzz.STUDY},
    )
    assert fuzz.run(study, tmp_path / "whole", limit=60).verdict == "wrong success"
    assert fuzz.run(fuzz.Case("options", "list", ["list"]), tmp_path / "list").status == 0


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("while True: pass", "hang"),
        ("raise ZeroDivisionError", "traceback"),
        ("pass", "wrong success"),
        ("raise SystemExit(3)", "odd status"),
        ("raise SystemExit(2)", "silence"),
        ("import sys; print('x' * 2000, file=sys.stderr); raise SystemExit(2)", "page"),
        ("import sys; print('bad.', file=sys.stderr); raise SystemExit(2)", "sentence"),
    ],
)
def test_the_runner_sees_what_is_wrong(tmp_path, monkeypatch, body, verdict):
    def command(case):
        try:
            exec(body)  # the twin of a command
        except SystemExit as stop:
            return stop.code
        return 0

    monkeypatch.setattr(fuzz, "_command", command)
    assert fuzz.run(fuzz.Case("twin", body, []), tmp_path / "twin", limit=1).verdict == verdict
