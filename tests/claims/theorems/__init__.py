"""Tests of theorems about sequences: the rules, the search, false theorems and certificates that were tampered with."""
