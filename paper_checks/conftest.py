"""Every Python file below is a file of claims: ``pytest paper_checks`` yields one test per claim."""

import pytest

from regretlab.claims.collect import ClaimsFile


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    yield
    if file_path.suffix == ".py" and not file_path.name.startswith(("_", "conftest")):
        return [ClaimsFile.from_parent(parent, path=file_path)]
    return []
