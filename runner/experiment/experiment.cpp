#include "runner/experiment/experiment.h"

#include <algorithm>

#include "core/error.h"
#include "metrics/registry.h"
#include "results/paper/tables.h"
#include "runner/experiment/input_path.h"
#include "runner/experiment/presets.h"
#include "runner/experiment/prior_block.h"
#include "runner/experiment/yaml_reader.h"

namespace dpsbench {
namespace {

/// Looks a name up in a registry; the message says where the name stands.
template <typename Find>
decltype(auto) look_up(const YamlReader& reader, const std::string& key, const std::string& name, const Find& find) {
  try {
    return find(name);
  } catch (const UserError& error) {
    reader.fail(key, error.what());
  }
}

std::vector<OptionScan> read_scans(const YamlReader& reader, const std::vector<OptionSpec>& specs) {
  std::vector<OptionScan> scans;
  for (const OptionSpec& spec : specs)
    if (reader.has(spec.name)) scans.push_back({spec.name, reader.options(spec.name, spec)});
  return scans;
}

TaskRequest read_task(const YamlReader& reader) {
  const TaskEntry& entry = look_up(reader, "name", reader.word("name"), find_task);
  TaskRequest request{&entry, read_scans(reader, entry.options), reader.place()};
  reader.reject_unknown();
  return request;
}

/// The presets that an entry may name: those that are published, and `tuned` where the experiment's file has some.
std::string read_preset_name(const YamlReader& reader, const MethodEntry& entry, const PresetFile* presets) {
  if (reader.word("preset") != tuned_preset) return reader.choice("preset", preset_names(entry), "");
  if (presets == nullptr)
    reader.fail("preset", "'tuned' needs the experiment's key presets: a file that 'dpsbench tune' wrote");
  if (!presets->has(entry.name))
    reader.fail("preset", fmt::format("{} has no preset of method '{}'", presets->name, entry.name));
  return tuned_preset;
}

MethodRequest read_method(const YamlReader& reader, const PresetFile* presets) {
  const MethodEntry& entry = look_up(reader, "name", reader.word("name"), find_method);
  MethodRequest request{&entry, read_scans(reader, entry.options), "", {}, {}, reader.place()};
  if (reader.has("preset")) request.preset = read_preset_name(reader, entry, presets);
  if (reader.has("scaled")) {
    if (request.preset.empty()) reader.fail("scaled", "is of the constants of a preset, and there is none");
    for (const std::string& word : reader.words("scaled"))
      request.scaled.push_back(look_up(reader, "scaled", word, scales_with_of));
  }
  if (reader.has("tasks")) request.tasks = reader.words("tasks");
  request.no_verdict = reader.word("no_verdict", "");
  for (const std::string& task : request.tasks) static_cast<void>(look_up(reader, "tasks", task, find_task));
  reader.reject_unknown();
  return request;
}

/// A file if there is one of that name, else a pattern if it captures something.
GroupSpec read_groups(const YamlReader& reader, const std::filesystem::path& folder) {
  const std::string written = reader.word("groups");
  const std::filesystem::path file = input_path(written, folder);
  if (std::error_code ignored; std::filesystem::is_regular_file(file, ignored)) return {"", file};
  if (written.find('(') == std::string::npos)
    reader.fail("groups",
                fmt::format("'{}' is neither a file of lines 'id,group' nor a pattern that captures the group, "
                            "as (.*)-[0-9]+",
                            written));
  look_up(reader, "groups", written, [](const std::string& pattern) { check_group_pattern(pattern); });
  return {written, {}};
}

DatasetSpec read_dataset(const YamlReader& reader, const std::filesystem::path& folder) {
  DatasetSpec spec;
  spec.name = reader.word("name");
  if (reader.has("family")) spec.family = reader.choice("family", dataset_families(), "");
  spec.drawn = reader.choice("kind", {"files", "drawn"}, "files") == "drawn";
  if (reader.has("images")) spec.images = fmt::format("{}", fmt::join(reader.words("images"), ","));
  if (spec.drawn) {  // from the prior, whose images have a shape already
    if (spec.images.empty()) reader.fail("images", "missing: how many are drawn, as 0-19");
    reader.reject_unknown();
    return spec;
  }
  spec.path = reader.path("path", folder);
  if (reader.has("groups")) spec.groups = read_groups(reader, folder);
  if (reader.has("ids")) spec.ids = reader.path("ids", folder);
  spec.size = reader.whole("size", {1, 16384}, 0);
  spec.channels = reader.whole("channels", {1, 3}, 3);
  if (spec.channels == 2) reader.fail("channels", "2 is not allowed; allowed: 1, 3");
  spec.resize = reader.flag("resize", false);
  reader.reject_unknown();
  return spec;
}

TuneSpec read_tune(const YamlReader& reader, const std::filesystem::path& folder) {
  TuneSpec spec;
  spec.dataset = read_dataset(reader.map("dataset"), folder);
  if (spec.dataset.drawn) reader.fail("dataset", "images to tune on come from files");
  spec.budget = reader.reals("budget", {0, 1e12, true}).front();
  spec.pass_back = reader.has("pass_back") ? reader.reals("pass_back", {0, 100}).front() : usual_pass_back;
  spec.metric = reader.word("metric", "psnr");
  const MetricEntry& metric = look_up(reader, "metric", spec.metric, find_metric);
  if (metric.of_posterior || metric.least_samples > 1)
    reader.fail("metric", fmt::format("'{}' is no number of a single sample", spec.metric));
  spec.seed = static_cast<std::uint64_t>(reader.whole("seed", {0}, 0));
  reader.reject_unknown();
  return spec;
}

TrajectorySpec read_trajectory(const YamlReader& reader) {
  TrajectorySpec spec{reader.whole("images", {1, 1e6}), reader.whole("frames", {1, 1000}, 20)};
  reader.reject_unknown();
  return spec;
}

std::vector<std::string> read_metrics(const YamlReader& reader) {
  if (!reader.has("metrics")) return {"psnr", "ssim"};
  std::vector<std::string> names = reader.words("metrics");
  for (const std::string& name : names) {
    static_cast<void>(look_up(reader, "metrics", name, find_metric));
    if (std::count(names.begin(), names.end(), name) > 1)
      reader.fail("metrics", fmt::format("'{}' appears twice", name));
  }
  return names;
}

std::vector<std::string> read_tables(const YamlReader& reader) {
  std::vector<std::string> layouts;
  if (!reader.has("tables")) return layouts;
  for (const YamlReader& table : reader.maps("tables")) {
    layouts.push_back(table.word("layout"));
    if (layouts.back() != "summary")
      look_up(table, "layout", layouts.back(), [](const std::string& name) { return paper_table_number(name); });
    table.reject_unknown();
  }
  return layouts;
}

std::filesystem::path read_lpips_weights(const YamlReader& reader, const std::vector<std::string>& metric_names,
                                         const std::filesystem::path& folder) {
  if (reader.has("lpips_weights")) return reader.path("lpips_weights", folder);
  for (const std::string& name : metric_names)
    if (find_metric(name).weights)
      reader.fail("metrics", fmt::format("'{}' needs the key lpips_weights: a safetensors file", name));
  return {};
}

Precision read_precision(const YamlReader& reader, const PriorSpec& prior) {
  const std::string word = reader.choice("precision", {"auto", "fp32", "tf32", "bf16"}, "auto");
  if (word == "bf16" && prior.kind != "unet")
    reader.fail("precision", fmt::format("bf16 is for networks (prior.kind unet), not for '{}'", prior.kind));
  if (word == "tf32" && !find_prior_kind(prior.kind).is_network)
    reader.fail("precision", fmt::format("tf32 is for networks, not for '{}', which is computed in fp32", prior.kind));
  return word == "tf32" ? Precision::tf32 : word == "bf16" ? Precision::bf16 : Precision::fp32;
}

std::string read_name(const YamlReader& reader) {
  std::string name = reader.word("name");
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  };
  if (!std::all_of(name.begin(), name.end(), allowed))
    reader.fail("name", fmt::format("'{}' has characters other than letters, digits, '-', '_', '.'", name));
  if (name.starts_with('.')) reader.fail("name", fmt::format("'{}' begins with '.': folders are named after it", name));
  return name;
}

}  // namespace

std::string to_text(Precision precision) {
  switch (precision) {
    case Precision::fp32:
      return "fp32";
    case Precision::tf32:
      return "tf32";
    case Precision::bf16:
      return "bf16";
  }
  throw Error("unknown precision");
}

Torso torso_of(Precision precision) {
  switch (precision) {
    case Precision::fp32:
      return Torso::as_the_rest;
    case Precision::tf32:
      return Torso::tf32;
    case Precision::bf16:
      return Torso::bfloat16;
  }
  throw Error("unknown precision");
}

void settle_precision(Experiment& experiment, const at::Device& device) {
  if (!experiment.precision_of_device) return;
  const bool of_gpu = !device.is_cpu() && find_prior_kind(experiment.prior.kind).is_network;
  experiment.precision = of_gpu ? Precision::tf32 : Precision::fp32;
}

Experiment read_experiment(const std::filesystem::path& file, const std::vector<std::string>& overrides) {
  const YamlReader reader(std::make_shared<const YamlDocument>(load_yaml(file, overrides)));
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  Experiment experiment;
  experiment.file = file;
  experiment.name = read_name(reader);
  experiment.title = reader.word("title", "");
  experiment.dataset = read_dataset(reader.map("dataset"), folder);
  experiment.prior = read_prior_block(reader.map("prior"), folder);
  if (reader.has("truth")) experiment.truth = read_prior_block(reader.map("truth"), folder);
  experiment.seed = static_cast<std::uint64_t>(reader.whole("seed", {0}, 0));
  experiment.sigma_y = reader.reals("sigma_y", {0, 10, true});
  for (const YamlReader& task : reader.maps("tasks")) experiment.tasks.push_back(read_task(task));
  if (reader.has("presets"))
    experiment.presets =
        std::make_shared<const PresetFile>(read_preset_file(input_path(reader.word("presets"), folder)));
  for (const YamlReader& method : reader.maps("methods"))
    experiment.methods.push_back(read_method(method, experiment.presets.get()));
  experiment.metrics = read_metrics(reader);
  experiment.lpips_weights = read_lpips_weights(reader, experiment.metrics, folder);
  if (reader.has("trajectory")) experiment.trajectory = read_trajectory(reader.map("trajectory"));
  experiment.table_layouts = read_tables(reader);
  experiment.samples = reader.whole("samples", {1, 100000}, 1);
  if (reader.has("batch")) {
    const std::optional<std::int64_t> batch = reader.whole_or("auto", "batch", {1, 4096});
    experiment.batch_from_memory = !batch;
    experiment.batch = batch.value_or(default_batch);
  }
  experiment.precision = read_precision(reader, experiment.prior);
  experiment.precision_of_device = reader.word("precision", "auto") == "auto";
  experiment.hidden_noise = reader.flag("hidden_noise", false);
  if (reader.has("tune")) {
    experiment.tune = read_tune(reader.map("tune"), folder);
    if (find_metric(experiment.tune->metric).weights && experiment.lpips_weights.empty())
      reader.map("tune").fail("metric",
                              fmt::format("'{}' needs the experiment's key lpips_weights", experiment.tune->metric));
  }
  reader.reject_unknown();
  return experiment;
}

void require_inputs(const Experiment& experiment) {
  const DatasetSpec& dataset = experiment.dataset;
  if (!dataset.drawn)
    require_path(dataset.path, "dataset.path",
                 fmt::format("the images of '{}' (a folder of PNG or JPEG files, or an HDF5 file)", dataset.name));
  if (!dataset.ids.empty()) require_path(dataset.ids, "dataset.ids", "a text file with one image id a line");
  require_prior_file(experiment.prior, "prior");
  if (experiment.truth) require_prior_file(*experiment.truth, "truth");
  if (!experiment.lpips_weights.empty())
    require_path(experiment.lpips_weights, "lpips_weights",
                 "LPIPS weights as one safetensors file (see 'dpsbench score --help')");
}

}  // namespace dpsbench
