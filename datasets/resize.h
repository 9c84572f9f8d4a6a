#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// The largest centred square of an image: [C, H, W] -> [C, S, S], S = min(H, W). An odd margin leaves its extra pixel
/// at the bottom or right.
Tensor centre_square(const Tensor& image);

/// Resampled to height x width with an antialiased bicubic filter (a = -0.5, widened when shrinking, as PIL's) and
/// clamped back to [-1, 1]: [C, H, W] -> [C, height, width].
Tensor resize(const Tensor& image, std::int64_t height, std::int64_t width);

/// As many channels as asked, 1 or 3: grey is repeated, colour weighed 0.299 R + 0.587 G + 0.114 B.
/// Throws Error for other numbers of channels.
Tensor with_channels(const Tensor& image, std::int64_t channels);

/// Puts an image in the middle of a `size` x `size` one whose margin is -1 (black). Both sides must fit.
Tensor pad_to_square(const Tensor& image, std::int64_t size);

}  // namespace dpsbench
