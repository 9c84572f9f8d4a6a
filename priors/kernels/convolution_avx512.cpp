#define CONVOLUTION_ISA avx512
#include "priors/kernels/convolution_kernel.inc"
