"""Engines: where the steps are made."""
