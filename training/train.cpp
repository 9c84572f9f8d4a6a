#include "training/train.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include <chrono>
#include <cmath>

#include "core/error.h"
#include "training/adam_w.h"
#include "training/batch_loss.h"
#include "training/sample_sheet.h"
#include "training/settings.h"

namespace dpsbench {
namespace {

TensorOptions tensor_options(const std::string& name) {
  const bool is_cuda = name == "cuda" || name.rfind("cuda:", 0) == 0;
  if (name != "cpu" && !is_cuda)
    throw UserError("training: device is '{}'; allowed are cpu, cuda and cuda:<number>", name);
  if (is_cuda && !at::hasCUDA()) throw UserError("training: device is '{}', but no GPU can be used here", name);
  return TensorOptions().dtype(at::kFloat).device(at::Device(name));
}

TrainingImages training_images(const TrainingOptions& options) {
  const ImageShape shape = options.autoencoder ? options.autoencoder->image_shape() : options.network.shape();
  if (options.source) return {Dataset::of(options.data, options.source), options.crops, shape};
  return {options.data, options.crops, shape};
}

TrainingState starting_state(const TrainingOptions& options, const TensorOptions& on_device) {
  if (options.start_from.empty()) return initial_state(options.network, options.seed, on_device);
  return state_of(load_unet_parameters(options.network, SafetensorsFile(options.start_from.string())), on_device);
}

class Training {
 public:
  explicit Training(const TrainingOptions& options)
      : options_(options),
        tensor_options_(tensor_options(options.device)),
        images_(training_images(options)),
        settings_(training_settings(options, images_.size())),
        loss_(NoiseSchedule::linear(), tensor_options_) {
    std::filesystem::create_directories(options_.output);
    const bool found = std::filesystem::exists(checkpoint());
    if (found && !options_.resume)
      throw UserError("{} exists: resume that training, or choose another output folder", checkpoint().string());
    state_ = found ? load_checkpoint(checkpoint(), options_.network, settings_, tensor_options_)
                   : starting_state(options_, tensor_options_);
    for (auto& [name, parameter] : state_.parameters) parameter.requires_grad_(true);
    first_step_ = state_.step;
    loss_sum_ = at::zeros({}, tensor_options_);
  }

  bool run(const TrainingCallback& callback) {
    while (state_.step < options_.steps) {
      one_step();
      const bool saves = state_.step % options_.checkpoint_every == 0 || state_.step == options_.steps;
      if (saves || state_.step % options_.report_every == 0) {
        const bool go_on = callback(progress());  // checks the loss: no broken state is ever saved
        if (saves || !go_on) save();
        if (!go_on && state_.step < options_.steps) return false;
      }
      if (options_.sample_every > 0 && state_.step % options_.sample_every == 0) draw_samples();
    }
    return true;
  }

 private:
  [[nodiscard]] std::filesystem::path checkpoint() const { return options_.output / "checkpoint.safetensors"; }

  void one_step() {
    std::vector<Tensor> parameters;
    for (const auto& [name, parameter] : state_.parameters) parameters.push_back(parameter);
    const at::AutoGradMode enabled(true);
    const Tensor value = batch_loss(options_, images_, loss_, state_);
    std::vector<Tensor> gradients = torch::autograd::grad({value}, parameters);

    const at::AutoGradMode disabled(false);
    clip_gradients(gradients, options_.gradient_norm);
    const double factor = learning_rate_factor(state_.step, options_.warm_up, options_.steps);
    adam_w_step(state_, gradients, factor * options_.learning_rate, options_.weight_decay);
    ++state_.step;
    update_average(state_, options_.average_decay);
    loss_sum_.add_(value);
    ++losses_;
  }

  TrainingProgress progress() {
    TrainingProgress now;
    now.step = state_.step;
    now.steps = options_.steps;
    now.loss = loss_sum_.item<double>() / static_cast<double>(losses_);
    loss_sum_.zero_();
    losses_ = 0;
    if (!std::isfinite(now.loss))
      throw NumericError("the training's loss is not finite after step {}: lower the learning rate", state_.step);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
    const double steps_per_second = static_cast<double>(state_.step - first_step_) / spent.count();
    now.images_per_second = steps_per_second * static_cast<double>(options_.batch);
    now.seconds_left = static_cast<double>(options_.steps - state_.step) / steps_per_second;
    return now;
  }

  /// The checkpoint last: a kill in between repeats what the weights have already, and leaves none that are older.
  void save() const {
    write_safetensors((options_.output / "weights.safetensors").string(), state_.average,
                      network_settings(options_.network));
    save_checkpoint(checkpoint(), state_, settings_);
  }

  void draw_samples() const {
    write_sample_sheet(options_.output / fmt::format("samples-{:06}.png", state_.step), options_.network,
                       state_.average, options_.sample_steps, options_.seed, tensor_options_,
                       options_.autoencoder.get());
  }

  const TrainingOptions& options_;
  TensorOptions tensor_options_;
  TrainingImages images_;
  TrainingSettings settings_;
  DiffusionLoss loss_;
  TrainingState state_;
  std::int64_t first_step_ = 0;
  Tensor loss_sum_;  ///< on the device, so that steps need no host sync
  std::int64_t losses_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

bool train(const TrainingOptions& options, const TrainingCallback& callback) {
  check(options);
  TrainingOptions complete = options;
  complete.network = checked(options.network);
  if (options.autoencoder) {
    if (options.autoencoder->latent_shape() != complete.network.shape())
      throw UserError("training: the network's images are not of the shape of the autoencoder's latents");
  }
  return Training(complete).run(callback);
}

}  // namespace dpsbench
