"""What the files of a package import, read from their text: wherever in a file, and also for types alone."""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a file; it is read once."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> set[str]:
    """The dotted names that a file imports."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports from where it is; name the module from the package on"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules(package: Path) -> dict[str, Path]:
    """The files of a package by their dotted names."""
    files = sorted(package.rglob("*.py"))
    return {".".join(p.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__"): p for p in files}


def taken_from(names: Iterable[str], known: Iterable[str]) -> set[str]:
    """The modules among the known that dotted names are, or are taken from."""
    found = set()
    for name in names:
        while name and name not in known:
            name = name.rpartition(".")[0]
        found |= {name} - {""}
    return found


def graph(package: Path) -> dict[str, set[str]]:
    """Which files of a package each of them imports."""
    files = modules(package)
    return {name: taken_from(imports(path), files) - {name} for name, path in files.items()}
