"""The subject: the algorithm that is asked about, which of its parameters are free, and where they are searched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from regretlab import algorithms, spelling
from regretlab.algorithms import Algorithm
from regretlab.claims.provers.replay import Runs, play, spread
from regretlab.errors import InputError
from regretlab.falsifier._instance import Instance, starts
from regretlab.methods import Method
from regretlab.parameters import Interval

#: Rounds that are played twice before a search, and the round-off of a schedule that is asked for in another length.
TRIAL, ROUND_OFF = 8, 1e-12


@dataclass(frozen=True)
class Subject:
    """An algorithm with some of its parameters given, exactly as they are written, and the others free.

    Attributes
    ----------
    name : str
    title : str
    kind : type of Method, or function that gives a method
    given : dict
        Name to Fraction, or to the word of a parameter that is not a number.
    free : dict
        Name to the ends between which the parameter is searched.
    """

    name: str
    title: str
    kind: Callable[..., Method]
    given: Mapping[str, Any]
    free: Mapping[str, tuple[float, float]]

    def method(self, parameters: Mapping[str, Any]) -> Method:
        """Make the method with these values of the free parameters."""
        return self.kind(**{name: _plain(value) for name, value in {**self.given, **parameters}.items()})

    @property
    def spelling(self) -> str:
        """The algorithm with its given parameters, for reading."""
        return self._spell(self.given)

    def spelled(self, instance: Instance) -> str:
        """Write an instance's algorithm as text that :func:`regretlab.algorithms.parse` reads back exactly."""
        return self._spell({**dict(instance.parameters), **self.given})

    def _spell(self, words: Mapping[str, Any]) -> str:
        inside = [f"{name}={value if isinstance(value, Fraction) else repr(value)}" for name, value in words.items()]
        return f"{self.name}({', '.join(inside)})" if inside else self.name

    def play(self, instances: Sequence[Instance], rounds: int) -> Runs:
        """Run the subject on the instances."""
        methods = [self.method(dict(instance.parameters)) for instance in instances]
        return play(methods, spread([i.losses for i in instances], rounds), starts(instances))

    def repeats(self, instance: Instance) -> None:
        """Raise an :class:`InputError` unless the method gives the same numbers when it is played again."""
        times = np.arange(1.0, 1 + TRIAL)
        lengths = (times, times, times[:2])
        once, again, begun = (self.method(dict(instance.parameters)).schedule_over(t) for t in lengths)
        same = all(
            np.array_equal(a, b, equal_nan=True) and np.allclose(a[:2], c, rtol=ROUND_OFF, atol=0, equal_nan=True)
            for a, b, c in list(zip(once, again, begun, strict=True))[:9]
        )
        same &= np.array_equal(self.play([instance], TRIAL).x, self.play([instance], TRIAL).x, equal_nan=True)
        if not same:
            raise InputError(
                f"{self.name} gives other numbers when it is played again, so that nothing about it can be replayed; "
                "let its coefficients and its step depend on their arguments alone."
            )


def subject(text: str | Algorithm | Method, free: Mapping[str, tuple[float, float]]) -> Subject:
    """Read an algorithm such as ``"adam(beta1=0)"``; the parameters ``free`` that are not given are searched.

    They are searched between the ends that ``free`` names, inside the range that the method declares.

    ``eps`` is 0 unless it is given, where it may be 0: the theorems need it.
    """
    algorithm = algorithms.parse(text)
    if not algorithm.method.named and algorithm.sampler is None:
        return Subject(algorithm.name, algorithm.name, lambda: algorithm.method, {}, {})
    parts = spelling.exact(algorithm.name)
    if len(parts) > 1:
        raise InputError(
            f"{algorithm.name!r} brings a sampler, but the falsifier's losses come in a fixed order, one per round; "
            f"name a method alone, such as {parts[0][0]!r}."
        )
    (name, written), named = parts[0], algorithms.named(parts[0][0])
    if algorithm.method.entropic:
        raise InputError(f"{name} moves on a simplex, but the falsifier's losses live on [-1, 1]; name another method.")
    if algorithm.method.judged != "x" or algorithm.method.asks_again:
        raise InputError(
            f"{name} is judged at another point than its gradient's, or asks for more gradients than one, which the "
            "falsifier does not play; name another method."
        )
    declared = algorithm.method.declared()
    foreign = [key for key in written if key not in declared]
    if foreign:
        raise InputError(
            f"{foreign[0]} is no parameter of the method of {name}, which is all that matters with one loss per round; "
            f"leave it out."
        )
    if algorithm.sampler is not None:
        raise InputError(
            f"{name} brings a sampler, but the falsifier's losses come in a fixed order, one per round; "
            f"name its method alone, {algorithm.method.name!r}."
        )
    given = dict(written)
    if "eps" in declared and "eps" not in given and 0 in Interval(declared["eps"].metadata["within"]):
        given["eps"] = Fraction(0)
    searched = {
        key: _inside(ends, declared[key].metadata["within"])
        for key, ends in free.items()
        if key in declared and key not in given
    }
    return Subject(name, named.title, type(algorithm.method), given, searched)


def _inside(ends: tuple[float, float], within: str) -> tuple[float, float]:
    low, high = (float(end) for end in within[1:-1].split(","))
    return max(low, ends[0]), min(high, ends[1])


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Fraction) else value
