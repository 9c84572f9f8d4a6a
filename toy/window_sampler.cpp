#include "toy/window_sampler.h"

#include "core/error.h"
#include "tasks/parts/mask_operator.h"

namespace dpsbench {
namespace {

ImageShape row_of(const ToyExperiment& experiment) { return {1, 1, experiment.dimension()}; }

std::vector<StreamId> streams_of(const ToyExperiment& experiment, double centre, const ToyUnit& unit) {
  std::vector<StreamId> streams;
  for (std::int64_t k = 0; k < unit.count; ++k)
    streams.push_back({experiment.name, fmt::format("window {:.6f}", centre), unit.first + k});
  return streams;
}

}  // namespace

WindowSampler::WindowSampler(const ToyExperiment& experiment)
    : experiment_(experiment), prior_(toy_mixture(experiment), row_of(experiment), at::kDouble) {}

Tensor WindowSampler::sample(const ToyUnit& unit, Observer& observer) const {
  const ToyMethod& method = experiment_.methods.at(unit.method);
  const double centre = window_centres(experiment_, method)[unit.window].item<double>();
  Tensor mask = at::zeros({1, 1, 1, experiment_.dimension()}, at::kDouble);  // one for all: one factorisation a step
  mask.select(3, experiment_.coordinate).fill_(1);
  const MaskOperator op(mask, row_of(experiment_));
  const Tensor y = (mask * centre).expand({unit.count, 1, 1, experiment_.dimension()}).contiguous();
  const PhiloxNoise noise(experiment_.seed, streams_of(experiment_, centre, unit));
  const NoiseSchedule schedule = NoiseSchedule::linear(method.steps);
  const Problem problem{prior_, schedule, op, y, experiment_.width, noise};
  const Tensor samples = method.entry->make(method.options)->sample(problem, observer).flatten(1);
  if (!samples.isfinite().all().item<bool>())
    throw NumericError("{}: the samples of window {} (centre {}) left the finite numbers", method.label, unit.window,
                       centre);
  return samples;
}

}  // namespace dpsbench
