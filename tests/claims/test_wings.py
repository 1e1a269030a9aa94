"""The wings of claims/: imports point one way, also those for type checkers alone; no checker runs a search."""

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import regretlab.claims
from tests.helpers.imports import graph, imports, modules, taken_from

HERE = Path(regretlab.claims.__file__).parent
ROOT = HERE.parents[1]
#: Folders and files of claims/; each may import from itself and from earlier ranks.
RANKS = [
    {"language", "designs"},
    {"arithmetic"},
    {"statements"},
    {"paper"},
    {"checkers"},
    {"provers"},
    {"ledger"},
    {"rocq"},
    {"lean"},
    {"collect"},
    {"__init__"},
]


GRAPH = {
    name: {other for other in others if other.startswith("regretlab.claims")}
    for name, others in graph(ROOT / "regretlab").items()
    if name.startswith("regretlab.claims")
}
FILES = {name: path for name, path in modules(ROOT / "regretlab").items() if name in GRAPH}


def rank(name: str) -> int:
    wing = name.split(".")[2] if name.count(".") > 1 else "__init__"
    return next(i for i, wings in enumerate(RANKS) if wing in wings)


@pytest.mark.parametrize("name", FILES)
def test_imports_between_wings_point_one_way(name):
    for other in GRAPH[name]:
        if other.split(".")[:3] != name.split(".")[:3]:
            assert rank(other) < rank(name), f"{name} imports {other}"


def test_an_import_against_the_ranks_would_be_found(tmp_path):
    wrong = tmp_path / "terms.py"
    wrong.write_text("if TYPE_CHECKING:\n    from regretlab.claims.ledger.entry import Entry\n")
    (other,) = taken_from(imports(wrong), FILES)
    assert rank(other) > rank("regretlab.claims.language.terms")


def test_no_file_imports_itself_through_others():
    assert len(list(TopologicalSorter(GRAPH).static_order())) == len(GRAPH)
    with pytest.raises(CycleError):
        TopologicalSorter(GRAPH | {"regretlab.claims.language.terms": {"regretlab.claims.paper"}}).prepare()


def reached(name: str) -> set[str]:
    """A file and all that it imports, directly or not."""
    waiting, found = [name], set()
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += GRAPH[one]
    return found


def test_no_checker_reaches_a_search():
    """A checker decides without the code that found the certificate, and without what only searches need."""
    checked = reached("regretlab.claims.checkers")
    assert len([name for name in checked if ".checkers." in name]) > 10
    assert not [name for name in checked if ".provers" in name]
    libraries = {one.split(".")[0] for name in checked for one in imports(FILES[name])}
    assert not libraries & {"scipy", "clarabel", "cvc5", "joblib"}
    searched = reached("regretlab.claims.provers")
    assert {one.split(".")[0] for name in searched for one in imports(FILES[name])} >= {"scipy", "clarabel"}


def test_no_private_name_crosses_a_wing():
    private = []
    for path in [*(ROOT / "regretlab").rglob("*.py"), *(ROOT / "paper_checks").rglob("*.py")]:
        wing = path.parent.relative_to(ROOT).parts[:3]
        for name in imports(path):
            parts = name.split(".")
            if parts[:2] != ["regretlab", "claims"] or tuple(parts[:3]) == wing:
                continue
            private += [f"{path.name}: {name}" for part in parts if part.startswith("_")]
    assert not private


def test_names_that_files_of_claims_import_are_there():
    """Files of claims that were written before the wings import these."""
    from regretlab.claims import balls, designs, paper, statements
    from regretlab.claims.collect import ClaimsFile
    from regretlab.claims.designs import depround
    from regretlab.claims.paper import inequality
    from regretlab.claims.statements import Inequality

    assert (designs.depround, paper.inequality, statements.Inequality) == (depround, inequality, Inequality)
    assert balls.truth is not None is not ClaimsFile
