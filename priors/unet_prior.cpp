#include "priors/unet_prior.h"

#include "core/error.h"

namespace dpsbench {
namespace {

UNetParameters moved(UNetParameters parameters, const TensorOptions& options, Torso torso) {
  for (auto& [name, tensor] : parameters) tensor = tensor.detach().to(options);
  return torso == Torso::bfloat16 ? with_bfloat16_torso(parameters) : parameters;
}

}  // namespace

UNetPrior::UNetPrior(const UNetOptions& network, const UNetParameters& parameters, const TensorOptions& options,
                     Torso torso)
    : network_options_(checked(network)),
      options_(options),
      network_(network_options_, moved(parameters, options, torso)) {}

void UNetPrior::check_images(const Tensor& x_t) const {
  if (x_t.dim() != 4 || image_shape(x_t) != shape())
    throw Error(fmt::format("a network for images [{}, {}, {}] was given [{}]", network_options_.in_channels,
                            network_options_.image_size, network_options_.image_size, fmt::join(x_t.sizes(), ", ")));
}

Evaluation UNetPrior::read(const Tensor& output) const {
  const std::int64_t channels = network_options_.in_channels;
  Evaluation evaluation;
  evaluation.eps = output.narrow(1, 0, channels).contiguous();
  if (network_options_.learn_sigma) evaluation.variance_fraction = output.narrow(1, channels, channels).contiguous();
  return evaluation;
}

Evaluation UNetPrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  check_images(x_t);
  // On a CPU ATen convolves a lone image by another algorithm than a batch, with other roundings: it gets a twin, so
  // that an image's numbers are the same in any batch.
  const std::int64_t images = x_t.size(0);
  const std::int64_t twins = x_t.is_cpu() && images == 1 ? 1 : 0;
  const auto tape = gradient == Gradient::wanted ? std::make_shared<Tape>() : nullptr;
  const Tensor output =
      network_.forward(twins == 0 ? x_t : at::cat({x_t, x_t}), at::full({1}, level.time, options_), tape.get())
          .narrow(0, 0, images);
  Evaluation evaluation = read(output);
  if (tape)
    evaluation.pull_back = [this, tape, images, twins](std::vector<Tensor> cotangents) {
      for (Tensor& cotangent : cotangents)
        if (twins > 0) cotangent = at::cat({cotangent, at::zeros_like(cotangent)});
      std::vector<Tensor> gradients = network_.pull_back(*tape, cotangents);
      for (Tensor& of_images : gradients) of_images = of_images.narrow(0, 0, images);
      return gradients;
    };
  return evaluation;
}

double UNetPrior::smallest_sigma() const { return NoiseSchedule::linear().smallest_sigma(); }

}  // namespace dpsbench
