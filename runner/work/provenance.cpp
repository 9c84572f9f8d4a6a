#include "runner/work/provenance.h"

#include <array>
#include <chrono>
#include <ctime>

#include "core/error.h"
#include "core/sha256.h"
#include "priors/weights/mapped_file.h"
#include "runner/experiment/attributes.h"
#include "runner/experiment/prior_block.h"
#include "runner/ranks/batch_job.h"
#include "runner/station/device.h"
#include "runner/work/revision.h"

namespace dpsbench {
namespace {

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

void emit_scans(YAML::Emitter& out, const std::vector<OptionScan>& scans) {
  for (const OptionScan& scan : scans) {
    out << YAML::Key << scan.name << YAML::Value << YAML::Flow << YAML::BeginSeq;
    for (const OptionValue& value : scan.values) out << to_text(value);
    out << YAML::EndSeq;
  }
}

void emit_dataset(YAML::Emitter& out, const DatasetSpec& dataset) {
  out << YAML::Key << "dataset" << YAML::Value << YAML::Flow << YAML::BeginMap;
  out << YAML::Key << "name" << YAML::Value << dataset.name;
  if (!dataset.family.empty()) out << YAML::Key << "family" << YAML::Value << dataset.family;
  if (!dataset.images.empty()) out << YAML::Key << "images" << YAML::Value << dataset.images;
  if (dataset.drawn) {
    out << YAML::Key << "kind" << YAML::Value << "drawn" << YAML::EndMap;
    return;
  }
  out << YAML::Key << "path" << YAML::Value << dataset.path.string();
  if (!dataset.groups.pattern.empty()) out << YAML::Key << "groups" << YAML::Value << dataset.groups.pattern;
  if (!dataset.groups.file.empty()) out << YAML::Key << "groups" << YAML::Value << dataset.groups.file.string();
  if (!dataset.labels.empty()) out << YAML::Key << "labels" << YAML::Value << dataset.labels.string();
  if (!dataset.ids.empty()) out << YAML::Key << "ids" << YAML::Value << dataset.ids.string();
  if (dataset.size > 0) out << YAML::Key << "size" << YAML::Value << dataset.size;
  out << YAML::Key << "channels" << YAML::Value << dataset.channels << YAML::Key << "resize" << YAML::Value
      << dataset.resize;
  out << YAML::EndMap;
}

void emit_entries(YAML::Emitter& out, const Experiment& experiment) {
  out << YAML::Key << "tasks" << YAML::Value << YAML::BeginSeq;
  for (const TaskRequest& task : experiment.tasks) {
    out << YAML::Flow << YAML::BeginMap << YAML::Key << "name" << YAML::Value << task.entry->name;
    emit_scans(out, task.scans);
    out << YAML::EndMap;
  }
  out << YAML::EndSeq << YAML::Key << "methods" << YAML::Value << YAML::BeginSeq;
  for (const MethodRequest& method : experiment.methods) {
    out << YAML::Flow << YAML::BeginMap << YAML::Key << "name" << YAML::Value << method.entry->name;
    if (!method.preset.empty()) out << YAML::Key << "preset" << YAML::Value << method.preset;
    if (!method.no_verdict.empty()) out << YAML::Key << "no_verdict" << YAML::Value << method.no_verdict;
    if (!method.scaled.empty()) {
      out << YAML::Key << "scaled" << YAML::Value << YAML::BeginSeq;
      for (const ScalesWith what : method.scaled) out << (what == ScalesWith::steps ? "steps" : "side");
      out << YAML::EndSeq;
    }
    if (!method.tasks.empty()) out << YAML::Key << "tasks" << YAML::Value << method.tasks;
    emit_scans(out, method.scans);
    out << YAML::EndMap;
  }
  out << YAML::EndSeq;
}

void emit_prior(YAML::Emitter& out, const std::string& key, const PriorSpec& prior) {
  out << YAML::Key << key << YAML::Value << YAML::Flow << YAML::BeginMap << YAML::Key << "kind" << YAML::Value
      << prior.kind;
  if (!prior.preset.empty()) out << YAML::Key << "preset" << YAML::Value << prior.preset;
  out << YAML::Key << "file" << YAML::Value << prior.file << YAML::Key << "network" << YAML::Value
      << describe_prior(prior) << YAML::EndMap;
}

}  // namespace

std::string program_version() { return DPSBENCH_VERSION ", revision " DPSBENCH_REVISION; }

std::string resolved_text(const Experiment& experiment) {
  YAML::Emitter out;
  out << YAML::BeginMap << YAML::Key << "name" << YAML::Value << experiment.name;
  if (!experiment.title.empty()) out << YAML::Key << "title" << YAML::Value << experiment.title;
  emit_dataset(out, experiment.dataset);
  emit_prior(out, "prior", experiment.prior);
  if (experiment.truth) emit_prior(out, "truth", *experiment.truth);
  out << YAML::Key << "seed" << YAML::Value << experiment.seed;
  out << YAML::Key << "sigma_y" << YAML::Value << YAML::Flow << experiment.sigma_y;
  if (experiment.presets) out << YAML::Key << "presets" << YAML::Value << experiment.presets->name;
  emit_entries(out, experiment);
  out << YAML::Key << "metrics" << YAML::Value << YAML::Flow << experiment.metrics;
  if (!experiment.lpips_weights.empty())
    out << YAML::Key << "lpips_weights" << YAML::Value << experiment.lpips_weights.string();
  out << YAML::Key << "trajectory" << YAML::Value << YAML::Flow << YAML::BeginMap << YAML::Key << "images"
      << YAML::Value << experiment.trajectory.images << YAML::Key << "frames" << YAML::Value
      << experiment.trajectory.frames << YAML::EndMap;
  if (!experiment.table_layouts.empty())
    out << YAML::Key << "tables" << YAML::Value << YAML::Flow << experiment.table_layouts;
  out << YAML::Key << "samples" << YAML::Value << experiment.samples << YAML::Key << "batch" << YAML::Value
      << experiment.batch;
  out << YAML::Key << "precision" << YAML::Value << to_text(experiment.precision);
  if (experiment.noise_kind != NoiseKind::gaussian)
    out << YAML::Key << "noise" << YAML::Value << to_text(experiment.noise_kind);
  out << YAML::Key << "hidden_noise" << YAML::Value << experiment.hidden_noise << YAML::EndMap;
  return std::string(out.c_str()) + "\n";
}

Manifest make_manifest(const Station& station, const Plan& plan, const InputDigests& digests, int ranks) {
  Manifest manifest;
  manifest.experiment = station.experiment.name;
  manifest.experiment_text = resolved_text(station.experiment);
  for (const Cell& cell : plan.cells) manifest.cells.push_back({cell.id, cell_attributes(station.experiment, cell)});
  std::string unit_ids;
  for (const Unit& unit : plan.units) {
    PlannedUnit planned{unit.id, plan.cells[unit.cell].id, {}, {}, unit.base};
    for (std::int64_t i = unit.first; i < unit.first + unit.count; ++i) {
      planned.image_ids.push_back(digests.image_ids.at(static_cast<std::size_t>(i)));
      planned.positions.push_back(i);
    }
    manifest.units.push_back(planned);
    unit_ids += unit.id;
  }
  manifest.configuration = sha256(unit_ids);
  const std::vector<std::string> groups = image_groups(station.experiment.dataset.groups, digests.image_ids);
  for (std::size_t i = 0; i < groups.size(); ++i) manifest.groups[digests.image_ids[i]] = groups[i];
  manifest.runs.push_back({{"date", utc_now()},
                           {"host", host_name()},
                           {"device", device_text(station.device)},
                           {"ranks", std::to_string(ranks)},
                           {"version", DPSBENCH_VERSION},
                           {"git_revision", DPSBENCH_REVISION},
                           {"weights_sha256", digests.prior},
                           {"lpips_sha256", digests.lpips},
                           {"configuration", manifest.configuration}});
  if (!digests.autoencoder.empty()) manifest.runs.back()["autoencoder_sha256"] = digests.autoencoder;
  return manifest;
}

}  // namespace dpsbench
