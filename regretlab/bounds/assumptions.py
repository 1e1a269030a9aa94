"""The hypotheses of the theorems: one object each, shared by all bounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """A hypothesis of a theorem, in words.

    The audit knows how to check those below on a run, by their ``id``; of one of your own it says that it cannot.
    """

    id: str
    text: str


CONVEX = Assumption("convex", "every loss is convex")
BOUNDED = Assumption("bounded_iterates", "iterates and comparator stay in a set of the stated diameter")
GRADIENTS = Assumption("bounded_gradients", "|g_t,i| <= G_inf")
EXAMPLES = Assumption("bounded_examples", "every example's gradient norm is at most L")
SQRT_STEP = Assumption("sqrt_step", "alpha_t = alpha / sqrt(t)")
DECAYING = Assumption("decaying_beta1", "beta_{1,t} = beta1 lam^(t-1) with lam < 1")
NO_EPS = Assumption("eps_zero", "eps = 0")
GAMMA_KB = Assumption("gamma_kb", "beta1^2 / sqrt(beta2) < 1")
ETA = Assumption("eta", "beta1 / sqrt(beta2) < 1")
TIED_GAMMA = Assumption("tied_gamma", "gamma is the paper's gamma(T)")
TIED_STEP = Assumption("tied_sampler_step", "the sampler's step size is the lemma's, tied to T")
UNBIASED = Assumption("unbiased", "E f_t = f")
SUBSET = Assumption("proper_batch", "K < n")
NON_INCREASING = Assumption("non_increasing", "beta_{1,t} does not increase")
ETA_P = Assumption("eta_p", "beta1 / beta2^p < 1")
CONSTANT_STEP = Assumption("constant_step", "the step over the root of the sum of squared gradients is constant")
FIXED_STEP = Assumption("fixed_step", "alpha_t = alpha")
TUNED_STEP = Assumption("tuned_step", "alpha = D_inf / sqrt(2)")
MODEL = Assumption("one_neuron", "the losses are those of the one-neuron model with heavy-tailed features")
