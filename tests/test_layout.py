"""The shape of the package: imports point one way, every assumption can be audited, versions agree."""

import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

import regretlab as rl
from regretlab.bounds import Bound
from tests.helpers.imports import graph, imports

PACKAGE = Path(rl.__file__).parent

#: Folders and files at the top of the package, from the ground up. Each may import from earlier ranks, and never from
#: later ones or from its neighbours, be it for types alone; the files inside a folder are not ranked.
RANKS = [
    # the ground
    {"errors"},
    {"spelling", "system"},
    {"features", "parameters"},
    # the parts of a run, and what is said of them
    {"domains"},
    {"methods", "problems", "samplers"},
    {"algorithms", "minimax", "worst_case"},
    {"bounds"},
    {"claims"},
    # runs and what is held against them
    {"engines"},
    {"runs"},
    {"game", "store", "verdicts"},
    {"scaling"},
    {"paired", "record"},
    # what users do with them
    {"plots"},
    {"result"},
    {"falsifier", "studies", "testing"},
    {"sweeps"},
    {"cli"},
    {"__main__"},
]
#: What else is at the top of the package.
NO_MODULES = ("__init__.py", "__pycache__", "py.typed")
#: Names at the top of the package: fewer are found faster.
MOST_AT_THE_TOP = 30
HEAVY = ("numpy", "sympy", "numba", "matplotlib", "xarray")
#: What makes steps.
ONLY_RUN = {("runs", "run"), ("runs", "trace"), ("runs", "horizons"), ("runs", "continuation")}


def rank(name: str) -> int:
    return next(i for i, names in enumerate(RANKS) if name in names)


def imported(path: Path) -> set[tuple[str, ...]]:
    """The names that a file imports from the package, in parts from there on."""
    return {tuple(name.split(".")[1:]) for name in imports(path) if name.startswith("regretlab.")}


def own_name(path: Path) -> str:
    """The folder or file at the top of the package that a file is in."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


FILES = [p for p in sorted(PACKAGE.rglob("*.py")) if p != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    own = own_name(path)
    for other, *_ in {name for name in imported(path) if name[0] != own}:
        assert rank(other) < rank(own), f"{own} imports {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_private_name_is_imported_from_another_folder(path):
    own = own_name(path)
    private = [n for n in imported(path) if n[0] != own and any(p.startswith("_") and p != "__version__" for p in n)]
    assert not private


@pytest.mark.parametrize("how", ["def late():\n    ", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    "])
def test_an_import_against_the_arrows_would_be_found(tmp_path, how):
    wrong = tmp_path / "errors.py"
    wrong.write_text(f"{how}from regretlab.result import simulate\n")
    assert imported(wrong) == {("result", "simulate")}
    assert rank("result") > rank("errors")


def test_no_files_import_each_other_in_a_circle(tmp_path):
    TopologicalSorter(graph(PACKAGE)).prepare()
    package = tmp_path / "regretlab"
    package.mkdir()
    for name, other in (("a", "b"), ("b", "c"), ("c", "a")):
        (package / f"{name}.py").write_text(
            f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from regretlab.{other} import x\n"
        )
    with pytest.raises(CycleError):
        TopologicalSorter(graph(package)).prepare()


def test_the_top_of_the_package_is_ranked_and_seen_at_once():
    there = {p.name.removesuffix(".py") for p in PACKAGE.iterdir() if p.name not in NO_MODULES}
    assert there == set().union(*RANKS)
    assert len(there) <= MOST_AT_THE_TOP


def test_verdicts_bounds_and_plots_call_no_engine():
    for path in FILES:
        if own_name(path) in ("verdicts", "bounds", "plots", "record"):
            assert not {name for name in imported(path) if name[0] == "engines" or name[:2] in ONLY_RUN}, path


@pytest.mark.parametrize(
    ("asked", "loaded"),
    [
        ("", []),
        ("regretlab.simulate('reddi', 'adam', horizon=3)", ["numpy", "numba", "xarray"]),
        ("regretlab.plots", ["numpy", "sympy", "matplotlib", "xarray"]),
    ],
)
def test_what_is_asked_for_loads_no_heavy_library_that_it_does_not_need(asked, loaded):
    code = f"import sys, regretlab\n{asked}\nprint([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(loaded)


def test_every_public_name_is_there():
    for name in rl.__all__:
        assert getattr(rl, name) is not None
    assert dir(rl) == sorted(rl.__all__)
    with pytest.raises(AttributeError, match="no attribute 'sinulate'"):
        rl.sinulate  # noqa: B018


def test_every_assumption_can_be_audited():
    for bound in Bound.known.values():
        for assumption in bound.assumes:
            assert assumption.on_run or assumption.on_method or assumption.holds is not None, assumption.id


def test_the_pythons_that_are_promised_are_the_pythons_that_are_run():
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["project"]
    named = [c.rpartition(" ")[2] for c in project["classifiers"] if "Python :: 3." in c]  # those that .ci/run runs
    admitted = SpecifierSet(project["requires-python"])
    assert named == [f"3.{minor}" for minor in range(30) if admitted.contains(f"3.{minor}.5")]
    assert f"{sys.version_info[0]}.{sys.version_info[1]}" in named


def test_files_stay_small():
    long = {p.name: n for p in FILES if (n := len(p.read_text().splitlines())) > 350}
    assert not long
