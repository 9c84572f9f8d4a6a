#define CONVOLUTION_ISA avx512
#include "priors/convolution_kernel.inc"
