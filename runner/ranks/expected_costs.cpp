#include "runner/ranks/expected_costs.h"

#include <utility>

#include "core/error.h"

namespace dpsbench {

ExpectedCosts::ExpectedCosts(std::vector<double> planned, std::vector<std::size_t> kinds)
    : planned_(std::move(planned)), kinds_(std::move(kinds)) {
  if (planned_.size() != kinds_.size())
    throw Error(fmt::format("{} units, but {} kinds", planned_.size(), kinds_.size()));
}

void ExpectedCosts::learn(std::size_t kind, double planned, double seconds) {
  for (Timed* timed : {&timed_[kind], &all_}) {
    timed->seconds += seconds;
    timed->planned += planned;
  }
}

double ExpectedCosts::of(std::size_t unit) const {
  const auto found = timed_.find(kinds_.at(unit));
  const Timed& timed = found == timed_.end() ? all_ : found->second;
  return timed.planned > 0 ? planned_.at(unit) * timed.seconds / timed.planned : planned_.at(unit);
}

}  // namespace dpsbench
