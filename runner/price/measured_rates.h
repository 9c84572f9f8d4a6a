#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "runner/experiment/plan.h"

namespace dpsbench {

/// How long methods take, from the units of an output folder.
class MeasuredRates {
 public:
  /// Reads every finished unit. Throws UserError when there is none.
  explicit MeasuredRates(const std::filesystem::path& output);

  /// Seconds that unit number `unit` of a sweep takes by one of the measured units of its method and task, each in
  /// turn, and by their mean: number of evaluations times the measured time of one, passes back and all else included.
  /// Methods and tasks that were not measured count as the average of those that were.
  struct Seconds {
    double actual;
    double mean;
  };
  [[nodiscard]] Seconds of(const Cell& cell, double evaluations, std::size_t unit) const;

 private:
  std::map<std::string, std::vector<double>> rates_;  ///< "task/method" -> seconds an evaluation, unit by unit
  std::vector<double> all_;
};

}  // namespace dpsbench
