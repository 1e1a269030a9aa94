"""Parts are found by their names: a built-in keeps its own, and what is defined again replaces what it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from regretlab.errors import InputError


def built_in(part: type) -> bool:
    """Whether a class is the package's own."""
    return part.__module__.split(".")[0] == __name__.split(".")[0]


def register(known: dict[str, Any], name: Any, part: type, kind: str, reserved: Iterable[str] = ()) -> None:
    """Enter a class among the known ones of its kind under a name.

    A later class of a user takes the place of an earlier one with the same name: so a cell of a notebook can be run
    again.

    Raises
    ------
    InputError
        For a name that is a built-in's but for its case, and for one that cannot be written in a text.
    """
    if not isinstance(name, str) or not name.isidentifier():
        raise InputError(
            f"the {kind} {part.__qualname__} is named {name!r}; name it by letters, digits and underscores, the first "
            f"no digit, so that texts can name it."
        )
    if not built_in(part):
        taken = [k for k, other in known.items() if built_in(other)] + list(reserved)
        for other in taken:
            if other.lower() == name.lower():
                raise InputError(
                    f"the name {name!r} of the {kind} {part.__qualname__} is taken by the built-in {other!r}, which "
                    f"texts and bounds mean by it; give yours another name."
                )
    known[name] = part
