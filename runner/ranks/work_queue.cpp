#include "runner/ranks/work_queue.h"

#include <algorithm>

namespace dpsbench {
namespace {

/// What a unit is expected to cost; among equals, whether no other rank was told to expect it.
using Rating = std::pair<double, bool>;

}  // namespace

WorkQueue::WorkQueue(const ExpectedCosts& costs) : costs_(costs) {
  for (std::size_t unit = 0; unit < costs_.size(); ++unit) left_[kind_of(unit)].insert(unit);
}

std::optional<std::size_t> WorkQueue::costliest(int rank) const {
  const auto is_anothers = [&](std::size_t unit) {
    const auto found = told_.find(unit);
    return found != told_.end() && found->second != rank;
  };
  // one of each kind is rated, and not each unit: 10^5 units would be rated 10^10 times
  std::optional<std::pair<Rating, std::size_t>> best;
  for (const auto& [kind, units] : left_) {
    const auto free = std::ranges::find_if_not(units, is_anothers);
    const std::size_t unit = free == units.end() ? *units.begin() : *free;
    const Rating rating{costs_.of(unit), free != units.end()};
    if (!best || rating > best->first || (rating == best->first && unit < best->second)) best = {rating, unit};
  }
  return best ? std::optional(best->second) : std::nullopt;
}

std::optional<Handed> WorkQueue::take(int rank) {
  std::optional<std::size_t> unit = costliest(rank);
  if (!unit) return std::nullopt;
  const auto own = std::ranges::find(told_, rank, &std::pair<const std::size_t, int>::second);
  if (own != told_.end()) {
    if (costs_.of(own->first) >= costs_.of(*unit)) unit = own->first;
    told_.erase(own);
  }
  told_.erase(*unit);
  const auto units = left_.find(kind_of(*unit));
  units->second.erase(*unit);
  if (units->second.empty()) left_.erase(units);
  const std::optional<std::size_t> next = costliest(rank);
  if (next && !told_.contains(*next)) told_[*next] = rank;
  return Handed{*unit, next};
}

}  // namespace dpsbench
