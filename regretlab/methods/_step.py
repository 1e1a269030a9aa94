r"""The one step of every method: Reddi, Kale & Kumar's generic adaptive method, written once on plain operations.

It runs on NumPy and CuPy arrays, on sympy expressions and on intervals: everything it needs beyond ``+ - * /`` comes
from ``ops`` (``sqrt``, ``maximum``, ``where``), which for arrays is simply their array namespace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple


class Moments(NamedTuple):
    """The state of a method: iterate ``x``, first moment ``m``, second moment ``v`` and its ratchet ``v_hat``."""

    x: Any
    m: Any
    v: Any
    v_hat: Any


class OwnState:
    """The state of a method that declares it: the iterate ``x`` and every array of :meth:`Method.init` by its name.

    All have a leading axis of replicates. As with :class:`Moments`, ``_replace`` gives the state with arrays changed.
    """

    x: Any

    def __init__(self, **arrays: Any) -> None:
        vars(self).update(arrays)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the state has no array {name!r}; it has {', '.join(vars(self))}")

    def __iter__(self) -> Iterator[Any]:
        return iter(vars(self).values())

    def _asdict(self) -> dict[str, Any]:
        return dict(vars(self))

    def _replace(self, **changed: Any) -> OwnState:
        return OwnState(**{**vars(self), **changed})


def ratchet(state: Any) -> Any:
    """Return the ratchet of a state; zeros where a method of its own state keeps none of the iterate's shape."""
    found = getattr(state, "v_hat", None)
    return found if getattr(found, "shape", None) == state.x.shape else state.x * 0


class Coefficients(NamedTuple):
    """The coefficients of the step: arrays over t of shape (T,), or the scalars of one t; ``p`` and ``eps`` scalars.

    ``t`` is the number of the step, where the schedule was made by :meth:`Method.schedule_over`.
    """

    mu: Any
    nu: Any
    beta: Any
    om: Any
    rho: Any
    wd: Any
    eta: Any
    kap: Any
    c: Any
    p: float
    eps: float
    t: Any = 0

    def at(self, index: int) -> Coefficients:
        """Return the scalars of one step."""
        return self.mapped(lambda a: float(a[index]))

    def part(self, begin: int, end: int) -> Coefficients:
        """Return the schedule of the steps begin..end-1 of it."""
        return self.mapped(lambda a: a[begin:end])

    def mapped(self, change: Callable[[Any], Any]) -> Coefficients:
        """Return the coefficients with each of the :data:`SEQUENCES` changed, and ``t``."""
        t = change(self.t) if getattr(self.t, "shape", ()) else self.t
        return self._replace(**{name: change(getattr(self, name)) for name in SEQUENCES}, t=t)


#: The coefficients that are sequences over t.
SEQUENCES = Coefficients._fields[:9]


Project = Callable[[Any, Any], Any]


def step(state: Moments, g: Any, k: Coefficients, project: Project, ops: Any) -> Moments:
    r"""One step from the gradient estimate ``g``.

    .. math::
        m &\leftarrow \mu_t m + \nu_t g, \qquad
        v \leftarrow \beta_t v + \omega_t g^2, \qquad
        \hat v \leftarrow \max(\rho_t \hat v, v), \\
        x &\leftarrow \Pi_X\big((1 - wd_t)\, x - \eta_t (m + \kappa_t g) / ((c_t \hat v)^p + \epsilon)\big).

    Parameters
    ----------
    state : Moments
        Arrays of shape (..., d).
    g : array (..., d)
    k : Coefficients
        The scalars of step t (see :meth:`Coefficients.at`).
    project : callable
        ``project(x, weights)`` onto the domain in the norm weighted by the denominator (as in Reddi et al., Alg. 1).
    ops : namespace
        ``sqrt``, ``maximum``, ``where`` for the type of the state.

    Notes
    -----
    A coordinate whose gradients were all zero stays put: 0/0 is read as 0, the pseudo-inverse convention of
    Duchi et al. (2011). A denominator that is zero for any other reason gives an infinity, which the run reports.
    """
    m = k.mu * state.m + k.nu * g
    v = k.beta * state.v + k.om * (g * g)
    v_hat = ops.maximum(k.rho * state.v_hat, v)
    scale = power(k.c * v_hat, k.p, ops) + k.eps
    move = k.eta * (m + k.kap * g)
    move = ops.where(move == 0, move, move / scale)
    return Moments(project((1 - k.wd) * state.x - move, scale), m, v, v_hat)


def power(v: Any, p: float, ops: Any) -> Any:
    """``v**p`` with the two exact cases every engine shares: p = 1/2 is ``sqrt`` and p = 0 is 1, also at v = 0."""
    if p == 0.5:
        return ops.sqrt(v)
    return v * 0 + 1 if p == 0 else v**p
