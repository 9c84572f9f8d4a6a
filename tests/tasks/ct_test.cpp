#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tasks/parts/parallel_beam.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

std::unique_ptr<Operator> bind_ct(const std::map<std::string, OptionValue>& options, const ImageShape& shape) {
  return OperatorCase{.task = "ct", .options = options, .shape = shape}.bind(noise_of({"a"}), at::kDouble);
}

TEST(Ct, AddsUpColumnsAndRowsWhereRaysRunAlongThem) {
  // two views, 0 and 90 degrees, as many rays as pixels: each runs along the middle of a column, of a row
  const auto op = bind_ct({{"angles", std::int64_t{2}}, {"detectors", std::int64_t{6}}}, {1, 6, 6});
  const Tensor x = trial(noise_of({"a"}), 1, {1, 6, 6}, at::kDouble);
  const Tensor y = op->forward(x)[0][0];
  EXPECT_LT(relative_distance(y[0], x[0][0].sum(0) / 6), 1e-13);
  EXPECT_LT(relative_distance(y[1], x[0][0].sum(1).flip(0) / 6), 1e-13);  // upwards: from the last row on
}

TEST(Ct, HasTheLengthOfEachRayWithinTheImage) {
  // of a constant image: the chord of a rectangle, in units of its longer side
  const double height = 12;
  const double width = 20;
  const auto op = bind_ct({{"angles", std::int64_t{9}}, {"detectors", std::int64_t{24}}}, {1, 12, 20});
  const Tensor y = op->forward(at::ones({1, 1, 12, 20}, at::kDouble))[0][0];
  for (std::int64_t view = 0; view < 9; ++view)
    for (std::int64_t detector = 0; detector < 24; ++detector) {
      const double angle = std::numbers::pi * static_cast<double>(view) / 9;
      const double offset = static_cast<double>(detector) - 11.5;
      double from = -1e9;
      double to = 1e9;
      const auto clip = [&](double start, double along, double half) {
        if (std::abs(along) < 1e-12) {
          if (std::abs(start) > half) to = from;
          return;
        }
        const double one = (-half - start) / along;
        const double other = (half - start) / along;
        from = std::max(from, std::min(one, other));
        to = std::min(to, std::max(one, other));
      };
      clip(offset * std::cos(angle), -std::sin(angle), width / 2);
      clip(offset * std::sin(angle), std::cos(angle), height / 2);
      EXPECT_NEAR(y[view][detector].item<double>(), std::max(0.0, to - from) / 20, 1e-12) << view << " " << detector;
    }
}

TEST(Ct, SeesADotWhereItsSineWaveIs) {
  const std::int64_t side = 33;
  const auto op = bind_ct({{"angles", std::int64_t{8}}}, {1, side, side});
  const Tensor x = at::zeros({1, 1, side, side}, at::kDouble);
  x[0][0][6][25].fill_(1);  // 9 to the right of the middle and 10 above
  const Tensor y = op->forward(x)[0][0];
  const double middle = static_cast<double>(y.size(1) - 1) / 2;
  for (std::int64_t view = 0; view < 8; ++view) {
    const double angle = std::numbers::pi * static_cast<double>(view) / 8;
    const double centre =
        (y[view] * at::arange(y.size(1), at::kDouble)).sum().item<double>() / y[view].sum().item<double>();
    EXPECT_NEAR(centre - middle, 9 * std::cos(angle) + 10 * std::sin(angle), 0.5) << view;
  }
}

TEST(Ct, FromManyViewsIsInvertedByItsRegularisedLeastSquares) {
  const auto op = bind_ct({{"angles", std::int64_t{24}}}, {1, 16, 16});
  const Tensor rows = (at::arange(16, at::kDouble) - 7.5).square();
  const Tensor x = (-(rows.unsqueeze(1) + rows.unsqueeze(0)) / 30).exp().reshape({1, 1, 16, 16});
  EXPECT_LT(relative_distance(op->pseudo_inverse(op->forward(x)), x), 0.01);
  const auto limited = bind_ct({{"angles", std::int64_t{24}}, {"arc", 60.0}}, {1, 16, 16});
  EXPECT_GT(relative_distance(limited->pseudo_inverse(limited->forward(x)), x), 0.1);
}

}  // namespace
}  // namespace dpsbench
