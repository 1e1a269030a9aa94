"""The description of a run: all that bounds, audits and figures know of it apart from its record."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from regretlab.domains import spelled
from regretlab.problems import Constant
from regretlab.runs.plan import Plan
from regretlab.samplers import Law, Sampler


@dataclass(frozen=True)
class ProblemDescription:
    """The description of a problem.

    Attributes
    ----------
    name : str
    n, d : int
        Numbers of examples and of coordinates.
    convex : bool
    convex_reason : str
        Why the problem is convex, or why it is not.
    D, D2 : float or None
        The domain's diameters in the maximum and in the Euclidean norm; None without a domain.
    constants : mapping of str to Constant
        What the problem declares: L, G_inf, span and the like, each with how it was obtained.
    digest : str
        Of the problem's data and parameters.
    domain : str
        As :func:`regretlab.domains.spelled` writes it; empty in records of the first versions.
    """

    name: str
    n: int
    d: int
    convex: bool
    convex_reason: str
    domain: str
    D: float | None
    D2: float | None
    constants: Mapping[str, Constant]
    digest: str

    def constant(self, name: str, missing: float = math.nan) -> float:
        """Return the value of a declared constant, or ``missing`` where the problem declares none."""
        return self.constants[name].value if name in self.constants else missing


@dataclass(frozen=True)
class Description:
    """A run in words and numbers; the record carries it as JSON.

    Attributes
    ----------
    problem : ProblemDescription
    algorithm : str
        The name under which the algorithm was run.
    method, sampler : str
        Names of the classes, as strings and study files have them.
    method_parameters, sampler_parameters : mapping
        Hyper-parameters by name; those that were tied to the run are numbers here.
    law : Law
        The sampler's set of probabilities and its estimator.
    K : int
        The batch size.
    horizon : int
        The number of steps T.
    replicates : tuple of int
        The numbers of the replicates.
    seed : int
    measure : tuple of str
        What was measured at the cost of a pass over all examples per step.
    ends : tuple of int
        Checkpoints that are there for figures alone; none in records of earlier versions.
    """

    problem: ProblemDescription
    algorithm: str
    method: str
    method_parameters: Mapping[str, Any]
    sampler: str
    sampler_parameters: Mapping[str, Any]
    law: Law
    K: int
    horizon: int
    replicates: tuple[int, ...]
    seed: int
    measure: tuple[str, ...]
    ends: tuple[int, ...] = ()

    @property
    def random(self) -> bool:
        """Whether replicates can differ: not in a fixed order, nor where every example is drawn at every step."""
        return self.law.factor is not None and self.law.total < self.problem.n

    @property
    def learns(self) -> bool:
        """Whether the sampler's law follows the gradients; an unknown one, such as a user's, counts as if it did."""
        known = Sampler.known.get(self.sampler)
        return known is None or known.learns

    def to_data(self) -> dict[str, Any]:
        """Return the description as plain data, which JSON holds."""
        plain = {"law": self.law._asdict(), "replicates": list(self.replicates), "measure": list(self.measure),
                 "ends": list(self.ends)}  # fmt: skip
        constants = {name: list(constant) for name, constant in self.problem.constants.items()}
        return {**asdict(self), **plain, "problem": {**asdict(self.problem), "constants": constants}}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Description:
        """Read the data of :meth:`to_data`; other keys are left out."""
        of = {"domain": "", **data["problem"]}
        of["constants"] = {name: Constant(*pair) for name, pair in of["constants"].items()}
        problem = ProblemDescription(**{field.name: of[field.name] for field in fields(ProblemDescription)})
        read = {
            "problem": problem, "law": Law(**data["law"]), "replicates": tuple(data["replicates"]),
            "measure": tuple(data["measure"]), "ends": tuple(data.get("ends", ())),
        }  # fmt: skip
        return cls(**{field.name: data[field.name] for field in fields(cls) if field.name not in read} | read)


def describe(plan: Plan) -> Description:
    """Describe a plan: everything that bounds, audits and figures know of its run apart from the record."""
    problem, method, sampler = plan.problem, plan.algorithm.method, plan.sampler
    D, D2 = problem.domain.diameters(problem.d) if problem.domain is not None else (None, None)
    described = ProblemDescription(
        problem.name, problem.n, problem.d, problem.convex, problem.convex_reason, spelled(problem.domain), D, D2,
        dict(problem.constants()), problem.digest(),
    )  # fmt: skip
    return Description(
        described, plan.algorithm.name, method.name, method.parameters(), sampler.name,
        sampler.parameters(), sampler.law, sampler.run.K, plan.horizon, plan.replicates, plan.seed, plan.measure,
        tuple(plan.ends[plan.ends <= plan.horizon].tolist()),
    )  # fmt: skip
