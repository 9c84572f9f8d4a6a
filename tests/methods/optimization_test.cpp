// DiffPIR, RED-diff and the proximal point.
#include <gtest/gtest.h>

#include "core/denoised.h"
#include "methods/parts/proximal.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"
#include "tests/methods/step_keeper.h"

namespace dpsbench {
namespace {

class Optimization : public testing::Test {
 protected:
  [[nodiscard]] Problem problem(const Operator& op, const Tensor& y) const {
    return {prior_, schedule_, op, y, 0.1, noise_};
  }
  [[nodiscard]] Tensor run(const std::string& method, const std::map<std::string, OptionValue>& options,
                           const Operator& op, const Tensor& y) const {
    SilentObserver silent;
    return make_method(method, options)->sample(problem(op, y), silent);
  }

  const GaussianMixturePrior prior_ = small_mixture();
  const NoiseSchedule schedule_ = NoiseSchedule::linear();
  const PhiloxNoise noise_ = noise_of(3);
  const MatrixOperator wide_ = wide_operator();
  const Tensor y_ = noise_.normal(Purpose::measurement, 1, {2}, in_double());
  const Tensor picture_ = noise_.normal(Purpose::measurement, 0, {1, 2, 2}, in_double());
};

TEST_F(Optimization, ProximalPointSolvesItsNormalEquations) {
  for (const double rho : {1e-4, 0.3, 100.0}) {
    const Tensor x = proximal_point(wide_, y_, picture_, rho);
    const Tensor left = adjoint(wide_, wide_.forward(x)) + x * rho;
    EXPECT_TRUE(at::allclose(left, adjoint(wide_, y_) + picture_ * rho, 1e-10, 1e-10)) << rho;
  }
}

TEST_F(Optimization, DrawNearHasTheLawOfItsGaussian) {
  constexpr std::int64_t count = 20000;
  const PhiloxNoise noise = noise_of(count);
  const Tensor y = at::tensor({0.4, -0.3}, in_double());
  const Tensor center = at::tensor({0.1, 0.2, -0.2, 0.3}, in_double());
  const double rho = 0.5;
  const Problem many{prior_, schedule_, wide_, y.expand({count, 2}), 0.2, noise};
  const Tensor z = draw_near(many, center.reshape({1, 1, 2, 2}).expand({count, 1, 2, 2}), rho, 0);
  const GaussianMixturePrior near = gaussian_prior(center, at::eye(4, in_double()) * (rho * rho), {1, 2, 2});
  expect_gaussian(z, law_of(posterior_prior(near, wide_.matrix(), y, 0.2)), 0, 0);
}

TEST_F(Optimization, DiffPirStepsAreProximalToTheMeasurement) {
  StepKeeper keeper;
  const Tensor x =
      make_method("diffpir", {{"steps", std::int64_t{15}}, {"lambda", 3.0}})->sample(problem(wide_, y_), keeper);
  ASSERT_EQ(keeper.steps.size(), 15U);
  EXPECT_TRUE(x.equal(keeper.steps.back().x0_hat));
  // at t = 0: A^T (y - A x0') is parallel to x0' - x0 with factor rho
  const double rho = 3.0 * std::pow(0.1 / schedule_.level(0).sigma(), 2);
  const Tensor x0 = denoise(prior_, keeper.steps[13].state, schedule_.level(0), false, Gradient::none).x0;
  EXPECT_TRUE(at::allclose(adjoint(wide_, y_ - wide_.forward(x)), (x - x0) * rho, 1e-8, 1e-8));
}

TEST_F(Optimization, DiffPirOfHugeLambdaForgetsTheMeasurement) {
  const auto sample = [&](const Tensor& y) { return run("diffpir", {{"lambda", 1e12}}, wide_, y); };
  EXPECT_TRUE(at::allclose(sample(y_), sample(y_ + 1), 1e-5, 1e-5));
}

TEST_F(Optimization, DiffPirAsPublishedReturnsTheStateBeforeTheLastDenoising) {
  StepKeeper keeper;
  const Tensor x = make_method("diffpir", {{"as_published", true}})->sample(problem(wide_, y_), keeper);
  EXPECT_TRUE(x.equal(keeper.steps[keeper.steps.size() - 2].state));
  EXPECT_FALSE(x.equal(keeper.steps.back().x0_hat));
}

TEST_F(Optimization, RedDiffTakesAFirstStepOfTheLearningRate) {
  // Adam's first step is lr g / (|g| + 1e-8)
  const auto op = bind_task("denoising", {}, prior_, noise_);
  StepKeeper keeper;
  std::ignore = make_method("red-diff", {{"lr", 0.05}})->sample(problem(*op, picture_), keeper);
  const Tensor moved = (keeper.steps.front().state - picture_).abs();  // A^+ y = y
  EXPECT_TRUE(at::allclose(moved, at::full_like(moved, 0.05), 1e-3, 0));
}

TEST_F(Optimization, RedDiffWithoutPriorStaysWhereTheMeasurementIsMet) {
  // Adam never rests: it stays within its step of where the gradient vanishes
  const Tensor x = run("red-diff", {{"lambda", 0.0}, {"lr", 0.002}}, wide_, y_);
  EXPECT_TRUE(at::allclose(x, wide_.pseudo_inverse(y_), 0, 0.01));
}

TEST_F(Optimization, RedDiffWithoutDataFindsTheMiddleOfAGaussianPrior) {
  const GaussianMixturePrior prior = correlated_prior();
  const auto op = bind_task("denoising", {}, prior, noise_);
  SilentObserver silent;
  const Problem at_prior{prior, schedule_, *op, picture_, 0.1, noise_};
  const Tensor x = make_method("red-diff", {{"data_weight", 0.0}, {"lr", 0.01}})->sample(at_prior, silent);
  const Tensor mean = law_of(prior).first.reshape({1, 1, 2, 2});
  EXPECT_LT((x - mean).abs().max().item<double>(), 0.3 * (picture_ - mean).abs().max().item<double>());
}

}  // namespace
}  // namespace dpsbench
