#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

std::unique_ptr<Operator> blur(const Noise& noise, at::ScalarType type = at::kFloat) {
  return OperatorCase{.task = "motion_blur", .options = {{"kernel_size", std::int64_t{9}}}, .shape = {3, 16, 16}}.bind(
      noise, type);
}

/// Conjugate gradients, whatever the operator would use itself.
Tensor iterated(const Operator& op, const Tensor& r, double c) { return op.Operator::solve_gram(r, c); }

TEST(ConjugateGradients, ReachOneMillionthInFloat) {
  const PhiloxNoise noise = noise_of({"a", "b"});
  const Tensor r = trial(noise, 1, {3, 16, 16}, at::kFloat);
  const auto op = blur(noise);
  const Tensor z = iterated(*op, r, 1e-2);
  const Tensor residual = op->forward(adjoint(*op, z)) + z * 1e-2 - r;
  EXPECT_LT((image_norm(residual) / image_norm(r)).max().item<double>(), 5e-6);  // rounding of the check included
}

TEST(ConjugateGradients, AnswerZeroWithZero) {
  const PhiloxNoise noise = noise_of({"a", "b"});
  const Tensor r = trial(noise, 1, {3, 16, 16}, at::kFloat);
  const Tensor half_zero = r * at::tensor({0.0F, 1.0F}).reshape({2, 1, 1, 1});
  const Tensor z = iterated(*blur(noise), half_zero, 1e-2);
  EXPECT_EQ(z[0].abs().max().item<float>(), 0);
  EXPECT_GT(z[1].abs().max().item<float>(), 0);
}

TEST(ConjugateGradients, RefuseNumbersThatAreNotFinite) {
  const PhiloxNoise noise = noise_of({"a"});
  const Tensor r = at::full({1, 3, 16, 16}, std::numeric_limits<float>::quiet_NaN());
  EXPECT_THROW((void)iterated(*blur(noise), r, 1e-2), NumericError);
}

TEST(ConjugateGradients, SettleTheImageWhereTheResidualNeverWould) {
  // c of DiffPIR's and FPS's first steps: in float the residual stays at a few hundredths, since z is r / c large where
  // the blur erases, but nothing of that reaches the image A^T z
  const PhiloxNoise noise = noise_of({"a", "b"});
  const Tensor r = trial(noise, 1, {3, 16, 16}, at::kDouble);
  for (const double c : {1e-7, 1e-5, 1e-3}) {
    const auto exact = blur(noise, at::kDouble);
    const Tensor image = adjoint(*exact, exact->solve_gram(r, c));
    const auto op = blur(noise);
    const Tensor found = adjoint(*op, iterated(*op, r.to(at::kFloat), c)).to(at::kDouble);
    EXPECT_LT((image_norm(found - image) / image_norm(image)).max().item<double>(), 5e-3) << c;
  }
}

TEST(MotionBlur, SolvesTheGramEquationForAnyPositiveConstant) {
  const PhiloxNoise noise = noise_of({"a", "b"});
  const Tensor r = trial(noise, 1, {3, 16, 16}, at::kDouble);
  const auto op = blur(noise, at::kDouble);
  for (const double c : {1e-9, 1e-5, 1.0, 1e3}) {
    const Tensor z = op->solve_gram(r, c);
    const Tensor residual = op->forward(adjoint(*op, z)) + z * c - r;
    EXPECT_LT((image_norm(residual) / image_norm(r)).max().item<double>(), 1e-15 / std::min(c, 1e-2)) << c;
  }
}

}  // namespace
}  // namespace dpsbench
