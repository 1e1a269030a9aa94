"""AdamCB: the auxiliary lemmas (3-10) and Lemma 1, step by step."""

import sympy as sp

from regretlab.claims import Paper, log, maximum, real, sqrt
from regretlab.claims.paper import inequality, series

P = Paper("AdamCB", "Kim & Oh (2025), Adam with Combinatorial Bandit sampling (AdamCB)")

x, y, Y, f, fx, fy, weight, A, B, D, g, h, L = real("x y Y f(z) f(x) f(y) lambda A B D g h L")
a, b, rest, t, v, V, m, q = real("a b r t v V m q")

# Lemmas 3, 4, 6 and 7.

convex = inequality(
    given=[weight > 0, weight <= 1, f <= weight * fy + (1 - weight) * fx], show=(f - fx) / weight <= fy - fx
)
cauchy = inequality(given=[A >= 0, B >= 0, D**2 <= A * B], show=(D + x * y) ** 2 <= (A + x**2) * (B + y**2))
harmonic = series(term=lambda t: 1 / t, bound=lambda t: 1 + log(t), first=1)
root = inequality(given=[a >= 0, b > 0, rest >= 0], show=a / sqrt(b + rest) <= a / sqrt(b))

P.both(
    "Lem3,4,6,7",
    r"f(y)\ge f(x)+\nabla f(x)^T(y-x);\ \Big(\sum x_iy_i\Big)^2\le\sum x_i^2\sum y_i^2;\ \sum_{t\le T}"
    r"\frac1t\le1+\ln T;\ "
    r"\sum_k\frac{a_k}{\sqrt{\sum_jb_j}}\le\sum_k\frac{a_k}{\sqrt{b_k}}",
    at="Lemmas 3, 4, 6 and 7",
    source="reconstructed",
    statements=[convex, cauchy, harmonic, root],
    note="Lemma 3: the difference quotient at x + lambda(y - x), whose limit is the gradient term. Lemma 4: one "
    "more term on sums A, B, D. Lemma 7: one summand, r being the other b_j.",
)
P.series(
    "Lem6.root",
    r"\sum_{t\le T}\frac1{\sqrt t}\le2\sqrt T-1",
    at="Lemma 6, as used in the proof of Lemma 11",
    source="reconstructed",
    term=lambda t: 1 / sqrt(t),
    bound=lambda t: 2 * sqrt(t) - 1,
    note="Lemma 6 is quoted for this sum, which is another one.",
)

# Lemma 5: the text does not show from where the sums run.

ratio = sp.Symbol("alpha")
P.words(
    "Lem5",
    r"\sum_t\alpha^t=\frac1{1-\alpha},\quad\sum_tt\alpha^{t-1}=\frac1{(1-\alpha)^2}",
    at="Lemma 5",
    source="reconstructed",
    uses=["TP.Lem2.3"],
    why="the range of the sums is lost: the first is true from t = 0 and false from t = 1",
    note="Both readings are decided in Lem5.zero, Lem5.one and Lem5.weighted.",
)
P.recursion(
    "Lem5.zero",
    r"\sum_{t=0}^T\alpha^t=\frac{1-\alpha^{T+1}}{1-\alpha}",
    at="Lemma 5",
    source="reconstructed",
    closed=lambda t: (1 - ratio ** (t + 1)) / (1 - ratio),
    rec=lambda s, t: s + ratio**t,
    start=1,
    note="The remainder vanishes for |alpha| < 1, which gives 1/(1-alpha).",
)
P.recursion(
    "Lem5.one",
    r"\sum_{t=1}^T\alpha^t=\frac{1-\alpha^T}{1-\alpha}",
    at="Lemma 5",
    source="reconstructed",
    expect="refuted",
    closed=lambda t: (1 - ratio**t) / (1 - ratio),
    rec=lambda s, t: s + ratio**t,
    corrected={
        "latex": r"\sum_{t=1}^T\alpha^t=\alpha\frac{1-\alpha^T}{1-\alpha}",
        "closed": lambda t: ratio * (1 - ratio**t) / (1 - ratio),
        "rec": lambda s, t: s + ratio**t,
    },
    changes="statement",
    note="The first sum from t = 1, as in the source the lemma is taken from.",
)
P.recursion(
    "Lem5.weighted",
    r"\sum_{t=1}^Tt\alpha^{t-1}=\frac{1-(T+1)\alpha^T+T\alpha^{T+1}}{(1-\alpha)^2}",
    at="Lemma 5",
    source="reconstructed",
    closed=lambda t: (1 - (t + 1) * ratio**t + t * ratio ** (t + 1)) / (1 - ratio) ** 2,
    rec=lambda s, t: s + t * ratio ** (t - 1),
    note="The remainder vanishes for |alpha| < 1.",
)

# Lemmas 8-10: the second moment. c = 1 - beta_{1,t}, cs = 1 - beta_{1,s}, c1 = 1 - beta_1; M the maximum so far.

c, before, cs, c1, M = real("c_t c_t-1 c_s c_1 M")
b1, b2, bt, eta, gamma, p, n, K, abs_m, abs_g = real("beta1 beta2 beta1_t eta gamma p n K |m| |g|")

closed_form = inequality(
    given=[c > 0, before > 0, before**2 * M == V], show=maximum((c / before) ** 2 * V, v) == c**2 * maximum(M, v / c**2)
)
example = inequality(
    given=[gamma > 0, n > 0, p > 0, p >= gamma / n, L > 0, g**2 <= L**2], show=(g / (n * p)) ** 2 <= (L / gamma) ** 2
)
batch = inequality(given=[abs_m <= K * B, abs_g <= B], show=abs_m + abs_g <= (K + 1) * B)
average = inequality(given=[b2 >= 0, b2 < 1, v >= 0, v <= B**2, g**2 <= B**2], show=b2 * v + (1 - b2) * g**2 <= B**2)
sharper = inequality(
    given=[c1 > 0, cs > 0, c1 <= cs, cs <= c, v >= 0, v <= B**2], show=(c / cs) ** 2 * v <= (c * B / c1) ** 2
)
largest = inequality(given=[c1 > 0, c >= 0, c <= 1], show=(c * B / c1) ** 2 <= (B / c1) ** 2)

# Lemma 10: S is the sum of eta^{t-s}|g_s|, R that of S_t/sqrt t and Q that of |g_t|/sqrt t so far; h is the next |g|.

S, R, Q, rv, rw, rb, rc, X = real("S R Q sqrt(v) sqrt(v') sqrt(beta2) sqrt(1-beta2) X")
u, w = real("1/sqrt(t) 1/sqrt(t+1)")
mixed = inequality(given=[bt >= 0, bt <= 1], show=(bt * m + (1 - bt) * g) ** 2 <= bt * m**2 + (1 - bt) * g**2)
roots = inequality(
    given=[rw >= 0, x >= 0, y >= 0, rw**2 == x**2 + y**2],
    show=(rw >= x) & (rw >= y),
)
product = inequality(
    given=[eta >= 0, S >= 0, h >= 0, rw >= rb * rv, rw >= rc * h],
    show=(eta * S + h) * rw >= eta * rb * (S * rv) + rc * h**2,
)
moment = inequality(
    given=[bt >= 0, bt <= b1, b1 <= 1, rc >= 0, rc * m**2 <= Y, bt * m**2 + (1 - bt) * h**2 >= X],
    show=rc * X <= b1 * Y + rc * h**2,
)
discount = inequality(
    given=[eta >= 0, eta < 1, S >= 0, h >= 0, w >= 0, u >= w, (1 - eta) * R + eta * S * u <= Q],
    show=(1 - eta) * (R + (eta * S + h) * w) + eta * (eta * S + h) * w <= Q + h * w,
)
P.both(
    "Lem8-10",
    r"\hat v_t=\max_{s\le t}\Big(\tfrac{1-\beta_{1,t}}{1-\beta_{1,s}}\Big)^2v_s;\ \sqrt{\hat v_t}\le"
    r"\frac L{\gamma(1-\beta_1)};\ "
    r"\sum_t\frac{m_t^2}{\sqrt{t\hat v_t}}\le\frac{\sqrt{\ln T+1}}{(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)}\|g_{1:T}\|",
    at="Lemmas 8-10, Appendix B.1",
    source="reconstructed",
    statements=[
        closed_form,
        example,
        batch,
        average,
        sharper,
        largest,
        mixed,
        roots,
        product,
        moment,
        discount,
        cauchy,
        harmonic,
    ],
    note="In order: the induction step of Lemma 8; of Lemma 9, one example, one more of them, v and then v_hat "
    "bounded; of Lemma 10, four steps to sqrt(1-beta2) m_t^2 <= S_t sqrt(v_t), with S_t the sum of "
    "eta^{t-s}|g_s| and Y = S_{t-1} sqrt(v_{t-1}); then the sum of S_t/sqrt(t), and Lemmas 4 and 6. The "
    "factor 1/(1-beta1) is not needed.",
)

P.both(
    "Lem8-10.sharp",
    r"\sqrt{\hat v_t}\le\frac{(1-\beta_{1,t})L}{\gamma(1-\beta_1)};\quad p\ge K\gamma/n\Rightarrow\|g_t\|"
    r"\le\frac L{K\gamma}",
    at="Lemma 9, Appendix B.1",
    source="reconstructed",
    statements=[
        sharper,
        inequality(
            given=[gamma > 0, n > 0, K > 0, p > 0, p >= K * gamma / n, L > 0, g**2 <= L**2],
            show=(g / (n * p)) ** 2 <= (L / (K * gamma)) ** 2,
        ),
    ],
    note="The factor 1-beta_{1,t} may be kept. With the p of Algorithm 2 and the printed factor 1/K the estimate "
    "is K times smaller than Lemma 9 says; without that factor it is at most L/gamma.",
)

eps = real("eps")
P.inequality(
    "Lem1.eps",
    r"(\sqrt{\hat v_t}+\epsilon)\sqrt t/(1-\beta_{1,t})\text{ does not decrease}",
    at="Proof of Lemma 1, term (13), with eps > 0",
    source="reconstructed",
    expect="refuted",
    given=[before > 0, before <= c, c <= 1, V >= 0, v == (c / before) ** 2 * V, eps >= 0, t >= 1],
    show=(sqrt(v) + eps) * sqrt(t + 1) / c >= (sqrt(V) + eps) * sqrt(t) / before,
    note="Why eps must be 0: where the gradients vanish, 1-beta_{1,t} alone drives the quantity down.",
)
