"""Exact arithmetic and intervals for terms, polynomials and the functions of claims; never a float."""
