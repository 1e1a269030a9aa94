r"""Reddi, Kale & Kumar (2018): AMSGrad's Corollary 1, for every T and d, from the step that is simulated.

It is weaker than SF.AMSGrad, whose two terms are below its first and third. Its second term is not needed, so that
no run violates the corollary, although that term lacks the factor d/alpha that Theorem 4 gives. (A public Lean
formalisation has the paper's theorems; for a constant beta_1 the bound is that of Alacaoglu et al. (2020).)
"""

from regretlab.claims import Paper, Sum, box, forall, index, log, real, recursive, sequence, sqrt, steps, use

P = Paper("Reddi", "Reddi, Kale & Kumar (2018), On the convergence of Adam and beyond")

t, T, i, d = index("t T i d")
alpha, beta1, beta2, eta, lam, D, G = real("alpha beta1 beta2 eta lam D G")
b, g, x, V, F, Fs = map(sequence, ("b", "g", "x", "v_hat", "f", "f_star"))
lows, highs, stars = map(sequence, ("low", "high", "x_star"))
decaying = recursive("b", beta1, lambda before, t: lam * before, start=1)
run = steps(
    "amsgrad", gradients=g, over=i, beta1_t=b, lam=1, beta2=beta2, alpha=alpha, eps=0, project=box(lows[i], highs[i])
)


def coordinates(term):
    """Sum a term over the coordinates."""
    return Sum(term, (i, 1, d))


def total(term):
    """Sum a term over t."""
    return Sum(term, (t, 1, T))


norm = sqrt(total(g[i, t] ** 2))
own = (1 + beta1) / (2 * (1 - beta1))
rest = alpha * sqrt(1 + log(T)) / (sqrt(1 - beta2) * (1 - eta))
first = D**2 * sqrt(T) / (alpha * (1 - beta1))
third = alpha * sqrt(1 + log(T)) / ((1 - beta1) ** 2 * sqrt(1 - beta2) * (1 - eta))
half = D**2 * sqrt(T) * sqrt(V[i, T]) / (2 * alpha * (1 - beta1))
sharp = alpha * (1 + beta1) * sqrt(1 + log(T)) / (2 * (1 - beta1) * sqrt(1 - beta2) * (1 - eta)) * norm
regret = total(F[t] - Fs[t])
RATES = [alpha > 0, 0 <= beta1, beta1 < 1, 0 < beta2, beta2 < 1, eta == beta1 / sqrt(beta2), eta < 1]
SETTING = [
    forall(i, 1, d, lows[i] <= stars[i]),
    forall(i, 1, d, stars[i] <= highs[i]),
    forall(i, 1, d, lows[i] <= x[i, 1]),
    forall(i, 1, d, x[i, 1] <= highs[i]),
    forall(i, 1, d, highs[i] - lows[i] <= D),
    forall(i, 1, None, forall(t, 1, None, sqrt(V[i, t]) > 0)),
    forall(t, 1, T, F[t] - Fs[t] <= coordinates(g[i, t] * (x[i, t] - stars[i]))),
]
DECAY = [b[1] <= beta1, forall(t, 1, T + 1, b[t] >= 0), forall(t, 1, T, b[t + 1] <= b[t])]
MEANT = forall(i, 1, None, forall(t, 0, None, (run.v[i, t] >= 0) & (V[i, t] >= 0)))
SQUARES = [
    forall(i, 1, d, forall(t, 1, T, g[i, t] ** 2 >= 0)),
    forall(i, 1, d, total(0 * g[i, t]) <= total(g[i, t] ** 2)),
    forall(i, 1, d, total(g[i, t] ** 2) >= 0),
]
two = first * coordinates(sqrt(V[i, T])) + third * coordinates(norm)
P.theorem(
    "Thm4.terms",
    r"R_T \le \frac{D_\infty^2\sqrt T}{\alpha(1-\beta_1)} \sum_i \sqrt{\hat v_{T,i}}"
    r"+ \frac{\alpha\sqrt{1+\ln T}}{(1-\beta_1)^2(1-\eta)\sqrt{1-\beta_2}} \sum_i \|g_{1:T,i}\|_2",
    at="Theorem 4, its first and third term",
    where=[run],
    given=[*RATES, *DECAY, *SETTING],
    show=regret <= two,
    by=[
        MEANT,
        forall(t, 1, T, 1 >= 1 - b[t]),
        use("SF.AMSGrad", eps=0, kappa=1),
        forall(i, 1, d, sqrt(V[i, T]) > 0),
        forall(i, 1, d, half <= first * sqrt(V[i, T])),
        coordinates(half) <= coordinates(first * sqrt(V[i, T])),
        log(T) >= 0,
        rest >= 0,
        own <= 1 / (1 - beta1) ** 2,
        own * rest <= 1 / (1 - beta1) ** 2 * rest,
        own * rest <= third,
        *SQUARES,
        forall(i, 1, d, norm >= 0),
        forall(i, 1, d, own * rest * norm <= third * norm),
        forall(i, 1, d, sharp == own * rest * norm),
        forall(i, 1, d, sharp <= third * norm),
        coordinates(sharp) <= coordinates(third * norm),
        regret <= coordinates(half) + coordinates(sharp),
    ],
    note="For non-increasing beta_{1,t}; s_t > 0 is what the paper supposes when it divides by it.",
)
unlike = beta1 * D**2 * G / (2 * (1 - beta1) * (1 - lam) ** 2)
P.theorem(
    "Cor1",
    r"\beta_{1,t} = \beta_1\lambda^{t-1}: \quad R_T \le \frac{D_\infty^2\sqrt T}{\alpha(1-\beta_1)} \sum_i \sqrt{\hat v_{T,i}}"
    r"+ \frac{\beta_1 D_\infty^2 G_\infty}{2(1-\beta_1)(1-\lambda)^2} + \frac{\alpha\sqrt{1+\ln T}}{(1-\beta_1)^2(1-\eta)\sqrt{1-\beta_2}}"
    r"\sum_i \|g_{1:T,i}\|_2",
    at="Corollary 1",
    where=[decaying, run],
    given=[*RATES, lam > 0, lam < 1, G >= 0, *SETTING],
    show=regret <= two + unlike,
    by=[
        MEANT,
        *SQUARES,
        forall(t, 1, None, b[t] >= 0),
        forall(t, 1, None, b[t + 1] <= b[t]),
        use("Thm4.terms"),
        beta1 * D**2 * G >= 0,
        unlike >= 0,
    ],
    bounds=("amsgrad.printed", "amsgrad.printed_arxiv", "amsgrad.derived", "amsgrad.derived_arxiv"),
    note="True although its second term is not what Theorem 4 gives (Cor1.units): any number that is not negative does there.",
)
