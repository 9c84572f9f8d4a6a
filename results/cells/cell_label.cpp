#include "results/cells/cell_label.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>

#include "core/words/given_file.h"
#include "results/cells/verdict.h"

namespace dpsbench {
namespace {

std::map<std::string, std::set<std::string>> varying_task_options(const std::vector<CellResult>& cells) {
  std::vector<State> states;
  for (const CellResult& cell : cells) states.push_back(cell.state("task"));
  return varying_options(states);
}

std::string setting_key(const CellResult& cell) {
  return fmt::format("{}|{}|{}|{}|{}|{}", cell.text("dataset"), to_text(cell.state("task")), cell.text("sigma_y"),
                     cell.text("seed"), cell.text("measurements"), cell.text("noise"));
}

/// Method -> the options in which cells differ that otherwise would have one name in a setting.
std::map<std::string, std::set<std::string>> telling_options(const std::vector<CellResult>& cells) {
  std::map<std::string, std::vector<State>> alike;
  for (const CellResult& cell : cells)
    alike[setting_key(cell) + "|" + cell.text("preset_label")].push_back(cell.state("method"));
  std::map<std::string, std::set<std::string>> telling;
  for (const auto& [key, states] : alike)
    for (const auto& [method, options] : varying_options(states))
      telling[method].insert(options.begin(), options.end());
  return telling;
}

std::string percent(double fraction) { return fmt::format("{:.4g} %", 100 * fraction); }

std::string for_people(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

}  // namespace

CellLabels::CellLabels(const std::vector<CellResult>& cells)
    : varying_tasks_(varying_task_options(cells)), varying_methods_(telling_options(cells)) {
  std::set<std::string> datasets;
  std::set<std::string> seeds;
  for (const CellResult& cell : cells) {
    datasets.insert(cell.text("dataset"));
    seeds.insert(cell.text("seed"));
  }
  const auto of_latents = [](const CellResult& cell) { return !cell.text("autoencoder").empty(); };
  latents_and_images_ = std::ranges::any_of(cells, of_latents) && !std::ranges::all_of(cells, of_latents);
  several_datasets_ = datasets.size() > 1;
  several_seeds_ = seeds.size() > 1;
  std::map<std::string, std::set<std::string>> presets;
  for (const CellResult& cell : cells) presets[cell.text("method")].insert(cell.text("preset_label"));
  for (const auto& [method, labels] : presets)
    if (labels.size() > 1) several_presets_.insert(method);
}

std::string CellLabels::task(const CellResult& cell) const {
  const State task = cell.state("task");
  const auto varying = varying_tasks_.find(task.name);
  std::string text = for_people(task.name);
  const std::size_t capitals = text.size() <= 3 ? text.size() : 1;  // MRI, CT
  for (std::size_t k = 0; k < capitals; ++k)
    text[k] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[k])));
  for (const auto& [option, value] : task.options) {
    if (option == "mask_fraction" && task.options.contains("mask_file")) continue;
    if (option == "mask_fraction")
      text += fmt::format(" {}", percent(cell.number("task.mask_fraction")));
    else if (option == "scale")
      text += fmt::format(" ×{}", value);
    else if (holds_file(option))
      text += fmt::format(", {} {}", for_people(option), file_name(given_file(value)));
    else if (varying != varying_tasks_.end() && varying->second.contains(option))
      text += fmt::format(", {} {}", for_people(option), value);
  }
  return text;
}

std::string CellLabels::setting(const CellResult& cell) const {
  std::string label = fmt::format("{}, σ_y = {}", task(cell), cell.text("sigma_y"));
  if (cell.text("noise") == "poisson") label += " of white, photons counted";
  if (cell.text("noise") == "speckle") label += " of white, speckle";
  if (several_seeds_) label += fmt::format(", seed {}", cell.text("seed"));
  if (const std::string of_run = cell.text("measurements"); !of_run.empty())
    label += fmt::format(" (measurements of {})", of_run);
  return several_datasets_ ? cell.text("dataset") + ": " + label : label;
}

std::string run_label(const CellResult& cell) {
  const std::string run = cell.text("run");
  return run.empty() ? "" : fmt::format(" [{}]", run);
}

std::string CellLabels::method(const CellResult& cell) const { return method_label(cell, false); }

std::string CellLabels::method_and_steps(const CellResult& cell) const { return method_label(cell, true); }

std::set<std::string> CellLabels::telling(const CellResult& cell) const {
  const auto found = varying_methods_.find(cell.text("method"));
  std::set<std::string> options = found == varying_methods_.end() ? std::set<std::string>() : found->second;
  std::istringstream set_by_a_person(cell.text("method_set"));
  for (std::string option; set_by_a_person >> option;) options.insert(option);
  options.erase("steps");
  return options;
}

bool CellLabels::several_steps(const std::string& method) const {
  const auto found = varying_methods_.find(method);
  return found != varying_methods_.end() && found->second.contains("steps");
}

std::string CellLabels::method_label(const CellResult& cell, bool with_steps) const {
  const State method = cell.state("method");
  if (method.name == imported_name) return method.options.at("answers") + " (imported)" + run_label(cell);
  std::set<std::string> shown = telling(cell);
  if (with_steps && several_steps(method.name)) shown.insert("steps");
  std::vector<std::string> remarks;
  if (const std::string preset = cell.text("preset_label"); !preset.empty())
    if (preset != "published" || several_presets_.contains(method.name)) remarks.push_back(preset);
  if (latents_and_images_ && !cell.text("autoencoder").empty()) remarks.emplace_back("latents");
  if (says_nothing(cell)) remarks.push_back(is_given_original(cell) ? cell.text("given_original") : "no verdict");
  if (const std::string samples = cell.text("samples_shown"); !samples.empty()) remarks.push_back(samples);
  return label(method, shown, remarks) + run_label(cell);
}

std::vector<Setting> settings_of(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  std::vector<Setting> settings;
  std::map<std::string, std::size_t> index;
  for (const CellResult& cell : cells) {
    const auto [found, first] = index.try_emplace(setting_key(cell), settings.size());
    if (first) settings.push_back({labels.setting(cell), {}});
    settings[found->second].cells.push_back(&cell);
  }
  return settings;
}

}  // namespace dpsbench
