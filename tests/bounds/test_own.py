"""A bound of one's own: its statement, assumptions and ties are refused, audited and reported like the library's."""

import html
import json
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest

import regretlab as rl
from regretlab import bounds, plots
from regretlab.bounds import Assumption, Bound, Finding, assumptions
from regretlab.bounds import symbols as s
from regretlab.cli import catalogue
from regretlab.parameters import parameter
from regretlab.problems import Constant
from regretlab.studies import report
from regretlab.verdicts import audit, substitution
from tests.helpers.ledger import as_pinned
from tests.tolerances import ROUND_OFF


@pytest.fixture
def own():
    """Bounds with an id of their own are forgotten afterwards."""
    before = dict(Bound.known)
    yield lambda **changes: replace(bounds.sgd.zinkevich, **{"id": "mine.theorem", **changes})
    Bound.known.clear()
    Bound.known.update(before)


def test_a_bound_of_ones_own_is_made_of_public_parts(own):
    mine = own(terms={"all": 2 * s.D2 * s.G2 * s.T ** (s.T / s.T / 2)}, assumes=(assumptions.CONVEX,))
    assert str(mine.order()["all"]) == "T^1/2"
    assert "mine.theorem" in catalogue.page("mine.theorem")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"terms": {}}, "has no terms"),
        ({"terms": {"all": "sqrt(T)"}}, r"the all of the bound mine.theorem is 'sqrt\(T\)'; write it as a sympy"),
        ({"terms": {"all": s.sp.Symbol("T")}}, "has the symbol T of its own; take it from rl.bounds.symbols"),
        ({"dropped": {"rest": s.sp.Symbol("sigma")}}, "the rest of .* has the symbol sigma of its own"),
        ({"id": "adam.printed"}, "another bound with the id 'adam.printed' .Kingma & Ba"),
        *(
            ({"id": path}, rf"^id='{path}' of a bound is no path; write two names joined by a dot")
            for path in ("", "theorem1", "mine.", ".mine", "mine.1st", "mine.class", "mine theorem.1", "mine.of.mine")
        ),
        *(
            ({"id": f"{taken}.mine"}, rf"begins with {taken}, which rl\.bounds\.{taken} means already; begin it with")
            for taken in ("symbols", "Bound", "theorem", "sums", "TYPICAL", "_base")
        ),
        ({"status": "printed"}, r"status='printed' is not one of 'as printed', 'corrected', 'ours' .of the bound mine"),
        ({"methods": (rl.methods.SGD,)}, "which is no name of a method; give names as texts have them, such as 'ada"),
        ({"methods": ("sgd+uniform",)}, "has 'sgd.uniform', which is no name of a method"),
        ({"methods": ("SGD",)}, "texts call the method 'sgd'; write it so"),
        ({"samplers": ("AdamBS",)}, "texts call the sampler 'adambs'; write it so"),
        ({"samplers": ("any method",)}, "has 'any method', which is no name of a sampler"),
    ],
)
def test_a_bound_that_could_not_be_evaluated_is_refused(own, changes, words):
    known = dict(Bound.known)
    with pytest.raises(rl.InputError, match=words):
        own(**changes)
    assert Bound.known == known


@pytest.mark.parametrize("changes", [{"methods": ("any method",)}, {"id": "reddi.mine"}, {"status": "corrected"}])
def test_a_bound_that_can_be_found_is_not_refused(own, changes):
    """The twins of those that are."""
    assert Bound.known[own(**changes).id].terms == bounds.sgd.zinkevich.terms


def test_a_bound_may_be_about_a_method_that_is_defined_later(own):
    mine = own(methods=("later_than_bound",))
    assert mine not in rl.simulate("reddi", "sgd", horizon=5).applicable()
    assert "later_than_bound" in catalogue.page(mine.id)
    try:

        class Later_than_bound(rl.methods.SGD):
            pass

        assert rl.simulate("reddi", "later_than_bound", horizon=5).applicable() == [mine]
    finally:
        del rl.methods.Method.known["later_than_bound"]


def test_the_same_bound_may_be_made_twice(own):
    assert own() == own()
    with pytest.raises(rl.InputError, match=r"del rl.bounds.Bound.known\['mine.theorem'\]"):
        own(title="another")


def replicated(run, record):
    """A hypothesis of a user's that is about the run itself."""
    return Finding(f"{record.sizes['replicate']} replicates", "at least 2", record.sizes["replicate"] > 1)


OWN = (
    Assumption("small_step", "alpha <= 1 / L", holds=s.alpha <= 1 / s.L),
    Assumption("repeated", "the run was repeated", on_run=replicated),
    Assumption("named", "alpha is written", on_method=lambda given: Finding("yes", "yes", "alpha" in given)),
    assumptions.tied(s.alpha, s.D2 / (s.G2 * s.sp.sqrt(s.T))),
)
BEST = 2 / (3 * math.sqrt(12))  # D2 / (G2 sqrt T) of Reddi's example on [-1, 1] with slopes 3, -1, -1


@pytest.mark.parametrize(
    ("alpha", "replicates", "missed"),
    [(BEST, 2, []), (0.5, 2, ["small_step", "tied_alpha"]), (BEST, 1, ["repeated"])],
)
def test_an_assumption_of_ones_own_is_audited_and_reported(own, alpha, replicates, missed):
    mine = own(terms={"best": s.D2**2 / s.alpha * s.sp.Rational(5, 4)}, assumes=(assumptions.CONVEX, *OWN))
    result = rl.simulate(rl.problems.Reddi(C=3), f"sgd(alpha={alpha!r})", horizon=12, replicates=replicates)
    found = result.bound("mine.theorem")
    assert [c.id for c in found.checks] == ["convex", "small_step", "repeated", "named", "tied_alpha"]
    assert [c.id for c in found.checks if not c.passed] == missed
    assert found.verdict.startswith("not applicable because" if missed else ("holds", "vacuous"))
    assert found.look.where == "at T = 12", "what ties a parameter to T is about T alone"
    page = html.unescape(report.page("mine", [result], [{}]))
    assert all(assumption.text in page for assumption in mine.assumes)
    assert f"{replicates} replicates</td><td>at least 2" in page
    assert json.dumps(found.summary()["assumptions"])


def test_an_assumption_of_ones_own_holds_for_the_constants_of_the_bound(own):
    mine = own(assumes=OWN[:1], terms={"all": s.D2 / s.alpha + s.alpha * s.L})
    assert mine.at_T(4, {"D2": 1, "alpha": 0.5, "L": 2}) == 3
    with pytest.raises(rl.InputError, match=r"assumes that alpha <= 1 / L, which fails at L=2, alpha=0\.6"):
        mine.at_T(4, {"D2": 1, "alpha": 0.6, "L": 2})


def test_a_tie_of_ones_own_is_printed_and_put_in(own):
    mine = own(assumes=OWN[3:])
    assert mine.ties == {s.alpha: s.D2 / (s.G2 * s.sp.sqrt(s.T))}
    assert mine.latex().endswith(r"\alpha = \frac{D_2}{G_2 \sqrt{T}}")
    assert s.alpha not in mine.symbols
    with pytest.raises(rl.InputError, match=r"ties alpha = D2/\(G2\*sqrt\(T\)\)"):
        mine.at_T(4, {"D2": 1, "G2": 1, "alpha": 1})


def test_a_check_that_fails_or_says_nothing_is_one_sentence(own):
    result = rl.simulate(rl.problems.Reddi(C=3), "sgd(alpha=1)", horizon=12)
    for check, words in ((lambda run, record: 1 / 0, "ZeroDivisionError"), (lambda run, record: True, "TypeError")):
        mine = own(id=f"mine.{words}", assumes=(Assumption("bad", "it is so", on_run=check),))
        with pytest.raises(rl.InputError, match=f"the check of the assumption bad ended with {words}"):
            result.bound(mine)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"holds": s.d > 0}, "no relation that symbols meet or miss"),
        ({"holds": "alpha < 1"}, "holds='alpha < 1' of an assumption is no relation"),
        ({"on_run": True}, "on_run=True of an assumption is no function"),
        ({"on_method": "sqrt"}, "on_method='sqrt' of an assumption is no function"),
        ({"id": 3}, "id=3 of an assumption is no text"),
    ],
)
def test_an_assumption_that_could_not_be_checked_is_refused(changes, words):
    with pytest.raises(rl.InputError, match=words):
        Assumption(**{"id": "bad", "text": "it is so", **changes})


def test_assumptions_are_equal_where_they_are_checked_alike():
    """As when a cell of a notebook is run again; the twins say the same and check another thing."""

    def made(least, name="least", **others):
        return Assumption(
            "long", "the run is long", on_run=lambda run, record: Finding(name, "", run.horizon > least), **others
        )

    cell = "def check(run, record):\n    return Finding('', '', (lambda: run.horizon > {})())\n"
    cells = []
    for text in (cell.format(3), cell.format(3), cell.format(4)):
        exec(text, names := {"Finding": Finding})
        cells.append(Assumption("long", "the run is long", on_run=names["check"]))
    assert made(3) == made(3)
    assert hash(made(3)) == hash(made(3))
    assert cells[0] == cells[1]
    twins = [made(4), made(3, "other"), Assumption("long", "the run is long"), made(3, holds=s.alpha < 1)]
    assert made(3) not in twins
    assert cells[0] != cells[2]
    assert assumptions.SUP_STEP != assumptions.START_STEP, "partial functions of other arguments"


def test_the_librarys_assumptions_are_equal_in_another_process():
    for about in (a for a in vars(assumptions).values() if isinstance(a, Assumption)):
        assert pickle.loads(pickle.dumps(about)) == about


@pytest.mark.parametrize(
    "about", [a for a in vars(assumptions).values() if isinstance(a, Assumption)], ids=lambda a: a.id
)
def test_a_method_meets_an_assumption_with_words_and_without(about):
    good, bad = "amsgrad(beta1=0.5, beta2=0.9, lam=0.9)", "amsgrad(beta1=0.9, beta2=0.1, eps=1, schedule='constant')"
    told = []
    for text in (good, bad, "sgd()", "adagrad()"):
        parameters = rl.algorithms.parse(text).method.parameters()
        found = about.of_method(parameters)
        assert about.met(parameters) == (None if found is None else found.passed)
        told.append(about.met(parameters))
    of_step = about.id in ("sqrt_step", "fixed_step", "constant_step")
    assert of_step or told[:2] in ([True, False], [None, None], [True, True]), "the twin is found out"


def test_an_assumption_about_unknown_symbols_is_refused(own):
    with pytest.raises(rl.InputError, match=r"the assumption bad of the bound mine\.theorem has the symbol sigma"):
        own(assumes=(Assumption("bad", "sigma < 1", holds=s.sp.Symbol("sigma") < 1),))


def test_an_assumption_nobody_can_check_is_not_passed(own):
    own(assumes=(*bounds.sgd.zinkevich.assumes, Assumption("magic", "the stars are right")))
    result = rl.simulate(rl.problems.Reddi(C=3), "sgd(alpha=1)", horizon=12)
    found = result.bound("mine.theorem")
    assert found.verdict == "not applicable because magic cannot be audited"
    (row,) = found.audit().query("id == 'magic'").to_dict("records")
    assert (row["measured"], row["passed"]) == (audit.NOT_AUDITED, False)
    assert result.bound("sgd.zinkevich").verdict != found.verdict
    plots.bound_terms(result, bound="mine.theorem")
    both = [*found.checks, audit.Check("convex", "", "no", "yes", False)]
    text = audit.verdict(both, found.look, found.curve[:, -1], found.trivial[-1])
    assert text == "not applicable because convex fails and magic cannot be audited"


def test_lists_and_pages_say_which_is_which(monkeypatch):
    monkeypatch.setattr(catalogue.Ledger, "verify", as_pinned)
    listed = catalogue.everything()
    lines = [line for _, line in listed["Bounds"]]
    assert len(set(lines)) == len(lines)
    assert not any(":class:" in line or "`" in line for section in listed.values() for _, line in section)
    page = catalogue.page("adambs.theorem4")
    assert "The bound in its place: adambs.ours." in page
    assert "AdamBS.Thm4" in page.partition("The ledger says")[2]
    assert "λ" in catalogue.page("adamx.decaying")


@pytest.fixture
def declared():
    """Symbols that a test declares are forgotten afterwards."""
    yield s.declare
    for name in s.RANGES.keys() - s.LIBRARY:
        s.forget(name)
    assert {*s.RANGES} == {symbol.name for symbol in s.MEANING} == s.LIBRARY


def largest_eta(run, record):
    """A statistic of a user's, over (replicate, t): the sum of 1/eta_s over s <= t."""
    t = record.t.values
    return np.broadcast_to(np.array([np.sqrt(np.arange(1, last + 1)).sum() for last in t]), (2, len(t)))


class Strong(rl.problems.LeastSquares):
    """Least squares that declare how strongly convex they are."""

    def constants(self):
        return {**super().constants(), "mu": Constant(0.25, "assumed")}


def test_symbols_and_statistics_of_ones_own_are_looked_up_and_measured(own, declared):
    mu = declared("mu", "strong convexity", latex=r"\mu", typical=0.1)
    eps = declared("eta_l", "least step of the method")
    total = declared("S_eta", "sum of 1/eta_t", worst=s.T ** s.sp.Rational(3, 2) / eps, measured=largest_eta)
    mine = own(terms={"steps": s.D2**2 * total / mu, "last": s.G2**2 / (mu * eps)}, methods=("bounded",))

    class Bounded(rl.methods.SGD):
        eta_l: float = parameter(1.0, "(0, inf)", "least step")

    try:
        X = np.random.default_rng(0).normal(size=(6, 2))
        result = rl.simulate(Strong(X, X[:, 0]), "bounded(alpha=0.1, eta_l=0.5)", horizon=12, replicates=2)
        found = result.bound("mine.theorem")
        D2, G2 = (float(substitution.values(result.description(), result.of())[name]) for name in ("D2", "G2"))
        assert found.terms["last"] == pytest.approx(G2**2 / (0.25 * 0.5), rel=ROUND_OFF)
        assert found.terms["steps"] == pytest.approx(D2**2 / 0.25 * largest_eta(None, result.of())[0], rel=ROUND_OFF)
        assert found.verdict in ("holds", "vacuous")
        worst = result.bound("mine.theorem", mode="a priori").terms["steps"]
        assert worst == pytest.approx(D2**2 / 0.25 * result.of().t.values ** 1.5 / 0.5, rel=ROUND_OFF)
        assert mine.at_T(4, {"D2": 1, "G2": 1, "mu": 0.5, "eta_l": 2}) == 8 / 2 / 0.5 + 1
        assert str(mine.order()["steps"]) == "T^3/2"
        assert "mu (\\mu): strong convexity" in catalogue.page("mine.theorem")
        assert "strong convexity" in report.page("mine", [result], [{}])
    finally:
        del rl.methods.Method.known["bounded"]


def test_a_symbol_of_ones_own_without_a_value_is_no_verdict(own, declared):
    """The twin: nobody declared mu on this run."""
    own(terms={"all": s.D2 / declared("mu", "strong convexity")}, assumes=())
    result = rl.simulate(rl.problems.Reddi(C=3), "sgd(alpha=1)", horizon=12)
    assert result.bound("mine.theorem").verdict == "not applicable because mu_declared fails"
    assert result.bound("sgd.zinkevich").verdict == "holds"


def test_a_statistic_that_cannot_be_measured_is_one_sentence(own, declared):
    result = rl.simulate(rl.problems.Reddi(C=3), "sgd(alpha=1)", horizon=12)
    for measured, words in ((lambda run, record: np.ones(3), "ValueError"), (lambda run, record: 1 / 0, "Zero")):
        mine = own(id=f"mine.{words}", terms={"all": declared("mu", "it", measured=measured)}, assumes=())
        with pytest.raises(rl.InputError, match=f"the value of mu on a run ended with {words}"):
            result.bound(mine)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "alpha"}, "means 'step size' already"),
        ({"name": "2x"}, "is no name"),
        ({"name": 3}, "are not all texts"),
        ({"within": "(-1, 1)"}, "is not one of"),
        ({"typical": -1}, r"outside \[0, inf\) \(of mu\)"),
        ({"worst": s.S_g**2}, "is no expression of constants"),
    ],
)
def test_a_symbol_that_nobody_could_use_is_refused(declared, changes, words):
    with pytest.raises(rl.InputError, match=words):
        declared(**{"name": "mu", "meaning": "it", **changes})
    declared("mu", "it")
    declared("mu", "it", typical=2)  # once more, as when a cell of a notebook is run again
    with pytest.raises(rl.InputError, match="means 'it' already"):
        declared("mu", "another")


TIES = {
    "adamcb.printed": (rl.samplers.AdamCB(), lambda n, K, T: n * math.log(n / K) / ((math.e - 1) * T * K)),
    "adambs_corrected.printed": (rl.samplers.AdamBSCorrected(), lambda n, K, T: n * math.log(n) / ((math.e - 1) * T)),
}


@pytest.mark.parametrize("id", TIES)
def test_the_sampler_evaluates_what_the_bound_prints(id):
    """To the last bit the textbook form, and to round-off the formula that is put into the bound."""
    sampler, square = TIES[id]
    ((symbol, formula),) = Bound.known[id].ties.items()
    rng = np.random.default_rng(0)
    for n, K, T in zip(rng.integers(2, 1000, 300), rng.integers(1, 99, 300), rng.integers(1, 10**7, 300), strict=True):
        n, K, T = int(n), min(int(K), int(n) - 1), int(T)
        taken = getattr(sampler.fit(rl.samplers.Setting(n, K, 1.0, T)), symbol.name)
        assert taken == min(1.0, math.sqrt(square(n, K, T)))
        assert taken == pytest.approx(float(assumptions.evaluated(formula, {"n": n, "K": K, "T": T})), rel=ROUND_OFF)
        assert taken == 1 or taken != pytest.approx(math.sqrt(square(n, K, T + T / 10**6)), rel=ROUND_OFF), "the twin"


@pytest.mark.parametrize("given", ["yes", True, ("one", "two"), None])
def test_what_a_check_returns_has_to_be_a_finding(given):
    run = rl.simulate("reddi", "sgd", horizon=20)
    about = rl.bounds.Assumption("own_check", "a check of one's own", on_run=lambda description, record: given)
    with pytest.raises(rl.InputError, match=r"own_check ended with TypeError.* has to return rl\.bounds\.Finding"):
        audit.check(about, run.description(), run.of())
    fine = rl.bounds.Finding("0", "0", True)
    twin = rl.bounds.Assumption("own_check", "a check of one's own", on_run=lambda description, record: fine)
    assert audit.check(twin, run.description(), run.of()).passed
