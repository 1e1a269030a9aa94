"""How much memory there is, so that what cannot fit is said before the work begins."""

from __future__ import annotations

import os

from regretlab.errors import InputError

GIB = 2.0**30


def available() -> float:
    """The bytes that this process may hold: the machine's memory, or the limit that was set; inf where unknown."""
    try:
        machine = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        machine = float("inf")
    try:
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        return machine if limit == resource.RLIM_INFINITY else min(machine, float(limit))
    except ImportError:
        return machine


def need(what: str, size: float) -> None:
    """Raises an :class:`InputError` if ``what`` takes more bytes than there can be.

    Examples
    --------
    >>> need("three numbers", 24)
    """
    if size > available():
        raise InputError(
            f"{what} would take {size / GIB:.3g} GiB of memory, of which there are {available() / GIB:.3g}; "
            "make it smaller."
        )
