"""Paper: where a file of claims writes them down, one call per claim."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from regretlab.claims import statements as s
from regretlab.claims.language.binding import written
from regretlab.claims.language.definitions import Definition
from regretlab.claims.language.rationals import counted, number
from regretlab.claims.language.sequences import Sequence as Entries
from regretlab.claims.language.terms import Relation, Term, integer, term
from regretlab.claims.statements.claim import Claim, check_id, refuse
from regretlab.errors import InputError

#: The arguments that every kind of claim takes in addition to its statement.
DETAILS = ("at", "uses", "exports", "expect", "corrected", "changes", "source", "repaired_by", "bounds", "note")


def inequality(*, show: Relation, given: Sequence[Relation] = ()) -> s.Statement:
    """State that ``given`` imply ``show``, relations or Boolean combinations of them, for all reals."""
    s.of_reals("an inequality", show, *given)
    return s.Inequality(tuple(given), show)


def scalar(*, f: Any, x: Term, a: Any, b: Any) -> s.Statement:
    """State ``f >= 0`` for ``x`` in [``a``, ``b``], which may be ``"-oo"`` and ``"oo"``, with exp, log and roots."""
    low = None if a in (None, "-oo") else number(a, "a")
    high = None if b in (None, "oo") else number(b, "b")
    s.of_reals("a scalar claim", f, x)
    return s.Scalar(term(f), x, low, high)


def ladder(*, f: Term, x: Term, start: Any, given: Sequence[Relation] = ()) -> s.Statement:
    """State ``f >= 0`` under ``given`` in several symbols, along ``x`` from ``start``, where f is smallest."""
    s.of_reals("a ladder", f, x, start, *given)
    return s.Ladder(tuple(given), f, x, term(start))


def series(*, term: Callable[[Term], Any], bound: Callable[[Term], Any], first: int = 1) -> s.Statement:
    """State ``sum_{t=first}^N term(t) <= bound(N)`` for all N >= first."""
    from regretlab.claims.language.terms import term as as_term

    t = integer("t")
    found = as_term(term(t)), as_term(bound(t))
    s.of_reals("a series", *found)
    return s.Series(*found, t, counted(first, "first", -(10**6)))


def recursion(*, closed: Callable[..., Any], rec: Callable[..., Any], start: Any = 0, first: int = 0) -> s.Statement:
    """State that ``closed(t)`` solves ``rec(s, t)`` from ``start`` at ``first``, for every t > first."""
    return s.Recursion(closed, rec, start, counted(first, "first", -(10**6)))


def finite(*, cases: Callable[[], Sequence[Mapping[str, Any]]], holds: Callable[..., bool]) -> s.Statement:
    """State ``holds(**case)`` for every case of the finite list ``cases()``."""
    return s.Finite(cases, holds)


def units(*, terms: Mapping[str, Any], weights: Mapping[Term, Any], degree: Any) -> s.Statement:
    """State that all ``terms`` scale like ``degree`` under ``weights``."""
    s.of_reals("a claim about units", *terms.values())
    return s.Units(
        {n: term(e) for n, e in terms.items()},
        {k: number(w, f"the weight of {k}") for k, w in weights.items()},
        number(degree, "degree"),
    )


def order(*, terms: Mapping[str, Any], T: Term, at_most: Any, logs: Any = 0) -> s.Statement:
    """State that all ``terms`` are O(``T ** at_most * log(T) ** logs``); with ``logs="any"`` up to logarithms."""
    try:
        power = None if isinstance(logs, str) and logs == "any" else number(logs, "logs")
    except InputError as error:
        raise InputError(f'{str(error).rstrip(".")}, or "any" if logarithms do not count.') from None
    s.of_reals("an order", T, *terms.values())
    return s.Order({n: term(e) for n, e in terms.items()}, T, number(at_most, "at_most"), power)


def no_regret(*, m: int, beta1: Any, beta2: Sequence[Any]) -> s.Statement:
    """State that Adam's average regret vanishes on every ``m``-periodic linear loss."""
    return s.NoRegret(counted(m, "m", 2), number(beta1, "beta1"), tuple(number(b, "beta2") for b in beta2))


def regret_bound(*, losses: Sequence[Any], algorithm: str, bound: str, horizon: int, start: Any = 1) -> s.Statement:
    """State that ``bound`` holds for ``algorithm`` on periodic ``losses``, each a slope or (left, right, at)."""
    given = (
        s.Kink(*(number(v, "a loss") for v in c)) if isinstance(c, (list, tuple)) else number(c, "a loss")
        for c in losses
    )
    return s.RegretBound(tuple(given), algorithm, bound, counted(horizon, "horizon", 1), number(start, "start"))


def bandit_regret(*, regret: Callable[..., Any], bound: Callable[..., Any], horizons: Sequence[int]) -> s.Statement:
    """State ``regret(T) <= bound(T)`` for a bandit's exact expected regret on an instance, at the ``horizons``."""
    return s.BanditRegret(regret, bound, tuple(counted(T, "a horizon", 1, 10**9) for T in horizons))


def disagreement(*, here: Any, there: Any, given: Sequence[Relation] = ()) -> s.Statement:
    """State that ``here`` and ``there``, printed for the same quantity, agree; else they are a misprint."""
    s.of_reals("a disagreement", here, there, *given)
    return s.Disagreement(term(here), term(there), tuple(given))


def misprint(*, printed: s.Statement, meant: s.Statement) -> s.Statement:
    """State that ``printed`` is false and ``meant``, the form that is evidently meant, true."""
    s.statements_only("a misprint", (printed, meant))
    return s.Misprint(printed, meant)


def denial(*, statement: s.Statement) -> s.Statement:
    """State that some case violates ``statement``, as the paper asserts."""
    s.statements_only("a denial", (statement,))
    return s.Denial(statement)


def vacuity(*, statement: s.Statement) -> s.Statement:
    """State that the printed bound is never below the trivial one, which the statement says."""
    s.statements_only("a vacuity", (statement,))
    return s.Vacuity(statement)


def both(*, statements: Sequence[s.Statement]) -> s.Statement:
    """State all ``statements``."""
    s.statements_only("both", statements)
    return s.Both(tuple(statements))


def derivation(*, given: Sequence[Relation] = (), show: Relation | None = None) -> s.Statement:
    """State a step from the claims in ``uses``; formal with ``show``, the paper's word without."""
    s.of_reals("a formal step", show, *given)
    return s.Derivation(tuple(given), show)


def theorem(
    *, show: Relation, given: Sequence[Relation] = (), where: Sequence[Any] = (), by: Sequence[Any] = ()
) -> s.Statement:
    """State ``show`` under ``given`` for all indices, reals and sequences.

    An index stands for a natural number from 1, a sum over no terms is 0, a product of no factors 1.

    Parameters
    ----------
    show : relation
        The conclusion; ``forall(t, 1, T, ...)`` around it for one that holds in every round.
    given : sequence of relation
        Hypotheses, quantified or not.
    where : sequence
        Sequences that are defined: by the simulated step (:func:`steps`), one entry after another
        (:func:`recursive`), or by a formula (:func:`define`).
    by : sequence
        Steps of the proof, in order: relations, each of which the search has to show from what is above it, and claims
        that are used (:func:`use`). A relation is shown by real arithmetic from facts at indices where they meet it,
        summand by summand, or by induction on the index that it is quantified over. A sum up to T is therefore said for
        every end, ``forall(n, 1, T, Sum(a[t], (t, 1, n)) <= ...)``, where an induction is meant.
    """
    lemmas = dict.fromkeys(hint.claim for hint in by if isinstance(hint, s.Use))
    return s.Theorem(tuple(given), show, tuple(map(_definition, where)), tuple(map(s.Lemma, lemmas)), tuple(by))


def _definition(value: Any) -> Definition:
    found = value if isinstance(value, Definition) else getattr(value, "definition", None)
    if not isinstance(found, Definition):
        raise InputError(f"{value!r} in 'where' defines no sequence; give one of define(), recursive() or steps().")
    return found


def use(claim: str | Claim, *over: tuple[Term, Any, Any], **terms: Any) -> s.Use:
    """Use a proved claim: with terms in place of its symbols and indices, and functions in place of its sequences.

    Parameters
    ----------
    claim : str or Claim
        Its id; of the same paper without the paper's name.
    over : tuples
        Ranges ``(t, low, high)``: the claim is used for every such t; ``high`` may be None.
    terms
        By the claim's names; one that is left out stands for itself. ``a=lambda t: g[t] ** 2`` is put in for ``a[t]``.

    Examples
    --------
    >>> from regretlab.claims import index, real, sequence
    >>> t, T = index("t T")
    >>> g = sequence("g")
    >>> use("mine.young", (t, 1, T), a=g[t], c=real("c")).over
    ((t, 1, T),)
    """
    given = []
    for name, value in terms.items():
        if isinstance(value, Entries) or (callable(value) and not isinstance(value, Term)):
            count = len(inspect.signature(value).parameters) if not isinstance(value, Entries) else 1
            given.append((name, *written(value, *(f"{name}{k + 1}" for k in range(count)))))
        else:
            given.append((name, (), term(value)))
    for limits in over:
        if not isinstance(limits, tuple) or len(limits) != 3:
            raise InputError(f"{limits!r} of use() is no range (index, first, last); write it like (t, 1, T).")
    ranges = tuple((t, term(low), None if high is None else term(high)) for t, low, high in over)
    return s.Use(claim.id if isinstance(claim, Claim) else claim, ranges, tuple(given))


def words(*, why: str, verdict: str = "unknown") -> s.Statement:
    """State what the text does not allow to be formalised; ``why`` says what is missing."""
    return s.Words(why, verdict)


def _adds(build: Callable[..., s.Statement], expect: str = "proved") -> Callable[..., Claim]:
    """Return the method of :class:`Paper` that adds a claim whose statement ``build`` makes.

    ``expect`` is the verdict that such a claim pins unless told otherwise; empty, it is the one that its words give.
    """

    def method(self: Paper, id: str, latex: str, **details: Any) -> Claim:
        pinned = expect or details.get("verdict", "unknown")
        return self.add(build, id, latex, {"expect": pinned} | details)

    method.__name__, method.__doc__ = build.__name__, (build.__doc__ or "").replace("State", "Claim")
    return method


class Paper:
    r"""The claims of one paper. Every method adds one claim and returns it.

    ``help(regretlab.claims.paper.series)`` and so on say which details a kind takes; every kind also takes ``at``,
    ``uses``, ``exports``, ``expect``, ``corrected``, ``changes``, ``source``, ``repaired_by``, ``bounds`` and ``note``,
    which :class:`Claim` explains.

    Parameters
    ----------
    id : str
        Short name; the claims' ids begin with it.
    title : str
        As a reader would cite it.

    Examples
    --------
    >>> from regretlab.claims import Paper, real
    >>> P = Paper("mine", "My optimiser")
    >>> a, b, c = real("a b c")
    >>> young = P.inequality("young", r"2ab \le ca^2 + b^2/c", at="Lemma 1",
    ...                      given=[c > 0], show=2 * a * b <= c * a**2 + b**2 / c)
    >>> young.id, young.expect
    ('mine.young', 'proved')
    """

    #: Every paper, and the module that made it.
    made: ClassVar[list[tuple[Paper, str]]] = []
    #: Whether a claim that is refused is kept with the reason, as in a file whose other claims are still to be judged.
    keeps: ClassVar[bool] = False

    def __init__(self, id: str, title: str = "") -> None:
        if not isinstance(id, str) or "." in id:
            raise InputError(f"the paper's id {id!r} is not a name without dots; call it something like 'mine'.")
        check_id("paper", id)
        if not isinstance(title, str):
            raise InputError(f"the title {title!r} of the paper {id} is a {type(title).__name__}; give a text.")
        self.id, self.title, self.claims = id, title or id, list[Claim]()
        self.made.append((self, str(sys._getframe(1).f_globals.get("__name__"))))

    def add(self, build: Callable[..., s.Statement], id: str, latex: str, details: dict[str, Any]) -> Claim:
        """Add a claim whose statement ``build`` makes from the details it knows; the rest describe the claim."""
        try:
            claim = self._claim(build, id, latex, dict(details))
        except InputError as error:
            if not self.keeps:
                raise
            claim = self._malformed(id, details.get("at"), latex, str(error))
        self.claims.append(claim)
        return claim

    def _malformed(self, id: Any, at: Any, latex: Any, why: str) -> Claim:
        """Put a malformed claim for one that was refused, under its own id or else under its place in the paper."""
        place = f"claim {len(self.claims) + 1}"
        for name in (id, place):
            with suppress(InputError):
                return Claim(
                    self._free(name), self.title, at if isinstance(at, str) else "",
                    latex if isinstance(latex, str) else "", s.Malformed(why.removeprefix(f"claim {self.id}.{name}: ")),
                )  # fmt: skip
        raise refuse(f"{self.id}.{place}", why.rstrip("."), "rename the claim of that id")

    def _free(self, id: str) -> str:
        """Return the full id of a claim, if no other claim has it."""
        check_id("claim", id)
        full = f"{self.id}.{id}"
        if full.endswith(".corrected"):
            raise refuse(full, "'.corrected' marks the corrected form of a claim", "give the claim another id")
        if any(c.id == full for c in self.claims):
            raise refuse(full, "this id is already taken", "give every claim of a paper its own id")
        return full

    def _claim(self, build: Callable[..., s.Statement], id: str, latex: str, details: dict[str, Any]) -> Claim:
        full = self._free(id)
        try:
            formal = build(**{k: details.pop(k) for k in inspect.signature(build).parameters if k in details})
            corrected = self._corrected(build, full, details.pop("corrected", None), details)
            formal.text()  # what cannot be written down is malformed: an unknown bound, a symbol out of place
        except TypeError as error:
            raise refuse(
                full, str(error).replace("()", ""), f"see help(regretlab.claims.paper.{build.__name__})"
            ) from None
        except InputError as error:
            raise refuse(full, str(error).rstrip("."), "mend the statement") from None
        except (Exception, SystemExit) as error:  # of a function that writes down a formula
            raise refuse(full, f"{type(error).__name__}: {error}", "mend the statement") from None
        try:
            return Claim(full, self.title, details.pop("at", ""), latex, formal, corrected=corrected, **details)
        except TypeError:
            known = [*inspect.signature(build).parameters, *DETAILS]
            odd = ", ".join(sorted(set(details) - set(known)))
            raise refuse(full, f"it has no detail {odd}", f"known ones are {', '.join(known)}") from None

    def _corrected(
        self, build: Callable[..., s.Statement], full: str, given: Any, about: dict[str, Any]
    ) -> Claim | None:
        if given is None:
            return None
        if not isinstance(given, Mapping):
            raise InputError("the corrected form is not a dict of details")
        details = dict(given)
        formal = details.pop("statement", None)
        if formal is None:
            formal = build(**{k: details.pop(k) for k in inspect.signature(build).parameters if k in details})
        latex = details.pop("latex", "")
        return Claim(f"{full}.corrected", self.title, about.get("at", ""), latex, formal, **details)

    inequality = _adds(inequality)
    scalar = _adds(scalar)
    ladder = _adds(ladder)
    series = _adds(series)
    recursion = _adds(recursion)
    finite = _adds(finite)
    units = _adds(units)
    order = _adds(order)
    no_regret = _adds(no_regret)
    regret_bound = _adds(regret_bound)
    bandit_regret = _adds(bandit_regret)
    disagreement = _adds(disagreement, "misprint")
    misprint = _adds(misprint, "misprint")
    denial = _adds(denial)
    vacuity = _adds(vacuity, "vacuous")
    both = _adds(both)
    derivation = _adds(derivation, "follows")
    theorem = _adds(theorem)
    words = _adds(words, "")
