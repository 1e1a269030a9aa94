"""Claims of papers: formal statements, verdicts that exist only as checked certificates, and derivations.

A claims file makes a :class:`Paper` and adds claims; ``regretlab verify FILE`` decides them. Provers search and are not
trusted; a small checker re-checks every certificate.

Each folder imports from those before it alone: language, arithmetic, statements, checkers, provers, ledger.
"""

from regretlab.claims import designs, paper
from regretlab.claims.arithmetic import balls
from regretlab.claims.language.binding import forall, index
from regretlab.claims.language.chance import outcomes
from regretlab.claims.language.definitions import define, recursive
from regretlab.claims.language.sequences import Product, Sum, sequence
from regretlab.claims.language.steps import box, steps
from regretlab.claims.language.terms import OPS, all_of, exp, integer, log, maximum, minimum, real, sqrt, term, where
from regretlab.claims.language.verdict import LEVELS, VERDICTS
from regretlab.claims.ledger import Ledger, pages
from regretlab.claims.ledger.certificate import Certificate
from regretlab.claims.ledger.entry import Entry
from regretlab.claims.ledger.pages import frame
from regretlab.claims.paper import Paper, use
from regretlab.claims.statements.claim import Claim

__all__ = [
    "LEVELS", "OPS", "VERDICTS", "Certificate", "Claim", "Entry", "Ledger", "Paper", "Product", "Sum", "all_of",
    "balls", "box", "define", "designs", "exp", "forall", "frame", "index", "integer", "log", "maximum", "minimum",
    "outcomes", "pages", "paper", "real", "recursive", "sequence", "sqrt", "steps", "term", "use", "where",
]  # fmt: skip
