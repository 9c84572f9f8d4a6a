#pragma once
#include <cstdint>

#include "core/tensor.h"

namespace dpsbench {

/// How many uniform numbers one motion kernel takes: five for the whole path, three for each of its pieces.
constexpr std::int64_t motion_uniforms = 5 + 3 * 1024;

/// The trace of a shaken camera as a blur kernel [size, size] that sums to 1, double on the CPU: a random path after
/// the idea of B. Levi's motionblur, which DPS uses. With D the kernel's diagonal in pixels and q in [0, 1] the
/// intensity
///   - the path is 3/4 D (u + u') long, u uniform on (0, 1), u' on (0, q^2);
///   - its straight pieces are Beta(1, 30) (1.1 - q) D long, the last is cut to fit;
///   - each piece leaves the main axis by an angle of triangular distribution on [0, a + 0.1] with mode q a, where a is
///     uniform on (0, q pi) once a kernel, and lies on the side of the piece before it except with a probability drawn
///     once from Beta(2, 20);
///   - the path is centred on its mean point, and the main axis turned by a uniform angle.
/// Exposure is proportional to path length, whatever lies outside the window is lost, and the line's profile is a
/// Gaussian of standard deviation 1/2 pixel. `uniforms`: motion_uniforms numbers in (0, 1); size is odd.
Tensor motion_kernel(std::int64_t size, double intensity, const double* uniforms);

}  // namespace dpsbench
