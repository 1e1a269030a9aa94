"""The diagnosis of a step: a state that is none, and the first number that is not finite, with its likely cause."""

from __future__ import annotations

from typing import Any

import numpy as np

from regretlab.errors import InputError, NonFiniteError
from regretlab.methods import Moments, OwnState

Array = Any


def check_state(name: str, before: Any, after: Any) -> None:
    """Raise an :class:`InputError` unless a step returned the arrays that it was given, in their shapes."""
    was, found = (
        {key: np.shape(a) for key, a in state._asdict().items()} if isinstance(state, OwnState) else {}
        for state in (before, after)
    )
    for key in was:
        if found.get(key) != was[key]:
            there = f"{key} of shape {found[key]}" if key in found else f"no {key}"
            raise InputError(
                f"the step of {name} returns {there}, which has shape {was[key]} before it; return "
                "state._replace(x=..., ...) with arrays of the same shapes."
            )


def diagnose(t: int, g: Array, loss: Array, losses: Array, before: Any, after: Any) -> None:
    """Say where a run stopped being finite, and the likely cause, unless only a sum of all that is finite is not.

    An array of a method's own may hold infinities from its beginning.
    """
    if isinstance(after, Moments):
        kept = [(after.v, "the second moment overflowed: rescale the losses, by the problem's features or constants")]
    else:
        new = {name: np.isfinite(a) for name, a in before._asdict().items() if name != "x"}
        kept = [
            (
                np.where(finite, getattr(after, name), 0.0).reshape(len(finite), -1),
                f"the method's array {name} is not finite any more: rescale the losses, or use another alpha or eps",
            )
            for name, finite in new.items()
        ]
    suspects = [
        (
            g,
            "the gradient estimate is not finite: the problem's losses overflow there, or a probability is zero",
        ),
        (
            loss[:, None],
            "the loss is not finite: the iterate left the region where the problem's losses are defined",
        ),
        (
            losses[:, None],
            "the sum of the losses overflowed: measure them in larger units, use a smaller alpha or a bounded domain",
        ),
        *kept,
        (after.x, "the iterate overflowed: use a smaller alpha, a positive eps or a bounded domain"),
    ]
    for values, cause in suspects:
        bad = np.argwhere(~np.isfinite(values))
        if len(bad):
            replicate, coordinate = map(int, bad[0])
            raise NonFiniteError(f"step {t}, replicate {replicate}, coordinate {coordinate}: {cause}.")
