#include "runner/experiment/presets.h"

#include <algorithm>

#include "core/error.h"
#include "core/words/nearest_name.h"
#include "runner/experiment/embedded_presets.h"
#include "runner/experiment/yaml_reader.h"

namespace dpsbench {
namespace {

/// What a preset says of itself, beside its tasks.
constexpr const char* chosen_at = "published_for";
constexpr const char* scaling_key = "scales_with";

YamlReader presets_file() {
  static const auto document =
      std::make_shared<const YamlDocument>(parse_yaml(embedded_presets, "experiments/presets"));
  return YamlReader(document);
}

std::map<std::string, OptionValue> read_options(const YamlReader& reader, const MethodEntry& method) {
  std::map<std::string, OptionValue> values;
  for (const OptionSpec& spec : method.options)
    if (reader.has(spec.name)) values[spec.name] = reader.options(spec.name, spec).front();
  reader.reject_unknown();
  return values;
}

/// The task whose constants serve: itself, else the nearest that has some; empty: none.
std::string serving_task(const YamlReader& tasks, const YamlReader& file, const std::string& task) {
  if (tasks.has(task)) return task;
  const YamlReader nearest = file.map("nearest_tasks");
  if (!nearest.has(task)) return {};
  for (const std::string& near : nearest.words(task))
    if (tasks.has(near)) return near;
  return {};
}

/// The family that a name resembles: "ImageNet", "imagenet256", "imgnet"; empty: none.
std::string resembled_family(const std::string& name) {
  const std::string letters = letters_of(name);
  for (const std::string& family : dataset_families())
    if (letters.find(family) != std::string::npos) return family;
  return nearest_name(letters, dataset_families());
}

/// Puts a family's own constants over the default ones, if the data set is of one that has some.
void take_family(Preset& preset, const YamlReader& entry, const MethodEntry& method, const PresetDataset& dataset) {
  std::vector<std::string> own;
  for (const std::string& family : dataset_families())
    if (entry.has(family)) own.push_back(family);
  if (own.empty()) return;
  const std::string& family = dataset.family.empty() ? dataset.name : dataset.family;
  if (std::ranges::find(own, family) != own.end()) {
    for (auto& [name, value] : read_options(entry.map(family), method)) preset.options[name] = value;
    preset.source += fmt::format("; the constants of {}", family);
    return;
  }
  preset.source += fmt::format("; the default constants, not those of {}", fmt::join(own, ", "));
  const std::string resembled = dataset.family.empty() ? resembled_family(dataset.name) : "";
  if (std::ranges::find(own, resembled) != own.end())
    preset.remark = fmt::format(
        "the data set '{}' declares no family, and so the default constants are taken; if it is of the family {}, say "
        "family: {}; if it is not, say the family that it is of ({})",
        dataset.name, resembled, resembled, fmt::join(dataset_families(), ", "));
}

std::vector<std::string> task_names(const YamlReader& preset) {
  std::vector<std::string> names = preset.keys();
  std::erase_if(names, [](const std::string& name) { return name == chosen_at || name == scaling_key; });
  return names;
}

/// {steps: 1000, side: 256} and {scale: [steps, side]}.
void read_scaling(const YamlReader& reader, Preset& preset) {
  if (reader.has(chosen_at)) {
    const YamlReader at = reader.map(chosen_at);
    if (at.has("steps")) preset.steps = at.whole("steps", {1, 1000});
    if (at.has("side")) preset.side = at.whole("side", {1, 16384});
    at.reject_unknown();
  }
  if (const auto own = preset.options.find("steps"); own != preset.options.end())
    preset.steps = std::get<std::int64_t>(own->second);
  if (!reader.has(scaling_key)) return;
  const YamlReader scaling = reader.map(scaling_key);
  for (const std::string& option : scaling.keys())
    for (const std::string& word : scaling.words(option)) preset.scaling[option].push_back(scales_with_of(word));
}

bool contains(const std::vector<ScalesWith>& list, ScalesWith what) {
  return std::ranges::find(list, what) != list.end();
}

}  // namespace

const std::vector<std::string>& dataset_families() {
  static const std::vector<std::string> families = {"ffhq", "imagenet", "other"};
  return families;
}

std::vector<std::string> preset_names(const MethodEntry& method) {
  const YamlReader file = presets_file();
  return file.has(method.name) ? file.map(method.name).keys() : std::vector<std::string>{};
}

Preset find_preset(const MethodEntry& method, const std::string& preset, const std::string& task,
                   const PresetDataset& dataset) {
  const YamlReader file = presets_file();
  if (!file.has(method.name)) throw UserError("method '{}' has no presets", method.name);
  const YamlReader presets = file.map(method.name);
  if (!presets.has(preset))
    throw UserError("method '{}' has no preset '{}'; there are: {}", method.name, preset,
                    fmt::join(presets.keys(), ", "));
  const YamlReader tasks = presets.map(preset);
  const std::string serving = serving_task(tasks, file, task);
  if (serving.empty())
    throw UserError("preset '{}' of method '{}' has no constants for task '{}'; it has them for: {}", preset,
                    method.name, task, fmt::join(task_names(tasks), ", "));
  const YamlReader entry = tasks.map(serving);
  Preset found{read_options(entry.map("default"), method), entry.word("source")};
  if (serving != task) found.source = fmt::format("no published value; that of {}", serving);
  found.borrowed = found.source.starts_with("no published value");
  take_family(found, entry, method, dataset);
  read_scaling(tasks, found);
  return found;
}

bool scales_with(const Preset& preset, ScalesWith what) {
  return std::ranges::any_of(preset.scaling, [&](const auto& of_option) { return contains(of_option.second, what); });
}

ScalesWith scales_with_of(const std::string& word) {
  if (word == "steps") return ScalesWith::steps;
  if (word == "side") return ScalesWith::side;
  throw UserError("'{}' is nothing that constants scale with; allowed: steps, side", word);
}

Preset scaled(const Preset& preset, const std::vector<ScalesWith>& by, std::int64_t steps, std::int64_t side) {
  if (std::ranges::none_of(by, [&](ScalesWith what) { return scales_with(preset, what); }))
    throw UserError("the preset does not say how its constants scale");
  Preset result = preset;
  for (const auto& [option, with] : preset.scaling) {
    const auto found = result.options.find(option);
    if (found == result.options.end()) continue;
    auto value = std::get<double>(found->second);
    if (contains(by, ScalesWith::steps) && contains(with, ScalesWith::steps)) {
      if (!preset.steps) throw UserError("the preset does not say for how many steps it was published");
      value = value * static_cast<double>(*preset.steps) / static_cast<double>(steps);
    }
    if (contains(by, ScalesWith::side) && contains(with, ScalesWith::side)) {
      if (!preset.side) throw UserError("the preset does not say for which images it was published");
      value = value * static_cast<double>(side) / static_cast<double>(*preset.side);
    }
    found->second = value;
  }
  return result;
}

}  // namespace dpsbench
