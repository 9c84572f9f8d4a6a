#pragma once
#include "core/tensor.h"
#include "core/words/given_file.h"

namespace dpsbench {

/// The blur kernels of a file, [K, S, S], S odd, each divided by its sum; double on the CPU. The file holds one kernel
/// [S, S] or several [K, S, S] (tasks/files/array_file.h; HDF5: data set `kernel`; of a picture black is 0). Throws
/// UserError or DataError naming the file: not square, even, a sum that is not above 0.
Tensor read_kernels(const GivenFile& file);

}  // namespace dpsbench
