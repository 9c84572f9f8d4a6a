#pragma once
#include "core/noise.h"
#include "core/tensor.h"
#include "core/words/given_file.h"

namespace dpsbench {

/// The masks of a file, [K, 1, H, W] of 0 and 1, double on the CPU: 1 (white) where a pixel is measured. The file holds
/// one mask [H, W] or several [K, H, W] (tasks/files/array_file.h; HDF5: data set `mask`) of the images' size; of a
/// picture's levels the brighter half counts as white. Throws UserError or DataError naming the file: another size,
/// other numbers than 0 and 1, a mask that hides every pixel.
Tensor read_masks(const GivenFile& file, const ImageShape& shape);

/// Which of `count` each image gets, [B], long: 0 where there is but one, else drawn (Purpose::mask, draw 0).
Tensor draw_one_of(std::int64_t count, const Noise& noise);

}  // namespace dpsbench
