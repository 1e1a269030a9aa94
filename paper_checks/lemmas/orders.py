"""Lemmas about inequalities of numbers: what a long proof says once of terms that it need not look into."""

from regretlab.claims import Paper, real, sqrt

P = Paper("Lemma", "Lemmas about sums and sequences")

k, less, middle, more = real("k less middle more")
P.inequality(
    "times",
    r"k \ge 0,\ a \le b \;\Rightarrow\; ka \le kb",
    at="both sides times a number",
    given=[k >= 0, less <= more],
    show=k * less <= k * more,
)
P.inequality(
    "chain",
    r"a \le b \le c \;\Rightarrow\; a \le c",
    at="one bound after another",
    given=[less <= middle, middle <= more],
    show=less <= more,
)
total, one, bound, rest = real("total part bound rest")
P.inequality(
    "part",
    r"a \le b+c,\ b \le b' \;\Rightarrow\; a \le b'+c",
    at="a bound on one term of a bound",
    given=[total <= one + rest, one <= bound],
    show=total <= bound + rest,
)
terms, rooms = real("a b c"), real("u v w")
P.inequality(
    "terms",
    r"a \le u,\ b \le v,\ c \le w,\ y \le a+b+c \;\Rightarrow\; y \le u+v+w",
    at="a bound on each of three terms of a bound",
    given=[less <= terms[0] + terms[1] + terms[2], *(term <= room for term, room in zip(terms, rooms, strict=True))],
    show=less <= rooms[0] + rooms[1] + rooms[2],
)
size = real("size")
P.inequality(
    "root",
    r"k \ge 0,\ 0 \le a \le b \;\Rightarrow\; k\sqrt{d}\sqrt a \le k\sqrt{d}\sqrt b",
    at="under a root",
    given=[k >= 0, size >= 0, less >= 0, less <= more],
    show=k * (sqrt(size) * sqrt(less)) <= k * (sqrt(size) * sqrt(more)),
)
