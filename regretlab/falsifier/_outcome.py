"""The outcome of a search, and the files that show it: a claim with its certificate, a figure and its data."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from regretlab.claims import Certificate
from regretlab.claims.language.verdict import Outcome
from regretlab.claims.ledger.certificate import digest, tools
from regretlab.claims.provers.replay import limit, spread
from regretlab.claims.statements import Kink, NoRegret, RegretBound, Statement, kink
from regretlab.errors import InputError
from regretlab.falsifier._conjectures import BoundHolds, Conjecture
from regretlab.falsifier._controls import play_controls
from regretlab.falsifier._instance import Instance, Loss
from regretlab.system.files import atomically

#: The names of the files, and of the claim in its file.
CLAIM, DEFINITIONS, FIGURE, DATA = "claim.py", "_definitions.py", "instance.svg", "instance.csv"
PAPER, ID = "falsified", "instance"
#: Rounds that a figure shows: of a bound, so many times those to the violation; of an average regret, these.
BEYOND, LONG_RUN = 3, 2000


class Proof(NamedTuple):
    """An instance, the formal statement that it refutes, the certificate's form and body, and the checker's outcome."""

    instance: Instance
    statement: Statement
    form: str
    body: dict[str, Any]
    outcome: Outcome


@dataclass(frozen=True, repr=False)
class Falsification:
    """The outcome of :func:`regretlab.falsify`.

    Attributes
    ----------
    conjecture : Conjecture
        What was to be falsified.
    proof : Proof or None
        The smallest instance found that refutes it, with its certificate; None if nothing was certified.
    score : float
        The largest of all candidates: of regret over bound, or of the average regret that the second half of the
        rounds adds to that of the controls.
    best : Instance or None
        The candidate that had it.
    discarded : tuple of str
        Instances on which a control exceeds its true bound, in words: a broken problem, not a discovery.
    uncertified : str
        Why the last instance that refutes the conjecture in floating point has no certificate; empty where none does.
    candidates : int
        How many were tried.
    seconds : float
        How long it took, shrinking included.
    interrupted : bool
        Whether Ctrl-C ended it.
    definitions : Path or None
        The user's file with the method or the bound.
    """

    conjecture: Conjecture
    proof: Proof | None
    score: float
    best: Instance | None
    discarded: tuple[str, ...]
    uncertified: str
    candidates: int
    seconds: float
    interrupted: bool
    definitions: Path | None

    @property
    def certified(self) -> bool:
        """Whether an instance was found, shrunk, and accepted by the checker."""
        return self.proof is not None

    def __repr__(self) -> str:
        return self.text()

    def text(self) -> str:
        """Write the question and the findings, in a few lines."""
        tried = f"{self.candidates} candidates in {self.seconds:.1f} s"
        lines = [self.conjecture.text, *(f"discarded: {words}" for words in self.discarded)]
        if self.proof is not None:
            instance = self.proof.instance
            lines += [
                f"refuted ({tried}): {self.conjecture.subject.spelled(instance)}",
                f"  on the losses {_repeated(instance)} from x_1 = {instance.start}",
                f"  {self.proof.outcome.words}",
                "  controls: SGD and AMSGrad, on the same losses, keep their true bounds",
            ]
        else:
            lines += [f"nothing {'certified' if self.uncertified else 'found'} ({tried})"]
            if self.best is not None:
                lines[-1] += f"; {self.conjecture.says(self.score, self.best)}"
                rough = ", ".join(_rough(loss) for loss in self.best.losses)
                numbers = (*self.best.parameters, ("x_1", self.best.start))
                lines += [f"  at losses {rough}, {', '.join(f'{name} = {float(x):.3g}' for name, x in numbers)}"]
            if self.uncertified:
                lines += [f"  refuted in floating point, but there is no certificate: {self.uncertified}"]
        return "\n".join(lines)

    @property
    def record(self) -> xr.Dataset:
        """The runs of the subject and the controls on the instance, every round: what the figure is drawn from.

        Dims ``algorithm`` and ``t``; slopes of the loss ``left`` and ``right`` of its kink (equal where it has none),
        iterate ``x``, ``regret``, and the ``bound`` on it.
        """
        if self.proof is None:
            raise InputError("there is no instance to show, because nothing was found; search longer.")
        conjecture, instance, statement = self.conjecture, self.proof.instance, self.proof.statement
        held = conjecture.bound if isinstance(conjecture, BoundHolds) else None
        t = statement.horizon if isinstance(statement, RegretBound) else 0
        rounds = max(BEYOND * t, 4 * len(instance.losses), 12) if held else max(LONG_RUN, 40 * len(instance.losses))
        own = conjecture.subject.play([instance], rounds)
        controls = play_controls(conjecture.subject, [instance], rounds)
        unknown = np.full(rounds, np.nan)
        bounds = [limit(held, own)[0] if held else unknown, *(limit(c.bound, c.runs)[0] for c in controls)]
        runs = [own, *(control.runs for control in controls)]
        m = len(instance.losses)
        losses = spread([instance.losses], rounds)
        sums = losses.anywhere()[0, :m].sum(axis=0)  # of one period, at the points where it can be smallest
        return xr.Dataset(
            {
                "left": ("t", losses.left[0]),
                "right": ("t", losses.right[0]),
                "x": (("algorithm", "t"), np.stack([run.x[0] for run in runs])),
                "regret": (("algorithm", "t"), np.stack([run.regret[0] for run in runs])),
                "bound": (("algorithm", "t"), np.stack(bounds)),
            },
            {
                "t": np.arange(1, rounds + 1),
                "algorithm": [conjecture.subject.title, *(f"{c.title} (control)" for c in controls)],
            },
            {
                "title": conjecture.subject.spelled(instance),
                "period": m,
                "violated": t,
                "bound": f"{held.title}{f' ({held.mark})' if held.mark else ''}" if held else "",
                "limit": np.nan if held else 2 * abs(losses.left[0, :m].mean()),
                "best": float(losses.points[0][np.argmin(sums)]),
            },
        )

    def write(self, folder: Path) -> None:
        """Write the claim, its certificate, the figure and its data; files of an earlier search are removed."""
        from regretlab import plots  # Matplotlib is loaded by those who draw

        certificate = Path("certs") / f"{PAPER}.{ID}.json"
        for name in (CLAIM, DEFINITIONS, FIGURE, DATA, certificate):
            (folder / name).unlink(missing_ok=True)
        if self.proof is None:
            return
        made = Certificate(f"{PAPER}.{ID}", digest(self.proof.statement), self.proof.form, self.proof.body, tools())
        made.write(folder / certificate)
        if self.definitions is not None:
            shutil.copyfile(self.definitions, folder / DEFINITIONS)
        with atomically(folder / CLAIM) as path:
            path.write_text(self.claim(), encoding="utf-8")
        with atomically(folder / DATA) as path:
            plots.instance_data(self.record).to_csv(path, index=False)
        plots.save(plots.instance(self.record)[0], folder / FIGURE)

    def claim(self) -> str:
        """Write the claim as a file for ``regretlab verify``: the conjecture, pinned as refuted."""
        if self.proof is None:
            raise InputError("there is no instance to claim, because nothing was found; search longer.")
        lines = [f'"""{self.conjecture.text}.', "", f"Refuted: {self.proof.outcome.words}.", '"""', ""]
        if self.definitions is not None:
            lines += ["import runpy", "from pathlib import Path", ""]
        lines += ["from regretlab.claims import Paper", ""]
        if self.definitions is not None:
            lines += [f'runpy.run_path(str(Path(__file__).with_name("{DEFINITIONS}")))']
        lines += [f'P = Paper("{PAPER}", "Found by regretlab falsify")', *_call(self.proof.statement, self.conjecture)]
        return "\n".join([*lines, ""])


def _call(statement: Statement, conjecture: Conjecture) -> list[str]:
    """Write the call that makes the statement again."""
    if isinstance(statement, RegretBound) and isinstance(conjecture, BoundHolds):
        given = {
            "losses": [[*map(str, c)] if isinstance(c, Kink) else str(c) for c in statement.losses],
            "algorithm": statement.algorithm,
            "bound": statement.bound,
            "horizon": statement.horizon,
            "start": str(statement.start),
        }
        kind, latex, at = "regret_bound", conjecture.bound.latex(), conjecture.bound.source
    else:
        assert isinstance(statement, NoRegret)
        given = {"m": statement.m, "beta1": str(statement.beta1), "beta2": [str(b) for b in statement.beta2]}
        kind, latex, at = "no_regret", r"R(T)/T \to 0", f"{conjecture.subject.title}, all periodic linear losses"
    details = {"at": at, **given, "expect": "refuted"}
    return [
        f"P.{kind}(", f'    "{ID}",', f"    {_raw(latex)},",
        *(f"    {name}={json.dumps(value)}," for name, value in details.items()), ")",
    ]  # fmt: skip


def _raw(text: str) -> str:
    """Write a text as a raw string where that is possible."""
    return json.dumps(text) if '"' in text or text.endswith("\\") or "\n" in text else f'r"{text}"'


def _rough(loss: Loss) -> str:
    """Write a loss in floats, for reading."""
    left, right, at = map(float, kink(loss))
    return f"max({left:.3g} (x - {at:.3g}), {right:.3g} (x - {at:.3g}))" if left < right else f"{left:.3g} x"


def _repeated(instance: Instance) -> str:
    """Write the losses of one period, for reading; a long run of equal losses is counted."""
    words = [str(loss) if isinstance(loss, Kink) else f"{loss} x" for loss in instance.losses]
    runs = [(word, len(list(equal))) for word, equal in groupby(words)]
    return ", ".join(f"{word} ({n} times)" if n > 4 else ", ".join([word] * n) for word, n in runs) + " in turn"
