"""The README's figure: ``python -m tests.readme_figure`` writes notebooks/reddi.svg."""

from pathlib import Path

import numpy as np

import regretlab as rl
from regretlab import plots

ADAM = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"


def main() -> None:
    # Ends of whole periods only: within a period the bound jumps with v_hat, which hides its course.
    steps = np.unique(np.geomspace(1, 1000, 60).round().astype(int)) * 3
    result = rl.simulate(rl.problems.Reddi(C=8), ADAM, horizon=3000, checkpoints=[*steps, 42])
    axes = plots.bound_versus_regret(result, ax=plots.axes(width=6, height=3))
    plots.save(axes.figure, Path(__file__).parent.parent / "notebooks" / "reddi.svg")


if __name__ == "__main__":
    main()
