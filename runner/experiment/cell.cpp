#include "runner/experiment/cell.h"

#include <algorithm>

#include "core/error.h"
#include "core/words/given_file.h"
#include "methods/registry.h"
#include "metrics/registry.h"
#include "runner/experiment/preset_label.h"
#include "runner/experiment/presets.h"
#include "runner/experiment/prior_block.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_cells = 100000;

/// What was chosen, as part of an id: "-0.7", "-100"; a flag and a file by its name.
std::string suffix(const std::map<std::string, OptionValue>& given) {
  std::string text;
  for (const auto& [name, value] : given) {
    if (const bool* flag = std::get_if<bool>(&value))
      text += fmt::format("-{}{}", *flag ? "" : "no_", name);
    else if (holds_file(name))
      text += fmt::format("-{}", file_name(given_file(to_text(value))));
    else
      text += fmt::format("-{}", to_text(value));
  }
  for (char& c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '_') c = '-';
  return text;
}

/// The options that a request gives, its steps only where it scans them, or with_all.
std::set<std::string> shown_options(const std::vector<OptionScan>& scans, bool with_all) {
  std::set<std::string> shown;
  for (const OptionScan& scan : scans)
    if (with_all || scan.name != "steps" || scan.values.size() > 1) shown.insert(scan.name);
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
  } catch (const DataError& error) {  // of a file that a task is made of
    throw UserError("{}: {}", place, error.what());
  }
}

constexpr const char* chosen_by_oracle = "oracle: chosen by the original";

bool is_limited_to_others(const MethodRequest& method, const TaskEntry& task) {
  return !method.tasks.empty() && std::find(method.tasks.begin(), method.tasks.end(), task.name) == method.tasks.end();
}

/// The preset that an entry asks for, for one setting.
Preset preset_of(const Experiment& experiment, const MethodRequest& method, const State& task, double sigma_y) {
  if (method.preset.empty()) return {};
  if (method.preset == tuned_preset && experiment.presets)
    return experiment.presets->find(method.entry->name, task, sigma_y);
  return find_preset(*method.entry, method.preset, task.name, preset_dataset(experiment.dataset));
}

/// The options of a cell: what the experiment gives comes before the preset, brought to its steps and images if asked.
std::map<std::string, OptionValue> resolved_options(const MethodRequest& method, const Preset& preset,
                                                    const std::map<std::string, OptionValue>& given,
                                                    const ImageShape& shape) {
  std::map<std::string, OptionValue> options = preset.options;
  for (const auto& [name, value] : given) options[name] = value;
  if (method.scaled.empty()) return options;
  const OptionValues values(method.entry->options, options);
  const std::int64_t steps = values.all().contains("steps") ? values.integer("steps") : 1;
  options = scaled(preset, method.scaled, steps, shape.height).options;
  for (const auto& [name, value] : given) options[name] = value;
  return options;
}

/// The cells of one task with its options, one noise level and one entry of `methods:`.
void add_cells(std::vector<Cell>& cells, const Experiment& experiment, const ImageShape& shape, const TaskEntry& task,
               const std::map<std::string, OptionValue>& task_given, double sigma_y, const MethodRequest& method) {
  if (is_limited_to_others(method, task)) return;
  const OptionValues task_options(task.options, task_given);
  const State task_state = state_of(task.name, task_options);
  if (!method.settings.empty() &&
      std::ranges::find(method.settings, setting_content(task_state, sigma_y)) == method.settings.end())
    return;
  const bool with_all = has_namesake(experiment, method);
  const KnownPosteriors known = known_posteriors(experiment.prior);
  const Sampled sampled = sampled_by(experiment.prior);
  if (const std::string reason = incompatibility(*method.entry, task, known, sampled); !reason.empty())
    throw UserError("{}: {}; limit it with tasks: [...]", method.place, reason);
  if (const std::string reason = noise_refusal(*method.entry, sigma_y); !reason.empty())
    throw UserError("{}: {}", method.place, reason);
  if (const std::string reason = noise_refusal(*method.entry, experiment.noise_kind); !reason.empty())
    throw UserError("{}: {}", method.place, reason);
  if (experiment.noise_kind != NoiseKind::gaussian && !method.preset.empty())
    throw UserError("{}: preset: {}: its constants are for Gaussian noise, and noise is {}; give them here",
                    method.place, method.preset, to_text(experiment.noise_kind));
  const Preset preset = at_place(method.place, [&] { return preset_of(experiment, method, task_state, sigma_y); });
  for (const auto& given : at_place(method.place, [&] { return combinations(method.scans); })) {
    const auto resolved = at_place(method.place, [&] { return resolved_options(method, preset, given, shape); });
    Cell cell{
        fmt::format("{:03}-{}{}-s{}-{}{}{}", cells.size(), task.name, suffix(task_given), sigma_y, method.entry->name,
                    method.preset.empty() ? "" : fmt::format("-{}", method.preset), suffix(given)),
        &task,
        task_options,
        sigma_y,
        method.entry,
        OptionValues(method.entry->options, resolved),
        {},
        method.preset,
        preset.source,
        preset.remark};
    if (!method.preset.empty()) {
      cell.preset_steps = preset.steps;
      cell.preset_label = preset_label(experiment, method, preset, cell.method_options);
    }
    std::vector<std::string> remarks;
    cell.no_verdict = method.no_verdict;
    at_place(method.place, [&] { check_options(*method.entry, cell.method_options); });
    if (at_place(method.place, [&] { return chooses_by_original(*method.entry, cell.method_options); })) {
      cell.told_original = true;
      cell.no_verdict = chosen_by_oracle;
      remarks.emplace_back(chosen_by_oracle);
    }
    if (const std::string& why = method.entry->given_original; !why.empty()) {
      cell.told_original = true;
      cell.no_verdict = why;
      remarks.push_back(why);
    }
    if (sampled != Sampled::images && !method.entry->spent) {
      cell.of_latents = true;
      remarks.emplace_back("latents");
    }
    if (with_all || is_noteworthy(cell.preset_label)) remarks.push_back(cell.preset_label);
    std::erase(remarks, "");
    for (const OptionScan& scan : method.scans)
      if (scan.name != "steps") cell.set.insert(scan.name);
    cell.method_label = label(cell.method_state(), shown_options(method.scans, with_all), remarks);
    cells.push_back(std::move(cell));
  }
}

/// Two cells with the same answer would share their files: one of them goes, if a preset happened upon the other's
/// values, and is an error else.
void unite_repeated(std::vector<Cell>& cells, const std::string& file) {
  std::map<std::string, std::size_t> seen;
  std::vector<Cell> kept;
  for (Cell& cell : cells) {
    const auto [other, is_new] = seen.emplace(cell.content(), kept.size());
    if (is_new) {
      kept.push_back(std::move(cell));
      continue;
    }
    Cell& first = kept[other->second];
    if (first.preset == cell.preset) throw UserError("{}: the cells {} and {} are the same", file, first.id, cell.id);
    const std::string label = united_label(first.preset_label, cell.preset_label);
    if (const std::size_t at = first.method_label.find(first.preset_label);
        !first.preset_label.empty() && at != std::string::npos)
      first.method_label.replace(at, first.preset_label.size(), label);
    first.preset_label = label;
    if (first.preset.empty()) {
      first.preset = cell.preset;
      first.preset_source = cell.preset_source;
    }
  }
  cells = std::move(kept);
}

/// What the metrics ask of noise, of the samples and of the law they are judged by.
void check_metrics(const Experiment& experiment, const std::string& key, const std::vector<std::string>& names,
                   const TaskEntry& task) {
  const std::string place = fmt::format("{}: {}", experiment.file.string(), key);
  for (const std::string& name : names) {
    const MetricEntry& metric = find_metric(name);
    const bool without_noise = std::ranges::find(experiment.sigma_y, 0.0) != experiment.sigma_y.end();
    const bool of_noise = metric.needs_measurement || metric.is_of_all_samples();
    if (without_noise && of_noise)
      throw UserError("{}: '{}' needs measurement noise: it {}, and sigma_y is 0", place, name,
                      metric.is_of_all_samples() ? "compares with a posterior that then has no density"
                                                 : "divides the residual by sigma_y");
    if (metric.of_score && experiment.prior.autoencoder)
      throw UserError("{}: '{}' asks for the score of images, and a prior of latents has none", place, name);
    if (experiment.noise_kind != NoiseKind::gaussian && of_noise)
      throw UserError("{}: '{}' is of Gaussian noise, and noise is {}", place, name, to_text(experiment.noise_kind));
    if (metric.least_samples > experiment.samples)
      throw UserError("{}: '{}' needs at least {} samples an image; the key samples is {}", place, name,
                      metric.least_samples, experiment.samples);
    if (metric.of_posterior && !knows_posterior(task, known_posteriors(experiment.law())))
      throw UserError("{}: '{}' compares samples with the exact posterior, which a {} of kind {} does not know of '{}'",
                      place, name, experiment.truth ? "truth" : "prior", experiment.law().kind, task.name);
    if (metric.needs_modes && !find_prior_kind(experiment.law().kind).has_modes)
      throw UserError("{}: '{}' needs a posterior with modes (kind gaussian_mixture); the kind is {}", place, name,
                      experiment.law().kind);
  }
}

/// Noise that grows with brightness is of pictures alone.
void check_noise(const Experiment& experiment, const TaskRequest& task) {
  if (experiment.noise_kind == NoiseKind::gaussian) return;
  const std::string measures = task.entry->of_signals ? "signals" : task.entry->measures;
  if (!measures.empty())
    throw UserError("{}: noise: {} {} pictures, and '{}' measures {}", task.place, to_text(experiment.noise_kind),
                    experiment.noise_kind == NoiseKind::poisson ? "counts photons of" : "is of", task.entry->name,
                    measures);
}

}  // namespace

std::string setting_content(const State& task, double sigma_y) {
  return fmt::format("task {}\nsigma_y {}\n", to_text(task), sigma_y);
}

std::string Cell::content() const {
  std::string text = setting_content(task_state(), sigma_y) + fmt::format("method {}\n", to_text(method_state()));
  if (!task->origin.empty()) text += fmt::format("task from {}\n", task->origin);
  if (!method->origin.empty()) text += fmt::format("method from {}\n", method->origin);
  if (method->revision > 0) text += fmt::format("method revision {}\n", method->revision);
  return text;
}

Cost Cell::cost(std::int64_t samples) const {
  const Cost once = cost_of(*method, *task, method_options, sigma_y);
  return {once.forward * static_cast<double>(samples), once.backward * static_cast<double>(samples)};
}

CodingCost Cell::coding(std::int64_t samples) const {
  return coding_cost(*method, method_options, sigma_y).times(static_cast<double>(samples));
}

std::vector<std::map<std::string, OptionValue>> combinations(const std::vector<OptionScan>& scans) {
  std::vector<std::map<std::string, OptionValue>> all = {{}};
  for (const OptionScan& scan : scans) {
    if (scan.values.size() > most_cells / all.size())  // judged before they are made
      throw UserError("lists expand to more than {} combinations", most_cells);
    std::vector<std::map<std::string, OptionValue>> longer;
    for (const auto& shorter : all)
      for (const OptionValue& value : scan.values) {
        longer.push_back(shorter);
        longer.back()[scan.name] = value;
      }
    all = std::move(longer);
  }
  return all;
}

std::vector<Cell> expand_cells(const Experiment& experiment, const ImageShape& shape) {
  std::vector<Cell> cells;
  for (const TaskRequest& task : experiment.tasks) {
    check_noise(experiment, task);
    check_metrics(experiment, "metrics", experiment.metrics, *task.entry);
    if (experiment.tune) check_metrics(experiment, "tune.metric", {experiment.tune->metric}, *task.entry);
    for (const auto& given : at_place(task.place, [&] { return combinations(task.scans); })) {
      at_place(task.place, [&] {
        task.entry->check(OptionValues(task.entry->options, given), shape);
        return true;
      });
      for (const double sigma_y : experiment.sigma_y)
        for (const MethodRequest& method : experiment.methods) {
          add_cells(cells, experiment, shape, *task.entry, given, sigma_y, method);
          if (cells.size() > most_cells)
            throw UserError("{}: the lists expand to more than {} cells", experiment.file.string(), most_cells);
        }
    }
  }
  if (cells.empty()) throw UserError("{}: no method serves any of the tasks", experiment.file.string());
  unite_repeated(cells, experiment.file.string());
  return cells;
}

}  // namespace dpsbench
