#include "runner/experiment/preset_file.h"

#include <algorithm>

#include "core/error.h"
#include "runner/experiment/yaml_reader.h"
#include "tasks/registry.h"

namespace dpsbench {
namespace {

std::map<std::string, OptionValue> read_values(const YamlReader& reader, const std::vector<OptionSpec>& specs,
                                               const std::string& besides = {}) {
  std::map<std::string, OptionValue> values;
  for (const OptionSpec& spec : specs)
    if (reader.has(spec.name)) values[spec.name] = reader.options(spec.name, spec).front();
  if (!besides.empty()) static_cast<void>(reader.has(besides));
  reader.reject_unknown();
  return values;
}

TunedPreset read_preset(const YamlReader& reader) {
  TunedPreset preset;
  preset.method = reader.word("method");
  const MethodEntry& method = find_method(preset.method);
  const YamlReader task = reader.map("task");
  const TaskEntry& entry = find_task(task.word("name"));
  preset.task = state_of(entry.name, OptionValues(entry.options, read_values(task, entry.options, "name")));
  preset.sigma_y = reader.reals("sigma_y", {0, 10}).front();
  preset.options = OptionValues(method.options, read_values(reader.map("options"), method.options)).all();
  preset.value = reader.reals("value", {}).front();
  reader.reject_unknown();
  return preset;
}

void read_provenance(const YamlReader& reader, PresetFile& file) {
  file.experiment = reader.word("experiment");
  file.dataset = reader.word("dataset");
  file.prior = reader.word("prior");
  file.prior_sha256 = reader.word("prior_sha256", "none");
  file.metric = reader.word("metric");
  file.budget = reader.reals("budget", {0, 1e15, true}).front();
  file.pass_back = reader.reals("pass_back", {0, 1000}).front();
  file.seed = static_cast<std::uint64_t>(reader.whole("seed", {0}));
  file.date = reader.word("date");
  file.revision = reader.word("revision");
  file.image_digests = reader.words("images");
  reader.reject_unknown();
}

/// A value as YAML has it: in quotation marks unless it is a plain word or number.
std::string yaml_scalar(const std::string& value) {
  const bool plain = !value.empty() && std::ranges::all_of(value, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-' || c == '+';
  });
  return plain ? value : fmt::format("\"{}\"", value);
}

/// "{name: inpainting, mask_fraction: 0.4}".
std::string flow_map(const std::string& name, const std::map<std::string, std::string>& values) {
  std::vector<std::string> parts;
  if (!name.empty()) parts.push_back("name: " + name);
  for (const auto& [option, value] : values) parts.push_back(fmt::format("{}: {}", option, yaml_scalar(value)));
  return fmt::format("{{{}}}", fmt::join(parts, ", "));
}

std::string setting_words(const TunedPreset& preset) {
  return fmt::format("{} sigma_y={}", to_text(preset.task), preset.sigma_y);
}

}  // namespace

bool PresetFile::has(const std::string& method) const {
  return std::ranges::find(presets, method, &TunedPreset::method) != presets.end();
}

Preset PresetFile::find(const std::string& method, const State& task, double sigma_y) const {
  std::vector<std::string> known;
  for (const TunedPreset& preset : presets) {
    if (preset.method != method) continue;
    if (preset.task != task || preset.sigma_y != sigma_y) {
      known.push_back(setting_words(preset));
      continue;
    }
    Preset found{preset.options, fmt::format("tuned by {} on {} images of {}, {} evaluations, seed {}, {}", metric,
                                             image_digests.size(), dataset, budget, seed, date)};
    if (const auto steps = preset.options.find("steps"); steps != preset.options.end())
      found.steps = std::get<std::int64_t>(steps->second);
    return found;
  }
  throw UserError("{}: '{}' was not tuned for {} sigma_y={}; it was for: {}", name, method, to_text(task), sigma_y,
                  known.empty() ? "nothing" : fmt::format("{}", fmt::join(known, "; ")));
}

PresetFile read_preset_file(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path))
    throw UserError("presets: {}: no such file; 'dpsbench tune' writes one", path.string());
  const YamlReader reader(std::make_shared<const YamlDocument>(load_yaml(path)));
  PresetFile file;
  file.name = path.string();
  read_provenance(reader.map("tuned"), file);
  for (const YamlReader& preset : reader.maps("presets")) try {
      file.presets.push_back(read_preset(preset));
    } catch (const UserError& error) {
      const std::string place = preset.place();
      if (std::string(error.what()).starts_with(path.string())) throw;
      throw UserError("{}: {}", place, error.what());
    }
  reader.reject_unknown();
  return file;
}

std::string to_text(const PresetFile& file) {
  std::string text = fmt::format(
      "# Chosen by `dpsbench tune`, and not to be edited. An experiment takes them by the key `presets`.\n"
      "tuned:\n  experiment: {}\n  dataset: {}\n  prior: \"{}\"\n  prior_sha256: {}\n  metric: {}\n  budget: {}\n"
      "  pass_back: {}\n  seed: {}\n  date: \"{}\"\n  revision: \"{}\"\n  images:\n",
      file.experiment, file.dataset, file.prior, file.prior_sha256.empty() ? "none" : file.prior_sha256, file.metric,
      file.budget, file.pass_back, file.seed, file.date, file.revision);
  for (const std::string& digest : file.image_digests) text += fmt::format("    - \"{}\"\n", digest);
  text += "presets:\n";
  for (const TunedPreset& preset : file.presets) {
    std::map<std::string, std::string> options;
    for (const auto& [name, value] : preset.options) options[name] = to_text(value);
    text += fmt::format("  - {{method: {}, task: {}, sigma_y: {}, options: {}, value: {:.6g}}}\n", preset.method,
                        flow_map(preset.task.name, preset.task.options), preset.sigma_y, flow_map("", options),
                        preset.value);
  }
  return text;
}

}  // namespace dpsbench
