"""The samplers of AdamBS: EXP3 with a KL projection, and its corrected form with uniform mixing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from regretlab.errors import InputError
from regretlab.parameters import parameter
from regretlab.samplers._base import Quotient, Rule, Setting
from regretlab.samplers.bandit import Bandit
from regretlab.samplers.ties import exp3_step, exploration

PAPER = "AdamBS, Algorithm 2"
CORRECTED = "AdamCB, Appendix D"


@dataclass(frozen=True)
class AdamBS(Bandit):
    r"""EXP3 with a KL projection onto :math:`\{p \ge p_{\min}\}` (AdamBS, Algorithm 2).

    .. math::
        l_j = \frac{L^2}{p_{\min}^2} - \frac{\|g_j\|^2}{p_j^2}, \quad
        \hat h_j = \frac{l_j\, \#\{k : I_k = j\}}{K p_j}, \quad w_j = p_j e^{-\alpha_p \hat h_j}, \quad
        p \leftarrow \arg\min_{q \ge p_{\min},\, \sum q = 1} \mathrm{KL}(q \,\|\, w).

    Parameters
    ----------
    gamma : float in (0, 1]
        Sets the floor, ``p_min = gamma / n``, when ``p_min`` is not given. The paper gives no value; 0.4 is AdamCB's.
    p_min : float in (0, 1/n], optional
    alpha_p : float in [0, inf), optional
        Step size; by default Lemma 1's :math:`\sqrt{2 R^2 p_{\min}^4 / (n T L^4)}`, tied to the horizon T.
    divergence : {"sup", "start"}
        What R^2 is: the supremum of KL over P, as in Lemma 1, or ln n, enough because the first law is uniform.

    Notes
    -----
    The printed Algorithm 2 divides by :math:`p_j^t`, which only exists after its last line; the sampling law
    :math:`p^{t-1}` is meant and used. The state is p up to a factor; an update
    goes through its logarithm, so no step underflows.

    References
    ----------
    Liu, Wu & Mozafari (2020), Algorithm 2 and Lemma 1.

    Examples
    --------
    >>> import math
    >>> s = AdamBS(gamma=0.5).fit(Setting(n=2, K=1, L=1.0, horizon=100))
    >>> s.p_min, math.isclose(s.alpha_p, math.sqrt(math.log(3) / 200) / 16)
    (0.25, True)
    """

    title, source = "AdamBS's bandit", "Liu, Wu & Mozafari 2020, Alg. 2"
    gamma: float = parameter(0.4, "(0, 1]", "floor as a share of uniform: p_min = gamma / n", PAPER)
    p_min: float | None = parameter(None, "(0, 1]", "floor of the probabilities; default gamma / n", PAPER)
    alpha_p: float | None = parameter(None, "[0, inf)", "step size; default as in Lemma 1, tied to T", PAPER)
    divergence: str = parameter("sup", ("sup", "start"), "R^2: sup of KL over P (Lemma 1), or ln n", PAPER)

    def tied(self, setting: Setting) -> dict[str, Any]:
        n = setting.n
        p_min = self.gamma / n if self.p_min is None else self.p_min
        if p_min < sys.float_info.min:  # subnormal or zero: its reciprocal overflows, and alpha_p would be no number
            given = f"gamma={self.gamma!r} gives p_min={p_min!r}, which" if self.p_min is None else f"p_min={p_min!r}"
            raise InputError(f"{given} is too small to be divided by ({PAPER}); use a larger one.")
        if p_min * n > 1 + 1e-12:
            raise InputError(f"p_min={p_min:g} is outside (0, 1/n] with n={n} ({PAPER}); use at most {1 / n:g}.")
        alpha_p = self.alpha_p
        if alpha_p is None:
            alpha_p = exp3_step(self.divergence, n, setting.horizon, setting.L, p_min)
        return {
            "p_min": p_min,
            "alpha_p": alpha_p,
            "gamma": n * p_min if self.p_min is not None else self.gamma,
        }

    @property
    def rule(self) -> Rule:
        assert self.p_min is not None
        assert self.alpha_p is not None
        n, K, L = self.run.n, self.run.K, self.run.L
        return Rule(
            projected=True, distinct=False, mixing=0.0, total=1.0, floor=self.p_min, rate=Quotient(self.alpha_p, K),
            top=(L / self.p_min) ** 2, scale=1.0, weight=Quotient(1, K * n),
        )  # fmt: skip


@dataclass(frozen=True)
class AdamBSCorrected(Bandit):
    r"""EXP3 with uniform mixing: the corrected AdamBS of AdamCB's Appendix D (Algorithms 4 and 5, reconstructed).

    .. math::
        p_j = (1-\gamma)\frac{w_j}{\sum w} + \frac{\gamma}{n}, \quad
        \ell_j = \frac{p_{\min}^2}{L^2}\Big(\frac{L^2}{p_{\min}^2} - \frac{\|g_j\|^2}{p_j^2}\Big), \quad
        \hat\ell_j = \frac{\ell_j\, \#\{k: I_k = j\}}{K p_j}, \quad w_j \leftarrow w_j e^{-\gamma\hat\ell_j/n},

    with :math:`p_{\min} = \gamma/n`.

    Parameters
    ----------
    gamma : float in (0, 1], optional
        Exploration; by default Lemma 12's :math:`\min\{1, \sqrt{n\ln n/((e-1)T)}\}`, tied to the horizon T.

    References
    ----------
    Kim & Oh (2025), Appendix D, Lemma 12 (the formulas are reconstructed; the text of the source lost them).

    Examples
    --------
    >>> AdamBSCorrected().fit(Setting(n=10, K=1, L=1.0, horizon=10**6)).gamma < 0.01
    True
    """

    name, title = "adambs_corrected", "AdamBS's bandit, corrected"
    source = "Kim & Oh 2025, App. D, Alg. 4-5 (reconstructed)"
    gamma: float | None = parameter(None, "(0, 1]", "exploration; default tied to T as in Lemma 12", CORRECTED)

    def tied(self, setting: Setting) -> dict[str, Any]:
        tuned = exploration(setting.n, 1, setting.horizon) if setting.n > 1 else 1.0
        return {"gamma": tuned if self.gamma is None else self.gamma}

    @property
    def rule(self) -> Rule:
        assert self.gamma is not None
        n, K, floor = self.run.n, self.run.K, self.gamma / self.run.n
        return Rule(
            projected=False, distinct=False, mixing=self.gamma, total=1.0, floor=floor, rate=Quotient(floor, K),
            top=1.0, scale=Quotient(floor, self.run.L), weight=Quotient(1, K * n),
        )  # fmt: skip
