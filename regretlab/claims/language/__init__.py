"""The language of claims: terms and relations, sequences and sums, numbers as they are written, and the verdicts."""
