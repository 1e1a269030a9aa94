"""The named algorithms of the papers: pairs of a method and a sampler.

``AdamCB(gamma=0.4, alpha=0.1)`` sorts its arguments into the method's and the sampler's; ``parse`` reads the same from
text, and joins any method with any sampler: ``"amsgrad+adambs(p_min=1e-4)"``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from regretlab import methods, samplers, spelling
from regretlab.errors import InputError, unknown_name, unknown_parameter
from regretlab.methods import Method
from regretlab.parameters import number
from regretlab.samplers import Sampler


@dataclass(frozen=True)
class Algorithm:
    """A method, a sampler and a batch size.

    Attributes
    ----------
    name : str
        The text that made it, such as ``"adamcb(gamma=0.4)"``.
    method : Method
    sampler : Sampler or None
        None leaves the order to the problem: cyclic on Reddi's example, uniform elsewhere.
    batch_size : int or None
        K; None takes the problem's own.
    """

    name: str
    method: Method
    sampler: Sampler | None = None
    batch_size: int | None = None


@dataclass(frozen=True)
class Named:
    """A paper's algorithm: called with hyper-parameters, it gives an :class:`Algorithm`."""

    name: str
    title: str
    source: str
    method: type[Method]
    sampler: type[Sampler] | None = None
    variants: tuple[str, ...] = ()

    def __call__(self, **parameters: Any) -> Algorithm:
        """Make the algorithm with these hyper-parameters; unknown ones are an error that names the closest."""
        if "variant" in parameters and self.variants:
            return _variant(self, parameters)
        spelled = spelling.spell(self.name, parameters)
        rest = dict(parameters)
        batch_size = rest.pop("batch_size", None)
        method = _build(self.method, rest)
        sampler = None if self.sampler is None else _build(self.sampler, rest)
        if rest:
            raise unknown_parameter(self.name, next(iter(rest)), self.parameters())
        return Algorithm(spelled, method, sampler, _batch_size(batch_size))

    def parameters(self) -> list[str]:
        """Return the names of all hyper-parameters."""
        own = [*self.method.declared(), *(self.sampler.declared() if self.sampler else ()), "batch_size"]
        return [*own, "variant"] if self.variants else own


def _variant(named: Named, parameters: dict[str, Any]) -> Algorithm:
    rest = dict(parameters)
    variant = rest.pop("variant")
    if variant not in named.variants:
        raise InputError(f"variant={variant!r} is not one of {', '.join(map(repr, named.variants))} ({named.name}).")
    return (named if variant == "printed" else ALGORITHMS[f"{named.name}_{variant}"])(**rest)


def _build(kind: type[Any], rest: dict[str, Any]) -> Any:
    """Make a ``kind`` from its own arguments, which are taken out of ``rest``."""
    return kind(**{name: rest.pop(name) for name in kind.declared() if name in rest})


def _batch_size(value: Any) -> int | None:
    return None if value is None else int(number("batch_size", value, "[1, inf)", integer=True))


def _alone(kind: type[Method]) -> Named:
    """Make an algorithm of a method without a sampler of its own."""
    return Named(kind.name, kind.title, kind.source, kind)


globals().update({kind.__name__: _alone(kind) for kind in Method.known.library.values()})
AdamBS = Named("adambs", "AdamBS (original)", "Liu, Wu & Mozafari 2020, Alg. 1-2", methods.Adam, samplers.AdamBS)
AdamBSCorrected = Named(
    "adambs_corrected", "AdamBS, corrected", "Kim & Oh 2025, App. D, Alg. 4-5 (reconstructed)", methods.AdamX,
    samplers.AdamBSCorrected,
)  # fmt: skip
AdamCB = Named(
    "adamcb", "AdamCB (as printed)", "Kim & Oh 2025, Alg. 1-3 and 6 (partly reconstructed)", methods.AdamX,
    samplers.AdamCB, variants=("printed", "ours"),
)  # fmt: skip
AdamCBOurs = Named(
    "adamcb_ours", "AdamCB, ours", "unbiased AdamCB with a KL mirror step, on AMSGrad", methods.AMSGrad,
    samplers.AdamCBOurs,
)  # fmt: skip
AMSGradBS = Named("amsgrad_bs", "AMSGrad-BS", "Liu, Wu & Mozafari 2020, App. D", methods.AMSGrad, samplers.AdamBS)
AdamIMPT = Named("adam_impt", "Adam-IMPT", "Katharopoulos & Fleuret 2018, Alg. 1", methods.Adam, samplers.IMPT)
AdamAPT = Named("adam_apt", "Adam-APT", "Namkoong et al. 2017, in AdamBS's Table 1", methods.Adam, samplers.APT)
AdamUNI = Named("adam_uni", "Adam-UNI", "Namkoong et al. 2017, in AdamBS's Table 1", methods.Adam, samplers.UNI)

#: The library's algorithms by their names in strings and study files: every method alone, and the pairs.
ALGORITHMS: dict[str, Named] = {a.name: a for a in list(vars().values()) if isinstance(a, Named)}
Method.known.reserve(name for name, a in ALGORITHMS.items() if a.sampler)


def __getattr__(name: str) -> Named:
    """Return the algorithm of a user's method by the name of its class: ``rl.algorithms.Panther(alpha=0.1)``."""
    return _alone(Method.known.of_class(name))


def parse_all(texts: Sequence[str | Algorithm | Method]) -> list[Algorithm]:
    """Read several algorithms, none of which may be given twice."""
    parsed = [parse(text) for text in texts]
    names = [a.name for a in parsed]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"the algorithm {name!r} is given twice; list every algorithm once.")
    return parsed


def parse(text: str | Algorithm | Method) -> Algorithm:
    """Read an algorithm written ``NAME(key=value, ...)`` or ``METHOD(...)+SAMPLER(...)``; objects pass through.

    A method by itself is an algorithm that leaves the order to the problem.

    Examples
    --------
    >>> parse("adamcb(gamma=0.4, alpha=0.1)").sampler.gamma
    0.4
    >>> parse("amsgrad+uniform(replacement=False)").name
    'amsgrad+uniform(replacement=False)'
    """
    if isinstance(text, Algorithm):
        return text
    if isinstance(text, Method):
        return Algorithm(text.spelling, text)
    if not isinstance(text, str):
        raise InputError(f"{text!r} is not an algorithm; use a name such as 'adam' or rl.algorithms.Adam(alpha=0.1).")
    parts = spelling.parse(text)
    (name, arguments), *others = parts
    if not others:
        return named(name)(**arguments)
    if len(others) > 1:
        raise InputError(f"{text!r} joins {len(parts)} parts; write one method + one sampler, as in 'amsgrad+adambs'.")
    if name not in Method.known:
        raise unknown_name("method", name, Method.known)
    sampler_name, sampler_arguments = others[0]
    if sampler_name not in Sampler.known:
        raise unknown_name("sampler", sampler_name, Sampler.known)
    kinds = Method.known[name], Sampler.known[sampler_name]
    pair = Named(name, text, "a pair made by its user", *kinds)
    both = set(arguments) & set(sampler_arguments)
    if both:
        raise InputError(f"{text!r} sets {', '.join(sorted(both))} twice; give every parameter once.")
    for part, kind, given in (
        (name, pair.method, arguments),
        (sampler_name, Sampler.known[sampler_name], others[0][1]),
    ):
        for key in given:
            if key not in pair.parameters():
                raise unknown_parameter(part, key, [*kind.declared(), "batch_size"])
    made = pair(**arguments, **sampler_arguments)
    return Algorithm(text, made.method, made.sampler, made.batch_size)


def named(name: str) -> Named:
    """Return the named algorithm, a user's own method by its class's name, or the error with the closest name."""
    if name in ALGORITHMS:
        return ALGORITHMS[name]
    if name in Method.known:
        return _alone(Method.known[name])
    raise unknown_name("algorithm", name, {*ALGORITHMS, *Method.known})


def placed(what: str, given: Any, known: Sequence[str], algorithms: Sequence[str]) -> str:
    """Return the first argument of a question about a result, if it is known; it may be the algorithm by mistake.

    Parameters
    ----------
    what : str
        What the argument is: the kind of regret, the bound.
    given : str
    known : sequence of str
        What it may be.
    algorithms : sequence of str
        Those of the result, which the question names second.
    """
    if not isinstance(given, str):
        raise unknown_name(what, given, known)
    if given in known:
        return given
    method = given.split("(")[0]
    if method not in ALGORITHMS and given not in algorithms:
        raise unknown_name(what, given, known)
    example = next((name for name in known if name.startswith(f"{method}.")), known[0])
    raise InputError(
        f"{given!r} is an algorithm, where the first argument is the {what}, such as {example!r}; name the algorithm "
        f"as algorithm={given!r}."
    )
