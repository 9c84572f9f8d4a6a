#include "runner/work/unit_batch.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/latent/latent_view.h"
#include "metrics/parts/unit_images.h"
#include "results/store/unit_images.h"
#include "runner/experiment/attributes.h"
#include "runner/ranks/signals.h"
#include "runner/work/begun_unit.h"
#include "runner/work/counting_prior.h"
#include "runner/work/memory_watch.h"
#include "runner/work/posterior_comparison.h"
#include "runner/work/score_comparison.h"

namespace dpsbench {
namespace {

constexpr std::int64_t steps_between_finite_checks = 50;

/// Tells how far all chains of a unit are.
class ChainProgress final : public Observer {
 public:
  ChainProgress(const std::function<void(double)>& on_progress, std::int64_t chain, std::int64_t chains)
      : on_progress_(on_progress), chain_(static_cast<double>(chain)), chains_(static_cast<double>(chains)) {}
  void on_step(const StepRecord& record) override {
    on_progress_((chain_ + static_cast<double>(record.done) / static_cast<double>(record.total)) / chains_);
  }

 private:
  const std::function<void(double)>& on_progress_;
  double chain_;
  double chains_;
};

/// What is wrong with the images of a batch, the first trouble of each.
class Troubles {
 public:
  explicit Troubles(std::size_t images) : reasons_(images) {}

  void note(std::size_t row, const std::string& reason) {
    if (reasons_[row].empty()) reasons_[row] = reason;
  }
  void note(const FiniteCheck& check) {
    for (std::size_t row = 0; row < reasons_.size(); ++row)
      if (const auto reason = check.trouble(static_cast<std::int64_t>(row))) note(row, *reason);
  }
  [[nodiscard]] const std::string& of(std::size_t row) const { return reasons_[row]; }
  [[nodiscard]] std::vector<std::int64_t> rows_without() const {
    std::vector<std::int64_t> rows;
    for (std::size_t row = 0; row < reasons_.size(); ++row)
      if (reasons_[row].empty()) rows.push_back(static_cast<std::int64_t>(row));
    return rows;
  }
  [[nodiscard]] bool everywhere() const { return rows_without().empty(); }

 private:
  std::vector<std::string> reasons_;  ///< empty: none
};

/// [N, C, H, W]; an image that cannot be read is grey, and its trouble noted.
Tensor load_images(const Workbench& bench, const std::vector<std::int64_t>& positions, Troubles& troubles) {
  std::vector<Tensor> images;
  const ImageShape shape = bench.prior.shape();
  for (std::size_t row = 0; row < positions.size(); ++row) try {
      const std::int64_t position = positions[row];
      images.push_back(bench.ahead != nullptr ? bench.ahead->load(position) : bench.dataset.load(position));
    } catch (const DataError& error) {
      troubles.note(row, error.what());
      images.push_back(at::zeros({shape.channels, shape.height, shape.width}));
    }
  return at::stack(images).to(bench.prior.options());
}

PhiloxNoise noise_of(const Workbench& bench, const std::vector<std::int64_t>& positions, std::int64_t sample) {
  std::vector<StreamId> streams;
  for (const std::int64_t i : positions)
    streams.push_back({bench.experiment.dataset.name, bench.dataset.id(i), sample});
  return {bench.experiment.seed, streams};
}

/// `sample` with the images in trouble replaced by the reference: metrics take only finite numbers.
Tensor measurable(const Tensor& sample, const Tensor& reference, const Troubles& troubles) {
  Tensor finite = sample;
  for (std::int64_t row = 0; row < sample.size(0); ++row)
    if (!troubles.of(static_cast<std::size_t>(row)).empty()) {
      if (finite.is_same(sample)) finite = sample.clone();
      finite[row].copy_(reference[row]);
    }
  return finite;
}

/// All metrics of single samples; those `known` as they are.
std::map<std::string, Tensor> measure_quality(const Workbench& bench, const Operator& op, const Tensor& sample,
                                              const Tensor& reference, const Tensor& y, double sigma_y,
                                              std::map<std::string, Tensor> known = {}) {
  MetricInputs inputs{to_unit_range(sample), to_unit_range(reference), {}, {}, sigma_y};
  if (bench.metrics.needs_measurement()) {
    inputs.residual = op.forward(sample) - y;
    inputs.measured = op.measured();
  }
  std::set<std::string> names;
  for (const auto& [name, values] : known) names.insert(name);
  known.merge(bench.metrics.evaluate(inputs, names));
  return known;
}

Tensor stored(const Tensor& tensor) { return tensor.to(at::kCPU, at::kFloat).contiguous(); }

/// The chains of a unit, joined to what the record holds: [N, ...] for one, [N, S, ...] for several.
Tensor joined(const std::vector<Tensor>& chains) { return chains.size() == 1 ? chains[0] : at::stack(chains, 1); }

/// All chains of a batch.
struct Chains {
  std::vector<Tensor> samples;
  std::map<std::string, std::vector<Tensor>> metrics;
};

/// A batch, measured.
struct Batch {
  const std::vector<std::int64_t>& positions;
  Tensor reference;
  std::unique_ptr<Operator> op;
  Tensor y;
  const UnitRecord* begun;  ///< samples and metrics of these images that are there; null: none
};

/// Takes the chains that are there, measured by the metrics that are new.
Chains begun_chains(const Workbench& bench, const Cell& cell, const Batch& batch) {
  Chains chains;
  for (std::int64_t chain = 0; batch.begun != nullptr && chain < samples_in(*batch.begun); ++chain) {
    const Tensor sample = sample_of(*batch.begun, chain);
    const Tensor here = sample.to(bench.prior.options());
    for (auto& [name, values] : measure_quality(bench, *batch.op, here, batch.reference, batch.y, cell.sigma_y,
                                                metrics_of(*batch.begun, chain)))
      chains.metrics[name].push_back(values);
    chains.samples.push_back(sample);
  }
  return chains;
}

/// What a sampler is given of a batch: its images, or their latents.
Problem problem_of(const Workbench& bench, const Cell& cell, const Batch& batch, const Prior& prior,
                   const NoiseSchedule& schedule, const Noise& noise, const LatentView* view) {
  const Tensor original = cell.told_original ? batch.reference : Tensor();
  if (view != nullptr) return view->problem(prior, schedule, cell.sigma_y, noise, original);
  const NoiseKind kind = bench.experiment.noise_kind;
  return {prior, schedule, *batch.op, batch.y, cell.sigma_y, noise, original, nullptr, kind};
}

/// Runs the chains that are not there. Those of a batch whose images are all in trouble end early. `view`: of latents,
/// which `prior` is of; null: of images.
Chains sample_chains(const Workbench& bench, const Cell& cell, const Batch& batch, const Prior& prior,
                     const LatentView* view, TrajectoryRecorder& film, Troubles& troubles,
                     const std::function<void(double)>& on_progress) {
  const auto started = std::chrono::steady_clock::now();
  const NoiseSchedule schedule = bench.prior.schedule();
  const auto method = cell.method->make(cell.method_options);
  const std::int64_t samples = bench.experiment.samples;
  Chains chains = begun_chains(bench, cell, batch);
  for (auto chain = static_cast<std::int64_t>(chains.samples.size()); chain < samples && !troubles.everywhere();
       ++chain) {
    FiniteCheck finite(steps_between_finite_checks);
    StopCheck stop_check(started, chain, samples);
    ChainProgress progress(on_progress, chain, samples);
    std::vector<Observer*> watching = {&stop_check, &finite, &progress};
    if (chain == 0) watching.push_back(&film);
    ObserverChain observers(watching);
    const PhiloxNoise noise = noise_of(bench, batch.positions, chain + 1);
    Tensor sample;
    try {
      sample = method->sample(problem_of(bench, cell, batch, prior, schedule, noise, view), observers);
    } catch (const NumericError&) {
      troubles.note(finite);
      if (!troubles.everywhere()) throw;  // of something else
      break;
    }
    troubles.note(finite);
    if (view != nullptr) sample = view->decoded(sample);
    sample = measurable(sample, batch.reference, troubles);
    for (auto& [name, values] : measure_quality(bench, *batch.op, sample, batch.reference, batch.y, cell.sigma_y))
      chains.metrics[name].push_back(values);
    chains.samples.push_back(stored(sample));
  }
  return chains;
}

/// The images at these positions and their measurements.
Batch measure_images(const Workbench& bench, const Cell& cell, const std::vector<std::int64_t>& positions,
                     const PhiloxNoise& noise, Troubles& troubles) {
  Batch batch{positions, load_images(bench, positions, troubles), nullptr, {}, nullptr};
  batch.op = cell.task->bind(cell.task_options, image_shape(batch.reference), noise, bench.prior.options());
  batch.y = measure(*batch.op, batch.reference, cell.sigma_y, noise, bench.experiment.hidden_noise,
                    bench.experiment.noise_kind);
  return batch;
}

/// The images of a batch and what all units that measure them have.
void record_inputs(const Workbench& bench, const Batch& batch, UnitRecord& record) {
  for (const std::int64_t i : batch.positions) record.image_ids.push_back(bench.dataset.id(i));
  record.positions = batch.positions;
  record.reference = stored(batch.reference);
  record.measurement = stored(batch.y);
  record.measurement_picture = stored(measurement_picture(*batch.op, batch.y));
}

UnitRecord begin_record(const Workbench& bench, const Unit& unit) {
  UnitRecord record;
  record.unit_id = unit.id;
  record.cell_id = bench.plan.cells[unit.cell].id;
  record.attributes = cell_attributes(bench.experiment, bench.plan.cells[unit.cell]);
  return record;
}

UnitResult conclude_batch(UnitRecord record, const Workbench& bench, const std::vector<std::int64_t>& positions,
                          const Troubles& troubles) {
  UnitResult result;
  for (std::size_t row = 0; row < positions.size(); ++row)
    if (!troubles.of(row).empty()) result.failures.push_back({bench.dataset.id(positions[row]), troubles.of(row)});
  const std::vector<std::int64_t> rows = troubles.rows_without();
  const bool whole = rows.size() == positions.size();
  result.record = whole || rows.empty() ? std::move(record) : select_images(record, rows);
  return result;
}

}  // namespace

UnitResult execute_batch(const Workbench& bench, const Unit& unit, const std::vector<std::int64_t>& positions,
                         const std::function<void(double)>& on_progress, const UnitRecord* begun) {
  const at::NoGradGuard no_grad;
  const MemoryWatch memory;
  const Experiment& experiment = bench.experiment;
  const Cell& cell = bench.plan.cells[unit.cell];
  const auto started = std::chrono::steady_clock::now();

  Troubles troubles(positions.size());
  const PhiloxNoise of_measurement = noise_of(bench, positions, 0);
  Batch batch = measure_images(bench, cell, positions, of_measurement, troubles);
  batch.begun = begun;

  PriorUse use;
  const auto prior = make_counting(sampled_prior(bench.prior), use);
  std::optional<LatentView> view;
  if (cell.of_latents) view_latents(view, bench.prior, *batch.op, batch.y);
  const auto filmed =
      std::ranges::count_if(positions, [&](std::int64_t i) { return i < experiment.trajectory.images; });
  TrajectoryRecorder film(filmed, experiment.trajectory.frames);
  const Chains chains = sample_chains(bench, cell, batch, *prior, view ? &*view : nullptr, film, troubles, on_progress);

  UnitRecord record = begin_record(bench, unit);
  if (troubles.everywhere()) return conclude_batch(std::move(record), bench, positions, troubles);
  record_inputs(bench, batch, record);
  record.samples = joined(chains.samples);
  if (const Tensor frames = film.trajectory(); frames.defined())
    record.trajectory = stored(view ? view->decoded_frames(frames) : frames);
  record.step_size = film.step_sizes();
  record.prior_share = film.prior_shares();
  for (const auto& [name, values] : chains.metrics) record.metrics[name] = joined(values);
  if (bench.metrics.needs_posterior())
    record.metrics.merge(compare_with_posterior(bench.metrics, bench.law, *batch.op, batch.y, cell.sigma_y,
                                                record.samples, batch.reference, of_measurement));
  if (bench.metrics.needs_score())
    record.metrics.merge(
        compare_with_score(bench.metrics, bench.law, *batch.op, batch.y, cell.sigma_y, record.samples));
  record.network_evaluations = static_cast<double>(use.evaluations) / static_cast<double>(positions.size());
  record.passes_back = static_cast<double>(use.passes_back) / static_cast<double>(positions.size());
  if (view) record.coding = view->cost();
  record.batches = {static_cast<std::int64_t>(positions.size())};
  record.peak_bytes = static_cast<double>(memory.peak());
  record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  if (begun != nullptr) take_over(*begun, record);
  if (const auto& spent = cell.method->spent) {
    record.network_evaluations = spent->network_evaluations;
    record.passes_back = spent->passes_back;
    record.seconds = spent->seconds * static_cast<double>(positions.size());
  }
  return conclude_batch(std::move(record), bench, positions, troubles);
}

UnitRecord measure_again(const Workbench& bench, const Unit& unit, const std::vector<std::int64_t>& positions) {
  const at::NoGradGuard no_grad;
  Troubles troubles(positions.size());
  const PhiloxNoise noise = noise_of(bench, positions, 0);
  const Batch batch = measure_images(bench, bench.plan.cells[unit.cell], positions, noise, troubles);
  UnitRecord record;
  record_inputs(bench, batch, record);
  return select_images(record, troubles.rows_without());
}

}  // namespace dpsbench
