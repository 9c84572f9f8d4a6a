#include "runner/experiment/experiment.h"

#include <algorithm>

#include "core/error.h"
#include "core/words/given_file.h"
#include "core/words/shape_text.h"
#include "metrics/registry.h"
#include "runner/experiment/experiment_keys.h"
#include "runner/experiment/file_option.h"
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

std::vector<OptionScan> read_scans(const YamlReader& reader, const std::vector<OptionSpec>& specs,
                                   const std::filesystem::path& folder) {
  std::vector<OptionScan> scans;
  for (const OptionSpec& spec : specs)
    if (reader.has(spec.name))
      scans.push_back({spec.name, holds_file(spec.name) ? read_file_option(reader, spec.name, folder)
                                                        : reader.options(spec.name, spec)});
  return scans;
}

TaskRequest read_task(const YamlReader& reader, const std::filesystem::path& folder) {
  const KeyBlock& keys = task_keys();
  const TaskEntry& entry = look_up(reader, "name", reader.word(keys["name"]), find_task);
  TaskRequest request{&entry, read_scans(reader, entry.options, folder), reader.place()};
  reader.reject_unknown();
  return request;
}

/// The presets that an entry may name: those that are published, and `tuned` where the experiment's file has some.
std::string read_preset_name(const YamlReader& reader, const MethodEntry& entry, const PresetFile* presets) {
  const KeyBlock& keys = method_keys();
  if (reader.word(keys["preset"]) != tuned_preset) return reader.choice(keys["preset"], preset_names(entry), "");
  if (presets == nullptr)
    reader.fail(keys["preset"], "'tuned' needs the experiment's key presets: a file that 'dpsbench tune' wrote");
  if (!presets->has(entry.name))
    reader.fail(keys["preset"], fmt::format("{} has no preset of method '{}'", presets->name, entry.name));
  return tuned_preset;
}

MethodRequest read_method(const YamlReader& reader, const PresetFile* presets, const std::filesystem::path& folder) {
  const KeyBlock& keys = method_keys();
  const MethodEntry& entry = look_up(reader, "name", reader.word(keys["name"]), find_method);
  MethodRequest request{&entry, read_scans(reader, entry.options, folder), "", {}, {}, reader.place()};
  if (reader.has(keys["preset"])) request.preset = read_preset_name(reader, entry, presets);
  if (reader.has(keys["scaled"])) {
    if (request.preset.empty()) reader.fail(keys["scaled"], "is of the constants of a preset, and there is none");
    for (const std::string& word : reader.words(keys["scaled"]))
      request.scaled.push_back(look_up(reader, "scaled", word, scales_with_of));
  }
  request.tasks = reader.words(keys["tasks"]);
  request.no_verdict = reader.word(keys["no_verdict"]);
  for (const std::string& task : request.tasks) static_cast<void>(look_up(reader, "tasks", task, find_task));
  reader.reject_unknown();
  return request;
}

/// A file if there is one of that name, else a pattern if it captures something.
GroupSpec read_groups(const YamlReader& reader, const std::filesystem::path& folder) {
  const KeyBlock& keys = dataset_keys();
  const std::string written = reader.word(keys["groups"]);
  const std::filesystem::path file = input_path(written, folder);
  if (std::error_code ignored; std::filesystem::is_regular_file(file, ignored)) return {"", file};
  if (written.find('(') == std::string::npos)
    reader.fail(keys["groups"],
                fmt::format("'{}' is neither a file of lines 'id,group' nor a pattern that captures the group, "
                            "as (.*)-[0-9]+",
                            written));
  look_up(reader, "groups", written, [](const std::string& pattern) { check_group_pattern(pattern); });
  return {written, {}};
}

DatasetSpec read_dataset(const YamlReader& reader, const std::filesystem::path& folder) {
  const KeyBlock& keys = dataset_keys();
  DatasetSpec spec;
  spec.name = reader.word(keys["name"]);
  if (reader.has(keys["family"])) spec.family = reader.choice(keys["family"]);
  spec.drawn = reader.choice(keys["kind"]) == "drawn";
  spec.images = fmt::format("{}", fmt::join(reader.words(keys["images"]), ","));
  if (spec.drawn) {  // from the prior, whose images have a shape already
    if (spec.images.empty()) reader.fail(keys["images"], "missing: how many are drawn, as 0-19");
    reader.reject_unknown();
    return spec;
  }
  spec.path = reader.path(keys["path"], folder);
  if (reader.has(keys["groups"])) spec.groups = read_groups(reader, folder);
  if (reader.has(keys["labels"])) spec.labels = reader.path(keys["labels"], folder);
  if (reader.has(keys["ids"])) spec.ids = reader.path(keys["ids"], folder);
  if (reader.has(keys["size"])) spec.size = reader.whole(keys["size"]);
  spec.channels = reader.choice(keys["channels"]) == "1" ? 1 : 3;
  spec.resize = reader.flag(keys["resize"]);
  reader.reject_unknown();
  return spec;
}

TuneSpec read_tune(const YamlReader& reader, const std::filesystem::path& folder) {
  const KeyBlock& keys = tune_keys();
  TuneSpec spec;
  spec.dataset = read_dataset(reader.map(keys["dataset"]), folder);
  spec.budget = reader.real(keys["budget"]);
  spec.pass_back = reader.real(keys["pass_back"]);
  spec.metric = reader.word(keys["metric"]);
  static_cast<void>(look_up(reader, "metric", spec.metric, find_metric));
  spec.seed = static_cast<std::uint64_t>(reader.whole(keys["seed"]));
  reader.reject_unknown();
  return spec;
}

TrajectorySpec read_trajectory(const YamlReader& reader) {
  const KeyBlock& keys = trajectory_keys();
  TrajectorySpec spec{reader.whole(keys["images"]), reader.whole(keys["frames"])};
  reader.reject_unknown();
  return spec;
}

std::vector<std::string> read_metrics(const YamlReader& reader) {
  const KeyBlock& keys = experiment_keys();
  std::vector<std::string> names = reader.words(keys["metrics"]);
  for (const std::string& name : names) {
    static_cast<void>(look_up(reader, "metrics", name, find_metric));
    if (std::count(names.begin(), names.end(), name) > 1)
      reader.fail(keys["metrics"], fmt::format("'{}' appears twice", name));
  }
  return names;
}

std::vector<std::string> read_tables(const YamlReader& reader) {
  const KeyBlock& keys = experiment_keys();
  std::vector<std::string> layouts;
  if (!reader.has(keys["tables"])) return layouts;
  for (const YamlReader& table : reader.maps(keys["tables"])) {
    layouts.push_back(table.choice(table_keys()["layout"]));
    table.reject_unknown();
  }
  return layouts;
}

std::filesystem::path read_lpips_weights(const YamlReader& reader, const std::vector<std::string>& metric_names,
                                         const std::filesystem::path& folder) {
  const KeyBlock& keys = experiment_keys();
  if (reader.has(keys["lpips_weights"])) return reader.path(keys["lpips_weights"], folder);
  for (const std::string& name : metric_names)
    if (find_metric(name).weights)
      reader.fail(keys["metrics"], fmt::format("'{}' needs the key lpips_weights: a safetensors file", name));
  return {};
}

/// Images are brought to that size before a prior sees them, so it is the prior's or nothing would run.
void check_size(const YamlReader& dataset_reader, const DatasetSpec& dataset, const PriorSpec& prior) {
  if (dataset.size <= 0 || !tells_shape(prior)) return;
  const ImageShape wanted{dataset.channels, dataset.size, dataset.size};
  const ImageShape shape = prior_shape(prior);
  if (wanted == shape) return;
  dataset_reader.fail("size", fmt::format("the images of '{}' would be {} (channels, height, width), but the prior "
                                          "makes {}",
                                          dataset.name, shape_text(wanted), shape_text(shape)));
}

NoiseKind read_noise(const YamlReader& reader, const Experiment& experiment) {
  const KeySpec& key = experiment_keys()["noise"];
  const NoiseKind kind = noise_kind_of(reader.choice(key));
  if (kind == NoiseKind::gaussian) return kind;
  const auto refuse = [&](const std::string& why) { reader.fail(key, fmt::format("{}: {}", to_text(kind), why)); };
  if (std::ranges::find(experiment.sigma_y, 0.0) != experiment.sigma_y.end())
    refuse(fmt::format("sigma_y is white's deviation, and 0 would be {}; allowed with it: above 0",
                       kind == NoiseKind::poisson ? "endless light" : "no speckle"));
  if (std::ranges::max(experiment.sigma_y) > 2)
    refuse(
        fmt::format("sigma_y is white's deviation, and above 2 {}; allowed with it: above 0, at most 2",
                    kind == NoiseKind::poisson ? "white is less than one photon" : "speckle outweighs white itself"));
  if (reader.has(experiment_keys()["tune"])) refuse("'dpsbench tune' is of Gaussian noise");
  if (experiment.prior.autoencoder)
    refuse(kind == NoiseKind::poisson ? "photons are counted of images, and the prior is of latents"
                                      : "speckle is of images, and the prior is of latents");
  return kind;
}

/// Tables of latents say what their decoder leaves out of the images, whatever samples the latents.
void add_control(Experiment& experiment) {
  const MethodEntry& control = find_method("reconstruction");
  const bool is_there = std::ranges::any_of(experiment.methods, [&](const MethodRequest& method) {
    return method.entry == &control && method.tasks.empty();
  });
  if (is_there) return;
  std::erase_if(experiment.methods, [&](const MethodRequest& method) { return method.entry == &control; });
  experiment.methods.push_back({&control, {}, "", {}, {}, experiment.file.string() + ": prior.autoencoder"});
}

Precision read_precision(const YamlReader& reader, const PriorSpec& prior) {
  const KeyBlock& keys = experiment_keys();
  const std::string word = reader.choice(keys["precision"]);
  if (word == "bf16" && (prior.kind != "unet" || prior.autoencoder))
    reader.fail(keys["precision"], fmt::format("bf16 is for networks (prior.kind unet) of images, not for '{}'{}",
                                               prior.kind, prior.autoencoder ? " with an autoencoder" : ""));
  if (word == "tf32" && !find_prior_kind(prior.kind).is_network)
    reader.fail(keys["precision"],
                fmt::format("tf32 is for networks, not for '{}', which is computed in fp32", prior.kind));
  return word == "tf32" ? Precision::tf32 : word == "bf16" ? Precision::bf16 : Precision::fp32;
}

std::string read_name(const YamlReader& reader) {
  const KeyBlock& keys = experiment_keys();
  std::string name = reader.word(keys["name"]);
  const auto allowed = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
  };
  if (!std::all_of(name.begin(), name.end(), allowed))
    reader.fail(keys["name"], fmt::format("'{}' has characters other than letters, digits, '-', '_', '.'", name));
  if (name.starts_with('.'))
    reader.fail(keys["name"], fmt::format("'{}' begins with '.': folders are named after it", name));
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
  const KeyBlock& keys = experiment_keys();
  const YamlReader reader(std::make_shared<const YamlDocument>(load_yaml(file, overrides)));
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  Experiment experiment;
  experiment.file = file;
  experiment.name = read_name(reader);
  experiment.title = reader.word(keys["title"]);
  experiment.dataset = read_dataset(reader.map(keys["dataset"]), folder);
  experiment.prior = read_prior_block(reader.map(keys["prior"]), folder);
  check_size(reader.map(keys["dataset"]), experiment.dataset, experiment.prior);
  if (reader.has(keys["truth"])) experiment.truth = read_prior_block(reader.map(keys["truth"]), folder);
  experiment.seed = static_cast<std::uint64_t>(reader.whole(keys["seed"]));
  experiment.sigma_y = reader.reals(keys["sigma_y"]);
  for (const YamlReader& task : reader.maps(keys["tasks"])) experiment.tasks.push_back(read_task(task, folder));
  if (reader.has(keys["presets"]))
    experiment.presets =
        std::make_shared<const PresetFile>(read_preset_file(input_path(reader.word(keys["presets"]), folder)));
  for (const YamlReader& method : reader.maps(keys["methods"]))
    experiment.methods.push_back(read_method(method, experiment.presets.get(), folder));
  if (experiment.prior.autoencoder) add_control(experiment);
  experiment.metrics = read_metrics(reader);
  experiment.lpips_weights = read_lpips_weights(reader, experiment.metrics, folder);
  if (reader.has(keys["trajectory"])) experiment.trajectory = read_trajectory(reader.map(keys["trajectory"]));
  experiment.table_layouts = read_tables(reader);
  experiment.samples = reader.whole(keys["samples"]);
  if (reader.has(keys["batch"])) {
    const std::optional<std::int64_t> batch = reader.whole_or("auto", keys["batch"]);
    experiment.batch_from_memory = !batch;
    experiment.batch = batch.value_or(default_batch);
  }
  experiment.precision = read_precision(reader, experiment.prior);
  experiment.precision_of_device = reader.word(keys["precision"]) == "auto";
  experiment.hidden_noise = reader.flag(keys["hidden_noise"]);
  experiment.noise_kind = read_noise(reader, experiment);
  if (reader.has(keys["tune"])) {
    experiment.tune = read_tune(reader.map(keys["tune"]), folder);
    if (find_metric(experiment.tune->metric).weights && experiment.lpips_weights.empty())
      reader.map(keys["tune"])
          .fail("metric", fmt::format("'{}' needs the experiment's key lpips_weights", experiment.tune->metric));
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
  if (!dataset.labels.empty()) require_path(dataset.labels, "dataset.labels", "a text file with lines id,class");
  require_prior_file(experiment.prior, "prior");
  if (experiment.truth) require_prior_file(*experiment.truth, "truth");
  if (!experiment.lpips_weights.empty())
    require_path(experiment.lpips_weights, "lpips_weights",
                 "LPIPS weights as one safetensors file (see 'dpsbench score --help')");
}

}  // namespace dpsbench
