"""Whether a program is the algorithm of the paper that it cites, and which line it departs from."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from regretlab.errors import InputError
from regretlab.methods import Method
from regretlab.parameters import number, one_of
from regretlab.testing._candidates import Candidate
from regretlab.testing._gradients import Batch, recorded, standard
from regretlab.testing._play import Play, differs, path, tolerance
from regretlab.testing._report import Conformance, Difference
from regretlab.testing._variants import SINGLE, Variant, changes, chosen, known, of_paper

Array = np.ndarray
#: How much further off a variant may seem while it is compared by the paper's tolerances, which need not be its own.
ROUGHLY = 1e4


def check_optimizer(
    candidate: Any,
    method: Any,
    *,
    allow: Any = (),
    gradients: Any = None,
    start: Any = None,
    dtype: str = "float64",
    name: str | None = None,
    seed: int = 0,
    on_fail: str | None = "raise",
    **options: Any,
) -> Conformance:
    r"""Check that an optimiser is the algorithm of a paper, and say which line it departs from where it is not.

    The optimiser and the paper's method (the one that this library simulates) are fed the same gradients from the same
    first iterate: random, fading, growing, Reddi's, sparse, alternating, constant, zero, huge and tiny ones and some
    about the size of eps; no problem is simulated. Where the iterates differ by more than round-off, the known
    departures (:func:`rl.testing.variants`) are tried, one and two at a time.

    Parameters
    ----------
    candidate : object
        An optimiser of optax, a class of PyTorch's protocol, a method, or a function ``step(x, g, state)``; see
        :class:`rl.testing.Candidate`.
    method : str or Method
        The paper's, such as ``"adam(alpha=1e-3)"``, with the parameters that the optimiser was given.
    allow : list of str
        Names of departures that are no failure, such as ``["eps inside the root"]``.
    gradients : array (T, d) or (R, T, d), or a list of such, optional
        Recorded sequences, which are compared too.
    start : array (d,), optional
        The first iterate of recorded ones, by default 0.
    dtype : {"float64", "float32"}
        Of the numbers that the optimiser is given.
    name : str, optional
        Of the optimiser in the report.
    seed : int in [0, inf)
        Of the random sequences.
    on_fail : {"raise", "warn", None}
        Raise an AssertionError, warn, or only return the report.
    **options
        Keywords of a class, such as ``lr=1e-3``.

    Returns
    -------
    Conformance

    Raises
    ------
    AssertionError
        For an optimiser that is another algorithm, with the first step, the coordinate, the two values and the lines
        that explain the difference.
    InputError
        For what cannot be played, an unknown method or an unknown variant.

    Notes
    -----
    Every coordinate may differ by

    .. math:: \tau_t = 64 \max_{s \le t}\Big(\max_{i \le 3} |x^{(i)}_s - x_s| + u\,|x_s|\Big),

    where the runs :math:`x^{(i)}` of the paper's method have each gradient, each number of the state in each step and
    each parameter moved by one unit of round-off, :math:`u = 2^{-52}` or :math:`2^{-23}`, at random. Programs of the
    same formulas are backward stable: each of their steps is the exact step of numbers moved so, some ten times, and in
    48 steps errors that partly cancel in the three runs may add up. So a rounded :math:`1 - \beta_2^t` is allowed its
    thousandfold error, and nothing else is. Infinite values and nan have to be the same.

    References
    ----------
    Higham (2002), "Accuracy and stability of numerical algorithms", Section 1.5, on backward errors.

    Examples
    --------
    >>> import numpy as np
    >>> def adam(x, g, state, alpha=0.1, beta1=0.9, beta2=0.999, eps=1e-8):
    ...     t, m, v = state or (0, 0, 0)
    ...     t, m, v = t + 1, beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    ...     return x - alpha * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + eps), (t, m, v)
    >>> print(check_optimizer(adam, "adam(alpha=0.1)", allow=["eps inside the root"]).verdict)
    allowed
    >>> check_optimizer(adam, "adam(alpha=0.1)")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    AssertionError: adam is not adam(alpha=0.1, schedule='constant') of Kingma & Ba 2015, Alg. 1.
    First difference: step ... of the random gradients, coordinate ...
    Explained by eps inside the root: sqrt(v_hat_t + eps), where the paper has x_{t+1} = x_t - alpha_t m_hat_t /
    (sqrt(v_hat_t) + eps) (Kingma & Ba 2015, Alg. 1, line 7 of the loop).
    """
    one_of("on_fail", on_fail if on_fail is not None else "report", ("raise", "warn", "report"))
    judged = Candidate(candidate, method, allow, dtype, name, options)
    report = judge(judged, [*batches(judged, seed), *_recorded(gradients, start, dtype)])
    if on_fail == "raise":
        report.raise_if_different()
    elif on_fail == "warn" and report.verdict == "different":
        warnings.warn(str(report), stacklevel=2)
    return report


def batches(candidate: Candidate, seed: int = 0) -> list[Batch]:
    """Return the standard sequences for a candidate, without those that its paper's method cannot play.

    Huge gradients are such for methods that solve with a matrix of them.
    """
    method = candidate.paper()
    whole = standard(method, candidate.dtype, int(number("seed", seed, "[0, inf)", integer=True)))
    if _can_play(method, whole):
        return [whole]
    names = [name for name in whole.names if _can_play(method, whole.only(name))]
    rows = [whole.names.index(name) for name in names]
    return [Batch(tuple(names), whole.x[rows], whole.g[rows])]


def _can_play(method: Method, batch: Batch) -> bool:
    try:
        return bool(np.isfinite(path(Play.of(method, batch.g.shape[1]), batch)).all())
    except (np.linalg.LinAlgError, InputError):
        return False


def _recorded(given: Any, start: Any, dtype: str) -> list[Batch]:
    return [] if given is None else list(recorded(given, start, dtype))


class Compared(NamedTuple):
    """A batch with what the candidate makes of it, what the paper's method does, and what they may differ by."""

    play: Play
    batch: Batch
    found: Array
    expected: Array
    allowed: Array


def judge(candidate: Candidate, given: list[Batch]) -> Conformance:
    """Compare a candidate with its paper's method on batches of sequences."""
    method, play = candidate.paper(), candidate.player()
    allowed = chosen(candidate.allow, method)
    compared = [_compared(method, candidate, batch, play(batch)) for batch in given]
    differences = tuple(sorted((d for c in compared for d in _differences(c)), key=lambda d: d.step))
    explanation: tuple[Variant, ...] = ()
    verdict = "same"
    if differences:
        explanation = next(_explanations(method, candidate, compared, allowed), ())
        names = {variant.name for variant in allowed}
        verdict = "allowed" if explanation and {v.name for v in explanation} <= names else "different"
    largest = max(_largest(c) for c in compared)
    sequences = tuple(name for c in compared for name in c.batch.names)
    steps = max(c.batch.g.shape[1] for c in compared)
    return Conformance(str(candidate.name), method, verdict, largest, differences, explanation, sequences, steps)


def _compared(method: Method, candidate: Candidate, batch: Batch, found: Array) -> Compared:
    play = Play.of(method, batch.g.shape[1])
    expected = path(play, batch)
    by = tolerance(method, lambda moved: moved, batch, expected, candidate.dtype)
    return Compared(play, batch, found, expected, by)


def _differences(c: Compared) -> Iterator[Difference]:
    """Yield the first difference of each sequence that has one."""
    off = differs(c.found, c.expected, c.allowed)
    for r in np.flatnonzero(off.any(axis=(1, 2))):
        t = int(np.argmax(off[r].any(axis=1)))
        i = int(np.argmax(off[r, t]))
        values = (float(a[r, t, i]) for a in (c.found, c.expected, c.allowed))
        yield Difference(c.batch.names[r], t, i, *values)


def _largest(c: Compared) -> float:
    """Return the largest relative difference; infinite where only one of the two is a number."""
    with np.errstate(all="ignore"):
        size = np.fmax.accumulate(np.fmax(np.abs(c.found), np.abs(c.expected)), axis=1)
        off = np.abs(c.found - c.expected) / size
    off = np.where((c.found == c.expected) | (np.isnan(c.found) & np.isnan(c.expected)), 0.0, off)
    return float(np.nan_to_num(off, nan=np.inf).max())


def _explanations(
    method: Method, candidate: Candidate, compared: list[Compared], allowed: tuple[Variant, ...]
) -> Iterator[tuple[Variant, ...]]:
    """Yield the sets of variants that explain a candidate: allowed ones first, then fewest and best known first."""
    subsets = [some for size in range(len(allowed) + 1) for some in combinations(allowed, size)]
    every = tuple(known(method, _step_size(method, compared[0]), everything=True))
    precise = candidate.dtype != "float32" and SINGLE not in allowed
    for rest, most in (((), 2), ((SINGLE,), 1)) if precise else (((), 2),):
        for more in range(most + 1):
            for some in subsets:
                others = [v for v in every if v.name not in {a.name for a in some}]
                for added in combinations(others, more):
                    tried = (*some, *added, *rest)
                    if tried and explains(tried, method, candidate, compared):
                        yield tried


def explains(variants: tuple[Variant, ...], method: Method, candidate: Candidate, compared: list[Compared]) -> bool:
    """Say whether a method with some of its lines changed is the candidate up to round-off, on all sequences."""
    if not any(np.isfinite(c.found[:, 1:]).any() for c in compared):
        return False  # what is never a number is like every formula that divides by 0
    change = changes(variants)
    dtype = "float32" if SINGLE in variants else candidate.dtype
    roughly = ROUGHLY * (float(np.finfo(dtype).eps) / float(np.finfo(candidate.dtype).eps))
    plays = [change(c.play) for c in compared]
    if not all(play is not None and _roughly(play, c, roughly) for play, c in zip(plays, compared, strict=True)):
        return False
    for play, c in zip(plays, compared, strict=True):
        there = path(play, c.batch)  # type: ignore[arg-type]
        by = tolerance(method, lambda moved: change(moved) or moved, c.batch, there, dtype)
        if differs(c.found, there, by).any():
            return False
    return True


def _roughly(play: Play, c: Compared, factor: float) -> bool:
    """Play until the first clear difference, which most wrong explanations have in the first steps."""
    for t, x in enumerate(play.iterates(c.batch)):
        if differs(c.found[:, t], x, factor * c.allowed[:, t] + 1e-6 * np.abs(x)).any():
            return False
    return True


def _step_size(method: Method, c: Compared) -> float | None:
    """Return the step size that the candidate's first moves suggest, if it is another one than the method's."""
    alpha = getattr(method, "alpha", None)
    still = (c.batch.x == 0).all(axis=1)  # no decay moves these
    with np.errstate(all="ignore"):
        ratios = (c.found[still, 1] / c.expected[still, 1]).ravel()
    ratios = ratios[np.isfinite(ratios) & (ratios > 0)]
    if alpha is None or not ratios.size:
        return None
    ratio = float(np.median(ratios))
    if abs(ratio - 1) < 1e-9:
        return None
    return float(f"{alpha * ratio:.12g}")


def variants(method: Any) -> Any:
    """Return the table of the departures that are tried for a method, one a row.

    Parameters
    ----------
    method : str or Method

    Returns
    -------
    pandas.DataFrame
        Columns ``variant`` (the name, as in ``allow``), ``instead`` (what the program does) and ``line`` (the paper's).

    Raises
    ------
    InputError
        For an unknown method.

    Examples
    --------
    >>> table = variants("amsgrad")
    >>> table[table.variant == "bias correction before the maximum"].line.item()
    'v_hat_t = max(v_hat_{t-1}, v_t) (Reddi, Kale & Kumar 2018, Alg. 2, line 4 of the loop)'
    """
    import pandas as pd

    made = Candidate("adam", method).paper()
    rows = [(v.name, v.instead, of_paper(v, made)) for v in known(made)]
    return pd.DataFrame(rows, columns=["variant", "instead", "line"])
