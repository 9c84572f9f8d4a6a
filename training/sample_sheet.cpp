#include "training/sample_sheet.h"

#include "core/ancestral.h"
#include "core/denoised.h"
#include "datasets/contact_sheet.h"
#include "datasets/image_file.h"
#include "priors/unet/network_prior.h"

namespace dpsbench {
namespace {

constexpr std::int64_t kColumns = 8;
constexpr std::int64_t kImages = 16;

/// [kImages, C, H, W], clamped to [-1, 1].
Tensor draw_samples(const Prior& prior, std::int64_t steps, std::uint64_t seed, const Autoencoder* autoencoder) {
  const NoiseSchedule schedule = NoiseSchedule::linear().respaced(steps);
  std::vector<StreamId> streams;
  for (std::int64_t k = 0; k < kImages; ++k) streams.push_back({"samples of a training", std::to_string(k), 0});
  const PhiloxNoise noise(seed, streams);
  SilentObserver observer;
  const auto step = [&](std::int64_t i, const Tensor& x_t) -> ReverseStep {
    const Denoised denoised = denoise(prior, x_t, schedule.level(i), autoencoder == nullptr, Gradient::none);
    return {ancestral_step(schedule, i, denoised.x0, x_t, denoised.variance_fraction, noise), denoised.x0, {}};
  };
  const Tensor drawn = reverse_loop(schedule, prior.shape(), prior.options(), noise, observer, step);
  return (autoencoder == nullptr ? drawn : autoencoder->decode(drawn, Gradient::none).value).clamp(-1, 1).cpu();
}

}  // namespace

void write_sample_sheet(const std::filesystem::path& file, const UNetOptions& network, const UNetParameters& parameters,
                        std::int64_t steps, std::uint64_t seed, const TensorOptions& options,
                        const Autoencoder* autoencoder) {
  const Tensor samples = draw_samples(*network_prior(network, parameters, options), steps, seed, autoencoder);
  ContactSheet sheet;
  sheet.columns.resize(kColumns);
  sheet.rows.resize(kImages / kColumns);
  for (std::int64_t k = 0; k < kImages; ++k)
    sheet.rows[static_cast<std::size_t>(k / kColumns)].cells.push_back({samples[k], ""});
  write_png(file, draw_contact_sheet(sheet));
}

}  // namespace dpsbench
