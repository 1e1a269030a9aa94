"""Files that are packed, which are opened as what they hold."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path
from typing import Any

OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def opened(path: Path, mode: str, **how: Any) -> Any:
    """Open a file, unpacked if its name says that it is packed."""
    return OPENERS.get(path.suffix.lower(), open)(path, mode, **how)
