r"""The symbols of all bounds, in one place: what they mean, and what they are at worst.

``D`` is the diameter of one coordinate (the papers' D_inf) and ``D2`` the Euclidean one; ``G`` and ``G2`` bound the
gradient *estimate* in the two norms, ``L`` the gradient of one example. Statistics of a run (``S_v``, ``S_g``, ``S``,
``M``, ...) have a worst case in the other constants, which makes a bound a priori.
"""

from __future__ import annotations

from types import SimpleNamespace

import sympy as sp


def _positive(name: str, latex: str | None = None) -> sp.Symbol:
    symbol = sp.Symbol(name, positive=True)
    if latex:
        LATEX[symbol] = latex
    return symbol


LATEX: dict[sp.Symbol, str] = {}

T, d, n, K = (_positive(s) for s in ("T", "d", "n", "K"))
D, D2 = _positive("D", r"D_\infty"), _positive("D2", "D_2")
G, G2, L = _positive("G", r"G_\infty"), _positive("G2", "G_2"), _positive("L")
alpha, beta2 = _positive("alpha", r"\alpha"), _positive("beta2", r"\beta_2")
gamma, p_min, R2 = _positive("gamma", r"\gamma"), _positive("p_min", r"p_{\min}"), _positive("R2", "R^2")
kappa, p = _positive("kappa", r"\kappa"), _positive("p")
total = _positive("total", r"\textstyle\sum_j p_j")
beta1, lam, eps = (sp.Symbol(s, nonnegative=True) for s in ("beta1", "lam", "eps"))
LATEX |= {beta1: r"\beta_1", lam: r"\lambda", eps: r"\epsilon"}

S_v = _positive("S_v", r"\textstyle\sum_i\sqrt{\hat v_{T,i}}")
S_g = _positive("S_g", r"\textstyle\sum_i\|g_{1:T,i}\|")
S = _positive("S", r"\textstyle\sum_t \mathbb{E}\sum_j\|g_j^t\|^2/p_j^t")
M = _positive("M", r"\textstyle\min_p\sum_t \mathbb{E}\sum_j\|g_j^t\|^2/p_j")
M_star = _positive("M_star", r"\textstyle\min_{p > 0}\sum_t \mathbb{E}\sum_j\|g_j^t\|^2/p_j")
S_2 = _positive("S_2", r"\textstyle\sum_t\|\hat G_t\|^2")
S_p = _positive("S_p", r"\textstyle\sum_i\hat v_{T,i}^{\,p}")
V = _positive("V", r"\textstyle\sum_i\sum_t\beta_{1,t}\sqrt{t\,\hat v_{t,i}}")
H = _positive("H", r"\textstyle\sum_t \mathbb{E}\|G_t\|^2")
B = _positive("B", r"\textstyle\sum_{t=2}^T\beta_{1,t}\sqrt{t-1}")
W = _positive("W", r"\textstyle\sum_{t=1}^T\beta_{1,t}\sqrt t")
Q = _positive("Q", r"\textstyle\sum_{t\le t_0}\sqrt t")

#: The regrets that bounds speak of.
REGRET = {"online": r"R_{\mathrm{on}}(T)", "cumulative": "R(T)", "sampler": r"R_{\mathrm{s}}(T)"}

#: A statistic of the run and its largest possible value, from which a priori bounds are made.
WORST: dict[sp.Symbol, sp.Expr] = {
    S_v: d * G, S_g: d * G * sp.sqrt(T), S_2: G2**2 * T, S_p: d * G ** (2 * p), V: d * G * W, H: L**2 * T,
    S: n * L**2 * T / p_min, M: n**2 * L**2 * T / total, M_star: n**2 * L**2 * T / total,
}  # fmt: skip

#: What p_min is for a sampler with exploration gamma.
FLOOR: sp.Expr = total * gamma / n

#: The values at which dominating terms and horizons are told unless others are given: a network on MNIST, with the
#: hyper-parameters of AdamCB's experiment, coordinates in an interval of length 1 and gradients of length 1 at most.
TYPICAL: dict[str, float] = {
    "n": 60000, "K": 128, "d": 784, "D": 1.0, "D2": 28.0, "G": 1.0, "G2": 1.0, "L": 1.0, "alpha": 0.001, "beta1": 0.9,
    "beta2": 0.999, "lam": 0.99, "eps": 0.0, "gamma": 0.4, "p": 0.25,
}  # fmt: skip

MEANING: dict[sp.Symbol, str] = {
    T: "horizon", d: "dimensions", n: "examples", K: "batch size",
    D: "diameter of one coordinate", D2: "Euclidean diameter",
    G: "bound on the coordinates of the gradient estimate", G2: "bound on its Euclidean norm",
    L: "bound on the gradient norm of one example",
    alpha: "step size", beta1: "first-moment decay", beta2: "second-moment decay", lam: "decay of beta_{1,t}",
    eps: "added to the denominator", gamma: "exploration", p_min: "floor of the probabilities",
    R2: "bound on the Bregman divergence", kappa: "1 for a schedule, 1 - beta1 for constant beta1",
    p: "power of the second moment", total: "sum of the probabilities: 1, or K for inclusion probabilities",
    S_v: "measured on the run", S_g: "measured on the run", S_2: "measured on the run", S_p: "measured on the run",
    V: "from the run: the upper sum over the checkpoints, between which v_hat only grows",
    S: "measured on the run, without bias, from the draws",
    M: "n^2 L^2 T for laws of sum 1, n^2 L^2 T / K for laws of sum K; exact when sampler regret is measured",
    M_star: "the minimum over all laws of that sum, at most M", H: "at most L^2 T",
    B: "from beta1 and lam", W: "from beta1 and lam", Q: "from beta1 and lam; t_0 is the last decrease of "
    "sqrt(t)/(1 - beta_{1,t})",
}  # fmt: skip

#: What the formulas of :mod:`regretlab.samplers.ties` need to run on symbols.
FORMULAS = SimpleNamespace(sqrt=sp.sqrt, log=sp.log, e=sp.E, minimum=sp.Min)

# The constants that several theorems share.
eta = beta1 / sp.sqrt(beta2)
gamma_kb = beta1**2 / sp.sqrt(beta2)
harmonic = sp.sqrt(1 + sp.log(T))
