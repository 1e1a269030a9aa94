"""Other people's optimisers as methods: what those of optax and of PyTorch have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar

import numpy as np

from regretlab.errors import InputError, shown
from regretlab.methods._base import Array, Method, generic
from regretlab.methods._step import Coefficients
from regretlab.parameters import parameter
from regretlab.spelling import stem
from regretlab.system import code

#: The names that an array of an optimiser's state cannot have in a method's.
TAKEN = ("x", "begun")


def refuse_built_in(name: Any) -> None:
    """Refuse an optimiser the name of a built-in, with parameters or without: tables and bounds mean that one by it."""
    if isinstance(name, str):
        Method.known.refuse(stem(name.partition("+")[0]), "of another library")


@dataclass(frozen=True)
class _Foreign(Method):
    """A method whose step is another library's; what the optimiser keeps is saved with the record.

    The digest is that of the optimiser with all that it was made of, so that a record goes on with the same one only.
    """

    named: ClassVar[bool] = False
    optimizer: str = parameter("", doc="the name under which it is run")
    digest: str = parameter("", doc="of the optimiser and all that it is made of")
    #: The optimiser itself.
    made: Any = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.optimizer, str) or not self.optimizer.strip():
            raise InputError(f"name={shown(self.optimizer)} is no name for an optimiser; give a text.")
        object.__setattr__(self, "name", self.optimizer)
        made = code.of_value(self.essence, type(self), f"no record could say what {self.optimizer} is")
        object.__setattr__(self, "digest", made)

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes that another process needs, without what was made to make steps."""
        return {name: value for name, value in vars(self).items() if name != "_known"}

    @property
    def essence(self) -> Any:
        """What the optimiser is known by."""
        return self.made

    @property
    def spelling(self) -> str:
        return self.optimizer

    def coefficients(self, t: Array) -> Coefficients:
        return generic(t, eta=0.0, p=0.0)  # the step size and all else are the optimiser's

    @contextmanager
    def _blamed(self, what: str) -> Iterator[None]:
        """Turn an error of the optimiser's own into a sentence that names it."""
        try:
            yield
        except InputError:
            raise
        except Exception as error:
            said = str(error).strip().partition("\n")[0]
            raise InputError(
                f"{self.optimizer} {what} ({type(error).__name__}: {said}); give an optimiser whose step needs the "
                "gradient and the iterate alone, a vector."
            ) from error

    def _host(self, g: Any) -> None:
        """Refuse arrays of a graphics processor."""
        if not isinstance(g, np.ndarray):
            raise InputError(f"{self.optimizer} runs on NumPy's arrays; use engine='array'.")


def leaves(tree: Any) -> dict[str, Any]:
    """Return the numbers and arrays of a tree of tuples, lists, dicts and dataclasses, in their order.

    Each has the last word on its way as its name, with a number where that is not its alone.

    Examples
    --------
    >>> leaves(({"count": 3, "mu": [1.5, 2.5]}, {"count": 4}, None, "adam"))
    {'count': 3, 'mu': 1.5, 'mu_2': 2.5, 'count_2': 4}
    """
    found: dict[str, Any] = {}
    for name, leaf in _walk(tree, "value"):
        unique, number = name, 1
        while unique in found or unique in TAKEN:
            number += 1
            unique = f"{name}_{number}"
        found[unique] = leaf
    return found


def rebuilt(tree: Any, given: Sequence[Any]) -> Any:
    """Return a tree with other numbers and arrays, in the order of :func:`leaves`.

    Examples
    --------
    >>> rebuilt(({"count": 3}, None, [1.5]), (4, 2.5))
    ({'count': 4}, None, [2.5])
    """
    rest = iter(given)

    def put(part: Any) -> Any:
        if _is_leaf(part):
            return next(rest)
        inside = _parts(part)
        if inside is None:
            return part
        new = {key: put(value) for key, value in inside.items()}
        if isinstance(part, dict):
            return new
        if is_dataclass(part):
            return replace(part, **new)  # type: ignore[type-var]
        return part._replace(**new) if hasattr(part, "_replace") else type(part)(new.values())

    return put(tree)


def _walk(part: Any, name: str) -> Iterator[tuple[str, Any]]:
    if _is_leaf(part):
        yield name, part
    for key, inside in (_parts(part) or {}).items():
        yield from _walk(inside, key.strip("_") if isinstance(key, str) and key.isidentifier() else name)


def _is_leaf(part: Any) -> bool:
    return isinstance(part, (bool, int, float)) or hasattr(part, "dtype")


def _parts(part: Any) -> dict[Any, Any] | None:
    """Return what a part of a tree holds, by key; None where it holds nothing that changes."""
    if isinstance(part, dict):
        return dict(part)
    if isinstance(part, (tuple, list)):
        return part._asdict() if hasattr(part, "_asdict") else dict(enumerate(part))
    if is_dataclass(part) and not isinstance(part, type):
        return {f.name: getattr(part, f.name) for f in fields(part)}
    return None


def stacked(rows: Callable[..., Sequence[Any]], *given: Any) -> list[Any]:
    """Call a function of one replicate for each of them, and lay side by side what it gives."""
    made = [rows(*([a[r] for a in part] if isinstance(part, list) else part[r] for part in given))
            for r in range(len(given[0]))]  # fmt: skip
    return [np.stack([np.asarray(a) for a in column]) for column in zip(*made, strict=True)]
