#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "runner/ranks/expected_costs.h"

namespace dpsbench {

/// What a rank is handed: a unit to do, and the one that it will most likely be handed after it.
struct Handed {
  std::size_t unit;
  std::optional<std::size_t> next;
};

/// The units of a run that are left, and the order in which ranks get them: always the one with the largest expected
/// cost, the first in the plan's order among equals. What a rank was told to be its next unit is kept for it among
/// equals, and never longer: no rank waits, and no costlier unit is put off, for another rank's guess.
class WorkQueue {
 public:
  explicit WorkQueue(const ExpectedCosts& costs);

  /// The unit that `rank` does now; nothing when none is left.
  std::optional<Handed> take(int rank);
  /// Unit u took so many seconds.
  void learn(std::size_t unit, double seconds) { costs_.learn(unit, seconds); }
  [[nodiscard]] std::size_t size() const { return costs_.size(); }

 private:
  using Kind = std::pair<std::size_t, double>;  ///< units of one kind and planned cost: equal at any time
  [[nodiscard]] Kind kind_of(std::size_t unit) const { return {costs_.kind(unit), costs_.planned(unit)}; }
  /// The costliest unit left, where there is a choice one that is told to none but `rank`.
  [[nodiscard]] std::optional<std::size_t> costliest(int rank) const;

  ExpectedCosts costs_;
  std::map<Kind, std::set<std::size_t>> left_;
  std::map<std::size_t, int> told_;  ///< unit -> the rank that was told it as its next
};

}  // namespace dpsbench
