"""Algorithm 1 against the theorem about it, its cost, and the variant on AMSGrad (Theorem D.1)."""

from regretlab.claims import OPS, Paper, real, sqrt
from regretlab.methods import Coefficients, Moments, step

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

beta1, beta2, lam, alpha, alpha_t, x, a, b = real("beta1 beta2 lam alpha alpha_t x a b")
T, d, D, G, S, eta, Lam = real("T d D G S eta Lam")
FREE = {"rho": 0, "wd": 0, "kap": 0, "p": 0.5, "eps": 0}
OPEN = [beta1 > 0, beta1 < 1, beta2 > 0, beta2 < 1]


def stay(x, weights):
    """No projection."""
    return x


# --- Algorithm 1 and Theorem 1 ---------------------------------------------------------------------------------------
state = Moments(x, 0, 0, 0)
for decay in (beta1, beta1 * lam):
    state = step(state, 1, Coefficients(mu=decay, nu=1 - decay, beta=0, om=1, eta=0, c=1, **FREE), stay, OPS)
P.disagreement(
    "AlgVsThm",
    r"\hat m_t=\frac{m_t}{1-\beta_1^t}\ \text{in Algorithm 1},\quad\beta_{1,t}=\beta_1\lambda^{t-1}\ "
    r"\text{in Theorem 1}",
    at="Algorithm 1, line 9; Theorem 1",
    given=[*OPEN, lam > 0, lam < 1],
    here=1 - beta1**2,
    there=state.m,
    note="The weights of m_2 under the theorem's schedule, by the simulated step on two gradients of 1, do not sum "
    "to the 1 - beta1^2 that Algorithm 1 divides by: the algorithm that is analysed is not the one that is stated. "
    "It also has no eps and bounded iterates, see AlgVsThm.step and AlgVsThm.iterates.",
)
P.inequality(
    "AlgVsThm.constant",
    r"\lambda=1:\quad\hat m_2=\frac{m_2}{1-\beta_1^2}\text{ is unbiased}",
    at="Algorithm 1, line 9",
    given=[*OPEN, lam == 1],
    show=state.m == 1 - beta1**2,
    note="Without the decay the two agree.",
)
moving = Coefficients(
    mu=beta1, nu=1 - beta1, beta=beta2, om=1 - beta2, eta=alpha_t / (1 - beta1 * a), c=1 / (1 - beta2 * b), **FREE
)
after = step(Moments(x, -(1 - a), 1 - b, 0), -1, moving, stay, OPS)
P.inequality(
    "AlgVsThm.step",
    r"g_1=\dots=g_t=-1\ \Rightarrow\ \theta_{t+1}=\theta_t+\alpha_t",
    at="Algorithm 1, lines 8-10",
    given=[*OPEN, a > 0, a <= 1, b > 0, b <= 1],
    show=(after.x == x + alpha_t) & (after.m == -(1 - beta1 * a)) & (after.v == 1 - beta2 * b),
    note="One step of Algorithm 1 on the loss -theta, a = beta1^(t-1) and b = beta2^(t-1): there is no projection.",
)
P.series(
    "AlgVsThm.iterates",
    r"\theta_{T+1}-\theta_1=\alpha\sum_{t\le T}\frac1{\sqrt t}\ge\alpha\sqrt T",
    at="Theorem 1: bounded distances between iterates",
    uses=["AdamBS.AlgVsThm.step"],
    term=lambda t: -1 / sqrt(t),
    bound=lambda t: -sqrt(t),
    note="So no D bounds the iterates of Algorithm 1 for all T: the theorem assumes what needs a projection.",
)
P.words(
    "SegTree",
    r"p^{t-1}\text{ can be updated in }O(K\log n)",
    at="§4.2, after Algorithm 2",
    why="the projection rescales every probability above p_min, so the data structure must keep a scale and the set of "
    "examples at the floor; the text describes neither",
)

# --- Theorem D.1 -----------------------------------------------------------------------------------------------------
third = beta1 * D**2 * G / (2 * (1 - beta1) * (1 - lam) ** 2)
P.units(
    "ThmD1.units",
    r"\rho_3'=\frac{\beta_1D_\infty^2G_\infty}{2(1-\beta_1)(1-\lambda)^2}",
    at="App. D, Eq. (37)",
    terms={
        "first": D**2 * G / (alpha * (1 - beta1)) * d * sqrt(T),
        "second": alpha / ((1 - beta1) ** 2 * (1 - eta) * sqrt(1 - beta2)) * sqrt(d) * Lam * sqrt(S),
        "third": third,
    },
    weights={D: 1, alpha: 1, G: -1, S: -2},
    degree=0,
    expect="ill-posed",
    corrected={
        "latex": r"\frac d\alpha\cdot\frac{\beta_1D_\infty^2G_\infty}{2(1-\beta_1)(1-\lambda)^2}",
        "terms": {"third": d / alpha * third},
        "weights": {D: 1, alpha: 1, G: -1},
        "degree": 0,
    },
    changes="statement",
    note="In other units of theta (theta -> k theta, gradients -> gradients / k) losses and regret stay what they "
    "are, and so must each term.",
)
