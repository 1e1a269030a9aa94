"""The subjects of the assertions, checked before anything is measured."""

from __future__ import annotations

from typing import Any

from regretlab.errors import InputError
from regretlab.result import Result


def a_result(value: Any) -> Result:
    """Return ``value`` if it is a result, else raise the error that names its type."""
    if not isinstance(value, Result):
        raise InputError(f"the assertion needs a Result, got {type(value).__name__}; give what rl.simulate returns.")
    return value
