#include "results/cell_label.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace dpsbench {
namespace {

bool is_task_option(const std::string& name) { return name.starts_with("task."); }
bool is_method_option(const std::string& name) { return name.starts_with("method."); }

/// Which options have several values among the cells of the same `owner` ("task" or "method").
void collect_varying(const std::vector<CellResult>& cells, const std::string& owner, std::set<std::string>& varying) {
  std::map<std::string, std::set<std::string>> values;
  for (const CellResult& cell : cells)
    for (const auto& [name, ignored] : cell.attributes)
      if (name.starts_with(owner + ".")) values[cell.text(owner) + " " + name].insert(cell.text(name));
  for (const auto& [name, texts] : values)
    if (texts.size() > 1) varying.insert(name);
}

std::string percent(double fraction) { return fmt::format("{:.4g} %", 100 * fraction); }

std::string for_people(std::string name) {
  std::ranges::replace(name, '_', ' ');
  return name;
}

std::string setting_key(const CellResult& cell) {
  std::string key = fmt::format("{}|{}|{}|{}|{}", cell.text("dataset"), cell.text("task"), cell.text("sigma_y"),
                                cell.text("seed"), cell.text("measurements"));
  for (const auto& [name, ignored] : cell.attributes)
    if (is_task_option(name)) key += fmt::format("|{}", cell.text(name));
  return key;
}

}  // namespace

CellLabels::CellLabels(const std::vector<CellResult>& cells) {
  std::set<std::string> datasets;
  for (const CellResult& cell : cells) datasets.insert(cell.text("dataset"));
  several_datasets_ = datasets.size() > 1;
  collect_varying(cells, "task", varying_);
  collect_varying(cells, "method", varying_);
}

std::string CellLabels::task(const CellResult& cell) const {
  const std::string name = cell.text("task");
  std::string label = for_people(name);
  if (!label.empty()) label[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(label[0])));
  for (const auto& [option, ignored] : cell.attributes) {
    if (option == "task.mask_fraction")
      label += fmt::format(" {}", percent(cell.number(option)));
    else if (option == "task.scale")
      label += fmt::format(" ×{}", cell.text(option));
    else if (is_task_option(option) && varying_.contains(name + " " + option))
      label += fmt::format(", {} {}", for_people(option.substr(5)), cell.text(option));
  }
  return label;
}

std::string CellLabels::setting(const CellResult& cell) const {
  std::string label = fmt::format("{}, σ_y = {}", task(cell), cell.text("sigma_y"));
  if (const std::string of_run = cell.text("measurements"); !of_run.empty())
    label += fmt::format(" (measurements of {})", of_run);
  return several_datasets_ ? cell.text("dataset") + ": " + label : label;
}

std::string run_label(const CellResult& cell) {
  const std::string run = cell.text("run");
  return run.empty() ? "" : fmt::format(" [{}]", run);
}

std::string CellLabels::method(const CellResult& cell) const { return method_alone(cell) + run_label(cell); }

std::string CellLabels::method_alone(const CellResult& cell) const {
  const std::string name = cell.text("method");
  std::vector<std::string> options;
  for (const auto& [option, value] : cell.attributes) {
    if (!is_method_option(option) || option == "method.steps" || !varying_.contains(name + " " + option)) continue;
    const std::string word = for_people(option.substr(7));
    const bool* flag = std::get_if<bool>(&value);
    if (flag == nullptr)
      options.push_back(fmt::format("{} {}", word, cell.text(option)));
    else
      options.push_back(*flag ? word : "not " + word);
  }
  if (const std::string shown = cell.text("samples_shown"); !shown.empty()) options.push_back(shown);
  return options.empty() ? name : fmt::format("{} ({})", name, fmt::join(options, ", "));
}

std::string CellLabels::method_and_steps(const CellResult& cell) const {
  if (!varying_.contains(cell.text("method") + " method.steps")) return method(cell);
  return fmt::format("{}, {} steps{}", method_alone(cell), cell.text("method.steps"), run_label(cell));
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

std::vector<std::vector<double>> common_values(const std::vector<const CellResult*>& cells, const std::string& metric) {
  std::vector<std::map<std::string, double>> by_image(cells.size());  // sorted by image: the same order in all cells
  std::map<std::string, std::size_t> owners;                          // how many cells have the image
  std::size_t with_metric = 0;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const std::vector<double> values = cells[k]->image_values(metric);
    if (!values.empty()) ++with_metric;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (by_image[k].emplace(cells[k]->image_ids[i], values[i]).second) ++owners[cells[k]->image_ids[i]];
  }
  std::vector<std::vector<double>> common(cells.size());
  for (std::size_t k = 0; k < cells.size(); ++k)
    for (const auto& [image, value] : by_image[k])
      if (owners.at(image) == with_metric) common[k].push_back(value);
  return common;
}

}  // namespace dpsbench
