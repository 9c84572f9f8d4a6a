#include "runner/tuning/trial.h"

#include <algorithm>
#include <limits>
#include <set>

#include "core/error.h"
#include "methods/registry.h"
#include "metrics/statistics/interval.h"

namespace dpsbench {
namespace {

/// The request's own options: they are not tuned.
std::map<std::string, OptionValue> fixed_options(const Experiment& experiment, const MethodEntry& method) {
  std::map<std::string, OptionValue> fixed;
  const MethodRequest* only = nullptr;
  for (const MethodRequest& request : experiment.methods) {
    if (request.entry != &method) continue;
    if (only != nullptr)
      throw UserError("{}: method '{}' has an entry already; tune takes one of each method", request.place,
                      method.name);
    only = &request;
    for (const OptionScan& scan : request.scans) {
      if (scan.values.size() > 1)
        throw UserError("{}: {}: {} values; tune takes one, or none to choose it", request.place, scan.name,
                        scan.values.size());
      fixed[scan.name] = scan.values.front();
    }
  }
  return fixed;
}

/// The preset of that name for the cell's task, as published and brought to the cell's steps where it says how.
std::vector<std::pair<std::string, Preset>> forms_of_preset(const Experiment& experiment, const Cell& cell,
                                                            const std::string& name) {
  std::vector<std::pair<std::string, Preset>> forms;
  try {
    const Preset preset = find_preset(*cell.method, name, cell.task->name, preset_dataset(experiment.dataset));
    forms.emplace_back(fmt::format("preset {}", name), preset);
    if (preset.steps && scales_with(preset, ScalesWith::steps) && cell.method_options.all().contains("steps"))
      forms.emplace_back(fmt::format("preset {}, scaled with steps", name),
                         scaled(preset, {ScalesWith::steps}, cell.method_options.integer("steps"), 0));
  } catch (const UserError&) {
    return {};  // it has nothing for the task
  }
  return forms;
}

/// The method's presets for the task, with the steps and the fixed options of the cell, as far as they cost no more and
/// do not choose by the original, which would win by what nobody knows.
void add_presets(const Experiment& experiment, const Cell& cell, const std::map<std::string, OptionValue>& fixed,
                 std::vector<Candidate>& candidates) {
  const auto evaluations = [&](const OptionValues& options) {
    const Cost cost = cell.method->cost(options, cell.sigma_y);
    return cost.forward + cost.backward;
  };
  for (const std::string& name : preset_names(*cell.method))
    for (const auto& [origin, preset] : forms_of_preset(experiment, cell, name)) {
      std::map<std::string, OptionValue> options = preset.options;
      for (const auto& [option, value] : fixed) options[option] = value;
      if (cell.method_options.all().contains("steps")) options["steps"] = cell.method_options.all().at("steps");
      const OptionValues all(cell.method->options, options);
      if (chooses_by_original(*cell.method, all)) continue;
      if (evaluations(all) <= evaluations(cell.method_options)) candidates.push_back({all.all(), origin, true});
    }
}

void drop_repeated(const Trial& trial, std::vector<Candidate>& candidates) {
  std::set<State> seen;
  std::erase_if(candidates, [&](const Candidate& candidate) {
    return !seen.insert(state_of(trial.cell.method->name, OptionValues(trial.cell.method->options, candidate.options)))
                .second;
  });
}

/// All candidates with `drawn` drawn ones, and what they may cost together.
double try_count(const Experiment& experiment, const Rungs& rungs, const std::map<std::string, OptionValue>& fixed,
                 std::size_t drawn, Trial& trial) {
  const Cell& cell = trial.cell;
  trial.candidates.clear();
  add_presets(experiment, cell, fixed, trial.candidates);
  trial.candidates.push_back({cell.method_options.all(), "the experiment's", false});
  for (Candidate& candidate :
       drawn_candidates(*cell.method, cell.method_options.all(), fixed, drawn, experiment.tune->seed))
    trial.candidates.push_back(std::move(candidate));
  drop_repeated(trial, trial.candidates);
  std::vector<double> costs;
  std::vector<double> staying;
  for (const Candidate& candidate : trial.candidates)
    (candidate.published ? staying : costs)
        .push_back(price(cell, candidate.options, experiment.tune->pass_back) *
                   static_cast<double>(experiment.samples));
  return halving_cost(rungs, costs, staying);
}

Trial make_trial(const Experiment& experiment, const Rungs& rungs, const Cell& cell,
                 const std::map<std::string, OptionValue>& fixed) {
  constexpr std::size_t least_drawn = 2;
  constexpr std::size_t most_drawn = 1000;
  Trial trial{cell, {}};
  const double least = try_count(experiment, rungs, fixed, least_drawn, trial);
  if (least > experiment.tune->budget)
    throw UserError("{}: tune.budget: {} evaluations are too few for {} on {}: {:.0f} at least",
                    experiment.file.string(), experiment.tune->budget, cell.method->name, to_text(cell.task_state()),
                    least);
  Trial larger = trial;
  trial.planned_cost = least;
  for (std::size_t drawn = least_drawn + 1; drawn <= most_drawn; ++drawn) {
    const double cost = try_count(experiment, rungs, fixed, drawn, larger);
    if (cost > experiment.tune->budget) break;
    trial = larger;
    trial.planned_cost = cost;
  }
  for (std::size_t k = 0; k < trial.candidates.size(); ++k) trial.left.push_back(k);
  trial.losses.resize(trial.candidates.size());
  trial.failed.resize(trial.candidates.size());
  return trial;
}

}  // namespace

State Trial::state(std::size_t candidate) const {
  return state_of(cell.method->name, OptionValues(cell.method->options, candidates.at(candidate).options));
}

std::string Trial::content(std::size_t candidate) const {
  return setting_content(cell.task_state(), cell.sigma_y) + to_text(state(candidate));
}

double Trial::mean_loss(std::size_t candidate) const {
  if (failed.at(candidate) || losses.at(candidate).empty()) return std::numeric_limits<double>::infinity();
  return mean_of(losses[candidate]);
}

double price(const Cell& cell, const std::map<std::string, OptionValue>& options, double pass_back) {
  const Cost cost = cost_of(*cell.method, *cell.task, OptionValues(cell.method->options, options), cell.sigma_y);
  return cost.forward + pass_back * cost.backward;
}

std::vector<Trial> make_trials(const Experiment& experiment, const ImageShape& shape, const Rungs& rungs) {
  if (!experiment.tune) throw UserError("{}: has no block 'tune'", experiment.file.string());
  std::vector<Trial> trials;
  for (const Cell& cell : expand_cells(experiment, shape)) {
    const std::map<std::string, OptionValue> fixed = fixed_options(experiment, *cell.method);
    if (tuned_options(*cell.method, fixed).empty()) continue;
    if (cell.told_original)
      throw UserError(
          "{}: tune: {} on {} chooses its answer by the original, so that its constants cannot be compared; "
          "select: last",
          experiment.file.string(), cell.method->name, to_text(cell.task_state()));
    trials.push_back(make_trial(experiment, rungs, cell, fixed));
  }
  if (trials.empty()) throw UserError("{}: no method has an option to tune", experiment.file.string());
  return trials;
}

}  // namespace dpsbench
