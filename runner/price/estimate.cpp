#include "runner/price/estimate.h"

#include <algorithm>
#include <set>

#include "priors/autoencoder/structure.h"
#include "priors/unet/operations.h"
#include "priors/unet/parameters.h"

namespace dpsbench {
namespace {

constexpr double float_bytes = 4;

double square(double side) { return side * side; }

/// Numbers that a layer keeps for the way back, at feature maps `side` wide before and `after` wide after it: the
/// inputs of its normalisations, activations and convolutions, and the weights of its attention.
double kept_by(const UNetLayer& layer, const UNetOptions& options, double side, double after) {
  const auto in = static_cast<double>(layer.in_channels);
  const auto out = static_cast<double>(layer.out_channels);
  switch (layer.kind) {
    case UNetLayer::Kind::residual:
      return 2 * in * square(side) + (in + 3 * out) * square(after);
    case UNetLayer::Kind::attention:
      return (options.context_dim > 0 ? 16 : 6) * in * square(side) +
             static_cast<double>(attention_heads(options, layer.in_channels)) * square(square(side));
    default:
      return in * square(side);
  }
}

/// Bytes of a number of the network's weights and activations, nearly all of which the torso has.
double network_number_bytes(const Experiment& experiment) {
  return experiment.precision == Precision::bf16 ? 2 : float_bytes;
}

double weight_numbers(const PriorSpec& prior) {
  if (prior.kind != "unet") return 0;
  double numbers = 0;
  for (const ParameterSpec& parameter : unet_parameters(network_options(prior))) {
    double elements = 1;
    for (const std::int64_t side : parameter.shape) elements *= static_cast<double>(side);
    numbers += elements;
  }
  return numbers;
}

/// The same of an autoencoder's weights.
double weight_numbers(const AutoencoderOptions& options) {
  double numbers = 0;
  for (const AutoencoderHalf& half : {encoder_structure(options), decoder_structure(options)})
    for (const ParameterSpec& parameter : half_parameters(options, half)) {
      double elements = 1;
      for (const std::int64_t side : parameter.shape) elements *= static_cast<double>(side);
      numbers += elements;
    }
  return numbers;
}

/// Numbers that one image leaves in memory in a decoding that is to go back.
double decoder_activations(const AutoencoderOptions& options) {
  auto side = static_cast<double>(options.image_size / options.factor());
  double total = 0;
  for (const UNetLayer& layer : decoder_structure(options).layers) {
    const double after = side_after(layer, side);
    total += kept_by(layer, layer_options(options), side, after);
    side = after;
  }
  return total;
}

/// Whether images are decoded by a network.
bool decodes_by_network(const PriorSpec& prior) { return prior.autoencoder && !prior.autoencoder->is_linear(); }

/// What a cell's own arrays take, once.
double stored_bytes(const Experiment& experiment, const ImageShape& shape, const Plan& plan, const Cell& cell) {
  const double image = static_cast<double>(shape.elements()) * float_bytes;
  const auto kept = static_cast<double>(experiment.samples);
  const auto filmed = static_cast<double>(std::min(experiment.trajectory.images, plan.images));
  const double steps =
      cell.method_options.all().contains("steps") ? static_cast<double>(cell.method_options.integer("steps")) : 0;
  return static_cast<double>(plan.images) * (kept * image + steps * 8) +
         filmed * static_cast<double>(experiment.trajectory.frames) * image;
}

/// What cells have in common, once: the references, and of each task and noise level measurements and their pictures.
double shared_bytes(const ImageShape& shape, const Plan& plan) {
  std::set<std::string> settings;
  for (const Cell& cell : plan.cells) settings.insert(setting_content(cell.task_state(), cell.sigma_y));
  return (1 + 2 * static_cast<double>(settings.size())) * static_cast<double>(plan.images) *
         static_cast<double>(shape.elements()) * float_bytes;
}

}  // namespace

double unet_activations(const UNetOptions& options, bool backward) {
  const UNetStructure structure = unet_structure(options);
  double side = static_cast<double>(options.image_size);
  double total = 0;
  double largest = 0;
  const auto walk = [&](const UNetBlock& block) {
    for (const UNetLayer& layer : block) {
      const double after = side_after(layer, side);
      const double kept = kept_by(layer, options, side, after);
      total += kept;
      largest = std::max(largest, kept);
      side = after;
    }
  };
  double skips = 0;  // outputs of the way down, which live until the way up takes them
  for (const UNetBlock& block : structure.input_blocks) {
    walk(block);
    skips += static_cast<double>(block.back().out_channels) * square(side);
  }
  walk(structure.middle_block);
  for (const UNetBlock& block : structure.output_blocks) walk(block);
  return backward ? total : largest + skips;
}

double activation_bytes(const Experiment& experiment, bool back) {
  const double tiles = back ? static_cast<double>(passes_of_an_evaluation(experiment.prior)) : 1;  // kept of each
  return unet_activations(network_options(experiment.prior), back) * network_number_bytes(experiment) * tiles;
}

double decoding_bytes(const Experiment& experiment) {
  if (!decodes_by_network(experiment.prior)) return 0;
  return decoder_activations(experiment.prior.autoencoder->structure) * float_bytes;
}

Estimate estimate(const Experiment& experiment, const ImageShape& shape, const Plan& plan) {
  Estimate sum;
  sum.disk_bytes = 2 * shared_bytes(shape, plan);  // units' inputs and results.h5
  bool backward = false;
  for (const Cell& cell : plan.cells) {
    const Cost cost = cell.cost(experiment.samples);
    sum.network_evaluations += cost.forward * static_cast<double>(plan.images);
    sum.backward_passes += cost.backward * static_cast<double>(plan.images);
    sum.disk_bytes += 2 * stored_bytes(experiment, shape, plan, cell);  // unit files and results.h5
    backward = backward || cost.backward > 0;
  }
  const auto batch = static_cast<double>(std::min(experiment.batch, plan.images));
  const double activations = experiment.prior.kind == "unet" ? activation_bytes(experiment, backward) : 0;
  const double autoencoder_weights =
      decodes_by_network(experiment.prior) ? weight_numbers(experiment.prior.autoencoder->structure) * float_bytes : 0;
  sum.memory_bytes = weight_numbers(experiment.prior) * network_number_bytes(experiment) + batch * activations +
                     batch * decoding_bytes(experiment) + autoencoder_weights;
  return sum;
}

}  // namespace dpsbench
