"""Every shipped lemma in use: a theorem that it gives at once, and twins whose obligation fails."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from regretlab.claims import Ledger, Sum, exp, forall, index, log, maximum, minimum, real, sequence, sqrt, use
from regretlab.claims.checkers import check
from regretlab.claims.ledger.loading import claims_in, shipped
from regretlab.claims.paper import theorem
from regretlab.claims.provers import accepted
from regretlab.claims.provers import theorem as proofs
from regretlab.claims.statements import Theorem

t, s, n = index("t s n")
e, f, g = sequence("e"), sequence("f"), sequence("g")
c, r, u = real("c r u")
LEMMAS = {claim.id: claim.statement for claim, _, _ in claims_in([shipped() / "lemmas"])}


def total(term, low=1, high=n):
    """Sum a term over t."""
    return Sum(term, (t, low, high))


def by(lemma, show, *given, first=(), **terms):
    """State what a lemma gives with these terms in place of its names; ``first`` gives the terms of it a meaning."""
    return theorem(given=given, show=show, by=[*first, use(f"Lemma.{lemma}", **terms)])


def squares(t):
    """Return what is put in for a sequence of the lemma."""
    return g[t] ** 2


def clip(value, least, most):
    """Project onto [least, most]."""
    return maximum(least, minimum(most, value))


def one(w):
    """Return the constant 1."""
    return 1


def divergence(p, q):
    """Return the divergence of a law on two points from another."""
    return p * (log(p) - log(q)) + (1 - p) * (log(1 - p) - log(1 - q))


INSIDE = (r > 0, r < 1, u > 0, u < 1)
SO_FAR = Sum(g[s] ** 2, (s, 1, t))
LAW = (forall(t, 1, n, e[t] > 0), total(e[t]) == 1)
#: A probability space of n outcomes and the law e, at a time at which nothing is known.
UNKNOWING = {"N": n, "P": e, "F": lambda w, u: 1}
ONE_AT_MOST = (forall(t, 1, n, f[t] * f[t] == f[t]), forall(t, 1, n, forall(s, t + 1, n, f[t] * f[s] == 0)))
USED = {
    "telescope": by("telescope", total((t + 1) ** 2 - t**2) == (n + 1) ** 2 - 1, T=n, a=lambda t: t**2),
    "parts": by(
        "parts", total(t * (g[t] - g[t + 1])) == g[1] - n * g[n + 1] + total(g[t], 2), T=n, w=lambda t: t, a=g
    ),
    "abel": by(
        "abel", total(t * (g[t] - g[t + 1])) <= n * (c - g[n + 1]), forall(t, 1, n, g[t] <= c),
        T=n, w=lambda t: t, a=g, D=c,
    ),
    "termwise": by("termwise", total(g[t]) <= total(f[t]), forall(t, 1, n, g[t] <= f[t]), T=n, a=g, b=f),
    "constant": by("constant", total(g[t]) <= n * c**2, forall(t, 1, n, g[t] <= c**2), T=n, a=g, c=c**2),
    "positive": by("positive", total(g[t] ** 2) >= 0, T=n, a=squares),
    "monotone": by("monotone", forall(s, 1, n, forall(t, s, n, s**2 <= t**2)), T=n, a=lambda t: t**2),
    "cauchy": by(
        "cauchy", total(f[t] * g[t]) ** 2 <= total(f[t] ** 2) * total(squares(t)), T=n, w=lambda t: 1, a=f, b=g
    ),
    "jensen": by(
        "jensen", total(f[t] * g[t]) ** 2 <= total(f[t] * g[t] ** 2),
        forall(t, 1, n, f[t] >= 0), total(f[t]) == 1, T=n, w=f, a=g,
    ),
    "mean": by("mean", total(g[t + 1]) ** 2 <= n * total(g[t + 1] ** 2), T=n, a=lambda t: g[t + 1]),
    "young": by("young", 2 * r * g[n] <= 3 * r**2 + g[n] ** 2 / 3, u=r, v=g[n], c=3),
    "adagrad": by(
        "adagrad", total(g[t] ** 2 / sqrt(SO_FAR)) <= 2 * sqrt(total(g[t] ** 2)), g[1] != 0,
        first=[forall(t, 1, n, SO_FAR > 0)], T=n, a=squares,
    ),
    "adagrad_log": by(
        "adagrad_log", total(1 / Sum(1, (s, 1, t))) <= 1 + log(n), T=n, a=lambda t: 1
    ),
    "geometric": by("geometric", total(r**t, 0) <= 1 / (1 - r), r >= 0, r < 1, T=n, c=r),
    "geometric_double": by(
        "geometric_double", total(f[t]) <= 2 * total(g[t] ** 2),
        f[0] == 0, forall(t, 1, n, f[t] == f[t - 1] / 2 + g[t] ** 2),
        T=n, c="1/2", k=1, p=f, a=squares, q=lambda t: 1,
    ),
    "times": by("times", t * g[t] ** 2 <= t * c, g[t] ** 2 <= c, k=t, less=g[t] ** 2, more=c),
    "chain": by("chain", g[n] ** 2 <= r, g[n] ** 2 <= c, c <= r, less=g[n] ** 2, middle=c, more=r),
    "part": by("part", g[n] <= n * c + r, g[n] <= u + r, u <= n * c, total=g[n], part=u, bound=n * c, rest=r),
    "terms": by(
        "terms", g[n] <= f[1] + f[2] + c, g[n] <= e[1] + e[2] + r, e[1] <= f[1], e[2] <= f[2], r <= c,
        less=g[n], a=e[1], b=e[2], c=r, u=f[1], v=f[2], w=c,
    ),
    "root": by(
        "root", 3 * (sqrt(n) * sqrt(g[n] ** 2)) <= 3 * (sqrt(n) * sqrt(c)), g[n] ** 2 <= c,
        k=3, size=n, less=g[n] ** 2, more=c,
    ),
    "roots": by("roots", total(1 / sqrt(t)) <= 2 * sqrt(n), T=n),
    "harmonic": by("harmonic", total(1 / t) <= 1 + log(n), T=n),
    "squares": by("squares", total(1 / t**2) <= 2, T=n),
    "log_sum_exp": by(
        "log_sum_exp", log(total(exp(-g[t]))) <= log(n), forall(t, 1, n, g[t] >= 0),
        first=[forall(s, 1, n, total(exp(-g[t]), high=s) > 0)], T=n, a=lambda t: -g[t], c=0,
    ),
    "log_sum_exp_below": by(
        "log_sum_exp_below", g[1] <= log(total(exp(g[t]))),
        first=[forall(s, 1, n, total(exp(g[t]), high=s) > 0)], T=n, a=g,
    ),
    "three_points": by("three_points", 2 * (f[n] - u) * (c - u) <= (f[n] - u) ** 2 + (c - u) ** 2, x=f[n], y=u, z=c),
    "projection": by("projection", clip(f[n], -1, 1) ** 2 <= f[n] ** 2, x=f[n], z=0, low=-1, high=1),
    "projection_box": by(
        "projection_box", total(t * (clip(f[t], 0, t) - 1) ** 2) <= total(t * (f[t] - 1) ** 2),
        d=n, w=lambda i: i, x=f, z=lambda i: 1, l=lambda i: 0, h=lambda i: i,
    ),
    "nonexpansive_box": by(
        "nonexpansive_box", total((clip(f[t], 0, 1) - clip(g[t], 0, 1)) ** 2) <= total((f[t] - g[t]) ** 2),
        d=n, w=lambda i: 1, x=f, y=g, l=lambda i: 0, h=lambda i: 1,
    ),
    "exchange": by(
        "exchange", Sum(total(t * f[s]), (s, 1, n)) == total(Sum(t * f[s], (s, 1, n))),
        S=n, T=n, a=lambda s, t: t * f[s],
    ),
    "summand": by("summand", forall(s, 1, n, g[s] ** 2 <= total(g[t] ** 2)), T=n, a=squares),
    "indicator": by(
        "indicator", forall(s, 1, n, f[s] * total(f[t] * g[t]) == f[s] * g[s]), *ONE_AT_MOST, a=f, Z=g
    ),
    "tower": by(
        "tower", total(e[t] * g[t]) == c, *LAW, total(e[t] * g[t]) == c, a=g, b=lambda w: c, Z=one, **UNKNOWING
    ),
    "drawn": by(
        "drawn", total(e[t] * total(f[t] / 2)) == total(f[t]) / 2, *LAW,
        b=lambda w, j: "1/2", p=lambda w, j: "1/2", y=lambda w, j: f[j], Z=one, **UNKNOWING,
    ),
    "known_product": by(
        "known_product", forall(t, 1, n, forall(s, 1, n, c * g[t] ** 2 == c * g[s] ** 2)),
        forall(t, 1, n, forall(s, 1, n, c * g[t] == c * g[s])), N=n, F=lambda w, u: c, a=g, b=g,
    ),
    "known_inverse": by(
        "known_inverse", forall(t, 1, n, forall(s, 1, n, c / g[t] == c / g[s])), forall(t, 1, n, g[t] > 0),
        forall(t, 1, n, forall(s, 1, n, c * g[t] == c * g[s])), N=n, F=lambda w, u: c, a=g,
    ),
    "count": by(
        "count", total(e[t] * Sum(g[t], (s, 1, n))) == n * c, *LAW, total(e[t] * g[t]) == c,
        N=n, P=e, F=lambda k, w, u: 1, Z=one, K=n, b=lambda w, k: g[w], p=lambda w: c,
    ),
    "replacement": by(
        "replacement", (n * c) ** 2 == n * c**2 + n * (n - 1) * c**2,
        N=1, n=1, K=n, P=one, F=lambda k, w, u: 1, b=lambda w, k, j: 1, p=lambda w, j: 1, y=lambda w, j: c,
        mu=lambda w: c, q=lambda w: c**2,
    ),
    "exp_below": by("exp_below", exp(-(g[n] ** 2)) <= 1 - g[n] ** 2 + g[n] ** 4 / 2, x=g[n] ** 2),
    "tangent": by("tangent", r * (log(u) - log(r)) <= u - r, r > 0, u > 0, q=r, r=u),
    "mirror_coordinate": by(
        "mirror_coordinate", u / 2 + log(c) + 1 >= log(u) + c, *INSIDE, c == clip(u * exp(-1), r, 1),
        a=1, c=1, h=1, p=u, q=1, r=c, low=r, high=1,
    ),
    "mirror_step": by(
        "mirror_step",
        total(g[t] ** 2 * (f[t] - 1 / n)) <= total(log(e[t]) - log(f[t])) / n + total(f[t] * g[t] ** 4) / 2,
        r > 0, r <= 1 / n, forall(t, 1, n, f[t] > 0), forall(t, 1, n, e[t] == clip(f[t] * exp(-(g[t] ** 2)), r, 1)),
        total(f[t]) == 1, total(e[t]) == 1, first=[forall(t, 1, n, e[t] > 0)],
        a=1, c=1, S=1, low=r, high=1, p=f, q=lambda j: 1 / n, r=e, h=squares,
    ),
    "mirror": by(
        "mirror", total(f[t] * (log(f[t]) - log(g[t]))) >= 0, r > 0,
        forall(t, 1, n, (r <= f[t]) & (f[t] <= 1)), forall(t, 1, n, (r <= g[t]) & (g[t] <= 1)),
        total(f[t]) == u, total(g[t]) == u,
        T=1, a=1, S=u, low=r, high=1, q=f, p=lambda t, j: g[j], h=lambda t, j: 0, c=lambda t: 1,
    ),
    "mirror_start": by("mirror_start", r * (log(r) - log(1 / n)) <= r * log(n), r > 0, r <= 1, k=n, p=1 / n, q=r),
    "inverse": by("inverse", 1 / r - 1 / u <= (u - r) / r**2, r > 0, u > 0, p=r, q=u, u=1),
    "inverse_sum": by(
        "inverse_sum", total(1 / f[t]) - total(1 / g[t]) <= total(g[t] / f[t] ** 2) - total(1 / f[t]),
        forall(t, 1, n, (f[t] > 0) & (g[t] > 0)), total(f[t]) == total(g[t]),
        first=[forall(t, 1, n, f[t] / f[t] ** 2 == 1 / f[t]), total(f[t] / f[t] ** 2) == total(1 / f[t])],
        p=f, q=g, s=lambda j: 1, h=lambda j: -1 / f[j] ** 2, v=1, C=0,
    ),
    "pinsker": by("pinsker", divergence(r, u) >= 2 * (r - u) ** 2, *INSIDE, p=r, q=u),
    "entropy": by("entropy", divergence(r, u) >= 0, *INSIDE, p=r, q=u),
}  # fmt: skip
LACKING = {
    "abel, of weights that decrease": by(
        "abel", total((g[t] - g[t + 1]) / t) <= (c - g[n + 1]) / n, forall(t, 1, n, g[t] <= c),
        T=n, w=lambda t: 1 / t, a=g, D=c,
    ),
    "abel, of a range too short": by(
        "abel", total(t * (g[t] - g[t + 1])) <= n * (c - g[n + 1]), forall(t, 2, n, g[t] <= c),
        T=n, w=lambda t: t, a=g, D=c,
    ),
    "jensen, of weights with another sum": by(
        "jensen", total(f[t] * g[t]) ** 2 <= total(f[t] * g[t] ** 2), forall(t, 1, n, f[t] >= 0), T=n, w=f, a=g
    ),
    "cauchy, of weights of any sign": by(
        "cauchy", total(f[t] * g[t]) ** 2 <= total(f[t]) * total(f[t] * g[t] ** 2), T=n, w=f, a=g, b=lambda t: 1
    ),
    "tower, of what is not known": by(
        "tower", total(e[t] * g[t] * g[t]) == c * total(e[t] * g[t]), *LAW, total(e[t] * g[t]) == c,
        a=g, b=lambda w: c, Z=g, **UNKNOWING,
    ),
    "count, of what is not known": by(
        "count", total(e[t] * g[t] * n * g[t]) == n * c * total(e[t] * g[t]), *LAW, total(e[t] * g[t]) == c,
        N=n, P=e, F=lambda k, w, u: 1, Z=g, K=n, b=lambda w, k: g[w], p=lambda w: c,
    ),
    "known_inverse, of what may be 0": by(
        "known_inverse", forall(t, 1, n, forall(s, 1, n, c / g[t] == c / g[s])),
        forall(t, 1, n, forall(s, 1, n, c * g[t] == c * g[s])), N=n, F=lambda w, u: c, a=g,
    ),
    "adagrad, from nothing": by(
        "adagrad", total(g[t] ** 2 / sqrt(SO_FAR)) <= 2 * sqrt(total(g[t] ** 2)), T=n, a=squares
    ),
    "mirror, of laws with another sum": by(
        "mirror", total(f[t] * (log(f[t]) - log(g[t]))) >= 0, r > 0,
        forall(t, 1, n, (r <= f[t]) & (f[t] <= 1)), forall(t, 1, n, (r <= g[t]) & (g[t] <= 1)), total(f[t]) == u,
        T=1, a=1, S=u, low=r, high=1, q=f, p=lambda t, j: g[j], h=lambda t, j: 0, c=lambda t: 1,
    ),
    "mirror_step, of losses of any sign": by(
        "mirror_step",
        total(g[t] * (f[t] - 1 / n)) <= total(log(e[t]) - log(f[t])) / n + total(f[t] * g[t] ** 2) / 2,
        r > 0, r <= 1 / n, forall(t, 1, n, f[t] > 0), forall(t, 1, n, e[t] == clip(f[t] * exp(-g[t]), r, 1)),
        total(f[t]) == 1, total(e[t]) == 1, first=[forall(t, 1, n, e[t] > 0)],
        a=1, c=1, S=1, low=r, high=1, p=f, q=lambda j: 1 / n, r=e, h=g,
    ),
    "times, of a factor of any sign": by("times", c * g[n] <= c * r, g[n] <= r, k=c, less=g[n], more=r),
    "summand, of terms of any sign": by("summand", forall(s, 1, n, g[s] <= total(g[t])), T=n, a=g),
    "inverse_sum, of laws with another sum": by(
        "inverse_sum", total(1 / f[t]) - total(1 / g[t]) <= total((g[t] - f[t]) / f[t] ** 2) + total(g[t] - f[t]),
        forall(t, 1, n, (f[t] > 0) & (g[t] > 0)),
        p=f, q=g, s=lambda j: 1, h=lambda j: -1 / f[j] ** 2 - 1, v=1, C=-1,
    ),
    "constant, that is no natural number of terms": by(
        "constant", total(g[t], high=n - 1) <= n - 1, forall(t, 1, n, g[t] <= 1), T=n - 1, a=g, c=1
    ),
}  # fmt: skip


def known(statement):
    """Say in a theorem what the lemmas say that it uses."""
    return replace(statement, lemmas=tuple(replace(one, statement=_own(LEMMAS[one.id])) for one in statement.lemmas))


def _own(lemma):
    return replace(lemma, lemmas=(), by=()) if isinstance(lemma, Theorem) else lemma


def test_every_lemma_is_used():
    assert {f"Lemma.{name}" for name in USED} == set(LEMMAS)


@pytest.mark.parametrize("name", USED)
def test_a_lemma_gives_its_instance(name):
    statement = known(USED[name])
    found = accepted(statement)
    assert found is not None
    assert any(step["rule"] == "lemma" for step in found.body["steps"])
    assert check(statement, found.form, found.body).verdict == "proved"


@pytest.mark.parametrize("name", LACKING)
def test_no_lemma_is_used_without_its_hypotheses(name):
    assert proofs.find(known(LACKING[name])) is None


@pytest.mark.slow
def test_the_theorem_of_the_readme_is_proved(tmp_path):
    readme = (Path(__file__).parents[3] / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"<!-- ogd_claims.py -->\n```python\n(.*?)```", readme, re.DOTALL)
    assert len(list(filter(str.strip, block.splitlines()))) < 15
    file = tmp_path / "ogd_claims.py"
    file.write_text(block, encoding="utf-8")
    (entry,) = [e for e in Ledger([file]).verify(jobs=1) if e.claim.id == "ogd.Thm1"]
    assert (entry.verdict, entry.because) == ("proved", ("Lemma.termwise", "Lemma.abel", "Lemma.roots"))
