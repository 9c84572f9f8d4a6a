#include "runner/experiment/presets.h"

#include <algorithm>
#include <cctype>

#include "core/error.h"
#include "runner/experiment/embedded_presets.h"
#include "runner/experiment/yaml_reader.h"

namespace dpsbench {
namespace {

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

/// Letters and figures only, small.
std::string plain(const std::string& name) {
  std::string letters;
  for (const char letter : name)
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0)
      letters += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return letters;
}

/// The family that a name resembles: "ImageNet", "imagenet256", "imgnet"; empty: none.
std::string resembled_family(const std::string& name) {
  const std::string letters = plain(name);
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
                    method.name, task, fmt::join(tasks.keys(), ", "));
  const YamlReader entry = tasks.map(serving);
  Preset found{read_options(entry.map("default"), method), entry.word("source")};
  if (serving != task) found.source = fmt::format("no published value; that of {}", serving);
  take_family(found, entry, method, dataset);
  return found;
}

}  // namespace dpsbench
