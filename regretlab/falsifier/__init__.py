r"""falsify(): search small online convex problems for one that violates a bound or keeps average regret from zero.

The problems are periodic losses on [-1, 1], linear or with one kink; finite sums visited in a fixed order are among
them. Every horizon can be replayed in interval arithmetic, and so what is found is a certificate, not an impression.
Losses drawn at random have no such certificate and are left out.
"""

from __future__ import annotations

import time
from pathlib import Path

from regretlab.algorithms import Algorithm
from regretlab.bounds import Bound
from regretlab.claims import checkers
from regretlab.claims.arithmetic.balls import Undecided
from regretlab.claims.language.verdict import Rejected
from regretlab.falsifier._conjectures import Conjecture, first_violation
from regretlab.falsifier._controls import failures, play_controls
from regretlab.falsifier._definitions import blamed, define
from regretlab.falsifier._instance import Instance
from regretlab.falsifier._outcome import CLAIM, Falsification, Proof
from regretlab.falsifier._questions import conjecture as asked
from regretlab.falsifier._search import Best, Spent, search
from regretlab.falsifier._shrink import rounded, shrink
from regretlab.methods import Method
from regretlab.parameters import number, path_of
from regretlab.system.progress import progress_bar

__all__ = ["CLAIM", "Falsification", "Instance", "falsify", "first_violation"]


def falsify(
    algorithm: str | Algorithm | Method,
    bound: str | Bound | None = None,
    *,
    budget: float = 60.0,
    candidates: int | None = None,
    seed: int = 0,
    file: str | Path | None = None,
    progress: bool = False,
) -> Falsification:
    r"""Search for periodic losses on which ``bound`` is violated, or average regret does not vanish.

    What is played is the method's own ``step`` where it has one, as the array engine makes it; a step that interval
    arithmetic cannot follow has no certificate, which the outcome says.

    Candidates are losses on [-1, 1] of a short period, linear (:math:`c_t x`) or, where a bound is asked about, with
    one kink (:math:`\max\{l_t (x - a_t), r_t (x - a_t)\}`), a start :math:`x_1`, and values of alpha, beta1, beta2 and
    lam where ``algorithm`` leaves them free. They are scored on the second half of the rounds,

    .. math:: \max_{T/2 < t \le T} \frac{R(t)}{\text{bound}(t)} \qquad\text{or}\qquad
        \frac{R(T) - R(T/2)}{G\,T/2} \text{ less that of the controls,}

    by differential evolution over one period and horizon after another. A candidate that does enough is rounded to
    fractions and shrunk while it still refutes the conjecture and both negative controls (SGD and AMSGrad with their
    true bounds) hold on it; the checker of :mod:`regretlab.claims` then has to accept its certificate: a replay of the
    run in intervals up to the first violation, or the drift of Adam's iterate over a period.

    Parameters
    ----------
    algorithm : str, Algorithm or Method
        A name such as ``"adam"``, or ``"adam(beta1=0.9, beta2=0.999)"``: what is given is held, exactly as written.
        ``eps`` is 0 unless given (where it may be), other parameters have their defaults. A method of yours is found
        by its class's name; an optimiser of optax or PyTorch (:func:`regretlab.methods.from_torch`) is played as it is,
        without a certificate.
    bound : str or Bound, optional
        By default the conjecture is :math:`R(T)/T \to 0`. The contrary has a certificate for Adam with constant beta1,
        eps = 0 and alpha_t = alpha / sqrt(t); for other methods the best candidate is only reported.
    budget : float in (0, inf)
        Seconds of search. What is found depends on how many candidates were tried in them.
    candidates : int, optional
        The number of candidates in place of ``budget``: the same on every machine. Checked once per generation.
    seed : int in [0, inf)
    file : path, optional
        A Python file that defines your method or bound; it is run first, and copied to the claim, which
        needs it.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Falsification
        ``certified``, ``text()``, ``proof``, ``record``; ``write(folder)`` writes the claim file, its certificate, a
        figure and the figure's data. Ctrl-C ends the search early and keeps what was found.

    Raises
    ------
    InputError
        For an unknown algorithm or bound, a bound that cannot be violated by the certificates there are, or a method
        whose numbers are others when it is played again.

    References
    ----------
    Reddi, Kale & Kumar (2018), Theorems 1-2; the drift lemma is in :mod:`regretlab.claims.checkers.drift`.

    Examples
    --------
    >>> found = falsify("adam(beta1=0)", candidates=2000)
    >>> found.certified, found.proof.outcome.verdict, len(found.proof.instance.losses)
    (True, 'refuted', 3)
    """
    number("seed", seed, "[0, inf)", integer=True)
    number("budget", budget, "(0, inf)")
    if candidates is not None:
        number("candidates", candidates, "[1, 1e12]", integer=True)
    definitions = None if file is None else path_of("file", file)
    if definitions is not None:
        define(definitions)
    with blamed(definitions):
        conjecture = asked(algorithm, bound)
    with progress_bar("0 candidates", 100, progress, "{desc} {percentage:3.0f}%|{bar}|") as bar:

        def report(share: float) -> None:
            bar.set_description_str(f"{spent.tried} candidates, best {best.score:.3g}", refresh=False)
            bar.update(100 * share - bar.n)

        spent, best = Spent(budget, candidates, report), Best()
        with blamed(definitions):
            return _hunt(conjecture, seed, spent, best, definitions)


def _hunt(conjecture: Conjecture, seed: int, spent: Spent, best: Best, definitions: Path | None) -> Falsification:
    """Search until an instance is certified or nothing of the budget is left; an interruption keeps what there is."""
    smallest: tuple[Instance, int] | None = None
    discarded: list[str] = []
    found: Proof | None = None
    uncertified, interrupted = "", False
    try:
        for candidate, rounds in search(conjecture, seed, spent, best):
            instance = rounded(conjecture, candidate, rounds)
            if instance is None:
                continue
            if broken := _broken(conjecture, instance, rounds):
                discarded.append(broken)
                continue
            for smaller in shrink(conjecture, instance, rounds):
                smallest = smaller, rounds
            if smallest is not None:
                found, uncertified = _proof(conjecture, *smallest)
            if found is not None:
                break
    except KeyboardInterrupt:
        interrupted = True
        if found is None and smallest is not None:
            found, uncertified = _proof(conjecture, *smallest)
    return Falsification(
        conjecture, found, best.score, best.instance, tuple(discarded), uncertified, spent.tried,
        time.perf_counter() - spent.began, interrupted, definitions,
    )  # fmt: skip


def _broken(conjecture: Conjecture, instance: Instance, rounds: int) -> str:
    """Say which control fails on an instance; empty where both hold."""
    controls = play_controls(conjecture.subject, [instance], rounds)
    failed = [c for c, fails in zip(controls, failures(controls)[:, 0], strict=True) if fails]
    words = ", ".join(f"{control.title} exceeds {control.bound.id}" for control in failed)
    losses = ", ".join(map(str, instance.losses))
    return f"losses ({losses}): {words}, which is true, so that the search or the problem is broken" if words else ""


def _proof(conjecture: Conjecture, instance: Instance, rounds: int) -> tuple[Proof | None, str]:
    """Return the certificate, if the ledger's checker accepts it and it is about the simulated run; else why not."""
    try:
        instance = conjecture.cut(instance, rounds)
        statement, form, body = conjecture.certificate(instance, rounds)
        proof = Proof(instance, statement, form, body, checkers.check(statement, form, body))
        if conjecture.agrees(instance, statement):
            return proof, ""
        return None, f"{conjecture.subject.name} does something else in intervals, or when it is played again"
    except (Rejected, Undecided) as error:
        return None, str(error)
