#pragma once
#include "core/noise.h"

namespace dpsbench {

/// The photons that light of given means leaves: of each, the least k with P(N <= k) >= u, N of Poisson's law. means >=
/// 0, uniform in (0, 1), of one shape, double on the CPU; so is what is returned. Element by element.
Tensor photon_counts(const Tensor& means, const Tensor& uniform);

/// A picture in [-1, 1] as photons count it: black none, white 4 / sigma_y^2 on average, so that white has the
/// deviation sigma_y, grey sigma_y / sqrt(2), x in general sigma_y sqrt((x + 1) / 2). What is below black is black. One
/// uniform number an entry, keyed by image (Purpose::measurement). [B, ...], counted in double on the CPU: the same
/// bits on every device.
Tensor counted_picture(const Tensor& picture, double sigma_y, const Noise& noise);

}  // namespace dpsbench
