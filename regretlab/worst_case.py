r"""The exact worst case of a method over a few steps, by which a regret bound can be called tight or loose.

A method whose denominator is 1 (``p = 0``, such as ``sgd``) moves along linear combinations of what it has seen. Its
largest regret over all dimensions, all convex sets of a diameter, all starts and all convex losses is then the value of
a semidefinite program over the Gram matrix of those points (performance estimation).
"""

from __future__ import annotations

import contextlib
import importlib.util
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from regretlab.domains import Box
from regretlab.errors import InputError, shown
from regretlab.methods import Coefficients, Method, Moments, step
from regretlab.parameters import number

#: The program has (T + 2)^2 constraints on a matrix of 2 T + 5 rows: seconds at T = 12.
LONGEST = 12
#: The largest relative gap between the program's value and its dual's; measured: 3e-7 at most.
ACCURACY = 1e-5
#: Starts of the instances on a line, from an end to the middle: mirrored instances have the same regret.
STARTS = 11


class Instance(NamedTuple):
    """Linear losses :math:`f_t(x) = c_t x` on the interval ``[-D2/2, D2/2]``, and a method's regret on them."""

    regret: float
    start: float
    slopes: tuple[float, ...]


def regret(method: Method, horizon: int, *, D2: float = 1.0, G2: float = 1.0) -> float:
    r"""Compute the largest regret that a method can have.

    .. math:: \max_{X, x_1, x, f_1, \dots, f_T} \; \sum_{t=1}^T f_t(x_t) - f_t(x), \qquad
        x_{t+1} = \Pi_X\Big((1 - wd_t)\, x_t - \frac{\eta_t (m_t + \kappa_t g_t)}{1 + \epsilon}\Big), \quad
        g_t \in \partial f_t(x_t),

    over all dimensions, closed convex sets X of diameter ``D2``, points :math:`x_1, x \in X` and convex losses with
    :math:`\|g_t\| \le G_2`. Linear losses are among the worst, as :math:`f_t(x_t) - f_t(x) \le \langle g_t, x_t - x
    \rangle`. The step is :func:`regretlab.methods.step` itself, run on PEPit's points.

    Parameters
    ----------
    method : Method
        With ``p = 0``: the denominator is 1, as that of ``rl.methods.SGD``.
    horizon : int in [1, 12]
        Number of steps T.
    D2, G2 : float in (0, inf)
        Euclidean diameter of the set; bound on the gradients' Euclidean norms.

    Returns
    -------
    float
        The value of the dual program: the worst case from above, up to the solver's accuracy.

    Raises
    ------
    InputError
        For a method that divides by its gradients or has a step of its own, a value out of
        range, when PEPit is not installed, or where the solver leaves a gap between the program and its dual.

    References
    ----------
    Drori & Teboulle (2014), "Performance of first-order methods for smooth convex minimization: a novel approach",
    Math. Program. 145. Taylor, Hendrickx & Glineur (2017), "Exact worst-case performance of first-order methods for
    composite convex optimization", SIAM J. Optim. 27(3). Goujaud et al. (2024), "PEPit", Math. Program. Comput. 16.

    Examples
    --------
    >>> import regretlab as rl
    >>> rl.worst_case.regret(rl.methods.Adam(), 3)
    Traceback (most recent call last):
    ...
    regretlab.errors.InputError: worst cases are computed for methods with denominator 1 (p = 0), such as sgd;
    adam divides by its gradients (p = 0.5).
    """
    steps, D2, G2 = _checked(method, horizon, D2, G2)
    if importlib.util.find_spec("PEPit") is None:
        raise InputError("worst cases need PEPit, which is not installed: pip install 'regretlab[pep]'.")
    from cvxpy.error import SolverError
    from PEPit import PEP, Point
    from PEPit.functions import ConvexIndicatorFunction
    from PEPit.primitive_steps import proximal_step

    # In units of the diameter and of the largest gradient, so that the solver's accuracy does not depend on them.
    steps = [k._replace(eta=k.eta * G2 / D2) for k in steps]
    problem = PEP()
    X = problem.declare_function(ConvexIndicatorFunction, D=1)

    def project(x: Point, weights: float = 1.0) -> Point:
        return proximal_step(x, X, 1)[0]

    def gradient() -> Point:
        g = Point()
        problem.add_constraint(g**2 <= 1)
        return g

    above = None
    start, best = project(Point()), project(Point())
    problem.set_performance_metric(_linear_regret(steps, start, best, gradient, project))
    with warnings.catch_warnings(), contextlib.suppress(SolverError):
        warnings.simplefilter("ignore", UserWarning)  # "may be inaccurate": the gap below says by how much
        above = problem.solve(wrapper="cvxpy", solver="CLARABEL", verbose=0)
    if above is None or not above - problem.objective.eval() <= ACCURACY * above:
        raise InputError(
            f"the solver leaves a gap in the worst case of {method!r} at horizon={horizon}, D2={D2:g}, G2={G2:g}; "
            f"use a smaller horizon or an alpha nearer to D2/G2 = {D2 / G2:g}."
        )
    return float(above * D2 * G2)


def on_a_line(method: Method, horizon: int, *, D2: float = 1.0, G2: float = 1.0) -> Instance:
    r"""Search instances in one dimension for the largest regret: the worst case from below, with its instance.

    All sequences of slopes in :math:`\{-G_2, 0, G_2\}` and 11 starts from an end to the middle are tried. Parameters
    and errors are those of :func:`regret`, but no solver is needed.

    Examples
    --------
    >>> import regretlab as rl
    >>> found = rl.worst_case.on_a_line(rl.methods.SGD(alpha=1), 3)
    >>> round(found.regret, 6), found.start, found.slopes
    (1.707107, -0.5, (-1.0, 1.0, -1.0))
    """
    steps, D2, G2 = _checked(method, horizon, D2, G2)
    T = len(steps)
    signs = np.indices((3,) * T, dtype=np.int8).reshape(T, -1) - 1
    lowest = -np.abs(signs.sum(axis=0, dtype=int)) * G2 * D2 / 2  # min over x in X of sum_t c_t x
    found = Instance(-np.inf, 0.0, ())
    for start in np.linspace(-D2 / 2, 0, STARTS):
        slopes = iter(G2 * signs)
        at, project = np.full(lowest.shape, start), Box(-D2 / 2, D2 / 2).project
        losses = _linear_regret(steps, at, 0.0, slopes.__next__, project)
        worst = int(np.argmax(losses - lowest))
        if (losses - lowest)[worst] > found.regret:
            found = Instance(float((losses - lowest)[worst]), float(start), tuple((G2 * signs[:, worst]).tolist()))
    return found


def _linear_regret(
    steps: list[Coefficients],
    start: Any,
    best: Any,
    gradient: Callable[[], Any],
    project: Callable[[Any, Any], Any],
) -> Any:
    """sum_t <g_t, x_t - best>, on points of a program or on arrays of numbers."""
    # With p = 0 no step depends on the second moment, whatever it is; numbers need not be told from points then.
    ops = SimpleNamespace(maximum=lambda a, b: 0.0, where=lambda zero, a, b: b)
    state, total = Moments(start, 0.0 * start, 0.0, 0.0), 0.0
    for k in steps:
        g = gradient()
        total = g * (state.x - best) + total
        state = step(state, g, k, project, ops)._replace(v=0.0)
    return total


def _checked(method: Method, horizon: Any, D2: Any, G2: Any) -> tuple[list[Coefficients], float, float]:
    """Return the coefficients of every step, and the constants as floats."""
    if not isinstance(method, Method):
        raise InputError(
            f"the method {shown(method)} is not one of rl.methods; give one such as rl.methods.SGD(alpha=1)."
        )
    if type(method).step is not Method.step:
        raise InputError(
            f"{method.name} has a step of its own, whose worst case is not computed; give a method "
            f"that is a schedule over the generic step."
        )
    T = number("horizon", horizon, f"[1, {LONGEST}]", " (the program grows with its square)", integer=True)
    k = method.schedule_over(np.arange(1.0, T + 1))
    if k.p != 0:
        raise InputError(
            f"worst cases are computed for methods with denominator 1 (p = 0), such as sgd; "
            f"{method.name} divides by its gradients (p = {k.p:g})."
        )
    D2, G2 = (float(number(name, value, "(0, inf)")) for name, value in (("D2", D2), ("G2", G2)))
    return [k.at(t) for t in range(int(T))], D2, G2
