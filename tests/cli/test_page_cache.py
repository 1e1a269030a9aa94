"""Pages that are kept on disk: they are those that would be made, and no longer kept than they are true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from regretlab.cli import page_cache

#: What takes seconds to load, and what a page that is kept does without.
HEAVY = ("numpy", "sympy", "numba", "xarray", "regretlab.claims", "regretlab.cli.catalogue")
PRINTED = """
import sys
from typer.testing import CliRunner
from regretlab.cli.app import app
for words in (["list"], ["show", "adam"]):
    outcome = CliRunner().invoke(app, words)
    assert outcome.exit_code == 0, outcome.output
    print(outcome.output)
sys.stderr.write(" ".join(sys.modules))
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library of one file, its cache, and a path of one folder, where nothing is installed."""
    library, installed, cache = tmp_path / "library", tmp_path / "installed", tmp_path / "cache"
    library.mkdir()
    installed.mkdir()
    (library / "part.py").write_text("formula = 1")
    monkeypatch.setattr(page_cache, "PACKAGE", library)
    monkeypatch.setattr(page_cache, "user_cache_path", lambda name: cache)
    monkeypatch.setattr(sys, "path", [str(installed)])
    return tmp_path


def twice() -> list[int]:
    """Ask for one page two times, and return the numbers of the makings that gave them."""
    made = count()
    return [page_cache.kept("show adam", lambda: next(made)) for _ in range(2)]


def test_a_page_is_made_once(place: Path) -> None:
    assert twice() == [0, 0]


def test_a_page_is_made_again_when_the_library_or_the_installation_has_changed(place: Path) -> None:
    makings = count()

    def asked() -> int:
        return page_cache.kept("list", lambda: next(makings))

    assert [asked(), asked()] == [0, 0]
    (place / "library" / "part.py").write_text("formula = 2")
    os.utime(place / "library" / "part.py", ns=(1, 1))
    assert [asked(), asked()] == [1, 1]
    (place / "library" / "new.py").touch()
    assert [asked(), asked()] == [2, 2]
    (place / "installed" / "other-1.dist-info").mkdir()
    assert [asked(), asked()] == [3, 3]
    (place / "installed" / "data.txt").touch()  # is no installation
    assert asked() == 3


def test_no_page_is_kept_where_other_people_give_parts(place: Path) -> None:
    folder = place / "installed" / "other-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1\n")
    (folder / "entry_points.txt").write_text("[regretlab.methods]\nlion = panther:Panther\n")
    assert twice() == [0, 1]


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"state": 1}', '{"pages": {}}', "null", "\0"])
def test_a_damaged_file_is_as_none(place: Path, damage: str) -> None:
    twice()
    (file,) = (place / "cache").glob("pages-*.json")
    file.write_text(damage)
    assert twice() == [0, 0]


def test_a_cache_that_cannot_be_written_keeps_nothing_and_stops_nobody(place: Path) -> None:
    (place / "cache").touch()  # a file where the folder should be
    assert twice() == [0, 1]


def test_the_latest_pages_are_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "MOST_PAGES", 2)
    for key in "abc":
        page_cache.kept(key, lambda key=key: key)
    (file,) = (place / "cache").glob("pages-*.json")
    assert json.loads(file.read_text())["pages"] == {"b": "b", "c": "c"}


def test_what_must_be_made_each_time_is_not_kept(place: Path) -> None:
    makings = iter([None, "page"])
    assert [page_cache.kept("show KB.L1", lambda: next(makings)) for _ in range(2)] == [None, "page"]


def test_pages_that_were_printed_before_are_printed_without_what_made_them(tmp_path: Path) -> None:
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    first, second = (
        subprocess.run([sys.executable, "-c", PRINTED], env=environment, capture_output=True, text=True)
        for _ in range(2)
    )
    assert len(first.stdout) > 1000
    assert first.stdout == second.stdout
    assert set(HEAVY) <= set(first.stderr.split())
    assert not set(HEAVY) & set(second.stderr.split())
