"""From a problem and an algorithm to a record: the plan of a run, its steps, its regret, its description."""
