#include "training/autoencoder.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "core/error.h"
#include "core/noise.h"
#include "priors/autoencoder/plain.h"
#include "priors/weights/safetensors.h"
#include "training/adam_w.h"
#include "training/images.h"

namespace dpsbench {
namespace {

constexpr std::int64_t report_every = 50;

/// Every parameter, with the part it is of before its name.
std::vector<ParameterSpec> all_parameters(const AutoencoderOptions& options) {
  std::vector<ParameterSpec> all;
  const auto add = [&](const std::string& part, const std::vector<ParameterSpec>& specs) {
    for (const auto& [name, shape] : specs) all.push_back({part + name, shape});
  };
  add("encoder/", half_parameters(options, encoder_structure(options)));
  add("decoder/", half_parameters(options, decoder_structure(options)));
  add("between/", between_parameters(options));
  return all;
}

AutoencoderParameters by_part(const UNetParameters& all) {
  AutoencoderParameters parts;
  for (const auto& [name, tensor] : all) {
    const std::size_t slash = name.find('/');
    const std::string part = name.substr(0, slash);
    UNetParameters& of = part == "encoder" ? parts.encoder : part == "decoder" ? parts.decoder : parts.between;
    of[name.substr(slash + 1)] = tensor;
  }
  return parts;
}

/// The two terms of the loss of a batch, and the mean square of its latents.
struct Terms {
  Tensor absolute_error;
  Tensor divergence;
  Tensor square;
};
Terms terms_of(const AutoencoderOptions& options, const AutoencoderParameters& parameters, const Tensor& x,
               const Noise& noise) {
  const std::vector<Tensor> moments = plain_moments(options, parameters, x).chunk(2, 1);
  const Tensor log_variance = moments[1].clamp(-30, 20);
  const Tensor n = noise.normal(Purpose::training, 1, moments[0].sizes().slice(1).vec(), x.options());
  const Tensor z = moments[0] + (log_variance / 2).exp() * n;
  const Tensor divergence = (moments[0].square() + log_variance.exp() - 1 - log_variance).mean() / 2;
  return {(plain_decoded(options, parameters, z) - x).abs().mean(), divergence, z.detach().square().mean()};
}

}  // namespace

bool train_autoencoder(const AutoencoderTraining& given,
                       const std::function<bool(const AutoencoderProgress&)>& report) {
  AutoencoderTraining options = given;
  options.network = checked(given.network);
  if (options.network.has_codebook()) throw UserError("train --kind autoencoder: latents are normal ones, not codes");
  options.data.size = options.network.image_size;
  options.data.channels = options.network.in_channels;
  const TrainingImages images(options.data, options.crops, options.network.image_shape());
  std::filesystem::create_directories(options.output);
  TrainingState state = initial_state(all_parameters(options.network), options.seed, TensorOptions().dtype(at::kFloat));
  for (auto& [name, parameter] : state.parameters) parameter.requires_grad_(true);
  Terms sums{at::zeros({}), at::zeros({}), at::zeros({})};
  std::int64_t summed = 0;
  bool goes_on = true;
  while (goes_on && state.step < options.steps) {
    std::vector<StreamId> streams;
    for (std::int64_t k = 0; k < options.batch; ++k)
      streams.push_back({"autoencoder", "", state.step * options.batch + k});
    const PhiloxNoise noise(options.seed, streams);
    const Tensor x =
        images.examples(noise.uniform(Purpose::training, 0, {TrainingImages::kDraws}, at::kFloat)).to(at::kFloat);
    std::vector<Tensor> parameters;
    for (const auto& [name, parameter] : state.parameters) parameters.push_back(parameter);
    const at::AutoGradMode enabled(true);
    const Terms terms = terms_of(options.network, by_part(state.parameters), x, noise);
    std::vector<Tensor> gradients =
        torch::autograd::grad({terms.absolute_error + terms.divergence * options.kl_weight}, parameters);
    const at::AutoGradMode disabled(false);
    clip_gradients(gradients, 1);
    const double factor =
        learning_rate_factor(state.step, std::min<std::int64_t>(100, options.steps / 10), options.steps);
    adam_w_step(state, gradients, factor * options.learning_rate, 0);
    ++state.step;
    update_average(state, options.average_decay);
    sums = {sums.absolute_error + terms.absolute_error.detach(), sums.divergence + terms.divergence.detach(),
            sums.square + terms.square};
    ++summed;
    if (state.step % report_every != 0 && state.step != options.steps) continue;
    const auto mean = [&](const Tensor& sum) { return sum.item<double>() / static_cast<double>(summed); };
    const AutoencoderProgress now{state.step, mean(sums.absolute_error), mean(sums.divergence),
                                  1 / std::sqrt(mean(sums.square))};
    if (!std::isfinite(now.absolute_error))
      throw NumericError("the training's loss is not finite after step {}: lower the learning rate", state.step);
    goes_on = report(now);
    sums = {at::zeros({}), at::zeros({}), at::zeros({})};
    summed = 0;
  }
  write_safetensors((options.output / "weights.safetensors").string(),
                    stored_autoencoder(options.network, by_part(state.average)), {});
  return state.step == options.steps;
}

}  // namespace dpsbench
