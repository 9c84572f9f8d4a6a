#include "runner/price/makespan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "priors/registry.h"
#include "runner/price/estimate.h"

namespace dpsbench {
namespace {

TEST(Makespan, OfHandComputedCases) {
  // largest first on two ranks: 5 | 4 3 3 -> 5+3 | 4+3: 8; every second unit in plan order: 3+3 | 5+4: 9; total 15
  const Makespan makespan = simulate_makespan({3, 5, 3, 4}, 2);
  EXPECT_EQ(makespan.dynamic, 8);
  EXPECT_EQ(makespan.fixed_split, 9);
  EXPECT_EQ(makespan.ideal, 7.5);

  // one long unit bounds what any number of ranks can do
  EXPECT_EQ(simulate_makespan({10, 1, 1}, 3).ideal, 10);
  // a fixed split puts both long units on the first rank
  EXPECT_EQ(simulate_makespan({10, 1, 10, 1}, 2).fixed_split, 20);
  EXPECT_EQ(simulate_makespan({10, 1, 10, 1}, 2).dynamic, 11);
}

TEST(Makespan, OfASlowRank) {
  // the second rank takes twice as long: 3 | 3 (to 6), then the first is free: 3 3 -> 3, 6, 9 | 6; speed 1.5
  const Makespan makespan = simulate_makespan({3, 3, 3, 3}, {3, 3, 3, 3}, {1, 2});
  EXPECT_EQ(makespan.dynamic, 9);
  EXPECT_EQ(makespan.fixed_split, 12);
  EXPECT_EQ(makespan.ideal, 8);
}

TEST(Makespan, HandsOutByExpectedAndTakesAsLongAsItDoes) {
  // expected order 0 1 2, actual 1 1 4: 1 | 1, then 4
  EXPECT_EQ(simulate_makespan({3, 2, 1}, {1, 1, 4}, {1, 1}).dynamic, 5);
}

TEST(Slowness, IsSpreadEvenly) {
  EXPECT_THAT(slowness_of(10, 0.2, 3), testing::ElementsAre(1, 1, 1, 1, 3, 1, 1, 1, 1, 3));
  EXPECT_THAT(slowness_of(3, 0, 3), testing::Each(1));
}

TEST(UNetOperations, AreThoseOfTheKnownNetworks) {
  const auto operations = [](const char* preset) {
    return unet_operations(network_options({.kind = "unet", .preset = preset, .network = {}, .file = {}}));
  };
  EXPECT_NEAR(operations("ffhq256") / 194e9, 1, 0.01);
  EXPECT_NEAR(operations("imagenet256") / 1120e9, 1, 0.01);
}

}  // namespace
}  // namespace dpsbench
