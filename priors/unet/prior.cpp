#include "priors/unet/prior.h"

#include "core/error.h"

namespace dpsbench {

UNetParameters copied(UNetParameters parameters, const TensorOptions& options, Torso torso) {
  for (auto& [name, tensor] : parameters) tensor = tensor.detach().to(options, false, true);
  return torso == Torso::bfloat16 ? with_bfloat16_torso(parameters) : parameters;
}

UNetPrior::UNetPrior(const UNetOptions& network, const UNetParameters& parameters, const TensorOptions& options,
                     Torso torso, NetworkUse use)
    : network_options_(checked(network)), options_(options), use_(std::move(use)) {
  const UNetParameters own = copied(parameters, options, torso);
  network_ = std::make_shared<const FrozenUNet>(network_options_, own, torso);
  for (const std::size_t k : {0, 1})
    if (const auto found = own.find(bias_of_class(fmt::format("time_embed.{}.bias", 2 * k))); found != own.end())
      of_classes_[k] = found->second;
}

std::unique_ptr<UNetPrior> UNetPrior::told(std::int64_t label) const {
  auto of_one = std::make_unique<UNetPrior>(*this);
  of_one->terms_.clear();
  for (const std::size_t k : {0, 1}) {
    if (!of_classes_[k].defined()) continue;
    if (label < 0 || label >= of_classes_[k].size(0))
      throw UserError("labels: {} is no class of the network; allowed: 0 to {}", label, of_classes_[k].size(0) - 1);
    of_one->told_[k] = of_classes_[k][label].clone();
    of_one->of_classes_ = {};
    return of_one;
  }
  static_cast<void>(Prior::of_class(label));  // throws
  return of_one;
}

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

Tensor UNetPrior::output(const Tensor& x_t, double time, Tape* tape) const {
  const auto as_tensor = [&] { return at::full({1}, time, options_); };
  if (options_.device().is_cpu())
    return network_->forward(x_t, as_tensor(), tape, told_);  // asking costs nothing there
  constexpr std::size_t most_times = 1024;                    // of a large network 0.2 MB each
  auto found = terms_.find(time);
  if (found == terms_.end()) {
    if (terms_.size() == most_times) terms_.clear();
    found = terms_.emplace(time, network_->terms_of(as_tensor(), told_)).first;
  }
  return network_->forward(x_t, found->second, tape);
}

Evaluation UNetPrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  check_images(x_t);
  if (of_classes_[0].defined() || of_classes_[1].defined())
    throw UserError(
        "label_of_image: the network is to be told a class of each image, and there is none here; give label");
  const auto tape = gradient == Gradient::wanted ? std::make_shared<Tape>() : nullptr;
  Evaluation evaluation = read(output(x_t, level.time, tape.get()));
  if (tape)
    evaluation.pull_back = [this, tape](const std::vector<Tensor>& cotangents) {
      return network_->pull_back(*tape, cotangents);
    };
  return evaluation;
}

}  // namespace dpsbench
