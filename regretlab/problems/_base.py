"""The base of problems: a finite sum of losses with a domain and constants that are true bounds on it."""

from __future__ import annotations

import hashlib
import inspect
import math
from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from array_api_compat import array_namespace
from scipy import sparse

from regretlab.domains import Domain, methods
from regretlab.errors import InputError
from regretlab.parameters import number
from regretlab.spelling.register import Register

Array = Any
#: Between these the largest of some norms has lost nothing to squares that over- or underflow.
SQUARED = (1e-140, 1e150)
#: Arguments that are longer than this are not written out.
LONGEST = 60


class Constant(NamedTuple):
    """A number that is a true bound on the domain, and how it was obtained.

    It is tried when the problem is made, unless ``how`` begins with "assumed": then only the audit of a run says more.
    """

    value: float
    how: str


class _Checked(ABCMeta):
    """Problems are checked as soon as they are made, whatever their constructor does."""

    @property
    def __signature__(cls) -> inspect.Signature:
        """The constructor's signature, which the call below would hide."""
        constructor = next((vars(base)["__init__"] for base in cls.__mro__[:-1] if "__init__" in vars(base)), None)
        own = [] if constructor is None else list(inspect.signature(constructor).parameters.values())[1:]
        return inspect.Signature(own)

    def __call__(cls, *given: Any, **named: Any) -> Any:
        made = super().__call__(*given, **named)
        made.check()
        return made


class Problem(metaclass=_Checked):
    r"""The finite sum :math:`f(x) = \frac1n \sum_j f_j(x)` over a domain X.

    A user's own problem sets ``n``, ``d`` and ``convex`` and writes :meth:`losses_and_gradients`; everything else has
    a default. Bounds that need a constant which the problem does not declare say so.

    Attributes
    ----------
    name : str
    n, d : int
        Number of examples and dimensions.
    convex : bool
        Whether every f_j is convex on the domain; ``convex_reason`` says why.
    domain : Domain or None
    start : array (d,)
        The first iterate x_1.
    order : {"uniform", "cyclic"}
        How nature presents the examples to a method that brings no sampler of its own.
    batch_size : int
        The batch size K used unless an algorithm sets one.
    held_out : Problem or None
        The same losses on test examples, which no algorithm sees.
    kinks : bool
        Whether the losses have kinks, on which the comparator's solver would stop: then :meth:`smoothed` helps it.
    curved : bool
        Whether :meth:`hessian` gives second derivatives, with which the comparator's solver needs fewer passes.
    linear : bool
        Whether every f_j(x) is <z_j, x>, so that the comparator has a closed form.
    roundings : int
        Units in the last place that a computed loss may be away from the truth, beyond what the scores z_j . x bring;
        every regret's interval is wider by that. Of a problem of your own it is what you vouch for.
    rounded_at : float
        The size at which a loss is rounded even where it is smaller.
    solver_steps : int
        Steps of the comparator's solver from each of its starts.
    solver_starts : tuple of float
        More starts than the last comparator if the problem is not convex: points whose coordinates are all this
        share of the way from the domain's centre to its border.
    """

    #: The classes by the name in strings and study files: their ``family``, or else the class's name.
    known: ClassVar[Register[type[Problem]]] = Register("problem", "problems")
    #: The checks of a problem when it is made (:func:`regretlab.problems._probes.probe`).
    tried_by: ClassVar[list[Callable[[Problem], None]]] = []
    title: ClassVar[str]
    source: ClassVar[str]
    name: str = "a user's problem"
    n: int
    d: int
    convex: bool
    convex_reason: str = "declared by the problem's author"
    domain: Domain | None = None
    order: str = "uniform"
    batch_size: int = 1
    held_out: Problem | None = None
    kinks: bool = False
    curved: bool = False
    linear: bool = False
    roundings: int = 16
    rounded_at: float = 0.0
    solver_steps: int = 1000
    solver_starts: tuple[float, ...] = (-1.0, 1.0)
    _call: str

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Problem.known.enter(cls, "family")

    def __new__(cls, *given: Any, **named: Any) -> Self:
        made = super().__new__(cls)
        # Only the text is kept: the arrays themselves would stay in memory together with their scaled copies.
        signature = inspect.Signature() if cls.__init__ is object.__init__ else inspect.signature(cls)
        try:
            arguments = signature.bind_partial(*given, **named).arguments
        except TypeError as error:
            raise InputError(
                f"{cls.__name__} cannot be made of these arguments ({error}); it takes "
                f"{', '.join(signature.parameters) or 'none'}. A class that declares more needs an __init__."
            ) from None
        made.__dict__["_call"] = ", ".join(f"{name}={_short(value)}" for name, value in arguments.items())
        return made

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._call})"

    @cached_property
    def start(self) -> np.ndarray:
        """The first iterate x_1; the domain's point nearest to zero unless a problem sets it."""
        return self._nearest(np.zeros(self.d))

    def _nearest(self, x: np.ndarray) -> np.ndarray:
        return x if self.domain is None else self.domain.project(x, np.ones(self.d))

    def check(self) -> None:
        """Try the domain, the losses and the declared constants at a few points; called when a problem is made.

        Raises
        ------
        InputError
            For a domain that lacks a method or contradicts itself, a start outside it, a loss with a wrong gradient,
            one that is declared convex and is not, and a constant that is not a bound: with the point and the values.
        """
        for attribute in ("n", "d", "convex"):
            if not hasattr(self, attribute):
                raise InputError(
                    f"the problem {type(self).__name__} does not set {attribute!r}; a Problem needs n, d, convex."
                )
        for attribute in ("n", "d"):
            number(f"{type(self).__name__}.{attribute}", getattr(self, attribute), "[1, inf)", integer=True)
        if self.domain is not None:
            methods(self.domain)
        with np.errstate(all="ignore"):
            for probe in self.tried_by:
                probe(self)

    @abstractmethod
    def losses_and_gradients(self, x: Array, J: Array) -> tuple[Array, Array]:
        """f_j(x_r) and grad f_j(x_r) for every replicate r and every j in J[r].

        Parameters
        ----------
        x : array (R, d)
        J : integer array (R, K)

        Returns
        -------
        losses : array (R, K)
        gradients : array (R, K, d)
        """

    def constants(self) -> dict[str, Constant]:
        """Declare bounds on the domain: L, G_inf (of a grad f_j), span (of one f_j over X), floor (of all f_j).

        Bounds of other regrets read ``smoothness``, a Lipschitz constant of the gradient of the mean loss, and
        ``exp_concavity``, an a for which all exp(-a f_j) are concave.
        """
        return {}

    def floors(self) -> np.ndarray:
        """Bound every example's loss on the domain from below, shape (n,): this certifies a non-convex minimum."""
        floor = self.constants()["floor"].value if "floor" in self.constants() else -np.inf
        return np.full(self.n, floor)

    @property
    def measured(self) -> Problem:
        """The problem with its losses measured from :meth:`offsets`, so that no regret is a difference of large sums.

        Gradients are the same to the last bit. By default it is the problem itself.
        """
        return self

    def offsets(self) -> np.ndarray:
        """Return the constants that :attr:`measured` leaves out of every loss, shape (n,)."""
        return np.zeros(self.n)

    def test_loss(self, x: Array) -> Array:
        """The mean loss over the test examples at every x_r, shape (R,).

        Parameters
        ----------
        x : array (R, d)

        Raises
        ------
        InputError
            If no examples are held out.

        Examples
        --------
        >>> from regretlab.problems import Softmax
        >>> problem = Softmax("digits", test=0.2)
        >>> problem.test_loss(np.zeros((1, problem.d))).round(6)
        array([2.302585])
        """
        if self.held_out is None:
            raise InputError(f"{self.name} holds out no examples; make the problem with test=0.2, say.")
        return array_namespace(x).mean(self.held_out.all_losses(x), axis=-1)

    def on(self, xp: Any) -> Problem:
        """Move the problem's arrays to the namespace ``xp`` (CuPy, say); the default has none to move."""
        return self

    def all_losses(self, x: Array) -> Array:
        """f_j(x_r) for all examples, shape (R, n)."""
        return self._everything(x)[0]

    def all_gradient_norms(self, x: Array) -> Array:
        """Euclidean norms of grad f_j(x_r) for all examples, shape (R, n), also where squares over- or underflow."""
        xp = array_namespace(x)
        gradients = self._everything(x)[1]
        with np.errstate(over="ignore"):
            norms = xp.sqrt(xp.sum(gradients * gradients, axis=-1))
        low, high = SQUARED
        if low < float(xp.max(norms)) < high or not 0 < (size := float(xp.max(xp.abs(gradients)))) < math.inf:
            return norms
        scaled = gradients / size
        return size * xp.sqrt(xp.sum(scaled * scaled, axis=-1))

    def weighted(self, x: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
        """``sum_j weights[j] f_j(x)`` and its gradient at one point x (d,): the comparator's objective."""
        losses, gradients = self._everything(x[None])
        return float(weights @ losses[0]), weights @ gradients[0]

    def gradient(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the gradient alone of the weighted loss at one point x (d,)."""
        return self.weighted(x, weights)[1]

    def mean_gradient(self, x: Array) -> tuple[Array, Array]:
        """Return the gradient of the mean loss at every x_r (R, d), and the mean norm of the examples' own (R,)."""
        xp = array_namespace(x)
        gradients = self._everything(x)[1]
        return xp.mean(gradients, axis=1), xp.mean(xp.sqrt(xp.sum(gradients * gradients, axis=-1)), axis=-1)

    def hessian(self, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the weighted loss's second derivatives (d, d) at x, about; only a ``curved`` problem is asked."""
        raise NotImplementedError

    def losses_and_norms(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return all losses at one point x (d,), and the Euclidean norms of their gradients, each (n,)."""
        return self.all_losses(x[None])[0], self.all_gradient_norms(x[None])[0]

    def curvature(self, weights: np.ndarray) -> np.ndarray:
        """Return the weighted loss's curvature along each coordinate (d,), up to a factor: the solver evens it out."""
        return np.ones(self.d)

    def received(self, weights: np.ndarray) -> tuple[Problem, np.ndarray]:
        """Return the problem without examples of weight 0, and the other weights, where that costs less than both."""
        return self, weights

    def smoothed(self, width: float) -> Problem:
        """Make a smooth convex problem that approaches this one as ``width`` falls, for a problem with ``kinks``."""
        raise NotImplementedError

    def excess(self, x: np.ndarray, weights: np.ndarray) -> float:
        """Return how far a smoothed problem's weighted tangent at x is lowered to lie below the original's losses."""
        return 0.0

    def _everything(self, x: Array) -> tuple[Array, Array]:
        xp = array_namespace(x)
        J = xp.broadcast_to(xp.arange(self.n), (x.shape[0], self.n))
        return self.losses_and_gradients(x, J)

    def digest(self) -> str:
        """Hash the problem's data, for a run's provenance.

        The default covers the arrays, numbers and texts among the public attributes, not what is computed from them.
        """
        parts: list[Any] = []
        for name, value in sorted(vars(self).items()):
            if name.startswith("_") or isinstance(getattr(type(self), name, None), cached_property):
                continue
            if isinstance(value, np.ndarray) and value.dtype != object:
                parts += [name, value.shape, value]
            elif isinstance(value, (int, float, str, np.generic)) or sparse.issparse(value):
                parts += [name, value]
        return digest(self.name, self.n, self.d, repr(self.domain), self.start, *parts)


def _short(value: Any) -> str:
    """Write an argument as it is, or the shape of an array."""
    if getattr(value, "shape", ()):
        return f"<array {value.shape}>"
    text = repr(value)
    return text if len(text) <= LONGEST else f"<{type(value).__name__}>"


def digest(*parts: Any) -> str:
    """SHA-256 over arrays' bytes and other parts' text, shortened to 16 hexadecimal digits.

    A sparse matrix counts with its shape and the three arrays of its CSR form, whatever integers hold the indices.
    """
    h = hashlib.sha256()
    for part in parts:
        if sparse.issparse(part):
            part = digest(part.shape, part.data, part.indices.astype(np.int64), part.indptr.astype(np.int64))
        h.update(np.ascontiguousarray(part).data if isinstance(part, np.ndarray) else repr(part).encode())
    return h.hexdigest()[:16]
