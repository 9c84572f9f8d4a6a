#define CONVOLUTION_ISA avx2
#include "priors/kernels/convolution_kernel.inc"
