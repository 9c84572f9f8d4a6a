#pragma once
#include <string>

#include "core/noise.h"

namespace dpsbench {

/// What separates a measurement from A x_0: N(0, sigma_y^2), the counting of photons, or speckle. The latter two grow
/// with brightness, and sigma_y is white's deviation.
enum class NoiseKind { gaussian, poisson, speckle };

/// "gaussian", "poisson", "speckle". Throws Error for a word that is none of these.
std::string to_text(NoiseKind kind);
NoiseKind noise_kind_of(const std::string& word);

/// The photons that light of given means leaves: of each, the least k with P(N <= k) >= u, N of Poisson's law. means >=
/// 0, uniform in (0, 1), of one shape, double on the CPU; so is what is returned. Element by element.
Tensor photon_counts(const Tensor& means, const Tensor& uniform);

/// A picture in [-1, 1] as photons count it: black none, white 4 / sigma_y^2 on average, so that white has the
/// deviation sigma_y, grey sigma_y / sqrt(2), x in general sigma_y sqrt((x + 1) / 2). What is below black is black. One
/// uniform number an entry, keyed by image (Purpose::measurement). [B, ...], counted in double on the CPU: the same
/// bits on every device.
Tensor counted_picture(const Tensor& picture, double sigma_y, const Noise& noise);

/// A picture in [-1, 1] under speckle: brightness b = (x + 1) / 2 becomes b (1 + s n), n ~ N(0, 1), s = sigma_y / 2, so
/// that x has the deviation sigma_y b: white sigma_y, black none. Not clamped. The numbers n are those of Gaussian
/// noise (Purpose::measurement). [B, ...].
Tensor speckled_picture(const Tensor& picture, double sigma_y, const Noise& noise);

/// The variance of each entry of a measurement whose noise grows with brightness, over that of white: b of photons, b^2
/// of speckle, b the brightness that was measured; sigma_y^2 / 4, which is one photon's, at least. sigma_y > 0.
Tensor relative_variance(const Tensor& measurement, double sigma_y, NoiseKind kind);

}  // namespace dpsbench
