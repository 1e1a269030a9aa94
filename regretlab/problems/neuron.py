"""The doubly heavy-tailed features of AdamBS, under the printed one-neuron loss and under its convex relative."""

from __future__ import annotations

import math

import numpy as np
from array_api_compat import array_namespace
from scipy import sparse

from regretlab.domains import Domain, domain_named
from regretlab.errors import InputError
from regretlab.parameters import number
from regretlab.problems._base import Array
from regretlab.problems.linear import LinearModel
from regretlab.problems.logistic import _Logistic
from regretlab.system import memory

LN2 = math.log(2)
SOURCE = " (Liu, Wu & Mozafari 2020, Section 4.3)"
#: The number of uniforms drawn at a time: half a MiB of them stays in a core's cache.
DRAWS = 1 << 16
#: And how many are drawn at most, which takes minutes.
MOST_DRAWS = 10**10


def heavy_tailed(n: int, d: int, beta3: float, gamma: float, seed: int) -> tuple[sparse.csr_array, np.ndarray]:
    r"""Features and labels of the doubly heavy-tailed model.

    .. math:: z_{ji} \in \{-1, 0, 1\}, \qquad P(|z_{ji}| = 1) = \beta_3\, i^{-\gamma} j^{-\gamma}.

    The paper leaves the signs and the labels open: both are fair coins here. With ``beta3 = 1`` the first example has
    its first feature for certain; the expected number of non-zero features is only
    :math:`\beta_3 H_n^{(\gamma)} H_d^{(\gamma)} < 2.71`, however large n and d are.
    So they are drawn a few rows at a time and kept sparse: memory O(n + d), time O(n d).

    Parameters
    ----------
    n, d : int
    beta3 : float in (0, 1]
    gamma : float in [2, inf)
    seed : int
        Of one stream, read as n d uniforms for :math:`|z_{ji}|` (row by row), n d for the signs and n for the labels.

    Returns
    -------
    Z : scipy.sparse.csr_array (n, d)
    y : array (n,)
        Each -1 or +1.

    Examples
    --------
    >>> Z, y = heavy_tailed(n=1000, d=20, beta3=1.0, gamma=2.0, seed=0)
    >>> Z.shape, bool(Z[0, 0]), Z.nnz
    ((1000, 20), True, 2)
    """
    if n * d > MOST_DRAWS:
        raise InputError(
            f"n={n} examples of d={d} features are {n * d:.3g} draws; use at most {MOST_DRAWS:.0e}, which take minutes."
        )
    memory.need(f"n={n} examples", 80.0 * n)
    rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, n, d])))
    of_row, of_column = beta3 * np.arange(1, n + 1) ** -gamma, np.arange(1, d + 1) ** -gamma
    rows = max(1, DRAWS // d)
    blocks = [slice(first, min(first + rows, n)) for first in range(0, n, rows)]

    def uniforms(block: slice) -> np.ndarray:
        return rng.random((block.stop - block.start, d))

    present = [np.nonzero(uniforms(block) < of_row[block, None] * of_column) for block in blocks]
    signs = [np.where(uniforms(block)[where] < 0.5, -1.0, 1.0) for block, where in zip(blocks, present, strict=True)]
    labels = np.where(rng.random(n) < 0.5, -1.0, 1.0)
    j = np.concatenate([block.start + where[0] for block, where in zip(blocks, present, strict=True)])
    i = np.concatenate([where[1] for where in present])
    return sparse.csr_array((np.concatenate(signs), (j, i)), shape=(n, d)), labels


class _HeavyTailed(LinearModel):
    """Reads the parameters both losses share and draws the features."""

    def __init__(
        self,
        n: int = 1000,
        d: int = 20,
        beta3: float = 1.0,
        gamma: float = 2.0,
        seed: int = 0,
        *,
        domain: str | Domain | None = "box",
        radius: float = 1.0,
        start: float = 0.5,
    ) -> None:
        n = int(number("n", n, "[1, inf)", SOURCE, integer=True))
        d = int(number("d", d, "[1, inf)", SOURCE, integer=True))
        beta3, gamma = number("beta3", beta3, "(0, 1]", SOURCE), number("gamma", gamma, "[2, inf)", SOURCE)
        seed = int(number("seed", seed, "[0, inf)", integer=True))
        radius = number("radius", radius, "(0, inf)")
        start = number("start", start, f"[{-radius}, {radius}]")
        Z, y = heavy_tailed(n, d, beta3, gamma, seed)
        self.name = f"{self.family}(n={n}, d={d}, gamma={gamma:g}, seed={seed})"
        super().__init__(Z, y, domain=domain_named(domain, radius))
        self.__dict__["start"] = self._nearest(np.full(d, start))
        self.batch_size = min(32, n)

    family: str


class OneNeuron(_HeavyTailed):
    r"""The one-neuron network exactly as printed, :math:`f_j(x) = -y_j \log \sigma(\mathrm{ReLU}(z_j \cdot x))`.

    It is **not convex**, although the paper applies its convex regret theorem to it: for :math:`y = 1` the loss is
    flat where the neuron is dead and falls where it is alive; for :math:`y = -1` it is :math:`+\log\sigma`, which is
    concave where alive. :class:`HeavyTailedLogistic` is the convex relative on the same features.

    Parameters
    ----------
    n, d : int
    beta3 : float in (0, 1]
    gamma : float in [2, inf)
        The tail exponent of :math:`P(|z_{ji}|=1) = \beta_3 i^{-\gamma} j^{-\gamma}`.
    seed : int
        Of the features and labels (see :func:`heavy_tailed`).
    domain, radius
        As in :class:`Logistic`; the paper has none but assumes bounded iterates.
    start : float
        Every coordinate of x_1, which is then projected onto the domain; at 0 every neuron is dead and nothing moves.

    References
    ----------
    Liu, Wu & Mozafari (2020), Section 4.3.

    Examples
    --------
    >>> OneNeuron(n=10, d=2).convex
    False
    """

    family, title = "one_neuron", "One neuron on heavy-tailed features"
    source = "Liu, Wu & Mozafari 2020, Section 4.3"
    convex = False
    convex_reason = "-y log(sigmoid(relu(u))) is not convex in u for either label: flat then falling, or concave"
    infimum = -LN2
    monotone = True

    def phi(self, u: Array, y: Array) -> Array:
        xp = array_namespace(u)
        return y * xp.where(u <= 0, LN2, xp.log1p(xp.exp(-xp.abs(u))))

    def slope(self, u: Array, y: Array) -> Array:
        xp = array_namespace(u)
        small = xp.exp(-xp.abs(u))
        return xp.where(u > 0, -y * (small / (1 + small)), 0.0)

    def slope_bound(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        return np.where(high > 0, 0.5, 0.0)


class HeavyTailedLogistic(_HeavyTailed, _Logistic):
    r"""Logistic regression on the doubly heavy-tailed features: the convex relative of :class:`OneNeuron`.

    .. math:: f_j(x) = \log(1 + \exp(-y_j\, z_j \cdot x)).

    Parameters
    ----------
    n, d, beta3, gamma, seed, domain, radius, start
        As in :class:`OneNeuron`, with the same features for the same values.

    Examples
    --------
    >>> (HeavyTailedLogistic(n=10, d=2).Z != OneNeuron(n=10, d=2).Z).nnz
    0
    """

    family, title, source = "heavy_tailed_logistic", "Logistic loss on heavy-tailed features", "ours, for one_neuron"
