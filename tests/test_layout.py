"""The shape of the package: imports point one way, every assumption can be audited, versions agree."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

import regretlab as rl
from regretlab import audit
from regretlab.bounds import Bound

PACKAGE = Path(rl.__file__).parent

#: Modules may import from earlier ranks and from their own package, never from later ranks or from siblings.
RANKS = [
    {"errors", "_version", "numerals", "terminal"},
    {"files", "naming", "compilation", "blas", "contents", "memory"},
    {"parameters", "spelling", "simd", "processes", "looks", "betting"},
    {"checkpoints", "vectors"},
    {"rng", "methods", "problems", "samplers"},
    {"algorithms", "engines"},
    {"ahead", "state", "comparator"},
    {"run", "round_off"},
    {"regret", "losses", "trace"},
    {"provenance"},
    {"extension", "game"},
    {"bounds", "audit", "worst_case"},
    {"scaling", "claims"},
    {"means"},
    {"expectation"},
    {"comparison", "paired"},
    {"horizons"},
    {"plots"},
    {"result"},
    {"conclusions", "simulation"},
    {"falsifier", "report", "studies", "testing"},
    {"output", "catalogue", "doctor"},
    {"cli"},
    {"__main__"},
]


def rank(module: str) -> int:
    return next(i for i, names in enumerate(RANKS) if module in names)


def imported(path: Path) -> set[str]:
    """The top-level modules of the package that a file imports when it runs, wherever in the file it does so."""
    found = set()
    tree = ast.parse(path.read_text())
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "regretlab":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
    return found - {"__version__"}


FILES = [p for p in sorted(PACKAGE.rglob("*.py")) if p != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for other in imported(path) - {own}:
        assert rank(other) < rank(own), f"{own} imports {other}"


def test_an_import_against_the_arrows_would_be_found(tmp_path):
    wrong = tmp_path / "errors.py"
    wrong.write_text("def late():\n    from regretlab.simulation import simulate\n")
    assert imported(wrong) == {"simulation"}
    assert rank("simulation") > rank("errors")


def test_importing_the_package_loads_no_heavy_library():
    heavy = "numpy", "sympy", "numba", "matplotlib", "xarray"
    code = (
        f"import sys, regretlab; print([m for m in {heavy} if m in sys.modules]); regretlab.bounds; regretlab.simulate"
    )
    code += f"; print([m for m in {heavy} if m not in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]


def test_every_public_name_is_there():
    for name in rl.__all__:
        assert getattr(rl, name) is not None
    assert dir(rl) == sorted(rl.__all__)
    with pytest.raises(AttributeError, match="no attribute 'sinulate'"):
        rl.sinulate  # noqa: B018


def test_every_assumption_can_be_audited():
    assert {a.id for b in Bound.known.values() for a in b.assumes} == set(audit.RULES)


def test_the_pythons_that_are_promised_are_the_pythons_that_are_run():
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["project"]
    named = [c.rpartition(" ")[2] for c in project["classifiers"] if "Python :: 3." in c]  # those that .ci/run runs
    admitted = SpecifierSet(project["requires-python"])
    assert named == [f"3.{minor}" for minor in range(30) if admitted.contains(f"3.{minor}.5")]
    assert f"{sys.version_info[0]}.{sys.version_info[1]}" in named


def test_files_stay_small():
    long = {p.name: n for p in FILES if (n := len(p.read_text().splitlines())) > 350}
    assert not long
