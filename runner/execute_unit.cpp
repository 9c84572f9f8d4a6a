#include "runner/execute_unit.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>

#include "metrics/unit_images.h"
#include "runner/attributes.h"
#include "runner/counting_prior.h"
#include "runner/device.h"
#include "runner/signals.h"

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

Tensor load_images(const Dataset& dataset, const Unit& unit, const TensorOptions& options) {
  std::vector<Tensor> images;
  for (std::int64_t i = unit.first; i < unit.first + unit.count; ++i) images.push_back(dataset.load(i));
  return at::stack(images).to(options);
}

PhiloxNoise noise_of(const Workbench& bench, const Unit& unit, std::int64_t sample) {
  std::vector<StreamId> streams;
  for (std::int64_t i = unit.first; i < unit.first + unit.count; ++i)
    streams.push_back({bench.experiment.dataset.name, bench.dataset.id(i), sample});
  return {bench.experiment.seed, streams};
}

std::map<std::string, Tensor> measure_quality(const Workbench& bench, const Operator& op, const Tensor& sample,
                                              const Tensor& reference, const Tensor& y, double sigma_y) {
  MetricInputs inputs{to_unit_range(sample), to_unit_range(reference), {}, {}, sigma_y};
  if (bench.metrics.needs_measurement()) {
    inputs.residual = op.forward(sample) - y;
    inputs.measured = op.measured();
  }
  return bench.metrics.evaluate(inputs);
}

Tensor stored(const Tensor& tensor) { return tensor.to(at::kCPU, at::kFloat).contiguous(); }

/// The chains of a unit, joined to what the record holds: [N, ...] for one, [N, S, ...] for several.
Tensor joined(const std::vector<Tensor>& chains) { return chains.size() == 1 ? chains[0] : at::stack(chains, 1); }

/// Does the images of a unit as one batch.
UnitRecord execute_batch(const Workbench& bench, const Unit& unit, const std::function<void(double)>& on_progress) {
  const at::NoGradGuard no_grad;
  const Experiment& experiment = bench.experiment;
  const Cell& cell = bench.plan.cells[unit.cell];
  const TensorOptions options = bench.prior.options();
  const auto started = std::chrono::steady_clock::now();

  const Tensor reference = load_images(bench.dataset, unit, options);
  const PhiloxNoise of_measurement = noise_of(bench, unit, 0);
  const auto op = cell.task->bind(cell.task_options, image_shape(reference), of_measurement, options);
  const Tensor y = measure(*op, reference, cell.sigma_y, of_measurement, experiment.hidden_noise);

  std::int64_t images_evaluated = 0;
  const auto prior = make_counting(bench.prior, images_evaluated);
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const auto method = cell.method->make(cell.method_options);
  const std::int64_t filmed = std::clamp<std::int64_t>(experiment.trajectory.images - unit.first, 0, unit.count);
  TrajectoryRecorder film(filmed, experiment.trajectory.frames);
  std::vector<Tensor> samples;
  std::map<std::string, std::vector<Tensor>> metrics;
  for (std::int64_t chain = 0; chain < experiment.samples; ++chain) {
    FiniteCheck finite(steps_between_finite_checks);
    StopCheck stop(started, chain, experiment.samples);
    ChainProgress progress(on_progress, chain, experiment.samples);
    std::vector<Observer*> watching = {&stop, &finite, &progress};
    if (chain == 0) watching.push_back(&film);
    ObserverChain observers(watching);
    const PhiloxNoise noise = noise_of(bench, unit, chain + 1);
    const Tensor sample = method->sample({*prior, schedule, *op, y, cell.sigma_y, noise}, observers);
    for (auto& [name, values] : measure_quality(bench, *op, sample, reference, y, cell.sigma_y))
      metrics[name].push_back(values);
    samples.push_back(stored(sample));
  }

  UnitRecord record;
  record.unit_id = unit.id;
  record.cell_id = cell.id;
  record.attributes = cell_attributes(experiment, cell);
  for (std::int64_t i = unit.first; i < unit.first + unit.count; ++i) {
    record.image_ids.push_back(bench.dataset.id(i));
    record.positions.push_back(i);
  }
  record.reference = stored(reference);
  record.measurement = stored(y);
  record.measurement_picture = stored(measurement_picture(*op, y));
  record.samples = joined(samples);
  if (const Tensor frames = film.trajectory(); frames.defined()) record.trajectory = stored(frames);
  record.step_size = film.step_sizes();
  record.prior_share = film.prior_shares();
  for (const auto& [name, values] : metrics) record.metrics[name] = joined(values);
  record.network_evaluations = static_cast<double>(images_evaluated) / static_cast<double>(unit.count);
  record.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return record;
}

void append(Tensor& to, const Tensor& more) {
  if (more.defined()) to = to.defined() ? at::cat({to, more}) : more;
}

/// Adds the images of another record of the same unit.
void append_images(UnitRecord& to, const UnitRecord& more) {
  to.image_ids.insert(to.image_ids.end(), more.image_ids.begin(), more.image_ids.end());
  to.positions.insert(to.positions.end(), more.positions.begin(), more.positions.end());
  append(to.reference, more.reference);
  append(to.measurement, more.measurement);
  append(to.measurement_picture, more.measurement_picture);
  append(to.samples, more.samples);
  append(to.trajectory, more.trajectory);
  append(to.step_size, more.step_size);
  append(to.prior_share, more.prior_share);
  for (auto& [name, values] : to.metrics) append(values, more.metrics.at(name));
  to.seconds += more.seconds;
}

UnitRecord execute_halves(const Workbench& bench, const Unit& unit, const std::function<void(double)>& on_progress) {
  Unit first = unit;
  first.count = unit.count / 2;
  Unit second = unit;
  second.first += first.count;
  second.count -= first.count;
  UnitRecord record = execute_batch(bench, first, [&](double fraction) { on_progress(fraction / 2); });
  append_images(record, execute_batch(bench, second, [&](double fraction) { on_progress((1 + fraction) / 2); }));
  return record;
}

}  // namespace

UnitRecord execute_unit(const Workbench& bench, const Unit& unit, const std::function<void(double)>& on_progress) {
  try {
    return execute_batch(bench, unit, on_progress);
  } catch (const c10::OutOfMemoryError&) {
    if (unit.count == 1) throw;
  }
  release_cached_memory(bench.prior.options().device());
  return execute_halves(bench, unit, on_progress);
}

UnitFailure describe_failure(const Workbench& bench, const Unit& unit, const std::string& reason) {
  UnitFailure failure{unit.id, bench.plan.cells[unit.cell].id, {}, reason};
  for (std::int64_t i = unit.first; i < unit.first + unit.count; ++i) failure.image_ids.push_back(bench.dataset.id(i));
  return failure;
}

}  // namespace dpsbench
