#include "metrics/parts/residual_tests.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/noise.h"

namespace dpsbench {
namespace {

Tensor normal_field(const std::string& id, const std::vector<std::int64_t>& shape) {
  const PhiloxNoise noise(3, {{"test", id}});
  return noise.normal(Purpose::bootstrap, 0, shape, at::kDouble)[0];
}

TEST(ErrorRatio, IsTheQuotientOfTheMeansOverImages) {
  const Tensor samples = at::tensor({2.0, 1.0, 3.0, 1.0, 0.0, 0.0, 3.0, 1.0, 0.0}, at::kDouble).view({3, 3, 1});
  const Tensor reference = at::tensor({1.0, 0.0, 0.0}, at::kDouble).view({3, 1});
  const ErrorRatio ratio = error_ratio(samples, reference);
  EXPECT_TRUE(ratio.sample_error.equal(at::tensor({1.0, 1.0, 9.0}, at::kDouble)));
  EXPECT_TRUE(ratio.mean_error.equal(at::tensor({1.0, 0.0, 0.25}, at::kDouble)));
  EXPECT_NEAR(ratio.raw, 11 / 1.25, 1e-12);
  EXPECT_NEAR(ratio.corrected, 11 / 1.25 * 1.5, 1e-12);
  // influences (error - 8.8 mean_error) * 3 / 1.25 * 1.5: -28.08, 3.6, 24.48; t_{2, 0.975} s / sqrt(3)
  const double deviation = std::sqrt((28.08 * 28.08 + 3.6 * 3.6 + 24.48 * 24.48) / 2);
  EXPECT_NEAR(ratio.half_width, 4.302652729749464 * deviation / std::sqrt(3.0), 1e-8);
}

/// Posterior N(m, 0.3^2), the truth itself a draw of it.
TEST(ErrorRatio, OfExactSamplesIsTwoHoweverFewAreAveraged) {
  for (const std::int64_t count : {2, 5, 40}) {
    const Tensor centre = normal_field("centre", {50, 1, 400});
    const Tensor samples = centre + 0.3 * normal_field("samples", {50, count, 400});
    const Tensor reference = (centre + 0.3 * normal_field("truth", {50, 1, 400})).squeeze(1);
    const ErrorRatio ratio = error_ratio(samples, reference);
    EXPECT_NEAR(ratio.corrected, 2, 0.07) << count;  // one standard error: 0.03 (2 samples) to 0.02
    EXPECT_GT(ratio.half_width, 0.02) << count;
    EXPECT_LT(ratio.half_width, 0.15) << count;
    const double expected_raw = 2 / (1 + 1 / static_cast<double>(count - 1));
    EXPECT_NEAR(ratio.raw, expected_raw, 0.07) << count;
  }
}

TEST(ErrorRatio, OfAPointEstimateIsOne) {
  const Tensor estimate = normal_field("estimate", {4, 1, 100}).expand({4, 3, 100});
  EXPECT_NEAR(error_ratio(estimate, normal_field("truth", {4, 100})).raw, 1, 1e-12);
}

TEST(ErrorRatio, OfErrorsIsThatOfTheSamplesThemselves) {
  const Tensor samples = normal_field("samples", {5, 4, 30});
  const ErrorRatio whole = error_ratio(samples, normal_field("truth", {5, 30}));
  const ErrorRatio parts = error_ratio(whole.sample_error, whole.mean_error, 4);
  EXPECT_EQ(parts.corrected, whole.corrected);
  EXPECT_EQ(parts.half_width, whole.half_width);
  EXPECT_THROW((void)error_ratio(whole.sample_error, whole.mean_error, 1), Error);
}

TEST(ErrorRatio, RefusesSingleSamplesAndOtherShapes) {
  EXPECT_THROW((void)error_ratio(at::ones({4, 1, 9}), at::ones({4, 9})), Error);
  EXPECT_THROW((void)error_ratio(at::ones({4, 3, 9}), at::ones({4, 8})), Error);
}

TEST(ResidualTests, PassNoiseThatIsIndependentOfTheImage) {
  const Tensor image = normal_field("image", {4, 3, 40, 40}).tanh();
  const ResidualTests tests = residual_tests(0.05 * normal_field("noise", {4, 3, 40, 40}), image, 0.05);
  EXPECT_NEAR(tests.deviation, 0.05, 0.001);
  EXPECT_LT(std::abs(tests.with_image.r), 0.02);
  EXPECT_GT(tests.with_image.p_value, 0.01);
  EXPECT_GT(tests.normality.p_value, 0.01);
}

TEST(ResidualTests, CatchNoiseThatKnowsTheImageAndNoiseOfTheWrongSize) {
  const Tensor image = normal_field("image", {4, 3, 40, 40}).tanh();
  const Tensor noise = 0.05 * normal_field("noise", {4, 3, 40, 40});
  EXPECT_LT(residual_tests(noise + 0.005 * image, image, 0.05).with_image.p_value, 1e-6);
  EXPECT_LT(residual_tests(0.9 * noise, image, 0.05).normality.p_value, 1e-3);
}

}  // namespace
}  // namespace dpsbench
