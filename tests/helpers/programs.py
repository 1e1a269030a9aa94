"""Optimisers as people write them, on NumPy's arrays, each with places where a mistake can be planted."""

from __future__ import annotations

import numpy as np

ALPHA, BETA1, BETA2, EPS, LAM = 0.02, 0.9, 0.999, 1e-8, 0.1


def adam(
    *,
    eps=EPS,
    denominator=lambda v, t, eps: np.sqrt(v / (1 - BETA2**t)) + eps,
    numerator=lambda m, g, t: m / (1 - BETA1**t),
    second=lambda v, g, m, eps: BETA2 * v + (1 - BETA2) * g**2,
    feed=lambda g, x: g,
    decay=lambda x: x,
    late=False,
):
    """Adam, from ``denominator(v, t, eps)``, ``numerator(m, g, t)``, what v becomes, and what is done about weights."""

    def step(x, g, state):
        t, m, v = state or (0, np.zeros_like(x), np.zeros_like(x))
        g, t = feed(g, x), t + 1
        m, before = BETA1 * m + (1 - BETA1) * g, v
        v = second(v, g, m, eps)
        with np.errstate(all="ignore"):
            x = decay(x) - ALPHA * numerator(m, g, t) / denominator(before if late else v, t, eps)
        return x, (t, m, v)

    return step


def amsgrad(*, eps=EPS, correct="not"):
    """AMSGrad: its moments corrected "not" at all, or "before" or "after" the maximum."""

    def step(x, g, state):
        t, m, v, top = state or (0, 0 * x, 0 * x, 0 * x)
        t = t + 1
        m, v = BETA1 * m + (1 - BETA1) * g, BETA2 * v + (1 - BETA2) * g * g
        left1, left2 = (1, 1) if correct == "not" else (1 - BETA1**t, 1 - BETA2**t)
        top = np.maximum(top, v / left2 if correct == "before" else v)
        v_hat = top / left2 if correct == "after" else top
        return x - ALPHA * (m / left1) / (np.sqrt(v_hat) + eps), (t, m, v, top)

    return step


def nadam(*, extra=1.0):
    """NAdam, its second moment multiplied once more."""
    return adam(
        numerator=lambda m, g, t: BETA1 * m / (1 - BETA1 ** (t + 1)) + (1 - BETA1) * g / (1 - BETA1**t),
        denominator=lambda v, t, eps: np.sqrt(extra * v / (1 - BETA2**t)) + eps,
    )


def belief(v, g, m, eps):
    """What the second moment of AdaBelief becomes."""
    return BETA2 * v + (1 - BETA2) * (g - m) ** 2 + eps


def momentum(*, nesterov=False, dampening=0.0, inside=False, rate=lambda t: ALPHA):
    """Heavy-ball and Nesterov momentum as PyTorch writes them; its step size ``inside`` the sum or outside."""

    def step(x, g, state):
        t, m = state or (0, None)
        t = t + 1
        scaled = g * rate(t) if inside else g
        m = scaled if m is None else BETA1 * m + (1 - dampening) * scaled
        move = scaled + BETA1 * m if nesterov else m
        return x - (move if inside else rate(t) * move), (t, m)

    return step
