"""Claims and their certificates as Rocq (Coq) files, whose proofs the kernel of that proof assistant accepts or not.

What is exported is the statement as it was written, with the conditions under which its terms have a meaning; its proof
is written out from the stored certificate. Nothing that regretlab's checkers found is assumed; where a solver's word is
all there is, a linear programme looks for products of hypotheses, which Rocq adds up.
"""
