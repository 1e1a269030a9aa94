"""One register for each kind of part: by their names are found the library's own, a user's, and other people's.

The library's own parts are the files of a folder: a new one is one file. A user's part is known as soon as it is
defined. What an installed distribution declares in the group of the folder is imported when it is first asked for::

    [project.entry-points."regretlab.methods"]
    panther = "panther_for_regretlab:Panther"
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, MutableMapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, distributions
from operator import attrgetter
from pkgutil import iter_modules
from typing import Any, TypeVar

from regretlab.errors import InputError

P = TypeVar("P")
PACKAGE = __name__.split(".")[0]


class Register(MutableMapping[str, P]):
    """The parts of one kind by name.

    Parameters
    ----------
    kind : str
        What a part is called in sentences: "method".
    folder : str
        The library's folder for them, which names the group of other people's as well: "methods".

    Attributes
    ----------
    library : dict
        The library's own parts.
    defined : dict
        The parts that exist in this process; the mapping has the installed parts as well.
    reserved : list of str
        Names that no user's part can have.
    """

    def __init__(self, kind: str, folder: str) -> None:
        self.kind, self.group = kind, f"{PACKAGE}.{folder}"
        self.defined: dict[str, P] = {}
        self.library: dict[str, P] = {}
        self.reserved: list[str] = []
        self._loaded: dict[str, Any] = {}

    def import_folder(self, package: str) -> dict[str, P]:
        """Import the public files of a package, the library's own parts; return them by the names of their classes."""
        for module in iter_modules(sys.modules[package].__path__):
            if not module.name.startswith("_"):
                import_module(f"{package}.{module.name}")
        self.library = dict(self.defined)
        return {getattr(part, "__name__", name): part for name, part in self.library.items()}

    def reserve(self, names: Iterable[str]) -> None:
        """Keep names from users' parts, because texts mean something else of the library's by them."""
        self.reserved += names
        for name in self.defined.keys() - self.library.keys():
            self.refuse(name, getattr(self.defined[name], "__qualname__", name))

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
        if not (part.__name__.startswith("_") and name == default) and ("title" in own or self.library):
            self.refuse(name, part.__qualname__)
            self.defined[name] = part
        part.title = own.get("title", part.__name__)  # one that is inherited is its parent's
        part.source = own.get("source", f"a user's own {self.kind}")
        return name

    def refuse(self, name: str, whose: str) -> None:
        """Refuse a user's part a name that the library gives to another."""
        classes = (getattr(own, "__name__", "") for own in self.library.values())
        for taken in (*self.library, *classes, *self.reserved):
            if taken.lower() == name.lower():
                raise InputError(
                    f"the name {name!r} of the {self.kind} {whose} is taken by the built-in {taken!r}, "
                    f"which texts and bounds mean by it; give yours another name."
                )

    def of_class(self, name: str) -> Any:
        """Return the part whose class has this name, as an attribute of the folder, or raise an AttributeError.

        Of the installed parts those alone are imported whose entry point has the name of the class, or of the part.
        """
        for point, _ in self._installed():
            if name.lower() == point.name or name == _object(point)[1].rpartition(".")[2]:
                self.origin(point.name)
        for part in self.defined.values():
            if getattr(part, "__name__", "") == name:
                return part
        raise AttributeError(f"there is no {self.kind} whose class is called {name!r}")

    def origin(self, name: str) -> str:
        """Return which installed distribution gives a part, which is imported; "" for the library's and a user's.

        Raises
        ------
        InputError
            For a name that is given twice, and for a part that cannot be imported or is not what its name says.
        """
        part: Any = self.defined.get(name)
        given = [(point, source) for point, source in self._installed() if point.name == name]
        if not given:
            return ""
        (point, source), *others = given
        if others or not (part is None or part is self._loaded.get(name) or _gives(point, part)):
            other = part.__module__ if isinstance(part, type) else getattr(part, "source", part)
            other = others[0][1] if others else other
            raise InputError(f"the {self.kind} {name!r} is given by {other} and by {source}; uninstall or rename one.")
        before = dict(self.defined)
        try:
            part = self.load(point)
        except Exception as error:
            self.defined = before
            why = error if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
            raise InputError(
                f"the {self.kind} {name!r} of {source} cannot be imported from {point.value!r} ({why}); repair or "
                f"uninstall {source}."
            ) from error
        if self.defined.get(name) is not part:
            raise InputError(
                f"{source} calls {point.value!r} the {self.kind} {name!r}, which it is not; repair or uninstall it."
            )
        self._loaded[name] = part
        return source

    def load(self, point: EntryPoint) -> Any:
        """Import the part of an entry point."""
        return point.load()

    def _installed(self) -> list[tuple[EntryPoint, str]]:
        return [pair for pair in entry_points(tuple(sys.path)) if pair[0].group == self.group]

    def __getitem__(self, name: str) -> P:
        if name not in self.defined:
            self.origin(name)
        return self.defined[name]

    def __setitem__(self, name: str, part: P) -> None:
        self.defined[name] = part

    def __delitem__(self, name: str) -> None:
        del self.defined[name]

    def __contains__(self, name: object) -> bool:
        return name in self.defined or name in list(self)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self.defined, *(point.name for point, _ in self._installed()))))

    def __len__(self) -> int:
        return len(list(iter(self)))


def _gives(point: EntryPoint, part: object) -> bool:
    """Tell whether a part is the one of an entry point, which may have been imported by its user."""
    module, name = _object(point)
    try:
        return attrgetter(name)(sys.modules[module]) is part
    except (KeyError, AttributeError):
        return False


def _object(point: EntryPoint) -> tuple[str, str]:
    """Return the module and the name in it of an entry point, which may be malformed."""
    module, _, name = point.value.partition("[")[0].strip().partition(":")
    return module, name


@cache
def entry_points(path: tuple[str, ...]) -> list[tuple[EntryPoint, str]]:
    """List the entry points in groups of the library, each with the name and version of its distribution."""
    found: dict[str, list[tuple[EntryPoint, str]]] = {}
    for distribution in distributions(path=list(path)):
        if f"[{PACKAGE}." in (distribution.read_text("entry_points.txt") or ""):
            source = f"{distribution.name} {distribution.version}"
            try:
                points = list(distribution.entry_points)
            except Exception as error:
                why = f"{type(error).__name__}: {error}"
                raise InputError(
                    f"the entry points of {source} cannot be read ({why}); repair or uninstall it."
                ) from error
            found.setdefault(distribution.name, [(point, source) for point in points])  # the first on the path counts
    return [pair for pairs in found.values() for pair in pairs]
