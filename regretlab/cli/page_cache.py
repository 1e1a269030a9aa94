"""Pages that were printed before, on disk: to print a docstring again, sympy, Numba and the claims need not be loaded.

The pages belong to one state of the library and of its installation: names, sizes and times of all files of the
library, and names and times of all distributions on Python's path. Where another distribution gives parts, whose files
may change anywhere, no page is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from regretlab.spelling.register import entry_points
from regretlab.system.files import atomically

PACKAGE = Path(__file__).parents[1]
#: The latest so many pages are kept.
MOST_PAGES = 200


def kept(key: str, make: Callable[[], Any]) -> Any:
    """Return the page of a key; it is made when it is first asked for, and when the library has changed since.

    Parameters
    ----------
    key : str
    make : callable
        Gives what JSON holds. None is not kept: it stands for a page that must be made each time.
    """
    file, state = _file(), _state()
    pages = _read(file, state)
    if key in pages:
        return pages[key]
    page = make()
    if page is not None and not entry_points(tuple(sys.path)):
        with suppress(OSError), atomically(file) as partial:
            latest = dict([*_read(file, state).items(), (key, page)][-MOST_PAGES:])
            partial.write_text(json.dumps({"state": state, "pages": latest}), encoding="utf-8")
    return page


def _file() -> Path:
    """Return the file of this installation's pages."""
    installed = hashlib.sha256(os.fsencode(PACKAGE)).hexdigest()[:16]
    return user_cache_path("regretlab") / f"pages-{installed}.json"


def _read(file: Path, state: str) -> dict[str, Any]:
    """Read the pages that belong to a state; none from a file that is missing, damaged, or of another state."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        pages = found["pages"] if found["state"] == state else {}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}
    return pages if isinstance(pages, dict) else {}


def _state() -> str:
    """Return a digest of everything that pages are made of."""
    digest = hashlib.sha256(sys.version.encode())
    for path, of in (*_files(PACKAGE), *_files(PACKAGE.parent / "paper_checks"), *_distributions()):
        digest.update(f"{path}|{of.st_size}|{of.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            path = os.path.join(root, name)
            with suppress(OSError):  # taken away meanwhile
                yield path, os.stat(path)


def _distributions() -> Iterator[tuple[str, os.stat_result]]:
    for folder in sys.path:
        with suppress(OSError), os.scandir(folder or ".") as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name.endswith((".dist-info", ".egg-info", ".pth")):
                    yield entry.path, entry.stat()
