"""Padam on non-convex losses: Theorem 3, Corollary 4 and the table of rates."""

from fractions import Fraction

from regretlab.claims import Paper, maximum, real, sqrt

P = Paper("Padam", "Slides on Padam")

d, T, alpha, M1, M2, M3, gradient, norms, G, p, g1, g2 = real("d T alpha M1 M2 M3 R S G p g1 g2")
QUARTER = Fraction(1, 4)
POSITIVE = [d >= 1, T >= 1, M1 > 0, M2 > 0, M3 > 0, alpha > 0]
#: Theorem 3 at q = 0; S stands for the expected sum of |g_{1:T,i}|.
THEOREM = gradient <= M1 / (T * alpha) + M2 * d / T + M3 * alpha * norms / sqrt(T)

P.words(
    "Thm3",
    r"E\|\nabla f(\theta_{out})\|_2^2\le\frac{M_1}{T\alpha}+\frac{M_2d}T+\frac{M_3\alpha d^q}{T^{(1-q)/2}}"
    r"E\Big(\sum_i\|g_{1:T,i}\|_2\Big)^{1-q},\quad q\in[\max\{0,4p-1\},1]",
    at="Theorem 3",
    why="the constants M1, M2, M3 and the proof are not on the slides",
)
P.derivation(
    "Cor4",
    r"p\in[0,\tfrac14]:\quad E\|\nabla f(\theta_{out})\|_2^2=O\Big(\frac{d^{1/4}}{\sqrt T}+\frac dT\Big)",
    at="Corollary 4",
    uses=["Thm3", "Padam.Cor4.q", "Padam.Cor4.step"],
    expect="conditional",
    note="Also rests on the sum of |g_{1:T,i}| being at most sqrt(dT), an assumption that the slide calls a fact.",
)
P.inequality(
    "Cor4.q",
    r"q=0\in[\max\{0,4p-1\},1]\iff p\le\tfrac14",
    at="Corollary 4",
    given=[p >= 0, p <= Fraction(1, 2)],
    show=((maximum(0, 4 * p - 1) <= 0) & (p <= QUARTER)) | ((maximum(0, 4 * p - 1) > 0) & (p > QUARTER)),
)
P.inequality(
    "Cor4.step",
    r"\alpha=\sqrt{\frac{M_1}{M_3T\sqrt d}},\ \sum_i\|g_{1:T,i}\|\le\sqrt{dT}\ \Rightarrow\ "
    r"\frac{M_1}{T\alpha}+\frac{M_2d}T+\frac{M_3\alpha}{\sqrt T}\sum_i\|g_{1:T,i}\|\le"
    r"2\sqrt{M_1M_3}\frac{d^{1/4}}{\sqrt T}+\frac{M_2d}T",
    at="Corollary 4",
    given=[*POSITIVE, THEOREM, norms <= sqrt(d) * sqrt(T), alpha == sqrt(M1 / (M3 * T * sqrt(d)))],
    show=gradient <= 2 * sqrt(M1) * sqrt(M3) * d**QUARTER / sqrt(T) + M2 * d / T,
    note="The 'specific choice of alpha' that the slide leaves out, from Theorem 3 at q = 0.",
)
P.inequality(
    "Cor4.sparsity",
    r"\sum_{i=1}^d\|g_{1:T,i}\|_2\le\sqrt{dT}",
    at="Corollary 4, 'with the fact that'",
    given=[abs(g1) <= 1, abs(g2) <= 1],
    show=abs(g1) + abs(g2) <= sqrt(2),
    expect="refuted",
    corrected={
        "latex": r"\|g\|_2\le1\Rightarrow\sum_i|g_i|\le\sqrt d\quad(d=2,T=1)",
        "given": [g1**2 + g2**2 <= 1],
        "show": abs(g1) + abs(g2) <= sqrt(2),
    },
    changes="hypothesis",
    note="d = 2, T = 1, bounded by G_infinity = 1 as in Theorem 3; the slide even prints 'much less than'. It is true "
    "of gradients of Euclidean norm at most 1.",
)
P.inequality(
    "Cor4.dense",
    r"\sum_i\|g_{1:T,i}\|\le dG\sqrt T,\ \alpha=\sqrt{\frac{M_1}{M_3GdT}}\ \Rightarrow\ "
    r"2\sqrt{M_1M_3G}\sqrt{\frac dT}+\frac{M_2d}T",
    at="Corollary 4",
    given=[*POSITIVE, G > 0, THEOREM, norms <= d * G * sqrt(T), alpha == sqrt(M1 / (M3 * G * d * T))],
    show=gradient <= 2 * sqrt(M1) * sqrt(M3) * sqrt(G) * sqrt(d) / sqrt(T) + M2 * d / T,
    note="What Theorem 3 gives without the assumption: the rate of SGD in d.",
)

# --- the table -------------------------------------------------------------------------------------------------------
padam, adam, sgd = d**QUARTER / sqrt(T) + d / T, sqrt(d / T) + d / T, sqrt(d / T)
P.inequality(
    "Table",
    r"\frac{d^{1/4}}{\sqrt T}+\frac dT\le\sqrt{\frac dT}\quad\text{for }16\le d\le T/4",
    at="table of rates",
    given=[d >= 16, 4 * d <= T],
    show=padam <= sgd,
    uses=["Cor4"],
    note="Constants set to 1, as the table leaves them out; it says 'better dependence on d' without the range of d.",
)
P.inequality(
    "Table.all",
    r"\frac{d^{1/4}}{\sqrt T}+\frac dT\le\sqrt{\frac dT}\quad\text{for all }d,T\ge1",
    at="table of rates",
    given=[d >= 1, T >= 1],
    show=padam <= sgd,
    expect="refuted",
)
P.inequality(
    "Table.many",
    r"d\ge T\Rightarrow\frac{d^{1/4}}{\sqrt T}+\frac dT>\sqrt{\frac dT}",
    at="table of rates",
    given=[d >= T, T >= 1],
    show=padam > sgd,
    note="As many dimensions as steps: never better, with any constants no better order.",
)
P.inequality(
    "Table.adam",
    r"\frac{d^{1/4}}{\sqrt T}+\frac dT\le\sqrt{\frac dT}+\frac dT",
    at="table of rates",
    given=[d >= 1, T >= 1],
    show=padam <= adam,
)
P.inequality(
    "Table.ratio",
    r"\frac{d^{1/4}}{\sqrt T}+\frac dT=\Big(d^{-1/4}+\sqrt{d/T}\Big)\sqrt{\frac dT}",
    at="table of rates",
    given=[d >= 1, T >= 1],
    show=padam == (1 / d**QUARTER + sqrt(d / T)) * sgd,
    note="The ratio at T = 10^4 is 0.416 for d = 10^2, 1.1 for d = 10^4, 3.2 for d = 10^5.",
)
