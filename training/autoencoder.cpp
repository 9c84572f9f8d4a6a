#include "training/autoencoder.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "core/error.h"
#include "priors/autoencoder/spec.h"
#include "priors/weights/safetensors.h"
#include "training/adam_w.h"
#include "training/autoencoder_loss.h"
#include "training/checks.h"

namespace dpsbench {
namespace {

constexpr std::int64_t report_every = 50;
constexpr std::int64_t judged_examples = 256;
constexpr double first_log_variance = -6;

TrainingSettings settings_of(const AutoencoderTraining& options, std::int64_t images) {
  TrainingSettings settings = common_settings(options, images);
  settings["autoencoder"] = describe({.kind = "kl-f8", .structure = options.network});
  settings["kl_weight"] = fmt::format("{}", options.kl_weight);
  return settings;
}

/// Nothing where no other images are given.
std::optional<TrainingImages> held_out_images(const AutoencoderTraining& options) {
  if (options.held_out.empty()) return {};
  DatasetSpec spec;
  spec.name = "held-out";
  spec.path = options.held_out;
  return TrainingImages(spec, options.crops, options.network.image_shape());
}

/// Latents begin all but without noise, so that the decoder learns from each of them at once.
TrainingState noiseless_state(const std::vector<ParameterSpec>& parameters, std::uint64_t seed) {
  TrainingState state = initial_state(parameters, seed, at::kFloat);
  for (UNetParameters* part : {&state.parameters, &state.average})
    part->at("between/quant_conv.bias").chunk(2)[1].fill_(first_log_variance);
  return state;
}

class Run {
 public:
  explicit Run(const AutoencoderTraining& options)
      : options_(options),
        images_(options.data, options.crops, options.network.image_shape()),
        held_out_(held_out_images(options)),
        settings_(settings_of(options, images_.size())) {
    std::filesystem::create_directories(options_.output);
    const std::vector<ParameterSpec> parameters = trained_parameters(options_.network);
    const bool found = std::filesystem::exists(checkpoint());
    if (found && !options_.resume)
      throw UserError("{} exists: resume that training, or choose another output folder", checkpoint().string());
    state_ = found ? load_checkpoint(checkpoint(), parameters, settings_, at::kFloat)
                   : noiseless_state(parameters, options_.seed);
    for (auto& [name, parameter] : state_.parameters) parameter.requires_grad_(true);
  }

  std::optional<AutoencoderQuality> run(const std::function<bool(const AutoencoderProgress&)>& report) {
    while (state_.step < options_.steps) {
      one_step();
      const bool saves = state_.step % options_.checkpoint_every == 0 || state_.step == options_.steps;
      if (!saves && state_.step % report_every != 0) continue;
      const bool goes_on = report(progress());  // checks the loss: no broken state is ever saved
      if (saves || !goes_on) save();
      if (!goes_on && state_.step < options_.steps) return {};
    }
    const AutoencoderParameters trained = by_part(state_.average);
    AutoencoderQuality quality = autoencoder_quality(options_.network, trained, images_, judged_examples);
    if (held_out_) quality.psnr = autoencoder_quality(options_.network, trained, *held_out_, judged_examples).psnr;
    return quality;
  }

 private:
  [[nodiscard]] std::filesystem::path checkpoint() const { return options_.output / "checkpoint.safetensors"; }

  void one_step() {
    std::vector<StreamId> streams;
    for (std::int64_t k = 0; k < options_.batch; ++k)
      streams.push_back({"autoencoder", "", state_.step * options_.batch + k});
    const PhiloxNoise noise(options_.seed, streams);
    const Tensor x =
        images_.examples(noise.uniform(Purpose::training, 0, {TrainingImages::kDraws}, at::kFloat)).to(at::kFloat);
    std::vector<Tensor> parameters;
    for (const auto& [name, parameter] : state_.parameters) parameters.push_back(parameter);
    const at::AutoGradMode enabled(true);
    const AutoencoderTerms terms = autoencoder_terms(options_.network, by_part(state_.parameters), x, noise);
    std::vector<Tensor> gradients =
        torch::autograd::grad({terms.absolute_error + terms.divergence * options_.kl_weight}, parameters);
    const at::AutoGradMode disabled(false);
    clip_gradients(gradients, 1);
    const double factor =
        learning_rate_factor(state_.step, std::min<std::int64_t>(100, options_.steps / 10), options_.steps);
    adam_w_step(state_, gradients, factor * options_.learning_rate, 0);
    ++state_.step;
    update_average(state_, options_.average_decay);
    absolute_error_ += terms.absolute_error.item<double>();
    divergence_ += terms.divergence.item<double>();
    ++summed_;
  }

  AutoencoderProgress progress() {
    const auto steps = static_cast<double>(std::exchange(summed_, 0));
    const AutoencoderProgress now{state_.step, std::exchange(absolute_error_, 0) / steps,
                                  std::exchange(divergence_, 0) / steps};
    if (!std::isfinite(now.absolute_error) || !std::isfinite(now.divergence))
      throw NumericError("the training's loss is not finite after step {}: lower the learning rate", state_.step);
    return now;
  }

  /// The checkpoint last: a kill in between repeats what the weights have already, and leaves none that are older.
  void save() const {
    write_safetensors((options_.output / "weights.safetensors").string(),
                      stored_autoencoder(options_.network, by_part(state_.average)), {});
    save_checkpoint(checkpoint(), state_, settings_);
  }

  const AutoencoderTraining& options_;
  TrainingImages images_;
  std::optional<TrainingImages> held_out_;
  TrainingSettings settings_;
  TrainingState state_;
  double absolute_error_ = 0;  ///< sums since the last report
  double divergence_ = 0;
  std::int64_t summed_ = 0;
};

}  // namespace

std::optional<AutoencoderQuality> train_autoencoder(const AutoencoderTraining& given,
                                                    const std::function<bool(const AutoencoderProgress&)>& report) {
  AutoencoderTraining options = given;
  options.network = checked(given.network);
  if (options.network.has_codebook()) throw UserError("train --kind autoencoder: latents are normal ones, not codes");
  check_learning(options);
  require("kl_weight", options.kl_weight, options.kl_weight >= 0, "0 and up");
  options.data.size = options.network.image_size;
  options.data.channels = options.network.in_channels;
  return Run(options).run(report);
}

}  // namespace dpsbench
