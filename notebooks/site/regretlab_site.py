"""What the site needs beyond Sphinx: formulas as MathML, pages of the reference, parts made from the library."""

import dataclasses
import functools
import importlib
import inspect
import pkgutil
from pathlib import Path
from typing import Any

import made
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

import regretlab
from regretlab.claims.ledger.formulas import mathml

LOG = logging.getLogger(__name__)
#: What works behind the public names: a reference to it is checked, and leads nowhere.
BEHIND = (
    *("regretlab.__main__", "regretlab.cli", "regretlab.engines", "regretlab.features", "regretlab.runs"),
    *("regretlab.system", "regretlab.claims.arithmetic", "regretlab.claims.checkers", "regretlab.claims.language"),
    *("regretlab.claims.ledger", "regretlab.claims.provers", "regretlab.claims.rocq", "regretlab.claims.statements"),
    *("regretlab.falsifier.", "regretlab.store.", "regretlab.studies.", "regretlab.sweeps.", "regretlab.testing."),
    "regretlab.verdicts.",
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx of all of it."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    app.add_directive("made", Made)
    app.connect("builder-inited", write_reference)
    app.connect("autodoc-process-signature", with_its_fields)
    app.connect("missing-reference", by_its_object)
    app.connect("build-finished", write_ledgers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


# Formulas


def inline(self: Any, node: nodes.math) -> None:
    """Write a formula in a line."""
    self.body.append(_drawn(node))
    raise nodes.SkipNode


def block(self: Any, node: nodes.math_block) -> None:
    """Write a formula on lines of its own."""
    drawn = _drawn(node).replace('display="inline"', 'display="block"', 1)
    self.body.append(f'<div class="formula" tabindex="0">{drawn}</div>\n')
    raise nodes.SkipNode


def _drawn(node: nodes.Element) -> str:
    latex = node.astext()
    if (r"\\" in latex or "&" in latex) and r"\begin" not in latex:
        latex = rf"\begin{{align*}} {latex} \end{{align*}}"
    drawn = mathml(latex)
    if drawn.startswith("<code>"):
        LOG.warning("a formula that cannot be drawn: %s", latex, location=node)
    return drawn


# The reference


def modules() -> dict[str, Any]:
    """Import the modules of the package that users import from, each with what it says of itself."""
    names = ["regretlab", *(found.name for found in pkgutil.walk_packages(regretlab.__path__, "regretlab."))]
    public = [n for n in names if not n.startswith(BEHIND) and not any(part.startswith("_") for part in n.split("."))]
    return {name: importlib.import_module(name) for name in public}


def write_reference(app: Sphinx) -> None:
    """Write a page for every module: what is defined there, and the public names of files that have no page."""
    folder = Path(app.srcdir) / "reference"
    folder.mkdir(exist_ok=True)
    found = modules()
    texts = {folder / f"{name}.rst": _page(module, found) for name, module in found.items()}
    for page, text in texts.items():
        if not page.exists() or page.read_text() != text:
            page.write_text(text)
    for page in set(folder.glob("*.rst")) - texts.keys():
        page.unlink()


def _page(module: Any, pages: dict[str, Any]) -> str:
    name = module.__name__
    lines = [name, "=" * len(name), "", f".. automodule:: {name}"]
    if not hasattr(module, "__path__"):
        return "\n".join([*lines, "   :members:"]) + "\n"
    lines.append("   :no-members:")
    if inside := sorted(page for page in pages if page.rpartition(".")[0] == name):
        lines += ["", ".. toctree::", "   :hidden:", "", *(f"   {page}" for page in inside), ""]
        lines += [f"- :doc:`{page}`: {inspect.getdoc(pages[page]).splitlines()[0]}" for page in inside]
    for one in getattr(module, "__all__", ()) if name != "regretlab" else ():
        found = getattr(module, one)
        home = getattr(found, "__module__", None) or ""
        if callable(found) and found.__doc__ and home.startswith("regretlab.") and (home == name or home not in pages):
            kind = "class" if isinstance(found, type) else "function"
            lines += ["", f".. auto{kind}:: {name}.{one}"]
    return "\n".join(lines) + "\n"


def with_its_fields(app: Sphinx, what: str, name: str, obj: Any, options: Any, signature: str, returns: str) -> Any:
    """Give a class of parameters, whose ``__init__`` takes anything to judge it, the signature of its parameters."""
    if what != "class" or not dataclasses.is_dataclass(obj):
        return None
    fields = [f for f in dataclasses.fields(obj) if f.init]
    defaults = [f"={f.default!r}" if isinstance(f.default, int | float | str | None) else "" for f in fields]
    return f"({', '.join(f.name + default for f, default in zip(fields, defaults, strict=True))})", None


@functools.cache
def _object(name: str) -> Any:
    """Return what a dotted name stands for, or None."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
            for part in parts[cut:]:
                found = getattr(found, part)
            return found
        except (ImportError, AttributeError):
            continue
    return None


def by_its_object(app: Sphinx, env: Any, node: Any, contnode: Any) -> Any:
    """Resolve a reference by a name under which its object is not described, such as ``Adam`` within the methods."""
    if node.get("refdomain") != "py":
        return None
    target, within = node["reftarget"], [node.get("py:module") or "", node.get("py:class") or ""]
    around = ".".join(filter(None, within)).split(".")
    names = [target.replace("rl.", "regretlab.", 1) if target.startswith("rl.") else target]
    home = getattr(_object(".".join(around)), "__module__", "")  # where what is described was written
    names += [f"{home}.{target}", *(".".join([*around[:k], target]) for k in range(len(around), 0, -1))]
    last, known = target.rpartition(".")[2], env.domains["py"].objects
    for found in filter(lambda f: f is not None, map(_object, (n for n in names if not n.startswith(".")))):
        for name, entry in known.items():
            if name.rpartition(".")[2] == last and _object(name) is found:
                return make_refnode(app.builder, node["refdoc"], entry.docname, entry.node_id, contnode, name)
        return contnode
    return None


# Parts made from the library


class Made(SphinxDirective):
    """A part of a page, made by the function of :mod:`made` of this name."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        text = getattr(made, self.arguments[0])()
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def write_ledgers(app: Sphinx, exception: Exception | None) -> None:
    """Write the ledger of each paper beside the page that lists them."""
    if exception is None and app.builder.format == "html":
        folder = Path(app.outdir) / "site" / "ledger"
        folder.mkdir(parents=True, exist_ok=True)
        for paper, page in made.ledgers().items():
            (folder / f"{paper}.html").write_text(page, encoding="utf-8")
