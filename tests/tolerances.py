"""Every tolerance of the tests, with its reason."""

#: Numbers known to 15 digits or more, after a few thousand floating-point steps whose errors do not add up.
PRINTED_DIGITS = 2e-13
#: The width of an exact interval, as a share of T and of T times the span: 32 units of round-off a step of the sums.
RUNNING_ERROR = 2.0**-48
#: Samplers: at most a few hundred operations on numbers of size at most 100, none a cancelling difference.
ROUND_OFF = 2.0**-42
#: Round-off of a few hundred steps of a sampler, whose law depends on its own past: 256 times that of a step.
ROUND_OFF_OF_A_RUN = 2.0**-34
#: Round-off of exp(x) where x is a sum of logarithms of size up to 3000, each good to half a unit in its last place.
ROUND_OFF_OF_LOGS = 2.0**-39
#: How far a twin that must fail has to be from the truth: nothing that round-off could explain.
FAR = 2.0**-22
#: The chance that a Monte Carlo test of a correct sampler fails, all its comparisons together.
MONTE_CARLO = 1e-6
#: SLSQP stops at a change of 1e-12 in an objective of curvature at least 1, so its minimiser is good to about 1e-6.
MINIMISER = 1e-5
#: Central differences of step 1e-6 on losses with bounded third derivatives, away from kinks.
FINITE_DIFFERENCE = 1e-4
#: The gap that the comparator's solver must reach, as a share of the losses' span: its goal, and some round-off.
CERTIFIED_GAP = 1.001e-9
#: Two array libraries on the same 25 steps: the same operations, sums in another order, fed back into the law.
ENGINES = 1e-10
#: A bound's floating-point evaluation against 40 digits: a few dozen operations, one 1 - ratio that may be small.
BOUND_DIGITS = 1e-10
#: How far a fitted exponent over T/16..T at T = 6000 may be off: the second-order term of the regret is below that.
SLOPE = 0.05
#: Padam's power: the system's pow and NumPy's, each within two units in the last place, over 40 steps.
POWER = 2.0**-40
#: An interior-point solver on a small semidefinite program: its value and its dual's agree to 3e-7 where measured.
SOLVER = 2e-6
#: How far the slope of a term's logarithm may be from its exponent: log log T over log T, for numbers of 400 digits.
ORDER = 0.02
#: Coverage of intervals that claim 95 % and may be wider: what a study of thousands of trials may measure.
COVERAGE = (0.94, 0.99)
#: Standard errors that a frequency over some hundreds of trials may be off: exceeded once in 1.7 million.
FREQUENCY = 5

#: Two units in the last place for the kernels' polynomials and one for the system's functions, at the worst point of a
#: binade.
POLYNOMIALS = 2.0**-50

#: Rank correlation of estimated costs and seconds over a grid: a few neighbours may change places under a busy machine.
ORDER_OF_COSTS = 0.85

#: Two programs of one method over tens of steps: the same formulas, sums in another order.
SAME_FORMULA = 1e-14
