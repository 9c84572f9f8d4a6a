#include "training/adam_w.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dpsbench {
namespace {

/// A state of one parameter "w" with this value.
TrainingState state_of(double value) {
  const Tensor w = at::full({1}, value, at::kDouble);
  TrainingState state;
  state.parameters["w"] = w.clone();
  state.average["w"] = w.clone();
  state.first_moment["w"] = at::zeros_like(w);
  state.second_moment["w"] = at::zeros_like(w);
  return state;
}

Tensor one_weight(double value) { return at::full({1}, value, at::kDouble); }

TEST(AdamW, FollowsTheFormulaOverThreeSteps) {
  TrainingState state = state_of(2);
  double w = 2;
  double m = 0;
  double v = 0;
  const double gradients[] = {0.5, -1.5, 0.01};
  const double rates[] = {0.1, 0.05, 0.2};
  for (int k = 0; k < 3; ++k) {
    adam_w_step(state, {one_weight(gradients[k])}, rates[k], 0.03);
    ++state.step;
    m = 0.9 * m + 0.1 * gradients[k];
    v = 0.999 * v + 0.001 * gradients[k] * gradients[k];
    w -= rates[k] * 0.03 * w;
    w -= rates[k] * (m / (1 - std::pow(0.9, k + 1))) / (std::sqrt(v / (1 - std::pow(0.999, k + 1))) + 1e-8);
    EXPECT_NEAR(state.parameters["w"].item<double>(), w, 1e-12) << "step " << k;
  }
}

TEST(AdamW, FirstStepIsTheLearningRateWhateverTheGradientsSize) {
  for (const double gradient : {1e-3, 1.0, 1e3}) {
    TrainingState state = state_of(0);
    adam_w_step(state, {one_weight(gradient)}, 0.1, 0);
    EXPECT_NEAR(state.parameters["w"].item<double>(), -0.1, 1e-5);
  }
}

TEST(AdamW, LearningRateRisesThenFallsToZero) {
  EXPECT_NEAR(learning_rate_factor(0, 10, 1000), 0.1, 1e-5);
  EXPECT_NEAR(learning_rate_factor(4, 10, 1000), 0.5, 1e-4);
  EXPECT_NEAR(learning_rate_factor(500, 10, 1000), 0.5, 1e-12);
  EXPECT_NEAR(learning_rate_factor(250, 0, 1000), 0.5 * (1 + std::sqrt(0.5)), 1e-12);
  EXPECT_NEAR(learning_rate_factor(1000, 10, 1000), 0, 1e-12);
  EXPECT_EQ(learning_rate_factor(0, 0, 5), 1);
}

TEST(AdamW, LongGradientsAreShortenedTogether) {
  std::vector<Tensor> gradients = {one_weight(3), at::full({2, 1}, std::sqrt(8.0), at::kDouble)};  // length 5
  clip_gradients(gradients, 10);
  EXPECT_NEAR(gradients[0].item<double>(), 3, 1e-12);
  clip_gradients(gradients, 1);
  EXPECT_NEAR(gradients[0].item<double>(), 0.6, 1e-6);
  EXPECT_NEAR(gradients[1].norm().item<double>(), 0.8, 1e-6);
}

TEST(Average, DecayGrowsToItsFinalValue) {
  EXPECT_NEAR(average_decay(1, 0.9995), 2.0 / 11, 1e-12);
  EXPECT_NEAR(average_decay(90, 0.9995), 0.91, 1e-12);
  EXPECT_EQ(average_decay(1'000'000, 0.9995), 0.9995);
  EXPECT_EQ(average_decay(1'000, 0), 0);
}

TEST(Average, MovesTowardsTheParameters) {
  TrainingState state = state_of(1);
  state.parameters["w"].fill_(5);
  state.step = 1'000'000;
  update_average(state, 0.75);
  EXPECT_NEAR(state.average["w"].item<double>(), 0.75 * 1 + 0.25 * 5, 1e-12);
  EXPECT_EQ(state.parameters["w"].item<double>(), 5);
}

}  // namespace
}  // namespace dpsbench
