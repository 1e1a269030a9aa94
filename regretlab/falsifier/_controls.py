"""Negative controls: SGD and AMSGrad with their true bounds on the same instance; one that fails is a false alarm."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from regretlab.bounds import Bound
from regretlab.claims.provers.replay import Runs, above, play, spread
from regretlab.falsifier._instance import Instance, largest, starts
from regretlab.falsifier._subject import Subject
from regretlab.methods import SGD, AMSGrad, Method
from regretlab.parameters import Interval

ZINKEVICH, SCHEDULE_FREE = Bound.known["sgd.zinkevich"], Bound.known["amsgrad.schedule_free"]


class Control(NamedTuple):
    """One control on K instances."""

    title: str
    bound: Bound
    runs: Runs


def play_controls(subject: Subject, instances: Sequence[Instance], rounds: int) -> list[Control]:
    """SGD with the step size D / (G sqrt 2) that minimises its bound, and AMSGrad with the subject's parameters.

    AMSGrad takes alpha, beta1 and beta2 from the subject where it has them; beta1 is 0 where beta1 < sqrt(beta2), which
    AMSGrad's bound assumes, would not hold.
    """
    losses, first = spread([i.losses for i in instances], rounds), starts(instances)
    descent: list[Method] = [SGD(alpha=math.sqrt(2) / largest(instance)) for instance in instances]
    ratchet: list[Method] = [_amsgrad(subject.method(dict(instance.parameters))) for instance in instances]
    return [
        Control("SGD", ZINKEVICH, play(descent, losses, first)),
        Control("AMSGrad", SCHEDULE_FREE, play(ratchet, losses, first)),
    ]


def failures(controls: Sequence[Control]) -> np.ndarray:
    """For every control and instance, whether the control's regret is somewhere above its bound; shape (2, K)."""
    return np.array([above(control.bound, control.runs).any(axis=1) for control in controls])


def _amsgrad(method: Method) -> AMSGrad:
    own = method.parameters()
    usual = {"alpha": 0.5, "beta1": 0.0, "beta2": 0.5}
    ranges = {name: Interval(field.metadata["within"]) for name, field in AMSGrad.declared().items() if name in usual}
    fit = {name: value for name, value in own.items() if name in usual and _is_number(value) and value in ranges[name]}
    alpha, beta1, beta2 = (usual | fit).values()
    return AMSGrad(alpha=alpha, beta1=beta1 if beta1 < math.sqrt(beta2) else 0.0, beta2=beta2)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
