"""The base of methods: a coefficient schedule over the one generic step."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

import numpy as np

from regretlab.errors import InputError, shown
from regretlab.methods._step import Coefficients, Moments, OwnState, Project, step
from regretlab.parameters import Component, parameter
from regretlab.spelling import spell
from regretlab.spelling.register import Register

Array = np.ndarray


@dataclass(frozen=True)
class Method(Component):
    """A method of the generic family. A subclass is one frozen dataclass with :meth:`coefficients`, nothing else.

    A rule outside the family overrides :meth:`step` as well, and runs on the array engine only; where m, v and v_hat
    are not what it keeps, :meth:`init` declares its arrays, which are saved with the record. Subclasses are found by
    name (``AMSGrad`` is ``"amsgrad"``) as soon as they are defined; a name that a built-in has is refused. ``title``
    and ``source`` are what ``regretlab list`` says of them.
    """

    known: ClassVar[Register[type[Method]]] = Register("method", "methods")
    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]
    #: The generic step's input in place of the gradient g, as ``regretlab show`` writes it.
    gradient: ClassVar[str] = "g"
    #: Whether the step moves in the entropic geometry, which a domain has to have.
    entropic: ClassVar[bool] = False
    #: Whether texts can name it.
    named: ClassVar[bool] = True
    #: The array of the state whose losses are measured; gradients are those at ``x``.
    judged: ClassVar[str] = "x"
    #: Whether :meth:`step` takes one argument more, ``gradient(y)``: the same draw's gradient estimate at y (R, d).
    asks_again: ClassVar[bool] = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = Method.known.enter(cls)

    @property
    def spelling(self) -> str:
        """The method as text, with the parameters that are not the defaults.

        Examples
        --------
        >>> from regretlab.methods import Adam
        >>> Adam(alpha=0.1).spelling
        'adam(alpha=0.1)'
        """
        changed = {k: v for k, v in self.parameters().items() if v != self.declared()[k].default}
        return spell(self.name, changed)

    @abstractmethod
    def coefficients(self, t: Array) -> Coefficients:
        """Give the coefficients of steps ``t`` (a float array of shape (T,) holding 1, 2, ...), vectorised."""

    def schedule_over(self, t: Array) -> Coefficients:
        """Give the coefficients of steps ``t`` as arrays over them, also where :meth:`coefficients` gives a number.

        Raises
        ------
        InputError
            For a coefficient that is no finite number, with the step, before any step is made with it.
        """
        with np.errstate(all="ignore"):  # what is not finite is refused below
            made = self.coefficients(t)
        if not isinstance(made, Coefficients):
            raise InputError(
                f"coefficients of {type(self).__name__} gives {shown(made)}; return rl.methods.generic(t, eta=...)."
            )
        schedule = generic(t, **{name: value for name, value in made._asdict().items() if name != "t"})
        if t.dtype != object and len(t):
            for name, values in schedule._asdict().items():
                self._refuse_infinite(name, values, t)
        return schedule._replace(t=t)

    def _refuse_infinite(self, name: str, values: Any, t: Array) -> None:
        """Refuse a coefficient that is not finite at one of the steps t, with that step."""
        same = not np.ndim(values) or values.strides == (0,)  # one number for all steps
        first = values[0] if np.ndim(values) else values
        if math.isfinite(first) if same else np.isfinite(values).all():
            return
        at = 0 if same else int(np.argmin(np.isfinite(values)))
        when = "at every step" if same and len(t) > 1 else f"at step {t[at]:.0f}"
        raise InputError(
            f"the coefficient {name} of {self!r} is {first if same else values[at]} {when}; give finite "
            f"numbers, such as rl.methods.generic(t, eta=0.1 / np.sqrt(t)) has."
        )

    def init(self, d: int) -> dict[str, Any]:
        """Declare the arrays that the step keeps beside the iterate ``x``, by name, as they are before the first step.

        Each is a number or an array of any shape, without the axis of replicates; None is an array that begins as the
        first iterate. By default they are the moments of the generic step.
        """
        return dict.fromkeys(Moments._fields[1:], np.zeros(d))

    @property
    def generic_state(self) -> bool:
        """Whether the state is that of the generic step."""
        return type(self).init is Method.init

    def begin(self, x: Any, ops: Any) -> Any:
        """Return the state before the first step: :class:`Moments`, or an :class:`OwnState` of what is declared.

        Parameters
        ----------
        x : array (R, d)
            The first iterates.
        ops : namespace
            Of the arrays.

        Raises
        ------
        InputError
            For a declaration that is none.
        """
        if self.generic_state:
            zero = ops.zeros(x.shape, dtype=ops.float64)
            return Moments(x, zero, zero, zero)
        R, d = x.shape
        return OwnState(x=x, **{name: _begun(a, x, R, ops) for name, a in self.declared_state(d).items()})

    def declared_state(self, d: int) -> dict[str, Any]:
        """Return what :meth:`init` declares, checked: numbers and arrays of numbers by names other than ``x``."""
        who, wants = type(self).__name__, "return arrays of numbers by name, such as {'total': np.zeros(d)}"
        try:
            declared = self.init(d)
        except MemoryError:
            raise InputError(
                f"init of {who} needs more memory than there is for d={d}; use fewer dimensions."
            ) from None
        if not isinstance(declared, dict):
            raise InputError(f"init of {who} returns {shown(declared)}; {wants}.")
        for name, a in declared.items():
            if not isinstance(name, str) or not name.isidentifier() or name == "x" or name.startswith("_"):
                raise InputError(f"init of {who} names an array {shown(name)}; name it by a word other than x.")
            if a is not None and (np.asarray(a).dtype.kind not in "biuf" or not np.size(a)):
                raise InputError(f"init of {who} declares {name}={shown(a)}; {wants}.")
        if self.judged not in ("x", *declared):
            raise InputError(f"{who} is judged at {self.judged!r}, which its init does not declare; declare it.")
        return declared

    def step(self, state: Any, g: Any, k: Coefficients, project: Project, ops: Any) -> Any:
        """One step from the gradient estimate ``g``: the generic one, :func:`regretlab.methods.step`.

        A step of one's own may return any state like the one that it is given, whose arrays have the same shapes:
        ``state._replace(x=..., total=...)``. ``k.t`` is its number.
        """
        return step(state, g, k, project, ops)


def _begun(a: Any, x: Any, R: int, ops: Any) -> Any:
    """Return a declared array for R replicates, or the first iterates."""
    if a is None:
        return x
    one = ops.asarray(np.asarray(a))
    return ops.asarray(ops.broadcast_to(one, (R, *one.shape)), copy=True)


@dataclass(frozen=True)
class Scheduled(Method):
    """Shared by all: a step size and its schedule."""

    alpha: float = parameter(1e-3, "(0, inf)", "step size; alpha_t = alpha / sqrt(t), or alpha when constant")
    _: KW_ONLY
    schedule: str = parameter("sqrt", ("sqrt", "constant"), "alpha_t = alpha / sqrt(t) (theory) or alpha (practice)")

    def alpha_t(self, t: Array) -> Array:
        return np.asarray(self.alpha / np.sqrt(t)) if self.schedule == "sqrt" else over(t, self.alpha)


@dataclass(frozen=True)
class MovingAverages(Scheduled):
    """Shared by the Adam family: two exponential moving averages and the decay of the theory."""

    beta1: float = parameter(0.9, "[0, 1)", "first-moment decay; beta_{1,t} = beta1 * lam**(t-1)")
    beta2: float = parameter(0.999, "[0, 1)", "second-moment decay")
    lam: float = parameter(1.0, "(0, 1]", "decay of beta_{1,t}; 1 keeps beta1 constant")
    eps: float = parameter(0.0, "[0, inf)", "added to the root of the second moment")

    def beta1_t(self, t: Array) -> Array | float:
        return decaying(self.beta1, self.lam, t)


def generic(
    t: Array,
    *,
    mu: Any = 0.0,
    nu: Any = 1.0,
    beta: Any = 0.0,
    om: Any = 0.0,
    rho: Any = 0.0,
    wd: Any = 0.0,
    eta: Any,
    kap: Any = 0.0,
    c: Any = 1.0,
    p: float = 0.5,
    eps: float = 0.0,
) -> Coefficients:
    """Coefficients with every schedule broadcast to the shape of ``t``; the defaults are plain gradient descent's.

    They are floats, unless ``t`` holds objects (intervals, where a claim about a run is checked).

    Raises
    ------
    InputError
        For a coefficient that is neither a real number nor an array of one for each t.
    """
    given = {"mu": mu, "nu": nu, "beta": beta, "om": om, "rho": rho, "wd": wd, "eta": eta, "kap": kap, "c": c}
    for name, a in given.items() if t.dtype != object else ():
        array = np.asarray(a)
        if array.shape not in ((), t.shape) or array.dtype.kind not in "buif":
            raise InputError(
                f"the coefficient {name} has shape {array.shape} and type {array.dtype} for {t.size} steps; give a "
                "real number, or an array of one for each step."
            )
    return Coefficients(**{name: over(t, a) for name, a in given.items()}, p=p, eps=eps)


def over(t: Array, value: Any) -> Array:
    """Return a schedule as it is, or one value at every t; floats, unless ``t`` holds objects."""
    kind = object if t.dtype == object else float
    return value if getattr(value, "shape", 0) == t.shape else constant(value, t, kind)


def constant(value: Any, t: Array, kind: type = float) -> Array:
    """``value`` at every t, in no more memory than one number; also much faster than NumPy's general broadcast."""
    return np.ndarray(t.shape, kind, np.array(value, dtype=kind), strides=(0,))


def decaying(beta1: float, lam: float, t: Array) -> Array | float:
    """beta_{1,t} = beta1 * lam**(t - 1); the number beta1 where it does not decay."""
    return beta1 if lam == 1 else np.asarray(beta1 * lam ** (t - 1))


def averages(t: Array, beta1: Any, beta2: float, **others: Any) -> Coefficients:
    """Adam's two exponential moving averages: mu = beta1, nu = 1 - beta1, beta = beta2, om = 1 - beta2."""
    return generic(t, mu=beta1, nu=1 - beta1, beta=beta2, om=1 - beta2, **others)


def remaining(beta: float, t: Array) -> Array:
    """1 - beta**t. Powers below 2**-60 leave 1 as it is, and are not made: as they underflow they cost far more."""
    if t.dtype != object:
        enough = np.ceil(-60 / np.log2(beta)) if beta > 0 else 1.0
        if len(t) and t[0] >= enough:
            return constant(1.0, t)
        t = np.minimum(t, enough)
    return np.asarray(1 - beta**t)
