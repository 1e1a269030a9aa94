"""One register for each kind of part: by their names are found the library's own, a user's, and other people's.

The library's own parts are the files of a folder: a new one is one file. A user's part is known as soon as it is
defined. What other people's packages declare in the group of the folder is imported when its name is first asked for::

    [project.entry-points."regretlab.methods"]
    lion = "lion_for_regretlab:Lion"
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, MutableMapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

from regretlab.errors import InputError

P = TypeVar("P")
PACKAGE = __name__.split(".")[0]


def built_in(part: Any) -> bool:
    """Whether a class is the package's own."""
    return part.__module__.split(".")[0] == PACKAGE


def _place(part: Any) -> tuple[str, str]:
    return part.__module__, part.__qualname__


class Register(MutableMapping[str, P]):
    """The parts of one kind by name.

    Parameters
    ----------
    kind : str
        What a part is called in sentences: "method".
    folder : str
        Where the library's own are, and the end of the group of other people's: "methods".

    Attributes
    ----------
    defined : dict
        The parts that exist in this process; the mapping itself also has those that are only installed.
    """

    def __init__(self, kind: str, folder: str) -> None:
        self.kind, self.folder = kind, folder
        self.defined: dict[str, P] = {}
        self._reserved: set[str] = set()

    def import_folder(self) -> None:
        """Import the public files of the folder, which are the library's own parts."""
        for module in iter_modules(sys.modules[f"{PACKAGE}.{self.folder}"].__path__):
            if not module.name.startswith("_"):
                import_module(f"{PACKAGE}.{self.folder}.{module.name}")

    def reserve(self, names: Iterable[str]) -> None:
        """Keep names from users' parts, because texts mean something else of the library's by them."""
        self._reserved.update(names)
        for name, part in self.defined.items():
            self._refuse(name, part)

    def enter(self, part: Any, key: str = "name") -> str:
        """Enter a class under the name that it gives itself, or its own in small letters; return that name.

        A class whose own name begins with an underscore is a base, and so is a class of the library without a title. A
        later class of a user takes the place of an earlier one: so a cell of a notebook can be run again.

        Raises
        ------
        InputError
            For a name that is a built-in's but for its case, and for one that cannot be written in a text.
        """
        own, default = vars(part), part.__name__.lower()
        name = own.get(key, default)
        if not isinstance(name, str) or not name.isidentifier():
            raise InputError(
                f"the {self.kind} {part.__qualname__} is named {name!r}; name it by letters, digits and underscores, "
                f"the first no digit, so that texts can name it."
            )
        if not (part.__name__.startswith("_") and name == default) and ("title" in own or not built_in(part)):
            self._refuse(name, part)
            self.defined[name] = part
        part.title = own.get("title", part.__name__)  # one that is inherited is its parent's
        part.source = own.get("source", f"a user's own {self.kind}")
        return name

    def _refuse(self, name: str, part: Any) -> None:
        """Refuse a part a name that the library gives to another."""
        taken = list(self._reserved)
        for other, its in self.library.items():
            if _place(its) != _place(part):
                taken += [other, _place(its)[1]]
        for other in taken:
            if other.lower() == name.lower():
                raise InputError(
                    f"the name {name!r} of the {self.kind} {part.__qualname__} is taken by the built-in {other!r}, "
                    f"which texts and bounds mean by it; give yours another name."
                )

    def of_class(self, name: str) -> Any:
        """Return the part whose class has this name, as an attribute of the folder, or raise an AttributeError."""
        for part in self.defined.values():
            if _place(part)[1] == name:
                return part
        raise AttributeError(f"module '{PACKAGE}.{self.folder}' has no attribute {name!r}")

    @property
    def library(self) -> dict[str, P]:
        """The library's own parts."""
        return {name: part for name, part in self.defined.items() if built_in(part)}

    def class_names(self) -> list[str]:
        """Return the names of the library's own classes, for ``__all__``."""
        return [_place(part)[1] for part in self.library.values()]

    def __getitem__(self, name: str) -> P:
        return self.defined[name]

    def __setitem__(self, name: str, part: P) -> None:
        self.defined[name] = part

    def __delitem__(self, name: str) -> None:
        del self.defined[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.defined)

    def __len__(self) -> int:
        return len(self.defined)
