"""The shipped ledger, loaded once for all test files of a process."""

from regretlab.claims import Ledger

LEDGER = Ledger()
