#include "metrics/statistics/standing.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace dpsbench {
namespace {

const std::vector<double> best = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0};

TEST(Standings, SeparateTiedMethodsFromThoseBehind) {
  const std::vector<double> tied = {1.3, 1.8, 3.2, 3.9, 5.1, 5.9, 7.2, 7.8};
  const std::vector<double> behind = {1.5, 2.6, 3.5, 4.4, 5.6, 6.5, 7.4, 8.6};
  EXPECT_EQ(standings({behind, best, tied}), (std::vector<Standing>{Standing::behind, Standing::best, Standing::tied}));
}

/// Alone the second method is behind: of the 2^8 flips 6 are as far apart. Beside three noisy ones it is not.
TEST(Standings, AreAdjustedForTheNumberOfMethods) {
  const std::vector<double> near = {1.2, 2.15, 3.1, 3.95, 5.2, 6.1, 7.02, 8.0};
  const std::vector<double> noisy = {1.9, 1.4, 3.5, 3.7, 5.6, 5.8, 7.9, 7.4};
  const std::vector<double> noisier = {0.9, 2.9, 2.5, 4.7, 5.4, 6.6, 6.5, 8.7};
  EXPECT_EQ(standings({best, near}), (std::vector<Standing>{Standing::best, Standing::behind}));
  EXPECT_EQ(standings({best, near, noisy, noisier})[1], Standing::tied);
}

TEST(Standings, OfOneImageAndOfOneMethodSeparateNothing) {
  EXPECT_EQ(standings({{1}, {9}}), (std::vector<Standing>{Standing::best, Standing::tied}));
  EXPECT_EQ(standings({{1, 2}}), (std::vector<Standing>{Standing::best}));
}

/// 2^-4 is the least p value of five images.
TEST(Standings, OfFewerThanSixImagesSeparateNothing) {
  EXPECT_EQ(standings({{1, 2, 3, 4, 5}, {9, 9.5, 11, 12, 13.5}}),
            (std::vector<Standing>{Standing::best, Standing::tied}));
  EXPECT_EQ(standings({{1, 2, 3, 4, 5, 6}, {9, 9.5, 11, 12, 13.5, 14}}),
            (std::vector<Standing>{Standing::best, Standing::behind}));
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
