#include "runner/tuning/rung.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "metrics/registry.h"
#include "results/cells/cell_label.h"
#include "results/store/consolidate.h"
#include "results/store/reader.h"

namespace dpsbench {
namespace {

MethodRequest request_of(const Trial& trial, const Candidate& candidate) {
  MethodRequest request{
      trial.cell.method, {}, "", {}, {}, "tune", {setting_content(trial.cell.task_state(), trial.cell.sigma_y)}};
  for (const auto& [option, value] : candidate.options) request.scans.push_back({option, {value}});
  return request;
}

/// The ids of a rung's cells by what they are, in the form of Trial::content().
std::map<std::string, std::string> cell_ids(const Experiment& experiment, const ImageShape& shape) {
  std::map<std::string, std::string> ids;
  for (const Cell& cell : expand_cells(experiment, shape))
    ids[setting_content(cell.task_state(), cell.sigma_y) + to_text(cell.method_state())] = cell.id;
  return ids;
}

/// Adds a cell's values to a candidate's; a candidate that lacks images or finite values has failed.
void take_values(const CellResult& cell, const MetricEntry& metric, Trial& trial, std::size_t candidate) {
  const std::vector<double> values = cell.image_values(metric.name);
  const bool whole = !values.empty() && cell.text("images_done") == cell.text("images_planned") &&
                     std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
  if (!whole) {
    trial.failed[candidate] = true;
    return;
  }
  for (const double value : values) trial.losses[candidate].push_back(metric.loss(value));
}

/// Adds the groups of a rung's images, from any candidate that came through all of them.
void take_groups(const std::map<std::string, const CellResult*>& cells, const std::map<std::string, std::string>& ids,
                 Trial& trial) {
  for (const std::size_t candidate : trial.left) {
    if (trial.failed[candidate]) continue;
    const Groups& groups = cells.at(ids.at(trial.content(candidate)))->image_groups;
    trial.groups.insert(trial.groups.end(), groups.begin(), groups.end());
    return;
  }
}

/// Sorts those left by their means, and drops the worse half of the ones that are not published.
void let_the_worse_go(std::size_t rung, Trial& trial) {
  std::ranges::sort(trial.left);
  std::ranges::stable_sort(trial.left, {}, [&](std::size_t candidate) { return trial.mean_loss(candidate); });
  const auto halved = [&](std::size_t candidate) { return !trial.candidates[candidate].published; };
  const auto tried = std::ranges::count_if(trial.candidates, [](const Candidate& one) { return !one.published; });
  const std::size_t stay = left_on_rung(static_cast<std::size_t>(tried), rung + 1);
  std::size_t seen = 0;
  std::erase_if(trial.left, [&](std::size_t candidate) { return halved(candidate) && ++seen > stay; });
}

}  // namespace

std::filesystem::path rung_folder(const std::filesystem::path& output, std::size_t rung) {
  return output / "rungs" / std::to_string(rung + 1);
}

Experiment rung_experiment(const Experiment& experiment, const std::vector<Trial>& trials, const Rungs& rungs,
                           const std::vector<std::int64_t>& positions, std::size_t rung) {
  Experiment of_rung = experiment;
  of_rung.title.clear();
  of_rung.dataset = experiment.tune->dataset;
  const auto first = positions.begin() + (rung == 0 ? 0 : rungs.images.at(rung - 1));
  of_rung.dataset.images = fmt::format("{}", fmt::join(first, positions.begin() + rungs.images.at(rung), ","));
  of_rung.metrics = {experiment.tune->metric};
  of_rung.trajectory = {};
  of_rung.table_layouts.clear();
  of_rung.presets.reset();
  of_rung.tune.reset();
  of_rung.methods.clear();
  for (const Trial& trial : trials)
    for (const std::size_t candidate : trial.left)
      of_rung.methods.push_back(request_of(trial, trial.candidates[candidate]));
  return of_rung;
}

void conclude_rung(const Experiment& experiment, const ImageShape& shape, const std::filesystem::path& folder,
                   std::size_t rung, std::vector<Trial>& trials) {
  const MetricEntry& metric = find_metric(experiment.metrics.front());
  const std::map<std::string, std::string> ids = cell_ids(experiment, shape);
  const ResultsFile results(results_path(folder));
  const CellLabels labels(results.cells());
  std::map<std::string, const CellResult*> cells;
  for (const CellResult& cell : results.cells()) cells[cell.id] = &cell;
  for (Trial& trial : trials) {
    for (const std::size_t candidate : trial.left) {
      const std::string& id = ids.at(trial.content(candidate));
      const auto found = cells.find(id);
      if (found == cells.end())
        throw UserError(
            "{} has no cell {}: another version of this program filled it, whose cells have other names; tune into "
            "another --output",
            results_path(folder).string(), id);
      if (trial.title.empty()) trial.title = labels.setting(*found->second);
      take_values(*found->second, metric, trial, candidate);
    }
    take_groups(cells, ids, trial);
    let_the_worse_go(rung, trial);
  }
}

std::string who_is_left(const std::vector<Trial>& trials) {
  nlohmann::json left = nlohmann::json::array();
  for (const Trial& trial : trials) left.push_back(trial.left);
  return left.dump();
}

void take_who_is_left(const std::string& text, std::vector<Trial>& trials) {
  const auto left = nlohmann::json::parse(text);
  for (std::size_t k = 0; k < trials.size(); ++k) trials[k].left = left.at(k).get<std::vector<std::size_t>>();
}

}  // namespace dpsbench
