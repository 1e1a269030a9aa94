"""Bounds against a record: the audit of assumptions, intervals of means, the comparison and its verdict."""
