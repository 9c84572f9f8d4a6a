#pragma once
#include <string>
#include <vector>

#include "metrics/statistics/interval.h"
#include "runner/experiment/cell.h"
#include "runner/tuning/candidates.h"
#include "runner/tuning/rungs.h"

namespace dpsbench {

/// The choice of one method's options in one setting.
struct Trial {
  Cell cell;                                     ///< the setting and the method as the experiment asks for them
  std::vector<Candidate> candidates;             ///< all that are tried, no two the same
  std::vector<std::size_t> left = {};            ///< those still in the running, best mean first once a rung is done
  std::vector<std::vector<double>> losses = {};  ///< of each candidate, image by image, as far as it ran; on rank 0
  Groups groups = {};                            ///< of these images, as `losses` has them; on rank 0
  std::vector<bool> failed = {};                 ///< candidates that did not come through every image; on rank 0
  double planned_cost = 0;                       ///< evaluations it may come to
  std::string title = {};                        ///< of the setting, for people; on rank 0

  /// The candidate's options as a state.
  [[nodiscard]] State state(std::size_t candidate) const;
  /// Task, noise level and method as units know them.
  [[nodiscard]] std::string content(std::size_t candidate) const;
  /// Mean loss over the images so far; infinite for one that failed.
  [[nodiscard]] double mean_loss(std::size_t candidate) const;
  /// What is chosen: the first of those left. Throws Error before the first rung is done.
  [[nodiscard]] std::size_t chosen() const { return left.at(0); }
};

/// What one image costs in the cell with these options in place of its own, in evaluations: passes back count as
/// `pass_back` of them each.
double price(const Cell& cell, const std::map<std::string, OptionValue>& options, double pass_back);

/// A trial for every method and setting of an experiment that has something to tune: the constants of the method's
/// presets for the task as far as they cost no more, also brought to the experiment's steps, the experiment's own
/// options, and as many drawn ones as the budget allows. Throws UserError where the budget is too small for two drawn
/// ones, or a method has several entries.
std::vector<Trial> make_trials(const Experiment& experiment, const ImageShape& shape, const Rungs& rungs);

}  // namespace dpsbench
