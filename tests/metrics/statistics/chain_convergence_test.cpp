#include "metrics/statistics/chain_convergence.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/noise.h"

namespace dpsbench {
namespace {

/// x_t = r x_{t-1} + sqrt(1 - r^2) n_t from its stationary law: four chains [4, N, 1].
Tensor autoregressive(double r, std::int64_t n) {
  const PhiloxNoise noise(2, {{"chain", "a"}, {"chain", "b"}, {"chain", "c"}, {"chain", "d"}});
  Tensor x = noise.normal(Purpose::inner, 0, {n, 1}, at::kDouble);
  for (std::int64_t t = 1; t < n; ++t) x.select(1, t).mul_(std::sqrt(1 - r * r)).add_(x.select(1, t - 1) * r);
  return x;
}

TEST(ChainConvergence, FindsTheEffectiveSampleSizeOfAnAutoregression) {
  for (const double r : {-0.3, 0.0, 0.5, 0.9}) {
    const double expected = 4 * 20000 * (1 - r) / (1 + r);
    EXPECT_NEAR(effective_sample_size(autoregressive(r, 20000)).item<double>() / expected, 1, 0.1) << r;
  }
}

TEST(ChainConvergence, HasAnRHatOfOneForChainsOfOneLaw) {
  EXPECT_NEAR(split_r_hat(autoregressive(0.5, 20000)).item<double>(), 1, 1e-3);
}

TEST(ChainConvergence, SeesChainsApartAndChainsThatDrift) {
  const Tensor chains = autoregressive(0, 2000);
  const Tensor offset = at::tensor({0.0, 0.0, 0.0, 2.0}, at::kDouble).view({4, 1, 1});
  // between-chain variance of the halves' means: six at 0, two at 2
  const double between = 8.0 / 7 * 4 * 0.25 * 0.75;
  EXPECT_NEAR(split_r_hat(chains + offset).item<double>(), std::sqrt(1 + between), 0.03);
  const Tensor drift = at::linspace(-1, 1, 2000, at::kDouble).view({1, 2000, 1});
  EXPECT_GT(split_r_hat(chains + drift).item<double>(), 1.1);
}

TEST(ChainConvergence, CallsNumbersThatNeverMoveConverged) {
  EXPECT_EQ(split_r_hat(at::zeros({2, 10, 1}, at::kDouble)).item<double>(), 1);
  EXPECT_EQ(effective_sample_size(at::zeros({2, 10, 1}, at::kDouble)).item<double>(), 20);
}

TEST(ChainConvergence, TreatsEachNumberAlone) {
  const Tensor slow = autoregressive(0.9, 1000);
  const Tensor fast = autoregressive(0.1, 1000);
  const Tensor both = effective_sample_size(at::cat({slow, fast}, 2));
  EXPECT_NEAR(both[0].item<double>() / effective_sample_size(slow).item<double>(), 1, 1e-10);
  EXPECT_NEAR(both[1].item<double>() / effective_sample_size(fast).item<double>(), 1, 1e-10);
}

}  // namespace
}  // namespace dpsbench
