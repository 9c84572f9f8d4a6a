#include "runner/ranks/work_queue.h"

#include <gtest/gtest.h>

namespace dpsbench {
namespace {

ExpectedCosts equals(std::size_t units) { return {std::vector<double>(units, 1.0), std::vector<std::size_t>(units)}; }

void expect_handed(std::optional<Handed> handed, std::size_t unit, std::optional<std::size_t> next) {
  ASSERT_TRUE(handed);
  EXPECT_EQ(handed->unit, unit);
  EXPECT_EQ(handed->next, next);
}

TEST(WorkQueue, KeepsForARankAmongEqualsWhatItWasTold) {
  WorkQueue queue(equals(7));
  expect_handed(queue.take(0), 0, 1);
  expect_handed(queue.take(1), 2, 3);  // 1 is rank 0's
  expect_handed(queue.take(1), 3, 4);
  expect_handed(queue.take(1), 4, 5);
  expect_handed(queue.take(0), 1, 6);  // however long it took
  expect_handed(queue.take(2), 5, 6);  // a rank nobody told anything; then nothing is left that is nobody's
  expect_handed(queue.take(2), 6, std::nullopt);
  EXPECT_FALSE(queue.take(0));
}

TEST(WorkQueue, PutsNoCostlierUnitOffForWhatARankWasTold) {
  WorkQueue queue(ExpectedCosts({3, 2, 2, 1}, {0, 1, 2, 3}));
  expect_handed(queue.take(0), 0, 1);
  expect_handed(queue.take(1), 2, 1);  // as costly as 1
  expect_handed(queue.take(1), 1, 3);  // rank 0's, but 3 is cheaper
  expect_handed(queue.take(0), 3, std::nullopt);
}

TEST(WorkQueue, ATimeThatChangesTheOrderPassesOverWhatARankWasTold) {
  WorkQueue queue(ExpectedCosts({4, 3, 2, 1}, {0, 1, 0, 1}));
  expect_handed(queue.take(0), 0, 1);
  queue.learn(0, 8);                   // two seconds for one of planned cost: 1 is rated 6, 2 is 4
  expect_handed(queue.take(1), 1, 2);  // the costliest
  queue.learn(1, 30);                  // its kind is slow: 3 is 10
  expect_handed(queue.take(1), 3, 2);  // told 2, which is cheaper now
  expect_handed(queue.take(0), 2, std::nullopt);
}

/// The order is the one in which each unit left is looked at anew: the largest, the first of the plan among equals.
TEST(WorkQueue, OneRankGetsTheOrderOfAPlainSearch) {
  std::vector<double> planned;
  std::vector<std::size_t> kinds;
  for (std::size_t unit = 0; unit < 60; ++unit) {
    planned.push_back(1.0 + static_cast<double>(unit * 7 % 5));
    kinds.push_back(unit * 11 % 4);
  }
  ExpectedCosts costs(planned, kinds);
  WorkQueue queue(costs);
  std::vector<std::size_t> left(planned.size());
  for (std::size_t unit = 0; unit < left.size(); ++unit) left[unit] = unit;
  while (!left.empty()) {
    std::size_t best = 0;
    for (std::size_t k = 1; k < left.size(); ++k)
      if (costs.of(left[k]) > costs.of(left[best])) best = k;
    const std::optional<Handed> handed = queue.take(0);
    ASSERT_TRUE(handed);
    ASSERT_EQ(handed->unit, left[best]);
    const double took = static_cast<double>(kinds[left[best]] * 3 % 5 + 1);
    queue.learn(left[best], took);
    costs.learn(left[best], took);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(best));
  }
  EXPECT_FALSE(queue.take(0));
}

}  // namespace
}  // namespace dpsbench
