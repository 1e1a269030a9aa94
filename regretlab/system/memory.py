"""The memory that a process may still take, and the sentence for work that needs more, before it begins."""

from __future__ import annotations

import os
from pathlib import Path

from regretlab.errors import InputError

try:
    import resource
except ImportError:  # not on Windows
    resource = None  # type: ignore[assignment]

GIB = 2.0**30
#: Linux's files of the limit of a process's group, and of the memory that the group has taken: of both its versions.
_GROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)


def available() -> float:
    """Bytes that this process may still take: what is free on the machine, in its group and below its own limit.

    Infinite where the system does not say.
    """
    left = [float("inf")]
    try:
        fields = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
        left.append(1024.0 * int(fields["MemAvailable"].split()[0]))
    except (OSError, LookupError, ValueError):
        pass
    for most, taken in _GROUPS:
        try:
            left.append(float(int(Path(most).read_text()) - int(Path(taken).read_text())))
        except (OSError, ValueError):  # "max" is no limit
            continue
    if resource is not None and (limit := resource.getrlimit(resource.RLIMIT_AS)[0]) != resource.RLIM_INFINITY:
        try:
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            left.append(float(limit - pages * os.sysconf("SC_PAGE_SIZE")))
        except (OSError, ValueError):
            left.append(float(limit))
    return min(left)


def need(what: str, size: float) -> None:
    """Raise an :class:`InputError` if ``what`` takes more bytes than are left.

    Examples
    --------
    >>> need("three numbers", 24)
    """
    left = available()
    if size > left:
        raise InputError(
            f"{what} would take {size / GIB:.3g} GiB of memory, of which {max(left, 0.0) / GIB:.3g} are left; "
            "make it smaller."
        )
