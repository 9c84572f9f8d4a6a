#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

/// Motion blur has no decomposition and so takes conjugate gradients.
std::unique_ptr<Operator> blur(const Noise& noise) {
  return OperatorCase{.task = "motion_blur", .options = {{"kernel_size", std::int64_t{9}}}, .shape = {3, 16, 16}}.bind(
      noise, at::kFloat);
}

TEST(ConjugateGradients, ReachOneMillionthInFloat) {
  const PhiloxNoise noise = noise_of({"a", "b"});
  const Tensor r = trial(noise, 1, {3, 16, 16}, at::kFloat);
  const auto op = blur(noise);
  const Tensor z = op->solve_gram(r, 1e-2);
  const Tensor residual = op->forward(adjoint(*op, z)) + z * 1e-2 - r;
  EXPECT_LT((image_norm(residual) / image_norm(r)).max().item<double>(), 5e-6);  // rounding of the check included
}

TEST(ConjugateGradients, AnswerZeroWithZero) {
  const PhiloxNoise noise = noise_of({"a", "b"});
  const Tensor r = trial(noise, 1, {3, 16, 16}, at::kFloat);
  const Tensor half_zero = r * at::tensor({0.0F, 1.0F}).reshape({2, 1, 1, 1});
  const Tensor z = blur(noise)->solve_gram(half_zero, 1e-2);
  EXPECT_EQ(z[0].abs().max().item<float>(), 0);
  EXPECT_GT(z[1].abs().max().item<float>(), 0);
}

TEST(ConjugateGradients, RefuseNumbersThatAreNotFinite) {
  const PhiloxNoise noise = noise_of({"a"});
  const Tensor r = at::full({1, 3, 16, 16}, std::numeric_limits<float>::quiet_NaN());
  EXPECT_THROW((void)blur(noise)->solve_gram(r, 1e-2), NumericError);
}

}  // namespace
}  // namespace dpsbench
