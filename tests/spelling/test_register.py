"""Parts are found by their names: the library's by their files, other people's by the entry points they declare."""

import sys
from operator import attrgetter

import pytest

import regretlab as rl
from regretlab.algorithms import parse
from regretlab.bounds import Bound
from regretlab.claims import Ledger
from regretlab.claims.ledger.loading import PAPERS
from regretlab.cli import catalogue
from regretlab.domains import DOMAINS
from regretlab.methods import Method
from regretlab.problems import Problem
from regretlab.samplers import Sampler

REGISTERS = {"methods": Method.known, "samplers": Sampler.known, "problems": Problem.known}
EVERY = [*REGISTERS.values(), Bound.known, PAPERS, DOMAINS]
PANTHER = """
import regretlab as rl

class Panther(rl.methods.SGD):
    title, source = "Panther", "Chen et al. 2023"
"""


@pytest.fixture(autouse=True)
def restored():
    """Registers, and the modules that a test imports, are as they were before."""
    before = [(known, dict(known.defined), known.library) for known in EVERY]
    modules = set(sys.modules)
    yield
    for known, defined, library in before:
        known.defined, known.library = defined, library
    for name in set(sys.modules) - modules:
        if "panther" in name:
            del sys.modules[name]


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Installs a distribution: its modules, and what it says in its metadata."""

    def installed(name, code, points, group="regretlab.methods", version="1.0"):
        place = tmp_path / name
        info = place / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{points}\n")
        (place / f"{name}.py").write_text(code)
        monkeypatch.syspath_prepend(place)

    return installed


def refused(name):
    """The sentence about a name, in full and without a line break."""
    with pytest.raises(rl.InputError) as caught:
        parse(name)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def listed(name, section="Methods"):
    rows = next(rows for title, rows in catalogue.everything().items() if title.startswith(section))
    return dict(rows)[name]


@pytest.fixture
def bare(monkeypatch):
    """No paper is read for a list."""
    monkeypatch.setattr(catalogue, "_papers", list)


@pytest.mark.parametrize("kind", REGISTERS)
def test_every_part_of_the_library_says_what_it_is(kind):
    for name, part in REGISTERS[kind].library.items():
        assert part.title, name
        assert len(part.source) > 3, name
        assert "user" not in part.source, name
        assert getattr(rl, kind).__dict__.get(part.__name__, part) is part
        assert getattr(getattr(rl, kind), part.__name__) is part


def test_a_method_of_the_library_is_one_file(tmp_path, monkeypatch):
    (tmp_path / "panther.py").write_text(PANTHER)
    (tmp_path / "_panther.py").write_text(PANTHER.replace("Panther", "Private"))
    (tmp_path / "pantherless.py").write_text("import regretlab as rl\n\nclass Base(rl.methods.SGD): ...\n")
    monkeypatch.setattr(rl.methods, "__path__", [*rl.methods.__path__, str(tmp_path)])
    monkeypatch.setattr(Method.known, "library", {})  # as the package is imported
    assert "Panther" in Method.known.import_folder(rl.methods.__name__)
    assert parse("panther(alpha=0.5)").method.alpha == 0.5
    assert rl.methods.Panther.source == rl.algorithms.Panther.source == "Chen et al. 2023"
    assert "panther" in Method.known.library
    assert not {"private", "base"} & set(Method.known)


def test_a_name_of_a_pair_is_no_methods(monkeypatch):
    class Pairlike(rl.methods.SGD):
        pass

    with pytest.raises(rl.InputError, match="is taken by the built-in 'pairlike'"):
        Method.known.reserve(["pairlike"])
    Method.known.reserved.remove("pairlike")


@pytest.mark.usefixtures("bare")
def test_an_installed_method_is_found_when_it_is_asked_for(install):
    install("panther_lab", PANTHER, "panther = panther_lab:Panther", version="2.1")
    assert "panther" in Method.known
    assert "panther" in set(Method.known)
    assert "panther_lab" not in sys.modules
    assert parse("panther(alpha=0.5)").method.parameters()["alpha"] == 0.5
    assert rl.algorithms.Panther.title == "Panther"
    same = rl.simulate("reddi", ["panther(alpha=0.1)", "sgd(alpha=0.1)"], horizon=9).record.loss.values
    assert (same[0] == same[1]).all()
    assert listed("panther") == "Panther: Chen et al. 2023 (installed: panther_lab 2.1)"
    assert "panther_lab" not in listed("sgd")


@pytest.mark.parametrize(
    ("group", "base"),
    [("methods", "methods.SGD"), ("samplers", "samplers.Uniform"), ("problems", "problems.Reddi")],
)
@pytest.mark.parametrize("name", ["panther", "panther_9"])
def test_an_installed_part_is_an_attribute_of_its_folder(install, group, base, name):
    key = "family" if group == "problems" else "name"
    code = f"import regretlab as rl\nclass Panther(rl.{base}):\n    {key} = {name!r}\n"
    install("panther_lab", code, f"{name} = panther_lab:Panther\ntiger = tiger_lab:Tiger", f"regretlab.{group}")
    folder = getattr(rl, group)
    with pytest.raises(AttributeError, match="whose class is called 'Panthers'"):
        folder.Panthers  # noqa: B018
    assert "panther_lab" not in sys.modules, "no part is imported but those of the name"
    assert folder.Panther is REGISTERS[group][name]
    assert folder.Panther.__module__ == "panther_lab"
    with pytest.raises(rl.InputError, match=r"'tiger' of panther_lab 1\.0 cannot be imported"):
        folder.Tiger  # noqa: B018


def test_an_installed_sampler_and_problem_are_found_too(install):
    sampler = "import regretlab as rl\nclass Panthers(rl.samplers.Uniform): ...\n"
    install("panthers", sampler, "panthers = panthers:Panthers", "regretlab.samplers")
    install(
        "pantheress",
        sampler.replace("samplers.Uniform", "problems.Reddi"),
        "panthers=pantheress:Panthers",
        "regretlab.problems",
    )
    assert rl.simulate("panthers", "adam+panthers", horizon=3).description().sampler == "panthers"


@pytest.mark.parametrize(
    ("code", "point", "said"),
    [
        (
            "import nothing_of_the_kind",
            "panther_lab:Panther",
            "ModuleNotFoundError: No module named 'nothing_of_the_kind'",
        ),
        ("1 +", "panther_lab:Panther", "SyntaxError"),
        (PANTHER + "raise OSError('no disk')", "panther_lab:Panther", "OSError: no disk"),
        (PANTHER, "panther_lab:Tiger", "AttributeError"),
        (PANTHER, "no way", "'no way' ("),
        (PANTHER.replace("Panther(", "Adam("), "panther_lab:Adam", "the name 'adam' of the method Adam is taken"),
    ],
)
@pytest.mark.usefixtures("bare")
def test_a_part_that_cannot_be_imported_is_one_sentence(install, code, point, said):
    install("panther_lab", code, f"panther = {point}")
    sentence = refused("panther")
    assert sentence.startswith(f"the method 'panther' of panther_lab 1.0 cannot be imported from '{point}'")
    assert said in sentence
    assert sentence.endswith("repair or uninstall panther_lab 1.0.")
    assert refused("panther") == sentence, "nothing of it is left"
    assert listed("panther") == sentence, "and the list is not stopped by it"
    assert "'panther'" in refused("panthern"), "its name is near"


@pytest.mark.parametrize(
    ("code", "point"),
    [
        ("def Panther(): ...", "panther_lab:Panther"),
        (PANTHER, "panther_lab"),
        (PANTHER.replace("Panther(", "Panthers("), "panther_lab:Panthers"),
    ],
)
def test_a_part_that_is_not_what_its_name_says_is_refused(install, code, point):
    install("panther_lab", code, f"panther = {point}")
    assert refused("panther").startswith(f"panther_lab 1.0 calls '{point}' the method 'panther', which it is not")


@pytest.mark.usefixtures("bare")
def test_a_name_that_is_given_twice_is_refused_with_both_sources(install):
    install("panther_lab", PANTHER, "panther = panther_lab:Panther")
    install("panther_den", PANTHER, "panther = panther_den:Panther", version="3")
    assert "is given by panther_lab 1.0 and by panther_den 3; uninstall or rename one" in refused("panther")
    install("panther_adam", PANTHER, "adam = panther_adam:Panther")
    assert "is given by regretlab.methods.adam and by panther_adam 1.0" in listed("adam")
    assert type(parse("adam").method).__module__ == "regretlab.methods.adam", "a built-in keeps its name"


@pytest.mark.usefixtures("bare")
def test_a_part_that_its_user_imported_is_not_another(install):
    install("panther_lab", PANTHER, "panther = panther_lab:Panther")
    import panther_lab

    assert parse("panther").method == panther_lab.Panther()
    assert listed("panther").endswith("(installed: panther_lab 1.0)")


def test_a_users_class_of_an_installed_name_is_another(install):
    class Panther(rl.methods.SGD):
        pass

    install("panther_lab", PANTHER, "panther = panther_lab:Panther")
    with pytest.raises(rl.InputError, match=rf"is given by {__name__} and by panther_lab 1\.0"):
        Method.known.origin("panther")


def test_metadata_that_cannot_be_read_names_its_distribution(install):
    install("panther_lab", PANTHER, "panther")
    assert "the entry points of panther_lab 1.0 cannot be read" in refused("panther")


#: What every bound was called in rl.bounds before its id was its path, by id; two ids have names of their own there.
OLD = {
    "adagrad.duchi": "duchi", "adagrad.tuned": "duchi_tuned", "adam.printed": "kingma_ba",
    "adambs.d1_corrected": "adambs_d1_corrected", "adambs.lemma1": "adambs_lemma1", "adambs.ours": "adambs_ours",
    "adambs.theorem1": "adambs_theorem1", "adambs.theorem2": "adambs_theorem2", "adambs.theorem4": "adambs_theorem4",
    "adambs.theorem_d1": "adambs_theorem_d1", "adambs_corrected.lemma12": "adambs_lemma12",
    "adambs_corrected.printed": "adambs_corrected_printed",
    "adamcb.jensen": "adamcb_jensen", "adamcb.lemma1": "adamcb_lemma1", "adamcb.lemma2": "adamcb_lemma2",
    "adamcb.ours": "adamcb_ours", "adamcb.ours_lemma": "adamcb_ours_lemma", "adamcb.printed": "adamcb_printed",
    "adamcb.split": "adamcb_split", "adamx.decaying": "adamx_decaying", "adamx.ours": "adamx_ours",
    "adamx.printed": "tran_phong", "amsgrad.derived": "reddi_derived", "amsgrad.derived_arxiv": "reddi_arxiv_derived",
    "amsgrad.printed": "reddi", "amsgrad.printed_arxiv": "reddi_arxiv", "amsgrad.schedule_free": "schedule_free",
    "amsgrad.theorem4": "theorem4", "amsgrad.theorem4_arxiv": "theorem4_arxiv",
    "amsgrad.tran_phong": "amsgrad_tran_phong", "hedge.anytime": "hedge_anytime", "hedge.fixed": "hedge_fixed",
    "padam.ours": "padam_ours", "sgd.zinkevich": "zinkevich",
}  # fmt: skip


def test_a_bounds_id_is_its_path():
    for id, bound in Bound.known.library.items():
        assert attrgetter(id)(rl.bounds) is bound
        assert id.partition(".")[0] in dir(rl.bounds)
    with pytest.raises(AttributeError, match="no attribute 'adamm'"):
        rl.bounds.adamm  # noqa: B018


@pytest.mark.parametrize(("id", "name"), OLD.items())
def test_the_names_that_bounds_had_are_read_with_a_warning(id, name):
    with pytest.warns(DeprecationWarning, match=rf"^rl\.bounds\.{name} is rl\.bounds\.{id} now; write that\.$"):
        assert getattr(rl.bounds, name) is Bound.known[id]


def test_no_bound_that_had_a_name_is_gone():
    assert OLD.keys() <= Bound.known.library.keys()


BOUND = """
from dataclasses import replace
import regretlab as rl
panther = replace(rl.bounds.sgd.zinkevich, id="panther.chen", source="Chen et al. 2023", methods=("sgd",))
"""


def test_an_installed_bound_is_compared_with_every_run(install):
    before = [bound.id for bound in rl.simulate("reddi", "sgd", horizon=5).applicable()]
    install("panther_lab", BOUND, "panther.chen = panther_lab:panther", "regretlab.bounds")
    run = rl.simulate("reddi", "sgd", horizon=5)
    assert [bound.id for bound in run.applicable()] == [*before, "panther.chen"]
    assert run.bound("panther.chen").verdict == run.bound("sgd.zinkevich").verdict
    assert rl.bounds.panther.chen.source == "Chen et al. 2023"


def test_a_bound_of_another_id_is_refused(install):
    install("panther_lab", BOUND, "panther.printed = panther_lab:panther", "regretlab.bounds")
    with pytest.raises(
        rl.InputError, match=r"^panther_lab 1.0 calls 'panther_lab:panther' the bound 'panther.printed', which"
    ):
        rl.simulate("reddi", "sgd", horizon=5).table()


CLAIMS = """
import sys
from regretlab.claims import Paper, real
P = Paper("panther", "Chen et al. 2023")
a, b = real("a b")
P.inequality("square", r"2ab \\le a^2 + b^2", at="Lemma 1", show=2 * a * b <= a**2 + b**2)
"""


def test_an_installed_paper_is_verified_by_its_name(install):
    install("panther_claims", CLAIMS, "panther = panther_claims", "regretlab.papers")
    (entry,) = Ledger(["panther"]).verify(jobs=1)
    assert (entry.claim.id, entry.verdict) == ("panther.square", "proved")
    assert "panther_claims" not in sys.modules, "it is run in a process of its own"
    assert "panther.square (Lemma 1)" in catalogue.page("panther")
    assert listed("panther", "Papers").endswith("panther_claims.py (installed: panther_claims 1.0)")


def test_a_claim_of_an_installed_paper_has_a_page(install):
    about = CLAIMS.replace('at="Lemma 1"', 'at="Lemma 1", bounds=("sgd.zinkevich",)')
    install("panther_claims", about, "panthers = panther_claims", "regretlab.papers")
    install("tiger_claims", "1 +", "tiger = tiger_claims", "regretlab.papers")
    page = catalogue.page("panther.square")
    assert page.startswith("panther.square")
    assert "proved" in page
    assert "Claims (regretlab verify" in catalogue.page("panther"), "the paper by the name that its claims begin with"
    assert "panther.square" in catalogue.page("sgd.zinkevich").partition("The ledger says")[2]
    with pytest.raises(rl.InputError, match=r"unknown claim 'panther\.squared'; did you mean 'panther\.square'\?"):
        catalogue.page("panther.squared")
    assert catalogue.page("OGD.Thm1").startswith("OGD.Thm1"), "and a claim of the library is found as before"


def test_a_shipped_paper_is_found_by_its_folder():
    assert {claim.split(".")[0] for claim in Ledger(["zinkevich"]).asked} == {"OGD"}
    assert "zinkevich" in PAPERS.library


def test_a_paper_without_its_module_is_one_sentence(install):
    install("panther_claims", CLAIMS, "panther = panther_claim", "regretlab.papers")
    with pytest.raises(rl.InputError, match=r"^the paper 'panther' of panther_claims 1\.0 cannot be imported"):
        Ledger(["panther"])


DOMAIN = """
from regretlab.domains import Box

def panther(radius):
    return Box(0, radius)
"""


def test_an_installed_domain_is_named_in_texts(install):
    install("panther_lab", DOMAIN, "panther = panther_lab:panther", "regretlab.domains")
    assert rl.problems.names.parse("linear(n=3, d=2, domain='panther', radius=4)").domain == rl.domains.Box(0, 4)
    assert listed("panther", "Domains") == "Box(low=0.0, high=1.0) (installed: panther_lab 1.0)"
    assert "a clip" in catalogue.page("panther")
    assert rl.domains.panther(4) == rl.domains.Box(0, 4)


def test_a_domain_that_is_none_is_one_sentence(install):
    install("panther_lab", "panther = float", "panther = panther_lab:panther", "regretlab.domains")
    with pytest.raises(rl.InputError, match=r"^the domain 'panther' of panther_lab 1\.0 cannot be imported"):
        rl.problems.Linear(domain="panther")
