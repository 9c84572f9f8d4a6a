#include <gtest/gtest.h>

#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

TEST(Jpeg, ChangesNothingTheSecondTime) {
  for (const std::int64_t quality : {5, 10, 50, 90}) {
    const auto op = bind_small("jpeg", {{"quality", quality}});
    const Tensor once = op->forward(small_images() * 0.3);
    EXPECT_LT(relative_distance(op->forward(once), once), 1e-12) << quality;
  }
}

TEST(Jpeg, RoundsLumaToTheStandardsTableAtQualityFifty) {
  // A grey ramp of one cosine, table entry (0, 1) = 11: amplitudes under half a step vanish, above become one step.
  const OperatorCase item{.task = "jpeg", .options = {{"quality", std::int64_t{50}}}, .shape = {1, 8, 8}};
  const auto op = item.bind(noise_of({"a"}), at::kDouble);
  const Tensor index = at::arange(8, at::kDouble);
  const Tensor wave = ((2 * index + 1) * (M_PI / 16)).cos() * 0.5 / std::sqrt(8.0);  // orthonormal: sqrt(2/8) sqrt(1/8)
  const double black = (128 + 0.0) / 127.5 - 1;  // the level whose luma is 128: no constant part
  const auto at_amplitude = [&](double amplitude) { return (wave * (amplitude / 127.5) + black).expand({1, 1, 8, 8}); };
  EXPECT_LT((op->forward(at_amplitude(5.4)) - black).abs().max().item<double>(), 1e-13);
  EXPECT_LT((op->forward(at_amplitude(5.6)) - at_amplitude(11)).abs().max().item<double>(), 1e-13);
}

TEST(Jpeg, IsNearlyTransparentAtQualityHundred) {
  const Tensor x = small_images() * 0.3;
  const Tensor y = bind_small("jpeg", {{"quality", std::int64_t{100}}})->forward(x);
  // steps of 1 in orthonormal coefficients: error variance 1/12 of a grey level in Y, and what the colours mix in
  const double deviation = ((y - x) * 127.5).square().mean().sqrt().item<double>();
  EXPECT_GT(deviation, 0.2);
  EXPECT_LT(deviation, 0.7);
}

}  // namespace
}  // namespace dpsbench
