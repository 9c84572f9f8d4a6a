#include "metrics/metric_set.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "metrics/psnr.h"
#include "tests/metrics/golden_images.h"

namespace dpsbench {
namespace {

MetricInputs golden_inputs() {
  MetricInputs inputs;
  inputs.sample = golden("sample");
  inputs.reference = golden("reference");
  return inputs;
}

TEST(MetricSet, GivesEveryMetricAskedForAndNoOther) {
  MetricInputs inputs = golden_inputs();
  inputs.residual = at::full({4, 3, 8, 8}, 0.1);
  inputs.sigma_y = 0.05;
  const MetricSet set({"psnr", "ssim", "consistency"}, nullptr, at::kCPU);
  const std::map<std::string, Tensor> values = set.evaluate(inputs);
  ASSERT_EQ(values.size(), 3u);
  EXPECT_LT(largest_difference(values.at("psnr"), golden("psnr")), 1e-5);
  EXPECT_LT(largest_difference(values.at("ssim"), golden("ssim")), 1e-5);
  EXPECT_LT(largest_difference(values.at("consistency"), at::full({4}, 2.0, at::kDouble)), 1e-6);
  for (const auto& [name, tensor] : values) EXPECT_EQ(tensor.scalar_type(), at::kDouble) << name;
}

TEST(MetricSet, KnowsWhetherItNeedsTheMeasurement) {
  EXPECT_TRUE(MetricSet({"psnr", "consistency"}, nullptr, at::kCPU).needs_measurement());
  EXPECT_FALSE(MetricSet({"psnr", "ssim"}, nullptr, at::kCPU).needs_measurement());
  const MetricSet set({"consistency"}, nullptr, at::kCPU);
  EXPECT_THROW((void)set.evaluate(golden_inputs()), Error);
}

TEST(MetricSet, ChecksShapesBeforeWorkStarts) {
  const MetricSet set({"psnr", "ms_ssim"}, nullptr, at::kCPU);
  EXPECT_NO_THROW(set.check({3, 256, 256}));
  EXPECT_THROW(set.check({3, 64, 64}), UserError);
}

TEST(MetricSet, RefusesUnknownRepeatedAndWeightlessMetrics) {
  EXPECT_THROW(MetricSet({"psnr", "sssim"}, nullptr, at::kCPU), UserError);
  EXPECT_THROW(MetricSet({"psnr", "psnr"}, nullptr, at::kCPU), UserError);
  EXPECT_THROW(MetricSet({"lpips"}, nullptr, at::kCPU), UserError);
  const WeightMap empty;
  EXPECT_THROW(MetricSet({"lpips"}, &empty, at::kCPU), DataError);
}

}  // namespace
}  // namespace dpsbench
