#include "training/batch_loss.h"

#include "core/noise.h"
#include "priors/unet/unet.h"

namespace dpsbench {
namespace {

// which random numbers of an example's stream are what
constexpr std::int64_t kCropDraws = 0;
constexpr std::int64_t kTimeDraw = 1;
constexpr std::int64_t kNoiseDraws = 2;
constexpr std::int64_t kDropoutDraws = 3;  // and up, one for each layer

PhiloxNoise step_noise(const TrainingOptions& options, std::int64_t step) {
  std::vector<StreamId> streams;
  for (std::int64_t k = 0; k < options.batch; ++k) streams.push_back({"training", "", step * options.batch + k});
  return {options.seed, streams};
}

/// Drops hidden units with that probability and scales up the rest; nothing at probability 0.
std::function<Tensor(const Tensor&)> dropout(double probability, const PhiloxNoise& noise) {
  if (probability == 0) return {};
  return [&noise, probability, layer = kDropoutDraws](const Tensor& hidden) mutable {
    const Tensor uniform = noise.uniform(Purpose::training, layer++, hidden.sizes().slice(1).vec(), hidden.options());
    return hidden * (uniform >= probability) / (1 - probability);
  };
}

}  // namespace

Tensor batch_loss(const TrainingOptions& options, const TrainingImages& images, const DiffusionLoss& loss,
                  const TrainingState& state) {
  const TensorOptions on_device = state.parameters.begin()->second.options().requires_grad(false);
  const PhiloxNoise noise = step_noise(options, state.step);
  const Tensor draws = noise.uniform(Purpose::training, kCropDraws, {TrainingImages::kDraws}, at::kFloat);
  const Tensor x0 = images.examples(draws).to(on_device);
  const Tensor uniform = noise.uniform(Purpose::training, kTimeDraw, {1}, on_device).flatten();
  const Tensor t = (uniform * loss.steps()).to(at::kLong).clamp_max(loss.steps() - 1);
  const Tensor eps = noise.normal(Purpose::training, kNoiseDraws, x0.sizes().slice(1).vec(), on_device);
  const Tensor x_t = loss.noised(x0, t, eps);
  const Tensor output =
      unet_forward(options.network, state.parameters, x_t, t.to(at::kFloat), dropout(options.network.dropout, noise));
  return loss.hybrid(loss.terms(output, x0, x_t, t, eps));
}

}  // namespace dpsbench
