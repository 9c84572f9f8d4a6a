#include "training/noise_maps.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "priors/unet/noise_map.h"

namespace dpsbench {
namespace {

// which of a map's random numbers are what
enum Draw : std::int64_t { kKind, kSigmaT, kSigmaY, kMask, kComplement, kFirst, kSecond, kThird, kFourth, kEnds };

constexpr std::int64_t kMostStrokes = 5;  // of four numbers each
static_assert(kEnds + 4 * kMostStrokes <= noise_map_draws);

constexpr double kOneLevel = 0.25;      // share of maps of one level
constexpr double kIndependent = 0.125;  // share whose two levels know nothing of each other
constexpr double kGreatestOfY = 1;      // sigma_y
constexpr double kSinglePixels = 0.45;  // shares of masks
constexpr double kBoxes = 0.2;
constexpr double kHalves = 0.15;

double log_uniform(float u, double least, double greatest) {
  return least * std::pow(greatest / least, static_cast<double>(u));
}

/// Numbers of one map: which pixels are hidden.
class MaskDrawer {
 public:
  MaskDrawer(const float* u, const float* pixels, std::int64_t height, std::int64_t width)
      : u_(u), pixels_(pixels), height_(height), width_(width) {}

  /// Row by row, true: hidden.
  [[nodiscard]] std::vector<bool> draw() const {
    const auto kind = static_cast<double>(u_[kMask]);
    if (kind < kSinglePixels) return where([&](auto y, auto x) { return pixels_[y * width_ + x] < u_[kFirst]; });
    const bool complement = u_[kComplement] < 1.0F / 3;
    if (kind < kSinglePixels + kBoxes) return box(complement);
    if (kind < kSinglePixels + kBoxes + kHalves) return half();
    return strokes(complement);
  }

 private:
  template <typename Hidden>
  [[nodiscard]] std::vector<bool> where(const Hidden& hidden) const {
    std::vector<bool> mask;
    for (std::int64_t y = 0; y < height_; ++y)
      for (std::int64_t x = 0; x < width_; ++x) mask.push_back(hidden(y, x));
    return mask;
  }

  /// One of 0 .. count - 1.
  [[nodiscard]] std::int64_t pick(std::int64_t draw, std::int64_t count) const {
    return std::min(static_cast<std::int64_t>(u_[draw] * static_cast<float>(count)), count - 1);
  }

  [[nodiscard]] std::vector<bool> box(bool complement) const {
    const std::int64_t rows = 1 + pick(kFirst, height_ - 1);
    const std::int64_t columns = 1 + pick(kSecond, width_ - 1);
    const std::int64_t top = pick(kThird, height_ - rows + 1);
    const std::int64_t left = pick(kFourth, width_ - columns + 1);
    return where(
        [&](auto y, auto x) { return (y >= top && y < top + rows && x >= left && x < left + columns) != complement; });
  }

  [[nodiscard]] std::vector<bool> half() const {
    const std::int64_t side = pick(kFirst, 4);
    return where([&](auto y, auto x) {
      const bool first = side < 2 ? 2 * y < height_ : 2 * x < width_;
      return first == (side % 2 == 0);
    });
  }

  [[nodiscard]] std::vector<bool> strokes(bool complement) const {
    const std::int64_t count = 1 + pick(kFirst, kMostStrokes);
    const double reach = 0.5 + static_cast<double>(u_[kSecond]) * static_cast<double>(std::min(height_, width_)) / 8;
    return where([&](auto y, auto x) {
      for (std::int64_t k = 0; k < count; ++k)
        if (distance_to_stroke(k, static_cast<double>(y), static_cast<double>(x)) <= reach) return !complement;
      return complement;
    });
  }

  /// Of a pixel to the k-th line, from end to end anywhere in the image.
  [[nodiscard]] double distance_to_stroke(std::int64_t k, double y, double x) const {
    const float* ends = u_ + kEnds + 4 * k;
    const auto rows = static_cast<double>(height_ - 1);
    const auto columns = static_cast<double>(width_ - 1);
    const double y0 = ends[0] * rows;
    const double x0 = ends[1] * columns;
    const double dy = ends[2] * rows - y0;
    const double dx = ends[3] * columns - x0;
    const double length = std::max(dy * dy + dx * dx, 1e-12);
    const double along = std::clamp(((y - y0) * dy + (x - x0) * dx) / length, 0.0, 1.0);
    return std::hypot(y - y0 - along * dy, x - x0 - along * dx);
  }

  const float* u_;
  const float* pixels_;
  std::int64_t height_;
  std::int64_t width_;
};

/// The two levels of a map: hidden, then measured.
std::pair<double, double> levels_of(TrainingNoise noise, const float* u) {
  const double sigma_t = log_uniform(u[kSigmaT], least_map_sigma, greatest_map_sigma);
  const auto kind = static_cast<double>(u[kKind]);
  if (noise == TrainingNoise::constant || kind < kOneLevel) return {sigma_t, sigma_t};
  if (kind < kOneLevel + kIndependent) return {sigma_t, log_uniform(u[kSigmaY], least_map_sigma, greatest_map_sigma)};
  const double sigma_y = log_uniform(u[kSigmaY], least_map_sigma, kGreatestOfY);
  return {sigma_t, std::max(least_map_sigma, 1 / std::hypot(1 / sigma_y, 1 / sigma_t))};
}

}  // namespace

Tensor draw_noise_maps(TrainingNoise noise, const Tensor& draws, const Tensor& pixels, const ImageShape& shape) {
  const Tensor maps = at::empty({draws.size(0), 1, shape.height, shape.width}, at::kFloat);
  for (std::int64_t image = 0; image < draws.size(0); ++image) {
    const float* u = draws.const_data_ptr<float>() + image * noise_map_draws;
    const float* of_pixels = pixels.const_data_ptr<float>() + image * shape.height * shape.width;
    const auto [hidden, measured] = levels_of(noise, u);
    const std::vector<bool> mask = MaskDrawer(u, of_pixels, shape.height, shape.width).draw();
    float* map = maps[image].data_ptr<float>();
    for (std::size_t i = 0; i < mask.size(); ++i) map[i] = static_cast<float>(mask[i] ? hidden : measured);
  }
  return maps;
}

}  // namespace dpsbench
