#include "tasks/parts/motion_kernel.h"

#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <complex>
#include <numbers>

namespace dpsbench {
namespace {

using Point = std::complex<double>;

constexpr double line_deviation = 0.5;  // pixels
constexpr double point_spacing = 0.1;   // of the points that stand for the line, pixels
constexpr std::int64_t reach = 3;       // of a point, pixels: six deviations

/// Inverse distribution function of the triangular distribution on [0, greatest].
double triangular(double mode, double greatest, double uniform) {
  if (uniform * greatest < mode) return std::sqrt(uniform * greatest * mode);
  return greatest - std::sqrt((1 - uniform) * greatest * (greatest - mode));
}

/// Points `point_spacing` apart or closer along the path, centred on their mean; each stands for the same length.
std::vector<Point> path_points(double diagonal, double intensity, const double* uniforms) {
  const double length = 0.75 * diagonal * (uniforms[0] + intensity * intensity * uniforms[1]);
  const double greatest_angle = intensity * std::numbers::pi * uniforms[2];
  const double change_of_side = boost::math::ibeta_inv(2.0, 20.0, uniforms[3]);
  const Point main_axis = std::polar(1.0, std::numbers::pi * uniforms[4]);
  const double* const end = uniforms + motion_uniforms;

  const auto count = static_cast<std::int64_t>(std::ceil(length / point_spacing));
  const double step = length / static_cast<double>(count);
  std::vector<Point> points;
  Point position = 0;
  Point mean = 0;
  double piece = 0;  // what is left of the current one
  double side = 0;   // none before the first piece
  Point direction = 0;
  const double* next = uniforms + 5;
  for (std::int64_t i = 0; i < count; ++i) {
    while (piece <= 0 && next != end) {
      piece += (1.1 - intensity) * diagonal * (1 - std::pow(1 - next[0], 1.0 / 30));  // Beta(1, 30)
      const double angle = triangular(intensity * greatest_angle, greatest_angle + 0.1, next[1]);
      if (side == 0)
        side = next[2] < 0.5 ? -1 : 1;
      else if (next[2] < change_of_side)
        side = -side;
      direction = std::polar(1.0, side * angle) * main_axis;
      next += 3;
    }
    position += direction * step;
    piece -= step;
    mean += position / static_cast<double>(count);
    points.push_back(position);
  }
  for (Point& point : points) point -= mean;
  return points;
}

}  // namespace

Tensor motion_kernel(std::int64_t size, double intensity, const double* uniforms) {
  const Tensor kernel = at::zeros({size, size}, at::kDouble);
  auto pixel = kernel.accessor<double, 2>();
  const double centre = static_cast<double>(size / 2);
  const auto profile = [](std::int64_t cell, double place) {
    const double distance = (static_cast<double>(cell) - place) / line_deviation;
    return std::exp(-0.5 * distance * distance);
  };
  for (const Point& point : path_points(std::hypot(size, size), intensity, uniforms)) {
    const double x = centre + point.real();
    const double y = centre + point.imag();
    const auto column = static_cast<std::int64_t>(std::lround(x));
    const auto row = static_cast<std::int64_t>(std::lround(y));
    for (std::int64_t i = std::max<std::int64_t>(row - reach, 0); i <= std::min(row + reach, size - 1); ++i)
      for (std::int64_t j = std::max<std::int64_t>(column - reach, 0); j <= std::min(column + reach, size - 1); ++j)
        pixel[i][j] += profile(i, y) * profile(j, x);
  }
  return kernel / kernel.sum();
}

}  // namespace dpsbench
