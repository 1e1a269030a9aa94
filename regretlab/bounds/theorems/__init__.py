"""The theorems' bounds, a file for each method: every bound of a file of this folder is found by its id."""

from regretlab.bounds._base import Bound
from regretlab.bounds.theorems import adamcb  # noqa: F401 (the order of tables: what is said of bandits comes first)

Bound.known.import_folder(__name__)
