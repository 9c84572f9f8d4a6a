#include "runner/station.h"

#include <algorithm>

#include "core/error.h"
#include "runner/device.h"
#include "runner/drawn_dataset.h"
#include "runner/lpips_weights.h"
#include "runner/prior_block.h"

namespace dpsbench {
namespace {

MetricSet make_metrics(const Experiment& experiment, const at::Device& device) {
  WeightMap weights;
  if (!experiment.lpips_weights.empty()) weights = lpips_weight_map(SafetensorsFile(experiment.lpips_weights.string()));
  return {experiment.metrics, weights.empty() ? nullptr : &weights, device};
}

std::string text_of(const ImageShape& shape) {
  return fmt::format("{} x {} x {}", shape.channels, shape.height, shape.width);
}

}  // namespace

Station set_up_station(const RunOptions& options, int local_rank) {
  Experiment experiment = read_experiment(options.experiment, options.overrides);
  require_inputs(experiment);
  const at::Device device = choose_device(options.device, local_rank);
  fix_numerics(device, experiment.precision, std::max(1, options.threads));
  const TensorOptions of_tensors = TensorOptions().dtype(at::kFloat).device(device);
  auto prior = make_prior(experiment.prior, of_tensors);
  auto truth = experiment.truth ? make_prior(*experiment.truth, of_tensors) : nullptr;
  const Prior& law = truth ? *truth : *prior;
  Dataset dataset = experiment.dataset.drawn ? draw_dataset(experiment.dataset, experiment.seed, law)
                                             : Dataset::open(experiment.dataset);
  if (dataset.shape() != prior->shape())
    throw UserError("{}: the images of '{}' are {} (channels, height, width), but the prior makes {}",
                    experiment.file.string(), experiment.dataset.name, text_of(dataset.shape()),
                    text_of(prior->shape()));
  MetricSet metrics = make_metrics(experiment, device);
  metrics.check(prior->shape());
  return {std::move(experiment), device, std::move(prior), std::move(truth), std::move(dataset), std::move(metrics)};
}

}  // namespace dpsbench
