#pragma once

/// Marks functions that kernels call as well: nvcc compiles them for both sides, other compilers for the host.
#ifdef __CUDACC__
#define DPSBENCH_HOST_DEVICE __host__ __device__
#else
#define DPSBENCH_HOST_DEVICE
#endif

/// Marks loops of which there is to be a second copy for AVX-512, chosen where the program runs. The compiler contracts
/// nothing, so both give the same bits. Clang 14 cannot clone templates, and sanitizers are not up yet when the choice
/// is made: there the mark says nothing.
#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define DPSBENCH_VECTORISED __attribute__((target_clones("avx512f", "default")))
#else
#define DPSBENCH_VECTORISED
#endif
