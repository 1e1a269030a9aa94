"""The plugin of pytest, which an installed regretlab has by its entry point: a marker, a fixture, and a table.

It loads nothing of the library until a test uses it.
"""

from __future__ import annotations

from typing import Any

import pytest

#: The property of a test's report that has the rows of the table.
ROW = "conformance"
HEAD = ("optimiser", "paper's method", "verdict", "largest difference", "explained by")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", f"{ROW}: compares an optimiser with the algorithm of its paper (regretlab)")


@pytest.fixture
def check_optimizer(request: pytest.FixtureRequest) -> Any:
    """Return :func:`regretlab.testing.check_optimizer`; what came of it is a row of the table at the end."""
    from regretlab import testing

    def check(*given: Any, on_fail: str | None = "raise", **options: Any) -> Any:
        __tracebackhide__ = True
        report = testing.check_optimizer(*given, on_fail=None, **options)
        request.node.user_properties.append((ROW, row(report)))
        if on_fail == "raise":
            report.raise_if_different()
        return report

    return check


def pytest_runtest_makereport(item: pytest.Item) -> None:
    """Keep what came of a test that :func:`regretlab.testing.parametrize_with_checks` has made."""
    callspec = getattr(item, "callspec", None)
    if callspec is None or item.get_closest_marker(ROW) is None:
        return
    report = getattr(callspec.params.get("optimizer"), "_report", None)
    if report is not None and (ROW, row(report)) not in item.user_properties:
        item.user_properties.append((ROW, row(report)))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Write the table of the optimisers that were compared, if there are any."""
    reports = (report for found in terminalreporter.stats.values() for report in found)
    rows = dict.fromkeys(
        tuple(value) for report in reports for name, value in getattr(report, "user_properties", ()) if name == ROW
    )
    if rows:
        terminalreporter.section("optimisers and the algorithms of their papers")
        widths = [max(map(len, column)) for column in zip(HEAD, *rows, strict=True)]
        for cells in (HEAD, *sorted(rows)):
            terminalreporter.line("  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)).rstrip())


def row(report: Any) -> tuple[str, ...]:
    """Return a report as texts, under :data:`HEAD`."""
    why = " and ".join(variant.name for variant in report.explanation)
    unexplained = "nothing known" if report.verdict == "different" else ""
    return report.candidate, report.method.spelling, report.verdict, f"{report.largest:.1g}", why or unexplained
