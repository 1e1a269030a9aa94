"""Tests of pytest for optimisers, one for each sequence of gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from unittest import SkipTest

from regretlab.errors import InputError, shown
from regretlab.testing._candidates import Candidate
from regretlab.testing._conformance import batches, judge
from regretlab.testing._gradients import NAMES
from regretlab.testing._report import Conformance

#: What a candidate's failures are expected to be: the reasons by the checks' names.
Expected = Callable[[Candidate], Mapping[str, str]]


def parametrize_with_checks(
    optimizers: Iterable[Any],
    *,
    expected_failed_checks: Expected | None = None,
    xfail_strict: bool | None = None,
) -> Any:
    """Make a test of pytest one test for each optimiser and each sequence of gradients.

    The test takes ``optimizer`` and ``check``, and its body is ``check(optimizer)``. All of them have the marker
    ``conformance``, and what came of them is a table at the end of the session.

    Parameters
    ----------
    optimizers : list of Candidate or of pairs (optimiser, method)
    expected_failed_checks : callable, optional
        Given a candidate, it returns the reasons of the checks that are expected to fail, by their names such as
        ``"check_zero_gradients"``; these are marked ``xfail``.
    xfail_strict : bool, optional
        Whether one of them that passes is a failure; by default as pytest is configured.

    Returns
    -------
    decorator
        pytest's ``mark.parametrize``, with the marker.

    Raises
    ------
    InputError
        For what is neither a candidate nor a pair, or a reason for a check that there is not.

    Examples
    --------
    >>> import regretlab as rl
    >>> @rl.testing.parametrize_with_checks([("adam(alpha=0.1)", "adam(alpha=0.1)")])
    ... def test_conforms(optimizer, check):
    ...     check(optimizer)
    >>> [str(mark.name) for mark in test_conforms.pytestmark]
    ['parametrize', 'conformance']
    """
    try:
        import pytest
    except ImportError:
        raise InputError("parametrize_with_checks needs pytest, which is not installed: pip install pytest.") from None
    rows = []
    for candidate in map(_candidate, optimizers):
        expected = dict(expected_failed_checks(candidate)) if expected_failed_checks else {}
        checks = [Check(name) for name in NAMES]
        if unknown := expected.keys() - {check.__name__ for check in checks}:
            names = ", ".join(check.__name__ for check in checks)
            raise InputError(f"no check is named {shown(min(unknown))}; there are {names}.")
        for check in checks:
            reason = expected.get(check.__name__)
            strict = {} if xfail_strict is None else {"strict": xfail_strict}
            marks = [] if reason is None else [pytest.mark.xfail(reason=reason, raises=AssertionError, **strict)]
            rows.append(pytest.param(candidate, check, id=f"{candidate.name}-{check.__name__}", marks=marks))
    both = pytest.mark.parametrize(("optimizer", "check"), rows)
    return lambda function: pytest.mark.conformance(both(function))


class Check:
    """The comparison of an optimiser with its paper's method on one sequence of gradients."""

    def __init__(self, sequence: str) -> None:
        self.sequence, self.__name__ = sequence, f"check_{sequence.replace(' ', '_')}_gradients"

    def __call__(self, candidate: Candidate) -> None:
        """Raise an AssertionError where they differ there, with what explains it on all sequences."""
        __tracebackhide__ = True
        report = report_of(candidate)
        if self.sequence not in report.sequences:
            raise SkipTest(f"{report.method.name} itself cannot play {self.sequence} gradients")
        found = tuple(d for d in report.differences if d.sequence == self.sequence)
        if found and report.verdict == "different":
            raise AssertionError(report.text(found))


def report_of(candidate: Candidate) -> Conformance:
    """Return a candidate's report on the standard sequences, which is made once."""
    kept = vars(candidate)
    if "_report" not in kept:
        kept["_report"] = judge(candidate, batches(candidate))
    return kept["_report"]  # type: ignore[no-any-return]


def _candidate(given: Any) -> Candidate:
    if isinstance(given, tuple) and len(given) == 2:
        return Candidate(*given)
    if not isinstance(given, Candidate):
        raise InputError(
            f"{shown(given)} is no candidate; give rl.testing.Candidate(optimizer, method), or such a pair."
        )
    return given
