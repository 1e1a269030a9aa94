"""The known ways in which programs depart from the papers' algorithms: each one small change of the generic step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np

from regretlab.errors import InputError, shown, unknown_name
from regretlab.methods import Method
from regretlab.testing._changes import (
    Change,
    accumulated,
    averaged,
    begins,
    centred,
    corrected,
    corrected_root,
    decay,
    exponent,
    fed,
    has,
    hat,
    late,
    late_beta1,
    momentum,
    multiplied,
    named,
    no_maximum,
    own_power,
    padam_as_coded,
    plain_average,
    product,
    ratio,
    root,
    schedule,
    uncorrected,
    undecayed,
    unit,
    warmed_up,
)
from regretlab.testing._lines import line
from regretlab.testing._play import Play


class Variant(NamedTuple):
    """A change of one line: its name, the quantity that the line sets, what that becomes, and the change itself.

    ``change`` returns None where a method has nothing of the kind, such as no correction of a bias. A change that
    ``rebuilds`` the method, with other parameters say, is made before all others.
    """

    name: str
    part: str
    instead: str
    change: Change
    rebuilds: bool = False

    def to(self, play: Play) -> Play | None:
        """Return the changed play; None where a method has nothing of the kind, or its step reads nothing of it."""
        made = self.change(play)
        return None if made is None or (not self.rebuilds and made.is_read_as(play)) else made

    @property
    def said(self) -> str:
        """The name, and what the line becomes."""
        return self.name if self.name == self.instead else f"{self.name}: {self.instead}"


def of_paper(variant: Variant, method: Method) -> str:
    """Return what a method's paper has where a variant is something else."""
    if variant.part == "parameters":
        name = variant.name.partition(" ")[0]
        return f"{name} = {getattr(method, name):.12g}"
    if variant is SINGLE:
        return "real numbers"
    if variant.rebuilds:
        return f"{method.title} ({method.source})"
    return line(method, variant.part)


#: The table. Of two changes that come to the same, the first one is named.
TABLE = (
    Variant("no bias correction", "m_hat", "m_t and v_t themselves", uncorrected(True, True)),
    Variant("no bias correction of m", "m_hat", "m_t itself", uncorrected(True, False)),
    Variant("no bias correction of v", "v_hat", "v_t itself", uncorrected(False, True)),
    Variant("bias correction multiplied", "m_hat", "m_t (1 - beta1^t) and v_t (1 - beta2^t)", multiplied),
    Variant("bias correction before the maximum", "v_hat",
            "max(v_hat_{t-1}, v_t / (1 - beta2^t)), and m_t / (1 - beta1^t)", corrected(True, True, before=True)),
    Variant("bias correction of v before the maximum", "v_hat", "max(v_hat_{t-1}, v_t / (1 - beta2^t))",
            corrected(False, True, before=True)),
    Variant("bias correction", "v_hat", "v_hat_t / (1 - beta2^t), after any maximum, and m_t / (1 - beta1^t)",
            corrected(True, True)),
    Variant("bias correction of m", "m_hat", "m_t / (1 - beta1^t)", corrected(True, False)),
    Variant("bias correction of v", "v_hat", "v_hat_t / (1 - beta2^t), after any maximum", corrected(False, True)),
    *(Variant(f"bias correction{of} with t {sign} 1", part, f"1 - beta^(t {sign} 1)", exponent(shift, of != " of v",
                                                                                               of != " of m"))
      for shift, sign in ((-1, "-"), (1, "+"))
      for of, part in (("", "m_hat"), (" of m", "m_hat"), (" of v", "v_hat"))),
    Variant("bias correction by the product of beta1_s", "m_hat", "m_t / (1 - prod_{s<=t} beta1_s)", product),
    Variant("bias correction by beta1_t^t", "m_hat", "m_t / (1 - beta1_t^t)", own_power),
    Variant("eps inside the root", "x", "sqrt(v_hat_t + eps)", root(lambda v, k, eps: np.sqrt(v + eps))),
    Variant("eps scaled by the correction", "x", "sqrt(v_t) + eps, with the corrections in the step size: the "
            "epsilon-hat before Sec. 2.1 of Kingma & Ba", hat),
    Variant("eps squared inside the root", "x", "sqrt(v_hat_t + eps^2)",
            root(lambda v, k, eps: np.sqrt(v + eps * eps))),
    Variant("eps inside the root, before the correction", "x", "sqrt((v_t + eps) / (1 - beta2^t))",
            root(lambda v, k, eps: np.sqrt(v + k.c * eps))),
    Variant("eps inside the root and outside", "x", "sqrt(v_hat_t + eps) + eps",
            root(lambda v, k, eps: np.sqrt(v + eps) + eps)),
    Variant("1e-15 under the root, beside eps", "x", "sqrt(v_hat_t + 1e-15) + eps",
            root(lambda v, k, eps: np.sqrt(v + 1e-15) + eps)),
    Variant("eps as a least value of the root", "x", "max(sqrt(v_hat_t), eps)",
            root(lambda v, k, eps: np.maximum(np.sqrt(v), eps))),
    Variant("eps added to v in every step", "v", "v_t + eps, kept for the next step", accumulated(beside=True)),
    Variant("eps added to v in every step, not to the root", "v", "v_t + eps, kept for the next step; the root alone",
            accumulated(beside=False)),
    Variant("eps at the root alone", "v", "s_t without eps",
            root(lambda v, k, eps: np.sqrt(v) + eps, only="adabelief")),
    Variant("residual from m_{t-1}", "v", "(g_t - m_{t-1})^2",
            lambda play: play.times(om=play.k.mu**-2.0) if named(play, "adabelief") and has(play, "beta1") else None),
    Variant("variance in place of the mean square", "v", "v_t - (average of g)^2 under the root", centred),
    Variant("momentum warmed up", "m_hat", "mu_t = beta1 (1 - 0.96^(t / 250) / 2) there, beta1 in m_t", warmed_up),
    Variant("biases and eps as in Padam's code", "x", "alpha_t sqrt(1 - beta2^t) / (1 - beta1^t) m_t / (sqrt(v_hat_t) "
            "+ eps)^{2p}", padam_as_coded),
    Variant("eps beside the corrected root", "x", "l_t = 1 / (sqrt(v_t / (1 - beta2^t)) + eps)",
            root(lambda v, k, eps: np.sqrt(v) + eps * k.c**-0.5, only="radam")),
    Variant("clipped a step later", "g", "Clip(g_t / max(sqrt(v_{t-1}), eps), t^(1/4))",
            lambda play: play.put(t=np.where(play.k.t > 1, play.k.t + 1, 1)) if named(play, "adopt") else None),
    Variant("average without z_1", "c", "c_{t+1} = 1 / t", plain_average),
    Variant("correction of v_t in place of the step size", "alpha", "gamma, with sqrt(v_t / (1 - beta2^t)) + eps in "
            "the step", corrected_root),
    Variant("no square root", "x", "v_hat_t + eps", root(lambda v, k, eps: v + eps, needs_eps=False)),
    Variant("no maximum", "v_hat", "v_t", no_maximum),
    Variant("ratio 1 in the maximum", "v_hat", "max(v_hat_{t-1}, v_t)", ratio(0.0)),
    Variant("ratio not squared", "v_hat", "the ratio itself", ratio(0.5)),
    Variant("v_hat times beta2", "v_hat", "beta2 v_t / (1 - beta2^t)",
            lambda play: play.times(c=play.method.beta2) if has(play, "beta2") and np.any(play.k.c != 1) else None),
    Variant("stale v", "x", "v_{t-1} in the denominator", late(stale_v=True)),
    Variant("stale m", "x", "m_{t-1} in the numerator", late(stale_m=True)),
    Variant("weight decay in the gradient (L2)", "x", "grad f_t(x_t) + lambda x_t in both moments, and no decay of x_t",
            decay("L2")),
    Variant("weight decay decoupled", "g", "(1 - alpha_t lambda) x_t in the step, and the gradient without lambda x_t",
            decay("decoupled")),
    Variant("weight decay not scaled by the step size", "x", "(1 - lambda) x_t", decay("unscaled")),
    Variant("weight decay after the step", "x", "(1 - alpha_t lambda) times the point that the step reaches",
            decay("after")),
    Variant("no weight decay", "x", "no decay", undecayed),
    Variant("look-ahead (Nesterov)", "x", "g_t + beta1 m_t in place of m_t",
            momentum(lambda play, beta: play.put(nu=beta, kap=1.0))),
    Variant("no look-ahead (heavy ball)", "x", "m_t in place of g_t + beta1 m_t",
            lambda play: play.put(nu=1.0, kap=0.0) if named(play, "nesterov") else None),
    Variant("average in the momentum", "m", "beta1 m_{t-1} + (1 - beta1) g_t",
            momentum(lambda play, b: play.put(nu=1 - b))),
    Variant("dampening that spares the first step", "m", "beta1 m_{t-1} + (1 - beta1) g_t, but m_1 = g_1",
            momentum(lambda play, b: play.put(nu=np.where(play.k.t == 1, 1.0, 1 - b)))),
    Variant("step size inside the momentum", "m", "beta1 m_{t-1} + alpha_t g_t",
            momentum(lambda play, b: play.put(nu=play.k.eta, eta=1.0) if play.k.eta[0] != play.k.eta[-1] else None)),
    Variant("sum in the momentum", "m", "beta1_t m_{t-1} + g_t", averaged(lambda play, method: play.put(nu=1.0))),
    Variant("beta1_{t+1} in m", "m", "beta1_{t+1} in place of beta1_t", late_beta1(1)),
    Variant("beta1_{t-1} in m", "m", "beta1_{t-1} in place of beta1_t", late_beta1(-1)),
    Variant("beta1 and 1 - beta1 exchanged", "m", "(1 - beta1) m_{t-1} + beta1 g_t",
            averaged(lambda play, method: play.put(mu=play.k.nu, nu=play.k.mu))),
    Variant("beta2 and 1 - beta2 exchanged", "v", "(1 - beta2) v_{t-1} + beta2 g_t^2",
            averaged(lambda play, method: play.put(beta=play.k.om, om=play.k.beta))),
    Variant("sign", "x", "a step up the gradient", lambda play: play.times(eta=-1.0)),
    Variant("constant step size", "alpha", "alpha", schedule(np.sqrt, "sqrt")),
    Variant("step size over sqrt(t)", "alpha", "alpha / sqrt(t)", schedule(lambda t: t**-0.5, "constant")),
    Variant("step size of t + 1", "alpha", "alpha_{t+1}", schedule(lambda t: np.sqrt(t / (t + 1)), "sqrt")),
    Variant("step size of t - 1", "alpha", "alpha_{t-1}, from t = 2 on",
            schedule(lambda t: np.sqrt(t / np.maximum(t - 1, 1)), "sqrt")),
    Variant("v begins at 0.1", "v", "v_0 = 0.1", begins(v=lambda g: 0 * g + 0.1)),
    Variant("m and v begin at 1e-6", "v", "m_0 = v_0 = 1e-6",
            begins(m=lambda g: 0 * g + 1e-6, v=lambda g: 0 * g + 1e-6)),
    Variant("v begins at 1e-6", "v", "v_0 = 1e-6", begins(v=lambda g: 0 * g + 1e-6)),
    Variant("v begins at 1", "v", "v_0 = 1", begins(v=lambda g: 0 * g + 1.0)),
    Variant("v begins at g_1^2", "v", "v_0 = g_1^2", begins(v=lambda g: g * g)),
    Variant("m begins at g_1", "m", "m_0 = g_1", begins(m=lambda g: g)),
    Variant("m and v begin at g_1", "v", "m_0 = g_1 and v_0 = g_1^2", begins(m=lambda g: g, v=lambda g: g * g)),
    Variant("gradient clipped to [-1, 1]", "g", "its coordinates in [-1, 1]", fed(lambda g: np.clip(g, -1, 1))),
    Variant("gradient clipped to length 1", "g", "g_t / max(|g_t|, 1)", fed(unit)),
)  # fmt: skip

#: What may explain a small rest, where nothing else is: the comparison is by the tolerance of single precision then.
SINGLE = Variant("single precision", "numbers", "round-off of single precision, somewhere in the state or the schedule",
                 lambda play: play)  # fmt: skip

#: Values that programs have as defaults where the paper, or the question, has another.
DEFAULTS: dict[str, tuple[float, ...]] = {
    "beta1": (0.0, 0.5, 0.9, 0.95, 0.99),
    "beta2": (0.9, 0.95, 0.99, 0.999, 0.9999),
    "eps": (0.0, 1e-16, 1e-15, 1e-12, 1e-10, 1e-8, 1e-7, 1e-6, 1e-5, 1e-3),
    "weight_decay": (1e-4, 1e-2),
    "lam": (1.0,),
    "threshold": (4.0, 5.0),
    "clip": (0.0, 0.25),
}


def known(method: Method, alpha: float | None = None, everything: bool = False) -> Iterator[Variant]:
    """Yield the variants that a method has: those of the table, other parameters, and other methods of the library.

    Parameters
    ----------
    method : Method
    alpha : float, optional
        The step size that the program's first steps suggest.
    everything : bool
        Whether to give the whole table, of which the method may have more with other parameters.
    """
    play, given = Play.of(method, 3), method.parameters()
    yield from (variant for variant in TABLE if everything or variant.to(play) is not None)
    values = DEFAULTS if alpha is None else {"alpha": (alpha,), **DEFAULTS}
    for name, value in ((name, value) for name, others in values.items() for value in others):
        if name in given and value != given[name]:
            change = _remade(type(method), **{name: value})
            if change(play) is not None:
                yield Variant(f"{name} = {value:.12g}", "parameters", f"{name} = {value:.12g}", change, True)
    for name, cls in Method.known.library.items():
        change = _remade(cls)
        other = change(play) if cls is not type(method) and not cls.entropic else None
        if other is not None and other.method.generic_state:
            yield Variant(f"it is {name}", "x", f"{cls.title} ({cls.source})", change, True)


def _remade(cls: type[Method], **values: float) -> Change:
    """Make the method of another class, or with another parameter; parameters are kept where both have them."""

    def change(play: Play) -> Play | None:
        kind = type(play.method) if values else cls
        given = {**play.method.parameters(), **values}
        try:
            method = kind(**{name: value for name, value in given.items() if name in kind.declared()})
        except InputError:
            return None
        return Play.of(method, len(play.k.t))

    return change


def chosen(names: Any, method: Method) -> tuple[Variant, ...]:
    """Return the variants that are allowed, by name.

    Raises
    ------
    InputError
        For a name of none, with the nearest.
    """
    names = tuple(names) if isinstance(names, Iterable) and not isinstance(names, str) else names
    if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
        raise InputError(f"allow={shown(names)} is no list of names; give names such as ['eps inside the root'].")
    there = {variant.name: variant for variant in known(method)}
    there[SINGLE.name] = SINGLE
    every = {**{variant.name: variant for variant in TABLE}, **there}
    for name in names:
        if name not in every:
            raise unknown_name("variant", name, every)
    return tuple(there[name] for name in names if name in there)


def changes(variants: tuple[Variant, ...]) -> Callable[[Play], Play | None]:
    """Return the function that makes several changes, those that rebuild the method first."""
    lines = (variant for variant in variants if variant is not SINGLE)
    ordered = sorted(lines, key=lambda variant: (not variant.rebuilds, not variant.name.startswith("it is")))

    def change(play: Play) -> Play | None:
        made: Play | None = play
        for variant in ordered:
            made = variant.to(made) if made is not None else None
        return made

    return change
