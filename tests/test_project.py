"""What lies beside the package agrees with it: versions, the tests' folders, the paths that .ci/run names."""

import re
import subprocess
from pathlib import Path

import regretlab as rl

PROJECT = Path(__file__).parents[1]
#: Folders of what tests share, and of what is no test.
APART = {"__pycache__", "benchmarks", "helpers"}


def test_one_version_is_cited_and_has_its_changes():
    assert re.findall(r"^version: (.*)$", (PROJECT / "CITATION.cff").read_text(), re.M) == [rl.__version__]
    assert rl.__version__ in re.findall(r"^## (\S+)$", (PROJECT / "CHANGELOG.md").read_text(), re.M)


def test_tests_are_in_the_folder_of_what_they_test():
    folders = {p.name for p in (PROJECT / "tests").iterdir() if p.is_dir()} - APART
    assert folders <= {p.name for p in (PROJECT / "regretlab").iterdir() if p.is_dir()}


def test_the_tests_that_ci_runs_on_the_newest_python_are_there():
    named = re.findall(r"\btests/[\w/{},.]+", (PROJECT / ".ci" / "run").read_text())
    assert named
    subprocess.run(["bash", "-c", f"ls {' '.join(named)}"], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
