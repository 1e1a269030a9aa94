"""The ledger: claims read from files, their certificates, verdicts that follow from one another, and pages of them."""

from regretlab.claims.ledger.judging import decide
from regretlab.claims.ledger.ledger import Ledger

__all__ = ["Ledger", "decide"]
