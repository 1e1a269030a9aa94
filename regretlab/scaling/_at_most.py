"""Is an exponent at most what a theory allows? Two one-sided tests."""

from __future__ import annotations

import math
from typing import NamedTuple

from regretlab.errors import InputError, shown
from regretlab.parameters import number
from regretlab.scaling._exponent import RESOLUTION, Exponent


class AtMost(NamedTuple):
    """``verdict`` ("at most", "above" or "cannot tell"), and the one-sided bounds of the exponent that it rests on.

    Each of ``low`` and ``high`` is wrong in at most ``level`` of all data sets: (1 - confidence) / 2.
    """

    verdict: str
    low: float
    high: float
    level: float


def at_most(e: Exponent, power: float, *, resolution: float = RESOLUTION) -> AtMost:
    r"""Test whether an exponent a is at most ``power``, and not as large as ``power + resolution``.

    Two one-sided tests at the level (1 - confidence) / 2, with the ends of the exponent's interval,

    .. math:: \text{above} \iff \text{low} > \text{power}, \qquad
        \text{at most} \iff \text{low} \le \text{power and high} \le \text{power} + \text{resolution}:

    a power law with a <= ``power`` is called above, and one with a >= ``power + resolution`` at most, in at most this
    part of all data sets. Else the data cannot tell. A regret that is at most zero over the last half of the grid,
    with its interval (:attr:`Exponent.nonpositive`), lies below any :math:`c\,T^a` with c > 0 there: at most, with
    both bounds at minus infinity.

    With ``log_power=b`` given to :func:`exponent`, a is that of :math:`T^a (\log T)^b`: regret of order
    :math:`\sqrt{T \log T}`, which is above any multiple of :math:`\sqrt T`, is at most 1/2 with b = 1/2. As far as the
    exponent's interval goes (:func:`exponent` says what it assumes).

    Parameters
    ----------
    e : Exponent
        From :func:`exponent` or :func:`across`, which take the confidence and the power of the logarithm.
    power : float
        What the theory allows.
    resolution : float > 0

    Raises
    ------
    InputError
        For a ``power`` that is not finite or a ``resolution`` that is not positive.

    Examples
    --------
    >>> import numpy as np
    >>> from regretlab.scaling import exponent
    >>> t = np.geomspace(1, 1000, 30)
    >>> e = exponent(t, np.sqrt(t)[None], random=False)
    >>> at_most(e, 0.5).verdict, at_most(e, 0.3).verdict, at_most(exponent(t, -t[None]), 0.5).verdict
    ('at most', 'above', 'cannot tell')
    >>> r = np.sqrt(t * (1 + np.log(t)))[None]
    >>> [at_most(exponent(t, r, random=False, log_power=b), 0.5).verdict for b in (0, 0.5)]
    ['above', 'at most']
    >>> at_most(exponent(t, -t[None], random=False), 0.5)
    AtMost(verdict='at most', low=-inf, high=-inf, level=0.025)
    """
    if not isinstance(e, Exponent):
        raise InputError(f"e={shown(e)} is not an exponent; give what rl.scaling.exponent returns.")
    power = number("power", power, "(-inf, inf)")
    resolution = number("resolution", resolution, "(0, inf)")
    low, high = (-math.inf, -math.inf) if e.nonpositive else (e.low, e.high)
    if low > power:
        verdict = "above"
    elif high <= power + resolution:
        verdict = "at most"
    else:
        verdict = "cannot tell"
    return AtMost(verdict, low, high, round((1 - e.confidence) / 2, 12))
