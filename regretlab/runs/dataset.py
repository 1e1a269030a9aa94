"""The dataset of a run: columns read off its state at every checkpoint, and the datasets of several runs as one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from regretlab.engines.array import State
from regretlab.engines.choice import Choice
from regretlab.methods import Coefficients, power, ratchet
from regretlab.runs.description import Description
from regretlab.runs.plan import Plan
from regretlab.runs.state import with_one_room
from regretlab.system.version import __version__

#: The version of the record's form; files of another one are not read.
FORMAT = 3


def statistics(state: State, k: Coefficients, offsets: np.ndarray) -> dict[str, np.ndarray]:
    r"""Return the quantities the bounds speak of, read off the run so far; each of shape (replicates,).

    ``k`` are the method's coefficients of the last step, ``offsets`` what the state's losses leave out of every loss.

    ``sum_sqrt_v_hat`` is :math:`\sum_i \sqrt{\hat v_{t,i}}` with the method's own bias correction;
    ``sum_v_hat_p`` the same with the method's power p for the root; ``sum_gradient_norms`` is
    :math:`\sum_i \|g_{1:t,i}\|_2`, ``sum_squared_gradients`` :math:`\sum_i \|g_{1:t,i}\|_2^2`; ``second_moment``
    estimates :math:`\sum_s \sum_j \|g_j\|^2/p_j` without bias from the drawn examples; ``beta1_t`` is the first
    moment's decay at this step.
    """
    totals = state.totals
    v_hat = k.c * ratchet(state.moments)
    return {
        "loss": totals["loss"] + totals["received"] @ offsets,
        "sum_sqrt_v_hat": np.sqrt(v_hat).sum(-1),
        "sum_v_hat_p": power(v_hat, k.p, np).sum(-1),
        "beta1_t": np.full(len(v_hat), k.mu),
        "sum_gradient_norms": np.sqrt(totals["squared_gradient"]).sum(-1),
        "sum_squared_gradients": totals["squared_gradient"].sum(-1),
        "second_moment": totals["second_moment"],
        "largest_coordinate": totals["largest_coordinate"],
        "largest_gradient": totals["largest_gradient"],
        "largest_example_gradient": totals["largest_example_gradient"],
    }


def recorded(
    plan: Plan, state: State, columns: list[dict[str, np.ndarray]], kept: dict[str, Any], chosen: Choice, seconds: float
) -> xr.Dataset:
    """Put the columns (replicates,) of every checkpoint, and the arrays of the end, into the record of a run."""
    data = curves(columns) | kept
    probabilities = np.asarray(plan.sampler.probabilities(state.sampler))
    data["probabilities"] = (("replicate", "example"), probabilities)
    record = xr.Dataset(data, coords={"replicate": list(plan.replicates), "t": plan.checkpoints})
    record.attrs["engine"], record.attrs["engine_reason"] = chosen.name, chosen.reason
    record.attrs["seconds"] = round(seconds, 3)
    return record


def curves(columns: Sequence[dict[str, np.ndarray]]) -> dict[str, Any]:
    """Join what was recorded at the checkpoints, columns (replicates,) by name, to variables over time."""
    return {name: (("replicate", "t"), np.stack([c[name] for c in columns], axis=-1)) for name in columns[0]}


def over_replicates(records: Sequence[xr.Dataset]) -> xr.Dataset:
    """Join records of different replicates of one run; the attributes are those of the first."""
    records = with_one_room(records)
    return xr.concat(records, dim="replicate", combine_attrs="override", coords="minimal", compat="override")


def one_record(records: Sequence[xr.Dataset], descriptions: Sequence[Description]) -> xr.Dataset:
    """Join the records of several algorithms to one; a quantity that one of them lacks shows as nan."""
    names = xr.DataArray([d.algorithm for d in descriptions], dims="algorithm", name="algorithm")
    records = with_one_room(records)
    record = xr.concat(records, dim=names, join="exact", combine_attrs="drop", data_vars="all")
    record.attrs = {
        "format": FORMAT,
        "regretlab": ", ".join(dict.fromkeys(r.attrs.get("regretlab", __version__) for r in records)),
        "versions": json.dumps({m.__name__: m.__version__ for m in (np, xr)}),
        "engine": ", ".join(dict.fromkeys(r.attrs["engine"] for r in records)),
        "engine_reason": "; ".join(dict.fromkeys(r.attrs["engine_reason"] for r in records)),
        "engines": json.dumps([[r.attrs["engine"], r.attrs["engine_reason"]] for r in records]),
        "seconds": json.dumps([r.attrs["seconds"] for r in records]),
        "descriptions": json.dumps([d.to_data() for d in descriptions]),
    }
    return record
