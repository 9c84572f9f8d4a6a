#include "runner/experiment/presets.h"

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

}  // namespace

std::vector<std::string> preset_names(const MethodEntry& method) {
  const YamlReader file = presets_file();
  return file.has(method.name) ? file.map(method.name).keys() : std::vector<std::string>{};
}

Preset find_preset(const MethodEntry& method, const std::string& preset, const std::string& task,
                   const std::string& dataset) {
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
  if (entry.has(dataset) && dataset != "source" && dataset != "default")
    for (auto& [name, value] : read_options(entry.map(dataset), method)) found.options[name] = value;
  return found;
}

}  // namespace dpsbench
