"""The kinds of formal statement a claim can make. A statement only says; provers search, checkers decide."""

from regretlab.claims.statements._base import Malformed, Statement, check_relations, of_reals, statements_only
from regretlab.claims.statements._compound import Both, Denial, Derivation, Disagreement, Misprint, Vacuity, Words
from regretlab.claims.statements._in_file import InFile
from regretlab.claims.statements._reals import Finite, Inequality, Ladder, Order, Recursion, Scalar, Series, Units
from regretlab.claims.statements._runs import BanditRegret, Kink, NoRegret, RegretBound, kink
from regretlab.claims.statements.theorem import Lemma, Theorem, Use, conclusions

__all__ = [
    "BanditRegret", "Both", "Denial", "Derivation", "Disagreement", "Finite", "InFile", "Inequality", "Kink", "Ladder",
    "Lemma", "Malformed", "Misprint", "NoRegret", "Order", "Recursion", "RegretBound", "Scalar", "Series", "Statement",
    "Theorem", "Units", "Use", "Vacuity", "Words", "check_relations", "conclusions", "kink",
    "of_reals", "statements_only",
]  # fmt: skip
