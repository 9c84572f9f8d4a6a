#include "metrics/parts/coverage.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/noise.h"

namespace dpsbench {
namespace {

Tensor normal(const std::string& id, const std::vector<std::int64_t>& shape) {
  const PhiloxNoise noise(5, {{"test", id}});
  return noise.normal(Purpose::bootstrap, 0, shape, at::kDouble)[0];
}

// numpy.quantile(samples, [0.1, 0.9], axis=0, method='weibull'), samples sin(1.1 k^1.2) [23, 4]: ranks 2.4 and 21.6
TEST(Coverage, CountsTruthsBetweenNumpysQuantiles) {
  const Tensor samples = (1.1 * at::arange(92, at::kDouble).pow(1.2)).sin().view({1, 23, 4});
  const Tensor low =
      at::tensor({-0.9563356391545098, -0.9341104437911343, -0.9933707473350434, -0.9582365660252906}, at::kDouble);
  const Tensor high =
      at::tensor({0.8593160168847881, 0.9928340190560235, 0.8151799890696315, 0.9813306165263226}, at::kDouble);
  const double step = 1e-9;
  EXPECT_EQ(central_coverage(samples, (low + step).view({1, 4}), 0.8).item<double>(), 1);
  EXPECT_EQ(central_coverage(samples, (low - step).view({1, 4}), 0.8).item<double>(), 0);
  EXPECT_EQ(central_coverage(samples, (high - step).view({1, 4}), 0.8).item<double>(), 1);
  EXPECT_EQ(central_coverage(samples, (high + step).view({1, 4}), 0.8).item<double>(), 0);
}

TEST(Coverage, OfExactSamplesIsTheLevelHoweverFewTheyAre) {
  for (const std::int64_t count : {19, 39}) {
    const Tensor covered = central_coverage(normal("samples", {10, count, 1000}), normal("truth", {10, 1000}), 0.9);
    ASSERT_EQ(covered.sizes(), at::IntArrayRef({10}));
    EXPECT_NEAR(covered.mean().item<double>(), 0.9, 0.01) << count;  // one standard error: 0.003
  }
}

TEST(Coverage, OfTooNarrowSamplesIsTooSmall) {
  const Tensor covered = central_coverage(0.5 * normal("samples", {10, 39, 1000}), normal("truth", {10, 1000}), 0.9);
  EXPECT_LT(covered.mean().item<double>(), 0.65);
}

TEST(Coverage, RefusesTooFewSamplesForTheLevel) {
  EXPECT_NO_THROW((void)central_coverage(normal("s", {2, 19, 3}), normal("t", {2, 3}), 0.9));
  EXPECT_THROW((void)central_coverage(normal("s", {2, 18, 3}), normal("t", {2, 3}), 0.9), Error);
  EXPECT_THROW((void)central_coverage(normal("s", {2, 19, 3}), normal("t", {2, 3}), 1.0), Error);
  EXPECT_THROW((void)central_coverage(normal("s", {2, 19, 3}), normal("t", {2, 4}), 0.9), Error);
}

/// A posterior that is one image, or few: the truth equals samples, and its rank is drawn among them.
TEST(Coverage, OfExactSamplesThatEqualTheTruthIsTheLevelToo) {
  for (const std::int64_t values : {1, 3})
    for (const std::int64_t count : {19, 40}) {
      const auto drawn = [&](const std::string& what, const std::vector<std::int64_t>& shape) {
        return (normal(what, shape).abs() * 1000).to(at::kLong).remainder(values).to(at::kDouble);
      };
      const Tensor images = at::arange(10, at::kDouble).view({10, 1});  // other images, other noise
      const Tensor truth = drawn("tied truth", {10, 1000}) + 10 * images;
      const Tensor samples = drawn("tied samples", {10, count, 1000}) + 10 * images.unsqueeze(1);
      for (const double level : {0.5, 0.9})
        EXPECT_NEAR(central_coverage(samples, truth, level).mean().item<double>(), level, 0.015)
            << values << " values, " << count << " samples, level " << level;
    }
}

TEST(Coverage, DrawsRanksThatDependOnTheImageAlone) {
  const Tensor truth = at::arange(2, at::kDouble).view({2, 1}).expand({2, 500});
  const Tensor samples = truth.unsqueeze(1).expand({2, 40, 500});
  const Tensor both = central_coverage(samples, truth, 0.5);
  EXPECT_EQ(central_coverage(samples.slice(0, 1), truth.slice(0, 1), 0.5)[0].item<double>(), both[1].item<double>());
  EXPECT_NE(both[0].item<double>(), both[1].item<double>());
}

}  // namespace
}  // namespace dpsbench
