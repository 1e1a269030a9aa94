"""The data behind every figure, and the short names of algorithms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regretlab.bounds import Bound
from regretlab.errors import InputError
from regretlab.plots._periods import axis, drawn
from regretlab.verdicts.comparison import Comparison, trivial_bound
from regretlab.verdicts.means import CERTIFIED, STUDENT, mean_interval

if TYPE_CHECKING:
    from regretlab.record import Record

#: A certified gap above this share of the regret is named in the legend.
WIDE = 0.01
FIT = ["exponent", "exponent_low", "exponent_high"]


def against(result: Record, name: str, bound: Bound) -> str:
    """Name an algorithm and a bound about it."""
    short = result.label(name)
    return bound.title if bound.title.startswith(short) else f"{short}: {bound.title}"


def bound_versus_regret_data(
    result: Record, algorithm: str | None = None, *, kind: str | None = None,
    bounds: Sequence[str | Bound] | None = None, mode: str = "stated",
) -> pd.DataFrame:  # fmt: skip
    """Tabulate the data of :func:`bound_versus_regret`: one line per curve and checkpoint that is drawn.

    Columns ``role`` (regret, bound, term, trivial), ``id``, ``label``, ``t``, ``value``; for the regret ``low`` and
    ``high``, the ends of its band; for a bound ``above``, how many of the ``intervals`` (one per run, or that of the
    mean) lie above it once it is violated, ``worst``, their largest lower end, ``verdict``, ``first``, the first
    horizon that was looked at and violates it, and ``there``, its value at that. ``attrs`` say whose regret it is, of
    which kind, what the band is, and the label of the axis of ``steps``. A run in a cyclic order is drawn at the ends
    of whole periods; where the record has too few of them ``joined`` is false, and its checkpoints are points without a
    line.
    """
    if bounds is None:
        chosen = result.comparisons(algorithm, mode)
    else:
        chosen = [result.bound(b, algorithm, mode) for b in ([bounds] if isinstance(bounds, (str, Bound)) else bounds)]
    kinds = [c.bound.speaks_of for c in chosen]
    kind = kind or ("online" if not kinds or (bounds is None and "online" in kinds) else kinds[0])
    if bounds is not None and set(kinds) - {kind}:
        raise InputError(f"these bounds speak of {' and '.join(sorted(set(kinds)))} regret; a figure shows one kind.")
    chosen = [c for c in chosen if c.bound.speaks_of == kind]
    run, t = result.description(algorithm), result.record.t.values
    data = _regrets(result, kind, [run.algorithm])
    words = "mean " * (result.replicates > 1) + f"{kind} regret" + ", from below" * ("gap" in data.attrs["band"])
    curves = [data.assign(role="regret", id=kind, label=words), *map(_bound, chosen)]
    for term, value in chosen[0].terms.items() if chosen else ():
        curves.append(pd.DataFrame({"role": "term", "id": term, "label": f"{term} term", "t": t, "value": value}))
    if np.isfinite(value := trivial_bound(run, kind, result.of(algorithm))).all():
        curves.append(pd.DataFrame({"role": "trivial", "id": "", "label": "trivial bound", "t": t, "value": value}))
    columns = ["role", "id", "label", "t", "value", "low", "high", "above", "intervals", "worst", "verdict",
               "first", "there"]  # fmt: skip
    steps = drawn(run, t)
    curves = [c[c.t.isin(t[steps.shown])].reindex(columns=columns).astype(object) for c in curves]
    joined = pd.concat(curves, ignore_index=True).infer_objects().assign(joined=steps.joined)
    title = f"{result.label(run.algorithm)} on {run.problem.name}"
    joined.attrs = {"algorithm": run.algorithm, "title": title, "kind": kind, **data.attrs}
    return joined


def _bound(c: Comparison) -> pd.DataFrame:
    # A bound whose parameters are tied to the horizon claims nothing before it: count from the first violation on.
    above = ((c.low > c.curve) & (c.t >= (c.first_violation or math.inf))).sum(axis=0)
    return pd.DataFrame({
        "role": "bound", "id": c.bound.id, "label": c.bound.title + (f" ({c.bound.mark})" if c.bound.mark else ""),
        "t": c.t, "value": c.curve.mean(axis=0), "above": above, "intervals": len(c.low), "worst": c.low.max(axis=0),
        "verdict": c.verdict, "first": c.first_violation, "there": c.look.bound,
    })  # fmt: skip


def first_bound(result: Record, algorithm: str | None) -> Bound:
    """Return the bound that a figure of one bound shows unless another is asked for."""
    if not (known := result.applicable(algorithm)):
        name = result.description(algorithm).algorithm
        raise InputError(f"no bound in the library is about {name}; 'regretlab list' shows what bounds are about.")
    return known[0]


def ratios(c: Comparison) -> pd.DataFrame:
    """Regret over bound at every checkpoint, of the run whose ratio is largest, or of the mean."""
    curve = np.broadcast_to(c.curve, c.regret.shape)
    with np.errstate(divide="ignore", invalid="ignore"):  # of a bound that is 0 while all gradients are
        ratio, low, high = c.regret / curve, c.shown_low / curve, c.shown_high / curve
        trivial = c.trivial / curve.max(axis=0)
    run, at = ratio.argmax(axis=0), np.arange(len(c.t))
    later = c.t >= (c.first_violation or math.inf)
    return pd.DataFrame({
        "id": c.bound.id, "t": c.t, "regret": c.regret[run, at], "bound": curve[run, at], "ratio": ratio[run, at],
        "low": low.min(axis=0), "high": high.max(axis=0),
        "above": ((c.low > curve) & later).sum(axis=0), "intervals": len(c.low),
        "trivial": trivial, "vacuous": (~(curve < c.trivial)).any(axis=0), "verdict": c.verdict,
        "first": c.first_violation, "there": c.look.low / c.look.bound,
    })  # fmt: skip


def biased(result: Record, name: str) -> bool:
    """Tell whether an algorithm's estimate is biased, E f_t = c f with c other than 1: its online regret is scaled."""
    return result.description(name).law.factor not in (1, None)


def common_kind(result: Record) -> str:
    """Return the regret in which all algorithms can be compared: cumulative where an estimate is biased, if measured.

    Examples
    --------
    >>> import regretlab as rl
    >>> two = rl.simulate("stochastic_reddi", ["adam", "adamcb(batch_size=2)"], horizon=9, measure=["cumulative"])
    >>> common_kind(two), common_kind(rl.simulate("stochastic_reddi", "adam", horizon=9))
    ('cumulative', 'online')
    """
    names = result.algorithms
    apart = any(biased(result, name) for name in names)
    return "cumulative" if apart and all("cumulative" in result.kinds(name) for name in names) else "online"


def average_regret_data(result: Record, *, kind: str | None = None) -> pd.DataFrame:
    """Tabulate the data of :func:`average_regret`, with the columns of :func:`regret_overview_data`."""
    data = _regrets(result, kind or common_kind(result))
    data[["value", "low", "high"]] = data[["value", "low", "high"]].div(data.t, axis=0)
    return data


def regret_overview_data(result: Record, *, kind: str | None = None) -> pd.DataFrame:
    """Tabulate the data of :func:`regret_overview`.

    Columns ``algorithm``, ``label``, ``t``, ``value``, ``low``, ``high``, ``joined`` (whether a line may join the
    checkpoints), and the exponent of t with its 95 % interval, nan where there is none: ``exponent``,
    ``exponent_low``, ``exponent_high``.
    """
    data = _regrets(result, kind := kind or common_kind(result))
    fits = {name: result.exponent(kind, name) for name in data.algorithm.unique()}
    data[FIT] = [fits[name][:3] for name in data.algorithm]
    return data


def learning(result: Record) -> list[str]:
    """List the algorithms whose sampler learns: its law is neither fixed nor that of the present step alone."""
    return [a for a in result.algorithms if result.description(a).learns]


def sampling_probabilities_data(result: Record, *, algorithms: Sequence[str] | None = None) -> pd.DataFrame:
    """Tabulate the data of :func:`sampling_probabilities`.

    Columns ``algorithm``, ``label``, ``rank`` (1 is a run's likeliest example), ``value``, ``low``, ``high`` (over the
    runs: mean, smallest and largest probability of that rank), ``uniform`` (1/n), ``total`` (the sum that was divided
    by: K for inclusion probabilities).
    """
    names = algorithms or learning(result)
    parts = []
    for run in map(result.description, names):
        name, total = run.algorithm, run.law.total
        p = -np.sort(-result.of(name).probabilities.values / total, axis=1)
        parts.append(pd.DataFrame({
            "algorithm": name, "label": result.label(name), "rank": np.arange(1, p.shape[1] + 1), "value": p.mean(0),
            "low": p.min(0), "high": p.max(0), "uniform": 1 / p.shape[1], "total": total,
        }))  # fmt: skip
    if not parts:
        raise InputError("no algorithm of this result learns what to sample; simulate one that does, such as 'adambs'.")
    return pd.concat(parts, ignore_index=True)


def _regrets(result: Record, kind: str, names: Sequence[str] = ()) -> pd.DataFrame:
    """Tabulate the mean regrets of the algorithms that have this kind, with bands; ``attrs`` names the band."""
    chosen = names or [name for name in result.algorithms if kind in result.kinds(name)] or result.algorithms
    regrets = {name: result.regret(kind, name) for name in chosen}
    wide = any(float((r.high - r.low).mean()) > WIDE * float(abs(r.value).mean()) for r in regrets.values())
    # Bands that are mostly certified gap would hide one another: show the spread around the best point found instead.
    best = wide and not names
    parts, steps = [], {name: drawn(result.description(name), result.record.t.values) for name in regrets}
    for name, regret in regrets.items():
        shown = regret.assign(low=regret.value, high=regret.value) if best else regret
        mean, low, high = mean_interval(shown, result.random(name))
        values = {"t": result.record.t.values, "value": mean, "low": low, "high": high}
        scaled = kind == "online" and not names and len(chosen) > 1 and biased(result, name)
        said = f"\n(biased: E f = {result.description(name).law.factor:.3g} f)" if scaled else ""
        label = f"{result.label(name)}{said}"
        part = pd.DataFrame({"algorithm": name, "label": label, **values, "joined": steps[name].joined})
        parts.append(part[steps[name].shown])
    data = pd.concat(parts, ignore_index=True)
    kept = "no band" if best else f"{CERTIFIED} interval"
    if result.replicates > 1 and any(result.random(name) for name in regrets):
        kept = f"band: {STUDENT}"
    gap = ", against the best point found" if best else ", with certified gap" if wide and result.replicates > 1 else ""
    data.attrs = {
        "kind": kind,
        "band": f"{kept} (R = {result.replicates}){gap}",
        "steps": axis("step $t$", steps.values()),
    }
    return data
