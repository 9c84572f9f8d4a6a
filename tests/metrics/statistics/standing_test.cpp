#include "metrics/statistics/standing.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace dpsbench {
namespace {

TEST(Standings, SeparateTiedMethodsFromThoseBehind) {
  const std::vector<double> best = {1.0, 2.0, 3.0, 4.0, 5.0};
  const std::vector<double> tied = {1.3, 1.8, 3.2, 3.9, 5.1};    // p = 0.55
  const std::vector<double> behind = {1.5, 2.6, 3.5, 4.4, 5.6};  // p = 0.0002
  EXPECT_EQ(standings({behind, best, tied}), (std::vector<Standing>{Standing::behind, Standing::best, Standing::tied}));
}

/// Alone the second method is behind (p = 0.024); beside three others Holm's adjustment makes it 0.096.
TEST(Standings, AreAdjustedForTheNumberOfMethods) {
  const std::vector<double> best = {1.0, 2.0, 3.0, 4.0, 5.0};
  const std::vector<double> near = {1.2, 2.05, 3.1, 4.05, 5.2};
  const std::vector<double> noisy = {1.9, 1.4, 3.5, 3.7, 5.6};
  EXPECT_EQ(standings({best, near}), (std::vector<Standing>{Standing::best, Standing::behind}));
  EXPECT_EQ(standings({best, near, noisy, noisy, noisy}),
            (std::vector<Standing>{Standing::best, Standing::tied, Standing::tied, Standing::tied, Standing::tied}));
}

TEST(Standings, OfOneImageAndOfOneMethodSeparateNothing) {
  EXPECT_EQ(standings({{1}, {9}}), (std::vector<Standing>{Standing::best, Standing::tied}));
  EXPECT_EQ(standings({{1, 2}}), (std::vector<Standing>{Standing::best}));
}

TEST(Standings, OfEqualMethodsHaveOneBest) {
  EXPECT_EQ(standings({{1, 2}, {1, 2}}), (std::vector<Standing>{Standing::best, Standing::tied}));
}

TEST(Standings, RefuseNoMethodsAndUnpairedValues) {
  EXPECT_THROW((void)standings({}), Error);
  EXPECT_THROW((void)standings({{1, 2}, {1}}), Error);
}

}  // namespace
}  // namespace dpsbench
