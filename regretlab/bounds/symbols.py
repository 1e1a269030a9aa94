r"""The symbols of all bounds, in one place: their meanings, ranges, and worst values.

``D`` is the diameter of one coordinate (the papers' D_inf) and ``D2`` the Euclidean one; ``G`` and ``G2`` bound the
gradient *estimate* in the two norms, ``L`` the gradient of one example. Statistics of a run (``S_v``, ``S_g``, ``S``,
``M``, ...) have a worst case in the other constants, which makes a bound a priori. :func:`declare` adds your own.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import sympy as sp

from regretlab.errors import InputError, shown
from regretlab.parameters import number, one_of

#: The meanings of symbols, and their LaTeX where it is not the name.
MEANING: dict[sp.Symbol, str] = {}
LATEX: dict[sp.Symbol, str] = {}
#: The range of every constant by its name; statistics of a run, which are sums, are not negative.
RANGES: dict[str, str] = {}
INTEGERS = {"d", "n", "K"}
#: A statistic of the run and its largest possible value, from which a priori bounds are made.
WORST: dict[sp.Symbol, sp.Expr] = {}
#: The names of the library's symbols, which no other can have.
LIBRARY: set[str] = set()
#: The measurements, on a run, of symbols that a user declared.
MEASURED: dict[sp.Symbol, Callable[[Any, Any], Any]] = {}
#: The values at which dominating terms and horizons are told unless others are given: a network on MNIST, with the
#: hyper-parameters of AdamCB's experiment, coordinates in an interval of length 1 and gradients of length 1 at most.
TYPICAL: dict[str, float] = {}


def declare(
    name: str,
    meaning: str,
    within: str = "[0, inf)",
    latex: str = "",
    *,
    typical: float | None = 1.0,
    worst: sp.Expr | None = None,
    measured: Callable[[Any, Any], Any] | None = None,
    positive: bool = True,
) -> sp.Symbol:
    r"""Declare a symbol of bounds, the library's or your own: a constant of a theorem, or a statistic of a run.

    Parameters
    ----------
    name, meaning, latex : str
    within : {"[0, inf)", "[1, inf)", "(0, inf)", "[0, 1)", "(0, 1]", "[0, 0.5]"}
        Its range.
    typical : float, optional
        A constant's value in dominating terms and horizons, unless another is given; None where it follows from others.
    worst : sympy.Expr, optional
        The largest value of a statistic, in constants, which makes a bound a priori.
    measured : callable, optional
        From the :class:`~regretlab.runs.description.Description` of a run and its record, an :class:`xarray.Dataset`
        with dims replicate and t, to a number or an array over (replicate, t). Without it, the value on a run is that
        of the problem's constant, or of the parameter of the method or sampler, that has this name.
    positive : bool
        Whether formulas may take it for positive.

    Raises
    ------
    InputError
        For a name that is none or taken, an unknown range, a typical value outside it, or a worst value that is no
        expression of constants.

    Examples
    --------
    >>> mu = declare("mu", "strong convexity", latex=r"\mu", typical=0.1)
    >>> steps = declare("S_eta", "sum of 1/eta_t", worst=sp.sqrt(T) / mu,
    ...                 measured=lambda run, record: record.t**0.5 / run.problem.constant("mu"))
    >>> from regretlab.bounds import Bound
    >>> mine = Bound(id="mine.mu", title="mine", source="my notes", status="ours", speaks_of="online",
    ...              terms={"gradients": G2**2 * steps}, assumes=(), methods=("sgd",))
    >>> mine.at_T([1, 4], {"G2": 1, "mu": 0.5}), mine.order()["gradients"]
    (array([2., 4.]), Order(T^1/2))
    >>> del Bound.known["mine.mu"]
    >>> forget("S_eta"), forget("mu")
    (None, None)
    """
    if not all(isinstance(text, str) for text in (name, meaning, latex)):
        raise InputError(f"name, meaning and latex of the symbol {shown(name)} are not all texts; give texts.")
    before = {symbol.name: words for symbol, words in MEANING.items()}
    if not name.isidentifier() or name in LIBRARY or before.get(name, meaning) != meaning:
        why = f"means {before[name]!r} already" if name in before else "is no name"
        raise InputError(f"name={shown(name)} of a symbol {why}; choose another.")
    one_of("within", within, ("[0, inf)", "[1, inf)", "(0, inf)", "[0, 1)", "(0, 1]", "[0, 0.5]"))
    if worst is not None and (not isinstance(worst, sp.Expr) or worst.free_symbols - (MEANING.keys() - WORST.keys())):
        raise InputError(f"worst={shown(worst)} of {name} is no expression of constants, such as d * sympy.sqrt(T).")
    usual = None if typical is None else number("typical", typical, within, f" (of {name})", integer=name in INTEGERS)
    forget(name)
    symbol = sp.Symbol(name, **{"positive" if positive else "nonnegative": True})
    MEANING[symbol], RANGES[name] = meaning, within
    optional: tuple[tuple[dict[sp.Symbol, Any], Any], ...] = ((LATEX, latex), (WORST, worst), (MEASURED, measured))
    for table, value in optional:
        if value:
            table[symbol] = value
    if worst is None and usual is not None:
        TYPICAL[name] = usual
    return symbol


def forget(name: str) -> None:
    """Take back a symbol that was declared; the library's own stay."""
    for symbol in [symbol for symbol in MEANING if symbol.name == name and name not in LIBRARY]:
        for table in (MEANING, LATEX, WORST, MEASURED):
            table.pop(symbol, None)
        del RANGES[name]
        TYPICAL.pop(name, None)


T = declare("T", "horizon", "[1, inf)", typical=None)
n = declare("n", "examples", "[1, inf)", typical=60000)
K = declare("K", "batch size", "[1, inf)", typical=128)
d = declare("d", "dimensions", "[1, inf)", typical=784)
D = declare("D", "diameter of one coordinate", "(0, inf)", r"D_\infty", typical=1.0)
D2 = declare("D2", "Euclidean diameter", "(0, inf)", "D_2", typical=28.0)
G = declare("G", "bound on the coordinates of the gradient estimate", "(0, inf)", r"G_\infty", typical=1.0)
G2 = declare("G2", "bound on its Euclidean norm", "(0, inf)", "G_2", typical=1.0)
L = declare("L", "bound on the gradient norm of one example", "(0, inf)", typical=1.0)
alpha = declare("alpha", "step size", "(0, inf)", r"\alpha", typical=0.001)
beta1 = declare("beta1", "first-moment decay", "[0, 1)", r"\beta_1", typical=0.9, positive=False)
beta2 = declare("beta2", "second-moment decay", "[0, 1)", r"\beta_2", typical=0.999)
lam = declare("lam", "decay of beta_{1,t}", "(0, 1]", r"\lambda", typical=0.99, positive=False)
eps = declare("eps", "added to the denominator", latex=r"\epsilon", typical=0.0, positive=False)
b0 = declare("b0", "in the root of AdaGrad-Norm's first step", latex="b_0", typical=0.0, positive=False)
gamma = declare("gamma", "exploration", "(0, 1]", r"\gamma", typical=0.4)
p = declare("p", "power of the second moment", "[0, 0.5]", typical=0.25)
p_min = declare("p_min", "floor of the probabilities", "(0, 1]", r"p_{\min}", typical=None)
R2 = declare("R2", "bound on the Bregman divergence", latex="R^2", typical=None)
smooth = declare("smooth", "Lipschitz constant of the gradient of f", "(0, inf)", r"L_{\nabla}")
Delta = declare("Delta", "f(x_1) - inf f", latex=r"\Delta_1")
sigma2 = declare("sigma2", "bound on the variance of the gradient estimate", latex=r"\sigma^2")
#: Apart from alpha, as a step of usual size is no scale that the theorem admits.
newton = declare("newton", "scale 1/beta of Online Newton Step, its alpha", "(0, inf)", r"\beta^{-1}", typical=250.0)
exp_concave = declare("exp_concave", "exp(-a f_t) is concave", "(0, inf)", "a")
path = declare("path", "path length of the comparators", latex="P", typical=1.0)
length = declare("length", "steps of an interval", "[1, inf)", latex=r"\ell", typical=100)
kappa = declare("kappa", "1 for a schedule, 1 - beta1 for constant beta1", "(0, 1]", r"\kappa", typical=None)
total = declare(
    "total", "sum of the probabilities: 1, or K for inclusion probabilities", "[1, inf)", r"\textstyle\sum_j p_j",
    typical=None,
)  # fmt: skip
B = declare("B", "from beta1 and lam", latex=r"\textstyle\sum_{t=2}^T\beta_{1,t}\sqrt{t-1}", typical=None)
W = declare("W", "from beta1 and lam", latex=r"\textstyle\sum_{t=1}^T\beta_{1,t}\sqrt t", typical=None)
Q = declare(
    "Q", "from beta1 and lam; t_0 is the last decrease of sqrt(t)/(1 - beta_{1,t})",
    latex=r"\textstyle\sum_{t\le t_0}\sqrt t", typical=None,
)  # fmt: skip

ON_RUN = "measured on the run"
S_v = declare("S_v", ON_RUN, latex=r"\textstyle\sum_i\sqrt{\hat v_{T,i}}", worst=d * G)
S_g = declare("S_g", ON_RUN, latex=r"\textstyle\sum_i\|g_{1:T,i}\|", worst=d * G * sp.sqrt(T))
S_2 = declare("S_2", ON_RUN, latex=r"\textstyle\sum_t\|\hat G_t\|^2", worst=G2**2 * T)
S_p = declare("S_p", ON_RUN, latex=r"\textstyle\sum_i\hat v_{T,i}^{\,p}", worst=d * G ** (2 * p))
V = declare(
    "V", "from the run: the upper sum over the checkpoints, between which v_hat only grows",
    latex=r"\textstyle\sum_i\sum_t\beta_{1,t}\sqrt{t\,\hat v_{t,i}}", worst=d * G * W,
)  # fmt: skip
H = declare("H", "at most L^2 T", latex=r"\textstyle\sum_t \mathbb{E}\|G_t\|^2", worst=L**2 * T)
S = declare(
    "S", "measured on the run, without bias, from the draws",
    latex=r"\textstyle\sum_t \mathbb{E}\sum_j\|g_j^t\|^2/p_j^t", worst=n * L**2 * T / p_min,
)  # fmt: skip
M = declare(
    "M", "n^2 L^2 T for laws of sum 1, n^2 L^2 T / K for laws of sum K; exact when sampler regret is measured",
    latex=r"\textstyle\min_p\sum_t \mathbb{E}\sum_j\|g_j^t\|^2/p_j", worst=n**2 * L**2 * T / total,
)  # fmt: skip
M_star = declare(
    "M_star", "the minimum over all laws of that sum, at most M",
    latex=r"\textstyle\min_{p > 0}\sum_t \mathbb{E}\sum_j\|g_j^t\|^2/p_j", worst=n**2 * L**2 * T / total,
)  # fmt: skip
LIBRARY |= RANGES.keys()

#: The regrets that bounds speak of.
REGRET = {
    "online": r"R_{\mathrm{on}}(T)", "cumulative": "R(T)", "sampler": r"R_{\mathrm{s}}(T)",
    "stationarity": r"\tfrac1T\textstyle\sum_t\|\nabla f(x_t)\|^2",
    "dynamic": r"R_{\mathrm{dyn}}(T, P)", "interval": r"R_{\mathrm{int}}(T, \ell)",
}  # fmt: skip

#: The floor p_min of a sampler with exploration gamma.
FLOOR: sp.Expr = total * gamma / n

#: The operations with which the formulas of :mod:`regretlab.samplers.ties` run on symbols.
FORMULAS = SimpleNamespace(sqrt=sp.sqrt, log=sp.log, e=sp.E, minimum=sp.Min)

# The constants that several theorems share.
eta = beta1 / sp.sqrt(beta2)
gamma_kb = beta1**2 / sp.sqrt(beta2)
harmonic = sp.sqrt(1 + sp.log(T))
