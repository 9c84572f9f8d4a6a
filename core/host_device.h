#pragma once

/// Marks functions that kernels call as well: nvcc compiles them for both sides, other compilers for the host.
#ifdef __CUDACC__
#define DPSBENCH_HOST_DEVICE __host__ __device__
#else
#define DPSBENCH_HOST_DEVICE
#endif
