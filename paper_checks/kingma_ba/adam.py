"""Kingma & Ba (2015): the two lemmas and the theorem on Adam's regret."""

from fractions import Fraction

import sympy as sp

from regretlab.claims import OPS, Paper, Sum, forall, index, log, real, recursive, sequence, sqrt, use
from regretlab.claims.paper import theorem
from regretlab.claims.statements import Both, Inequality
from regretlab.methods import Coefficients, Moments, step

P = Paper("KB", "Kingma & Ba (2015), Adam: a method for stochastic optimization")

t, g, G, w = real("t g G w")
alpha, beta1, beta2, lam, D, gamma, eta, x = real("alpha beta1 beta2 lam D gamma eta x")
Sv, Sg, Tee = real("Sv Sg T")
s, T, grad = *index("t T"), sequence("g")


def total(term):
    """Sum a term over t."""
    return Sum(term, (s, 1, T))


def same(left, right):
    """Say of two terms that they are equal in every round, and so their sums."""
    return [forall(s, 1, T, left == right), total(left) == total(right)]


NORM = sqrt(total(grad[s] ** 2))
SQUARES = [forall(s, 1, T, grad[s] ** 2 >= 0), total(0 * grad[s]) <= total(grad[s] ** 2), total(grad[s] ** 2) >= 0]

P.inequality(
    "Lem10.3",
    r"\sum_{t=1}^T \sqrt{\frac{g_t^2}{t}} \le 2 G_\infty \|g_{1:T}\|_2",
    at="Lemma 10.3",
    given=[g <= G, -g <= G],
    show=sqrt(g**2 / 1) <= 2 * G * sqrt(g**2),
    expect="refuted",
    corrected={
        "latex": r"\sum_{t=1}^T \sqrt{\frac{g_t^2}{t}} \le \sqrt{1 + \ln T}\, \|g_{1:T}\|_2",
        "statement": theorem(
            show=total(sqrt(grad[s] ** 2 / s)) <= sqrt(1 + log(T)) * NORM,
            by=[*same(sqrt(grad[s] ** 2 / s), abs(grad[s]) / sqrt(s)), *SQUARES, log(T) >= 0, use("SF.norms")],
        ),
    },
    changes="statement",
    note="Stated at T = 1, where the sum is one term; the left side has gradient degree 1 and the right side 2. The corrected form is "
    "the inequality of Cauchy and Schwarz with the harmonic sum.",
)


def bias_corrected_second_moments(gradients, decay):
    """v_hat_1, v_hat_2, ... of Adam: the step that is simulated, run on exact numbers."""
    state = Moments(Fraction(0), Fraction(0), Fraction(0), Fraction(0))
    found = []
    for number, gradient in enumerate(gradients, 1):
        state = step(state, gradient, Coefficients(0, 1, decay, 1 - decay, 0, 0, 0, 0, 1, 0, 0), lambda x, w: x, OPS)
        found.append(state.v / (1 - decay**number))
    return found


DECAY, STEPS = Fraction(1, 1000), 31
ROOTS = [1 / sqrt(Fraction(s)) for s in range(1, STEPS + 1)]
V_HAT = bias_corrected_second_moments(ROOTS, DECAY)

m = recursive("m", 0, lambda before, t: beta1 * before + (1 - beta1) * grad[t])
v = recursive("v", 0, lambda before, t: beta2 * before + (1 - beta2) * grad[t] ** 2)
hats = (m[s] / (1 - beta1**s)) ** 2 / sqrt(s * (v[s] / (1 - beta2**s)))
plain = m[s] ** 2 / sqrt(s * v[s])
FACTOR = (1 - beta1) / (sqrt(1 - beta2) * (1 - eta))
CORRECTED = total(hats) <= 1 / (1 - beta1) ** 2 * total(plain)
SUMMED = 1 / (1 - beta1) ** 2 * total(plain) <= sqrt(1 + log(T)) / ((1 - beta1) * sqrt(1 - beta2) * (1 - eta)) * NORM
P.inequality(
    "Lem10.4",
    r"\sum_{t=1}^T \frac{\hat m_t^2}{\sqrt{t \hat v_t}} \le \frac{2}{(1-\gamma)\sqrt{1-\beta_2}} \|g_{1:T}\|_2, \quad"
    r"\gamma = \frac{\beta_1^2}{\sqrt{\beta_2}}",
    at="Lemma 10.4",
    show=sum(1 / s / sqrt(s * v) for s, v in zip(map(Fraction, range(1, STEPS + 1)), V_HAT, strict=True))
    <= 2 / sqrt(1 - DECAY) * sqrt(sum(Fraction(1, s) for s in range(1, STEPS + 1))),
    expect="refuted",
    uses=["Lem10.3"],
    corrected={
        "latex": r"\sum_{t=1}^T \frac{\hat m_t^2}{\sqrt{t \hat v_t}} \le \frac{1}{(1-\beta_1)^2} \sum_{t=1}^T \frac{m_t^2}{\sqrt{t v_t}}"
        r"\le \frac{\sqrt{1+\ln T}}{(1-\beta_1)\sqrt{1-\beta_2}(1-\beta_1/\sqrt{\beta_2})} \|g_{1:T}\|_2",
        "statement": theorem(
            where=[m, v],
            given=[
                0 <= beta1, beta1 < 1, 0 < beta2, beta2 < 1, eta == beta1 / sqrt(beta2), eta < 1, forall(s, 1, T, v[s] > 0),
            ],
            show=CORRECTED & SUMMED,
            by=[
                forall(s, 0, None, (0 <= beta1**s) & (beta1**s <= 1)),
                forall(s, 1, None, beta1**s <= beta1),
                forall(s, 0, None, (0 < beta2**s) & (beta2**s <= 1)),
                forall(s, 1, None, beta2**s <= beta2),
                forall(s, 1, T, v[s] / (1 - beta2**s) >= v[s]),
                forall(s, 1, T, sqrt(s * (v[s] / (1 - beta2**s))) >= sqrt(s * v[s])),
                forall(s, 1, T, 1 / (1 - beta1**s) <= 1 / (1 - beta1)),
                forall(s, 1, T, (1 / (1 - beta1**s)) ** 2 <= (1 / (1 - beta1)) ** 2),
                forall(s, 1, T, (m[s] / (1 - beta1**s)) ** 2 <= m[s] ** 2 / (1 - beta1) ** 2),
                forall(s, 1, T, hats <= m[s] ** 2 / (1 - beta1) ** 2 / sqrt(s * v[s])),
                forall(s, 1, T, hats <= 1 / (1 - beta1) ** 2 * plain),
                total(hats) <= total(1 / (1 - beta1) ** 2 * plain),
                forall(s, 1, T, sqrt(s * v[s]) == sqrt(s) * sqrt(v[s])),
                *same(plain, 1 / sqrt(s) * m[s] ** 2 / sqrt(v[s])),
                use("SF.moments", b=lambda t: beta1, a=lambda t: 1 / sqrt(t), s=lambda t: sqrt(v[t]), kappa=1 - beta1),
                use("SF.norms"),
                *same(1 / sqrt(s) * abs(grad[s]), abs(grad[s]) / sqrt(s)),
                *SQUARES,
                log(T) >= 0,
                use("Lemma.times", k=FACTOR, less=total(abs(grad[s]) / sqrt(s)), more=sqrt(1 + log(T)) * NORM),
                total(plain) <= FACTOR * (sqrt(1 + log(T)) * NORM),
                use("Lemma.times", k=1 / (1 - beta1) ** 2, less=total(plain), more=FACTOR * (sqrt(1 + log(T)) * NORM)),
                1 / (1 - beta1) ** 2 * FACTOR == 1 / ((1 - beta1) * sqrt(1 - beta2) * (1 - eta)),
                1 / (1 - beta1) ** 2 * (FACTOR * (sqrt(1 + log(T)) * NORM))
                == sqrt(1 + log(T)) / ((1 - beta1) * sqrt(1 - beta2) * (1 - eta)) * NORM,
                CORRECTED,
                SUMMED,
            ],
        ),
    },
    changes="statement",
    note="Stated at beta1 = 0 (gamma = 0), beta2 = 1/1000, g_t = 1/sqrt(t), T = 31, where it fails. The corrected form is that "
    "of constant beta1, with eta = beta1/sqrt(beta2).",
)  # fmt: skip

KAPPA = D**2 * G * sqrt(1 - beta2)
P.disagreement(
    "third",
    r"\frac{D_\infty^2 G_\infty \sqrt{1-\beta_2}}{2\alpha(1-\beta_1)(1-\lambda)^2} \ \text{(theorem)}, \quad"
    r"\frac{D_\infty^2 G_\infty \sqrt{1-\beta_2}}{2\alpha\beta_1(1-\lambda)^2} \ \text{(end of the proof)}",
    at="Theorem 4.1 and the last line of its proof",
    given=[alpha > 0, beta1 > 0, beta1 < 1, beta2 >= 0, beta2 < 1, lam >= 0, lam < 1],
    here=KAPPA / (2 * alpha * (1 - beta1) * (1 - lam) ** 2),
    there=KAPPA / (2 * alpha * beta1 * (1 - lam) ** 2),
    corrected={
        "latex": r"\sum_{t=1}^T \frac{\beta_1\lambda^{t-1}}{1-\beta_1\lambda^{t-1}} \sqrt t \le"
        r"\frac{\beta_1}{1-\beta_1} \sum_{t=1}^T t\lambda^{t-1} \le \frac{\beta_1}{(1-\beta_1)(1-\lambda)^2}",
        "statement": Both(
            (
                Inequality((w >= 0, w <= 1, beta1 >= 0, beta1 < 1), 1 - beta1 * w > 0),
                Inequality((t >= 1,), sqrt(t) <= t),
                Inequality(
                    (t >= 1, w >= 0, w <= 1, beta1 >= 0, beta1 < 1, 1 - beta1 * w > 0, x >= 0, x <= t),
                    beta1 * w / (1 - beta1 * w) * x <= beta1 / (1 - beta1) * t * w,
                ),
            )
        ),
        "uses": ("KB.third.sum",),
    },
    changes="constant",
    note="The two denominators agree only at beta1 = 1/2. The corrected form is one summand, w = lam^(t-1), x = sqrt(t); the term is then "
    "d D^2 G beta1/(2 alpha (1 - beta1)(1 - lam)^2), without sqrt(1 - beta2).",
)
P.inequality(
    "third.factor",
    r"\sqrt{\hat v_t} \le G_\infty\sqrt{1-\beta_2}",
    at="proof of Theorem 4.1, both forms of the third term",
    given=[G >= 0, abs(g) <= G, beta2 > 0, beta2 < 1],
    show=sqrt((1 - beta2) * g**2 / (1 - beta2)) <= G * sqrt(1 - beta2),
    expect="refuted",
    corrected={
        "latex": r"\sqrt{\hat v_t} \le G_\infty",
        "given": [G >= 0, abs(g) <= G, beta2 > 0, beta2 < 1],
        "show": sqrt((1 - beta2) * g**2 / (1 - beta2)) <= G,
    },
    changes="constant",
    note="At t = 1, where the bias-corrected second moment is the squared gradient.",
)
DECAYED = sp.Symbol("lambda")
P.recursion(
    "third.sum",
    r"\sum_{s=1}^t s\lambda^{s-1} = \frac{1 - (t+1)\lambda^t + t\lambda^{t+1}}{(1-\lambda)^2}",
    at="proof of Theorem 4.1",
    closed=lambda t: (1 - (t + 1) * DECAYED**t + t * DECAYED ** (t + 1)) / (1 - DECAYED) ** 2,
    rec=lambda s, t: s + t * DECAYED ** (t - 1),
)

P.regret_bound(
    "Thm4.1",
    r"R(T) \le \frac{D^2}{2\alpha(1-\beta_1)} \sum_i \sqrt{T \hat v_{T,i}}"
    r"+ \frac{\alpha(1+\beta_1)G_\infty}{(1-\beta_1)\sqrt{1-\beta_2}(1-\gamma)^2} \sum_i \|g_{1:T,i}\|_2"
    r"+ \sum_i \frac{D_\infty^2 G_\infty\sqrt{1-\beta_2}}{2\alpha(1-\beta_1)(1-\lambda)^2}",
    at="Theorem 4.1 (10.5)",
    losses=[8, -1, -1],
    algorithm="adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)",
    bound="adam.printed",
    horizon=42,
    expect="refuted",
    uses=["Lem10.3", "Lem10.4", "third"],
    corrected={
        "latex": r"\text{AMSGrad, projected: } R(T) \le \frac{D^2\sqrt T}{2\alpha(1-\beta_1)} \sum_i \sqrt{\hat v_{T,i}}"
        r"+ \frac{\alpha(1+\beta_1)\sqrt{1+\ln T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\beta_1/\sqrt{\beta_2})} \sum_i \|g_{1:T,i}\|_2",
        "losses": [8, -1, -1],
        "algorithm": "amsgrad(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)",
        "bound": "amsgrad.schedule_free",
        "horizon": 200,
        "uses": ("SF.AMSGrad",),
        "expect": "bounded",
    },
    changes="algorithm",
    bounds=("adam.printed",),
    note="Reddi's example with C = 8, projected onto [-1, 1], which is the usual reading of the theorem's bounded iterates. The root "
    "cause is KB.Thm4.1.monotone. The corrected form is the same run with AMSGrad and the bound that SF.AMSGrad proves for it.",
)


def scaled_roots(*gradients):
    """sqrt(t v_t) after each of the gradients, from v = 0, with Adam's second moment."""
    state = Moments(x, Fraction(0), Fraction(0), Fraction(0))
    found = []
    for number, gradient in enumerate(gradients, 1):
        state = step(state, gradient, Coefficients(0, 1, beta2, 1 - beta2, 0, 0, 0, 0, 1, 0, 0), lambda x, w: x, OPS)
        found.append(sqrt(number * state.v))
    return found


G1, G2, G3 = real("g1 g2 g3")
BEFORE, AFTER = scaled_roots(G1, G2, G3)[1:]
P.inequality(
    "Thm4.1.monotone",
    r"\frac{\sqrt{\hat v_t}}{\alpha_t} \ge \frac{\sqrt{\hat v_{t-1}}}{\alpha_{t-1}}",
    at="proof of Theorem 4.1, where the sum over t is telescoped",
    given=[beta2 > 0, beta2 < 1],
    show=AFTER >= BEFORE,
    expect="refuted",
    note="t = 3 on the step that is simulated, without bias correction; Reddi, Kale & Kumar found this gap.",
)
P.units(
    "Thm4.1.units",
    r"R(T) \le \text{first} + \text{second} + \text{third}",
    at="Theorem 4.1",
    terms={
        "first": D**2 / (2 * alpha * (1 - beta1)) * sqrt(Tee) * Sv,
        "second": alpha * (1 + beta1) * G / ((1 - beta1) * sqrt(1 - beta2) * (1 - gamma) ** 2) * Sg,
        "third": D**2 * G * sqrt(1 - beta2) / (2 * alpha * (1 - beta1) * (1 - lam) ** 2),
    },
    weights={G: 1, Sv: 1, Sg: 1},
    degree=1,
    expect="ill-posed",
    note="When every loss is multiplied by k, regret and Adam's other terms are multiplied by k, the second term by k^2. "
    "Unbalanced units alone do not refute a bound: this one is too strong for small losses.",
)
