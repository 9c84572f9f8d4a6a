#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// Rays of parallel-beam tomography: `angles` views evenly over `arc` degrees from 0 on, each of `detectors` parallel
/// rays a pixel apart, centred on the image.
struct ParallelBeam {
  std::int64_t angles;
  std::int64_t detectors;
  double arc;
};

/// The pixels that rays meet.
struct RayPixels {
  Tensor ray;     ///< [E], long: view times detectors plus detector
  Tensor pixel;   ///< [E], long: row times width plus column
  Tensor length;  ///< [E], double: of the ray within the pixel, in units of the image's longer side
};

/// Line lengths by the crossings of each ray with the pixels' edges (Siddon 1985, Med. Phys. 12, 252). A ray of the
/// view at angle t is s (cos t, sin t) + a (-sin t, cos t), x to the right, y upwards from the image's centre.
RayPixels ray_pixels(const ParallelBeam& beam, std::int64_t height, std::int64_t width);

}  // namespace dpsbench
