#include "runner/ranks/still_time.h"

#include <gtest/gtest.h>

namespace dpsbench {
namespace {

using std::chrono::seconds;

TEST(StillTime, CountsTurnsAndStartsAnewAtASignOfLife) {
  StillTime::Clock::time_point now{};
  StillTime still(seconds(1), now);
  for (int turn = 1; turn <= 5; ++turn) EXPECT_EQ(still.turn(now += seconds(1)), seconds(turn));
  still.restart();
  EXPECT_EQ(still.turn(now += seconds(1)), seconds(1));
}

TEST(StillTime, DoesNotCountTheTimeInWhichItsProcessWasSuspended) {
  StillTime::Clock::time_point now{};
  StillTime still(seconds(1), now);
  EXPECT_EQ(still.turn(now += seconds(100000)), seconds(2));
  EXPECT_EQ(still.turn(now += seconds(1)), seconds(3));
}

}  // namespace
}  // namespace dpsbench
