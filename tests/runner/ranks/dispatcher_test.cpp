#include "runner/ranks/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace dpsbench {
namespace {

using testing::ElementsAre;

class CountingListener final : public DispatchListener {
 public:
  void on_outcome(std::size_t unit, Outcome) override { units.push_back(unit); }
  void on_idle() override {}
  std::vector<std::size_t> units;
};

TEST(LargestFirst, OrdersByCostAndKeepsThePlansOrderAmongEquals) {
  EXPECT_THAT(largest_first({1, 5, 2, 5}), ElementsAre(1, 3, 2, 0));
}

TEST(Dispatch, DoesEveryUnitOnceLargestFirstInASingleProcess) {
  const auto alone = make_single_process();
  CountingListener listener;
  std::vector<std::size_t> worked;

  std::vector<std::optional<std::size_t>> told;
  const DispatchResult result = dispatch(
      *alone, {{1, 3, 2}, {0, 1, 2}},
      [&](std::size_t unit, std::optional<std::size_t> next) {
        worked.push_back(unit);
        told.push_back(next);
        return Outcome{.failures = unit == 2 ? 3U : 0U};
      },
      listener);

  EXPECT_THAT(worked, ElementsAre(1, 2, 0));
  EXPECT_THAT(told, ElementsAre(2U, 0U, std::nullopt));
  EXPECT_EQ(listener.units, worked);
  EXPECT_EQ(result.ended, 3U);
  EXPECT_EQ(result.failures, 3U);
  EXPECT_FALSE(result.interrupted);
}

TEST(Dispatch, LearnsFromFinishedUnitsWhichOfTheRestAreCostliest) {
  const auto alone = make_single_process();
  CountingListener listener;
  std::vector<std::size_t> worked;

  // by the plan 0 is costliest and 1 comes before 2; kind 0 then turns out to be slow, so that 3 comes before 1 and 2
  dispatch(
      *alone, {{10, 5, 4, 3}, {0, 1, 2, 0}},
      [&](std::size_t unit, std::optional<std::size_t>) {
        worked.push_back(unit);
        std::this_thread::sleep_for(std::chrono::milliseconds(unit == 0 ? 50 : 0));
        return Outcome{};
      },
      listener);

  EXPECT_EQ(worked.at(0), 0U);
  EXPECT_EQ(worked.at(1), 1U);  // rated as the average, which is kind 0's: 5 against 4 and 3
  EXPECT_EQ(worked.at(2), 3U);  // kind 1 was quick, and with it the average
}

TEST(Dispatch, GivesUpAfterTooManyFailedImages) {
  const auto alone = make_single_process();
  CountingListener listener;

  const DispatchResult result = dispatch(
      *alone, {{1, 1, 1, 1, 1}, {0, 0, 0, 0, 0}},
      [](std::size_t, std::optional<std::size_t>) { return Outcome{.failures = 1}; }, listener, 2);

  EXPECT_EQ(result.failures, 3U);
  EXPECT_TRUE(result.gave_up);
  EXPECT_FALSE(result.interrupted);
}

TEST(ExpectedCosts, AreThePlansUntilUnitsWereTimed) {
  ExpectedCosts costs({4, 2, 6}, {0, 0, 1});
  EXPECT_EQ(costs.of(2), 6);

  costs.learn(0, 12.0);  // three seconds for one of planned cost

  EXPECT_EQ(costs.of(1), 6);
  EXPECT_EQ(costs.of(2), 18);  // of a kind not timed yet: as the average

  costs.learn(2, 3.0);

  EXPECT_EQ(costs.of(2), 3);
  EXPECT_EQ(costs.of(1), 6);
}

}  // namespace
}  // namespace dpsbench
