"""What follows from what: false statements that try to be proved through exports, uses, corrections and judgement."""
# ruff: noqa: E501

import pytest

from regretlab.claims import Ledger
from regretlab.claims.ledger import pages

FALSE = {
    # name: (the claims, why the last is false)
    "dropped hypothesis": ("P.inequality('{}a', '', given=[x >= 1], show=x**2 >= x, exports=x**2 >= x)\n"
                           "P.derivation('{}', '', uses=['{}a'], show=x**2 >= x)", "x^2 < x at x = 1/2"),
    "dropped, in a conjunction": ("P.both('{}a', '', statements=[ineq((x >= 1,), x >= 0), ineq((), y * y >= 0)], exports=(x >= 0) & (y * y >= 0))\n"
                                  "P.derivation('{}', '', uses=['{}a'], show=x >= 0)", "x = -1"),
    "dropped interval": ("P.scalar('{}a', '', f=x, x=x, a=0, b=1, exports=x >= 0)\n"
                         "P.derivation('{}', '', uses=['{}a'], show=x >= 0)", "x = -1"),
    "dropped by a derivation": ("P.derivation('{}a', '', given=[x >= 2], show=x >= 1, exports=x >= 1, expect='proved')\n"
                                "P.derivation('{}', '', uses=['{}a'], show=x >= 1)", "x = 0"),
    "two steps away": ("P.inequality('{}a', '', given=[x >= 1], show=x**2 >= x, exports=x**2 >= x)\n"
                       "P.derivation('{}b', '', uses=['{}a'], given=[x >= 1], show=x**3 >= x**2, exports=x**3 >= x**2)\n"
                       "P.derivation('{}', '', uses=['{}b'], show=x**3 >= x**2)", "x = 1/2"),
    "another statement": ("P.inequality('{}a', '', show=x**2 >= 0, exports=x <= 0)\n"
                          "P.derivation('{}', '', uses=['{}a'], show=x <= 1)", "x = 2"),
    "its negation": ("P.inequality('{}a', '', show=x**2 >= 0, exports=x >= 3)\n"
                     "P.derivation('{}', '', uses=['{}a'], show=x > 1)", "x = 0"),
    "a stronger constant": ("P.inequality('{}a', '', given=[x >= 1], show=x**2 >= x, exports=x**2 >= 2 * x)\n"
                            "P.derivation('{}', '', uses=['{}a'], given=[x >= 1], show=x**2 >= 2 * x)", "x = 1"),
    "a converse": ("P.inequality('{}a', '', given=[x >= y], show=x + 1 >= y, exports=x >= y)\n"
                   "P.derivation('{}', '', uses=['{}a'], given=[x + 1 >= y], show=x + 1 >= y + 1)", "x = 0, y = 1"),
    "half of a conjunction": ("P.inequality('{}a', '', show=(x**2 >= 0) & (y**2 >= 0), exports=(x**2 >= 0) & (y >= 0))\n"
                              "P.derivation('{}', '', uses=['{}a'], show=y >= 0)", "y = -1"),
    "a falsehood of numbers": ("P.inequality('{}a', '', show=x**2 >= 0, exports=x * 0 >= 1)\n"
                               "P.derivation('{}', '', uses=['{}a'], show=x > 1)", "0 is not 1"),
    "from a derivation that exports more": ("P.derivation('{}a', '', given=[x >= 2], show=x >= 1, exports=x >= 3, expect='proved')\n"
                                            "P.derivation('{}', '', uses=['{}a'], given=[x >= 2], show=x >= 3)", "x = 2"),
    "no claim used": ("P.derivation('{}', 'P = NP')", "it is open"),
    "one case for all": ("P.finite('{}a', '', cases=lambda: [dict(n=k) for k in range(40)], expect='bounded',\n"
                         "  holds=lambda n: n * n + n + 41 < 1682)\nP.derivation('{}', 'for every n', uses=['{}a'])", "n = 40"),
    "cases in a correction": ("P.finite('{}a', '', cases=lambda: [dict(n=2)], holds=lambda n: n > 2, expect='refuted',\n"
                              "  corrected=dict(latex='', cases=lambda: [dict(n=3)], holds=lambda n: n > 2, expect='bounded'))\n"
                              "P.derivation('{}', 'n > 2', uses=['{}a'], repaired_by='{}a.corrected')", "n = 1"),
    "cases and a formal step": ("P.finite('{}a', '', cases=lambda: [dict(n=2)], holds=lambda n: n > 1, expect='bounded', exports=z > 1)\n"
                                "P.derivation('{}', '', uses=['{}a'], show=z > 0)", "z = 0"),
    "a conjunction with cases": ("P.both('{}a', '', expect='bounded', statements=[ineq((), x * x >= 0), fin(cases=lambda: [dict(n=2)], holds=lambda n: n > 1)])\n"
                                 "P.derivation('{}', 'n > 1', uses=['{}a'])", "n = 1"),
    "a misprint meant for cases": ("P.misprint('{}a', '', printed=ineq((), x < x), meant=fin(cases=lambda: [dict(n=2)], holds=lambda n: n > 1))\n"
                                   "P.derivation('{}', 'n > 1', uses=['{}a'])", "n = 1"),
    "what follows from what does not": ("P.derivation('{}b', 'P = NP')\nP.derivation('{}', 'so factoring is easy', uses=['{}b'])", "it is open"),
    "on a word": ("P.words('{}a', '', why='the proof is not printed here', verdict='assumed')\n"
                            "P.derivation('{}', 'x > 0', uses=['{}a'])", "x = 0"),
    "on what means nothing": ("P.inequality('{}a', '', show=1 / x == 1 / x, expect='ill-posed')\nP.derivation('{}', 'x > 0', uses=['{}a'])", "x = 0"),
    "a refuted lemma with a trivial correction": ("P.inequality('{}a', '', show=x >= 1, expect='refuted', exports=x >= 1,\n"
                                                  "  corrected=dict(latex='', show=x * x >= 0, exports=x >= 1))\n"
                                                  "P.derivation('{}', '', uses=['{}a'], show=x >= 0)", "x = -1"),
    "an export of a false lemma": ("P.inequality('{}a', '', show=x >= 1, expect='refuted', exports=x >= 1)\n"
                                   "P.derivation('{}', '', uses=['{}a'], show=x >= 0)", "x = -1"),
}  # fmt: skip
TRUE = {
    "with its hypotheses": ("P.inequality('{}a', '', given=[x >= 1], show=x**2 >= x, exports=x**2 >= x)\n"
                            "P.derivation('{}', '', uses=['{}a'], given=[x >= 1], show=x**2 + 1 >= x + 1)", "proved"),
    "hypotheses that follow": ("P.inequality('{}a', '', given=[x >= 1], show=x**2 >= x, exports=x**2 >= x)\n"
                               "P.derivation('{}', '', uses=['{}a'], given=[x >= 2], show=x**2 >= 2)", "proved"),
    "an assumption about new symbols": ("P.inequality('{}a', '', show=x**2 >= 0, exports=R <= W)\n"
                                        "P.derivation('{}', '', uses=['{}a'], show=R <= W + 1)", "follows"),
    "what rests on that": ("P.inequality('{}a', '', show=x**2 >= 0, exports=R <= W)\n"
                           "P.derivation('{}b', '', uses=['{}a'], show=R <= W + 1, exports=R <= W + 1)\n"
                           "P.derivation('{}', '', uses=['{}b'], show=R <= W + 2)", "follows"),
    "an argument in words": ("P.inequality('{}a', '', show=x**2 >= 0)\nP.derivation('{}', '', uses=['{}a'])", "follows"),
}  # fmt: skip
#: Steps from an input that is open: what does not follow even if it holds, is said not to.
OPEN_INPUT = {
    "more than the input": ("P.derivation('{}', '', uses=['{}a'], show=x >= y + 1)", "refuted"),
    "no meaning": ("P.derivation('{}', '', uses=['{}a'], show=x / x == 1)", "ill-posed"),
    "less than the input": ("P.derivation('{}', '', uses=['{}a'], show=x + 1 >= y)", "conditional"),
}
HEAD = """
from regretlab.claims import Paper, real
from regretlab.claims.paper import finite as fin
from regretlab.claims.statements import Inequality as ineq
x, y, z, R, W = real('x y z R W')
P = Paper('m', 'Mine')
"""


@pytest.fixture(scope="module")
def entries(tmp_path_factory):
    """Every statement judged once, in one file."""
    file = tmp_path_factory.mktemp("derived") / "my_claims.py"
    text = [body.replace("{}", name.replace(",", "")) for name, (body, _) in {**FALSE, **TRUE}.items()]
    open_input = "P.words('{}a', '', why='open', verdict='assumed', exports=x >= y)\n"
    text += [(open_input + body).replace("{}", name) for name, (body, _) in OPEN_INPUT.items()]
    file.write_text("\n".join([HEAD, *text]))
    return {e.claim.id.removeprefix("m."): e for e in Ledger([file]).verify(jobs=1)}


@pytest.mark.parametrize("name", FALSE)
def test_no_false_statement_is_established_or_follows(name, entries):
    entry = entries[name.replace(",", "")]
    assert entry.verdict in {"refuted", "unsupported", "conditional", "assumed", "unknown"}, FALSE[name][1]


@pytest.mark.parametrize("name", TRUE)
def test_the_same_steps_with_their_hypotheses_hold(name, entries):
    assert entries[name].verdict == TRUE[name][1]


@pytest.mark.parametrize("name", OPEN_INPUT)
def test_a_formal_step_is_checked_although_an_input_is_open(name, entries):
    assert entries[name].verdict == OPEN_INPUT[name][1]


def test_an_assumption_is_printed_on_every_page(entries):
    found = [entries["an assumption about new symbols"], entries["an assumption about new symbolsa"]]
    says = "R <= W (exported by m.an assumption about new symbolsa, which does not say it)"
    assert says in pages.one(found[0])
    assert "an assumption: not its own statement" in pages.one(found[1])
    assert pages.row(found[0])["assumes"] == [says]
    assert says.replace("<", "&lt;") in pages.html(found)
    assert "assuming R $<$= W" in pages.latex(found)
    assert any(line.startswith("ASSUMES: m.an assumption") for line in pages.summary(found))


def test_trust_is_that_of_the_weakest_link(entries):
    assert entries["what rests on that"].level == entries["an argument in words"].level == "words"
    assert entries["one case for alla"].trust == "exact, own functions"
    assert entries["with its hypotheses"].trust in ("exact", "1 solver", "2 solvers")
