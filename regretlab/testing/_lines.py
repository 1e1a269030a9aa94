"""The lines of the papers' algorithms, by the quantity that a line sets."""

from __future__ import annotations

from regretlab.methods import Method

#: What a line sets and how the Adam family writes it.
FAMILY = {
    "alpha": "alpha_t",
    "c": "no average",
    "g": "g_t = grad f_t(x_t)",
    "m": "m_t = beta1_t m_{t-1} + (1 - beta1_t) g_t",
    "v": "v_t = beta2 v_{t-1} + (1 - beta2) g_t^2",
    "m_hat": "m_hat_t = m_t / (1 - beta1^t)",
    "v_hat": "v_hat_t = v_t / (1 - beta2^t)",
    "x": "x_{t+1} = x_t - alpha_t m_hat_t / (sqrt(v_hat_t) + eps)",
}
_MAXIMUM = {
    "m_hat": "m_t, not corrected",
    "v_hat": "v_hat_t = max(v_hat_{t-1}, v_t)",
    "x": "x_{t+1} = x_t - alpha_t m_t / (sqrt(v_hat_t) + eps)",
}
_UNCORRECTED = {
    "m_hat": "m_t, not corrected",
    "v_hat": "v_t, not corrected",
    "x": "x_{t+1} = x_t - alpha_t m_t / (sqrt(v_t) + eps)",
}
_PLAIN = {"m": "g_t, without momentum", "x": "x_{t+1} = x_t - alpha_t g_t / (sqrt(v_t) + eps)"}
_SUM = {"m": "m_t = beta1 m_{t-1} + g_t", "x": "x_{t+1} = x_t - alpha_t m_t"}
_L2 = {"g": "g_t = grad f_t(x_t) + lambda x_t"}

#: Where a method's algorithm writes something else.
FORMULAS: dict[str, dict[str, str]] = {
    "sgd": {"x": "x_{t+1} = x_t - alpha_t g_t", "m": "g_t, without momentum"},
    "momentum": _SUM,
    "momentuml2": _SUM | _L2,
    "momentumw": _SUM | {"x": "x_{t+1} = (1 - alpha_t lambda) x_t - alpha_t m_t"},
    "nesterov": _SUM | {"x": "x_{t+1} = x_t - alpha_t (g_t + beta1 m_t)"},
    "adagrad": _UNCORRECTED | _PLAIN | {"v": "v_t = v_{t-1} + g_t^2"},
    "adagradl2": _UNCORRECTED | _PLAIN | _L2 | {"v": "v_t = v_{t-1} + g_t^2"},
    "adagradw": _UNCORRECTED
    | _PLAIN
    | {
        "v": "v_t = v_{t-1} + g_t^2",
        "x": "x_{t+1} = (1 - alpha_t lambda) x_t - alpha_t g_t / (sqrt(v_t) + eps)",
    },
    "adagradmean": _UNCORRECTED | _PLAIN | {"v": "v_t = (1 - 1/t) v_{t-1} + g_t^2 / t"},
    "adagradnorm": {"v": "b_t^2 = b_{t-1}^2 + |g_t|^2", "x": "x_{t+1} = x_t - alpha g_t / b_t"},
    "rmsprop": _UNCORRECTED | _PLAIN,
    "adaml2": _L2,
    "adamw": {"x": "x_{t+1} = x_t - eta_t (alpha m_hat_t / (sqrt(v_hat_t) + eps) + lambda x_t)"},
    "amsgrad": _MAXIMUM,
    "adamx": _MAXIMUM | {"v_hat": "v_hat_t = max(((1 - beta1_t) / (1 - beta1_{t-1}))^2 v_hat_{t-1}, v_t)"},
    "padam": _MAXIMUM | {"x": "x_{t+1} = x_t - alpha_t m_t / (v_hat_t^p + eps)"},
    "adabelief": {"v": "s_t = beta2 s_{t-1} + (1 - beta2) (g_t - m_t)^2 + eps"},
    "yogi": _UNCORRECTED | {"v": "v_t = v_{t-1} - (1 - beta2) sign(v_{t-1} - g_t^2) g_t^2"},
    "radam": {"x": "x_{t+1} = x_t - alpha_t r_t m_hat_t l_t, l_t = sqrt(1 - beta2^t) / (sqrt(v_t) + eps)"},
    "adopt": {"g": "Clip(g_t / max(sqrt(v_{t-1}), eps), (t - 1)^(1/4)) in m_t"},
    "schedulefreesgd": {
        "m": "y_t = (1 - beta) z_t + beta x_t",
        "x": "z_{t+1} = z_t - gamma grad f_t(y_t)",
        "c": "c_{t+1} = 1 / (t + 1)",
    },
    "schedulefreeadamw": {
        "m": "y_t = (1 - beta1) z_t + beta1 x_t",
        "g": "g_t = grad f_t(y_t)",
        "alpha": "gamma_t = gamma sqrt(1 - beta2^t)",
        "x": "z_{t+1} = z_t - gamma_t g_t / (sqrt(v_t) + eps) - gamma_t lambda y_t",
        "c": "c_{t+1} = gamma_t^2 / sum_{s<=t} gamma_s^2",
    },
    "nadam": {"m_hat": "m_hat_t = mu_{t+1} m_t / (1 - prod_{s<=t+1} mu_s) + (1 - mu_t) g_t / (1 - prod_{s<=t} mu_s)"},
}
#: Numbers of the lines: as printed, and counted in the loop where the algorithm prints none.
PRINTED = {"adamw": {"g": 6, "m": 7, "v": 8, "m_hat": 9, "v_hat": 10, "alpha": 11, "x": 12}}
IN_LOOP = {
    "adam": {"g": 2, "m": 3, "v": 4, "m_hat": 5, "v_hat": 6, "x": 7},
    "amsgrad": {"g": 1, "m": 2, "v": 3, "v_hat": 4, "x": 5},
}


def line(method: Method, part: str) -> str:
    """Return the line of a method's algorithm that sets a quantity: source, number, formula.

    Examples
    --------
    >>> from regretlab.methods import AMSGrad
    >>> line(AMSGrad(), "v_hat")
    'v_hat_t = max(v_hat_{t-1}, v_t) (Reddi, Kale & Kumar 2018, Alg. 2, line 4 of the loop)'
    """
    formula = FORMULAS.get(method.name, {}).get(part, FAMILY[part])
    place = getattr(method, "source", "")
    if part in PRINTED.get(method.name, {}):
        place = f"{place.partition(';')[0]}, Alg. 2, line {PRINTED[method.name][part]}"
    elif part in IN_LOOP.get(method.name, {}):
        place += f", line {IN_LOOP[method.name][part]} of the loop"
    return f"{formula} ({place})" if place else formula
