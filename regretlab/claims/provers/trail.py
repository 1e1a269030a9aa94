"""What a search tried in vain and how far it came, for the sentence that says why a statement has no verdict."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

#: Attempts that are told, and characters of each.
MOST, LONGEST = 2, 160
_tried: list[str] = []
_places: list[str] = []


def begin() -> None:
    """Forget what was tried before; a search for a part of a statement does not."""
    if not _places:
        _tried.clear()


def missed(why: str) -> None:
    """Note an attempt that failed, and why."""
    short = why if len(why) <= LONGEST else f"{why[: LONGEST - 3]}..."
    note = "".join(f"{place}: " for place in _places) + short
    if note not in _tried:
        _tried.append(note)


@contextmanager
def within(place: str) -> Iterator[None]:
    """Say of what is noted meanwhile that it is about a part of the statement."""
    _places.append(place)
    try:
        yield
    finally:
        _places.pop()


def words() -> str:
    """Write the last attempts, or nothing if none was noted."""
    return "; ".join(_tried[-MOST:])
