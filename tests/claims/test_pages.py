"""Pages made of claims that anyone may have written: nothing in them acts on a browser, a terminal or TeX."""
# ruff: noqa: E501

import html
import re
from html.parser import HTMLParser

import pytest

from regretlab.claims import define, forall, index, real, sequence
from regretlab.claims.ledger import pages
from regretlab.claims.ledger.entry import Entry
from regretlab.claims.ledger.formulas import ATTRIBUTES, ELEMENTS, mathml, prints, tex
from regretlab.claims.ledger.loading import claims_in, shipped
from regretlab.claims.statements import Inequality, Theorem
from regretlab.claims.statements.claim import Claim

a = real("a")
ODD = real("<script>alert(19)</script>")
FORMULAS = [
    r"\text{<script>alert(11)</script>} a", r"a <script>alert(12)</script> b", r"$a<b$ <script> $\text{<img src=x onerror=a>}$",
    r"\mathrm{<svg onload=alert(15)>}", r"\href{javascript:alert(16)}{x}", r"\operatorname{<b>}", r"\style{color:red}{x}",
    r"\class{evil}{x}", r"\text{</mtext></math><script>}", r"\text{<b></b>}", r"\color{url(x)}x", r"\unicode{x3c}script", "a & b", "\x1b[31m",
    r"\input{secret}", r"\write18{ls}", r"\def\x{y}", r"^^5cinput{x}", r"}\input{x}{", r"\begin{filecontents}x\end{filecontents}",
    "{" * 3000, "a" * 100_000, "", "%", r"x\\y & z", r"\left( x", "$", "$$", r"a $\input{x}$ b",
]  # fmt: skip
TITLE = "</title><script>alert(1)</script> 100% & $x_1$ \\input{o} ~^#{} \x1b]0;x\x07 [/red] \u202e"


@pytest.fixture(scope="module")
def entries():
    claims = [
        Claim(f"m.t{k}", TITLE, "at <img src=x onerror=alert(2)>", latex, Inequality((), ODD <= ODD), note=TITLE, exports=a <= a)
        for k, latex in enumerate(FORMULAS)
    ]  # fmt: skip
    return [Entry(c, "proved", "exact", "<i>words</i>\n\x1b[2J", how="<how>", assumes=("<b>x</b>",)) for c in claims]


class Seen(HTMLParser):
    """Elements with their attributes, and links."""

    def __init__(self):
        super().__init__()
        self.elements, self.attributes, self.links = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name in ("href", "src", "action", "style")]


#: What the template itself is made of.
PAGE = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "em", "div", "span", "details", "summary", "table", "tr", "td", "ul", "li", "nav", "section", "b", "a", "code"}  # fmt: skip
PAGE_ATTRIBUTES = {"lang", "charset", "name", "content", "class", "id", "href", "xmlns"}


def test_the_html_page_has_no_other_elements_attributes_and_links(entries):
    seen = Seen()
    seen.feed(pages.html(entries))
    assert seen.elements <= PAGE | ELEMENTS
    assert seen.attributes <= PAGE_ATTRIBUTES | ATTRIBUTES
    assert all(link.startswith("#") for link in seen.links)


def test_every_hypothesis_has_a_line_of_its_own_after_the_ranges_of_its_indices():
    t, i, d = index("t i d")
    x, y = sequence("x"), sequence("y")
    given = (d >= 1, forall(t, 1, None, forall(i, 1, d, x[i, t] >= 0)))
    said = Theorem(given, forall(i, 1, d, y[i] >= 0), where=(define("y", lambda i: x[i, 1]).definition,))
    assert said.sections() == {
        "for all natural numbers from 1": ["d"],
        "for all sequences of reals": ["x[], y[]"],
        "if": ["d >= 1", "for t = 1.., i = 1..d: x[i, t] >= 0"],
        "where": ["for t = 1..: y[t] == x[t, 1]"],
        "then": ["for i = 1..d: y[i] >= 0"],
    }
    entry = Entry(Claim("m.t", "", "", "", said), "unknown")
    for page in (pages.one(entry), re.sub("<[^>]*>", "\n", html.unescape(pages.html([entry])))):
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        expected = [line for words, some in said.sections().items() for line in (words, *some)]
        first = lines.index(expected[0])
        assert lines[first : first + len(expected)] == expected


def test_the_tree_below_a_claim_has_every_claim_it_rests_on_and_each_subtree_once():
    def entry(name, *uses, verdict="proved"):
        return Entry(Claim(f"m.{name}", "", "", "", Inequality((), a <= a)), verdict, "exact", uses=uses)

    leaf = entry("leaf", verdict="bounded")
    both = entry("both", leaf)
    top = entry("top", entry("left", both), both, leaf)
    assert [(depth, one.claim.id, again) for depth, one, again in top.tree()] == [
        (0, "m.left", False), (1, "m.both", False), (2, "m.leaf", False), (0, "m.both", True), (0, "m.leaf", False)
    ]  # fmt: skip
    said = pages.one(top).split("Rests on:\n")[1].split("\n\n")[0]
    assert said.splitlines() == [
        "  m.left: proved (trust: exact)", "    m.both: proved (trust: exact)", "      m.leaf: bounded (trust: exact)",
        "  m.both: proved (trust: exact), see above", "  m.leaf: bounded (trust: exact)",
    ]  # fmt: skip
    assert "What it rests on" in pages.html([top])
    assert "What it rests on" not in pages.html([leaf])


@pytest.mark.parametrize("latex", FORMULAS)
def test_a_formula_draws_or_is_shown_as_typed(latex):
    seen = Seen()
    seen.feed(mathml(latex))
    assert seen.elements <= ELEMENTS | {"code"}
    assert seen.attributes <= ATTRIBUTES | {"xmlns"}


def test_formulas_of_papers_are_still_drawn():
    for latex in (r"\frac{a}{b} \le \sqrt{x_1^2}", r"\hat v_t \in \mathbb{R}", r"\sum_{t\le T} \big|x\big|"):
        assert mathml(latex).startswith("<math")
        assert tex(latex).startswith("$")


@pytest.mark.parametrize("latex", [f for f in FORMULAS if "$" not in f])
def test_tex_that_could_do_more_than_print_is_typed_out(latex):
    bare = re.sub(r"\\textbackslash\{\}", "", tex(latex))
    assert prints(latex) or bare.startswith(r"\texttt{")
    assert not re.search(r"\\(input|write|def|href|unicode|class|style|color)", bare)


def test_no_page_acts_on_a_terminal(entries):
    from rich.console import Console

    console = Console(width=120, file=None, record=True, quiet=True)
    with console.capture() as said:
        console.print(pages.text(entries))
    shown = [
        said.get(),
        *map(pages.one, entries),
        *map(pages.line, entries),
        pages.as_json(entries),
        pages.latex(entries),
    ]
    for page in [*shown, *pages.summary(entries), pages.html(entries)]:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", page)


def test_a_comment_of_the_latex_page_does_not_end_before_its_line(entries):
    page = pages.latex(entries)
    assert all(line.startswith(("%", "\\", "at ")) or not line for line in page.splitlines())


def test_no_formula_of_the_papers_shows_a_command():
    claims = {c.id: c for claim, _, _ in claims_in([shipped()]) for c in claim.all()}
    assert len(claims) > 300
    left = {id: found for id, c in claims.items() if (found := re.findall(r"\\[A-Za-z]+", mathml(c.latex)))}
    assert not left
    assert mathml(r"a \unknowncommand b") == r"<code>a \unknowncommand b</code>"
