"""Public implementations of optimisers, the algorithms that they cite, and the page that says which of them agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import redirect_stdout
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from io import StringIO
from typing import Any, NamedTuple

from regretlab.errors import unknown_name
from regretlab.testing._candidates import Candidate
from regretlab.testing._conformance import batches, judge
from regretlab.testing._report import Conformance

#: The packages: what is imported, and what is installed.
PACKAGES = {
    "torch": "torch", "optax": "optax", "pytorch_optimizer": "pytorch-optimizer", "schedulefree": "schedulefree",
}  # fmt: skip
#: The step size of all of them, which is left out of the page; a decay so large that its place shows.
ALPHA, LAM = 0.02, 0.1


class Implementation(NamedTuple):
    """A class or function by its path, its options, and the paper's method with the parameters that these say."""

    path: str
    options: dict[str, Any]
    method: str

    @property
    def package(self) -> str:
        return self.path.partition(".")[0]

    @property
    def shown(self) -> str:
        """The call, without the step size."""
        inside = ", ".join(f"{key}={value!r}" for key, value in self.options.items())
        return f"{self.path}({inside})"

    def candidate(self) -> Candidate:
        """Return it as a candidate, from the package that is installed."""
        module, _, name = self.path.rpartition(".")
        made = getattr(import_module(module), name)
        head, _, inside = self.method.partition("(")
        method = f"{head}(alpha={ALPHA}{', ' if inside else ')'}{inside}"
        if self.package == "optax":
            return Candidate(made(ALPHA, **self.options), method, name=self.shown)
        return Candidate(made, method, options={"lr": ALPHA, **self.options}, name=self.shown)


_HEAVY: dict[str, Any] = {"momentum": 0.9}
_DECAY: dict[str, Any] = {"weight_decay": LAM}


def _rows(path: str, *rows: tuple[dict[str, Any], str]) -> Iterator[Implementation]:
    return (Implementation(path, options, method) for options, method in rows)


KNOWN: tuple[Implementation, ...] = (
    *_rows("torch.optim.SGD", ({}, "sgd"), (_HEAVY, "momentum"), (_HEAVY | {"nesterov": True}, "nesterov"),
           (_HEAVY | _DECAY, f"momentuml2(weight_decay={LAM})"), (_HEAVY | {"dampening": 0.9}, "momentum")),
    *_rows("torch.optim.Adagrad", ({"eps": 1e-8}, "adagrad(eps=1e-8)"),
           (_DECAY, f"adagradl2(weight_decay={LAM}, eps=1e-10)"),
           ({"initial_accumulator_value": 0.1}, "adagrad(eps=1e-10)")),
    *_rows("torch.optim.RMSprop", ({}, "rmsprop(beta2=0.99, eps=1e-8)"), ({}, "rmsprop"),
           ({"centered": True}, "rmsprop(beta2=0.99, eps=1e-8)")),
    *_rows("torch.optim.Adam", ({}, "adam"), ({"foreach": True}, "adam"), ({"fused": True}, "adam"),
           (_DECAY, f"adaml2(weight_decay={LAM})"), ({"amsgrad": True}, "amsgrad(eps=1e-8)")),
    *_rows("torch.optim.AdamW", (_DECAY, f"adamw(weight_decay={LAM})"), ({"fused": True}, "adamw")),
    *_rows("torch.optim.NAdam", ({}, "nadam"), ({"momentum_decay": 1e6}, "nadam")),
    *_rows("torch.optim.RAdam", ({}, "radam(eps=1e-8)"), ({}, "radam(eps=1e-8, threshold=5)")),
    *_rows("optax.sgd", ({}, "sgd"), (_HEAVY, "momentum"), (_HEAVY | {"nesterov": True}, "nesterov")),
    *_rows("optax.adagrad", ({"initial_accumulator_value": 0.0, "eps": 1e-8}, "adagrad(eps=1e-8)"),
           ({}, "adagrad(eps=1e-7)")),
    *_rows("optax.rmsprop", ({"eps_in_sqrt": False}, "rmsprop(eps=1e-8)"), ({}, "rmsprop(eps=1e-8)"),
           ({"eps_in_sqrt": False, "bias_correction": True}, "rmsprop(eps=1e-8)")),
    *_rows("optax.adam", ({}, "adam"), ({"eps": 0.0, "eps_root": 1e-8}, "adam"), ({"nesterov": True}, "nadam")),
    *_rows("optax.adamw", (_DECAY, f"adamw(weight_decay={LAM})"), ({}, "adamw")),
    *_rows("optax.amsgrad", ({}, "amsgrad(eps=1e-8)"),
           ({"bias_correction_mu": False, "bias_correction_nu": False}, "amsgrad(eps=1e-8)")),
    *_rows("optax.nadam", ({}, "nadam")),
    *_rows("optax.adabelief", ({"eps": 1e-8, "eps_root": 1e-8}, "adabelief(eps=1e-8)"),
           ({"eps": 1e-8, "eps_root": 0.0}, "adabelief(eps=1e-8)")),
    *_rows("optax.yogi", ({}, "yogi")),
    *_rows("optax.lion", (_DECAY, f"lion(weight_decay={LAM})")),
    *_rows("optax.radam", ({}, "radam(eps=1e-8)")),
    *_rows("optax.contrib.adopt", ({}, "adopt"), ({"use_clipping": False}, "adopt(clip=0)")),
    *_rows("optax.contrib.schedule_free_sgd", ({"b1": 0.9}, "schedulefreesgd")),
    *_rows("optax.contrib.schedule_free_adamw", (_DECAY, f"schedulefreeadamw(weight_decay={LAM})")),
    *_rows("pytorch_optimizer.AdaBelief", ({"eps": 1e-8, "rectify": False}, "adabelief(eps=1e-8)")),
    *_rows("pytorch_optimizer.Yogi", ({}, "yogi")),
    *_rows("pytorch_optimizer.PAdam", ({"partial": 0.5}, "amsgrad(eps=1e-8)"),
           ({"partial": 0.125}, "padam(p=0.125, eps=1e-8)")),
    *_rows("pytorch_optimizer.SGDW", (_HEAVY | _DECAY, f"momentumw(weight_decay={LAM})")),
    *_rows("pytorch_optimizer.Lion", (_DECAY, f"lion(weight_decay={LAM})")),
    *_rows("pytorch_optimizer.RAdam", ({}, "radam(eps=1e-8)")),
    *_rows("pytorch_optimizer.ADOPT", ({}, "adopt")),
    *_rows("pytorch_optimizer.ScheduleFreeSGD", ({}, "schedulefreesgd")),
    *_rows("pytorch_optimizer.ScheduleFreeAdamW", (_DECAY, f"schedulefreeadamw(weight_decay={LAM})")),
    *_rows("schedulefree.SGDScheduleFree", ({}, "schedulefreesgd")),
    *_rows("schedulefree.SGDScheduleFreeReference", ({}, "schedulefreesgd")),
    *_rows("schedulefree.AdamWScheduleFree", (_DECAY, f"schedulefreeadamw(weight_decay={LAM})")),
    *_rows("schedulefree.AdamWScheduleFreeReference", (_DECAY, f"schedulefreeadamw(weight_decay={LAM})")),
    *_rows("schedulefree.AdamWScheduleFreePaper", (_DECAY, f"schedulefreeadamw(weight_decay={LAM})")),
)  # fmt: skip


class Page(NamedTuple):
    """What came of judging implementations: reports, the versions, and packages that are not installed."""

    reports: list[tuple[Implementation, Conformance]]
    versions: dict[str, str]
    missing: list[str]


def judge_all(packages: Iterable[str] = (), progress: Any = iter) -> Page:
    """Judge the implementations of the packages that are installed.

    Parameters
    ----------
    packages : iterable of str
        Of :data:`PACKAGES`; all of them by default.
    progress : callable
        Given the implementations, an iterator of them that shows how far it is.

    Raises
    ------
    InputError
        For a package of which no implementation is known.
    """
    wanted = list(packages) or list(PACKAGES)
    for package in wanted:
        if package not in PACKAGES:
            raise unknown_name("package", package, PACKAGES)
    versions = {}
    for package in wanted:
        try:
            import_module(package)
            versions[package] = version(PACKAGES[package])
        except (ImportError, PackageNotFoundError):
            continue
    reports = []
    for known in progress([known for known in KNOWN if known.package in versions]):
        candidate = known.candidate()
        with redirect_stdout(StringIO()):  # some print when they begin
            reports.append((known, judge(candidate, batches(candidate))))
    return Page(reports, versions, [package for package in wanted if package not in versions])


HEAD = ("implementation", "paper's method", "verdict", "largest", "explained by")


def cells(known: Implementation, report: Conformance) -> tuple[str, ...]:
    """Return a report as the texts of a row under :data:`HEAD`."""
    why = " and ".join(variant.name for variant in report.explanation)
    unknown = "no known change of lines" if report.verdict == "different" else ""
    return known.shown, known.method, report.verdict, f"{report.largest:.1g}", why or unknown


def markdown(page: Page) -> str:
    """Return a page in Markdown, with the line of the paper that each difference changes."""
    table = [HEAD, ("---",) * len(HEAD)]
    for known, report in page.reports:
        call, method, *numbers, why = cells(known, report)
        table.append((f"`{call}`", f"`{method}`", *numbers, "; ".join(report.lines) or why))
    rows = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table]
    return "\n".join(["# Is the code the paper's algorithm?", "", summary(page), "", *rows, ""])


def summary(page: Page) -> str:
    """Return what a page shows, in two sentences."""
    verdicts = [report.verdict for _, report in page.reports]
    others = [report for _, report in page.reports if report.verdict != "same"]
    known = sum(bool(report.explanation) for report in others)
    versions = ", ".join(f"{PACKAGES[package]} {found}" for package, found in page.versions.items())
    return (
        f"{verdicts.count('same')} of {len(verdicts)} implementations are the algorithm beside them up to round-off; "
        f"of the {len(others)} others, the lines that differ are known for {known}. With {versions}; the step size is "
        f"{ALPHA}, and the largest difference is that of a coordinate as a share of it."
    )
