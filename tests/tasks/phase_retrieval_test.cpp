#include <gtest/gtest.h>

#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

TEST(PhaseRetrieval, KeepsTheEnergyAndLosesSignAndPlace) {
  const auto op = bind_small("phase_retrieval");
  const Tensor x = small_images();
  const Tensor y = op->forward(x);
  EXPECT_EQ(op->measurement_shape(), (std::vector<std::int64_t>{3, 16 + 2 * 4, 24 + 2 * 6}));
  EXPECT_LT(((image_norm(y) - image_norm(x)) / image_norm(x)).abs().max().item<double>(), 1e-13);
  EXPECT_LT(relative_distance(op->forward(-x), y), 1e-14);
  const Tensor inner = at::constant_pad_nd(x.slice(2, 2, 14).slice(3, 3, 20), {3, 4, 2, 2});
  EXPECT_LT(relative_distance(op->forward(at::roll(inner, {1, -2}, {2, 3})), op->forward(inner)), 1e-13);
}

TEST(PhaseRetrieval, PutsTheMeanInTheMiddle) {
  const Tensor y = bind_small("phase_retrieval")->forward(at::ones({2, 3, 16, 24}, at::kDouble));
  const double zero_frequency = 16.0 * 24 / std::sqrt(24.0 * 36);
  EXPECT_NEAR(y[0][0][12][18].item<double>(), zero_frequency, 1e-12);
  EXPECT_NEAR(y.max().item<double>(), zero_frequency, 1e-12);
}

TEST(PhaseRetrieval, OfTheUnitRangeIsThatOfTheIntensities) {
  const PhiloxNoise noise = noise_of({"a", "b"});
  const OperatorCase item{.task = "phase_retrieval", .options = {{"range", "unit"}}, .shape = {3, 16, 24}};
  const auto unit = item.bind(noise, at::kDouble);
  const Tensor x = small_images();
  EXPECT_LT(relative_distance(unit->forward(x), bind_small("phase_retrieval")->forward((x + 1) / 2)), 1e-14);
  // an image of one grey has phases of zero, and so is its own first guess
  const Tensor grey = at::full({2, 3, 16, 24}, 0.4, at::kDouble);
  const auto unpadded = OperatorCase{
      .task = "phase_retrieval",
      .options = {{"range", "unit"}, {"oversample", 0.0}},
      .shape = {3, 16, 24}}.bind(noise, at::kDouble);
  EXPECT_LT((unpadded->pseudo_inverse(unpadded->forward(grey)) - grey).abs().max().item<double>(), 1e-12);
}

TEST(PhaseRetrieval, PassesNoGradientThroughVanishingMagnitudes) {
  const auto op = bind_small("phase_retrieval");
  const Tensor v = at::ones({2, 3, 24, 36}, at::kDouble);
  EXPECT_EQ(op->vjp(at::zeros({2, 3, 16, 24}, at::kDouble), v).abs().max().item<double>(), 0);
}

}  // namespace
}  // namespace dpsbench
