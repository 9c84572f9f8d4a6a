#include "runner/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

  const DispatchResult result = dispatch(
      *alone, {1, 3, 2},
      [&](std::size_t unit) {
        worked.push_back(unit);
        return unit == 2 ? Outcome::failed : Outcome::done;
      },
      listener);

  EXPECT_THAT(worked, ElementsAre(1, 2, 0));
  EXPECT_EQ(listener.units, worked);
  EXPECT_EQ(result.done, 2U);
  EXPECT_EQ(result.failed, 1U);
  EXPECT_FALSE(result.interrupted);
}

TEST(Makespan, OfHandComputedCases) {
  // largest first on two ranks: 5 | 4 3 3 -> 5+3 | 4+3: 8; halves in plan order: 3+5 | 3+4: 8; total 15
  const Makespan makespan = simulate_makespan({3, 5, 3, 4}, 2);
  EXPECT_EQ(makespan.dynamic, 8);
  EXPECT_EQ(makespan.fixed_split, 8);
  EXPECT_EQ(makespan.ideal, 7.5);

  // one long unit bounds what any number of ranks can do
  EXPECT_EQ(simulate_makespan({10, 1, 1}, 3).ideal, 10);
  // equal blocks put both long units on the first rank
  EXPECT_EQ(simulate_makespan({10, 10, 1, 1}, 2).fixed_split, 20);
  EXPECT_EQ(simulate_makespan({10, 10, 1, 1}, 2).dynamic, 11);
}

}  // namespace
}  // namespace dpsbench
