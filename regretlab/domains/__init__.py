"""Domains of the iterates: the box, balls, ellipsoids, the simplex and products of blocks; ``None`` is all of R^d."""

from regretlab.domains._base import DOMAINS, Domain, checked, domain_named, linear_minima, spelled
from regretlab.domains._checks import methods
from regretlab.domains.ball import NEWTON_STEPS, Ball, L2Ball
from regretlab.domains.box import Box
from regretlab.domains.ellipsoid import Ellipsoid
from regretlab.domains.product import Product
from regretlab.domains.simplex import Simplex

DOMAINS.update(
    box=lambda radius: Box(-radius, radius), ball=L2Ball, none=lambda radius: None, simplex=Simplex,
    l1_ball=lambda radius: Ball(1, radius),
)  # fmt: skip
__getattr__ = DOMAINS.of_class
__all__ = [
    "DOMAINS", "NEWTON_STEPS", "Ball", "Box", "Domain", "Ellipsoid", "L2Ball", "Product", "Simplex", "checked",
    "domain_named", "linear_minima", "methods", "spelled",
]  # fmt: skip
