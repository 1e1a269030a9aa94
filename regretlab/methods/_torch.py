"""Optimisers of PyTorch, and of anybody who keeps its protocol, as methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

from regretlab.errors import InputError, shown
from regretlab.methods._foreign import _Foreign, leaves, rebuilt, refuse_built_in
from regretlab.methods._step import Coefficients, Project


class _Bench(NamedTuple):
    """An optimiser of one vector, on which steps are made, and what it holds before its first step and after."""

    torch: Any
    optimizer: Any
    vector: Any
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class _Torch(_Foreign):
    """An optimiser with PyTorch's protocol: made of parameters and options, ``step()`` reads their gradients."""

    def init(self, d: int) -> dict[str, Any]:
        with self._blamed(f"cannot begin in {d} dimensions"):
            after = leaves(self._bench(d).after)
            return {"begun": 0, **{name: np.zeros_like(_plain(leaf)) for name, leaf in after.items()}}

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        """Make the optimiser's step in one replicate after another, and project in the Euclidean norm."""
        self._host(g)
        bench = self._bench(g.shape[-1])
        names = [name for name in state._asdict() if name not in ("x", "begun")]
        x, kept = np.empty_like(state.x), {name: np.empty_like(getattr(state, name)) for name in names}
        for r in range(len(x)):
            held = [getattr(state, name)[r] for name in names] if state.begun[r] else None
            with self._blamed("cannot make a step"):
                x[r], new = _moved(bench, state.x[r], g[r], held)
            if [np.shape(a) for a in new.values()] != [kept[name].shape[1:] for name in names]:
                raise InputError(
                    f"{self.optimizer} holds other numbers after step {k.t:.0f} than after its first; optimisers whose "
                    "state grows, such as L-BFGS, are not run."
                )
            for name, a in zip(names, new.values(), strict=True):
                kept[name][r] = a
        return state._replace(x=project(x, np.ones_like(x)), begun=state.begun * 0 + 1, **kept)

    def _bench(self, d: int) -> _Bench:
        """Return the optimiser of a vector of d numbers, which is made once, and tried on another one."""
        known = vars(self).setdefault("_known", {})
        if d not in known:
            torch, (make, options) = _library(), self.made
            benches = []
            for _ in range(2):
                vector = torch.nn.Parameter(torch.from_numpy(np.zeros(d)))
                optimizer = make([vector], **options)
                if callable(getattr(optimizer, "train", None)):  # as schedulefree's want it
                    optimizer.train()
                benches.append(_Bench(torch, optimizer, vector, _held(optimizer, vector), {}))
            tried, bench = benches
            _, after = _moved(tried, np.zeros(d), np.ones(d), None, plain=False)
            known[d] = bench._replace(after=after)
        return known[d]  # type: ignore[no-any-return]


def from_torch(optimizer: Callable[..., Any], *, name: str | None = None, **options: Any) -> _Torch:
    r"""Make a method of an optimiser of PyTorch, or of any class with its protocol.

    It runs in double precision on the array engine: a step of the optimiser from :math:`x_t` with the gradient
    :math:`g_t`, then the Euclidean projection onto the domain. What it keeps is in the record, so that a saved run goes
    on bit for bit; with one from a file the optimiser has to be given again, ``extend(algorithm=...)``. Every replicate
    is an optimiser of one parameter, whatever norms it takes over all.

    Parameters
    ----------
    optimizer : class or function
        Such as ``torch.optim.AdamW``: called with a list of one parameter, a vector of d numbers, and the options.
    name : str, optional
        Under which it is run; by default as it is called, ``"torch.AdamW(lr=0.001)"``.
    **options
        Of the optimiser.

    Raises
    ------
    InputError
        Without PyTorch; when a run is made, for an optimiser that needs a closure (L-BFGS), other parameters than
        vectors (Muon), or whose state grows.

    Notes
    -----
    What an optimiser keeps has to be in its ``state`` and ``param_groups``, where PyTorch looks for it too. One with a
    ``train`` method, as those of schedulefree have, is in this mode: what is judged is where gradients are taken.
    No bound speaks of it; hold it to one with ``dataclasses.replace(bound, id="mine", methods=(name,))``.

    References
    ----------
    Paszke et al. (2019), "PyTorch: an imperative style, high-performance deep learning library".
    """
    _library()
    if not callable(optimizer):
        raise InputError(f"{shown(optimizer)} makes no optimiser; give a class such as torch.optim.AdamW.")
    inside = ", ".join(f"{key}={shown(value)}" for key, value in options.items())
    package = str(getattr(optimizer, "__module__", "")).partition(".")[0]
    called = f"{package}.{getattr(optimizer, '__qualname__', type(optimizer).__name__)}({inside})"
    refuse_built_in(name)
    return _Torch(optimizer=called if name is None else name, made=(optimizer, options))


def _library() -> Any:
    try:
        return import_module("torch")
    except ImportError:
        raise InputError("from_torch needs PyTorch, which is not installed: pip install 'regretlab[torch]'.") from None


def _moved(
    bench: _Bench, x: np.ndarray, g: np.ndarray, held: list[np.ndarray] | None, plain: bool = True
) -> tuple[np.ndarray, dict[str, Any]]:
    """Make a step from what the optimiser held before; from the beginning where that is None."""
    torch, optimizer, vector = bench.torch, bench.optimizer, bench.vector
    with torch.no_grad():
        vector.copy_(torch.from_numpy(x.copy()))
    vector.grad = torch.from_numpy(g.copy())
    tree = bench.before if held is None else bench.after
    given = [*leaves(tree).values()] if held is None else held
    restored = rebuilt(tree, [_like(was, a, torch) for was, a in zip(leaves(tree).values(), given, strict=True)])
    optimizer.state.clear()
    if restored["state"]:
        optimizer.state[vector] = restored["state"]
    optimizer.param_groups[0].update(restored["group"])
    optimizer.step()
    found = _held(optimizer, vector)
    moved = vector.detach().numpy().copy()
    return moved, {name: _plain(a).copy() for name, a in leaves(found).items()} if plain else found


def _held(optimizer: Any, vector: Any) -> dict[str, Any]:
    """Return what an optimiser holds: the state of its vector, and the numbers of its group, not its switches."""
    group = {
        key: value
        for key, value in optimizer.param_groups[0].items()
        if key != "params" and not isinstance(value, bool) and leaves(value)
    }
    return {"state": dict(optimizer.state.get(vector, {})), "group": group}


def _plain(leaf: Any) -> np.ndarray:
    return np.asarray(leaf.detach() if hasattr(leaf, "detach") else leaf)


def _like(was: Any, value: Any, torch: Any) -> Any:
    """Return a number or an array as the optimiser had it: a tensor of the same type, or a Python number."""
    if isinstance(was, torch.Tensor):
        return torch.from_numpy(np.array(_plain(value))).to(was.dtype)
    return type(was)(np.asarray(value).item()) if isinstance(was, (bool, int, float)) else np.array(value)
