#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/state.h"
#include "runner/experiment/experiment.h"

namespace dpsbench {

/// One combination of an experiment: a task with its parameters, a noise level, a method with its parameters.
struct Cell {
  std::string id;  ///< "007-inpainting-0.7-s0.05-dps-w"; the group's name in results.h5
  const TaskEntry* task;
  OptionValues task_options;
  double sigma_y;
  const MethodEntry* method;
  OptionValues method_options;
  std::string
      method_label;    ///< for people: the name and what sets it apart from others of that name: "dps-w, 100 steps"
  std::string preset;  ///< where the method's constants are from; empty: no preset
  std::string preset_source = {};
  std::string preset_remark = {};  ///< doubt whether they are the data set's; empty: none
  std::string no_verdict = {};     ///< MethodRequest::no_verdict, or that its answer is chosen by the original
  bool told_original = false;      ///< its method chooses by the original, or is a control that is given it
  bool of_latents = false;         ///< its method samples latents, which are decoded; answers of others are images
  std::string preset_label = {};   ///< for people: "published", "published for 1000 steps", "tuned"; empty: no preset
  std::optional<std::int64_t> preset_steps = {};  ///< that its constants are for, if known
  std::set<std::string> set =
      {};  ///< the method's options, but for its steps, that the experiment itself gives a value

  [[nodiscard]] State task_state() const { return state_of(task->name, task_options); }
  [[nodiscard]] State method_state() const { return state_of(method->name, method_options); }
  /// Task, noise level and method with every option, in a fixed form: what sets the cells of an experiment apart.
  [[nodiscard]] std::string content() const;
  /// What one image costs: evaluations of the prior and passes back, times the samples of an image.
  [[nodiscard]] Cost cost(std::int64_t samples) const;
  /// Under a prior of latents: its passes through the autoencoder, of one image likewise.
  [[nodiscard]] CodingCost coding(std::int64_t samples) const;
};

/// Task and noise level in a fixed form: what a cell's content begins with.
std::string setting_content(const State& task, double sigma_y);

/// Expands the lists of an experiment: every task with every noise level with every method that is not limited to other
/// tasks. Throws UserError naming the place of a combination that cannot be: a method that does not serve a task,
/// options that do not fit the images' shape, a preset without constants for a task. Where two entries of a method come
/// to the same, one cell stands for both if a preset gave one of them, and its label has both names: "published =
/// tuned".
std::vector<Cell> expand_cells(const Experiment& experiment, const ImageShape& shape);

/// Every combination of the values of several scans, the last scan fastest.
std::vector<std::map<std::string, OptionValue>> combinations(const std::vector<OptionScan>& scans);

}  // namespace dpsbench
