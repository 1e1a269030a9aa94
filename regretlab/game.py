r"""The game a sampler's lemma is about: laws against prescribed gradient norms or losses, without an optimiser.

A run's gradients depend on its iterates, so no run reaches the sequences on which a bandit does worst. Here they are
given: :func:`play` measures :math:`\sum_t V_t(p_t)` on gradient norms, :func:`play_losses` the loss of the drawn arms
on any losses in [0, 1], as in EXP3.M. Both say which examples AdamCB's freeze rule holds, and since when.

On :func:`frozen_arm` AdamCB as printed caps an arm, never updates it again, and pays for it at every step; the lemma
would promise 81.8 at T = 400. Its repair (:class:`~regretlab.samplers.AdamCBOurs`) comes back:

>>> from regretlab.samplers import AdamCB, AdamCBOurs
>>> played = [play_losses(s, frozen_arm(), batch_size=2, replicates=20) for s in (AdamCB(), AdamCBOurs(gamma=0.03))]
>>> [round(float(record.regret[:, -1].mean())) for record in played]
[318, 6]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr

from regretlab.engines.array import namespace
from regretlab.engines.streams import Streams
from regretlab.errors import InputError, shown
from regretlab.parameters import number
from regretlab.runs.checkpoints import checkpoint_times
from regretlab.runs.regret import best_variance
from regretlab.samplers import Draw, Sampler, Setting

BLOCK = 512


def play(
    sampler: Sampler,
    norms: np.ndarray,
    *,
    batch_size: int = 1,
    replicates: int = 1,
    seed: int = 0,
    checkpoints: str | Sequence[int] = "log",
) -> xr.Dataset:
    r"""Play a sampler against prescribed gradient norms.

    Parameters
    ----------
    sampler : Sampler
        For example ``rl.samplers.AdamCB(gamma=0.4)``; what it ties to L and T is tied to the largest norm and to T.
    norms : array (T, n)
        The gradient norms of all examples at every step; only those of the drawn are shown to the sampler (those of
        the examples it looks at, too).
    batch_size, replicates, seed, checkpoints
        As in :func:`regretlab.simulate`; the random streams are the same.

    Returns
    -------
    xarray.Dataset
        Over (replicate, t): ``variance``, ``sampler_regret``; over t: ``best_variance``, ``uniform_variance``,
        ``oracle_variance``; over (replicate, example), at the end: ``probabilities`` and ``frozen_since``, the step
        from which on an example's weight has been frozen without a break (0: it is not).

    Raises
    ------
    InputError
        For norms that are not a finite, non-negative (T, n) array.

    Examples
    --------
    >>> from regretlab.samplers import Uniform
    >>> float(play(Uniform(), np.array([[3.0, 1.0]])).variance.item())
    20.0
    """
    _check(sampler)
    norms = _table("norms", norms, float("inf"))
    T, n = norms.shape
    L = float(norms.max()) or 1.0
    game = _Game(_fit(sampler, n, batch_size, L, T), replicates, seed, checkpoint_times(checkpoints, T))
    squares, law = norms**2, game.sampler.law
    total = np.zeros(game.replicates)
    paid = []
    for t, state in game.rounds(lambda t, draw: norms[t][draw.J], lambda t, J: norms[t][J]):
        total = total + game.sampler.variance(state, squares[t])
        if t + 1 in game.times:
            paid.append(total)
    prefix = np.cumsum(squares, axis=0)[game.times - 1]
    best = np.array([best_variance(*game.sampler.choices(s)) for s in prefix])
    variance = np.stack(paid, axis=-1)
    return game.record(
        {
            "variance": (("replicate", "t"), variance),
            "sampler_regret": (("replicate", "t"), variance - best),
            "best_variance": ("t", best),
            "uniform_variance": ("t", prefix.sum(-1) * n / law.total),
            "oracle_variance": ("t", np.cumsum(norms.sum(-1) ** 2)[game.times - 1] / law.total),
        }
    )


def play_losses(
    sampler: Sampler,
    losses: np.ndarray,
    *,
    batch_size: int = 1,
    replicates: int = 1,
    seed: int = 0,
    checkpoints: str | Sequence[int] = "log",
) -> xr.Dataset:
    r"""Play a bandit sampler's update against prescribed losses: EXP3.M's game, for which the lemmas are proved.

    .. math:: \sum_t \sum_j p_{t,j}\, \ell_{t,j} - \min_{|A| = K} \sum_t \sum_{j\in A} \ell_{t,j}

    with inclusion probabilities p (for laws of sum 1: K = 1). The sampler is shown, for every drawn example, the
    gradient norm from which its rule computes this very loss.

    Parameters
    ----------
    sampler : Sampler
        One with a rule: AdamBS, AdamBSCorrected, AdamCB or AdamCBOurs.
    losses : array (T, n)
        In [0, 1].
    batch_size, replicates, seed, checkpoints
        As in :func:`play`.

    Returns
    -------
    xarray.Dataset
        ``loss`` and ``regret`` over (replicate, t), ``best`` over t, ``probabilities`` and ``frozen_since`` as in
        :func:`play`.

    Raises
    ------
    InputError
        For losses outside [0, 1] and for a sampler without a rule.

    Examples
    --------
    >>> from regretlab.samplers import AdamBS
    >>> play_losses(AdamBS(), np.array([[0.0, 1.0]])).regret.item()
    0.5
    """
    _check(sampler)
    losses = _table("losses", losses, 1.0)
    T, n = losses.shape
    fitted = _fit(sampler, n, batch_size, 1.0, T)
    rule = fitted.rule
    if rule is None:
        raise InputError(f"the sampler {sampler.name!r} learns nothing from losses; play adambs or adamcb, say.")
    game = _Game(fitted, replicates, seed, checkpoint_times(checkpoints, T))
    size = rule.top or 1.0

    def shown(t: int, draw: Draw) -> np.ndarray:
        norms: np.ndarray = np.sqrt(size * (1 - losses[t][draw.J])) * draw.p / rule.scale
        return norms

    total = np.zeros(game.replicates)
    paid = []
    for t, state in game.rounds(shown):
        total = total + fitted.probabilities(state) @ losses[t]
        if t + 1 in game.times:
            paid.append(total)
    prefix = np.sort(np.cumsum(losses, axis=0)[game.times - 1], axis=1)
    best = prefix[:, : round(fitted.law.total)].sum(-1)
    loss = np.stack(paid, axis=-1)
    return game.record(
        {"loss": (("replicate", "t"), loss), "regret": (("replicate", "t"), loss - best), "best": ("t", best)}
    )


def frozen_arm(T: int = 400, first: int = 44) -> np.ndarray:
    r"""Return the losses of three arms on which AdamCB as printed has linear regret, for batches of two.

    .. math:: \ell_t = (0, 1, 1) \text{ for } t \le t_1, \qquad \ell_t = (1, 0, 0) \text{ after.}

    The first arm's weight stays at 1 while the others' fall; once it reaches the cap, the freeze rule
    (:math:`i \in S_{\text{null}}`, Algorithm 3) keeps it there, and after :math:`t_1` it costs 1 a step. Lemma 2 would
    promise :math:`2\sqrt{(e-1) K n T \ln(n/K)}`.

    Parameters
    ----------
    T : int
        The number of steps, at least 1.
    first : int
        :math:`t_1`, in [0, T]; with the sampler's own gamma(T) the arm is capped by step 44 at T = 400.

    Returns
    -------
    array (T, 3)

    Raises
    ------
    InputError
        For a T below 1 or a ``first`` outside [0, T].

    Examples
    --------
    >>> frozen_arm(3, first=1)
    array([[0., 1., 1.],
           [1., 0., 0.],
           [1., 0., 0.]])
    """
    T = int(number("T", T, "[1, 1e9]", integer=True))
    first = int(number("first", first, f"[0, {T}]", integer=True))
    losses = np.ones((T, 3))
    losses[:first, 0] = losses[first:, 1:] = 0
    return losses


class _Game:
    """The rounds of a game: the sampler draws, is shown norms, and moves on."""

    def __init__(self, sampler: Sampler, replicates: int, seed: int, times: np.ndarray) -> None:
        self.sampler, self.times = sampler, times
        self._seed = int(number("seed", seed, "[0, inf)", integer=True))
        self.replicates = int(number("replicates", replicates, "[1, 1e6]", integer=True))

    def rounds(self, shown: Any, looked: Any = None) -> Iterator[tuple[int, Any]]:
        """Step by step: t from 0, and the state with the law that was drawn from."""
        sampler, R, T = self.sampler, self.replicates, int(self.times[-1])
        streams = Streams(self._seed, "sampler", range(R))
        state = sampler.init(R, namespace("array"))
        since = np.zeros((R, sampler.run.n), dtype=np.int64)
        for first in range(0, T, BLOCK):
            uniforms = streams.uniforms(min(BLOCK, T - first), sampler.uniforms)
            for t, u in enumerate(uniforms, start=first):
                if (J := sampler.looks_at(state, u)) is not None:
                    state = sampler.look(state, J, looked(t, J))
                draw = sampler.draw(state, u)
                yield t, state
                if draw.frozen is not None:
                    rows, k = np.nonzero(draw.frozen)
                    held = np.zeros_like(since)
                    held[rows, draw.J[rows, k]] = t + 1
                    since = np.where(held > 0, np.where(since > 0, since, held), 0)
                state = sampler.observe(state, draw, shown(t, draw))
        self._since, self._state = since, state

    def record(self, columns: dict[str, Any]) -> xr.Dataset:
        """Join the columns to the sampler's final state."""
        columns["probabilities"] = (("replicate", "example"), np.asarray(self.sampler.probabilities(self._state)))
        columns["frozen_since"] = (("replicate", "example"), self._since)
        return xr.Dataset(columns, coords={"t": self.times, "replicate": range(self.replicates)})


def _check(sampler: Any) -> None:
    if not isinstance(sampler, Sampler):
        raise InputError(f"sampler={shown(sampler)} is not a sampler; make one, such as rl.samplers.AdamBS().")


def _fit(sampler: Sampler, n: int, batch_size: Any, L: float, T: int) -> Sampler:
    """Fit the sampler to the game; it refuses a batch size above n itself."""
    return sampler.fit(Setting(n, int(number("batch_size", batch_size, "[1, inf)", integer=True)), L, T))


def _table(name: str, values: np.ndarray, largest: float) -> np.ndarray:
    """Read a (T, n) array of numbers in [0, largest], or raise the error that says so."""
    try:
        table = np.asarray(values, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name} are not numbers; give an array (T, n), one row per step.") from None
    if table.ndim != 2 or not table.size or not ((table >= 0) & (table <= largest) & np.isfinite(table)).all():
        among = f"[0, {largest:g}]" if np.isfinite(largest) else "[0, inf)"
        raise InputError(f"{name} of shape {table.shape} must be a (T, n) array of numbers in {among}.")
    return table
