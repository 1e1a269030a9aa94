"""Exponents of regret against T, n, K or d, with intervals; one-sided tests, linear growth, factors of log T."""

from regretlab.scaling._across import across
from regretlab.scaling._at_most import AtMost, at_most
from regretlab.scaling._estimate import Estimate, mean_estimate
from regretlab.scaling._exponent import WINDOW, Exponent, exponent
from regretlab.scaling._growth import Growth, LogPower, linear_growth, log_power
from regretlab.verdicts.means import CONFIDENCE, t_quantile

__all__ = [
    "CONFIDENCE", "WINDOW", "AtMost", "Estimate", "Exponent", "Growth", "LogPower", "across", "at_most", "exponent",
    "linear_growth", "log_power", "mean_estimate", "t_quantile",
]  # fmt: skip
