"""The README's figure: ``python -m tests.helpers.readme_figure`` writes notebooks/reddi.svg."""

from pathlib import Path

import regretlab as rl
from regretlab import plots

ADAM = "adam(alpha=7/20, beta1=0, beta2=1/65, lam=1/1000, eps=0)"


def main() -> None:
    result = rl.simulate(rl.problems.Reddi(C=8), ADAM, horizon=3000)
    axes = plots.bound_versus_regret(result, ax=plots.axes(width=6, height=3))
    plots.save(axes.figure, Path(__file__).parents[2] / "notebooks" / "reddi.svg")


if __name__ == "__main__":
    main()
