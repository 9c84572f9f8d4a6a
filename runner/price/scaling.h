#pragma once
#include <optional>
#include <vector>

#include "runner/price/makespan.h"
#include "runner/price/measured_rates.h"

namespace dpsbench {

/// The units of several experiments as one sweep.
struct Sweep {
  std::vector<double> expected;  ///< cost of each unit, as handed out by
  std::vector<double> actual;    ///< what it comes to
  double total = 0;              ///< of `actual`

  /// Adds a plan's units. Costs are multiply-accumulate operations where `rates` is empty, counting a pass back as one
  /// evaluation; else seconds of a rank that needs as long as the measured one did for `measured_operations`, the
  /// operations of one evaluation of its network.
  void add(const Plan& plan, double operations, const std::optional<MeasuredRates>& rates, double measured_operations);
};

/// Prints, for each number of ranks, how the makespan of run and of a fixed split compare with the ideal: on equal
/// ranks, and where one rank in ten takes twice as long.
void print_scaling(const Sweep& sweep, const std::vector<int>& ranks, bool in_seconds);

}  // namespace dpsbench
