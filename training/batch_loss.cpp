#include "training/batch_loss.h"

#include "core/noise.h"
#include "priors/unet/unet.h"
#include "training/noise_maps.h"
#include "training/pixel_noise_loss.h"

namespace dpsbench {
namespace {

// which random numbers of an example's stream are what
constexpr std::int64_t kCropDraws = 0;
constexpr std::int64_t kTimeDraw = 1;
constexpr std::int64_t kNoiseDraws = 2;
constexpr std::int64_t kMapDraws = 4;
constexpr std::int64_t kPixelDraws = 5;
constexpr std::int64_t kDropoutDraws = 6;  // and up, one for each layer

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

/// Of noise of a step of the schedule, the same in all pixels.
Tensor schedule_loss(const TrainingOptions& options, const DiffusionLoss& loss, const TrainingState& state,
                     const PhiloxNoise& noise, const Tensor& x0) {
  const Tensor uniform = noise.uniform(Purpose::training, kTimeDraw, {1}, x0.options()).flatten();
  const Tensor t = (uniform * loss.steps()).to(at::kLong).clamp_max(loss.steps() - 1);
  const Tensor eps = noise.normal(Purpose::training, kNoiseDraws, x0.sizes().slice(1).vec(), x0.options());
  const Tensor x_t = loss.noised(x0, t, eps).contiguous(at::MemoryFormat::ChannelsLast);
  const Tensor output =
      unet_forward(options.network, state.parameters, x_t, t.to(at::kFloat), dropout(options.network.dropout, noise));
  return loss.hybrid(loss.terms(output, x0, x_t, t, eps));
}

/// Of noise of a level of each pixel's own.
Tensor map_loss(const TrainingOptions& options, const TrainingState& state, const PhiloxNoise& noise,
                const Tensor& x0) {
  const ImageShape shape = options.network.shape();
  const Tensor draws = noise.uniform(Purpose::training, kMapDraws, {noise_map_draws}, at::kFloat);
  const Tensor pixels = noise.uniform(Purpose::training, kPixelDraws, {shape.height * shape.width}, at::kFloat);
  const PixelNoise levels = PixelNoise::of(draw_noise_maps(options.noise, draws, pixels, shape).to(x0.options()));
  const Tensor n = noise.normal(Purpose::training, kNoiseDraws, x0.sizes().slice(1).vec(), x0.options());
  const Tensor input = network_input(noised_pixels(x0, n, levels), levels).contiguous(at::MemoryFormat::ChannelsLast);
  const Tensor output = unet_forward(options.network, state.parameters, input, noise_times(levels),
                                     dropout(options.network.dropout, noise));
  return pixel_noise_loss(output, velocity(x0, n, levels));
}

}  // namespace

Tensor batch_loss(const TrainingOptions& options, const TrainingImages& images, const DiffusionLoss& loss,
                  const TrainingState& state) {
  const TensorOptions on_device = state.parameters.begin()->second.options().requires_grad(false);
  const PhiloxNoise noise = step_noise(options, state.step);
  const Tensor draws = noise.uniform(Purpose::training, kCropDraws, {TrainingImages::kDraws}, at::kFloat);
  Tensor x0 = images.examples(draws).to(on_device);
  if (options.autoencoder) x0 = options.autoencoder->encode(x0, Gradient::none).value;
  return options.noise == TrainingNoise::schedule ? schedule_loss(options, loss, state, noise, x0)
                                                  : map_loss(options, state, noise, x0);
}

}  // namespace dpsbench
