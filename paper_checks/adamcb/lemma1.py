"""AdamCB: Lemma 1, from one step of the update to the bound on the online regret."""

from regretlab.claims import Paper, maximum, minimum, real, sqrt
from regretlab.claims.paper import inequality

P = Paper("AdamCB", "Kim & Oh (2025), Adam with Combinatorial Bandit sampling (AdamCB)")

# One coordinate: x = theta_t - theta*, x' after the step, r = sqrt(v_hat_t), c = 1 - beta_{1,t} and c1 = 1 - beta_1.

x, y, b, b1, g, D, L, A, B, c, before, c1, V, v, t, q = real("x y beta1_t beta1 g D L A B c_t c_t-1 c_1 V v t q")
gamma, eps, weight = real("gamma eps weight")
alpha, m0, u, w, r, bound, q0, z, low, high = real("alpha m_t-1 sqrt(t) w sqrt(v_hat_t) D2 q_t-1 z low high")
d, T, lam, E, total, first, second, third = real("d T lambda E R_online first second third")
rho1, rho2, rho3 = real("rho1 rho2 rho3")
m = b * m0 + (1 - b) * g
after = x - alpha * m / (u * r)
positive = [b >= 0, b < 1, alpha > 0, u > 0, r > 0]
expand = inequality(
    given=positive,
    show=g * x
    == u * r * (x**2 - after**2) / (2 * alpha * (1 - b))
    + alpha * m**2 / (2 * (1 - b) * (u * r))
    - b / (1 - b) * m0 * x,
)
cross = inequality(
    given=[b >= 0, b < 1, alpha > 0, w > 0],
    show=-b / (1 - b) * (m0 * x) <= b / (1 - b) * (alpha * m0**2 / (2 * w) + w * x**2 / (2 * alpha)),
)
clip = inequality(given=[low <= z, z <= high], show=(maximum(low, minimum(x, high)) - z) ** 2 <= (x - z) ** 2)
ratchet = inequality(
    given=[c > 0, before > 0, V >= 0, v >= (c / before) ** 2 * V, t >= 1], show=(t + 1) * v / c**2 >= t * V / before**2
)
telescope = inequality(
    given=[q >= q0, q0 >= 0, x**2 <= bound, q0 * bound - q0 * x**2 >= A],
    show=A + q * (x**2 - y**2) <= q * bound - q * y**2,
)
P.both(
    "Lem1.step",
    r"g_t(\theta_t-\theta^*)\le\frac{\sqrt{t\hat v_t}}{2\alpha(1-\beta_{1,t})}\big((\theta_t-\theta^*)^2-("
    r"\theta_{t+1}-\theta^*)^2\big)"
    r"+\frac{\alpha m_t^2}{2(1-\beta_{1,t})\sqrt{t\hat v_t}}+\dots",
    at="Proof of Lemma 1, Eqs. (11)-(15)",
    source="reconstructed",
    uses=["Alg1", "Lem3,4,6,7"],
    statements=[expand, cross, clip],
    exports=total <= first + second + third,
    note="After convexity (Lemma 3): one step of the update in one coordinate, Young's inequality for the "
    "momentum (w = sqrt((t-1) v_hat_t-1)), and clipping to a box. Summed over t and the coordinates: the "
    "three sums (13)-(15). eps = 0.",
)
#: A distance D times a root u of time, weighted by r = sqrt(v_hat) / sqrt(t), which the gradients' bound limits.
WEIGHTED = [
    alpha > 0, D >= 0, u > 0, c1 > 0, c1 <= c, c <= 1, gamma > 0, L > 0, c > 0, r >= 0, r <= L / (gamma * c1),
]  # fmt: skip

P.both(
    "Lem1.first",
    r"(13)\le d\,\frac{D^2L\sqrt T}{2\alpha\gamma(1-\beta_1)^2}",
    at="Proof of Lemma 1, term (13)",
    source="reconstructed",
    uses=["Lem8-10"],
    statements=[
        ratchet,
        telescope,
        inequality(
            given=WEIGHTED,
            show=D**2 * (u * r) / (2 * alpha * c) <= D**2 * L * u / (2 * alpha * gamma * c1**2),
        ),
    ],
    exports=first <= rho1 * d * sqrt(T),
    note="v >= (c/c')^2 V is what AdamX's maximum is for: the weights q of the telescoping sum do not decrease. D "
    "bounds all distances, also to theta*. By Lem8-10.sharp one of the factors 1/(1-beta1) is not needed.",
)
P.both(
    "Lem1.second",
    r"(14)\le\sqrt d\rho_2\sqrt{\tfrac1{n^2K}\sum_tE\sum_j\|g_j\|^2/p_j}",
    at="Proof of Lemma 1, term (14) and after Eq. (16)",
    source="reconstructed",
    uses=["Lem3,4,6,7", "Lem8-10", "Lem1.jensen"],
    statements=[
        inequality(
            given=[alpha > 0, b >= 0, b <= b1, b1 < 1, A >= 0],
            show=alpha * A / (2 * (1 - b)) + b * alpha * A / (2 * (1 - b)) <= alpha / (1 - b1) * A,
        ),
        inequality(
            given=[weight >= 0, weight <= 1],
            show=(weight * x + (1 - weight) * y) ** 2 <= weight * x**2 + (1 - weight) * y**2,
        ),
    ],
    exports=second <= sqrt(d) * rho2 * sqrt(E),
    note="The two sums of m^2/sqrt(t v_hat) together, A at a time; E sqrt <= sqrt E. Then Cauchy-Schwarz over the "
    "coordinates (Lemma 4).",
)
P.both(
    "Lem1.third",
    r"(15)\le\frac{d\beta_1D^2L}{2\alpha\gamma(1-\beta_1)^2(1-\lambda)^2}",
    at="Proof of Lemma 1, term (15)",
    source="reconstructed",
    uses=["Lem8-10", "Lem5.weighted"],
    statements=[
        inequality(given=[t >= 1], show=sqrt(t) <= t),
        inequality(
            given=[*WEIGHTED, b >= 0],
            show=b * D**2 * (u * r) / (2 * alpha * c) <= D**2 * L / (2 * alpha * gamma * c1**2) * (b * u),
        ),
        inequality(
            given=[lam > 0, lam < 1, A >= 0, 1 / (1 - lam) ** 2 >= A, b1 >= 0, B >= 0],
            show=B * (b1 * A) <= B * b1 / (1 - lam) ** 2,
        ),
    ],
    exports=third <= rho3,
    note="b = beta1 lambda^(t-1) and u <= t, so the sum is at most beta1 times A, the sum of t lambda^(t-1).",
)
P.derivation(
    "Lem1",
    r"R_{online}(T)\le\rho_1d\sqrt T+\sqrt d\rho_2\sqrt{\frac1{n^2K}\sum_{t=1}^TE\sum_j\frac{\|g_j\|^2}{p_j}}+\rho_3",
    at="Lemma 1, Appendix B.2",
    source="reconstructed",
    expect="follows",
    uses=["Lem1.step", "Lem1.first", "Lem1.second", "Lem1.third"],
    bounds=("adamcb.printed", "adamcb.lemma1"),
    given=[d >= 1, T >= 1, E >= 0],
    show=total <= rho1 * d * sqrt(T) + sqrt(d) * rho2 * sqrt(E) + rho3,
    note="For eps = 0, the printed estimate g_t with its 1/K and the online regret of the printed f_t, and with "
    "projection onto a box (or all distances, also to theta*, at most D). E is the mean under the root.",
)
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
