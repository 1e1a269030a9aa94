"""Hand-fused Numba kernels, one per family of workloads: the yardstick of the generic engine."""
