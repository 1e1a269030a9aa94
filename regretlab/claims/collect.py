"""One pytest item per claim: green when the verdict is the one pinned, a pinned refutation included.

``from regretlab.claims.collect import pytest_collect_file`` in a ``conftest.py`` collects every ``*_claims.py``
below it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from regretlab.claims.ledger import Ledger
from regretlab.claims.ledger.entry import Entry
from regretlab.claims.ledger.loading import is_shipped, shipped
from regretlab.errors import InputError


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ClaimsFile | None:
    """Collect files named ``*_claims.py``."""
    if file_path.name.endswith("_claims.py"):
        return ClaimsFile.from_parent(parent, path=file_path)
    return None


class Differs(Exception):
    """A verdict that is not the pinned one."""


class ClaimsFile(pytest.File):
    """A file of claims."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one item per claim and per corrected form."""
        try:
            ledger = _ledger(self.path)
        except InputError as error:
            raise self.CollectError(str(error)) from None
        file = self.path.resolve()
        for name in ledger.claims:
            if name in ledger.asked and ledger.files[name] == file:
                yield ClaimItem.from_parent(self, name=name)


class ClaimItem(pytest.Item):
    """One claim."""

    def runtest(self) -> None:
        """Re-check the certificates of the claim and of the claims that it rests on."""
        (entry,) = _ledger(self.path).verify([self.name], jobs=1)
        if entry.error:
            raise InputError(f"{self.name} ({entry.claim.at}) could not be judged: {entry.error}")
        if not entry.as_pinned:
            raise Differs(_says(entry))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """Say the difference in one sentence."""
        if isinstance(excinfo.value, (Differs, InputError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Name the claim and its file."""
        return self.path, 0, f"claim {self.name}"


def _says(entry: Entry) -> str:
    because = "; ".join(part for part in (entry.words, entry.how) if part)
    return f"{entry.claim.id} ({entry.claim.at}) is {entry.verdict}, its file expects {entry.claim.expect}: {because}"


def _ledger(path: Path) -> Ledger:
    """Return the ledger of a file; the shipped files, which rest on one another, share one."""
    return _read(shipped() if is_shipped(path.resolve()) else path)


@cache
def _read(path: Path) -> Ledger:
    return Ledger([path])
