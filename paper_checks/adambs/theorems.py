"""AdamBS's regret bounds: Kingma & Ba's theorem (Eq. 10), Theorems 1 and 2 and what the paper concludes from them."""

from regretlab.claims import Paper, log, real, sqrt
from regretlab.claims.paper import order

P = Paper("AdamBS", "Liu, Wu & Mozafari (2020), Adam with Bandit Sampling for Deep Learning")

a, regret, T, d, D, G, S, roots, norms = real("a R T d D G S V Gs")
alpha, beta1, beta2, lam, Dinf = real("alpha beta1 beta2 lam D_inf")
SETTING = [alpha > 0, beta1 >= 0, beta1 < 1, beta2 > 0, beta2 < 1, G > 0, d >= 1, T >= 1]

REDDI = (8, -1, -1)
LARGE = (6, -1, -1)
TINY = ("1/100000000",)
ADAM = "alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0"
DEFAULT = "alpha=100, beta1=9/10, beta2=999/1000, lam=1/2, eps=0"
AMSGRAD = "amsgrad.schedule_free"


def on_amsgrad(losses, parameters, horizon):
    """State the corrected form on the same losses: the schedule-free bound of projected AMSGrad."""
    return {
        "latex": r"R(T)\le\frac{D_\infty^2\sqrt T}{2\alpha(1-\beta_1)}\sum_i\sqrt{\hat v_{T,i}}+\frac{\kappa"
        r"\alpha(1+\beta_1)\sqrt{1+\ln T}}{2(1-\beta_1)\sqrt{1-\beta_2}(1-\eta)}\sum_i\|g_{1:T,i}\|\quad"
        r"\text{for AMSGrad}",
        "losses": losses,
        "algorithm": f"amsgrad({parameters})",
        "bound": AMSGRAD,
        "horizon": horizon,
        "expect": "bounded",
    }


# --- Eq. 10 ----------------------------------------------------------------------------------------------------------
PRINTED = (
    r"\sum_t[f_t(\theta_t)-f_t(\theta^*)]\le\frac{D^2}{2\alpha(1-\beta_1)}\sum_i\sqrt{T\hat v_{T,i}}"
    r"+\frac{\alpha(1+\beta_1)G_\infty}{(1-\beta_1)\sqrt{1-\beta_2}(1-\gamma)^2}\sum_i\|g_{1:T,i}\|"
    r"+\sum_i\frac{D_\infty^2G_\infty\sqrt{1-\beta_2}}{2\alpha(1-\beta_1)(1-\lambda)^2}"
)
P.regret_bound(
    "Eq10",
    PRINTED,
    at="App. A, Eq. (10); Kingma & Ba 2015, Theorem 4.1",
    losses=REDDI,
    algorithm=f"adam({ADAM})",
    bound="adam.printed",
    horizon=60,
    uses=["KB.Thm4.1"],
    expect="refuted",
    corrected=on_amsgrad(REDDI, ADAM, 60),
    changes="algorithm",
    bounds=("adam.printed",),
    note="On Reddi's losses 8x, -x, -x, projected onto [-1, 1]; the first T at which it fails. The correction holds "
    "for every T in general (SF.AMSGrad); here it is replayed on the same losses.",
)
P.regret_bound(
    "Eq10.small",
    PRINTED,
    at="App. A, Eq. (10), after one round",
    losses=TINY,
    algorithm=f"adam({DEFAULT})",
    bound="adam.printed",
    horizon=1,
    expect="refuted",
    corrected=on_amsgrad(TINY, DEFAULT, 1),
    changes="algorithm",
    bounds=("adam.printed",),
    note="With beta at its default. Regret is proportional to the losses, the second term to their square: it is "
    "wrong for small losses whatever the algorithm does.",
)
P.regret_bound(
    "Eq10.earliest",
    PRINTED,
    at="App. A, Eq. (10)",
    losses=REDDI,
    algorithm="adam(alpha=9/25, beta1=0, beta2=1/(4*65), lam=1/1000, eps=0)",
    bound="adam.printed",
    horizon=60,
    expect="refuted",
    bounds=("adam.printed",),
    note="A round earlier, with another beta2.",
)
P.regret_bound(
    "Eq10.momentum",
    PRINTED,
    at="App. A, Eq. (10)",
    losses=(1, "-1/20", "-1/20"),
    algorithm="adam(alpha=1, beta1=1/5, beta2=1/50, lam=1/1000, eps=0)",
    bound="adam.printed",
    horizon=40,
    expect="refuted",
    bounds=("adam.printed",),
    note="With momentum and gradients of at most 1.",
)

# --- from Eq. 10 to Eq. 12 -------------------------------------------------------------------------------------------
first = D**2 / (2 * alpha * (1 - beta1))
gamma = beta1**2 / sqrt(beta2)
rho1 = D**2 * G / (2 * alpha * (1 - beta1))
rho2 = alpha * (1 + beta1) * G / ((1 - beta1) * sqrt(1 - beta2) * (1 - gamma) ** 2)
P.inequality(
    "Eq12-14",
    r"\text{Eq. (10)}\ \Rightarrow\ R(T)\le\rho_1d\sqrt T+\sqrt d\rho_2\sqrt{\textstyle\sum_t\|\hat G_t\|^2}+\rho_3",
    at="App. A, Eqs. (12)-(14)",
    uses=["Eq11", "AdamBS.Eq12-14.jensen"],
    given=[
        *SETTING,
        gamma < 1,
        S >= 0,
        roots <= d * G,
        norms <= sqrt(d) * sqrt(S),
        regret <= first * sqrt(T) * roots + rho2 * norms + a,
    ],
    show=regret <= rho1 * d * sqrt(T) + sqrt(d) * rho2 * sqrt(S) + a,
    note="Eq. (10) and the two lemmas are hypotheses here; a is the third term.",
)
P.derivation(
    "Eq12-14.unconditional",
    r"R(T)\le\rho_1d\sqrt T+\sqrt d\rho_2\sqrt{\textstyle\sum_t\|\hat G_t\|^2}+\rho_3",
    at="App. A, Eq. (12)",
    uses=["Eq10", "Eq11", "Eq12-14"],
    expect="unsupported",
)
rho3 = d * Dinf**2 * G * sqrt(1 - beta2) / (2 * alpha * (1 - beta1))
P.disagreement(
    "Eq4.rho3",
    r"\rho_3=\frac{dD_\infty^2G_\infty\sqrt{1-\beta_2}}{2\alpha(1-\beta_1)(1-\gamma)^2}\ \text{in Eq. (4)},\quad"
    r"(1-\lambda)^2\ \text{for}\ (1-\gamma)^2\ \text{in Eq. (10)}",
    at="Theorem 1, Eq. (4); App. A, Eqs. (10) and (13)",
    uses=["Eq10", "KB.third"],
    given=[*SETTING, gamma < 1, lam > 0, lam < 1, Dinf > 0],
    here=rho3 / (1 - gamma) ** 2,
    there=rho3 / (1 - lam) ** 2,
    note="Eq. (13) is said to be a rewriting of Eq. (10), but the smaller third term does not follow where lam > "
    "gamma.",
)
SEPARATING = "alpha=1000, beta1=9/10, beta2=999/1000, lam=99/100, eps=0"
P.regret_bound(
    "Eq4.rho3.printed",
    r"R(1)\le\rho_1d+\sqrt d\rho_2\sqrt{\|g_1\|^2}+\rho_3\quad\text{with Eq. (4)}",
    at="Theorem 1, Eq. (4)",
    losses=("1/10000000000",),
    algorithm=f"adambs({SEPARATING})",
    bound="adambs.theorem1",
    horizon=1,
    expect="refuted",
    bounds=("adambs.theorem1",),
    note="A run that tells the two apart: it violates Eq. (4) and not Eq. (10), see Eq4.rho3.meant.",
)
P.regret_bound(
    "Eq4.rho3.meant",
    r"R(1)\le\text{Eq. (10)}",
    at="App. A, Eq. (10)",
    losses=("1/10000000000",),
    algorithm=f"adam({SEPARATING})",
    bound="adam.printed",
    horizon=1,
    expect="bounded",
)

# --- Theorems 1 and 2 ------------------------------------------------------------------------------------------------
P.regret_bound(
    "Thm1",
    r"R(T)\le\rho_1d\sqrt T+\sqrt d\rho_2\sqrt{\frac1{n^2K}\sum_tE\sum_j\frac{\|g_j^t\|^2}{p_j^t}}+\rho_3",
    at="Theorem 1, Eq. (3); App. A, Eq. (17)",
    uses=["Eq10", "Eq16", "AdamBS.Eq4.rho3"],
    losses=TINY,
    algorithm=f"adambs({DEFAULT})",
    bound="adambs.theorem1",
    horizon=1,
    expect="refuted",
    corrected=on_amsgrad(TINY, DEFAULT, 1),
    changes="algorithm",
    bounds=("adambs.theorem1",),
    note="One example and one draw (n = K = d = 1), so that the expectation is the value. The smallest run that "
    "violates it.",
)
P.regret_bound(
    "Thm1.reddi",
    r"R(T)\le\rho_1d\sqrt T+\sqrt d\rho_2\sqrt{\frac1{n^2K}\sum_tE\sum_j\frac{\|g_j^t\|^2}{p_j^t}}+\rho_3",
    at="Theorem 1, Eq. (3)",
    losses=LARGE,
    algorithm="adambs(alpha=7/10, beta1=0, beta2=1/37, lam=1/1000, eps=0)",
    bound="adambs.theorem1",
    horizon=160,
    expect="refuted",
    corrected=on_amsgrad(LARGE, "alpha=7/10, beta1=0, beta2=1/37, lam=1/1000, eps=0", 160),
    changes="algorithm",
    bounds=("adambs.theorem1",),
    note="On Reddi's losses 6x, -x, -x, which are not small.",
)
P.regret_bound(
    "Thm2",
    r"R(T)\le\rho_1d\sqrt T+\frac{\rho_2\sqrt d}{n\sqrt K}\sqrt M+\frac{\rho_2L\sqrt R}{p_{\min}}\frac{\sqrt d}{n"
    r"\sqrt K}(2nT)^{1/4}+\rho_3,\quad M=\min_p\sum_tE\sum_j\frac{\|g_j^t\|^2}{p_j}",
    at="Theorem 2, Eq. (6)",
    uses=["Thm1", "Lem1"],
    losses=TINY,
    algorithm=f"adambs({DEFAULT})",
    bound="adambs.theorem2",
    horizon=1,
    expect="refuted",
    corrected=on_amsgrad(TINY, DEFAULT, 1),
    changes="algorithm",
    bounds=("adambs.theorem2",),
    note="With one example the sampler has nothing to learn (R = 0), and Theorem 2 is Theorem 1.",
)
P.inequality(
    "Thm2.M",
    r"\sum_tE\sum_j\frac{\|g_j^t\|^2}{p_j^t}\le\min_p\sum_tE\sum_j\frac{\|g_j^t\|^2}{p_j}+\frac{RL^2}{p_{\min}^2}"
    r"\sqrt{2nT}",
    at="Theorem 2, Eq. (6): M over all p",
    show=sqrt(5063) * sqrt(5063) * 4 / 3 <= 5063 + 16 * sqrt(log(3) / 2) * sqrt(4 * 5063),
    expect="refuted",
    note="n = 2, p_min = 1/4, g = (1, 0), T = 5063: a law in P has p_1 <= 3/4 and the left side at least 4T/3, the "
    "minimum over all laws is T, and R^2 = (ln 3)/2. M must be the minimum over P, as in Lemma 1.",
)
P.no_regret(
    "oT",
    r"R(T)=o(T),\ \text{ensuring that AdamBS can converge}",
    at="§4.2, after Theorem 2",
    uses=["Thm2"],
    m=3,
    beta1=0,
    beta2=["1/10", "1/3", "9/10"],
    expect="refuted",
    corrected={
        "latex": r"\text{AMSGrad with projection: }R(T)=O(\sqrt T)\text{ up to logarithms}",
        "statement": order(
            terms={
                "diameter": D**2 * sqrt(T) * (d * G) / (2 * alpha * (1 - beta1)),
                "gradients": alpha * (1 + beta1) * sqrt(1 + log(T)) * (d * G * sqrt(T))
                / (2 * (1 - beta1) * sqrt(1 - beta2) * (1 - beta1 / sqrt(beta2))),
            },
            T=T,
            at_most="1/2",
            logs="any",
        ),
    },
    changes="algorithm",
    note="Linear losses in one dimension, where AdamBS is Adam (n = K = 1) and its theorem lets the momentum decay "
    "to 0.",
)  # fmt: skip
P.no_regret(
    "oT.default",
    r"R(T)=o(T)\quad\text{for }\beta_1=0.9,\ \beta_2=0.999",
    at="§4.2, after Theorem 2",
    m=74,
    beta1="9/10",
    beta2=["999/1000"],
    expect="refuted",
    note="Algorithm 1 with its default parameters and constant beta1: one gradient of 74 in every 74 rounds, -1 "
    "otherwise.",
)
