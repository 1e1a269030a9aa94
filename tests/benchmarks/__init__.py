"""regretlab beside what else one could use: ``python -m tests.benchmarks``."""
