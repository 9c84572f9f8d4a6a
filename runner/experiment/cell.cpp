#include "runner/experiment/cell.h"

#include <algorithm>

#include "core/error.h"
#include "metrics/registry.h"
#include "runner/experiment/presets.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_cells = 100000;

/// What was chosen, as part of an id: "-0.7", "-100"; a flag by its name.
std::string suffix(const std::map<std::string, OptionValue>& given) {
  std::string text;
  for (const auto& [name, value] : given) {
    if (const bool* flag = std::get_if<bool>(&value))
      text += fmt::format("-{}{}", *flag ? "" : "no_", name);
    else
      text += fmt::format("-{}", to_text(value));
  }
  for (char& c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '_') c = '-';
  return text;
}

/// The options that a request scans, or with_all every one that it gives.
std::set<std::string> shown_options(const std::vector<OptionScan>& scans, bool with_all) {
  std::set<std::string> shown;
  for (const OptionScan& scan : scans)
    if (with_all || scan.values.size() > 1) shown.insert(scan.name);
  return shown;
}

bool has_namesake(const Experiment& experiment, const MethodRequest& method) {
  return std::count_if(experiment.methods.begin(), experiment.methods.end(),
                       [&](const MethodRequest& other) { return other.entry == method.entry; }) > 1;
}

template <typename Make>
auto at_place(const std::string& place, const Make& make) {
  try {
    return make();
  } catch (const UserError& error) {
    throw UserError("{}: {}", place, error.what());
  }
}

bool is_limited_to_others(const MethodRequest& method, const TaskEntry& task) {
  return !method.tasks.empty() && std::find(method.tasks.begin(), method.tasks.end(), task.name) == method.tasks.end();
}

/// The cells of one task with its options, one noise level and one entry of `methods:`.
void add_cells(std::vector<Cell>& cells, const Experiment& experiment, const TaskEntry& task,
               const std::map<std::string, OptionValue>& task_given, double sigma_y, const MethodRequest& method) {
  if (is_limited_to_others(method, task)) return;
  const bool with_all = has_namesake(experiment, method);
  const KnownPosteriors known = find_prior_kind(experiment.prior.kind).posteriors;
  if (const std::string reason = incompatibility(*method.entry, task, known); !reason.empty())
    throw UserError("{}: {}; limit it with tasks: [...]", method.place, reason);
  Preset preset;
  if (!method.preset.empty())
    preset = at_place(method.place, [&] {
      return find_preset(*method.entry, method.preset, task.name, {experiment.dataset.name, experiment.dataset.family});
    });
  for (const auto& given : at_place(method.place, [&] { return combinations(method.scans); })) {
    std::map<std::string, OptionValue> resolved = preset.options;
    for (const auto& [name, value] : given) resolved[name] = value;
    Cell cell{
        fmt::format("{:03}-{}{}-s{}-{}{}{}", cells.size(), task.name, suffix(task_given), sigma_y, method.entry->name,
                    method.preset.empty() ? "" : fmt::format("-{}", method.preset), suffix(given)),
        &task,
        OptionValues(task.options, task_given),
        sigma_y,
        method.entry,
        OptionValues(method.entry->options, resolved),
        {},
        method.preset,
        preset.source,
        preset.remark};
    std::vector<std::string> remarks;
    if (with_all && !method.preset.empty()) remarks.push_back(method.preset);
    cell.no_verdict = method.no_verdict;
    cell.method_label = label(cell.method_state(), shown_options(method.scans, with_all), remarks);
    cells.push_back(std::move(cell));
  }
}

/// Two cells with the same answer would share their files.
void reject_repeated(const std::vector<Cell>& cells, const std::string& file) {
  std::map<std::string, std::string> seen;
  for (const Cell& cell : cells) {
    const auto [other, is_new] = seen.emplace(cell.content(), cell.id);
    if (!is_new) throw UserError("{}: the cells {} and {} are the same", file, other->second, cell.id);
  }
}

/// What the metrics ask of the samples and of the law they are judged by.
void check_metrics(const Experiment& experiment, const TaskEntry& task) {
  const std::string place = experiment.file.string() + ": metrics";
  for (const std::string& name : experiment.metrics) {
    const MetricEntry& metric = find_metric(name);
    if (metric.least_samples > experiment.samples)
      throw UserError("{}: '{}' needs at least {} samples an image; the key samples is {}", place, name,
                      metric.least_samples, experiment.samples);
    if (metric.of_posterior && !knows_posterior(task, find_prior_kind(experiment.law().kind).posteriors))
      throw UserError("{}: '{}' compares samples with the exact posterior, which a {} of kind {} does not know of '{}'",
                      place, name, experiment.truth ? "truth" : "prior", experiment.law().kind, task.name);
    if (metric.needs_modes && !find_prior_kind(experiment.law().kind).has_modes)
      throw UserError("{}: '{}' needs a posterior with modes (kind gaussian_mixture); the kind is {}", place, name,
                      experiment.law().kind);
  }
}

}  // namespace

std::string Cell::content() const {
  return fmt::format("task {}\nsigma_y {}\nmethod {}\n", to_text(task_state()), sigma_y, to_text(method_state()));
}

Cost Cell::cost(std::int64_t samples) const {
  const Cost once = method->cost(method_options, sigma_y);
  return {once.forward * static_cast<double>(samples), once.backward * static_cast<double>(samples)};
}

std::vector<std::map<std::string, OptionValue>> combinations(const std::vector<OptionScan>& scans) {
  std::vector<std::map<std::string, OptionValue>> all = {{}};
  for (const OptionScan& scan : scans) {
    std::vector<std::map<std::string, OptionValue>> longer;
    for (const auto& shorter : all)
      for (const OptionValue& value : scan.values) {
        longer.push_back(shorter);
        longer.back()[scan.name] = value;
      }
    if (longer.size() > most_cells) throw UserError("lists expand to more than {} combinations", most_cells);
    all = std::move(longer);
  }
  return all;
}

std::vector<Cell> expand_cells(const Experiment& experiment, const ImageShape& shape) {
  std::vector<Cell> cells;
  for (const TaskRequest& task : experiment.tasks) {
    check_metrics(experiment, *task.entry);
    for (const auto& given : at_place(task.place, [&] { return combinations(task.scans); })) {
      at_place(task.place, [&] {
        task.entry->check(OptionValues(task.entry->options, given), shape);
        return true;
      });
      for (const double sigma_y : experiment.sigma_y)
        for (const MethodRequest& method : experiment.methods) {
          add_cells(cells, experiment, *task.entry, given, sigma_y, method);
          if (cells.size() > most_cells)
            throw UserError("{}: the lists expand to more than {} cells", experiment.file.string(), most_cells);
        }
    }
  }
  if (cells.empty()) throw UserError("{}: no method serves any of the tasks", experiment.file.string());
  reject_repeated(cells, experiment.file.string());
  return cells;
}

}  // namespace dpsbench
