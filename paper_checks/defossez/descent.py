r"""A simple convergence proof of Adam and Adagrad: the algebra of the descent lemma without momentum.

Defossez, Bottou, Bach & Usunier (2022), Lemma 5.1. Every line is stated from the formula as it is commonly quoted; the paper
was not at hand.
"""

from regretlab.claims import Paper, real

P = Paper("Defossez", "Defossez, Bottou, Bach & Usunier (2022), A simple convergence proof of Adam and Adagrad")

slope, mean, moment, R, here, there, V = real("g G E R r s V")
SCALES = [here > 0, there > 0, R >= 0, moment >= 0]
P.inequality(
    "kappa",
    r"|Gg| \frac{E}{\sqrt v\,\tilde v} \le \frac{G^2}{4\sqrt{\tilde v}} + R \frac{g^2}v, \qquad E \le \tilde v,\ E \le R^2",
    at="proof of Lemma 5.1: the first part of the difference",
    given=[*SCALES, moment <= there**2, moment <= R**2],
    show=abs(mean * slope) * moment / (here * there**2) <= mean**2 / (4 * there) + R * slope**2 / here**2,
    source="reconstructed",
    note="r and s are the roots of v and v tilde, E is the second moment of g.",
)
P.inequality(
    "rho",
    r"|Gg| \frac{g^2}{v \sqrt{\tilde v}} \le \frac{G^2g^2}{4E\sqrt{\tilde v}} + R \frac{g^2}v, \qquad g^2 \le v,\ E \le \tilde v,\ E \le R^2",
    at="proof of Lemma 5.1: the second part of the difference",
    given=[*SCALES, moment > 0, slope**2 <= here**2, moment <= there**2, moment <= R**2],
    show=abs(mean * slope) * slope**2 / (here**2 * there)
    <= mean**2 * slope**2 / (4 * moment * there) + R * slope**2 / here**2,
    source="reconstructed",
)
P.inequality(
    "difference",
    r"\Big|\frac1{\sqrt v} - \frac1{\sqrt{\tilde v}}\Big| \le \frac{E}{\sqrt v\,\tilde v} + \frac{g^2}{v \sqrt{\tilde v}}, \qquad "
    r"v = V + g^2,\ \tilde v = V + E",
    at="proof of Lemma 5.1: the difference of the two scales",
    given=[*SCALES, V > 0, here**2 == V + slope**2, there**2 == V + moment],
    show=abs(1 / here - 1 / there) <= moment / (here * there**2) + slope**2 / (here**2 * there),
    source="reconstructed",
)
