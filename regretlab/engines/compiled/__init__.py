"""All machine code for processors: vectors, the kernels, and the engine that runs them."""
