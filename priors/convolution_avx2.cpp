#define CONVOLUTION_ISA avx2
#include "priors/convolution_kernel.inc"
