#include "runner/tuning/rungs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dpsbench {
namespace {

using testing::ElementsAre;

TEST(Rungs, SeeAQuarterAHalfAndAllOfTheImages) {
  EXPECT_THAT(make_rungs(14).images, ElementsAre(4, 7, 14));
  EXPECT_THAT(make_rungs(3).images, ElementsAre(1, 2, 3));
  EXPECT_THAT(make_rungs(2).images, ElementsAre(1, 2));
  EXPECT_THAT(make_rungs(1).images, ElementsAre(1));
}

TEST(Rungs, LetTheWorseHalfGo) {
  EXPECT_EQ(left_on_rung(9, 0), 9U);
  EXPECT_EQ(left_on_rung(9, 1), 5U);
  EXPECT_EQ(left_on_rung(9, 2), 3U);
  EXPECT_EQ(left_on_rung(1, 2), 1U);
}

TEST(Rungs, CostWhatTheDearestCandidatesWouldOnImagesNotSeenBefore) {
  const Rungs rungs{{1, 2, 4}};
  EXPECT_EQ(halving_cost(rungs, {1, 10, 1, 1}), 1 * 13 + 1 * 11 + 2 * 10);
  EXPECT_EQ(halving_cost(rungs, {1, 10, 1, 1}, {3, 2}), 1 * 13 + 1 * 11 + 2 * 10 + 4 * 5);
}

}  // namespace
}  // namespace dpsbench
