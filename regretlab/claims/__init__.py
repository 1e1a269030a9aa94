"""Claims of papers: formal statements, verdicts that exist only as checked certificates, and what follows from what.

A claims file makes a :class:`Paper` and adds claims; ``regretlab verify FILE`` decides them. Provers search and are not
trusted; a small checker re-checks every certificate.
"""

from regretlab.claims.certificate import Certificate
from regretlab.claims.claim import Claim
from regretlab.claims.ledger import Entry, Ledger
from regretlab.claims.pages import frame
from regretlab.claims.paper import Paper
from regretlab.claims.sequences import Product, Sum, sequence
from regretlab.claims.terms import OPS, all_of, exp, integer, log, maximum, minimum, real, sqrt, term, where
from regretlab.claims.verdict import LEVELS, VERDICTS

__all__ = [
    "LEVELS",
    "OPS",
    "VERDICTS",
    "Certificate",
    "Claim",
    "Entry",
    "Ledger",
    "Paper",
    "Product",
    "Sum",
    "all_of",
    "exp",
    "frame",
    "integer",
    "log",
    "maximum",
    "minimum",
    "real",
    "sequence",
    "sqrt",
    "term",
    "where",
]
