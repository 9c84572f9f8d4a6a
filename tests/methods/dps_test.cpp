#include <gtest/gtest.h>

#include "core/denoised.h"
#include "methods/registry.h"
#include "priors/weights/safetensors.h"
#include "tasks/parts/mask_operator.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/plain_network.h"
#include "tests/methods/problems.h"
#include "tests/methods/recorded_noise.h"
#include "tests/methods/teacher.h"

namespace dpsbench {
namespace {

class GoldenDps : public testing::Test {
 protected:
  /// The reference implementation's 20 steps with its noise.
  void run(const SafetensorsFile& golden, const Operator& op, double scale, Observer& observer) {
    const RecordedNoise noise(golden.tensor("x_T"), golden.tensor("step_noise"));
    const Problem problem{prior_, schedule_, op, golden.tensor("measurement"), 0.05, noise};
    std::ignore = make_method("dps", {{"steps", std::int64_t{20}}, {"scale", scale}})->sample(problem, observer);
  }

  PlainNetwork prior_;
  NoiseSchedule schedule_ = NoiseSchedule::linear();
};

TEST_F(GoldenDps, SuperResolutionFollowsTheReferenceImplementationForTwentySteps) {
  const SafetensorsFile golden(DPSBENCH_GOLDEN "/dps_super_resolution_20.safetensors");
  const auto op = bind_task("super_resolution", {}, prior_, noise_of(1));
  StateRecorder recorder;
  run(golden, *op, 0.3, recorder);
  EXPECT_LT((recorder.states().squeeze(1) - golden.tensor("states")).abs().max().item<double>(), 1e-4);
}

// The random network makes the free-running trajectory chaotic: at t = 999 a rounding of eps is multiplied by 157 in
// x0hat and again in the gradient, and clamped pixels switch; double precision leaves the recorded float trajectory by
// 0.9. So each step is judged from the reference's own state.
TEST_F(GoldenDps, EveryInpaintingStepIsTheReferenceImplementations) {
  const SafetensorsFile golden(DPSBENCH_GOLDEN "/dps_inpainting_20.safetensors");
  const MaskOperator op(golden.tensor("mask").to(at::kFloat), prior_.shape());
  Teacher teacher(golden.tensor("states"));
  run(golden, op, 0.5, teacher);
  EXPECT_LT(teacher.largest_from(0), 1e-4);
  EXPECT_LT(teacher.largest_from(2), 2e-5);
  EXPECT_LT(teacher.largest_from(8), 1e-6);
}

TEST_F(GoldenDps, AResidualOfZeroGivesNoStepAndNoNan) {
  const MaskOperator hides_all(at::zeros({1, 1, 32, 32}), prior_.shape());
  const PhiloxNoise noise(0, {{"d", "a", 0}});
  const Problem problem{prior_, schedule_, hides_all, at::zeros({1, 3, 32, 32}), 0.05, noise};
  SilentObserver silent;
  const auto run = [&](double scale) {
    return make_method("dps", {{"steps", std::int64_t{3}}, {"scale", scale}})->sample(problem, silent);
  };
  EXPECT_TRUE(run(1.0).equal(run(0.0)));
}

/// One DPS step from x_T for photons counted, written by hand under N(0, I): x0hat = sqrt(abar) x_T.
TEST(Dps, CountsOfPhotonsWeighEachResidualByItsVariance) {
  const GaussianMixturePrior prior = standard_prior();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(2);
  const auto op = bind_task("denoising", {}, prior, noise);
  const double sigma_y = 0.4;  // one photon is 0.04 of white
  const Tensor y = at::tensor({1.0, 0.0, -0.5, -1.0}, in_double()).reshape({1, 1, 2, 2}).expand({2, 1, 2, 2});
  SilentObserver silent;
  const auto run = [&](const Tensor& measured, NoiseKind kind, double scale) {
    Problem problem{prior, schedule, *op, measured, sigma_y, noise};
    problem.noise_kind = kind;
    return make_method("dps", {{"steps", std::int64_t{1}}, {"scale", scale}})->sample(problem, silent);
  };
  const double root = std::sqrt(schedule.respaced(1).alpha_bar(0));
  const Tensor x_T = noise.normal(Purpose::initial, 0, {1, 2, 2}, in_double());
  const Tensor residual = x_T * root - y;
  const Tensor weight = at::tensor({1.0, 2.0, 4.0, 1 / 0.04}, in_double()).reshape({1, 1, 2, 2});
  const Tensor length = (residual.square() * weight).sum({1, 2, 3}, true).sqrt();
  const Tensor by_hand = run(y, NoiseKind::gaussian, 0) - residual * weight / length * root * 0.3;
  EXPECT_TRUE(at::allclose(run(y, NoiseKind::poisson, 0.3), by_hand, 1e-10, 1e-10));
  const Tensor white = at::ones_like(y);
  EXPECT_TRUE(run(white, NoiseKind::poisson, 0.3).equal(run(white, NoiseKind::gaussian, 0.3)));
}

/// What a step of scale 1 takes off x_{t-1}, along any direction, is the derivative of ||y - A x0hat(x_t)||_Lambda.
TEST(Dps, FollowsTheGradientOfTheSpeckledNorm) {
  const GaussianMixturePrior prior = small_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const NoiseLevel level = schedule.respaced(1).level(0);
  const PhiloxNoise noise = noise_of(2);
  const double sigma_y = 0.3;
  const auto op = bind_task("high_dynamic_range", {{"scale", 1.5}}, prior, noise);  // not linear, and clips
  const Tensor y = at::tensor({0.9, 0.2, -0.4, -1.0}, in_double()).reshape({1, 1, 2, 2}).expand({2, 1, 2, 2});
  SilentObserver silent;
  const auto run = [&](double scale) {
    Problem problem{prior, schedule, *op, y, sigma_y, noise};
    problem.noise_kind = NoiseKind::speckle;
    return make_method("dps", {{"steps", std::int64_t{1}}, {"scale", scale}})->sample(problem, silent);
  };
  const Tensor gradient = run(0) - run(1);
  const auto length = [&](const Tensor& x_t) {  // brightness b: Lambda = 1 / b^2, at most that of b = sigma_y / 2
    const Tensor x0 = denoise(prior, x_t, level, false, Gradient::none).x0;
    const Tensor share = (op->forward(x0) - y) / ((y + 1) / 2).clamp_min(sigma_y / 2);
    return image_norm(share);
  };
  const Tensor x_T = noise.normal(Purpose::initial, 0, {1, 2, 2}, in_double());
  const double h = 1e-4;
  for (std::int64_t direction = 0; direction < 3; ++direction) {
    const Tensor d = noise.normal(Purpose::training, direction, {1, 2, 2}, in_double());
    const Tensor derivative = (length(x_T + d * h) - length(x_T - d * h)) / (2 * h);
    EXPECT_TRUE(at::allclose(image_dot(gradient, d), derivative, 1e-6, 1e-10)) << direction;
    EXPECT_GT(derivative.abs().min().item<double>(), 1e-5);
  }
}

TEST(Dps, TakesSpeckleOnWhiteForGaussianNoise) {
  const GaussianMixturePrior prior = small_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(2);
  const auto op = bind_task("denoising", {}, prior, noise);
  SilentObserver silent;
  const auto run = [&](double level, NoiseKind kind) {
    Problem problem{prior, schedule, *op, at::full({2, 1, 2, 2}, level, in_double()), 0.3, noise};
    problem.noise_kind = kind;
    return make_method("dps", {{"steps", std::int64_t{3}}})->sample(problem, silent);
  };
  EXPECT_TRUE(run(1, NoiseKind::speckle).equal(run(1, NoiseKind::gaussian)));
  EXPECT_FALSE(run(0, NoiseKind::speckle).equal(run(0, NoiseKind::gaussian)));
}

}  // namespace
}  // namespace dpsbench
