"""The site: its code runs, its parts are made, and where Sphinx is installed it is built and every link leads."""

import importlib.util
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from regretlab.bounds import Bound
from regretlab.bounds.symbols import LIBRARY
from regretlab.claims.ledger.formulas import mathml

PROJECT = Path(__file__).parents[1]
SITE = PROJECT / "notebooks" / "site"
PAGES = [PROJECT / "notebooks" / "index.md", *sorted(SITE.glob("*.md"))]
CODE = re.compile(r"^```(?:python|\{code-cell\} ipython3)\n(.*?)^```", re.DOTALL | re.M)
INCLUDED = re.compile(r"^```\{include\} (\S+)\n(.*?)```", re.DOTALL | re.M)
FORMULA = re.compile(r"\$\$?([^$]+)\$\$?")
#: What a page loads; a link that a reader may follow is none of it.
LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src")}


@pytest.fixture(scope="module")
def made():
    spec = importlib.util.spec_from_file_location("made", SITE / "made.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", [p for p in PAGES if CODE.search(p.read_text())], ids=lambda p: p.stem)
def test_the_code_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space = {"__name__": page.stem}
    for block in CODE.findall(page.read_text()):
        exec(compile(block, page.name, "exec"), space)


def test_every_page_is_in_the_menu_and_what_it_includes_is_there():
    menu = "".join(re.findall(r"```\{toctree\}(.*?)```", PAGES[0].read_text(), re.DOTALL))
    there = {f"site/{p.stem}" for p in PAGES[1:]} | {p.stem for p in SITE.parent.glob("*.ipynb")}
    assert there == set(re.findall(r"^(?:site/|0)\w+$", menu, re.M))
    included = [(page, *found) for page in PAGES for found in INCLUDED.findall(page.read_text())]
    assert len(included) >= 8
    for page, name, options in included:
        text = (page.parent / name).read_text()
        for marker in re.findall(r'^:(?:start-after|end-before): "(.*)"$', options, re.M):
            assert text.count(marker) == 1, f"{page.name} includes a part of {name} by {marker!r}"


def test_every_symbol_and_bound_is_on_its_page_and_every_formula_is_drawn(made):
    symbols, bounds = made.symbols(), made.bounds()
    assert all(f"`{name}`" in symbols for name in LIBRARY)
    assert all(f"## `{id}`" in bounds for id in Bound.known.library)
    drawn = [mathml(latex) for latex in FORMULA.findall(symbols) + FORMULA.findall(bounds)]
    assert len(drawn) >= len(LIBRARY) + len(Bound.known.library)
    assert not [d for d in drawn if d.startswith("<code>")]
    assert mathml(r"\undrawn").startswith("<code>"), "a command that is not known would be seen"


def test_every_command_is_on_its_page(made):
    assert {"run", "sweep", "list", "show", "verify", "falsify", "conform", "doctor"} <= set(
        re.findall(r"^## regretlab (\w+)$", made.commands(), re.M)
    )


def test_the_ledger_is_counted_from_the_judged_claims(made, monkeypatch):
    monkeypatch.setattr(made, "SHOWN", ("weight_decay",))
    (paper,) = made.judged()
    claims = made.judged()[paper]
    assert f"| {len(claims)} |" in made.papers()
    assert f"Verdicts: {len(claims)}," in made.counted()
    assert made.ledgers()[paper].startswith("<!DOCTYPE html>")


@pytest.mark.slow
def test_the_site_is_built_without_a_warning_and_every_link_leads_somewhere(tmp_path):
    for name in ("sphinx", "furo", "myst_nb", "numpydoc", "sphinx_copybutton"):
        pytest.importorskip(name, reason="the site needs: pip install '.[docs]'")
    options = ["-q", "-W", "-t", "quick", "-d", str(tmp_path / "doctrees"), "-c", str(SITE)]
    command = [sys.executable, "-m", "sphinx", *options, str(PROJECT / "notebooks"), str(tmp_path / "site")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT)
    assert not done.returncode, done.stderr
    pages = {p: Page(p) for p in (tmp_path / "site").rglob("*.html")}
    assert len(pages) > 100
    assert not list(broken(pages))
    (tmp_path / "site" / "wrong.html").write_text('<a href="index.html#nowhere">x</a><img src="https://a.b/c.png">')
    pages[tmp_path / "site" / "wrong.html"] = Page(tmp_path / "site" / "wrong.html")
    assert len(list(broken(pages))) == 2


class Page(HTMLParser):
    """The anchors of a page, what it links to, and what it loads."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links = set(), []
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            if value and ((tag, name) in LOADED or (tag, name) == ("a", "href")):
                self.links.append((value, (tag, name) in LOADED))


def broken(pages):
    """Yield the links within the site that lead nowhere, and what is loaded from elsewhere."""
    for path, page in pages.items():
        for link, loads in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if loads and parts.scheme != "data":
                    yield path.name, link
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            known = pages.get(target)
            if not target.exists() or (known and parts.fragment and unquote(parts.fragment) not in known.anchors):
                yield path.name, link
