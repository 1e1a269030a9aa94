"""Claims and their certificates as text for Lean 4 and its library mathlib, which is written and never compiled here.

The propositions are those that :mod:`regretlab.claims.rocq` exports. No verdict and no level of trust rests on them.
"""
