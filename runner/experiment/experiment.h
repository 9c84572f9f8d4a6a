#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "methods/registry.h"
#include "priors/registry.h"
#include "runner/experiment/preset_file.h"
#include "tasks/registry.h"

namespace dpsbench {

/// The values an experiment gives one option: several are a scan.
struct OptionScan {
  std::string name;
  std::vector<OptionValue> values;
};

/// An entry of `tasks:`, its lists not yet expanded.
struct TaskRequest {
  const TaskEntry* entry;
  std::vector<OptionScan> scans;
  std::string place;  ///< for messages
};

/// An entry of `methods:`, its lists not yet expanded.
struct MethodRequest {
  const MethodEntry* entry;
  std::vector<OptionScan> scans;
  std::string preset;                      ///< published constants of each task, or tuned ones; empty: none
  std::vector<std::string> tasks;          ///< the tasks it is limited to; empty: all
  std::vector<ScalesWith> scaled;          ///< what the preset's constants are brought to this experiment by
  std::string place;                       ///< for messages
  std::vector<std::string> settings = {};  ///< setting_content() of those it is limited to; empty: all
  std::string no_verdict = {};  ///< why its rows are no verdict on the method, and enter no mean; empty: they are one
};

/// What `dpsbench tune` chooses by: the block `tune:`.
struct TuneSpec {
  DatasetSpec dataset;     ///< images that no table uses
  double budget = 0;       ///< evaluations of the prior that each method may spend on each setting
  double pass_back = 0;    ///< evaluations that a pass back counts as
  std::string metric;      ///< what is made best: of single samples or of all of an image
  std::uint64_t seed = 0;  ///< of the values that are tried
};

/// What a pass back through the network costs, in evaluations, where nothing is said: docs/tuning.md has the
/// measurement.
inline constexpr double usual_pass_back = 1.5;

struct TrajectorySpec {
  std::int64_t images = 0;  ///< the first images of the list whose samplers are filmed
  std::int64_t frames = 0;  ///< evenly spread over the steps
};

/// Images of a unit where nothing is said, and as many as pay on the CPU.
inline constexpr std::int64_t default_batch = 8;

/// What a network computes in: single precision; on a GPU products of matrices and convolutions with ten bits of
/// mantissa; convolutions and attention in bfloat16, on any device. All else, operators and metrics with it, is single
/// precision.
enum class Precision { fp32, tf32, bf16 };

/// An experiment file as read: every value checked on its own, lists not yet expanded.
struct Experiment {
  std::string name;
  std::string title;
  std::filesystem::path file;
  DatasetSpec dataset;
  PriorSpec prior;
  std::optional<PriorSpec> truth;  ///< the law that images are drawn from and samples judged by, if not the prior
  std::uint64_t seed = 0;
  std::vector<double> sigma_y;
  std::vector<TaskRequest> tasks;
  std::vector<MethodRequest> methods;
  std::vector<std::string> metrics;
  std::filesystem::path lpips_weights;
  TrajectorySpec trajectory;
  std::vector<std::string> table_layouts;
  std::int64_t samples = 1;            ///< of each image
  std::int64_t batch = default_batch;  ///< images a unit
  bool batch_from_memory = false;      ///< `batch: auto`: a run that begins an output chooses `batch`
  Precision precision = Precision::fp32;
  bool precision_of_device = false;           ///< `precision: auto`, or nothing said: settle_precision() chooses
  std::shared_ptr<const PresetFile> presets;  ///< those called `tuned`; null: none
  bool presets_of_other_weights = false;      ///< they were chosen under another file; make_plan() finds out
  std::optional<TuneSpec> tune;
  NoiseKind noise_kind = NoiseKind::gaussian;  ///< what separates measurements from A x_0
  bool hidden_noise = false;  ///< measurement noise on hidden pixels too, as the published DPS and DSG code adds it

  /// What images drawn for the experiment are drawn from, and whose posterior metrics may judge by.
  [[nodiscard]] const PriorSpec& law() const { return truth ? *truth : prior; }
};

/// What presets are told of a data set.
inline PresetDataset preset_dataset(const DatasetSpec& dataset) { return {dataset.name, dataset.family}; }

/// Reads an experiment file. `overrides`: "path=value", as --set takes them. `${NAME}` in a path stands for an
/// environment variable; one that is not set stays as it is written (require_inputs refuses it). Relative paths start
/// at the file's folder. Throws UserError naming file, line, column, key, the value met and those allowed.
Experiment read_experiment(const std::filesystem::path& file, const std::vector<std::string>& overrides = {});

/// Throws UserError unless every file and folder the experiment names is there: says which environment variable to set
/// or which file to put where.
void require_inputs(const Experiment& experiment);

/// "fp32", "tf32", "bf16".
std::string to_text(Precision precision);

/// Where an experiment leaves it to the device: tf32 for networks on a GPU, as PyTorch's convolutions have it there
/// unasked, fp32 elsewhere. Before the experiment is planned: the precision is part of the units' identities.
void settle_precision(Experiment& experiment, const at::Device& device);

/// The same of a network's convolutions and attention.
Torso torso_of(Precision precision);

}  // namespace dpsbench
