"""The CUDA engine and its kernels."""
