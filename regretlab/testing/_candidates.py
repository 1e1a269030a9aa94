"""Optimisers to be judged, whatever their protocol: what each makes of given gradients."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from regretlab import spelling
from regretlab.errors import InputError, shown, unknown_name
from regretlab.methods import Method, from_optax
from regretlab.parameters import one_of
from regretlab.testing._gradients import HUGE, Batch
from regretlab.testing._play import Play, path

Array = np.ndarray
#: What an optimiser makes of a batch: its iterates (R, T + 1, d).
Player = Callable[[Batch], Array]


@dataclass(frozen=True)
class Candidate:
    """An optimiser, the paper's method that it claims to be, and the departures from it that are allowed.

    Parameters
    ----------
    optimizer : object
        One of: an optimiser of optax, ``optax.adam(1e-3)``, or any object with its ``init`` and ``update``; a class of
        PyTorch's protocol, ``torch.optim.AdamW``, or a function of a list of parameters that makes one; a
        :class:`rl.methods.Method`, or a method as text; a function ``step(x, g, state)`` of NumPy arrays of shape (d,)
        that returns the next x and state, which is None at first.
    method : str or Method
        Such as ``"adam(alpha=1e-3)"``. In a text the step size is constant, as programs have it, unless ``schedule`` is
        given.
    allow : list of str
        Names of variants that are no failure; ``rl.testing.variants(method)`` lists them.
    dtype : {"float64", "float32"}
        Of the gradients and iterates that the optimiser is given.
    name : str, optional
        Under which it is reported.
    options : mapping
        Keywords of a class, such as ``{"lr": 1e-3}``.
    """

    optimizer: Any
    method: Any
    allow: Any = ()
    dtype: str = "float64"
    name: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        one_of("dtype", self.dtype, HUGE)
        object.__setattr__(self, "name", self.name or _called(self.optimizer, self.options))

    def paper(self) -> Method:
        """Return the paper's method."""
        return paper(self.method)

    def player(self) -> Player:
        """Return what plays the optimiser on gradients.

        Raises
        ------
        InputError
            For what has none of the protocols.
        """
        made, name = self.optimizer, str(self.name)
        if isinstance(made, str):
            made = paper(made)
        elif not isinstance(made, type) and callable(getattr(made, "init", None)) and hasattr(made, "update"):
            made = from_optax(made, name=f"optimiser {name}")  # which may be named as the method is
        if isinstance(made, Method):
            return self._typed(lambda batch: path(_playable(made, batch), batch))
        if isinstance(made, type) or (callable(made) and _takes(made, 1)):
            return self._typed(lambda batch: _each(batch, lambda x, g: _torch_path(made, self.options, x, g)))
        if callable(made) and _takes(made, 3):
            return self._typed(lambda batch: _each(batch, lambda x, g: _function_path(made, x, g)))
        raise InputError(
            f"{shown(made)} is no optimiser that can be played; give one of optax, a class of PyTorch's protocol with "
            "its options, a method, or a function step(x, g, state) that returns the next x and state."
        )

    def _typed(self, play: Callable[[Batch], Array]) -> Player:
        """Play in the candidate's type; an error of its own is a sentence that names it."""

        def played(batch: Batch) -> Array:
            given = batch._replace(x=batch.x.astype(self.dtype), g=batch.g.astype(self.dtype))
            try:
                with np.errstate(all="ignore"):
                    iterates = np.asarray(play(given), dtype=float)
            except InputError:
                raise
            except Exception as error:
                said = str(error).strip().partition("\n")[0]
                raise InputError(
                    f"{self.name} cannot make a step from a vector and its gradient ({type(error).__name__}: {said}); "
                    "give an optimiser that can."
                ) from error
            wanted = (*batch.g.shape[:1], batch.g.shape[1] + 1, batch.g.shape[2])
            if iterates.shape != wanted:
                raise InputError(f"{self.name} makes iterates of shape {iterates.shape}, not {wanted}; keep x's shape.")
            return iterates

        return played


def paper(method: Any) -> Method:
    """Return a paper's method from its text, in which the step size is constant unless it says otherwise.

    Raises
    ------
    InputError
        For an unknown name or parameter, and for a method that cannot be fed gradients alone.
    """
    if isinstance(method, str):
        (name, arguments), *more = spelling.parse(method)
        if more:
            raise InputError(f"{method!r} has a sampler; name the method alone, such as {name!r}.")
        if name not in Method.known:
            raise unknown_name("method", name, Method.known)
        cls = Method.known[name]
        for key in arguments:
            if key not in cls.declared():
                raise unknown_name(f"parameter of {name}", key, cls.declared())
        constant = {"schedule": "constant"} if "schedule" in cls.declared() else {}
        method = cls(**{**constant, **arguments})
    if not isinstance(method, Method):
        raise InputError(f"{shown(method)} is no method; give a text such as 'adam(alpha=1e-3)', or rl.methods.Adam().")
    if method.entropic or method.asks_again:
        why = "moves on the simplex" if method.entropic else "asks for gradients of its own"
        raise InputError(f"{method.name} {why}, so that it cannot be fed a sequence of them; give another method.")
    return method


def _playable(method: Method, batch: Batch) -> Play:
    return Play.of(paper(method), batch.g.shape[1])


def _each(batch: Batch, one: Callable[[Array, Array], list[Array]]) -> Array:
    return np.stack([np.stack(one(x, g)) for x, g in zip(batch.x, batch.g, strict=True)])


def _function_path(step: Callable[..., Any], x: Array, gradients: Array) -> list[Array]:
    """Return the iterates of a function of x, g and its state, which gets copies that are its own."""
    iterates, state = [x], None
    for g in gradients:
        x, state = step(x.copy(), g.copy(), state)
        iterates.append(np.array(x))
    return iterates


def _torch_path(make: Callable[..., Any], options: Mapping[str, Any], x: Array, gradients: Array) -> list[Array]:
    """Return the iterates of an optimiser of one parameter, whose gradient is set before each step."""
    try:
        torch = import_module("torch")
    except ImportError:
        raise InputError(
            "a class of PyTorch's protocol needs PyTorch, which is not installed: pip install 'regretlab[torch]'."
        ) from None
    vector = torch.nn.Parameter(torch.from_numpy(x.copy()))
    optimizer = make([vector], **options)
    if callable(getattr(optimizer, "train", None)):  # as schedulefree's want it
        optimizer.train()
    iterates = [x]
    for g in gradients:
        vector.grad = torch.from_numpy(g.copy())
        optimizer.step()
        iterates.append(vector.detach().numpy().copy())
    return iterates


def _takes(function: Any, count: int) -> bool:
    """Whether a function can be called with so many arguments, and needs no more."""
    try:
        inspect.signature(function).bind(*range(count))
    except (TypeError, ValueError):
        return False
    return True


def _called(optimizer: Any, options: Mapping[str, Any]) -> str:
    """Return what an optimiser is called in a report."""
    if isinstance(optimizer, Method):
        return optimizer.spelling
    if isinstance(optimizer, str):
        return optimizer
    name = getattr(optimizer, "__qualname__", type(optimizer).__qualname__)
    inside = ", ".join(f"{key}={shown(value)}" for key, value in options.items())
    return f"{name}({inside})" if inside else name
