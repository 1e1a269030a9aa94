"""A method's step played on given gradients, as it is or with some of its lines changed, and how well it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from regretlab.methods import Coefficients, Method
from regretlab.testing._gradients import Batch

Array = np.ndarray

#: Runs whose numbers are rounded otherwise, and how many times what these move is allowed. A step has some ten
#: operations where such a run has one rounding; errors may add up over 48 steps where a run's ones partly cancel.
RUNS, SAFETY = 3, 64


@dataclass(frozen=True)
class Play:
    """A method's step with what a variant changes of it.

    All changes go round the step of the package, none repeats it: other coefficients, another gradient, another root,
    other first moments, or moments that enter the step as they were before it.
    """

    #: A :class:`Method`; variants read parameters that not every one has.
    method: Any
    k: Coefficients
    #: What takes the place of the gradient, of (g, x, coefficients of the step).
    feed: Callable[[Array, Array, Coefficients], Array] | None = None
    #: What takes the place of the square root, of (v, coefficients of the step).
    root: Callable[[Array, Coefficients], Array] | None = None
    #: What x becomes, of (x after the step, x before it, coefficients of the step).
    after: Callable[[Array, Array, Coefficients], Array] | None = None
    #: First moments by name, of the first gradient.
    first: Mapping[str, Callable[[Array], Array]] = field(default_factory=dict)
    #: Whether the denominator, and the numerator, are those of the step before.
    stale_v: bool = False
    stale_m: bool = False

    @classmethod
    def of(cls, method: Method, steps: int) -> Play:
        """Return a method's step as it is, for so many steps."""
        return cls(method, method.schedule_over(np.arange(1.0, steps + 1)))

    def times(self, **factors: Any) -> Play:
        """Return the step with coefficients multiplied by arrays over t."""
        with np.errstate(all="ignore"):
            return self.put(**{name: getattr(self.k, name) * factor for name, factor in factors.items()})

    def put(self, **values: Any) -> Play:
        """Return the step with other coefficients; the sequences among them are broadcast over t."""
        shape = self.k.t.shape
        made: dict[str, Any] = {
            n: v if n in ("p", "eps") else np.broadcast_to(np.asarray(v, float), shape) for n, v in values.items()
        }
        return replace(self, k=self.k._replace(**made))

    def is_read_as(self, other: Play) -> bool:
        """Say whether the two differ at most in coefficients that the method's step does not read."""
        if any(getattr(self, f.name) is not getattr(other, f.name) for f in fields(self) if f.name != "k"):
            return False
        pairs = zip(self.k._fields, self.k, other.k, strict=True)
        changed = {name for name, mine, its in pairs if not np.array_equal(mine, its, equal_nan=True)}
        return changed.isdisjoint(_read(self.method))

    def iterates(self, batch: Batch, rng: Any = None, unit: float = 0.0) -> Iterator[Array]:
        """Yield x_1, x_2, ..., arrays (R, d); with a generator, all numbers are moved by ``unit`` of themselves."""
        state = self.method.begin(batch.x, np)
        if self.first and hasattr(state, "v"):
            state = state._replace(**{name: make(batch.g[:, 0]) for name, make in self.first.items()})
        yield state.x
        for i in range(batch.g.shape[1]):
            g = batch.g[:, i]
            if rng is not None:
                state, g = _rounded(state, rng, unit), g * (1 + unit * rng.choice((-1, 1), g.shape))
            with np.errstate(all="ignore"):
                state = self._step(state, g, self.k.at(i))
            yield state.x

    def _step(self, state: Any, g: Array, k: Coefficients) -> Any:
        ops: Any = np if self.root is None else _WithRoot(self.root, k)
        fed = g if self.feed is None else self.feed(g, state.x, k)

        def step(k: Coefficients) -> Any:
            return self.method.step(state, fed, k, _stay, ops)

        new = step(k)
        late: dict[str, float] = ({"beta": 1.0, "om": 0.0} if self.stale_v else {}) | (
            {"mu": 1.0, "nu": 0.0} if self.stale_m else {}
        )
        if late:  # the moments of the step before make the move
            new = new._replace(x=step(k._replace(**late)).x)
        return new if self.after is None else new._replace(x=self.after(new.x, state.x, k))


class _Reading:
    """Coefficients that note which of them a step reads."""

    def __init__(self, k: Coefficients) -> None:
        self.k, self.read = k, set[str]()

    def __getattr__(self, name: str) -> Any:
        self.read.add(name)
        return getattr(self.k, name)


def _read(method: Method) -> set[str]:
    """Return the coefficients that the first steps of a method read."""
    play, state, read = Play.of(method, 8), method.begin(np.ones((1, 2)), np), set[str]()
    for i in range(8):
        k: Any = _Reading(play.k.at(i))
        with np.errstate(all="ignore"):
            state = method.step(state, np.ones((1, 2)), k, _stay, np)
        read |= k.read
    return read


class _WithRoot:
    """NumPy with another square root."""

    def __init__(self, root: Callable[[Array, Coefficients], Array], k: Coefficients) -> None:
        self.sqrt = lambda v: root(v, k)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


def path(play: Play, batch: Batch) -> Array:
    """Return all iterates of a play, an array (R, T + 1, d)."""
    return np.stack([*play.iterates(batch)], axis=1)


Changes = Callable[[Play], Play]


def tolerance(method: Method, changes: Changes, batch: Batch, exact: Array, dtype: str) -> Array:
    r"""Return by how much a program of the same formulas may differ in every coordinate, an array (R, T + 1, d).

    .. math:: \tau_t = 64 \max_{s \le t}\Big(\max_{i \le 3} |x^{(i)}_s - x_s| + u\,|x_s|\Big),

    where the run :math:`x^{(i)}` has every gradient, every number of the state at every step and every parameter moved
    by one rounding :math:`\pm u` of the candidate's type, at random. A program that computes a step in a few operations
    makes the exact step of numbers moved so (it is backward stable), as often as it has operations, hence the factor.
    """
    unit = float(np.finfo(dtype).eps)
    sizes = np.where(np.isfinite(exact), np.abs(exact), 0.0)
    off = unit * sizes
    for run in range(RUNS):
        rng = np.random.default_rng(run)
        moved = changes(Play.of(_moved(method, unit * (-1) ** run), batch.g.shape[1]))
        there = np.stack([*moved.iterates(batch, rng, unit)], axis=1)
        with np.errstate(all="ignore"):
            moved_by = np.abs(there - exact)
        off = np.maximum(off, np.where(np.isfinite(moved_by), moved_by, 0.0) + unit * sizes)
    return SAFETY * np.asarray(np.maximum.accumulate(off, axis=1))


def differs(a: Array, b: Array, by: Array | float) -> Array:
    """Say where two arrays differ by more than is allowed; what is not finite has to be the same."""
    with np.errstate(all="ignore"):
        near = np.isfinite(a) & np.isfinite(b) & (np.abs(a - b) <= by)
        same = near | (a == b) | (np.isnan(a) & np.isnan(b))
    return np.asarray(~same)


def _rounded(state: Any, rng: Any, unit: float) -> Any:
    arrays = {n: a for n, a in state._asdict().items() if np.asarray(a).dtype.kind == "f"}
    return state._replace(**{n: a * (1 + unit * rng.choice((-1, 1), np.shape(a))) for n, a in arrays.items()})


def _moved(method: Method, by: float) -> Method:
    """Return a method whose parameters below 1 are rounded otherwise."""
    given = {f.name: getattr(method, f.name) for f in fields(method) if f.init and f.name in method.parameters()}
    moved = {n: v * (1 + by) for n, v in given.items() if isinstance(v, float) and 0 < v < 1 and v * (1 + abs(by)) < 1}
    return replace(method, **moved)


def _stay(x: Array, weights: Array) -> Array:
    """Project onto the whole space."""
    return x
