"""The line of a run: what determines its bits except how far it goes and how many replicates it has."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib import metadata
from platform import libc_ver
from typing import Any, NamedTuple

import numpy as np

from regretlab.engines.choice import Choice
from regretlab.engines.cuda import engine as cuda
from regretlab.runs.description import Description
from regretlab.runs.plan import Plan
from regretlab.system import code, processor

#: The folder of the lines in a store, and the file that says what a line is.
LINES, LINE = "lines", "line.json"
#: The libraries whose versions may change the last bits.
LIBRARIES = ("numpy", "scipy", "numba", "llvmlite")
#: Attributes of a problem that its digest covers, or that are only how it was written.
KNOWN = ("_call", "name")
#: What is left out of a part of a user's: what is fitted to one horizon, and what its own digest covers.
WITHOUT = {"sampler": ("setting",), "problem": KNOWN}


#: What a line says besides: which kind of processor, which is the second part of its key, and the name it first had.
BESIDES = ("processor", "algorithm")


class Line(NamedTuple):
    """What determines the bits of one algorithm's run, as plain data; its key names it in the store."""

    data: dict[str, Any]

    @property
    def processor(self) -> str:
        """The kind of processor on which the line is made."""
        return str(self.data["processor"])

    @property
    def work(self) -> str:
        """The part of the key that all kinds of processors share."""
        return _digest({name: value for name, value in self.data.items() if name not in BESIDES}, 20)

    @property
    def key(self) -> str:
        """The name of the line in the store."""
        return f"{self.work}-{_digest(self.processor, 8)}"

    @property
    def folder(self) -> str:
        """Where its files are in the store."""
        return f"{LINES}/{self.key}"

    @property
    def current(self) -> bool:
        """Whether the library that is running is the one that made the line."""
        return bool(self.data["code"] == code.of_library() and self.data["versions"] == _versions())

    def text(self) -> str:
        """Return the line as people read it."""
        return json.dumps(self.data, indent=1) + "\n"


def line(plan: Plan, described: Description, chosen: Choice) -> Line:
    """Return the line of a plan.

    Raises
    ------
    InputError
        If a part of a user's holds something that cannot be told from another.
    """
    problem, method, sampler = plan.problem, plan.algorithm.method, plan.sampler
    parts = {"problem": problem, "method": method, "sampler": sampler, "domain": problem.domain}
    own = {name: code.of_part(part, WITHOUT.get(name, ())) for name, part in parts.items() if _is_own(part)}
    rule = sampler.rule
    if "sampler" in own and rule is None:  # nobody knows what it does with the horizon
        own["horizon"] = str(sampler.run.horizon)
    told = described.to_data()
    data = {
        "algorithm": told["algorithm"],
        "problem": {**told["problem"], "numbers": {} if "problem" in own else _numbers(problem)},
        "method": told["method"], "method_parameters": told["method_parameters"], "sampler": told["sampler"],
        "sampler_parameters": told["sampler_parameters"], "rule": rule, "K": told["K"], "seed": told["seed"],
        "measure": sorted(told["measure"]), "engine": chosen.name, "code": code.of_library(), "own": own,
        "versions": _versions(), "processor": _processor(chosen),
    }  # fmt: skip
    return Line(json.loads(json.dumps(data, default=repr)))


def _is_own(part: Any) -> bool:
    return part is not None and code.is_own(part)


def _numbers(problem: Any) -> dict[str, str]:
    """Return the numbers and texts among a problem's attributes, which somebody may have set after it was made."""
    plain = (bool, int, float, str, np.generic, tuple)
    given = {name: value for name, value in sorted(vars(problem).items()) if name not in KNOWN}
    return {n: repr(v) for n, v in given.items() if isinstance(v, plain) and not code.is_computed(type(problem), n)}


@cache
def _versions() -> dict[str, str]:
    return {**{name: metadata.version(name) for name in LIBRARIES}, "libc": " ".join(libc_ver())}


def _processor(chosen: Choice) -> str:
    """Return the kind of the processor, with that of the graphics processor where it makes the steps."""
    if chosen.name not in ("cuda", "cupy"):
        return processor.kind()
    import cupy

    return f"{processor.kind()}, {cuda.devices()[0]['name']}, CuPy {cupy.__version__}"


def _digest(data: Any, length: int) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:length]
