"""The combinatorial samplers of AdamCB: as printed, and ours, with its three errors mended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from regretlab.parameters import parameter
from regretlab.samplers._base import Law, Quotient, Rule, Setting
from regretlab.samplers.bandit import Bandit
from regretlab.samplers.ties import exploration, mirror_step

PAPER = "AdamCB, Algorithms 2 and 3"


@dataclass(frozen=True)
class AdamCB(Bandit):
    r"""AdamCB's sampler as printed: capping, DepRound, the freeze rule, and the estimator of Eq. (7).

    .. math::
        g_t = \frac1K \sum_{j\in J} \frac{g_j}{n p_j}, \qquad
        \ell_i = \frac{p_{\min}^2}{L^2}\Big(\frac{L^2}{p_{\min}^2} - \frac{\|g_i\|^2}{p_i^2}\Big), \quad
        p_{\min} = \frac{\gamma}{n}, \qquad
        w_i \leftarrow w_i \exp(-K\gamma\,\ell_i/(n p_i)) \ \text{ for } i \in J \setminus S_{\text{null}},

    with p and the null set of :func:`~regretlab.samplers.capped_probabilities`.

    Parameters
    ----------
    gamma : float in (0, 1], optional
        Exploration; by default Lemma 2's :math:`\min\{1, \sqrt{n\ln(n/K)/((e-1)TK)}\}`, tied to the horizon T.
        The paper's experiments use 0.4 throughout.

    Notes
    -----
    Kept as printed: because sum p = K, Eq. (7) has expectation G / K, not G; a capped example is never updated and so
    stays capped (``regretlab.game.frozen_arm``: three arms on which its regret is 318 at T = 400, where Lemma 2 would
    promise 82; ``help(regretlab.game)`` plays it and the repair); and since :math:`p \ge K\gamma/n`, the feedback
    lies in [1 - 1/K^2, 1] and hardly tells examples apart. :class:`AdamCBOurs` mends these. The authors' published code
    differs from the paper: it draws successively instead of by DepRound, normalises p to 1, rescales norms by running
    extremes (0/0 at the first step with K = 1), subtracts from a running sum in the search for the threshold, fails at
    K = n and gamma = 1, and lets the weights underflow; none of this is copied. Weights are kept as logarithms.

    References
    ----------
    Kim & Oh (2025), Algorithms 2, 3 and 6, Eq. (7) (loss and exponent reconstructed from the prose and the code).

    Examples
    --------
    >>> s = AdamCB(gamma=0.4).fit(Setting(n=10, K=2, L=1.0, horizon=100))
    >>> s.law.total, s.law.factor
    (2.0, 0.5)
    """

    title, source = "AdamCB's bandit, as printed", "Kim & Oh 2025, Alg. 2, 3 and 6 (partly reconstructed)"
    gamma: float | None = parameter(None, "(0, 1]", "exploration; default tied to T as in Lemma 2", "AdamCB, Alg. 2")

    def tied(self, setting: Setting) -> dict[str, Any]:
        n, K, T = setting.n, setting.K, setting.horizon
        tuned = exploration(n, K, T) if n > K else 1.0
        return {"gamma": tuned if self.gamma is None else self.gamma}

    @property
    def rule(self) -> Rule:
        assert self.gamma is not None
        n, K, L, gamma = self.run.n, self.run.K, self.run.L, self.gamma
        return Rule(
            projected=False, distinct=True, mixing=gamma if n > K else 1.0, total=float(K), floor=K * gamma / n,
            rate=Quotient(K * gamma, n), top=1.0, scale=Quotient(gamma / n, L, gamma / (n * L)),
            weight=Quotient(1, K * n),
        )  # fmt: skip


@dataclass(frozen=True)
class AdamCBOurs(Bandit):
    r"""AdamCB's sampler, ours: unbiased, with a feedback that uses its whole range and no absorbing examples.

    .. math::
        g_t = \sum_{j\in J} \frac{g_j}{n p_j}, \qquad p_{\min} = \frac{K\gamma}{n}, \qquad
        x_i = \frac{p_{\min}^2 \|g_i\|^2}{L^2 p_i^2} \in [0, 1], \quad \ell_i = 1 - x_i,

    and either ``update="mirror"``, the KL mirror step of size :math:`\sqrt{2K\ln(n/K)/(nT)}` with the losses
    :math:`\ell_i/p_i` on :math:`\{\sum p = K, p_{\min} \le p \le 1\}`, for which the corrected bound is proved; or
    ``update="gains"``, EXP3.M's :math:`w_i \leftarrow w_i\exp(K\gamma x_i/(n p_i))` outside the null set.

    Parameters
    ----------
    gamma : float in (0, 1]
        Exploration, constant in T; 1 is uniform sampling. Default 0.4, the value of the paper's experiments.
    update : {"mirror", "gains"}
    step : float in [0, inf), optional
        Step of the mirror update; tied to the horizon by default.

    References
    ----------
    After Kim & Oh (2025), Algorithms 2 and 3, and Uchiya et al. (2010), EXP3.M.

    Examples
    --------
    >>> AdamCBOurs().fit(Setting(n=4, K=4, L=1.0, horizon=10)).law.max_weight
    1.0
    """

    name, title, source = "adamcb_ours", "AdamCB's bandit, ours", "unbiased, with a KL mirror step"
    gamma: float = parameter(0.4, "(0, 1]", "exploration, constant in T; 1 is uniform sampling", "AdamCB, Alg. 2")
    update: str = parameter("mirror", ("mirror", "gains"), "KL mirror step, or EXP3.M's exponential gains")
    step: float | None = parameter(None, "[0, inf)", "mirror step; default sqrt(2 K ln(n/K) / (n T))")

    def tied(self, setting: Setting) -> dict[str, Any]:
        n, K, T = setting.n, setting.K, setting.horizon
        tied: dict[str, Any] = {"gamma": 1.0} if n == K else {}
        if self.step is None:
            tied["step"] = mirror_step(n, K, T)
        return tied

    @property
    def law(self) -> Law:
        return super().law._replace(max_weight=1 / self.gamma)

    @property
    def rule(self) -> Rule:
        n, K, gamma, mirror = self.run.n, self.run.K, self.gamma, self.update == "mirror"
        floor = K * gamma / n
        return Rule(
            projected=mirror, distinct=True, mixing=gamma if n > K else 1.0, total=float(K), floor=floor,
            rate=(self.step or 0.0) if mirror else Quotient(K * gamma, n), top=float(mirror),
            scale=Quotient(floor, self.run.L), weight=Quotient(1, n),
        )  # fmt: skip
