r"""Printed formulas: MathML for a browser, TeX for a paper, and as typed where either could do more than print.

Formulas come from a file of claims, which anyone may have written. What the converter makes of one is read as XML and
kept only if every element and attribute is known to draw and nothing else: no ``<script>``, no link, no style. TeX is
kept only if every command is known: no ``\input``, no ``\write18``, no definitions.
"""

from __future__ import annotations

import functools
import re
import xml.etree.ElementTree as ET
from html import escape as escape_html

MATHML = "http://www.w3.org/1998/Math/MathML"
ELEMENTS = frozenset([
    "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "mspace",
    "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
])  # fmt: skip
ATTRIBUTES = frozenset([
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display", "displaystyle",
    "fence", "form", "height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize",
    "movablelimits", "notation", "rowlines", "rowspacing", "rspace", "scriptlevel", "separator", "stretchy",
    "symmetric", "voffset", "width",
])  # fmt: skip
_VALUE = re.compile(r"[\w.%+ -]{0,40}")
#: Commands that the converter leaves as they are typed, and those it understands instead.
_KNOWN = (
    (re.compile(r"\\arg(?![A-Za-z])"), r"\\operatorname{arg}"),
    (re.compile(r"\\[bB]igg?[lrm]?\s*(?=\\[lr]angle)"), ""),
)
#: Characters of a formula; a longer one is shown as typed.
LONGEST = 5000

ENVIRONMENTS = frozenset(["aligned", "bmatrix", "cases", "matrix", "pmatrix", "vmatrix"])
_STRUCTURE = frozenset([
    "Big", "Bigg", "Biggl", "Biggr", "Bigl", "Bigr", "bar", "begin", "big", "bigg", "biggl", "biggr", "bigl",
    "bigr", "binom", "bmod", "boldsymbol", "ddot", "dfrac", "displaystyle", "dot", "end", "frac", "hat", "left",
    "lfloor", "lceil", "limits", "mathbb", "mathbf", "mathcal", "mathfrak", "mathit", "mathop", "mathrm", "mathscr",
    "mathsf", "mathtt", "mid", "nolimits", "not", "operatorname", "overbrace", "overline", "overset", "pmod",
    "prime", "qquad", "quad", "rceil", "rfloor", "right", "scriptscriptstyle", "scriptstyle", "sqrt", "stackrel",
    "tbinom", "text", "textbf", "textit", "textrm", "textstyle", "tfrac", "tilde", "to", "underbrace", "underline",
    "underset", "vec", "widehat", "widetilde", "arccos", "arcsin", "arctan", "arg", "argmax", "argmin", "cos",
    "cosh", "deg", "det", "dim", "exp", "gcd", "inf", "ker", "lim", "liminf", "limsup", "ln", "log", "max", "min",
    "Pr", "sin", "sinh", "sup", "tan", "tanh", "le", "ge", "ne", "lVert", "rVert", "lvert", "rvert", "iff", "dots",
    "ldots", "cdots",
])  # fmt: skip
_PLAIN = frozenset(",;:! {}|\\") | {" "}


@functools.cache
def _commands() -> frozenset[str]:
    """Collect the commands that print: the converter's symbols, and the structure's."""
    from latex2mathml.symbols_parser import SYMBOLS  # loaded by those who print

    return _STRUCTURE | {name[1:] for name in SYMBOLS if re.fullmatch(r"\\[A-Za-z]+", name)}


def mathml(latex: str) -> str:
    """Convert a printed formula to MathML, words between ``$`` to text; show as typed what cannot be converted."""
    from latex2mathml.converter import convert  # loaded by those who print

    if "$" in latex:
        parts = latex.split("$")
        return "".join(escape_html(p) if i % 2 == 0 else mathml(p) if p else "" for i, p in enumerate(parts))
    known = latex
    for pattern, instead in _KNOWN:
        known = pattern.sub(instead, known)
    try:
        found = ET.fromstring(convert(known) if len(latex) <= LONGEST else "")
        drawn = all(_draws(element) for element in found.iter())
    except Exception:  # the converter raises what it likes
        drawn = False
    if not drawn:
        return f"<code>{escape_html(latex)}</code>"
    for element in found.iter():
        element.tag = element.tag.removeprefix(f"{{{MATHML}}}")
    found.set("xmlns", MATHML)
    return ET.tostring(found, encoding="unicode", short_empty_elements=False)


def _draws(element: ET.Element) -> bool:
    left = element.tag != f"{{{MATHML}}}mtext" and re.search(r"\\[A-Za-z]", element.text or "")  # a command, undrawn
    return (
        not left
        and element.tag.removeprefix(f"{{{MATHML}}}") in ELEMENTS
        and all(name in ATTRIBUTES and _VALUE.fullmatch(value) for name, value in element.attrib.items())
    )


def tex(latex: str) -> str:
    """Write a printed formula in text mode of TeX; relations stay where TeX may break the line."""
    parts = latex.split("$") if "$" in latex else ["", latex, ""]
    if len(parts) % 2 == 0 or not all(map(prints, parts[1::2])):
        return rf"\texttt{{{escape_tex(latex)}}}"
    shown = (escape_tex(p) if i % 2 == 0 else f"${' '.join(p.split())}$" for i, p in enumerate(parts))
    return "".join(shown)


def prints(formula: str) -> bool:
    """Tell whether a formula is made of known commands, balanced, and cannot leave its place."""
    commands = re.findall(r"\\([A-Za-z]+|.|$)", formula, re.S)
    bare = re.sub(r"\\([A-Za-z]+|.)", " ", formula, flags=re.S)
    depth = 0
    for character in bare:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    environments = re.findall(r"\\(?:begin|end)\{(.*?)\}", formula)
    known = all(c in _commands() or c in _PLAIN for c in commands)
    within = set(environments) <= ENVIRONMENTS and environments[::2] == environments[1::2]
    aligned = bool(environments) or ("&" not in bare and r"\\" not in formula)
    return (
        known and within and aligned and depth == 0 and not re.search(r"[%#~\x00-\x08\x0b-\x1f]|\^\^", bare)
        and len(environments) == sum(c in ("begin", "end") for c in commands) and bool(formula.strip())
        and commands.count("left") == commands.count("right")
    )  # fmt: skip


_SPECIAL = {c: "\\" + c for c in "&%$#_{}"} | {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"$<$", ">": r"$>$",
    "≤": r"$\le$", "≥": r"$\ge$", "∞": r"$\infty$", "—": "---", "–": "--", "√": r"$\surd$", "→": r"$\to$",
}  # fmt: skip


def escape_tex(words: str) -> str:
    """Write plain text for LaTeX."""
    return "".join(_SPECIAL.get(c, c) for c in words)


#: Characters that do something to a terminal or to the order of a line, and halves of characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def visible(words: str) -> str:
    """Write out control characters, so that a page says what is there and a terminal does nothing."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", words)
