#include "metrics/consistency.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

TEST(Consistency, IsTheResidualNormOverItsExpectedSize) {
  const Tensor residual = at::tensor({3.0, 4.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0}, at::kDouble).view({2, 1, 2, 2});
  const Tensor values = consistency(residual, {}, 0.5);
  EXPECT_NEAR(values[0].item<double>(), 5 / (0.5 * 2), 1e-14);
  EXPECT_NEAR(values[1].item<double>(), 2 / (0.5 * 2), 1e-14);
}

TEST(Consistency, CountsMeasuredEntriesOnly) {
  const Tensor residual = at::tensor({3.0, 4.0, 7.0, 9.0, 3.0, 4.0, 7.0, 9.0}, at::kDouble).view({1, 2, 2, 2});
  const Tensor measured = at::tensor({1.0, 1.0, 0.0, 0.0}).view({1, 1, 2, 2});  // one mask for both channels
  EXPECT_NEAR(consistency(residual, measured, 0.1).item<double>(), std::sqrt(50.0) / (0.1 * 2), 1e-12);
  EXPECT_TRUE(std::isnan(consistency(residual, at::zeros({1, 1, 2, 2}), 0.1).item<double>()));
}

TEST(Consistency, NeedsNoise) { EXPECT_THROW((void)consistency(at::ones({1, 4}), {}, 0), UserError); }

}  // namespace
}  // namespace dpsbench
