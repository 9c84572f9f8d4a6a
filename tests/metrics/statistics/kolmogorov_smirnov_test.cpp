#include "metrics/statistics/kolmogorov_smirnov.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

// scipy.stats.kstest(values, scipy.stats.norm(0, deviation).cdf), whose p value is exact:
// values = 0.06 norm.ppf((k + 1/2) / 500) + 0.003 sin(k), k = 0 .. 499.
TEST(KolmogorovSmirnov, AgreesWithScipysExactTest) {
  const Tensor k = at::arange(500, at::kDouble);
  const Tensor values = (0.06 * at::special_ndtri((k + 0.5) / 500) + 0.003 * k.sin()).view({20, 25});
  const GoodnessOfFit wrong = kolmogorov_smirnov_normal(values, 0.05);
  EXPECT_NEAR(wrong.statistic, 0.04735732033873574, 1e-12);
  EXPECT_NEAR(wrong.p_value, 0.20549124770289195, 1e-4);
  EXPECT_EQ(wrong.count, 500);
  const GoodnessOfFit right = kolmogorov_smirnov_normal(values, 0.06);
  EXPECT_NEAR(right.statistic, 0.004337809101369383, 1e-12);
  EXPECT_NEAR(right.p_value, 1, 1e-12);
}

TEST(KolmogorovSmirnov, TakesTheGreatestDistanceFromEitherSide) {
  // scipy.stats.kstest([0.1, -1.2, 0.7], 'norm')
  const GoodnessOfFit few = kolmogorov_smirnov_normal(at::tensor({0.1, -1.2, 0.7}, at::kDouble), 1);
  EXPECT_NEAR(few.statistic, 0.24196365222307303, 1e-12);
  EXPECT_NEAR(kolmogorov_smirnov_normal(at::tensor({0.0}), 1).statistic, 0.5, 1e-15);
}

struct PValue {
  double statistic;
  std::int64_t count;
  double exact;  // scipy.stats.kstwo.sf(statistic, count)
  double tolerance;
};

TEST(KolmogorovSmirnov, HasPValuesNearTheExactOnes) {
  const std::vector<PValue> cases = {
      {0.25, 20, 0.13762569836717486, 6e-4},    {0.12, 20, 0.9031355120796009, 6e-4},
      {0.1, 100, 0.2526927570063874, 2e-4},     {0.02, 1000, 0.8108971656895577, 3e-5},
      {0.05, 1000, 0.013012074781090332, 3e-5}, {0.004, 100000, 0.08130148920222469, 1e-6}};
  for (const PValue& c : cases)
    EXPECT_NEAR(kolmogorov_smirnov_p_value(c.statistic, c.count), c.exact, c.tolerance)
        << c.statistic << ", " << c.count;
}

TEST(KolmogorovSmirnov, HasAContinuousPValueWhereItsSeriesMeet) {
  const std::int64_t count = 1000000000000;  // the corrections vanish: z = D sqrt n
  EXPECT_NEAR(kolmogorov_smirnov_p_value((1 - 1e-9) * 1e-6, count),
              kolmogorov_smirnov_p_value((1 + 1e-9) * 1e-6, count), 1e-8);
  EXPECT_NEAR(kolmogorov_smirnov_p_value(1.3580986393225507e-6, count), 0.05, 1e-6);  // scipy.special.kolmogi(0.05)
}

TEST(KolmogorovSmirnov, TakesAnyLawByItsDistributionFunction) {
  const GoodnessOfFit fit = kolmogorov_smirnov(at::tensor({0.9, 0.2, 0.45, 0.3}, at::kDouble));
  EXPECT_NEAR(fit.statistic, 0.3, 1e-15);  // three of four lie at or below 0.45
  EXPECT_EQ(fit.count, 4);
  EXPECT_THROW((void)kolmogorov_smirnov(at::tensor({0.5, 1.1}, at::kDouble)), Error);
}

TEST(KolmogorovSmirnov, RefusesNothingAndValuesThatAreNotFinite) {
  EXPECT_THROW((void)kolmogorov_smirnov_normal(at::empty({0}), 1), Error);
  EXPECT_THROW((void)kolmogorov_smirnov_normal(at::ones({3}) / 0, 1), Error);
  EXPECT_THROW((void)kolmogorov_smirnov_normal(at::ones({3}), 0), Error);
}

}  // namespace
}  // namespace dpsbench
