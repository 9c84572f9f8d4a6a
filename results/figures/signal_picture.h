#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// A picture [C, H, W] as it is; a signal [C, 1, L] as the graph of its first channel, [1, n, 2 n] in [-1, 1], black on
/// white with a grey line at 0, n = L but at most 128: of longer ones each place shows the range of several numbers.
/// All graphs have one scale, from -2 to 2; what lies beyond is drawn at the edge.
Tensor picture_of_signal(const Tensor& image);

}  // namespace dpsbench
