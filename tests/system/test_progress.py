"""Progress of long work: a bar on a terminal, lines elsewhere, nothing where nobody asks."""

import pytest

from regretlab.system import progress


def written(capsys, shown=True):
    with progress.progress_bar("work", 4, shown) as bar:
        for _ in range(4):
            bar.update()
    return capsys.readouterr().err


def test_lines_stay_where_nobody_looks_on(capsys, monkeypatch):
    monkeypatch.setattr(progress, "SECONDS", 0.0)
    lines = written(capsys).splitlines()
    assert [line.split(" after ")[0] for line in lines] == [f"work: {share}%" for share in (0, 25, 50, 75, 100)]
    assert all(line.endswith(" left") for line in lines)


def test_work_that_is_soon_over_writes_nothing(capsys):
    assert written(capsys) == ""


@pytest.mark.parametrize("shown", [True, False])
def test_a_terminal_has_a_bar_that_goes(capsys, monkeypatch, shown):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    text = written(capsys, shown)
    assert ("work:   0%|" in text) == shown
    assert "\n" not in text
