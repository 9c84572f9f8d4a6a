#include "tasks/parts/parallel_beam.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dpsbench {
namespace {

constexpr double nothing = 1e-9;  // pixels: lengths and slopes below are rounding

/// A ray: start + a * direction, from the image's lower left corner in pixels.
struct Ray {
  double x;
  double y;
  double along_x;
  double along_y;
};

/// The a at which a ray meets lines 0 .. count of one axis, appended.
void add_crossings(double start, double along, std::int64_t count, std::vector<double>& crossings) {
  if (std::abs(along) < nothing) return;
  for (std::int64_t line = 0; line <= count; ++line) crossings.push_back((static_cast<double>(line) - start) / along);
}

class RayWalk {
 public:
  RayWalk(std::int64_t height, std::int64_t width) : height_(height), width_(width) {}

  void add(std::int64_t number, const Ray& ray) {
    crossings_.clear();
    add_crossings(ray.x, ray.along_x, width_, crossings_);
    add_crossings(ray.y, ray.along_y, height_, crossings_);
    std::ranges::sort(crossings_);
    for (std::size_t k = 0; k + 1 < crossings_.size(); ++k) {
      const double length = crossings_[k + 1] - crossings_[k];
      if (length < nothing) continue;
      const double middle = (crossings_[k] + crossings_[k + 1]) / 2;
      const auto column = static_cast<std::int64_t>(std::floor(ray.x + middle * ray.along_x));
      const auto up = static_cast<std::int64_t>(std::floor(ray.y + middle * ray.along_y));
      if (column < 0 || column >= width_ || up < 0 || up >= height_) continue;
      rays_.push_back(number);
      pixels_.push_back((height_ - 1 - up) * width_ + column);
      lengths_.push_back(length / static_cast<double>(std::max(height_, width_)));
    }
  }
  [[nodiscard]] RayPixels found() const {
    return {at::tensor(rays_, at::kLong), at::tensor(pixels_, at::kLong), at::tensor(lengths_, at::kDouble)};
  }

 private:
  std::int64_t height_;
  std::int64_t width_;
  std::vector<double> crossings_;
  std::vector<std::int64_t> rays_;
  std::vector<std::int64_t> pixels_;
  std::vector<double> lengths_;
};

}  // namespace

RayPixels ray_pixels(const ParallelBeam& beam, std::int64_t height, std::int64_t width) {
  RayWalk walk(height, width);
  for (std::int64_t view = 0; view < beam.angles; ++view) {
    const double angle =
        beam.arc * std::numbers::pi / 180 * static_cast<double>(view) / static_cast<double>(beam.angles);
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    for (std::int64_t detector = 0; detector < beam.detectors; ++detector) {
      const double offset = static_cast<double>(detector) - static_cast<double>(beam.detectors - 1) / 2;
      walk.add(view * beam.detectors + detector,
               {static_cast<double>(width) / 2 + offset * c, static_cast<double>(height) / 2 + offset * s, -s, c});
    }
  }
  return walk.found();
}

}  // namespace dpsbench
