"""A training loop watched: is its optimiser the theorem's, and which inequality of the proof fails first?"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from regretlab.bounds import Bound
from regretlab.bounds.assumptions import BOUNDED, CONVEX
from regretlab.errors import InputError, shown, unknown_name
from regretlab.methods import Method, power
from regretlab.runs.round_off import SMALLEST_SQUARED
from regretlab.testing._candidates import Candidate, paper
from regretlab.testing._conformance import judge
from regretlab.testing._gradients import Batch
from regretlab.testing._inequalities import PROOFS, Trace, first_failure

Array = np.ndarray


class Row(NamedTuple):
    """One line of a report: its name, what it says, the first step at which it fails, and what was found.

    The step is 0 where it holds, and None where it is assumed.
    """

    name: str
    text: str
    step: int | None
    found: str

    @property
    def verdict(self) -> str:
        """What the line says, in words."""
        return "assumed" if self.step is None else f"fails at step {self.step}" if self.step else "holds"


@dataclass(frozen=True)
class Watched:
    """What came of a watched loop: the optimiser, the theorem's assumptions, and the inequalities of its proof.

    Attributes
    ----------
    rows : tuple of Row
    steps, coordinates : int
    overhead : float
        Seconds that recording took, as a share of the loop's other time.
    """

    theorem: str
    method: Method
    rows: tuple[Row, ...]
    steps: int
    coordinates: int
    overhead: float

    @property
    def first(self) -> Row | None:
        """The line that fails first; one that fails at every step is not older than step 1."""
        failed = [(row.step, i) for i, row in enumerate(self.rows) if row.step]
        return self.rows[min(failed)[1]] if failed else None

    def __str__(self) -> str:
        head = (
            f"{self.theorem} on {self.steps} steps of {self.coordinates} coordinates by {self.method.spelling}; "
            f"recording added {self.overhead:.1%} to the loop's time"
        )
        lines = [f"  {row.name:<17} {row.verdict:<20} {row.found}" for row in self.rows]
        first = self.first
        last = f"First fails {first.name}, at step {first.step}: {first.text}." if first else "Nothing fails."
        return "\n".join([head, *lines, last])


class Watch:
    """The recorder of a loop; ``report`` is there once the loop has ended."""

    def __init__(self, theorem: str, method: Method) -> None:
        self._theorem, self._method = theorem, method
        self._x: list[Array] = []
        self._g: list[Array] = []
        self._seconds, self._began = 0.0, time.perf_counter()
        self._report: Watched | None = None

    @property
    def report(self) -> Watched:
        """What came of the loop."""
        if self._report is None:
            raise InputError("the loop is still watched; read report after the with block.")
        return self._report

    def record(self, x: Any, g: Any) -> None:
        """Record the parameters before a step and their gradient: arrays, or trees of JAX's."""
        began = time.perf_counter()
        self.keep(_flat(x), _flat(g), began)

    def keep(self, x: Array, g: Array, began: float) -> None:
        """Keep copies that were made since a time on the performance counter."""
        if self._g and (x.shape, g.shape) != (self._x[0].shape, self._g[0].shape):
            raise InputError(
                f"step {len(self._g) + 1} has {x.size} parameters and {g.size} numbers of a gradient, and step 1 had "
                f"{self._x[0].size} and {self._g[0].size}; record the same ones in every step."
            )
        self._x.append(x)
        self._g.append(g)
        self._seconds += time.perf_counter() - began

    def _end(self, last: Any) -> None:
        if not self._g:
            raise InputError("no step was recorded; give the optimiser of PyTorch, or call record(x, g) in every step.")
        loop = time.perf_counter() - self._began - self._seconds
        x = np.stack([*self._x, self._x[-1] if last is None else _flat(last)])
        g = np.stack(self._g)
        if x[1:].shape != g.shape or not np.isfinite(x).all() or not np.isfinite(g).all():
            raise InputError(
                f"parameters of shape {x[1:].shape} and gradients of shape {g.shape} were recorded; record finite "
                "numbers of one shape in every step."
            )
        seen = g if last is not None else g[:-1]  # without the last iterate, its step is not known
        self._report = Watched(
            self._theorem, self._method, tuple(_rows(self._theorem, self._method, x[: len(seen) + 1], seen)),
            len(seen), g.shape[1], self._seconds / max(loop, 1e-9),
        )  # fmt: skip


@contextmanager
def watch(optimizer: Any = None, *, theorem: str, method: Any) -> Iterator[Watch]:
    r"""Watch a training loop: is its optimiser the method, and do a theorem's assumptions and its proof hold on it?

    The parameters and gradients of every step are recorded, nothing else is done inside the loop. Afterwards the method
    is fed the gradients, which gives :math:`m_t`, the step size :math:`a_t` and the denominator :math:`s_t`; and every
    inequality of the proof is evaluated at every step and coordinate, for the best fixed point of the losses
    :math:`g_t \cdot x` on the smallest box that has all iterates, where no projection is active. For convex losses
    their regret is at least that of the losses themselves.

    Parameters
    ----------
    optimizer : torch.optim.Optimizer, optional
        Whose steps are recorded by hooks. Without it the loop calls ``record(x, g)`` before every step: arrays, or
        trees of JAX's.
    theorem : str
        A bound whose proof is known step by step: ``"amsgrad.schedule_free"``.
    method : str or Method
        What the optimiser is, with its parameters, such as ``"amsgrad(alpha=0.1, schedule='sqrt')"``; it need not be
        the theorem's, whose proof then says where it breaks.

    Yields
    ------
    Watch
        With ``record``, and after the block ``report``, whose text is a table.

    Notes
    -----
    What is recorded takes 2 T d numbers of the parameters' type, and its time is that of copying them: a few percent of
    a step of a millisecond or more, more of a shorter one; the report says how much. In single precision the
    inequalities may be missed by its round-off.

    Raises
    ------
    InputError
        For a theorem without such a proof, a method that is not of the generic family, or a loop without steps.

    Examples
    --------
    >>> import numpy as np
    >>> rows = [8.0, -1.0, -1.0] * 20
    >>> with watch(theorem="amsgrad.schedule_free", method="adam(beta1=0, beta2=1/65, schedule='sqrt')") as w:
    ...     x, v = 0.0, 0.0
    ...     for t, g in enumerate(rows, start=1):
    ...         w.record([x], [g])
    ...         v = v / 65 + (1 - 1 / 65) * g * g
    ...         x = x - 1e-3 / t**0.5 * g / (np.sqrt(v / (1 - 65.0**-t)) + 1e-8)
    >>> w.report.first.name, w.report.first.step
    ('monotone', 2)
    """
    if theorem not in PROOFS:
        raise unknown_name("theorem with a proof to be watched", theorem, PROOFS)
    made = paper(method)
    if type(made).step is not Method.step or not hasattr(made, "beta2"):
        raise InputError(f"{made.name} has no moments with beta1 and beta2 in the generic step; name one such as adam.")
    watched = Watch(theorem, made)
    hook = None
    if optimizer is not None:
        if not hasattr(optimizer, "register_step_pre_hook"):
            raise InputError(f"{shown(optimizer)} has no hooks of PyTorch; leave it out, and call record(x, g).")
        hook = optimizer.register_step_pre_hook(_recorder(watched))
    try:
        yield watched
    finally:
        if hook is not None:
            hook.remove()
    watched._end(None if optimizer is None else _parameters(optimizer))


def _recorder(watched: Watch) -> Callable[..., None]:
    """Return the hook that records before a step; it keeps views of the parameters while these stay where they are."""
    views: dict[tuple[int, ...], list[Array]] = {}

    def before(optimizer: Any, args: Any, kwargs: Any) -> None:
        began = time.perf_counter()
        parameters = _parameters(optimizer)
        places = tuple([p.data_ptr() for p in parameters])
        if places not in views or parameters[0].device.type != "cpu":
            views.clear()
            views[places] = [p.detach().cpu().numpy().ravel() for p in parameters]
        cat = sys.modules["torch"].cat
        slopes = [(p.grad if p.grad is not None else p.detach() * 0).reshape(-1) for p in parameters]
        watched.keep(np.concatenate(views[places]), cat(slopes).cpu().numpy(), began)

    return before


def _parameters(optimizer: Any) -> list[Any]:
    return [p for group in optimizer.param_groups for p in group["params"]]


def _flat(tree: Any) -> Array:
    """Return all numbers of a tree as one array, which is a copy."""
    parts = tree if isinstance(tree, (list, tuple)) else [tree]
    if parts and hasattr(parts[0], "detach"):
        return np.concatenate([part.detach().cpu().numpy().ravel() for part in parts])
    if "jax" in sys.modules:
        parts = sys.modules["jax"].tree_util.tree_leaves(tree)
    try:
        joined = np.concatenate([np.ravel(part) for part in parts])
        return joined if joined.dtype == np.float32 else joined.astype(float, copy=False)
    except (TypeError, ValueError):
        raise InputError(f"{shown(tree)} was recorded; record an array of numbers, or a tree of them.") from None


def _rows(theorem: str, method: Method, x: Array, g: Array) -> Iterator[Row]:
    dtype = "float32" if x.dtype == np.float32 else "float64"
    x, g = x.astype(float), g.astype(float)
    yield _program(method, x, g, dtype)
    bound = Bound.known[theorem]
    numbers = {name: float(v) for name, v in method.parameters().items() if isinstance(v, (int, float))}
    parameters = {**method.parameters(), **numbers}
    for assumption in bound.assumes:
        if assumption is CONVEX:
            yield Row(assumption.id, assumption.text, None, "of your losses nothing is known; g_t . x is convex")
        elif assumption is BOUNDED:
            widest = float(np.ptp(x, axis=0).max())
            yield Row(assumption.id, assumption.text, 0, f"D = {widest:.6g}, the widest coordinate of the iterates")
        elif (said := assumption.of_method(parameters)) is not None:
            text = f"{said.measured}, needed {said.needed}"
            yield Row(assumption.id, assumption.text, 0 if said.passed else 1, text)
    trace = _trace(method, x, g, dtype)
    for inequality in PROOFS[theorem]:
        yield Row(inequality.name, inequality.text, *first_failure(inequality, trace))


def _program(method: Method, x: Array, g: Array, dtype: str) -> Row:
    """Say whether the iterates are the method's, and which line explains the first that is not."""
    batch = Batch(("recorded",), x[:1], g[None])
    report = judge(_Recorded(None, method, dtype=dtype, name="the loop", options={"x": x}), [batch])
    text = f"the iterates are those of {method.spelling}"
    if not report.differences:
        return Row("program", text, 0, f"up to {report.largest:.1g} of a coordinate")
    return Row("program", text, report.differences[0].step, "; ".join(report.lines) or "no known change of a line")


class _Recorded(Candidate):
    """A program of which one path is known."""

    def player(self) -> Callable[[Batch], Array]:
        return lambda batch: self.options["x"][None]


def _trace(method: Method, x: Array, g: Array, dtype: str) -> Trace:
    """Feed the gradients to the method: its moments, step sizes and denominators, with the iterates of the loop."""
    k = method.schedule_over(np.arange(1.0, len(g) + 1))
    state = method.begin(x[:1], np)
    m, s, v = (np.empty(g.shape) for _ in range(3))
    for t, row in enumerate(g):
        now = k.at(t)
        with np.errstate(all="ignore"):
            state = method.step(state, row[None], now, lambda x, weights: x, np)
        m[t], v[t] = state.m[0], state.v[0]
        s[t] = power(now.c * state.v_hat[0], now.p, np) + now.eps
    beyond = ~(np.isfinite(m) & np.isfinite(v) & np.isfinite(s)).all(axis=1)
    if beyond.any():
        t = int(np.argmax(beyond))
        raise InputError(
            f"the moments of {method.spelling} leave the range of floating-point numbers at step {t + 1}, where the "
            f"largest gradient is {np.abs(g[t]).max():.3g}; rescale the losses."
        )
    lost = ((g != 0) & (np.abs(g) < SMALLEST_SQUARED)).any(axis=1)
    if lost.any():
        t = int(np.argmax(lost))
        least = np.abs(g[t])[g[t] != 0].min()
        raise InputError(
            f"floats do not hold the square of a gradient's entry at step {t + 1}, {least:.3g}; rescale the losses."
        )
    low, high = x.min(axis=0), x.max(axis=0)
    star = np.where(g.sum(axis=0) > 0, low, high)
    b = np.append(k.mu, np.asarray(method.beta1_t(np.array([len(g) + 1.0])) if hasattr(method, "beta1_t") else 0.0))
    return Trace(x, g, m, s, v, k.eta, b, star, float((high - low).max()), method, float(np.finfo(dtype).eps))
