"""Linear losses whose slopes are given."""

from __future__ import annotations

import numpy as np

from regretlab.domains import Domain, domain_named
from regretlab.errors import InputError
from regretlab.features import Features
from regretlab.parameters import number
from regretlab.problems import _checks as checks
from regretlab.problems.reddi import _Linear

ORDERS = ("cyclic", "uniform")


class Linear(_Linear):
    r"""Linear losses with the rows of a matrix as slopes, :math:`f_j(x) = z_j \cdot x`.

    On the simplex they are those of d experts (:class:`regretlab.methods.Hedge`): row j says what each expert loses.

    Parameters
    ----------
    Z : array (n, d) or scipy sparse matrix (n, d), optional
        One row per loss; without it, n rows of d numbers are drawn uniformly from [-1, 1].
    n, d, seed : int
        Of the rows that are drawn.
    order : {"cyclic", "uniform"}
        Whether the losses come as the rows stand, again and again, or a row is drawn at random for every step.
    domain : {"box", "ball", "none", "simplex", "l1_ball"} or a domain object
    radius : float in (0, inf)

    Examples
    --------
    >>> experts = Linear([[1.0, 0.0], [0.0, 1.0]], domain="simplex")
    >>> experts.start, round(experts.constants()["span"].value, 12)
    (array([0.5, 0.5]), 1.0)
    """

    title, source = "Linear losses with given slopes", "Zinkevich 2003; Freund & Schapire 1997 for experts"

    def __init__(
        self,
        Z: Features | None = None,
        *,
        n: int = 100,
        d: int = 5,
        seed: int = 0,
        order: str = "cyclic",
        domain: str | Domain | None = "box",
        radius: float = 1.0,
    ) -> None:
        radius = number("radius", radius, "(0, inf)")
        if order not in ORDERS:
            raise InputError(f"order={order!r} is not one of {', '.join(map(repr, ORDERS))}.")
        if Z is None:
            n, d, seed = (
                int(number(name, value, within, integer=True))
                for name, value, within in (("n", n, "[1, 1e7]"), ("d", d, "[1, 1e6]"), ("seed", seed, "[0, inf)"))
            )
            rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, n, d])))
            rows, drawn = rng.uniform(-1, 1, (n, d)), f", seed={seed}"
        else:
            rows, drawn = checks.features(Z), ""
        self.order = order
        self.name = f"linear(n={rows.shape[0]}, d={rows.shape[1]}{drawn}, {order})"
        super().__init__(rows, np.zeros(rows.shape[0]), domain=domain_named(domain, radius))
