"""Exponents of regret against T, n, K or d, with intervals; linear growth, factors of log T, and what would decide."""

from regretlab.scaling._estimate import CONFIDENCE, Estimate, t_quantile
from regretlab.scaling._exponent import WINDOW, Exponent, across, exponent
from regretlab.scaling._growth import Growth, LogPower, linear_growth, log_power

__all__ = [
    "CONFIDENCE", "WINDOW", "Estimate", "Exponent", "Growth", "LogPower", "across", "exponent", "linear_growth",
    "log_power", "t_quantile",
]  # fmt: skip
