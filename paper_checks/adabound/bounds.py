r"""AdaBound: sqrt(t)/eta_t may decrease although the bounds meet, and the condition that mends what the proof needs.

Luo, Xiong, Liu & Sun (2019), Theorem 4; that its proof and claim fail is known from Savarese (2019), On the convergence of
AdaBound and its connection to SGD. Every line is stated from the formula as it is commonly quoted; the papers were not at
hand. The points, the run and the constants of the mended form are ours, and are not claimed to be Savarese's.
"""

from regretlab.claims import Paper, maximum, minimum, real

P = Paper("AdaBound", "Luo, Xiong, Liu & Sun (2019), Adaptive gradient methods with dynamic bound of learning rate")

alpha, final, gamma, beta2, M = real("alpha alpha_star gamma beta2 M")
r1, r2, l1, l2, u1, u2, k = real("r_1 r_2 l_1 l_2 u_1 u_2 k")


def clip(value, low, high):
    """Project onto [low, high]."""
    return maximum(low, minimum(high, value))


MEET = [l1 > 0, l1 <= l2, l2 <= u2, u2 <= u1]
before, after = clip(alpha / r1, l1, u1), clip(alpha / r2, l2, u2)
P.inequality(
    "telescopes",
    r"l_{t-1} \le l_t \le u_t \le u_{t-1},\ \hat\eta_t = \mathrm{Clip}\Big(\frac\alpha{\sqrt{v_t}}, l_t, u_t\Big)"
    r"\;\Rightarrow\; \frac{\sqrt t}{\hat\eta_t} \ge \frac{\sqrt{t-1}}{\hat\eta_{t-1}}",
    at="proof of Theorem 4: the weights telescope because the bounds meet",
    given=[alpha > 0, *MEET, k >= 2, r1 > 0, r2 > 0, beta2 > 0, beta2 < 1, r2**2 >= beta2 * r1**2],
    show=k / after**2 >= (k - 1) / before**2,
    expect="refuted",
    corrected={
        "latex": r"\frac t{l_t} - \frac{t-1}{u_{t-1}} \le M \;\Rightarrow\; \frac t{\hat\eta_t} - \frac{t-1}{\hat\eta_{t-1}} \le M",
        "given": [alpha > 0, *MEET, k >= 2, r1 > 0, r2 > 0, k / l2 - (k - 1) / u1 <= M],
        "show": k / after - (k - 1) / before <= M,
    },
    changes="hypothesis",
    source="reconstructed",
    note="r is the root of v, k the round; r_2^2 >= beta_2 r_1^2 is all that v_t's recursion says. Squared.",
)


def lower(t):
    """Return l_t as published."""
    return final * (1 - 1 / (gamma * t + 1))


def upper(t):
    """Return u_t as published."""
    return final * (1 + 1 / (gamma * t))


P.inequality(
    "meet",
    r"l_t = \alpha^*\Big(1 - \frac1{\gamma t+1}\Big) \le l_{t+1} \le u_{t+1} \le u_t = \alpha^*\Big(1 + \frac1{\gamma t}\Big)",
    at="Algorithm 2: the published bounds do meet",
    given=[final > 0, gamma > 0, k >= 1],
    show=(lower(k) <= lower(k + 1)) & (lower(k + 1) <= upper(k + 1)) & (upper(k + 1) <= upper(k)),
    source="reconstructed",
    note="k is the round.",
)
P.inequality(
    "condition",
    r"\frac t{l_t} - \frac{t-1}{u_{t-1}} \le \frac1{\alpha^*} \Big(1 + \frac2\gamma\Big)",
    at="the mended condition for the published bounds",
    given=[final > 0, gamma > 0, k >= 2],
    show=k / lower(k) - (k - 1) / upper(k - 1) <= (1 + 2 / gamma) / final,
    note="Ours; k is the round.",
)
