#include "runner/station/station.h"

#include <set>

#include "core/error.h"
#include "core/latent/latent_prior.h"
#include "core/words/shape_text.h"
#include "datasets/remarks.h"
#include "priors/registry.h"
#include "runner/experiment/prior_block.h"
#include "runner/station/device.h"
#include "runner/station/drawn_dataset.h"
#include "runner/station/graphed_prior.h"
#include "runner/station/lpips_weights.h"
#include "runner/station/self_test.h"

namespace dpsbench {
namespace {

MetricSet make_metrics(const Experiment& experiment, const WeightFiles& weights, const at::Device& device) {
  WeightMap map;
  if (weights.lpips) map = lpips_weight_map(SafetensorsFile(*weights.lpips));
  return {experiment.metrics, map.empty() ? nullptr : &map, device};
}

std::unique_ptr<Prior> prior_of(const PriorSpec& spec, const std::optional<FileBytes>& file,
                                const std::optional<FileBytes>& autoencoder, const at::Device& device, Torso torso) {
  const TensorOptions options = TensorOptions().dtype(at::kFloat).device(device);
  return file ? make_prior(spec, *file, options, torso, autoencoder ? &*autoencoder : nullptr)
              : make_prior(spec, options, torso);
}

/// The network's passes as CUDA graphs, behind a decoder and of tiles too.
std::unique_ptr<Prior> graphed(std::unique_ptr<Prior> prior) {
  if (auto* tiled = dynamic_cast<TiledPrior*>(prior.get())) {
    tiled->replace_network(make_graphed);
    return prior;
  }
  auto* latent = dynamic_cast<LatentPrior*>(prior.get());
  if (latent == nullptr) return make_graphed(std::move(prior));
  latent->replace_latents(make_graphed);
  return prior;
}

/// Throws UserError unless the prior is told a class of each image, and knows it, just where images have one.
void check_labels(const Experiment& experiment, const Dataset& dataset, const Prior& prior) {
  const std::vector<std::int64_t>& labels = dataset.labels();
  const auto& options = experiment.prior.options;
  const auto wants = options.find("label_of_image");
  if (labels.empty() && wants != options.end() && wants->second == OptionValue(true))
    throw UserError(
        "{}: prior: label_of_image: true, but the dataset has no classes; name a file of lines id,class as "
        "its labels",
        experiment.file.string());
  for (const std::int64_t label : std::set<std::int64_t>(labels.begin(), labels.end())) try {
      static_cast<void>(prior.of_class(label));
    } catch (const UserError& error) {
      throw UserError("{}: dataset: {}", experiment.file.string(), error.what());
    }
}

}  // namespace

Experiment experiment_of(const RunOptions& options) {
  Experiment experiment = options.given ? *options.given : read_experiment(options.experiment, options.overrides);
  require_inputs(experiment);
  return experiment;
}

Station set_up_station(Experiment experiment, const at::Device& device, const RunOptions& options,
                       const WeightFiles& weights) {
  settle_precision(experiment, device);
  fix_numerics(device, options.threads);
  require_right_numbers(device);
  auto prior = prior_of(experiment.prior, weights.prior, weights.autoencoder, device, torso_of(experiment.precision));
  if (options.cuda_graphs) prior = graphed(std::move(prior));
  auto truth = experiment.truth
                   ? prior_of(*experiment.truth, weights.truth, weights.truth_autoencoder, device, Torso::as_the_rest)
                   : nullptr;
  const Prior& law = truth ? *truth : *prior;
  Dataset dataset = open_dataset(experiment.dataset, experiment.seed, &law);
  if (dataset.shape() != prior->shape())
    throw UserError("{}: the images of '{}' are {} (channels, height, width), but the prior makes {}",
                    experiment.file.string(), experiment.dataset.name, shape_text(dataset.shape()),
                    shape_text(prior->shape()));
  check_labels(experiment, dataset, *prior);
  static_cast<void>(dataset.groups());  // every image has one, or is told of before any work
  MetricSet metrics = make_metrics(experiment, weights, device);
  metrics.check(prior->shape());
  return {std::move(experiment), device, std::move(prior), std::move(truth), std::move(dataset), std::move(metrics)};
}

Station set_up_station(const RunOptions& options, int local_rank) {
  Experiment experiment = experiment_of(options);
  const WeightFiles weights = map_weights(experiment);
  Station station = set_up_station(std::move(experiment), choose_device(options.device, local_rank), options, weights);
  tell(station.dataset.remarks());
  tell(remarks(station.experiment.prior));
  return station;
}

}  // namespace dpsbench
