"""The page of public implementations: what is judged of those that are installed, and how it is shown."""

import sys

import pytest

import regretlab as rl
from regretlab.testing import implementations
from regretlab.testing.implementations import KNOWN, PACKAGES, Implementation, Page, judge_all, markdown, summary
from tests.helpers import optimisers

EXTRA = "needs the extra: pip install 'regretlab[peers]'"
#: What explains the implementations that are not the algorithm beside them, of optax 0.2.8 and PyTorch 2.14.
DIFFERENT = {
    "optax.adagrad(initial_accumulator_value=0.0, eps=1e-08)": "eps inside the root",
    "optax.adagrad()": "eps inside the root and v begins at 0.1",
    "optax.rmsprop()": "eps inside the root",
    "optax.rmsprop(eps_in_sqrt=False, bias_correction=True)": "bias correction of v",
    "optax.adam(eps=0.0, eps_root=1e-08)": "eps inside the root",
    "optax.adamw()": "weight_decay = 0.0001",
    "optax.amsgrad()": "bias correction before the maximum",
    "optax.adabelief(eps=1e-08, eps_root=0.0)": "eps at the root alone",
    "optax.yogi()": "bias correction and m and v begin at 1e-6",
    "optax.contrib.schedule_free_sgd(b1=0.9)": "average without z_1",
    "optax.contrib.schedule_free_adamw(weight_decay=0.1)": "correction of v_t in place of the step size",
    "torch.optim.SGD(momentum=0.9, dampening=0.9)": "dampening that spares the first step",
    "torch.optim.Adagrad(initial_accumulator_value=0.1)": "v begins at 0.1",
    "torch.optim.RMSprop() rmsprop": "beta2 = 0.99 and eps = 1e-08",
    "torch.optim.RMSprop(centered=True)": "variance in place of the mean square",
    "torch.optim.Adam(amsgrad=True)": "bias correction",
    "optax.radam()": "eps beside the corrected root and threshold = 5",
    "torch.optim.RAdam() radam(eps=1e-8)": "threshold = 5",
    "torch.optim.NAdam()": "momentum warmed up and single precision",
    "torch.optim.NAdam(momentum_decay=1000000.0)": "single precision",
}


def stand_in(monkeypatch, versions):
    """One package, whose two optimisers are judged, in the place of all."""
    known = (
        Implementation("tests.helpers.optimisers.adam", {}, "adam"),
        Implementation("tests.helpers.optimisers.adam", {"eps": 1e-7}, "adam"),
    )
    monkeypatch.setattr(implementations, "KNOWN", known)
    monkeypatch.setattr(implementations, "PACKAGES", {"tests": "tests", "elsewhere": "elsewhere"})
    monkeypatch.setattr(implementations, "version", versions.__getitem__)
    monkeypatch.setattr(Implementation, "candidate", lambda self: rl.testing.Candidate(
        optimisers.adam(implementations.ALPHA, **self.options), f"{self.method}(alpha={implementations.ALPHA})",
        name=self.shown,
    ))  # fmt: skip


@pytest.mark.parametrize("package", ["optax", "torch"])
def test_what_is_known_of_installed_packages(package):
    pytest.importorskip(package, reason=EXTRA)
    page = judge_all([package])
    found = {}
    for known, report in page.reports:
        assert report.verdict in ("same", "different")
        if report.verdict == "different":
            several = [other.shown for other, _ in page.reports].count(known.shown) > 1
            found[f"{known.shown} {known.method}" if several else known.shown] = " and ".join(
                variant.name for variant in report.explanation
            )
    assert found == {key: why for key, why in DIFFERENT.items() if key.startswith(package)}


def test_they_are_many_and_of_every_package():
    assert len({(known.shown, known.method) for known in KNOWN}) == len(KNOWN) >= 50
    assert {known.package for known in KNOWN} == set(PACKAGES)
    for known in KNOWN:
        assert rl.testing.Candidate("adam", known.method).paper()


def test_the_page_has_the_lines_and_the_terminal_a_table(monkeypatch, call, tmp_path):
    stand_in(monkeypatch, {"tests": "1.2"})
    status, out, _ = call("conform", "--out", tmp_path / "page.md")
    assert status == 0
    assert max(map(len, out.splitlines())) <= 100
    rows = [line.split() for line in out.splitlines()]
    assert rows[1] == ["tests", "1.2"]
    assert rows[2][1:3] == ["adam", "same"]
    assert rows[3][1:3] == ["adam", "different"]
    assert "Not installed: elsewhere." in out
    page = (tmp_path / "page.md").read_text()
    assert "| `tests.helpers.optimisers.adam(eps=1e-07)` | `adam` | different |" in page
    assert "eps = 1e-07, where the paper has eps = 1e-08 |" in page
    assert "1 of 2 implementations are the algorithm beside them up to round-off; of the 1 others" in page


def test_what_is_not_there_is_one_sentence(monkeypatch, call):
    status, _, said = call("conform", "jaxopt")
    assert (status, said.startswith("regretlab: unknown package 'jaxopt'")) == (2, True)
    monkeypatch.setitem(sys.modules, "torch", None)
    status, _, said = call("conform", "torch")
    assert (status, said) == (2, "regretlab: none of torch is installed; install one, such as pip install optax.\n")
    status, _, said = call("conform", "--out", "no/folder/page.md")
    assert (status, "does not exist" in said) == (2, True)


def test_an_empty_page_can_be_written():
    page = Page([], {}, ["torch"])
    assert summary(page).startswith("0 of 0")
    assert markdown(page).count("|") == 12
