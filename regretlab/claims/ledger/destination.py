"""The file that a page is written to; a write that can be foreseen to fail is refused before the work is done."""

from __future__ import annotations

import os
from pathlib import Path

from regretlab.errors import InputError
from regretlab.system.files import atomically


def refuse_unwritable(target: Path, of: str) -> None:
    """Refuse, before the work is done, a file that could not be written after it."""
    try:
        if target.is_dir():
            raise InputError(f"the path {target} of {of} is a folder; name a file in it.")
        if not target.parent.is_dir():
            raise InputError(f"the folder {target.parent} of {of} does not exist; make it first, or name another.")
        target.exists()
    except OSError as error:
        raise _unwritable(target, error) from None
    if not os.access(target if target.exists() else target.parent, os.W_OK):
        raise InputError(f"{_short(target)} of {of} cannot be written: permission denied; name another file.")


def write(target: Path, text: str) -> None:
    """Write a file completely or not at all; a device or pipe is written as it comes."""
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
        else:
            with atomically(target) as partial:
                partial.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(target, error) from None


def _unwritable(target: Path, error: OSError) -> InputError:
    return InputError(f"{_short(target)} cannot be written: {error.strerror or error}; name another file.")


def _short(target: Path) -> str:
    name = str(target)
    return name if len(name) <= 100 else f"{name[:60]}..."
