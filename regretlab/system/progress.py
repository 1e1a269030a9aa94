"""The progress of long work on standard error: a bar where somebody looks on, else a plain line now and then."""

from __future__ import annotations

import sys
from typing import Any

from tqdm import tqdm

#: Seconds from one line to the next; work that is over sooner writes none.
SECONDS = 30.0


def progress_bar(what: str, total: float, shown: bool, form: str | None = None, **more: Any) -> Any:
    """Return the progress of some work, to be updated by what is done of the total.

    Parameters
    ----------
    what : str
        What is done, in a word or two.
    total : float
    shown : bool
        Whether anything is written: on a terminal and in a notebook a bar, which goes when all is done; elsewhere, as
        in the log of a batch system, a line every :data:`SECONDS`.
    form : str, optional
        The form of the bar, if it is not that of tqdm.
    **more
        Further arguments of tqdm.
    """
    watched = sys.stderr.isatty() or "ipykernel" in sys.modules
    if watched or not shown:
        return tqdm(total=total, desc=what, disable=not shown, leave=False, bar_format=form, **more)
    return _Lines(total=total, desc=what, **more)


class _Lines(tqdm):  # type: ignore[misc]
    """Progress in lines, each of which stays."""

    monitor_interval = 0  # no thread that refreshes what is not on a screen

    def __init__(self, **given: Any) -> None:
        form = "{desc}: {percentage:.0f}% after {elapsed}, {remaining} left{postfix}"
        super().__init__(**given, bar_format=form, mininterval=SECONDS, delay=SECONDS, miniters=0)

    def display(self, msg: str | None = None, pos: int | None = None) -> bool:
        print(msg or str(self), file=sys.stderr)
        return True

    def close(self) -> None:
        self.disable = True  # a bar would be taken away here
