"""The recipes of CONTRIBUTING.md are followed literally, in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
RECIPES = re.findall(r"^## (Add .*?)\n(.*?)(?=^## |\Z)", (PROJECT / "CONTRIBUTING.md").read_text(), re.DOTALL | re.M)
FILES = re.compile(r"^`([^`\n]+)`\n```python\n(.*?)```", re.DOTALL | re.M)
ADDED = re.compile(r"^`([^`\n]+)`\n```diff\n(.*?)^\+(.*?)```", re.DOTALL | re.M)
COMMANDS = re.compile(r"^```sh\n(.*?)```", re.DOTALL | re.M)
#: What the recipes' commands need of the project.
NEEDED = (
    "pyproject.toml",
    "regretlab",
    "paper_checks/conftest.py",
    "tests/__init__.py",
    "tests/conftest.py",
    "tests/tolerances.py",
    "tests/bounds",
)


@pytest.fixture(scope="module")
def follow(tmp_path_factory):
    """Follows a recipe, after those before it, in the copy; returns the first command that fails, with its output."""
    folder = tmp_path_factory.mktemp("project")
    for name in NEEDED:
        (folder / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if (PROJECT / name).is_dir() else shutil.copy2)(PROJECT / name, folder / name)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PYTHONPATH": str(folder), "PATH": path}

    def write(text, without):
        files = {name: content for name, content in FILES.findall(text) if name not in without}
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        for name, before, line in ADDED.findall(text):
            before, old = before.removeprefix(" "), (PROJECT / name).read_text()
            assert old.count(before) == 1
            (folder / name).write_text(old.replace(before, before + line))
        return [*files, *(name for name, *_ in ADDED.findall(text))]

    def followed(text, without=()):
        for _, earlier in RECIPES[: [other for _, other in RECIPES].index(text)]:
            write(earlier, ())
        names = " ".join(write(text, without))
        (commands,) = COMMANDS.findall(text)
        for command in (f"ruff check {names}", f"ruff format --check {names}", *commands.splitlines()):
            done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
            if done.returncode:
                return f"{command}\n{done.stdout}{done.stderr}"
        return ""

    return followed


def test_there_is_a_recipe_of_half_a_page_for_every_kind_of_part():
    assert [title for title, _ in RECIPES] == [f"Add a {k}" for k in ("method", "sampler", "problem", "bound", "claim")]
    assert all(len(text.splitlines()) < 60 for _, text in RECIPES)


def test_a_recipe_without_its_first_file_does_not_work(follow):
    text = dict(RECIPES)["Add a bound"]
    assert "Extra items in the left set:" in follow(text, without=FILES.findall(text)[0][0])


@pytest.mark.parametrize("text", [text for _, text in RECIPES], ids=[title.split()[-1] for title, _ in RECIPES])
def test_a_recipe_works_as_it_stands(text, follow):
    assert not follow(text)
