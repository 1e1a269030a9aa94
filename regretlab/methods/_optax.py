"""Optimisers of optax, and of anybody who keeps its protocol, as methods."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from regretlab.errors import InputError, shown
from regretlab.methods._foreign import _Foreign, leaves, rebuilt, refuse_built_in, stacked
from regretlab.methods._step import Coefficients, OwnState, Project


@dataclass(frozen=True)
class _Optax(_Foreign):
    """An optimiser with optax's protocol: ``init(params)``, and ``update(grads, state, params)``."""

    @property
    def essence(self) -> Any:
        return self.made.init, self.made.update

    def init(self, d: int) -> dict[str, Any]:
        with _double_precision(), self._blamed(f"cannot begin in {d} dimensions"):
            return {name: np.asarray(leaf) for name, leaf in leaves(self.made.init(np.zeros(d))).items()}

    def begin(self, x: Any, ops: Any) -> OwnState:
        names = self.declared_state(x.shape[-1])
        with _double_precision(), self._blamed("cannot begin"):
            alike = x[:1] if (x == x[:1]).all() else x
            begun = stacked(lambda row: [*leaves(self.made.init(row)).values()], alike)
        many = (np.broadcast_to(a, (len(x), *a.shape[1:])) for a in begun)
        return OwnState(x=x, **dict(zip(names, many, strict=True)))

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        """Make the optimiser's step in every replicate, and project onto the domain in the Euclidean norm."""
        self._host(g)
        names = [name for name in state._asdict() if name != "x"]
        with _double_precision(), self._blamed("cannot make a step"):
            moved, *kept = self._update(g.shape[-1])(state.x, g, [getattr(state, name) for name in names])
        x = np.asarray(moved)
        return state._replace(
            x=project(x, np.ones_like(x)), **{name: np.asarray(a) for name, a in zip(names, kept, strict=True)}
        )

    def _update(self, d: int) -> Any:
        """Return the function that updates all replicates in d dimensions, which is made once."""
        known = vars(self).setdefault("_known", {})
        if d not in known:
            zero = np.zeros(d)
            tree = self.made.init(zero)
            made_by = type(self.made.update(zero, tree, zero)[0]).__module__.partition(".")[0]

            def one(x: Any, g: Any, kept: list[Any]) -> list[Any]:
                updates, after = self.made.update(g, rebuilt(tree, kept), x)
                return [x + updates, *leaves(after).values()]

            known[d] = _compiled(one) if made_by in ("jax", "jaxlib") else partial(stacked, one)
        return known[d]


def from_optax(optimizer: Any, *, name: str = "optax") -> _Optax:
    r"""Make a method of an optimiser of optax, or of any object with its protocol.

    .. math:: (u_t, s_t) = \mathrm{update}(g_t, s_{t-1}, x_t), \qquad x_{t+1} = \Pi_X(x_t + u_t) .

    It runs in double precision on the array engine. What it keeps is in the record, so that a saved run goes on bit for
    bit; with one from a file the optimiser has to be given again, ``extend(algorithm=...)``. All replicates are
    updated at once by ``jax.vmap``, each as if it were alone; a key for random numbers is the same in all of them.

    Parameters
    ----------
    optimizer : optax.GradientTransformation
        Such as ``optax.adam(1e-3)``: ``init(params)`` gives a state, ``update(grads, state, params)`` updates and the
        next state. One that needs more, such as the value of the loss, cannot be run.
    name : str
        Under which it is run, such as ``"optax.adam(1e-3)"``; each in a comparison needs its own, and none is that of
        a built-in method.

    Raises
    ------
    InputError
        For an object without the protocol, and the name of a built-in method.

    Notes
    -----
    No bound speaks of it, as nobody knows its parameters; hold it to one with
    ``dataclasses.replace(bound, id="mine", methods=(name,))``.

    References
    ----------
    DeepMind et al. (2020), "The DeepMind JAX ecosystem".

    Examples
    --------
    >>> import regretlab as rl
    >>> from types import SimpleNamespace
    >>> half = SimpleNamespace(init=lambda params: (), update=lambda grads, state, params: (-0.5 * grads, state))
    >>> run = rl.simulate(rl.problems.Reddi(C=4), rl.methods.from_optax(half, name="half"), horizon=3)
    >>> float(run.record.x[0, 0, 0])
    0.0
    """
    if not callable(getattr(optimizer, "init", None)) or not callable(getattr(optimizer, "update", None)):
        raise InputError(
            f"{shown(optimizer)} has no init and update, as optax's optimisers have; give one such as optax.adam(1e-3) "
            "(pip install 'regretlab[optax]')."
        )
    refuse_built_in(name)
    return _Optax(optimizer=name, made=optimizer)


def _compiled(one: Any) -> Any:
    """Return a function of all replicates for one of JAX of a single one."""
    jax = sys.modules["jax"]
    return jax.jit(jax.vmap(one))


def _double_precision() -> Any:
    """Let JAX, where it is there, have 64 bits for a while."""
    jax = sys.modules.get("jax")
    if jax is None:
        return nullcontext()
    return jax.enable_x64(True) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64()
