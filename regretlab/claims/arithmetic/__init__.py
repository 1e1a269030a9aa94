"""Exact arithmetic and intervals: what evaluates terms, polynomials and the functions of claims, and never a float."""
