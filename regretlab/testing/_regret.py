"""Assertions about how regret grows and how it compares with a bound."""

from __future__ import annotations

import math

import numpy as np

from regretlab import scaling
from regretlab.bounds import Bound
from regretlab.parameters import number
from regretlab.result import Result
from regretlab.scaling import Exponent, exponent, linear_growth
from regretlab.testing._subjects import a_result

#: Powers of the logarithm that a failure tries.
LOGARITHMS = (0.5, 1.0)


def assert_regret_exponent(
    result: Result, at_most: float, *, log_power: float = 0.0, confidence: float = 0.99, resolution: float = 0.1,
    kind: str = "online", algorithm: str | None = None,
) -> None:  # fmt: skip
    r"""Assert that regret grows like :math:`T^a (\log T)^b` with a at most ``at_most``, as far as the run can tell.

    b is ``log_power``. By default it is 0, and ``at_most=0.5`` is the claim that regret is of order :math:`\sqrt T`,
    no logarithm: a regret of order :math:`\sqrt{T(1 + \log T)}`, that of many bounds, is larger than that and fails.
    For a theorem with a logarithm say so, with ``log_power=1/2`` here; a failure says whether that would pass.

    With [low, high] the interval of a (:func:`regretlab.scaling.exponent`), two one-sided tests
    (:func:`regretlab.scaling.at_most`), it fails

    - as *too large* if low > ``at_most``: on a power law with a <= ``at_most`` in at most (1 - ``confidence``) / 2 of
      all data sets;
    - as *undecided* if high > ``at_most + resolution``: nothing that is ``resolution`` too large may pass for lack of
      data. So a power law with a >= ``at_most + resolution`` passes in at most (1 - ``confidence``) / 2. How often
      a correct algorithm is left undecided depends on the noise; the message says what would decide.

    These rates hold as far as the exponent's interval does, which assumes that replicates show what carries the mean.

    Regret that is at most zero at all t >= T/2, with its interval, passes: at this horizon it lies below any
    :math:`c\,T^a`. Where its sign cannot be told or changes it has no exponent, and it is undecided.

    Parameters
    ----------
    result : Result
    at_most : float
        The exponent that the theory allows, such as 0.5.
    log_power : float
        The power of log T that it allows in addition.
    confidence : float in (0, 1)
    resolution : float > 0
        How much larger an exponent has to be told from ``at_most``.
    kind, algorithm : str, optional
        Which regret of which algorithm.

    Raises
    ------
    AssertionError
        With the estimate, the interval, the regrets behind it and how many replicates or steps would decide.
    InputError
        For what is no result, or a parameter out of its range.

    Examples
    --------
    >>> import regretlab as rl
    >>> run = rl.simulate(rl.problems.Reddi(C=4), "adam(alpha=0.5, beta1=0, beta2=1/17)", horizon=9000)
    >>> assert_regret_exponent(run, at_most=1)
    >>> assert_regret_exponent(run, at_most=0.5)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: the regret's exponent is above 0.5: 0.995, 99 % interval [0.97..., 1.03...].
    ...
    """
    at_most, resolution = number("at_most", at_most, "(-inf, inf)"), number("resolution", resolution, "(0, inf)")
    t, regret = a_result(result).fitted(kind, algorithm)

    def tested(b: float) -> tuple[Exponent, str]:
        e = exponent(t, regret, random=result.random(algorithm), confidence=confidence, log_power=b)
        return e, scaling.at_most(e, at_most, resolution=resolution).verdict

    e, verdict = tested(log_power)
    if verdict == "at most":
        return
    said = f"{e.value:.3f}, {100 * e.confidence:g} % interval [{e.low:.3f}, {e.high:.3f}]"
    if math.isnan(e.value):
        raise AssertionError(
            f"the regret has no exponent: {e.how}; assert_sublinear takes regret of any sign.\n{_data(t, regret)}"
        )
    if math.isnan(e.low):
        raise AssertionError(f"the regret's exponent has no interval: {e.how}.\n{_data(t, regret)}")
    if verdict == "above":
        within = [b for b in LOGARITHMS if log_power < b and t[t >= t[-1] / scaling.WINDOW][0] > 1]
        allowed = next((b for b in within if tested(b)[1] == "at most"), None)
        more = (
            ""
            if allowed is None
            else f"\nIt is at most T^{at_most:g} log(T)^{allowed:g}: log_power={allowed:g} allows that."
        )
        raise AssertionError(f"the regret's exponent is above {at_most:g}: {said}.\n{e.how}.{more}\n{_data(t, regret)}")
    raise AssertionError(
        f"cannot tell the regret's exponent {at_most:g} from {at_most + resolution:g}: {said}.\n{e.how}.\n"
        f"{_decides(e, at_most, resolution)}\n{_data(t, regret)}"
    )


def assert_sublinear(
    result: Result, *, confidence: float = 0.99, kind: str = "online", algorithm: str | None = None
) -> None:
    """Assert that regret does not grow linearly in T (:func:`regretlab.scaling.linear_growth`).

    Fails if the growth is linear and if the data cannot tell. A regret of linear growth passes in at most
    1 - ``confidence`` of all data sets, one of order sqrt(T) is called linear in at most half of that. Negative regret
    that does not grow passes, and so does one that is certainly not positive at t >= T/2 and does not grow linearly.

    Raises
    ------
    AssertionError
        With the linear rate, the exponent, their intervals and the regrets behind them.
    InputError
        For what is no result, or a ``confidence`` outside (0, 1).

    Examples
    --------
    >>> import regretlab as rl
    >>> run = rl.simulate(rl.problems.Reddi(C=4), "adam(alpha=0.5, beta1=0, beta2=1/17)", horizon=2000)
    >>> assert_sublinear(run)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: the regret grows linearly: 1.32 per step, 99 % interval [1.29, 1.35].
    ...
    """
    t, regret = a_result(result).fitted(kind, algorithm)
    growth = linear_growth(t, regret, random=result.random(algorithm), confidence=confidence)
    if growth.verdict == "sublinear":
        return
    rate, e = growth.rate, growth.exponent
    said = f"{rate.value:.3g} per step, {100 * e.confidence:g} % interval [{rate.low:.3g}, {rate.high:.3g}]"
    what = (
        "the regret grows linearly" if growth.verdict == "linear" else "cannot tell whether the regret grows linearly"
    )
    raise AssertionError(
        f"{what}: {said}.\nexponent {e.value:.3f} [{e.low:.3f}, {e.high:.3f}]: {e.how}.\n{_data(t, regret)}"
    )


def assert_below_bound(
    result: Result, bound: str | Bound, *, algorithm: str | None = None, mode: str = "stated"
) -> None:
    """Assert that a theorem's bound holds on a run: its assumptions are met and the regret's interval lies below it.

    It does so at every horizon that can be looked at (:mod:`regretlab.runs.horizons`): at every T for linear losses
    on a domain, else at every T to 64 and at the checkpoints after it; a failure says where. A bound on every run
    is compared with certified intervals: no false alarm. One in expectation is compared with an interval of the
    mean that assumes nothing of the law of the regret but its known range: a true one is called violated, at any of
    the few horizons looked at, in at most 2.5 % of all data sets, and a false one passes in at most 2.5 %
    (:mod:`regretlab.verdicts.expectation`). One that cannot be told is an error too. A vacuous bound passes: it
    says little, but holds.

    Parameters
    ----------
    result : Result
    bound : str or Bound
        For example ``"amsgrad.schedule_free"``; see :meth:`regretlab.Result.bound`.
    algorithm : str, optional
    mode : {"stated", "measured", "a priori"}

    Raises
    ------
    AssertionError
        With the first violation, or the assumption that fails, or how many replicates would decide.
    InputError
        For what is no result, or a bound that is unknown or about another algorithm.

    Examples
    --------
    >>> import regretlab as rl
    >>> adam = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"
    >>> run = rl.simulate(rl.problems.Reddi(C=8), adam, horizon=43)
    >>> assert_below_bound(run, "adam.printed")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: adam.printed is violated at t = 42 (looked at every T): regret [170, 170] (R = 1) against ...
    """
    c = a_result(result).bound(bound, algorithm, mode)
    if c.verdict in ("holds", "vacuous"):
        return
    if c.verdict == "violated":
        seen = c.look
        raise AssertionError(
            f"{c.bound.id} is violated at t = {seen.first} (looked {seen.where}): regret [{seen.low:.4g}, "
            f"{seen.high:.4g}] (R = {result.replicates}) against a bound of {seen.bound:.4g}."
        )
    curve = np.broadcast_to(c.curve, c.low.shape)
    run = int(np.argmax(c.high[:, -1] - curve[:, -1]))
    value, high, limit = c.regret[run, -1], c.high[run, -1], curve[run, -1]
    said = f"regret {value:.4g} [{c.low[run, -1]:.4g}, {high:.4g}] at T = {result.horizon} against {limit:.4g}"
    if c.verdict != "undecided":
        reasons = "; ".join(
            f"{check.id}: {check.measured}, needed {check.needed}" for check in c.checks if not check.passed
        )
        raise AssertionError(f"{c.bound.id} does not speak of this run, an assumption fails ({reasons}); {said}.")
    said = f"looked {c.look.where} (R = {result.replicates}): {said}"
    raise AssertionError(f"{c.bound.id} is undecided, {said}." + f" {c.why}" * bool(c.why))


def _decides(e: Exponent, at_most: float, resolution: float) -> str:
    """Say how many replicates, or which horizon, would decide."""
    needed = e.horizon_needed(resolution)
    if e.bend > resolution / 2 or (not e.sampled and needed > e.last):
        return f"What would decide: T = {needed:.2g} steps, while the slope still changes."
    if not e.sampled:
        return (
            f"What would decide: a horizon beyond T = {e.last:g}, or checkpoints at one phase of a period; more "
            f"replicates would not, a deterministic run has no sampling error."
        )
    needed = e.replicates_needed(max(at_most + resolution - e.value, e.value - at_most))
    if math.isnan(needed):
        return f"What would decide: more than {e.replicates} replicates, they do not even tell the regret from zero."
    return f"What would decide: R = {needed:.0f} replicates instead of {e.replicates}."


def _data(t: np.ndarray, regret: np.ndarray) -> str:
    """Write the mean regret at five checkpoints of the window, with its standard error."""
    chosen = np.unique(np.searchsorted(t, np.geomspace(max(t[0], t[-1] / 16), t[-1], 5)).clip(max=t.size - 1))
    errors = regret.std(axis=0, ddof=1) / math.sqrt(len(regret)) if len(regret) > 1 else np.zeros(t.size)
    pairs = ", ".join(
        f"{t[i]:g}: {regret[:, i].mean():.4g}" + (f" +- {errors[i]:.2g}" if errors[i] else "") for i in chosen
    )
    return f"Mean regret of R = {len(regret)} at t = {pairs}."
