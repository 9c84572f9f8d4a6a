#include "runner/price/makespan.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>

#include "runner/ranks/dispatcher.h"

namespace dpsbench {
namespace {

double play_dynamic(const std::vector<double>& expected, const std::vector<double>& actual,
                    const std::vector<double>& slowness) {
  using Free = std::pair<double, std::size_t>;  // when a rank is free, and which
  std::priority_queue<Free, std::vector<Free>, std::greater<>> ranks;
  for (std::size_t rank = 0; rank < slowness.size(); ++rank) ranks.emplace(0.0, rank);
  double last = 0;
  for (const std::size_t unit : largest_first(expected)) {
    const auto [time, rank] = ranks.top();
    ranks.pop();
    const double end = time + actual[unit] * slowness[rank];
    ranks.emplace(end, rank);
    last = std::max(last, end);
  }
  return last;
}

double play_fixed(const std::vector<double>& actual, const std::vector<double>& slowness) {
  std::vector<double> busy(slowness.size(), 0.0);
  for (std::size_t unit = 0; unit < actual.size(); ++unit)
    busy[unit % busy.size()] += actual[unit] * slowness[unit % busy.size()];
  return std::ranges::max(busy);
}

}  // namespace

Makespan simulate_makespan(const std::vector<double>& expected, const std::vector<double>& actual,
                           const std::vector<double>& slowness) {
  if (actual.empty() || slowness.empty()) return {};
  double work = 0;
  for (const double cost : actual) work += cost;
  double speed = 0;
  for (const double factor : slowness) speed += 1 / factor;
  return {play_dynamic(expected, actual, slowness), play_fixed(actual, slowness),
          std::max(work / speed, std::ranges::max(actual) * std::ranges::min(slowness))};
}

Makespan simulate_makespan(const std::vector<double>& costs, int ranks) {
  return simulate_makespan(costs, costs, slowness_of(ranks, 0, 1));
}

std::vector<double> slowness_of(int ranks, double share, double factor) {
  std::vector<double> slowness;
  for (int rank = 0; rank < ranks; ++rank) {
    const bool slow = std::floor((rank + 1) * share + 1e-9) > std::floor(rank * share + 1e-9);
    slowness.push_back(slow ? factor : 1.0);
  }
  return slowness;
}

}  // namespace dpsbench
